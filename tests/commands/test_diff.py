"""`calfuzz diff`: what it takes, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from swagger.load import PACKAGED, SWAGGER, WORKFLOW
from tests.report.runs import Run, whole_run


def diff(*paths: Path) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, paths)])


def folder(path: Path, run: Run) -> Path:
    path.mkdir()
    run.write(path)
    return path


def test_a_run_with_a_new_failure_is_exit_code_1_and_the_other_way_round_0(tmp_path: Path) -> None:
    honest = folder(tmp_path / "honest", whole_run().finished())
    faulty = folder(tmp_path / "faulty", whole_run().failure().finished("fail", 1))
    assert (1, 0, 0) == tuple(diff(*pair).exit_code for pair in ((honest, faulty), (faulty, honest), (faulty, faulty)))


def test_documents_are_compared_by_their_clauses(tmp_path: Path) -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    other = tmp_path / WORKFLOW.name
    other.write_text(text.replace("occurs when there is no calendar sync", "occurs when no calendar sync is there"))
    result = diff(WORKFLOW, other)
    assert 0 == result.exit_code, result.output
    assert "clauses: 0 added, 0 removed, 1 changed\n" in result.output
    assert "changed: missing" in result.output
    assert "clauses: 1 added, 0 removed, 1 changed\n" not in diff(PACKAGED, PACKAGED).output
    assert "0 changed\n" in diff(SWAGGER, SWAGGER).output


@pytest.mark.parametrize("other", ["nowhere", "empty", "text.txt", "a swagger", "a document"])
def test_what_cannot_be_compared_is_exit_code_2_with_two_lines(tmp_path: Path, other: str) -> None:
    run = folder(tmp_path / "run", whole_run().finished())
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").touch()
    path = {"a swagger": SWAGGER, "a document": WORKFLOW}.get(other, tmp_path / other)
    for pair in ((run, path), (path, run)):
        result = diff(*pair)
        assert 2 == result.exit_code
        assert ["error: ", "  next: "] == [
            line[:8] if line[0] == " " else line[:7] for line in result.stderr.splitlines()
        ]


def test_a_journal_that_is_none_is_exit_code_2(tmp_path: Path) -> None:
    run = folder(tmp_path / "run", whole_run().finished())
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "events.ndjson").write_bytes(b"\x00\xff\n{}\n")
    assert 2 == diff(run, tmp_path / "broken").exit_code
