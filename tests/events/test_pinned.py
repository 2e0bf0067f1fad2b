"""The observations that are not as pinned, grouped by what the server changed."""

from __future__ import annotations

from fuzz.events.pinned import changes_of
from fuzz.events.summary import Summary, summarise
from fuzz.events.types import Event


def changed(feature: str, situation: str, pinned: list[str], seen: list[str]) -> Event:
    return {
        "event": "observation_changed",
        "feature": feature,
        "situation": situation,
        "pinned": pinned,
        "seen": seen,
    }


def summary(*events: Event) -> Summary:
    return summarise(events)


def test_one_change_of_the_server_is_one_line_however_many_observations_show_it() -> None:
    events = [
        changed(f"f{number}", place, ["200"], ["422 refusal"]) for number in range(15) for place in ("fresh", "matched")
    ]
    [change] = changes_of(summary(*events, changed("f15", "matched", ["200", "404"], ["404", "422 refusal"])))
    assert 31 == change.count
    assert "200, now 422 refusal: f0, f1, f2 and 13 more features, in fresh, matched" == change.line


def test_changes_stand_by_how_many_observations_show_them() -> None:
    lines = [
        change.line
        for change in changes_of(
            summary(
                changed("a", "fresh", ["200"], ["200", "500"]),
                changed("b", "fresh", ["400 refusal"], ["200"]),
                changed("c", "fresh", ["400 refusal"], ["200"]),
            )
        )
    ]
    assert ["400 refusal, now 200: b, c, in fresh", "200, now 500: a, in fresh"] == lines
    assert [] == changes_of(summary())


def test_a_feature_that_is_answered_by_its_situation_now_is_one_line() -> None:
    refused, token = ["403 refusal"], "other staff token"
    events = [changed(token, "fresh", refused, ["200"]), changed(token, "none", refused, ["422 missing"])]
    [change] = changes_of(summary(*events))
    assert (2, "403 refusal, now 200, 422 missing: other staff token, in fresh, none") == (change.count, change.line)
