"""Unspecified mutations, judged as sent: each is unspecified, violates nothing, and stands alone where it can."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from strategies.body_edits import Form
from strategies.mutations.mutation import Mutation
from strategies.mutations.unspecified import unspecified_mutations
from strategies.valid.bodies import payloads, plain_payload
from swagger.contract import Contract
from tests.strategies.sent import NAMES, drawn, judged, with_rule, without_rules

ITEM = "external_items[]"
TEXT_FEATURES = ("empty string", "blank string", "control characters", "unassigned or control characters")


def features(contract: Contract, mutation: Mutation) -> tuple[str, ...]:
    return tuple(map(str, judged(contract, mutation.apply(plain_payload(contract, **NAMES))).unspecified))


def test_every_mutation_is_unspecified_and_violates_nothing(contract: Contract) -> None:
    bodies = [plain_payload(contract, **NAMES), *drawn(payloads(contract, **NAMES, max_items=3), 2)]
    for body in bodies:
        for mutation in unspecified_mutations(contract):
            validity = judged(contract, mutation.apply(body))

            assert (validity.violations, bool(validity.unspecified)) == ((), True), mutation.name


def test_every_unspecified_feature_of_every_field_is_shown(contract: Contract) -> None:
    shown = {feature for mutation in unspecified_mutations(contract) for feature in features(contract, mutation)}
    texts = ["staff_uid", "provider", "account", "external_id", "external_title", "external_calendar_uid"]
    dates = ["start_date", "end_date", "last_modification"]
    expected = {
        *(f"{feature}: {name}" for feature in (*TEXT_FEATURES, "very long text") for name in texts),
        *(f"{feature}: {name}" for feature in ("empty string", "blank string") for name in dates),
        *(
            f"date, {unusual}: {name}"
            for unusual in (
                "year far away",
                "lower-case t or z",
                "space for T",
                "offset -00:00",
                "offset beyond 14 hours",
                "offset that there is not",
                "digits of another script",
                "very long fraction",
                "hour 24",
                "leap second",
                "ISO 8601 but not RFC 3339",
            )
            for name in dates
        ),
        "null: external_title",
        "unknown field",
        "undocumented field: rrule",
        "unlisted value: provider",
        "account is no email address",
        "staff_uid of somebody else",
        "another calendar's uid",
        "both item forms",
        "empty list",
        "very many items",
        "repeated external_id",
        "external_ids alike but for case",
        "end less than a minute after start",
        "end more than a year after start",
        "end before start",
        "end equals start",
    }

    assert set() == expected - shown


@pytest.mark.parametrize(
    "feature",
    [
        "empty string: external_id",
        "date, leap second: start_date",
        "date, ISO 8601 but not RFC 3339: end_date",
        "null: external_title",
        "unknown field",
        "undocumented field: rrule",
        "unlisted value: provider",
        "account is no email address",
        "staff_uid of somebody else",
        "another calendar's uid",
        "both item forms",
        "empty list",
        "very many items",
        "repeated external_id",
        "external_ids alike but for case",
        "end less than a minute after start",
        "end more than a year after start",
        "end before start",
        "end equals start",
    ],
)
def test_a_feature_that_can_stand_alone_does(contract: Contract, feature: str) -> None:
    assert (feature,) in {features(contract, mutation) for mutation in unspecified_mutations(contract)}


def test_unknown_fields_stand_at_the_top_in_objects_and_in_items_of_each_form(contract: Contract) -> None:
    places = {
        (mutation.path, mutation.form)
        for mutation in unspecified_mutations(contract)
        if "calfuzz_unknown" in mutation.name
    }

    assert places == {
        ("calfuzz_unknown", None),
        ("calendar_sync.calfuzz_unknown", None),
        *((f"{ITEM}.calfuzz_unknown", form) for form in Form),
    }


def test_a_mutation_leaves_the_body_as_it_was(contract: Contract) -> None:
    body = plain_payload(contract, **NAMES)
    before = deepcopy(body)
    for mutation in unspecified_mutations(contract):
        mutation.apply(body)

    assert before == body


def test_the_catalogue_is_the_same_each_time_and_names_each_mutation_once(contract: Contract) -> None:
    catalogue = unspecified_mutations(contract)

    assert unspecified_mutations(contract) == catalogue
    assert [name for name, times in Counter(mutation.name for mutation in catalogue).items() if times > 1] == []
    assert 200 < len(catalogue) < 350


@pytest.mark.parametrize(
    ("path", "changes", "feature"),
    [
        ("source", {"required": False}, "null: source"),
        ("source", {"listed": ("web",)}, "unlisted value: source"),
        (f"{ITEM}.location", {}, "very long text: location"),
        (f"{ITEM}.created", {"format": "date-time"}, "date, leap second: created"),
        (f"{ITEM}.colour", {"promised": False}, "undocumented field: colour"),
        ("version", {"promised": False, "type": "integer"}, "undocumented field: version"),
    ],
)
def test_a_field_that_is_added_is_unspecified_in_its_own_ways(
    contract: Contract, path: str, changes: dict[str, Any], feature: str
) -> None:
    changed = with_rule(contract, path, **changes)

    assert feature in {shown for mutation in unspecified_mutations(changed) for shown in features(changed, mutation)}


def test_a_provider_that_is_not_listed_any_more_is_not_padded(contract: Contract) -> None:
    changed = with_rule(contract, "calendar_sync.provider", listed=())

    assert "white space after: calendar_sync.provider" in {
        mutation.name for mutation in unspecified_mutations(contract)
    }
    assert "white space after: calendar_sync.provider" not in {
        mutation.name for mutation in unspecified_mutations(changed)
    }


def test_without_the_alternative_there_are_no_both_forms(contract: Contract) -> None:
    changed = with_rule(contract, "external_items", alternative=None)

    assert not any("both forms" in mutation.name for mutation in unspecified_mutations(changed))
    assert {None, Form.FIRST, Form.LATER} == {mutation.form for mutation in unspecified_mutations(changed)}


def test_without_both_dates_their_order_says_nothing(contract: Contract) -> None:
    changed = without_rules(contract, f"{ITEM}.end_date")

    assert not any(mutation.name.startswith("end ") for mutation in unspecified_mutations(changed))
    assert all(features(changed, mutation) for mutation in unspecified_mutations(changed))


def test_a_field_of_an_inner_list_is_left_alone(contract: Contract) -> None:
    changed = with_rule(contract, f"{ITEM}.guests[].name", required=False)

    assert not any("guests" in mutation.name for mutation in unspecified_mutations(changed))
