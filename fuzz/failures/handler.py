"""Handles the failures of a run: each is identified, claimed, kept, shrunk and confirmed; then the run goes on.

Phases hand every verdict to the handler. A failure that may be the network's fault counts only if it comes back while
other requests pass.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from fuzz.events.types import Acceptance, FailureEvent, FailureRenamed, FailureStatus
from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import failure_event
from fuzz.failures.identity import identify
from fuzz.failures.registry import Claim, FailureRegistry
from fuzz.oracle.actions import Action, AtOnce
from fuzz.oracle.scenario import singles
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.lost_answers import no_answer_verdict
from fuzz.session.session import ScenarioRun, Session
from fuzz.session.token_check import end_if_token_is_refused
from fuzz.shrinking.candidate import Actions
from fuzz.shrinking.reproducer import Reproducer, Shrunk
from fuzz.shrinking.shrinker import Budget
from fuzz.target.http.client import Ending

SCENARIOS_REMEMBERED = 24
TIMES_WHEN_DISTURBED = 2


class Stop(Ending):
    """Raised when the run has found as many failures as `--max-failures` asks for."""


class TimeOver(Ending):
    """Raised when the phase's time is over."""


def no_check(_exchange: Exchange) -> None:
    """Every exchange counts."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where failures are kept, and which are accepted. Frozen.

    `keep` returns the folder of a failure, None if it has none; `accepted` the baseline's entry for a fingerprint.
    """

    keep: Callable[[Failure, FailureEvent], str | None] = lambda _failure, _event: None
    accepted: Callable[[str], Acceptance | None] = lambda _fingerprint: None


