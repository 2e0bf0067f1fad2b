"""What the commands do around a run: baseline, pins, dry runs, kept failures, exit codes, the gate's determinism."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.sandbox.launcher import Sandbox, profile_yaml

FAULT = "mismatch-of-both-accepted"
SHORT = ["--seed", "3", "--phases", "preflight,conformance", "--no-progress"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def calfuzz(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def report(directory: str = ".calfuzz/reports/latest") -> dict[str, Any]:
    return json.loads(Path(directory, "report.json").read_text(encoding="utf-8"))


def test_a_broken_contract_is_exit_code_1_and_its_failures_are_kept_and_replayed_until_fixed() -> None:
    result = calfuzz("run", "--fault", FAULT, *SHORT)

    assert 1 == result.exit_code
    assert "fail" == report()["verdict"]
    bundles = [failure["bundle"] for failure in report()["failures"]]
    assert bundles
    assert all(failure["reproduced"] == "3/3" for failure in report()["failures"])
    assert 1 == calfuzz("replay", *bundles).exit_code
    with Sandbox() as honest:
        Path("target.yaml").write_text(profile_yaml(honest), encoding="utf-8")
        fixed = CliRunner(env=honest.env).invoke(main, ["replay", *bundles, "--target", "target.yaml"])
    assert 0 == fixed.exit_code
    assert fixed.output.count("FIXED  ") == len(bundles)


def test_reports_made_again_from_a_bounded_journal_are_the_same() -> None:
    calfuzz("run", "--fault", FAULT, *SHORT, "--journal-size", "50kB", "--report", "json,junit,html,sarif")
    folder = Path(".calfuzz/reports/latest")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "events.ndjson"}
    assert {"report.json", "junit.xml", "report.html", "report.sarif"} == before.keys()
    assert b'"event":"totals"' in (folder / "events.ndjson").read_bytes()

    assert 0 == calfuzz("report", str(folder), "--report", "json,junit,html,sarif").exit_code
    assert before == {name: (folder / name).read_bytes() for name in before}


def test_a_journal_size_that_is_none_is_refused_before_the_run() -> None:
    result = calfuzz("run", *SHORT, "--journal-size", "much")

    assert 2 == result.exit_code
    assert "error: --journal-size: 'much' is not a size\n  next: write it as 64MB or 1GB" in result.output


def test_a_clause_that_was_never_due_is_inconclusive_and_the_report_names_it() -> None:
    result = calfuzz("run", "--seed", "3", "--phases", "preflight", "--no-progress")

    assert 3 == result.exit_code
    assert any("never due" in reason and "missing" in reason for reason in report()["reasons"])


def test_an_accepted_failure_does_not_fail_a_run_until_it_expires() -> None:
    arguments = ["run", "--fault", FAULT, *SHORT[:2], "--phases", "preflight,systematic", "--no-progress"]
    assert 1 == calfuzz(*arguments, "--baseline", "accepted.yaml", "--baseline-update").exit_code
    written = Path("accepted.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(written)["accepted"]

    accepted = calfuzz(*arguments, "--baseline", "accepted.yaml")

    assert 0 == accepted.exit_code, accepted.output
    assert written == Path("accepted.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(written)
    for entry in data["accepted"]:
        entry["expires"] = date.today() - timedelta(days=1)
    Path("accepted.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    expired = calfuzz(*arguments, "--baseline", "accepted.yaml")
    assert 1 == expired.exit_code
    day = date.today() - timedelta(days=1)
    said = " ".join(expired.output.split())
    assert f"no longer accepted: accepted until {day} (accepted with --baseline-update; say why)" in said
    assert {str(day)} == {failure["expired"]["expires"] for failure in report()["failures"]}


def test_pruning_drops_what_was_exercised_and_no_longer_fails() -> None:
    first = calfuzz("run", "--fault", FAULT, *SHORT, "--baseline", "accepted.yaml", "--baseline-update")
    assert "baseline accepted.yaml: there is no such file yet, so no failure is accepted" in first.output
    before = Path("accepted.yaml").read_text(encoding="utf-8")
    count = len(yaml.safe_load(before)["accepted"])
    what = f"{count} accepted failure{'s' if count > 1 else ''} no longer come{'' if count > 1 else 's'}"

    plain = calfuzz("run", *SHORT, "--baseline", "accepted.yaml")
    assert f"{what}; `--baseline-prune` drops them:" in plain.output
    assert before == Path("accepted.yaml").read_text(encoding="utf-8")
    assert (count, False) == (len(report()["accepted_gone"]["entries"]), report()["accepted_gone"]["pruned"])
    pruning = calfuzz("run", *SHORT, "--baseline", "accepted.yaml", "--baseline-prune")

    assert f"{what}, dropped from the baseline:" in pruning.output
    assert [] == yaml.safe_load(Path("accepted.yaml").read_text(encoding="utf-8"))["accepted"]


def test_a_pinned_observation_that_changed_is_told_and_fails_only_a_strict_run() -> None:
    run = ["run", "--seed", "3", "--phases", "preflight,payloads", "--no-progress", "--pin", "pin.yaml"]
    assert 0 == calfuzz(*run).exit_code
    before = Path("pin.yaml").read_text(encoding="utf-8")

    changed = calfuzz(*run, "--variant", "empty-list-refused")

    assert 0 == changed.exit_code, changed.output
    [line] = [line for line in changed.output.splitlines() if line.startswith("changed: ")]
    assert "200, now 422 refusal: empty list" in line
    assert before == Path("pin.yaml").read_text(encoding="utf-8")
    strict = calfuzz(*run, "--variant", "empty-list-refused", "--pin-strict")
    assert 1 == strict.exit_code
    assert re.search(r"^CHANGED  \d+ observations? (is|are) not as pinned;", strict.output, re.MULTILINE)
    assert 1 == strict.output.count(line.removeprefix("changed: "))


def test_a_dry_run_sends_nothing_and_counts_what_a_run_would_send() -> None:
    result = calfuzz("gate", "--dry-run", "--rate-limit", "8/s")

    assert 0 == result.exit_code
    assert "nothing was sent" in result.output
    assert not Path(".calfuzz").exists()
    rows = [
        line.split() for line in result.output.splitlines() if not line.startswith(("option ", "phase ", "in all", " "))
    ]
    planned = {row[0]: int(row[2].replace(",", "")) for row in rows}
    assert planned["systematic"] <= 2_500
    calfuzz("gate", "--no-progress", "--phases", "systematic")
    sent = {phase["name"]: phase["requests"] for phase in report()["phases"]}
    assert {name: planned[name] for name in sent} == sent


def test_a_gate_replays_kept_failures_only_from_where_it_is_told_to() -> None:
    calfuzz("run", "--fault", FAULT, *SHORT)
    Path("kept").mkdir()
    Path(".calfuzz/failures").rename("kept/failures")
    Path(".calfuzz/failures").symlink_to("../kept/failures")

    def planned(command: str, *options: str) -> list[str]:
        lines = calfuzz(command, "--dry-run", *options).output.splitlines()[1:-1]
        return [" ".join(line.split()[:3]) for line in lines if line.startswith("regressions")]

    assert [] == planned("gate")
    [kept] = planned("gate", "--database", "kept")
    assert kept == planned("run")[0] == planned("gate", "--phases", "regressions")[0]
    assert not kept.endswith(" 0")


def _scenarios(directory: str) -> list[tuple[Any, ...]]:
    """What was sent, in order, without what is fresh in each run: uids, timestamps, ports."""
    sent = []
    for line in Path(directory, "events.ndjson").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["event"] == "exchange":
            sent.append((event["phase"], event["scenario"], event["act"], event["staff"], event["seen"], event["kind"]))
    return sent


SYSTEMATIC_LIST = """
from fuzz.phases.systematic import planned_scenarios
from fuzz.target.capabilities import Capabilities
from swagger.load import load_contract
for scenario in planned_scenarios(Capabilities(load_contract(), staff_count=2), seed=3):
    print(scenario)
