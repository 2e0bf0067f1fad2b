"""Faults of re-creation: too little of the old sync is forgotten, or too much, or the answer is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fuzz.sandbox.fault_rows import Inherited, Override, Rows, after, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.states.effects import always, changes_others, drops
from fuzz.sandbox.requests import Answer, Call, Operation
from fuzz.sandbox.responses import Due, StateError, state_error
from fuzz.sandbox.service import Behaviour, Outcome
from fuzz.sandbox.store import Sync

fault = Rows(FaultKind.RECREATION)


def answer_to_creation(change: Callable[[Answer], Answer]) -> Override:
    """The answer to a creation is changed."""
    return after(Behaviour.finalise)(
        lambda final, call, before, answer: change(final) if call.operation is Operation.CREATE else final
    )


def keeps(field: str, when: Callable[[Sync, Sync], bool] = lambda old, created: True) -> Override:
    """The sync that is created has one field of the old sync, where there is one."""

    def create_sync(created: Sync, call: Call, sync: Sync | None) -> Sync:
        kept = sync is not None and when(sync, created)
        return replace(created, **{field: getattr(sync, field)}) if kept else created

    return after(Behaviour.create_sync)(create_sync)


recreation_keeps_account = fault("A re-created sync still has the old one's account.", keeps("account"))
recreation_keeps_account_of_same_provider = fault(
    "A sync re-created for the same provider still has the old one's account.",
    keeps("account", lambda old, created: old.provider == created.provider),
)
recreation_keeps_disabled = fault("A sync re-created after it was disabled is disabled.", keeps("disabled"))
recreation_keeps_provider = fault("A re-created sync still has the old one's provider.", keeps("provider"))
recreation_keeps_enabled_sync = fault(
    "A sync of the same provider that is not disabled is kept as it is instead of being destroyed.",
    after(Behaviour.create_sync)(
        lambda created, call, sync: (
            sync if sync and not sync.disabled and sync.provider == created.provider else created
        )
    ),
)


@fault.by(after(Behaviour.decide))
def recreation_only_destroys(outcome: Outcome, call: Call, sync: Sync | None) -> Outcome:
    """Creating where there is a sync destroys it and leaves none."""
    again = call.operation is Operation.CREATE and sync is not None
    return Outcome(outcome.answer, None) if again else outcome


@fault.by(instead_of(Behaviour.decide))
def recreation_refused(service: Behaviour, inherited: Inherited[Outcome], call: Call, sync: Sync | None) -> Outcome:
    """Creating where there is a bound sync is refused with a state error."""
    if call.operation is Operation.CREATE and sync is not None and sync.account is not None:
        return Outcome(state_error(StateError.ALREADY_EXISTS), sync)
    return inherited(call, sync)


recreation_forgets_everyone = fault(
    "Creating a sync for one staff member destroys those of all the others.",
    changes_others(Operation.CREATE, always, drops),
)


@fault.mixin
class RecreationRemembersDisabledAccount(Behaviour):
    """An account that was once disabled for a staff member stays so through re-creation."""

    disabled: frozenset[tuple[str, str]] = frozenset()

    def state_error(self, call: Call, sync: Sync | None) -> Due:
        barred = (call.staff_uid, call.account) in self.disabled
        return super().state_error(call, sync) or (StateError.INVALID if barred else None)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISABLE and outcome.sync is not None and outcome.sync.disabled:
            self.disabled |= {(call.staff_uid, str(outcome.sync.account))}


creation_ignores_app = fault(
    "Whatever app is named, the sync is one of google_v3.",
    after(Behaviour.create_sync)(lambda created, call, sync: replace(created, provider="google_v3")),
)
creation_without_uid = fault(
    "The record that a creation answers has no uid.",
    answer_to_creation(
        lambda answer: replace(answer, body={key: answer.body[key] for key in answer.body if key != "uid"})
    ),
)
creation_wraps_record = fault(
    "The record that a creation answers is under `data`, so `$.uid` finds nothing.",
    answer_to_creation(lambda answer: replace(answer, body={"success": True, "data": answer.body})),
)
creation_answers_201 = fault("A creation answers 201.", answer_to_creation(lambda answer: replace(answer, status=201)))
