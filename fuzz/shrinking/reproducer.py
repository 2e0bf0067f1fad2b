"""Reproduces a failure: shrinks it, makes it independent of earlier actions, and measures how often it fails.

A budget limits the requests, for targets with slow answers or a rate limit. A run with a lost answer is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from fuzz.oracle.actions import Move
from fuzz.oracle.verdict import Verdict
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.session import ScenarioRun, Session
from fuzz.shrinking.candidate import Actions, can_begin, renumber_staff, staff_in
from fuzz.shrinking.history import likely_histories, with_history
from fuzz.shrinking.others import others_that_fail
from fuzz.shrinking.runner import CandidateRunner, step_rested_on, was_disturbed
from fuzz.shrinking.shrinker import Budget, Shrinker
from fuzz.target.http.client import TimeOver

RESERVED_PART = 3
"""One in so many requests of the budget is reserved for finding the history that a small scenario needs."""

MOST_NEEDED_ACTIONS = 5
"""A failure is likely to need no more actions than these."""

TIMES_TO_CONFIRM = 3
TIMES_WHEN_INTERMITTENT = 20
MAX_DISTURBED_RUNS = 6


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A failing scenario and the exchanges that show it. Frozen.

    `reproduced`: (times failed, times run), None before it was run again. `needs_history`: its actions alone do not
    fail on a new staff member, and no history was found with which they do. `rests_on`: the clause of an earlier step
    whose answer was another one each time that the scenario passed: what failed later follows from that. `others`: what
    of the failing request had other values with which it failed, too: `2 other titles`.
    """

    actions: Actions
    evidence: tuple[Exchange, ...]
    reproduced: tuple[int, int] | None = None
    needs_history: bool = False
    rests_on: str = ""
    others: tuple[str, ...] = ()

    @property
    def intermittent(self) -> bool:
        """Whether it did not fail each time that it was run again."""
        came, times = self.reproduced or (0, 0)
        return came < times


