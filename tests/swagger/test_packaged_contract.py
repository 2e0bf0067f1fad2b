"""The packaged contract, compared with a table copied by hand from the two files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from swagger.contract import ClauseKind, Contract, Operation, ids_of
from swagger.load import load_contract
from tests.swagger.documents import PACKAGED, line_of

ENDPOINT = "/business/scheduling/v1/external_calendar_items/bulk_create"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def test_endpoint_token_and_rate_limit_are_those_of_the_files(contract: Contract) -> None:
    assert Operation("bulk_create", "PUT", ENDPOINT, use_fallback=True) == contract.endpoint
    assert ("staff", "8/s") == (contract.token, contract.rate_limit)


def test_the_siblings_are_the_swaggers_other_operations_on_the_gateways_of_their_documents(contract: Contract) -> None:
    parent = ENDPOINT.removesuffix("bulk_create")
    expected = {
        name: Operation(name, "PUT", parent + name, use_fallback=name == "disable")
        for name in ("connect", "disable", "disconnect")
    }
    assert expected == contract.siblings


@pytest.mark.parametrize(
    ("code", "title", "message", "heading"),
    [
        ("missing", "Staff Not Registered", "staff is not registered to any calendar sync", "### 422 - Staff Not"),
        (
            "already_exists",
            "Staff Already Registered to Other Calendar Sync",
            "staff already registered to other calendar sync",
            "### 422 - Staff Already",
        ),
        ("invalid", "Staff Account Is Disabled", "staff account is disabled", "### 422 - Staff Account"),
    ],
)
def test_each_state_error_is_the_documented_one(
    contract: Contract, code: str, title: str, message: str, heading: str
) -> None:
    error = contract.state_error(code)
    assert (422, title, message) == (error.status, error.title, error.message)
    assert {"success": False, "errors": [{"code": code, "message": message}]} == error.body
    assert line_of(PACKAGED, heading) == error.where.line
    assert error.occurs_when.startswith("This error occurs when ")
    assert error.occurs_when == contract.clause(code).says


@pytest.mark.parametrize(
    ("path", "kind", "required", "form", "listed", "alternative"),
    [
        ("staff_uid", "string", True, None, (), None),
        ("calendar_sync", "object", True, None, (), None),
        ("calendar_sync.provider", "string", True, None, ("google_v3", "outlook_v1.0"), None),
        ("calendar_sync.account", "string", True, None, (), None),
        ("external_items", "array", True, None, (), "external_item"),
        ("external_items[].external_id", "string", True, None, (), None),
        ("external_items[].external_title", "string", False, None, (), None),
        ("external_items[].external_calendar_uid", "string", True, None, (), None),
        ("external_items[].start_date", "string", True, "date-time", (), None),
        ("external_items[].end_date", "string", True, "date-time", (), None),
        ("external_items[].last_modification", "string", True, "date-time", (), None),
    ],
)
def test_each_field_rule_is_the_documented_one(
    contract: Contract,
    path: str,
    kind: str,
    required: bool,
    form: str | None,
    listed: tuple[str, ...],
    alternative: str | None,
) -> None:
    rule = contract.field(path)
    assert rule is not None
    actual = (rule.type, rule.required, rule.format, rule.listed, rule.alternative, rule.promised)
    assert (kind, required, form, listed, alternative, True) == actual
    assert line_of(PACKAGED, f"| `{path}` |") == rule.where.line


def test_rrule_is_known_from_the_swagger_alone_and_not_promised(contract: Contract) -> None:
    unpromised = [(rule.path, rule.type, str(rule.where)) for rule in contract.fields if not rule.promised]
    pointer = "scheduling.json#/definitions/ExternalItem/properties/rrule"
    assert [("external_items[].rrule", "array", pointer)] == unpromised


def test_the_clauses_are_these_in_this_order(contract: Contract) -> None:
    top = ["staff_uid", "calendar_sync", "calendar_sync.provider", "calendar_sync.account", "external_items"]
    dates = [f"external_items[].{name}" for name in ("start_date", "end_date", "last_modification")]
    identity, title, calendar = (f"external_items[].external_{name}" for name in ("id", "title", "calendar_uid"))
    expected = [
        *("missing", "already_exists", "invalid", "success", "create", "account_stored", "token"),
        *(f"required:{path}" for path in [*top, identity, calendar, *dates]),
        *(f"type:{path}" for path in [*top, identity, title, calendar, *dates]),
        *(f"format:{path}" for path in dates),
        "listed:calendar_sync.provider",
        "alternative:external_item",
        "no_server_error",
        *("connect.missing", "connect.success", "connect.token", "connect.no_server_error"),
        *("disable.staff_not_registered", "disable.success", "disable.token", "disable.no_server_error"),
        *("disconnect.token", "disconnect.no_server_error"),
    ]
    assert expected == [clause.id for clause in contract.clauses]


@pytest.mark.parametrize(
    ("clause_id", "kind", "line", "says"),
    [
        ("success", ClauseKind.SUCCESS, "## Expected Response (200)", '{"success": true, "data": {"success": true}}'),
        ("create", ClauseKind.CREATE, "- id: create_calendar_sync", "is destroyed and a fresh one takes its place"),
        ("account_stored", ClauseKind.ACCOUNT_STORED, "| `calendar_sync.account` |", "and it is stored."),
        ("token", ClauseKind.TOKEN, "Imports a batch", "staff token"),
        (
            "required:staff_uid",
            ClauseKind.REQUIRED,
            "| `staff_uid` |",
            "`staff_uid` is required: UID of the staff member whose calendar it is",
        ),
        ("type:staff_uid", ClauseKind.TYPE, "| `staff_uid` |", "`staff_uid` is a string"),
        ("type:calendar_sync", ClauseKind.TYPE, "| `calendar_sync` |", "`calendar_sync` is an object"),
        (
            "format:external_items[].end_date",
            ClauseKind.FORMAT,
            "| `external_items[].end_date` |",
            "`external_items[].end_date` is a date-time: When the event ends (ISO 8601)",
        ),
        ("listed:calendar_sync.provider", ClauseKind.LISTED, "| `calendar_sync.provider` |", '"outlook_v1.0".'),
        ("alternative:external_item", ClauseKind.ALTERNATIVE, "| `external_items` |", "Alternatively, use"),
        ("no_server_error", ClauseKind.NO_SERVER_ERROR, "## Error Responses", "422 already_exists"),
    ],
)
def test_each_clause_quotes_its_sentence_and_names_its_line(
    contract: Contract, clause_id: str, kind: ClauseKind, line: str, says: str
) -> None:
    clause = contract.clause(clause_id)
    assert (kind, line_of(PACKAGED, line)) == (clause.kind, clause.where.line)
    assert says in clause.says


def test_the_steps_are_the_documented_ones(contract: Contract) -> None:
    create, test = contract.create_step, contract.test_request
    assert ("POST", "/platform/v1/scheduling/calendar_syncs", "admin") == (create.method, create.path, create.token)
    assert {"calendar_sync_uid": "$.uid"} == create.extract
    assert ((200,), "abort", False) == (create.expect_status, create.on_fail, create.use_fallback)
    assert ("PUT", ENDPOINT, "staff", True) == (test.method, test.path, test.token, test.use_fallback)
    assert "{{calendar_sync_uid}}" == test.body["external_items"][0]["external_calendar_uid"]
    assert line_of(PACKAGED, "- id: bulk_create_items") == test.where.line


def test_the_drift_between_the_packaged_files_is_this(contract: Contract) -> None:
    expected = [
        "tokens",
        "listed values calendar_sync.provider",
        "required external_items",
        "required external_items[].external_calendar_uid",
        "field external_items[].rrule",
        "response 200 body",
        "response 422 envelope",
        "response 422 missing",
        "response 422 already_exists",
        "response 422 invalid",
    ]
    assert expected == [drift.what for drift in contract.drift]
    assert {"document"} == {drift.follows for drift in contract.drift}


def test_nothing_of_the_packaged_document_is_left_unused(contract: Contract) -> None:
    what = "disable: error 422 “Staff Not Exists”: nothing tells when it is due"
    assert [what] == [unused.what for unused in contract.unused]


def test_item_rules_are_the_fields_of_one_item(contract: Contract) -> None:
    assert "external_id" == next(contract.item_rules()).name


def test_the_ids_of_items_are_those_that_are_texts() -> None:
    assert ["a", ""] == ids_of([{"external_id": "a"}, {"external_id": 7}, {}, {"external_id": ""}])


def test_what_is_not_in_the_contract_is_said_to_be_missing(contract: Contract) -> None:
    assert contract.field("nothing") is None
    with pytest.raises(KeyError):
        contract.clause("nothing")
    with pytest.raises(KeyError):
        contract.state_error("nothing")


def test_importing_the_loader_leaves_schemathesis_alone() -> None:
    program = "import sys, swagger.load; sys.exit('schemathesis' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode
