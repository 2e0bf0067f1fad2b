"""The exact argument for each situation, and fingerprints that are the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.bundle.argument import argue
from fuzz.bundle.fingerprint import fingerprint, normalised, slug, state_kinds
from fuzz.bundle.texts import side_by_side
from fuzz.oracle.actions import Answer, Move, Token
from fuzz.oracle.answers.bodies import NOTHING, Contrast
from fuzz.oracle.judgement.judge import judge_lost
from fuzz.oracle.request import Request
from fuzz.oracle.state import CalendarSync
from fuzz.oracle.verdict import ReadAnswer, Verdict, VerdictKind
from tests.oracle.documented import (
    BOUND,
    CRASHED,
    CREATED,
    DISABLED,
    DISABLED_FRESH,
    DISABLED_NOW,
    DISCONNECTED,
    FRESH,
    OK,
    REFUSED,
    A,
    B,
    G,
    O,
    create,
    item,
    judge,
    move,
    send,
    state_error,
    the_contract,
)

Step = tuple[Request, Verdict]


def judged_in_turn(*exchanges: tuple[Request, Answer]) -> list[Step]:
    """A scenario from a staff member without a sync, judged step by step."""
    belief = frozenset[CalendarSync | None]({None})
    steps = []
    for request, answer in exchanges:
        verdict = judge(belief, request, answer)
        steps.append((request, verdict))
        belief = verdict.belief
    return steps


BIND = [(create(), CREATED), (send(), OK)]
DISABLE = [*BIND, (move(Move.DISABLE), DISABLED_NOW)]
TWICE = Answer(422, {"success": False, "errors": [{"code": "x", "message": "staff account is disabled"}]})

ARGUMENTS = [
    ([(send(), OK)], "No answer before step 1 shows the state of the sync."),
    (
        [*BIND, (move(Move.DISCONNECT), DISCONNECTED), (send(), state_error("missing")), (send(), OK)],
        "After step 4 the staff member has no calendar sync.",
    ),
    (
        [(create(), CREATED), (send(), REFUSED)],
        "After step 1 the google_v3 sync is fresh, so any account may be named.",
    ),
    (
        [*BIND, (send(), state_error("invalid"))],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same.",
    ),
    ([*BIND, (send(G, B), OK)], "After step 2 the account is a@example.com; step 3 names b@example.com."),
    ([*BIND, (send(O, A), OK)], "After step 2 the provider is google_v3; step 3 names outlook_v1.0."),
    (
        [*BIND, (send(O, B), OK)],
        "After step 2 the provider is google_v3 and the account is a@example.com; step 3 names"
        " outlook_v1.0 and b@example.com.",
    ),
    ([(create(), CREATED), (send(O, A), OK)], "After step 1 the provider is google_v3; step 2 names outlook_v1.0."),
    ([*DISABLE, (send(), OK)], "After step 3 the sync is disabled; step 4 names its provider and account."),
    (
        [*DISABLE, (send(), TWICE)],
        "After step 3 the sync is disabled; step 4 names its provider and account. In the answer,"
        " $.errors[0].code is not as documented.",
    ),
    (
        [*BIND, (send(token=Token.NONE), OK)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same. Step 3 carries no token.",
    ),
    (
        [*BIND, (send(token=Token.UNKNOWN), OK)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same. Step 3 carries"
        " an unknown token.",
    ),
    (
        [*BIND, (send(external_items=5), OK)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same. Step 3 breaks"
        " type:external_items.",
    ),
    (
        [*BIND, (send(external_items=[5, item(external_id="")], staff_uid=5), OK)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same."
        " Step 3 breaks type:staff_uid, type:external_items."
        " The documents do not specify empty string: external_id (already_exists or invalid or missing"
        " and a refusal are both fine).",
    ),
    (
        [*BIND, (send(external_items=[]), CRASHED)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same."
        " The documents do not specify empty list (success and a refusal are both fine).",
    ),
    (
        [*BIND, (send(external_items=[], surprise=1), CRASHED)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same."
        " The documents do not specify empty list, unknown field (success and a refusal are both fine).",
    ),
    (
        [*BIND, (send(external_items=[], token=Token.NONE), OK)],
        "After step 2 the sync holds google_v3 and a@example.com; step 3 names the same. Step 3 carries no token."
        " The documents do not specify empty list.",
    ),
    (
        [*BIND, (create(), REFUSED)],
        "After step 2 the sync is bound (google_v3, a@example.com); step 3 creates a fresh one in its place.",
    ),
    (
        [*BIND, (create(), replace(CREATED, extracted={}))],
        "After step 2 the sync is bound (google_v3, a@example.com); step 3 creates a fresh one in its place."
        " In the answer, nothing at $.uid.",
    ),
    (
        [(create(), CREATED), (send(external_items=5), REFUSED), (send(), state_error("missing"))],
        "After step 2 the sync is bound (google_v3, a@example.com) or fresh (google_v3),"
        " and neither explains the answer.",
    ),
    (
        [
            (create(), CREATED),
            (send(external_items=5), REFUSED),
            (send(account=B, external_items=5), REFUSED),
            (send(), state_error("missing")),
        ],
        "After step 3 the sync may be in 3 states, and none of them explains the answer.",
    ),
    # The step that brought the state about, not one that left it as it was, and the last one that did.
    (
        [*BIND, (send(), OK), (send(G, B), state_error("already_exists")), (send(G, B), OK)],
        "After step 2 the account is a@example.com; step 5 names b@example.com.",
    ),
    (
        [*BIND, (create(), CREATED), (send(), OK), (send(G, B), OK)],
        "After step 4 the account is a@example.com; step 5 names b@example.com.",
    ),
    (
        [(send(), state_error("missing")), (send(), state_error("missing")), (send(), OK)],
        "After step 1 the staff member has no calendar sync.",
    ),
]


@pytest.mark.parametrize(("exchanges", "says"), ARGUMENTS, ids=range(len(ARGUMENTS)))
def test_the_argument_tells_the_state_and_what_the_request_named(
    exchanges: list[tuple[Request, Answer]], says: str
) -> None:
    steps = judged_in_turn(*exchanges)
    assert [VerdictKind.PASS] * (len(steps) - 1) + [VerdictKind.FAIL] == [verdict.kind for _, verdict in steps]
    assert says == argue(the_contract(), steps)


def test_what_was_done_to_somebody_else_is_no_part_of_the_argument() -> None:
    (first, bound), (second, sent), failed = judged_in_turn(*BIND, (send(G, B), OK))
    other = replace(second, action=replace(second.action, staff=1)), replace(sent, was=frozenset({None}))
    assert argue(the_contract(), [(first, bound), (second, sent), other, failed]).startswith("After step 2 ")
    assert argue(the_contract(), [other, (first, bound), (second, sent), failed]).startswith("After step 3 ")


def test_a_state_that_only_the_target_profile_speaks_of_is_told_as_its_word() -> None:
    own = replace(move(Move.DISCONNECT), is_judged=False)
    steps = judged_in_turn(*BIND, (own, DISCONNECTED), (send(), OK))
    assert frozenset({None}) == steps[-1][1].was
    assert "After step 3, by the target profile's word, the staff member has no calendar sync." == argue(
        the_contract(), steps
    )


def test_states_that_a_lost_request_may_still_lead_to_are_those_before_the_step() -> None:
    """They are no step's own: the belief of the step before is narrower."""
    (first, bound), (second, sent), (last, _) = judged_in_turn(*BIND, (send(), CRASHED))
    verdict = judge(frozenset({BOUND, FRESH}), last, CRASHED)
    says = argue(the_contract(), [(first, bound), (second, sent), (last, verdict)])
    assert "Before step 3 the sync is bound (google_v3, a@example.com) or fresh (google_v3), and neither" in says


