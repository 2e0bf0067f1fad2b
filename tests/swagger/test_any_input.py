"""Whatever is in the two files: a contract, or one `ContractError` of one line. Nothing else is ever raised."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swagger.contract import Contract, ContractError
from swagger.render import as_json, as_text
from swagger.workflow.document import parse_document
from tests.swagger.documents import PACKAGED, PACKAGED_SWAGGER, SECOND, load_text

PATIENT = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
SCRAPS = [
    "---\n",
    "|",
    "`",
    "```yaml\n",
    "## ",
    "422",
    "{",
    "[]",
    ": ",
    "- ",
    "{{x}}",
    "\t",
    "\r",
    "\u2028",
    "&a ",
    "*a",
    '"',
]
LINES = [line for text in (PACKAGED, SECOND) for line in text.splitlines(keepends=True)]


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A document with a few lines lost, doubled, moved or taken from elsewhere, and scraps of syntax put in."""
    lines = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(["lose", "double", "foreign", "scrap"]))
        if change == "lose" and len(lines) > 1:
            del lines[at]
        elif change == "double":
            lines.insert(at, lines[at])
        elif change == "foreign":
            lines[at] = draw(st.sampled_from(LINES))
        else:
            column = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:column] + draw(st.sampled_from(SCRAPS) | st.text(max_size=5)) + lines[at][column:]
    return "".join(lines)


def check(contract: Contract) -> None:
    """A contract that loads can be shown, and has each clause once."""
    as_text(contract).encode()
    json.dumps(as_json(contract), allow_nan=False).encode()
    ids = [clause.id for clause in contract.clauses]
    assert sorted(set(ids)) == sorted(ids)
    assert "POST" == contract.create_step.method


def check_error(error: ContractError) -> None:
    assert error.next
    assert "\n" not in error.what


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@PATIENT
@given(text=st.text())
def test_any_text_is_a_document_or_a_contract_error(text: str) -> None:
    try:
        parse_document(text, "x.md")
    except ContractError as error:
        check_error(error)


@PATIENT
@given(text=st.lists(st.sampled_from([*LINES, *SCRAPS]), max_size=40).map("".join))
def test_any_heap_of_lines_is_a_document_or_a_contract_error(text: str) -> None:
    try:
        parse_document(text, "x.md")
    except ContractError as error:
        check_error(error)


@PATIENT
@given(text=damaged(PACKAGED))
def test_any_damaged_document_is_a_contract_or_a_contract_error(folder: Path, text: str) -> None:
    try:
        check(load_text(folder, text))
    except ContractError as error:
        check_error(error)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=4)
    | st.just({"$ref": "#/definitions/ExternalItem"}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def damaged_swaggers(draw: st.DrawFn) -> dict[str, Any]:
    """The packaged swagger with a few of its values lost or replaced by any other JSON value."""
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = swagger
        key = draw(st.sampled_from(sorted(holder)))
        while isinstance(holder[key], dict) and holder[key] and draw(st.integers(0, 4)):
            holder = holder[key]
            key = draw(st.sampled_from(sorted(holder)))
        # A copy: what is damaged next may be inside of it, and Hypothesis draws the same value again.
        holder[key] = copy.deepcopy(draw(JSON))
        if draw(st.booleans()) and len(holder) > 1:
            del holder[key]
    return swagger


@PATIENT
@given(swagger=damaged_swaggers())
def test_any_damaged_swagger_is_a_contract_or_a_contract_error(folder: Path, swagger: dict[str, Any]) -> None:
    try:
        check(load_text(folder, PACKAGED, swagger=swagger))
    except ContractError as error:
        check_error(error)


@PATIENT
@given(content=st.binary())
def test_any_bytes_are_a_contract_error(folder: Path, content: bytes) -> None:
    with pytest.raises(ContractError):
        load_text(folder, content.decode("utf-8", "replace"))
