"""What is done to a staff member and what comes back: actions as symbolic values, answers as seen.

An action is data: its body may hold the templates `{{staff_id}}`, `{{calendar_sync_uid}}` and `{{now_timestamp}}`,
which the session fills in, so that the same scenario can be performed again for other staff members, months later.
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
"""Made of the staff member's own token."""
UNAUTHORISED = frozenset({Token.NONE, Token.UNKNOWN, Token.EMPTY, *NEAR})


@dataclass(frozen=True, slots=True)
class Create:
    """Destroy any sync of the staff member, create a fresh one for `provider`. `staff` is an index in the scenario."""

    staff: int
    provider: str


@dataclass(frozen=True, slots=True)
class SendItems:
    """Call bulk_create with `body` (symbolic JSON), or with `raw` text in its place when that is not None."""

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
    """Call a sibling operation, naming a provider and an account. Its token is the staff member's own or no good."""

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
    """One HTTP answer. `body` is the parsed JSON, or `NOT_JSON`; `extracted` what the step's JSONPaths found in it."""

    status: int
    body: Json
    extracted: Mapping[str, Json] = field(default_factory=dict)


class _NotJson:
    """The body of an answer that is not JSON."""

    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON = _NotJson()


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer that says anything about the contract: why, and whether the service may have acted on the request."""

    why: str
    may_have_acted: bool


UNKNOWN_UID = ""
"""The uid of a sync whose creation was not answered."""

NO_CALENDAR_UID = "no-calendar-sync-yet"
"""What stands in the place of the uid of a sync that has not been created."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the judgement of a body needs to know beside the body: who sends it, and what was sent before.

    `calendar_uid` is the uid of the staff member's current sync, `UNKNOWN_UID` after a lost answer, None when there is
    no sync; `sent_ids` are the external ids that the calendar may hold already. Both matter only where the documents
    are silent.
    """

    staff_uid: str
    token: Token = Token.STAFF
    calendar_uid: str | None = None
    sent_ids: Set[str] = frozenset()