"""


def test_the_gate_is_the_same_whatever_the_hash_seed_and_ci_and_hypothesis_profile() -> None:
    environments = ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "CI": "true", "HYPOTHESIS_PROFILE": "ci"})
    logs = []
    for number, environment in enumerate(environments):
        command = [sys.executable, "-m", "fuzz", "gate", "--max-examples", "6", "--no-progress"]
        command += ["--phases", "preflight,random", "--report-dir", f"run{number}"]
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        listed = subprocess.run(
            [sys.executable, "-c", SYSTEMATIC_LIST], env=os.environ | environment, capture_output=True, check=True
        )
        logs.append((_scenarios(f"run{number}"), report(f"run{number}")["verdict"], listed.stdout))

    assert logs[0] == logs[1]


def test_output_goes_where_the_command_was_told_to_write() -> None:
    from fuzz.run.options import RunOptions
    from fuzz.run.setup.embedded_sandbox import target_of

    said = io.StringIO()
    with target_of(RunOptions(command="run"), say=said) as profile:
        assert profile.elsewhere is None
    assert said.getvalue().startswith("no --target: the embedded sandbox (honest)")


@pytest.mark.parametrize(
    ("environ", "coloured"), [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)]
)
def test_colours_come_where_they_are_asked_for(environ: dict[str, str], coloured: bool) -> None:
    result = CliRunner().invoke(main, ["run", "--phases", "preflight", "-q"], env=environ, color=True)

    assert coloured is ("\x1b[" in result.output), result.output
