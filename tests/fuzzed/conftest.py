"""The packaged documents are read once for all examples."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fuzz.commands import explain
from fuzz.run.setup.documents import read_contract


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    contract = read_contract(None, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explain, "read_contract", lambda **_paths: contract)
        yield
