"""The staging deployments: what each gateway serves and says, the schemes, the feature flags, and reads that lag."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import httpx
import pytest
import yaml

from fuzz.cli import main
from fuzz.errors import UsageError
from fuzz.sandbox.deployments import replica
from fuzz.sandbox.deployments.staging import FALLBACK, MAIN, Staging
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox, greeting, profile_yaml
from fuzz.sandbox.requests import Operation
from fuzz.sandbox.serving.app import PATHS, application
from fuzz.sandbox.settings import Settings, behaviour_of
from fuzz.sandbox.variants import Variant
from tests.sandbox.scenarios import ADA, BOB, OUTLOOK, Step, connect, create, disable, disconnect, label, send

EACH = {
    Operation.CREATE: create(),
    Operation.SEND: send(),
    Operation.CONNECT: connect(),
    Operation.DISABLE: disable(),
    Operation.DISCONNECT: disconnect(),
}
LAGGING = [Staging.READS_LAG, Staging.READS_LAG_NOW_AND_THEN]


def talk(
    staging: Staging, steps: Sequence[tuple[str, Step] | float], *, schemes: tuple[str, str] = ("Admin", "Bearer")
) -> list[httpx.Response]:
    """The responses of a staging deployment to steps, each with its gateway; a number is a pause in seconds."""
    settings = Settings(staging=staging, staff=3)
    behaviour = behaviour_of(settings)
    app = application(behaviour, admin_scheme=settings.admin_scheme, deployment=settings.deployment)

    async def send_all() -> list[httpx.Response]:
        found = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://staging") as client:
            for step in steps:
                if isinstance(step, float):
                    await asyncio.sleep(step)
                else:
                    found.append(await send_one(client, *step))
        return found

    async def send_one(client: httpx.AsyncClient, gateway: str, step: Step) -> httpx.Response:
        method, path = PATHS[step.operation]
        uid, own = behaviour.people.staff[step.who]
        token = f"{schemes[0]} {behaviour.people.admin_token}" if step.token == "admin" else f"{schemes[1]} {own}"
        content = json.dumps({"staff_uid": uid} | step.body)
        return await client.request(method, gateway + path, headers={"Authorization": token}, content=content)

    responses = asyncio.run(send_all())
    behaviour.store.close()
    return responses


def labels(staging: Staging, *steps: Step | float) -> list[str]:
    """The answers to steps on the documented gateways, in a word each."""
    routed = [step if isinstance(step, float) else (gateway_of(step.operation), step) for step in steps]
    operations = [step.operation for step in steps if isinstance(step, Step)]
    return [label(operation, answer) for operation, answer in zip(operations, talk(staging, routed), strict=True)]


def lag_is(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Gives all replicas this lag, so that a busy machine changes nothing."""
    monkeypatch.setattr(replica, "MIN_LAG", seconds)
    monkeypatch.setattr(replica, "MAX_LAG", seconds)


def gateway_of(operation: Operation) -> str:
    return FALLBACK if operation in (Operation.SEND, Operation.DISABLE) else MAIN


def served(staging: Staging, gateway: str) -> set[Operation]:
    """The operations that a gateway hands on to the service, told by its documented answer."""
    responses = talk(staging, [(gateway, step) for step in EACH.values()])
    answers = [label(operation, response) for operation, response in zip(EACH, responses, strict=True)]
    return {
        operation for operation, answer in zip(EACH, answers, strict=True) if answer in ("200", "missing", "invalid")
    }


@pytest.mark.parametrize(
    ("staging", "on_main"),
    [
        (Staging.PLAIN, {Operation.CREATE, Operation.CONNECT, Operation.DISCONNECT}),
        (Staging.UNSERVED_IS_502, {Operation.CREATE, Operation.CONNECT, Operation.DISCONNECT}),
        (Staging.SIBLINGS_ELSEWHERE, {Operation.CREATE, Operation.DISABLE}),
        (Staging.MAIN_ONLY, set(Operation)),
        (Staging.CONNECT_OFF, {Operation.CREATE, Operation.DISCONNECT}),
        (Staging.DISCONNECT_OFF, {Operation.CREATE, Operation.CONNECT}),
    ],
)
def test_each_gateway_serves_its_own_operations(staging: Staging, on_main: set[Operation]) -> None:
    off = {staging.deployment.off} - {None}
    assert served(staging, MAIN) == on_main
    assert served(staging, FALLBACK) == set(Operation) - on_main - off


@pytest.mark.parametrize(
    ("staging", "status", "text"),
    [
        (Staging.PLAIN, 404, "no Route"),
        (Staging.UNSERVED_IS_405, 405, "Method Not Allowed"),
        (Staging.UNSERVED_IS_401, 401, "Unauthorized"),
        (Staging.UNSERVED_IS_403, 403, "Forbidden"),
        (Staging.UNSERVED_IS_422, 422, '{"status": "Error", "error": "Unauthorized"}'),
        (Staging.UNSERVED_IS_502, 502, "502 Bad Gateway"),
        (Staging.UNSERVED_IS_BAD_GATEWAY, 404, "bad gateway"),
    ],
)
def test_what_a_gateway_says_of_what_it_does_not_serve(staging: Staging, status: int, text: str) -> None:
    for response in talk(staging, [(MAIN, send()), (FALLBACK, connect())]):
        assert response.status_code == status
        assert text in response.text


