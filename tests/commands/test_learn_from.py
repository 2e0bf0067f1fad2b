"""`calfuzz learn --from` tells what a journal shows, and only that; it sends nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.events.types import ExchangeEvent
from tests.learning.journals import actions, journal_of_the_suite, journalled


def learn_from(folder: Path, events: Iterable[ExchangeEvent], *more: str) -> Result:
    """Learns from a journal of these events."""
    (folder / "events.ndjson").write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return CliRunner().invoke(main, ["learn", "--from", str(folder / "events.ndjson"), *more])


def plain(result: Result) -> str:
    """The output on one line."""
    return " ".join(result.output.split())


def test_a_journal_of_the_whole_suite_shows_the_documented_machine(tmp_path: Path) -> None:
    result = learn_from(tmp_path, journal_of_the_suite(), "--output", str(tmp_path / "machine.mmd"))
    assert 0 == result.exit_code
    assert result.output.startswith("PASS  every recorded answer is allowed, and a machine that gives them all is")
    assert f"exchanges {len(journal_of_the_suite())} of {len(journal_of_the_suite())};" in plain(result)
    assert "holds for only what was tried: other machines may give these answers, too" in plain(result)
    picture = (tmp_path / "machine.mmd").read_text()
    assert "send google_v3, the other account" in picture
    assert "≠" not in picture


def test_a_recorded_failure_is_told_with_its_word_and_its_place(tmp_path: Path) -> None:
    result = learn_from(tmp_path, journal_of_the_suite("disabled-never-said"))
    assert 1 == result.exit_code
    assert result.output.startswith("FAIL  recorded answers are not as documented: 1 difference\n")
    assert "machine one of 7 states gives all of these answers (the documented one has 11)" in plain(result)
    assert "disable google_v3, the account · send google_v3, the account answered 200, allowed invalid" in plain(result)
    assert "the shortest in scenario" in plain(result)


def test_a_few_exchanges_determine_no_machine(tmp_path: Path) -> None:
    result = learn_from(tmp_path, journal_of_the_suite()[:40], "--output", str(tmp_path / "machine.svg"))
    assert 3 == result.exit_code
    assert result.output.startswith("INCONCLUSIVE  every recorded answer is allowed, but together they determine no")
    assert "machine none is told: not every input was tried in every state" in plain(result)
    assert not (tmp_path / "machine.svg").exists()


def test_two_answers_to_the_same_inputs_are_told_with_their_reasons(tmp_path: Path) -> None:
    leaks = [*actions("create p0"), *actions("create p0", "disable p0 a0", staff=1), *actions("send p0 a0")]
    result = learn_from(tmp_path, journalled([actions("create p0", "send p0 a0"), leaks], fault="disable-leaks"))
    assert 1 == result.exit_code
    twice = "create google_v3 · send google_v3, the account: 1 × success, 1 × invalid"
    assert f"two answers {twice}; names, bodies, other staff members or chance make" in plain(result)


def test_a_report_folder_stands_for_its_journal(tmp_path: Path) -> None:
    learn_from(tmp_path, journal_of_the_suite())
    assert 0 == CliRunner().invoke(main, ["learn", "--from", str(tmp_path)]).exit_code


def test_a_clause_of_other_documents_is_told_without_its_sentence(tmp_path: Path) -> None:
    events = [*journalled([actions("create p0", "send p0 a0")], fault="fresh-said-missing")]
    result = learn_from(tmp_path, [{**event, "clause": "theirs"} for event in events])  # type: ignore[misc]
    assert 1 == result.exit_code
    assert "answered 422 missing, allowed success" in result.output


STARTED = {"event": "run_started", "version": 7}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "is no file"),
        ("", "holds no exchange to learn from"),
        ("hello\n", "holds no exchange to learn from"),
        (b"\xff\xfe\n", "holds no exchange to learn from"),
        (json.dumps(STARTED), "has version 7, not 1"),
    ],
    ids=["absent", "empty", "text", "binary", "another version"],
)
def test_what_is_no_journal_is_said_in_a_line(text: str | bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "given.ndjson"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = CliRunner().invoke(main, ["learn", "--from", str(path)])
    assert 2 == result.exit_code
    assert says in result.output


@pytest.mark.parametrize("also", [["--target", "x.yaml"], ["--fault", "disable-leaks"], ["--variant", "extra-keys"]])
def test_it_takes_no_target(also: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["learn", "--from", str(tmp_path), *also])
    assert 2 == result.exit_code
    assert "--from sends nothing, and takes no --target, --fault or --variant" in result.output
