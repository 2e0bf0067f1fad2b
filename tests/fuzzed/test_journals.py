"""Journals, damaged in any way: every report is written, with the damage among the troubles, or it is no run."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.commands.diff import diff
from fuzz.commands.explain import explain
from fuzz.errors import UsageError
from fuzz.report.formats.report_json import report_json
from fuzz.report.journal_reader import open_journal
from fuzz.report.terminal import Terminal
from fuzz.report.write import KINDS, write_reports
from tests.fuzzed.damage import (
    EXAMPLES,
    SETTINGS,
    WILD,
    check_printed,
    check_refusal,
    damaged,
    every_single_change,
    files,
    spliced,
    written,
)
from tests.report.runs import ALL_PHASES, FAILURE, Run, broken_run, race_failure

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

DOCUMENTS: dict[str, Path | None] = {"workflow": None, "swagger": None, "documents": None}


def eventful_run() -> Run:
    """A run with an event of every kind."""
    run = Run().started(
        rate={"per_second": 8.0, "from": "profile"},
        plan={"requests": 900, "seconds": 100.0, "open": ["random"]},
        staff=2,
        commit="1a2b3c",
        versions={"calfuzz": "0.1.0"},
    )
    run.earlier(3, **{FAILURE["fingerprint"]: "fp", "other": "ff"}).replayed(other="passed")
    for name in ALL_PHASES:
        run.phase(name).create().send("mismatched", "200", kind="fail", surplus=["success"], silent=["a", "b"])
        run.phase_finished(name, done=3, listed=9)
    run.failure(cause="a cause", situations={"mismatched": 2}, accepted=None).failure(
        **race_failure(fingerprint="another", files={"repro.sh": "x"}, intermittent=True, reproduced="2/3")
    )
    for event in (
        {"event": "failure_counted", "fingerprint": "another", "count": 3, "situations": {"fresh": 3}},
        {"event": "observation_changed", "feature": "a", "situation": "fresh", "pinned": ["200"], "seen": ["422"]},
        {
            "event": "replayed",
            "name": "x",
            "clause": "success",
            "documented_at": "a.md:3",
            "outcome": "FIXED",
            "why": "",
            "target": "here",
            "came": 0,
            "times": 3,
            "seconds": 0.3,
            "text": "x FIXED",
        },
    ):
        run._add(event)
    return run.renamed("a", "b").withdrawn("c", "why").trouble("t").finished("fail", 1, reasons=["broken"])


EVENTS: list[Any] = eventful_run().events


def journal(events: list[Any]) -> bytes:
    return b"".join(written(event) + b"\n" for event in events)


JOURNAL = journal(EVENTS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "good").mkdir()
    broken_run().write(home / "good")
    return home


def show(home: Path, content: bytes, kinds: tuple[str, ...] = KINDS) -> None:
    """Everything that is made of a journal, as commands make it."""
    folder = home / ".calfuzz" / "reports" / "latest"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "events.ndjson").write_bytes(content)
    log = io.StringIO()
    try:
        written_ones = write_reports(folder, kinds, stdout=log, environ={})
    except UsageError as error:
        check_refusal(error)
        return
    log.getvalue().encode()
    assert all(path.read_bytes() for path in written_ones)
    summary = open_journal(folder).summary()
    printed = io.StringIO()
    Terminal(printed, live=False, clock=lambda: 0.0, progress=True).finish(summary, reports=written_ones)
    for pair in ((folder, home / "good"), (home / "good", folder)):
        diff(*pair, printed)
    for name in ("success", *list(summary.failures)[:1]):
        try:
            explain(name, DOCUMENTS, None, stdout=printed)
        except UsageError as error:
            check_refusal(error)
    check_printed(printed.getvalue())


@SETTINGS
@given(
    st.one_of(damaged(EVENTS).filter(lambda value: isinstance(value, list)).map(journal), spliced(JOURNAL), st.binary())
)
def test_any_journal_is_reported_on_or_refused(home: Path, content: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        show(home, content)


@SETTINGS
@given(content=files(json.loads(json.dumps(report_json(eventful_run().summary)))))
@example(written(report_json(eventful_run().summary) | {"verdict": "\x1b[2J\n::error::"}))
def test_any_report_is_compared_or_refused(home: Path, content: bytes) -> None:
    folder, printed = home / "compared", io.StringIO()
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_bytes(content)
    for pair in ((folder, home / "good"), (home / "good", folder)):
        try:
            diff(*pair, printed)
        except UsageError as error:
            check_refusal(error)
    check_printed(printed.getvalue())


CHANGES = [
    (event["event"], place, new)
    for place, event in enumerate(EVENTS)
    if event["event"] not in [earlier["event"] for earlier in EVENTS[:place]]
    for new in every_single_change(
        event, [None, -1, 10**30, "²/3", {}, [], [[]], float("nan"), "\ud800\x1b[2J\n::error::"]
    )
]
"""Every kind of event with each of its parts lost or replaced."""


def test_no_single_edit_of_an_event_stops_a_report(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    some = CHANGES if EXAMPLES else random.Random(7).sample(CHANGES, 60)
    for _, place, new in some:
        events = [*EVENTS[:place], new, *EVENTS[place + 1 :]]
        try:
            show(home, journal(events))
        except Exception as error:
            error.add_note(json.dumps(new)[:3000])
            raise


@pytest.mark.parametrize("new", WILD, ids=lambda value: repr(value)[:20])
def test_a_line_that_is_anything_is_left_out(home: Path, new: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    show(home, journal([*EVENTS, new, {"event": new}]))
