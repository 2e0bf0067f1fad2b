"""The journal is bounded, and the reports that are made of it still add up."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from fuzz.errors import UsageError
from fuzz.events.summary import Summary
from fuzz.report.journal_reader import open_journal
from fuzz.report.summary_text import summary_text
from fuzz.run.options import parse_size
from fuzz.session import journal as journals
from fuzz.session.journal import Journal
from fuzz.session.recording import LONGEST_HEADER, LONGEST_HEADERS, answer_json
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.secrets import Secrets
from tests.report.runs import Run, broken_run


def long_run(times: int) -> Run:
    """A run of everything that a summary counts, again and again: passed, failed, retried, lost and unspecified."""
    run = Run().started().phase("conformance")
    for _ in range(times):
        run.create().send("fresh", "200", due=["success"], met=["success"], attempts=2)
        run.send("matched", "200", silent=["empty list: external_items"], not_due=["missing"])
        run.send("none", "200", kind="fail", due=["missing"], surplus=["success"])
        run.exchange(act="send", situation="matched", was="bound", belief="bound", seen=None)
    return run


def kept(folder: Path, run: Run, size: int) -> tuple[Summary, list[dict[str, Any]]]:
    """The summary at the end of a run whose journal has this size, and the events of the journal."""
    with closing(Journal(folder / "events.ndjson", Secrets(), size=size)) as journal:
        for event in run.events:
            journal.emit(json.loads(json.dumps(event)))
    lines = (folder / "events.ndjson").read_text(encoding="ascii").splitlines()
    return journal.summary, [json.loads(line) for line in lines]


def test_past_its_size_a_journal_counts_what_passed(tmp_path: Path) -> None:
    run = long_run(100)
    run.failure().phase_finished("conformance").finished("fail", 1)
    summary, events = kept(tmp_path, run, 100_000)

    assert 100_000 < (tmp_path / "events.ndjson").stat().st_size < 225_000
    assert 500 - sum(event["event"] == "exchange" for event in events) == summary.unwritten > 100
    assert run.events[-3:] == [event for event in events if event["event"] not in ("totals", "exchange")][-3:]


@pytest.mark.parametrize("size", [0, 20_000, 100_000, 200_000])
def test_a_summary_made_of_a_bounded_journal_is_that_of_the_run(tmp_path: Path, size: int) -> None:
    summary, _ = kept(tmp_path, long_run(60).phase_finished("conformance").phase("random").create(), size)
    again = open_journal(tmp_path).summary()

    for field in fields(Summary):
        assert getattr(summary, field.name) == getattr(again, field.name), field.name
    assert 60 * 6 + 1 == again.total
    assert summary.unwritten > 0


def test_what_failed_is_written_for_as_long_again(tmp_path: Path) -> None:
    _, events = kept(tmp_path, long_run(60), 100_000)
    exchanges = [event["kind"] for event in events if event["event"] == "exchange"]

    assert ["fail"] * 20 == exchanges[-20:]
    assert {"pass", "inconclusive"} < set(exchanges[:60])


def test_a_run_that_is_killed_loses_the_counts_of_few_exchanges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "COUNTED", 50)
    with closing(Journal(tmp_path / "events.ndjson", Secrets(), size=0)) as journal:
        for event in long_run(100).events[:-20]:
            journal.emit(event)
        again = open_journal(tmp_path).summary()

    assert 450 == again.unwritten
    assert 480 == journal.summary.unwritten


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("requests", [1, 2]),
        ("requests", ["1", 2, 3]),
        ("latency", [1]),
        ("unwritten", None),
        ("phases", {"conformance": "many"}),
        ("clauses", [["success", 1, 2, 3]]),
        ("clauses", 7),
        ("cases", [["success", 8, 1, 2, 3, 4]]),
        ("situations", {"fresh": {"200": 1.5}}),
        ("situations", {"fresh": [1]}),
        ("observations", [["a", "b", None, 1]]),
        ("edges", [["a", "b", "c", "d", 1]]),
    ],
)
def test_counts_that_somebody_has_edited_are_left_out_and_told(tmp_path: Path, key: str, value: object) -> None:
    _, events = kept(tmp_path, long_run(60), 20_000)
    lines = [json.dumps({**event, key: value} if event["event"] == "totals" else event) for event in events]
    (tmp_path / "events.ndjson").write_text("\n".join([*lines, ""]), encoding="ascii")
    summary = open_journal(tmp_path).summary()

    (trouble,) = summary.troubles
    assert trouble.startswith("1 damaged line of events.ndjson left out of this report")
    assert summary.total < 60
    assert summary_text(summary)


def test_a_journal_with_room_for_all_has_no_counts(tmp_path: Path) -> None:
    _, events = kept(tmp_path, broken_run(), 1_000_000)

    assert broken_run().events == events


def test_headers_and_bodies_are_cut_where_they_are_written() -> None:
    headers = {"x-long": "h" * 90_000} | {f"x-{number}": "v" * 900 for number in range(20)}
    shown = answer_json(Secrets(), HttpAnswer(200, headers, "b" * 90_000, 0.0))

    assert shown is not None
    assert "h" * LONGEST_HEADER + "…" == shown["headers"]["x-long"]
    assert "13 more headers" == shown["headers"]["…"]
    assert sum(len(name) + len(value) for name, value in shown["headers"].items()) < LONGEST_HEADERS + 100
    assert "b" * 20_000 + "…" == shown["body"]


@pytest.mark.parametrize(
    ("text", "size"), [("64MB", 64_000_000), ("1GB", 10**9), ("1.5 kB", 1500), ("20", 20), ("256mb", 256_000_000)]
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert size == parse_size(text)


@pytest.mark.parametrize("text", ["", "MB", "-1MB", "1TB", "9" * 400, "1e9", "nan"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a size"):
        parse_size(text)
