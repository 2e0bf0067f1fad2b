"""Swaggers whose references are addresses of files that lie beside them in the same repository."""

from __future__ import annotations

import copy
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from swagger.contract import Contract, ContractError
from swagger.load import load_contract
from tests.swagger.documents import PACKAGED, PACKAGED_SWAGGER

ADDRESS = "https://raw.example.com/team/api/master/swagger/scheduling/entities/calendar/sync.json"
SYNC = PACKAGED_SWAGGER["definitions"]["CalendarSync"]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)


def loaded(folder: Path, reference: str, files: dict[str, Any]) -> Contract:
    """The contract where the sync's schema is a reference; `files` are written below the repository's folder."""
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    swagger["definitions"]["CalendarSync"] = {"$ref": reference}
    files = {"swagger/scheduling/legacy/scheduling.json": swagger, **files}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (folder / "doc.md").write_text(PACKAGED, encoding="utf-8")
    return load_contract(folder / "doc.md", folder / "swagger/scheduling/legacy/scheduling.json")


def only_in_the_document(contract: Contract) -> list[str]:
    """The fields that the swagger is found not to have."""
    return [drift.what for drift in contract.drift if drift.what.startswith("field ") and drift.swagger is None]


@pytest.mark.parametrize(
    "place",
    [
        "legacy/entities/calendar/sync.json",
        "legacy/entities/sync.json",
        "legacy/sync.json",
        "entities/calendar/sync.json",
    ],
)
def test_a_file_is_found_by_the_last_parts_of_its_address(tmp_path: Path, place: str) -> None:
    contract = loaded(tmp_path, ADDRESS, {f"swagger/scheduling/{place}": SYNC})
    assert [] == only_in_the_document(contract)


def test_the_longest_match_wins(tmp_path: Path) -> None:
    files = {"legacy/entities/sync.json": {"type": "object"}, "legacy/entities/calendar/sync.json": SYNC}
    contract = loaded(tmp_path, ADDRESS, {f"swagger/scheduling/{name}": file for name, file in files.items()})
    assert [] == only_in_the_document(contract)


def test_entities_refer_to_themselves_and_to_one_another(tmp_path: Path) -> None:
    sync = {
        "definitions": {"Account": {"$ref": "account.yaml#/Account"}},
        "Sync": {
            "type": "object",
            "required": ["provider", "account"],
            "properties": {"provider": {"type": "string"}, "account": {"$ref": "#/definitions/Account"}},
        },
    }
    folder = "swagger/scheduling/legacy/entities"
    files = {f"{folder}/sync.json": sync, f"{folder}/account.yaml": "Account:\n  type: integer\n"}
    contract = loaded(tmp_path, "https://example.com/entities/sync.json#/Sync", files)
    (drift,) = [drift for drift in contract.drift if drift.what == "type calendar_sync.account"]
    assert ("string", "integer") == (drift.document, drift.swagger)
    assert "entities/sync.json#/Sync/properties/account" == str(drift.swagger_where)


@pytest.mark.parametrize(
    ("reference", "files", "says"),
    [
        (ADDRESS, {}, f"scheduling.json: refers to '{ADDRESS}', which does not lie beside it; nothing is fetched"),
        (ADDRESS, {"swagger/scheduling/sync.json": SYNC}, "nothing is fetched"),
        (f"{ADDRESS}#/No", {"swagger/scheduling/legacy/sync.json": SYNC}, "sync.json/No', which is not there"),
        (ADDRESS, {"swagger/scheduling/legacy/sync.json": "{\n,"}, "sync.json:2: not JSON"),
        ("file:///etc/passwd", {}, "nothing is fetched"),
        ("../../../../../../../etc/passwd", {}, "nothing is fetched"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(
    tmp_path: Path, reference: str, files: dict[str, Any], says: str
) -> None:
    with pytest.raises(ContractError) as caught:
        loaded(tmp_path, reference, files)
    assert says in caught.value.what
    assert "\n" not in caught.value.what + caught.value.next


def test_a_reference_that_no_operation_needs_is_not_looked_for(tmp_path: Path) -> None:
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    swagger["definitions"]["Other"] = {"$ref": ADDRESS}
    (tmp_path / "swagger.json").write_text(json.dumps(swagger), encoding="utf-8")
    (tmp_path / "doc.md").write_text(PACKAGED, encoding="utf-8")
    assert "bulk_create" == load_contract(tmp_path / "doc.md", tmp_path / "swagger.json").endpoint.name
