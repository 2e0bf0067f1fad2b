"""`--wait-for-target`: a target that comes up in time is tested, one that does not is named."""

from __future__ import annotations

import threading
from dataclasses import replace

from fuzz.events.summary import RunVerdict
from fuzz.sandbox.launcher import Sandbox
from tests.cluster.processes import free_port
from tests.run.runs import OPTIONS, profile_for, run_against
from tests.target.http.noise import answer
from tests.target.http.servers import saying, server

PREFLIGHT = replace(OPTIONS, phases=("preflight",))


def test_a_target_that_never_answers_is_waited_for_and_then_named() -> None:
    with Sandbox() as sandbox:
        profile = profile_for(sandbox, f"http://127.0.0.1:{free_port()}")
    ran = run_against(profile, PREFLIGHT, wait_for_target=1.5)

    assert (RunVerdict.INCONCLUSIVE, 0) == (ran.conclusion.verdict, ran.summary.total)
    assert (
        "gave no good answer within 1.5 s (--wait-for-target); the last one: ConnectError" in ran.conclusion.reasons[0]
    )


def test_a_gateway_that_excuses_itself_is_waited_for() -> None:
    busy = answer(503, b"deploying")
    with Sandbox() as sandbox, server(saying(busy, busy, answer(200, b"up"))) as address:
        ran = run_against(profile_for(sandbox, address), PREFLIGHT, wait_for_target=10.0)

    assert "no good answer within" not in ran.conclusion.reasons[0]
    assert 0 < ran.summary.total


def test_a_target_that_comes_up_in_time_is_tested() -> None:
    late = Sandbox(port=free_port())
    timer = threading.Timer(2.0, late.start)
    timer.start()
    try:
        profile = profile_for(late, request_timeout=10.0)
        ran = run_against(profile, PREFLIGHT, max_time=60.0, wait_for_target=30.0)
    finally:
        timer.join()
        late.stop()

    assert not any("no good answer within" in reason for reason in ran.conclusion.reasons)
    assert 5 < ran.summary.total
