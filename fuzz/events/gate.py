"""The verdict of a run, from its summary. A run passes only if every clause was due, so an empty run never passes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fuzz.events.pinned import changes_of
from fuzz.events.summary import RunVerdict, Summary

NOT_REACHED = {
    "missing": "the state `none` was not reached: after disconnect no answer told that there is no calendar sync; write"
    " steps that reach it as lifecycle: {none: …} into the profile",
    "invalid": "the state `disabled` was not reached: after disable no answer told that the calendar sync is disabled;"
    " write steps that reach it as lifecycle: {disabled: …} into the profile",
}
"""Why a state error was never due although the target offers the sibling that should lead to its state."""

EXIT_CODES = {RunVerdict.PASS: 0, RunVerdict.FAIL: 1, RunVerdict.INCONCLUSIVE: 3}


NO_TURN = "had no turn"
"""What is said of a phase that has sent nothing, because the time was over."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict of a run. Frozen. `reasons` say why it is not `pass`, one sentence each."""

    verdict: RunVerdict
    reasons: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]


def incomplete(summary: Summary) -> list[str]:
    """The phases that did not finish."""
    return [name for name, event in summary.phases.items() if event.get("complete") is False]


def left_undone(summary: Summary) -> dict[str, list[str]]:
    """The phases that did not finish, by what is said of them. Empty if all did."""
    said: dict[str, list[str]] = {}
    for name in incomplete(summary):
        said.setdefault("did not finish" if summary.phases[name]["requests"] else NO_TURN, []).append(name)
    return said


def conclude(summary: Summary, *, stopped: str | None, impossible: Collection[str], strict: bool = False) -> Conclusion:
    """The verdict: `fail` if there is a failure, else inconclusive if a clause was never due, else `pass`.

    `stopped`: why the run ended early. `impossible`: why some clauses could not be due. `strict`: whether a changed
    pinned observation fails the run.
    """
    broken = [event for event in summary.failures.values() if not event["accepted"]]
    if broken:
        clauses = dict.fromkeys(event["clause"] for event in broken)
        ended = [stopped] if stopped else []
        return Conclusion(RunVerdict.FAIL, (*(f"{clause} is broken" for clause in clauses), *ended))
    if strict and summary.changed:
        return Conclusion(RunVerdict.FAIL, tuple(f"not as pinned: {change.line}" for change in changes_of(summary)))
    never = [clause for clause, tally in summary.clauses.items() if not tally.due]
    reasons = [*([stopped] if stopped else []), *summary.doubts]
    if summary.started["command"] == "gate":
        reasons.extend(f"{phase} {what}" for what, phases in left_undone(summary).items() for phase in phases)
    if never:
        reasons.append(f"never due: {', '.join(never)}")
        reasons.extend(impossible or _not_reached(summary, never))
    if not summary.clauses and not reasons:
        reasons.append("nothing was tested")
    if reasons:
        return Conclusion(RunVerdict.INCONCLUSIVE, tuple(reasons))
    return Conclusion(RunVerdict.PASS, ())


def _not_reached(summary: Summary, never: Collection[str]) -> list[str]:
    """Why state errors were never due, in a run that got as far as to send what succeeds."""
    sent = "success" in summary.clauses and "success" not in never
    return [NOT_REACHED[clause] for clause in never if sent and clause in NOT_REACHED]
