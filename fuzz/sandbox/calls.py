"""What goes in and out of the sandbox: an operation, a call whose body is read, an answer before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

JsonObject = dict[str, Any]


class Operation(StrEnum):
    """The five things that can be asked; each value is the last part of the operation's path."""

    CREATE = "calendar_syncs"
    SEND = "bulk_create"
    CONNECT = "connect"
    DISABLE = "disable"
    DISCONNECT = "disconnect"


@dataclass(frozen=True)
class Arrival:
    """A request before anything of it is believed. `token` is None where there is no bearer token; `raw`: the body."""

    operation: Operation
    token: str | None
    raw: bytes


@dataclass(frozen=True)
class Call:
    """A request whose body is a JSON object. The properties may only be used once the envelope has been accepted."""

    operation: Operation
    token: str | None
    body: JsonObject

    @property
    def staff_uid(self) -> str:
        """Whose sync is meant."""
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
    def titles(self) -> list[str]:
        """The titles of those items that have one."""
        items = (item for item in self.items if isinstance(item, dict))
        return [item["external_title"] for item in items if isinstance(item.get("external_title"), str)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body. A body that is `bytes` is written as it is, anything else as JSON."""

    status: int
    body: Any
    media_type: str = "application/json"
