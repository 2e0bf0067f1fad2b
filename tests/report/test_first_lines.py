"""The first line of a report: what is new, how far the run went, what it has not tried; the same in every report."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fuzz.report.first_lines import headline, news_lines
from fuzz.report.queries import failures_of
from fuzz.report.summary_text import summary_text
from fuzz.report.write import write_reports
from tests.report.runs import FAILURE, Run, whole_run

WEEK = {"old": "ffff", "older": "pfff", "flaky": "ifpppp", "gone": "ff", "waiting": "f"}


def a_week() -> Run:
    """A night with three new failures, two old ones, a flaky one; one is fixed, and one has had no turn."""
    run = whole_run().earlier(6, **WEEK).replayed(gone="passed", waiting="not tried", flaky="failed")
    for name in ("a", "b", "c", "old", "older"):
        run.failure(fingerprint=name)
    return run.failure(fingerprint="flaky", intermittent=True, reproduced="1/9").finished("fail", 1)


def test_it_says_what_is_new_fixed_still_failing_and_flaky() -> None:
    news = "3 new, 1 fixed, 2 still failing (oldest: 5 nights), 1 flaky (3 of the last 7 nights)"
    assert f"{news}; not tried: 1 known failure" == headline(a_week().summary)


def test_failures_that_this_run_has_not_seen_are_named() -> None:
    assert [
        "fixed: missing in none: gone (gone)",
        "not tried to its end: missing in none: waiting (waiting)",
    ] == news_lines(a_week().summary)
    unseen = whole_run().earlier(6, flaky="fip").replayed(flaky="passed").finished()
    assert ["not seen this time, and flaky: missing in none: flaky (flaky)"] == news_lines(unseen.summary)
    many = (
        whole_run().earlier(1, **{f"f{n}": "f" for n in range(30)}).replayed(**{f"f{n}": "passed" for n in range(30)})
    )
    assert "fixed: 10 failures more" == news_lines(many.summary)[-1]


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (whole_run().finished(), "the contract is kept"),
        (whole_run().earlier(3).finished(), "the contract is kept"),
        (whole_run().earlier(3, gone="f").replayed(gone="passed").finished(), "1 fixed"),
        (whole_run().earlier(3, gone="fp").replayed(gone="passed").finished(), "the contract is kept"),
        (whole_run().failure().finished("fail", 1), "1 failure in 1 clause"),
        (whole_run().earlier(0).failure().finished("fail", 1), "1 new (the first run on this target)"),
        (whole_run().earlier(0, gone="f").failure().finished("fail", 1), "1 new; not tried: 1 known failure"),
        (whole_run().earlier(1, a="i", b="i").finished(), "the contract is kept; not tried: 2 known failures"),
        (whole_run("race").finished(), "the contract is kept; not tried: races"),
        (whole_run("race", staff=1).finished(), "the contract is kept; not tried: races, two staff members"),
        (whole_run("systematic").finished(), "the contract is kept; not tried: the systematic list"),
        (Run().started().finished("inconclusive", 3), "nothing failed"),
    ],
)
def test_it_says_only_what_there_is_to_say(run: Run, says: str) -> None:
    assert says == headline(run.summary)


@pytest.mark.parametrize(
    ("name", "figures", "says"),
    [
        ("systematic", {"done": 39, "listed": 259}, "so far: 15 % of the systematic list"),
        ("systematic", {"done": 258, "listed": 259}, "so far: 99 % of the systematic list"),
        ("systematic", {}, "so far: a part of the systematic list"),
        ("payloads", {"done": 1, "listed": 4}, "so far: 25 % of the payloads; not tried: the conformance scenarios"),
    ],
)
def test_a_pass_says_how_much_of_the_list_was_done(name: str, figures: dict[str, int], says: str) -> None:
    run = whole_run("systematic").phase(name).create().phase_finished(name, complete=False, **figures)
    assert says == headline(run.finished().summary)


def test_a_phase_without_a_turn_was_not_tried() -> None:
    run = whole_run("race").phase("race").phase_finished("race", complete=False)
    run.events[-1]["requests"] = 0
    assert "the contract is kept; not tried: races" == headline(run.finished().summary)


def test_accepted_failures_stand_in_it_with_the_day_when_the_first_expires() -> None:
    first = {"reason": "known", "first_seen": "2025-01-01", "expires": "2025-03-09"}
    run = whole_run().earlier(2, a="f").failure(fingerprint="a", accepted=first)
    assert "the contract is kept; 1 accepted failure (until 2025-03-09)" == headline(run.finished().summary)
    run = whole_run().failure(fingerprint="a", accepted={**first, "expires": "2025-04-01"})
    run.failure(fingerprint="b", accepted=first).failure(fingerprint="c").finished("fail", 1)
    says = "1 failure in 1 clause; 2 accepted failures (the first until 2025-03-09)"
    assert says == headline(run.summary)


def test_a_pinned_observation_that_changed_is_what_failed_a_strict_run() -> None:
    run = whole_run()
    changed = {"event": "observation_changed", "feature": "f", "situation": "none", "pinned": ["200"], "seen": ["400"]}
    run.events.append(changed)
    assert "1 observation is not as pinned" == headline(run.finished("fail", 1).summary)


def test_new_failures_come_first_then_sure_ones_then_states_then_short_ones() -> None:
    run = whole_run().earlier(2, **dict.fromkeys(("old short", "old long"), "f"), **{"old flaky": "i"})
    run.failure(fingerprint="old short", steps=1).failure(fingerprint="old long", steps=5)
    run.failure(fingerprint="old flaky", steps=1, intermittent=True)
    run.failure(fingerprint="accepted", accepted={"reason": "known", "expires": None}, steps=1)
    payload = {"clause": "required:external_items[].title", "steps": 2}
    run.failure(fingerprint="payload", **payload).failure(fingerprint="token", clause="token", steps=9)
    run.failure(fingerprint="flaky", intermittent=True, steps=1)
    run.failure(fingerprint="state long", steps=7).failure(fingerprint="state short", steps=3)
    found = [(failure["fingerprint"], failure.get("age")) for failure in failures_of(run.summary)]
    assert [
        ("state short", "new"),
        ("state long", "new"),
        ("token", "new"),
        ("payload", "new"),
        ("flaky", "new"),
        ("old short", "failing for 2 nights"),
        ("old long", "failing for 2 nights"),
        ("old flaky", "comes and goes: 2 of the last 2 nights"),
        ("accepted", None),
    ] == found


def written(directory: Path, run: Run) -> dict[str, str]:
    """Every report of a run, by its name."""
    run.write(directory)
    stdout, step = io.StringIO(), directory / "step.md"
    kinds = ("json", "junit", "html", "sarif", "github")
    paths = write_reports(directory, kinds, stdout=stdout, environ={"GITHUB_STEP_SUMMARY": str(step)})
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    return {**texts, "log": stdout.getvalue(), "terminal": summary_text(run.summary)}


def first_line_of(name: str, text: str) -> str:
    """The place where a report of this name says first what the run came to."""
    if name == "report.json":
        return str(json.loads(text)["headline"])
    if name == "junit.xml":
        return str(ElementTree.fromstring(text).get("name"))
    if name == "report.sarif":
        [run] = json.loads(text)["runs"]
        return str(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"])
    if name == "report.html":
        return text.partition("<h1>")[2].partition("</h1>")[0]
    if name == "terminal":
        return " ".join(text.partition(" · ")[0].split())
    return text.splitlines()[0]


def test_every_report_begins_with_it_and_names_what_was_fixed(tmp_path: Path) -> None:
    run = a_week()
    reports = written(tmp_path, run)
    assert 7 == len(reports)
    says = headline(run.summary)
    assert [] == [name for name, text in reports.items() if says not in first_line_of(name, text)]
    without = [name for name, text in reports.items() if "missing in none" not in text]
    assert ["log"] == without


def test_no_line_of_it_is_wider_than_a_narrow_terminal() -> None:
    lines = summary_text(a_week().summary).splitlines()
    assert lines[0].startswith("FAIL  3 new, 1 fixed, ")
    assert [] == [line for line in lines[:8] if len(line) > 80]


def test_report_json_has_the_lists_and_what_was_not_tried(tmp_path: Path) -> None:
    found: dict[str, Any] = json.loads(written(tmp_path, a_week())["report.json"])
    assert {
        "known": True,
        "new": ["a", "b", "c"],
        "fixed": ["gone"],
        "failing": ["old", "older"],
        "flaky": ["flaky"],
        "not_tried": ["waiting"],
    } == {name: values for name, values in found["history"].items() if name != "names"}
    names = found["history"]["names"]
    assert ("missing in none: gone", "already_exists in mismatched (account): 200") == (names["gone"], names["a"])
    assert ["1 known failure"] == found["not_tried"]
    without = json.loads(written(tmp_path, whole_run("race").failure().finished("fail", 1))["report.json"])
    assert (False, [FAILURE["fingerprint"]]) == (without["history"]["known"], without["history"]["new"])
    assert ["races"] == without["not_tried"]
