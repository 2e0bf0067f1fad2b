"""A machine is made of recorded words, and told only if the words leave little to guess."""

from __future__ import annotations

from typing import cast

import pytest

from fuzz.automaton.alphabet import read_word
from fuzz.automaton.mealy import Mealy, differences
from fuzz.events.types import ExchangeEvent
from fuzz.learning import passive
from fuzz.learning.passive import learn_passively
from tests.learning.journals import actions, journal_of_the_suite, journalled, words_of


def test_the_words_of_the_suite_give_the_documented_machine() -> None:
    learned = learn_passively(words_of(journal_of_the_suite()))
    assert learned.machine is not None
    assert () == differences(learned.documented, learned.machine)
    assert () == learned.twice


def test_a_fault_that_the_words_show_is_in_the_machine() -> None:
    words = words_of(journal_of_the_suite("disabled-never-said"))
    learned = learn_passively(words)
    assert learned.machine is not None
    found = differences(learned.documented, learned.machine)
    assert {("invalid", "success")} == {(each.documented, each.observed) for each in found}
    assert {("invalid", "success")} == set(words.failures)


def test_few_words_give_no_machine() -> None:
    learned = learn_passively(words_of(journal_of_the_suite()[:200]))
    assert learned.machine is None
    assert "not every input was tried in every state" == learned.why


def test_two_answers_to_the_same_inputs_give_no_machine() -> None:
    word = actions("create p0", "send p0 a0")
    other = [{**event, "scenario": 2} for event in journalled([word], fault="fresh-said-missing")]
    learned = learn_passively(words_of([*journalled([word]), *cast(list[ExchangeEvent], other)]))
    assert learned.machine is None
    assert read_word(["create p0", "send p0 a0"]) == learned.twice


def test_a_machine_that_differs_where_nothing_was_seen_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    words = words_of(journal_of_the_suite())
    honest = learn_passively(words).machine
    assert honest is not None
    invented = {at: ("missing" if said == "invalid" else said, after) for at, (said, after) in honest.table.items()}
    monkeypatch.setattr(passive, "_merged", lambda *_: Mealy(honest.initial, honest.inputs, invented))
    learned = learn_passively(words)
    assert learned.machine is None
    assert "the machine that AALpy makes of them differs where nothing was seen" == learned.why
