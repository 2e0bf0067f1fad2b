"""Writes scenarios as JSON and reads them back: the format of `failure.json` and of other files that hold actions.

One object an action, its kind under `do`: `create`, `send`, `connect`, `disable`, `disconnect`, `at_once`. Templates
stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fuzz.oracle.actions import UNAUTHORISED, Action, AtOnce, Create, Move, MoveSync, SendItems, Single, Token
from swagger.contract import Json


class ScenarioError(ValueError):
    """Raised for JSON that is no action."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A sequence of actions whose first action on each staff member is a create. Frozen."""

    actions: tuple[Action, ...]

    @property
    def staff(self) -> frozenset[int]:
        """The staff members that the scenario touches, as indexes."""
        return frozenset(single.staff for action in self.actions for single in singles(action))

    @property
    def requests(self) -> int:
        """The number of requests."""
        return sum(len(singles(action)) for action in self.actions)


def singles(action: Action) -> tuple[Single, ...]:
    """The single actions of an action: itself, or the two that are started at once."""
    return (action.first, action.second) if isinstance(action, AtOnce) else (action,)


def with_one_staff_member(action: Action) -> Action:
    """The action as it is on a target with one staff member, whom every index means."""
    if isinstance(action, AtOnce):
        return AtOnce(replace(action.first, staff=0), replace(action.second, staff=0))
    return replace(action, staff=0)


def kind_of(action: Single) -> str:
    """`create`, `send`, or the name of the sibling operation."""
    if isinstance(action, Create):
        return "create"
    return "send" if isinstance(action, SendItems) else action.move.value


def to_json(action: Action) -> dict[str, Json]:
    """An action as a JSON object."""
    if isinstance(action, AtOnce):
        return {"do": "at_once", "first": to_json(action.first), "second": to_json(action.second)}
    if isinstance(action, Create):
        token = {} if action.is_documented else {"token": action.token.value}
        return {"do": "create", "staff": action.staff, "provider": action.provider, **token}
    if isinstance(action, MoveSync):
        return {
            "do": action.move.value,
            "staff": action.staff,
            "provider": action.provider,
            "account": action.account,
            **({} if action.token is Token.STAFF else {"token": action.token.value}),
        }
    sent: dict[str, Json] = {"body": action.body} if action.raw is None else {"raw": action.raw}
    return {"do": "send", "staff": action.staff, "token": action.token.value, **sent}


def from_json(value: Json) -> Action:
    """The action of a JSON object; ScenarioError for anything else."""
    try:
        return _read(value)
    except (KeyError, TypeError, ValueError) as error:
        raise ScenarioError(f"not an action: {error!r} in {str(value)[:80]}") from None


def _read(value: Json) -> Action:
    kind = value["do"]
    if kind == "at_once":
        return AtOnce(_read_single(value["first"]), _read_single(value["second"]))
    return _read_single(value)


def _read_single(value: Json) -> Single:
    kind, staff = value["do"], value["staff"]
    if not isinstance(staff, int) or isinstance(staff, bool) or staff < 0:
        raise ValueError("staff is not an index")
    if kind == "create":
        return Create(staff, _text(value["provider"]), Token(value.get("token", Token.ADMIN)))
    if kind == "send":
        raw = _text(value["raw"]) if "raw" in value else None
        return SendItems(staff, value.get("body"), Token(value["token"]), raw)
    token = Token(value.get("token", Token.STAFF))
    if token is not Token.STAFF and token not in UNAUTHORISED:
        raise ValueError("the token is somebody's")
    return MoveSync(staff, Move(kind), _text(value["provider"]), _text(value["account"]), token)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
