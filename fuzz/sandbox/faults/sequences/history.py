"""What each staff member has done so far, for the faults that depend on more than the sync."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from fuzz.sandbox.fault_rows import Inherited, Override
from fuzz.sandbox.requests import Call, Operation
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store, Sync

MAX_PAST_CALLS = 16
P = ParamSpec("P")
R = TypeVar("R")


class PastCall(NamedTuple):
    """One call of the past. Frozen. A creation names no provider and no account."""

    operation: Operation
    status: int
    provider: str = ""
    account: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the answer was 200."""
        return self.status == 200


@dataclass(slots=True)
class History:
    """The calls of one staff member: the last ones, and counts. Mutable: it grows with each call."""

    calls: deque[PastCall] = field(default_factory=lambda: deque(maxlen=MAX_PAST_CALLS))
    creations: int = 0
    accepted_by_sync: int = 0
    refused_by_sync: int = 0
    items_in_sync: int = 0
    accounts_left: set[str] = field(default_factory=set)

    def last(self, count: int) -> list[PastCall]:
        """The last calls, oldest first."""
        return list(self.calls)[-count:]

    def ends_with(self, *operations: Operation) -> bool:
        """Whether these were the last operations that were accepted."""
        return _ends_with([call.operation for call in self.calls if call.accepted], operations)

    def moves_end_with(self, *operations: Operation) -> bool:
        """Whether these were the last operations that were accepted, apart from the sending of items."""
        moves = [call.operation for call in self.calls if call.accepted and call.operation is not Operation.SEND]
        return _ends_with(moves, operations)

    def add(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        """Enters a call."""
        if call.operation is Operation.CREATE:
            self._begin_sync(before)
            self.calls.append(PastCall(call.operation, outcome.answer.status))
            return
        past_call = PastCall(call.operation, outcome.answer.status, call.provider, call.account)
        self.calls.append(past_call)
        self.accepted_by_sync += past_call.accepted
        self.refused_by_sync += not past_call.accepted
        self.items_in_sync += len(outcome.items)

    def _begin_sync(self, before: Sync | None) -> None:
        self.creations += 1
        self.accepted_by_sync = self.refused_by_sync = self.items_in_sync = 0
        if before is not None and before.account is not None:
            self.accounts_left.add(before.account)


class RemembersCalls(Behaviour):
    """A behaviour that keeps the history of each staff member."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._histories: defaultdict[str, History] = defaultdict(History)

    def history(self, call: Call) -> History:
        """The history of the staff member whom the call is about, without this call."""
        return self._histories[call.staff_uid]

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        self.history(call).add(call, before, outcome)


def by_history(
    hook: Callable[Concatenate[Any, P], R],
) -> Callable[[Callable[Concatenate[History, R, P], R]], Override]:
    """Overrides from functions that change the hook's result by the history: (history, result, arguments) to result.

    The first argument of the hook is the call. The mixin derives from `RemembersCalls`.
    """

    def override(function: Callable[..., R]) -> Override:
        def replacement(service: RemembersCalls, inherited: Inherited[R], call: Call, *arguments: Any) -> R:
            return function(service.history(call), inherited(call, *arguments), call, *arguments)

        return Override(hook.__name__, replacement)

    return override


def _ends_with(done: Sequence[Operation], operations: Sequence[Operation]) -> bool:
    return list(done[-len(operations) :]) == list(operations)
