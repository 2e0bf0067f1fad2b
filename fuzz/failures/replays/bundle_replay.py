"""Replays a kept failure: performs its actions and judges the answers as in a run.

The outcome is FAILED if an answer broke the contract, and FIXED if every answer is allowed. It is CANNOT TELL if an
answer was lost, the target is unreachable or lacks an operation that the scenario needs, or the failure needed more
than the scenario when it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus

from fuzz.bundle.failure_json import Bundle
from fuzz.failures.failure_event import step_json
from fuzz.failures.replays.result import Outcome, ReplayResult, Row
from fuzz.oracle.actions import Create, MoveSync
from fuzz.oracle.scenario import singles
from fuzz.oracle.verdict import Verdict, VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.session.session import ScenarioRun, Session
from fuzz.shrinking.reproducer import Shrunk
from fuzz.target.authorisation import unauthorised
from fuzz.target.http.client import Unreachable
from fuzz.target.http.statuses import NOT_OFFERED

PHASE = "replay"
NO_ANSWER_EACH_TIME = "no answer each time"
NEEDS_HISTORY = "these steps passed, and when it was found it needed more than them: run calfuzz again to be sure"


@dataclass(frozen=True, slots=True)
class _OneReplay:
    """The result of one time through a scenario. Frozen. `stop`: another time would give the same result."""

    outcome: Outcome
    why: str
    rows: tuple[Row, ...]
    stop: bool = False
    scenario: Shrunk | None = None


def replay(bundle: Bundle, session: Session, *, times: int | None = None) -> ReplayResult:
    """Performs the scenario `times` times. By default until it fails, or until the failure is surely gone."""
    _use_the_same_gateways(bundle, session)
    shown: _OneReplay | None = None
    came = done = 0
    doubt = ""
    for _ in range(times or bundle.times):
        replayed = _replay_once(bundle, session)
        done += 1
        came += replayed.outcome is Outcome.FAILED
        if shown is None or replayed.outcome is Outcome.FAILED or not came:
            shown = replayed
        doubt = replayed.why if replayed.outcome is Outcome.CANNOT_TELL else doubt
        if replayed.stop or (came and times is None):
            break
    assert shown is not None
    return _concluded(bundle, shown, came, done, doubt)


def _concluded(bundle: Bundle, shown: _OneReplay, came: int, done: int, doubt: str) -> ReplayResult:
    outcome, why = shown.outcome, shown.why
    if not came and (doubt or bundle.needs_history):
        outcome, why = Outcome.CANNOT_TELL, doubt or NEEDS_HISTORY
    scenario = replace(shown.scenario, reproduced=(came, done)) if shown.scenario is not None else None
    return ReplayResult(bundle.fingerprint, outcome, why, shown.rows, came, done, scenario=scenario)


def _use_the_same_gateways(bundle: Bundle, session: Session) -> None:
    """Sends each kind of action to the gateway that it was on when the failure was found."""
    for kind, gateway in bundle.gateways.items():
        if kind in session.request_builder.on_fallback:
            session.request_builder.send_to(kind, fallback=gateway == "fallback")


def _replay_once(bundle: Bundle, session: Session) -> _OneReplay:
    why = next(impossible_here(bundle, session), "")
    if why:
        return _OneReplay(Outcome.CANNOT_TELL, why, (), stop=True)
    run = session.start_scenario(PHASE)
    replayed = _performed(bundle, run)
    return replace(replayed, scenario=Shrunk(tuple(run.actions), tuple(run.exchanges))) if run.exchanges else replayed


def _performed(bundle: Bundle, run: ScenarioRun) -> _OneReplay:
    run.forget_states()
    try:
        for action in bundle.actions:
            done = len(run.exchanges)
            run.perform(action)
            failed = _ended(bundle, run, done)
            if failed is not None:
                return failed
    except Unreachable as ending:
        return _OneReplay(Outcome.CANNOT_TELL, str(ending), _rows(run), stop=True)
    finally:
        run.forget_states()
    lost = [
        number for number, exchange in enumerate(run.exchanges, 1) if exchange.verdict.kind is VerdictKind.INCONCLUSIVE
    ]
    if lost:
        advice = "; start the target, or name another one with --target" if lost[0] == 1 else ""
        return _OneReplay(Outcome.CANNOT_TELL, f"no answer to step {lost[0]}: {_why(run, lost[0])}{advice}", _rows(run))
    return _OneReplay(Outcome.FIXED, "every answer is one that the documents allow", _rows(run))


def _why(run: ScenarioRun, number: int) -> str:
    return run.exchanges[number - 1].verdict.why or "it was lost"


def impossible_here(bundle: Bundle, session: Session) -> Iterator[str]:
    """The reasons why the scenario cannot be performed on this target; none if it can."""
    known: set[int] = set()
    for action in bundle.actions:
        for single in singles(action):
            if isinstance(single, MoveSync) and not session.lifecycle.can(single.move):
                yield session.lifecycle.impossible[single.move.value]
            if isinstance(single, Create):
                known.add(single.staff)
            elif single.staff not in known:
                yield "the scenario does not begin with a create for each staff member: nothing is known of them"
    if len(session.staff) < len(known):
        yield f"the scenario needs {len(known)} staff members, and the target profile names {len(session.staff)}"


def _ended(bundle: Bundle, run: ScenarioRun, done: int) -> _OneReplay | None:
    """The result that the last action's answers end the replay with, if they end it."""
    for number, exchange in enumerate(run.exchanges[done:], start=done + 1):
        source = exchange.sent.source
        if source is not None and unauthorised(exchange.delivery) and not _as_kept(bundle, exchange.verdict):
            why = f"the target refuses the token of step {number}, {source.placeholder}: is it the right one?"
            return _OneReplay(Outcome.CANNOT_TELL, why, _rows(run), stop=True)
        if exchange.verdict.kind is VerdictKind.FAIL:
            return _broken(bundle, run, number, exchange)
        if exchange.delivery.upstream_failed and bundle.observed == NO_ANSWER_EACH_TIME and _is_there(bundle, run):
            return _OneReplay(
                Outcome.FAILED, f"no answer to step {number} again, while others are answered", _rows(run)
            )
    return None


