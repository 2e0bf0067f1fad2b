"""A week of nights by the command line: what each says of the nights before, in all of its reports."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main

STAYS, GOES, COMES = "account-first-20", "crash-when-disabled", "provider-trimmed"
SHORT = ("--phases", "preflight,regressions", "--max-time", "20s")
LONGER = ("--phases", "preflight,regressions,conformance", "--max-time", "20s")
HISTORY = Path(".calfuzz/history.ndjson")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_SHA", "0f1e2d3c")


def calfuzz(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def night(*faults: str, options: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The output of a run and its report. The nights before it move a day back."""
    if HISTORY.exists():
        lines = map(json.loads, HISTORY.read_text(encoding="utf-8").splitlines())
        HISTORY.write_text("".join(json.dumps(_a_day_earlier(line)) + "\n" for line in lines), encoding="utf-8")
    sandbox = [word for fault in faults for word in ("--fault", fault)]
    result = calfuzz("run", "--seed", "3", "--no-progress", *sandbox, *options)
    report = json.loads(Path(".calfuzz/reports/latest/report.json").read_text(encoding="utf-8"))
    return result.output, report


def _a_day_earlier(line: dict[str, Any]) -> dict[str, Any]:
    day = date.fromisoformat(line["at"][:10]) - timedelta(days=1)
    return {**line, "at": f"{day}{line['at'][10:]}"}


def test_each_night_says_what_is_new_what_stays_and_what_is_fixed() -> None:
    _, first = night(STAYS, GOES, options=LONGER)
    assert first["headline"].startswith("2 new (the first run on this target); ")
    [stays, goes] = sorted(first["history"]["new"])

    said, second = night(STAYS, COMES, options=LONGER)
    assert second["headline"].startswith("1 new, 1 fixed, 1 still failing (oldest: 2 nights); ")
    assert ([goes], [stays]) == (second["history"]["fixed"], second["history"]["failing"])
    [comes] = second["history"]["new"]
    assert [comes, stays] == [failure["fingerprint"] for failure in second["failures"]]
    assert f"fixed: no_server_error in uncertain: 500\n        ({goes})" in said

    _, third = night(options=SHORT)
    assert third["headline"].startswith("2 fixed; not tried: the systematic list, ")
    assert {comes, stays} == set(third["history"]["fixed"])

    _, fourth = night(options=SHORT)
    assert fourth["headline"].startswith("nothing failed; not tried: ")
    lines = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]
    assert [2, 2, 0, 0] == [len(line["failures"]) for line in lines]
    assert {"0f1e2d3c"} == {line["commit"] for line in lines}
    assert [3, 3] == [len(line["passed"]) for line in lines[2:]]


def test_a_night_without_a_turn_for_a_failure_neither_calls_it_fixed_nor_failing() -> None:
    night(GOES, options=(*LONGER, "--max-failures", "1"))
    said, report = night(options=("--phases", "preflight"))
    assert report["headline"].startswith("nothing failed; not tried: 1 known failure, the systematic list, ")
    assert "not tried to its end: no_server_error in uncertain: 500" in said
    again = Path(".calfuzz/reports/latest/report.json").read_bytes()
    assert 0 == calfuzz("report", ".calfuzz/reports/latest").exit_code
    assert again == Path(".calfuzz/reports/latest/report.json").read_bytes()


def test_a_run_that_is_cut_off_says_how_far_it_went() -> None:
    _, report = night(options=("--phases", "preflight,systematic", "--max-time", "1s", "--rate-limit", "60/s"))
    [phase] = [phase for phase in report["phases"] if phase["name"] == "systematic"]
    share = 100 * phase["done"] // phase["listed"]
    assert 0 < share < 10
    assert f"{share} % of the systematic list; not tried: random scenarios, races" in report["headline"]


def test_a_history_that_cannot_be_written_is_told_and_loses_no_result() -> None:
    HISTORY.mkdir(parents=True)
    result = calfuzz("run", "--fault", GOES, "--seed", "3", "--no-progress", *LONGER, "--max-failures", "1")
    assert 1 == result.exit_code, result.output
    assert result.output.splitlines()[1].startswith("FAIL  1 failure in 1 clause; ")
    assert "trouble: the next run will not know of this one" in result.output


def test_what_was_fixed_long_ago_rests_in_a_run_and_not_in_a_gate() -> None:
    night(GOES, options=(*LONGER, "--max-failures", "1"))
    [bundle] = Path(".calfuzz/failures").iterdir()
    status = {"state": "fixed", "on": str(datetime.now(UTC).date() - timedelta(days=3)), "passes": 4}
    (bundle / "status.json").write_text(json.dumps({"version": 1, "targets": {"sandbox": status}}), encoding="utf-8")
    planned = {command: calfuzz(command, "--dry-run").output for command in ("run", "gate")}
    told = {command: ", but for 1 fixed long ago" in " ".join(output.split()) for command, output in planned.items()}
    assert {"run": True, "gate": False} == told

    _, report = night(options=SHORT)
    [phase] = [phase for phase in report["phases"] if phase["name"] == "regressions"]
    assert (0, "1 fixed long ago had no turn: each gets one within 16 nights") == (
        phase["requests"],
        phase["established"],
    )
    assert 3 == calfuzz("gate", "--no-progress", "--phases", "preflight,regressions").exit_code
    [*_, line] = HISTORY.read_text(encoding="utf-8").splitlines()
    assert ("gate", [bundle.name]) == (json.loads(line)["command"], json.loads(line)["passed"])
