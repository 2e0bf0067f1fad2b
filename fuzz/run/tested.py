"""How a clause is tested: the planned requests for which its answer is the only one that is allowed.

They are counted in the lists of scenarios that the phases perform, as a target answers them that keeps the documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fuzz.cases.concurrent_pairs import Scenario
from fuzz.cases.systematic import Part
from fuzz.oracle.actions import AtOnce
from fuzz.oracle.forecast import Foreseen, foreseen
from fuzz.oracle.scenario import singles
from fuzz.phases import preflight, race, systematic
from fuzz.run.options import GATE_SEED, STAFF_OF_A_WORKER
from fuzz.target.capabilities import Capabilities
from swagger.contract import Contract


@dataclass(slots=True)
class Tests:
    """The tests of one clause. Mutable.

    `phases`: how often it is due in each situation, by the name of a phase, or of a part of one. `example`: the fewest
    requests of a scenario that make it due, the last one's; empty if it is never due.
    """

    phases: dict[str, Counter[str]] = field(default_factory=dict)
    example: tuple[Foreseen, ...] = ()

    @property
    def requests(self) -> int:
        """How often it is due in all."""
        return sum(count.total() for count in self.phases.values())


def tests_of(contract: Contract, clause: str) -> Tests:
    """The tests of a clause on a target that can do all, with the seed of a gate."""
    found = Tests()
    for phase, scenarios in _planned(Capabilities(contract, staff_count=STAFF_OF_A_WORKER)):
        met = found.phases[phase] = Counter()
        for scenario in scenarios:
            _count(contract, clause, scenario, met, found)
    return found


def _planned(capabilities: Capabilities) -> Iterator[tuple[str, Iterable[Scenario]]]:
    """The phases whose scenarios are known beforehand, and these."""
    yield preflight.PHASE, preflight.planned_scenarios(capabilities.contract)
    for part in Part:
        yield part.value, systematic.planned_scenarios(capabilities, [part], seed=GATE_SEED)
    yield race.PHASE, race.planned_scenarios(capabilities, seed=GATE_SEED, rounds=1)


def _count(contract: Contract, clause: str, scenario: Scenario, met: Counter[str], found: Tests) -> None:
    """Adds one scenario. What is due of two requests at once depends on their order: they are left out."""
    is_alone = [not isinstance(action, AtOnce) for action in scenario for _ in singles(action)]
    steps: list[Foreseen] = []
    for step, alone in zip(foreseen(contract, scenario), is_alone, strict=True):
        steps.append(step)
        if alone and clause in step.verdict.tally.due:
            met[_situation(step)] += 1
            found.example = min(_examples(contract, clause, steps, found.example), key=_length)


def _examples(
    contract: Contract, clause: str, steps: Sequence[Foreseen], known: tuple[Foreseen, ...]
) -> Iterator[tuple[Foreseen, ...]]:
    """The known example, if there is one, and these steps if they are fewer: only those that change a state, if the
    clause is due after them alone.
    """
    changing = (*(step for step in steps[:-1] if step.verdict.belief != step.verdict.was), steps[-1])
    if known:
        yield known
    if not known or _length(changing) < _length(known):
        alone = tuple(foreseen(contract, [step.request.action for step in changing]))
        yield alone if clause in alone[-1].verdict.tally.due else tuple(steps)


def _length(steps: Sequence[Foreseen]) -> tuple[int, int]:
    """How many requests there are, and how long their bodies."""
    return len(steps), sum(len(repr(step.body)) for step in steps)


def _situation(step: Foreseen) -> str:
    verdict = step.verdict
    return f"{verdict.situation} ({verdict.detail})" if verdict.detail else verdict.situation.value
