"""Texts, accounts and providers, each by the judgement of a body that holds them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import find
from hypothesis import strategies as st

from strategies.body_edits import put
from strategies.byte_choices import Picks, picked
from strategies.valid.bodies import plain_payload
from strategies.valid.fields import (
    ACCOUNT_PATH,
    ID_PATH,
    PROVIDER_PATH,
    TITLE_PATH,
    accounts,
    listed_providers,
    unlisted_providers,
    value_for,
)
from strategies.values.accounts import UNUSUAL_ACCOUNTS, account, long_account
from strategies.values.texts import _SCRIPTS, UNUSUAL_TEXTS, external_id, title
from swagger.contract import Contract, Json
from tests.strategies.sent import NAMES, drawn, filled, judged, made, with_rule, without_rules

TITLE = ("external_items", 0, "external_title")
ID = ("external_items", 0, "external_id")
ACCOUNT = ("calendar_sync", "account")
PROVIDER = ("calendar_sync", "provider")
TITLES, EXTERNAL_IDS = picked(title, size=32), picked(external_id, size=8)


def plain_with(contract: Contract, path: tuple[str | int, ...], value: Json) -> Json:
    return put(plain_payload(contract, **NAMES), path, value)


@pytest.mark.parametrize(
    ("strategy", "simplest"),
    [
        (TITLES, "Meeting"),
        (EXTERNAL_IDS, "item-{{now_timestamp}}-1"),
        (accounts(), "a@example.com"),
    ],
)
def test_the_simplest_value_comes_first(strategy: st.SearchStrategy[str], simplest: str) -> None:
    assert simplest == find(strategy, lambda _: True)


@pytest.mark.parametrize(
    ("strategy", "function", "path"),
    [(TITLES, title, TITLE), (EXTERNAL_IDS, external_id, ID), (accounts(), account, ACCOUNT)],
)
def test_every_plain_text_is_allowed(
    contract: Contract,
    strategy: st.SearchStrategy[str],
    function: Callable[[Picks], str],
    path: tuple[str | int, ...],
) -> None:
    for text in (*drawn(strategy, 100), *made(function, 1500)):
        assert judged(contract, plain_with(contract, path, text)).is_valid, text


def test_titles_reach_every_plane_that_holds_text_and_every_length() -> None:
    texts = made(title, 3000)

    assert {0, 1, 2, 3, 14} == {ord(char) >> 16 for text in texts for char in text}
    assert {1, 255} <= {len(text) for text in texts}


def test_titles_reach_what_parsers_and_pages_break_on() -> None:
    texts = made(title, 3000)
    kinds = {
        "emoji joined by ZWJ": "\u200d",
        "right to left": "ש",
        "combining mark": "\u0301",
        "CJK extension B": "𠀋",
        "SQL": "DROP TABLE",
        "HTML": "<script>",
        "JSON": '{"',
        "a template of another language": "${",
        "quote": "'",
        "double quote": '"',
        "backslash": "\\",
        "percent": "%",
    }

    assert [kind for kind, part in kinds.items() if not any(part in text for text in texts)] == []


def test_every_run_of_characters_is_assigned_and_holds_no_brace_or_white_space() -> None:
    for first, last in _SCRIPTS:
        for char in map(chr, range(first, last + 1)):
            assert unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co", "Zl", "Zp", "Zs"}, hex(ord(char))
            assert char != "{"


def test_external_ids_begin_like_a_word_and_hold_the_timestamp() -> None:
    for text in drawn(EXTERNAL_IDS, 100):
        assert text.count("{{now_timestamp}}") == 1
        assert text[0].isalpha() or text[0] == "_"
        assert len(filled(text)) <= 255


def test_accounts_reach_tags_dots_sub_domains_upper_case_digits_and_the_longest() -> None:
    texts = made(account, 2000)

    assert max(map(len, texts)) == 254
    for part in ("+tag", "first.last", "mail.example.com", "TESTUSER", "1234567890", "_", "'"):
        assert any(part in text for text in texts), part


@pytest.mark.parametrize("length", [70, 80, 127, 128, 129, 130, 193, 254, 255, 321])
def test_a_long_account_is_of_just_that_length_and_its_labels_fit(length: int) -> None:
    local, _, domain = long_account(length).partition("@")

    assert length == len(local) + 1 + len(domain)
    assert len(local) == 64
    assert all(1 <= len(label) <= 63 for label in domain.split("."))


def test_providers_are_the_listed_ones_in_their_order(contract: Contract) -> None:
    assert listed_providers(contract) == ("google_v3", "outlook_v1.0")


def test_another_list_gives_other_providers(contract: Contract) -> None:
    changed = with_rule(contract, "calendar_sync.provider", listed=("caldav",))

    assert listed_providers(changed) == ("caldav",)
    assert "caldav" not in unlisted_providers(changed)


def test_without_a_list_the_example_names_the_provider(contract: Contract) -> None:
    unlisted = with_rule(contract, "calendar_sync.provider", listed=())
    undescribed = without_rules(contract, "calendar_sync.provider")

    assert ("google_v3",) == listed_providers(unlisted) == listed_providers(undescribed)


def test_the_fields_that_are_named_here_are_in_the_contract(contract: Contract) -> None:
    assert [path for path in (ACCOUNT_PATH, ID_PATH, PROVIDER_PATH, TITLE_PATH) if contract.field(path) is None] == []


def test_every_unusual_value_is_unspecified_and_violates_nothing(contract: Contract) -> None:
    bodies = [
        *(plain_with(contract, TITLE, sample.value) for sample in UNUSUAL_TEXTS),
        *(plain_with(contract, ACCOUNT, sample.value) for sample in UNUSUAL_ACCOUNTS),
        *(plain_with(contract, PROVIDER, provider) for provider in unlisted_providers(contract)),
    ]
    for body in bodies:
        validity = judged(contract, body)

        assert (validity.violations, bool(validity.unspecified)) == ((), True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date-time"}, "2030-01-01T10:00:00Z"),
        ({"type": "string", "listed": ("busy", "free")}, "busy"),
        ({"type": "integer"}, 1),
        ({"type": "number"}, 1),
        ({"type": "boolean"}, True),
        ({"type": "array"}, ["text"]),
        ({"type": "object"}, {}),
        ({"type": "no type that we know"}, "text"),
    ],
)
def test_a_field_that_nobody_knows_gets_a_value_by_its_rule(
    contract: Contract, changes: dict[str, Json], expected: Json
) -> None:
    rule = replace(contract.fields[0], path="external_items[].new_field", **changes)

    assert expected == value_for(rule)(Picks())
