"""Writes `ctrf.json` in the Common Test Report Format (https://ctrf.io): the test cases of `junit.xml`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from fuzz.events.summary import RunVerdict, Summary
from fuzz.report import queries
from fuzz.report.first_lines import headline
from fuzz.report.formats.junit import junit_xml
from fuzz.report.text import visible

SPECIFICATION = "0.1.0"
"""The version of the specification."""

STATUSES = {"failure": "failed", "skipped": "skipped", "error": "other"}
"""The status of a test case by the element that JUnit gives it; without one it has passed."""

COUNTED = ("passed", "failed", "skipped", "pending", "other")


def ctrf(summary: Summary) -> dict[str, Any]:
    """The report as JSON. Times are in milliseconds."""
    tests = [_test(case) for case in ElementTree.fromstring(junit_xml(summary)).iter("testcase")]
    return {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "generatedBy": "calfuzz",
        "results": {
            "tool": {"name": "calfuzz"},
            "summary": {**_counts(tests), **_times(summary)},
            "tests": tests,
            "environment": _environment(summary),
        },
    }


def _test(case: Element) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": case.get("name", ""),
        "status": "passed",
        "duration": round(1000 * float(case.get("time", "0"))),
        "suite": [case.get("classname", "calfuzz")],
    }
    if case.get("file"):
        test |= {"filePath": case.get("file"), "line": int(case.get("line", "1"))}
    for element in case:
        test |= {"status": STATUSES[element.tag], "message": element.get("message", "")}
        if element.text and element.text.strip():
            test["trace"] = element.text
    return test


def _counts(tests: list[dict[str, Any]]) -> dict[str, int]:
    count = Counter(test["status"] for test in tests)
    return {"tests": len(tests), **{status: count[status] for status in COUNTED}}


def _times(summary: Summary) -> dict[str, int]:
    """When the run began and ended; it began in 1970 if that is not known."""
    try:
        began = datetime.fromisoformat(summary.started["at"])
    except ValueError:
        began = datetime.fromtimestamp(0, UTC)
    start = round(began.timestamp() * 1000)
    duration = round(queries.seconds_of(summary) * 1000)
    return {"start": start, "stop": start + duration, "duration": duration}


def _environment(summary: Summary) -> dict[str, Any]:
    verdict = queries.verdict_of(summary)
    commit = summary.started.get("commit")
    return {
        "reportName": f"{verdict.upper()} {headline(summary)}",
        "testEnvironment": visible(queries.target_of(summary)),
        "healthy": verdict is RunVerdict.PASS,
        **({"commit": visible(commit)} if commit else {}),
    }
