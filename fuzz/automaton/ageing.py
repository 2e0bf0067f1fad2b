"""Ageing words: long words that repeat inputs or cycles of states, to find services that count.

A service may count attempts, creations or accounts, although no document says so. The suite finds a machine with a few
more states than documented; these words are long enough for the usual limits.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.automaton.alphabet import Alphabet, Input, InputKind, Word

REPETITIONS = 32
CYCLES = 3
TIMES_IN_A_STATE = 3
LIKELY_COUNTS = frozenset({10, 12, 15, 16, 20, 24, 25, 30})
"""Numbers of calls after which a limit, a window or a cache is likely to take effect."""


def ageing_words(alphabet: Alphabet, *, repetitions: int = REPETITIONS, cycles: int = CYCLES) -> tuple[Word, ...]:
    """The ageing words over the moves and providers of an alphabet, shortest first; fewer than 450 requests by default.

    They name more accounts than the alphabet has; a `Naming` makes these. Every word ends with a check of the state.
    """
    available = {symbol.kind for symbol in alphabet.inputs()}
    every = (
        *_repetitions(repetitions),
        *_many_accounts(repetitions),
        *_cycles(cycles),
        *_alternation(),
        *_ageing(repetitions),
    )
    words = [word for word in every if all(x.kind in available and x.provider < alphabet.providers for x in word)]
    return tuple(sorted((*words, *_self_loops(alphabet, available)), key=len))


def _create(provider: int = 0) -> Input:
    return Input(InputKind.CREATE, provider)


def _send(account: int, *, provider: int = 0, again: bool = False) -> Input:
    return Input(InputKind.SEND, provider, account, again)


_CONNECT, _DISABLE, _DISCONNECT = (
    Input(kind, 0, 0) for kind in (InputKind.CONNECT, InputKind.DISABLE, InputKind.DISCONNECT)
)
_BOUND = (_create(), _send(0))
_CHECK = (_send(1), _send(0))
"""Sends another account and the right one: shows a forgotten account, a changed account and a disabled sync."""


def _repetitions(times: int) -> Iterator[Word]:
    """Words that repeat one input: accepted, refused, both in turn, to a disabled sync, with the same items."""
    yield (_create(), *_checked_at_likely_counts(times), *_CHECK)
    yield (*_BOUND, *(_send(1),) * (times * 5 // 8), _send(0))
    yield _alternating(times // 4)
    yield (*_BOUND, _DISABLE, *(_send(0),) * (times // 4 + 2), *_CHECK)
    yield (*_BOUND, *(_send(0, again=True),) * (times // 8), *_CHECK)


def _checked_at_likely_counts(times: int) -> Iterator[Input]:
    """Accepted calls, with another account after each of `LIKELY_COUNTS` calls."""
    for count in range(1, times + 2):
        yield _send(0)
        if count in LIKELY_COUNTS:
            yield _send(1)


def _alternating(times: int) -> Word:
    """A right and a wrong account in turn: shows an account that is forgotten for one call only."""
    return (_create(), *(_send(0), _send(1)) * times)


def _many_accounts(times: int) -> Iterator[Word]:
    """Words with many accounts: all refused by one sync, or each accepted by a new sync."""
    others = range(1, times // 4)
    yield (_create(), _send(0), *(_send(other) for other in others), _send(0))
    yield tuple(symbol for account in range(times // 3 + 2) for symbol in (_create(), _send(account)))


def _cycles(times: int) -> Iterator[Word]:
    """Words that leave a state and enter it again several times: nothing may be left of the time before."""
    yield (_create(), _send(0), _send(1), _create(), _send(1), _send(0)) * times
    yield (_create(), _send(0), _DISABLE, _send(0, again=True)) * times
    yield (_create(), _send(0), _create(1), _send(0, again=True), _send(0, provider=1)) * times
    yield (_create(), _CONNECT, _send(0), _DISCONNECT, _send(0, again=True)) * times
    yield (_create(), _send(0), _create(), _send(0, again=True)) * times
    yield (*(_create(), _create(1)) * times, _send(0, provider=1), _send(0))
    yield (*(_create(), _DISCONNECT, _send(0)) * times, _CONNECT)


def _ageing(times: int) -> Iterator[Word]:
    """Words that use a sync many times, and then end its state."""
    used = (_create(), *(_send(0),) * (times // 4))
    yield (*used, _DISABLE, _send(0))
    yield (*used, _DISCONNECT, _send(0))
    yield (*used, _create(), _send(1))


def _alternation() -> Iterator[Word]:
    """Words of accepted calls of different kinds in turn, and then an input that ends their state."""
    for kept in ((_CONNECT, _send(0), _CONNECT), (_send(0), _CONNECT, _send(0))):
        yield (_create(), *kept, _DISABLE, _send(0), _send(1))
        yield (_create(), *kept, _DISCONNECT, _send(0))
        yield (_create(), *kept, _create(1), _send(1, provider=1), _send(0, provider=1))


def _self_loops(alphabet: Alphabet, available: set[InputKind]) -> Iterator[Word]:
    """Words that repeat, in each kind of state, every input that must not leave it, with a check after each input."""
    others = [x for x in alphabet.inputs() if x.kind is not InputKind.CREATE]
    refused = [x for x in others if x.account or x.provider]
    yield (*_BOUND, *_repeated(refused, _CHECK))
    if InputKind.CONNECT in available:
        yield (*_BOUND, *_repeated([_CONNECT], _CHECK))
    if InputKind.DISABLE in available:
        yield (*_BOUND, _DISABLE, *_repeated(others, (_send(0),)))
    if InputKind.DISCONNECT in available:
        yield (*_BOUND, _DISCONNECT, *_repeated(others, ()))


def _repeated(inputs: list[Input], check: Word) -> Iterator[Input]:
    for symbol in inputs:
        yield from (*(symbol,) * TIMES_IN_A_STATE, *check)
