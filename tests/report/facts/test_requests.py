"""Requests add up in every report; a pair is counted as a pair, and a clause that others affect says so."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from fuzz.report import queries
from fuzz.report.facts.requests import requests_line, requests_of
from fuzz.report.summary_text import summary_text
from tests.report.facts.test_standing import reports
from tests.report.runs import FAILURE, Run, broken_run, honest_run

PARTS = ("sends", "moves", "at_once", "repeated", "shrinking", "build")


def mixed_run() -> Run:
    """A run with each kind of request; two of a pair were answered otherwise than one alone may be."""
    run = Run().started().phase("preflight").build("4f2a").create().send("fresh", "200").phase_finished("preflight")
    run.phase("race").create().send("matched", "200", attempts=3, lost_attempts=2)
    run.send("matched", "422 already_exists", at_once=True, silent=["empty list: external_items"])
    run.exchange(act="create", situation="matched", was="bound", belief="fresh", seen="200", at_once=True)
    return run.send("matched", "200", phase="shrink", attempts=2)


def test_the_parts_are_the_total() -> None:
    counts = requests_of(mixed_run().summary)
    assert {"total": 11, "sends": 2, "moves": 2, "at_once": 2, "repeated": 2, "shrinking": 2, "build": 1} == {
        name: counts[name] for name in ("total", *PARTS)
    }
    for run in (honest_run(), broken_run(), Run().started()):
        counted = requests_of(run.summary)
        assert counted["total"] == sum(counted[name] for name in PARTS)


def test_the_situations_are_the_sends_and_the_pairs() -> None:
    summary = mixed_run().summary
    matrix = queries.matrix_of(summary)
    assert ("two at once", {"422 already_exists": 1, "200": 1}) == (
        matrix.situations[-1],
        summary.situations["two at once"],
    )
    counts = requests_of(summary)
    assert counts["sends"] + counts["at_once"] == sum(sum(row.values()) for row in summary.situations.values())


def test_a_pair_is_not_counted_under_the_state_before_it() -> None:
    summary = mixed_run().summary
    assert {"200": 1} == summary.situations["matched"]
    assert not [edge for edge in summary.edges if "422 already_exists" in edge]
    assert {} == summary.observations


def test_the_phases_are_the_total_and_say_what_was_for_shrinking(tmp_path: Path) -> None:
    report = json.loads(reports(tmp_path, mixed_run())["report.json"])
    preflight, race = report["phases"]
    assert (8, 2) == (race["requests"], race["shrinking"])
    assert report["requests"]["total"] == 3 + race["requests"]
    assert 0 == preflight["shrinking"]


def test_only_a_request_without_an_answer_is_called_lost() -> None:
    run = Run().started().send("matched", "200", at_once=True)
    run.exchange(act="send", situation="matched", was="bound", belief="bound", seen=None)
    run.events[1]["seen"] = None
    assert {"two at once": {"200 not judged": 1}, "matched": {"lost": 1}} == run.summary.situations


@pytest.mark.parametrize("name", ["terminal", "junit.xml", "report.html", "report.sarif", "step.md"])
def test_every_report_says_what_the_requests_were_for(tmp_path: Path, name: str) -> None:
    text = html.unescape(reports(tmp_path, mixed_run())[name]).replace("\\", "")
    said = (
        "11 requests: 2 sends, 2 creates and moves, 2 two at once, 2 sent again, 2 to shrink failures, 1 to learn the"
    )
    assert said == requests_line(mixed_run().summary).rpartition(" ")[0]
    assert said in " ".join(text.split())


def test_a_clause_fails_where_a_failure_is_told_under_it_and_is_affected_elsewhere(tmp_path: Path) -> None:
    texts = reports(tmp_path, broken_run())
    rows = {row["id"]: row for row in json.loads(texts["report.json"])["clauses"]}
    assert ["already_exists"] == [name for name, row in rows.items() if row["verdict"] == "fail"]
    assert ("inconclusive", 1) == (rows["success"]["verdict"], rows["success"]["affected_by"])
    assert re.search(r"^success .* affected by 1$", texts["terminal"], re.MULTILINE)
    assert re.search(r"^already_exists .* fail$", texts["terminal"], re.MULTILINE)
    assert "affected by 1</span>" in texts["report.html"]
    assert "| success | affected by 1 |" in texts["step.md"]
    assert '"verdict": "affected by 1"' in texts["report.sarif"]


def test_failures_that_showed_in_other_situations_affect_a_clause_there_too() -> None:
    run = broken_run()
    run.failure(fingerprint="elsewhere", situations={"already_exists in mismatched (account)": 2}, situation="fresh")
    run.failure(fingerprint="untouched", situation="none", detail="")
    assert 2 == next(row.affected_by for row in queries.clause_rows(run.summary) if row.id == "success")
    for name in ("elsewhere", "untouched", str(FAILURE["fingerprint"])):
        run.withdrawn(name)
    row = next(row for row in queries.clause_rows(run.summary) if row.id == "success")
    assert (0, "inconclusive") == (row.affected_by, row.word)


def test_the_drawings_legend_has_no_red_number_where_nothing_failed(tmp_path: Path) -> None:
    for run, red in ((honest_run(), False), (broken_run(), True)):
        page = reports(tmp_path, run)["report.html"]
        legend = page[page.index("Every request moves") : page.index("<svg", page.index("Every request moves"))]
        assert red == ('class="wrong"' in legend)
        assert not re.search(r"\d", legend)
    assert "requests were sent two at once" in reports(tmp_path, mixed_run())["report.html"]


def test_no_line_of_the_counts_is_wider_than_a_narrow_terminal() -> None:
    lines = summary_text(mixed_run().summary).splitlines()
    [place] = [place for place, line in enumerate(lines) if line.startswith("11 requests: ")]
    assert all(len(line) <= 80 for line in lines[place : place + 2])
