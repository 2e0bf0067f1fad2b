"""The fold of events into a summary, and what a summary comes to."""

from __future__ import annotations

from typing import Any

import pytest

from fuzz.events.gate import Conclusion, conclude, incomplete
from fuzz.events.summary import LATENCY_BOUNDS, NOT_STARTED, ClauseTally, RunVerdict, Summary, summarise
from fuzz.events.types import Event

STARTED: Event = {"event": "run_started", "command": "run", "clauses": [{"id": "missing"}, {"id": "success"}]}


def exchange(**changes: Any) -> Event:
    plain = {
        "event": "exchange",
        "phase": "random",
        "act": "send",
        "answer": {"seconds": 0.003},
        "lost": None,
        "attempts": 1,
        "lost_attempts": 0,
        "kind": "pass",
        "clause": "success",
        "detail": "",
        "situation": "matched",
        "was": ["bound (g, a)"],
        "belief": ["bound (g, a)"],
        "seen": "200",
        "silent": [],
        "due": [],
        "met": [],
        "not_due": [],
        "surplus": [],
    }
    return {**plain, **changes}


def tally(due: int = 0, seen: int = 0, not_due: int = 0, surplus: int = 0) -> ClauseTally:
    return ClauseTally(due, seen, not_due, surplus)


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        (tally(), RunVerdict.INCONCLUSIVE),
        (tally(not_due=5), RunVerdict.INCONCLUSIVE),
        (tally(due=1, seen=1), RunVerdict.PASS),
        (tally(due=2, seen=1), RunVerdict.FAIL),
        (tally(due=1, seen=1, not_due=1, surplus=1), RunVerdict.FAIL),
        (tally(not_due=1, surplus=1), RunVerdict.FAIL),
    ],
)
def test_a_clause_holds_if_it_was_due_and_always_came_and_never_else(counted: ClauseTally, verdict: RunVerdict) -> None:
    assert verdict is counted.verdict


def test_a_new_summary_is_empty() -> None:
    summary = summarise([])
    assert (0, 0, 0, None, None, NOT_STARTED, {}, []) == (
        summary.total,
        summary.retried,
        summary.lost,
        summary.phase,
        summary.finished,
        summary.started,
        summary.failures,
        summary.troubles,
    )
    assert [0] * (len(LATENCY_BOUNDS) + 1) == summary.latency


def test_tallies_are_built_from_the_contract_and_from_nothing_else() -> None:
    summary = summarise([STARTED, exchange(due=["success", "unknown"], met=["success"], not_due=["missing"])])
    assert {"missing": tally(not_due=1), "success": tally(due=1, seen=1)} == summary.clauses
    assert {("missing", "matched"): tally(not_due=1), ("success", "matched"): tally(due=1, seen=1)} == summary.cases
    again = exchange(due=["success"], met=["success"], situation="fresh", surplus=["missing"], not_due=["missing"])
    summary.fold(again)
    summary.fold(again)
    assert {"missing": tally(not_due=3, surplus=2), "success": tally(due=3, seen=3)} == summary.clauses
    assert tally(due=2, seen=2) == summary.cases["success", "fresh"]
    assert STARTED == summary.started


def test_every_attempt_counts_and_every_answer_has_its_latency() -> None:
    events = [
        exchange(attempts=3, lost_attempts=2),
        exchange(answer=None, seen=None, attempts=2, lost_attempts=2),
        exchange(answer={"seconds": 0.001}),
        exchange(answer={"seconds": 10.0}),
        exchange(answer={"seconds": 10.5}),
        exchange(phase="shrink", answer={"seconds": 0.0}, due=["success"]),
    ]
    summary = summarise([STARTED, *events])
    assert (9, 3, 4) == (summary.total, summary.retried, summary.lost)
    assert [2, 0, 1, *[0] * 9, 1, 1] == summary.latency
    assert 0 == summary.clauses["success"].due


@pytest.mark.parametrize(("command", "verdict"), [("run", RunVerdict.PASS), ("gate", RunVerdict.INCONCLUSIVE)])
def test_a_phase_that_was_cut_off_keeps_a_gate_from_passing(command: str, verdict: RunVerdict) -> None:
    ended = {"event": "phase_finished", "phase": "payloads", "requests": 9, "complete": False}
    whole = {"event": "phase_finished", "phase": "conformance", "requests": 9, "complete": True}
    idle = {"event": "phase_finished", "phase": "random", "requests": 0, "complete": False}
    begun = {**STARTED, "command": command, "clauses": STARTED["clauses"][:0]}
    summary = summarise([begun, ended, whole, idle])
    summary.clauses = {"success": tally(due=1, seen=1)}
    conclusion = conclude(summary, stopped=None, impossible=())
    assert ["payloads", "random"] == incomplete(summary)
    assert verdict == conclusion.verdict
    said = ("payloads did not finish", "random had no turn") if command == "gate" else ()
    assert said == conclusion.reasons


