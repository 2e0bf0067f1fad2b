"""Accounts and providers one edit away: different, and marked just where the oracle says that they may match."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import find

from fuzz.oracle.state import may_match
from strategies.body_edits import put
from strategies.mutations.near_names import account_pairs, long_account_pairs, near_accounts, near_providers
from strategies.valid.bodies import plain_payload
from strategies.values.accounts import LONGEST_ACCOUNT, long_account
from strategies.values.accounts import account as pick_account
from swagger.contract import Contract
from tests.strategies.sent import NAMES, judged, made, with_rule

ACCOUNTS = [
    "testuser@gmail.com",
    "a@example.com",
    "First.Last+tag@googlemail.com",
    "TEST1@X.NET",
    "q@q.q",
    "xyz@xyz.xyz",
    "",
    "%",
    "no address",
    long_account(254),
    "qwertyuiopasdfghjklzxcvbnm0123456789.-_+@x",
]


@pytest.mark.parametrize("original", ACCOUNTS)
def test_near_accounts_are_different_ones_each_once(original: str) -> None:
    values = [near.value for near in near_accounts(original)]

    assert original not in values
    assert "" not in values
    assert len(set(values)) == len(values) > 3


@pytest.mark.parametrize("original", ACCOUNTS)
def test_a_near_account_is_marked_just_where_the_oracle_says_that_it_may_match(original: str) -> None:
    for near in near_accounts(original):
        assert may_match(original, near.value) == near.match_unspecified, near


def test_near_accounts_of_every_drawn_account_are_marked_as_the_oracle_says() -> None:
    for original in made(pick_account, 300):
        near = near_accounts(original)
        assert [one for one in near if one.match_unspecified != may_match(original, one.value)] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("another domain", "testuser@another.example"),
        ("another top-level domain", "testuser@gmail.net"),
        ("a sub-domain", "testuser@mail.gmail.com"),
        ("the domain's other name", "testuser@googlemail.com"),
        ("plus tag added", "testuser+tag@gmail.com"),
        ("dot added", "t.estuser@gmail.com"),
        ("character added at the start", "qtestuser@gmail.com"),
        ("character dropped at the middle", "testser@gmail.com"),
        ("character replaced at the end", "testuser@gmail.coq"),
        ("characters changed about at the end", "testuser@gmail.cmo"),
        ("wildcard _ at the middle", "test_ser@gmail.com"),
        ("wildcard for the local part", "%@gmail.com"),
        ("accented letter", "téstuser@gmail.com"),
        ("upper case", "TESTUSER@GMAIL.COM"),
        ("space after", "testuser@gmail.com "),
    ],
)
def test_the_ways_to_be_near_are_written_out_here(name: str, value: str) -> None:
    assert (name, value) in {(near.name, near.value) for near in near_accounts("testuser@gmail.com")}


def test_clearly_different_accounts_come_first() -> None:
    marks = [near.match_unspecified for near in near_accounts("testuser@gmail.com")]

    assert sorted(marks) == marks
    assert {True, False} == set(marks)


def test_tags_dots_and_digits_are_taken_away_and_changed() -> None:
    values = {near.value for near in near_accounts("first.last2+tag@example.com")}

    assert {"first.last2@example.com", "firstlast2+tag@example.com", "first.last3+tag@example.com"} <= values


def test_no_near_account_of_an_address_is_too_long_for_one() -> None:
    assert max(len(near.value) for near in near_accounts(long_account(254))) == LONGEST_ACCOUNT


def test_long_accounts_agree_for_as_long_as_they_say_and_no_longer() -> None:
    for pair in account_pairs():
        length = int(pair.name.split()[2])
        if "first" in pair.name:
            assert (same(pair.one, pair.other, length), same(pair.one, pair.other, length + 1)) == (True, False)
        else:
            backwards = pair.one[::-1], pair.other[::-1]
            assert (same(*backwards, length), same(*backwards, length + 1)) == (True, False)


def same(one: str, other: str, length: int) -> bool:
    return one[:length] == other[:length]


def test_plain_long_accounts_are_addresses_and_allowed_and_the_others_unspecified(contract: Contract) -> None:
    for pair in account_pairs():
        for account in (pair.one, pair.other):
            local, _, domain = account.partition("@")
            body = put(plain_payload(contract, **NAMES), ("calendar_sync", "account"), account)

            assert judged(contract, body).is_valid == (len(account) <= LONGEST_ACCOUNT)
            assert len(local) <= (64 if pair.name.startswith("the first") else 65)
            assert all(1 <= len(label) <= 63 for label in domain.split("."))


def test_long_accounts_reach_the_widths_of_columns() -> None:
    lengths = {int(pair.name.split()[2]) for pair in account_pairs() if "first" in pair.name}

    assert {16, 20, 30, 32, 40, 50, 60, 64, 100, 127, 128, 191, 200, 250, 253, 255} <= lengths


def test_pairs_of_long_accounts_are_drawn_as_two_texts() -> None:
    one, other = find(long_account_pairs(), lambda _: True)

    assert one[:16] == other[:16]
    assert one != other


def test_near_providers_begin_with_the_other_listed_ones(contract: Contract) -> None:
    near = near_providers(contract, "outlook_v1.0")

    assert near[0].value == "google_v3"
    assert "outlook_v1.0" not in [name.value for name in near]
    assert len({name.value for name in near}) == len(near)
    assert not any(name.match_unspecified for name in near)


def test_the_name_of_the_app_is_near_where_the_document_has_one(contract: Contract) -> None:
    assert "googlewaysync" in {near.value for near in near_providers(contract, "google_v3")}
    steps = tuple(replace(step, body={"provider": "google_v3"}) for step in contract.prerequisites)
    nameless = replace(contract, prerequisites=steps)
    assert "its app's name" not in {near.name for near in near_providers(nameless, "google_v3")}


def test_near_providers_are_cut_padded_and_in_another_case(contract: Contract) -> None:
    values = {name.value for name in near_providers(contract, "google_v3")}

    assert {"google", "google_v", "google_v30", "GOOGLE_V3", " google_v3", "google_v3 ", "mock_provider"} <= values


def test_near_providers_follow_the_contract(contract: Contract) -> None:
    changed = with_rule(contract, "calendar_sync.provider", listed=("google_v3", "caldav"))

    assert near_providers(changed, "google_v3")[0].value == "caldav"
