"""The documented machine against a table copied by hand from the document, and differences against a second witness."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from aalpy.utils import bisimilar
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.automaton.alphabet import Alphabet, Input, InputKind, read_word, write_word
from fuzz.automaton.mealy import Mealy, cover, differences, documented_machine, shortest_difference
from fuzz.oracle.state import CalendarSync
from swagger.load import load_contract
from tests.automaton.machines import documented, for_aalpy, mutants, small_machines, suite_size

FRESH, OTHER_FRESH = CalendarSync("p0"), CalendarSync("p1")
BOUND = CalendarSync("p0", "a0")
DISABLED = CalendarSync("p0", "a0", disabled=True)


CERTAIN = sorted(
    (
        (state, symbol)
        for state in documented().states
        for symbol in documented().inputs
        if isinstance(state, CalendarSync)
        and (state.account or not state.disabled)
        and symbol.kind in (InputKind.SEND, InputKind.CREATE)
    ),
    key=str,
)
"""Sends and creates in the states that words reach for certain."""


@pytest.mark.parametrize(
    ("state", "text", "output", "after"),
    [
        (None, "send p0 a0", "missing", None),
        (None, "create p1", "success", OTHER_FRESH),
        (FRESH, "send p0 a0", "success", BOUND),
        (FRESH, "send p0 a1", "success", CalendarSync("p0", "a1")),
        (FRESH, "send p1 a0", "already_exists", FRESH),
        (FRESH, "connect p0 a0", "success", BOUND),
        (BOUND, "send p0 a0", "success", BOUND),
        (BOUND, "send p0 a1", "already_exists", BOUND),
        (BOUND, "send p1 a0", "already_exists", BOUND),
        (BOUND, "send p1 a1", "already_exists", BOUND),
        (BOUND, "create p0", "success", FRESH),
        (BOUND, "disable p0 a0", "success", DISABLED),
        (BOUND, "disable p1 a1", "refusal", BOUND),
        (BOUND, "disconnect p0 a0", "success", None),
        (DISABLED, "send p0 a0", "invalid", DISABLED),
        (DISABLED, "send p0 a1", "already_exists", DISABLED),
        (DISABLED, "send p1 a0", "already_exists", DISABLED),
        (DISABLED, "create p0", "success", FRESH),
    ],
)
def test_the_machine_says_what_the_document_says(
    state: CalendarSync | None, text: str, output: str, after: CalendarSync | None
) -> None:
    (symbol,) = read_word([text])
    assert documented().step(state, symbol) == (output, after)


def test_every_state_of_the_documents_is_reached_and_no_other() -> None:
    machine = documented(moves_name_all=True)
    names = [(f"p{p}", f"a{a}") for p in range(2) for a in range(2)]
    syncs = {CalendarSync(*name, disabled=disabled) for name in names for disabled in (False, True)}
    unnamed = {CalendarSync(provider, disabled=disabled) for provider in ("p0", "p1") for disabled in (False, True)}
    assert set(machine.states) == {None} | syncs | unnamed
    assert set(documented(disable_stores=True, moves_name_all=True).states) == {None, FRESH, OTHER_FRESH} | syncs


def test_only_siblings_have_unspecified_points_and_a_documented_disable_of_a_bound_sync_is_none() -> None:
    machine = documented()
    points = set(machine.unspecified)
    assert {InputKind.CONNECT, InputKind.DISABLE, InputKind.DISCONNECT} == {symbol.kind for _, symbol in points}
    disable, disconnect = read_word(["disable p0 a0", "disconnect p0 a0"])
    assert (BOUND, disable) not in points
    assert {BOUND, FRESH, DISABLED, replace(DISABLED, account=None)} == machine.unspecified[BOUND, disconnect]
    assert {FRESH, DISABLED} == machine.unspecified[FRESH, disable]


def test_the_default_moves_name_one_sync_and_disable_one_of_each_provider() -> None:
    moves = [str(x) for x in documented().inputs if x.kind not in (InputKind.SEND, InputKind.CREATE)]
    assert ["connect p0 a0", "disable p0 a0", "disable p1 a1", "disconnect p0 a0"] == moves


def test_cover_words_reach_their_states_and_avoid_unspecified_points_if_possible() -> None:
    machine = documented()
    for state, word in cover(machine).items():
        assert machine.after(word) == state
        met = {(before, x) for (before, _, _), x in zip(machine.trace(word), word, strict=True)}
        needed = state is None or (isinstance(state, CalendarSync) and state.disabled and state.account is None)
        assert bool(met & machine.unspecified.keys()) is needed


def test_a_target_with_moves_of_its_own_is_told_apart_by_what_it_answers_to_sending() -> None:
    machine = documented_machine(load_contract(), Alphabet(is_judged=False))
    moves = [x for x in machine.inputs if x.kind in (InputKind.CONNECT, InputKind.DISABLE, InputKind.DISCONNECT)]
    assert {machine.step(state, x)[0] for state in machine.states for x in moves} == {"success"}
    assert suite_size(machine)[1] < 1000


def test_a_target_without_moves_has_the_states_that_sending_reaches() -> None:
    machine = documented_machine(load_contract(), Alphabet(moves=()))
    assert None not in machine.states
    assert len(machine.states) == 6


@given(st.lists(st.sampled_from(documented(moves_name_all=True).inputs)), st.booleans())
def test_words_are_written_and_read(word: list[Input], again: bool) -> None:
    marked = (*word, Input(InputKind.SEND, 0, 0, again))
    assert read_word(write_word(marked)) == marked


@given(st.data(), small_machines())
def test_machines_differ_where_aalpy_says_so(data: st.DataObject, machine: Mealy) -> None:
    mutant = data.draw(mutants(machine, extra=2))
    word = shortest_difference(machine, mutant)
    assert (word is None) is bisimilar(for_aalpy(machine), for_aalpy(mutant))
    if word is not None:
        assert machine.outputs(word)[:-1] == mutant.outputs(word)[:-1]
        assert machine.outputs(word)[-1] != mutant.outputs(word)[-1]
        shorter = product(machine.inputs, repeat=min(len(word) - 1, 6))
        assert all(machine.outputs(other) == mutant.outputs(other) for other in shorter)


@settings(max_examples=15)
@given(st.sampled_from(CERTAIN), st.sampled_from(("server error", "missing")))
def test_each_changed_answer_is_listed_with_its_state_and_a_shortest_word(
    at: tuple[CalendarSync | None, Input], output: str
) -> None:
    machine = documented()
    answer, after = machine.table[at]
    mutant = Mealy(None, machine.inputs, {**machine.table, at: (output, after)}, machine.starts)
    every = differences(machine, mutant)
    listed = [(found.state, found.word[-1], found.documented, found.observed) for found in every]
    wanted = [] if answer == output else [(*at, answer, output)]
    # An answer that explains itself in another state that is believed shows in later answers once more.
    assert listed == wanted if output == "server error" else set(wanted) <= set(listed)
    for found in every:
        if (found.state, found.word[-1]) == at:
            assert len(found.word) == (1 if found.word in machine.starts else _distance(at[0]) + 1)


def _distance(state: CalendarSync | None) -> int:
    """The fewest requests that reach a state, by the document."""
    assert state is not None
    if state.account is None:
        return 1
    return 3 if state.disabled else 2


def test_the_shortest_difference_of_a_service_that_forgets_the_account() -> None:
    machine = documented()
    table = {**machine.table, (FRESH, Input(InputKind.SEND, 0, 0)): ("success", FRESH)}
    forgetful = Mealy(None, machine.inputs, table, machine.starts)
    assert write_word(shortest_difference(machine, forgetful) or ()) == ["create p0", "send p0 a0", "send p0 a1"]


def test_every_changed_answer_is_listed_once() -> None:
    machine = documented()
    places = {
        (FRESH, Input(InputKind.SEND, 0, 0)),
        (FRESH, Input(InputKind.SEND, 1, 0)),
        (BOUND, Input(InputKind.SEND, 0, 1)),
    }
    table = {**machine.table, **{at: ("server error", machine.table[at][1]) for at in places}}
    found = differences(machine, Mealy(None, machine.inputs, table, machine.starts))
    assert (3, places) == (len(found), {(each.state, each.word[-1]) for each in found})


def test_disable_stores_no_account_unless_asked_to() -> None:
    assert documented().table == documented_machine(load_contract(), Alphabet()).table
