"""The plugin in a pytest of its own, as a user runs it: over real HTTP, against the sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED = [] if entry_points(group="pytest11", name="calfuzz") else ["-p", "fuzz.pytest_plugin"]


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of pytest in a folder."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *LOADED, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_an_honest_target_passes_with_an_item_for_each_clause(tmp_path: Path) -> None:
    code, output = pytest_in(tmp_path, "-v", "--calfuzz-target", "sandbox", "-k", "missing or invalid or success")

    assert 0 == code, output
    assert {"missing", "invalid", "success", "connect.missing"} <= set(re.findall(r"calfuzz::(\S+) PASSED", output))


def test_a_broken_clause_fails_with_an_argument_and_the_others_do_not(tmp_path: Path) -> None:
    code, output = pytest_in(tmp_path, "-v", "--calfuzz-target", "sandbox", "--calfuzz-fault", "account-not-compared")

    assert 1 == code, output
    assert ["already_exists"] == re.findall(r"calfuzz::(\S+) FAILED", output)
    assert "step 3 names b@example.com" in output
    assert "calfuzz replay .calfuzz/failures/already_exists-" in output
    assert "Traceback" not in output


def test_a_target_that_is_not_there_leaves_no_clause_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUGIN_TOKEN", "a-token-of-the-tests")
    (tmp_path / "p.yaml").write_text(
        "name: here\nbase_url: http://127.0.0.1:9\ntokens: {admin: {env: PLUGIN_TOKEN}}\n"
        "staff: [{uid: a, token: {env: PLUGIN_TOKEN}}]\n"
    )

    code, output = pytest_in(tmp_path, "-v", "--calfuzz-target", "p.yaml")

    assert 1 == code, output
    assert "PASSED" not in output
    assert "calfuzz cannot tell: " in output


def test_a_profile_that_cannot_be_used_ends_the_session_with_one_line(tmp_path: Path) -> None:
    code, output = pytest_in(tmp_path, "--calfuzz-target", "absent.yaml")

    assert 2 == code, output
    assert "error: target profile absent.yaml: No such file or directory" in output
    assert "Traceback" not in output


def test_several_processes_are_refused(tmp_path: Path) -> None:
    code, output = pytest_in(tmp_path, "-n", "2", "--calfuzz-target", "sandbox")

    assert code not in (0, 1), output
    assert "leave out -n" in output


def test_without_the_option_nothing_is_added_and_nothing_of_ours_is_imported(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\n\n\ndef test_it():\n    assert not [name for name in sys.modules if name.startswith('fuzz.run')]\n"
    )

    code, output = pytest_in(tmp_path, "-v")

    assert (0, True) == (code, "1 passed" in output), output


@pytest.mark.parametrize(("fault", "code"), [(None, 0), ("account-not-compared", 1)])
def test_the_example_of_the_manual_runs(tmp_path: Path, fault: str | None, code: int) -> None:
    readme = (ROOT / "MANUAL.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?calfuzz_machine.*?)```", readme, re.DOTALL)
    (tmp_path / "test_own_rules.py").write_text(example)

    found, output = pytest_in(tmp_path, "test_own_rules.py", *(("--calfuzz-fault", fault) if fault else ()))

    assert code == found, output
