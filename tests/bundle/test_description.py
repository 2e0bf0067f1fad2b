"""A description read back: what makes it a bundle, what a bundle says of itself, and the edges of the small rules."""

from __future__ import annotations

from typing import Any

import pytest

from fuzz.bundle.description import StepsAtOnce, numbered, shown, urls, whose_variable
from fuzz.bundle.failure_json import BundleError, read_bundle, times_of
from fuzz.oracle.actions import AtOnce, Create, Move, MoveSync
from swagger.contract import Json

TEXTS = ("fingerprint", "clause", "says", "where", "situation", "expected", "observed")
CREATE = {"do": "create", "staff": 0, "provider": "google_v3"}


def described(**changes: Json) -> dict[str, Any]:
    return {"version": 1, **{name: f"its {name}" for name in TEXTS}, "actions": [CREATE], **changes}


def test_a_bundle_says_what_its_description_says() -> None:
    steps = [{"number": 1}, {"at_once": [{"number": 2}, "no step", {"number": 3}]}, "no step"]
    bundle = read_bundle(described(target={"name": "staging"}, steps=steps, reproduced="1/2"))
    assert ("its fingerprint", "its clause", "its observed") == (bundle.fingerprint, bundle.clause, bundle.observed)
    assert ("staging", 10) == (bundle.target, bundle.times)
    assert [{"number": number} for number in (1, 2, 3)] == bundle.steps
    assert (Create(0, "google_v3"),) == bundle.actions


def test_actions_are_read_in_their_order() -> None:
    move = {"do": "disable", "staff": 1, "provider": "p", "account": "a"}
    bundle = read_bundle(described(actions=[move, {"do": "at_once", "first": CREATE, "second": move}]))
    moved = MoveSync(1, Move.DISABLE, "p", "a")
    assert (moved, AtOnce(Create(0, "google_v3"), moved)) == bundle.actions


@pytest.mark.parametrize("target", [None, "a text", {}, {"name": ""}])
def test_a_target_without_a_name_has_an_empty_one(target: Json) -> None:
    assert "" == read_bundle(described(target=target)).target


@pytest.mark.parametrize("steps", [None, "steps", {}, []])
def test_steps_that_cannot_be_read_are_none(steps: Json) -> None:
    assert [] == read_bundle(described(steps=steps)).steps


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([], "is not a JSON object"),
        ({}, "has no version: it is no bundle"),
        (described(version=True), "has no version: it is no bundle"),
        (described(version=2), "is of the newer version 2; this calfuzz reads version 1"),
        (described(version=0), "is of the unknown version 0; this calfuzz reads version 1"),
        (described(clause=3), "clause is not a text"),
        ({name: value for name, value in described().items() if name != "says"}, "says is missing"),
        (described(actions="create"), "actions is not a list of actions"),
        (described(actions=[]), "actions is not a list of actions"),
        (described(actions=[{}]), "actions hold not an action: KeyError('do') in {}"),
    ],
)
def test_what_is_no_bundle_is_refused_with_the_reason(value: Json, why: str) -> None:
    with pytest.raises(BundleError) as error:
        read_bundle(value)
    assert why == str(error.value)


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_must_be_there(name: str) -> None:
    with pytest.raises(BundleError, match=f"^{name} is not a text$"):
        read_bundle(described(**{name: None}))


@pytest.mark.parametrize(
    ("reproduced", "times"),
    [("1/3/3", 1), ("1/", 1), ("/3", 1), ("1/1", 1), ("1/0", 1), ("99/100", 2), ("999999/1000000", 1), ("1/15", 100)],
)
def test_a_count_that_cannot_be_read_is_taken_for_always(reproduced: str, times: int) -> None:
    assert times == times_of({"actions": [CREATE], "reproduced": reproduced})


@pytest.mark.parametrize(("says", "needs"), [(True, True), (False, False), ("yes", False), (None, False)])
def test_a_bundle_needs_its_past_only_where_it_says_so(says: Json, needs: bool) -> None:
    assert needs is read_bundle(described(needs_past=says)).needs_history


def test_without_a_count_a_failure_is_tried_once() -> None:
    assert 1 == times_of({"actions": [CREATE]})


def test_a_pair_of_which_one_request_is_known_is_listed_singly() -> None:
    step, other = {"does": "send"}, {"does": "create"}
    described_steps = {
        "steps": [{"at_once": [step], "together": None}, other, {"at_once": [other, step], "together": []}]
    }
    one, two, three, four = ({**each, "number": place} for place, each in enumerate((step, other, other, step), 1))
    assert [one, two, StepsAtOnce((three, four), [])] == numbered(described_steps)


def test_a_long_text_is_cut() -> None:
    assert ("x" * 400, "x" * 399 + "…") == (shown("x" * 400), shown("x" * 401))
    assert ("abc", "ab…") == (shown("abc", longest=3), shown("abcd", longest=3))


@pytest.mark.parametrize(
    ("base", "fallback", "endings"),
    [
        ("http://h/v1/a", "http://h/v2/a", ("/v1/a", "/v2/a")),
        ("http://h/api", "http://h/api/v2", ("/api", "/api/v2")),
        ("http://h/api/v2", "http://h/api", ("/api/v2", "/api")),
        ("http://h/ab", "http://h/ac", ("/ab", "/ac")),
        ("http://h/a/", "http://h/a/b", ("/", "/b")),
        ("https://h/a", "http://h/b", ("", "")),
    ],
)
def test_gateways_are_cut_where_their_paths_part(base: str, fallback: str, endings: tuple[str, str]) -> None:
    assert (base, fallback, *endings) == urls({"base_url": base, "fallback_url": fallback})


@pytest.mark.parametrize(
    ("name", "whose", "resolved"),
    [
        ("calendar_sync_uid", "staff_2", ("staff_2", "calendar_sync_uid")),
        ("other_calendar_sync_uid", "staff", ("staff_2", "calendar_sync_uid")),
        ("other_calendar_sync_uid", "staff_2", ("staff", "calendar_sync_uid")),
    ],
)
def test_another_ones_calendar_is_that_of_the_other_of_two(name: str, whose: str, resolved: tuple[str, str]) -> None:
    assert resolved == whose_variable(name, {"for": whose})
