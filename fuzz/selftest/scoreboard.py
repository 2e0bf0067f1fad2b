"""Writes the scoreboard, as a table or as JSON: a row for each trial, and the totals."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from fuzz.selftest.trial import Trial

VERSION = 1
HEADINGS = ("subject", "kind", "seed", "verdict", "phase", "requests", "steps", "shortest", "seconds")


def cells_of(trial: Trial) -> tuple[str, ...]:
    """The cells of a trial's row, in the order of the headings."""
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
    """The result of a trial in one or two words; in capitals if it is bad."""
    if trial.subject.honest:
        return "no alarm" if trial.good else "ALARM" if trial.phase else f"EXIT {trial.exit_code}"
    if trial.found:
        return "found, longer" if trial.longer else "found"
    return "TOO LATE" if trial.phase else "MISSED"


def table_line(cells: Sequence[str]) -> str:
    """One line of the table. A name longer than the first column moves the other cells to the right."""
    widths = (42, 14, 4, 13, 11, 8, 5, 8, 7)
    return "  ".join(
        cell.ljust(width) if place < 5 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def totals(trials: Sequence[Trial]) -> str:
    """How many faults were found, and how many honest subjects were silent, in sentences."""
    faults = [trial for trial in trials if not trial.subject.honest]
    variants = [trial for trial in trials if trial.subject.honest]
    lines = []
    if faults:
        found = [trial for trial in faults if trial.found]
        known = [trial for trial in found if trial.shortest.steps is not None]
        lines.append(f"{len(found)} of {len(faults)} faults found{_requests(found)}")
        lines.append(f"{len(known) - sum(trial.longer for trial in known)} of {len(known)} known to be shortest are")
    if variants:
        passed = sum(trial.good for trial in variants)
        lines.append(f"{passed} of {len(variants)} runs against honest variants and deployments without an alarm")
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
        "trials": [_entry(trial) for trial in trials],
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
