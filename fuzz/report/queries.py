"""Reads from the summary what all reports show: the verdict, a row for each clause, the matrix, the failures in order.

A run that was killed has no verdict of its own: it is `fail` if a failure is known, else inconclusive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fuzz.errors import ExitCode
from fuzz.events.failures import FailureEvent, Replayed
from fuzz.events.history import News, news_of
from fuzz.events.summary import AT_ONCE, ClauseTally, RunVerdict, Summary
from fuzz.events.types import ClauseEntry
from fuzz.oracle.state import Situation
from fuzz.report.text import counted

DOCUMENTED = tuple(str(situation) for situation in Situation if situation is not Situation.UNCERTAIN)
"""The situations that every report lists, met or not."""


NEW = "new"
"""The age of a failure that no earlier run has seen, or that was fixed meanwhile."""

COMES_AND_GOES = "comes and goes"
"""How the age of a failure begins that earlier runs did not see each time."""

_RANKS = {"state error": 0, "required": 2, "type": 2, "format": 2, "listed values": 2, "alternative": 2}
"""The rank of a failure by the kind of its clause: states first, payloads last."""


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """One clause with its tally and verdict. Frozen.

    `accepted`: it fails, but the baseline accepts each failure. `affected_by`: failures of other clauses whose answers
    its tally counts as wrong, too, where none is told under it.
    """

    id: str
    says: str
    where: str
    due: int
    seen: int
    not_due: int
    surplus: int
    verdict: RunVerdict
    accepted: bool = False
    affected_by: int = 0

    @property
    def word(self) -> str:
        """What a table says of it: `pass`, `fail`, `accepted`, `affected by 2` or `inconclusive`."""
        if self.accepted:
            return "accepted"
        return f"affected by {self.affected_by}" if self.affected_by else str(self.verdict)


@dataclass(frozen=True, slots=True)
class Matrix:
    """How often each answer came in each situation. Frozen."""

    situations: tuple[str, ...]
    answers: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]

    def count(self, situation: str, answer: str) -> int:
        return self.counts.get(situation, {}).get(answer, 0)


def finished(summary: Summary) -> bool:
    return summary.finished is not None


def verdict_of(summary: Summary) -> RunVerdict:
    """The run's own verdict; if it was killed, the verdict by what is known."""
    if summary.finished is not None:
        return RunVerdict(summary.finished["verdict"])
    return RunVerdict.FAIL if list(unaccepted(summary)) else RunVerdict.INCONCLUSIVE


CHANGED = "CHANGED"
"""The first word of a report on a run that only the pinned observations fail."""


def first_word(summary: Summary) -> str:
    """The first word of every report: the verdict, or CHANGED if nothing but pinned observations fails the run."""
    return CHANGED if only_changed(summary) else verdict_of(summary).upper()


def only_changed(summary: Summary) -> bool:
    """Whether a run fails for its pinned observations alone."""
    failed = verdict_of(summary) is RunVerdict.FAIL
    return failed and bool(summary.changed) and not any(unaccepted(summary))


def changed_headline(summary: Summary) -> str:
    """`3 observations are not as pinned`."""
    count = len(summary.changed)
    return f"{counted(count, 'observation')} {'is' if count == 1 else 'are'} not as pinned"


def exit_code_of(summary: Summary) -> int:
    if summary.finished is not None:
        return summary.finished["exit_code"]
    return int(ExitCode.BROKEN if verdict_of(summary) is RunVerdict.FAIL else ExitCode.INCONCLUSIVE)


def reasons_of(summary: Summary) -> list[str]:
    """Why the verdict is not `pass`; for a killed run, that it was killed."""
    if summary.finished is None:
        return ["the run did not finish: this is what it had seen until it stopped"]
    return list(dict.fromkeys(summary.finished["reasons"]))


def seconds_of(summary: Summary) -> float:
    if summary.finished is not None:
        return summary.finished["seconds"]
    return sum((phase["seconds"] for phase in summary.phases.values()), 0.0)


def unaccepted(summary: Summary) -> Iterator[FailureEvent]:
    """The failures that make a run fail: all but those that the baseline accepts."""
    return (failure for failure in summary.failures.values() if not failure["accepted"])


def failures_of(summary: Summary) -> list[FailureEvent]:
    """The failures, each with its age, in the reading order of all reports: what fails the run before what is accepted,
    new before old, what comes each time before what comes and goes, state errors before payloads, the shortest first.
    """
    kinds = {clause["id"]: clause["kind"] for clause in summary.started["clauses"]}
    news = news_of(summary)

    def reading_order(failure: FailureEvent) -> tuple[bool, bool, bool, int, int, str]:
        name, age = failure["fingerprint"], failure.get("age", NEW)
        flaky = failure["intermittent"] or (news is not None and name in news.flaky)
        rank = _RANKS.get(kinds.get(failure["clause"], ""), 1)
        return bool(failure["accepted"]), age != NEW, flaky, rank, failure["steps"], name

    return sorted((_with_age(failure, news) for failure in summary.failures.values()), key=reading_order)


