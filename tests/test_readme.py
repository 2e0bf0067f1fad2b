"""README and MANUAL: their commands exist, their options are the command line's, their make targets too."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from fuzz.cli import main
from fuzz.failures.keeping.baseline import load_baseline
from fuzz.pytest_plugin import pytest_addoption
from fuzz.target.profile import Profile

ROOT = Path(__file__).parent.parent
README = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "MANUAL.md", "CONTRIBUTING.md"))
BLOCKS = re.findall(r"^```(?:sh|console)$(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in re.findall(r"^(?:\$ )?calfuzz (.+)$", block, flags=re.MULTILINE)]
FILES = re.findall(r"^```yaml$(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
TABLE = re.findall(r"^\| `calfuzz (\w+)[^`]*` \|", README, flags=re.MULTILINE)


def test_every_command_is_in_the_table_and_every_row_is_a_command() -> None:
    assert sorted(main.commands) == sorted(TABLE)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_example_parses_as_the_command_line_takes_it(line: str) -> None:
    name, *arguments = shlex.split(line, comments=True)
    command = main.commands[name]

    context = command.make_context(name, arguments, resilient_parsing=False)

    assert isinstance(context, click.Context)


def test_the_options_that_readme_names_are_options() -> None:
    named = set(re.findall(r"`(--[a-z-]+)", README)) | {
        word for line in COMMANDS for word in line.split() if word.startswith("--")
    }
    known = {option for command in main.commands.values() for each in command.params for option in each.opts}

    plugin = pytest.Parser(_ispytest=True)
    pytest_addoption(plugin)
    known |= {name for group in plugin._groups for option in group.options for name in option.names()}

    assert set() == named - known


def test_the_target_profile_is_one_with_the_usual_one_staff_member() -> None:
    (block,) = (block for block in FILES if "base_url:" in block)

    profile = Profile.model_validate(yaml.safe_load(block))

    assert 1 == len(profile.staff)


def test_the_baseline_is_one_that_is_read(tmp_path: Path) -> None:
    (block,) = (block for block in FILES if "accepted:" in block)
    (tmp_path / "baseline.yaml").write_text(block, encoding="utf-8")

    [entry] = load_baseline(tmp_path / "baseline.yaml").entries

    assert "CAL-4711" == entry.ticket


@pytest.mark.parametrize("target", ["run", "test", "lint", "check", "bench", "constraints"])
def test_the_make_targets_that_readme_names_are_in_the_makefile(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
