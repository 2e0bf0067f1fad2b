"""Words become actions, staff members are interleaved, leaks show, and the long words stay within their budget."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from fuzz.model.alphabet import Alphabet, Input, Kind, Word, read_word
from fuzz.model.automaton import Mealy, cover, documented_machine
from fuzz.model.exchange import Action, Create, Move, MoveSync, SendItems
from fuzz.model.leaks import _changes, leak_scenarios
from fuzz.model.long_words import long_words
from fuzz.model.naming import Naming, Steps, concretise, concretise_steps, interleave
from swagger.contract import Json
from swagger.load import load_contract
from tests.model.machines import documented

NAMING = Naming(("google_v3", "outlook_v1.0"), ("a@example.com", "b@example.com"))


def perform(word: Word) -> tuple[Action, ...]:
    numbers = count()
    return concretise(word, NAMING, lambda provider, account: [provider, account, next(numbers)])


def test_a_word_becomes_actions_that_name_what_was_drawn() -> None:
    word = read_word(["create p1", "send p0 a1", "disable p1 a0", "connect p1 a1", "disconnect p0 a0"])
    assert perform(word) == (
        Create(0, "outlook_v1.0"),
        SendItems(0, ["google_v3", "b@example.com", 0]),
        MoveSync(0, Move.DISABLE, "outlook_v1.0", "a@example.com"),
        MoveSync(0, Move.CONNECT, "outlook_v1.0", "b@example.com"),
        MoveSync(0, Move.DISCONNECT, "google_v3", "a@example.com"),
    )


def test_every_send_has_items_of_its_own_unless_it_is_marked_again() -> None:
    word = read_word(["send p0 a0", "send p0 a0", "send p0 a1", "send p0 a0 again", "send p1 a0 again"])
    bodies = [action.body[2] for action in perform(word) if isinstance(action, SendItems)]
    assert bodies == [0, 1, 2, 1, 3]


def test_items_are_repeated_for_the_same_staff_member_only() -> None:
    send, again = read_word(["send p0 a0", "send p0 a0 again"])
    numbers = count()
    actions = concretise_steps(((0, send), (1, again), (0, again)), NAMING, lambda *_: next(numbers))
    assert actions == (SendItems(0, 0), SendItems(1, 1), SendItems(0, 0))


@pytest.mark.parametrize(
    ("providers", "accounts"), [((), ("a",)), (("p",), ()), (("p", "p"), ("a",)), (("p",), ("a", "a"))]
)
def test_names_must_differ(providers: tuple[str, ...], accounts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="names must be different ones"):
        Naming(providers, accounts)


def test_different_names_are_taken() -> None:
    assert ("p", "q") == Naming(("p", "q"), ("a",)).providers


def test_a_naming_makes_up_as_many_accounts_as_are_asked_for() -> None:
    made = [NAMING.account(number) for number in range(40)]
    assert made[:3] == ["a@example.com", "b@example.com", "n2.a@example.com"]
    assert len(set(made)) == 40


def test_words_are_interleaved_in_turn() -> None:
    one, other = read_word(["create p0", "send p0 a0", "send p0 a1"]), read_word(["create p1"])
    assert interleave(one, other) == ((0, one[0]), (1, other[0]), (0, one[1]), (0, one[2]))


class Service:
    """The documented service, for two staff members; `leak(mine, other)` is what is left of one who is not acted on."""

    def __init__(self, leak: str = "") -> None:
        self.states: list[object] = [None, None]
        self.leak = leak

    def answer(self, staff: int, symbol: Input) -> str:
        before = self.states[staff]
        output, self.states[staff] = documented().step(before, symbol)
        if self.leak in ("everything", symbol.kind) and self.states[staff] != before:
            self.states[1 - staff] = self.states[staff]
        if self.leak == "account" and symbol.kind is Kind.DISCONNECT and self.states[1 - staff] == before:
            self.states[1 - staff] = None
        return output


def shows(steps: Steps, leak: str) -> bool:
    leaking, honest = Service(leak), Service()
    return [leaking.answer(*step) for step in steps] != [honest.answer(*step) for step in steps]


@pytest.mark.parametrize("leak", ["everything", "account", *Kind])
def test_leaks_between_staff_members_show(leak: str) -> None:
    assert any(shows(steps, leak) for steps in leak_scenarios(documented()))


def test_each_leak_scenario_would_show_that_the_state_of_the_other_took_the_place_of_the_first() -> None:
    machine = documented()
    for steps in leak_scenarios(machine):
        acted = max(place for place, (staff, _) in enumerate(steps) if staff == 1)
        check = tuple(symbol for _, symbol in steps[acted + 1 :])
        first, other = (machine.after(tuple(x for who, x in steps[: acted + 1] if who == staff)) for staff in (0, 1))
        answers = {Mealy(state, machine.inputs, machine.table).outputs(check) for state in (first, other)}
        assert len(answers) == len({first, other}), steps


def test_leak_scenarios_act_on_the_other_in_every_way_while_the_first_is_in_every_kind_of_state() -> None:
    scenarios = leak_scenarios(documented())
    kinds = Counter(_act(steps).kind for steps in scenarios)
    assert kinds == dict.fromkeys(Kind, 8)
    assert sum(map(len, scenarios)) < 300
    assert all(
        next(x for who, x in steps if who == staff).kind is Kind.CREATE for steps in scenarios for staff in (0, 1)
    )


def _act(steps: Steps) -> Input:
    return [symbol for staff, symbol in steps if staff == 1][-1]


def test_an_act_that_is_accepted_in_no_state_that_can_be_reached_is_left_out() -> None:
    machine = documented()
    assert [] == list(_changes(machine, {}))
    assert list(_changes(machine, {state: word for state, word in cover(machine).items() if word}))


def test_leak_scenarios_do_without_moves_that_the_target_lacks() -> None:
    scenarios = leak_scenarios(documented_machine(load_contract(), Alphabet(moves=())))
    assert {symbol.kind for steps in scenarios for _, symbol in steps} == {Kind.CREATE, Kind.SEND}


def test_long_words_stay_within_their_budget_and_begin_with_a_create() -> None:
    words = long_words(Alphabet())
    assert sum(map(len, words)) < 600
    assert {word[0].kind for word in words} == {Kind.CREATE}
    assert [len(word) for word in words] == sorted(len(word) for word in words)


def test_long_words_dwell_on_every_documented_answer() -> None:
    contract = load_contract()
    machine = documented_machine(contract, Alphabet(accounts=20))
    longest: Counter[str] = Counter()
    for word in long_words(Alphabet()):
        sent = [output for output, x in zip(machine.outputs(_plain(word)), word, strict=True) if x.kind is Kind.SEND]
        for output, times in Counter(sent).items():
            longest[output] = max(longest[output], times)
    assert set(longest) == {"success", *(error.code for error in contract.state_errors)}
    assert min(longest.values()) >= 10


def _plain(word: Word) -> Word:
    return tuple(Input(x.kind, x.provider, x.account) for x in word)


def test_long_words_use_only_what_the_target_offers() -> None:
    words = long_words(Alphabet(providers=1, moves=(Move.DISABLE,)))
    assert {x.kind for word in words for x in word} == {Kind.CREATE, Kind.SEND, Kind.DISABLE}
    assert {x.provider for word in words for x in word} == {0}


def test_resent_items_occur() -> None:
    assert any(x.again for word in long_words(Alphabet()) for x in word)


def test_bodies_are_made_by_whoever_calls() -> None:
    def payload(provider: str, account: str) -> Json:
        return {"calendar_sync": {"provider": provider, "account": account}}

    (action,) = concretise(read_word(["send p1 a1"]), NAMING, payload, staff=1)
    assert action == SendItems(1, payload("outlook_v1.0", "b@example.com"))


ACTS = {
    "create p0": ["create p1"],
    "create p1": ["create p0"],
    "connect p0 a0": ["create p0"],
    "connect p1 a1": ["create p1"],
    "disable p0 a0": ["create p0", "send p0 a0"],
    "disable p1 a1": ["create p1", "send p1 a1"],
    "disconnect p0 a0": ["create p0"],
    "disconnect p1 a1": ["create p1"],
    "send p0 a0": ["create p0"],
    "send p1 a1": ["create p1"],
}
"""What each input of leak scenarios, which changes the other's state, is done after."""

CHECKED = {
    ("create p0",),
    ("create p0", "send p0 a0"),
    ("create p0", "send p0 a0", "disable p0 a0"),
    ("create p0", "disconnect p0 a0"),
}


def test_leak_scenarios_are_every_act_of_the_other_in_every_state_of_the_first() -> None:
    found = []
    for steps in leak_scenarios(documented()):
        acted = max(place for place, (staff, _) in enumerate(steps) if staff == 1)
        first, other = ([str(x) for who, x in steps[:acted] if who == staff] for staff in (0, 1))
        found.append((tuple(first), str(steps[acted][1]), tuple(other)))
    expected = {(first, act, tuple(other)) for first in CHECKED for act, other in ACTS.items()}
    assert (len(expected), expected) == (len(found), set(found))


def test_leak_scenarios_come_shortest_first_and_check_with_a_word_that_tells() -> None:
    scenarios = leak_scenarios(documented())
    assert sorted(map(len, scenarios)) == [len(steps) for steps in scenarios]
    assert ["create p0", "create p0", "send p0 a0", "send p0 a1"] == [str(x) for _, x in scenarios[0]]
