"""The requests of the sandbox and its answers, as values: operation, arrival, call, answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

JsonObject = dict[str, Any]


class Operation(StrEnum):
    """The five operations; the value is the last part of the path."""

    CREATE = "calendar_syncs"
    SEND = "bulk_create"
    CONNECT = "connect"
    DISABLE = "disable"
    DISCONNECT = "disconnect"


@dataclass(frozen=True)
class Arrival:
    """A request as it arrived. `token` is None where there is none; `raw` is the body. Frozen."""

    operation: Operation
    token: str | None
    raw: bytes

    @property
    def has_repeated_key(self) -> bool:
        """Whether the body is JSON in which a key comes twice in one object."""
        sizes: list[tuple[int, int]] = []
        try:
            json.loads(self.raw, object_pairs_hook=lambda pairs: sizes.append((len(pairs), len(dict(pairs)))))
        except (ValueError, RecursionError):
            return False
        return any(pairs > keys for pairs, keys in sizes)


@dataclass(frozen=True)
class Call:
    """A request whose body is a JSON object. Frozen. The properties need an envelope that has been checked."""

    operation: Operation
    token: str | None
    body: JsonObject

    @property
    def staff_uid(self) -> str:
        """The uid of the staff member whose sync is meant."""
        return str(self.body.get("staff_uid"))

    @property
    def provider(self) -> str:
        """The provider that the body names."""
        return str(self.body["calendar_sync"].get("provider"))

    @property
    def account(self) -> str:
        """The account that the body names."""
        return str(self.body["calendar_sync"].get("account"))

    @property
    def single(self) -> bool:
        """Whether the item comes as `external_item` and not in a list."""
        return "external_item" in self.body and "external_items" not in self.body

    @cached_property
    def items(self) -> list[Any]:
        """The items of both forms, in the order list, single; whatever is not a list counts as no items."""
        listed = self.body.get("external_items")
        items = list(listed) if isinstance(listed, list) else []
        if "external_item" in self.body:
            items.append(self.body["external_item"])
        return items

    @property
    def item_objects(self) -> list[JsonObject]:
        """The items that are JSON objects."""
        return [item for item in self.items if isinstance(item, dict)]

    @property
    def titles(self) -> list[str]:
        """The titles of those items that have one."""
        titles = (item.get("external_title") for item in self.item_objects)
        return [title for title in titles if isinstance(title, str)]

    @property
    def external_ids(self) -> list[str]:
        """The external id of each item that is an object, as text; `None` where there is none."""
        return [str(item.get("external_id")) for item in self.item_objects]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body. A body that is `bytes` is sent as it is, anything else as JSON. Frozen."""

    status: int
    body: Any
    media_type: str = "application/json"


Refusal = Answer | None
"""The answer to a request that is refused; None where it is not."""
