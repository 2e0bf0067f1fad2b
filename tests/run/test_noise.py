"""Network noise is never a failure, and hides none. The long version is `python -m tests.run.storm`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.sandbox.variants import Variant
from fuzz.target.http import client
from tests.run.runs import SECONDS, Ran, profile_for, run_against
from tests.run.storm import PHASES, storm
from tests.target.http.noise import Choose, Noise, NoisyProxy, answer

VARIANTS_NEAR_FAULTS = (
    None,
    Variant.PAYLOAD_FIRST,
    Variant.ACCOUNT_STORED_AT_THE_CHECK,
    Variant.RESENT_IDS_REFUSED,
    Variant.STALE_CALENDAR_REFUSED,
    Variant.REFUSALS_ARE_422,
)
SECONDS_OF_A_RUN = 1.2


@pytest.mark.parametrize("rate", [0.05, 0.2])
@pytest.mark.parametrize("variant", VARIANTS_NEAR_FAULTS)
def test_no_noise_is_taken_for_a_failure(variant: Variant | None, rate: float) -> None:
    ran, proxy = storm(variant, rate=rate, seed=int(100 * rate), seconds=SECONDS_OF_A_RUN)

    assert [] == ran.failures
    assert proxy.done.total() > 0


@pytest.fixture(scope="module")
def honest() -> Iterator[Sandbox]:
    """One honest sandbox for all tests that need no other: creating a sync forgets whatever was before."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("noise", Noise)
def test_no_kind_of_noise_alone_raises_an_alarm_or_ends_a_run(honest: Sandbox, noise: Noise) -> None:
    with NoisyProxy(honest.address, rate=0.15, seed=3, kinds=[noise], timeout=SECONDS) as proxy:
        ran = run_against(profile_for(honest, proxy.address), phases=("preflight", "race"), max_time=0.5)

    assert [] == ran.failures
    assert 0 < proxy.done[noise.name]
    assert not any("no good answer" in reason for reason in ran.conclusion.reasons)


@pytest.mark.parametrize(
    "fault",
    [Fault.ACCOUNT_NOT_COMPARED, Fault.DISABLED_NEVER_SAID, Fault.CRASH_WHEN_BOTH_DIFFER, Fault.ERROR_PAGE],
)
def test_a_fault_is_found_through_noise_and_reproduced_each_time(fault: Fault) -> None:
    with Sandbox(fault=fault) as sandbox, NoisyProxy(sandbox.address, rate=0.05, seed=1, timeout=SECONDS) as proxy:
        ran = run_against(profile_for(sandbox, proxy.address), max_failures=1, shrink_requests=60)

    assert 1 == ran.conclusion.exit_code
    assert ["3/3"] == [event["reproduced"] for event in ran.summary.failures.values()]


# A server that dies of a request, and one that dies altogether.


Behind = Callable[..., Ran]


@pytest.fixture
def behind(honest: Sandbox) -> Behind:
    """Runs against the honest sandbox behind a proxy that does what it is told to each request."""

    def run(choose: Choose, **changed: object) -> Ran:
        with NoisyProxy(honest.address, choose=choose, timeout=SECONDS) as proxy:
            return run_against(profile_for(honest, proxy.address), **changed)

    return run


@pytest.mark.parametrize(
    "noise", [Noise.BAD_GATEWAY_BEFORE, Noise.BROKEN_BEFORE, Noise.GATEWAY_TIMEOUT_AFTER, Noise.TIMEOUT_AFTER]
)
def test_a_request_that_never_gets_an_answer_is_a_server_error(behind: Behind, noise: Noise) -> None:
    def dies_of_a_mismatch(request: bytes) -> Noise | None:
        return noise if b"bulk_create" in request and b"outlook" in request else None

    ran = behind(dies_of_a_mismatch, max_failures=1)

    assert 1 == ran.conclusion.exit_code, ran.conclusion
    (failure,) = ran.summary.failures.values()
    assert ("no_server_error", "3/3") == (failure["clause"], failure["reproduced"])
    assert 2 == failure["steps"]


def test_an_endpoint_that_is_down_is_no_failure_and_ends_the_run(
    behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "LONGEST_BACK_OFF", 0.001)
    requests = iter(range(100_000))

    def choose(request: bytes) -> Noise | None:
        return Noise.UNAVAILABLE_BEFORE if b"bulk_create" in request and next(requests) > 60 else None

    ran = behind(choose)

    assert [] == ran.failures
    assert 3 == ran.conclusion.exit_code
    assert "bulk_create" in ran.conclusion.reasons[0]


def test_a_target_that_stops_answering_ends_the_run_without_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LONGEST_BACK_OFF", 0.001)
    requests = iter(range(100_000))

    def choose(_request: bytes) -> Noise | None:
        if next(requests) < 120:
            return None
        proxy.refuse()
        return Noise.BROKEN_BEFORE

    with Sandbox() as sandbox, NoisyProxy(sandbox.address, choose=choose) as proxy:
        ran = run_against(profile_for(sandbox, proxy.address))

    assert (3, []) == (ran.conclusion.exit_code, ran.failures)
    assert "no good answer to 20 requests in a row" in ran.conclusion.reasons[0]
    assert ran.summary.finished is not None


# Tokens.


def unauthorised(matches: Callable[[bytes], bool]) -> Choose:
    """401 to the requests that match."""

    def choose(request: bytes) -> Noise | None:
        return Noise.UNAUTHORISED_BEFORE if matches(request) else None

    return choose


def test_many_401_in_a_row_end_the_run_and_the_reason_says_since_when(behind: Behind) -> None:
    seen = iter(range(100_000))

    ran = behind(unauthorised(lambda _request: next(seen) >= 100))

    assert (3, []) == (ran.conclusion.exit_code, ran.failures)
    assert "401 since request 10" in ran.conclusion.reasons[0]


