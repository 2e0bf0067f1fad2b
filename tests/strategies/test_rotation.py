"""What one run tries of the catalogues, and what a few seeds try together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strategies.mutations.invalid import invalid_mutations
from strategies.mutations.mutation import Kind
from strategies.mutations.rotation import choose_invalid, choose_unspecified, rotated, typical_mutations
from strategies.mutations.unspecified import unspecified_mutations
from strategies.values.accounts import STORED_ALIKE, UNUSUAL_ACCOUNTS
from strategies.values.dates import BROKEN_DATES
from strategies.values.samples import Group
from strategies.values.texts import UNUSUAL_TEXTS
from swagger.contract import Contract


def test_every_mutation_of_the_catalogues_has_its_turn(contract: Contract) -> None:
    seeds = range(200)
    for catalogue, choose in (
        (invalid_mutations(contract), choose_invalid),
        (unspecified_mutations(contract), choose_unspecified),
    ):
        assert set(catalogue) == {mutation for seed in seeds for mutation in choose(catalogue, seed)}


def test_every_rule_is_violated_in_every_run_and_each_field_absent_in_every_form_of_item(contract: Contract) -> None:
    catalogue = invalid_mutations(contract)
    for seed in range(3):
        chosen = list(choose_invalid(catalogue, seed))
        assert {mutation.violations for mutation in chosen} == {mutation.violations for mutation in catalogue}
        assert {mutation for mutation in catalogue if mutation.kind is Kind.ABSENT} <= set(chosen)


def test_what_is_unusual_in_structure_comes_first(contract: Contract) -> None:
    kinds = [mutation.kind for mutation in choose_unspecified(unspecified_mutations(contract), 1)]

    assert Kind.STRUCTURE in kinds
    assert kinds == sorted(kinds, key=lambda kind: kind is not Kind.STRUCTURE)


def test_of_one_group_of_dates_a_run_tries_one(contract: Contract) -> None:
    grouped = [
        mutation.group
        for mutation in choose_invalid(invalid_mutations(contract), 1)
        if mutation.kind is Kind.WRONG_FORMAT and mutation.group is not None
    ]

    assert {sample.group for sample in BROKEN_DATES} - {None} == set(grouped)
    assert len(grouped) == len(set(grouped))


def test_empty_texts_nul_and_lone_surrogates_are_tried_in_every_field_in_every_run(contract: Contract) -> None:
    catalogue = unspecified_mutations(contract)
    everywhere = {mutation for mutation in catalogue if mutation.group is Group.EVERYWHERE}

    assert {"empty text", "blank text", "NUL", "lone surrogate"} == {mutation.label for mutation in everywhere}
    for seed in range(3):
        assert everywhere <= set(choose_unspecified(catalogue, seed))


def test_the_typical_mutations_are_every_structure_and_one_of_each_way_to_be_unusual(contract: Contract) -> None:
    catalogue = unspecified_mutations(contract)
    typical = typical_mutations(catalogue)
    structures = {mutation for mutation in catalogue if mutation.kind is Kind.STRUCTURE}
    values = {"empty text", "key twice", "NUL", "256 characters", "another calendar", "null", "rule", "text"}

    assert structures <= set(typical)
    assert {*values, "lower-case t", "year 9999"} == {mutation.label for mutation in {*typical} - structures}


def test_every_unusual_text_and_account_belongs_to_a_group() -> None:
    assert [sample for sample in (*UNUSUAL_TEXTS, *UNUSUAL_ACCOUNTS) if sample.group is None] == []


def test_no_account_is_stored_alike_with_two_others() -> None:
    labels = [sample.label for alike in STORED_ALIKE for sample in alike]

    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("seed", range(20))
def test_what_is_rotated_is_all_there_in_its_order(seed: int) -> None:
    turned = rotated("abcdef", seed)

    assert "".join(turned) in "abcdefabcdef"
    assert 6 == len(turned)
    assert () == rotated((), seed)


def test_a_label_has_no_say_in_what_is_chosen(contract: Contract) -> None:
    catalogue = invalid_mutations(contract)
    renamed = tuple(replace(mutation, label=f"{mutation.label}, renamed") for mutation in catalogue)
    for seed in range(3):
        chosen, among_renamed = list(choose_invalid(catalogue, seed)), list(choose_invalid(renamed, seed))
        assert [mutation.path for mutation in chosen] == [mutation.path for mutation in among_renamed]
