"""How a target is reached: its gateways, its rate, its templates, and steps of its own in place of the documented."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from fuzz.cli import main
from fuzz.errors import UsageError
from fuzz.oracle.actions import NOT_JSON, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.state import CalendarSync
from fuzz.oracle.verdict import VerdictKind
from fuzz.run.options import RunOptions
from fuzz.run.setup.rate_source import Rate, rate_for
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.session.session import Session
from fuzz.target.http.rate_limit import Limit
from fuzz.target.lifecycle import Lifecycle
from fuzz.target.profile import Profile
from fuzz.target.request_builder import check_paths, encode, extract, parse
from fuzz.target.templates import dates, fill
from strategies.valid.bodies import plain_payload
from swagger.contract import Source
from swagger.workflow.templates import fill_known, fill_text
from tests.run.runs import CONTRACT, profile_for, run_against, session_against
from tests.target.http.noise import Noise, NoisyProxy

SIBLINGS = "/business/scheduling/v1/external_calendar_items"
NAMES = {"staff_uid": "{{staff_id}}", "calendar_sync": {"provider": "{{provider}}", "account": "{{account}}"}}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """An honest one; each test begins with creating a sync."""
    with Sandbox() as running:
        yield running


def step(name: str, **changed: object) -> dict[str, object]:
    """A step of a profile that calls a sibling operation of the sandbox."""
    given = {
        "id": name,
        "method": "PUT",
        "path": f"{SIBLINGS}/{name}",
        "token": "staff",
        "body": NAMES,
        "use_fallback": True,
        "expect": {"status": 200},
    }
    return {**given, **changed}


CREATION = {
    "id": "create",
    "method": "POST",
    "path": "/platform/v1/scheduling/calendar_syncs",
    "token": "admin",
    "body": {"staff_uid": "{{staff_id}}", "provider": "{{provider}}", "app_code_name": "{{app_code_name}}"},
    "extract": {"calendar_sync_uid": "$.uid"},
    "expect": {"status": 200},
}


def own_ways(sandbox: Sandbox, **states: object) -> Session:
    """A session whose profile describes steps of its own."""
    return session_against(profile_for(sandbox, lifecycle=states, request_timeout=10.0))


# Steps of the target's own.


def test_a_move_without_a_good_token_is_never_made_by_a_targets_own_steps(sandbox: Sandbox) -> None:
    session = own_ways(sandbox, disabled=[step("disable")])
    run = session.start_scenario("test")
    run.perform(Create(0, "google_v3"))

    verdict = run.perform(MoveSync(0, Move.DISABLE, "google_v3", "a@example.com", Token.UNKNOWN))

    assert (VerdictKind.PASS, "disable.token") == (verdict.kind, verdict.clause)
    assert frozenset({CalendarSync("google_v3")}) == verdict.belief
    session.close()


def test_a_targets_own_steps_move_its_staff_members_between_all_states(sandbox: Sandbox) -> None:
    session = own_ways(
        sandbox, fresh=[CREATION], bound=[step("connect")], disabled=[step("disable")], none=[step("disconnect")]
    )
    provider, account = "google_v3", "a@example.com"
    for move, state in (
        (Move.CONNECT, CalendarSync(provider, account)),
        (Move.DISABLE, CalendarSync(provider, account, disabled=True)),
        (Move.DISCONNECT, None),
    ):
        run = session.start_scenario("test")
        assert run.perform(Create(0, provider)).belief == {CalendarSync(provider)}
        run.perform(SendItems(0, plain_payload(CONTRACT, provider=provider, account=account)))
        assert state in run.perform(MoveSync(0, move, provider, account)).belief
        assert (
            VerdictKind.PASS
            is run.perform(SendItems(0, plain_payload(CONTRACT, provider=provider, account=account))).kind
        )
    session.close()


def test_a_step_that_does_not_succeed_is_no_failure_and_ends_the_steps(sandbox: Sandbox) -> None:
    session = own_ways(sandbox, none=[step("disconnect", expect={"status": 204}), step("connect")])
    run = session.start_scenario("test")
    run.perform(Create(0, "google_v3"))
    sent = session.client.requests_sent
    verdict = run.perform(MoveSync(0, Move.DISCONNECT, "google_v3", "a@example.com"))
    session.close()

    assert VerdictKind.PASS is verdict.kind
    assert {None, CalendarSync("google_v3")} <= verdict.belief
    assert 1 == session.client.requests_sent - sent


def test_a_lost_step_leaves_open_what_it_did(sandbox: Sandbox) -> None:
    def choose(request: bytes) -> Noise | None:
        return Noise.BROKEN_AFTER if b"disconnect" in request else None

    with NoisyProxy(sandbox.address, choose=choose) as proxy:
        session = session_against(
            profile_for(sandbox, proxy.address, lifecycle={"none": [step("disconnect")]}), sleep=lambda _: None
        )
        run = session.start_scenario("test")
        run.perform(Create(0, "google_v3"))
        verdict = run.perform(MoveSync(0, Move.DISCONNECT, "google_v3", "a@example.com"))
        session.close()

    assert VerdictKind.INCONCLUSIVE is verdict.kind
    assert {None, CalendarSync("google_v3")} <= verdict.belief


def test_a_state_that_a_target_cannot_be_moved_to_is_named_with_the_clause_that_was_never_due(sandbox: Sandbox) -> None:
    ran = run_against(profile_for(sandbox, lifecycle={"disabled": []}, request_timeout=10.0))

    assert 3 == ran.conclusion.exit_code
    assert any("never due" in reason and "invalid" in reason for reason in ran.conclusion.reasons)
    assert "the profile's lifecycle gives no steps for disable" in ran.conclusion.reasons


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"path": "/x/{{nobody}}"}, "{{nobody}} is unknown"),
        ({"token": "root"}, "the token 'root' is unknown"),
        ({"path": "/a\nb"}, "cannot be sent"),
    ],
)
def test_a_step_that_cannot_be_sent_is_the_users_to_correct(sandbox: Sandbox, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as error:
        own_ways(sandbox, none=[step("disconnect", **wrong)])

    assert says in error.value.what


def test_headers_of_steps_may_be_secrets(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_OF_STEPS", "a-key-from-the-environment")
    headers = {"X-One": {"env": "KEY_OF_STEPS"}, "X-Api-Key": "a-key-in-the-profile", "X-Plain": "nothing special"}
    session = own_ways(sandbox, fresh=[{**CREATION, "headers": headers}])
    (given,) = session.lifecycle.custom["create"]
    variables = {"staff_id": "s", "provider": "p", "app_code_name": "c"}

    sent = session.request_builder.step(given, variables, {"admin": session.profile.tokens.admin}, "here")
    session.close()

    one, key, plain = (sent.http.headers[name] for name in headers)
    assert ("a-key-from-the-environment", "a-key-in-the-profile", "nothing special") == (one, key, plain)
    assert "{env:KEY_OF_STEPS} {header:X-Api-Key} nothing special" == session.secrets.redact(f"{one} {key} {plain}")
    assert "{env:KEY_OF_STEPS}" == sent.http.written["X-One"]


def test_the_variable_of_a_header_must_be_set(sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="the header 'X-One' names the environment variable NOT_THERE, which is not"):
        own_ways(sandbox, fresh=[{**CREATION, "headers": {"X-One": {"env": "NOT_THERE"}}}])


def test_a_json_path_that_cannot_be_read_is_said_before_anything_is_sent(sandbox: Sandbox) -> None:
    with pytest.raises(UsageError, match="is no JSONPath"):
        own_ways(sandbox, fresh=[{**CREATION, "extract": {"uid": "$..[?("}}])


def test_a_target_without_sibling_operations_and_steps_says_so() -> None:
    profile = Profile.model_validate(
        {
            "name": "t",
            "base_url": "http://127.0.0.1:9",
            "tokens": {"admin": {"env": "A"}},
            "staff": [{"uid": "a", "token": {"env": "B"}}],
        }
    )
    lifecycle = Lifecycle.of(profile, replace(CONTRACT, siblings={}))

    assert not any(lifecycle.can(move) for move in Move)
    assert all("the swagger lists no operation" in reason for reason in lifecycle.impossible.values())


def test_operations_that_stand_on_the_other_gateway_are_found_and_missing_ones_named(sandbox: Sandbox) -> None:
    def only_on_the_main_gateway(request: bytes) -> Noise | None:
        away = b"/disable" in request or (b"/connect" in request and b"/api2/" in request)
        return Noise.PAGE_404_AFTER if away else None

    with NoisyProxy(sandbox.address, choose=only_on_the_main_gateway) as proxy:
        ran = run_against(profile_for(sandbox, proxy.address), phases=("preflight",))

    assert "disable answers 404 404 404 gateway: the state `disabled` cannot be reached" in ran.conclusion.reasons
    assert not any("connect" in reason for reason in ran.conclusion.reasons[1:])


# Wires.


def test_what_fills_a_path_cannot_lead_elsewhere(sandbox: Sandbox) -> None:
    session = own_ways(sandbox, fresh=[CREATION])
    (given,) = session.lifecycle.custom["create"]
    sent = session.request_builder.step(
        replace(given, path="/staff/{{uid}}/sync", body=None), {"uid": "../../x?y=é\n#"}, {"admin": None}, "here"
    )
    session.close()

    assert "/staff/..%2F..%2Fx%3Fy%3D%C3%A9%0A%23/sync" in sent.http.url
    assert b"" == sent.http.content


@pytest.mark.parametrize("text", ["", "NaN", "[1", "[" * 100_000, "<html>", "{} {}"])
def test_what_is_no_json_is_told_from_what_is(text: str) -> None:
    assert parse(text) is NOT_JSON


def test_a_number_of_more_digits_than_python_reads_is_a_number() -> None:
    assert {"a": float("inf"), "b": 12} == parse('{"a": ' + "9" * 9000 + ', "b": 12}')


@pytest.mark.parametrize("body", [NOT_JSON, None, 7, "uid", [], [{}], {"data": None}, {"data": []}, {"data": {}}])
def test_nothing_is_found_where_nothing_is(body: object) -> None:
    assert {} == extract(body, {"one": "$.uid", "two": "$.data.uid", "three": "$.data[0].uid"})


def test_what_is_found_is_found_first() -> None:
    assert {"one": 5, "two": "a"} == extract(
        {"uid": 5, "data": [{"uid": "a"}, {"uid": "b"}]}, {"one": "$.uid", "two": "$.data[*].uid"}
    )
    check_paths({"one": "$.uid"}, "here")


def test_lone_surrogates_are_sent_as_escapes() -> None:
    assert b'"\\ud800 \xc3\xa9"' == encode('"\ud800 é"')


# Templates.


def test_every_documented_date_can_be_named() -> None:
    now = datetime(2027, 2, 28, 23, 30, tzinfo=UTC)

    assert {
        "now_datetime": "2027-02-28T23:30:00Z",
        "today_date": "2027-02-28",
        "tomorrow_date": "2027-03-01",
        "tomorrow_datetime": "2027-03-01T10:00:00Z",
        "next_week_date": "2027-03-07",
        "next_week_datetime": "2027-03-07T10:00:00Z",
        "future_datetime": "2027-03-01T23:30:00Z",
    } == dates(now)


def test_templates_are_filled_in_keys_values_and_lists() -> None:
    assert {"a": ["x a", 7, None, {"b": "aa"}]} == fill(
        {"{{one}}": ["x {{ one }}", 7, None, {"b": "{{one}}{{one}}"}]}, {"one": "a"}, "here"
    )
    with pytest.raises(UsageError, match=r"here: the template variable \{\{two\}\} is unknown"):
        fill("{{two}}", {"one": "a"}, "here")
    assert "a {{two}}" == fill_known("{{one}} {{two}}", {"one": "a"})
    assert r'{"a": "\"quoted\" \\"}' == fill_text('{"a": "{{one}}"}', {"one": '"quoted" \\'})


# Rates.


@pytest.mark.parametrize(
    ("option", "of_profile", "of_swagger", "is_sandbox", "rate"),
    [
        (2.0, "8/s", "20/s", False, Rate(2.0, "--rate-limit")),
        (2.0, None, "20/s", True, Rate(2.0, "--rate-limit")),
        (None, "8/s", "20/s", False, Rate(8.0, "staging.yaml")),
        (None, "none", "20/s", False, Rate(None, "staging.yaml")),
        (None, None, "900/d", False, Rate(900 / 86400, "x-throttling-tier in scheduling.json#/x-throttling-tier")),
        (None, None, None, False, Rate(5.0, "the default: neither profile nor swagger names a rate")),
        (None, None, "20/s", True, Rate(None, "the sandbox")),
    ],
)
def test_the_rate_is_the_options_else_the_profiles_else_the_swaggers_else_five_a_second(
    option: float | None, of_profile: str | None, of_swagger: str | None, is_sandbox: bool, rate: Rate
) -> None:
    where = Source("scheduling.json", pointer="/x-throttling-tier")
    contract = replace(CONTRACT, rate_limit=of_swagger, rate_where=where)
    options = RunOptions(command="run", target=Path("profiles/staging.yaml"), rate_limit=option)

    assert rate == rate_for(options, profile_for(Sandbox(), rate_limit=of_profile), contract, sandbox=is_sandbox)


def test_a_run_against_a_target_says_its_rate_and_its_plan_first(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = ["run", "--target", "here.yaml", "--phases", "preflight,random", "--max-time", "1s"]
    said = {}
    for line in ("rate_limit: none", "rate_limit: 300/m", ""):
        Path("here.yaml").write_text(profile_yaml(sandbox) + line, encoding="utf-8")
        said[line] = CliRunner(env=sandbox.env).invoke(main, run).output

    assert "rate: no limit (here.yaml)\n" in said["rate_limit: none"]
    assert "rate: 5/s (here.yaml)\n" in said["rate_limit: 300/m"]
    assert "rate: 8/s (x-throttling-tier in scheduling.json#/x-throttling-tier)" in said[""]
    assert (
        "plan: 25 requests, 5.0 s at that rate: more than --max-time 1.0 s has room for\n" in said["rate_limit: 300/m"]
    )


@pytest.mark.parametrize(("per_second", "count", "most"), [(50.0, 75, 50), (2.5, 4, 3), (0.9, 2, 1)])
def test_no_second_has_more_requests_than_the_rate_allows(per_second: float, count: int, most: int) -> None:
    limit, moments = Limit(per_second), []
    for _ in range(count):
        limit.wait()
        moments.append(time.monotonic())

    assert most >= max(sum(0 <= other - moment < 0.98 for other in moments) for moment in moments)
    assert moments[-1] - moments[0] < 4
