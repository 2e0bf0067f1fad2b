"""Handles the failures of a run: each is identified, claimed, kept, shrunk and confirmed; then the run goes on.

Phases hand every verdict to the handler. A failure that may be the network's fault counts only if it comes back while
other requests pass.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from fuzz.failures.confirming import Confirmer
from fuzz.failures.failure import Failure
from fuzz.failures.identity import identify
from fuzz.failures.registry import Claim
from fuzz.oracle.actions import Action, AtOnce
from fuzz.oracle.scenario import singles
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.lost_answers import no_answer_verdict
from fuzz.session.session import ScenarioRun
from fuzz.session.token_check import end_if_token_is_refused
from fuzz.shrinking.candidate import Actions
from fuzz.shrinking.reproducer import Reproducer, Shrunk
from fuzz.target.http.client import TimeOver

SCENARIOS_REMEMBERED = 24
TIMES_WHEN_DISTURBED = 2


def no_check(_exchange: Exchange) -> None:
    """Every exchange counts."""


@dataclass(slots=True)
class FailureHandler(Confirmer):
    """Handles one worker's failures; all workers share the registry. Mutable: it remembers the last scenarios."""

    _history: deque[Actions] = field(default_factory=lambda: deque(maxlen=SCENARIOS_REMEMBERED))

    def run(
        self, actions: Sequence[Action], phase: str, *, check: Callable[[Exchange], None] = no_check
    ) -> ScenarioRun:
        """Performs a scenario up to its first failure, or until the run's time is over, and handles the failure.
        `check` sees each exchange before its verdict counts.

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
        with suppress(TimeOver):
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
        self.session.settle = max(self.session.settle, self.registry.settle)
        failure = self._failure(run)
        # Before the claim: the failure without pairs may have the same identity, and must find it unclaimed.
        if not self.registry.is_known(failure.identity) and self._fails_in_turn(run):
            return
        claim = self.registry.claim(failure.identity, _where(failure.verdict))
        if claim is None:
            return
        if not last.needs_confirmation:
            failure = self.tell(failure, "found")
        failure, reproducer = self._shrink(failure, unanswered=unanswered)
        if not last.needs_confirmation:
            self.judge_by_recurrence(failure, claim, reproducer)
        elif _came_back_each_time(failure.scenario):
            self.confirm(failure, identify(self.session.contract, failure.verdict, failure.actions), claim)
        else:
            self._drop(claim, run, unanswered=unanswered)

    def _failure(self, run: ScenarioRun) -> Failure:
        found = Shrunk(tuple(run.actions), tuple(run.exchanges))
        identity = identify(self.session.contract, failing_exchange(found.evidence).verdict, found.actions)
        requests = self.session.journal.summary.total - self.registry.spent
        return self.keeping.judge(Failure(identity.fingerprint, identity, run.phase, requests, found))

    def _fails_in_turn(self, run: ScenarioRun) -> bool:
        """Whether a failure with two requests at once fails alike when the requests come one after the other.

        If so, it is no failure of its own, and the sequential one is handled in its place.
        """
        failed = failing_exchange(run.exchanges[-2:]).verdict.seen
        has_pairs = any(isinstance(action, AtOnce) for action in run.actions)
        for order in (1, -1) if has_pairs else ():
            in_turn = [single for action in run.actions for single in singles(action)[::order]]
            again, fails = self._run_once(in_turn, run.phase)
            seen = failing_exchange(again.exchanges[-2:]).verdict.seen if fails else None
            if seen and failed and seen.outcome == failed.outcome:
                return True
        return False

    def _shrink(self, failure: Failure, *, unanswered: bool) -> tuple[Failure, Reproducer]:
        """The failure with its smallest scenario and how often it came back, and what runs that scenario again."""
        reproducer = self.reproducer(failure, unanswered=unanswered)
        with self.spending() as spent:
            shrunk = reproducer.shrink(tuple(self._history))
        if failure.fingerprint == self.shrunk_before:
            shrunk = replace(shrunk, others=self.others_before)
        return replace(failure, scenario=shrunk, requests_to_shrink=spent()), reproducer

    def _drop(self, claim: Claim, run: ScenarioRun, *, unanswered: bool) -> None:
        """Releases a failure that did not come back each time: most likely the network's fault. A `trouble` event."""
        failed = failing_exchange(run.exchanges[-2:])
        label = (
            f"no answer ({failed.delivery.why})" if unanswered else failed.verdict.seen and failed.verdict.seen.label
        )
        self.session.journal.emit({"event": "trouble", "what": f"{label} once, and not each time: not judged"})
        self.registry.release(claim)


def _came_back_each_time(scenario: Shrunk) -> bool:
    """Whether the failure came back at every try: only then is it not the network's fault."""
    came, times = scenario.reproduced or (0, 0)
    return came == times > 0


def _where(verdict: Verdict) -> str:
    """The clause and the situation of a failure: `already_exists in mismatched (account)`."""
    detail = f" ({verdict.detail})" if verdict.detail else ""
    return f"{verdict.clause} in {verdict.situation}{detail}"
