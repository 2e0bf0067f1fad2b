"""What the packaged documents say, and how they are tested, is found out once for all examples."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import pytest

from fuzz.commands import explain
from fuzz.commands.explaining import clause
from fuzz.run.setup.documents import read_contract


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    contract = read_contract(None, None)
    tested = cache(partial(clause.tests_of, contract))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explain, "read_contract", lambda **_paths: contract)
        patch.setattr(clause, "tests_of", lambda _contract, name: tested(name))
        yield
