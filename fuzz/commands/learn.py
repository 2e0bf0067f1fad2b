"""`calfuzz learn`: learns the target's machine, prints how it differs from the documented one, and draws both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from fuzz.automaton.diagram import draw, state_name
from fuzz.errors import ExitCode
from fuzz.failures.failure_event import expected_label, says
from fuzz.failures.handler import FailureHandler
from fuzz.learning.learner import ConfirmedDifference, Learned, learn
from fuzz.learning.membership_oracle import NondeterministicTargetError
from fuzz.oracle.scenario import kind_of
from fuzz.phases import preflight
from fuzz.report.diagrams.machine_drawing import write_machine, writer_for
from fuzz.run.options import RunOptions
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.embedded_sandbox import target_of
from fuzz.run.setup.rate_source import limiter_for
from fuzz.run.setup.session_setup import auth_file_of, open_session, secrets_for
from fuzz.session.exchange import Exchange
from fuzz.session.journal import Journal
from fuzz.session.session import Session
from fuzz.target.http.client import Unreachable

MAX_SHOWN = 8


def learn_and_draw(
    target: Path | None,
    *,
    faults: Sequence[str],
    variants: Sequence[str],
    output: Path | None,
    max_requests: int,
    seed: int,
    stdout: TextIO,
) -> int:
    """Learns, prints the differences, draws the machine if asked to, and returns the exit code."""
    if output is not None:
        writer_for(output)
    contract = read_contract(None, None)
    options = RunOptions(command="learn", target=target)
    with target_of(options, faults=faults, variants=variants, say=stdout) as profile:
        secrets = secrets_for(profile, auth_file_of(target, profile))
        limiter = limiter_for(options, profile, contract, sandbox=target is None)
        session = open_session(contract, profile, secrets, Journal(None, secrets), run="learn", limiter=limiter)
        try:
            preflight.run(FailureHandler(session, shrink_requests=0))
            stdout.writelines(f"trouble: {trouble}\n" for trouble in session.journal.summary.troubles)
            learned = learn(session, max_requests=max_requests, seed=seed)
            stdout.writelines(f"{line}\n" for line in told(session, learned))
        except Unreachable as ending:
            stdout.write(f"nothing was learned: {ending}\n")
            return ExitCode.INCONCLUSIVE
        finally:
            session.close()
    if output is not None and learned.machine is not None:
        write_machine(draw(learned.documented, learned.machine, legend(learned)), output)
        stdout.write(f"picture: {output}\n")
    return exit_code(learned)


def exit_code(learned: Learned) -> ExitCode:
    """0 equivalent, 1 different, 3 not known."""
    if learned.found or learned.nondeterministic is not None:
        return ExitCode.BROKEN
    return ExitCode.PASS if learned.complete else ExitCode.INCONCLUSIVE


def told(session: Session, learned: Learned) -> Iterator[str]:
    """The lines that the command prints."""
    if learned.nondeterministic is not None:
        yield from _two_answers(learned.nondeterministic)
    elif learned.found:
        yield f"FAIL  the target's machine is not the documented one: {_differences(learned.found)}"
    elif learned.complete:
        yield "PASS  equivalent: the target's machine is the documented one, if create resets"
    else:
        yield f"????  not known: {learned.why}"
    yield f"      {_effort(learned)}"
    for found, others in grouped(learned.found):
        yield ""
        yield from _scenario(session, found)
        if others:
            yield f"      the same in {_named(others)}"
    if any(len(found.difference.word) == 1 for found in learned.found):
        yield "\n      If create does not reset the sync, earlier actions matter too: try calfuzz run"


def grouped(found: Sequence[ConfirmedDifference]) -> list[tuple[ConfirmedDifference, list[ConfirmedDifference]]]:
    """The shortest scenario of each clause and answer, with the others of that clause and answer."""
    groups: dict[tuple[str, str], list[ConfirmedDifference]] = {}
    for confirmed in found:
        groups.setdefault((confirmed.exchanges[-1].verdict.clause, confirmed.difference.observed), []).append(confirmed)
    return [(first, others) for first, *others in groups.values()]


def _named(others: Sequence[ConfirmedDifference]) -> str:
    places = [f"{state_name(other.difference.state)} ({other.difference.word[-1]})" for other in others]
    more = f" and {len(places) - MAX_SHOWN} more" if len(places) > MAX_SHOWN else ""
    return ", ".join(places[:MAX_SHOWN]) + more


def _differences(found: Sequence[ConfirmedDifference]) -> str:
    return f"{len(found)} difference{'s' if len(found) > 1 else ''}"


def _effort(learned: Learned) -> str:
    machine = f"{len(learned.machine.states)} states" if learned.machine else "no machine yet"
    noise = f", {learned.outvoted} answers outvoted as noise" if learned.outvoted else ""
    documented = f"the documented one has {len(learned.documented.states)} states"
    return f"{machine} ({documented}) from {learned.words:,} words, {learned.requests:,} requests{noise}"


def _two_answers(two: NondeterministicTargetError) -> Iterator[str]:
    yield "FAIL  this input sequence gave two different answers, so the target has no machine to learn"
    yield f"      create p0 · {' · '.join(map(str, two.word))}"
    for answer, count in two.seen.most_common():
        yield f"      {count} × {answer}"
    yield "      either its answers are random, or create does not reset what was done before"


def _scenario(session: Session, found: ConfirmedDifference) -> Iterator[str]:
    difference, last = found.difference, found.exchanges[-1]
    clause = session.contract.clause(last.verdict.clause)
    where = state_name(difference.state)
    yield f"      in {where}, {difference.word[-1]}: {difference.observed}, documented {difference.documented}"
    yield f"      {clause.id}  {clause.where}  “{clause.says}”"
    for number, exchange in enumerate(found.exchanges, start=1):
        yield f"      {number:>3}  {_step(session, exchange)}"
    yield f"           expected {expected_label(session, last)}"


def _step(session: Session, exchange: Exchange) -> str:
    seen = exchange.verdict.seen
    return f"{kind_of(exchange.action):<11} {says(session, exchange):<50} {seen.label if seen else 'lost'}"


def legend(learned: Learned) -> tuple[str, ...]:
    """The lines that explain the picture's numbers and marks."""
    names = learned.naming
    numbered = [
        *(f"p{number} = {name}" for number, name in enumerate(names.providers)),
        *(f"a{number} = {name}" for number, name in enumerate(names.accounts)),
    ]
    return (
        ", ".join(numbered),
        "after create p0, which resets; red and dashed: not as documented",
    )
