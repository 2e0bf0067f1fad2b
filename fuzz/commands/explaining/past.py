"""What has been seen so far: the last run of this folder, from its journal, and the failures that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fuzz.events.failures import FailureEvent
from fuzz.events.summary import NOT_STARTED, Summary
from fuzz.events.types import VERSION
from fuzz.failures.keeping.store import SavedFailure, saved_failures
from fuzz.report.journal_reader import NAME, open_journal
from fuzz.run.setup.report_folder import LATEST


@dataclass(frozen=True, slots=True)
class Told:
    """A failure as the last run, or else its bundle, tells it in a line. Frozen. `bundle`: empty if none is kept."""

    fingerprint: str
    situation: str
    expected: str
    observed: str
    reproduced: str
    bundle: str


@dataclass(frozen=True, slots=True)
class Past:
    """The last run, None if there is none, and the kept failures. Frozen."""

    run: Summary | None
    kept: tuple[SavedFailure, ...]
    folder: Path

    @classmethod
    def read(cls, failures: Path) -> Past:
        """The last run of the working directory, and the failures kept in a folder."""
        return cls(_last_run(), tuple(saved_failures(failures)[0]), failures)

    @property
    def fingerprints(self) -> list[str]:
        """The names of all failures that can be explained."""
        return list(dict.fromkeys([*(kept.bundle.fingerprint for kept in self.kept), *self._events]))

    @property
    def _events(self) -> dict[str, FailureEvent]:
        return self.run.failures if self.run is not None else {}

    def kept_as(self, fingerprint: str) -> SavedFailure | None:
        """The kept failure of a name."""
        return next((kept for kept in self.kept if kept.bundle.fingerprint == fingerprint), None)

    def event_of(self, fingerprint: str) -> FailureEvent | None:
        """The failure of a name, if the last run has told it."""
        return self._events.get(fingerprint)

    def under(self, clause: str) -> list[Told]:
        """The failures that are told under a clause: those of the last run first."""
        told = [_of_event(event) for event in self._events.values() if event["clause"] == clause]
        names = {each.fingerprint for each in told}
        bundles = [kept for kept in self.kept if kept.bundle.clause == clause]
        return told + [_of_bundle(kept) for kept in bundles if kept.bundle.fingerprint not in names]


def _last_run() -> Summary | None:
    if not (LATEST / NAME).is_file():
        return None
    summary = open_journal(LATEST).summary()
    known = summary.started is not NOT_STARTED and summary.started["version"] == VERSION
    return summary if known else None


def in_situation(situation: str, detail: str) -> str:
    """`mismatched (account)`, or `fresh` if there is no detail."""
    return f"{situation} ({detail})" if detail else situation


def _of_event(event: FailureEvent) -> Told:
    return Told(
        event["fingerprint"],
        in_situation(event["situation"], event["detail"]),
        event["expected"],
        event["observed"],
        event["reproduced"],
        event["bundle"] or "",
    )


def _of_bundle(kept: SavedFailure) -> Told:
    file = kept.bundle.file
    return Told(
        file["fingerprint"],
        in_situation(file["situation"], str(file.get("detail", ""))),
        file["expected"],
        file["observed"],
        str(file.get("reproduced", "")),
        str(kept.path),
    )