def test_of_the_first_request_for_a_staff_member_no_state_is_told() -> None:
    (create_step,) = judged_in_turn((create(), REFUSED))
    assert argue(the_contract(), [create_step]).startswith("Step 1 creates a fresh sync, whatever was there before.")
    (first, bound), (second, failed) = judged_in_turn((create(), CREATED), (create(), REFUSED))
    other = replace(second, action=replace(second.action, staff=1))
    says = argue(the_contract(), [(first, bound), (other, failed)])
    assert says.startswith("Step 2 creates a fresh sync, whatever was there before.")


SHOWN = [
    (Contrast("$.a", True, False), "$.a is false, documented is true"),
    (Contrast("$.a", {"b": 1}, NOTHING), '$.a is lacking, documented is {"b": 1}'),
    (Contrast("$.a", "x", NOTHING, by_example=True), "$.a is lacking, documented is a text"),
    (Contrast("$.a", False, NOTHING, by_example=True), "$.a is lacking, documented is false"),
    (Contrast("$.a", None, NOTHING, by_example=True), "$.a is lacking, documented is any value"),
    (Contrast("$.a", 5, "5", by_example=True), '$.a is "5", documented is a number'),
    (Contrast("$.a", [5], {}, by_example=True), "$.a is {}, documented is a list"),
    (Contrast("$", {}, [], by_example=True), "$ is [], documented is an object"),
    (Contrast("$.a", False, None, by_example=True), "$.a is null, documented is false"),
    (Contrast("$.a", [1], [1, 2]), "$.a has 2 entries, documented are 1"),
    (Contrast("$.a", "is disabled", "is  disabled"), '$.a is "is  disabled", documented is "is disabled"'),
    (Contrast("$.a", "a" * 61, "b"), f'$.a is "b", documented is "{"a" * 60}…"'),
    (
        Contrast("$.a", f"{'a' * 50}, b and {'c' * 70}", f"{'a' * 50}, B and more"),
        f'$.a is "…{"a" * 18}, B and more", documented is "…{"a" * 18}, b and {"c" * 34}…"',
    ),
    (Contrast("$.a", 1, ["x" * 100]), f'$.a is ["{"x" * 58}…, documented is 1'),
    (Contrast("$.a", "1", 'say "\x1b[2J"\n'), '$.a is "say \\"\\u001b[2J\\"\\n", documented is "1"'),
]


