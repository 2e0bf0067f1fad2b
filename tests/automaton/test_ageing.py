"""Every ageing word, for few repetitions and cycles, as it is written down here."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from fuzz.automaton.ageing import ageing_words
from fuzz.automaton.alphabet import Alphabet, Input, InputKind, Word
from fuzz.automaton.mealy import documented_machine
from fuzz.oracle.actions import Move
from swagger.load import load_contract

WORDS = """
create p0, p0 a0, p0 a0 again, p0 a1, p0 a0

create p0, p0 a0, p0 a1, p0 a2, p0 a0

create p0, create p1, create p0, create p1, p1 a0, p0 a0

create p0, connect p0 a0, p0 a0, connect p0 a0, disconnect p0 a0, p0 a0

create p0, p0 a0, connect p0 a0, p0 a0, disconnect p0 a0, p0 a0

create p0, 3 x p0 a0, disable p0 a0, p0 a0

create p0, 3 x p0 a0, disconnect p0 a0, p0 a0

create p0, 3 x p0 a0, create p0, p0 a1

create p0, p0 a0, p0 a1, p0 a0, p0 a1, p0 a0, p0 a1

create p0, disconnect p0 a0, p0 a0, create p0, disconnect p0 a0, p0 a0, connect p0 a0

create p0, connect p0 a0, p0 a0, connect p0 a0, disable p0 a0, p0 a0, p0 a1

create p0, connect p0 a0, p0 a0, connect p0 a0, create p1, p1 a1, p1 a0

create p0, p0 a0, connect p0 a0, p0 a0, disable p0 a0, p0 a0, p0 a1

create p0, p0 a0, connect p0 a0, p0 a0, create p1, p1 a1, p1 a0

create p0, p0 a0, 3 x connect p0 a0, p0 a1, p0 a0

create p0, p0 a0, disable p0 a0, p0 a0 again, create p0, p0 a0, disable p0 a0, p0 a0 again

create p0, p0 a0, create p0, p0 a0 again, create p0, p0 a0, create p0, p0 a0 again

create p0, p0 a0, 7 x p0 a1, p0 a0

create p0, p0 a0, disable p0 a0, 5 x p0 a0, p0 a1, p0 a0

create p0, p0 a0, create p1, p0 a0 again, p1 a0, create p0, p0 a0, create p1, p0 a0 again, p1 a0

create p0, connect p0 a0, p0 a0, disconnect p0 a0, p0 a0 again, create p0, connect p0 a0, p0 a0, disconnect p0
a0, p0 a0 again

create p0, p0 a0, create p0, p0 a1, create p0, p0 a2, create p0, p0 a3, create p0, p0 a4, create p0, p0 a5

create p0, p0 a0, p0 a1, create p0, p0 a1, p0 a0, create p0, p0 a0, p0 a1, create p0, p0 a1, p0 a0

create p0, 10 x p0 a0, p0 a1, 2 x p0 a0, p0 a1, p0 a0, p0 a1, p0 a0

create p0, p0 a0, 4 x p0 a1, p0 a0, 3 x p1 a0, p0 a1, p0 a0, 3 x p1 a1, p0 a1, p0 a0, 3 x disable p1 a1, p0 a1,
p0 a0

create p0, p0 a0, disconnect p0 a0, 3 x p0 a0, 3 x p0 a1, 3 x p1 a0, 3 x p1 a1, 3 x connect p0 a0, 3 x disable
p0 a0, 3 x disable p1 a1, 3 x disconnect p0 a0

create p0, p0 a0, disable p0 a0, 4 x p0 a0, 3 x p0 a1, p0 a0, 3 x p1 a0, p0 a0, 3 x p1 a1, p0 a0, 3 x connect p0
a0, p0 a0, 3 x disable p0 a0, p0 a0, 3 x disable p1 a1, p0 a0, 3 x disconnect p0 a0, p0 a0
"""


def short(word: Word) -> str:
    """Inputs with how often they are repeated; those of `send` by their names alone."""
    runs = [(str(symbol).removeprefix("send "), len(list(group))) for symbol, group in groupby(word)]
    return ", ".join(text if times == 1 else f"{times} x {text}" for text, times in runs)


def test_the_ageing_words_are_those_written_down() -> None:
    written = [" ".join(word.split()) for word in WORDS.strip().split("\n\n")]
    assert written == [short(word) for word in ageing_words(Alphabet(), repetitions=12, cycles=2)]


def test_the_defaults_make_27_words_of_395_requests() -> None:
    words = ageing_words(Alphabet())
    assert (27, 395) == (len(words), sum(map(len, words)))


def test_a_move_that_the_target_lacks_is_in_no_word() -> None:
    lacking = {move: ageing_words(Alphabet(moves=tuple(other for other in Move if other != move))) for move in Move}
    assert {} == {move: words for move, words in lacking.items() if any(x.kind == move for w in words for x in w)}
    assert {"connect": 18, "disable": 21, "disconnect": 21} == {
        move.value: len(words) for move, words in lacking.items()
    }


def test_ageing_words_stay_within_600_requests_begin_with_a_create_and_come_shortest_first() -> None:
    words = ageing_words(Alphabet())
    assert sum(map(len, words)) < 600
    assert {word[0].kind for word in words} == {InputKind.CREATE}
    assert [len(word) for word in words] == sorted(len(word) for word in words)


def test_every_documented_answer_is_repeated_ten_times_in_some_word() -> None:
    contract = load_contract()
    machine = documented_machine(contract, Alphabet(accounts=20))
    longest: Counter[str] = Counter()
    for word in ageing_words(Alphabet()):
        sent = [
            output for output, x in zip(machine.outputs(_plain(word)), word, strict=True) if x.kind is InputKind.SEND
        ]
        for output, times in Counter(sent).items():
            longest[output] = max(longest[output], times)
    assert set(longest) == {"success", *(error.code for error in contract.state_errors)}
    assert min(longest.values()) >= 10


def _plain(word: Word) -> Word:
    return tuple(Input(x.kind, x.provider, x.account) for x in word)


def test_only_providers_and_moves_that_the_target_offers_are_used() -> None:
    words = ageing_words(Alphabet(providers=1, moves=(Move.DISABLE,)))
    assert {x.kind for word in words for x in word} == {InputKind.CREATE, InputKind.SEND, InputKind.DISABLE}
    assert {x.provider for word in words for x in word} == {0}


def test_some_word_sends_the_same_items_again() -> None:
    assert any(x.again for word in ageing_words(Alphabet()) for x in word)
