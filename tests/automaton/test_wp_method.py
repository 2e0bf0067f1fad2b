"""The guarantee of the suites: every machine with few enough states that is not equivalent is told apart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from itertools import combinations, islice

import pytest
from aalpy.oracles import WMethodEqOracle
from aalpy.SULs import MealySUL
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fuzz.automaton.alphabet import Alphabet, Input, InputKind, Word
from fuzz.automaton.mealy import Mealy, State, cover, documented_machine, shortest_difference
from fuzz.automaton.wp_method import state_identifiers, suite, words_after_recreations
from fuzz.oracle.actions import Move
from fuzz.oracle.state import CalendarSync
from swagger.load import load_contract
from tests.automaton.machines import Table, documented, for_aalpy, mutants, small_machines, suite_size, words_of


def kills(words: Iterable[Word], machine: Mealy, mutant: Mealy) -> bool:
    return any(machine.outputs(word) != mutant.outputs(word) for word in words)


@settings(max_examples=150)
@given(st.data(), small_machines(), st.integers(0, 1))
def test_every_different_machine_with_few_more_states_is_killed(
    data: st.DataObject, machine: Mealy, depth: int
) -> None:
    mutant = data.draw(mutants(machine, extra=depth))
    assert kills(suite(machine, depth=depth), machine, mutant) is (shortest_difference(machine, mutant) is not None)


@settings(max_examples=60)
@given(st.data(), small_machines(max_states=3))
def test_every_different_machine_with_two_more_states_is_killed_at_depth_2(data: st.DataObject, machine: Mealy) -> None:
    mutant = data.draw(mutants(machine, extra=2))
    assert kills(suite(machine, depth=2), machine, mutant) is (shortest_difference(machine, mutant) is not None)


@settings(max_examples=150)
@given(small_machines(max_states=3), small_machines(max_states=4))
def test_unrelated_machines_are_told_apart(machine: Mealy, other: Mealy) -> None:
    assume(machine.inputs == other.inputs)
    depth = max(0, len(other.states) - len(machine.states))
    assert kills(suite(machine, depth=depth), machine, other) is (shortest_difference(machine, other) is not None)


@settings(max_examples=150)
@given(st.data())
def test_every_different_service_with_one_more_state_is_killed_at_depth_1(data: st.DataObject) -> None:
    machine = documented()
    mutant = data.draw(mutants(machine, extra=1))
    assert kills(words_of(1), machine, mutant) is (shortest_difference(machine, mutant) is not None)


def test_every_service_with_one_wrong_transition_is_killed_at_depth_0() -> None:
    machine = documented()
    for at, (output, after) in machine.table.items():
        if at[0] not in machine.states:
            continue
        wrong = [(other, after) for other in ("success", "missing", "already_exists", "invalid") if other != output]
        wrong += [(output, other) for other in machine.states if other != after]
        for step in wrong:
            mutant = Mealy(None, machine.inputs, {**machine.table, at: step}, machine.starts)
            assert kills(words_of(0), machine, mutant), (at, step)


def believed(words: Iterable[Word], mutant: Mealy) -> bool:
    """Every answer is explained by some state, whichever way the open points went: what the oracle judges."""
    return all(_explained(word, mutant) for word in words)


def _explained(word: Word, mutant: Mealy) -> bool:
    belief: frozenset[State] = frozenset({None})
    for symbol, output in zip(word, mutant.outputs(word), strict=True):
        belief = _narrowed(belief, symbol, output)
    return bool(belief)


def _narrowed(belief: frozenset[State], symbol: Input, output: str) -> frozenset[State]:
    permitted = documented().permitted
    return frozenset().union(*(permitted[state, symbol].get(output, ()) for state in belief))


def _conforms(mutant: Mealy) -> bool:
    """No word at all is answered in a way that the documents exclude, whichever way they are read."""
    met: set[tuple[State, frozenset[State]]] = set()
    ahead: deque[tuple[State, frozenset[State]]] = deque()
    for (create,) in mutant.starts:
        output, after = mutant.step(mutant.initial, create)
        ahead.append((after, _narrowed(frozenset({None}), create, output)))
    while ahead:
        node = ahead.popleft()
        if not node[1]:
            return False
        if node not in met:
            met.add(node)
            steps = [(mutant.step(node[0], x), x) for x in mutant.inputs]
            ahead.extend((after, _narrowed(node[1], x, output)) for (output, after), x in steps)
    return True


@settings(max_examples=100)
@given(st.data(), st.booleans())
def test_one_suite_serves_services_that_store_the_account_on_disable_and_others(
    data: st.DataObject, stores: bool
) -> None:
    judged = frozenset({InputKind.SEND, InputKind.CREATE})
    mutant = data.draw(mutants(documented(disable_stores=stores), extra=0, kinds=judged))
    assert believed(words_of(0), mutant) is _conforms(mutant)


def test_no_honest_service_is_told_apart() -> None:
    assert believed(words_of(1), documented())
    assert believed(words_of(1), documented(disable_stores=True))


def after_two_accounts() -> Mealy:
    """A service with one more state: a sync that has refused an account takes the next one of another provider."""
    machine = documented()
    bound, wary = CalendarSync("p0", "a0"), "wary"
    table: Table = {**machine.table, **{(wary, x): machine.table[bound, x] for x in machine.inputs}}
    refused = Input(InputKind.SEND, 0, 1)
    table[bound, refused] = ("already_exists", wary)
    table[wary, Input(InputKind.SEND, 1, 0)] = ("success", wary)
    table |= {at: (out, wary) for at, (out, after) in table.items() if at[0] == wary and after == bound}
    table[wary, Input(InputKind.SEND, 1, 0)] = ("success", wary)
    return Mealy(None, machine.inputs, table, machine.starts)


def test_depth_1_kills_a_service_that_depth_0_cannot() -> None:
    assert not kills(words_of(0), documented(), after_two_accounts())
    assert kills(words_of(1), documented(), after_two_accounts())


@settings(max_examples=50)
@given(st.data(), small_machines(max_states=3))
def test_every_wrong_machine_within_one_input_of_the_cover_is_killed_at_depth_1(
    data: st.DataObject, machine: Mealy
) -> None:
    mutant = data.draw(near_the_cover(machine))
    assert kills(suite(machine, depth=1), machine, mutant) is (shortest_difference(machine, mutant) is not None)


@st.composite
def near_the_cover(draw: st.DrawFn, machine: Mealy) -> Mealy:
    """A machine with a state of its own behind each input of the cover's words and one more: k-A, with k = 1."""
    table: Table = dict(machine.table)
    for state in machine.states:
        for x in machine.inputs:
            output, after = machine.table[state, x]
            copied = ("copy", state, x)
            table[state, x] = (output, copied)
            table |= {(copied, y): machine.table[after, y] for y in machine.inputs}
    at = (draw(st.sampled_from([state for state, _ in table if isinstance(state, tuple)])), machine.inputs[0])
    table[at] = (table[at][0], draw(st.sampled_from(machine.states)))
    on_the_way = {(machine.after(word[:-1]), word[-1]) for word in cover(machine).values() if word}
    table |= {each: machine.table[each] for each in on_the_way}
    return Mealy(machine.initial, machine.inputs, table, machine.starts)


