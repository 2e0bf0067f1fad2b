"""Writes the reports of a run from its journal, each whole or not at all.

Used at the end of a run and by `calfuzz report DIR`, which also reports on a run that was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from fuzz.errors import UsageError
from fuzz.events.summary import NOT_STARTED, Summary
from fuzz.events.types import VERSION
from fuzz.report.journal_reader import NAME, Journal, open_journal


def write_reports(directory: Path, kinds: Collection[str], *, stdout: TextIO, environ: Mapping[str, str]) -> list[Path]:
    """Writes each kind of report into `directory`, and returns the files written, in the order of `KINDS`.

    `stdout`: gets the lines for a pipeline's log. `environ`: names its files (`GITHUB_STEP_SUMMARY`). UsageError for an
    unknown kind, and for a directory without a journal.
    """
    check_kinds(kinds)
    journal = open_journal(directory)
    run = _Run(_checked(journal.summary(), directory), journal)
    written: list[Path] = []
    for kind, (name, write) in _WRITERS.items():
        if kind in kinds:
            with _whole(directory / name) as file:
                write(file, run)
            written.append(directory / name)
    if GITHUB in kinds:
        written.extend(_to_github(run.summary, stdout, environ))
    return written


def write_or_say(directory: Path, kinds: Collection[str], *, stdout: TextIO, environ: Mapping[str, str]) -> list[Path]:
    """As `write_reports`; if there is no room for them, says so and what to do."""
    try:
        return write_reports(directory, kinds, stdout=stdout, environ=environ)
    except OSError as error:
        again = f"make room, then `calfuzz report {directory}` writes them"
        stdout.write(f"the reports cannot be written: {error.strerror}; {again}\n")
    return []


def _checked(summary: Summary, directory: Path) -> Summary:
    """The summary. UsageError for a journal without the beginning of a run, or of another version."""
    where = f"{directory / NAME}"
    if summary.started is NOT_STARTED:
        raise UsageError(f"{where} holds no run", next="name the report directory of a run, or run again")
    version = summary.started["version"]
    if version != VERSION:
        raise UsageError(f"{where} has version {version}, not {VERSION}", next="use the calfuzz that wrote it")
    return summary


def check_kinds(kinds: Collection[str]) -> None:
    """UsageError for an unknown kind of report."""
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise UsageError(f"there is no report of the kind {unknown[0]!r}", next=f"name some of {', '.join(KINDS)}")


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """A file that gets its name only when all of it is written."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Run:
    """What reports are made of. Frozen."""

    summary: Summary
    journal: Journal


def _json(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.report_json import report_json

    _dump(file, report_json(run.summary))


def _junit(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.junit import junit_xml

    file.write(junit_xml(run.summary))


def _html(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.html import report_html

    file.write(report_html(run.summary))


def _har(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.har import write_har

    write_har(file, run.journal.events())


def _sarif(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.sarif import sarif

    _dump(file, sarif(run.summary))


def _dump(file: TextIO, report: Mapping[str, object]) -> None:
    json.dump(report, file, indent=2)
    file.write("\n")


def _to_github(summary: Summary, stdout: TextIO, environ: Mapping[str, str]) -> Iterator[Path]:
    from fuzz.report.formats.github import step_summary, workflow_commands

    for line in workflow_commands(summary):
        stdout.write(f"{line}\n")
    path = environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(step_summary(summary))
        yield Path(path)


_WRITERS: Mapping[str, tuple[str, Callable[[TextIO, _Run], None]]] = {
    "json": ("report.json", _json),
    "junit": ("junit.xml", _junit),
    "html": ("report.html", _html),
    "har": ("trace.har", _har),
    "sarif": ("report.sarif", _sarif),
}
GITHUB = "github"
KINDS = (*_WRITERS, GITHUB)
"""Every kind of report, by the name that `--report` takes."""
