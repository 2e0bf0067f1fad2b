"""The schemes of tokens: `Admin` for the admin token, `Bearer` for the others, or what a profile and a target say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import Outcome
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.oracle.actions import Create, Move, MoveSync, SendItems, Token
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.session.session import Session
from fuzz.target.profile import Profile, TokenSource
from fuzz.target.secrets import Secrets
from swagger.load import WORKFLOW
from tests.failures.bundling import FAULT, another_account, body, kept, run_pytest, run_script, session_for
from tests.run.runs import profile_for, session_against

ADVICE = (
    "the target refuses the admin token as `Admin …` and takes it as `Bearer …`:"
    " write `tokens.admin.scheme: Bearer` into the profile"
)


@pytest.fixture(scope="module")
def only_admin() -> Iterator[Sandbox]:
    """A target that takes the admin token as `Admin …` and the others as `Bearer …`, and in no other way."""
    with Sandbox(admin_scheme="Admin", fault=FAULT) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def only_bearer() -> Iterator[Sandbox]:
    """A target that takes every token as `Bearer …`."""
    with Sandbox(admin_scheme="Bearer", fault=FAULT) as sandbox:
        yield sandbox


def profile(**fields: Any) -> Profile:
    tokens = fields.pop("tokens", {"admin": {"env": "A"}})
    staff = fields.pop("staff", [{"uid": "a", "token": {"env": "B"}}])
    return Profile.model_validate(
        {"name": "t", "base_url": "http://127.0.0.1:9", "tokens": tokens, "staff": staff, **fields}
    )


def sent_as(session: Session, *tokens: Token) -> list[str]:
    """What `Authorization` says of a create, and of sending items with each of these tokens."""
    run = session.start_scenario("test")
    actions = [Create(0, "google_v3"), *(SendItems(0, {}, token) for token in tokens)]
    return [session._sending(run, action).sent.http.written.get("Authorization", "") for action in actions]


def test_the_admin_token_is_sent_as_admin_and_the_others_as_bearer_unless_the_profile_says_otherwise() -> None:
    plain = profile()
    assert ("Admin", "Bearer") == (plain.tokens.admin.scheme, plain.staff[0].token.scheme)
    given = profile(
        tokens={"admin": {"env": "A", "scheme": "Bearer"}},
        staff=[{"uid": "a", "token": {"env": "B", "scheme": "Token"}}],
    )
    assert ("Bearer", "Token") == (given.tokens.admin.scheme, given.staff[0].token.scheme)


def test_a_profile_says_what_it_was_given_and_can_be_read_from_that() -> None:
    admin = {"env": "A", "scheme": "Bearer"}
    given = profile(tokens={"admin": admin}, headers={"X-A": "b", "X-Key": {"env": "KEY"}}, proxy={"env": "PROXY"})

    said = given.as_given()
    assert (admin, {"X-A": "b", "X-Key": {"env": "KEY"}}) == (said["tokens"]["admin"], said["headers"])
    assert "request_timeout" not in said
    assert given == Profile.model_validate(said)


def test_a_token_that_is_no_good_has_the_scheme_of_the_one_in_whose_place_it_stands(only_admin: Sandbox) -> None:
    staff = [{"uid": only_admin.staff[0].uid, "token": {"env": "CALFUZZ_SANDBOX_STAFF_TOKEN_1", "scheme": "Token"}}]
    session = session_against(profile_for(only_admin, staff=staff))
    sent = sent_as(session, Token.STAFF, Token.UNKNOWN, Token.EMPTY, Token.LONGER, Token.OTHER_STAFF, Token.ADMIN)
    session.close()

    assert [
        "Admin {env:CALFUZZ_SANDBOX_ADMIN_TOKEN}",
        "Token {env:CALFUZZ_SANDBOX_STAFF_TOKEN_1}",
        "Token calfuzz-unknown-token",
        "Token",
        "Token {env:CALFUZZ_SANDBOX_STAFF_TOKEN_1} with more",
        "Token calfuzz-unknown-token",
        "Admin {env:CALFUZZ_SANDBOX_ADMIN_TOKEN}",
    ] == sent


def test_a_short_token_is_redacted_behind_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT", "abc")
    secrets = Secrets()
    secrets.token(TokenSource(env="SHORT", scheme="Token"))

    assert "{env:SHORT}, {env:SHORT}, {env:SHORT}, abc" == secrets.redact("Admin abc, Bearer abc, Token abc, abc")


def test_an_entry_of_an_auth_file_may_hold_either_scheme(tmp_path: Path) -> None:
    header = {"name": "Authorization", "value": "Admin an-admin-token"}
    path = tmp_path / "auth.yaml"
    path.write_text(json.dumps({"auth": [{"name": "me", "fixedHeaders": [header]}]}), encoding="utf-8")

    assert "an-admin-token" == Secrets(path).token(TokenSource(auth="me"))


def calfuzz(sandbox: Sandbox, folder: Path, *arguments: str, scheme: str = "") -> Result:
    """A command with the sandbox as its target."""
    text = profile_yaml(sandbox)
    if scheme:
        text = text.replace("ADMIN_TOKEN}", f"ADMIN_TOKEN, scheme: {scheme}}}")
    (folder / "target.yaml").write_text(text + "rate_limit: 1000/s\n", encoding="utf-8")
    name, *rest = arguments
    return CliRunner(env=sandbox.env).invoke(main, [name, "--target", "target.yaml", *rest])


RUN = ("run", "--phases", "preflight,conformance", "--max-failures", "1", "--seed", "3", "--report", "json,har")


@pytest.mark.parametrize(("scheme", "troubles"), [("", [ADVICE]), ("Bearer", [])])
def test_a_target_that_refuses_the_admin_token_in_one_scheme_is_tried_with_the_other(
    only_bearer: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, troubles: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = calfuzz(only_bearer, tmp_path, *RUN, scheme=scheme)
    report = json.loads(Path(".calfuzz/reports/latest/report.json").read_text(encoding="utf-8"))

    assert (1, ["already_exists"]) == (result.exit_code, [failure["clause"] for failure in report["failures"]])
    assert troubles == report["troubles"]
    assert len(troubles) * 2 == result.output.count("tokens.admin.scheme: Bearer")  # as it happens, and at the end
    har = Path(".calfuzz/reports/latest/trace.har").read_text(encoding="utf-8")
    assert "Bearer {env:CALFUZZ_SANDBOX_ADMIN_TOKEN}" in har
    assert "Admin {env" not in har
    bundle = Path(report["failures"][0]["bundle"])
    assert 1 == run_script(tmp_path / bundle / "repro.sh", only_bearer).returncode
    assert 1 == run_pytest(tmp_path / bundle / "test_failure.py", only_bearer).returncode
    assert 1 == calfuzz(only_bearer, tmp_path, "replay", str(bundle)).exit_code


def test_learn_says_it_too(only_bearer: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert f"trouble: {ADVICE}\n" in calfuzz(only_bearer, tmp_path, "learn", "--max-requests", "50").output


def test_a_scheme_that_the_profile_names_is_left_for_the_one_that_is_taken(
    only_admin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = calfuzz(only_admin, tmp_path, *RUN, "--workers", "3", scheme="Bearer")

    assert 1 == result.exit_code
    assert 2 == result.output.count("write `tokens.admin.scheme: Admin` into the profile")


def test_a_token_that_is_refused_in_both_schemes_ends_the_run_and_both_are_named(
    only_admin: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = only_admin.env | {"CALFUZZ_SANDBOX_ADMIN_TOKEN": "a-token-that-nobody-knows"}
    (tmp_path / "target.yaml").write_text(profile_yaml(only_admin), encoding="utf-8")
    result = CliRunner(env=environment).invoke(main, ["run", "--target", "target.yaml", "--no-progress"])

    assert 3 == result.exit_code
    told = " ".join(result.output.split())
    assert "refuses the token {env:CALFUZZ_SANDBOX_ADMIN_TOKEN}, with the scheme Admin and with Bearer" in told


@pytest.fixture(scope="module")
def bundle(only_admin: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept(only_admin, tmp_path_factory.mktemp("failures"), another_account())


def test_a_bundle_sends_each_token_with_its_scheme(bundle: Path, only_admin: Sandbox) -> None:
    target = json.loads((bundle / "failure.json").read_text(encoding="utf-8"))["target"]

    assert ("Admin", None) == (target["tokens"]["admin"]["scheme"], target["staff"][0]["token"].get("scheme"))
    assert 1 == run_script(bundle / "repro.sh", only_admin).returncode
    assert 1 == run_pytest(bundle / "test_failure.py", only_admin).returncode
    assert Outcome.FAILED is replay_workflow(bundle / "workflow.md", session_for(only_admin)).outcome


@pytest.mark.parametrize("token", [Token.UNKNOWN, Token.EMPTY, Token.LONGER, Token.NONE])
def test_a_bundle_sends_a_token_that_is_no_good_as_the_session_did(tmp_path: Path, token: Token) -> None:
    move = MoveSync(0, Move.DISABLE, "google_v3", "a@example.com", token)
    actions = (Create(0, "google_v3"), SendItems(0, body()), move)
    with Sandbox(admin_scheme="Admin", fault="siblings-take-any-token") as lax:
        path = kept(lax, tmp_path, actions)
        assert 1 == run_script(path / "repro.sh", lax).returncode
        assert 1 == run_pytest(path / "test_failure.py", lax).returncode


def test_an_old_bundle_which_names_no_scheme_is_replayed_with_the_profiles(
    bundle: Path, only_admin: Sandbox, only_bearer: Sandbox, tmp_path: Path
) -> None:
    old = json.loads((bundle / "failure.json").read_text(encoding="utf-8")) | {"version": 1, "steps": []}
    old["target"] = {"name": "sandbox", "admin": "{env:A}", "staff": [{"name": "staff", "token": "{env:B}"}]}
    path = tmp_path / "failure.json"
    path.write_text(json.dumps(old), encoding="utf-8")

    for sandbox in (only_admin, only_bearer):
        assert Outcome.FAILED is replay(load_bundle(path), session_for(sandbox)).outcome


def test_a_workflow_document_is_replayed_whatever_the_scheme(only_admin: Sandbox, only_bearer: Sandbox) -> None:
    for sandbox, troubles in ((only_admin, []), (only_bearer, [ADVICE])):
        session = session_for(sandbox)
        assert Outcome.FIXED is replay_workflow(WORKFLOW, session).outcome
        assert troubles == session.journal.summary.troubles


@pytest.mark.parametrize(
    ("admin_scheme", "statuses"),
    [
        (None, {"Admin admin": 200, "Bearer admin": 200, "Admin staff": 422, "Bearer staff": 422, "Basic admin": 401}),
        ("Admin", {"Admin admin": 200, "Bearer admin": 401, "Admin staff": 401, "Bearer staff": 422}),
        ("Bearer", {"Admin admin": 401, "Bearer admin": 200, "Admin staff": 401, "Bearer staff": 422}),
    ],
)
def test_the_sandbox_takes_either_scheme_unless_it_is_told_to_be_strict(
    admin_scheme: str | None, statuses: dict[str, int]
) -> None:
    with Sandbox(admin_scheme=admin_scheme) as sandbox:
        member = sandbox.staff[0]
        tokens = {"admin": sandbox.admin_token, "staff": member.token}
        seen = {}
        for name in statuses:
            scheme, whose = name.split()
            path = "platform/v1/scheduling/calendar_syncs"
            if whose == "staff":
                path = "business/scheduling/v1/external_calendar_items/bulk_create"
            answer = httpx.request(
                "POST" if whose == "admin" else "PUT",
                f"{sandbox.base_url}/{path}",
                headers={"Authorization": f"{scheme} {tokens[whose]}"},
                json={"staff_uid": member.uid, "app_code_name": "googlewaysync", "calendar_sync": {}},
            )
            seen[name] = answer.status_code

    assert statuses == seen
