"""Each run has a report folder of its own, `latest` leads to the newest one, and no two runs write to one folder."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.errors import UsageError
from fuzz.run.setup.report_folder import KEPT, report_folder
from tests.cluster.processes import wait_until

ROOT = Path(__file__).parent.parent.parent
SHORT = ("--phases", "preflight", "--no-progress")
REPORTS = Path(".calfuzz/reports")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def calfuzz(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def seed_of(folder: Path) -> int:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))["seed"]


def old_run(number: int) -> Path:
    """The folder of an earlier run."""
    folder = REPORTS / f"2020-01-01T00-00-{number:02}Z-{number:08x}"
    folder.mkdir(parents=True)
    (folder / "events.ndjson").write_text("{}\n", encoding="utf-8")
    return folder


def begun(run: str) -> str:
    """A run of this id that begins and ends: what it has said."""
    said = io.StringIO()
    with report_folder(None, run, say=said) as folder:
        folder.events.write_text("{}\n", encoding="utf-8")
        folder.make_latest()
    return said.getvalue()


def test_a_run_has_a_folder_of_its_own_and_latest_leads_to_the_newest() -> None:
    calfuzz("run", *SHORT, "--seed", "1")
    first = (REPORTS / "latest").resolve()
    calfuzz("run", *SHORT, "--seed", "2", "--report-dir", str(REPORTS / "latest"))

    assert (1, 2) == (seed_of(first), seed_of(REPORTS / "latest"))
    assert {first.name, (REPORTS / "latest").resolve().name, "latest"} == {path.name for path in REPORTS.iterdir()}
    run = json.loads((first / "events.ndjson").read_text("utf-8").splitlines()[0])["run"]
    assert first.name.endswith(f"Z-{run}")
    assert 0 == calfuzz("report", str(REPORTS / "latest"), "--report", "html").exit_code
    assert (REPORTS / "latest/report.html").exists()


def test_a_run_that_does_not_begin_leaves_latest_as_it_is() -> None:
    begun("aaaaaaaa")
    before = sorted(REPORTS.iterdir())

    assert 2 == calfuzz("run", "--target", "absent.yaml").exit_code

    assert before == sorted(REPORTS.iterdir())


def test_a_folder_that_another_run_writes_to_is_refused_until_that_has_ended() -> None:
    command = [sys.executable, "-m", "fuzz", "run", "--report-dir", "held", "--max-time", "60s", "--no-progress"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    journal = Path("held/events.ndjson")
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as holder:
        wait_until(lambda: journal.exists() and '"exchange"' in journal.read_text("utf-8"), "a request is sent")
        refused = calfuzz("run", *SHORT, "--report-dir", "held")
        holder.send_signal(signal.SIGKILL)
    assert 2 == refused.exit_code
    assert "error: report directory held: another run is writing to it" == refused.stderr.splitlines()[0]
    assert b"\0" not in journal.read_bytes()
    assert 3 == calfuzz("run", *SHORT, "--report-dir", "held").exit_code


def test_an_old_folder_called_latest_is_left_alone() -> None:
    old = REPORTS / "latest/report.json"
    old.parent.mkdir(parents=True)
    old.write_text("{}", encoding="utf-8")

    said = begun("aaaaaaaa")

    assert f"warning: {REPORTS}/latest stays as it is (it is no link); the reports are in {REPORTS}/20" in said
    assert "{}" == old.read_text(encoding="utf-8")


def test_the_newest_folders_stay_and_so_does_what_is_no_run_or_is_written_to() -> None:
    runs = [old_run(number) for number in range(KEPT + 2)]
    (REPORTS / "2019-my-notes").mkdir()
    with report_folder(runs[0], "bbbbbbbb", say=io.StringIO()):
        begun("aaaaaaaa")

    left = {path.name for path in REPORTS.iterdir()}
    assert {"2019-my-notes", "latest", runs[0].name, *(run.name for run in runs[3:])} < left
    assert not {runs[1].name, runs[2].name} & left


def test_a_folder_where_nothing_can_be_written_is_a_usage_error() -> None:
    REPORTS.parent.mkdir()
    REPORTS.write_text("a file", encoding="utf-8")
    with (
        pytest.raises(UsageError, match=r"report directory \.calfuzz/reports/20"),
        report_folder(None, "aaaaaaaa", say=io.StringIO()),
    ):
        pass
