"""The texts of unspecified features: events, pins and fingerprints of earlier runs hold them, so they never change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from fuzz.oracle.validity.feature_names import Feature, Unspecified, in_order


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (Unspecified(Feature.EMPTY_LIST), "empty list"),
        (Unspecified(Feature.EMPTY_STRING, "external_id"), "empty string: external_id"),
        (Unspecified(Feature.DATE_LEAP_SECOND, "start_date"), "date, leap second: start_date"),
    ],
)
def test_a_feature_is_written_with_the_field_that_has_it(row: Unspecified, text: str) -> None:
    assert text == str(row)
    assert str is type(str(row)), "a fingerprint is made of its repr"


def test_features_are_told_once_each_in_the_order_of_their_texts() -> None:
    blank, empty = Unspecified(Feature.BLANK_STRING, "account"), Unspecified(Feature.EMPTY_LIST)
    title = Unspecified(Feature.EMPTY_STRING, "title")
    assert (blank, empty, title) == in_order([title, empty, blank, empty])
    assert () == in_order([])


def test_no_two_features_have_one_text() -> None:
    assert len(Feature.__members__) == len({feature.value for feature in Feature})


def test_a_feature_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Unspecified(Feature.NULL).field = "title"  # type: ignore[misc]
