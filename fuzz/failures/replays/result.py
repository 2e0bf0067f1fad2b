"""The result of a replay: the outcome, why, and a row for each step; and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from fuzz.errors import ExitCode
from fuzz.report.text import NARROW, Columns, visible, wrapped
from fuzz.shrinking.reproducer import Shrunk


class Outcome(StrEnum):
    """The outcome of a replay."""

    FIXED = "FIXED"
    FAILED = "FAILED"
    CANNOT_TELL = "CANNOT TELL"

    @property
    def exit_code(self) -> ExitCode:
        """0 fixed, 1 failed, 3 cannot tell."""
        return {"FIXED": ExitCode.PASS, "FAILED": ExitCode.BROKEN}.get(self.value, ExitCode.INCONCLUSIVE)


STEP = Columns(least=(3, 12, 18, 5, 0), most=(4, 28, NARROW, 18, 12), grows=2)
"""A step: its number, what it does, what it says, what was seen, the state after it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a replay's table: a step and its answer. Frozen. `state`: the believed kind of state after it."""

    number: int
    does: str
    says: str
    expected: str
    seen: str
    state: str = ""
    broken: bool = False


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of a replay: `rows` are those of its last time, `came` of `times` that it failed. `not_done` names the
    parts of a workflow document that were left out, `where` the target. `scenario`: what was done that time, as far as
    a bundle was replayed. Frozen.
    """

    name: str
    outcome: Outcome
    why: str
    rows: tuple[Row, ...]
    came: int
    times: int
    not_done: tuple[str, ...] = ()
    where: str = ""
    scenario: Shrunk | None = None

    @property
    def exit_code(self) -> ExitCode:
        return self.outcome.exit_code

    def redacted(self, redact: Callable[[str], str]) -> ReplayResult:
        """The result without secrets in its texts: a line's end may stand in the midst of one later."""
        rows = (
            replace(
                row,
                says=redact(row.says),
                expected=redact(row.expected),
                seen=redact(row.seen),
                state=redact(row.state),
            )
            for row in self.rows
        )
        not_done = tuple(map(redact, self.not_done))
        return replace(self, why=redact(self.why), where=redact(self.where), rows=tuple(rows), not_done=not_done)


def cannot_tell(name: str, why: str) -> ReplayResult:
    """The result of a replay that was not done."""
    return ReplayResult(name, Outcome.CANNOT_TELL, why, (), 0, 0)


def as_text(result: ReplayResult) -> str:
    """The outcome, why, and a table of the steps: done, named, seen, and expected where that differs."""
    rate = f"; failed {result.came} of {result.times} times" if result.times > 1 else ""
    lines = [f"{result.outcome.value}  {visible(result.name)}"]
    lines += wrapped(f"        {visible(result.why, limit=600)}{rate}", indent=8)
    lines += wrapped(f"        on {visible(result.where, limit=600)}", indent=8) if result.where else []
    for row, told in zip(result.rows, STEP.lines([_cells(row) for row in result.rows]), strict=True):
        lines += told
        lines += [f"      expected {visible(row.expected)}"] if row.broken else []
    lines += [line for part in result.not_done for line in wrapped(f"  not done: {visible(part)}", indent=4)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    says, seen = visible(row.says, limit=80), visible(row.seen, limit=40)
    return str(row.number), visible(row.does, limit=28), says, seen, "" if row.broken else visible(row.state)
