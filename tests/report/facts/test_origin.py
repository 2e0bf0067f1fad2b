"""Every report says what made it: run, command, date, target with its build, and versions."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from fuzz.report.summary_text import summary_text
from tests.report.facts.test_standing import reports
from tests.report.runs import Run, honest_run

VERSIONS = {"calfuzz": "0.1.0", "hypothesis": "6.160.0", "schemathesis": "4.11.0", "python": "3.11.7"}
SAID = (
    "7c1f",
    "gate",
    "2025-03-01T02:00:00+00:00",
    "http://127.0.0.1:8080/apigw",
    "sha-4f2a",
    "calfuzz 0.1.0, Python 3.11.7, Hypothesis 6.160.0, schemathesis 4.11.0",
)


def run(build: str) -> Run:
    run = Run().started(command="gate", versions=VERSIONS).phase("preflight")
    return run.build(build, "" if build else "answers 404").create().phase_finished("preflight").finished()


@pytest.mark.parametrize("name", ["terminal", "junit.xml", "report.html", "report.sarif", "step.md"])
def test_a_report_says_where_it_comes_from(tmp_path: Path, name: str) -> None:
    text = html.unescape(reports(tmp_path, run("sha-4f2a"))[name].replace("\\", ""))
    assert [] == [each for each in SAID if each not in text]


def test_a_build_that_is_not_known_is_left_out() -> None:
    assert "· build" not in summary_text(run("").summary)


def test_report_json_has_it_field_by_field(tmp_path: Path) -> None:
    report = json.loads(reports(tmp_path, run("sha-4f2a"))["report.json"])
    assert VERSIONS == report["versions"]
    fields = ("run", "command", "at", "base_url", "build")
    assert list(SAID[:5]) == [report[name] for name in fields]


def test_a_journal_that_tells_no_versions_makes_reports_all_the_same(tmp_path: Path) -> None:
    texts = reports(tmp_path, honest_run())
    assert ({}, "") == (json.loads(texts["report.json"])["versions"], json.loads(texts["report.json"])["build"])
    assert "http://127.0.0.1:8080/apigw" in texts["terminal"]


def test_the_request_for_the_build_counts_as_one_of_its_phase() -> None:
    summary = run("sha-4f2a").summary
    assert 2 == summary.total
    unfinished = Run().started().phase("preflight").build("sha-4f2a").summary
    assert (1, 1) == (unfinished.total, unfinished.phases["preflight"]["requests"])
