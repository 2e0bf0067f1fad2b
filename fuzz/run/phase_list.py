"""The list of a run's phases. Each is data: a name, a share of the time, the work, and the plan for `--dry-run`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.cases.conformance_words import machine_for
from fuzz.cases.shard import Shard
from fuzz.errors import UsageError
from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping.store import saved_failures
from fuzz.oracle.actions import Action, Move
from fuzz.oracle.scenario import singles
from fuzz.phases import conformance, payloads, preflight, race
from fuzz.phases import random as random_phase
from fuzz.phases.capabilities import capabilities_of
from fuzz.phases.conformance import Coverage
from fuzz.run.options import GATE_EXAMPLES, RunOptions
from fuzz.run.workers import Workers
from fuzz.session.session import Session

OLD_NAMES = {"saved": "regressions"}
"""Former names that `--phases` still takes."""


@dataclass(slots=True)
class PhaseContext:
    """What the phases of a run work with. Mutable: the conformance phase fills `covered`."""

    options: RunOptions
    workers: Workers
    replay_kept: Callable[[FailureHandler], bool]
    covered: list[Coverage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """The result of a phase: what it established, in a sentence, and whether it did all of its work. Frozen."""

    established: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """How much a phase would send. `requests` is None where only the time limits it. Frozen."""

    scenarios: int | None
    requests: int | None
    what: str


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan is made from. Its session sends nothing. Frozen."""

    options: RunOptions
    session: Session
    kept_failures: Path


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a run. Frozen.

    `share`: the part of the run's time by which it must end, if other phases follow. `bounded`: it has a fixed amount
    of work; an unbounded phase goes on until its time is over. `once`: one worker does all of it.
    """

    name: str
    share: float
    bounded: bool
    work: Callable[[PhaseContext], PhaseResult]
    plan: Callable[[PlanContext], Planned]
    in_gate: bool = True
    once: bool = False


def _preflight(context: PhaseContext) -> PhaseResult:
    context.workers.run_on_all(lambda handler, _: preflight.run(handler))
    return PhaseResult()


def _regressions(context: PhaseContext) -> PhaseResult:
    return PhaseResult(complete=context.replay_kept(context.workers.first))


def _conformance(context: PhaseContext) -> PhaseResult:
    seed, depth = context.options.seed, context.options.depth
    context.covered = context.workers.run_on_all(
        lambda handler, shard: conformance.run(handler, seed=seed, depth=depth, shard=shard)
    )
    return PhaseResult(established(context, context.covered), all(part.complete for part in context.covered))


def established(context: PhaseContext, covered: Sequence[Coverage]) -> str:
    """What the conformance phase has shown, all shards taken together."""
    return conformance.established(context.workers.first.session, context.options.depth, covered)


def _payloads(context: PhaseContext) -> PhaseResult:
    seed = context.options.seed
    done = context.workers.run_on_all(lambda handler, shard: payloads.run(handler, seed=seed, shard=shard))
    return PhaseResult(complete=all(done))


def _random(context: PhaseContext) -> PhaseResult:
    first = context.workers.first
    examples, seed = random_examples(context.options), context.options.seed
    swagger_bodies = first.time_left() >= random_phase.SECONDS_FOR_SWAGGER_BODIES

    def work(handler: FailureHandler, shard: Shard) -> None:
        random_phase.run(handler, seed=seed, examples=examples, shard=shard, swagger_bodies=swagger_bodies)

    with random_phase.no_constants_of_the_source():
        if swagger_bodies:
            random_phase.warm_up(first.session.contract)
        with random_phase.nothing_old_collected():
            context.workers.run_on_all(work)
    return PhaseResult()


def random_examples(options: RunOptions) -> int | None:
    """Examples of the random phase; None: as many as the time allows."""
    if options.max_examples is None and options.max_time is None:
        return GATE_EXAMPLES
    return options.max_examples


def _race(context: PhaseContext) -> PhaseResult:
    rounds, seed = race_rounds(context.options), context.options.seed
    context.workers.run_on_all(lambda handler, shard: race.run(handler, seed=seed, rounds=rounds, shard=shard))
    return PhaseResult()


def race_rounds(options: RunOptions) -> int:
    """How often the race phase performs each pair, at most."""
    return 1 if options.max_time is None else race.ROUNDS


def _counted(scenarios: Iterable[Iterable[Action]], what: str) -> Planned:
    sizes = [sum(len(singles(action)) for action in actions) for actions in scenarios]
    return Planned(len(sizes), sum(sizes), what)


def _plan_preflight(context: PlanContext) -> Planned:
    session = context.session
    staff, moves = len(session.staff), sum(session.lifecycle.can(move) for move in Move)
    return Planned(staff + moves, 2 * staff + 3 * moves, "the documents' own example for each staff member")


def _plan_regressions(context: PlanContext) -> Planned:
    return _counted(
        (kept.bundle.actions for kept in saved_failures(context.kept_failures)[0]), "every failure kept so far"
    )


def _plan_conformance(context: PlanContext) -> Planned:
    capabilities, options = capabilities_of(context.session), context.options
    machine = machine_for(capabilities)
    what = f"Wp-method over {len(machine.states)} states and {len(machine.inputs)} inputs, depth {options.depth}"
    return _counted(conformance.planned_scenarios(capabilities, seed=options.seed, depth=options.depth), what)


def _plan_payloads(context: PlanContext) -> Planned:
    scenarios = payloads.planned_scenarios(capabilities_of(context.session), seed=context.options.seed)
    return _counted(scenarios, "each rule broken, each unspecified feature, each near name")


def _plan_random(context: PlanContext) -> Planned:
    examples = random_examples(context.options)
    if examples is None:
        return Planned(None, None, "examples of the state machine until the time is over")
    return Planned(examples, examples * (random_phase.STEPS + 2), "examples of the state machine, about")


def _plan_race(context: PlanContext) -> Planned:
    rounds = race_rounds(context.options)
    scenarios = race.planned_scenarios(capabilities_of(context.session), seed=context.options.seed, rounds=rounds)
    return _counted(scenarios, f"two requests at once, {rounds} rounds")


PHASES = (
    Phase("preflight", 1.0, True, _preflight, _plan_preflight),
    Phase("regressions", 0.15, True, _regressions, _plan_regressions, once=True),
    Phase("conformance", 0.3, True, _conformance, _plan_conformance),
    Phase("payloads", 0.8, True, _payloads, _plan_payloads),
    Phase("random", 0.9, False, _random, _plan_random),
    Phase("race", 1.0, False, _race, _plan_race, in_gate=False),
)
"""Every phase, in the order of a run."""


def phase_named(name: str) -> Phase:
    """The phase of a name."""
    return next(phase for phase in PHASES if phase.name == name)


def phase_names(*, gate: bool = False) -> tuple[str, ...]:
    """The names of all phases, or of a gate's phases, in order."""
    return tuple(phase.name for phase in PHASES if phase.in_gate or not gate)


def parse_phases(text: str) -> tuple[str, ...]:
    """`preflight,random` in the order of a run."""
    wanted = [OLD_NAMES.get(name.strip(), name.strip()) for name in text.split(",") if name.strip()]
    names = phase_names()
    unknown = [name for name in wanted if name not in names]
    if unknown or not wanted:
        raise UsageError(f"--phases: {', '.join(unknown) or 'nothing'} is no phase", next=f"use {', '.join(names)}")
    return tuple(name for name in names if name in wanted)
