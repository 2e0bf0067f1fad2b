"""Workflow documents and swaggers, damaged in any way: a contract that can be shown, or a refusal of one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.errors import UsageError
from fuzz.failures.replays import result
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.run.setup.documents import read_contract
from swagger.render import as_json, as_text
from tests.fuzzed.answers import framed, session_at
from tests.fuzzed.damage import SETTINGS, check_printed, check_refusal, files, spliced, written
from tests.swagger.documents import PACKAGED, PACKAGED_SWAGGER
from tests.target.http.servers import saying, server

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


CREATED = framed(b"200", b"", written({"success": True, "uid": "0a1b2c", "data": {"uid": "0a1b2c"}}))
REFUSED = framed(b"422", b"", written({"success": False, "errors": [{"code": "missing", "message": "x"}]}))


@SETTINGS
@given(content=spliced(PACKAGED.encode()), last=st.sampled_from([CREATED, REFUSED]))
def test_any_document_is_performed_or_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, last: bytes
) -> None:
    monkeypatch.setenv("FUZZED_TOKEN", "a-token-of-the-tests")
    path = folder / "performed.md"
    path.write_bytes(content)
    with server(saying(CREATED, last)) as url:
        session = session_at(url, None)
        try:
            check_printed(result.as_text(replay_workflow(path, session, wait=lambda _seconds: None)))
        except UsageError as error:
            check_refusal(error)
        finally:
            session.close()


@SETTINGS
@given(content=files(PACKAGED_SWAGGER))
def test_any_swagger_is_shown_or_refused(folder: Path, content: bytes) -> None:
    path = folder / "s.json"
    path.write_bytes(content)
    shown(None, path)
