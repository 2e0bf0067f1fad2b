"""The place of a clause in the documents, as tools need it: a path from the repository's root, and a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from fuzz.events.summary import Summary
from fuzz.report.text import visible


@dataclass(frozen=True, slots=True)
class SourceLocation:
    """A file and a 1-based line of it. Frozen."""

    file: str
    line: int


def source_location(summary: Summary, where: str) -> SourceLocation:
    """The location that `file:line` or `file#pointer` names; line 1 for a pointer into a swagger.

    The file's whole path is taken from the run's `documents`, where the run named them.
    """
    file, line = _split(where)
    return SourceLocation(visible(_whole_path(file, summary.started["documents"]), limit=1000), line)


def _split(where: str) -> tuple[str, int]:
    file, colon, line = where.rpartition(":")
    if colon and line.isascii() and line.isdigit() and len(line) < 10 and int(line) > 0:
        return file, int(line)
    return where.partition("#")[0], 1


def _whole_path(file: str, documents: Iterable[str]) -> str:
    name = PurePosixPath(file).name
    return next((path for path in documents if PurePosixPath(path).name == name), file)
