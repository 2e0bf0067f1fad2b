"""What is new in a run, by its events and by the lines that earlier runs have left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fuzz.events.history import News, comes_and_goes, earlier_runs, line_of, news_of
from fuzz.events.summary import Summary, summarise
from fuzz.events.types import Event

TONIGHT = "2025-03-08"


def run(
    night: str = TONIGHT,
    *,
    failing: Mapping[str, bool] | None = None,
    accepted: tuple[str, ...] = (),
    replayed: Mapping[str, str] | None = None,
    earlier: Event | None = None,
) -> Summary:
    """A run. `failing`: whether each failure comes and goes, by its name. `replayed`: the outcomes of kept ones."""
    started: dict[str, Any] = {
        "event": "run_started",
        "at": f"{night}T02:00:00Z",
        "run": "7c1f",
        "command": "run",
        "target": "staging",
        "clauses": [],
    }
    failures = [
        {
            "event": "failure",
            "fingerprint": name,
            "clause": name,
            "situation": "none",
            "detail": "",
            "observed": "200",
            "reproduced": "1/3" if intermittent else "3/3",
            "intermittent": intermittent,
            "accepted": {"reason": "known", "expires": None} if name in accepted else None,
        }
        for name, intermittent in (failing or {}).items()
    ]
    outcomes = [
        {"event": "regression", "fingerprint": name, "outcome": what} for name, what in (replayed or {}).items()
    ]
    return summarise([started, *([earlier] if earlier else []), *outcomes, *failures])


def week(nights: str, *, name: str = "f") -> Event:
    """What is known after nights on which a failure was f failing, i intermittent, p passed, or - not tried."""
    runs = [
        run(
            f"2025-03-{day:02}",
            failing={name: outcome == "i"} if outcome in "fi" else {},
            replayed={name: "passed"} if outcome == "p" else {},
        )
        for day, outcome in enumerate(nights, start=8 - len(nights))
    ]
    return earlier_runs(line_of(each, base_url="") for each in runs)


def news(nights: str, tonight: str) -> News:
    """The news of one more night. `tonight`: as in `week`, or n: it was tried, and the run cannot tell."""
    replayed = {"p": {"f": "passed"}, "n": {"f": "cannot tell"}}.get(tonight, {})
    failing = {"f": tonight == "i"} if tonight in ("f", "i") else {}
    found = news_of(run(failing=failing, replayed=replayed, earlier=week(nights)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("nights", "tonight", "kind"),
    [
        ("", "f", "new"),
        ("", "i", "new"),
        ("f", "f", "failing"),
        ("ffff", "f", "failing"),
        ("f", "p", "fixed"),
        ("fp", "p", None),
        ("fp", "f", "new"),
        ("fp", "-", None),
        ("f", "-", "not_tried"),
        ("f", "n", "not_tried"),
        ("f-", "f", "failing"),
        ("i", "i", "flaky"),
        ("i", "f", "flaky"),
        ("f", "i", "flaky"),
        ("i", "p", "flaky"),
        ("ip", "-", "not_tried"),
        ("ippppp", "p", "flaky"),
        ("ipppppp", "p", "fixed"),
        ("fpfp", "f", "flaky"),
        ("fpf", "p", "fixed"),
    ],
)
def test_a_failure_is_new_fixed_failing_flaky_or_not_tried(nights: str, tonight: str, kind: str | None) -> None:
    found = news(nights, tonight)
    lists = {name: getattr(found, name) for name in ("new", "fixed", "failing", "flaky", "not_tried")}
    assert {name: ("f",) if name == kind else () for name in lists} == lists
    assert kind is None or found.names["f"] == "f in none: 200"


@pytest.mark.parametrize(("nights", "in_a_row"), [("f", 2), ("fff", 4), ("pfff", 4), ("fpff", 3), ("f--", 2)])
def test_a_failure_fails_for_the_nights_in_a_row_on_which_it_was_tried(nights: str, in_a_row: int) -> None:
    assert {"f": in_a_row} == news(nights, "f").nights


@pytest.mark.parametrize(
    ("nights", "often"), [("i", (2, 2)), ("ip", (2, 3)), ("ipppppp", (1, 7)), ("ppippp", (2, 5)), ("i--p", (2, 3))]
)
def test_a_flaky_failure_comes_on_some_of_the_last_seven_nights_that_tried_it(
    nights: str, often: tuple[int, int]
) -> None:
    assert {"f": often} == news(nights, "i").often


def test_the_last_run_of_a_night_counts_for_the_night() -> None:
    runs = [
        run(TONIGHT, failing={"f": False, "g": False}),
        run(TONIGHT, failing={"f": False}, replayed={"g": "passed"}),
    ]
    earlier = earlier_runs(line_of(each, base_url="") for each in runs)
    assert [("f", "f", 1)] == [(each["fingerprint"], each["outcomes"], each["nights"]) for each in earlier["known"]]
    found = news_of(run(failing={"f": False, "g": False}, earlier=earlier))
    assert found is not None
    assert (("g",), ("f",), {"f": 1}) == (found.new, found.failing, found.nights)


def test_an_accepted_failure_is_no_news_and_known_when_it_is_no_longer_accepted() -> None:
    accepted = run("2025-03-07", failing={"f": False}, accepted=("f",))
    earlier = earlier_runs([line_of(accepted, base_url="")])
    still = news_of(run(failing={"f": False}, accepted=("f",), earlier=earlier))
    expired = news_of(run(failing={"f": False}, earlier=earlier))
    assert still is not None
    assert expired is not None
    assert ((), (), ("f",)) == (still.failing, still.not_tried, expired.failing)


def test_a_kept_failure_in_whose_place_another_one_came_is_neither_fixed_nor_failing() -> None:
    found = news_of(run(failing={"g": False}, replayed={"f": "failed"}, earlier=week("f")))
    assert found is not None
    assert (("g",), ("f",), ()) == (found.new, found.not_tried, found.fixed)


def test_a_kept_failure_that_came_again_under_another_name_is_known_by_that_one() -> None:
    known = [{**each, "name": "g in none: 200"} for each in week("ff")["known"]]
    found = news_of(run(failing={"g": False}, replayed={"f": "failed"}, earlier={**week("ff"), "known": known}))
    assert found is not None
    assert (("g",), (), (), {"g": 3}) == (found.failing, found.new, found.not_tried, found.nights)
    both = [*known, {**known[0], "fingerprint": "g", "outcomes": "f", "nights": 1}]
    found = news_of(run(failing={"g": False}, replayed={"f": "failed"}, earlier={**week("ff"), "known": both}))
    assert found is not None
    assert (("g",), (), {"g": 2}) == (found.failing, found.not_tried, found.nights)


def test_without_a_history_nothing_is_new_or_old() -> None:
    assert None is news_of(run(failing={"f": False}))


def test_what_is_long_gone_is_not_known_any_more() -> None:
    assert [] == week("fppppppp")["known"]
    assert 8 == week("fppppppp")["runs"]


def test_a_line_says_what_failed_what_passed_and_what_was_done() -> None:
    line = line_of(
        run(failing={"f": True}, accepted=("f",), replayed={"g": "passed", "h": "rests"}), base_url="http://t"
    )
    assert (1, "staging", "http://t", ["g"], "inconclusive") == (
        line["version"],
        line["target"],
        line["base_url"],
        line["passed"],
        line["verdict"],
    )
    failure = {
        "fingerprint": "f",
        "name": "f in none: 200",
        "reproduced": "1/3",
        "intermittent": True,
        "accepted": True,
    }
    assert [failure] == line["failures"]
    assert "commit" not in line


@pytest.mark.parametrize(
    ("nights", "flaky"), [("ffff", False), ("fpf", False), ("fpfpf", True), ("pppi", True), ("pfpf", True)]
)
def test_one_return_is_a_relapse_and_two_are_a_habit(nights: str, flaky: bool) -> None:
    assert flaky is comes_and_goes(nights)
