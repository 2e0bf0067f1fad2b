"""Confirms failures: runs them again, gives each the identity that its recurrence shows, keeps it and tells of it.

What comes back each time is a failure of its own; what comes and goes is one failure a clause; what never comes back
is only sighted, and leaves the run in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from fuzz.events.failures import FailureEvent, FailureRenamed, FailureStatus
from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import failure_event
from fuzz.failures.identity import Identity, identify, tells_of_another_state
from fuzz.failures.other_people import may_be_somebody_elses, moves_by_itself
from fuzz.failures.recurrence import PAUSE, SIGHTINGS_TO_PROBE, identity_by_time, identity_of_the_rare, may_be_stale
from fuzz.failures.registry import Claim, FailureRegistry, Sighting
from fuzz.session.session import Session
from fuzz.shrinking.reproducer import Reproducer
from fuzz.shrinking.shrinker import Budget
from fuzz.target.http.client import Ending, Unreachable

MOST_WATCHES = 4
"""How often a run looks whether somebody else moves the staff members."""


class Stop(Ending):
    """Raised when the run has found as many failures as `--max-failures` asks for."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where failures are kept, and which are accepted. Frozen.

    `keep` returns the folder of a failure, None if it has none; `judge` the failure with the baseline's entry for it.
    """

    keep: Callable[[Failure, FailureEvent], str | None] = lambda _failure, _event: None
    judge: Callable[[Failure], Failure] = lambda failure: failure


@dataclass(slots=True)
class Confirmer:
    """Confirms one worker's failures; all workers share the registry. Mutable: the session is used."""

    session: Session
    registry: FailureRegistry = field(default_factory=FailureRegistry)
    shrink_requests: int = 100
    max_failures: int | None = None
    time_left: Callable[[], float] = lambda: float("inf")
    keeping: Keeping = Keeping()
    shrunk_before: str = ""
    others_before: tuple[str, ...] = ()
    """The fingerprint of a kept failure that is replayed: if it is the one that comes, it is not shrunk again."""

    def judge_by_recurrence(self, failure: Failure, claim: Claim, reproducer: Reproducer) -> None:
        """Confirms a failure that comes back under the identity that its recurrence gives it; else only sights it."""
        contract = self.session.contract
        scenario = failure.scenario
        if scenario.reproduced is None:
            # It is the same as a known failure, or the time was over: it was not run again.
            self.confirm(failure, identify(contract, failure.verdict, failure.actions), claim)
            return
        came, times = scenario.reproduced
        with self.spending():
            identity = identity_by_time(failure, reproducer, contract)
        if came < times and (identity is None or not identity.is_stale_read):
            self._end_if_somebody_else_is_there(failure, claim)
        of_another = failure.verdict.at_once and came < times and self._known_to_come_and_go() is not None
        if not came or scenario.rests_on or of_another:
            self._sight(failure, claim)
        else:
            try:
                self.confirm(failure, identity or identify(contract, failure.verdict, failure.actions), claim)
            finally:  # also where this failure is the last that was asked for
                if identity is not None:
                    self._note_cause(identity)

    def _end_if_somebody_else_is_there(self, failure: Failure, claim: Claim) -> None:
        """Ends the run if an answer tells of a state that nobody here has caused, and such states come and go while a
        sync is left alone.
        """
        odd, registry = tells_of_another_state(self.session.contract, failure.verdict), self.registry
        if not odd or registry.watched >= MOST_WATCHES:
            return
        registry.watched += 1
        with self.spending():
            if not moves_by_itself(self.session):
                return
        concerned = [name for name, each in self.registry.failures.items() if may_be_somebody_elses(self.session, each)]
        for name in dict.fromkeys((claim.name, *concerned)):
            self._withdraw(name, "somebody else seems to move the staff members")
        self.registry.sighted.clear()
        raise Unreachable(
            f"somebody else seems to move these staff members: the target told of a state that nobody here has caused"
            f" ({odd}), also while nothing was changed here, and the same steps pass when they are run again. Make sure"
            " that nobody else uses them, then run again"
        )

    def _sight(self, failure: Failure, claim: Claim) -> None:
        """Keeps a failure that did not come back, or that only follows from an answer that did not. Such a failure
        joins one that comes and goes, if there is one. After several, one is run often enough to see what comes rarely.
        """
        self._withdraw(claim.name, "it has not come back")
        known = self._known_to_come_and_go()
        if known is not None:
            self.registry.join(known, claim)
            return
        sighted = self.registry.sighted
        sighted.append(Sighting(failure, claim))
        if len(sighted) == SIGHTINGS_TO_PROBE:
            self._probe(min(sighted, key=_simplest_first))

    def _known_to_come_and_go(self) -> str | None:
        """The name of the first failure that comes and goes, if there is one."""
        return next((name for name, each in self.registry.failures.items() if each.identity.comes_and_goes), None)

    def _probe(self, sighting: Sighting) -> None:
        """Runs a sighted failure many more times. If it comes back, it is confirmed and the others join it."""
        failure, claim = sighting
        reproducer = self.reproducer(failure, unanswered=False)
        with self.spending():
            identity = identity_of_the_rare(failure, reproducer, self.session.contract)
        if identity is None:
            return
        self.registry.sighted.remove(sighting)
        self.confirm(replace(failure, scenario=reproducer.best), identity, claim)
        self._note_cause(identity)

    def _note_cause(self, identity: Identity) -> None:
        """What follows from a cause that depends on time: sightings join it, and changes get time to show."""
        for sighting in self.registry.sighted:
            self.registry.join(identity.fingerprint, sighting.claim)
        self.registry.sighted.clear()
        if identity.is_stale_read and not self.registry.settle:
            self._merge_into_stale_read(identity.fingerprint)
            self.registry.settle = self.session.settle = PAUSE
            what = (
                f"the target's reads lag behind its writes: from here on each change gets {PAUSE:g} s to show;"
                f" write `settle: {PAUSE * 1000:g}ms` into the profile"
            )
            self.session.journal.emit({"event": "trouble", "what": what})

    def _merge_into_stale_read(self, name: str) -> None:
        """What was taken for an answer that comes and goes, and an older state explains, was a stale read, too. If it
        was not, it comes again.
        """
        for other, failure in list(self.registry.failures.items()):
            explained = may_be_stale(self.session.contract, failure)
            if other != name and failure.identity.comes_and_goes and explained:
                self.registry.merge(other, name)
                self._withdraw(other, f"it is the same as {name}")

    def _withdraw(self, name: str, why: str) -> None:
        self.registry.failures.pop(name, None)
        self.session.journal.emit({"event": "failure_withdrawn", "fingerprint": name, "why": why})

    def reproducer(self, failure: Failure, *, unanswered: bool) -> Reproducer:
        contract = self.session.contract
        return Reproducer(
            self.session,
            failure.scenario,
            Budget(0 if failure.fingerprint == self.shrunk_before else self.shrink_requests),
            self.time_left,
            lambda verdict, actions: self.registry.is_known(identify(contract, verdict, actions)),
            expects_no_answer=unanswered,
        )

    @contextmanager
    def spending(self) -> Iterator[Callable[[], int]]:
        """Within the block requests are not part of the search. Yields a function that says how many there were."""
        before = self.session.client.requests_sent

        def spent() -> int:
            return self.session.client.requests_sent - before

        try:
            # The token is known to work by now: a refusal that comes back has to do with the situation.
            with self.session.client.token_known_good():
                yield spent
        finally:
            self.registry.spend(spent())

    def confirm(self, failure: Failure, identity: Identity, claim: Claim) -> None:
        """Gives a failure its final name; if that is known already, only counts it."""
        failure = self.keeping.judge(replace(failure, fingerprint=identity.fingerprint, identity=identity))
        failure, is_new = self.registry.confirm(claim, failure)
        if is_new:
            self.tell(failure, "confirmed")
        if failure.fingerprint != claim.name:
            renamed: FailureRenamed = {"event": "failure_renamed", "old": claim.name, "new": failure.fingerprint}
            self.session.journal.emit(renamed)
        if self.max_failures is not None and self.registry.unaccepted >= self.max_failures:
            raise Stop(f"{self.max_failures} failures found")

    def tell(self, failure: Failure, status: FailureStatus) -> Failure:
        """Keeps a failure and writes its event. Returns the failure with its bundle."""
        failure = replace(failure, count=self.registry.count(failure.fingerprint))
        event = failure_event(self.session, failure, status)
        failure = replace(failure, bundle=self._keep(failure, event))
        event["bundle"] = failure.bundle
        self.session.journal.emit(event)
        return failure

    def _keep(self, failure: Failure, event: FailureEvent) -> str | None:
        """Keeps a failure. One whose bundle cannot be written is told all the same."""
        try:
            return self.keeping.keep(failure, event)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            what = f"the bundle of {failure.fingerprint} cannot be written ({why}): the reports have all of it"
            self.session.journal.emit({"event": "trouble", "what": what})
            return None


def _simplest_first(sighting: Sighting) -> tuple[bool, int]:
    scenario = sighting.failure.scenario
    return bool(scenario.rests_on), len(scenario.actions)
