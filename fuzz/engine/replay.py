"""A kept failure done again: its actions through `Session.play`, judged as ever, and what that comes to.

FAILED if anything broke the contract, FIXED if every answer is explained, CANNOT TELL if an answer was lost, the target
is not there, it cannot be moved as the scenario needs, or the failure needed more than the scenario when it was kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from fuzz.engine.failures import step_json
from fuzz.engine.session import Performed, Play, Session
from fuzz.engine.transport import Unreachable
from fuzz.errors import ExitCode
from fuzz.model.bundle import Bundle
from fuzz.model.exchange import Create, MoveSync
from fuzz.model.scenario import singles
from fuzz.model.verdict import Kind, Verdict

PHASE = "replay"
NOT_OFFERED = frozenset({401, 403, 404, 405, 501})
NO_ANSWER_EACH_TIME = "no answer each time"
NEEDS_PAST = "these steps passed, and when it was found it needed more than them: run calfuzz again to be sure"


class Outcome(StrEnum):
    """What a replay comes to."""

    FIXED = "FIXED"
    FAILED = "FAILED"
    CANNOT_TELL = "CANNOT TELL"

    @property
    def exit_code(self) -> ExitCode:
        """0 fixed, 1 failed, 3 cannot tell."""
        return {"FIXED": ExitCode.PASS, "FAILED": ExitCode.BROKEN}.get(self.value, ExitCode.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Row:
    """One step as it went. Frozen. `state`: the kind of state that the staff member's sync is believed to be in."""

    number: int
    does: str
    says: str
    expected: str
    seen: str
    state: str = ""
    broken: bool = False


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of a replay: `rows` are those of its last time, `came` of `times` that it failed. Frozen."""

    name: str
    outcome: Outcome
    why: str
    rows: tuple[Row, ...]
    came: int
    times: int

    @property
    def exit_code(self) -> ExitCode:
        return self.outcome.exit_code


@dataclass(frozen=True, slots=True)
class _Once:
    outcome: Outcome
    why: str
    rows: tuple[Row, ...]
    stop: bool = False


def replay(bundle: Bundle, session: Session, *, times: int | None = None) -> ReplayResult:
    """Does the scenario again: `times` times, or until it fails as often as it takes to be sure that it is gone."""
    _use_the_same_gateways(bundle, session)
    shown: _Once | None = None
    came = done = 0
    doubt = ""
    for _ in range(times or bundle.times):
        once = _once(bundle, session)
        done += 1
        came += once.outcome is Outcome.FAILED
        if shown is None or once.outcome is Outcome.FAILED or not came:
            shown = once
        doubt = once.why if once.outcome is Outcome.CANNOT_TELL else doubt
        if once.stop or (came and times is None):
            break
    assert shown is not None
    return _concluded(bundle, shown, came, done, doubt)


def _concluded(bundle: Bundle, shown: _Once, came: int, done: int, doubt: str) -> ReplayResult:
    if came:
        return ReplayResult(bundle.fingerprint, Outcome.FAILED, shown.why, shown.rows, came, done)
    if doubt:
        return ReplayResult(bundle.fingerprint, Outcome.CANNOT_TELL, doubt, shown.rows, came, done)
    if bundle.needs_past:
        return ReplayResult(bundle.fingerprint, Outcome.CANNOT_TELL, NEEDS_PAST, shown.rows, came, done)
    return ReplayResult(bundle.fingerprint, Outcome.FIXED, shown.why, shown.rows, came, done)


def _use_the_same_gateways(bundle: Bundle, session: Session) -> None:
    """The sibling operations go to the gateways at which they were when the failure was found."""
    for step in bundle.steps:
        operation = session.wire.siblings.get(step.get("does", ""))
        if operation is not None and session.profile.fallback_url:
            fallback = step.get("gateway") == "fallback"
            session.wire.siblings[operation.name] = replace(operation, use_fallback=fallback)


def _once(bundle: Bundle, session: Session) -> _Once:
    why = next(impossible_here(bundle, session), "")
    if why:
        return _Once(Outcome.CANNOT_TELL, why, (), stop=True)
    play = session.play(PHASE)
    _forget(play)
    try:
        for action in bundle.actions:
            done = len(play.performed)
            play.perform(action)
            failed = _ended(bundle, play, done)
            if failed is not None:
                return failed
    except Unreachable as ending:
        return _Once(Outcome.CANNOT_TELL, str(ending), _rows(play), stop=True)
    finally:
        _forget(play)
    lost = [number for number, each in enumerate(play.performed, 1) if each.verdict.kind is Kind.INCONCLUSIVE]
    if lost:
        return _Once(Outcome.CANNOT_TELL, f"no answer to step {lost[0]}: {_why(play, lost[0])}", _rows(play))
    return _Once(Outcome.FIXED, "every answer is one that the documents allow", _rows(play))


def _why(play: Play, number: int) -> str:
    return play.performed[number - 1].verdict.why or "it was lost"


def _forget(play: Play) -> None:
    for member in play.staff:
        member.forget()


def impossible_here(bundle: Bundle, session: Session) -> Iterator[str]:
    """Why the scenario cannot be done on this target."""
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


def _ended(bundle: Bundle, play: Play, done: int) -> _Once | None:
    """What the last action's answers end the replay with, if anything."""
    for number, each in enumerate(play.performed[done:], start=done + 1):
        if each.verdict.kind is Kind.FAIL:
            return _broken(bundle, play, number, each)
        if each.delivery.upstream_died and bundle.observed == NO_ANSWER_EACH_TIME and _is_there(bundle, play):
            return _Once(Outcome.FAILED, f"no answer to step {number} again, while others are answered", _rows(play))
    return None


