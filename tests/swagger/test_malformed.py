"""Every malformed input is one `ContractError` with the right line and a remedy, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from swagger.contract import ContractError, Source
from swagger.load import WORKFLOW, load_contract
from swagger.parsing.strict_json import parse_json, read_text, writable
from tests.swagger.documents import PACKAGED, PACKAGED_SWAGGER, edited, line_of, load_text

DEEP = 100_000


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ('endpoint: "PUT /', 'endpoint: "/', "endpoint:", "`endpoint` is '/business"),
        ('endpoint: "PUT', 'ending: "PUT', "---", "names no `endpoint`"),
        ('endpoint: "PUT /business', 'endpoint: "PUT /other', "- id: bulk_create", "no test request calls PUT /other"),
        ("domain: scheduling", "endpoint: twice", "endpoint: twice", "the key 'endpoint' is there twice"),
        ("domain: scheduling", "domain: [", "swagger: ", "not YAML"),
        ("---\nendpoint", "---\n- a\n---\nendpoint", "- a", "not a mapping of keys"),
        ('swagger: "swagger/', 'swagger: "/swagger/', "swagger: ", "`swagger` is '/swagger/"),
        ('swagger: "swagger/', 'swagger: "../swagger/', "swagger: ", "`swagger` is '../swagger/"),
        ('swagger: "swagger/', 'swagger: "elsewhere/', "swagger: ", "was not found"),
        ('swagger: "swagger/scheduling/legacy/scheduling.json"', "swagger: 5", "swagger: ", "`swagger` is not text"),
        ("tokens: [staff]", "tokens: [5]", "tokens:", "`tokens` is [5]"),
        ("useFallbackApi: true", "useFallbackApi: 5", "useFallbackApi", "`useFallbackApi` is neither true nor false"),
        ("## Prerequisites", "## Preparing", "---", "no prerequisite creates"),
        ("method: POST", "method: GET", "- id: create_calendar_sync", "no prerequisite creates"),
        ("method: POST", "method: [POST]", "method: [POST]", "`method` of a step is not text"),
        ("    method: POST\n", "", "- id: create_calendar_sync", "this step has no `method`"),
        ("    method: POST\n", "    method: POST\n    method: PUT\n", '    method: PUT\n    path: "/pl', "there twice"),
        ('path: "/platform', 'path: "http://platform', 'path: "http', "does not begin with /"),
        ("    extract:\n", "    extract: 5\n    ignored:\n", "extract: 5", "`extract` of a step is not a mapping"),
        ("      status: 200\n    onFail", "      status: no\n    onFail", "    expect:", "`expect.status` is False"),
        ("      status: 200\n    onFail", "      status: []\n    onFail", "    expect:", "`expect.status` is []"),
        ("      status: 200\n    onFail", "      status: 20\n    onFail", "    expect:", "`expect.status` is 20"),
        ("onFail: abort", "onFail: explode", "onFail: explode", "unknown onFail 'explode'"),
        ("onFail: abort", "useFallbackApi: maybe", "    useFallbackApi: maybe", "neither true nor false"),
        ("steps:\n  - id: bulk", "steps: 5\nmore:\n  - id: bulk", "steps: 5", "`steps` is not a list"),
        ("steps:\n  - id: bulk", "steps:\n  - 5\n  - id: bulk", "  - 5\n", "this step is not a mapping"),
        (
            '"{{staff_id}}"\n      calendar_sync',
            "{{staff_id}}\n      calendar_sync",
            "{{staff_id}}\n",
            "not a plain word",
        ),
        ("## Test Request", "## Trying It", "---", "no test request calls PUT"),
        ("## Expected Response (200)", "## What Comes", "---", "no good answer is documented"),
        ('    "success": true\n  }', '    "success": tru\n  }', '"success": tru\n', "not JSON"),
        ('  "success": true,\n', '  "success": NaN,\n', '{\n  "success": NaN', "NaN is not JSON"),
        ('  "success": true,\n', '  "success": 1, "success": 2,\n', '{\n  "success": 1', "has the key 'success' twice"),
        ('"code": "missing"', '"code": "already_exists"', "### 422 - Staff Already", "is documented twice"),
        ('"code": "missing"', '"code": "token"', "### 422 - Staff Not", "has the id of another clause"),
        ('"code": "missing",', '"code": "missing"', '"message": "staff is not', "not JSON"),
    ],
)
def test_a_malformed_document_is_refused_with_its_line(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    text = edited(PACKAGED, (old, new))
    with pytest.raises(ContractError) as caught:
        load_text(tmp_path, text)
    assert f"doc.md:{line_of(text, at)}: " == str(caught.value)[: str(caught.value).index(" ") + 1]
    assert says in str(caught.value)
    assert caught.value.next
    assert "\n" not in str(caught.value) + caught.value.next


def test_a_document_without_state_errors_is_refused_at_the_heading(tmp_path: Path) -> None:
    text = PACKAGED[: PACKAGED.index("### 422")]
    with pytest.raises(ContractError, match=rf"^doc\.md:{line_of(text, '## Error')}: no state error"):
        load_text(tmp_path, text)
    with pytest.raises(ContractError, match=r"^doc\.md:1: no state error"):
        load_text(tmp_path, text.replace("## Error Responses", ""))


def test_a_state_error_without_a_predicate_is_refused_by_name(tmp_path: Path) -> None:
    line = line_of(PACKAGED, "### 422 - Staff Account")
    with pytest.raises(ContractError, match=rf"^doc\.md:{line}: state error `invalid` has no predicate") as caught:
        load_text(tmp_path, PACKAGED, predicates=["missing", "already_exists"])
    assert "already_exists, missing" in caught.value.next


def test_known_predicates_are_enough(tmp_path: Path) -> None:
    contract = load_text(tmp_path, PACKAGED, predicates=["missing", "already_exists", "invalid", "other"])
    assert 3 == len(contract.state_errors)


def test_a_document_naming_no_token_at_all_is_refused(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("tokens: [staff]\n", ""), ("    token: staff\n", ""))
    with pytest.raises(ContractError, match=r"^doc\.md:1: no token is named"):
        load_text(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "not UTF-8 text \\(byte 0\\)"),
        (b"\x7fELF\x00\x00", "a binary file"),
        (b"x" * (300 * 1024), "larger than 256 KiB"),
    ],
)
def test_files_that_are_no_text_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "doc.md"
    path.write_bytes(content)
    with pytest.raises(ContractError, match=says):
        load_contract(path)


@pytest.mark.parametrize(
    ("name", "says"), [("absent.md", "No such file"), ("", "Is a directory"), ("a\0b", "embedded null byte")]
)
def test_files_that_are_no_files_are_refused(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        load_contract(tmp_path / name)


def test_files_that_cannot_be_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path, __: str) -> BinaryIO:
        raise PermissionError("not for you")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ContractError, match="not for you"):
        read_text(WORKFLOW, max_bytes=10**6)


START = Source("x.md", 10)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * DEEP, r"^x\.md:10: the JSON is nested too deeply"),
        ("9" * 5000, r"^x\.md:10: not usable as JSON"),
        ('"\\ud800"', r"^x\.md:10: holds a value that no JSON text can hold"),
        ("[1,\n2,\n]", r"^x\.md:12: not JSON: .* \(column 1\)"),
        ("-Infinity", r"^x\.md:10: -Infinity is not JSON"),
    ],
)
def test_unusable_json_is_refused(text: str, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        parse_json(text, START)


def with_definition(name: str, schema: Any) -> dict[str, Any]:
    return {**PACKAGED_SWAGGER, "definitions": {**PACKAGED_SWAGGER["definitions"], name: schema}}


@pytest.mark.parametrize(
    ("swagger", "says"),
    [
        ([], r"^swagger\.json:1: not a swagger"),
        ({"paths": []}, r"^swagger\.json:1: not a swagger"),
        ({**PACKAGED_SWAGGER, "swagger": None}, r"^swagger\.json: cannot be resolved"),
        ({**PACKAGED_SWAGGER, "definitions": {}}, r"^swagger\.json: refers to .*, which is not there"),
        ({**PACKAGED_SWAGGER, "definitions": []}, r"^swagger\.json: refers to .*, which is not there"),
        (
            with_definition("ExternalItem", {"$ref": "https://example.com/x.json"}),
            "which does not lie beside it; nothing is fetched",
        ),
        (
            with_definition("ExternalItem", {"$ref": "other.json#/x"}),
            "which does not lie beside it; nothing is fetched",
        ),
        (
            with_definition("ExternalItem", {"$ref": "#/definitions/ExternalItem"}),
            r"^swagger\.json(#/definitions/ExternalItem)?: ",
        ),
        (
            with_definition("ExternalItem", {"properties": {"inner": {"$ref": "#/definitions/ExternalItem"}}}),
            r"^swagger\.json#/definitions/ExternalItem: this schema refers to itself",
        ),
        (with_definition("ExternalItem", {"properties": 5}), r"^swagger\.json: cannot be resolved"),
    ],
)
def test_a_malformed_swagger_is_refused(tmp_path: Path, swagger: Any, says: str) -> None:
    with pytest.raises(ContractError, match=says) as caught:
        load_text(tmp_path, PACKAGED, swagger=swagger)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", '{"paths": {}, "paths": {}}', "[" * DEEP, "\0"])
def test_a_swagger_that_does_not_parse_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "swagger.json"
    path.write_text(text)
    with pytest.raises(ContractError, match=r"swagger\.json"):
        load_contract(swagger=path)


def test_a_stray_schemathesis_configuration_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemathesis.toml").write_text("nonsense = [")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "swagger.json"
    path.write_text(json.dumps(PACKAGED_SWAGGER))
    assert "8/s" == load_contract(swagger=path).rate_limit


def test_a_value_that_is_nested_too_deeply_to_be_written_is_refused() -> None:
    value: Any = 1
    for _ in range(DEEP):
        value = [value]
    with pytest.raises(ContractError, match="x is nested too deeply"):
        writable(value, Source("a", 1), "x")
