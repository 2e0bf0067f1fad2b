"""Simpler dates: the canonical date with one part of the date that a failing scenario sends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swagger.contract import Json

_PARTS = re.compile(
    r"(?P<day>[+-]?\d+-\d\d-\d\d)(?P<clock>[Tt ]\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<zone>.*)", re.ASCII
)
_FRACTION_LENGTHS = (2, 4, 7)
"""Characters of a fraction that is cut: tenths, thousandths, millionths."""


def simpler_dates(sent: Json, canonical: Json) -> Iterator[str]:
    """The canonical date with one part of the date sent, a fraction cut short first. Nothing if either is no date."""
    date, simple = (_PARTS.fullmatch(text) if isinstance(text, str) else None for text in (sent, canonical))
    if date is None or simple is None:
        return
    day, clock, fraction, zone = date.groups("")
    fractions = [fraction[:length] for length in _FRACTION_LENGTHS] if fraction else []
    texts = [
        *(simple["day"] + simple["clock"] + kept + simple["zone"] for kept in (*fractions, fraction)),
        simple["day"] + simple["clock"] + zone,
        simple["day"] + clock + simple["zone"],
        day + simple["clock"] + simple["zone"],
    ]
    yield from (text for text in dict.fromkeys(texts) if text not in (sent, canonical))
