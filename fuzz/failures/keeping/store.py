"""The failures kept on disk: a folder for each, with its bundle and the outcome of its last replays.

A bundle is written the moment its failure is seen, replaced as the failure shrinks, and never deleted. Files that
people have added to its folder stay.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NotRequired, TypedDict, Unpack

from fuzz.bundle.failure_json import Bundle, BundleError, FoundBy, FoundOnSandbox, read_bundle
from fuzz.bundle.files import FAILURE, NAMES, files_of
from fuzz.errors import UsageError
from fuzz.events.failures import FailureEvent
from fuzz.events.history import WINDOW
from fuzz.events.shapes import misfit, read_as
from fuzz.events.summary import Summary
from fuzz.events.types import Event
from fuzz.failures.failure import Failure
from fuzz.failures.keeping.atomic_folder import recover, replace_file, write_folder
from fuzz.failures.keeping.describe import describe_failure
from fuzz.session.session import Session

LARGEST_BUNDLE = 10_000_000
"""Maximum bytes of a `failure.json`; a larger file is not read."""

STATUS = "status.json"
STATUS_VERSION = 1
FIXED, FAILING = "fixed", "failing"
LONGEST_REST = 16
"""Nights after which a failure that was fixed long ago is tried again at the latest."""

_FIND_AGAIN = "run calfuzz again to find and keep the failure again"


class TargetState(TypedDict):
    """The outcome of the last replay on a target, `fixed` or `failing`, and its ISO date. `passes`: the nights in a row
    on which it did not come back.
    """

    state: str
    on: str
    passes: NotRequired[int]


class _Status(TypedDict):
    """`status.json`. Of its entries, those of another shape than `TargetState` are passed over."""

    version: int
    targets: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SavedFailure:
    """A kept failure: its folder, its bundle, and the outcome of its last replay by target. Frozen."""

    path: Path
    bundle: Bundle
    targets: Mapping[str, TargetState]

    @property
    def states(self) -> Mapping[str, str]:
        """The outcome of the last replay, `fixed` or `failing`, by target."""
        return {target: entry["state"] for target, entry in self.targets.items()}

    def turn(self, target: str) -> tuple[bool, str, str]:
        """Its place among those to try: what was not fixed first, then what has not been tried for longest."""
        entry = self.targets.get(target)
        on = "" if entry is None else entry["on"]
        return entry is not None and entry["state"] == FIXED, on, self.path.name

    def rests(self, target: str, today: str) -> bool:
        """Whether it was fixed so long ago that it need not be tried today: it is on nights 1, 2, 4, 8 and 16 after the
        fix, and on every sixteenth from then on; one that comes and goes, on each of the first seven.
        """
        entry = self.targets.get(target)
        passes = entry.get("passes", 1) if entry is not None else 0
        enough = WINDOW if self.bundle.times > 1 else 2
        if entry is None or entry["state"] != FIXED or passes < enough:
            return False
        try:
            nights = (date.fromisoformat(today) - date.fromisoformat(entry["on"])).days
        except ValueError:
            return False
        return 0 <= nights < min(LONGEST_REST, 1 << min(passes, LONGEST_REST) - 1)


@dataclass(slots=True)
class FailureStore:
    """Writes the bundles of one worker's failures. `found` is an ISO date, `sandbox` what the command has started.
    Mutable: it knows the folders it wrote.
    """

    directory: Path
    session: Session
    found: str
    calfuzz: str = ""
    seed: int | None = None
    sandbox: FoundOnSandbox | None = None
    _own: set[str] = field(default_factory=set)

    def keep(self, failure: Failure, event: FailureEvent) -> str:
        """Writes the bundle of a failure, removes its bundle under an earlier name, and returns the folder's path.

        A new failure that is not confirmed yet does not replace a bundle of an earlier run.
        """
        path = self.directory / failure.fingerprint
        recover(self.directory)
        if event["status"] != "found" or not path.exists() or path.name in self._own:
            self._write(path, failure, event)
        if failure.bundle is not None and failure.bundle != str(path):
            self._remove(Path(failure.bundle).name)
        return str(path)

    def listen(self, event: Event, _summary: Summary) -> None:
        """Removes the bundle of a failure that is the same as another known one (a listener of the journal)."""
        if event["event"] == "failure_renamed" and (self.directory / event["new"]).exists():
            self._remove(event["old"])
        elif event["event"] == "failure_withdrawn":
            self._remove(event["fingerprint"])

    def _write(self, path: Path, failure: Failure, event: FailureEvent) -> None:
        found_by: FoundBy = {
            "found": _first_found(path) or self.found,
            "seed": self.seed,
            "calfuzz": self.calfuzz,
        }
        if self.sandbox is not None:
            found_by["sandbox"] = self.sandbox
        write_folder(path, bundle_files(self.session, failure, event, **found_by), ours=(*NAMES, STATUS))
        self._own.add(path.name)

    def _remove(self, name: str) -> None:
        if name in self._own:
            self._own.discard(name)
            shutil.rmtree(self.directory / name, ignore_errors=True)


def bundle_files(
    session: Session, failure: Failure, event: FailureEvent, **found_by: Unpack[FoundBy]
) -> dict[str, str]:
    """The files of a failure's bundle (name -> text), without secrets. `found_by`: as for `describe_failure`."""
    files = files_of(describe_failure(session, failure, event, **found_by))
    return {name: session.secrets.redact(text) for name, text in files.items()}


