"""No room for reports: said before the run where that can be known, and after it in one line, nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run_with_room_for(blocks: int, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """calfuzz, where no file may have more than so many KiB."""
    command = f'ulimit -f {blocks}; exec "$@"'
    calfuzz = (sys.executable, "-m", "fuzz", *arguments)
    return subprocess.run(
        ["bash", "-c", command, "bash", *calfuzz],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parent.parent.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
    )


def test_a_disk_that_is_full_is_said_before_the_run(tmp_path: Path) -> None:
    done = run_with_room_for(40, tmp_path, "run", "--phases", "preflight", "--no-progress")

    assert 2 == done.returncode, done.stdout + done.stderr
    assert "error: report directory .calfuzz/reports/" in done.stderr
    assert "next: name another one with --report-dir" in done.stderr
    assert "preflight" not in done.stdout


def test_a_disk_that_fills_up_ends_the_run_and_the_verdict_is_told_all_the_same(tmp_path: Path) -> None:
    done = run_with_room_for(150, tmp_path, "run", "--phases", "preflight,conformance", "--no-progress", "--seed", "1")

    assert 3 == done.returncode, done.stdout + done.stderr
    assert "INCONCLUSIVE" in done.stdout
    assert "events.ndjson cannot be written any more" in " ".join(done.stdout.split())
    assert "" == done.stderr


def test_reports_for_which_there_is_no_room_can_be_made_later(tmp_path: Path) -> None:
    assert 3 == run_with_room_for(4000, tmp_path, "run", "--phases", "preflight").returncode
    report = tmp_path / ".calfuzz/reports/latest"
    (report / "report.json").unlink()
    done = run_with_room_for(1, tmp_path, "report", str(report))

    assert 2 == done.returncode
    assert "not written: report.json (File too large)" in done.stderr
    assert ["events.ndjson"] == [path.name for path in report.iterdir()]
    assert 0 == run_with_room_for(4000, tmp_path, "report", str(report)).returncode
