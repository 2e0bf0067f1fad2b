"""Where an option may come from, and how `--help` shows the options: in sections, none left out."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.commands.command_line.sections import SECTIONS, name_of, variable_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def calfuzz(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env=environment)


def planned(*arguments: str, **environment: str) -> list[str]:
    """The options that a dry run names."""
    result = calfuzz("run", "--dry-run", "--phases", "preflight", *arguments, **environment)
    assert 0 == result.exit_code, result.output
    return [line for line in result.output.splitlines() if line.startswith("option ") and "--phases" not in line]


def test_every_option_of_run_has_a_section() -> None:
    options = {name_of(param) for param in main.commands["run"].params}

    assert options <= set(" ".join(SECTIONS.values()).split())


@pytest.mark.parametrize("name", main.commands)
def test_every_option_is_in_the_help_once(name: str) -> None:
    output = calfuzz(name, "--help").output

    options = [param for param in main.commands[name].params if isinstance(param, click.Option)]
    for option in options:
        assert 1 == len(re.findall(rf"^ +(-\w, )?{name_of(option)}(?![\w-])", output, re.MULTILINE)), option


def test_an_option_comes_from_the_file_the_environment_or_the_command_line(folder: Path) -> None:
    (folder / "calfuzz.toml").write_text('seed = 5\nreport = "json,html"\n[run]\ndepth = 1\n[gate]\ndepth = 2\n')

    assert [
        "option --max-time 2m (CALFUZZ_OPT_MAX_TIME)",
        "option --seed 7 (command line)",
        "option --depth 1 (calfuzz.toml)",
        "option --report json,html (calfuzz.toml)",
    ] == sorted(planned("--seed", "7", CALFUZZ_OPT_MAX_TIME="2m"), key=ORDER.index)


ORDER = [
    "option --max-time 2m (CALFUZZ_OPT_MAX_TIME)",
    "option --seed 7 (command line)",
    "option --depth 1 (calfuzz.toml)",
    "option --report json,html (calfuzz.toml)",
]


def test_the_environment_goes_before_the_file_and_a_table_before_the_top(folder: Path) -> None:
    (folder / "calfuzz.toml").write_text("seed = 5\n[run]\nseed = 6\n")
    assert "option --seed 6 (calfuzz.toml)" in planned()
    assert "option --seed 8 (CALFUZZ_OPT_SEED)" in planned(CALFUZZ_OPT_SEED="8")


def test_options_that_may_be_repeated_come_as_a_list(folder: Path) -> None:
    (folder / "calfuzz.toml").write_text('fault = ["mismatch-never-said", "fresh-said-disabled"]\n')

    assert "option --fault mismatch-never-said, fresh-said-disabled (calfuzz.toml)" in planned()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("seeed = 5\n", "calfuzz.toml:1: 'seeed' is not an option or a command"),
        ("seed = 5\n\n[run]\nsped = 6\n", "calfuzz.toml:4: 'sped' is not an option of run"),
        ("[rum]\nseed = 6\n", "calfuzz.toml:1: 'rum' is not a command"),
        ("seed = \n", "calfuzz.toml: is not TOML"),
        ('seed = "x"\n', "(in calfuzz.toml)"),
        ("seed = [1, 2]\n", "calfuzz.toml:1: 'seed' is not one value"),
        ("fault = 'x'\n", "calfuzz.toml:1: 'fault' is not a list of texts"),
        ("dry-run = 1\n", "calfuzz.toml:1: 'dry-run' is not true or false"),
        ("seed = 2026-12-01\n", "calfuzz.toml:1: 'seed' is not one value"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_said_in_a_line(folder: Path, text: str, says: str) -> None:
    (folder / "calfuzz.toml").write_text(text)

    result = calfuzz("run", "--dry-run")

    assert 2 == result.exit_code
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_wrong_value_of_a_variable_is_named_with_it(folder: Path) -> None:
    result = calfuzz("run", "--dry-run", CALFUZZ_OPT_SEED="many")

    assert 2 == result.exit_code
    assert "'--seed': 'many' is not a valid integer range. (in CALFUZZ_OPT_SEED)" in result.output


def test_every_option_has_a_variable_of_its_own() -> None:
    for command in main.commands.values():
        variables = [variable_of(param) for param in command.params if isinstance(param, click.Option)]
        assert len(set(variables)) == len(variables)


def test_quiet_and_verbose_exclude_each_other(folder: Path) -> None:
    result = calfuzz("run", "-q", "-v")

    assert (2, True) == (result.exit_code, "exclude each other" in result.output)


def test_the_version_is_told() -> None:
    assert calfuzz("--version").output.startswith("calfuzz ")
