"""The one-way rule, held by import-linter also where only the tests are run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_go_one_way() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == linted.returncode, linted.stdout


def test_no_file_of_the_project_reads_what_lies_beside_it() -> None:
    beside = "../" + "shared"
    readers = [path for path in ROOT.rglob("*.py") if ".venv" not in path.parts and beside in path.read_text("utf-8")]

    assert [] == readers


def test_help_needs_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys\nfrom fuzz.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([name for name in ('hypothesis', 'schemathesis', 'httpx', 'pydantic', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert "[]" == done.stdout.strip().splitlines()[-1]
