"""Writes the reports of a run from its journal, each whole or not at all.

Used at the end of a run and by `calfuzz report DIR`, which also reports on a run that was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from fuzz.errors import UsageError
from fuzz.events.summary import NOT_STARTED, Summary
from fuzz.events.types import VERSION
from fuzz.report.journal_reader import NAME, Journal, open_journal
from fuzz.report.text import error_lines


class ReportsError(UsageError):
    """Some reports could not be written. `written`: the files of the others."""

    def __init__(self, problems: Sequence[str], written: list[Path], *, next: str) -> None:
        super().__init__(f"not written: {'; '.join(problems)}", next=next)
        self.written = written


def write_reports(
    directory: Path,
    kinds: Collection[str],
    *,
    stdout: TextIO,
    environ: Mapping[str, str],
    known: Summary | None = None,
) -> list[Path]:
    """Writes each kind of report into `directory`, and returns the files written, in the order of `KINDS`.

    `stdout`: gets the lines for a pipeline's log. `environ`: names its files (`GITHUB_STEP_SUMMARY`). `known`: the
    summary of a run that has just ended, for where its journal is gone. UsageError for an unknown kind, and for a
    directory without a journal; ReportsError, once all kinds have been tried, for those that cannot be written.
    """
    check_kinds(kinds)
    run = _run_of(directory, known)
    tasks: dict[str, Callable[[], Iterable[Path]]] = {
        name: partial(_to_file, directory / name, write, run)
        for kind, (name, write) in _WRITERS.items()
        if kind in kinds
    }
    if GITHUB in kinds:
        tasks[GITHUB] = partial(_to_github, run.summary, stdout, environ)
    written, problems = list[Path](), list[str]()
    for name, task in tasks.items():
        try:
            written += task()
        except OSError as error:
            problems.append(f"{name} ({error.strerror})")
    if problems:
        raise ReportsError(problems, written, next=f"make room, then `calfuzz report {shlex.quote(str(directory))}`")
    return written


def _run_of(directory: Path, known: Summary | None) -> _Run:
    try:
        journal = open_journal(directory)
    except UsageError:
        if known is None:
            raise
        return _Run(known, Journal(directory / NAME))
    return _Run(_checked(journal.summary(), directory), journal)


def _to_file(path: Path, write: Callable[[TextIO, _Run], None], run: _Run) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _whole(path) as file:
        write(file, run)
    yield path


def write_or_say(
    directory: Path,
    kinds: Collection[str],
    *,
    stdout: TextIO,
    environ: Mapping[str, str],
    known: Summary | None = None,
) -> list[Path]:
    """As `write_reports`; what cannot be written is said, with what to do, and is no error: the verdict stands."""
    try:
        return write_reports(directory, kinds, stdout=stdout, environ=environ, known=known)
    except UsageError as error:
        stdout.write(f"{error_lines(error)}\n")
        return error.written if isinstance(error, ReportsError) else []


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

    write_har(file, run.journal.events)


def _sarif(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.sarif import sarif

    _dump(file, sarif(run.summary))


def _markdown(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.markdown import report_markdown

    file.write(report_markdown(run.summary))


def _ctrf(file: TextIO, run: _Run) -> None:
    from fuzz.report.formats.ctrf import ctrf

    _dump(file, ctrf(run.summary))


def _dump(file: TextIO, report: Mapping[str, object]) -> None:
    json.dump(report, file, indent=2)
    file.write("\n")


def _to_github(summary: Summary, stdout: TextIO, environ: Mapping[str, str]) -> Iterator[Path]:
    from fuzz.report.formats.github import workflow_commands
    from fuzz.report.formats.markdown import report_markdown

    for line in workflow_commands(summary):
        stdout.write(f"{line}\n")
    path = environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(report_markdown(summary))
        yield Path(path)


_WRITERS: Mapping[str, tuple[str, Callable[[TextIO, _Run], None]]] = {
    "json": ("report.json", _json),
    "junit": ("junit.xml", _junit),
    "html": ("report.html", _html),
    "har": ("trace.har", _har),
    "sarif": ("report.sarif", _sarif),
    "markdown": ("report.md", _markdown),
    "ctrf": ("ctrf.json", _ctrf),
}
GITHUB = "github"
KINDS = (*_WRITERS, GITHUB)
"""Every kind of report, by the name that `--report` takes."""
