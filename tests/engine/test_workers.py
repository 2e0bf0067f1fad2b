"""Several workers in threads come to the verdict of one, each with staff members of its own, under one rate limit."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuzz.engine.conformance import Coverage
from fuzz.engine.journal import Journal
from fuzz.engine.limits import Limit
from fuzz.engine.merge import Merge
from fuzz.engine.run import Run
from fuzz.engine.secrets import Secrets
from fuzz.engine.shard import Shard
from fuzz.errors import UsageError
from fuzz.model.events import RunVerdict
from fuzz.sandbox.server import Sandbox
from tests.engine.noise import NoisyProxy
from tests.engine.runs import CONTRACT, OPTIONS, profile_for, run_against

PHASES = ("preflight", "conformance", "payloads")


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
    for phase in ("conformance", "payloads"):
        assert one.summary.phases[phase]["scenarios"] == four.summary.phases[phase]["scenarios"]
        assert one.summary.phases[phase]["established"] == four.summary.phases[phase]["established"]
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


def test_too_few_staff_members_for_the_workers_are_said_before_the_first_request() -> None:
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
    assert max(sum(1 for each in arrived if 0 <= each - start < 1) for start in arrived) <= 26


def test_shards_part_the_scenarios() -> None:
    scenarios = range(11)
    parts = [list(Shard(index, 3).of(scenarios)) for index in range(3)]
    assert sorted(scenarios) == sorted(each for part in parts for each in part)


# What shards on other machines post.


def merge_in(folder: Path, count: int = 2) -> Merge:
    """A merge of the conformance and payloads phases of so many shards."""
    journal = Journal(None, Secrets())
    merge = Merge(journal, ("conformance", "payloads"), folder, lambda covered: f"{len(covered)} covered")
    merge.begin(count)
    return merge


def posted(merge: Merge, shard: int, attempt: str, *phases: str, place: int = 1, requests: int = 1) -> None:
    """A shard's post: it has gone through these phases, with so many requests in each."""
    events: list[dict[str, Any]] = []
    for phase in phases:
        trouble = {"event": "trouble", "what": f"{shard}{attempt} in {phase}"}
        counts = {"scenarios": 1, "requests": requests, "seconds": 1.0, "established": ""}
        covered = {"covered": [(True, 0, 0)]} if phase == "conformance" else {}
        started = {"event": "phase_started", "phase": phase}
        events += [started, trouble, {"event": "phase_finished", "phase": phase, **counts, **covered}]
    merge.take({"shard": shard, "attempt": attempt, "place": place, "events": events})


def begun(merge: Merge, shard: int, attempt: str) -> None:
    merge.take({"shard": shard, "attempt": attempt, "place": 0, "events": []})


def test_a_phase_is_taken_over_when_every_shard_has_done_it(tmp_path: Path) -> None:
    merge = merge_in(tmp_path)
    for shard in (0, 1):
        begun(merge, shard, "a")
    posted(merge, 0, "a", "conformance", "payloads")
    merge.commit()
    assert {} == merge.journal.summary.phases
    posted(merge, 1, "a", "conformance")
    merge.commit()
    assert ["conformance"] == list(merge.journal.summary.phases)
    assert 2 == merge.journal.summary.phases["conformance"]["requests"]
    assert "2 covered" == merge.journal.summary.phases["conformance"]["established"]


def test_what_a_lost_attempt_has_posted_counts_for_nothing(tmp_path: Path) -> None:
    merge = merge_in(tmp_path, 1)
    begun(merge, 0, "a")
    posted(merge, 0, "a", "conformance", requests=5)
    begun(merge, 0, "b")
    posted(merge, 0, "a", "payloads", place=2)
    posted(merge, 0, "b", "conformance", "payloads", requests=7)
    merge.commit()
    assert ["0b in conformance", "0b in payloads"] == merge.journal.summary.troubles
    assert 7 == merge.journal.summary.phases["conformance"]["requests"]


def test_a_phase_that_was_taken_over_stays_when_its_shard_is_run_again(tmp_path: Path) -> None:
    merge = merge_in(tmp_path, 1)
    begun(merge, 0, "a")
    posted(merge, 0, "a", "conformance")
    merge.commit()
    begun(merge, 0, "b")
    posted(merge, 0, "b", "conformance", "payloads")
    merge.commit()
    assert ["0a in conformance", "0b in payloads"] == merge.journal.summary.troubles


def test_a_shard_that_ended_early_keeps_nobody_waiting(tmp_path: Path) -> None:
    merge = merge_in(tmp_path)
    for shard in (0, 1):
        begun(merge, shard, "a")
    posted(merge, 0, "a", "conformance", "payloads")
    merge.finish(1)
    merge.commit()
    assert ["conformance", "payloads"] == list(merge.journal.summary.phases)
    assert "" == merge.journal.summary.phases["conformance"]["established"]


def test_of_two_shards_that_confirm_one_failure_the_shorter_scenario_stays(tmp_path: Path) -> None:
    merge = merge_in(tmp_path, 1)
    begun(merge, 0, "a")
    found = {"event": "failure", "fingerprint": "f", "accepted": None, "bundle": str(tmp_path / "f"), "count": 1}
    events = [
        {"event": "phase_started", "phase": "conformance"},
        {**found, "status": "confirmed", "steps": 3, "files": {"failure.json": "three"}},
        {**found, "status": "found", "steps": 9, "files": {"failure.json": "nine"}},
        {"event": "failure_renamed", "old": "f", "new": "g"},
        {**found, "status": "confirmed", "steps": 4, "files": {"failure.json": "four"}},
    ]
    merge.take({"shard": 0, "attempt": "a", "place": 1, "events": events})
    merge.commit(all_of_it=True)
    assert [3] == [failure["steps"] for failure in merge.journal.summary.failures.values()]
    assert "three" == (tmp_path / "f/failure.json").read_text(encoding="utf-8")
    assert "files" not in merge.journal.summary.failures["f"]


def test_coverage_travels_as_a_list() -> None:
    assert Coverage(complete=True, failed=1, lost=2) == Coverage(*(True, 1, 2))
