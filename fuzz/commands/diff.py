"""`calfuzz diff`: compares two runs by their report folders, or two versions of the documents."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from fuzz.errors import ExitCode, UsageError
from fuzz.report.comparing.one_run import holds_a_run, read_run
from fuzz.report.comparing.two_contracts import contracts_as_text
from fuzz.report.comparing.two_runs import is_worse, runs_as_text
from fuzz.run.setup.documents import read_contract
from swagger.contract import Contract

ADVICE = "name two report folders of runs, two workflow documents (.md), two swaggers or two folders of documents"
SWAGGERS = (".json", ".yaml", ".yml")


def diff(a: Path, b: Path, stdout: TextIO) -> int:
    """Compares and prints. Exit code 1 where B is worse. UsageError for paths that cannot be compared."""
    kinds = [_kind(path) for path in (a, b)]
    if kinds[0] != kinds[1]:
        raise UsageError(f"{a} is {kinds[0]}, and {b} is {kinds[1]}", next=ADVICE)
    if kinds[0] == "a run":
        runs = read_run(a), read_run(b)
        stdout.write(runs_as_text(*runs))
        return int(ExitCode.BROKEN if is_worse(*runs) else ExitCode.PASS)
    stdout.write(contracts_as_text(_contract(a, kinds[0]), _contract(b, kinds[1]), (a, b)))
    return int(ExitCode.PASS)


def _kind(path: Path) -> str:
    """What a path is, in words. UsageError if it is nothing that can be compared."""
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder", next=ADVICE)
    if holds_a_run(path):
        return "a run"
    if path.is_dir() and any(path.glob("*.md")):
        return "a folder of documents"
    if path.suffix == ".md":
        return "a workflow document"
    if path.suffix in SWAGGERS:
        return "a swagger"
    raise UsageError(f"{path} is neither a run nor a document", next=ADVICE)


def _contract(path: Path, kind: str) -> Contract:
    """The contract of a document; the packaged ones stand for the rest."""
    if kind == "a folder of documents":
        return read_contract(None, None, path)
    return read_contract(path, None) if kind == "a workflow document" else read_contract(None, path)
