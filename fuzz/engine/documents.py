"""The contract that a command works with: the documents it names, or the packaged ones, with our predicates for
them.
"""

from __future__ import annotations

from pathlib import Path

from fuzz.errors import UsageError
from fuzz.model.state import PREDICATES
from swagger.contract import Contract, ContractError
from swagger.load import load_contract


def read_contract(workflow: Path | None, swagger: Path | None) -> Contract:
    """Reads and merges the documents. UsageError, one line and what to do next, for those that cannot be used."""
    try:
        return load_contract(workflow, swagger, predicates=PREDICATES.keys())
    except ContractError as error:
        raise UsageError(error.what, next=error.next) from None
