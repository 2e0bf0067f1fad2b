"""Every long word, for few repetitions and cycles, as it is written down here."""

from __future__ import annotations

from itertools import groupby

from fuzz.model.alphabet import Alphabet, Word
from fuzz.model.exchange import Move
from fuzz.model.long_words import long_words

WORDS = """
create p0, p0 a0, p0 a0 again, p0 a1, p0 a0

create p0, p0 a0, p0 a1, p0 a2, p0 a0

create p0, connect p0 a0, p0 a0, connect p0 a0, disconnect p0 a0, p0 a0

create p0, p0 a0, connect p0 a0, p0 a0, disconnect p0 a0, p0 a0

create p0, 3 x p0 a0, disable p0 a0, p0 a0

create p0, 3 x p0 a0, disconnect p0 a0, p0 a0

create p0, 3 x p0 a0, create p0, p0 a1

create p0, p0 a0, p0 a1, p0 a0, p0 a1, p0 a0, p0 a1

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

create p0, connect p0 a0, p0 a0, disconnect p0 a0, p0 a0 again, create p0, connect p0 a0, p0 a0, disconnect p0 a0, p0
a0 again

create p0, p0 a0, create p0, p0 a1, create p0, p0 a2, create p0, p0 a3, create p0, p0 a4, create p0, p0 a5

create p0, p0 a0, p0 a1, create p0, p0 a1, p0 a0, create p0, p0 a0, p0 a1, create p0, p0 a1, p0 a0

create p0, 10 x p0 a0, p0 a1, 2 x p0 a0, p0 a1, p0 a0, p0 a1, p0 a0

create p0, p0 a0, 4 x p0 a1, p0 a0, 3 x p1 a0, p0 a1, p0 a0, 3 x p1 a1, p0 a1, p0 a0, 3 x connect p1 a1, p0 a1, p0 a0,
3 x disable p1 a1, p0 a1, p0 a0, 3 x disconnect p1 a1, p0 a1, p0 a0

create p0, p0 a0, disconnect p0 a0, 3 x p0 a0, 3 x p0 a1, 3 x p1 a0, 3 x p1 a1, 3 x connect p0 a0, 3 x connect p1 a1,
3 x disable p0 a0, 3 x disable p1 a1, 3 x disconnect p0 a0, 3 x disconnect p1 a1

create p0, p0 a0, disable p0 a0, 4 x p0 a0, 3 x p0 a1, p0 a0, 3 x p1 a0, p0 a0, 3 x p1 a1, p0 a0, 3 x connect p0 a0,
p0 a0, 3 x connect p1 a1, p0 a0, 3 x disable p0 a0, p0 a0, 3 x disable p1 a1, p0 a0, 3 x disconnect p0 a0, p0 a0, 3 x
disconnect p1 a1, p0 a0
"""


def short(word: Word) -> str:
    """Inputs with how often they are repeated; those of `send` by their names alone."""
    runs = [(str(symbol).removeprefix("send "), len(list(group))) for symbol, group in groupby(word)]
    return ", ".join(text if times == 1 else f"{times} x {text}" for text, times in runs)


def test_the_long_words_are_those_written_down() -> None:
    written = [" ".join(word.split()) for word in WORDS.strip().split("\n\n")]
    assert written == [short(word) for word in long_words(Alphabet(), repetitions=12, cycles=2)]


def test_their_number_is_what_the_defaults_make_it() -> None:
    words = long_words(Alphabet())
    assert (25, 401) == (len(words), sum(map(len, words)))


def test_a_move_that_the_target_lacks_is_in_no_word() -> None:
    lacking = {move: long_words(Alphabet(moves=tuple(each for each in Move if each != move))) for move in Move}
    assert {} == {move: words for move, words in lacking.items() if any(x.kind == move for w in words for x in w)}
    assert {"connect": 17, "disable": 19, "disconnect": 20} == {
        move.value: len(words) for move, words in lacking.items()
    }
