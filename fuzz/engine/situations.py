"""Where payload cases begin: the actions that bring a staff member into each situation, and cases that share them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from fuzz.engine.session import Session
from fuzz.model.exchange import Action, Create, Move, MoveSync, SendItems, Token
from strategies.fields import listed_providers
from strategies.payloads import plain_payload
from swagger.contract import Json

CASES_A_SYNC = 30
NOW = "{{now_timestamp}}"
UNUSUAL_STRUCTURES = 8


@dataclass(frozen=True, slots=True)
class Cases:
    """Actions that need the same beginning, and leave the state they find. Frozen."""

    beginning: tuple[Action, ...]
    actions: tuple[Action, ...]
    same_ids: bool = False
    """External ids are as they stand: sending some again is what the cases are about."""


class Situations:
    """The beginnings that bring a staff member into each situation, as far as the target can be moved there."""

    def __init__(self, session: Session, *, provider: str | None = None) -> None:
        self.contract = session.contract
        self.providers = listed_providers(session.contract)
        self.provider, self.account = provider or self.providers[0], "a@example.com"
        self.unlisted = session.lifecycle.unlisted
        self.can, self.custom = session.lifecycle.can, session.lifecycle.custom

    @property
    def other_provider(self) -> str:
        """Another listed provider, if there is one."""
        return next((name for name in self.providers if name != self.provider), self.provider)

    def of(self, provider: str) -> Situations:
        """The same situations of a sync of another provider."""
        other = copy(self)
        other.provider = provider
        return other

    def body(self, *, provider: str | None = None, account: str | None = None, serial: int = 0) -> dict[str, Json]:
        """A plain body that matches, but for what is named."""
        return plain_payload(
            self.contract, provider=provider or self.provider, account=account or self.account, serial=serial
        )

    def send(self, **differing: str) -> SendItems:
        """Sends a plain body."""
        return SendItems(0, self.body(**differing, serial=1))

    @property
    def fresh(self) -> tuple[Action, ...]:
        return (Create(0, self.provider),)

    @property
    def matched(self) -> tuple[Action, ...]:
        return (*self.fresh, SendItems(0, self.body(serial=2)))

    def move(self, move: Move, token: Token = Token.STAFF, *, account: str | None = None) -> MoveSync:
        return MoveSync(0, move, self.provider, account or self.account, token)

    @property
    def documented(self) -> list[Move]:
        """The moves that the target makes by the documented operations."""
        return [move for move in Move if self.can(move) and move.value not in self.custom]

    def unhappy(self) -> Iterator[tuple[str, tuple[Action, ...], str]]:
        """Each unhappy situation: its name, how it begins, and the account to name in it."""
        if self.can(Move.DISCONNECT):
            refused = self.send(account="b@example.com")
            yield "none", (*self.matched, refused, self.move(Move.DISCONNECT)), self.account
        yield "mismatched", self.matched, "b@example.com"
        if self.can(Move.DISABLE):
            yield "disabled", (*self.matched, self.move(Move.DISABLE)), self.account
            yield "disabled, mismatched", (*self.matched, self.move(Move.DISABLE)), "b@example.com"


def with_ids_of_their_own(cases: Cases) -> Cases:
    """The cases with external ids that no other one of them has: sending an id again is a matter of its own."""
    if cases.same_ids:
        return cases
    first = len(cases.beginning)
    return Cases(
        _numbered_actions(cases.beginning, 0),
        _numbered_actions(cases.actions, first),
    )


def _numbered_actions(actions: Sequence[Action], first: int) -> tuple[Action, ...]:
    return tuple(
        replace(action, body=_numbered_body(action.body, place))
        if isinstance(action, SendItems) and action.raw is None
        else action
        for place, action in enumerate(actions, start=first)
    )


def _numbered_body(body: Json, number: int) -> Json:
    """The body with a number behind each timestamp. By way of its text: bodies of a thousand items are among them."""
    return json.loads(json.dumps(body).replace(NOW, f"{NOW}{number:03}"))


def looked_at(situations: Situations, actions: Sequence[Action]) -> Iterator[Cases]:
    """Cases in a bound sync; each group ends with another account and the right one, as side effects show later."""
    look = (situations.send(account="b@example.com"), situations.send())
    for cases in in_groups(situations.matched, actions):
        yield Cases(cases.beginning, (*cases.actions, *look))


def looked_at_often(situations: Situations, actions: Sequence[Action]) -> Iterator[Cases]:
    """The same, with a look at once after each of the first: what is accepted may hide what the one before has done."""
    other = situations.send(account="b@example.com")
    first = [each for action in actions[:UNUSUAL_STRUCTURES] for each in (action, other)]
    yield from looked_at(situations, [*first, *actions[UNUSUAL_STRUCTURES:]])


def in_groups(beginning: tuple[Action, ...], actions: Sequence[Action]) -> Iterator[Cases]:
    for start in range(0, len(actions), CASES_A_SYNC):
        yield Cases(beginning, tuple(actions[start : start + CASES_A_SYNC]))