def test_words_after_recreations_kill_a_service_whose_create_remembers_the_state_that_it_ends() -> None:
    machine = documented_machine(load_contract(), Alphabet())
    create, wary = Input(InputKind.CREATE, 0), ("fresh again", "p0")
    fresh, disabled = machine.after((create,)), CalendarSync("p0", "a0", disabled=True)
    table: Table = {**machine.table, **{(wary, x): machine.table[fresh, x] for x in machine.inputs}}
    table[disabled, create] = ("success", wary)
    table[wary, Input(InputKind.SEND, 0, 1)] = ("success", disabled)
    forgetful = Mealy(None, machine.inputs, table, machine.starts)
    words = list(words_after_recreations(machine))

    assert not kills(suite(machine), machine, forgetful)
    assert kills(words, machine, forgetful)
    assert set(words).isdisjoint(suite(machine))


@pytest.mark.parametrize("depth", [0, 1])
def test_no_word_is_a_prefix_of_another(depth: int) -> None:
    words = words_of(0) if depth == 0 else words_of(1)[len(words_of(0)) :]
    prefixes = {word[:length] for word in words for length in range(len(word))}
    assert len(set(words)) == len(words)
    assert prefixes.isdisjoint(words)


@given(small_machines(), st.integers(0, 2))
def test_no_word_of_a_random_machine_is_a_prefix_of_another(machine: Mealy, depth: int) -> None:
    opening = list(suite(machine))
    for words in (opening, list(suite(machine, depth=depth))[len(opening) :]):
        prefixes = {word[:length] for word in words for length in range(len(word))}
        assert len(set(words)) == len(words)
        assert prefixes.isdisjoint(words)


def test_no_word_goes_through_what_no_document_speaks_of_and_every_other_wrong_transition_is_killed() -> None:
    machine = documented_machine(load_contract(), Alphabet())
    words = list(suite(machine))
    met = {(state, x) for word in words for (state, _, _), x in zip(machine.trace(word), word, strict=True)}
    assert machine.undocumented
    assert met.isdisjoint(machine.undocumented)
    for at, (output, after) in machine.table.items():
        if at[0] not in machine.states or at in machine.undocumented:
            continue
        for other in set(machine.states) - {after}:
            mutant = Mealy(None, machine.inputs, {**machine.table, at: (output, other)}, machine.starts)
            assert kills(words, machine, mutant), (at, other)