@dataclass(slots=True)
class FailureHandler:
    """Handles one worker's failures; all workers share the registry. Mutable: it remembers the last scenarios."""

    session: Session
    registry: FailureRegistry = field(default_factory=FailureRegistry)
    shrink_requests: int = 100
    max_failures: int | None = None
    time_left: Callable[[], float] = lambda: float("inf")
    keeping: Keeping = Keeping()
    _history: deque[Actions] = field(default_factory=lambda: deque(maxlen=SCENARIOS_REMEMBERED))

    def run(
        self, actions: Sequence[Action], phase: str, *, check: Callable[[Exchange], None] = no_check
    ) -> ScenarioRun:
        """Performs a scenario up to its first failure, and handles the failure. `check` sees each exchange before its
        verdict counts.

        A scenario that passes but has lost answers is performed again, since it has shown little.
        """
        for _ in range(1 + TIMES_WHEN_DISTURBED):
            run, failed = self._run_once(actions, phase, check)
            lost = any(exchange.delivery.may_have_acted for exchange in run.exchanges)
            if failed or not lost or self.time_left() <= 0:
                break
            self.session.wait_for_late_requests()
        return run

    def _run_once(
        self, actions: Sequence[Action], phase: str, check: Callable[[Exchange], None] = no_check
    ) -> tuple[ScenarioRun, bool]:
        run, failed = self.session.start_scenario(phase), False
        for action in actions:
            verdict = run.perform(action)
            check(run.exchanges[-1])
            failed = self.on_verdict(run, verdict)
            if failed:
                break
        self.on_scenario_end(run)
        return run, failed

    def on_scenario_end(self, run: ScenarioRun) -> None:
        """Remembers the scenario: a later failure may have its cause in it."""
        self._history.append(tuple(run.actions))

    def on_verdict(self, run: ScenarioRun, verdict: Verdict) -> bool:
        """Handles the verdict on the last action. True: it failed, and the staff members' states are not known now."""
        last = run.exchanges[-1]
        unanswered = verdict.kind is VerdictKind.INCONCLUSIVE and last.needs_confirmation
        if verdict.kind is not VerdictKind.FAIL and not unanswered:
            return False
        if unanswered:
            run.judge_last_as(no_answer_verdict(self.session.contract, last))
        self._handle_failure(run, unanswered=unanswered)
        run.forget_states()
        return True

    def _handle_failure(self, run: ScenarioRun, *, unanswered: bool) -> None:
        """Identifies, claims, shrinks and confirms a failure. If it also fails without pairs at once, handles that."""
        last = run.exchanges[-1]
        if last.needs_confirmation and not unanswered:
            end_if_token_is_refused(self.session, last)
        failure, moved = self._failure(run), len(self.session.gateways.moved)
        # Before the claim: the failure without pairs may have the same identity, and must find it unclaimed.
        if not self.registry.is_known(failure.identity) and self._fails_in_turn(run):
            return
        if len(self.session.gateways.moved) > moved:
            return  # The pair met a gateway that does not serve the operation any more.
        claim = self.registry.claim(failure.identity)
        if claim is None:
            return
        if not last.needs_confirmation:
            failure = self._tell(failure, "found")
        failure = self._shrink(failure, unanswered=unanswered)
        if last.needs_confirmation and not _came_back_each_time(failure.scenario):
            self._drop(claim, run, unanswered=unanswered)
        else:
            self._confirm(failure, claim)

    def _failure(self, run: ScenarioRun) -> Failure:
        found = Shrunk(tuple(run.actions), tuple(run.exchanges))
        identity = identify(self.session.contract, failing_exchange(found.evidence).verdict, found.actions)
        requests = self.session.journal.summary.total - self.registry.spent
        name = identity.fingerprint
        return Failure(name, identity, run.phase, requests, found, accepted=self.keeping.accepted(name))

    def _fails_in_turn(self, run: ScenarioRun) -> bool:
        """Whether a failure with two requests at once fails alike when the requests come one after the other.

        If so, it is no failure of its own, and the sequential one is handled in its place.
        """
        failed = failing_exchange(run.exchanges[-2:]).verdict.seen
        has_pairs = any(isinstance(action, AtOnce) for action in run.actions)
        for order in (1, -1) if has_pairs else ():
            in_turn = [single for action in run.actions for single in singles(action)[::order]]
            again, fails = self._run_once(in_turn, run.phase)
            seen = failing_exchange(again.exchanges[-2:]).verdict.seen
            if fails and seen and failed and seen.outcome == failed.outcome:
                return True
        return False

    def _shrink(self, failure: Failure, *, unanswered: bool) -> Failure:
        """The failure with its smallest scenario, the identity that this scenario has, and how often it came back."""
        contract, before = self.session.contract, self.session.client.requests_sent
        reproducer = Reproducer(
            self.session,
            failure.scenario,
            Budget(self.shrink_requests),
            self.time_left,
            lambda verdict, actions: self.registry.is_known(identify(contract, verdict, actions)),
            expects_no_answer=unanswered,
        )
        try:
            # The token is known to work by now: a refusal that comes back has to do with the situation.
            with self.session.client.token_known_good():
                shrunk = reproducer.shrink(tuple(self._history))
        finally:
            spent = self.session.client.requests_sent - before
            self.registry.spend(spent)
        return replace(failure, scenario=shrunk, requests_to_shrink=spent)

    def _drop(self, claim: Claim, run: ScenarioRun, *, unanswered: bool) -> None:
        """Releases a failure that did not come back each time: most likely the network's fault. A `trouble` event."""
        failed = failing_exchange(run.exchanges[-2:])
        label = (
            f"no answer ({failed.delivery.why})" if unanswered else failed.verdict.seen and failed.verdict.seen.label
        )
        self.session.journal.emit({"event": "trouble", "what": f"{label} once, and not each time: not judged"})
        self.registry.release(claim)

    def _confirm(self, failure: Failure, claim: Claim) -> None:
        """Gives a failure its final name; if that is known already, only counts it."""
        identity = identify(self.session.contract, failure.verdict, failure.actions)
        name = identity.fingerprint
        failure = replace(failure, fingerprint=name, identity=identity, accepted=self.keeping.accepted(name))
        failure, is_new = self.registry.confirm(claim, failure)
        if is_new:
            self._tell(failure, "confirmed")
        if failure.fingerprint != claim.name:
            renamed: FailureRenamed = {"event": "failure_renamed", "old": claim.name, "new": failure.fingerprint}
            self.session.journal.emit(renamed)
        if self.max_failures is not None and self.registry.unaccepted >= self.max_failures:
            raise Stop(f"{self.max_failures} failures found")

    def _tell(self, failure: Failure, status: FailureStatus) -> Failure:
        """Keeps a failure and writes its event. Returns the failure with its bundle."""
        failure = replace(failure, count=self.registry.count(failure.fingerprint))
        event = failure_event(self.session, failure, status)
        failure = replace(failure, bundle=self.keeping.keep(failure, event))
        event["bundle"] = failure.bundle
        self.session.journal.emit(event)
        return failure


def _came_back_each_time(scenario: Shrunk) -> bool:
    """Whether the failure came back at every try: only then is it not the network's fault."""
    came, times = scenario.reproduced or (0, 0)
    return came == times > 0
