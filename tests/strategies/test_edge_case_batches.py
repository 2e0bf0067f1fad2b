"""Batches of edge cases: allowed as a whole, and between them everything unusual that is plainly allowed."""

from __future__ import annotations

from strategies.body_edits import put
from strategies.valid.bodies import plain_payload
from strategies.valid.edge_case_batches import (
    BATCH_SIZE,
    edge_case_batches,
    mixed_batches,
)
from strategies.values.accounts import PLAIN_ACCOUNTS, UNUSUAL_ACCOUNTS
from strategies.values.edge_cases import EDGE_CASE_IDS, EDGE_CASE_SPANS, EDGE_CASE_TITLES
from swagger.contract import Contract
from tests.strategies.sent import NAMES, judged, without_rules

ITEM = "external_items[]"


def test_batches_are_allowed_and_no_larger_than_they_may_be(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    for batch in (*edge_case_batches(contract, body), *mixed_batches(contract, body)):
        ids = [item["external_id"] for item in batch["external_items"]]

        assert judged(contract, batch).is_valid
        assert 1 < len(ids) == len(set(ids)) <= BATCH_SIZE


def test_batches_hold_every_unusual_title_id_and_date(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    for batches_of in (edge_case_batches, mixed_batches):
        items = [item for batch in batches_of(contract, body) for item in batch["external_items"]]

        assert set(EDGE_CASE_TITLES) <= {item.get("external_title") for item in items}
        assert set(EDGE_CASE_SPANS) <= {(item["start_date"], item["end_date"]) for item in items}
        assert {f"{before}{{{{now_timestamp}}}}{after}" for before, after in EDGE_CASE_IDS} <= {
            item["external_id"] for item in items
        }


def test_a_contract_without_such_fields_has_no_batches_of_them(contract: Contract) -> None:
    none = without_rules(contract, *(f"{ITEM}.{name}" for name in ("external_title", "external_id", "end_date")))

    assert [
        *edge_case_batches(none, plain_payload(none, **NAMES)),
        *mixed_batches(none, plain_payload(none, **NAMES)),
    ] == []


def test_items_without_an_id_or_a_last_modification_are_put_into_batches_all_the_same(contract: Contract) -> None:
    fewer = without_rules(contract, f"{ITEM}.external_id", f"{ITEM}.last_modification")
    batches = list(edge_case_batches(fewer, plain_payload(fewer, **NAMES)))

    assert batches
    assert all(judged(fewer, batch).is_valid for batch in batches)


def test_plain_accounts_are_allowed_and_unusual_ones_unspecified(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    accounts = [*PLAIN_ACCOUNTS, *(sample.value for sample in UNUSUAL_ACCOUNTS)]
    validities = [judged(contract, put(body, ("calendar_sync", "account"), account)) for account in accounts]

    assert [validity.is_valid for validity in validities] == [True] * len(PLAIN_ACCOUNTS) + [False] * len(
        UNUSUAL_ACCOUNTS
    )
    assert not any(validity.violations for validity in validities)
