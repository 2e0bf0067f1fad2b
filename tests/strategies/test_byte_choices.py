"""Choices read from bytes."""

from __future__ import annotations

from hypothesis import find
from hypothesis import strategies as st

from strategies.byte_choices import SIMPLEST, Picks, picked


def test_no_bytes_and_zero_bytes_choose_the_first_option() -> None:
    for data in (SIMPLEST, bytes(8)):
        picks = Picks(data)

        assert (picks.of(["first", "second"]), picks.number(100_000), picks.one_in(2)) == ("first", 0, False)


def test_every_option_of_a_short_a_long_and_a_very_long_list_can_be_chosen() -> None:
    for limit, size in ((3, 1), (300, 2), (70_000, 4)):
        chosen = {Picks(number.to_bytes(size, "big")).number(limit) for number in range(limit)}

        assert set(range(limit)) == chosen


def test_stretched_bytes_hang_on_three_bytes_together_and_are_the_simplest_when_these_are_zero() -> None:
    assert Picks(bytes(3)).stretched().number(100) == 0
    assert Picks(b"abc").stretched().number(10**6) == Picks(b"abc").stretched().number(10**6)
    assert Picks(b"abc").stretched().number(10**6) != Picks(b"abd").stretched().number(10**6)


def test_stretching_moves_on_by_three_bytes() -> None:
    picks = Picks(b"abc\x07")
    picks.stretched()

    assert picks.number(4) == 3


def test_a_picked_strategy_shrinks_to_what_no_bytes_choose() -> None:
    def pair(picks: Picks) -> tuple[int, int]:
        return picks.number(1000), picks.number(1000)

    assert find(picked(pair, size=8), lambda _: True) == (0, 0)
    assert find(picked(pair, size=8), lambda pair: pair[1] >= 500)[0] == 0
    assert isinstance(picked(pair, size=8), st.SearchStrategy)
