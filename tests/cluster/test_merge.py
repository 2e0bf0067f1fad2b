"""What the shards of a run post becomes the events of one run, and nothing is counted twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fuzz.cluster.merge import Merge
from fuzz.phases.systematic import Coverage
from fuzz.session.journal import Journal
from fuzz.target.secrets import Secrets


def merge_in(folder: Path, count: int = 2) -> Merge:
    """A merge of the phases conformance and payloads, of `count` shards."""
    journal = Journal(None, Secrets())
    merge = Merge(journal, ("conformance", "payloads"), folder, lambda covered: f"{len(covered)} covered")
    merge.begin(count)
    return merge


def post_phases(merge: Merge, shard: int, attempt: str, *phases: str, place: int = 1, requests: int = 1) -> None:
    """One post of a shard that has gone through these phases, with `requests` requests in each."""
    events: list[dict[str, Any]] = []
    for phase in phases:
        trouble = {"event": "trouble", "what": f"{shard}{attempt} in {phase}"}
        counts = {"scenarios": 1, "requests": requests, "seconds": 1.0, "established": ""}
        covered = {"covered": [(True, 0, 0)], "done": 3, "listed": 4 + shard} if phase == "conformance" else {}
        started = {"event": "phase_started", "phase": phase}
        events += [started, trouble, {"event": "phase_finished", "phase": phase, **counts, **covered}]
    merge.receive({"shard": shard, "attempt": attempt, "place": place, "events": events})


def begin_attempt(merge: Merge, shard: int, attempt: str) -> None:
    """The first post of an attempt."""
    merge.receive({"shard": shard, "attempt": attempt, "place": 0, "events": []})


def test_a_phase_is_committed_when_every_shard_has_done_it(tmp_path: Path) -> None:
    merge = merge_in(tmp_path)
    for shard in (0, 1):
        begin_attempt(merge, shard, "a")
    post_phases(merge, 0, "a", "conformance", "payloads")
    merge.commit()
    assert {} == merge.journal.summary.phases
    post_phases(merge, 1, "a", "conformance")
    merge.commit()
    assert ["conformance"] == list(merge.journal.summary.phases)
    assert 2 == merge.journal.summary.phases["conformance"]["requests"]
    assert "2 covered" == merge.journal.summary.phases["conformance"]["established"]
    assert (6, 9) == tuple(merge.journal.summary.phases["conformance"][name] for name in ("done", "listed"))


def test_what_a_lost_attempt_has_posted_is_discarded(tmp_path: Path) -> None:
    merge = merge_in(tmp_path, 1)
    begin_attempt(merge, 0, "a")
    post_phases(merge, 0, "a", "conformance", requests=5)
    begin_attempt(merge, 0, "b")
    post_phases(merge, 0, "a", "payloads", place=2)
    post_phases(merge, 0, "b", "conformance", "payloads", requests=7)
    merge.commit()
    assert ["0b in conformance", "0b in payloads"] == merge.journal.summary.troubles
    assert 7 == merge.journal.summary.phases["conformance"]["requests"]


def test_a_committed_phase_stays_when_a_shard_is_run_again(tmp_path: Path) -> None:
    merge = merge_in(tmp_path, 1)
    begin_attempt(merge, 0, "a")
    post_phases(merge, 0, "a", "conformance")
    merge.commit()
    begin_attempt(merge, 0, "b")
    post_phases(merge, 0, "b", "conformance", "payloads")
    merge.commit()
    assert ["0a in conformance", "0b in payloads"] == merge.journal.summary.troubles


def test_a_phase_is_committed_without_a_shard_that_ended_before_it(tmp_path: Path) -> None:
    merge = merge_in(tmp_path)
    for shard in (0, 1):
        begin_attempt(merge, shard, "a")
    post_phases(merge, 0, "a", "conformance", "payloads")
    merge.end_shard(1)
    merge.commit()
    assert ["conformance", "payloads"] == list(merge.journal.summary.phases)
    assert "" == merge.journal.summary.phases["conformance"]["established"]


def test_of_two_shards_that_confirm_one_failure_the_shorter_scenario_is_kept(tmp_path: Path) -> None:
    merge = merge_in(tmp_path, 1)
    begin_attempt(merge, 0, "a")
    found = {"event": "failure", "fingerprint": "f", "accepted": None, "bundle": str(tmp_path / "f"), "count": 1}
    events = [
        {"event": "phase_started", "phase": "conformance"},
        {**found, "status": "confirmed", "steps": 3, "files": {"failure.json": "three"}},
        {**found, "status": "found", "steps": 9, "files": {"failure.json": "nine"}},
        {"event": "failure_renamed", "old": "f", "new": "g"},
        {**found, "status": "confirmed", "steps": 4, "files": {"failure.json": "four"}},
    ]
    merge.receive({"shard": 0, "attempt": "a", "place": 1, "events": events})
    merge.commit(incomplete_too=True)
    assert [3] == [failure["steps"] for failure in merge.journal.summary.failures.values()]
    assert "three" == (tmp_path / "f/failure.json").read_text(encoding="utf-8")
    assert "files" not in merge.journal.summary.failures["f"]


def test_coverage_can_be_read_from_a_list() -> None:
    assert Coverage(complete=True, failed=1, lost=2) == Coverage(*(True, 1, 2))
