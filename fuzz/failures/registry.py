"""The failures of a run, shared by its workers: each has one name, and is counted when it comes back.

A failure is the same as a known one if it has the same kind and at least its features. With fewer features it is
another failure. What fails once and never again is only sighted: it joins a failure that comes and goes, if there is
one.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from fuzz.failures.failure import Failure
from fuzz.failures.identity import STALE_READ, Identity


@dataclass(slots=True)
class Claim:
    """A failure that a worker handles, or has handled (`settled`). Mutable. `again`: how often it came back.

    `situations`: how often it showed in each situation of a clause.
    """

    kind: str
    features: frozenset[str]
    name: str
    settled: bool = False
    again: int = 0
    situations: Counter[str] = field(default_factory=Counter)


class Sighting(NamedTuple):
    """A failure that was seen and did not come back, and its claim."""

    failure: Failure
    claim: Claim


@dataclass(slots=True)
class FailureRegistry:
    """The confirmed failures by name, and all claims. Mutable; safe for threads."""

    failures: dict[str, Failure] = field(default_factory=dict)
    spent: int = 0
    """Requests for shrinking and confirming, which are not part of the search."""
    settle: float = 0.0
    """Seconds that the target's reads lag behind its writes, once that is known."""
    watched: int = 0
    """How often it was looked whether somebody else moves the staff members."""
    sighted: list[Sighting] = field(default_factory=list)
    """Failures that did not come back, and joined no other."""
    _claims: defaultdict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, identity: Identity, where: str = "") -> Claim | None:
        """A claim for the first worker that sees a failure. Later ones get None, and the failure is counted.

        `where`: the clause and the situation in which it was seen.
        """
        with self._lock:
            for known in self._subsuming(identity):
                known.again += 1
                known.situations[where] += 1
                return None
            claim = Claim(identity.kind, identity.features, identity.fingerprint, situations=Counter([where]))
            self._claims[identity.kind].append(claim)
            return claim

    def release(self, claim: Claim) -> None:
        """Withdraws a claim: it was no failure."""
        with self._lock:
            self._claims[claim.kind].remove(claim)

    def is_known(self, identity: Identity) -> bool:
        """Whether a failure is the same as a settled one."""
        with self._lock:
            return any(known.settled for known in self._subsuming(identity))

    def confirm(self, claim: Claim, failure: Failure) -> tuple[Failure, bool]:
        """Settles a claim. Returns the failure under its final name, and whether it is new.

        A failure that is the same as a known one gets the name of the known one, which is counted.
        """
        identity = failure.identity
        with self._lock:
            self._claims[claim.kind].remove(claim)
            known = next((other for other in self._subsuming(identity) if other.settled), None)
            is_new = known is None
            if known is None:
                known = replace(
                    claim, kind=identity.kind, features=identity.features, name=failure.fingerprint, settled=True
                )
                self._claims[identity.kind].append(known)
                self.failures[failure.fingerprint] = failure
            else:
                known.again += 1 + claim.again
                known.situations += claim.situations
                failure = replace(failure, fingerprint=known.name)
            if claim.kind != identity.kind and not identity.cause.startswith(STALE_READ):
                # Its identity before shrinking will be met again, and must be recognised.
                self._claims[claim.kind].append(Claim(claim.kind, identity.features, known.name, settled=True))
            return failure, is_new

    def join(self, name: str, claim: Claim) -> None:
        """Counts a sighting under a known failure."""
        with self._lock:
            known = next(each for claims in self._claims.values() for each in claims if each.name == name)
            known.again += 1 + claim.again
            known.situations += claim.situations
            claim.name, claim.settled, claim.again, claim.situations = name, True, 0, Counter()

    def merge(self, name: str, into: str) -> None:
        """Counts what was seen of one failure under another one. What was known as the first is looked at anew."""
        with self._lock:
            known = next(self._named(into))
            for claim in list(self._named(name)):
                known.again += 1 + claim.again
                known.situations += claim.situations
                self._claims[claim.kind].remove(claim)

    def spend(self, requests: int) -> None:
        """Counts requests that are not part of the search."""
        with self._lock:
            self.spent += requests

    def count(self, name: str) -> int:
        """How often a failure was seen."""
        return 1 + sum(claim.again for claim in self._named(name))

    def situations(self, name: str) -> dict[str, int]:
        """How often a failure was seen in each situation."""
        counted = sum((claim.situations for claim in self._named(name)), Counter[str]())
        return {where: times for where, times in counted.most_common() if where}

    def _named(self, name: str) -> Iterator[Claim]:
        return (claim for claims in self._claims.values() for claim in claims if claim.name == name)

    @property
    def unaccepted(self) -> int:
        """How many failures the baseline does not accept."""
        return sum(not failure.accepted for failure in self.failures.values())

    def _subsuming(self, identity: Identity) -> Iterator[Claim]:
        """The claims of the same kind all of whose features the identity has."""
        return (claim for claim in self._claims[identity.kind] if claim.features <= identity.features)
