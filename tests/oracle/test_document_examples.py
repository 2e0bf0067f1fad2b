"""The third witness: the customer's document as a table, copied by hand, sentence by sentence; nothing is computed.

A row is a state, a request, and every answer that is fine with the states it may leave. Each answer of `ANSWERS` that
the row does not allow must be a failure. `refusal` is any 4xx that is not, to the letter, a documented state error;
`odd` is what is no documented answer at all and still not a failure, because the documents are silent on the request.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer, Token
from fuzz.oracle.request import Request
from fuzz.oracle.state import CalendarSync, SyncState
from fuzz.oracle.verdict import VerdictKind
from swagger.contract import Json
from tests.oracle.documented import (
    BOUND,
    DISABLED,
    DISABLED_FRESH,
    FRESH,
    MESSAGES,
    NONE,
    OK,
    A,
    B,
    G,
    O,
    create,
    item,
    judge,
    send,
    sending,
    state_error,
)

Fine = dict[str, tuple[SyncState, ...]]


class Row(NamedTuple):
    says: str
    state: SyncState
    request: Request
    fine: Fine


BOUND_B = CalendarSync(G, B)
MOCK, MOCK_BOUND = CalendarSync("mock_provider"), CalendarSync("mock_provider", A)
ANY = ("missing", "already_exists", "invalid", "refusal")

ROWS = [
    # "This error occurs when the staff member does not have a CalendarSync record."
    Row("no record", NONE, send(G, A), {"missing": (NONE,)}),
    Row("no record, whatever is named", NONE, send(O, B), {"missing": (NONE,)}),
    Row(
        "no record, broken payload",
        NONE,
        send(external_items=[item(external_id=5)]),
        {"missing": (NONE,), "refusal": (NONE,)},
    ),
    Row("no record, silent payload", NONE, send(external_items=[]), {"missing": (NONE,), "refusal": (NONE,)}),
    Row("no record, no calendar_sync", NONE, send(calendar_sync=None), {"missing": (NONE,), "refusal": (NONE,)}),
    Row("no record, no provider", NONE, send(None, A), {"missing": (NONE,), "refusal": (NONE,)}),
    Row("no record, no token", NONE, send(token=Token.NONE), {"refusal": (NONE,)}),
    Row("no record, unknown token", NONE, send(token=Token.UNKNOWN), {"refusal": (NONE,)}),
    Row("no record, admin token", NONE, send(token=Token.ADMIN), {"missing": (NONE,), "refusal": (NONE,)}),
    # "If the calendar sync has no account set yet (freshly created), any value can be used and it will be stored."
    Row("no account yet", FRESH, send(G, A), {"success": (BOUND,)}),
    Row("no account yet, any value", FRESH, send(G, B), {"success": (BOUND_B,)}),
    Row("no account yet, single item", FRESH, send(external_items=None, external_item=item()), {"success": (BOUND,)}),
    Row("no account yet, other provider", FRESH, send(O, A), {"already_exists": (FRESH,)}),
    Row("no account yet, refused", FRESH, send(external_items=[item(external_id=5)]), {"refusal": (FRESH, BOUND)}),
    Row("no account yet, none named", FRESH, send(G, None), {"refusal": (FRESH,)}),
    Row(
        "no account yet, no provider named",
        FRESH,
        send(None, A),
        {"already_exists": (FRESH,), "refusal": (FRESH, BOUND)},
    ),
    Row(
        "no account yet, empty list",
        FRESH,
        send(external_items=[]),
        {"success": (FRESH, BOUND), "refusal": (FRESH, BOUND), "odd": (FRESH, BOUND)},
    ),
    Row(
        "no account yet, one id twice",
        FRESH,
        send(external_items=[item(), item()]),
        {"success": (BOUND,), "refusal": (FRESH, BOUND), "odd": (FRESH, BOUND)},
    ),
    Row("no account yet, no token", FRESH, send(token=Token.NONE), {"refusal": (FRESH,)}),
    Row(
        "no account yet, other provider, broken",
        FRESH,
        send(O, external_items=5),
        {"already_exists": (FRESH,), "refusal": (FRESH,)},
    ),
    # "This error occurs when the provider or account values do not match the existing calendar sync record."
    Row("both match", BOUND, send(G, A), {"success": (BOUND,)}),
    Row("both match, no title", BOUND, send(external_items=[item(external_title=None)]), {"success": (BOUND,)}),
    Row("both match, two items", BOUND, send(external_items=[item(), item(external_id="2")]), {"success": (BOUND,)}),
    Row("other account", BOUND, send(G, B), {"already_exists": (BOUND,)}),
    Row("other provider", BOUND, send(O, A), {"already_exists": (BOUND,)}),
    Row("other provider and account", BOUND, send(O, B), {"already_exists": (BOUND,)}),
    Row("one letter more", BOUND, send(G, "aa@example.com"), {"already_exists": (BOUND,)}),
    Row("a tag more", BOUND, send(G, "a+x@example.com"), {"already_exists": (BOUND,)}),
    Row(
        "account in capitals",
        BOUND,
        send(G, "A@Example.com"),
        {"success": (BOUND,), "already_exists": (BOUND,), "refusal": (BOUND,)},
    ),
    Row("account in capitals, other provider", BOUND, send(O, "A@Example.com"), {"already_exists": (BOUND,)}),
    Row(
        "account in capitals, broken payload",
        BOUND,
        send(G, "A@Example.com", external_items=5),
        {"already_exists": (BOUND,), "refusal": (BOUND,)},
    ),
    Row(
        "account after a space",
        BOUND,
        send(G, f" {A}"),
        {"success": (BOUND,), "already_exists": (BOUND,), "refusal": (BOUND,), "odd": (BOUND,)},
    ),
    Row("provider in capitals", BOUND, send("GOOGLE_V3", A), {"already_exists": (BOUND,), "refusal": (BOUND,)}),
    Row("provider that is not listed", BOUND, send("caldav", A), {"already_exists": (BOUND,), "refusal": (BOUND,)}),
    Row(
        "other account, broken payload",
        BOUND,
        send(G, B, external_items=5),
        {"already_exists": (BOUND,), "refusal": (BOUND,)},
    ),
    Row(
        "other account, silent payload",
        BOUND,
        send(G, B, external_items=[]),
        {"already_exists": (BOUND,), "refusal": (BOUND,)},
    ),
    Row("other account, no token", BOUND, send(G, B, token=Token.NONE), {"refusal": (BOUND,)}),
    # Required: Yes; Type; ISO 8601.
    Row("no items", BOUND, send(external_items=None), {"refusal": (BOUND,)}),
    Row(
        "no external_calendar_uid",
        BOUND,
        send(external_items=[item(external_calendar_uid=None)]),
        {"refusal": (BOUND,)},
    ),
    Row("start is no date", BOUND, send(external_items=[item(start_date="tomorrow")]), {"refusal": (BOUND,)}),
    Row("title is a number", BOUND, send(external_items=[item(external_title=1)]), {"refusal": (BOUND,)}),
    Row("single item is a list", BOUND, send(external_items=None, external_item=[]), {"refusal": (BOUND,)}),
    Row("broken and silent", BOUND, send(external_items=[item(external_id=""), 5]), {"refusal": (BOUND,)}),
    Row(
        "account is null",
        BOUND,
        send(calendar_sync={"provider": G, "account": None}),
        {"already_exists": (BOUND,), "refusal": (BOUND,)},
    ),
    Row("no account named", BOUND, send(G, None), {"already_exists": (BOUND,), "refusal": (BOUND,)}),
    Row("not an object", BOUND, sending([]), dict.fromkeys(ANY, (BOUND,))),
    Row("not JSON", BOUND, sending(NOT_JSON), dict.fromkeys(ANY, (BOUND,))),
    Row("no staff_uid", BOUND, send(staff_uid=None), dict.fromkeys(ANY, (BOUND,))),
    # Where the document says nothing.
    Row("empty list", BOUND, send(external_items=[]), {"success": (BOUND,), "refusal": (BOUND,), "odd": (BOUND,)}),
    Row("both forms", BOUND, send(external_item=item()), {"success": (BOUND,), "refusal": (BOUND,), "odd": (BOUND,)}),
    Row(
        "date only",
        BOUND,
        send(external_items=[item(start_date="2026-11-23")]),
        {"success": (BOUND,), "refusal": (BOUND,), "odd": (BOUND,)},
    ),
    Row("sent before", BOUND, send(sent_ids=frozenset({"ext_item_1"})), {"success": (BOUND,), "refusal": (BOUND,)}),
    Row(
        "account in capitals, no provider",
        BOUND,
        send(None, A.upper()),
        {"already_exists": (BOUND,), "refusal": (BOUND,)},
    ),
    Row(
        "disabled, account in capitals, no provider",
        DISABLED,
        send(None, A.upper()),
        {"invalid": (DISABLED,), "already_exists": (DISABLED,), "refusal": (DISABLED,)},
    ),
    Row("an old calendar", BOUND, send(uid="another"), {"success": (BOUND,), "refusal": (BOUND,), "odd": (BOUND,)}),
    Row("admin token", BOUND, send(token=Token.ADMIN), {"success": (BOUND,), "refusal": (BOUND,), "odd": (BOUND,)}),
    Row(
        "another's token",
        BOUND,
        send(token=Token.OTHER_STAFF),
        {"success": (BOUND,), "odd": (BOUND,), **dict.fromkeys(ANY, (BOUND,))},
    ),
    Row(
        "admin token, nobody's uid",
        BOUND,
        send(token=Token.ADMIN, staff_uid="nobody"),
        {"success": (BOUND,), "odd": (BOUND,), **dict.fromkeys(ANY, (BOUND,))},
    ),
    # "Token Type: Requires a staff token."
    Row("no token", BOUND, send(token=Token.NONE), {"refusal": (BOUND,)}),
    Row("unknown token", BOUND, send(token=Token.UNKNOWN), {"refusal": (BOUND,)}),
    # "This error occurs when the calendar sync exists with matching provider/account but is in a disabled state."
    Row("disabled", DISABLED, send(G, A), {"invalid": (DISABLED,)}),
    Row("disabled, other account", DISABLED, send(G, B), {"already_exists": (DISABLED,)}),
    Row("disabled, other provider", DISABLED, send(O, A), {"already_exists": (DISABLED,)}),
    Row("disabled, other provider and account", DISABLED, send(O, B), {"already_exists": (DISABLED,)}),
    Row("disabled, no account yet", DISABLED_FRESH, send(G, B), {"invalid": (DISABLED_FRESH,)}),
    Row(
        "disabled, account in capitals",
        DISABLED,
        send(G, A.upper()),
        {"invalid": (DISABLED,), "already_exists": (DISABLED,), "refusal": (DISABLED,)},
    ),
    Row("disabled, broken payload", DISABLED, send(external_items=5), {"invalid": (DISABLED,), "refusal": (DISABLED,)}),
    Row(
        "disabled, silent payload", DISABLED, send(external_items=[]), {"invalid": (DISABLED,), "refusal": (DISABLED,)}
    ),
    Row(
        "disabled, no account named",
        DISABLED,
        send(G, None),
        {"invalid": (DISABLED,), "already_exists": (DISABLED,), "refusal": (DISABLED,)},
    ),
    Row("disabled, no token", DISABLED, send(token=Token.NONE), {"refusal": (DISABLED,)}),
    # "Create a fresh calendar sync record (resets any existing disabled/stale sync)", expect status 200, $.uid
    Row("create where there is none", NONE, create(G), {"success": (FRESH,)}),
    Row("create over a fresh one", FRESH, create(O), {"success": (CalendarSync(O),)}),
    Row("create over a bound one", BOUND, create(G), {"success": (FRESH,)}),
    Row("create over a disabled one", DISABLED, create(G), {"success": (FRESH,)}),
]


class Sample(NamedTuple):
    """One answer. `names`: the state errors that it names; a refusal may not name one that is not due."""

    reads: str
    answer: Answer
    names: tuple[str, ...] = ()


def _errors(*codes: str, success: Json = False, status: int = 422) -> Answer:
    entries = [{"code": code, "message": MESSAGES[code]} for code in codes]
    return Answer(status, {"success": success, "errors": entries})


ANSWERS = {
    "the documented 200": Sample("success", OK),
    "200 with more keys": Sample(
        "success", Answer(200, {"success": True, "data": {"success": True, "count": 1}, "request_id": "7f3a"})
    ),
    "200 with success false": Sample("odd", Answer(200, {"success": False, "data": {"success": False}})),
    "200 with data.success false": Sample("odd", Answer(200, {"success": True, "data": {"success": False}})),
    "200 with success 1": Sample("odd", Answer(200, {"success": 1, "data": {"success": 1}})),
    "200 without data": Sample("odd", Answer(200, {"success": True})),
    "200 with a sync record": Sample("odd", Answer(200, {"success": True, "data": {"uid": "1"}})),
    "200 that is not JSON": Sample("odd", Answer(200, NOT_JSON)),
    "200 with a documented error": Sample("odd", _errors("missing", status=200)),
    "201": Sample("odd", Answer(201, {"success": True, "data": {"success": True}})),
    "204": Sample("odd", Answer(204, NOT_JSON)),
    "302": Sample("odd", Answer(302, NOT_JSON)),
    **{code: Sample(code, state_error(code), (code,)) for code in MESSAGES},
    **{f"{code} with more keys": Sample(code, state_error(code, field="staff"), (code,)) for code in MESSAGES},
    **{f"{code}, other message": Sample("refusal", state_error(code, message="no")) for code in MESSAGES},
    **{f"{code}, other code": Sample("refusal", state_error(code, code="error")) for code in MESSAGES},
    **{f"{code} with success true": Sample("refusal", _errors(code, success=True), (code,)) for code in MESSAGES},
    **{f"{code} twice": Sample("refusal", _errors(code, code), (code,)) for code in MESSAGES},
    **{f"{code} as a 400": Sample("refusal", _errors(code, status=400)) for code in MESSAGES},
    **{f"{code} as a 500": Sample("server error", _errors(code, status=500)) for code in MESSAGES},
    "missing and invalid": Sample("refusal", _errors("missing", "invalid"), ("missing", "invalid")),
    "already_exists and invalid": Sample(
        "refusal", _errors("already_exists", "invalid"), ("already_exists", "invalid")
    ),
    "code of one, message of another": Sample("refusal", state_error("missing", message=MESSAGES["invalid"])),
    "422 without errors": Sample("refusal", Answer(422, {"success": False})),
    "422 of a gateway": Sample("refusal", Answer(422, {"status": "Error", "error": "Unauthorized"})),
    "a payload error": Sample("refusal", state_error("missing", field="external_id", message="external_id is missing")),
    "400": Sample("refusal", Answer(400, {"success": False})),
    "401": Sample("refusal", Answer(401, {"message": "401 Unauthorized", "status": "Failure"})),
    "404 in HTML": Sample("refusal", Answer(404, NOT_JSON)),
    "500": Sample("server error", Answer(500, NOT_JSON)),
    "503": Sample("server error", Answer(503, {"success": True, "data": {"success": True}})),
}
"""What a bulk_create may be answered; a create's success is written otherwise, below."""

