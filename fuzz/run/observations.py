"""Pinned observations: a file of what a target does where the documents specify nothing, to notice changes later.

YAML, version 1: feature -> situation -> labels of the answers seen. The first run writes the file. A later run compares
and never overwrites it. A change is an observation; with --pin-strict it fails the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fuzz.events.summary import Summary
from fuzz.events.types import ObservationChanged
from fuzz.target.user_files import VERSION, VersionedFile, read_user_file, write_user_file

Pinned = dict[str, dict[str, list[str]]]
"""Feature -> situation -> labels of answers, sorted."""


class _File(VersionedFile):
    observations: Pinned


def load_pin(path: Path) -> Pinned | None:
    """The pinned observations; None if there is no file yet. UsageError for a file that cannot be used."""
    if not path.exists():
        return None
    advice = "correct it, or delete it: the next run writes a new one"
    return read_user_file(path, _File, kind="pin file", advice=advice).value.observations


def observed(summary: Summary) -> Pinned:
    """The observations of this run."""
    found: Pinned = {}
    for (feature, situation), answers in sorted(summary.observations.items()):
        found.setdefault(feature, {})[situation] = sorted(answers)
    return found


def save_pin(path: Path, summary: Summary) -> None:
    """Writes the observations of this run, whole or not at all."""
    write_user_file(path, {"observations": observed(summary), "version": VERSION}, kind="pin file")


def changes(pinned: Pinned, summary: Summary) -> Iterator[ObservationChanged]:
    """One event for each pinned observation that changed. An observation of only one of the two runs is no change."""
    for feature, situations in observed(summary).items():
        for situation, answers in situations.items():
            before = pinned.get(feature, {}).get(situation)
            if before is not None and not set(answers) <= set(before):
                yield {
                    "event": "observation_changed",
                    "feature": feature,
                    "situation": situation,
                    "pinned": before,
                    "seen": answers,
                }
