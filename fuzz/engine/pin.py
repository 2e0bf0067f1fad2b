"""Pinned observations: what a target does where the documents are silent, kept so that a later run can tell a change.

A YAML file, version 1: by feature and situation the answers seen, as reports label them. Written by the first run that
is given it; a later one compares, and never overwrites. A change is an observation, and a failure only on request.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from fuzz.engine.yaml_lines import load_with_lines
from fuzz.errors import UsageError
from fuzz.model.events import Event, Summary

VERSION = 1

Pinned = dict[str, dict[str, list[str]]]
"""Feature -> situation -> labels of answers, sorted."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    version: int
    observations: Pinned


def load_pin(path: Path) -> Pinned | None:
    """What was pinned; None if the file is yet to be written. UsageError for one that cannot be used."""
    if not path.exists():
        return None
    next_step = "correct it, or delete it to have it written anew"
    try:
        data, _lines = load_with_lines(path.read_text(encoding="utf-8"))
        file = _File.model_validate(data)
    except OSError as error:
        raise UsageError(f"pin file {path}: {error.strerror}", next="name a file that can be read") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"pin file {path}: {where}: {first['msg']}", next=next_step) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"pin file {path}: {str(error).partition(chr(10))[0]}", next=next_step) from None
    if file.version != VERSION:
        raise UsageError(f"pin file {path}: version {file.version} is not {VERSION}", next="use a newer calfuzz")
    return file.observations


def observed(summary: Summary) -> Pinned:
    """What this run saw."""
    found: Pinned = {}
    for (feature, situation), answers in sorted(summary.observations.items()):
        found.setdefault(feature, {})[situation] = sorted(answers)
    return found


def save_pin(path: Path, summary: Summary) -> None:
    """Writes what this run saw."""
    data = {"version": VERSION, "observations": observed(summary)}
    try:
        path.write_text(yaml.safe_dump(data, sort_keys=True, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"pin file {path}: {error.strerror}", next="name a file that can be written") from None


def changes(pinned: Pinned, summary: Summary) -> Iterator[Event]:
    """One event for each pinned observation that is another one now. What only one run has observed is no change."""
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