def test_requests_count_towards_the_phase_they_are_sent_in() -> None:
    begin, end = (
        {"event": "phase_started", "phase": "random"},
        {"event": "phase_finished", "phase": "random", "requests": 9},
    )
    summary = summarise([begin, exchange(attempts=2), exchange(phase="shrink")])
    assert {
        "random": {"phase": "random", "scenarios": 0, "requests": 3, "seconds": 0.0, "established": ""}
    } == summary.phases
    assert "random" == summary.phase
    summary.fold(begin)
    assert 3 == summary.phases["random"]["requests"]
    summary.fold(end)
    assert (None, {"random": end}) == (summary.phase, summary.phases)
    summary.fold(exchange())
    assert 9 == summary.phases["random"]["requests"]


def test_situations_are_of_sendings_alone_and_observations_and_edges_of_all() -> None:
    events = [
        exchange(silent=["empty list"]),
        exchange(silent=["empty list"], seen="422 refusal"),
        exchange(silent=["empty list"], kind="fail", seen="500"),
        exchange(silent=["empty list"], kind="fail", seen="500"),
        exchange(silent=["empty list"]),
        exchange(silent=["no email"], act="connect"),
        exchange(act="create", seen=None, answer=None, belief=["fresh (g)", "bound (g, a)"]),
        exchange(was=["bound (g, a)", "bound (g, b)"], belief=["none"]),
    ]
    summary = summarise(events)
    assert {"matched": {"200": 3, "422 refusal": 1, "500": 2}} == summary.situations
    assert {
        ("empty list", "matched"): {"200": 2, "422 refusal": 1},
        ("no email", "matched"): {"200": 1},
    } == summary.observations
    assert {
        ("bound", "send", "200", "bound"): [2, 0],
        ("bound", "send", "422 refusal", "bound"): [1, 0],
        ("bound", "send", "500", "bound"): [2, 2],
        ("bound", "connect", "200", "bound"): [1, 0],
        ("bound", "create", "lost", "uncertain"): [1, 0],
        ("bound", "send", "200", "none"): [1, 0],
    } == summary.edges


def failure(fingerprint: str = "f", *, accepted: bool = False, clause: str = "missing", **more: Any) -> Event:
    return {"event": "failure", "fingerprint": fingerprint, "accepted": accepted, "clause": clause, **more}


def test_a_failure_is_known_by_its_last_event_and_a_renamed_one_by_its_new_name() -> None:
    summary = summarise([failure(rate=1), failure(rate=2), failure("g")])
    assert {"f": failure(rate=2), "g": failure("g")} == summary.failures
    summary.fold({"event": "failure_renamed", "old": "f", "new": "g"})
    summary.fold({"event": "failure_renamed", "old": "unheard of", "new": "g"})
    assert {"g": failure("g")} == summary.failures


def test_a_failure_found_again_keeps_all_but_its_count_and_its_situations() -> None:
    counted = {"event": "failure_counted", "fingerprint": "f", "count": 7, "situations": {"missing in none": 7}}
    summary = summarise([failure(count=1), counted, counted | {"fingerprint": "unheard of"}])
    assert {"f": failure(count=7, situations={"missing in none": 7})} == summary.failures


def test_a_failure_that_is_withdrawn_is_none_and_a_doubt_keeps_the_run_from_passing() -> None:
    summary = summarise([*GREEN, failure(), {"event": "failure_withdrawn", "fingerprint": "f", "why": "gone"}])
    assert {} == summary.failures
    assert RunVerdict.PASS is conclude(summary, stopped=None, impossible=()).verdict
    summary.fold({"event": "trouble", "what": "once, and never again", "doubt": True})
    found = conclude(summary, stopped=None, impossible=())
    assert (RunVerdict.INCONCLUSIVE, ("once, and never again",)) == (found.verdict, found.reasons)


def test_a_state_that_was_never_reached_is_named_with_what_to_write() -> None:
    started = {**STARTED, "clauses": [{"id": name} for name in ("missing", "success")]}
    summary = summarise([started, exchange(due=["success"], met=["success"])])
    [never, why] = conclude(summary, stopped=None, impossible=()).reasons
    assert "never due: missing" == never
    assert "write steps that reach it as lifecycle: {none: …}" in why
    assert [never, "no way"] == list(conclude(summary, stopped=None, impossible=("no way",)).reasons)


