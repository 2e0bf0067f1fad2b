"""Where an answer that failed differs from the one that was due: what is documented there, and what was seen."""

from __future__ import annotations

import pytest

from fuzz.oracle.actions import NOT_JSON, Answer, Move
from fuzz.oracle.answers.bodies import NOTHING, Contrast, contrasts, contrasts_with_example, covers
from fuzz.oracle.judgement.contrast import contrast_of
from fuzz.oracle.request import Request
from fuzz.oracle.state import Belief, SyncState
from fuzz.oracle.verdict import VerdictKind
from swagger.contract import Json
from tests.oracle.documented import (
    BOUND,
    CONNECT_MISSING,
    CRASHED,
    DISABLED,
    FRESH,
    MESSAGES,
    OK,
    B,
    G,
    create,
    judge,
    move,
    record,
    send,
    state_error,
    the_contract,
)

EXISTS = MESSAGES["already_exists"]
CODE, MESSAGE = "$.errors[0].code", "$.errors[0].message"
EITHER: Belief = frozenset({None, DISABLED})


def error(*entries: dict[str, Json], **more: Json) -> Answer:
    """A 422 with these entries."""
    return Answer(422, {"success": False, "errors": list(entries), **more})


ERRORS = [{"code": "already_exists", "message": EXISTS}]
SUCCEEDED = {"success": True, "data": {"success": True}}

FOUND: list[tuple[SyncState | Belief, Request, Answer, Contrast]] = [
    (BOUND, send(G, B), error({"code": "x", "message": EXISTS}), Contrast(CODE, "already_exists", "x")),
    (BOUND, send(G, B), state_error("already_exists", message="no"), Contrast(MESSAGE, EXISTS, "no")),
    (BOUND, send(G, B), error({"message": EXISTS}), Contrast(CODE, "already_exists", NOTHING)),
    (BOUND, send(G, B), error(), Contrast("$.errors", ERRORS, [])),
    (BOUND, send(G, B), Answer(422, {"success": True, "errors": 5}), Contrast("$.success", False, True)),
    (BOUND, send(), Answer(200, {"success": True}), Contrast("$.data", {"success": True}, NOTHING)),
    (BOUND, send(), Answer(200, {"success": True, "data": {"success": 1}}), Contrast("$.data.success", True, 1)),
    (BOUND, send(), Answer(200, NOT_JSON), Contrast("$", SUCCEEDED, NOT_JSON)),
    # Of two errors that are due, the one that the answer is most like.
    (EITHER, send(), state_error("invalid", message="no"), Contrast(MESSAGE, MESSAGES["invalid"], "no")),
    (EITHER, send(), state_error("missing", message="no"), Contrast(MESSAGE, MESSAGES["missing"], "no")),
    (FRESH, move(Move.DISABLE), record(enabled=True), Contrast("$.enabled", False, True, by_example=True)),
    (FRESH, move(Move.CONNECT), record(5), Contrast("$.account", "testuser@gmail.com", 5, by_example=True)),
    (None, move(Move.CONNECT), error(status="Error"), Contrast("$.errors", CONNECT_MISSING.body["errors"], [])),
]


@pytest.mark.parametrize(("state", "sent", "answer", "contrast"), FOUND, ids=range(len(FOUND)))
def test_the_first_difference_from_the_answer_that_was_due_is_found(
    state: SyncState | Belief, sent: Request, answer: Answer, contrast: Contrast
) -> None:
    verdict = judge(state, sent, answer)
    assert VerdictKind.FAIL is verdict.kind
    assert contrast == contrast_of(the_contract(), sent, verdict, answer)


NOTHING_TO_SHOW: list[tuple[SyncState | Belief, Request, Answer]] = [
    (BOUND, send(G, B), Answer(400, state_error("already_exists").body)),
    (BOUND, send(G, B), OK),
    (BOUND, send(G, B), state_error("missing")),
    (BOUND, send(), CRASHED),
    (BOUND, send(external_items=5), OK),
    (BOUND, send(external_items=5), state_error("invalid")),
    # Any refusal would do: what is wrong is that it names an error that is not due.
    (DISABLED, send(external_items=5), error(*2 * [{"code": "missing", "message": MESSAGES["missing"]}])),
    (FRESH, create(), Answer(200, {})),
    (FRESH, move(Move.DISABLE), Answer(404, {})),
]


@pytest.mark.parametrize(("state", "sent", "answer"), NOTHING_TO_SHOW, ids=range(len(NOTHING_TO_SHOW)))
def test_where_the_status_tells_or_another_documented_answer_came_there_is_no_difference_to_show(
    state: SyncState | Belief, sent: Request, answer: Answer
) -> None:
    verdict = judge(state, sent, answer)
    assert VerdictKind.FAIL is verdict.kind
    assert contrast_of(the_contract(), sent, verdict, answer) is None


def test_of_a_record_under_data_the_difference_is_inside_of_it() -> None:
    answer = Answer(200, {"data": record(enabled=True).body})
    verdict = judge(FRESH, move(Move.DISABLE), answer)
    found = contrast_of(the_contract(), move(Move.DISABLE), verdict, answer)
    assert Contrast("$.enabled", False, True, by_example=True) == found


BODIES: list[Json] = [
    None,
    True,
    False,
    1,
    1.0,
    "a",
    [],
    [1],
    [1, 2],
    {},
    {"a": 1},
    {"a": {"b": [{"c": None}]}},
    NOT_JSON,
]


@pytest.mark.parametrize("documented", BODIES[:-1], ids=str)
def test_a_body_covers_a_documented_one_if_and_only_if_nothing_differs(documented: Json) -> None:
    for body in BODIES:
        assert covers(body, documented) is ([] == list(contrasts(body, documented)))


def test_every_difference_is_found_in_the_order_of_the_document() -> None:
    documented = {"a": 1, "b": [{"c": 2}, {"c": 3}], "d": {"e": 4}}
    found = contrasts({"d": {}, "b": [{"c": 2}, {"c": 0}], "a": 0, "more": 5}, documented)
    assert ["$.a", "$.b[1].c", "$.d.e"] == [contrast.path for contrast in found]
    by_example = contrasts_with_example({"d": {}, "a": "0", "b": [5]}, documented)
    assert ["$.a is not of the documented type", "$.d.e is lacking"] == list(map(str, by_example))
