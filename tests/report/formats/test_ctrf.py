"""The CTRF report: of the published shape, and with the test cases of `junit.xml`."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from junitparser import JUnitXml

from fuzz.report.formats.ctrf import ctrf
from fuzz.report.formats.junit import junit_xml
from tests.report.runs import DOCUMENT, Run, broken_run, honest_run, hostile_run

INTEGER, TEXT, LIST, FLAG = int, str, list, bool
SUMMARY = {
    **dict.fromkeys(("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"), INTEGER),
    "duration": INTEGER,
}
TEST = {
    "name": TEXT,
    "status": TEXT,
    "duration": INTEGER,
    "suite": LIST,
    "message": TEXT,
    "trace": TEXT,
    "filePath": TEXT,
    "line": INTEGER,
}
ENVIRONMENT = {"reportName": TEXT, "testEnvironment": TEXT, "commit": TEXT, "healthy": FLAG}
STATUSES = {"passed", "failed", "skipped", "pending", "other"}


def check(value: dict[str, Any], known: dict[str, type], *required: str) -> None:
    """Every key is one that the format knows (it allows no others), with a value of its type; none is missing."""
    assert set(required) <= value.keys() <= known.keys()
    for name, each in value.items():
        assert known[name] is type(each), name


def read(run: Run) -> dict[str, Any]:
    """The report's results, of the shape that https://github.com/ctrf-io/ctrf (schema/ctrf.schema.json) asks for."""
    report = json.loads(json.dumps(ctrf(run.summary)))
    assert {"reportFormat", "specVersion", "generatedBy", "results"} == report.keys()
    assert "CTRF" == report["reportFormat"]
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", report["specVersion"])
    results: dict[str, Any] = report["results"]
    assert {"tool", "summary", "tests", "environment"} == results.keys()
    assert results["tool"]["name"]
    check(results["summary"], SUMMARY, *SUMMARY)
    check(results["environment"], ENVIRONMENT)
    for test in results["tests"]:
        check(test, TEST, "name", "status", "duration")
        assert test["name"]
        assert test["status"] in STATUSES
        assert all(isinstance(suite, str) for suite in test["suite"])
    return results


@pytest.mark.parametrize(
    "run", [Run().started(), Run().started(at="unknown"), honest_run(), broken_run(), hostile_run()]
)
def test_it_is_of_the_published_shape_and_adds_up(run: Run) -> None:
    results = read(run)
    counts = results["summary"]

    assert counts["tests"] == len(results["tests"]) == sum(counts[status] for status in STATUSES)
    for status in STATUSES:
        assert counts[status] == sum(test["status"] == status for test in results["tests"])
    assert counts["duration"] == counts["stop"] - counts["start"]


@pytest.mark.parametrize("run", [honest_run(), broken_run(), hostile_run()])
def test_its_tests_are_those_of_junit(run: Run) -> None:
    results, junit = read(run), JUnitXml.fromstring(junit_xml(run.summary).encode())

    assert [case.name for suite in junit for case in suite] == [test["name"] for test in results["tests"]]
    assert (junit.failures, junit.skipped) == (results["summary"]["failed"], results["summary"]["skipped"])


def test_a_failure_has_its_steps_and_its_place_in_the_document() -> None:
    results = read(broken_run())
    [failed] = [test for test in results["tests"] if test["status"] == "failed"]

    name = "already_exists in mismatched (account): already_exists-mismatched-200-3f9c"
    assert (name, DOCUMENT, 114) == (failed["name"], failed["filePath"], failed["line"])
    assert "expected 422 already_exists, saw 200" == failed["message"]
    assert "google_v3, b@example.com" in failed["trace"]
    assert "FAIL 1 failure in 1 clause" in results["environment"]["reportName"]
    assert results["environment"]["healthy"] is False


def test_it_says_when_the_run_was() -> None:
    summary = read(honest_run())["summary"]

    assert (1_740_794_400_000, 58_200) == (summary["start"], summary["duration"])