def test_troubles_are_told_once_the_end_is_kept_and_the_unknown_passed_over() -> None:
    end = {"event": "run_finished", "verdict": "pass"}
    summary = summarise(
        [{"event": "trouble", "what": what} for what in ("b", "a", "b")] + [{"event": "of later days"}, end]
    )
    assert (["b", "a"], end) == (summary.troubles, summary.finished)


GREEN = [STARTED, exchange(due=["success", "missing"], met=["success", "missing"])]


@pytest.mark.parametrize(
    ("events", "stopped", "impossible", "verdict", "code", "reasons"),
    [
        (GREEN, None, (), RunVerdict.PASS, 0, ()),
        (GREEN, None, ("no way to none",), RunVerdict.PASS, 0, ()),
        (GREEN, "unreachable", ("no way to none",), RunVerdict.INCONCLUSIVE, 3, ("unreachable",)),
        ([STARTED], None, (), RunVerdict.INCONCLUSIVE, 3, ("never due: missing, success",)),
        (
            [STARTED, exchange(due=["success"], met=["success"])],
            "401 since request 3",
            ("no way to none",),
            RunVerdict.INCONCLUSIVE,
            3,
            ("401 since request 3", "never due: missing", "no way to none"),
        ),
        ([*GREEN, failure()], "unreachable", (), RunVerdict.FAIL, 1, ("missing is broken", "unreachable")),
        (
            [STARTED, failure(), failure("g", clause="success")],
            None,
            (),
            RunVerdict.FAIL,
            1,
            ("missing is broken", "success is broken"),
        ),
        ([*GREEN, failure(), failure("g")], None, (), RunVerdict.FAIL, 1, ("missing is broken",)),
        ([*GREEN, failure(accepted=True)], None, (), RunVerdict.PASS, 0, ()),
        ([STARTED, failure(accepted=True)], None, (), RunVerdict.INCONCLUSIVE, 3, ("never due: missing, success",)),
        (
            [*GREEN, failure(accepted=True), failure("g", clause="success")],
            None,
            (),
            RunVerdict.FAIL,
            1,
            ("success is broken",),
        ),
    ],
)
def test_a_run_is_green_only_if_every_clause_was_due_and_none_is_broken(
    events: list[Event],
    stopped: str | None,
    impossible: tuple[str, ...],
    verdict: RunVerdict,
    code: int,
    reasons: tuple[str, ...],
) -> None:
    conclusion = conclude(summarise(events), stopped=stopped, impossible=impossible)
    assert Conclusion(verdict, reasons) == conclusion
    assert code == conclusion.exit_code


def test_without_a_clause_there_is_nothing_to_conclude() -> None:
    assert RunVerdict.PASS is conclude(summarise(GREEN), stopped=None, impossible=()).verdict
    nothing = Conclusion(RunVerdict.INCONCLUSIVE, ("nothing was tested",))
    assert nothing == conclude(Summary(), stopped=None, impossible=())
    unreachable = Conclusion(RunVerdict.INCONCLUSIVE, ("unreachable",))
    assert unreachable == conclude(Summary(), stopped="unreachable", impossible=())


@pytest.mark.parametrize(
    ("strict", "verdict", "reasons"),
    [
        (
            True,
            RunVerdict.FAIL,
            (
                "not as pinned: 200, now 400: empty list, in matched",
                "not as pinned: 400, now 200: admin token, in none",
            ),
        ),
        (False, RunVerdict.PASS, ()),
    ],
)
def test_a_pinned_observation_that_changed_fails_a_strict_run_alone(
    strict: bool, verdict: RunVerdict, reasons: tuple[str, ...]
) -> None:
    changed = [
        {"event": "observation_changed", "feature": feature, "situation": situation, "pinned": [was], "seen": [now]}
        for feature, situation, was, now in (
            ("empty list", "matched", "200", "400"),
            ("admin token", "none", "400", "200"),
        )
    ]
    summary = summarise([*GREEN, *changed])
    assert changed == summary.changed
    assert Conclusion(verdict, reasons) == conclude(summary, stopped=None, impossible=(), strict=strict)
    assert RunVerdict.PASS is conclude(summary, stopped=None, impossible=()).verdict
    assert RunVerdict.PASS is conclude(summarise(GREEN), stopped=None, impossible=(), strict=True).verdict
