"""The history of runs, night after night: a line for each, in `history.ndjson` beside the kept failures, or in Redis.

Only the latest part of it is read. A line that a crash or the begin of that part has cut off is passed over.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fuzz.events.history import FAILED, PASSED, VERSION, RunLine, earlier_runs, line_of, with_night
from fuzz.events.shapes import read_as
from fuzz.events.summary import Summary
from fuzz.events.types import EarlierRuns, KnownFailure
from fuzz.failures.keeping.shared_store import DatabaseLocation
from fuzz.failures.keeping.store import FIXED, SavedFailure, saved_failures
from fuzz.target.http.redis_server import redis_at

NAME = "history.ndjson"
KEY = "calfuzz:history"
READ = 4_000_000
"""Bytes of the file that are read, from its end."""
READ_OF_REDIS = 1_000
"""Lines that Redis keeps."""


class HistoryError(Exception):
    """Raised for a history that cannot be read or written; says why."""


class History(Protocol):
    """Where the lines of runs are kept. Both methods raise HistoryError."""

    def lines(self) -> Iterator[bytes]: ...

    def append(self, line: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A file, to which processes may append at once. Frozen."""

    path: Path

    def lines(self) -> Iterator[bytes]:
        """The latest lines, oldest first; none of a file that is not there."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - READ))
                yield from file.read(READ).splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            raise HistoryError(f"{self.path}: {error.strerror}") from None

    def append(self, line: bytes) -> None:
        """Adds a line in one piece; what a crash has left of another one stays a line of its own."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b", buffering=0) as file:
                with suppress(OSError):  # a file system without locks
                    fcntl.flock(file, fcntl.LOCK_EX)
                begin = b"" if _ends_a_line(file.fileno()) else b"\n"
                whole = begin + line + b"\n"
                if (file.write(whole) or 0) < len(whole):
                    raise HistoryError(f"{self.path}: there is no room")
        except OSError as error:
            raise HistoryError(f"{self.path}: {error.strerror}") from None


def _ends_a_line(file: int) -> bool:
    size = os.lseek(file, 0, os.SEEK_END)
    return not size or os.pread(file, 1, size - 1) == b"\n"


@dataclass(frozen=True, slots=True)
class HistoryInRedis:
    """A list of a Redis server, which machines share. Frozen."""

    url: str

    def lines(self) -> Iterator[bytes]:
        """The lines that are kept, oldest first."""
        yield from self._do("lrange", KEY, 0, -1)

    def append(self, line: bytes) -> None:
        """Adds a line, and drops the oldest ones."""
        self._do("rpush", KEY, line)
        self._do("ltrim", KEY, -READ_OF_REDIS, -1)

    def _do(self, command: str, *arguments: object) -> Any:
        try:
            return getattr(redis_at(self.url), command)(*arguments)
        except Exception as error:  # redis is an extra: its errors cannot be named here
            raise HistoryError(f"{self.url}: {error}") from None


def history_of(place: DatabaseLocation) -> History:
    """The history of the place that `--database` names; beside a repository's artifact, which is read only, this
    machine's own.
    """
    return HistoryInRedis(place.redis) if place.redis is not None else HistoryFile(place.directory / NAME)


def runs_on(lines: Iterable[bytes], target: str, base_url: str) -> Iterator[RunLine]:
    """The runs on one target, oldest first."""
    for text in lines:
        line = _read(text)
        if line is not None and (line["target"], line["base_url"]) == (target, base_url):
            yield line


def _read(text: bytes) -> RunLine | None:
    """The run of a line; None if it is none, or lacks something."""
    line: RunLine | None = read_as(text, RunLine)
    return line if line is not None and line["version"] == VERSION else None


@dataclass(slots=True)
class TargetHistory:
    """The history of one target, by name and address; the embedded sandbox has none. Mutable: `problems` says what went
    wrong with it, which ends no run.
    """

    history: History
    target: str
    base_url: str
    problems: list[str] = field(default_factory=list)

    def earlier(self, failures: Path) -> EarlierRuns | None:
        """What is known of earlier runs; by the failures that a folder keeps, where the history has none. None if the
        history cannot be read.
        """
        try:
            earlier = earlier_runs(runs_on(self.history.lines(), self.target, self.base_url))
        except HistoryError as error:
            self.problems.append(f"what is new is not known: the history cannot be read: {error}")
            return None
        if earlier["runs"]:
            return earlier
        kept = (each for each in saved_failures(failures)[0] if _found_on(each) == (self.target, self.base_url))
        known = [known_of(each) for each in kept]
        return {**earlier, "known": [each for each in known if each["outcomes"] != PASSED]}

    def add(self, summary: Summary) -> None:
        """Adds the run's line."""
        try:
            self.history.append(json.dumps(line_of(summary, base_url=self.base_url)).encode())
        except HistoryError as error:
            self.problems.append(f"the next run will not know of this one: the history cannot be written: {error}")


def _found_on(kept: SavedFailure) -> tuple[str, str]:
    """The target where a failure was found, as the history names it."""
    target = kept.bundle.profile or {}
    return kept.bundle.target, "" if kept.bundle.file.get("sandbox") else str(target.get("base_url", ""))


def known_of(kept: SavedFailure) -> KnownFailure:
    """What a bundle tells of its failure: whether it failed when it was last tried, and when it was found."""
    file = kept.bundle.file
    detail = f" ({file['detail']})" if file.get("detail") else ""
    name = f"{file['clause']} in {file['situation']}{detail}: {file['observed']}"
    outcome = PASSED if kept.states.get(kept.bundle.target) == FIXED else FAILED
    return with_night(None, kept.bundle.fingerprint, name, outcome, str(file.get("found", "")))
