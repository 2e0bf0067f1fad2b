"""Long words: repetition in each state, and cycles through several, beyond any depth that a suite can afford.

A service may count what the documents do not count: attempts, creations, accounts seen. The suite bounds the states of
such a service; these words go beyond the bound, where services are known to count.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.model.alphabet import Alphabet, Input, Kind, Word

REPETITIONS = 32
CYCLES = 3
FEW = 3
LIKELY_COUNTS = frozenset({10, 12, 15, 16, 20, 24, 25, 30})
"""Calls after which a limit, a window or a cache of some size may show; fewer are looked at one by one."""


def long_words(alphabet: Alphabet, *, repetitions: int = REPETITIONS, cycles: int = CYCLES) -> tuple[Word, ...]:
    """The words whose moves and providers the alphabet has, shortest first; with the defaults fewer than 450 requests.

    They name more accounts than the alphabet, which a `Naming` makes up. Each ends with a look at the state.
    """
    available = {symbol.kind for symbol in alphabet.inputs()}
    every = (
        *_repetitions(repetitions),
        *_many_accounts(repetitions),
        *_cycles(cycles),
        *_changes_of_mind(),
        *_worn(repetitions),
    )
    words = [word for word in every if all(x.kind in available and x.provider < alphabet.providers for x in word)]
    return tuple(sorted((*words, *_dwelling(alphabet, available)), key=len))


def _create(provider: int = 0) -> Input:
    return Input(Kind.CREATE, provider)


def _send(account: int, *, provider: int = 0, again: bool = False) -> Input:
    return Input(Kind.SEND, provider, account, again)


_CONNECT, _DISABLE, _DISCONNECT = (Input(kind, 0, 0) for kind in (Kind.CONNECT, Kind.DISABLE, Kind.DISCONNECT))
_BOUND = (_create(), _send(0))
_LOOK = (_send(1), _send(0))
"""Another account and the right one: together they tell a forgotten account, a changed one and a disabled sync."""


def _repetitions(times: int) -> Iterator[Word]:
    """One kind of answer many times over: does the service lose patience, or its memory?"""
    yield (_create(), *_looked_at_now_and_then(times), *_LOOK)
    yield (*_BOUND, *(_send(1),) * (times * 5 // 8), _send(0))
    yield _alternating(times // 4)
    yield (*_BOUND, _DISABLE, *(_send(0),) * (times // 4 + 2), *_LOOK)
    yield (*_BOUND, *(_send(0, again=True),) * (times // 8), *_LOOK)


def _looked_at_now_and_then(times: int) -> Iterator[Input]:
    """Accepted calls, and another account after as many as a service is likely to count."""
    for number in range(1, times + 2):
        yield _send(0)
        if number in LIKELY_COUNTS:
            yield _send(1)


def _alternating(times: int) -> Word:
    """What is forgotten for one moment shows only to who looks at each moment."""
    return (_create(), *(_send(0), _send(1)) * times)


def _many_accounts(times: int) -> Iterator[Word]:
    """Ever new accounts, refused by one sync and taken by many."""
    others = range(1, times // 4)
    yield (_create(), _send(0), *(_send(other) for other in others), _send(0))
    yield tuple(symbol for account in range(times // 3 + 2) for symbol in (_create(), _send(account)))


def _cycles(times: int) -> Iterator[Word]:
    """A state left and entered again: does anything of the former time show, or of the answer to the same body?"""
    yield (_create(), _send(0), _send(1), _create(), _send(1), _send(0)) * times
    yield (_create(), _send(0), _DISABLE, _send(0, again=True)) * times
    yield (_create(), _send(0), _create(1), _send(0, again=True), _send(0, provider=1)) * times
    yield (_create(), _CONNECT, _send(0), _DISCONNECT, _send(0, again=True)) * times
    yield (_create(), _send(0), _create(), _send(0, again=True)) * times


def _worn(times: int) -> Iterator[Word]:
    """A sync that was much used, then what ends its state: is it ended all the same?"""
    used = (_create(), *(_send(0),) * (times // 4))
    yield (*used, _DISABLE, _send(0))
    yield (*used, _DISCONNECT, _send(0))
    yield (*used, _create(), _send(1))


def _changes_of_mind() -> Iterator[Word]:
    """Accepted calls of different kinds in turn, then what ends the state they kept: is it ended all the same?"""
    for kept in ((_CONNECT, _send(0), _CONNECT), (_send(0), _CONNECT, _send(0))):
        yield (_create(), *kept, _DISABLE, _send(0), _send(1))
        yield (_create(), *kept, _DISCONNECT, _send(0))
        yield (_create(), *kept, _create(1), _send(1, provider=1), _send(0, provider=1))


def _dwelling(alphabet: Alphabet, available: set[Kind]) -> Iterator[Word]:
    """In each kind of state everything that should leave it as it is, a few times each, and a look after each."""
    others = [x for x in alphabet.inputs() if x.kind is not Kind.CREATE]
    refused = [x for x in others if x.account or x.provider]
    yield (*_BOUND, *_each(refused, _LOOK))
    if Kind.CONNECT in available:
        yield (*_BOUND, *_each([_CONNECT], _LOOK))
    if Kind.DISABLE in available:
        yield (*_BOUND, _DISABLE, *_each(others, (_send(0),)))
    if Kind.DISCONNECT in available:
        yield (*_BOUND, _DISCONNECT, *_each(others, ()))


def _each(inputs: list[Input], look: Word) -> Iterator[Input]:
    for symbol in inputs:
        yield from (*(symbol,) * FEW, *look)
