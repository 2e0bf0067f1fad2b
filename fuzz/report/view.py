"""What all reports say in common, read from the summary: the verdict, one row a clause, the matrix, failures in order.

A run that was killed has no verdict of its own; what is known of it decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fuzz.errors import ExitCode
from fuzz.model.events import Event, RunVerdict, Summary
from fuzz.model.state import Situation

DOCUMENTED = tuple(str(situation) for situation in Situation if situation is not Situation.UNCERTAIN)
"""The situations that every report lists, met or not, in the order of a sync's life."""


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause with its tally and verdict. Frozen. `accepted`: it fails, and the baseline accepts each failure."""

    id: str
    says: str
    where: str
    due: int
    seen: int
    not_due: int
    surplus: int
    verdict: RunVerdict
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Situations against answers, with how often each answer came in each situation. Frozen."""

    situations: tuple[str, ...]
    answers: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]

    def count(self, situation: str, answer: str) -> int:
        return self.counts.get(situation, {}).get(answer, 0)


def finished(summary: Summary) -> bool:
    return summary.finished is not None


def verdict_of(summary: Summary) -> RunVerdict:
    """The run's own verdict, or what is known where it was killed."""
    if summary.finished is not None:
        return RunVerdict(summary.finished["verdict"])
    return RunVerdict.FAIL if list(unaccepted(summary)) else RunVerdict.INCONCLUSIVE


def exit_code_of(summary: Summary) -> int:
    if summary.finished is not None:
        return int(summary.finished["exit_code"])
    return int(ExitCode.BROKEN if verdict_of(summary) is RunVerdict.FAIL else ExitCode.INCONCLUSIVE)


def reasons_of(summary: Summary) -> list[str]:
    """Why the verdict is what it is, where the run said so; a killed run says that it was."""
    if summary.finished is None:
        return ["the run did not finish: this is what it had seen until it stopped"]
    return list(dict.fromkeys(str(reason) for reason in summary.finished.get("reasons", ())))


def seconds_of(summary: Summary) -> float:
    if summary.finished is not None:
        return float(summary.finished["seconds"])
    return float(sum(phase["seconds"] for phase in summary.phases.values()))


def unaccepted(summary: Summary) -> Iterator[Event]:
    """The failures that break a run: all but those that the baseline accepts."""
    return (failure for failure in summary.failures.values() if not failure.get("accepted"))


def failures_of(summary: Summary) -> list[Event]:
    """Failures in the order to be read: unaccepted first, then by clause as the documents list them, shortest first."""
    places = {clause: place for place, clause in enumerate(summary.clauses)}

    def place(failure: Event) -> tuple[Any, ...]:
        accepted = bool(failure.get("accepted"))
        return accepted, places.get(failure["clause"], len(places)), failure["steps"], failure["fingerprint"]

    return sorted(summary.failures.values(), key=place)


def clause_rows(summary: Summary) -> list[ClauseRow]:
    """One row for each clause of the contract, in its order."""
    failing: dict[str, bool] = {}
    for failure in summary.failures.values():
        failing[failure["clause"]] = failing.get(failure["clause"], True) and bool(failure.get("accepted"))
    return [_clause_row(summary, clause, failing) for clause in summary.started.get("clauses", ())]


def _clause_row(summary: Summary, clause: Mapping[str, Any], failing: Mapping[str, bool]) -> ClauseRow:
    name = clause["id"]
    tally = summary.clauses[name]
    return ClauseRow(
        id=name,
        says=clause["says"],
        where=clause["where"],
        due=tally.due,
        seen=tally.seen,
        not_due=tally.not_due,
        surplus=tally.surplus,
        verdict=RunVerdict.FAIL if name in failing else tally.verdict,
        accepted=failing.get(name, False),
    )


def matrix_of(summary: Summary) -> Matrix:
    """The documented situations, met or not, and any other that was met; answers by their label."""
    others = sorted(set(summary.situations) - set(DOCUMENTED))
    answers = sorted({answer for row in summary.situations.values() for answer in row})
    return Matrix((*DOCUMENTED, *others), tuple(answers), summary.situations)


def target_of(summary: Summary) -> str:
    """The target's name, as the run gave it."""
    target = summary.started.get("target", "an unknown target")
    return str(target.get("name", target)) if isinstance(target, Mapping) else str(target)


def situation_of(failure: Event) -> str:
    """`mismatched (account)`, or `fresh` where there is no more to say."""
    detail = failure.get("detail")
    return f"{failure['situation']} ({detail})" if detail else str(failure["situation"])


def headline(summary: Summary) -> str:
    """The verdict in a sentence, without the word itself."""
    broken = list(unaccepted(summary))
    accepted = len(summary.failures) - len(broken)
    if broken:
        clauses = {failure["clause"] for failure in broken}
        says = f"{_many(len(broken), 'failure')} in {_many(len(clauses), 'clause')}"
    else:
        says = "the contract is kept" if verdict_of(summary) is RunVerdict.PASS else "nothing failed"
    return f"{says}, {_many(accepted, 'accepted failure')}" if accepted else says


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
