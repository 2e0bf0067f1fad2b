"""The membership oracle of the learner: sends a word of inputs to the target and returns the answers.

A create before every word resets the target. Answers are kept by prefix, so that a word is sent only once. It is sent
again if an answer was lost. If an answer contradicts an earlier one, a vote decides whether it was noise of a gateway,
or whether the target is nondeterministic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from aalpy.base import SUL

from fuzz.automaton.alphabet import Input, Word
from fuzz.automaton.concretise import Naming, Payload, Steps, alone, concretise_steps
from fuzz.automaton.wording import Wording
from fuzz.oracle.verdict import MALFORMED, SERVER_ERROR, SUCCESS, VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.session.session import Session

PHASE = "learn"
MAX_TRIES = 5
VOTES = 5
NOISE = frozenset({SERVER_ERROR, MALFORMED})
"""Outcomes that may come from a gateway. Any other deviating answer is the service's own."""

Answers = tuple[str, ...]


class BudgetSpentError(Exception):
    """Raised when no more requests may be sent."""


class AnswerLostError(Exception):
    """Raised when an answer to a word was lost each time."""


class OutvotedError(Exception):
    """Raised when an earlier answer was noise: learning must begin again without it."""


@dataclass(slots=True)
class NondeterministicTargetError(Exception):
    """Raised when the same inputs get different answers. `seen` counts the answers to the last input. Mutable."""

    word: Word
    seen: Counter[str]


@dataclass(slots=True)
class MembershipOracle:
    """Asks the target for the answers to words. Mutable: it keeps answers and counts requests."""

    session: Session
    reset: Input
    naming: Naming
    payload: Payload
    max_requests: int
    outvoted: int = 0
    words: int = 0
    answers: dict[Word, str] = field(default_factory=dict)

    @property
    def spent(self) -> int:
        """Requests sent so far."""
        return self.session.client.requests_sent

    def ask(self, word: Word) -> Answers:
        """The answers to the inputs of a word."""
        word = tuple(word)
        if word and word not in self.answers:
            self._keep(word, self.fresh(word))
        return tuple(self.answers[word[:length]] for length in range(1, len(word) + 1))

    def fresh(self, word: Word) -> Answers:
        """The answers to a word, which is sent to the target even if its answers are kept."""
        return tuple(map(outcome_of, self.certain(self.steps(word), self.naming)[1:]))

    def certain(self, steps: Steps, naming: Naming) -> list[Exchange]:
        """Sends a scenario until every answer has come. AnswerLostError if one was lost each time."""
        for _ in range(MAX_TRIES):
            exchanges = self.perform(steps, naming)
            if all(map(_is_certain, exchanges)):
                return exchanges
        said = Wording(naming).word(tuple(symbol for _, symbol in steps))
        raise AnswerLostError(f"an answer to {said} was lost {MAX_TRIES} times")

    def perform(self, steps: Steps, naming: Naming) -> list[Exchange]:
        """Sends a whole scenario, even if it fails. BudgetSpentError if too few requests are left."""
        if self.spent + len(steps) > self.max_requests:
            raise BudgetSpentError
        self.words += 1
        run = self.session.start_scenario(PHASE)
        for action in concretise_steps(steps, naming, self.payload):
            run.perform(action)
        return list(run.exchanges)

    def steps(self, word: Word) -> Steps:
        """The steps of a word, the reset first."""
        return alone((self.reset, *word))

    def _keep(self, word: Word, answers: Answers) -> None:
        for length, answer in enumerate(answers, start=1):
            known = self.answers.setdefault(word[:length], answer)
            if known != answer:
                self._vote(word[:length], (known, answer))

    def _vote(self, word: Word, given: Sequence[str]) -> None:
        """Sends a word several times. Returns if the kept answers are right and the new one was noise; else raises."""
        seen = Counter((*given, *(self.fresh(word)[-1] for _ in range(VOTES))))
        likeliest, odd = seen.most_common(1)[0][0], set(seen) - {seen.most_common(1)[0][0]}
        if not odd <= NOISE or seen[likeliest] < VOTES:
            raise NondeterministicTargetError(word, seen)
        self.outvoted += 1
        if likeliest != self.answers[word]:
            self.forget(word)
            self.answers[word] = likeliest
            raise OutvotedError

    def forget(self, word: Word) -> None:
        """Drops the kept answers to a word and to all words that begin with it."""
        for known in [known for known in self.answers if known[: len(word)] == word]:
            del self.answers[known]


def _is_certain(exchange: Exchange) -> bool:
    """Whether the answer came, and no lost attempt may have been carried out."""
    return exchange.verdict.kind is not VerdictKind.INCONCLUSIVE and not exchange.delivery.may_have_acted


def outcome_of(exchange: Exchange) -> str:
    """The abstract answer: `success`, a state error's code, `refusal`, `server error`, `malformed`, …"""
    return exchange.verdict.seen.outcome if exchange.verdict.seen else SUCCESS


class Target(SUL):  # type: ignore[misc] # AALpy is not typed
    """The membership oracle as a system under learning of AALpy, asked by words or step by step."""

    def __init__(self, oracle: MembershipOracle) -> None:
        super().__init__()
        self._oracle = oracle
        self._word: Word = ()

    def query(self, word: Sequence[Input]) -> list[str]:
        """The answers to a word; no request for one that is known."""
        self.num_queries += 1
        return list(self._oracle.ask(tuple(word)))

    def knows(self, word: Word) -> bool:
        """Whether the answers to a word are known."""
        return word in self._oracle.answers

    def pre(self) -> None:
        """Begins a word."""
        self._word = ()

    def step(self, letter: Input) -> str:
        """The answer to one more input. The strategies that we choose ask by whole words."""
        self._word = (*self._word, letter)
        return self._oracle.ask(self._word)[-1]

    def post(self) -> None:
        """Ends a word: the next one begins with its own reset."""