def _first_found(path: Path) -> str | None:
    """The date in the bundle that an earlier run has kept, if it can be read."""
    try:
        found = load_bundle(path).file.get("found")
    except UsageError:
        return None
    return found if isinstance(found, str) else None


def saved_failures(directory: Path) -> tuple[list[SavedFailure], list[str]]:
    """Every failure kept in a directory, sorted by name, and what is wrong with the folders that cannot be read."""
    recover(directory)
    found, problems = [], []
    for path in sorted(directory.glob("[!.]*")):
        if path.is_dir():
            try:
                found.append(SavedFailure(path, load_bundle(path), _targets(path)))
            except UsageError as error:
                problems.append(error.what)
    return found, problems


def mark_fixed(path: Path, date: str, *, target: str) -> None:
    """Notes that a kept failure did not come back on a target. The bundle stays: the failure may come back later."""
    _mark(path, FIXED, date, target)


def mark_failed(path: Path, date: str, *, target: str) -> None:
    """Notes that a kept failure came back on a target."""
    _mark(path, FAILING, date, target)


def _mark(path: Path, state: str, date: str, target: str) -> None:
    targets = _targets(path)
    entry = TargetState(state=state, on=date)
    if state == FIXED:
        entry["passes"] = _passes(targets.get(target), date)
    replace_file(
        path / STATUS, json.dumps({"version": STATUS_VERSION, "targets": {**targets, target: entry}}, indent=2) + "\n"
    )


def _passes(before: TargetState | None, date: str) -> int:
    """The nights in a row on which a failure did not come back, this one included."""
    if before is None or before["state"] != FIXED:
        return 1
    return before.get("passes", 1) + (before["on"] != date)


def _targets(path: Path) -> dict[str, TargetState]:
    """The states of a kept failure by target; empty if they cannot be read: the next replay writes them again."""
    try:
        status: _Status | None = read_as((path / STATUS).read_bytes(), _Status)
    except OSError:
        return {}
    targets = status["targets"] if status is not None and status["version"] == STATUS_VERSION else {}
    return {target: entry for target, entry in targets.items() if misfit(entry, TargetState) is None}


def load_bundle(path: Path) -> Bundle:
    """The bundle of a folder or of a `failure.json`. UsageError for anything else."""
    if not path.exists():
        recover(path.parent)
    file = path / FAILURE if path.is_dir() else path
    text = _read(file)
    try:
        return read_bundle(json.loads(text))
    except BundleError as error:
        newer = "newer" in str(error)
        raise UsageError(f"bundle {file}: {error}", next="update calfuzz" if newer else _FIND_AGAIN) from None
    except json.JSONDecodeError as error:
        raise UsageError(f"bundle {file}:{error.lineno}: is not JSON: {error.msg}", next=_FIND_AGAIN) from None
    except (RecursionError, ValueError) as error:
        raise UsageError(f"bundle {file}: cannot be read: {type(error).__name__}", next=_FIND_AGAIN) from None


def _read(file: Path) -> str:
    next_step = f"name a bundle's folder or its {FAILURE}"
    try:
        if not file.is_file():
            raise UsageError(f"bundle {file}: there is no such file", next=next_step)
        if file.stat().st_size > LARGEST_BUNDLE:
            raise UsageError(f"bundle {file}: is larger than {LARGEST_BUNDLE} bytes", next=next_step)
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"bundle {file}: is not UTF-8 text", next=next_step) from None
    except OSError as error:
        raise UsageError(f"bundle {file}: {error.strerror}", next=next_step) from None
