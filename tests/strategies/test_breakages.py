"""Breakages, each judged as sent: what it names is what it breaks, and every breakable clause is broken alone."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from strategies.breakages import Breakage, breakages, pairs
from strategies.edits import Form
from strategies.payloads import payloads, plain_payload
from swagger.contract import ClauseKind, Contract
from tests.strategies.sent import NAMES, broken_by, drawn, judged, parsed, with_rule, without_rules

ITEM = "external_items[]"
BREAKABLE = {ClauseKind.REQUIRED, ClauseKind.TYPE, ClauseKind.FORMAT, ClauseKind.ALTERNATIVE}


def plain_bodies(contract: Contract) -> list[Any]:
    """The simplest body, one with several items, and one in the single form."""
    several = next(body for body in drawn(payloads(contract, **NAMES), 100) if len(body.get("external_items", ())) == 3)
    single = next(body for body in drawn(payloads(contract, **NAMES), 100) if "external_item" in body)
    return [plain_payload(contract, **NAMES), several, single]


def test_each_breakage_breaks_exactly_the_clauses_that_it_names(contract: Contract) -> None:
    for body in plain_bodies(contract):
        for breakage in breakages(contract):
            assert set(breakage.breaks) == broken_by(contract, breakage, body), breakage.name


def test_every_breakable_clause_is_broken_alone(contract: Contract) -> None:
    alone = {breakage.breaks for breakage in breakages(contract)}
    expected = {(clause.id,) for clause in contract.clauses if clause.kind in BREAKABLE}

    assert len(expected) == 25
    assert set() == expected - alone


def test_every_clause_of_an_item_is_broken_alone_in_each_form(contract: Contract) -> None:
    for form in Form:
        alone = {breakage.breaks for breakage in breakages(contract) if breakage.form is form}
        items = {(clause.id,) for clause in contract.clauses if clause.kind in BREAKABLE and ITEM in clause.id}

        assert len(items) == 14
        assert set() == items - alone


def test_a_breakage_leaves_the_body_as_it_was(contract: Contract) -> None:
    for body in plain_bodies(contract):
        before = deepcopy(body)
        for breakage in breakages(contract):
            breakage.apply(body)

        assert before == body


def test_the_catalogue_is_the_same_each_time_and_names_each_breakage_once(contract: Contract) -> None:
    catalogue = breakages(contract)

    assert breakages(contract) == catalogue
    assert [name for name, times in Counter(each.name for each in catalogue).items() if times > 1] == []
    assert 250 < len(catalogue) < 400


def test_a_breakage_is_named_by_its_kind_field_and_item(contract: Contract) -> None:
    assert "absent: external_items[].start_date (later item)" in {each.name for each in breakages(contract)}


def test_raw_texts_are_no_json(contract: Contract) -> None:
    raw = [each for each in breakages(contract) if each.raw]

    assert len(raw) == 10
    for body in plain_bodies(contract):
        for each in raw:
            assert not isinstance(parsed(each.apply(body)), dict | list), each.name


def test_pairs_break_exactly_what_both_break(contract: Contract) -> None:
    for body in plain_bodies(contract):
        for pair in pairs(breakages(contract)):
            assert set(pair.breaks) == broken_by(contract, pair, body), pair.name
            assert len(pair.breaks) >= 2


def test_every_two_fields_outside_each_other_are_paired(contract: Contract) -> None:
    together = {frozenset(clause.partition(":")[2] for clause in pair.breaks) for pair in pairs(breakages(contract))}

    assert frozenset({"staff_uid", "calendar_sync.account"}) in together
    assert frozenset({"staff_uid", "external_items"}) in together
    assert frozenset({f"{ITEM}.start_date", f"{ITEM}.end_date"}) in together
    assert frozenset({f"{ITEM}.start_date", "calendar_sync.provider"}) in together


def test_pairs_are_few(contract: Contract) -> None:
    assert len(pairs(breakages(contract))) < 200


@pytest.mark.parametrize(
    ("path", "changes", "clauses"),
    [
        (f"{ITEM}.external_title", {"required": True}, {f"required:{ITEM}.external_title"}),
        (f"{ITEM}.priority", {"type": "integer"}, {f"required:{ITEM}.priority", f"type:{ITEM}.priority"}),
        (f"{ITEM}.created", {"format": "date-time"}, {f"format:{ITEM}.created"}),
        (f"{ITEM}.external_id", {"type": "number"}, {f"type:{ITEM}.external_id"}),
        ("calendar_sync.region", {"type": "boolean"}, {"type:calendar_sync.region"}),
        ("source", {"type": "string"}, {"required:source", "type:source"}),
    ],
)
def test_a_rule_that_changes_is_broken_as_it_stands_now(
    contract: Contract, path: str, changes: dict[str, Any], clauses: set[str]
) -> None:
    changed = with_rule(contract, path, **changes)

    assert set() == clauses - {clause for each in breakages(changed) for clause in each.breaks}
    assert mistaken(changed) == []


def test_a_field_that_becomes_optional_is_no_longer_missed(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.start_date", required=False)
    names = {each.name for each in breakages(changed) if each.path == f"{ITEM}.start_date"}

    assert not any(name.startswith(("absent", "null")) for name in names)
    assert mistaken(changed) == []


def test_without_the_alternative_nothing_is_broken_in_the_single_form(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", alternative=None)

    assert {None, Form.FIRST, Form.LATER} == {each.form for each in breakages(changed)}
    assert mistaken(changed) == []


def test_a_list_that_need_not_be_sent_is_not_missed(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", required=False)

    assert "required:external_items" not in {clause for each in breakages(changed) for clause in each.breaks}
    assert mistaken(changed) == []


def test_where_nothing_is_required_an_empty_body_breaks_nothing(contract: Contract) -> None:
    changed = contract
    for rule in contract.fields:
        changed = with_rule(changed, rule.path, required=False)

    assert not any(each.raw or not each.path for each in breakages(changed))
    assert not any(each.name.startswith("no fields") for each in breakages(changed))


def test_a_field_of_an_inner_list_is_left_alone(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.guests[].name", required=True)

    assert not any("guests" in each.name for each in breakages(changed))


def test_without_a_rule_there_is_nothing_to_break(contract: Contract) -> None:
    changed = without_rules(contract, f"{ITEM}.last_modification")

    assert not any("last_modification" in each.name for each in breakages(changed))


def mistaken(contract: Contract) -> list[Breakage]:
    """Breakages that break something other than they name."""
    body = plain_payload(contract, **NAMES)
    assert judged(contract, body).allowed
    return [each for each in breakages(contract) if set(each.breaks) != broken_by(contract, each, body)]
