"""Actions as data, and the answers to them.

The body of an action may hold the templates `{{staff_id}}`, `{{calendar_sync_uid}}` and `{{now_timestamp}}`. The
session fills them in, so the same scenario can be performed for other staff members, months later.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

from swagger.contract import Json


class Token(StrEnum):
    """Whose token a request carries."""

    STAFF = "staff"
    NONE = "none"
    UNKNOWN = "unknown"
    OTHER_STAFF = "other staff"
    ADMIN = "admin"
    EMPTY = "empty"
    CUT = "cut short"
    LONGER = "with more"
    SWAPPED = "in the other case"
    CHANGED = "with a character changed"


AUTHORISED = frozenset({Token.STAFF})
NEAR = frozenset({Token.CUT, Token.LONGER, Token.SWAPPED, Token.CHANGED})
"""Tokens made from the staff member's own token."""
UNAUTHORISED = frozenset({Token.NONE, Token.UNKNOWN, Token.EMPTY, *NEAR})


SHORTEST_TOKEN = 8
"""Minimum characters left of a token that is cut short; a token of no more characters is not cut."""


def near_token(value: str, how: Token) -> str:
    """A token cut to its first half, with one more character, in the other case, or with its middle character changed.

    Not the last character: in the base64 of a signature, it may hold no bits.
    """
    half = len(value) // 2
    if how is Token.CUT:
        return value[: max(SHORTEST_TOKEN, half)]
    if how is Token.CHANGED:
        return value[:half] + ("y" if value[half] == "x" else "x") + value[half + 1 :]
    return value + "x" if how is Token.LONGER else value.swapcase()


@dataclass(frozen=True, slots=True)
class Create:
    """Create a fresh sync for `provider` in place of any other. `staff` is an index in the scenario.

    With another token than the admin's, whether it creates one is not specified.
    """

    staff: int
    provider: str
    token: Token = Token.ADMIN

    @property
    def is_documented(self) -> bool:
        """Whether it carries the token that the documents name, so that a fresh sync is there after it."""
        return self.token is Token.ADMIN


@dataclass(frozen=True, slots=True)
class SendItems:
    """Call bulk_create with `body` (JSON with templates), or with the text `raw` if that is not None."""

    staff: int
    body: Json
    token: Token = Token.STAFF
    raw: str | None = None


class Move(StrEnum):
    """The sibling operations that move a sync between states."""

    CONNECT = "connect"
    DISABLE = "disable"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True)
class MoveSync:
    """Call a sibling operation, naming a provider and an account."""

    staff: int
    move: Move
    provider: str
    account: str
    token: Token = Token.STAFF


Single = Create | SendItems | MoveSync


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Two actions started together on two connections."""

    first: Single
    second: Single


Action = Single | AtOnce


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `body`: its JSON, or `NOT_JSON`. `extracted`: the values that the step's JSONPaths found."""

    status: int
    body: Json
    extracted: Mapping[str, Json] = field(default_factory=dict)


class _NotJson:
    """The body of an answer that is not JSON."""

    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON = _NotJson()


UNKNOWN_UID = ""
"""Stands for the uid of a sync if the answer to its create was lost."""

NO_CALENDAR_UID = "no-calendar-sync-yet"
"""Stands for the uid of a sync that was not created yet."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The context in which a body is judged: who sends it, and what was sent before. Frozen.

    `calendar_uid`: the uid of the staff member's current sync, `UNKNOWN_UID` after a lost answer, None without a sync.
    `sent_ids`: the external ids that the calendar may hold already. Both matter only for unspecified features.
    """

    staff_uid: str
    token: Token = Token.STAFF
    calendar_uid: str | None = None
    sent_ids: Set[str] = frozenset()