def _is_there(bundle: Bundle, play: Play) -> bool:
    """A create, which is known to work, is answered."""
    probe = play.session.play(PHASE)
    _forget(probe)
    return probe.perform(next(singles(action)[0] for action in bundle.actions)).kind is Kind.PASS


def _broken(bundle: Bundle, play: Play, number: int, performed: Performed) -> _Once:
    verdict, rows = performed.verdict, _rows(play)
    status = verdict.seen.status if verdict.seen else 0
    if not _as_kept(bundle, verdict):
        if performed.suspect:
            return _Once(
                Outcome.CANNOT_TELL, f"the target refuses the token of step {number} ({status})", rows, stop=True
            )
        if isinstance(performed.action, MoveSync) and status in NOT_OFFERED:
            move = performed.action.move
            return _Once(Outcome.CANNOT_TELL, f"the target answers {status} to {move}, which step {number} needs", rows)
    if verdict.clause == bundle.clause:
        return _Once(Outcome.FAILED, f"{verdict.clause} is broken again, at step {number}", rows)
    return _Once(Outcome.FAILED, f"another clause is broken on the way, at step {number}: {verdict.clause}", rows)


def _as_kept(bundle: Bundle, verdict: Verdict) -> bool:
    return verdict.clause == bundle.clause and verdict.seen is not None and verdict.seen.label == bundle.observed


def _rows(play: Play) -> tuple[Row, ...]:
    return tuple(_row(play.session, number, each) for number, each in enumerate(play.performed, start=1))


def _row(session: Session, number: int, performed: Performed) -> Row:
    step = step_json(session, number, performed)
    return Row(
        number=number,
        does=f"{step['method']} {step['path']}",
        says=str(step["says"]),
        expected=str(step["expected"]),
        seen=str(step["seen"]),
        state=str(step["state"]),
        broken=performed.verdict.kind is Kind.FAIL,
    )


def as_text(result: ReplayResult) -> str:
    """The outcome, why, and a table of the steps: done, named, seen, and expected where that differs."""
    rate = f"; failed {result.came} of {result.times} times" if result.times > 1 else ""
    lines = [f"{result.outcome.value}  {result.name}", f"        {result.why}{rate}"]
    lines += [_line(row) for row in result.rows]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(row: Row) -> str:
    after = f"expected {row.expected}" if row.broken else row.state
    return f"  {row.number:<3} {row.does[:28]:<28}  {row.says[:44]:<44}  {row.seen[:24]:<24}  {after}"
