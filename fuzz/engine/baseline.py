"""The baseline: failures that are accepted for a while, each with a reason and a day on which it fails again.

A YAML file, version 1, written by hand or with `--baseline-update`; a plain run never writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fuzz.engine.yaml_lines import Lines, load_with_lines
from fuzz.errors import UsageError
from fuzz.model.events import Event, Summary
from fuzz.model.fingerprint import slug

VERSION = 1
ACCEPTED_FOR = timedelta(days=30)
NO_REASON_YET = "accepted with --baseline-update; say why"


class Accepted(BaseModel):
    """One accepted failure. Until `expires`, that day included, it does not fail a run. Frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fingerprint: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    first_seen: date
    expires: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    version: int
    accepted: list[Accepted]


@dataclass(slots=True)
class Baseline:
    """The accepted failures, by fingerprint. Mutable: `update` and `prune` change it, `save` writes it."""

    path: Path
    entries: dict[str, Accepted] = field(default_factory=dict)

    def accepted(self, fingerprint: str, today: date) -> Event | None:
        """Why a failure is accepted and until when; None for one that is not, or no longer."""
        entry = self.entries.get(fingerprint)
        if entry is None or entry.expires < today:
            return None
        return {"reason": entry.reason, "first_seen": str(entry.first_seen), "expires": str(entry.expires)}

    def update(self, failures: Mapping[str, Event], today: date) -> None:
        """Accepts what failed, for 30 days more; what was accepted before keeps its reason and first day."""
        for fingerprint in failures:
            known = self.entries.get(fingerprint)
            self.entries[fingerprint] = Accepted(
                fingerprint=fingerprint,
                reason=known.reason if known else NO_REASON_YET,
                first_seen=known.first_seen if known else today,
                expires=known.expires if known and known.expires >= today else today + ACCEPTED_FOR,
            )

    def prune(self, summary: Summary) -> None:
        """Drops what was exercised and no longer fails: its clause was due in this run, and it did not come."""
        for fingerprint in list(self.entries):
            clause = next((clause for clause in summary.clauses if fingerprint.startswith(slug(clause) + "-")), None)
            exercised = clause is not None and summary.clauses[clause].due > 0
            if exercised and fingerprint not in summary.failures:
                del self.entries[fingerprint]

    def save(self) -> None:
        """Writes the file, whole or not at all."""
        data = {
            "version": VERSION,
            "accepted": [entry.model_dump(mode="python") for _, entry in sorted(self.entries.items())],
        }
        part = self.path.with_name(f".{self.path.name}.part")
        try:
            part.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
            part.replace(self.path)
        except OSError as error:
            raise UsageError(
                f"baseline {self.path}: {error.strerror}", next="name a file that can be written"
            ) from None


def load_baseline(path: Path, *, may_be_missing: bool) -> Baseline:
    """Reads a baseline. UsageError with file, line and field for one that cannot be used."""
    if may_be_missing and not path.exists():
        return Baseline(path)
    try:
        data, lines = load_with_lines(path.read_text(encoding="utf-8"))
        file = _File.model_validate(data)
    except OSError as error:
        raise UsageError(
            f"baseline {path}: {error.strerror}", next="name a readable file, or create one with --baseline-update"
        ) from None
    except ValidationError as error:
        raise _usage_error(path, error, lines) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"baseline {path}: {_first_line(error)}", next="correct the YAML") from None
    if file.version != VERSION:
        raise UsageError(f"baseline {path}: version {file.version} is not {VERSION}", next="use a newer calfuzz")
    return Baseline(path, {entry.fingerprint: entry for entry in file.accepted})


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    return where + (getattr(error, "problem", None) or str(error).partition("\n")[0] or "cannot be read")


def _usage_error(path: Path, error: ValidationError, lines: Lines) -> UsageError:
    first: Any = error.errors(include_url=False)[0]
    dotted = ".".join(str(part) for part in first["loc"]) or "the file"
    return UsageError(
        f"baseline {path.name}:{lines.at(first['loc'])}: {dotted}: {first['msg']}",
        next="write version: 1 and accepted: a list of fingerprint, reason, first_seen, expires",
    )