def test_a_suite_has_as_many_words_and_requests_as_ever() -> None:
    sizes = {depth: suite_size(documented(), depth=depth) for depth in (0, 1)}
    assert sizes == {0: (162, 740), 1: (1762, 9667)}
    assert suite_size(documented(moves_name_all=True))[1] == 1474
    assert suite_size(documented_machine(load_contract(), Alphabet())) == (133, 607)


@pytest.mark.parametrize("is_judged", [True, False])
@pytest.mark.parametrize("providers", [1, 2])
@pytest.mark.parametrize("moves", [moves for count in range(4) for moves in combinations(Move, count)])
def test_every_choice_of_moves_that_a_target_offers_has_a_suite(
    moves: tuple[Move, ...], providers: int, is_judged: bool
) -> None:
    alphabet = Alphabet(providers=providers, moves=moves, is_judged=is_judged)
    machine = documented_machine(load_contract(), alphabet)
    met = {(state, x) for word in suite(machine) for (state, _, _), x in zip(machine.trace(word), word, strict=True)}
    documented_pairs = {(state, x) for state in machine.states for x in machine.inputs} - machine.undocumented
    assert met >= documented_pairs
    assert met.isdisjoint(machine.undocumented)


@pytest.mark.parametrize(("providers", "accounts"), [(0, 2), (2, 1)])
def test_an_alphabet_too_small_to_tell_states_apart_is_refused(providers: int, accounts: int) -> None:
    with pytest.raises(ValueError, match="an alphabet needs a provider and two accounts"):
        Alphabet(providers=providers, accounts=accounts)


def test_every_word_begins_with_a_create() -> None:
    assert {word[0].kind for word in words_of(1)} == {InputKind.CREATE}


def test_words_come_shortest_first() -> None:
    lengths = [len(word) for word in words_of(1)[len(words_of(0)) :]]
    assert lengths == sorted(lengths)


def test_a_deep_suite_is_drawn_lazily() -> None:
    words = list(islice(suite(documented(), depth=6), len(words_of(0)) + 5))
    assert len(words) == len(words_of(0)) + 5


def test_suites_do_not_depend_on_the_hash_seed() -> None:
    program = (
        "from tests.automaton.machines import Table, documented\n"
        "from fuzz.automaton.wp_method import suite\n"
        "from fuzz.automaton.isolation import isolation_scenarios\n"
        "print([str(x) for word in suite(documented(), depth=1) for x in word])\n"
        "print([(staff, str(x)) for steps in isolation_scenarios(documented()) for staff, x in steps])\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@given(small_machines())
def test_identifiers_tell_each_state_from_every_other_as_aalpys_characterisation_set_does(machine: Mealy) -> None:
    for state, words in state_identifiers(machine).items():
        here = _answers(machine, state, words)
        assert all(_answers(machine, other, words) != here for other in machine.states if other != state)
    if len(machine.states) > 1:
        theirs = for_aalpy(machine).compute_characterization_set()
        assert len({_answers(machine, state, tuple(theirs)) for state in machine.states}) == len(machine.states)


def _answers(machine: Mealy, state: State, words: tuple[Word, ...]) -> tuple[tuple[str, ...], ...]:
    started = Mealy(state, machine.inputs, machine.table)
    return tuple(started.outputs(word) for word in words)


@given(st.data(), small_machines(max_states=4), st.integers(0, 1))
def test_the_suite_kills_what_aalpys_w_method_kills(data: st.DataObject, machine: Mealy, depth: int) -> None:
    assume(len(machine.states) > 1)
    mutant = data.draw(mutants(machine, extra=depth))
    oracle = WMethodEqOracle(list(machine.inputs), MealySUL(for_aalpy(mutant)), len(machine.states) + depth)
    hypothesis = for_aalpy(machine)
    hypothesis.compute_prefixes()
    theirs = oracle.find_cex(hypothesis)
    assert kills(suite(machine, depth=depth), machine, mutant) is (theirs is not None)


def test_the_suite_asks_less_than_aalpys_w_method() -> None:
    machine = documented()
    theirs = for_aalpy(machine)
    told = [tuple(word) for word in theirs.compute_characterization_set()]
    begins = [*cover(machine).values()]
    words = {(*begin, x, *word) for begin in begins for x in machine.inputs for word in told}
    kept = words - {word[:length] for word in words for length in range(len(word))}
    assert suite_size(machine)[1] < 0.75 * sum(map(len, kept))


def test_a_machine_with_equivalent_states_is_refused_by_name() -> None:
    machine = documented()
    twin: Table = {("twin", x): machine.table[CalendarSync("p0", "a0"), x] for x in machine.inputs}
    entry = (CalendarSync("p0"), Input(InputKind.SEND, 0, 0))
    table: Table = {**machine.table, **twin, entry: (machine.table[entry][0], "twin")}
    with pytest.raises(ValueError, match="not minimal, or too large"):
        next(suite(Mealy(None, machine.inputs, table, machine.starts)))
