"""One of the two runs that are compared: its report, and how fast each operation answered."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from fuzz.errors import UsageError
from fuzz.events.types import Event
from fuzz.report.formats.report_json import VERSION, report_json
from fuzz.report.journal_reader import NAME, open_journal

REPORT = "report.json"
LARGEST_REPORT = 100_000_000
"""Maximum bytes of a `report.json`; a larger file is not read."""

FEWEST_ANSWERS = 5
"""With fewer answers of an operation, a median says nothing."""

NEEDED = ("target", "verdict", "failures", "clauses", "observations")


@dataclass(frozen=True, slots=True)
class OneRun:
    """A run as its report has it. Frozen. `report`: what `report.json` holds. `latency`: the median seconds of each
    operation; empty where there is no journal.
    """

    path: Path
    report: dict[str, Any]
    latency: dict[str, float] = field(default_factory=dict)

    @property
    def failures(self) -> dict[str, dict[str, Any]]:
        """The failures that no baseline accepts, by fingerprint, in reading order."""
        return {each["fingerprint"]: each for each in self.report["failures"] if not each.get("accepted")}

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each clause; `accepted` where the baseline accepts all that fails it."""
        rows = self.report["clauses"]
        return {str(row["id"]): "accepted" if row.get("accepted") else str(row["verdict"]) for row in rows}

    @property
    def observations(self) -> dict[tuple[str, str], frozenset[str]]:
        """The answers that came, by feature and situation."""
        rows = self.report["observations"]
        return {(row["feature"], row["situation"]): frozenset(row["answers"]) for row in rows}


def holds_a_run(path: Path) -> bool:
    """Whether a path is the report folder of a run, or a file of it."""
    return path.name in (NAME, REPORT) or any((path / name).is_file() for name in (NAME, REPORT))


def read_run(path: Path) -> OneRun:
    """The run of a folder: from its journal, else from its report. UsageError if neither can be used."""
    folder = path.parent if path.name == NAME else path
    if (folder / NAME).is_file():
        return _from_journal(path, folder)
    return _from_report(path, path if path.name == REPORT else path / REPORT)


def _from_journal(path: Path, folder: Path) -> OneRun:
    seconds: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))

    def note(event: Event) -> None:
        if event["event"] == "exchange" and event["answer"]:
            seconds[event["act"]].append(event["answer"]["seconds"])

    summary = open_journal(folder).summary(also=note)
    if not summary.started["run"]:
        raise UsageError(f"{folder / NAME} holds no run", next="name the report directory of a run")
    latency = {act: median(each) for act, each in seconds.items() if len(each) >= FEWEST_ANSWERS}
    return OneRun(path, {**report_json(summary)}, latency)


def _from_report(path: Path, file: Path) -> OneRun:
    advice = "name the report directory of a run"
    try:
        if file.stat().st_size > LARGEST_REPORT:
            raise UsageError(f"{file} is larger than {LARGEST_REPORT} bytes", next=advice)
        report = json.loads(file.read_text(encoding="utf-8"))
        if report["version"] != VERSION:
            raise UsageError(
                f"{file} has version {report['version']}, not {VERSION}", next="use the calfuzz of that run"
            )
        run = OneRun(path, {**report, **{name: report[name] for name in NEEDED}})
        _ = run.failures, run.verdicts, run.observations, [described(each) for each in report["failures"]]
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", next=advice) from None
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{file} is no report of calfuzz", next=advice) from None
    return run


def described(failure: dict[str, Any]) -> str:
    """What is wrong, in words: `already_exists in mismatched (account): 200`."""
    detail = f" ({failure['detail']})" if failure.get("detail") else ""
    return f"{failure['clause']} in {failure['situation']}{detail}: {failure['observed']}"