def test_a_feature_that_is_off_is_403_on_its_own_gateway() -> None:
    (response,) = talk(Staging.DISCONNECT_OFF, [(MAIN, disconnect())])
    assert response.status_code == 403
    assert "feature is off" in response.text


def test_there_is_nothing_beside_the_two_gateways() -> None:
    assert [answer.status_code for answer in talk(Staging.PLAIN, [("", create()), ("/other", create())])] == [404, 404]


@pytest.mark.parametrize(
    ("schemes", "statuses"),
    [(("Admin", "Bearer"), [200, 200]), (("Bearer", "Bearer"), [401, 422]), (("Admin", "Admin"), [200, 401])],
)
def test_each_token_takes_its_own_scheme_alone(schemes: tuple[str, str], statuses: list[int]) -> None:
    found = talk(Staging.PLAIN, [(MAIN, create()), (FALLBACK, send())], schemes=schemes)
    assert [response.status_code for response in found] == statuses


@pytest.mark.parametrize("staging", [staging for staging in Staging if staging not in (Staging.MAIN_ONLY, *LAGGING)])
def test_the_table_holds_behind_the_gateways(staging: Staging) -> None:
    steps = [send(), create(), send(), send(BOB), create(OUTLOOK), send(ADA, OUTLOOK), send()]
    assert labels(staging, *steps) == ["missing", "200", "200", "already_exists", "200", "200", "already_exists"]


def test_a_read_soon_after_a_change_is_stale_and_a_later_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    lag_is(monkeypatch, 0.4)
    steps = [create(), send(), 0.5, send(), 0.5, disable(), send(), 0.5, send()]
    answers = ["200", "missing", "200", "200", "200", "invalid"]
    assert labels(Staging.READS_LAG, *steps) == answers


def test_the_answer_of_a_creation_is_current() -> None:
    first, second = talk(Staging.READS_LAG, [(MAIN, create()), (MAIN, create(OUTLOOK))])
    assert (first.json()["provider"], second.json()["provider"]) == ("google_v3", OUTLOOK)


def test_a_change_that_was_checked_on_a_stale_read_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lag_is(monkeypatch, 0.4)
    # Both read a fresh sync; only one of them may store the first account.
    assert labels(Staging.READS_LAG, create(), 0.5, send(), send(BOB)) == ["200", "200", "already_exists"]
    # It reads the old sync, which it would disable, and is decided by the fresh one of another provider.
    steps = [create(), 0.5, create(OUTLOOK), disable(), 0.5, send(ADA, OUTLOOK)]
    assert labels(Staging.READS_LAG, *steps) == ["200", "200", "already_exists", "200"]


def test_now_and_then_means_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    lag_is(monkeypatch, 600.0)
    answers = labels(Staging.READS_LAG_NOW_AND_THEN, create(), *[send()] * 200)
    assert set(answers) == {"200", "missing"}
    assert 2 <= answers.count("missing") <= 12


def test_lags_are_shorter_than_what_the_profile_says() -> None:
    lags = {replica.lag_of(member.uid) for member in Sandbox(staff=50).staff}
    assert replica.MIN_LAG <= min(lags) < max(lags) <= replica.MAX_LAG < 0.3


@pytest.mark.parametrize("staging", Staging)
def test_the_profile_has_both_gateways_and_says_settle_only_where_reads_lag(staging: Staging) -> None:
    profile = yaml.safe_load(profile_yaml(Sandbox(staging=staging, port=4711)))
    assert profile["base_url"] == "http://127.0.0.1:4711/apigw"
    assert profile["fallback_url"] == "http://127.0.0.1:4711/api2"
    assert profile.get("settle") == ("300ms" if staging in LAGGING else None)


def test_a_deployment_travels_to_the_process() -> None:
    with Sandbox(staging="unserved-is-405") as sandbox:
        method, path = PATHS[Operation.SEND]
        assert httpx.request(method, sandbox.base_url + path, content=b"{}").status_code == 405
        assert httpx.request(method, sandbox.fallback_url + path, content=b"{}").status_code == 401


def test_the_greeting_names_the_deployment() -> None:
    assert "staging main-only" in greeting(Settings(staging="main-only"), 4711)


@pytest.mark.parametrize(
    ("given", "name"), [([], None), (["--staging"], "plain"), (["--staging", "main-only"], "main-only")]
)
def test_serve_takes_a_deployment_by_name_and_a_plain_one_without(given: list[str], name: str | None) -> None:
    assert main.commands["serve"].make_context("serve", given).params["staging"] == name


def test_a_deployment_that_does_not_exist_is_said_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="main-only"):
        Sandbox(staging="nowhere")


def test_a_deployment_has_a_name_and_sentences_of_its_own() -> None:
    assert not {*Staging} & {*Fault, *Variant}
    assert len({staging.description for staging in Staging}) == len(Staging)
    assert all(staging.description.endswith(".") for staging in Staging)
