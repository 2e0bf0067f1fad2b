"""Values of files against the types that the code has for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

import pytest

from fuzz.events.shapes import DEEPEST, misfit, read_as


class Inner(TypedDict):
    """An entry of the outer type."""

    count: int


class Outer(TypedDict):
    """One key of each type that a file may have."""

    text: str
    flag: bool
    seconds: float
    kind: Literal["a", "b"]
    listed: list[Inner]
    named: Mapping[str, int | None]
    pairs: list[tuple[bool, int]]
    any: Any
    later: NotRequired[str]


GOOD: dict[str, Any] = {
    "text": "x",
    "flag": False,
    "seconds": 1,
    "kind": "a",
    "listed": [{"count": 1, "more": []}],
    "named": {"x": None, "y": 3},
    "pairs": [[True, 1]],
    "any": {"x": [1.5, "y", None]},
}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_a_value_of_the_shape_fits_and_what_the_type_does_not_name_is_let_through() -> None:
    assert misfit({**GOOD, "unknown": nested(500)}, Outer) is None
    assert misfit({**GOOD, "later": "x", "any": nested(DEEPEST - 1)}, Outer) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": None}, "text is not a text"),
        ({"flag": 0}, "flag is not true or false"),
        ({"seconds": True}, "seconds is not a number"),
        ({"seconds": float("nan")}, "seconds is not a number"),
        ({"seconds": 10**400}, "seconds is not a number"),
        ({"kind": "c"}, "kind is not a or b"),
        ({"kind": []}, "kind is not a or b"),
        ({"listed": {}}, "listed is not a list"),
        ({"listed": [{"count": 1}, {}]}, "listed[1].count is missing"),
        ({"listed": [{"count": 1.5}]}, "listed[0].count is not a number"),
        ({"named": []}, "named is not an object"),
        ({"named": {"x": "3"}}, "named[x] is not a number"),
        ({"pairs": [[True]]}, "pairs[0] is not a list of 2"),
        ({"pairs": [[1, 1]]}, "pairs[0] is not true or false"),
        ({"any": nested(DEEPEST)}, "any is nested too deeply"),
        ({"any": [{"x": 10**4001}]}, "any holds a number that is too large"),
        ({"later": 3}, "later is not a text"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(change: dict[str, Any], says: str) -> None:
    assert says == misfit({**GOOD, **change}, Outer)


def test_a_key_that_is_needed_may_be_missing_only_where_the_caller_says_so() -> None:
    part = {"text": "x", "listed": [{}]}
    assert "flag is missing" == misfit(part, Outer)
    assert "listed[0].count is missing" == misfit(part, Outer, whole=False)
    assert misfit({"text": "x"}, Outer, whole=False) is None


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b"\xff", b"9" * 5000, b"[]", b'{"count": "1"}', "\ud800"])
def test_a_text_of_another_shape_is_read_as_nothing(text: bytes | str) -> None:
    assert read_as(text, Inner) is None


def test_a_text_of_the_shape_is_read() -> None:
    assert {"count": 1} == read_as(b'{"count": 1}', Inner)
