"""What the documents tell of a scenario before it is sent: what its payloads leave open, and which steps change a sync.

Templates stand for what the session will fill in, so a body that holds them is judged as the one that will be sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fuzz.model.exchange import UNAUTHORISED, Action, Circumstances, Create, Move, MoveSync, SendItems, Single
from fuzz.model.oracle import expected, named_of
from fuzz.model.payload import items_of, judge_payload, named_by, silent_names
from fuzz.model.scenario import singles
from fuzz.model.state import CalendarSync, Named, SyncState, bind
from fuzz.model.verdict import SUCCESS
from swagger.contract import Contract

NOT_READ = "raw text"
"""The feature of a body that is written as raw text: what it breaks is not foreseen, and it is taken to be refused."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One action, foreseen. Frozen. `features`: what its payloads break and where the documents are silent on them.

    `accepted`: the documents have it answered with a success. `changes`: a sync is another one after it.
    """

    features: frozenset[str]
    accepted: bool
    changes: bool


@dataclass(slots=True)
class _Foreseeing:
    """The syncs as the documents have them so far, and the external ids sent. Mutable."""

    contract: Contract
    states: dict[int, SyncState] = field(default_factory=dict)
    sent: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def single(self, action: Single) -> Foreseen:
        before = self.states.get(action.staff)
        features = self._features(action)
        after, accepted = self._after(action, before, features)
        self.states[action.staff] = after
        return Foreseen(frozenset(features), accepted, after != before or isinstance(action, Create))

    def _features(self, action: Single) -> tuple[str, ...]:
        if isinstance(action, Create):
            return ()
        if isinstance(action, MoveSync):
            return silent_names(self.contract, action.provider, action.account)
        if action.raw is not None:
            return (NOT_READ,)
        sent = self.sent[action.staff]
        circumstances = Circumstances("{{staff_id}}", action.token, "{{calendar_sync_uid}}", frozenset(sent))
        quality = judge_payload(self.contract, action.body, circumstances)
        sent.update(str(item.get("external_id")) for item in items_of(self.contract, action.body))
        return (*(f"breaks {clause}" for clause in quality.breaks), *quality.silent)

    def _after(self, action: Single, state: SyncState, features: Sequence[str]) -> tuple[SyncState, bool]:
        if isinstance(action, Create):
            return CalendarSync(action.provider), True
        named = named_by(action.body) if isinstance(action, SendItems) else named_of(action)
        refused = any(feature == NOT_READ or feature.startswith("breaks ") for feature in features)
        if state is None or refused or action.token in UNAUTHORISED or expected(self.contract, state, named) != SUCCESS:
            return state, False
        return _moved(action, state, named), True


def _moved(action: Single, state: CalendarSync, named: Named) -> SyncState:
    bound = bind(state, named)
    if isinstance(action, MoveSync) and action.move is not Move.CONNECT:
        return replace(bound, disabled=True) if action.move is Move.DISABLE else None
    return bound


def foresee(contract: Contract, actions: Sequence[Action]) -> tuple[Foreseen, ...]:
    """Each action of a scenario as the documents have it go; of two at once, the first goes first."""
    foreseeing = _Foreseeing(contract)
    return tuple(_together([foreseeing.single(single) for single in singles(action)]) for action in actions)


def _together(parts: Sequence[Foreseen]) -> Foreseen:
    return Foreseen(
        frozenset().union(*(part.features for part in parts)),
        any(part.accepted for part in parts),
        any(part.changes for part in parts),
    )
