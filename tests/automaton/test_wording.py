"""Inputs, words and states in words: the names of a naming stand in place of numbers."""

from __future__ import annotations

import pytest

from fuzz.automaton.alphabet import read_word
from fuzz.automaton.concretise import Naming
from fuzz.automaton.wording import Wording
from fuzz.oracle.state import CalendarSync

WORDING = Wording(Naming(("google_v3", "outlook_v1.0"), ("a@example.com", "b@example.com")))


def test_a_word_names_what_each_input_names() -> None:
    word = read_word(["create p0", "send p0 a0", "disable p1 a1"])
    said = "create google_v3 · send google_v3, a@example.com · disable outlook_v1.0, b@example.com"
    assert said == WORDING.word(word)


def test_an_account_beyond_the_naming_is_named_too() -> None:
    assert "send google_v3, n2.a@example.com" == WORDING.word(read_word(["send p0 a2"]))


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (["send p0 a0", "disable p0 a0"], "send and disable google_v3, a@example.com"),
        (["send p1 a0", "send p1 a1"], "send outlook_v1.0, a@example.com or b@example.com"),
        (["create p0", "create p1"], "create google_v3 | outlook_v1.0"),
        (["create p0", "send p0 a1"], "create google_v3; send google_v3, b@example.com"),
        (["send p0 a0", "send p1 a1"], "send google_v3, a@example.com | outlook_v1.0, b@example.com"),
    ],
)
def test_several_inputs_say_once_what_they_share(inputs: list[str], said: str) -> None:
    assert said == WORDING.inputs(read_word(inputs))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "none"),
        (CalendarSync("p1"), "fresh (outlook_v1.0)"),
        (CalendarSync("p0", "a1"), "bound (google_v3, b@example.com)"),
        (CalendarSync("p0", "a0", disabled=True), "disabled (google_v3, a@example.com)"),
    ],
)
def test_a_state_is_named_as_in_reports(state: CalendarSync | None, said: str) -> None:
    assert said == WORDING.state(state)


def test_a_name_that_could_be_misread_is_quoted() -> None:
    odd = Wording(Naming(("google_v3",), ("a@example.com", " a@example.com")))
    assert 'send google_v3, " a@example.com"' == odd.word(read_word(["send p0 a1"]))
