"""The failures of a run, shared by its workers: each named once, whoever finds it, and counted when it comes back."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

from fuzz.engine.failures import Failure


@dataclass(slots=True)
class Register:
    """Known failures by their final names, and the names under which they were first seen. Mutable; safe for
    threads.
    """

    failures: dict[str, Failure] = field(default_factory=dict)
    spent: int = 0
    """Requests spent on shrinking and confirming, which are not part of the search."""
    _names: dict[str, str] = field(default_factory=dict)
    _again: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, name: str) -> bool:
        """True for the first who sees a failure of that name: it is theirs to shrink. For the others it is counted."""
        with self._lock:
            if name not in self._names:
                self._names[name] = name
                return True
            self._again[self._names[name]] += 1
            return False

    def release(self, name: str) -> None:
        """What was claimed was no failure after all."""
        with self._lock:
            self._names.pop(name, None)

    def settle(self, first_name: str, name: str, failure: Failure) -> bool:
        """Takes up a failure under its final name. False if that one is known already: then it is counted."""
        with self._lock:
            self._names[first_name] = self._names[name] = name
            if name in self.failures:
                self._again[name] += 1
                return False
            self.failures[name] = failure
            return True

    def spend(self, requests: int) -> None:
        """Counts requests that were not part of the search."""
        with self._lock:
            self.spent += requests

    def count(self, name: str) -> int:
        """How often a failure was seen."""
        return 1 + self._again[name]

    @property
    def unaccepted(self) -> int:
        """How many failures no baseline accepts."""
        return sum(not failure.accepted for failure in self.failures.values())
