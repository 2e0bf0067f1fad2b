"""A failure: its identity, its scenario, the exchanges that are its evidence, and how often it was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from fuzz.events.failures import Acceptance
from fuzz.failures.identity import Identity
from fuzz.oracle.actions import Action
from fuzz.oracle.verdict import Verdict
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.shrinking.reproducer import Shrunk


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as far as it is known. Frozen: shrinking and confirming it make a new value.

    `fingerprint` is its name: its own, or that of the known failure that it is the same as. `accepted` is the
    baseline's entry for it, `expired` one whose time is over, `bundle` the folder where it is kept, `count` how often
    it was seen.
    """

    fingerprint: str
    identity: Identity
    phase: str
    requests_to_find: int
    scenario: Shrunk
    requests_to_shrink: int = 0
    count: int = 1
    accepted: Acceptance | None = field(default=None, hash=False)
    expired: Acceptance | None = field(default=None, hash=False)
    bundle: str | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        return self.scenario.actions

    @property
    def evidence(self) -> tuple[Exchange, ...]:
        return self.scenario.evidence

    @property
    def verdict(self) -> Verdict:
        """The verdict that failed: the first failing one of the evidence."""
        return failing_exchange(self.evidence).verdict
