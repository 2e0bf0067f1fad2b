"""The baseline: which failures its entries accept, until when, what an update writes and what pruning drops."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuzz.errors import UsageError
from fuzz.events.failures import FailureEvent
from fuzz.failures.keeping.baseline import NO_REASON_YET, Baseline, Named, load_baseline
from tests.report.runs import FAILURE, Run

TODAY = date(2026, 12, 1)
PRINT = str(FAILURE["fingerprint"])
ACCOUNT = Named(PRINT, "already_exists", "mismatched", "account", "")
OLD = f"""\
version: 1
accepted:
- expires: 2026-12-31
  fingerprint: {PRINT}
  first_seen: &id001 2026-11-01
  reason: known
"""
PATTERN = """\
version: 1
accepted:
- clause: already_exists
  situation: {situation}
  reason: the new backend compares providers only
  owner: calendars
  ticket: 4711
  first_seen: 2026-11-01
  expires: {expires}
"""


def baseline(folder: Path, text: str) -> Baseline:
    path = folder / "baseline.yaml"
    path.write_text(text, encoding="utf-8")
    return load_baseline(path)


def failure(**changes: Any) -> FailureEvent:
    return {**FAILURE, **changes}  # type: ignore[typeddict-item, return-value]


def test_a_file_of_today_is_read_and_accepts_until_its_last_day(tmp_path: Path) -> None:
    old = baseline(tmp_path, OLD)
    accepted, expired = old.standing(ACCOUNT, date(2026, 12, 31))
    assert ({"reason": "known", "first_seen": "2026-11-01", "expires": "2026-12-31"}, None) == (accepted, expired)
    assert (None, accepted) == old.standing(ACCOUNT, date(2027, 1, 1))
    assert (None, None) == old.standing(ACCOUNT._replace(fingerprint="another"), TODAY)


@pytest.mark.parametrize("situation", ["mismatched", "mismatched (account)"])
def test_a_pattern_accepts_every_failure_of_its_clause_in_its_situation(tmp_path: Path, situation: str) -> None:
    pattern = baseline(tmp_path, PATTERN.format(situation=situation, expires="2026-12-31"))
    accepted, _ = pattern.standing(ACCOUNT._replace(fingerprint="any"), TODAY)
    assert accepted is not None
    assert ("calendars", "4711") == (accepted.get("owner"), accepted.get("ticket"))
    other_detail, _ = pattern.standing(ACCOUNT._replace(detail="both"), TODAY)
    assert (situation == "mismatched") == (other_detail is not None)
    for other in (
        ACCOUNT._replace(clause="missing"),
        ACCOUNT._replace(situation="disabled"),
        ACCOUNT._replace(cause="envelope: the swagger's"),
    ):
        assert (None, None) == pattern.standing(other, TODAY)


def test_the_entry_that_lasts_longest_counts(tmp_path: Path) -> None:
    both = baseline(tmp_path, OLD.replace("2026-12-31", "2026-11-30"))
    assert both.standing(ACCOUNT, TODAY)[0] is None
    both.entries += baseline(tmp_path, PATTERN.format(situation="mismatched", expires="2026-12-02")).entries
    accepted, expired = both.standing(ACCOUNT, TODAY)
    assert accepted is not None
    assert ("2026-12-02", None) == (accepted["expires"], expired)


@pytest.mark.parametrize(
    "names", ["clause: already_exists", "situation: mismatched", "says: a sentence"], ids=lambda names: names
)
def test_an_entry_that_names_no_failures_is_refused_in_its_line(tmp_path: Path, names: str) -> None:
    with pytest.raises(UsageError, match=r"baseline.yaml:3: accepted\[0\] takes a fingerprint, or a clause and a"):
        baseline(tmp_path, f"version: 1\naccepted:\n- {names}\n  reason: r\n  first_seen: 2026-01-01\n"
                           "  expires: 2026-02-01\n")  # fmt: skip


def test_an_update_writes_entries_that_people_can_read(tmp_path: Path) -> None:
    says = "This error occurs when `calendar_sync.provider` or `calendar_sync.account` differs from what: the staff"
    says += " member has."
    written = load_baseline(tmp_path / "new.yaml")
    written.update({PRINT: failure(says=says), "x-1": failure(fingerprint="x-1", intermittent=True)}, TODAY)
    written.save()
    text = written.path.read_text(encoding="utf-8")
    first, second = text.split("\n- ")[1:]
    assert (
        f"""\
