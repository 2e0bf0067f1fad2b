"""Each test of the model works everything out anew: what an earlier one left in a cache would hide a fault."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings

from fuzz.automaton.identification import identifiers
from fuzz.oracle.validity.dates import read_date
from tests.automaton.machines import documented, words_of

UNSHRUNK = (Phase.explicit, Phase.generate)

settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, phases=UNSHRUNK, report_multiple_bugs=False
)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    for cached in (documented, identifiers, read_date, words_of):
        cached.cache_clear()