CREATE_ANSWERS = {
    **{name: sample for name, sample in ANSWERS.items() if not name.startswith(("200", "the"))},
    "200 with a uid": Sample("success", Answer(200, {"uid": "1"}, {"calendar_sync_uid": "1"})),
    "200 without a uid": Sample("odd", Answer(200, {"id": "1"})),
    "200 with an empty uid": Sample("odd", Answer(200, {"uid": ""}, {"calendar_sync_uid": ""})),
    "200 with a null uid": Sample("odd", Answer(200, {"uid": None}, {"calendar_sync_uid": None})),
}


def _answers_to(row: Row) -> dict[str, Sample]:
    return CREATE_ANSWERS if row.says.startswith("create") else ANSWERS


@pytest.mark.parametrize("row", ROWS, ids=[row.says for row in ROWS])
def test_what_the_document_allows_passes_and_everything_else_fails(row: Row) -> None:
    told: dict[str, tuple[VerdictKind, frozenset[SyncState]]] = {}
    wanted = {}
    for name, (reads, answer, names) in _answers_to(row).items():
        verdict = judge(row.state, row.request, answer)
        told[name] = verdict.kind, verdict.belief if verdict.kind is VerdictKind.PASS else frozenset()
        fine = reads in row.fine and (reads != "refusal" or set(names) <= set(row.fine))
        wanted[name] = (VerdictKind.PASS, frozenset(row.fine[reads])) if fine else (VerdictKind.FAIL, frozenset())
    assert wanted == told


@pytest.mark.parametrize("row", ROWS, ids=[row.says for row in ROWS])
def test_a_verdict_lists_the_answers_that_the_row_lists(row: Row) -> None:
    assert tuple(sorted(set(row.fine) - {"odd"})) == judge(row.state, row.request, ANSWERS["500"].answer).allowed


def test_no_state_of_the_document_is_left_out() -> None:
    assert {NONE, FRESH, BOUND, DISABLED, DISABLED_FRESH} <= {row.state for row in ROWS}
    assert len({row.says for row in ROWS}) == len(ROWS) >= 35
