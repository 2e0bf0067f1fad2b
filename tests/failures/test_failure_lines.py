"""What a failure says in every place that tells of it, found on a faulty sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.events.types import Event
from fuzz.failures.failure_event import failure_event, payload_lines
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import as_text, replay
from fuzz.oracle.actions import Action, AtOnce, Create, Move, MoveSync, SendItems
from fuzz.report.failure_text import failure_lines
from fuzz.report.failure_view import failure_view
from fuzz.sandbox.launcher import Sandbox
from swagger.contract import Json
from tests.failures.bundling import body, kept, performed, run_pytest, run_script, session_for

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

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


MALFORMED = (CREATE, SendItems(0, plain()))
WRONG = [
    ("success-data-says-false", '$["data"]["success"] is false', "$.data.success is false", "true"),
    ("success-without-data", '$["data"] is missing', "$.data is missing", None),
]


@needs_curl
@pytest.mark.parametrize(("fault", "in_bash", "in_python", "promised"), WRONG, ids=[each[0] for each in WRONG])
def test_a_malformed_success_says_what_is_wrong_with_it(
    serve: Serve, tmp_path: Path, fault: str, in_bash: str, in_python: str, promised: str | None
) -> None:
    sandbox = serve(fault)
    bundle = kept(sandbox, tmp_path, MALFORMED)
    object_in_bash, object_in_python = promised or "an object", promised or '{"success": true}'
    done = run_script(bundle / "repro.sh", **sandbox.env)
    assert (1, "") == (done.returncode, done.stderr)
    wrong = f"; in the answer, {in_bash}, and the documents promise {object_in_bash}\n"
    assert f"BROKEN: step 2 is answered 200, and the documents allow 200{wrong}" in done.stdout
    done = run_pytest(bundle / "test_failure.py", **sandbox.env)
    assert 1 == done.returncode
    wrong = f"; in the answer, {in_python}, and the documents promise {object_in_python}\n"
    assert f"the documents allow 200{wrong}" in done.stdout


@needs_curl
def test_a_creation_says_what_is_not_there(serve: Serve, tmp_path: Path) -> None:
    sandbox = serve("creation-without-uid")
    bundle = kept(sandbox, tmp_path, (CREATE,))
    done = run_script(bundle / "repro.sh", **sandbox.env)
    assert (1, "") == (done.returncode, done.stderr)
    assert '; in the answer, there is nothing at $["uid"]\n' in done.stdout
    assert (
        "; in the answer, there is nothing at ['uid']" in run_pytest(bundle / "test_failure.py", **sandbox.env).stdout
    )


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


def test_two_requests_at_once_are_told_with_the_orders_tried(serve: Serve) -> None:
    one, other = SendItems(0, plain()), SendItems(0, plain("b@example.com", number=2))
    failure = told(serve("two-first-accounts-accepted"), (CREATE, AtOnce(one, other)))
    assert [["step 2", "step 3"], ["step 3", "step 2"]] == failure["orders"]
    assert ["google_v3, a@example.com, at once", "google_v3, b@example.com, at once"] == [
        step["says"] for step in failure["trace"][1:]
    ]
    assert "      not explained by the order step 3, step 2" in failure_lines(failure)
    of_two = AtOnce(one, replace(other, staff=1))
    assert [] == told(serve("staff-mixed-up-at-once"), (CREATE, replace(CREATE, staff=1), of_two))["orders"]


def test_where_all_but_a_5xx_is_allowed_a_failure_says_so(serve: Serve) -> None:
    failure = told(serve("crash-on-empty-staff"), (CREATE, SendItems(0, {**plain(), "staff_uid": ""})))
    assert ("anything but a 5xx", "500") == (failure["expected"], failure["observed"])
