"""Words become actions with names and bodies, and words of several staff members are interleaved."""

from __future__ import annotations

from itertools import count

import pytest

from fuzz.automaton.alphabet import Word, read_word
from fuzz.automaton.concretise import Naming, concretise, concretise_steps, interleave
from fuzz.oracle.actions import Action, Create, Move, MoveSync, SendItems
from swagger.contract import Json

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


def test_bodies_are_made_by_whoever_calls() -> None:
    def payload(provider: str, account: str) -> Json:
        return {"calendar_sync": {"provider": provider, "account": account}}

    (action,) = concretise(read_word(["send p1 a1"]), NAMING, payload, staff=1)
    assert action == SendItems(1, payload("outlook_v1.0", "b@example.com"))
