"""Two versions of the documents beside each other: their clauses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fuzz.report.comparing.two_contracts import contracts_as_text
from fuzz.run.setup.documents import read_contract

CONTRACT = read_contract(None, None)
PATHS = (Path("old.md"), Path("new.md"))


def test_a_clause_is_added_removed_or_changed() -> None:
    first, second, *rest = CONTRACT.clauses
    changed = replace(second, says="This error occurs on Tuesdays.")
    added = replace(first, id="leap_day", says="No call on leap days.")
    text = contracts_as_text(CONTRACT, replace(CONTRACT, clauses=(changed, *rest, added)), PATHS)
    assert text.startswith("A  old.md\nB  new.md\n\nclauses: 1 added, 1 removed, 1 changed\n")
    assert f"  added: leap_day\n    ({first.where})\n    No call on leap days.\n" in text
    assert "  removed: missing\n" in text
    assert f"  changed: already_exists\n    ({second.where})\n    A: 422 already_exists" in text
    answer = "422 already_exists 'staff already registered to other calendar sync'"
    assert f"    B: {answer}:\n      This error occurs on Tuesdays.\n" in text


def test_another_message_of_a_state_error_is_a_change() -> None:
    first, *rest = CONTRACT.state_errors
    other = replace(CONTRACT, state_errors=(replace(first, message="Another one"), *rest))
    text = contracts_as_text(CONTRACT, other, PATHS)
    assert "clauses: 0 added, 0 removed, 1 changed\n" in text
    assert "'Another one'" in text


def test_a_document_does_not_differ_from_itself_wherever_its_lines_stand() -> None:
    moved = tuple(replace(each, where=replace(each.where, file="moved.md")) for each in CONTRACT.clauses)
    text = contracts_as_text(CONTRACT, replace(CONTRACT, clauses=moved), PATHS)
    assert text.endswith("clauses: 0 added, 0 removed, 0 changed\n")
