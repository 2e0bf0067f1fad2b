"""The list of a run's phases. Each is data: a name, a share of the time, the work, and the plan for `--dry-run`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fuzz.cases.conformance_words import machine_for
from fuzz.cases.shard import Shard
from fuzz.cases.systematic import Part
from fuzz.errors import UsageError
from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping.store import saved_failures
from fuzz.oracle.actions import Action, Move
from fuzz.oracle.scenario import singles
from fuzz.phases import preflight, race, regressions, systematic, target_build
from fuzz.phases import random as random_phase
from fuzz.phases.capabilities import capabilities_of
from fuzz.phases.observability import observations_in
from fuzz.phases.systematic import Coverage
from fuzz.run.options import GATE_EXAMPLES, RunOptions
from fuzz.run.workers import Workers
from fuzz.session.session import Session

OLD_NAMES = {"saved": "regressions"}
"""Former names that `--phases` still takes."""


@dataclass(slots=True)
class PhaseContext:
    """What the phases of a run work with. Mutable: a phase that performs the suite fills `covered`."""

    options: RunOptions
    workers: Workers
    replay_kept: Callable[[FailureHandler], bool]
    covered: list[Coverage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """The result of a phase: what it established, in a sentence, and whether it did all of its work. Frozen.

    `done`, `listed`: requests of its list that it has come to, and of all of it; 0 where that is not known.
    """

    established: str = ""
    complete: bool = True
    done: int = 0
    listed: int = 0


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
    today: str = ""


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
    if context.workers.shard.index == 0:
        target_build.learn(context.workers.first.session)
    return PhaseResult()


def _regressions(context: PhaseContext) -> PhaseResult:
    complete = context.replay_kept(context.workers.first)
    replayed = context.workers.first.session.journal.summary.regressions
    return PhaseResult(regressions.resting(replayed.values()), complete)


def _systematic(context: PhaseContext, *, name: str, parts: Sequence[Part]) -> PhaseResult:
    seed, extent = context.options.seed, context.options.extent
    covered: list[Coverage] = context.workers.run_on_all(
        lambda handler, shard: systematic.run(handler, parts, seed=seed, extent=extent, phase=name, shard=shard)
    )
    says = ""
    if Part.CONFORMANCE in parts:
        context.covered = covered
        says = established(context, covered)
    return PhaseResult(says, all(part.complete for part in covered), *systematic.how_far(covered))


def established(context: PhaseContext, covered: Sequence[Coverage]) -> str:
    """What the suite has shown, all shards taken together."""
    return systematic.established(context.workers.first.session, context.options.extent, covered)


def _random(context: PhaseContext) -> PhaseResult:
    first = context.workers.first
    examples, seed = random_examples(context.options), context.options.seed
    swagger_bodies = first.time_left() >= random_phase.SECONDS_FOR_SWAGGER_BODIES

    def work(handler: FailureHandler, shard: Shard) -> None:
        random_phase.run(handler, seed=seed, examples=examples, shard=shard, swagger_bodies=swagger_bodies)

    with random_phase.no_constants_of_the_source():
        if swagger_bodies:
            random_phase.warm_up(first.session.contract)
        observed = observations_in(context.options.observability, redact=first.session.secrets.redact)
        with random_phase.nothing_old_collected(), observed:
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
    build = session.profile.build is not None
    return Planned(staff + moves, 2 * staff + 3 * moves + build, "the documents' own example for each staff member")


def _plan_regressions(context: PlanContext) -> Planned:
    target, every = context.session.profile.name, context.options.gate
    kept = saved_failures(context.kept_failures)[0]
    due = [each for each in kept if every or not each.rests(target, context.today)]
    resting = f", but for {len(kept) - len(due):,} fixed long ago" if len(due) < len(kept) else ""
    return _counted((each.bundle.actions for each in due), f"every failure kept so far{resting}")


def _plan_systematic(context: PlanContext, *, parts: Sequence[Part]) -> Planned:
    capabilities, options = capabilities_of(context.session), context.options
    machine = machine_for(capabilities)
    size = f"{len(machine.states)} states and {len(machine.inputs)} inputs"
    what = {
        Part.CONFORMANCE: f"Wp suite of {size}, depth {options.depth}",
        Part.PAYLOADS: "each rule broken, each unspecified feature, each near name",
    }
    scenarios = systematic.planned_scenarios(capabilities, parts, seed=options.seed, extent=options.extent)
    return _counted(scenarios, "; ".join(what[part] for part in parts))


def _plan_random(context: PlanContext) -> Planned:
    examples = random_examples(context.options)
    if examples is None:
        return Planned(None, None, "examples of the state machine until the time is over")
    return Planned(examples, examples * (random_phase.STEPS + 2), "examples of the state machine, about")


def _plan_race(context: PlanContext) -> Planned:
    rounds = race_rounds(context.options)
    scenarios = race.planned_scenarios(capabilities_of(context.session), seed=context.options.seed, rounds=rounds)
    return _counted(scenarios, f"two requests at once, {rounds} rounds")


def _of_parts(name: str, *parts: Part) -> Phase:
    """The phase that performs the systematic list, or a part of it."""
    work = partial(_systematic, name=name, parts=parts)
    return Phase(name, 0.8, True, work, partial(_plan_systematic, parts=parts))


PHASES = (
    Phase("preflight", 1.0, True, _preflight, _plan_preflight),
    Phase("regressions", 0.15, True, _regressions, _plan_regressions, once=True),
    _of_parts(systematic.PHASE, *Part),
    Phase("random", 0.9, False, _random, _plan_random),
    Phase("race", 1.0, False, _race, _plan_race, in_gate=False),
)
"""Every phase, in the order of a run."""

PARTS = tuple(_of_parts(part.value, part) for part in Part)
"""The parts of the systematic phase, which `--phases` can pick in its place."""


def phase_named(name: str) -> Phase:
    """The phase, or the part of one, of a name."""
    return next(phase for phase in (*PHASES, *PARTS) if phase.name == name)


def performs_suite(name: str) -> bool:
    """Whether a phase performs the suite of the documented machine."""
    return name in (systematic.PHASE, Part.CONFORMANCE)


def phase_names(*, gate: bool = False, kept: bool = True) -> tuple[str, ...]:
    """The names of all phases, or of a gate's phases, in order. `kept`: also the one that replays kept failures."""
    return tuple(
        phase.name for phase in PHASES if (phase.in_gate or not gate) and (kept or phase.name != regressions.PHASE)
    )


def parse_phases(text: str) -> tuple[str, ...]:
    """`preflight,random` in the order of a run. Both parts of the systematic phase are that phase."""
    wanted = {OLD_NAMES.get(name.strip(), name.strip()) for name in text.split(",") if name.strip()}
    parts, names = set(map(str, Part)), phase_names()
    if parts <= wanted or systematic.PHASE in wanted:
        wanted = (wanted - parts) | {systematic.PHASE}
    unknown = sorted(wanted - {*names, *parts})
    if unknown or not wanted:
        what = ", ".join(unknown) or "nothing"
        raise UsageError(f"--phases: {what} is no phase", next=f"use {', '.join((*names, *Part))}")
    place = names.index(systematic.PHASE)
    return tuple(name for name in (*names[:place], *Part, *names[place:]) if name in wanted)
