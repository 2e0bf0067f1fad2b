"""Crowded bodies: allowed as a whole, and between them everything unusual that is plainly allowed."""

from __future__ import annotations

from strategies.accounts import PLAIN_ACCOUNTS, UNUSUAL_ACCOUNTS
from strategies.crowds import (
    CROWD,
    IDS,
    SPANS,
    UNUSUAL_TITLES,
    crowds,
    mixed_crowds,
    one_unusual,
    unusual_ids,
    unusual_spans,
    unusual_titles,
)
from strategies.edits import put
from strategies.payloads import plain_payload
from swagger.contract import Contract
from tests.strategies.sent import NAMES, judged, with_rule, without_rules

ITEM = "external_items[]"


def test_crowds_are_allowed_and_no_larger_than_they_may_be(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    for crowded in (*crowds(contract, body), *mixed_crowds(contract, body)):
        ids = [item["external_id"] for item in crowded["external_items"]]

        assert judged(contract, crowded).allowed
        assert 1 < len(ids) == len(set(ids)) <= CROWD


def test_crowds_hold_every_unusual_title_id_and_date(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    for crowd in (crowds, mixed_crowds):
        items = [item for crowded in crowd(contract, body) for item in crowded["external_items"]]

        assert set(UNUSUAL_TITLES) <= {item.get("external_title") for item in items}
        assert set(SPANS) <= {(item["start_date"], item["end_date"]) for item in items}
        assert {f"{before}{{{{now_timestamp}}}}{after}" for before, after in IDS} <= {
            item["external_id"] for item in items
        }


def test_each_unusual_thing_is_allowed_alone_in_both_forms(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    for fields in (*unusual_titles(contract), *unusual_ids(contract), *unusual_spans(contract)):
        for single in (False, True):
            assert judged(contract, one_unusual(contract, body, fields, single=single)).allowed, fields


def test_without_the_alternative_there_is_no_single_form(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", alternative=None)
    body = plain_payload(changed, **NAMES)

    titled = one_unusual(changed, body, {"external_title": "a"}, single=True)
    assert titled["external_items"][0]["external_title"] == "a"


def test_a_contract_without_such_fields_has_no_crowds_of_them(contract: Contract) -> None:
    none = without_rules(contract, *(f"{ITEM}.{name}" for name in ("external_title", "external_id", "end_date")))

    assert [*crowds(none, plain_payload(none, **NAMES)), *mixed_crowds(none, plain_payload(none, **NAMES))] == []


def test_items_without_an_id_or_a_last_modification_are_crowded_all_the_same(contract: Contract) -> None:
    fewer = without_rules(contract, f"{ITEM}.external_id", f"{ITEM}.last_modification")
    crowded = list(crowds(fewer, plain_payload(fewer, **NAMES)))

    assert crowded
    assert all(judged(fewer, replaced).allowed for replaced in crowded)


def test_plain_accounts_are_allowed_and_unusual_ones_silent(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    accounts = [*PLAIN_ACCOUNTS, *(account for _, account in UNUSUAL_ACCOUNTS)]
    qualities = [judged(contract, put(body, ("calendar_sync", "account"), account)) for account in accounts]

    assert [each.allowed for each in qualities] == [True] * len(PLAIN_ACCOUNTS) + [False] * len(UNUSUAL_ACCOUNTS)
    assert not any(each.breaks for each in qualities)
