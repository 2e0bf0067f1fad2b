"""A run with one staff member says in every report what it leaves out, and its verdict is no other for that."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from fuzz.report.summary_text import summary_text
from fuzz.report.write import write_reports
from fuzz.run.run_started import ONE_STAFF_MEMBER
from fuzz.sandbox.launcher import Sandbox
from tests.run.runs import profile_for, run_against

KINDS = ("json", "junit", "html", "sarif", "github")


@pytest.mark.parametrize("staff", [1, 2])
def test_what_is_left_out_with_one_staff_member_is_in_every_report(tmp_path: Path, staff: int) -> None:
    with Sandbox(staff=staff) as sandbox:
        profile = profile_for(sandbox, request_timeout=10.0)
        ran = run_against(profile, path=tmp_path / "events.ndjson", phases=("preflight", "conformance"))
    environ = {"GITHUB_STEP_SUMMARY": str(tmp_path / "step.md")}
    written = write_reports(tmp_path, KINDS, stdout=io.StringIO(), environ=environ)
    reports = {path.name: path.read_text(encoding="utf-8") for path in written}
    reports["terminal"] = summary_text(ran.summary)

    assert 6 == len(reports)
    told = ONE_STAFF_MEMBER.partition(": ")[2]  # Markdown escapes the colon
    assert dict.fromkeys(reports, staff == 1) == {name: told in text for name, text in reports.items()}
    assert not any("staff" in reason for reason in ran.conclusion.reasons[1:])
    assert [] == ran.failures
