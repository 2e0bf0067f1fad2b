"""The folder that a run writes its journal and reports to, locked: the one that the user names, or one of its own.

`.calfuzz/reports` holds a folder for each of the newest runs, and `latest`, a link to the newest one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import TextIO

from fuzz.errors import UsageError
from fuzz.report.journal_reader import NAME

REPORTS = Path(".calfuzz/reports")
LATEST = REPORTS / "latest"
KEPT = 30
"""How many folders of runs stay in `.calfuzz/reports`."""

BYTES_TO_HAVE = 100_000
"""Free bytes on the disk without which no run begins. A run that needs more ends, and says so."""

_OF_A_RUN = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """The report folder of the run with this id. Frozen. `is_named`: the user has named it. `say`: gets a warning."""

    path: Path
    run: str
    is_named: bool
    say: TextIO

    @property
    def events(self) -> Path:
        """The journal's path."""
        return self.path / NAME

    def make_latest(self) -> None:
        """Lets `latest` lead to a folder of the run's own, and drops the oldest ones."""
        if self.is_named:
            return
        link = REPORTS / f".latest-{self.run}"
        try:
            if LATEST.exists() and not LATEST.is_symlink():
                raise FileExistsError(errno.EEXIST, "it is no link")
            link.symlink_to(self.path.name, target_is_directory=True)
            link.replace(LATEST)
        except OSError as error:
            link.unlink(missing_ok=True)
            self.say.write(f"warning: {LATEST} stays as it is ({error.strerror}); the reports are in {self.path}\n")
        _drop_oldest()


@contextmanager
def report_folder(named: Path | None, run: str, *, say: TextIO) -> Iterator[ReportFolder]:
    """The folder of a run with this id, for the block. UsageError if nothing can be written there, or another run does.

    `named`: the folder that the user wants; with `latest`, too, a run gets one of its own.
    """
    is_named = named is not None and named.absolute() != LATEST.absolute()
    path = named if named is not None and is_named else REPORTS / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}-{run}"
    folder = ReportFolder(path, run, is_named, say)
    with _told(path):
        path.mkdir(parents=True, exist_ok=True)
        file = folder.events.open("ab", buffering=0)
    with file:
        _lock(file, path)
        try:
            with _told(path):
                _check_room(file)
            yield folder
        finally:
            if not is_named and not os.fstat(file.fileno()).st_size:
                _drop(path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turns an error of the file system, raised in the block, into a UsageError."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"report directory {path}: {error.strerror}", next="name another one with --report-dir"
        ) from None


def _lock(file: FileIO, path: Path) -> None:
    """Locks a journal until the file is closed. UsageError if another run writes to it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        advice = "wait until that has ended, or name another one with --report-dir"
        raise UsageError(f"report directory {path}: another run is writing to it", next=advice) from None
    except OSError:
        pass  # a file system without locks


def _check_room(file: FileIO) -> None:
    """OSError for a full disk, where a file can be opened, but not written. What the file holds stays as it is."""
    size = file.tell()
    try:
        if (file.write(bytes(BYTES_TO_HAVE)) or 0) < BYTES_TO_HAVE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        with suppress(OSError):
            file.truncate(size)


def _drop_oldest() -> None:
    """Keeps the newest folders, and those that a run writes to."""
    runs = sorted(path for path in REPORTS.iterdir() if _OF_A_RUN.fullmatch(path.name))
    for path in runs[:-KEPT]:
        with suppress(OSError), (path / NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _drop(path)


def _drop(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
