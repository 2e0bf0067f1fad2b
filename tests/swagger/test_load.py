"""Merging: what the document changes, what the swagger adds, and each difference as a row of drift."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from swagger.contract import ContractError, Drift
from swagger.load import SWAGGER
from swagger.render import as_text
from tests.swagger.documents import PACKAGED, PACKAGED_SWAGGER, SECOND, edited, line_of, load_text

MISSING_MESSAGE = "staff is not registered to any calendar sync"


def without_table(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith("|"))


def row(drift: tuple[Drift, ...], what: str) -> tuple[str | None, str | None]:
    """What document and swagger say in the one row with that name."""
    (found,) = [difference for difference in drift if difference.what == what]
    return found.document, found.swagger


def test_a_changed_message_changes_the_state_error_alone(tmp_path: Path) -> None:
    changed = load_text(tmp_path, edited(PACKAGED, (MISSING_MESSAGE, "nobody knows them")))
    assert "nobody knows them" == changed.state_error("missing").message
    assert "nobody knows them" == changed.state_error("missing").body["errors"][0]["message"]
    unchanged = load_text(tmp_path, PACKAGED)
    assert changed.fields == unchanged.fields
    assert changed.state_errors[1:] == unchanged.state_errors[1:]


def test_a_changed_code_changes_the_clause(tmp_path: Path) -> None:
    changed = load_text(tmp_path, edited(PACKAGED, ('"code": "missing"', '"code": "absent"')))
    assert "absent" == changed.clauses[0].id
    with pytest.raises(KeyError):
        changed.clause("missing")


def test_a_changed_sentence_changes_what_the_clause_says(tmp_path: Path) -> None:
    old = "there is no calendar sync record for the staff member."
    changed = load_text(tmp_path, edited(PACKAGED, (old, "it is Monday. Wait a day.")))
    assert "This error occurs when it is Monday." == changed.clause("missing").says


def test_a_changed_required_flag_changes_the_clauses(tmp_path: Path) -> None:
    changed = load_text(tmp_path, edited(PACKAGED, ("external_title` | No", "external_title` | Yes")))
    assert "required:external_items[].external_title" in [clause.id for clause in changed.clauses]
    changed = load_text(tmp_path, edited(PACKAGED, ("`staff_uid` | Yes", "`staff_uid` | No")))
    assert "required:staff_uid" not in [clause.id for clause in changed.clauses]
    assert ("no", "yes") == row(changed.drift, "required staff_uid")


def test_a_changed_provider_changes_the_listed_values(tmp_path: Path) -> None:
    changed = load_text(tmp_path, edited(PACKAGED, ('"outlook_v1.0".', '"zoho", "icloud".')))
    rule = changed.field("calendar_sync.provider")
    assert rule is not None
    assert ("google_v3", "zoho", "icloud") == rule.listed


def test_a_changed_type_and_format_change_the_clauses(tmp_path: Path) -> None:
    text = edited(
        PACKAGED,
        ("`staff_uid` | Yes | string", "`staff_uid` | Yes | integer"),
        ("event starts (ISO 8601)", "it starts"),
    )
    changed = load_text(tmp_path, text)
    assert "`staff_uid` is an integer" == changed.clause("type:staff_uid").says
    assert ("integer", "string") == row(changed.drift, "type staff_uid")
    assert (None, "date-time") == row(changed.drift, "format external_items[].start_date")
    assert "format:external_items[].start_date" not in [clause.id for clause in changed.clauses]


def test_a_changed_success_body_changes_the_contract(tmp_path: Path) -> None:
    changed = load_text(
        tmp_path, edited(PACKAGED, ("Response (200)", "Response (201)"), ('"success": true,', '"ok": 1,'))
    )
    assert (201, {"ok": 1, "data": {"success": True}}) == (changed.success_status, changed.success_body)
    assert '201 with {"ok": 1, "data": {"success": true}}' == changed.clause("success").says
    assert ('{"ok": 1, "data": {"success": true}}', None) == row(changed.drift, "response 201")
    assert None is row(changed.drift, "response 200")[0]


def test_a_document_that_says_nothing_of_storing_has_no_such_clause(tmp_path: Path) -> None:
    changed = load_text(tmp_path, edited(PACKAGED, ("any value is taken, and it is stored.", "send any.")))
    assert "account_stored" not in [clause.id for clause in changed.clauses]


def test_without_a_sentence_on_tokens_the_front_matter_is_the_clause(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("**Token Type**: Only a **staff token** is accepted.", ""))
    clause = load_text(tmp_path, text).clause("token")
    assert ("the token is a staff token", line_of(text, "tokens: [")) == (clause.says, clause.where.line)


@pytest.mark.parametrize(
    ("replacements", "token"),
    [
        ([("    token: staff\n", "")], "staff"),
        ([("tokens: [staff]", "tokens: app")], "app"),
        ([("tokens: [staff]", "tokens: [app, staff]")], "staff"),
        ([("tokens: [staff]\n", "")], "staff"),
    ],
)
def test_the_token_is_the_test_requests_if_the_front_matter_allows(
    tmp_path: Path, replacements: list[tuple[str, str]], token: str
) -> None:
    assert token == load_text(tmp_path, edited(PACKAGED, *replacements)).token


def test_equal_tokens_are_no_drift(tmp_path: Path) -> None:
    contract = load_text(tmp_path, edited(PACKAGED, ("tokens: [staff]", "tokens: [app, staff]")))
    assert "tokens" not in [drift.what for drift in contract.drift]


def test_without_a_table_the_swagger_is_what_is_promised(tmp_path: Path) -> None:
    contract = load_text(tmp_path, without_table(PACKAGED))
    assert {True} == {rule.promised for rule in contract.fields}
    assert contract.field("external_items[].rrule") is not None
    assert "scheduling.json" == contract.clause("required:staff_uid").where.file
    assert not [drift for drift in contract.drift if drift.what.startswith(("field", "required"))]


def test_a_step_without_a_description_is_described_by_its_request(tmp_path: Path) -> None:
    lines = [line for line in PACKAGED.split("\n") if "description:" not in line]
    says = load_text(tmp_path, "\n".join(lines)).clause("create").says
    assert "POST /platform/v1/scheduling/calendar_syncs answers 200 and $.uid" == says


def test_each_status_that_the_create_step_expects_is_promised(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("      status: 200\n    onFail", "      status: [200, 201]\n    onFail"))
    assert "answers 200 or 201 and $.uid" in load_text(tmp_path, text).clause("create").says


def test_an_alternative_named_twice_is_one_clause(tmp_path: Path) -> None:
    row_added = "| `things` | No | array | Alternatively, use `external_item`. |\n| `external_items` |"
    contract = load_text(tmp_path, edited(PACKAGED, ("| `external_items` |", row_added)))
    assert 1 == [clause.id for clause in contract.clauses].count("alternative:external_item")


def test_an_alternative_inside_an_object_has_its_full_path(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("The account's email.", "The account's email. Alternatively, use `account_uid`."))
    contract = load_text(tmp_path, text)
    assert "Alternatively, use `account_uid`." == contract.clause("alternative:calendar_sync.account_uid").says
    assert ("alternative to calendar_sync.account", None) == row(contract.drift, "field calendar_sync.account_uid")


def test_an_operation_the_swagger_does_not_list_is_one_row_of_drift(tmp_path: Path) -> None:
    path = "/business/scheduling/v1/external_calendar_items/bulk_create"
    contract = load_text(tmp_path, PACKAGED.replace(path, "/business/scheduling/v2/other"))
    (drift,) = contract.drift
    assert ("operation", "PUT /business/scheduling/v2/other", None) == (drift.what, drift.document, drift.swagger)
    assert ({}, None) == (contract.siblings, contract.rate_limit)


def with_responses(responses: dict[str, Any]) -> dict[str, Any]:
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    swagger["paths"]["/v1/external_calendar_items/bulk_create"]["put"]["responses"] = responses
    return swagger


def example(body: Any) -> dict[str, Any]:
    return {"description": "An answer", "examples": {"application/json": body}}


GOOD = {"success": True, "data": {"success": True}}
MISSING = {"success": False, "errors": [{"code": "missing", "message": MISSING_MESSAGE}]}


def response_drift(folder: Path, responses: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    drift = load_text(folder, PACKAGED, swagger=with_responses(responses)).drift
    return {
        difference.what: (difference.document, difference.swagger)
        for difference in drift
        if difference.what.startswith("response")
    }


def test_equal_answers_are_no_drift(tmp_path: Path) -> None:
    assert [
        "response 422 already_exists",
        "response 422 invalid",
    ] == list(response_drift(tmp_path, {"200": example(GOOD), "422": example(MISSING)}))


def test_answers_that_only_one_side_lists_are_rows(tmp_path: Path) -> None:
    drift = response_drift(tmp_path, {"404": {"description": "Not **there**"}, "default": {"description": ""}})
    assert (None, "Not there") == drift["response 404"]
    assert (None, "listed") == drift["response default"]
    assert ('{"success": true, "data": {"success": true}}', None) == drift["response 200"]
    assert None is drift["response 422 missing"][1]


def test_an_error_code_that_only_the_swagger_shows_is_a_row(tmp_path: Path) -> None:
    body = {"success": False, "errors": [*MISSING["errors"], {"code": "busy", "message": "later"}]}  # type: ignore[misc]
    drift = response_drift(tmp_path, {"200": example(GOOD), "422": example(body)})
    assert (None, '{"code": "busy", "message": "later"}') == drift["response 422 busy"]
    assert "response 422 envelope" not in drift


def test_an_envelope_of_another_shape_is_a_row(tmp_path: Path) -> None:
    drift = response_drift(tmp_path, {"200": example(GOOD), "422": example(["text", {"a": 1}])})
    expected = ("{success: false, errors: [{code, message}]}", '["text", {"a": 1}]')
    assert expected == drift["response 422 envelope"]


def test_without_an_example_the_keys_of_the_schema_count(tmp_path: Path) -> None:
    def good(*keys: str) -> dict[str, Any]:
        return {"description": "", "schema": {"properties": {key: {"type": "object"} for key in keys}}}

    assert ("success, data", "uid") == response_drift(tmp_path, {"200": good("uid")})["response 200 keys"]
    assert "response 200 keys" not in response_drift(tmp_path, {"200": good("data", "success")})
    assert "response 200 keys" not in response_drift(tmp_path, {"200": good()})


def test_a_good_answer_that_is_no_object_has_no_keys(tmp_path: Path) -> None:
    text = PACKAGED.replace('{\n  "success": true,\n  "data": {\n    "success": true\n  }\n}', "[]")
    schema = {"description": "", "schema": {"properties": {"uid": {"type": "string"}}}}
    contract = load_text(tmp_path, text, swagger=with_responses({"200": schema}))
    assert ("", "uid") == row(contract.drift, "response 200 keys")


def test_a_swagger_only_sibling_of_a_documented_alternative_is_still_a_field(tmp_path: Path) -> None:
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    swagger["definitions"]["BulkCreateRequest"]["properties"]["external_item_count"] = {"type": "integer"}
    del swagger["definitions"]["CalendarSync"]["properties"]["account"]
    contract = load_text(tmp_path, PACKAGED, swagger=swagger)
    assert (None, "optional integer") == row(contract.drift, "field external_item_count")
    assert ("required string", None) == row(contract.drift, "field calendar_sync.account")
    assert ["external_items[].rrule", "external_item_count"] == [r.path for r in contract.fields if not r.promised]


def test_a_date_in_the_table_alone_is_described_with_its_format(tmp_path: Path) -> None:
    added = "| `sent_at` | No | string | When sent (ISO 8601) |\n| `external_items` |"
    contract = load_text(tmp_path, edited(PACKAGED, ("| `external_items` |", added)))
    assert ("optional string, date-time", None) == row(contract.drift, "field sent_at")


def test_the_swagger_beside_the_document_is_found_from_its_repository_root(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    (root / "swagger/scheduling/legacy").mkdir(parents=True)
    text = SWAGGER.read_text(encoding="utf-8").replace("8ReqPerSec", "3ReqPerMin")
    (root / "swagger/scheduling/legacy/scheduling.json").write_text(text, encoding="utf-8")
    folder = root / "docs/deep"
    folder.mkdir(parents=True)
    assert "3/m" == load_text(folder, PACKAGED).rate_limit
    assert "8/s" == load_text(tmp_path, PACKAGED).rate_limit


def test_a_document_that_names_no_swagger_goes_with_the_packaged_one(tmp_path: Path) -> None:
    text = edited(PACKAGED, ('swagger: "swagger/scheduling/legacy/scheduling.json"\n', ""))
    assert "8/s" == load_text(tmp_path, text).rate_limit


def test_a_document_of_another_endpoint_loads_with_its_own_swagger(tmp_path: Path) -> None:
    swagger = {
        "swagger": "2.0",
        "info": {"title": "Rooms", "version": "2"},
        "paths": {"/business/rooms/v2/{business}/bookings": {"post": {"responses": {"201": {"description": ""}}}}},
    }
    contract = load_text(tmp_path, SECOND, swagger=swagger)
    assert ("bookings", "app", 201) == (contract.endpoint.name, contract.token, contract.success_status)
    assert "book" == contract.test_request.id
    assert ["gone", "closed"] == [error.code for error in contract.state_errors]
    assert "required:contact.email" in [clause.id for clause in contract.clauses]


def test_a_document_of_another_endpoint_without_its_swagger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=rf"^doc\.md:{line_of(SECOND, 'swagger: ')}: the swagger .* was not found"):
        load_text(tmp_path, SECOND)


FLAG = ("useFallbackApi: true\n", "")
PROSE = "This endpoint is reached through the fallback API."


@pytest.mark.parametrize(
    "says", [PROSE, "Send this via the Fallback API!", "## ⚠️ Fallback API Required", "**Fallback URL required**"]
)
def test_a_fallback_that_only_the_prose_asks_for_is_drift_and_the_front_matter_is_followed(
    tmp_path: Path, says: str
) -> None:
    text = edited(PACKAGED, FLAG, (PROSE, says)) if says is not PROSE else edited(PACKAGED, FLAG)
    text = text.replace("> ⚠️ ##", "##")
    contract = load_text(tmp_path, text)
    (row,) = [drift for drift in contract.drift if drift.what == "useFallbackApi"]

    assert not contract.endpoint.use_fallback
    assert "allback" in str(row.document)
    assert (row.swagger, row.follows) == (None, "front matter")
    assert row.document_where is not None
    assert "allback" in text.splitlines()[(row.document_where.line or 0) - 1]
    assert "front matter, followed: no useFallbackApi" in as_text(contract)


@pytest.mark.parametrize(
    "edits",
    [
        (),  # flag and prose
        ((PROSE, "Nothing of the kind."),),  # the flag alone
        (FLAG, (PROSE, "Nothing of the kind.")),
        (FLAG, (PROSE, "It does not need the fallback API any more.")),
        (FLAG, (PROSE, "It works without the fallback API.")),
    ],
)
def test_any_other_prose_about_the_fallback_is_no_drift(tmp_path: Path, edits: tuple[tuple[str, str], ...]) -> None:
    contract = load_text(tmp_path, edited(PACKAGED, *edits))

    assert "useFallbackApi" not in [drift.what for drift in contract.drift]
