"""Words are asked with near names where they have a place for them, and with the learner's own elsewhere."""

from __future__ import annotations

import pytest

from fuzz.automaton.alphabet import Alphabet, Word, read_word
from fuzz.automaton.concretise import Naming
from fuzz.cases.names import ScenarioNames, kinds_of_nearness
from fuzz.learning.learner import ACCOUNTS, documented_readings
from fuzz.learning.membership_oracle import MembershipOracle
from fuzz.learning.near_names import NearNames, unlisted_near_providers
from fuzz.selftest.in_process import InProcess
from swagger.load import load_contract

CONTRACT = load_contract()
PROVIDERS = ("google_v3", "outlook_v1.0")
COMPARES = ["send p0 a0", "send p0 a1"]


def near_names(*, fault: str | None = None, providers: int = 2) -> NearNames:
    session = InProcess.of(CONTRACT, fault=fault).session
    reset = read_word(["create p0"])[0]
    payload = ScenarioNames(CONTRACT, 0).payload
    oracle = MembershipOracle(session, reset, Naming(PROVIDERS[:providers], ACCOUNTS), payload, 1_000)
    return NearNames(oracle, documented_readings(CONTRACT, Alphabet(providers), reset)[0], seed=0)


def expected(names: NearNames, word: Word) -> tuple[str, ...]:
    return names.documented.outputs(word)


def test_a_word_that_compares_two_accounts_is_asked_with_near_ones() -> None:
    names, word = near_names(), read_word(COMPARES)
    assert names.agree(word, expected(names, word))
    (tried,) = names.tried
    assert {tried.naming.accounts} <= {pair for pairs in kinds_of_nearness().values() for pair in pairs}


def test_the_account_that_is_stored_first_is_the_first_of_the_pair() -> None:
    names = near_names()
    for word in (read_word(COMPARES), read_word(COMPARES[::-1])):
        names.agree(word, expected(names, word))
    pairs = {pair for pairs in kinds_of_nearness().values() for pair in pairs}
    one, other = (variation.naming.accounts for variation in names.tried)
    assert one in pairs
    assert other[::-1] in pairs


def test_a_provider_that_is_compared_alone_is_a_near_one() -> None:
    names, word = near_names(), read_word(["send p0 a0", "send p1 a0"])
    assert names.agree(word, expected(names, word))
    (tried,) = names.tried
    assert (PROVIDERS[0], ACCOUNTS) == (tried.naming.providers[0], tried.naming.accounts)
    assert tried.naming.providers[1] in unlisted_near_providers(CONTRACT)


def test_a_provider_of_a_sync_is_a_listed_one() -> None:
    names, word = near_names(), read_word(["create p1", "send p1 a0", "send p1 a1"])
    for _ in range(2):
        names._answers.clear()
        names.agree(word, expected(names, word))
    assert [PROVIDERS, PROVIDERS[::-1]] == [variation.naming.providers for variation in names.tried]


@pytest.mark.parametrize(
    "word",
    [
        ["send p0 a0", "send p0 a0"],
        ["create p1"],
        ["disconnect p0 a0", "send p0 a1"],
        ["disconnect p0 a0", "send p1 a0"],
        ["send p0 a0", "send p1 a1"],
        ["send p1 a0", "create p1"],
        ["send p0 a1", "disable p0 a0", "send p0 a0"],
    ],
)
def test_a_word_without_a_place_for_near_names_is_not_asked(word: list[str]) -> None:
    names = near_names()
    assert not names.agree(read_word(word), expected(names, read_word(word)))
    assert [] == names.tried


def test_a_word_is_asked_once_and_so_are_its_beginnings() -> None:
    names, word = near_names(), read_word([*COMPARES, "send p0 a0"])
    for asked in (word, word, word[:2]):
        assert names.agree(asked, expected(names, asked))
    assert 1 == len(names.tried)


def test_an_answer_that_differs_is_told() -> None:
    names, word = near_names(fault="account-not-compared"), read_word(COMPARES)
    assert not names.agree(word, expected(names, word))
    assert names.tried[0].failed
    assert ("send", "success") == names.tried[0].failure


def test_the_rest_is_every_near_name_once() -> None:
    names = near_names()
    names.ask_the_rest()
    assert len(kinds_of_nearness()) == len({variation.naming.accounts for variation in names.tried})
    assert set(unlisted_near_providers(CONTRACT)) <= {variation.naming.providers[1] for variation in names.tried}
    before = len(names.tried)
    names.ask_the_rest()
    assert before == len(names.tried)


def test_where_one_provider_is_listed_only_near_accounts_are_asked_for() -> None:
    names = near_names(providers=1)
    names.ask_the_rest()
    assert (len(kinds_of_nearness()), 0) == (names.pairs, names.providers)
