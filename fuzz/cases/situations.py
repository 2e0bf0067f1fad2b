"""The actions that bring a staff member into each situation, and the groups of cases that share such a beginning."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from fuzz.oracle.actions import Action, Create, Move, MoveSync, SendItems, Token
from fuzz.target.capabilities import Capabilities
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers
from swagger.contract import Contract, Json

CASES_A_SYNC = 30
NOW = "{{now_timestamp}}"
UNUSUAL_STRUCTURES = 8
ACCOUNT, OTHER_ACCOUNT = "a@example.com", "b@example.com"


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Actions with one common beginning, none of which should change the state. Frozen."""

    beginning: tuple[Action, ...]
    actions: tuple[Action, ...]
    same_ids: bool = False
    """External ids stay as they are: the cases send some of them again."""

    def __len__(self) -> int:
        return len(self.beginning) + len(self.actions)


class ErrorState(Enum):
    """The combinations of a sync's state and the names sent to it for which a state error is due."""

    NO_SYNC = auto()
    MISMATCHED = auto()
    DISABLED = auto()
    DISABLED_AND_MISMATCHED = auto()


@dataclass(frozen=True, slots=True)
class ErrorSituation:
    """A situation in which a state error is due: the actions that reach it, and the account to name in it. Frozen."""

    state: ErrorState
    beginning: tuple[Action, ...]
    account: str


@dataclass(frozen=True, slots=True)
class Situations:
    """The situations that the first staff member can be brought into, with a sync of one provider. Frozen."""

    capabilities: Capabilities
    provider: str

    @property
    def contract(self) -> Contract:
        """The contract of the target."""
        return self.capabilities.contract

    @property
    def providers(self) -> tuple[str, ...]:
        """The listed providers."""
        return listed_providers(self.contract)

    @property
    def other_provider(self) -> str:
        """Another listed provider, if there is one."""
        return next((name for name in self.providers if name != self.provider), self.provider)

    def of(self, provider: str) -> Situations:
        """The same situations of a sync of another provider."""
        return replace(self, provider=provider)

    def body(self, *, provider: str | None = None, account: str | None = None, serial: int = 0) -> dict[str, Json]:
        """A plain body that matches the sync, except for the names given here."""
        return plain_payload(
            self.contract, provider=provider or self.provider, account=account or ACCOUNT, serial=serial
        )

    def send(self, **differing: str) -> SendItems:
        """Sends a plain body."""
        return SendItems(0, self.body(**differing, serial=1))

    def move(self, move: Move, token: Token = Token.STAFF, *, account: str | None = None) -> MoveSync:
        """Moves the sync, naming its own provider and account."""
        return MoveSync(0, move, self.provider, account or ACCOUNT, token)

    @property
    def fresh(self) -> tuple[Action, ...]:
        """Creates a sync that has no account yet."""
        return (Create(0, self.provider),)

    @property
    def matched(self) -> tuple[Action, ...]:
        """Binds a fresh sync to the account."""
        return (*self.fresh, SendItems(0, self.body(serial=2)))

    @property
    def disabled(self) -> tuple[Action, ...]:
        """Disables a bound sync."""
        return (*self.matched, self.move(Move.DISABLE))

    @property
    def _disconnected(self) -> tuple[Action, ...]:
        """Disconnects, and sends what shows whether there is a sync left: of `disconnect` itself nothing is said."""
        return (self.move(Move.DISCONNECT), SendItems(0, self.body(serial=2)))

    def error_situations(self) -> Iterator[ErrorSituation]:
        """Each situation in which a state error is due."""
        if self.capabilities.can(Move.DISCONNECT):
            refused = self.send(account=OTHER_ACCOUNT)
            yield ErrorSituation(ErrorState.NO_SYNC, (*self.matched, refused, *self._disconnected), ACCOUNT)
        yield ErrorSituation(ErrorState.MISMATCHED, self.matched, OTHER_ACCOUNT)
        if self.capabilities.can(Move.DISABLE):
            yield ErrorSituation(ErrorState.DISABLED, self.disabled, ACCOUNT)
            yield ErrorSituation(ErrorState.DISABLED_AND_MISMATCHED, self.disabled, OTHER_ACCOUNT)


def with_own_ids(group: CaseGroup) -> CaseGroup:
    """The group with different external ids in each action: whether an id is sent again is tested elsewhere."""
    if group.same_ids:
        return group
    first = len(group.beginning)
    return CaseGroup(_numbered_actions(group.beginning, 0), _numbered_actions(group.actions, first))


def _numbered_actions(actions: Sequence[Action], first: int) -> tuple[Action, ...]:
    return tuple(
        _numbered_items(action, place) if isinstance(action, SendItems) else action
        for place, action in enumerate(actions, start=first)
    )


def _numbered_items(action: SendItems, number: int) -> SendItems:
    """The action with a number behind each timestamp, replaced in the JSON text: some bodies have a thousand items."""
    numbered = f"{NOW}{number:03}"
    if action.raw is not None:
        return replace(action, raw=action.raw.replace(NOW, numbered))
    return replace(action, body=json.loads(json.dumps(action.body).replace(NOW, numbered)))


def in_groups(beginning: tuple[Action, ...], actions: Sequence[Action]) -> Iterator[CaseGroup]:
    """The actions in groups of at most `CASES_A_SYNC`."""
    for start in range(0, len(actions), CASES_A_SYNC):
        yield CaseGroup(beginning, tuple(actions[start : start + CASES_A_SYNC]))


def checked_groups(situations: Situations, actions: Sequence[Action]) -> Iterator[CaseGroup]:
    """Groups on a bound sync. Each ends by sending another account and the right one, which shows side effects."""
    checks = (situations.send(account=OTHER_ACCOUNT), situations.send())
    for group in in_groups(situations.matched, actions):
        yield CaseGroup(group.beginning, (*group.actions, *checks))


def groups_checked_at_once(situations: Situations, actions: Sequence[Action]) -> Iterator[CaseGroup]:
    """Such groups with a check after each of the first actions: a later action may hide a side effect."""
    other = situations.send(account=OTHER_ACCOUNT)
    first = [step for action in actions[:UNUSUAL_STRUCTURES] for step in (action, other)]
    yield from checked_groups(situations, [*first, *actions[UNUSUAL_STRUCTURES:]])