def often(came: int, nights: int) -> str:
    """On how many nights a failure came: `2 of the last 7 nights`."""
    return f"{came} of the last {nights} nights" if nights > 1 else "today"


def _with_age(failure: FailureEvent, news: News | None) -> FailureEvent:
    """The failure with what is known of it from earlier runs, in words; as it is where nothing is known."""
    name = failure["fingerprint"]
    if news is None or failure["accepted"]:
        return failure
    if name in news.often:
        came, nights = news.often[name]
        return {**failure, "age": f"{COMES_AND_GOES}: {often(came, nights)}"}
    if name in news.nights:
        nights = news.nights[name]
        return {**failure, "age": f"failing for {nights} nights" if nights > 1 else "failed earlier today, too"}
    return {**failure, "age": NEW}


def clause_rows(summary: Summary) -> list[ClauseRow]:
    """One row for each clause of the contract, in its order."""
    failing: dict[str, bool] = {}
    for failure in summary.failures.values():
        failing[failure["clause"]] = failing.get(failure["clause"], True) and bool(failure["accepted"])
    return [_clause_row(summary, clause, failing) for clause in summary.started["clauses"]]


def _clause_row(summary: Summary, clause: ClauseEntry, failing: Mapping[str, bool]) -> ClauseRow:
    name = clause["id"]
    tally = summary.clauses[name]
    touched = Counter[str]()
    for (touched_clause, _), wheres in summary.touched.items():
        touched += wheres if touched_clause == name and name not in failing else Counter()
    return ClauseRow(
        id=name,
        says=clause["says"],
        where=clause["where"],
        due=tally.due,
        seen=tally.seen,
        not_due=tally.not_due,
        surplus=tally.surplus,
        verdict=_clause_verdict(tally, failing=name in failing),
        accepted=failing.get(name, False),
        affected_by=len(told_of(summary, touched)),
    )


def told_of(summary: Summary, wheres: Collection[str]) -> list[FailureEvent]:
    """The failures that tell of wrong answers, which are named by the clause and situation of their verdicts."""
    return [
        failure
        for failure in summary.failures.values()
        if not {f"{failure['clause']} in {situation_of(failure)}", *failure.get("situations", {})}.isdisjoint(wheres)
    ]


def _clause_verdict(tally: ClauseTally, *, failing: bool) -> RunVerdict:
    """A clause fails exactly where a failure is told under it. One that another failure affects is inconclusive."""
    if failing:
        return RunVerdict.FAIL
    return RunVerdict.INCONCLUSIVE if tally.verdict is RunVerdict.FAIL else tally.verdict


def matrix_of(summary: Summary) -> Matrix:
    """The documented situations, met or not, and any other that was met; answers by their label."""
    others = sorted(set(summary.situations) - set(DOCUMENTED), key=lambda name: (name == AT_ONCE, name))
    answers = sorted({answer for row in summary.situations.values() for answer in row})
    return Matrix((*DOCUMENTED, *others), tuple(answers), summary.situations)


NOTABLE = {
    "other staff token": "one staff member's token works for another one (OWASP API1, broken object level"
    " authorization)",
    "admin token": "the admin's token works where the document names a staff token (OWASP API5)",
    "create without the admin token": "whoever has no admin token can destroy a calendar sync (OWASP API5, broken"
    " function level authorization)",
}
"""Observations that most teams want to know of if the target accepts the request, by feature; and why."""


def notable(feature: str, answers: Mapping[str, int]) -> str:
    """Why an observation is worth knowing of; empty if it is not."""
    why = NOTABLE.get(feature.partition(":")[0], "")
    return why if why and any(answer.startswith("2") for answer in answers) else ""


def observations_of(summary: Summary) -> list[tuple[str, str, Counter[str], str]]:
    """Feature, situation, answers and why it is notable, of each observation: the notable ones first."""
    rows = [
        (feature, situation, answers, notable(feature, answers))
        for (feature, situation), answers in summary.observations.items()
    ]
    return sorted(rows, key=lambda row: (not row[3], row[0], row[1]))


def target_of(summary: Summary) -> str:
    """The name of the target."""
    return summary.started["target"]


def seed_of(summary: Summary) -> str:
    """The seed of the run, as texts say it."""
    seed = summary.started["seed"]
    return "unknown" if seed is None else str(seed)


def situation_of(failure: FailureEvent) -> str:
    """The situation and its detail: `mismatched (account)`, or `fresh` if there is no detail."""
    detail = failure["detail"]
    return f"{failure['situation']} ({detail})" if detail else failure["situation"]


def tally_of(replays: Sequence[Replayed]) -> str:
    """`2 FAILED, 1 FIXED`: how often each outcome came."""
    count = Counter(each["outcome"] for each in replays)
    return ", ".join(f"{count[outcome]} {outcome}" for outcome in ("FIXED", "FAILED", "CANNOT TELL") if count[outcome])