@pytest.mark.parametrize(("contrast", "says"), SHOWN, ids=range(len(SHOWN)))
def test_what_was_seen_stands_beside_what_is_documented_around_the_place_where_they_differ(
    contrast: Contrast, says: str
) -> None:
    assert says == side_by_side(contrast)


def test_a_contrast_takes_the_place_of_what_is_wrong_unless_that_says_more() -> None:
    steps = judged_in_turn(*BIND, (send(), Answer(200, {"success": True})))
    contrast = Contrast("$.data", {}, NOTHING)
    assert argue(the_contract(), steps).endswith(" In the answer, $.data is lacking.")
    assert argue(the_contract(), steps, contrast).endswith(" In the answer, $.data is lacking, documented is {}.")
    request, verdict = steps[-1]
    assert verdict.seen is not None
    steps[-1] = request, replace(verdict, seen=replace(verdict.seen, why="the body is the swagger's"))
    says = argue(the_contract(), steps, contrast)
    assert says.endswith(" In the answer, the body is the swagger's: $.data is lacking, documented is {}.")


def test_of_a_pair_the_argument_is_for_the_one_that_failed() -> None:
    steps = judged_in_turn(*BIND, (send(G, B), OK), (send(), OK))
    assert "After step 2 the account is a@example.com; step 3 names b@example.com." == argue(the_contract(), steps)


def test_without_a_failure_the_argument_is_for_the_last_step_even_without_an_answer() -> None:
    lost = judge_lost(the_contract(), frozenset({FRESH}), send(), may_have_acted=True, why="timeout")
    steps = [*judged_in_turn((create(), CREATED)), (send(), lost)]
    assert "After step 1 the google_v3 sync is fresh, so any account may be named." == argue(the_contract(), steps)


