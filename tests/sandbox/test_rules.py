"""Which dates the honest server takes: all of RFC 3339, plain forms of ISO 8601, and nothing that does not exist."""

from __future__ import annotations

import pytest

from fuzz.sandbox.rules import is_date, is_plain_rfc_3339

PLAIN = [
    "2026-03-02T10:00:00Z",
    "2026-03-02T10:00:00.123456789Z",
    "2026-03-02T10:00:00+05:30",
    "2026-03-02T10:00:00-11:59",
    "2028-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
]
UNUSUAL = [
    "2026-03-02t10:00:00z",
    "2026-12-31T23:59:60Z",
    "2026-03-02T10:00:00-00:00",
    "2026-03-02T10:00:00",
    "2026-03-02T10:00Z",
    "2026-03-02",
]
NO_DATES = [
    "",
    "soon",
    "2026-02-30T10:00:00Z",
    "2026-02-29T10:00:00Z",
    "1900-02-29T10:00:00Z",
    "2026-13-01T10:00:00Z",
    "2026-00-01T10:00:00Z",
    "2026-01-00T10:00:00Z",
    "2026-04-31T10:00:00Z",
    "2026-03-02T25:00:00Z",
    "2026-03-02T10:60:00Z",
    "2026-03-02T10:00:61Z",
    "2026-03-02T10:00:00+24:00",
    "2026-03-02T10:00:00+05:60",
    "2026-03-02T10:00:00.Z",
    "2026-03-02 10:00:00Z",
    "2026-03-02T10:00:00Z\n",
    " 2026-03-02T10:00:00Z",
    "\uff12\uff10\uff12\uff16-03-02T10:00:00Z",
    "02/03/2026",
    "1767225600",
    "Mon, 02 Mar 2026 10:00:00 GMT",
]


@pytest.mark.parametrize("text", PLAIN + UNUSUAL)
def test_a_date_that_exists_is_a_date(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize("text", NO_DATES)
def test_a_date_that_does_not_exist_is_none(text: str) -> None:
    assert not is_date(text)


def test_only_the_usual_spelling_is_plain() -> None:
    assert [text for text in PLAIN + UNUSUAL + NO_DATES if is_plain_rfc_3339(text)] == PLAIN
