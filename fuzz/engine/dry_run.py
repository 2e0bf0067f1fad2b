"""What a run would send, phase by phase, without sending any of it: scenarios, requests, and the time at the rate
limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fuzz.engine import conformance, payload_cases, race, random_phase
from fuzz.engine.keep import saved
from fuzz.engine.namings import Namings
from fuzz.engine.options import GATE_EXAMPLES, RunOptions
from fuzz.engine.people_cases import two_people
from fuzz.engine.session import Session
from fuzz.engine.situations import Situations
from fuzz.engine.watch import stages
from fuzz.model.automaton import documented_machine
from fuzz.model.exchange import Action, Move
from fuzz.model.scenario import singles


@dataclass(frozen=True, slots=True)
class Planned:
    """One phase: `requests` is None where only the time bounds it. Frozen."""

    phase: str
    scenarios: int | None
    requests: int | None
    what: str


def plan(session: Session, options: RunOptions, failures: Path) -> Iterator[Planned]:
    """The phases that were asked for, in order."""
    planned = {
        "preflight": lambda: _preflight(session),
        "saved": lambda: _of(
            "saved", (each.bundle.actions for each in saved(failures)[0]), "every failure kept so far"
        ),
        "conformance": lambda: _conformance(session, options),
        "payloads": lambda: _payloads(session, options),
        "random": lambda: _random(options),
        "race": lambda: _race(session, options),
    }
    return (planned[phase]() for phase in options.phases)


def _of(phase: str, scenarios: Iterable[Iterable[Action]], what: str) -> Planned:
    sizes = [sum(len(singles(action)) for action in actions) for actions in scenarios]
    return Planned(phase, len(sizes), sum(sizes), what)


def _preflight(session: Session) -> Planned:
    staff, moves = len(session.staff), sum(session.lifecycle.can(move) for move in Move)
    return Planned(
        "preflight", staff + moves, 2 * staff + 3 * moves, "the documents' own example for each staff member"
    )


def _conformance(session: Session, options: RunOptions) -> Planned:
    alphabet = conformance.alphabet_for(session)
    machine = documented_machine(session.contract, alphabet)
    namings = Namings(session.contract, options.seed)
    scenarios = conformance.scenarios(session, machine, alphabet, namings, options.depth)
    what = f"W-method over {len(machine.states)} states and {len(machine.inputs)} inputs, depth {options.depth}"
    return _of("conformance", (actions for actions, _ in scenarios), what)


def _payloads(session: Session, options: RunOptions) -> Planned:
    situations = Situations(session)
    cases = [*payload_cases.all_cases(session, options.seed)]
    watched = []
    if len(session.staff) > 1:
        cases += two_people(situations)
        watched = [tuple(action for stage in stages(situations) for action in stage)]
    scenarios = [*watched, *((*each.beginning, *each.actions) for each in cases)]
    return _of("payloads", scenarios, "each rule broken, each silence, each near miss")


def _random(options: RunOptions) -> Planned:
    examples = options.max_examples
    if examples is None and options.max_time is None:
        examples = GATE_EXAMPLES
    if examples is None:
        return Planned("random", None, None, "examples of the state machine until the time is over")
    return Planned("random", examples, examples * (random_phase.STEPS + 2), "examples of the state machine, about")


def _race(session: Session, options: RunOptions) -> Planned:
    rounds = 1 if options.max_time is None else race.ROUNDS
    namings = Namings(session.contract, options.seed)
    scenarios = (actions for _ in range(rounds) for actions in race.scenarios(session, namings))
    return _of("race", scenarios, f"two requests at once, {rounds} rounds")


def as_text(planned: Iterable[Planned], per_second: float | None) -> str:
    """A table, with the time that each phase takes at the rate limit."""
    lines = [f"{'phase':<12} {'scenarios':>9} {'requests':>9} {'at the limit':>13}  what"]
    total = 0
    for each in planned:
        total += each.requests or 0
        scenarios, requests = (_number(value) for value in (each.scenarios, each.requests))
        lines.append(
            f"{each.phase:<12} {scenarios:>9} {requests:>9} {_time(each.requests, per_second):>13}  {each.what}"
        )
    lines.append(f"{'in all':<12} {'':>9} {total:>9,} {_time(total, per_second):>13}  nothing was sent")
    return "\n".join(lines) + "\n"


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _time(requests: int | None, per_second: float | None) -> str:
    if requests is None or per_second is None:
        return "no limit" if requests is not None else "?"
    return f"{requests / per_second:,.0f} s"
