"""Short words through an unspecified point: their last answer is due whichever way the service has gone."""

from __future__ import annotations

from fuzz.automaton.alphabet import Alphabet, read_word, write_word
from fuzz.automaton.mealy import Mealy, documented_machine
from fuzz.automaton.unspecified_words import words_through_unspecified
from fuzz.oracle.verdict import SUCCESS
from swagger.load import load_contract
from tests.automaton.machines import documented


def test_whatever_the_service_has_done_the_last_answer_is_the_same_or_none_is_a_success() -> None:
    machine = documented()
    for word in words_through_unspecified(machine):
        state = machine.after(word[:-2])
        after = {machine.after(word[:-1]), *machine.unspecified[state, word[-2]]}
        answers = {machine.step(possible, word[-1])[0] for possible in after}
        assert len(answers) == 1 or SUCCESS not in answers


def test_for_each_provider_and_move_there_are_words_that_send() -> None:
    words = {
        ("create p0", "connect p0 a0", "send p0 a0"),
        ("create p0", "connect p0 a0", "send p1 a0"),
        ("create p0", "disable p0 a0", "send p1 a0"),
        ("create p0", "disconnect p0 a0", "send p1 a0"),
        ("create p1", "disable p1 a1", "send p0 a0"),
    }
    found = [tuple(write_word(word)) for word in words_through_unspecified(documented())]
    assert (5, words) == (len(found), set(found))


def test_a_machine_without_unspecified_points_has_no_such_words() -> None:
    assert [] == list(words_through_unspecified(documented_machine(load_contract(), Alphabet(moves=()))))


def test_an_input_that_the_possible_states_answer_differently_is_not_used() -> None:
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
    unspecified = {("far", send): frozenset({"two"}), ("start", send): frozenset({"two"})}
    machine = Mealy("start", (send, other), table, ((),), unspecified)
    assert [(send, other)] == list(words_through_unspecified(machine))


def test_unspecified_points_behind_another_one_are_left_out() -> None:
    assert {3} == {len(word) for word in words_through_unspecified(documented(moves_name_all=True))}
