"""What reports say of the pin and of the baseline: changed observations, accepted failures that are gone or expired."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from fuzz.events.gate import conclude
from fuzz.report.summary_text import summary_text
from fuzz.report.write import write_reports
from tests.report.runs import FAILURE, Run, honest_run

EXPIRED = {
    "reason": "the backend compares providers only",
    "ticket": "CAL-1",
    "first_seen": "2026-10-01",
    "expires": "2026-11-30",
}
TEXTS = ("junit.xml", "report.html", "report.sarif", "report.json", "step.md")


def reports(folder: Path, run: Run) -> dict[str, str]:
    """The text of each report by its name, and of the terminal."""
    run.write(folder)
    environ = {"GITHUB_STEP_SUMMARY": str(folder / "step.md")}
    kinds = ("junit", "html", "sarif", "json", "github")
    paths = write_reports(folder, kinds, stdout=io.StringIO(), environ=environ)
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    return {**texts, "terminal": summary_text(run.summary)}


def unwrapped(text: str) -> str:
    """The text without its line ends."""
    return " ".join(text.split())


def changed_run(*, strict: bool) -> Run:
    run = honest_run()
    del run.events[-1]
    for number in range(31):
        feature, situation = f"feature {number // 2}", "fresh" if number % 2 else "matched"
        run.changed(feature, situation, ["200"], ["422 refusal"])
    reasons = conclude(run.summary, stopped=None, impossible=(), strict=True).reasons
    return run.finished("fail", 1, reasons=list(reasons)) if strict else run.finished()


def test_a_run_that_only_the_pin_fails_says_changed_and_one_change_is_one_line(tmp_path: Path) -> None:
    texts = reports(tmp_path, changed_run(strict=True))
    assert texts["terminal"].startswith("CHANGED  31 observations are not as pinned; not tried: ")
    line = "200, now 422 refusal: feature 0, feature 1, feature 2 and 13 more features"
    assert 1 == unwrapped(texts["terminal"]).count(line)
    assert "❌ **calfuzz CHANGED** 31 observations are not as pinned; " in texts["step.md"]
    assert '<span class="word">CHANGED</span> 31 observations are not as pinned' in texts["report.html"]
    report = json.loads(texts["report.json"])
    assert ("fail", 1, 31) == (report["verdict"], report["exit_code"], len(report["changed_observations"]))


def test_in_a_run_that_is_not_strict_a_change_is_a_note(tmp_path: Path) -> None:
    texts = reports(tmp_path, changed_run(strict=False))
    assert texts["terminal"].startswith("PASS  the contract is kept; not tried: ")
    line = "changed: 200, now 422 refusal: feature 0, feature 1, feature 2 and 13 more features, in matched, fresh"
    assert line in unwrapped(texts["terminal"])
    assert line in texts["report.html"]


def test_a_run_that_failures_fail_does_not_say_changed() -> None:
    run = Run().started().changed("f", "fresh", ["200"], ["404"]).failure().finished("fail", 1)
    assert summary_text(run.summary).startswith("FAIL  1 failure in 1 clause\n")


@pytest.mark.parametrize("pruned", [False, True])
def test_accepted_failures_that_no_longer_come_are_told(tmp_path: Path, pruned: bool) -> None:
    run = honest_run()
    run.events.insert(-1, {"event": "accepted_gone", "entries": ["a in fresh", "b in none"], "pruned": pruned})
    texts = reports(tmp_path, run)
    what = "2 accepted failures no longer come"
    line = f"{what}, dropped from the baseline:" if pruned else f"{what}; `--baseline-prune` drops them:"
    assert f"{line}\n  a in fresh\n  b in none\n" in texts["terminal"]
    assert line in texts["report.html"]
    assert what in texts["step.md"]
    assert {"entries": ["a in fresh", "b in none"], "pruned": pruned} == json.loads(texts["report.json"])[
        "accepted_gone"
    ]


def test_a_failure_whose_entry_has_expired_says_until_when_it_was_accepted(tmp_path: Path) -> None:
    texts = reports(tmp_path, Run().started().failure(expired=EXPIRED).finished("fail", 1))
    says = "accepted until 2026-11-30 (the backend compares providers only, CAL-1)"
    for name, text in texts.items():
        assert says in unwrapped(text.replace("\\n", " ")) or name == "report.json", name
    [failure] = json.loads(texts["report.json"])["failures"]
    assert (None, EXPIRED) == (failure["accepted"], failure["expired"])


def test_an_accepted_failure_says_whose_it_is() -> None:
    run = Run().started().failure(accepted={**EXPIRED, "owner": "calendars"}).finished()
    says = "accepted until 2026-11-30: the backend compares providers only (calendars, CAL-1)"
    assert says in unwrapped(summary_text(run.summary))
    assert FAILURE["accepted"] is None