def test_one_token_that_expires_ends_the_run_while_the_other_is_good(behind: Behind) -> None:
    seen = iter(range(100_000))

    ran = behind(unauthorised(lambda request: b"Bearer sandbox-staff" in request and next(seen) > 50))

    assert (3, []) == (ran.conclusion.exit_code, ran.failures)
    assert "refuses the token {env:CALFUZZ_SANDBOX_STAFF_TOKEN_1}" in ran.conclusion.reasons[0]


@pytest.mark.parametrize("whose", [b"sandbox-staff", b"sandbox-admin"])
def test_a_token_that_was_never_good_ends_the_run_at_once(behind: Behind, whose: bytes) -> None:
    ran = behind(unauthorised(lambda request: b" " + whose in request))

    assert (3, []) == (ran.conclusion.exit_code, ran.failures)
    assert "refuses the token {env:CALFUZZ_SANDBOX" in ran.conclusion.reasons[0]
    assert ran.summary.total < 40


def test_a_401_in_one_situation_each_time_is_a_failure(behind: Behind) -> None:
    ran = behind(unauthorised(lambda request: b"bulk_create" in request and b"outlook" in request), max_failures=1)

    assert 1 == ran.conclusion.exit_code
    (failure,) = ran.summary.failures.values()
    assert ("401 refusal", "3/3") == (failure["observed"], failure["reproduced"])


def test_an_html_page_in_one_situation_each_time_is_a_failure(behind: Behind) -> None:
    def choose(request: bytes) -> Noise | None:
        return Noise.PAGE_200_BEFORE if b"bulk_create" in request and b"outlook" in request else None

    ran = behind(choose, max_failures=1)

    assert ["3/3"] == [event["reproduced"] for event in ran.summary.failures.values()]


def test_a_token_that_expires_is_fetched_again_and_the_run_goes_on(tmp_path: Path) -> None:
    lifetime, uses, kept = 40, Counter[bytes](), tmp_path / "count"
    command = f"echo x >> {kept}; echo fresh-token-number-$(cat {kept} | wc -l)"

    def number(request: bytes) -> bytes:
        return request.partition(b"fresh-token-number-")[2].partition(b"\r")[0]

    def choose(request: bytes) -> Noise | None:
        uses[number(request)] += 1
        return Noise.UNAUTHORISED_BEFORE if number(request) and uses[number(request)] > lifetime else None

    with Sandbox() as sandbox:

        def forward(request: bytes) -> bytes:
            return request.replace(b"fresh-token-number-" + number(request), sandbox.admin_token.encode())

        with NoisyProxy(sandbox.address, choose=choose, forward=forward) as proxy:
            profile = profile_for(sandbox, proxy.address, tokens={"admin": {"command": command}})
            ran = run_against(profile, phases=("preflight", "conformance"), max_time=4.0)

    assert ([], []) == (ran.failures, [reason for reason in ran.conclusion.reasons if "401" in reason])
    assert 2 < len(uses), "the token was fetched more than once"


def test_a_token_command_that_fails_in_the_middle_of_a_run_ends_it_with_reports(tmp_path: Path) -> None:
    kept = tmp_path / "token"
    kept.write_text("a-token-that-works-once", encoding="utf-8")
    command = f"cat {kept} && rm {kept}"
    requests = iter(range(100_000))

    with Sandbox() as sandbox:

        def forward(request: bytes) -> bytes:
            return request.replace(b"a-token-that-works-once", sandbox.admin_token.encode())

        choose = unauthorised(lambda request: b"works-once" in request and next(requests) > 20)
        with NoisyProxy(sandbox.address, choose=choose, forward=forward) as proxy:
            ran = run_against(profile_for(sandbox, proxy.address, tokens={"admin": {"command": command}}))

    assert (3, []) == (ran.conclusion.exit_code, ran.failures)
    assert "401 since request" in ran.conclusion.reasons[0]
    assert "failed with exit code 1" in ran.conclusion.reasons[0]


def gateways_422(matches: Callable[[bytes], bool]) -> Choose:
    """422 in a gateway's words to the requests that match."""

    def choose(request: bytes) -> Noise | None:
        return Noise.UNAUTHORISED_422_BEFORE if matches(request) else None

    return choose


def test_a_gateway_that_refuses_a_token_with_422_now_and_then_raises_no_alarm(behind: Behind) -> None:
    drawn = random.Random(1)

    ran = behind(gateways_422(lambda _request: drawn.random() < 1 / 30), phases=PHASES, max_time=8.0)

    assert ([], ()) == (ran.failures, ran.conclusion.reasons)


def test_many_422_of_a_gateway_in_a_row_end_the_run(behind: Behind) -> None:
    seen = iter(range(100_000))

    ran = behind(gateways_422(lambda _request: next(seen) >= 100))

    assert (3, []) == (ran.conclusion.exit_code, ran.failures)
    assert "422 since request 10" in ran.conclusion.reasons[0]


def test_a_state_error_with_the_body_of_a_gateway_each_time_is_a_failure() -> None:
    words = answer(422, b'{"status": "Error", "error": "Unauthorized"}', kind="application/json")

    def rewrite(_request: bytes, said: bytes) -> bytes:
        return words if b'"invalid"' in said else said

    with Sandbox() as sandbox, NoisyProxy(sandbox.address, rewrite=rewrite) as proxy:
        ran = run_against(profile_for(sandbox, proxy.address))

    assert ran.failures
    told = {(event["clause"], event["observed"], event["reproduced"]) for event in ran.summary.failures.values()}
    assert ("invalid", "422 refusal", "3/3") in told
    assert {("422 refusal", "3/3")} == {(observed, reproduced) for _, observed, reproduced in told}