def _is_there(bundle: Bundle, run: ScenarioRun) -> bool:
    """Whether the target answers a create, which is known to work."""
    probe = run.session.start_scenario(PHASE)
    probe.forget_states()
    return probe.perform(next(singles(action)[0] for action in bundle.actions)).kind is VerdictKind.PASS


def _broken(bundle: Bundle, run: ScenarioRun, number: int, exchange: Exchange) -> _OneReplay:
    verdict, rows = exchange.verdict, _rows(run)
    status = verdict.seen.status if verdict.seen else 0
    if not _as_kept(bundle, verdict):
        if exchange.needs_confirmation:
            return _OneReplay(
                Outcome.CANNOT_TELL, f"the target refuses the token of step {number} ({status})", rows, stop=True
            )
        if number == 1 and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            why = f"the target answers {status} to the first step: are its address and the staff member's uid right?"
            return _OneReplay(Outcome.CANNOT_TELL, why, rows)
        if isinstance(exchange.action, MoveSync) and status in NOT_OFFERED:
            move = exchange.action.move
            return _OneReplay(
                Outcome.CANNOT_TELL, f"the target answers {status} to {move}, which step {number} needs", rows
            )
    if verdict.clause == bundle.clause:
        return _OneReplay(Outcome.FAILED, f"{verdict.clause} is broken again, at step {number}", rows)
    return _OneReplay(Outcome.FAILED, f"another clause is broken on the way, at step {number}: {verdict.clause}", rows)


def _as_kept(bundle: Bundle, verdict: Verdict) -> bool:
    return verdict.clause == bundle.clause and verdict.seen is not None and verdict.seen.label == bundle.observed


def _rows(run: ScenarioRun) -> tuple[Row, ...]:
    return tuple(_row(run.session, number, exchange) for number, exchange in enumerate(run.exchanges, start=1))


def _row(session: Session, number: int, exchange: Exchange) -> Row:
    step = step_json(session, number, exchange)
    return Row(
        number=number,
        does=f"{step['method']} {step['path']}",
        says=str(step["says"]),
        expected=str(step["expected"]),
        seen=str(step["seen"]),
        state=str(step["state"]),
        broken=exchange.verdict.kind is VerdictKind.FAIL,
    )