fingerprint: {PRINT}
  clause: already_exists
  situation: mismatched (account)
  says: >-
    This error occurs when `calendar_sync.provider` or `calendar_sync.account` differs from what: the
    staff member has.
  reason: {NO_REASON_YET}
  first_seen: 2026-12-01
  last_seen: 2026-12-01
  expires: 2026-12-31"""
        == first
    )
    assert "intermittent: true" in second
    assert not {"&", "*"} & set(text)
    assert written.entries == load_baseline(written.path).entries


def test_an_update_keeps_what_people_wrote_and_tells_when_the_failure_came_last(tmp_path: Path) -> None:
    known = baseline(tmp_path, OLD.replace("reason: known", "reason: known\n  owner: calendars\n  ticket: CAL-1"))
    known.update({PRINT: failure()}, TODAY)
    [entry] = known.entries
    assert ("known", "calendars", "CAL-1") == (entry.reason, entry.owner, entry.ticket)
    assert (date(2026, 11, 1), TODAY, date(2026, 12, 31)) == (entry.first_seen, entry.last_seen, entry.expires)
    assert ("already_exists", "mismatched (account)") == (entry.clause, entry.situation)
    later = date(2027, 3, 1)
    known.update({PRINT: failure()}, later)
    assert [later + timedelta(days=30)] == [entry.expires for entry in known.entries]


def test_a_failure_of_a_pattern_gets_no_entry_of_its_own_until_the_pattern_expires(tmp_path: Path) -> None:
    pattern = baseline(tmp_path, PATTERN.format(situation="mismatched", expires="2026-12-31"))
    pattern.update({PRINT: failure()}, TODAY)
    [entry] = pattern.entries
    assert (None, TODAY, date(2026, 12, 31)) == (entry.fingerprint, entry.last_seen, entry.expires)
    pattern.update({PRINT: failure()}, date(2027, 1, 1))
    assert [None, PRINT] == [entry.fingerprint for entry in pattern.entries]
    assert (date(2027, 1, 1), date(2026, 12, 31)) == (pattern.entries[0].last_seen, pattern.entries[0].expires)


def tried(situation: str = "mismatched", *, complete: bool = True) -> Run:
    run = Run().started().phase("conformance")
    run.send(situation, "422 already_exists", due=["already_exists"], met=["already_exists"])
    return run.phase_finished("conformance", complete=complete)


@pytest.mark.parametrize("text", [OLD, PATTERN.format(situation="mismatched (account)", expires="2026-12-31")])
def test_what_was_tried_and_no_longer_fails_is_gone_and_pruned(tmp_path: Path, text: str) -> None:
    known = baseline(tmp_path, text)
    name = PRINT if text is OLD else "already_exists in mismatched (account)"
    assert {"event": "accepted_gone", "entries": [name], "pruned": False} == known.gone(tried().summary)
    for run in (Run().started(), tried(complete=False), tried().failure()):
        assert known.gone(run.summary) is None
        known.prune(run.summary)
        assert 1 == len(known.entries)
    known.prune(tried().summary)
    assert [] == known.entries


def test_what_comes_and_goes_or_was_not_tried_in_its_situation_is_not_gone(tmp_path: Path) -> None:
    known = load_baseline(tmp_path / "new.yaml")
    known.update({PRINT: failure()}, TODAY)
    assert known.gone(tried().summary) is not None
    assert known.gone(tried("disabled").summary) is None
    known.update({PRINT: failure(intermittent=True)}, TODAY)
    assert known.gone(tried().summary) is None
