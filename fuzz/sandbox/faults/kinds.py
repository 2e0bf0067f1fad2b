"""What faults have in common: a kind, whether they show every time, for some a memory of what was done.

A fault overrides hooks and calls `super()`, so that several at once combine. Hence a hook must never be written once
for several faults with a class attribute between them: the first fault's attribute would hide the others'.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, NamedTuple

from fuzz.sandbox.behaviour import Behaviour, Outcome
from fuzz.sandbox.calls import Call, Operation
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync

DEEDS_REMEMBERED = 16


class Kind(StrEnum):
    """What sort of mistake a fault is."""

    STATE_CHECK = "state check"
    NEAR_MISS = "near miss"
    STORING = "storing"
    RECREATION = "re-creation"
    SIBLING = "sibling"
    DEEP_SEQUENCE = "deep sequence"
    SLOW_BURN = "slow burn"
    LEAK = "leak"
    INTERMITTENT = "intermittent"
    RACE = "race"
    MESSAGE = "message"
    BODY_SHAPE = "body shape"
    PAYLOAD = "payload"
    PAYLOAD_ERROR = "payload error"
    CRASH = "crash"
    DATE = "date"
    ENCODING = "encoding"
    TOKEN = "token"


class Dishonesty(Behaviour):
    """A behaviour that breaks the contract."""

    kind: ClassVar[Kind]
    deterministic: ClassVar[bool] = True


class Deed(NamedTuple):
    """One thing a staff member did: the operation, the answer's status, and what it named (nothing, for a creation)."""

    operation: Operation
    status: int
    provider: str = ""
    account: str = ""


@dataclass(slots=True)
class Past:
    """What one staff member has done. Mutable: it grows with each call."""

    deeds: deque[Deed] = field(default_factory=lambda: deque(maxlen=DEEDS_REMEMBERED))
    creations: int = 0
    accepted_by_sync: int = 0
    refused_by_sync: int = 0
    items_in_sync: int = 0
    accounts_left: set[str] = field(default_factory=set)

    def accepted_operations(self) -> list[Operation]:
        """The operations that were accepted lately, oldest first."""
        return [deed.operation for deed in self.deeds if deed.status == 200]

    def moves(self) -> list[Operation]:
        """The accepted operations that are not the sending of items."""
        return [operation for operation in self.accepted_operations() if operation is not Operation.SEND]

    def statuses(self) -> list[int]:
        """The statuses answered lately, oldest first."""
        return [deed.status for deed in self.deeds]


class Remembering(Dishonesty):
    """A behaviour that depends on more of the past than the sync."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self.pasts: defaultdict[str, Past] = defaultdict(Past)

    def past(self, call: Call) -> Past:
        """The past of the staff member whom the call is about, this call not included."""
        return self.pasts[call.staff_uid]

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        past = self.past(call)
        if call.operation is Operation.CREATE:
            _begin_anew(past, before)
            past.deeds.append(Deed(call.operation, outcome.answer.status))
            return
        past.deeds.append(Deed(call.operation, outcome.answer.status, call.provider, call.account))
        past.accepted_by_sync += outcome.answer.status == 200
        past.refused_by_sync += outcome.answer.status != 200
        past.items_in_sync += len(outcome.items)


def _begin_anew(past: Past, before: Sync | None) -> None:
    past.creations += 1
    past.accepted_by_sync = past.refused_by_sync = past.items_in_sync = 0
    if before is not None and before.account is not None:
        past.accounts_left.add(before.account)
