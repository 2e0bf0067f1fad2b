"""What `calfuzz replay DOC.md` makes of the keys that documents of the family use, and of bodies that are examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fuzz.errors import UsageError
from fuzz.failures.replays.example_bodies import difference, difference_from_example
from fuzz.failures.replays.result import Outcome, ReplayResult, as_text
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.session.session import Session
from tests.failures.replays.scripted_server import Scripted, scripted_server, session_with

DOCUMENT = """\
---
endpoint: "PUT /v1/things/{{{{staff_id}}}}"
status: verified
{front}
tokens: [staff]
---

## Prerequisites

```yaml
steps:
  - id: before
    method: POST
    path: /v1/before
    token: admin
    extract: {{thing: $.uid}}
    {before}
```

## Test Request

```yaml
steps:
  - id: test
    method: PUT
    path: "/v1/things/{{{{staff_id}}}}"
    {test}
    expect: {{status: [200, 422]}}
```

{rest}"""

RECORD = {"success": True, "data": {"uid": "a", "count": 1, "tags": [{"name": "x"}], "owner": None}}


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as script:
        script.answers = [(200, {"uid": "u1"})]
        yield script


@pytest.fixture
def session(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    with session_with(server.url, monkeypatch) as session:
        yield session


def replayed(session: Session, folder: Path, **parts: str) -> ReplayResult:
    parts = {"front": "timesReused: 0", "before": "onFail: abort", "test": "body: {a: 1}", "rest": "", **parts}
    (folder / "doc.md").write_text(DOCUMENT.format(**parts), encoding="utf-8")
    return replay_workflow(folder / "doc.md", session, wait=lambda _: None)


def response(body: Any, heading: str = "## Expected Response (200)") -> str:
    return f"{heading}\n\n```json\n{json.dumps(body)}\n```\n"


@pytest.mark.parametrize("key", ["useFallback", "useFallbackApi"])
def test_a_step_that_says_so_goes_to_the_fallback_gateway(
    server: Scripted, session: Session, tmp_path: Path, key: str
) -> None:
    replayed(session, tmp_path, before=f"{key}: true")
    assert ["/fallback/v1/before", "/main/v1/things/s1"] == [sent.path for sent in server.sent]


def test_a_documents_own_flag_sends_its_endpoint_alone_there(
    server: Scripted, session: Session, tmp_path: Path
) -> None:
    replayed(session, tmp_path, front="useFallback: true")
    assert ["/main/v1/before", "/fallback/v1/things/s1"] == [sent.path for sent in server.sent]


def test_a_step_acts_on_behalf_of_a_business(server: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with session_with(server.url, monkeypatch, business_id="b 7") as session:
        replayed(session, tmp_path, test='x_on_behalf_of: "{{business_id}}"')
    assert "b 7" == server.sent[1].headers["X-On-Behalf-Of"]


def test_a_business_that_the_profile_does_not_name_is_no_empty_text(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"doc\.md:\d+: the template variable \{\{business_id\}\} is unknown"):
        replayed(session, tmp_path, test='x_on_behalf_of: "{{business_id}}"')


def test_a_step_sleeps_on_both_sides_of_its_request(server: Scripted, session: Session, tmp_path: Path) -> None:
    slept: list[tuple[int, float]] = []
    replayed(session, tmp_path, before="sleep: 1.5")
    server.sent.clear()
    replay_workflow(tmp_path / "doc.md", session, wait=lambda seconds: slept.append((len(server.sent), seconds)))
    assert [(0, 1.5), (1, 1.5)] == [pause for pause in slept if pause[1]]


@pytest.mark.parametrize(
    ("content_type", "starts", "has"),
    [
        ("", "application/x-www-form-urlencoded", b"name=a+s1&open=true&size=3"),
        ("content_type: application/x-www-form-urlencoded", "application/x-www", b"name=a+s1&open=true&size=3"),
        ("content_type: multipart/form-data", "multipart/form-data; boundary=", b'name="name"\r\n\r\na s1\r\n'),
    ],
)
def test_form_fields_are_sent_as_a_form(
    server: Scripted, session: Session, tmp_path: Path, content_type: str, starts: str, has: bytes
) -> None:
    fields = 'form_fields: {name: "a {{staff_id}}", open: true, size: 3}'
    replayed(session, tmp_path, test=f"{fields}\n    {content_type}")
    sent = server.sent[1]
    assert sent.headers["Content-Type"].startswith(starts)
    assert has in sent.body


def test_another_content_type_goes_with_the_json_body(server: Scripted, session: Session, tmp_path: Path) -> None:
    replayed(session, tmp_path, test="body: [1]\n    content_type: application/merge-patch+json")
    assert ("application/merge-patch+json", b"[1]") == (server.sent[1].headers["Content-Type"], server.sent[1].body)


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("form_fields: {a: [1]}", "the form field `a` is [1], no plain value"),
        ("params: {a: {b: 1}}", "the parameter `a` is {'b': 1}, no plain value"),
        ("form_fields: {a: 1}\n    body: {a: 1}", "`form_fields` of a step stand beside a `body`"),
        ("content_type: multipart/form-data", "`content_type` of a step is that of a form"),
        ("form_fields: {a: 1}\n    content_type: text/xml", "`content_type` of a step is not that of a form"),
        ("sleep: soon", "`sleep` of a step is not a number"),
        ("sleep: 2000", "`sleep` of a step is 2000 seconds"),
        ("x_on_behalf_of: 5", "`x_on_behalf_of` of a step is not text"),
    ],
)
def test_what_a_step_says_and_cannot_be_done_is_refused_with_its_line(
    session: Session, tmp_path: Path, test: str, says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        replayed(session, tmp_path, test=test)
    assert caught.value.what.startswith("doc.md:2")
    assert says in caught.value.what


def test_truth_values_in_a_query_are_those_of_json(server: Scripted, session: Session, tmp_path: Path) -> None:
    replayed(session, tmp_path, test="params: {force: true}")
    assert "/main/v1/things/s1?force=true" == server.sent[1].path


def test_a_step_without_a_token_has_the_documents_first_one(session: Session, tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(
        DOCUMENT.format(front="notes: x", before="", test="", rest="").replace("tokens: [staff]", "tokens: [app]")
    )
    with pytest.raises(UsageError, match="the token 'app' is unknown"):
        replay_workflow(tmp_path / "doc.md", session)


@pytest.mark.parametrize("on_fail", ["skip", "continue"])
def test_after_a_step_that_may_fail_the_next_one_is_done(
    server: Scripted, session: Session, tmp_path: Path, on_fail: str
) -> None:
    server.answers = [(404, {}), (200, {})]
    result = replayed(session, tmp_path, before=f"onFail: {on_fail}")
    assert (Outcome.FIXED, ["404", "200"]) == (result.outcome, [row.seen for row in result.rows])


def test_what_a_skipped_step_did_not_give_ends_the_document_where_it_is_needed(
    server: Scripted, session: Session, tmp_path: Path
) -> None:
    server.answers = [(404, {}), (200, {})]
    result = replayed(session, tmp_path, before="onFail: skip", test='body: {"x-{{thing}}": 1}')
    expected = (Outcome.CANNOT_TELL, "step test needs {{thing}}, which step before did not give", 1)
    assert expected == (result.outcome, result.why, len(server.sent))


def test_a_failed_test_step_has_failed_whatever_comes_after_it(
    server: Scripted, session: Session, tmp_path: Path
) -> None:
    server.answers = [(200, {"uid": "u1"}), (500, {})]
    result = replayed(session, tmp_path, test="onFail: skip")
    assert (Outcome.FAILED, "step 2 is answered 500") == (result.outcome, result.why)


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ("status: skip", "skipped: doc.md:4: status skip"),
        ("status: skipped", "skipped: doc.md:4: status skipped"),
        ("status: deprecated", "skipped: doc.md:4: status deprecated"),
        ("skipReason: not now", "skipped: doc.md:4: skipReason: not now"),
        ("skip_reason: not now", "skipped: doc.md:4: skip_reason: not now"),
    ],
)
def test_a_document_that_is_to_be_skipped_is_not_run_and_says_why(
    server: Scripted, session: Session, tmp_path: Path, front: str, why: str
) -> None:
    (tmp_path / "doc.md").write_text(
        DOCUMENT.format(front=front, before="", test="", rest="").replace("status: verified\n", "notes: none\n")
    )
    result = replay_workflow(tmp_path / "doc.md", session)
    assert (Outcome.CANNOT_TELL, why, []) == (result.outcome, result.why, server.sent)


def test_a_skip_reason_that_is_null_skips_nothing(server: Scripted, session: Session, tmp_path: Path) -> None:
    assert Outcome.FIXED is replayed(session, tmp_path, front="skipReason: null").outcome


def test_every_built_in_variable_is_filled_in(server: Scripted, session: Session, tmp_path: Path) -> None:
    names = ("now_timestamp", "now_datetime", "today_date", "tomorrow_date", "tomorrow_datetime", "next_week_date")
    names = (*names, "next_week_datetime", "future_datetime", "staff_id")
    replayed(session, tmp_path, test=f"body: {json.dumps([f'{{{{{name}}}}}' for name in names])}")
    filled = json.loads(server.sent[1].body)
    assert len(names) == len(filled)
    assert "T10:00:00Z" == filled[names.index("tomorrow_datetime")][10:]
    assert not any("{" in value for value in filled)


def test_what_is_not_done_is_named_below_the_steps(session: Session, tmp_path: Path) -> None:
    rest = "## Error Responses\n\n### 409 - Taken\n\nIt occurs when taken.\n"
    result = replayed(session, tmp_path, before="retries: 3\n    expect: {time: 5}", rest=rest)
    assert Outcome.FIXED is result.outcome
    assert as_text(result).endswith(
        "  not done: step key `retries` (doc.md:17)\n"
        "  not done: step key `expect.time` (doc.md:18)\n"
        "  not done: error 409 “Taken”: no JSON body (doc.md:34)\n"
    )


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        (RECORD, ""),
        ({"success": True, "data": {"uid": "b", "count": 2.5, "tags": [], "owner": "me"}, "more": 1}, ""),
        ({"success": True, "data": {**RECORD["data"], "tags": [{"name": "y"}, {"name": "z", "n": 1}]}}, ""),  # type: ignore[dict-item]
        ({"success": False, "data": RECORD["data"]}, "$.success is false, documented is true"),
        ({"success": "true", "data": RECORD["data"]}, "$.success is a text, documented is true or false"),
        ({"success": True}, "$.data is lacking"),
        ({"success": True, "data": None}, "$.data is null, documented is an object"),
        ({"success": True, "data": {"uid": 7}}, "$.data.uid is a number, documented is a text"),
        ({"success": True, "data": {**RECORD["data"], "tags": [{"name": "y"}, 1]}}, "$.data.tags[1] is a number,"),  # type: ignore[dict-item]
    ],
)
def test_a_success_body_is_compared_by_keys_types_and_truth_values(
    server: Scripted, session: Session, tmp_path: Path, body: Any, differs: str
) -> None:
    server.answers = [(200, {"uid": "u1"}), (200, body)]
    result = replayed(session, tmp_path, rest=response(RECORD))
    assert (Outcome.FAILED if differs else Outcome.FIXED) is result.outcome
    assert differs in result.why


@pytest.mark.parametrize(("message", "outcome"), [("gone", Outcome.FIXED), ("left", Outcome.FAILED)])
def test_an_error_body_is_compared_as_it_is_written(
    server: Scripted, session: Session, tmp_path: Path, message: str, outcome: Outcome
) -> None:
    server.answers = [(200, {"uid": "u1"}), (422, {"errors": [{"code": "missing", "message": message}]})]
    documented = response({"errors": [{"code": "missing", "message": "gone"}]}, "### 422 - Gone")
    result = replayed(session, tmp_path, rest=f"{documented}\nIt occurs when gone.\n")
    assert outcome is result.outcome


def test_an_answer_is_like_any_one_of_the_documented_bodies() -> None:
    assert "" == difference(200, {"b": 1}, [{"a": 1}, {"b": 2}])
    assert "$.a is lacking" == difference(200, {"c": 1}, [{"a": 1}, {"b": 2}])
    assert "" == difference(200, 5, [])


def test_an_empty_list_and_a_null_in_an_example_promise_nothing_of_what_they_hold() -> None:
    assert "" == difference_from_example({"a": [1], "b": "x"}, {"a": [], "b": None})
