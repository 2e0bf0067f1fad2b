"""The test items: one for each clause, all decided by one run of preflight and the systematic list."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from fuzz.commands.run import run_and_report
from fuzz.errors import ExitCode, UsageError
from fuzz.events.failures import FailureEvent
from fuzz.events.summary import RunVerdict, Summary
from fuzz.pytest_plugin import target_of
from fuzz.report import queries
from fuzz.report.failure_text import failure_lines
from fuzz.report.journal_reader import open_journal
from fuzz.run.options import RunOptions, parse_limit
from fuzz.run.setup.documents import read_contract


class ClauseFailedError(AssertionError):
    """Raised for a clause that is broken, with the failures under it, or that the run could not decide."""


@dataclass(slots=True)
class CalfuzzRun:
    """The run that decides all items, performed when the first one is. Mutable."""

    config: pytest.Config
    _summary: Summary | None = field(default=None, init=False)

    def summary(self) -> Summary:
        """The summary of the run."""
        if self._summary is None:
            with TemporaryDirectory() as folder:
                self._perform(Path(folder))
                self._summary = open_journal(Path(folder)).summary()
        return self._summary

    def _perform(self, folder: Path) -> None:
        rate = self.config.getoption("--calfuzz-rate-limit")
        options = RunOptions(
            command="run",
            target=target_of(self.config),
            faults=tuple(self.config.getoption("--calfuzz-fault")),
            max_time=None,
            seed=self.config.getoption("--calfuzz-seed"),
            phases=("preflight", "systematic"),
            report_dir=folder,
            rate_limit=parse_limit(rate) if rate else None,
            progress=False,
        )
        try:
            run_and_report(options, faults=options.faults, variants=(), stdout=io.StringIO(), environ=os.environ)
        except UsageError as error:
            pytest.exit(f"error: {error}", returncode=int(ExitCode.USAGE))


class ClauseItem(pytest.Item):
    """One clause as a test."""

    def __init__(self, *, run: CalfuzzRun, says: str, where: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._run, self._says, self._where = run, says, where

    def runtest(self) -> None:
        """Fails with the failures under the clause, and where it was not decided: no test passes by vacuity. Skipped if
        only a failure of another clause stands in the way.
        """
        summary = self._run.summary()
        row = next(row for row in queries.clause_rows(summary) if row.id == self.name)
        failures = [each for each in queries.failures_of(summary) if each["clause"] == self.name]
        unaccepted = [each for each in failures if not each["accepted"]]
        if unaccepted:
            raise ClauseFailedError(_argued(unaccepted))
        if summary.clauses[self.name].verdict is RunVerdict.FAIL:
            pytest.skip("a failure of another clause touched it")
        if row.verdict is not RunVerdict.PASS:
            why = "; ".join(queries.reasons_of(summary)) or "it was never due"
            raise ClauseFailedError(f"calfuzz cannot tell: {why}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The failures as calfuzz tells them, without a traceback."""
        if isinstance(excinfo.value, ClauseFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """How pytest calls the item: the clause and its place in the document."""
        return self.path, None, f"calfuzz: {self.name} ({self._where})"


class Clauses(pytest.Collector):
    """The collector that the items stand below. It is never asked to collect: they are added after collection."""

    def collect(self) -> list[pytest.Item]:
        """Nothing."""
        return []


def items_for(session: pytest.Session) -> list[pytest.Item]:
    """An item for each clause of the contract."""
    run, parent = CalfuzzRun(session.config), Clauses.from_parent(session, name="calfuzz", nodeid="calfuzz")
    return [
        ClauseItem.from_parent(parent, name=clause.id, run=run, says=clause.says, where=str(clause.where))
        for clause in read_contract(None, None).clauses
    ]


def _argued(failures: list[FailureEvent]) -> str:
    return "\n\n".join("\n".join(failure_lines(failure)) for failure in failures)
