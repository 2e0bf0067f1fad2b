"""Error sections of the family: known by a sentence, by "Returned when" or by their title, and flat envelopes."""

from __future__ import annotations

from pathlib import Path

import pytest

from swagger.contract import ContractError, StateError
from swagger.workflow.document import parse_document
from tests.swagger.documents import PACKAGED, edited, line_of, load_text
from tests.swagger.family import BULK_DEACTIVATE, CONNECT, DISABLE

CODED = '```json\n{"success": false, "errors": [{"code": "gone", "message": "it is gone"}]}\n```\n'
FLAT = '```json\n{"status": "Error", "error": "it is gone"}\n```\n'


def read(text: str) -> tuple[list[tuple[int, str, str, str]], list[str]]:
    """Status, code, message and "occurs when" of each error, and what was not used."""
    document = parse_document(text, "x.md")
    errors = [(error.status, error.code, error.message, error.occurs_when) for error in document.errors]
    return errors, [unused.what for unused in document.unused]


@pytest.mark.parametrize(
    ("before", "after", "occurs_when"),
    [
        ("", "This error occurs when it left.", "This error occurs when it left."),
        ("", "Returned when it left.", "Returned when it left."),
        ("Returned when it left:", "", "Returned when it left"),
        ("", "The service returns this error if it left. See below.", "The service returns this error if it left."),
        ("", "When it left.", "When it left."),
        ("Look here.", "Returned when it left. It occurs when nobody looks.", "It occurs when nobody looks."),
        ("", "", "Thing Gone"),
        ("", "Create one first.", "Thing Gone"),
    ],
)
def test_an_error_is_due_when_its_sentence_or_else_its_title_says(before: str, after: str, occurs_when: str) -> None:
    text = f"## Error Responses\n\n### 422 - Thing Gone\n\n{before}\n\n{CODED}\n{after}\n"
    assert ([(422, "gone", "it is gone", occurs_when)], []) == read(text)


def test_a_title_that_is_a_status_alone_says_not_when() -> None:
    expected = ["error 422 “422”: neither a title nor a sentence says when it occurs"]
    assert ([], expected) == read(f"### 422\n\n{CODED}")


def test_a_flat_envelope_promises_its_message_alone() -> None:
    assert ([(422, "", "it is gone", "Thing Gone")], []) == read(f"### 422 - Thing Gone\n\n{FLAT}")


@pytest.mark.parametrize(
    "body", ['{"status": "Error", "error": 5}', '{"error": ""}', "[]", '{"errors": {}, "error": "x"}']
)
def test_any_other_envelope_is_named(body: str) -> None:
    errors, (unused,) = read(f"### 422 - Thing Gone\n\n```json\n{body}\n```\n")
    assert ([], "error 422 “Thing Gone”: neither errors[] with code and message nor a text `error`") == (errors, unused)


@pytest.mark.parametrize(
    ("heading", "text", "status"),
    [
        ("## Errors (422)", "", 422),
        ("## Error Responses", "Answered with status 409.", 409),
        ("## Error Responses", "HTTP 404", 404),
    ],
)
def test_the_status_of_a_titled_error_may_stand_above_it_or_in_its_text(heading: str, text: str, status: int) -> None:
    errors, unused = read(f"{heading}\n\n### Thing Gone\n\n{text}\n\n{CODED}")
    assert ([status], []) == ([error[0] for error in errors], unused)


def test_several_titled_errors_under_one_status_are_as_many_errors() -> None:
    text = f"## Errors (422)\n\n### Thing Gone\n\n{CODED}\n### Thing Broken\n\n{CODED.replace('gone', 'broken')}"
    assert ["gone", "broken"] == [code for _, code, *_ in read(text)[0]]


@pytest.mark.parametrize("text", ["", "Either 404 or 410.", "After 4220 of them"])
def test_an_error_without_one_status_is_named(text: str) -> None:
    expected = ["error “Thing Gone”: nothing says its status"]
    assert ([], expected) == read(f"## Error Responses\n\n### Thing Gone\n\n{text}\n\n{CODED}")


@pytest.mark.parametrize("title", ["Response", "Details", "Example", "Response Body", "JSON"])
def test_a_heading_over_the_body_of_an_error_is_no_error(title: str) -> None:
    text = f"## Errors\n\n### 422 - Thing Gone\n\nIt occurs when gone.\n\n#### {title}\n\n{CODED}"
    assert ([(422, "gone", "it is gone", "It occurs when gone.")], []) == read(text)


def test_the_errors_of_the_operations_beside_bulk_create_are_read() -> None:
    registered = "staff is not registered to any calendar sync"
    assert [(422, "missing", registered, "This error occurs when the staff member has no record of a sync.")] == read(
        CONNECT
    )[0]
    assert [
        (422, "missing", "staff is not exists", "Staff Not Exists"),
        (422, "missing", registered, "Staff Not Registered"),
    ] == read(DISABLE)[0]
    errors, unused = read(BULK_DEACTIVATE)
    assert [
        (422, "", "staff is not exists", "Staff Not Exists"),
        (
            422,
            "",
            "staff already registered to other calendar sync",
            "Returned when the staff has a CalendarSync with a different provider or account.",
        ),
    ] == errors
    assert ["error “Staff Not Registered”: nothing says its status"] == unused


def test_an_error_without_a_code_is_called_by_its_message() -> None:
    error = parse_document(f"### 422 - Gone\n\n{FLAT}", "x.md").errors[0]
    assert "it_is_gone" == error.id
    assert isinstance(error, StateError)


def test_an_error_that_no_predicate_judges_is_refused_by_its_message(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("### 422 - Staff Not", f"### 422 - Thing Gone\n\n{FLAT}\n### 422 - Staff Not"))
    line = line_of(text, "### 422 - Thing Gone")
    says = rf"^doc\.md:{line}: state error 'it is gone' without a code has no predicate"
    with pytest.raises(ContractError, match=says):
        load_text(tmp_path, text, predicates=["missing", "already_exists", "invalid"])


def test_without_an_oracle_an_error_without_a_code_has_a_clause_of_its_own(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("### 422 - Staff Not", f"### 422 - Thing Gone\n\n{FLAT}\n### 422 - Staff Not"))
    contract = load_text(tmp_path, text)
    assert "Thing Gone" == contract.clause("it_is_gone").says
    assert "422 'it is gone'" in contract.clause("no_server_error").says
