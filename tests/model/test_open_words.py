"""Short words through open points: the answer is due whichever way the service has gone."""

from __future__ import annotations

from fuzz.model.alphabet import Alphabet, Kind, read_word, write_word
from fuzz.model.automaton import Mealy, documented_machine
from fuzz.model.open_words import open_words
from swagger.load import load_contract
from tests.model.machines import documented


def test_open_words_end_with_an_answer_that_both_readings_give() -> None:
    stores = documented_machine(load_contract(), Alphabet(), disable_stores=True)
    for word in open_words(documented()):
        assert documented().outputs(word) == stores.outputs(word)


def test_open_words_meet_every_answer_that_is_due_in_any_case() -> None:
    words = list(open_words(documented()))
    assert {documented().outputs(word)[-1] for word in words} == {"invalid", "already_exists", "success"}
    assert {len(word) for word in words} == {3}


def test_for_each_provider_there_is_one_word_for_each_answer() -> None:
    words = {
        ("create p0", "disable p0 a0", "send p0 a0"),
        ("create p0", "disable p0 a0", "send p1 a0"),
        ("create p0", "disable p0 a0", "create p0"),
        ("create p1", "disable p1 a1", "send p0 a0"),
        ("create p1", "disable p1 a1", "send p1 a1"),
        ("create p1", "disable p1 a1", "create p0"),
    }
    found = [tuple(write_word(word)) for word in open_words(documented())]
    assert (6, words) == (len(found), set(found))


def test_a_machine_without_open_points_has_none() -> None:
    assert [] == list(open_words(documented_machine(load_contract(), Alphabet(moves=()))))


def test_only_what_all_states_that_may_follow_answer_alike_is_asked() -> None:
    send, other = read_word(["send p0 a0", "send p0 a1"])
    table = {
        ("start", send): ("success", "one"),
        ("start", other): ("success", "far"),
        ("one", send): ("success", "one"),
        ("one", other): ("missing", "one"),
        ("two", send): ("invalid", "two"),
        ("two", other): ("missing", "two"),
        ("far", send): ("success", "one"),
        ("far", other): ("success", "far"),
    }
    left_open = {("far", send): frozenset({"two"}), ("start", send): frozenset({"two"})}
    machine = Mealy("start", (send, other), table, ((),), left_open)
    assert [(send, other)] == list(open_words(machine))


def test_open_points_behind_an_open_point_are_left_out() -> None:
    first = [word for word in open_words(documented(moves_name_all=True)) if word[-1].kind is Kind.CREATE]
    assert {3} == {len(word) for word in first}
    assert 4 == len(first)
