"""Invalid mutations, judged as sent: each violates the clauses that it names, and every clause is violated alone."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from strategies.body_edits import Form
from strategies.mutations.invalid import invalid_mutations, mutation_pairs
from strategies.mutations.mutation import Mutation
from strategies.valid.bodies import payloads, plain_payload
from swagger.contract import ClauseKind, Contract
from tests.strategies.sent import NAMES, drawn, judged, parsed, violated_by, with_rule, without_rules

ITEM = "external_items[]"
VIOLABLE = {ClauseKind.REQUIRED, ClauseKind.TYPE, ClauseKind.FORMAT, ClauseKind.ALTERNATIVE}


def plain_bodies(contract: Contract) -> list[Any]:
    """The simplest body, one with several items, and one in the single form."""
    several = next(body for body in drawn(payloads(contract, **NAMES), 100) if len(body.get("external_items", ())) == 3)
    single = next(body for body in drawn(payloads(contract, **NAMES), 100) if "external_item" in body)
    return [plain_payload(contract, **NAMES), several, single]


def test_each_mutation_violates_exactly_the_clauses_that_it_names(contract: Contract) -> None:
    for body in plain_bodies(contract):
        for mutation in invalid_mutations(contract):
            assert set(mutation.violations) == violated_by(contract, mutation, body), mutation.name


def test_every_clause_about_the_body_is_violated_alone(contract: Contract) -> None:
    alone = {mutation.violations for mutation in invalid_mutations(contract)}
    expected = {(clause.id,) for clause in contract.clauses if clause.kind in VIOLABLE}

    assert len(expected) == 25
    assert set() == expected - alone


def test_every_clause_of_an_item_is_violated_alone_in_each_form(contract: Contract) -> None:
    for form in Form:
        alone = {mutation.violations for mutation in invalid_mutations(contract) if mutation.form is form}
        items = {(clause.id,) for clause in contract.clauses if clause.kind in VIOLABLE and ITEM in clause.id}

        assert len(items) == 14
        assert set() == items - alone


def test_a_mutation_leaves_the_body_as_it_was(contract: Contract) -> None:
    for body in plain_bodies(contract):
        before = deepcopy(body)
        for mutation in invalid_mutations(contract):
            mutation.apply(body)

        assert before == body


def test_the_catalogue_is_the_same_each_time_and_names_each_mutation_once(contract: Contract) -> None:
    catalogue = invalid_mutations(contract)

    assert invalid_mutations(contract) == catalogue
    assert [name for name, times in Counter(mutation.name for mutation in catalogue).items() if times > 1] == []
    assert 250 < len(catalogue) < 400


def test_a_mutation_is_named_by_its_label_field_and_item(contract: Contract) -> None:
    assert "absent: external_items[].start_date (later item)" in {
        mutation.name for mutation in invalid_mutations(contract)
    }


def test_raw_texts_are_no_json(contract: Contract) -> None:
    raw = [mutation for mutation in invalid_mutations(contract) if mutation.raw]

    assert len(raw) == 10
    for body in plain_bodies(contract):
        for mutation in raw:
            assert not isinstance(parsed(mutation.apply(body)), dict | list), mutation.name


def test_a_pair_violates_exactly_what_both_mutations_violate(contract: Contract) -> None:
    for body in plain_bodies(contract):
        for pair in mutation_pairs(invalid_mutations(contract)):
            assert set(pair.violations) == violated_by(contract, pair, body), pair.name
            assert len(pair.violations) >= 2


def test_every_two_fields_outside_each_other_are_paired(contract: Contract) -> None:
    together = {
        frozenset(clause.partition(":")[2] for clause in pair.violations)
        for pair in mutation_pairs(invalid_mutations(contract))
    }

    assert frozenset({"staff_uid", "calendar_sync.account"}) in together
    assert frozenset({"staff_uid", "external_items"}) in together
    assert frozenset({f"{ITEM}.start_date", f"{ITEM}.end_date"}) in together
    assert frozenset({f"{ITEM}.start_date", "calendar_sync.provider"}) in together


def test_pairs_are_few(contract: Contract) -> None:
    assert len(mutation_pairs(invalid_mutations(contract))) < 200


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
def test_a_rule_that_changes_is_violated_as_it_stands_now(
    contract: Contract, path: str, changes: dict[str, Any], clauses: set[str]
) -> None:
    changed = with_rule(contract, path, **changes)

    assert set() == clauses - {clause for mutation in invalid_mutations(changed) for clause in mutation.violations}
    assert mistaken(changed) == []


def test_a_field_that_becomes_optional_may_be_absent(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.start_date", required=False)
    names = {mutation.name for mutation in invalid_mutations(changed) if mutation.path == f"{ITEM}.start_date"}

    assert not any(name.startswith(("absent", "null")) for name in names)
    assert mistaken(changed) == []


def test_without_the_alternative_nothing_is_violated_in_the_single_form(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", alternative=None)

    assert {None, Form.FIRST, Form.LATER} == {mutation.form for mutation in invalid_mutations(changed)}
    assert mistaken(changed) == []


def test_a_list_that_becomes_optional_may_be_absent(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", required=False)

    assert "required:external_items" not in {
        clause for mutation in invalid_mutations(changed) for clause in mutation.violations
    }
    assert mistaken(changed) == []


def test_where_nothing_is_required_an_empty_body_violates_nothing(contract: Contract) -> None:
    changed = contract
    for rule in contract.fields:
        changed = with_rule(changed, rule.path, required=False)

    assert not any(mutation.raw or not mutation.path for mutation in invalid_mutations(changed))
    assert not any(mutation.name.startswith("no fields") for mutation in invalid_mutations(changed))


def test_a_field_of_an_inner_list_is_left_alone(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.guests[].name", required=True)

    assert not any("guests" in mutation.name for mutation in invalid_mutations(changed))


def test_without_a_rule_there_is_nothing_to_violate(contract: Contract) -> None:
    changed = without_rules(contract, f"{ITEM}.last_modification")

    assert not any("last_modification" in mutation.name for mutation in invalid_mutations(changed))


def mistaken(contract: Contract) -> list[Mutation]:
    """Mutations that violate something other than they name."""
    body = plain_payload(contract, **NAMES)
    assert judged(contract, body).is_valid
    return [
        mutation
        for mutation in invalid_mutations(contract)
        if set(mutation.violations) != violated_by(contract, mutation, body)
    ]
