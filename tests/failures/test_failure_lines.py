"""What a failure says in every place that tells of it, found on a faulty sandbox."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.events.types import Event
from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import argument, failure_event, payload_lines
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import as_text
from fuzz.oracle.actions import Action, AtOnce, Create, Move, MoveSync, SendItems
from fuzz.report.failure_text import failure_lines
from fuzz.report.failure_view import failure_view
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.exchange import Exchange
from swagger.contract import Json
from tests.failures.bundling import BROKEN, FIXED, body, in_every_form, kept, performed, run_script, session_for

needs_curl = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is not there")

CREATE = Create(0, "google_v3")
DISABLE = MoveSync(0, Move.DISABLE, "google_v3", "a@example.com")
PERCENT = 'external_items[0].external_title is "100 %"'

Serve = Callable[[str], Sandbox]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    running: dict[str, Sandbox] = {}

    def started(fault: str) -> Sandbox:
        if fault not in running:
            running[fault] = Sandbox(fault=fault).__enter__()
        return running[fault]

    yield started
    for sandbox in running.values():
        sandbox.__exit__(None, None, None)


def plain(account: str = "a@example.com", *, number: int = 1, **fields: Json) -> dict[str, Json]:
    """A body with nothing in it that is not plain, but for these fields of its item."""
    whole = body(account)
    item = {key: value for key, value in whole["external_items"][0].items() if key != "external_title"}
    item |= {"external_id": f"item-{{{{now_timestamp}}}}-{number}", "last_modification": "2030-01-01T10:00:00Z"}
    return {**whole, "external_items": [{**item, **fields}]}


def told(sandbox: Sandbox, actions: Sequence[Action]) -> Event:
    session = session_for(sandbox)
    return failure_event(session, performed(session, actions), "confirmed")


def single(sent: dict[str, Json]) -> dict[str, Json]:
    """The body with its item in the other form."""
    return {key: value for key, value in sent.items() if key != "external_items"} | {
        "external_item": sent["external_items"][0]
    }


ANOTHER = SendItems(0, plain("b@example.com", number=2))
TITLED = (CREATE, SendItems(0, plain(external_title="100 %")))


def test_an_allowed_payload_says_what_is_not_plain_in_it(serve: Serve, tmp_path: Path) -> None:
    sandbox = serve("percent-in-title-crashes")
    failure = told(sandbox, TITLED)
    assert [PERCENT] == failure["payload"]
    assert f"      the payload: {PERCENT}" in failure_lines(failure)
    assert ("payload", PERCENT) in failure_view(failure, 0, line=200, body=0).facts
    assert "google_v3, a@example.com, external_title" == failure["trace"][-1]["says"]
    bundle = kept(sandbox, tmp_path, TITLED)
    for name in ("repro.sh", "test_failure.py", "workflow.md"):
        text = (bundle / name).read_text(encoding="utf-8").replace("\\", "")
        assert f"the payload: {PERCENT}" in text, name
    assert "external_title" in as_text(replay(load_bundle(bundle), session_for(sandbox), times=1))


def test_the_single_item_is_told_where_the_list_would_be_plain(serve: Serve) -> None:
    failure = told(serve("crash-on-single-item"), (CREATE, SendItems(0, single(plain()))))
    assert ["external_item stands in place of external_items"] == failure["payload"]
    assert "google_v3, a@example.com, external_item" == failure["trace"][-1]["says"]


def test_a_plain_payload_says_nothing(serve: Serve) -> None:
    actions = (CREATE, SendItems(0, plain()), SendItems(0, plain("b@example.com", number=2)))
    failure = told(serve("account-not-compared"), actions)
    assert ([], "google_v3, b@example.com") == (failure["payload"], failure["trace"][-1]["says"])
    assert not any("the payload" in line for line in failure_lines(failure))


def test_long_values_are_cut_and_few_fields_are_told_the_failing_steps_own_first(serve: Serve) -> None:
    odd = plain(number=2, external_title="x" * 100, rrule=[], more=1, end_date="2030-01-01T12:00:00Z")
    session = session_for(serve("account-not-compared"))
    failure = performed(session, (CREATE, SendItems(0, plain(external_title="first")), SendItems(0, odd)))
    assert [
        'external_items[0].end_date is "2030-01-01T12:00:00Z"',
        f'external_items[0].external_title is "{"x" * 39}… (102 characters)',
        "external_items[0].rrule is []",
        "and 2 more",
    ] == payload_lines(session, failure)


def test_what_is_not_plain_in_an_earlier_step_is_told_with_its_number(serve: Serve) -> None:
    session = session_for(serve("account-not-compared"))
    actions = (CREATE, SendItems(0, plain(external_title="first")), SendItems(0, plain(number=2)))
    assert ['in step 2 external_items[0].external_title is "first"'] == payload_lines(
        session, performed(session, actions)
    )


def test_a_body_that_is_written_as_text_says_nothing(serve: Serve) -> None:
    session = session_for(serve("account-not-compared"))
    assert [] == payload_lines(session, performed(session, (CREATE, replace(TITLED[1], raw="{}"))))


@needs_curl
@pytest.mark.parametrize("fault", ["success-data-says-false", "success-without-data"])
def test_a_success_that_is_none_is_told_by_its_body(serve: Serve, tmp_path: Path, fault: str) -> None:
    sandbox = serve(fault)
    bundle = kept(sandbox, tmp_path, (CREATE, SendItems(0, plain())))
    assert BROKEN == in_every_form(bundle, sandbox)
    assert """says '[.success, .data.success] == [true, true]'""" in (bundle / "repro.sh").read_text()
    assert 'assert answer.json()["data"]["success"] is True' in (bundle / "test_failure.py").read_text()


@needs_curl
@pytest.mark.parametrize(
    ("fault", "move"), [("disable-says-enabled", Move.DISABLE), ("connect-without-uid", Move.CONNECT)]
)
def test_a_siblings_success_that_is_none_is_told_by_its_keys(
    serve: Serve, tmp_path: Path, fault: str, move: Move
) -> None:
    sandbox = serve(fault)
    bundle = kept(sandbox, tmp_path, (CREATE, replace(DISABLE, move=move)))
    assert BROKEN == in_every_form(bundle, sandbox)
    assert FIXED == in_every_form(bundle, serve("account-not-compared"))
    assert not (bundle / "failure.hurl").exists()


@needs_curl
def test_without_jq_a_body_is_not_judged(serve: Serve, tmp_path: Path) -> None:
    sandbox = serve("success-without-data")
    bundle = kept(sandbox, tmp_path / "kept", (CREATE, SendItems(0, plain())))
    for name in ("bash", "curl", "mktemp", "cat", "sed", "tail", "rm", "date", "cut", "head", "grep"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    done = run_script(bundle / "repro.sh", sandbox, PATH=str(tmp_path))
    assert (3, "CANNOT TELL: only a body is wrong, and jq is not there to read it\n") == (done.returncode, done.stdout)
    bundle = kept(serve("account-not-compared"), tmp_path / "kept", (CREATE, SendItems(0, plain()), ANOTHER))
    assert 1 == run_script(bundle / "repro.sh", serve("account-not-compared"), PATH=str(tmp_path)).returncode


@needs_curl
def test_a_creation_without_a_uid_is_told_by_its_body(serve: Serve, tmp_path: Path) -> None:
    sandbox = serve("creation-without-uid")
    assert BROKEN == in_every_form(kept(sandbox, tmp_path, (CREATE,)), sandbox)


def test_a_state_error_in_other_words_is_called_by_its_code(serve: Serve) -> None:
    actions = (CREATE, DISABLE, SendItems(0, plain()))
    failure = told(serve("disabled-message-has-full-stop"), actions)
    assert "422 invalid with another message" == failure["observed"] == failure["trace"][-1]["seen"]


@pytest.mark.parametrize("fault", ["mismatch-cut-short", "error-page"])
def test_an_answer_that_is_no_json_is_called_that(serve: Serve, fault: str) -> None:
    actions = (CREATE, SendItems(0, plain()), SendItems(0, plain("b@example.com", number=2)))
    failure = told(serve(fault), actions)
    assert "422 that is no JSON" == failure["observed"] == failure["trace"][-1]["seen"]


def test_a_refusal_that_is_due_is_called_a_refusal(serve: Serve) -> None:
    """Its code happens to be one of a state error."""
    lacking = plain()
    del lacking["external_items"][0]["start_date"]
    failure = told(serve("disabled-message-has-full-stop"), (CREATE, SendItems(0, lacking)))
    assert "422 refusal" == failure["trace"][-1]["seen"]


def test_two_requests_at_once_are_told_with_what_each_order_allows_and_when_they_were_sent(serve: Serve) -> None:
    one, other = SendItems(0, plain()), ANOTHER
    failure = told(serve("two-first-accounts-accepted"), (CREATE, AtOnce(one, other)))
    assert failure["argument"].endswith(
        " Steps 2 and 3 were sent at the same time, and neither order of the two explains both answers:"
        " if step 2 came first, step 3 must be answered 422 already_exists;"
        " if step 3 came first, step 2 must be answered 422 already_exists; seen: both 200."
    )
    assert ["google_v3, a@example.com, at once", "google_v3, b@example.com, at once"] == [
        step["says"] for step in failure["trace"][1:]
    ]
    assert "422 already_exists or 200, by which of the two came first" == failure["expected"]
    assert ["first", "second"] == [step.pair for step in failure_view(failure, 0, line=200, body=200).steps[1:]]
    times = [(step["sent"], step["sent"] + step["answer"]["seconds"]) for step in failure["trace"]]
    assert times[0][0] == 0.0
    assert all(times[0][1] <= sent < answered for sent, answered in times[1:])
    assert max(sent for sent, _ in times[1:]) < min(answered for _, answered in times[1:]), "the two overlap"


def test_a_failure_after_two_at_once_shows_them_in_every_file(serve: Serve, tmp_path: Path) -> None:
    """Done in a row nothing fails: a call being stored while the sync is re-created brings the old one back."""
    sandbox = serve("creation-lost-to-send")
    pair = AtOnce(Create(0, "outlook_v1.0"), SendItems(0, plain(number=2)))
    actions = (CREATE, SendItems(0, plain()), pair, SendItems(0, plain(number=3)))
    orders = (
        "Steps 3 and 4 were sent at the same time: if step 3 came first, step 4 must be answered 422 already_exists or"
        " a refusal (4xx); if step 4 came first, step 5 must be answered 422 already_exists; seen: 200 at step 4,"
        " 200 at step 5."
    )
    for again in range(40):
        bundle = kept(sandbox, tmp_path / str(again), actions)
        if orders in load_bundle(bundle).file["argument"]:
            break
    for name in ("repro.sh", "test_failure.py", "workflow.md"):
        text = " ".join((bundle / name).read_text(encoding="utf-8").replace("\\", "").replace("\n# ", " ").split())
        assert orders in text, name
        assert "at the same time: 4. PUT" in text or "at the same time as step 3" in text, name
        assert "two requests at once" in text, name
        assert "calfuzz replay" in text, name


def test_two_at_once_for_two_staff_members_are_told_without_orders(serve: Serve) -> None:
    of_two = AtOnce(SendItems(0, plain()), replace(ANOTHER, staff=1))
    failure = told(serve("staff-mixed-up-at-once"), (CREATE, replace(CREATE, staff=1), of_two))
    assert failure["argument"].endswith(" Steps 3 and 4 (for two staff members) were sent at the same time.")


BESIDE = [
    ("success-data-says-false", (), "$.data.success is false, documented is true."),
    (
        "disabled-message-has-full-stop",
        (DISABLE,),
        '$.errors[0].message is "staff account is disabled.", documented is "staff account is disabled".',
    ),
    ("success-without-data", (), '$.data is lacking, documented is {"success": true}.'),
]


@pytest.mark.parametrize(("fault", "way", "says"), BESIDE)
def test_what_was_seen_stands_beside_what_is_documented(
    serve: Serve, fault: str, way: Sequence[Action], says: str
) -> None:
    assert told(serve(fault), (CREATE, *way, SendItems(0, plain())))["argument"].endswith(f" In the answer, {says}")


def test_a_siblings_record_is_told_beside_the_documented_one(serve: Serve) -> None:
    says = told(serve("disable-says-enabled"), (CREATE, DISABLE))["argument"]
    assert says.endswith(" In the answer, $.enabled is true, documented is false.")


def test_an_answer_that_is_no_json_is_shown_as_it_begins(serve: Serve) -> None:
    says = told(serve("error-page"), (CREATE, SendItems(0, plain()), ANOTHER))["argument"]
    assert ' In the answer, the body is "<html><body><h1>' in says


def test_of_what_was_there_before_the_first_request_nothing_is_said(serve: Serve) -> None:
    says = told(serve("creation-without-uid"), (CREATE,))["argument"]
    assert says.startswith("Step 1 creates a fresh sync, whatever was there before. ")


def answered(failure: Failure, body: str) -> list[Exchange]:
    """The evidence of a failure whose last answer had this body."""
    *before, last = failure.evidence
    assert last.delivery.answer is not None
    answer = replace(last.delivery.answer, text=body)
    return [*before, replace(last, delivery=replace(last.delivery, answer=answer))]


@pytest.mark.parametrize("depth", [10, 500, 900, 5_000])
def test_an_answer_that_is_nested_deeply_is_argued_of_all_the_same(serve: Serve, depth: int) -> None:
    session = session_for(serve("success-without-data"))
    failure = performed(session, (CREATE, SendItems(0, plain())))
    nested = answered(failure, f'{{"success": true, "data": {"[" * depth}{"]" * depth}}}')
    assert " In the answer, " in argument(session, nested)


def test_a_token_in_a_long_value_is_redacted_before_the_value_is_cut(serve: Serve) -> None:
    """The cut would leave a half of it, which is no longer recognised."""
    sandbox = serve("disabled-message-has-full-stop")
    session = session_for(sandbox)
    failure = performed(session, (CREATE, DISABLE, SendItems(0, plain())))
    token = session.secrets.token(session.staff[0].token)
    for spaces in range(20, 60):
        message = f"staff account is disabled {'x' * spaces} {token} \x1b[2J"
        body = json.dumps({"success": False, "errors": [{"code": "invalid", "message": message}]})
        text = argument(session, answered(failure, body))
        assert not any(token[part : part + 8] in text for part in range(len(token) - 7))
        assert '$.errors[0].message is "…' in text
    assert "\x1b" not in text


def test_where_all_but_a_5xx_is_allowed_a_failure_says_so(serve: Serve) -> None:
    failure = told(serve("crash-on-empty-staff"), (CREATE, SendItems(0, {**plain(), "staff_uid": ""})))
    assert ("anything but a 5xx", "500") == (failure["expected"], failure["observed"])
