"""The command `learn`: the target's machine learned, compared with the documented one, said in words and drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from fuzz.engine import preflight
from fuzz.engine.campaign import Campaign
from fuzz.engine.documents import read_contract
from fuzz.engine.failures import expected_label, says
from fuzz.engine.journal import Journal
from fuzz.engine.learn import Found, Learned, learn
from fuzz.engine.learn_target import TwoAnswersError
from fuzz.engine.options import RunOptions
from fuzz.engine.rates import limiter_for
from fuzz.engine.session import Performed, Session
from fuzz.engine.transport import Transport, Unreachable
from fuzz.errors import ExitCode
from fuzz.model.drawing import draw, state_name
from fuzz.model.scenario import kind_of
from fuzz.report.machine_drawing import write_machine, writer_for
from fuzz.running import secrets_for, target_of

MOST_TOLD = 8


def learn_and_draw(
    target: Path | None,
    *,
    faults: Sequence[str],
    variants: Sequence[str],
    output: Path | None,
    most: int,
    number: int,
    stdout: TextIO,
) -> int:
    """Learns, prints the differences, draws the machine if asked to, and returns the exit code."""
    if output is not None:
        writer_for(output)
    contract = read_contract(None, None)
    with target_of(target, faults=faults, variants=variants, say=stdout) as profile:
        secrets = secrets_for(target, profile)
        limiter = limiter_for(RunOptions(command="learn"), profile, contract, sandbox=target is None)
        transport = Transport(
            run="learn", timeout=profile.request_timeout, limiter=limiter, verify_tls=profile.verify_tls
        )
        session = Session(contract, profile, secrets, transport, Journal(None, secrets))
        try:
            preflight.run(Campaign(session, shrink_requests=0))
            learned = learn(session, most=most, number=number)
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
    if learned.found or learned.two_answers is not None:
        return ExitCode.BROKEN
    return ExitCode.PASS if learned.complete else ExitCode.INCONCLUSIVE


def told(session: Session, learned: Learned) -> Iterator[str]:
    """What was learned, in lines."""
    if learned.two_answers is not None:
        yield from _two_answers(learned.two_answers)
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
        yield "\n      Where create does not reset, what was done before it matters too: try calfuzz run"


def grouped(found: Sequence[Found]) -> list[tuple[Found, list[Found]]]:
    """The shortest scenario of each clause and answer, with the others of that clause and answer."""
    groups: dict[tuple[str, str], list[Found]] = {}
    for each in found:
        groups.setdefault((each.performed[-1].verdict.clause, each.difference.observed), []).append(each)
    return [(first, others) for first, *others in groups.values()]


def _named(others: Sequence[Found]) -> str:
    places = [f"{state_name(each.difference.state)} ({each.difference.word[-1]})" for each in others]
    more = f" and {len(places) - MOST_TOLD} more" if len(places) > MOST_TOLD else ""
    return ", ".join(places[:MOST_TOLD]) + more


def _differences(found: Sequence[Found]) -> str:
    return f"{len(found)} difference{'s' if len(found) > 1 else ''}"


def _effort(learned: Learned) -> str:
    machine = f"{len(learned.machine.states)} states" if learned.machine else "no machine yet"
    noise = f", {learned.outvoted} answers outvoted as noise" if learned.outvoted else ""
    documented = f"the documented one has {len(learned.documented.states)} states"
    return f"{machine} ({documented}) from {learned.words:,} words, {learned.requests:,} requests{noise}"


def _two_answers(two: TwoAnswersError) -> Iterator[str]:
    yield "FAIL  this input sequence gave two different answers, so the target has no machine to learn"
    yield f"      create p0 · {' · '.join(map(str, two.word))}"
    for answer, count in two.seen.most_common():
        yield f"      {count} × {answer}"
    yield "      either it answers by chance, or create does not reset what was done before"


def _scenario(session: Session, found: Found) -> Iterator[str]:
    difference, last = found.difference, found.performed[-1]
    clause = session.contract.clause(last.verdict.clause)
    where = state_name(difference.state)
    yield f"      in {where}, {difference.word[-1]}: {difference.observed}, documented {difference.documented}"
    yield f"      {clause.id}  {clause.where}  “{clause.says}”"
    for number, performed in enumerate(found.performed, start=1):
        yield f"      {number:>3}  {_step(session, performed)}"
    yield f"           expected {expected_label(session, last.verdict)}"


def _step(session: Session, performed: Performed) -> str:
    seen = performed.verdict.seen
    return f"{kind_of(performed.action):<11} {says(session, performed):<50} {seen.label if seen else 'lost'}"


def legend(learned: Learned) -> tuple[str, ...]:
    """What the picture's numbers stand for, and what its marks mean."""
    names = learned.naming
    numbered = [
        *(f"p{number} = {name}" for number, name in enumerate(names.providers)),
        *(f"a{number} = {name}" for number, name in enumerate(names.accounts)),
    ]
    return (
        ", ".join(numbered),
        "after create p0, which resets; red and dashed: not as documented",
    )
