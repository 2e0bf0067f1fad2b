"""The covering array: all pairs in each run, all values in a few, and every body is valid."""

from __future__ import annotations

import json
from itertools import combinations, product

import pytest

from strategies.valid.bodies import plain_payload
from strategies.valid.covering import SIZES, Row, covering_body, covering_rows
from strategies.valid.edge_case_batches import unusual_fields
from swagger.load import load_contract
from tests.strategies.sent import judged, with_rule

CONTRACT = load_contract()
ACCEPTED = 152
"""Accepted requests of the suite."""


def values(row: Row) -> tuple[object, ...]:
    return (row.size, row.spelling, row.order, *row.fields)


@pytest.mark.parametrize("seed", range(4))
def test_every_pair_of_values_is_in_a_row_and_a_run_has_requests_for_all_rows(seed: int) -> None:
    rows = [values(row) for row in covering_rows(CONTRACT, seed)]
    levels = [sorted(set(column), key=str) for column in zip(*rows, strict=True)]
    pairs = {
        ((one, a), (other, b))
        for one, other in combinations(range(len(levels)), 2)
        for a, b in product(levels[one], levels[other])
    }

    assert len(rows) <= ACCEPTED
    assert set(SIZES) < set(levels[0])
    assert pairs == {((one, row[one]), (other, row[other])) for row in rows for one, other in combinations(range(6), 2)}


def test_a_few_seeds_use_every_value() -> None:
    rows = [row for seed in range(8) for row in covering_rows(CONTRACT, seed)]
    used = {(place, value) for row in rows for place, value in enumerate(row.fields)}

    assert {0, 1, 2} == {place for place, _ in used}
    assert 72 + 43 + 24 + 3 == len(used)


def test_every_body_is_valid_and_every_text_is_one_too() -> None:
    body = plain_payload(CONTRACT, provider="google_v3", account="a@example.com")
    made = [covering_body(CONTRACT, row, body) for row in covering_rows(CONTRACT, 1)]

    assert any(isinstance(each, str) for each in made)
    for each in made:
        assert judged(CONTRACT, json.loads(each) if isinstance(each, str) else each).is_valid, each


@pytest.mark.parametrize("factor", range(3))
def test_each_unusual_value_is_allowed_alone_in_both_forms(factor: int) -> None:
    body = plain_payload(CONTRACT, provider="google_v3", account="a@example.com")
    for place in range(len(unusual_fields(CONTRACT)[factor])):
        fields = tuple(place if each == factor else -1 for each in range(3))
        for size in (0, 1):
            assert judged(CONTRACT, covering_body(CONTRACT, Row(size, None, 0, fields), body)).is_valid, fields


def test_without_the_alternative_there_is_no_single_form() -> None:
    assert all(row.size for row in covering_rows(with_rule(CONTRACT, "external_items", alternative=None), 1))
