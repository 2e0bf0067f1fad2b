"""The HAR file holds the failures' exchanges and a sample of the others, and says so."""

from __future__ import annotations

import io
import json
from typing import Any

from fuzz.report.formats.har import write_har
from fuzz.report.formats.har_selection import MAX_BYTES, MAX_ENTRIES
from tests.report.runs import FAILURE, Run, broken_run, trace_step

AGAIN = [{**step, "request": {**step["request"], "id": f"again-{step['step']}"}} for step in FAILURE["trace"]]
"""The steps of a failure, under ids of their own."""


def har_of(run: Run) -> tuple[dict[str, Any], int]:
    """The log, and the size of the file."""
    file = io.StringIO()
    write_har(file, lambda: run.events)
    log: dict[str, Any] = json.loads(file.getvalue())["log"]
    return log, len(file.getvalue())


def comments(log: dict[str, Any]) -> list[str]:
    return [entry["comment"] for entry in log["entries"]]


def test_a_short_run_is_there_as_a_whole_with_the_steps_of_its_failures() -> None:
    run = Run().started().create().send("fresh", "200").failure(trace=AGAIN).send("matched", "200")
    log, _ = har_of(run)

    assert "every exchange in the run's journal" == log["comment"]
    assert [
        "calfuzz-7c1f-1: pass, success in none",
        "calfuzz-7c1f-2: pass, success in fresh",
        *(f"again-{number}: step {number} of already_exists-mismatched-200-3f9c" for number in (1, 2, 3)),
        "calfuzz-7c1f-4: pass, success in matched",
    ] == comments(log)


def test_no_exchange_is_there_twice() -> None:
    ids = [entry.partition(":")[0] for entry in comments(har_of(broken_run())[0])]

    assert len(ids) == len(set(ids))


def test_only_the_last_word_on_a_failure_is_there() -> None:
    def found(name: str, status: str) -> dict[str, Any]:
        step = trace_step(1, "create", "provider google_v3", "fresh")
        step["request"] = {**step["request"], "id": f"{name}-{status}"}
        return {"fingerprint": name, "status": status, "trace": [step]}

    run = Run().started().failure(**found("one", "found")).failure(**found("one", "confirmed"))
    run.failure(**found("two", "found")).renamed("two", "one")
    run.failure(**found("three", "found")).withdrawn("three", "never came back")

    assert ["one-confirmed: step 1 of one"] == comments(har_of(run)[0])


def test_of_a_long_run_failures_stay_and_the_others_are_a_sample_over_all_of_it() -> None:
    run = Run().started()
    for _ in range(1_500):
        run.create().send("fresh", "200")
    for _ in range(30):
        run.send("none", "200", kind="fail")
    run.failure(trace=AGAIN)
    for _ in range(1_500):
        run.send("matched", "200")
    log, _ = har_of(run)
    passed = [entry for entry in comments(log) if ": pass" in entry]

    assert "one of every 3 of 4,500 other exchanges in the run's journal" == log["comment"]
    assert 30 == sum(": fail" in entry for entry in comments(log))
    assert 3 == sum(": step" in entry for entry in comments(log))
    assert 1_500 == len(passed)
    assert (500, 500) == (sum("in none" in each for each in passed), sum("in matched" in each for each in passed))


def test_no_run_makes_a_file_that_is_much_larger_than_it_may_be() -> None:
    run = Run().started()
    for _ in range(800):
        run.send("none", "200", kind="fail", body="x" * 20_000).send("matched", "200", body="x" * 20_000)
    log, size = har_of(run)

    assert len(log["entries"]) <= MAX_ENTRIES
    assert MAX_BYTES / 3 < size < MAX_BYTES * 1.1
    assert log["comment"].startswith("one of every 2 of 800 exchanges that failed, one of every 2 of 800 other")


def test_what_the_journal_only_counted_is_said() -> None:
    run = Run().started().create()
    run.events.append({"event": "totals", "unwritten": 12_345})  # type: ignore[typeddict-item]

    assert "every exchange in the run's journal; the run has only counted 12,345 more" == har_of(run)[0]["comment"]
