"""What the first phase tries, it judges where the documents promise something."""

from __future__ import annotations

import pytest

from fuzz.events.summary import RunVerdict
from fuzz.phases.quotation import MAX_QUOTED
from fuzz.run.phase_list import phase_names
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from tests.run.runs import Ran, profile_for, run_against
from tests.target.http.noise import NoisyProxy, answer
from tests.target.http.servers import saying, server


def ran_with(fault: str | None) -> Ran:
    with Sandbox(fault=fault) as sandbox:
        return run_against(profile_for(sandbox, request_timeout=10.0), phases=("preflight",))


@pytest.mark.parametrize(("fault", "clauses"), [(None, []), (Fault.CRASH_ON_MOCK_CREATION, ["create"])])
def test_a_provider_that_is_not_listed_may_be_refused_and_may_not_break_the_service(
    fault: str | None, clauses: list[str]
) -> None:
    ran = ran_with(fault)

    assert clauses == [each["clause"] for each in ran.summary.failures.values()]


def test_a_wrong_path_in_the_profile_is_said_and_is_no_failure() -> None:
    with Sandbox() as sandbox, server(saying(answer(404, b"no such page"))) as address:
        ran = run_against(profile_for(sandbox, address), phases=phase_names())

    assert {} == ran.summary.failures
    assert (RunVerdict.INCONCLUSIVE, 3) == (ran.conclusion.verdict, ran.conclusion.exit_code)
    assert "is answered 404" in ran.conclusion.reasons[0]
    assert "Check the path of base_url" in ran.conclusion.reasons[0]
    assert ran.summary.total < 10


@pytest.mark.parametrize("place", [0, 1])
def test_a_mistyped_staff_member_is_said_and_is_no_failure(place: int) -> None:
    with Sandbox() as sandbox:
        profile = profile_for(sandbox)
        uids = {"uid": "mistyped"}
        staff = [member.model_copy(update=uids if n == place else {}) for n, member in enumerate(profile.staff)]
        ran = run_against(profile.model_copy(update={"staff": staff}), phases=phase_names())

    assert {} == ran.summary.failures
    assert 3 == ran.conclusion.exit_code
    assert "the first create for the staff member mistyped is answered 4" in ran.conclusion.reasons[0]
    assert f"staff[{place}].uid" in ran.conclusion.reasons[0]


@pytest.mark.parametrize("fault", [Fault.CREATION_WITHOUT_UID, Fault.CREATION_ANSWERS_201])
def test_a_first_create_that_is_answered_wrongly_otherwise_is_a_failure(fault: str) -> None:
    assert ["create"] == [event["clause"] for event in ran_with(fault).summary.failures.values()]


def test_a_send_that_is_refused_after_an_accepted_create_is_a_failure() -> None:
    ran = ran_with(Fault.FRESH_SAID_MISSING)

    assert ran.summary.failures
    assert 1 == ran.conclusion.exit_code


def test_a_token_that_the_refusal_echoes_is_not_quoted_where_the_quotation_is_cut() -> None:
    with Sandbox() as sandbox:
        token = sandbox.admin_token
        echo = b"x" * (MAX_QUOTED - len(token) // 2) + token.encode()
        with server(saying(answer(422, echo))) as address:
            ran = run_against(profile_for(sandbox, address), phases=phase_names())

    assert "is answered 422" in ran.conclusion.reasons[0]
    assert token[: len(token) // 2] not in ran.conclusion.reasons[0]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b'{"success": false, "errors": [{"code": "off", "message": "feature is off"}]}', "feature is off"),
        (b'{"status": "Error", "error": "feature is off"}', "feature is off"),
        (b"<html><body>feature\nis <b>off</b></body></html>", "feature is off"),
    ],
)
def test_a_sibling_whose_feature_is_off_leaves_its_state_out_and_is_quoted(says: bytes, words: str) -> None:
    def rewrite(request: bytes, answered: bytes) -> bytes:
        return answer(403, says) if b"/disconnect " in request.partition(b"\r\n")[0] else answered

    with Sandbox() as sandbox, NoisyProxy(sandbox.address, rewrite=rewrite) as proxy:
        ran = run_against(profile_for(sandbox, proxy.address, request_timeout=10.0), phases=("preflight",))

    why = f"disconnect answers 403 {words}: the state `none` cannot be reached"
    assert {} == ran.summary.failures
    assert (3, why) == (ran.conclusion.exit_code, ran.conclusion.reasons[-1])
    assert [f"{why}: give lifecycle steps for `none` in the profile, or have the target serve disconnect"] == list(
        ran.summary.troubles
    )
