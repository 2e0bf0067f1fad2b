"""The payloads phase: performs groups of cases, each on one sync; a second staff member's sync must stay as it is.

After a failing case, the rest of its group goes on with a new sync.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fuzz.cases.payloads import payload_cases
from fuzz.cases.shard import WHOLE, Shard
from fuzz.cases.situations import CaseGroup, Situations, with_own_ids
from fuzz.cases.tokens_and_staff import bystander_stages, two_staff_cases
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Action, Create
from fuzz.phases.capabilities import capabilities_of
from fuzz.target.capabilities import Capabilities

PHASE = "payloads"


def planned_scenarios(capabilities: Capabilities, *, seed: int) -> Iterator[tuple[Action, ...]]:
    """The phase's scenarios if none fails: those of the bystander, then one for each group of cases."""
    situations = Situations.of_first_provider(capabilities)
    if capabilities.has_two_staff:
        yield tuple(action for stage in bystander_stages(situations) for action in stage)
    for group in (*payload_cases(capabilities, seed), *two_staff_cases(situations)):
        yield (*group.beginning, *group.actions)


def run(handler: FailureHandler, *, seed: int, shard: Shard = WHOLE) -> bool:
    """Runs a shard of the cases while there is time. False if some were left out."""
    capabilities = capabilities_of(handler.session)
    situations = Situations.of_first_provider(capabilities)
    groups = [with_own_ids(group) for group in shard.of(payload_cases(capabilities, seed))]
    watched = capabilities.has_two_staff and shard.index == 0
    bystander = Bystander(handler, situations) if watched else None
    for half in (groups[: len(groups) // 2], groups[len(groups) // 2 :]):
        if not _run_groups(handler, half):
            return False
        if bystander is not None:
            bystander.perform_next_stage()
    return _run_groups(handler, map(with_own_ids, shard.of(two_staff_cases(situations))))


def _run_groups(handler: FailureHandler, groups: Iterable[CaseGroup]) -> bool:
    for group in groups:
        if handler.time_left() <= 0:
            return False
        _run_group(handler, group)
    return True


def _run_group(handler: FailureHandler, group: CaseGroup) -> None:
    """Performs the cases in order; after a failure the rest begin with a new sync."""
    left = list(group.actions)
    while left and handler.time_left() > 0:
        run = handler.session.start_scenario(PHASE)
        if any(handler.on_verdict(run, run.perform(action)) for action in group.beginning):
            return
        while left:
            if handler.on_verdict(run, run.perform(left.pop(0))):
                break
        handler.on_scenario_end(run)


class Bystander:
    """The second staff member, whose sync must stay as it is while the cases are performed on the first one.

    Mutable: performs its stages one by one. Ends at the first failure, as no state is known after it.
    """

    def __init__(self, handler: FailureHandler, situations: Situations) -> None:
        self._handler = handler
        self._run = handler.session.start_scenario(PHASE)
        self._stages = iter(bystander_stages(situations))
        self._goes_on = True
        self.perform_next_stage()

    def perform_next_stage(self) -> None:
        """Performs the actions of the next stage up to a failure."""
        for action in next(self._stages):
            self._goes_on &= isinstance(action, Create) or self._run.member(action).belief is not None
            if self._goes_on:
                self._goes_on = not self._handler.on_verdict(self._run, self._run.perform(action))