@dataclass(slots=True)
class Reproducer:
    """Reproduces one failure within a budget of requests. Mutable: `best` gets smaller, and requests are counted.

    `is_known`: whether a failing verdict of a scenario belongs to a known failure. `expects_no_answer`: the failure is
    that no answer comes, while other requests are answered.
    """

    session: Session
    best: Shrunk
    budget: Budget
    time_left: Callable[[], float]
    is_known: Callable[[Verdict, Actions], bool]
    expects_no_answer: bool = False
    _runner: CandidateRunner = field(init=False)

    def __post_init__(self) -> None:
        failure = failing_exchange(self.best.evidence).verdict
        self._runner = CandidateRunner(self.session, failure, self.expects_no_answer)

    def shrink(self, history: Sequence[Actions]) -> Shrunk:
        """The smallest scenario found in time, and how often it failed. `history`: the last scenarios of the run.

        It should also fail on a target that has never seen the staff members. So it is run once more after their syncs
        are disconnected. If it passes then, it is shrunk again after a history; a part of the budget is reserved for
        that.
        """
        with suppress(TimeOver):
            self._shrink(history)
        return self.best

    def _shrink(self, history: Sequence[Actions]) -> None:
        scenario = self.best.actions
        recent = tuple(with_history(history, scenario))
        self.budget.reserved = self.budget.left // RESERVED_PART
        found = self._shrink_first_that_fails((scenario, *recent, *self._after_likely_histories(scenario)))
        if found and self._best_is_known():
            return
        self.budget.reserved = 0
        if found and self.session.lifecycle.can(Move.DISCONNECT) and not self.expects_no_answer:
            self._make_self_contained(scenario, recent)
        self._measure_rate()
        self._try_other_values()

    def _after_likely_histories(self, scenario: Actions) -> Iterator[Actions]:
        return (history + scenario for history in likely_histories(self.session.contract, scenario))

    def _best_is_known(self) -> bool:
        return self.is_known(failing_exchange(self.best.evidence).verdict, self.best.actions)

    def _make_self_contained(self, scenario: Actions, recent: Sequence[Actions]) -> None:
        """Finds the history of a small scenario that passes after a disconnect, or on another staff member.

        `scenario`: the one that was found. `recent`: the same after the scenarios before it.
        """
        small = self.best
        self._runner.disconnects_first = True
        if self._attempt(small.actions) is None:
            if self._shrink_first_that_fails((scenario, *self._after_likely_histories(small.actions), *recent)):
                return
            small = replace(small, needs_history=True)
        self._runner.disconnects_first = False
        self.best = small
        self._try_on_another()

    def _try_on_another(self) -> None:
        """Finds the history of a scenario of one staff member that passes on another one, if the budget has room."""
        small = self.best
        if len(self.session.staff) < 2 or staff_in(small.actions) != (0,) or not self.budget.affords(small.actions):
            return
        on_another = renumber_staff(small.actions, {0: 1})
        candidates = (on_another, *self._after_likely_histories(on_another))
        affordable = (candidate for candidate in candidates if self.budget.affords(candidate))
        # A candidate that fails before its end shows nothing about the other staff member.
        found = next((candidate for candidate in affordable if self._attempt(candidate) == candidate), None)
        if found is None or found == on_another:
            self.best = replace(small, needs_history=small.needs_history or found is None)
        else:
            self.best = replace(self.best, actions=renumber_staff(self.best.actions, {0: 1, 1: 0}), needs_history=False)

    def _shrink_first_that_fails(self, candidates: Iterable[Actions]) -> bool:
        """Shrinks the first candidate that reproduces the failure, within the budget; False if none does.

        The first one is tried twice, whatever it costs.
        """
        first, *others = candidates
        for place, candidate in enumerate((first, first, *others)):
            if place == 0 or (can_begin(candidate) and self.budget.affords(candidate)):
                failed = self._attempt(candidate)
                if failed is not None:
                    smallest = self._smallest(failed)  # it changes `best`
                    self.best = replace(self.best, actions=smallest)
                    return True
        return False

    def _smallest(self, actions: Actions) -> Actions:
        """The smallest failing scenario found. If it is still long, the reserved requests are used as well."""
        shrinker = Shrinker(self.session.contract, self._attempt, self.budget)
        smallest = shrinker.shrink(actions)
        if len(smallest) > MOST_NEEDED_ACTIONS and self.budget.reserved:
            self.budget.reserved = 0
            smallest = shrinker.shrink(smallest)
        return smallest

    def _attempt(self, candidate: Actions) -> Actions | None:
        """Runs a candidate. If it fails in the same way, it becomes `best`; returns its actions up to the failure."""
        for _ in range(2):
            run = self._runner.run(candidate)
            self.budget.left -= sum(exchange.delivery.attempts for exchange in run.exchanges)
            if self._runner.reproduces(run) or not was_disturbed(run):
                break
        if not self._runner.reproduces(run):
            return None
        self.best = replace(self.best, actions=tuple(run.actions), evidence=tuple(run.exchanges))
        if self._best_is_known():
            self.budget.left = 0
        return self.best.actions

    def _measure_rate(self) -> None:
        """Runs the best scenario three times, and up to twenty times if it does not fail each time."""
        times = came = disturbed = 0
        passed: list[ScenarioRun] = []
        while times < TIMES_TO_CONFIRM or (came < times < TIMES_WHEN_INTERMITTENT):
            if self.time_left() <= 0 and times >= TIMES_TO_CONFIRM:
                break
            run = self._run_in_time()
            if run is None:
                break
            reproduced = self._runner.reproduces(run)
            if not reproduced and disturbed < MAX_DISTURBED_RUNS and was_disturbed(run):
                disturbed += 1
                continue
            times += 1
            came += reproduced
            passed += [] if reproduced else [run]
        if not times:
            return
        needs_history = self.best.needs_history and came == times
        rests_on = step_rested_on(self.best.evidence, passed)
        self.best = replace(self.best, reproduced=(came, times), needs_history=needs_history, rests_on=rests_on)

    def _try_other_values(self) -> None:
        """Finds what of a failing request may be anything, with requests that the budget has left. Nothing is learnt of
        a failure that comes and goes, or needs more than its steps.
        """
        came, times = self.best.reproduced or (0, 0)
        if not came == times > 0 or self.best.needs_history or self.expects_no_answer:
            return
        verdict = failing_exchange(self.best.evidence).verdict
        others = others_that_fail(self.session.contract, self.best.actions, verdict, self._fails_with)
        self.best = replace(self.best, others=others)

    def _fails_with(self, candidate: Actions) -> bool | None:
        """Whether a candidate fails in the same way, with its last request; None without requests or time for it."""
        if self.time_left() <= 0 or not self.budget.affords(candidate):
            return None
        run = self._runner.run(candidate)
        self.budget.left -= sum(exchange.delivery.attempts for exchange in run.exchanges)
        return len(run.actions) == len(candidate) and self._runner.reproduces(run)

    def passes_with_a_pause(self, pause: float, times: int) -> bool:
        """Whether the best scenario passes in each of so many runs in which each change gets so many seconds to show.
        False if there is no time for all of them.
        """
        for _ in range(times):
            run = self._run_in_time(pause=pause) if self.time_left() > 0 else None
            if run is None or self._runner.reproduces(run):
                return False
        return True

    def runs_to_fail(self, times: int) -> int | None:
        """The number of runs after which the best scenario first fails; None if it does not in so many, or in time."""
        for number in range(1, times + 1):
            run = self._run_in_time() if self.time_left() > 0 else None
            if run is None:
                return None
            if self._runner.reproduces(run):
                return number
        return None

    def _run_in_time(self, *, pause: float = 0.0) -> ScenarioRun | None:
        """Runs the best scenario again. None if the run's time is over before its end."""
        try:
            return self._runner.run(self.best.actions, pause=pause)
        except TimeOver:
            return None
