"""The failures of a run, shared by its workers: each named once, whoever finds it, and counted when it comes back.

A failure is known by its kind (clause, situation, what was seen) and by what in its payloads matters. One that has at
least what is known to matter in another one of its kind is taken for that one; where less is there, something else is
broken.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from fuzz.engine.failures import Failure

Kind = str
Mattering = frozenset[str]


@dataclass(slots=True)
class Claim:
    """A failure that somebody takes care of, or has. Mutable. `name` is the final one once it is `settled`."""

    kind: Kind
    mattering: Mattering
    name: str
    settled: bool = False
    again: int = 0


@dataclass(slots=True)
class Register:
    """Known failures by their final names, and what is claimed. Mutable; safe for threads."""

    failures: dict[str, Failure] = field(default_factory=dict)
    spent: int = 0
    """Requests spent on shrinking and confirming, which are not part of the search."""
    _claims: defaultdict[Kind, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, kind: Kind, mattering: Mattering, name: str) -> Claim | None:
        """For the first who sees a failure: it is theirs to shrink. None, and it is counted, for the others."""
        with self._lock:
            for known in self._alike(kind, mattering):
                known.again += 1
                return None
            claim = Claim(kind, mattering, name)
            self._claims[kind].append(claim)
            return claim

    def release(self, claim: Claim) -> None:
        """What was claimed was no failure after all."""
        with self._lock:
            self._claims[claim.kind].remove(claim)

    def is_known(self, kind: Kind, mattering: Mattering) -> bool:
        """Whether a failure is taken for one that is settled."""
        with self._lock:
            return any(known.settled for known in self._alike(kind, mattering))

    def settle(self, claim: Claim, kind: Kind, mattering: Mattering, failure: Failure) -> bool:
        """Takes up a failure as what it has turned out to be, under its name; a known one is counted, and gets that
        one's name. True for a new one.
        """
        with self._lock:
            known = next((each for each in self._alike(kind, mattering) if each.settled), None)
            if known is not None:
                known.again += 1 + claim.again
                failure.fingerprint = known.name
            else:
                known = Claim(kind, mattering, failure.fingerprint, settled=True, again=claim.again)
                self._claims[kind].append(known)
                self.failures[failure.fingerprint] = failure
            self._claims[claim.kind].remove(claim)
            if claim.kind != kind:
                # What it was met as is met again.
                self._claims[claim.kind].append(Claim(claim.kind, mattering, known.name, settled=True))
            return self.failures[known.name] is failure

    def spend(self, requests: int) -> None:
        """Counts requests that were not part of the search."""
        with self._lock:
            self.spent += requests

    def count(self, name: str) -> int:
        """How often a failure was seen."""
        return 1 + sum(claim.again for claims in self._claims.values() for claim in claims if claim.name == name)

    @property
    def unaccepted(self) -> int:
        """How many failures no baseline accepts."""
        return sum(not failure.accepted for failure in self.failures.values())

    def _alike(self, kind: Kind, mattering: Mattering) -> Iterator[Claim]:
        return (claim for claim in self._claims[kind] if claim.mattering <= mattering)
