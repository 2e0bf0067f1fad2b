"""The failures of a run, shared by its workers: each has one name, and is counted when it comes back.

A failure is the same as a known one if it has the same kind and at least its features. With fewer features it is
another failure.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from fuzz.failures.failure import Failure
from fuzz.failures.identity import Identity


@dataclass(slots=True)
class Claim:
    """A failure that a worker handles, or has handled (`settled`). Mutable. `again`: how often it came back."""

    kind: str
    features: frozenset[str]
    name: str
    settled: bool = False
    again: int = 0


@dataclass(slots=True)
class FailureRegistry:
    """The confirmed failures by name, and all claims. Mutable; safe for threads."""

    failures: dict[str, Failure] = field(default_factory=dict)
    spent: int = 0
    """Requests for shrinking and confirming, which are not part of the search."""
    _claims: defaultdict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, identity: Identity) -> Claim | None:
        """A claim for the first worker that sees a failure. Later ones get None, and the failure is counted."""
        with self._lock:
            for known in self._subsuming(identity):
                known.again += 1
                return None
            claim = Claim(identity.kind, identity.features, identity.fingerprint)
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
                known = Claim(identity.kind, identity.features, failure.fingerprint, settled=True, again=claim.again)
                self._claims[identity.kind].append(known)
                self.failures[failure.fingerprint] = failure
            else:
                known.again += 1 + claim.again
                failure = replace(failure, fingerprint=known.name)
            if claim.kind != identity.kind:
                # Its identity before shrinking will be met again, and must be recognised.
                self._claims[claim.kind].append(Claim(claim.kind, identity.features, known.name, settled=True))
            return failure, is_new

    def spend(self, requests: int) -> None:
        """Counts requests that are not part of the search."""
        with self._lock:
            self.spent += requests

    def count(self, name: str) -> int:
        """How often a failure was seen."""
        return 1 + sum(claim.again for claims in self._claims.values() for claim in claims if claim.name == name)

    @property
    def unaccepted(self) -> int:
        """How many failures the baseline does not accept."""
        return sum(not failure.accepted for failure in self.failures.values())

    def _subsuming(self, identity: Identity) -> Iterator[Claim]:
        """The claims of the same kind all of whose features the identity has."""
        return (claim for claim in self._claims[identity.kind] if claim.features <= identity.features)
