"""Failures on disk: one folder each, written the moment a failure is seen, replaced as it shrinks, never deleted.

A folder is written whole beside its place and then swapped in. A kill between the two renames of a swap leaves the old
folder aside; whoever reads or writes the directory next puts it back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.engine.described import describe_failure
from fuzz.engine.failures import Failure
from fuzz.engine.session import Session
from fuzz.errors import UsageError
from fuzz.model.bundle import FAILURE, Bundle, BundleError, files_of, read_bundle
from fuzz.model.events import Event, Summary

LARGEST_BUNDLE = 10_000_000
STATUS = "status.json"
STATUS_VERSION = 1
FIXED, FAILING = "fixed", "failing"
_ASIDE, _NEW = ".old", ".new"
_AGAIN = "run calfuzz again to find and keep the failure anew"


@dataclass(frozen=True, slots=True)
class Saved:
    """One kept failure: its folder, its bundle, and by target what its last replay came to. Frozen."""

    path: Path
    bundle: Bundle
    states: Mapping[str, str]

    @property
    def fixed(self) -> bool:
        """It did not come back on the target where it was found."""
        return self.states.get(self.bundle.target) == FIXED


@dataclass(slots=True)
class Keeper:
    """Writes the failures of one worker's run. `found` is an ISO date. Mutable: remembers which folders are its own."""

    directory: Path
    session: Session
    found: str
    calfuzz: str = ""
    seed: int | None = None
    _own: set[str] = field(default_factory=set)

    def keep(self, failure: Failure, event: Event) -> None:
        """Writes the bundle of a failure as it is known now, and removes the one under a name that it had before.

        A failure that is only just found does not replace one that an earlier run has kept, made small and confirmed.
        """
        path = self.directory / failure.fingerprint
        before = failure.bundle
        failure.bundle = str(path)
        recover(self.directory)
        if event["status"] != "found" or not path.exists() or path.name in self._own:
            self._write(path, failure, event)
        if before is not None and before != failure.bundle:
            self._forget(Path(before).name)

    def listen(self, event: Event, _summary: Summary) -> None:
        """A journal's listener: a failure that turned out to be another known one leaves nothing under its own name."""
        if event["event"] == "failure_renamed" and (self.directory / event["new"]).exists():
            self._forget(event["old"])

    def _write(self, path: Path, failure: Failure, event: Event) -> None:
        found = _found_before(path) or self.found
        facts = {"found": found, "seed": self.seed, "calfuzz": self.calfuzz}
        description = describe_failure(self.session, failure, event, **facts)
        clean = self.session.secrets.clean
        write_folder(path, {name: clean(text) for name, text in files_of(description).items()})
        self._own.add(path.name)

    def _forget(self, name: str) -> None:
        if name in self._own:
            self._own.discard(name)
            shutil.rmtree(self.directory / name, ignore_errors=True)


def _found_before(path: Path) -> str | None:
    try:
        found = load_bundle(path).description.get("found")
    except UsageError:
        return None
    return found if isinstance(found, str) else None


def write_folder(path: Path, files: Mapping[str, str]) -> None:
    """Replaces a folder by one with these files: at any moment the old or the new one is there as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new, aside = (path.with_name(f".{path.name}{suffix}") for suffix in (f".{os.getpid()}{_NEW}", _ASIDE))
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for name, text in files.items():
        _write_file(new / name, text)
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(FileNotFoundError):
        path.rename(aside)
    new.rename(path)
    shutil.rmtree(aside, ignore_errors=True)


def _write_file(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.suffix == ".sh":
        path.chmod(0o755)


def recover(directory: Path) -> None:
    """Puts back what an interrupted swap left aside. Does nothing where there is nothing to do."""
    for aside in directory.glob(f".*{_ASIDE}"):
        path = aside.with_name(aside.name.removeprefix(".").removesuffix(_ASIDE))
        if path.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            with suppress(OSError):
                aside.rename(path)


def saved(directory: Path) -> tuple[list[Saved], list[str]]:
    """Every failure kept in a directory, by name, and what is wrong with the folders that cannot be read."""
    recover(directory)
    found, problems = [], []
    for path in sorted(directory.glob("[!.]*")):
        if path.is_dir():
            try:
                found.append(Saved(path, load_bundle(path), _states(path)))
            except UsageError as error:
                problems.append(error.what)
    return found, problems


def mark_fixed(path: Path, date: str, *, target: str) -> None:
    """Notes that a kept failure did not come back on a target. The bundle stays: it may come back one day."""
    _mark(path, FIXED, date, target)


def mark_failed(path: Path, date: str, *, target: str) -> None:
    """Notes that a kept failure came back on a target."""
    _mark(path, FAILING, date, target)


def _mark(path: Path, state: str, date: str, target: str) -> None:
    status = _status(path)
    targets = {**status.get("targets", {}), target: {"state": state, "on": date}}
    text = json.dumps({"version": STATUS_VERSION, "targets": targets}, indent=2) + "\n"
    new = path / f".{STATUS}{_NEW}"
    _write_file(new, text)
    new.replace(path / STATUS)


def _status(path: Path) -> dict[str, Any]:
    """What was noted of a bundle; nothing where it cannot be read, since a replay tells it again."""
    try:
        status = json.loads((path / STATUS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    usable = isinstance(status, dict) and isinstance(status.get("targets"), dict)
    return status if usable and status.get("version") == STATUS_VERSION else {}


def _states(path: Path) -> dict[str, str]:
    entries = _status(path).get("targets", {})
    return {target: str(entry.get("state")) for target, entry in entries.items() if isinstance(entry, dict)}


def load_bundle(path: Path) -> Bundle:
    """The bundle in a folder, or in a `failure.json` itself. UsageError, with what to do next, for anything else."""
    if not path.exists():
        recover(path.parent)
    file = path / FAILURE if path.is_dir() else path
    text = _read(file)
    try:
        return read_bundle(json.loads(text))
    except BundleError as error:
        newer = "newer" in str(error)
        raise UsageError(f"bundle {file}: {error}", next="update calfuzz" if newer else _AGAIN) from None
    except json.JSONDecodeError as error:
        raise UsageError(f"bundle {file}:{error.lineno}: is not JSON: {error.msg}", next=_AGAIN) from None
    except (RecursionError, ValueError) as error:
        raise UsageError(f"bundle {file}: cannot be read: {type(error).__name__}", next=_AGAIN) from None


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
