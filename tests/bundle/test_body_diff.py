"""Where a body differs from a plain one: what is told of it, and what is left when it is made plain."""

from __future__ import annotations

import pytest

from fuzz.bundle.body_diff import ABSENT, Difference, differences, without, written
from swagger.contract import Json

PLAIN: Json = {"sync": {"provider": "p"}, "items": [{"id": "1", "start": "s"}, {"id": "2", "start": "s"}]}

CASES: list[tuple[Json, list[str]]] = [
    (PLAIN, []),
    (
        {**PLAIN, "items": [{"id": "1", "start": "s", "title": "100 %"}, PLAIN["items"][1]]},
        ['items[0].title is "100 %"'],
    ),
    ({**PLAIN, "items": [PLAIN["items"][0], {"id": "2"}]}, ["items[1].start is missing"]),
    ({**PLAIN, "items": [PLAIN["items"][0], {"id": 2, "start": None}]}, ["items[1].id is 2", "items[1].start is null"]),
    ({**PLAIN, "items": []}, ["items is []"]),
    ({**PLAIN, "sync": "p", "more": {"a": True}}, ['sync is "p"', 'more is {"a": true}']),
    ({**PLAIN, "sync": {"provider": "é" * 100}}, [f'sync.provider is "{"é" * 39}… (102 characters)']),
    ({"items": PLAIN["items"]}, ["sync is missing"]),
    (5, ["the body is 5"]),
]


@pytest.mark.parametrize(("body", "told"), CASES, ids=range(len(CASES)))
def test_every_difference_is_told_and_can_be_taken_back(body: Json, told: list[str]) -> None:
    found = differences(body, PLAIN)
    assert told == [str(each) for each in found]
    assert PLAIN == without(body, found)


def test_one_and_true_are_two_values() -> None:
    assert (Difference(("a",), True, 1),) == differences({"a": True}, {"a": 1})


def test_some_differences_may_stay_and_the_body_stays_as_it_was() -> None:
    body = {**PLAIN, "sync": {"provider": "q"}, "more": 1}
    (_, more) = differences(body, PLAIN)
    assert (("more",), ABSENT) == (more.path, more.plain)
    assert {**PLAIN, "sync": {"provider": "q"}} == without(body, [more])
    assert 1 == body["more"]


def test_a_path_is_written_as_the_documents_write_it() -> None:
    assert "external_items[0].start_date" == written(("external_items", 0, "start_date"))


def test_what_is_absent_says_so() -> None:
    assert "ABSENT" == repr(ABSENT)
