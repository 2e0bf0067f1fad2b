"""The systematic phases keep to their budget, and list what they would send."""

from __future__ import annotations

from fuzz.cases.conformance_words import SMALLEST, Extent
from fuzz.cases.shard import WHOLE, Shard
from fuzz.cases.systematic import Part
from fuzz.failures.handler import FailureHandler
from fuzz.oracle.actions import Move
from fuzz.phases import race, systematic
from fuzz.phases.capabilities import capabilities_of
from fuzz.selftest.in_process import InProcess
from fuzz.selftest.trial import REQUESTS_TO_FIND
from fuzz.target.capabilities import Capabilities
from swagger.load import load_contract

CONTRACT = load_contract()
PREFLIGHT = 16


def test_the_systematic_list_sends_no_more_requests_than_promised() -> None:
    session = InProcess.of(CONTRACT).session
    session.lifecycle.add_creatable(("mock_provider",))
    for seed in range(5):
        planned = sum(map(len, systematic.planned_scenarios(capabilities_of(session), seed=seed)))
        assert PREFLIGHT + planned <= REQUESTS_TO_FIND


def test_a_deeper_suite_and_more_rounds_have_more_scenarios() -> None:
    capabilities = Capabilities(CONTRACT, staff_count=2)
    flat, deep, again = (
        list(systematic.planned_scenarios(capabilities, seed=1, extent=extent))
        for extent in (Extent(), Extent(depth=1), Extent(recreations=True))
    )
    one, two = (list(race.planned_scenarios(capabilities, seed=1, rounds=rounds)) for rounds in (1, 2))

    assert len(flat) < len(again) < len(deep)
    assert 2 * len(one) == len(two)


def test_capabilities_are_those_that_the_session_knows_of_now() -> None:
    session = InProcess.of(CONTRACT).session
    before = capabilities_of(session)
    session.lifecycle.impossible["disable"] = "the target answers 404 to disable"
    session.lifecycle.custom = {"create": (), "connect": ()}

    assert Capabilities(CONTRACT, staff_count=len(session.staff)) == before
    assert before.only_documented
    after = capabilities_of(session)
    assert (Move.CONNECT, Move.DISCONNECT) == after.moves
    assert (Move.DISCONNECT,) == after.documented_moves
    assert not after.only_documented


def test_with_one_staff_member_nothing_is_planned_for_a_second_one() -> None:
    alone = Capabilities(CONTRACT, staff_count=1)
    scenarios = systematic.planned_scenarios(alone, seed=1)

    assert {0} == {action.staff for actions in scenarios for action in actions}


def coverage(requests: int, shard: Shard = WHOLE, *, extent: Extent = SMALLEST) -> systematic.Coverage:
    """What a shard covers of the payloads with the time for so many requests."""
    session = InProcess.of(CONTRACT).session
    handler = FailureHandler(session, time_left=lambda: float(requests - session.client.requests_sent))
    return systematic.run(handler, [Part.PAYLOADS], seed=1, extent=extent, shard=shard)


def test_a_run_that_is_cut_off_knows_how_far_it_came_and_how_long_the_list_is() -> None:
    listed = coverage(0).listed
    parts = [coverage(requests) for requests in (60, 120)]

    assert [(False, listed)] * 2 == [(part.complete, part.listed) for part in parts]
    assert 0 < parts[0].done <= 60 < parts[1].done <= 120 < listed
    shards = [coverage(60, Shard(index, 2)) for index in (0, 1)]
    assert (sum(shard.done for shard in shards), listed) == systematic.how_far(shards)
    assert (0, 0) == systematic.how_far([*shards, systematic.Coverage(False)])


def test_how_long_a_deeper_list_is_is_not_known_before_its_end() -> None:
    assert (0, 0) == systematic.how_far([coverage(30, extent=Extent(depth=1))])
