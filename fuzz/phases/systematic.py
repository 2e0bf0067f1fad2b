"""The systematic phase: the prioritised list of conformance words and payload groups.

A word ends at its first failure; after a failing case, the rest of its group goes on with a new sync.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fuzz.automaton.mealy import Mealy
from fuzz.cases.conformance_words import SMALLEST, ConformanceWord, Extent, machine_for
from fuzz.cases.shard import WHOLE, Shard
from fuzz.cases.situations import CaseGroup
from fuzz.cases.systematic import Entry, Part, systematic_list
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Action
from fuzz.oracle.verdict import VerdictKind
from fuzz.phases.capabilities import capabilities_of
from fuzz.session.session import Session
from fuzz.target.capabilities import Capabilities
from fuzz.target.http.client import TimeOver

PHASE = "systematic"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The result of a shard: whether it was completed, words of the suite that failed or lost answers. Frozen.

    `done`, `listed`: requests of the entries that it has come to, and of all; both 0 where there may be very many.
    """

    complete: bool
    failed: int = 0
    lost: int = 0
    done: int = 0
    listed: int = 0


def planned_scenarios(
    capabilities: Capabilities, parts: Iterable[Part] = tuple(Part), *, seed: int, extent: Extent = SMALLEST
) -> Iterator[tuple[Action, ...]]:
    """The phase's scenarios in order, if none fails."""
    for entry in systematic_list(capabilities, parts, seed=seed, extent=extent):
        yield entry.actions if isinstance(entry, ConformanceWord) else (*entry.beginning, *entry.actions)


def run(
    handler: FailureHandler,
    parts: Iterable[Part] = tuple(Part),
    *,
    seed: int,
    extent: Extent = SMALLEST,
    phase: str = PHASE,
    shard: Shard = WHOLE,
) -> Coverage:
    """Performs a shard of the list: all of it, unless the time is over."""
    failed = lost = done = left = 0
    for entry in shard.of(systematic_list(capabilities_of(handler.session), parts, seed=seed, extent=extent)):
        if handler.time_left() > 0:
            kinds = _run_entry(handler, entry, phase)
            failed += VerdictKind.FAIL in kinds
            lost += VerdictKind.INCONCLUSIVE in kinds
        if handler.time_left() > 0:
            done += len(entry)
        elif extent == SMALLEST:
            left += len(entry)
        else:
            return Coverage(False, failed, lost)
    return Coverage(handler.time_left() > 0, failed, lost, done, done + left)


def _run_entry(handler: FailureHandler, entry: Entry, phase: str) -> set[VerdictKind]:
    """The kinds of verdicts on a word of the suite; none on another entry."""
    if isinstance(entry, CaseGroup):
        with suppress(TimeOver):
            _run_group(handler, entry, phase)
        return set()
    kinds = _run_word(handler, entry, phase)
    return kinds if entry.of_suite else set()


def _run_word(handler: FailureHandler, word: ConformanceWord, phase: str) -> set[VerdictKind]:
    """The kinds of verdicts on a word. After a failure it is performed again with the simplest bodies: a body that is
    wrongly refused says nothing of the states.
    """
    kinds = {exchange.verdict.kind for exchange in handler.run(word.actions, phase).exchanges}
    if VerdictKind.FAIL in kinds and word.plain != word.actions and handler.time_left() > 0:
        return {exchange.verdict.kind for exchange in handler.run(word.plain, phase).exchanges}
    return kinds


def _run_group(handler: FailureHandler, group: CaseGroup, phase: str) -> None:
    """Performs the cases in order; after a failure the rest begin with a new sync."""
    left = list(group.actions)
    while left and handler.time_left() > 0:
        run = handler.session.start_scenario(phase)
        if any(handler.on_verdict(run, run.perform(action)) for action in group.beginning):
            return
        while left:
            if handler.on_verdict(run, run.perform(left.pop(0))):
                break
        handler.on_scenario_end(run)


def how_far(coverage: Sequence[Coverage]) -> tuple[int, int]:
    """The requests of the list that all shards have come to, and of the whole list; 0 and 0 if that is not known."""
    if not all(shard.listed for shard in coverage):
        return 0, 0
    return sum(shard.done for shard in coverage), sum(shard.listed for shard in coverage)


def established(session: Session, extent: Extent, coverage: Sequence[Coverage]) -> str:
    """What all shards of the phase have shown, in a sentence; or why conformance is not established."""
    machine = machine_for(capabilities_of(session))
    failed, lost = sum(shard.failed for shard in coverage), sum(shard.lost for shard in coverage)
    if failed:
        return f"does not conform to the documented machine: {failed} scenarios of the suite failed"
    if not coverage or not all(shard.complete for shard in coverage):
        return "the suite was not completed: the time was over"
    if lost:
        return f"conformance is not established: answers were lost in {lost} scenarios"
    sentence = f"conforms to the documented machine among {_fault_domain(machine, extent)}"
    missing = [reason for kind, reason in sorted(session.lifecycle.impossible.items()) if kind != "create"]
    return f"{sentence}; left out: {'; '.join(missing)}" if missing else sentence


def _fault_domain(machine: Mealy, extent: Extent) -> str:
    """The machines among which a target that passed the suite can only be the documented one, in words."""
    states, depth = len(machine.states) + extent.depth, extent.depth
    domain = f"all machines with at most {states} states"
    if depth:
        inputs = "one input" if depth == 1 else f"{depth} inputs"
        domain += f", and all whose states are each reached by a word of the state cover and at most {inputs} more,"
    resets = "create resets"
    if extent.recreations:
        resets = "create remembers no more than the state that it ends"
    return f"{domain} over this alphabet ({len(machine.inputs)} inputs), if {resets} and accounts are all treated alike"
