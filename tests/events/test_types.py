"""Reading an event from a line of a journal: what is accepted, what is refused, what older journals lack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fuzz.events.failures import FailureEvent
from fuzz.events.types import VERSION, PhaseFinished, read_event
from tests.report.runs import FAILURE, broken_run

TROUBLE = {"event": "trouble", "what": "the target is gone"}


@pytest.mark.parametrize("event", broken_run().events, ids=lambda event: event["event"])
def test_an_event_is_read_as_it_was_written(event: dict[str, Any]) -> None:
    assert event == read_event(json.dumps(event))
    assert event == read_event(json.dumps(event).encode())


@pytest.mark.parametrize("line", ["", "not json", "[1]", '"trouble"', "{}", '{"event": 1}', "[" * 100_000, b"\xff\xfe"])
def test_a_line_that_is_no_event_is_refused(line: str | bytes) -> None:
    assert read_event(line) is None


@pytest.mark.parametrize("key", sorted(FAILURE.keys() - {"event"}))
def test_a_failure_that_lacks_a_key_is_refused(key: str) -> None:
    assert read_event(json.dumps({name: value for name, value in FAILURE.items() if name != key})) is None


def test_keys_that_are_not_known_are_kept() -> None:
    assert {**TROUBLE, "more": 1} == read_event(json.dumps({**TROUBLE, "more": 1}))


def test_an_event_of_a_kind_that_is_not_known_is_read() -> None:
    assert {"event": "of a later version"} == read_event('{"event": "of a later version"}')


def test_the_beginning_of_a_run_of_another_version_is_read_unchecked() -> None:
    newer = {"event": "run_started", "version": VERSION + 1}
    assert newer == read_event(json.dumps(newer))
    assert read_event(json.dumps({**newer, "version": VERSION})) is None
    assert read_event(json.dumps({**newer, "version": "2"})) is None
    assert read_event(json.dumps({"event": "exchange", "version": VERSION + 1})) is None


def test_only_what_a_kind_always_has_is_required() -> None:
    assert "files" not in FailureEvent.__required_keys__
    assert {"event", "phase", "scenarios", "requests", "seconds", "established"} == PhaseFinished.__required_keys__
