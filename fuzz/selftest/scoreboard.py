"""The scoreboard: one row for each trial, and what they come to; as a table, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from fuzz.selftest.trial import Trial

VERSION = 1
HEADINGS = ("subject", "kind", "seed", "verdict", "phase", "requests", "steps", "shortest", "seconds")


def row(trial: Trial) -> tuple[str, ...]:
    """A trial as the table's cells."""
    return (
        trial.subject.name,
        trial.subject.kind,
        str(trial.subject.seed),
        verdict(trial),
        trial.phase or "-",
        f"{trial.requests_to_find or trial.requests:,}",
        str(trial.steps or "-"),
        "n/a" if trial.shortest.steps is None else str(trial.shortest.steps),
        f"{trial.seconds:.1f}",
    )


def verdict(trial: Trial) -> str:
    """What a trial came to, in a word or two."""
    if trial.subject.honest:
        return "no alarm" if trial.good else "ALARM" if trial.phase else f"EXIT {trial.exit_code}"
    if trial.found:
        return "found, longer" if trial.longer else "found"
    return "TOO LATE" if trial.phase else "MISSED"


def line(cells: Sequence[str]) -> str:
    """One line of the table. Names are as long as they are: the first column has room for nearly all."""
    widths = (42, 14, 4, 13, 11, 8, 5, 8, 7)
    return "  ".join(
        cell.ljust(width) if place < 5 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def totals(trials: Sequence[Trial]) -> str:
    """What all trials come to, in sentences."""
    faults = [trial for trial in trials if not trial.subject.honest]
    variants = [trial for trial in trials if trial.subject.honest]
    lines = []
    if faults:
        found = [trial for trial in faults if trial.found]
        known = [trial for trial in found if trial.shortest.steps is not None]
        lines.append(f"{len(found)} of {len(faults)} faults found{_requests(found)}")
        lines.append(f"{len(known) - sum(trial.longer for trial in known)} of {len(known)} known to be shortest are")
    if variants:
        quiet = sum(trial.good for trial in variants)
        lines.append(f"{quiet} of {len(variants)} runs against honest variants without an alarm")
    return "\n".join(lines)


def _requests(found: Sequence[Trial]) -> str:
    if not found:
        return ""
    counts = [trial.requests_to_find for trial in found]
    return f", after {median(counts):,.0f} requests in the median and {max(counts):,} at most"


def as_json(trials: Sequence[Trial]) -> dict[str, Any]:
    """The scoreboard as JSON, version 1."""
    return {
        "version": VERSION,
        "good": all(trial.good for trial in trials),
        "trials": [_entry(each) for each in trials],
    }


def _entry(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.subject.name,
        "kind": trial.subject.kind,
        "seed": trial.subject.seed,
        "deterministic": trial.subject.deterministic,
        "verdict": verdict(trial),
        "good": trial.good,
        "phase": trial.phase or None,
        "clause": trial.clause or None,
        "observed": trial.observed or None,
        "requests_to_find": trial.requests_to_find or None,
        "requests": trial.requests,
        "steps": trial.steps or None,
        "shortest": trial.shortest.steps,
        "shortest_note": trial.shortest.note,
        "seconds": round(trial.seconds, 3),
        "trouble": trial.trouble,
    }
