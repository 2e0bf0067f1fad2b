"""The CI examples: their `calfuzz` commands are real ones, and name reports that exist."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fuzz import cli
from fuzz.cli import main
from fuzz.report.write import KINDS

WORKFLOWS = Path(__file__).parents[2] / ".github" / "workflows"
EXAMPLES = ("nightly.yml", "gate.yml")


def steps(name: str) -> Iterator[dict[str, Any]]:
    workflow = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    for job in workflow["jobs"].values():
        yield from job["steps"]


def commands(name: str) -> list[list[str]]:
    """The arguments of every `calfuzz` command of a workflow."""
    lines = (line for step in steps(name) for line in step.get("run", "").splitlines())
    words = (shlex.split(line) for line in lines)
    return [each[1:] for each in words if each[:1] == ["calfuzz"]]


@pytest.mark.parametrize(
    ("name", "verbs"), [("nightly.yml", ["run", "report"]), ("gate.yml", ["gate", "report"])], ids=EXAMPLES
)
def test_an_example_calls_calfuzz(name: str, verbs: list[str]) -> None:
    assert [command[0] for command in commands(name)] == verbs


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_asks_for_reports_that_exist_and_annotates_failures(name: str) -> None:
    kinds = set(commands(name)[0][commands(name)[0].index("--report") + 1].split(","))
    assert kinds <= set(KINDS)
    assert {"github", "html", "junit"} <= kinds


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_keeps_the_reports_even_of_a_run_that_failed(name: str) -> None:
    [upload] = [step for step in steps(name) if "upload-artifact" in step.get("uses", "")]
    assert "always()" == upload["if"]
    assert "calfuzz-report" in upload["with"]["path"].split()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_puts_no_expression_into_a_shell_command(name: str) -> None:
    assert not [step["run"] for step in steps(name) if "${{" in step.get("run", "")]


def test_the_nightly_runs_on_a_schedule_and_keeps_its_state() -> None:
    workflow = yaml.safe_load((WORKFLOWS / "nightly.yml").read_text(encoding="utf-8"))
    assert "schedule" in workflow[True]  # YAML 1.1 reads the key `on` as true
    cached = [step["with"]["path"] for step in steps("nightly.yml") if "actions/cache/" in step.get("uses", "")]
    assert [".calfuzz", ".calfuzz"] == cached


def test_a_gate_reads_nothing_that_another_run_has_left_behind() -> None:
    assert not [step for step in steps("gate.yml") if "actions/cache" in step.get("uses", "")]
    assert "--database" not in commands("gate.yml")[0]


def test_a_release_does_not_wait_for_a_night() -> None:
    groups = [
        yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))["concurrency"]["group"] for name in EXAMPLES
    ]
    assert len(EXAMPLES) == len(set(groups))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_installs_what_is_constrained_and_uploads_sarif(name: str) -> None:
    assert "pip install --constraint constraints.txt ." in [step.get("run") for step in steps(name)]
    [upload] = [step for step in steps(name) if "upload-sarif" in step.get("uses", "")]
    assert "calfuzz-report/report.sarif" == upload["with"]["sarif_file"]
    assert upload["if"].startswith("always()")
    assert "sarif" in commands(name)[0][commands(name)[0].index("--report") + 1].split(",")
    workflow = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    assert "write" == workflow["permissions"]["security-events"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_an_environment_and_the_tokens_of_two_staff_members(name: str) -> None:
    [job] = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))["jobs"].values()
    assert "staging" == job["environment"]
    [fuzzing] = [step for step in job["steps"] if "CALFUZZ_ADMIN_TOKEN" in step.get("env", {})]
    assert {"CALFUZZ_STAFF_TOKEN", "CALFUZZ_OTHER_STAFF_TOKEN"} <= fuzzing["env"].keys()


def test_the_constraints_are_exact_versions_of_all_that_is_needed_and_name_no_place() -> None:
    lines = (WORKFLOWS.parents[1] / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [] == [line for line in lines if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*==[0-9][0-9A-Za-z.+!]*", line)]
    pinned = {line.partition("==")[0].replace("_", "-") for line in lines}
    project = tomllib.loads((WORKFLOWS.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[>=<\[ ]", each)[0] for each in project["dependencies"]}
    assert set() == needed - pinned


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_commands_of_an_example_parse(name: str) -> None:
    for verb, *arguments in commands(name):
        existing = [word.replace("targets/staging.yaml", __file__).replace("$TARGET", __file__) for word in arguments]
        words = [word.replace("$MAX_TIME", "45m").replace("calfuzz-report", str(WORKFLOWS)) for word in existing]
        cli.main.commands[verb].make_context(verb, words)


def test_every_action_is_pinned_by_its_commit_and_one_action_by_one_commit() -> None:
    files = [*WORKFLOWS.glob("*.yml"), WORKFLOWS.parents[1] / "action.yml"]
    used = re.findall(r"uses: (\S+?)(?:@(\S+))?(?: # (v[\d.]+))?$", "\n".join(map(Path.read_text, files)), re.MULTILINE)
    assert used
    assert [] == [each for each in used if not re.fullmatch(r"[0-9a-f]{40}", each[1]) or not each[2]]
    assert len({each[0] for each in used}) == len(set(used))


def test_the_action_runs_the_commands_that_there_are() -> None:
    action = yaml.safe_load((WORKFLOWS.parents[1] / "action.yml").read_text(encoding="utf-8"))
    (step,) = (step for step in action["runs"]["steps"] if step.get("id") == "calfuzz")
    options = set(re.findall(r"--[a-z-]+", step["run"]))
    for command in ("run", "gate"):
        assert options <= {option for param in main.commands[command].params for option in param.opts}
