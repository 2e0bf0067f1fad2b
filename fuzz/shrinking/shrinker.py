"""Shrinks a failing scenario to few actions with simple values, within a budget of requests.

Every candidate is run on the live target; those that remove most come first. A candidate that cannot begin (no create
first) costs nothing. The method is delta debugging (Zeller and Hildebrandt 2002) with passes like Hypothesis's, whose
own shrinker has no budget of requests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fuzz.oracle.forecast import forecast
from fuzz.oracle.scenario import singles
from fuzz.shrinking.candidate import Actions, all_singles, can_begin, renumber_staff, staff_in
from fuzz.shrinking.ddmin import ddmin
from fuzz.shrinking.deletion import large_deletions, same_effect
from fuzz.shrinking.simplify.payload import PayloadSimplifier
from fuzz.shrinking.simplify.scenario import SIMPLIFICATIONS, by_documented_ways
from swagger.contract import Contract

Attempt = Callable[[Actions], "Actions | None"]
"""Runs a candidate on the target: the actions up to the failure if the same failure came, else None."""


@dataclass(slots=True)
class Budget:
    """The number of requests that may still be sent, and how many of them are reserved for later. Mutable."""

    left: int
    reserved: int = 0

    def affords(self, actions: Actions) -> bool:
        return self.left - self.reserved >= sum(1 for _ in all_singles(actions))


@dataclass(slots=True)
class Shrinker:
    """Shrinks one failing scenario. `attempt` runs a candidate and takes its requests from `budget`. Mutable."""

    contract: Contract
    attempt: Attempt
    budget: Budget
    _tried: set[str] = field(default_factory=set)

    def shrink(self, actions: Actions) -> Actions:
        """The smallest failing scenario found. `actions` are known to fail."""
        best = self._delete_much(actions)
        while True:
            smaller = self._renumber(self._simplify(self._delete(best)))
            if smaller == best:
                return best
            best = smaller

    def _delete_much(self, actions: Actions) -> Actions:
        """The first large deletion that still fails."""
        for candidate in large_deletions(self.contract, actions):
            failed = self._try(candidate) if candidate != actions else None
            if failed is not None:
                return failed
        return actions

    def _try(self, candidate: Actions) -> Actions | None:
        if not self._is_worth_trying(candidate):
            return None
        self._tried.add(repr(candidate))
        return self.attempt(candidate)

    def _is_worth_trying(self, candidate: Actions) -> bool:
        return self.budget.affords(candidate) and can_begin(candidate) and repr(candidate) not in self._tried

    def _delete(self, actions: Actions) -> Actions:
        """Deletes actions: all with the same effect together, then runs of actions. The last action stays."""
        for group in same_effect(self.contract, actions[:-1]):
            kept = (action for action in actions[:-1] if id(action) not in group)
            actions = self._try((*kept, actions[-1])) or actions
        last = actions[-1]

        def attempt(kept: Actions) -> Actions | None:
            nonlocal last
            failed = self._try((*kept, last))
            if failed is None:
                return None
            last = failed[-1]
            return failed[:-1]

        return (*ddmin(actions[:-1], attempt), last)

    def _simplify(self, actions: Actions) -> Actions:
        """Simplifies the scenario as a whole, then its ways, then its payloads one by one, the last one first."""
        for simplification in SIMPLIFICATIONS:
            actions = self._try_simpler(actions, simplification(self.contract, actions)) or actions
        actions = self._use_documented_ways(actions)
        for place in reversed(range(len(actions))):
            for which in range(len(singles(actions[place]))) if place < len(actions) else ():
                actions = PayloadSimplifier(self.contract, self._try_simpler, actions, place, which).simplify()
        return actions

    def _use_documented_ways(self, actions: Actions) -> Actions:
        """Replaces the actions whose outcome decides nothing by documented ones, as long as it still fails so."""
        while True:
            candidates = by_documented_ways(self.contract, actions)
            found = next(filter(None, (self._try_simpler(actions, candidate) for candidate in candidates)), None)
            if found is None:
                return actions
            actions = found

    def _try_simpler(self, actions: Actions, candidate: Actions) -> Actions | None:
        """Tries a candidate with the same actions, unless one of its payloads has a feature that it did not have."""
        if candidate == actions or not self._is_worth_trying(candidate):
            return None
        return None if _adds_features(self.contract, actions, candidate) else self._try(candidate)

    def _renumber(self, actions: Actions) -> Actions:
        """Numbers the staff members from 0 in their order of appearance, if the scenario still fails so."""
        numbers = {staff: place for place, staff in enumerate(staff_in(actions))}
        if all(staff == place for staff, place in numbers.items()):
            return actions
        return self._try(renumber_staff(actions, numbers)) or actions


def _adds_features(contract: Contract, actions: Actions, candidate: Actions) -> bool:
    pairs = zip(forecast(contract, actions), forecast(contract, candidate), strict=True)
    return any(after.features - before.features for before, after in pairs)
