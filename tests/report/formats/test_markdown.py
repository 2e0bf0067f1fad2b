"""The Markdown report: its first line is the message, and what is to be read first comes first."""

from __future__ import annotations

from fuzz.report.formats.markdown import report_markdown
from tests.report.runs import Run, broken_run, honest_run, whole_run


def lines(run: Run) -> list[str]:
    return report_markdown(run.summary).splitlines()


def test_the_first_line_is_the_message() -> None:
    assert lines(broken_run())[0].startswith("❌ **calfuzz FAIL** 1 failure in 1 clause; not tried: ")
    assert "✅ **calfuzz PASS** the contract is kept" == lines(whole_run().finished())[0]
    unknown = whole_run().finished("inconclusive", 3, reasons=["the target is gone"])
    assert ["⚠️ **calfuzz INCONCLUSIVE** nothing failed", ""] == lines(unknown)[:2]
    assert "- the target is gone" in lines(unknown)


def test_failures_come_before_clauses_and_situations() -> None:
    text = report_markdown(broken_run().summary)

    assert 0 < text.index("```text\nFAIL  already_exists") < text.index("| clause |") < text.index("| situation |")


def test_a_run_without_failures_has_its_clauses_and_situations() -> None:
    text = report_markdown(honest_run().summary)

    assert "```" not in text
    assert "| ✅ | already\\_exists |" in text
