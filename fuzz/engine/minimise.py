"""A failing scenario made small: the fewest actions, the plainest values, within a budget of requests.

Our own minimiser over action lists, judging every candidate with the oracle on the live target. Cheapest first: what
can remove most is tried before what removes little, and a candidate that cannot begin (no create first) costs nothing.
In the manner of delta debugging (Zeller and Hildebrandt 2002) and of Hypothesis's shrink passes, bounded as those are
not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from fuzz.engine.cuts import alike, coarse
from fuzz.engine.plainer import PLAINER, changed
from fuzz.engine.plainer_payload import PayloadOf
from fuzz.engine.shortest import shortest
from fuzz.model.exchange import Action, Create
from fuzz.model.foreseen import foresee
from fuzz.model.scenario import singles
from swagger.contract import Contract

Actions = tuple[Action, ...]

Attempt = Callable[[Actions], "Actions | None"]
"""Performs a candidate on the target: the actions up to the failure if the same failure came, else None."""


@dataclass(slots=True)
class Budget:
    """How many requests may still be spent, and how many of them are kept for later. Mutable."""

    left: int
    kept: int = 0

    def affords(self, actions: Actions) -> bool:
        return self.left - self.kept >= sum(len(singles(action)) for action in actions)


def can_begin(actions: Actions) -> bool:
    """The first action on each staff member is a create, and the list ends with the failing action."""
    known: set[int] = set()
    for action in actions:
        for single in singles(action):
            if isinstance(single, Create):
                known.add(single.staff)
            elif single.staff not in known:
                return False
    return bool(actions)


class Minimiser:
    """Shrinks one failure. `attempt` judges a candidate, `budget` counts what may be spent."""

    def __init__(self, contract: Contract, attempt: Attempt, budget: Budget) -> None:
        self._contract, self._attempt, self._budget = contract, attempt, budget
        self._tried: set[str] = set()

    def minimise(self, actions: Actions) -> Actions:
        """The smallest failing scenario found: never longer than the one given, which is known to fail."""
        best = self._first_that_fails(actions, coarse(self._contract, actions)) or actions
        while True:
            smaller = self._delete(best)
            smaller = self._renumber(self._plainer(smaller))
            if smaller == best:
                return best
            best = smaller

    def _first_that_fails(self, actions: Actions, candidates: Iterator[Actions]) -> Actions | None:
        for candidate in candidates:
            if candidate != actions:
                failed = self._try(candidate)
                if failed is not None:
                    return failed
        return None

    def _try(self, candidate: Actions) -> Actions | None:
        if not self._is_worth_trying(candidate):
            return None
        self._tried.add(repr(candidate))
        return self._attempt(candidate)

    def _is_worth_trying(self, candidate: Actions) -> bool:
        return self._budget.affords(candidate) and can_begin(candidate) and repr(candidate) not in self._tried

    def _delete(self, actions: Actions) -> Actions:
        """Deletes actions: all that are alike, then runs of them. The last one stays."""
        for group in alike(self._contract, actions[:-1]):
            actions = self._try((*(each for each in actions[:-1] if id(each) not in group), actions[-1])) or actions
        last = actions[-1]

        def attempt(kept: Actions) -> Actions | None:
            nonlocal last
            failed = self._try((*kept, last))
            if failed is None:
                return None
            last = failed[-1]
            return failed[:-1]

        return (*shortest(actions[:-1], attempt), last)

    def _plainer(self, actions: Actions) -> Actions:
        """Moves all values to the canonical ones at once, else each payload towards its plainest."""
        for plainer in PLAINER:
            actions = self._try_plainer(actions, plainer(self._contract, actions)) or actions
        for place in reversed(range(len(actions))):
            for which in range(len(singles(actions[place]))) if place < len(actions) else ():
                actions = PayloadOf(self._contract, self._try_plainer, actions, place, which).at_its_plainest()
        return actions

    def _try_plainer(self, actions: Actions, candidate: Actions) -> Actions | None:
        """Tries a candidate with the same actions, unless a payload in it has a feature that it did not have."""
        if candidate == actions or not self._is_worth_trying(candidate):
            return None
        return None if _adds_features(self._contract, actions, candidate) else self._try(candidate)

    def _renumber(self, actions: Actions) -> Actions:
        """Numbers staff members from 0 in their order of appearance: the same scenario, so it is tried only for
        order.
        """
        order = list(dict.fromkeys(single.staff for action in actions for single in singles(action)))
        numbers = {staff: place for place, staff in enumerate(order)}
        if all(staff == place for staff, place in numbers.items()):
            return actions
        return self._try(renumbered(actions, numbers)) or actions


def _adds_features(contract: Contract, actions: Actions, candidate: Actions) -> bool:
    pairs = zip(foresee(contract, actions), foresee(contract, candidate), strict=True)
    return any(after.features - before.features for before, after in pairs)


def renumbered(actions: Actions, numbers: Mapping[int, int]) -> Actions:
    """The actions with their staff members renumbered."""
    return changed(actions, lambda single: replace(single, staff=numbers[single.staff]))
