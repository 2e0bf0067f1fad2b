"""Faults of re-creation: it forgets too little of the old sync, or too much, or does not say what it should."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from fuzz.sandbox.answers import StateError, state_error
from fuzz.sandbox.behaviour import Outcome
from fuzz.sandbox.calls import Answer, Call, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store, Sync


class Recreation(Dishonesty):
    """A creation that does not give what was promised."""

    kind = Kind.RECREATION


class RecreationKeepsAccount(Recreation):
    """A re-created sync still has the old one's account."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        return replace(super().created(call, sync), account=sync.account if sync else None)


class RecreationKeepsAccountOfSameProvider(Recreation):
    """A sync re-created for the same provider still has the old one's account."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        same = sync is not None and sync.provider == created.provider
        return replace(created, account=sync.account) if sync is not None and same else created


class RecreationKeepsDisabled(Recreation):
    """A sync re-created after it was disabled is disabled."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        return replace(super().created(call, sync), disabled=sync is not None and sync.disabled)


class RecreationKeepsProvider(Recreation):
    """A re-created sync still has the old one's provider."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        return created if sync is None else replace(created, provider=sync.provider)


class RecreationKeepsEnabledSync(Recreation):
    """A sync of the same provider that is not disabled is kept as it is instead of being destroyed."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        created = super().created(call, sync)
        kept = sync is not None and sync.provider == created.provider and not sync.disabled
        return sync if sync is not None and kept else created


class RecreationOnlyDestroys(Recreation):
    """Creating where there is a sync destroys it and leaves none."""

    def decide(self, call: Call, sync: Sync | None) -> Outcome:
        outcome = super().decide(call, sync)
        again = call.operation is Operation.CREATE and sync is not None
        return Outcome(outcome.answer, None) if again else outcome


class RecreationRefused(Recreation):
    """Creating where there is a bound sync is refused with a state error."""

    def decide(self, call: Call, sync: Sync | None) -> Outcome:
        if call.operation is Operation.CREATE and sync is not None and sync.account is not None:
            return Outcome(state_error(StateError.ALREADY_EXISTS), sync)
        return super().decide(call, sync)


class RecreationForgetsEveryone(Recreation):
    """Creating a sync for one staff member destroys those of all the others."""

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.CREATE:
            for sync in self.store.syncs():
                if sync.staff_uid != call.staff_uid:
                    self.store.destroy(sync.staff_uid)


class RecreationRemembersDisabledAccount(Recreation):
    """An account that was once disabled for a staff member stays so through re-creation."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._disabled: defaultdict[str, set[str]] = defaultdict(set)

    def state_error(self, call: Call, sync: Sync | None) -> StateError | None:
        barred = call.account in self._disabled[call.staff_uid]
        return super().state_error(call, sync) or (StateError.INVALID if barred else None)

    def commit(self, call: Call, before: Sync | None, outcome: Outcome) -> None:
        super().commit(call, before, outcome)
        if call.operation is Operation.DISABLE and outcome.sync is not None and outcome.sync.disabled:
            self._disabled[call.staff_uid].add(str(outcome.sync.account))


class CreationIgnoresApp(Recreation):
    """Whatever app is named, the sync is one of google_v3."""

    def created(self, call: Call, sync: Sync | None) -> Sync:
        return replace(super().created(call, sync), provider="google_v3")


class CreationWithoutUid(Recreation):
    """The record that a creation answers has no uid."""

    def last_word(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        answer = super().last_word(call, before, answer)
        if call.operation is not Operation.CREATE:
            return answer
        return replace(answer, body={key: value for key, value in answer.body.items() if key != "uid"})


class CreationWrapsRecord(Recreation):
    """The record that a creation answers is under `data`, so `$.uid` finds nothing."""

    def last_word(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        answer = super().last_word(call, before, answer)
        wrapped = {"success": True, "data": answer.body}
        return replace(answer, body=wrapped) if call.operation is Operation.CREATE else answer


class CreationAnswers201(Recreation):
    """A creation answers 201."""

    def last_word(self, call: Call, before: Sync | None, answer: Answer) -> Answer:
        answer = super().last_word(call, before, answer)
        return replace(answer, status=201) if call.operation is Operation.CREATE else answer
