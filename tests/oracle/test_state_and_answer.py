"""States in words, accounts that may be the same, and how an answer's label and what is wrong with it read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer
from fuzz.oracle.answers.answer import read_answer, read_create
from fuzz.oracle.answers.bodies import covers
from fuzz.oracle.state import (
    CalendarSync,
    Named,
    Situation,
    SyncState,
    bind,
    describe,
    has_no_sync,
    is_disabled,
    legible,
    may_match,
    mismatch,
    name_of,
    names_another_sync,
    situation,
)
from fuzz.oracle.verdict import ReadAnswer
from swagger.contract import Json
from tests.oracle.documented import (
    BOUND,
    CREATED,
    DISABLED,
    DISABLED_FRESH,
    FRESH,
    MESSAGES,
    OK,
    UID,
    A,
    B,
    G,
    O,
    state_error,
    the_contract,
)


@pytest.mark.parametrize(
    ("state", "name", "words"),
    [
        (None, "none", "none"),
        (FRESH, "fresh", "fresh (google_v3)"),
        (BOUND, "bound", "bound (google_v3, a@example.com)"),
        (DISABLED, "disabled", "disabled (google_v3, a@example.com)"),
        (DISABLED_FRESH, "disabled", "disabled (google_v3)"),
        (CalendarSync(G, ""), "bound", 'bound (google_v3, "")'),
    ],
)
def test_a_state_has_a_name_and_words(state: SyncState, name: str, words: str) -> None:
    assert (name, words) == (name_of(state), describe(state))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("müller@b.de", "müller@b.de"),
        ("two words", "two words"),
        ("", '""'),
        (" ", '" "'),
        ("\u3000", '"\\u3000"'),
        ("a ", '"a "'),
        ("a\0", '"a\\u0000"'),
        (5, "5"),
        (None, "null"),
    ],
)
def test_a_name_that_could_be_misread_is_written_as_json(name: Json, says: str) -> None:
    assert says == legible(name)


@pytest.mark.parametrize(
    ("state", "named", "met", "differs"),
    [
        (None, Named(G, A), Situation.NONE, ""),
        (FRESH, Named(G, A), Situation.FRESH, ""),
        (FRESH, Named(O, A), Situation.MISMATCHED, "provider"),
        (BOUND, Named(G, A), Situation.MATCHED, ""),
        (BOUND, Named(O, A), Situation.MISMATCHED, "provider"),
        (BOUND, Named(G, B), Situation.MISMATCHED, "account"),
        (BOUND, Named(O, B), Situation.MISMATCHED, "both"),
        (BOUND, Named(None, None), Situation.MISMATCHED, "both"),
        (DISABLED, Named(G, A), Situation.DISABLED, ""),
        (DISABLED, Named(G, B), Situation.MISMATCHED, "account"),
        (DISABLED_FRESH, Named(G, B), Situation.DISABLED, ""),
    ],
)
def test_each_situation_belongs_to_one_predicate_or_to_none(
    state: SyncState, named: Named, met: Situation, differs: str
) -> None:
    assert (met, differs) == (situation(state, named), mismatch(state, named))
    holds = [predicate(state, named) for predicate in (has_no_sync, names_another_sync, is_disabled)]
    assert holds == [met is Situation.NONE, met is Situation.MISMATCHED, met is Situation.DISABLED]


def test_only_a_text_is_stored_and_only_where_there_is_none_yet() -> None:
    assert [BOUND, BOUND, DISABLED] == [bind(state, Named(G, A)) for state in (FRESH, BOUND, DISABLED_FRESH)]
    assert (BOUND, FRESH, FRESH) == (bind(BOUND, Named(G, B)), bind(FRESH, Named(G, None)), bind(FRESH, Named(G, 5)))


@pytest.mark.parametrize(
    ("one", "other", "may_be_the_same"),
    [
        (A, A, False),
        (A, "A@EXAMPLE.com", True),
        (A, f" {A}\n", True),
        (A, "a @example.com", True),
        ("ﬁ@example.com", "fi@example.com", True),
        ("ß@example.com", "SS@example.com", True),
        ("\u00e9@example.com", "e\u0301@example.com", True),
        ("é@example.com", "e@example.com", False),
        (A, B, False),
        (A, "aa@example.com", False),
    ],
)
def test_accounts_may_be_the_same_but_for_case_space_and_unicode_form(
    one: str, other: str, may_be_the_same: bool
) -> None:
    assert [may_be_the_same] * 2 == [may_match(one, other), may_match(other, one)]


@pytest.mark.parametrize(
    ("body", "documented", "covered"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"b": 2}, {"a": 1}, False),
        ([], {}, False),
        ({}, [], False),
        ([1, 2], [1], False),
        ([1], [1], True),
        ([{"a": 1, "b": 2}], [{"a": 1}], True),
        ([{"a": 2}], [{"a": 1}], False),
        (True, 1, False),
        (1.0, 1, False),
        (None, None, True),
        ("a", "a", True),
        (NOT_JSON, {}, False),
    ],
)
def test_a_body_covers_a_documented_one_by_saying_all_it_says(body: Json, documented: Json, covered: bool) -> None:
    assert covered is covers(body, documented)


def errors(*entries: Json, **more: Json) -> dict[str, Json]:
    return {"success": False, "errors": list(entries), **more}


MISSING = {"code": "missing", "message": MESSAGES["missing"]}
INVALID = {"code": "invalid", "message": MESSAGES["invalid"]}
M, MI = frozenset({"missing"}), frozenset({"missing", "invalid"})
REVERSED = {"code": "invalid", "message": MESSAGES["missing"]}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (OK, ReadAnswer("success", 200, label="200")),
        (
            Answer(200, {"success": False, "data": {"success": True}}),
            ReadAnswer("malformed", 200, label="200 malformed", why="$.success is not as documented"),
        ),
        (Answer(200, {"success": True}), ReadAnswer("malformed", 200, label="200 malformed", why="$.data is lacking")),
        (
            Answer(200, {"success": True, "data": 5}),
            ReadAnswer("malformed", 200, label="200 malformed", why="$.data is not as documented"),
        ),
        (
            Answer(200, {"success": True, "data": {}}),
            ReadAnswer("malformed", 200, label="200 malformed", why="$.data.success is lacking"),
        ),
        (Answer(200, []), ReadAnswer("malformed", 200, label="200 malformed", why="$ is not as documented")),
        (Answer(200, NOT_JSON), ReadAnswer("malformed", 200, label="200 malformed", why="the body is not JSON")),
        (state_error("invalid"), ReadAnswer("invalid", 422, frozenset({"invalid"}), "422 invalid")),
        (
            Answer(422, errors(MISSING, INVALID)),
            ReadAnswer("malformed", 422, MI, "422 malformed", "$.errors has 2 entries, documented are 1"),
        ),
        (
            Answer(422, errors(MISSING, success=True)),
            ReadAnswer("malformed", 422, M, "422 malformed", "$.success is not as documented"),
        ),
        (Answer(422, {"errors": [MISSING]}), ReadAnswer("malformed", 422, M, "422 malformed", "$.success is lacking")),
        (
            Answer(422, errors({"message": MESSAGES["missing"]})),
            ReadAnswer("malformed", 422, label="422 malformed", why="$.errors[0].code is lacking"),
        ),
        (
            Answer(422, errors(REVERSED)),
            ReadAnswer("malformed", 422, label="422 malformed", why="$.errors[0].code is not as documented"),
        ),
        (
            Answer(422, {"success": False, "errors": MISSING}),
            ReadAnswer("malformed", 422, label="422 malformed", why="$.errors is not as documented"),
        ),
        (Answer(422, errors(5, None)), ReadAnswer("refusal", 422, label="422 refusal")),
        (Answer(422, errors()), ReadAnswer("refusal", 422, label="422 refusal")),
        (Answer(422, {"errors": "missing"}), ReadAnswer("refusal", 422, label="422 refusal")),
        (Answer(422, NOT_JSON), ReadAnswer("refusal", 422, label="422 refusal")),
        (Answer(422, errors({"code": "missing", "message": "no"})), ReadAnswer("refusal", 422, label="422 refusal")),
        (Answer(400, errors(MISSING)), ReadAnswer("refusal", 400, label="400 refusal")),
        (Answer(499, NOT_JSON), ReadAnswer("refusal", 499, label="499 refusal")),
        (Answer(500, errors(MISSING)), ReadAnswer("server error", 500, label="500")),
        (Answer(399, OK.body), ReadAnswer("undocumented status", 399, label="399")),
        (Answer(201, OK.body), ReadAnswer("undocumented status", 201, label="201")),
    ],
)
def test_an_answer_is_read_with_its_outcome_and_what_is_wrong_with_it(answer: Answer, seen: ReadAnswer) -> None:
    assert seen == replace(read_answer(the_contract(), answer), near="", form="")


def test_the_second_of_two_entries_can_be_the_wrong_one() -> None:
    contract = the_contract()
    error = contract.state_error("missing")
    two = replace(error, body={"errors": [{"a": 1}, MISSING]})
    body = {"errors": [{"a": 1}, {"code": "x", "message": MESSAGES["missing"]}]}
    seen = read_answer(replace(contract, state_errors=(two,)), Answer(422, body))
    assert "$.errors[1].code is not as documented" == seen.why


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (CREATED, ReadAnswer("success", 200, label="200")),
        (Answer(200, {"uid": 0}, {"calendar_sync_uid": 0}), ReadAnswer("success", 200, label="200")),
        (Answer(200, {}), ReadAnswer("malformed", 200, label="200 malformed", why="nothing at $.uid")),
        (
            Answer(200, {}, {"calendar_sync_uid": ""}),
            ReadAnswer("malformed", 200, label="200 malformed", why="nothing at $.uid"),
        ),
        (
            Answer(200, {}, {"calendar_sync_uid": None}),
            ReadAnswer("malformed", 200, label="200 malformed", why="nothing at $.uid"),
        ),
        (Answer(201, {"uid": UID}, {"calendar_sync_uid": UID}), ReadAnswer("undocumented status", 201, label="201")),
        (state_error("missing"), ReadAnswer("refusal", 422, M, "422 refusal")),
        (Answer(500, NOT_JSON), ReadAnswer("server error", 500, label="500")),
    ],
)
def test_an_answer_of_the_create_step_needs_its_status_and_what_the_step_extracts(
    answer: Answer, seen: ReadAnswer
) -> None:
    assert seen == replace(read_create(the_contract(), answer), near="", form="")


def test_all_that_a_create_lacks_is_listed() -> None:
    contract = the_contract()
    step = replace(contract.create_step, extract={"uid": "$.uid", "id": "$.id"})
    seen = read_create(replace(contract, prerequisites=(step,)), Answer(200, {}))
    assert "nothing at $.uid, $.id" == seen.why


def test_a_body_that_is_not_json_says_so() -> None:
    assert "NOT_JSON" == repr(NOT_JSON)
