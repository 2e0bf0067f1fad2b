"""Workflow documents and swaggers, damaged in any way: a contract that can be shown, or a refusal of one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from fuzz.errors import UsageError
from fuzz.run.setup.documents import read_contract
from swagger.render import as_json, as_text
from tests.fuzzed.damage import SETTINGS, check_refusal, files, spliced
from tests.swagger.documents import PACKAGED, PACKAGED_SWAGGER

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


def shown(workflow: Path | None, swagger: Path | None) -> None:
    try:
        contract = read_contract(workflow, swagger)
    except UsageError as error:
        check_refusal(error)
    else:
        as_text(contract).encode()
        json.dumps(as_json(contract)).encode()


@SETTINGS
@given(content=spliced(PACKAGED.encode()))
def test_any_document_is_shown_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "w.md"
    path.write_bytes(content)
    shown(path, None)


@SETTINGS
@given(content=files(PACKAGED_SWAGGER))
def test_any_swagger_is_shown_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "s.json"
    path.write_bytes(content)
    shown(None, path)
