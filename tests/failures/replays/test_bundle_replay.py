"""A kept failure done again on the faulty target and on an honest one: by our replay, by bash and curl, by pytest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.errors import ExitCode
from fuzz.failures.keeping.store import load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import Outcome, ReplayResult, Row, as_text
from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.oracle.actions import Action, AtOnce, Create, Move, MoveSync, SendItems
from fuzz.sandbox.launcher import Sandbox
from strategies.valid.fields import OTHER_CALENDAR_SYNC_UID
from tests.failures.bundling import (
    BROKEN,
    FAULT,
    FIXED,
    another_account,
    body,
    in_every_form,
    kept,
    run_hurl,
    run_pytest,
    run_script,
    session_for,
)
from tests.target.http.noise import Noise, NoisyProxy

BOTH = ((run_script, "repro.sh"), (run_pytest, "test_failure.py"))
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture(scope="module")
def faulty() -> Iterator[Sandbox]:
    with Sandbox(fault=FAULT) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def honest() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def bundle(faulty: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept(faulty, tmp_path_factory.mktemp("failures"), another_account())


@needs_curl
def test_repro_sh_ends_with_1_where_the_failure_was_found(bundle: Path, faulty: Sandbox) -> None:
    done = run_script(bundle / "repro.sh", **faulty.env)
    assert (1, "") == (done.returncode, done.stderr)
    assert done.stdout.endswith("BROKEN: answered 200, and promised is 422 already_exists\n")


@needs_curl
def test_repro_sh_ends_with_0_on_a_target_without_the_fault(bundle: Path, honest: Sandbox) -> None:
    done = run_script(bundle / "repro.sh", honest)
    assert (0, "") == (done.returncode, done.stderr)
    assert "FIXED" in done.stdout


@needs_curl
def test_repro_sh_cannot_tell_without_a_token(bundle: Path) -> None:
    done = run_script(bundle / "repro.sh")
    assert 3 == done.returncode
    assert "CANNOT TELL: set CALFUZZ_SANDBOX_ADMIN_TOKEN and CALFUZZ_SANDBOX_STAFF_TOKEN_1\n" == done.stdout


@needs_curl
def test_repro_sh_cannot_tell_where_nothing_answers(bundle: Path, honest: Sandbox) -> None:
    done = run_script(bundle / "repro.sh", honest, CALFUZZ_BASE_URL="http://127.0.0.1:1/apigw")
    assert 3 == done.returncode
    assert "000\nCANNOT TELL: step 1 went otherwise" in done.stdout


@needs_curl
def test_repro_sh_cannot_tell_with_a_wrong_token(bundle: Path, honest: Sandbox) -> None:
    done = run_script(bundle / "repro.sh", honest, CALFUZZ_SANDBOX_ADMIN_TOKEN="wrong")
    assert 3 == done.returncode
    said, why = done.stdout.split("CANNOT TELL: ")
    assert '401\n"code": "unauthorized"\n"message": "401 Unauthorized"\n' == said
    assert "step 1 went otherwise than when this was found (401: its token is refused)\n" == why


@needs_curl
def test_neither_can_tell_where_a_gateway_refuses_the_token_with_422(bundle: Path, honest: Sandbox) -> None:
    with NoisyProxy(honest.address, rate=1.0, kinds=[Noise.UNAUTHORISED_422_BEFORE]) as proxy:
        target = {"CALFUZZ_BASE_URL": honest.base_url.replace(honest.address, proxy.address)}
        script, test = (run(bundle / name, honest, **target) for run, name in BOTH)
    assert (3, "1 skipped") == (script.returncode, test.stdout.strip().splitlines()[-1].partition(" in ")[0])
    assert "Unauthorized" in script.stdout
    assert "Unauthorized" in test.stdout


def test_the_emitted_test_fails_where_the_failure_was_found(bundle: Path, faulty: Sandbox) -> None:
    done = run_pytest(bundle / "test_failure.py", **faulty.env)
    assert 1 == done.returncode, done.stdout
    assert "assert 200 == 422" in done.stdout


def test_the_emitted_test_passes_on_a_target_without_the_fault(bundle: Path, honest: Sandbox) -> None:
    done = run_pytest(bundle / "test_failure.py", honest)
    assert 0 == done.returncode, done.stdout
    assert "1 passed" in done.stdout


def test_the_emitted_test_skips_without_a_token(bundle: Path, honest: Sandbox) -> None:
    done = run_pytest(bundle / "test_failure.py", CALFUZZ_BASE_URL=honest.base_url)
    assert "cannot tell: set ['CALFUZZ_SANDBOX_ADMIN_TOKEN', 'CALFUZZ_SANDBOX_STAFF_TOKEN_1']" in done.stdout
    assert "1 skipped" in done.stdout


def test_the_emitted_test_skips_where_nothing_answers(bundle: Path, honest: Sandbox) -> None:
    done = run_pytest(bundle / "test_failure.py", honest, CALFUZZ_BASE_URL="http://127.0.0.1:1/apigw")
    assert "cannot tell: no answer from 'http://127.0.0.1:1/apigw" in done.stdout
    assert "1 skipped" in done.stdout


def test_replay_fails_where_the_failure_was_found(bundle: Path, faulty: Sandbox) -> None:
    result = replay(load_bundle(bundle), session_for(faulty))
    assert (Outcome.FAILED, ExitCode.BROKEN) == (result.outcome, result.exit_code)
    assert "already_exists is broken again, at step 3" == result.why
    assert ["fresh", "bound"] == [row.state for row in result.rows[:2]]
    assert "expected 422 already_exists" in as_text(result)


def test_replay_is_fixed_on_a_target_without_the_fault(bundle: Path, honest: Sandbox) -> None:
    result = replay(load_bundle(bundle), session_for(honest))
    assert (Outcome.FIXED, ExitCode.PASS) == (result.outcome, result.exit_code)
    assert "422 already_exists" == result.rows[-1].seen


def test_replay_counts_how_often_it_failed(bundle: Path, faulty: Sandbox) -> None:
    result = replay(load_bundle(bundle), session_for(faulty), times=4)
    assert (4, 4) == (result.came, result.times)
    assert "failed 4 of 4 times" in as_text(result)


def test_replay_says_which_other_clause_is_broken_on_the_way(bundle: Path) -> None:
    with Sandbox(fault="creation-without-uid") as other:
        result = replay(load_bundle(bundle), session_for(other))
    assert Outcome.FAILED is result.outcome
    assert "another clause is broken on the way, at step 1: create" == result.why


def test_replay_cannot_tell_where_nothing_answers(bundle: Path) -> None:
    with Sandbox() as gone:
        session = session_for(gone, sleep=lambda _seconds: None)
    result = replay(load_bundle(bundle), session)
    assert (Outcome.CANNOT_TELL, ExitCode.INCONCLUSIVE) == (result.outcome, result.exit_code)


def test_replay_cannot_tell_where_a_move_is_impossible(faulty: Sandbox, tmp_path: Path) -> None:
    actions = (Create(0, "google_v3"), MoveSync(0, Move.DISABLE, "google_v3", "a@example.com"), *another_account()[1:])
    path = kept(faulty, tmp_path, actions)
    session = session_for(faulty)
    session.lifecycle.rule_out("disable", "the profile gives no steps for disable")
    result = replay(load_bundle(path), session)
    assert (Outcome.CANNOT_TELL, "the profile gives no steps for disable") == (result.outcome, result.why)


def test_replay_cannot_tell_from_a_scenario_that_does_not_begin_with_a_create(faulty: Sandbox, bundle: Path) -> None:
    actions = load_bundle(bundle)
    object.__setattr__(actions, "actions", actions.actions[1:])
    result = replay(actions, session_for(faulty))
    assert Outcome.CANNOT_TELL is result.outcome


def test_the_workflow_document_fails_and_is_fixed_like_the_bundle(
    bundle: Path, faulty: Sandbox, honest: Sandbox
) -> None:
    outcomes = [replay_workflow(bundle / "workflow.md", session_for(each)).outcome for each in (faulty, honest)]
    assert [Outcome.FAILED, Outcome.FIXED] == outcomes


@needs_curl
def test_a_failure_of_the_second_staff_member_is_found_again_by_all(tmp_path: Path, honest: Sandbox) -> None:
    actions = (
        Create(0, "google_v3"),
        Create(1, "google_v3"),
        MoveSync(1, Move.DISCONNECT, "google_v3", "a@example.com"),
        SendItems(0, body()),
    )
    with Sandbox(fault="disconnect-leaks") as leaking:
        path = kept(leaking, tmp_path, actions)
        assert BROKEN == in_every_form(path, leaking)
        assert "HTTP 200" == run_hurl(path / "failure.hurl", leaking)
    assert FIXED == in_every_form(path, honest)
    assert "" == run_hurl(path / "failure.hurl", honest)
    result = replay_workflow(path / "workflow.md", session_for(honest))
    assert (Outcome.CANNOT_TELL, True) == (result.outcome, "two staff members" in result.why)


@needs_curl
def test_another_staff_members_calendar_is_that_one_in_every_file(tmp_path: Path, honest: Sandbox) -> None:
    sent = body()
    sent["external_items"][0]["external_calendar_uid"] = OTHER_CALENDAR_SYNC_UID
    with Sandbox(fault="lookup-by-calendar-uid") as astray:
        path = kept(astray, tmp_path, (Create(1, "google_v3"), Create(0, "google_v3"), SendItems(0, sent)))
        assert BROKEN == in_every_form(path, astray)
    assert '"external_calendar_uid":"$calendar_2"' in (path / "repro.sh").read_text()
    assert '"external_calendar_uid": calendar_2' in (path / "test_failure.py").read_text()
    assert FIXED == in_every_form(path, honest)


CREATED = Create(0, "google_v3")
A_FIRST, B_SECOND = SendItems(0, body("a@example.com")), SendItems(0, body("b@example.com", number=2))
RACES = {
    "two-first-accounts-accepted": (CREATED, AtOnce(A_FIRST, B_SECOND)),
    "staff-mixed-up-at-once": (CREATED, Create(1, "google_v3"), AtOnce(A_FIRST, replace(B_SECOND, staff=1))),
}


@needs_curl
@pytest.mark.parametrize(("fault", "actions"), RACES.items(), ids=RACES)
def test_a_race_is_repeated_until_it_shows(
    fault: str, actions: tuple[Action, ...], tmp_path: Path, honest: Sandbox
) -> None:
    with Sandbox(fault=fault) as racing:
        path = kept(racing, tmp_path, actions)
        assert (3, "skipped", "FAILED") == in_every_form(path, racing)
    script = run_script(path / "repro.sh", honest)
    assert f"CANNOT TELL: it takes two requests at once. Run: calfuzz replay {path}\n" == script.stdout
    result = replay(load_bundle(path), session_for(honest))
    assert (Outcome.FIXED, 30) == (result.outcome, result.times)
    assert Outcome.CANNOT_TELL is replay_workflow(path / "workflow.md", session_for(honest)).outcome
    assert not (path / "failure.hurl").exists()


def test_no_half_of_a_secret_stays_where_a_line_ends_within_it() -> None:
    token = "the-token-of-the-staff-member-0123456789"
    row = Row(1, "PUT bulk_create", f"google_v3, {token}", token, f"422 {token}", token, broken=True)
    result = ReplayResult("name", Outcome.FAILED, token, (row,), 1, 1, (token,), token)

    text = as_text(result.redacted(lambda said: said.replace(token, "{env:T}")))

    assert 6 == text.count("{env:T}")  # a broken step shows no state
    assert not {token[:9], token[-9:], token[12:20]} & set(text.split())
    assert "token" not in text
