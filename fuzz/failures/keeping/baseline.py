"""The baseline: the failures that are accepted for a time, each with a reason and a last day.

A YAML file, version 1, written by hand or with `--baseline-update`; a plain run never writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from fuzz.bundle.fingerprint import slug
from fuzz.errors import UsageError
from fuzz.events.summary import Summary
from fuzz.events.types import Acceptance, FailureEvent
from fuzz.target.user_files import VERSION, VersionedFile, read_user_file, write_user_file

ACCEPTED_FOR = timedelta(days=30)
NO_REASON_YET = "accepted with --baseline-update; say why"


class Accepted(BaseModel):
    """One accepted failure. Until `expires`, that day included, it does not fail a run. Frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fingerprint: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    first_seen: date
    expires: date


class _File(VersionedFile):
    accepted: list[Accepted]


@dataclass(slots=True)
class Baseline:
    """The accepted failures, by fingerprint. Mutable: `update` and `prune` change it, `save` writes it."""

    path: Path
    entries: dict[str, Accepted] = field(default_factory=dict)

    def accepted(self, fingerprint: str, today: date) -> Acceptance | None:
        """Why a failure is accepted and until when; None if it is not accepted, or no longer."""
        entry = self.entries.get(fingerprint)
        if entry is None or entry.expires < today:
            return None
        return {"reason": entry.reason, "first_seen": str(entry.first_seen), "expires": str(entry.expires)}

    def update(self, failures: Mapping[str, FailureEvent], today: date) -> None:
        """Accepts these failures for 30 days. An entry that exists keeps its reason and its first day."""
        for fingerprint in failures:
            known = self.entries.get(fingerprint)
            self.entries[fingerprint] = Accepted(
                fingerprint=fingerprint,
                reason=known.reason if known else NO_REASON_YET,
                first_seen=known.first_seen if known else today,
                expires=known.expires if known and known.expires >= today else today + ACCEPTED_FOR,
            )

    def prune(self, summary: Summary) -> None:
        """Drops the failures that did not come although their clause was due in this run."""
        for fingerprint in list(self.entries):
            clause = next((clause for clause in summary.clauses if fingerprint.startswith(slug(clause) + "-")), None)
            exercised = clause is not None and summary.clauses[clause].due > 0
            if exercised and fingerprint not in summary.failures:
                del self.entries[fingerprint]

    def save(self) -> None:
        """Writes the file, whole or not at all."""
        accepted = [entry.model_dump(mode="python") for _, entry in sorted(self.entries.items())]
        write_user_file(self.path, {"version": VERSION, "accepted": accepted}, kind="baseline")


def load_baseline(path: Path, *, may_be_missing: bool) -> Baseline:
    """Reads a baseline. UsageError with file, line and field if it cannot be used."""
    if not path.exists():
        if may_be_missing:
            return Baseline(path)
        raise UsageError(
            f"baseline {path}: no such file", next="name a readable file, or create one with --baseline-update"
        )
    advice = "write version: 1 and accepted: a list of fingerprint, reason, first_seen, expires"
    file = read_user_file(path, _File, kind="baseline", advice=advice).value
    return Baseline(path, {entry.fingerprint: entry for entry in file.accepted})
