"""The contract of a command: read from the documents that its options name, or from the packaged ones."""

from __future__ import annotations

from pathlib import Path

from fuzz.oracle.state import PREDICATES
from fuzz.target.user_files import told_to_the_user
from swagger.contract import ITEM, Contract
from swagger.load import load_contract

NEEDED_FIELDS = {
    "staff_uid": "string",
    "calendar_sync": "object",
    "calendar_sync.provider": "string",
    "calendar_sync.account": "string",
    ITEM.removesuffix("[]"): "array",
}
"""What every request of the fuzzer names (a staff member, that member's calendar sync, a list of items), by type."""


def read_contract(workflow: Path | None, swagger: Path | None, documents: Path | None = None) -> Contract:
    """Reads the documents and merges them. UsageError for a document that cannot be used."""
    with told_to_the_user():
        return load_contract(
            workflow, swagger, predicates=PREDICATES.keys(), documents=documents, needed_fields=NEEDED_FIELDS
        )
