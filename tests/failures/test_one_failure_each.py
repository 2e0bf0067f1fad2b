"""Each fault is one failure in each situation, however it is met: deduplication in both directions."""

from __future__ import annotations

import pytest

from fuzz.events.types import Event
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import AtOnce, Create, Move, MoveSync, SendItems
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.shrinking.simplify.dates import simpler_dates
from tests.failures.bundling import body, session_for
from tests.run.runs import Ran, profile_for, run_against


def ran_with(*faults: Fault, phases: tuple[str, ...], max_time: float | None = None) -> Ran:
    with Sandbox(fault=tuple(fault.value for fault in faults)) as sandbox:
        return run_against(
            profile_for(sandbox, request_timeout=10.0), phases=("preflight", *phases), max_time=max_time, seed=1
        )


def is_race(failure: Event) -> bool:
    return any(action["do"] == "at_once" for action in failure["actions"])


def test_what_fails_one_after_the_other_as_well_is_no_race() -> None:
    ran = ran_with(Fault.DISABLED_SAID_MISSING, phases=("race",), max_time=6.0)
    assert ran.failures
    assert [] == [each["fingerprint"] for each in ran.summary.failures.values() if is_race(each)]


def test_what_shows_only_after_the_two_requests_is_not_lost() -> None:
    own, other = body(), body("b@example.com", number=2)
    pair = AtOnce(SendItems(0, own), SendItems(0, other))
    scenario = (Create(0, "google_v3"), SendItems(0, own), pair, SendItems(0, body(number=3)))
    with Sandbox(fault=Fault.MISMATCH_REPLACES_ACCOUNT.value) as sandbox:
        handler = FailureHandler(session_for(sandbox))
        handler.run(scenario, "race")
        handler.session.close()
    assert 1 == len(handler.registry.failures)


def test_what_needs_two_requests_at_once_is_a_race() -> None:
    ran = ran_with(Fault.TWO_FIRST_ACCOUNTS_ACCEPTED, phases=("race",), max_time=6.0)
    assert any(map(is_race, ran.summary.failures.values())), ran.failures


def test_a_race_that_fails_in_one_order_of_the_two_requests_is_no_consequence_of_their_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fuzz.session.session.LEADS", (0.004, -0.004))
    create, another = Create(0, "google_v3"), Create(0, "outlook_v1.0")
    pair = AtOnce(MoveSync(0, Move.DISABLE, "google_v3", "a@example.com"), another)
    with Sandbox(fault=Fault.CREATION_LOST_TO_DISABLE.value) as sandbox:
        handler = FailureHandler(session_for(sandbox))
        for _ in range(4):
            handler.run((create, SendItems(0, body()), pair, SendItems(0, body(number=2))), "race")
        handler.session.close()
    assert (1, []) == (len(handler.registry.failures), handler.registry.sighted)


def test_a_comparison_that_is_too_lax_is_one_failure_whatever_account_shows_it() -> None:
    ran = ran_with(Fault.ACCOUNT_WITHOUT_DOMAIN, phases=("systematic",))
    found = [(each["situation"], each["observed"]) for each in ran.summary.failures.values()]
    assert [("mismatched", "200"), ("mismatched", "422 invalid")] == sorted(found)


def test_two_faults_are_two_failures_though_the_clause_is_the_same() -> None:
    ran = ran_with(Fault.CRASH_ON_FRACTION, Fault.CRASH_ON_SINGLE_ITEM, phases=("payloads",))
    assert {"no_server_error"} == {each["clause"] for each in ran.summary.failures.values()}
    payloads = [line for each in ran.summary.failures.values() for line in each["payload"]]
    assert 2 == len(ran.summary.failures), ran.failures
    assert {"external_item", "external_items[0]"} == {line.partition(" ")[0].partition(".")[0] for line in payloads}


@pytest.mark.parametrize(
    ("found", "plainer"),
    [
        (
            "9999-12-31T23:59:59.123456789+02:00",
            [
                "2030-01-01T10:00:00.1Z",
                "2030-01-01T10:00:00.123Z",
                "2030-01-01T10:00:00.123456Z",
                "2030-01-01T10:00:00.123456789Z",
                "2030-01-01T10:00:00+02:00",
                "2030-01-01T23:59:59Z",
                "9999-12-31T10:00:00Z",
            ],
        ),
        ("2030-01-01T10:00:00.5Z", []),
        ("tomorrow", []),
        (7, []),
    ],
)
def test_of_a_date_one_part_is_kept(found: object, plainer: list[str]) -> None:
    assert plainer == list(simpler_dates(found, "2030-01-01T10:00:00Z"))
