"""Exchanges become words of one staff member and scenario; what the alphabet cannot say ends a word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from fuzz.automaton.alphabet import read_word
from fuzz.events.types import ExchangeEvent
from fuzz.learning.journalled_words import JournalledWords
from fuzz.oracle.actions import Action, AtOnce, MoveSync, SendItems, Token
from tests.learning.journals import actions, journal_of_the_suite, journalled, words_of

CREATE, BIND, REFUSED = actions("create p0", "send p0 a0", "send p0 a1")


def recorded(words: JournalledWords) -> dict[str, list[str]]:
    """The words as text, each with its answers."""
    return {" · ".join(map(str, word)): sorted(answers) for word, answers in words.answers.items()}


def changed(event: ExchangeEvent, **changes: Any) -> ExchangeEvent:
    return cast(ExchangeEvent, {**event, **changes})


def test_a_scenario_is_a_word_with_an_answer_to_each_input() -> None:
    words = words_of(journalled([[CREATE, BIND, REFUSED, *actions("disable p0 a0", "send p0 a0")]]))
    begin = "create p0 · send p0 a0 · send p0 a1"
    assert {
        "create p0": ["success"],
        "create p0 · send p0 a0": ["success"],
        begin: ["already_exists"],
        f"{begin} · disable p0 a0": ["success"],
        f"{begin} · disable p0 a0 · send p0 a0": ["invalid"],
    } == recorded(words)
    assert (5, 5) == (words.exchanges, words.used)


def test_accounts_are_numbered_as_they_are_first_named() -> None:
    words = words_of(journalled([actions("create p1", "send p1 a1", "send p1 a0")]))
    assert "create p1 · send p1 a0 · send p1 a1" in recorded(words)


def test_the_error_of_a_sibling_is_its_own() -> None:
    words = words_of(journalled([actions("create p0", "disconnect p0 a0", "connect p0 a0")]))
    assert ["connect.missing"] == recorded(words)["create p0 · disconnect p0 a0 · connect p0 a0"]


def test_the_staff_members_of_a_scenario_have_a_word_each() -> None:
    words = words_of(journalled([[CREATE, *actions("create p1", "send p1 a0", staff=1), BIND]]))
    assert {"create p0", "create p1", "create p1 · send p1 a0", "create p0 · send p0 a0"} == set(recorded(words))


BROKEN = replace(cast(SendItems, BIND), body={**cast(SendItems, BIND).body, "external_items": 5})
NOT_SAID: dict[str, Action] = {
    "a payload that breaks a rule": BROKEN,
    "a body that is not JSON": SendItems(0, None, raw="{"),
    "an unlisted provider": MoveSync(
        0, cast(MoveSync, actions("connect p0 a0")[0]).move, "exchange_v1", "a@example.com"
    ),
    "no token": replace(cast(SendItems, BIND), token=Token.NONE),
    "the admin's token": replace(cast(SendItems, BIND), token=Token.ADMIN),
    "two at once": AtOnce(cast(SendItems, BIND), cast(SendItems, REFUSED)),
}


@pytest.mark.parametrize("odd", NOT_SAID.values(), ids=NOT_SAID)
def test_an_exchange_that_the_alphabet_cannot_say_ends_the_word_until_the_next_create(odd: Action) -> None:
    words = words_of(journalled([[CREATE, odd, BIND, *actions("create p1", "send p1 a0")]]))
    assert {"create p0", "create p1", "create p1 · send p1 a0"} == set(recorded(words))
    assert 3 == words.used


def test_a_third_account_ends_the_word() -> None:
    words = words_of(journalled([[CREATE, BIND, REFUSED, *actions("send p0 a2", "send p0 a0")]]))
    assert 3 == words.used


def test_a_lost_answer_ends_the_word() -> None:
    events = list(journalled([[CREATE, BIND, REFUSED]]))
    events[1] = changed(events[1], seen=None, answer=None, lost="timeout")
    assert {"create p0": ["success"]} == recorded(words_of(events))


def test_a_request_that_was_sent_twice_ends_the_word() -> None:
    events = list(journalled([[CREATE, BIND, REFUSED]]))
    events[1] = changed(events[1], lost_attempts=1)
    assert {"create p0": ["success"]} == recorded(words_of(events))


def test_what_ends_a_word_ends_those_of_the_other_staff_members_too() -> None:
    words = words_of(journalled([[CREATE, *actions("create p0", staff=1), BROKEN, *actions("send p0 a0", staff=1)]]))
    assert {"create p0"} == set(recorded(words))


def test_a_new_scenario_begins_a_new_word() -> None:
    words = words_of(journalled([[CREATE, BIND], [CREATE, BIND]]))
    assert {"create p0", "create p0 · send p0 a0"} == set(recorded(words))
    assert 4 == words.used


@pytest.mark.parametrize(
    "odd", [{"request": {"id": "x"}}, {"breaks": 5}, {"act": "fly"}, {"seen": "teapot"}, {"seen": "200 tried"}]
)
def test_an_exchange_that_cannot_be_read_is_left_out(odd: dict[str, Any]) -> None:
    events = list(journalled([[CREATE, BIND]]))
    words = words_of([events[0], changed(events[1], **odd)])
    assert (2, 1) == (words.exchanges, words.used)


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("500", "server error"),
        ("302", "undocumented status"),
        ("200 malformed", "malformed"),
        ("404 refusal", "refusal"),
    ],
)
def test_a_label_stands_for_an_answer(label: str, answer: str) -> None:
    events = list(journalled([[CREATE, BIND]]))
    words = words_of([events[0], changed(events[1], seen=label)])
    assert [answer] == recorded(words)["create p0 · send p0 a0"]


def test_each_word_counts_in_every_naming_of_the_alphabet() -> None:
    words = words_of(journalled([[CREATE, REFUSED], actions("create p0", "disable p0 a0")]))
    named = {" · ".join(map(str, word)) for word in words.in_every_naming()}
    sends = {f"create {p} · send {p} {a}" for p in ("p0", "p1") for a in ("a0", "a1")}
    disables = {"create p0 · disable p0 a0", "create p1 · disable p1 a1"}
    assert {"create p0", "create p1"} | sends | disables == named


def test_a_failure_is_kept_with_its_shortest_word_and_counted() -> None:
    scenarios = [actions("create p0", *["send p0 a0"] * sent, "send p0 a1") for sent in (2, 1, 3)]
    words = words_of(journalled(scenarios, fault="account-not-compared"))
    ((key, failure),) = words.failures.items()
    assert ("already_exists", "success") == key
    assert read_word(["create p0", "send p0 a0", "send p0 a1"]) == failure.word
    assert 3 == failure.count


def test_every_exchange_of_the_suite_is_used() -> None:
    events = journal_of_the_suite()
    assert len(events) == words_of(events).used
