"""A date of a failing scenario made plainer: of what it differs in from a plain one, only one part is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swagger.contract import Json

_PARTS = re.compile(
    r"(?P<day>[+-]?\d+-\d\d-\d\d)(?P<clock>[Tt ]\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<zone>.*)", re.ASCII
)
_SHORTER = (2, 4, 7)
"""Characters of a fraction that is cut: tenths, thousandths, millionths."""


def plainer_dates(found: Json, plain: Json) -> Iterator[str]:
    """The plain date with one part of the other one in it, a fraction cut short first. None if they are no dates."""
    here, there = (_PARTS.fullmatch(text) if isinstance(text, str) else None for text in (found, plain))
    if here is None or there is None:
        return
    day, clock, fraction, zone = here.groups("")
    texts = [there["day"] + there["clock"] + fraction[:length] + there["zone"] for length in _SHORTER if fraction]
    texts.append(there["day"] + there["clock"] + fraction + there["zone"])
    texts.append(there["day"] + there["clock"] + zone)
    texts.append(there["day"] + clock + there["zone"])
    texts.append(day + there["clock"] + there["zone"])
    yield from (text for text in dict.fromkeys(texts) if text not in (found, plain))
