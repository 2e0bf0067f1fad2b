"""Texts from outside, made fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.report.text import counted, cut_in_the_middle, duration, visible, visible_block


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_visible_can_be_encoded_and_holds_no_control(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ✓ 日本 😀", "plain ✓ 日本 😀"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202egnp", "\\u202egnp"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\uffff", "\\uffff"),
        (None, ""),
        (42, "42"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: object, shown: str) -> None:
    assert shown == visible(text)


def test_a_block_keeps_its_line_ends_and_no_other_control() -> None:
    assert "a\nb\tc\\rd\\x00" == visible_block("a\r\nb\tc\rd\x00")


def test_a_long_text_is_cut_and_says_how_long_it_is() -> None:
    assert "xxx… (1,234 characters)" == visible("x" * 1234, limit=3)
    assert "xxx" == visible("xxx", limit=3)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (58.2, "58 s"), (119, "119 s"), (300, "5 min"), (3725, "1 h 02 min")],
)
def test_a_duration_is_as_precise_as_its_reader_needs(seconds: float, shown: str) -> None:
    assert shown == duration(seconds)


def test_counts_agree_with_their_noun() -> None:
    assert ["0 requests", "1 request", "2,412 requests"] == [counted(number, "request") for number in (0, 1, 2412)]


def test_a_name_that_is_too_long_loses_its_middle() -> None:
    assert "short" == cut_in_the_middle("short", 5)
    assert ("ab…yz", "abc…yz") == (cut_in_the_middle("abcdefxyz", 5), cut_in_the_middle("abcdefxyz", 6))