FINGERPRINTS = [
    (judge(BOUND, send(G, B), OK), "already_exists-mismatched-200-", ("account", ("bound",), "", (), ())),
    (judge(None, send(), OK), "missing-none-200-", ("", ("none",), "", (), ())),
    (judge(DISABLED, send(), OK), "invalid-disabled-200-", ("", ("disabled",), "", (), ())),
    (
        judge(BOUND, send(external_items=5), OK),
        "type_external_items-matched-200-",
        ("", ("bound",), "", ("type:external_items",), ()),
    ),
    (
        judge(BOUND, send(external_items=[]), CRASHED),
        "no_server_error-matched-500-",
        ("", ("bound",), "", (), ("empty list",)),
    ),
    (
        judge(BOUND, send(), Answer(200, {})),
        "success-matched-200_malformed-",
        ("", ("bound",), "$.success is lacking", (), ()),
    ),
    (
        judge(frozenset({FRESH, DISABLED}), send(), CRASHED),
        "no_server_error-uncertain-500-",
        ("", ("disabled", "fresh"), "", (), ()),
    ),
    (judge(BOUND, create(), REFUSED), "create-matched-422_refusal-", ("", ("bound",), "", (), ())),
    (
        judge(BOUND, send(external_items=[item(external_id=5)]), OK),
        "type_external_items_.external_id-matched-200-",
        ("", ("bound",), "", ("type:external_items[].external_id",), ()),
    ),
    (
        judge_lost(the_contract(), frozenset({FRESH}), send(), may_have_acted=True, why="x"),
        "success-fresh-no_answer-",
        ("", ("fresh",), "", (), ()),
    ),
]
DIGESTS = ["4d01", "12b3", "809c", "0eef", "f43f", "e3f4", "af84", "85a9", "9a2f", "45af"]


@pytest.mark.parametrize(("place", "begins"), [(place, each[1]) for place, each in enumerate(FINGERPRINTS)])
def test_a_fingerprint_is_this_text_today_and_next_year(place: int, begins: str) -> None:
    assert f"{begins}{DIGESTS[place]}" == fingerprint(FINGERPRINTS[place][0])


def test_a_fingerprint_does_not_depend_on_the_hash_seed() -> None:
    module = "tests.bundle.test_argument_and_fingerprint"
    code = f"from {module} import *; print([fingerprint(verdict) for verdict, *_ in FINGERPRINTS])"
    root = Path(__file__).parents[2]
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert {f"{[fingerprint(verdict) for verdict, *_ in FINGERPRINTS]}\n".encode()} == told


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (judge(BOUND, send(G, B), OK), judge(BOUND, send(O, A), OK)),
        (judge(BOUND, send(G, B), OK), judge(DISABLED, send(G, B), OK)),
        (judge(BOUND, send(), Answer(200, {})), judge(BOUND, send(), Answer(200, {"success": True}))),
        (judge(BOUND, send(external_items=5), OK), judge(BOUND, send(external_items=None), OK)),
        (judge(BOUND, send(external_items=[]), CRASHED), judge(BOUND, send(), CRASHED)),
    ],
)
def test_failures_that_differ_in_what_matters_have_different_fingerprints(one: Verdict, other: Verdict) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_failures_that_differ_in_values_alone_have_the_same_fingerprint() -> None:
    one = judge(BOUND, send(G, B), OK)
    other = judge(CalendarSync(O, B), send(O, "c@example.com", external_items=[item(external_id="7")]), OK)
    assert fingerprint(one) == fingerprint(other)


def test_numbers_and_uids_are_left_out_of_what_is_wrong() -> None:
    assert "$.a has # entries, at # and #" == normalised(
        ReadAnswer("malformed", 200, why="$.a has 12 entries, at 0c1d2e3f4a and 7")
    )
    assert "added" == normalised(ReadAnswer("malformed", 200, why="added"))
    assert "" == normalised(None)


def test_a_fingerprint_knows_the_kinds_of_the_states_met() -> None:
    verdict = judge(frozenset({None, FRESH, BOUND, CalendarSync(G, ""), DISABLED_FRESH, DISABLED}), send(), CRASHED)
    assert ("bound", "disabled", "fresh", "none") == state_kinds(verdict)
    assert (A, "fresh") == (A, *state_kinds(judge(FRESH, send(), CRASHED)))


def test_a_name_of_a_folder_has_no_marks_and_does_not_end_in_one() -> None:
    assert "XAb_c.d-e_0X" == "-".join((slug("..XAb: c.d!").strip("."), slug("[e] 0X_")))
