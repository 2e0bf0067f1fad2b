"""The target as AALpy asks it: words in, answers out, each word asked once unless two answers to it disagree.

Every word begins with a create, which is its reset. What was asked is kept by prefix. A word on whose way an answer was
lost is asked again; where an answer contradicts an earlier one, a vote decides whether the odd one was noise of a
gateway, or whether the target gives two answers to the same sequence, which is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from aalpy.base import SUL

from fuzz.engine.session import Performed, Session
from fuzz.model.alphabet import Input, Word
from fuzz.model.exchange import Action
from fuzz.model.naming import Naming, Payload, concretise
from fuzz.model.verdict import MALFORMED, SERVER_ERROR, SUCCESS, Kind

PHASE = "learn"
TIMES_TO_ASK = 5
VOTES = 5
NOISE = frozenset({SERVER_ERROR, MALFORMED})
"""What a gateway may say in the service's place. Any other odd answer is the service's own."""

Answers = tuple[str, ...]


class SpentError(Exception):
    """The requests that may be sent are spent."""


class LostError(Exception):
    """No way through for a word: an answer was lost each time."""


class OutvotedError(Exception):
    """An earlier answer was noise: what was concluded from it must be concluded anew."""


@dataclass(slots=True)
class TwoAnswersError(Exception):
    """The same inputs gave different answers; `seen` counts those to the last one. Mutable as exceptions are."""

    word: Word
    seen: Counter[str]


@dataclass(slots=True)
class Asking:
    """How words become requests: the create that resets, the names, the bodies, the budget. Mutable: it counts."""

    session: Session
    reset: Input
    naming: Naming
    payload: Payload
    most: int
    outvoted: int = 0
    words: int = 0
    answers: dict[Word, str] = field(default_factory=dict)

    @property
    def spent(self) -> int:
        """Requests sent so far."""
        return self.session.transport.sent

    def ask(self, word: Word) -> Answers:
        """What the inputs of a word are answered."""
        word = tuple(word)
        if word and word not in self.answers:
            self._keep(word, self.fresh(word))
        return tuple(self.answers[word[:length]] for length in range(1, len(word) + 1))

    def fresh(self, word: Word) -> Answers:
        """The word performed on the target, whatever is kept of it."""
        for _ in range(TIMES_TO_ASK):
            performed = self.perform(word)
            if all(_clean(each) for each in performed):
                return tuple(outcome_of(each) for each in performed[1:])
        raise LostError(f"an answer to {' · '.join(map(str, word))} was lost {TIMES_TO_ASK} times")

    def perform(self, word: Word) -> list[Performed]:
        """The word on a sync created anew, up to its end, through failures. SpentError if it cannot be afforded."""
        if self.spent + len(word) + 1 > self.most:
            raise SpentError
        self.words += 1
        play = self.session.play(PHASE)
        for action in self.actions(word):
            play.perform(action)
        return list(play.performed)

    def actions(self, word: Word) -> tuple[Action, ...]:
        """The actions of a word, the reset first."""
        return concretise((self.reset, *word), self.naming, self.payload)

    def _keep(self, word: Word, answers: Answers) -> None:
        for length, answer in enumerate(answers, start=1):
            known = self.answers.setdefault(word[:length], answer)
            if known != answer:
                self._vote(word[:length], (known, answer))

    def _vote(self, word: Word, given: Sequence[str]) -> None:
        """Asks a word again and again. Ends well only if what was kept is right and the odd answer was noise."""
        seen = Counter((*given, *(self.fresh(word)[-1] for _ in range(VOTES))))
        likeliest, odd = seen.most_common(1)[0][0], set(seen) - {seen.most_common(1)[0][0]}
        if not odd <= NOISE or seen[likeliest] < VOTES:
            raise TwoAnswersError(word, seen)
        self.outvoted += 1
        if likeliest != self.answers[word]:
            self.forget(word)
            self.answers[word] = likeliest
            raise OutvotedError

    def forget(self, word: Word) -> None:
        """Drops what is kept of a word and of all that go on from it."""
        for known in [known for known in self.answers if known[: len(word)] == word]:
            del self.answers[known]


def _clean(performed: Performed) -> bool:
    """The answer came, and nothing that was lost on the way may have been acted on."""
    return performed.verdict.kind is not Kind.INCONCLUSIVE and not performed.delivery.may_have_acted


def outcome_of(performed: Performed) -> str:
    """The abstract answer: `success`, a state error's code, `refusal`, `server error`, `malformed`, …"""
    return performed.verdict.seen.outcome if performed.verdict.seen else SUCCESS


class Target(SUL):  # type: ignore[misc] # AALpy is not typed
    """The same for AALpy, which may ask by words or step by step."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        self._word: Word = ()

    def query(self, word: Sequence[Input]) -> list[str]:
        """The answers to a word; no request for one that is known."""
        self.num_queries += 1
        return list(self._asking.ask(tuple(word)))

    def pre(self) -> None:
        """Begins a word."""
        self._word = ()

    def step(self, letter: Input) -> str:
        """The answer to one more input. The strategies that we choose ask by whole words."""
        self._word = (*self._word, letter)
        return self._asking.ask(self._word)[-1]

    def post(self) -> None:
        """Ends a word: the next one begins with its own reset."""
