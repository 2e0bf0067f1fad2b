"""Runs candidates on the target, each up to its first failure, and compares that with the failure being shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from fuzz.events.summary import SHRINKING
from fuzz.oracle.actions import Action, Create, Move, MoveSync, SendItems
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.lost_answers import no_answer_verdict
from fuzz.session.session import ScenarioRun, Session
from fuzz.shrinking.candidate import Actions, all_singles
from fuzz.shrinking.history import KNOWN_GOOD_ACCOUNT
from fuzz.target.http.client import Unreachable
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import listed_providers

MAX_UNANSWERED_RUNS = 3


@dataclass(slots=True)
class CandidateRunner:
    """Runs candidates of one failure, whose first failing verdict is `failure`. Mutable: it counts unanswered runs.

    `expects_no_answer`: the failure is that no answer comes, while other requests are answered. `disconnects_first`:
    the syncs that staff members have are disconnected before each candidate.
    """

    session: Session
    failure: Verdict
    expects_no_answer: bool = False
    disconnects_first: bool = False
    unanswered_runs: int = 0

    def run(self, candidate: Actions, *, pause: float = 0.0) -> ScenarioRun:
        """Performs a candidate up to its first failure. The belief is dropped before and after it.

        `pause`: seconds to wait after each change, at least.
        """
        self.session.wait_for_late_requests()
        with self.session.settling(pause):
            return self._run(candidate)

    def _run(self, candidate: Actions) -> ScenarioRun:
        if self.disconnects_first:
            disconnect_all(self.session)
        run = self.session.start_scenario(SHRINKING)
        run.forget_states()
        for action in candidate:
            verdict = run.perform(action)
            failed = verdict.kind is VerdictKind.FAIL and not self._is_a_siblings(action)
            if failed or run.exchanges[-1].needs_confirmation:
                break
        last = run.exchanges[-1]
        if self.expects_no_answer and last.needs_confirmation and last.delivery.answer is None:
            self._judge_unanswered(candidate, run)
        run.forget_states()
        return run

    def _is_a_siblings(self, action: Action) -> bool:
        """Whether a failure of this action is a sibling's, where another kind of failure is looked for: the scenario
        goes on, as a sibling may only show what is wrong with the sync.
        """
        is_own = "." in self.failure.clause.partition(":")[0]
        return isinstance(action, MoveSync) and not is_own

    def reproduces(self, run: ScenarioRun) -> bool:
        """Whether the run ended in the same failure: the same clause, and the same outcome of the request."""
        last = (exchange.verdict for exchange in run.exchanges[-2:])
        return any(
            _signature(verdict) == _signature(self.failure) for verdict in last if verdict.kind is not VerdictKind.PASS
        )

    def _judge_unanswered(self, candidate: Actions, run: ScenarioRun) -> None:
        """Fails a run without a last answer, if other requests are answered. Unreachable if none are, several times."""
        last = run.exchanges[-1]
        if answers_good_requests(self.session, candidate):
            run.judge_last_as(no_answer_verdict(self.session.contract, last))
            return
        self.unanswered_runs += 1
        if self.unanswered_runs >= MAX_UNANSWERED_RUNS:
            where = last.sent.path.rpartition("/")[2]
            raise Unreachable(f"no good answer to {where}, nor to plain requests; the last one: {last.delivery.why}")


def was_disturbed(run: ScenarioRun) -> bool:
    """Whether a request was sent more than once, so that the answers after it show little."""
    return any(exchange.delivery.attempts > 1 for exchange in run.exchanges)


def step_rested_on(evidence: Sequence[Exchange], passed: Sequence[ScenarioRun]) -> str:
    """The clause of the first step before the failing one that was answered otherwise in each run that passed.

    Not of one of two requests at once: in the other order each may be answered otherwise, and rightly.
    """
    failing = failing_exchange(evidence)
    before = evidence[: list(evidence).index(failing)]
    for place, exchange in enumerate(before):
        others = [run.exchanges[place].verdict.seen for run in passed if place < len(run.exchanges)]
        seen = exchange.verdict.seen
        differs = seen and all(other and other.outcome != seen.outcome for other in others)
        if others and differs and not exchange.verdict.at_once:
            return exchange.verdict.clause
    return ""


def disconnect_all(session: Session) -> None:
    """Disconnects the syncs of all staff members. The answers are not judged."""
    providers = (*listed_providers(session.contract), *session.lifecycle.unlisted)
    for index in range(len(session.staff)):
        run = session.start_scenario(SHRINKING)
        create = Create(index, providers[0])
        run.perform(create)
        accounts = dict.fromkeys((KNOWN_GOOD_ACCOUNT, *run.member(create).accounts))
        for account, provider in product(accounts, providers):
            run.perform(MoveSync(index, Move.DISCONNECT, provider, account))
            answer = run.exchanges[-1].delivery.answer
            if answer is not None and answer.status == session.contract.success_status:
                break


def answers_good_requests(session: Session, candidate: Actions) -> bool:
    """Whether the target answers known-good requests to both endpoints, for some provider."""
    create = next(single for single in all_singles(candidate) if isinstance(single, Create))
    providers = dict.fromkeys((create.provider, *listed_providers(session.contract)))
    return any(_is_answered(session, replace(create, provider=provider)) for provider in providers)


def _is_answered(session: Session, create: Create) -> bool:
    body = plain_payload(session.contract, provider=create.provider, account=KNOWN_GOOD_ACCOUNT)
    run = session.start_scenario(SHRINKING)
    return all(
        run.perform(action).kind is not VerdictKind.INCONCLUSIVE for action in (create, SendItems(create.staff, body))
    )


def _signature(verdict: Verdict) -> tuple[str, str]:
    """The clause and the outcome of a verdict: the same for two verdicts of one failure."""
    return verdict.clause, verdict.seen.outcome if verdict.seen else "no answer"
