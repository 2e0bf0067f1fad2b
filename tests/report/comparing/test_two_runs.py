"""Two runs beside each other: what only one of them has, and whether the second one is worse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fuzz.errors import UsageError
from fuzz.report.comparing.one_run import OneRun, read_run
from fuzz.report.comparing.two_runs import is_worse, runs_as_text, slower
from fuzz.report.formats.report_json import report_json
from tests.report.runs import HOSTILE, Run, broken_run, hostile_run, whole_run

ACCEPTED = {"reason": "known", "first_seen": "2025-01-01", "expires": "2030-01-01"}


def kept(folder: Path, run: Run, *, journal: bool = True) -> OneRun:
    """A run as it is read from its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if journal:
        run.write(folder)
    else:
        (folder / "report.json").write_text(json.dumps(report_json(run.summary)), encoding="utf-8")
    return read_run(folder)


def compared(folder: Path, a: Run, b: Run) -> tuple[bool, str]:
    runs = kept(folder / "a", a), kept(folder / "b", b)
    return is_worse(*runs), runs_as_text(*runs)


def with_failures(*names: str, **changes: object) -> Run:
    run = whole_run()
    for name in names:
        run.failure(fingerprint=name, **changes)
    return run.finished("fail" if names else "pass", int(bool(names)))


def test_failures_are_only_in_one_or_in_both(tmp_path: Path) -> None:
    worse, text = compared(tmp_path, with_failures("gone", "stays"), with_failures("stays", "comes"))
    assert worse
    assert "failures: 1 only in A, 1 only in B, 1 in both\n" in text
    only = "already_exists in mismatched (account): 200"
    assert f"  only in B:\n    {only}\n    comes\n  only in A:\n    {only}\n    gone\n  in both:\n" in text
    assert text.endswith("B is worse\n")


def test_a_run_with_fewer_failures_is_not_worse(tmp_path: Path) -> None:
    worse, text = compared(tmp_path, with_failures("gone", "stays"), with_failures("stays"))
    assert not worse
    assert text.endswith("B is not worse\n")


def test_a_failure_that_the_baseline_accepts_makes_no_run_worse(tmp_path: Path) -> None:
    worse, text = compared(tmp_path, with_failures(), with_failures("known", accepted=ACCEPTED))
    assert not worse
    assert "failures: 0 only in A, 0 only in B, 0 in both\n" in text
    assert "  inconclusive -> accepted: already_exists\n" in text


def test_a_clause_that_b_fails_and_a_passes_makes_it_worse() -> None:
    def run(verdict: str) -> OneRun:
        row = {"id": "missing", "verdict": verdict}
        return OneRun(Path("there"), {"clauses": [row], "failures": [], "observations": [], "target": "t"})

    verdicts = ("pass", "fail", "inconclusive")
    worse = [(a, b) for a in verdicts for b in verdicts if is_worse(run(a), run(b))]
    assert [("pass", "fail")] == worse


def test_changed_verdicts_are_told_by_change(tmp_path: Path) -> None:
    a = whole_run().send("none", "422 missing", met=["missing"]).send("disabled", "422 invalid", met=["invalid"])
    _, text = compared(tmp_path, a.finished(), whole_run().finished())
    assert "verdicts: 2 clauses changed\n  pass -> inconclusive: invalid, missing\n" in text


def test_observations_are_compared_where_both_have_tried(tmp_path: Path) -> None:
    a = whole_run().send("matched", "200", silent=["empty list"]).send("matched", "200", silent=["only A"]).finished()
    b = whole_run().send("matched", "400 refusal", silent=["empty list"]).finished()
    _, text = compared(tmp_path, a, b)
    assert "documents: 1 change\n  empty list, in matched\n    A 200\n    B 400 refusal\n" in text
    assert "only A" not in text


def test_what_is_alike_is_not_told(tmp_path: Path) -> None:
    worse, text = compared(tmp_path, broken_run(), broken_run())
    assert not worse
    assert "failures: 0 only in A, 0 only in B, 1 in both" in text
    assert not [word for word in ("verdicts:", "observed", "latency") if word in text]


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (0.010, 0.016, False),
        (0.010, 0.021, True),
        (0.200, 0.100, True),
        (0.200, 0.290, False),
        (0.0, 0.5, True),
        (0.001, 0.002, False),
    ],
)
def test_only_a_latency_that_differs_by_more_than_noise_is_told(a: float, b: float, told: bool) -> None:
    assert told is bool(list(slower({"send": a, "create": 1.0}, {"send": b, "connect": 9.0})))


def test_the_median_of_each_operation_is_compared(tmp_path: Path) -> None:
    a, b = whole_run(), whole_run()
    for run, seconds in ((a, 0.02), (b, 0.05)):
        for act, times in (("send", 5), ("connect", 4)):
            for _ in range(times):
                run.send("matched", "200", answer={"status": 200, "headers": {}, "body": "", "seconds": seconds})
                run.events[-1]["act"] = act
    _, text = compared(tmp_path, a.finished(), b.finished())
    assert "  send: A 20 ms, B 50 ms (2.5 times A's)\n" in text
    assert not [act for act in ("create", "connect") if act in text.partition("latency")[2]]


def test_a_report_without_its_journal_is_enough(tmp_path: Path) -> None:
    whole, alone = kept(tmp_path / "a", broken_run()), kept(tmp_path / "b", broken_run(), journal=False)
    assert (whole.report, {}) == (alone.report, alone.latency)
    assert alone.report == read_run(tmp_path / "b" / "report.json").report
    assert whole.report == read_run(tmp_path / "a" / "events.ndjson").report


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no report"),
        ("[]", "is no report"),
        ("{}", "is no report"),
        ("[" * 100_000, "is no report"),
        ('{"version": 2}', "has version 2"),
        ('{"version": 1, "failures": 3}', "is no report"),
        (
            '{"version": 1, "target": "t", "verdict": "pass", "clauses": [], "observations": [],'
            ' "failures": [{"fingerprint": "f"}]}',
            "is no report",
        ),
    ],
)
def test_a_report_that_is_none_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_run(tmp_path)


def test_a_journal_without_a_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no run"):
        read_run(tmp_path)


def test_of_very_many_failures_the_first_are_shown(tmp_path: Path) -> None:
    _, text = compared(tmp_path, with_failures(), with_failures(*map(str, range(60))))
    assert "failures: 0 only in A, 60 only in B, 0 in both\n" in text
    assert (40, True) == (text.count("only in B:"), "  and 20 failures more\n" in text)


def test_no_line_is_wider_than_a_narrow_terminal_and_none_moves_the_cursor(tmp_path: Path) -> None:
    many = with_failures(*(f"failure-{number}" for number in range(60)))
    for a, b in ((many, with_failures()), (hostile_run(), hostile_run(HOSTILE[::-1])), (with_failures(), many)):
        _, text = compared(tmp_path / str(id(a)), a, b)
        long = [line for line in text.splitlines() if len(line) > 80 and len(line.split()) > 1 and "/" not in line]
        assert [] == long
        assert "\x1b" not in text
