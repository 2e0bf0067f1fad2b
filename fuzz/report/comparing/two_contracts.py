"""Two versions of the documents compared: the clauses added, removed and changed, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fuzz.report.text import entry, visible, wrapped
from swagger.contract import Clause, Contract

LONGEST = 1_000
"""Characters of a sentence that are shown."""


def contracts_as_text(a: Contract, b: Contract, paths: tuple[Path, Path]) -> str:
    """The differences in lines of at most 80 columns, but for longer words."""
    was, now = _promises(a), _promises(b)
    added, removed = [name for name in now if name not in was], [name for name in was if name not in now]
    changed = [name for name in now if name in was and now[name][0] != was[name][0]]
    lines = [line for letter, path in zip("AB", paths, strict=True) for line in wrapped(f"{letter}  {path}", indent=3)]
    lines += ["", f"clauses: {len(added):,} added, {len(removed):,} removed, {len(changed):,} changed"]
    lines += [line for name in added for line in _entry("added", name, now[name])]
    lines += [line for name in removed for line in _entry("removed", name, was[name])]
    for name in changed:
        sentences = (f"{letter}: {_shown(side[name][0])}" for letter, side in (("A", was), ("B", now)))
        lines += entry(f"changed: {visible(name)} ({visible(now[name][1])})", *sentences)
    return "\n".join(lines) + "\n"


def _entry(what: str, name: str, promise: tuple[str, str]) -> Iterator[str]:
    says, where = promise
    yield from entry(f"{what}: {visible(name)} ({visible(where)})", _shown(says))


def _shown(says: str) -> str:
    return visible(" ".join(says.split()), limit=LONGEST)


def _promises(contract: Contract) -> dict[str, tuple[str, str]]:
    """What each clause promises, and where, by its id."""
    return {clause.id: (_says(contract, clause), str(clause.where)) for clause in contract.clauses}


def _says(contract: Contract, clause: Clause) -> str:
    """The sentence of a clause; before that of a state error, the answer that is promised."""
    error = next((error for error in contract.state_errors if error.id == clause.id), None)
    return f"{error.status} {error.code} {error.message!r}: {clause.says}" if error else clause.says
