"""The packaged contract, read once."""

from __future__ import annotations

import pytest

from swagger.contract import Contract
from swagger.load import load_contract


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract()
