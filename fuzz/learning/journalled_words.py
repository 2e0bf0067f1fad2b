"""Reads the exchanges of a run's journal as words over the learner's alphabet, at no request.

A word is what one staff member got in one scenario, from a create on. It ends before an exchange that the alphabet
cannot say (a payload case, another token, a third account, two requests at once) or whose answer was lost; the next
create begins another word.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import permutations, product
from typing import cast

from fuzz.automaton.alphabet import Alphabet, Input, InputKind, Word
from fuzz.events.types import ExchangeEvent, RequestEntry
from fuzz.oracle.actions import Move
from fuzz.oracle.judgement.tally import CREATE, TOKEN
from fuzz.oracle.state import Named
from fuzz.oracle.validity.feature_names import Feature, Unspecified
from fuzz.oracle.validity.violations import named_by
from fuzz.oracle.verdict import AT_ONCE, MALFORMED, OTHER, REFUSAL, SERVER_ERROR, SUCCESS, VerdictKind
from strategies.valid.fields import listed_providers
from swagger.contract import Contract, Json

PROVIDERS = ACCOUNTS = 2
"""Numbers of names in a word."""


@dataclass(slots=True)
class RecordedFailure:
    """An answer that the documents do not allow, after the shortest word with it. Mutable: `count` grows."""

    word: Word
    event: ExchangeEvent
    count: int = 1


@dataclass(slots=True)
class _OpenWord:
    """The word of a staff member in a scenario, so far. Mutable. `accounts` are numbered as they are first named."""

    scenario: int
    word: Word | None = None
    accounts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class JournalledWords:
    """The words of a journal. Mutable: `add` takes its exchanges one by one.

    `answers`: how often each word's last input got which answer. `failures`: the first of each clause and answer with
    the shortest word. `exchanges`, `used`: the number of exchanges, and of those that are part of a word.
    """

    contract: Contract
    answers: dict[Word, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failures: dict[tuple[str, str], RecordedFailure] = field(default_factory=dict)
    exchanges: int = 0
    used: int = 0
    _open: dict[str, _OpenWord] = field(default_factory=dict)

    def add(self, event: ExchangeEvent) -> None:
        """Adds an exchange to the word of its staff member; one that the alphabet cannot say ends what is open."""
        self.exchanges += 1
        try:
            word, output = self._read(event)
        except (KeyError, TypeError, ValueError):
            word, output = None, ""
        if word is None:
            self._end(event["scenario"])
            return
        self.used += 1
        self.answers[word][output] += 1
        if event["kind"] == VerdictKind.FAIL:
            self._add_failure(word, output, event)

    def _read(self, event: ExchangeEvent) -> tuple[Word | None, str]:
        """The word that ends with an exchange, if there is one, and the answer."""
        uid, named = _named(event)
        output = _outcome(self.contract, event)
        return (None if named is None else self._longer(uid, event, named)), output

    def _longer(self, uid: str, event: ExchangeEvent, named: Named) -> Word | None:
        """The word of a staff member with one more input; None if there is none."""
        kept = self._open.get(uid)
        if kept is None or kept.scenario != event["scenario"] or (kept.word is None and event["act"] == CREATE):
            kept = self._open[uid] = _OpenWord(event["scenario"], () if event["act"] == CREATE else None)
        symbol = self._symbol(event["act"], named, kept.accounts)
        kept.word = None if kept.word is None or symbol is None else (*kept.word, symbol)
        return kept.word

    def _symbol(self, act: str, named: Named, accounts: dict[str, int]) -> Input | None:
        providers = listed_providers(self.contract)[:PROVIDERS]
        if named.provider not in providers:
            return None
        provider = providers.index(named.provider)
        if act == CREATE:
            return Input(InputKind.CREATE, provider)
        if not isinstance(named.account, str) or len({*accounts, named.account}) > ACCOUNTS:
            return None
        return Input(InputKind(act), provider, accounts.setdefault(named.account, len(accounts)))

    def _end(self, scenario: int) -> None:
        """Ends every open word of a scenario: such a request may have changed the sync of any of its staff members."""
        for kept in self._open.values():
            if kept.scenario == scenario:
                kept.word = None

    def _add_failure(self, word: Word, output: str, event: ExchangeEvent) -> None:
        key = event["clause"], output
        known = self.failures.get(key)
        if known is None or len(word) < len(known.word):
            self.failures[key] = RecordedFailure(word, event, 1 + (known.count if known else 0))
        else:
            known.count += 1

    def alphabet(self) -> Alphabet:
        """The alphabet of the moves that occur."""
        kinds = {word[-1].kind for word in self.answers}
        providers = min(PROVIDERS, len(listed_providers(self.contract)))
        return Alphabet(providers, ACCOUNTS, tuple(move for move in Move if InputKind(move) in kinds))

    def in_every_naming(self) -> dict[Word, Counter[str]]:
        """The answers to the words over the alphabet, each word in every naming: the documents treat names alike."""
        alphabet = self.alphabet()
        known = set(alphabet.inputs())
        found: dict[Word, Counter[str]] = defaultdict(Counter)
        for providers, accounts in product(permutations(range(alphabet.providers)), permutations(range(ACCOUNTS))):
            for word, answers in self.answers.items():
                named = tuple(_renamed(symbol, providers, accounts) for symbol in word)
                if known.issuperset(named):
                    found[named].update(answers)
        return found


def _renamed(symbol: Input, providers: tuple[int, ...], accounts: tuple[int, ...]) -> Input:
    account = None if symbol.account is None else accounts[symbol.account]
    return Input(symbol.kind, providers[symbol.provider], account)


def _named(event: ExchangeEvent) -> tuple[str, Named | None]:
    """The uid of the staff member and the names in a request; None for a request that the alphabet cannot say."""
    body: Json = json.loads(cast(RequestEntry, event["request"])["body"])
    uid, act = str(body["staff_uid"]), event["act"]
    silent = {str(Unspecified(Feature.SIBLING, act))} if act in set(Move) else set()
    odd = {*event["breaks"], *event["silent"]} - silent
    other_token = (act == CREATE and CREATE not in event["due"]) or {TOKEN, f"{act}.{TOKEN}"} & {*event["due"]}
    if odd or other_token or AT_ONCE in event["detail"] or event["lost_attempts"]:
        return uid, None
    return uid, Named(body["provider"], None) if act == CREATE else named_by(body)


def _outcome(contract: Contract, event: ExchangeEvent) -> str:
    """The abstract answer that the label of an answer stands for. ValueError for one that says nothing of a state."""
    status, _, rest = (event["seen"] or "").partition(" ")
    act = event["act"]
    if f"{act}.{rest}" in {clause.id for clause in contract.promised_by(act).clauses}:
        return f"{act}.{rest}"
    if rest in {REFUSAL, MALFORMED, *(error.code for error in contract.state_errors)}:
        return rest
    if rest:
        raise ValueError(event["seen"])
    return _outcome_of_status(contract, act, int(status))


def _outcome_of_status(contract: Contract, act: str, status: int) -> str:
    promised = contract.promised_by(act).success_status if act in set(Move) else contract.success_status
    if status in (contract.create_step.expect_status if act == CREATE else (promised,)):
        return SUCCESS
    return SERVER_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else OTHER
