"""The order of words: what kills most mutants a request comes first, and nothing is lost or added."""

from __future__ import annotations

from hypothesis import given, settings

from fuzz.automaton.alphabet import Alphabet, Word
from fuzz.automaton.mealy import Mealy, documented_machine
from fuzz.automaton.word_order import likeliest_first
from fuzz.automaton.wp_method import suite
from swagger.load import load_contract
from tests.automaton.machines import small_machines

MACHINE = documented_machine(load_contract(), Alphabet())


def killed(machine: Mealy, words: list[Word], requests: int) -> int:
    """How many mutants with a wrong answer or a wrong next state the first requests of these words kill."""
    first: list[Word] = []
    for word in words:
        if sum(map(len, first)) + len(word) > requests:
            break
        first.append(word)
    return sum(
        any(mutant.outputs(word) != machine.outputs(word) for word in first)
        for at, (output, after) in machine.table.items()
        if at[0] in machine.states
        for step in [("other", after), *((output, other) for other in machine.states if other != after)]
        for mutant in [Mealy(machine.initial, machine.inputs, {**machine.table, at: step}, machine.starts)]
    )


@settings(max_examples=50)
@given(small_machines())
def test_the_order_has_every_word_once(machine: Mealy) -> None:
    words = list(suite(machine))

    assert sorted(words, key=repr) == sorted(likeliest_first(machine, words), key=repr)


def test_half_of_the_requests_kill_more_than_half_of_the_mutants_that_shortest_first_leaves() -> None:
    words = list(suite(MACHINE))
    every = killed(MACHINE, words, 10_000)
    by_length, by_kills = (killed(MACHINE, order, 150) for order in (words, likeliest_first(MACHINE, words)))

    assert every - by_kills < (every - by_length) / 1.2


def test_the_first_words_show_each_state_error_and_use_each_kind_of_input() -> None:
    first = likeliest_first(MACHINE, suite(MACHINE))[:12]

    assert {"success", "missing", "already_exists", "invalid"} <= {
        output for word in first for output in MACHINE.outputs(word)
    }
    assert {symbol.kind for word in first for symbol in word} == {symbol.kind for symbol in MACHINE.inputs}
