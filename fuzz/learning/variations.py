"""Variations: scenarios that the learner's alphabet cannot say, with near names or with a second staff member.

A learned machine holds for them only if names are treated alike and staff members do not meddle with each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fuzz.automaton.concretise import Naming, Steps
from fuzz.automaton.mealy import Mealy
from fuzz.learning.membership_oracle import Answers, MembershipOracle, outcome_of
from fuzz.oracle.scenario import kind_of
from fuzz.oracle.verdict import VerdictKind
from fuzz.session.exchange import Exchange, failing_exchange


@dataclass(frozen=True, slots=True)
class Variation:
    """A scenario beyond the alphabet, with its exchanges on the target. Frozen."""

    steps: Steps
    naming: Naming
    exchanges: tuple[Exchange, ...]

    @classmethod
    def performed(cls, oracle: MembershipOracle, steps: Steps, naming: Naming) -> Variation:
        """The variation, performed on the target until every answer has come."""
        return cls(steps, naming, tuple(oracle.certain(steps, naming)))

    @property
    def answers(self) -> Answers:
        """The abstract answers to all steps."""
        return tuple(map(outcome_of, self.exchanges))

    @property
    def failed(self) -> bool:
        """Whether the documents do not allow one of the answers."""
        return self._failing.verdict.kind is VerdictKind.FAIL

    @property
    def failure(self) -> tuple[str, str]:
        """The kind of action that failed first, and the answer."""
        return kind_of(self._failing.action), outcome_of(self._failing)

    @property
    def complexity(self) -> tuple[int, int]:
        """Steps up to the first failure, and characters of the names: the least is shown."""
        names = (*self.naming.providers, *self.naming.accounts)
        return self._failed_at, sum(map(len, names))

    @property
    def _failing(self) -> Exchange:
        return failing_exchange(self.exchanges)

    @property
    def _failed_at(self) -> int:
        return self.exchanges.index(self._failing)

    def is_answer_of(self, machine: Mealy) -> bool:
        """Whether the machine, which begins after the first step, answers the failing step in the same way."""
        word = tuple(symbol for _, symbol in self.steps[1 : self._failed_at + 1])
        return machine.outputs(word)[-1:] == (outcome_of(self._failing),)

    def again(self, oracle: MembershipOracle) -> Variation:
        """The variation up to its first failure, performed once more; alone if it fails without other staff members."""
        steps = self.steps[: self._failed_at + 1]
        alone = tuple((staff, symbol) for staff, symbol in steps if staff == steps[-1][0])
        for fewer in (alone, steps) if len(alone) < len(steps) else (steps,):
            again = self.performed(oracle, fewer, self.naming)
            if again.failure == self.failure:
                break
        return again


@dataclass(frozen=True, slots=True)
class FailedVariation:
    """Exchanges that end in an answer that the documents do not allow, and the number of others alike. Frozen."""

    exchanges: tuple[Exchange, ...]
    others: int


def confirmed(oracle: MembershipOracle, failed: Iterable[Variation]) -> tuple[FailedVariation, ...]:
    """The simplest variation of each kind of action and answer that fails again."""
    alike: dict[tuple[str, str], list[Variation]] = {}
    for variation in sorted(failed, key=lambda each: each.complexity):
        alike.setdefault(variation.failure, []).append(variation)
    found = ((_first_that_fails_again(oracle, variations), len(variations) - 1) for variations in alike.values())
    return tuple(FailedVariation(again.exchanges, others) for again, others in found if again is not None)


def _first_that_fails_again(oracle: MembershipOracle, variations: Iterable[Variation]) -> Variation | None:
    performed = ((variation, variation.again(oracle)) for variation in variations)
    return next((again for variation, again in performed if again.failure == variation.failure), None)
