"""Several workers in threads come to the verdict of one, each with staff members of its own, under one rate limit."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuzz.cases.shard import Shard
from fuzz.errors import UsageError
from fuzz.events.summary import RunVerdict
from fuzz.run.run import Run
from fuzz.sandbox.launcher import Sandbox
from fuzz.session.journal import Journal
from fuzz.target.http.rate_limit import Limit
from fuzz.target.secrets import Secrets
from tests.run.runs import CONTRACT, OPTIONS, profile_for, run_against
from tests.target.http.noise import NoisyProxy

PHASES = ("preflight", "systematic")


def exchanges(path: Path) -> list[dict[str, Any]]:
    """The exchanges of a journal."""
    events = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [event for event in events if event["event"] == "exchange"]


def test_four_workers_come_to_the_verdict_of_one_and_perform_the_same_scenarios(tmp_path: Path) -> None:
    with Sandbox(staff=8) as sandbox:
        profile = profile_for(sandbox, request_timeout=10.0)
        four = run_against(profile, path=tmp_path / "four", workers=4, phases=PHASES)
        # One worker alone has all the staff members of the profile; each of the four has two.
        one = run_against(profile.model_copy(update={"staff": profile.staff[:2]}), phases=PHASES)
    assert RunVerdict.PASS == one.conclusion.verdict == four.conclusion.verdict
    ended = [ran.summary.phases["systematic"] for ran in (one, four)]
    assert ended[0]["scenarios"] == ended[1]["scenarios"]
    assert ended[0]["established"] == ended[1]["established"] != ""
    numbers = [exchange["n"] for exchange in exchanges(tmp_path / "four")]
    assert sorted(set(numbers)) == sorted(numbers)


def test_each_worker_touches_its_own_staff_members_alone(tmp_path: Path) -> None:
    with Sandbox(staff=8) as sandbox:
        run_against(profile_for(sandbox, request_timeout=10.0), path=tmp_path / "events", workers=4)
    tokens = defaultdict(set)
    for exchange in exchanges(tmp_path / "events"):
        if exchange["act"] == "send":
            tokens[exchange["scenario"], exchange["step"]].add(exchange["request"]["headers"]["Authorization"])
    assert 8 == len({token for used in tokens.values() for token in used})


def test_a_fault_is_found_by_several_workers_once() -> None:
    with Sandbox(staff=8, fault="mismatch-of-both-accepted") as sandbox:
        found = run_against(profile_for(sandbox, request_timeout=10.0), workers=4, phases=PHASES)
    assert RunVerdict.FAIL == found.conclusion.verdict
    assert {"already_exists"} == {failure["clause"] for failure in found.summary.failures.values()}
    assert {"3/3"} == {failure["reproduced"] for failure in found.summary.failures.values()}


def test_too_few_staff_members_for_the_workers_are_a_usage_error_before_the_first_request() -> None:
    with Sandbox(staff=5) as sandbox, pytest.raises(UsageError) as raised:
        run_against(profile_for(sandbox), workers=3)
    assert "3 workers need 6 staff members, and the target profile names 5" == raised.value.what
    assert raised.value.next.endswith("--workers 2")


def test_workers_share_one_rate_limit() -> None:
    arrived: list[float] = []

    def note(_request: bytes) -> None:
        arrived.append(time.monotonic())

    with Sandbox(staff=8) as sandbox, NoisyProxy(sandbox.address, choose=note) as proxy:
        profile = profile_for(sandbox, proxy.address, request_timeout=10.0)
        secrets = Secrets()
        options = replace(OPTIONS, workers=4, max_time=4.0)
        Run(options, CONTRACT, profile, secrets, Journal(None, secrets), Limit(20)).go()
    assert max(sum(1 for moment in arrived if 0 <= moment - start < 1) for start in arrived) <= 26


def test_every_scenario_belongs_to_one_shard() -> None:
    scenarios = range(11)
    parts = [list(Shard(index, 3).of(scenarios)) for index in range(3)]
    assert sorted(scenarios) == sorted(scenario for part in parts for scenario in part)
