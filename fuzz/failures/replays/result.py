"""The result of a replay: the outcome, why, and a row for each step; and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fuzz.errors import ExitCode
from fuzz.report.text import visible
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


def cannot_tell(name: str, why: str) -> ReplayResult:
    """The result of a replay that was not done."""
    return ReplayResult(name, Outcome.CANNOT_TELL, why, (), 0, 0)


def as_text(result: ReplayResult) -> str:
    """The outcome, why, and a table of the steps: done, named, seen, and expected where that differs."""
    rate = f"; failed {result.came} of {result.times} times" if result.times > 1 else ""
    lines = [f"{result.outcome.value}  {visible(result.name)}", f"        {visible(result.why, limit=600)}{rate}"]
    lines += [f"        on {visible(result.where, limit=600)}"] if result.where else []
    lines += [_line(row) for row in result.rows]
    lines += [f"  not done: {visible(part)}" for part in result.not_done]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _line(row: Row) -> str:
    does, says, seen = visible(row.does, limit=28), visible(row.says, limit=80), visible(row.seen, limit=40)
    after = visible(f"expected {row.expected}" if row.broken else row.state)
    return f"  {row.number:<3} {does:<28}  {says:<44}  {seen:<20}  {after}"
