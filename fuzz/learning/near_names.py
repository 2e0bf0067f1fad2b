"""Asks words with near names in place of the learner's own: accounts and providers that are easily taken for others.

The words of the equivalence oracle are sent anyway, so nearly all of this costs no request.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile

from fuzz.automaton.alphabet import Input, InputKind, Word, read_word
from fuzz.automaton.concretise import Naming, alone
from fuzz.automaton.mealy import Mealy, State
from fuzz.cases.names import DIFFERENT, Pair, compared_accounts, kinds_of_nearness, near_pairs
from fuzz.learning.membership_oracle import Answers, MembershipOracle
from fuzz.learning.variations import Variation
from fuzz.oracle.state import CalendarSync
from strategies.mutations.near_names import near_providers
from strategies.valid.fields import listed_providers
from swagger.contract import Contract

SHORTEST = read_word(["send p0 a0", "send p1 a0", "send p0 a1"])
"""The word for near names that no other word has asked for: another provider and another account, to a bound sync."""


@dataclass(slots=True)
class NearNames:
    """Asks words with near names, every kind of nearness once before any comes again. Mutable: counts what it asked.

    `documented`: the machine that says which accounts a word compares. `pairs`, `providers`: how many pairs of near
    accounts and how many near providers were asked for.
    """

    oracle: MembershipOracle
    documented: Mealy
    seed: int
    pairs: int = 0
    providers: int = 0
    tried: list[Variation] = field(default_factory=list)
    _answers: dict[Word, Answers] = field(default_factory=dict)

    def agree(self, word: Word, expected: Answers) -> bool:
        """Whether the target answers a word with near names as expected; False if the word has no place for them."""
        if word not in self._answers:
            naming = self._naming(word)
            if naming is None:
                return False
            self._ask(word, naming)
        return self._answers[word] == expected

    def ask_the_rest(self) -> None:
        """Asks for the near names that no word has asked for yet."""
        near_providers = unlisted_near_providers(self._contract) if len(self.oracle.naming.providers) > 1 else ()
        while self.pairs < len(kinds_of_nearness()) or self.providers < len(near_providers):
            both = self.providers < len(near_providers)
            word = tuple(symbol for symbol in SHORTEST if both or not symbol.provider)
            self._ask(word, self._naming(word) or self.oracle.naming)

    def _ask(self, word: Word, naming: Naming) -> None:
        variation = Variation.performed(self.oracle, self.oracle.steps(word), naming)
        self.tried.append(variation)
        for length in range(1, len(word) + 1):
            self._answers.setdefault(word[:length], variation.answers[1 : length + 1])

    @property
    def _contract(self) -> Contract:
        return self.oracle.session.contract

    def _naming(self, word: Word) -> Naming | None:
        """Near names for a word: accounts if it compares two, a provider if it compares that alone."""
        clear = self._clear(word)
        compared = next((pair for pair in compared_accounts(self.documented, alone(clear)) if len(set(pair)) > 1), None)
        naming = self.oracle.naming
        sends = all(symbol.kind is InputKind.SEND for symbol in word if symbol.provider)
        if sends and self._compares_providers(clear):
            naming = replace(naming, providers=(naming.providers[0], self._near_provider()))
        elif compared is not None and self.pairs % 2:
            naming = replace(naming, providers=naming.providers[::-1])
        if compared is not None:
            stored, given = self._near_accounts()
            naming = replace(naming, accounts=(stored, given) if compared == DIFFERENT else (given, stored))
        return None if naming == self.oracle.naming else naming

    def _clear(self, word: Word) -> Word:
        """A word up to the first input of which the documents do not say what it leaves: then an answer tells less."""
        machine, steps = self.documented, zip(word, self.documented.trace(word), strict=True)
        vague = {*machine.unspecified, *machine.undocumented}
        return tuple(symbol for symbol, _ in takewhile(lambda step: (step[1][0], step[0]) not in vague, steps))

    def _compares_providers(self, word: Word) -> bool:
        """Whether a word sends the second provider to a sync of the first, with an account that is right."""
        steps = zip(word, self.documented.trace(word), strict=True)
        return any(symbol.provider and _is_right(state, symbol) for symbol, (state, _, _) in steps)

    def _near_accounts(self) -> Pair:
        every = near_pairs(self.seed)
        self.pairs += 1
        return every[(self.pairs - 1) % len(every)]

    def _near_provider(self) -> str:
        every = unlisted_near_providers(self._contract)
        self.providers += 1
        return every[(self.providers - 1) % len(every)]


def _is_right(state: State, symbol: Input) -> bool:
    """Whether a sync may hold the account that an input names."""
    return isinstance(state, CalendarSync) and state.account in (None, f"a{symbol.account}")


def unlisted_near_providers(contract: Contract) -> tuple[str, ...]:
    """Names near to the first listed provider that no service takes for the same, and that are not listed."""
    listed = listed_providers(contract)
    near = [name for name in near_providers(contract, listed[0]) if not name.match_unspecified]
    return tuple(name.value for name in near if name.value not in listed and name.value.isprintable())
