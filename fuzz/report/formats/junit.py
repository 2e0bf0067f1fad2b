"""Writes `junit.xml`: a failing test case for each failure, and a passing one for each clause in each situation where
it was tested and no answer was wrong; of a replay, one for each bundle and document.

So this file and the exit code agree. A clause that was never due is skipped. Where a failure of another clause affects
one, it has no case: the failure's tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from fuzz.events.failures import FailureEvent, Replayed
from fuzz.events.summary import ClauseTally, Summary
from fuzz.report import queries
from fuzz.report.facts.origin import origin_of
from fuzz.report.facts.requests import requests_line
from fuzz.report.facts.standing import standing_lines
from fuzz.report.failure_text import accepted_line, failure_lines
from fuzz.report.first_lines import headline, news_lines
from fuzz.report.source_link import source_location
from fuzz.report.text import BLOCK, visible, visible_block

EXPECTED: Mapping[str, tuple[str, ...]] = {
    "missing": ("none",),
    "already_exists": ("mismatched",),
    "invalid": ("disabled",),
    "success": ("fresh", "matched"),
}
"""The situations in which a clause must be due; any other clause must be due in some situation."""

ANY = "any situation"
"""The situation of a clause that has no situation of its own and was never due."""

MAX_FAILURES = 2_000
"""Maximum failures written."""

Case = tuple[str, str]
"""A clause and a situation."""


def junit_xml(summary: Summary) -> str:
    """The text of the file. Texts from outside are escaped."""
    suite = Element("testsuite", {"name": "calfuzz", "time": f"{queries.seconds_of(summary):.3f}"})
    _properties(suite, summary)
    for failure in queries.failures_of(summary)[:MAX_FAILURES] if not summary.replays else ():
        _failed(suite, summary, failure)
    for case in held(summary) if not summary.replays else ():
        _held(suite, summary, case)
    for case in doubtful(summary) if not summary.replays else ():
        _doubtful(suite, summary, case)
    if queries.only_changed(summary):
        _not_as_pinned(suite, summary)
    for replay in summary.replays:
        _replay(suite, summary, replay)
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
        suite.set(name, str(len(suite.findall(f".//{tag}"))))
    suites = Element("testsuites", {"name": f"calfuzz: {queries.verdict_of(summary).upper()} {headline(summary)}"})
    suites.append(suite)
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def held(summary: Summary) -> Iterator[Case]:
    """Every clause in each situation where it was tested or should have been, and no answer was wrong."""
    told = _told(summary)
    for clause in summary.clauses:
        for case in _cases_of(summary, clause):
            if case not in told and not _is_wrong(summary.cases.get(case, ClauseTally())):
                yield case


def doubtful(summary: Summary) -> Iterator[Case]:
    """Where answers were wrong of which no failure tells: they have never come back."""
    told = _told(summary)
    for case, tally in summary.cases.items():
        if _is_wrong(tally) and case not in told and not queries.told_of(summary, summary.touched.get(case, ())):
            yield case


def _told(summary: Summary) -> set[Case]:
    """Where a failure is told under a clause, in each situation in which it showed."""
    found = {(failure["clause"], failure["situation"]) for failure in summary.failures.values()}
    for failure in summary.failures.values():
        for where in failure.get("situations", {}):
            clause, _, situation = where.partition(" in ")
            found.add((clause, situation.partition(" (")[0]))
    return found


def _is_wrong(tally: ClauseTally) -> bool:
    return bool(tally.surplus) or tally.seen < tally.due


def _cases_of(summary: Summary, clause: str) -> Iterator[Case]:
    tested = [situation for name, situation in summary.cases if name == clause]
    expected = EXPECTED.get(clause, ())
    situations = [situation for situation in (*queries.DOCUMENTED, "uncertain") if situation in (*tested, *expected)]
    if not expected and not summary.clauses[clause].due:
        situations.append(ANY)
    return ((clause, situation) for situation in situations)


def _properties(suite: Element, summary: Summary) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (
        ("headline", headline(summary)),
        *(("news", line) for line in news_lines(summary)),
        ("target", queries.target_of(summary)),
        ("seed", summary.started["seed"]),
        ("verdict", queries.verdict_of(summary)),
        *origin_of(summary),
        *(("reason", reason) for reason in queries.reasons_of(summary)),
        ("requests", requests_line(summary)),
        *(("affected", f"{row.id}: {row.word}") for row in queries.clause_rows(summary) if row.affected_by),
        *(("standing", line) for line in standing_lines(summary)),
        *(("trouble", trouble) for trouble in summary.troubles),
    ):
        SubElement(properties, "property", {"name": name, "value": visible(value)})


def _case(suite: Element, summary: Summary, clause: str, name: str, *, where: str = "") -> Element:
    """A test case at the place of its clause in the document."""
    element = SubElement(suite, "testcase", {"classname": "calfuzz", "name": visible(name)})
    where = where or next((row["where"] for row in summary.started["clauses"] if row["id"] == clause), "")
    if where:
        location = source_location(summary, where)
        element.set("file", location.file)
        element.set("line", str(location.line))
    element.set("time", "0")
    return element


def _replay(suite: Element, summary: Summary, replay: Replayed) -> None:
    """A bundle or document that was run again: reproduced is a failure, and what cannot be told an error."""
    element = SubElement(suite, "testcase", {"classname": "calfuzz.replay", "name": visible(replay["name"])})
    if replay["documented_at"]:
        location = source_location(summary, replay["documented_at"])
        element.set("file", location.file)
        element.set("line", str(location.line))
    element.set("time", f"{replay['seconds']:.3f}")
    tag = {"FAILED": "failure", "CANNOT TELL": "error"}.get(replay["outcome"])
    if tag is not None:
        message = {"message": visible(replay["why"], limit=BLOCK), "type": replay["outcome"].lower()}
        failure = summary.failures.get(replay["name"])
        text = f"{replay['text']}{failure['argument']}\n" if failure is not None else replay["text"]
        SubElement(element, tag, message).text = visible_block(text, limit=4 * BLOCK)


def _failed(suite: Element, summary: Summary, failure: FailureEvent) -> None:
    """A failure with its steps. One that the baseline accepts is skipped, as an expected failure is."""
    name = f"{failure['clause']} in {queries.situation_of(failure)}: {failure['fingerprint']}"
    element = _case(suite, summary, failure["clause"], name, where=failure["where"])
    if failure["accepted"]:
        _skip(element, accepted_line(failure["accepted"]))
        return
    message = f"expected {failure['expected']}, saw {failure['observed']}"
    told = SubElement(element, "failure", {"message": visible(message), "type": "contract"})
    told.text = visible_block("\n".join(failure_lines(failure)), limit=4 * BLOCK)


def _held(suite: Element, summary: Summary, case: Case) -> None:
    """A clause in a situation where it passed, or was not tested."""
    element = _case(suite, summary, case[0], " in ".join(case))
    tally = summary.cases.get(case, ClauseTally())
    if not tally.due and not tally.not_due:
        _skip(element, "; ".join(["not tested: the clause was never due", *_why_never(summary, case[0])]))


def _why_never(summary: Summary, clause: str) -> Iterator[str]:
    """Why a clause was due nowhere, as far as the run knows."""
    if not summary.clauses[clause].due:
        yield from (reason for reason in queries.reasons_of(summary) if not reason.startswith("never due"))


def _doubtful(suite: Element, summary: Summary, case: Case) -> None:
    """A clause in a situation where wrong answers came that have not come back: an error, as nothing can be told."""
    tally = summary.cases[case]
    says = f"due {tally.due} times and came {tally.seen}, not due {tally.not_due} times and came {tally.surplus}"
    element = _case(suite, summary, case[0], " in ".join(case))
    SubElement(element, "error", {"message": f"{says}: a wrong answer that has not come back", "type": "doubt"})


def _not_as_pinned(suite: Element, summary: Summary) -> None:
    """The case of a run that only its pinned observations fail."""
    element = SubElement(suite, "testcase", {"classname": "calfuzz", "name": "pinned observations", "time": "0"})
    told = SubElement(element, "failure", {"message": queries.changed_headline(summary), "type": "pin"})
    told.text = visible_block("\n".join(queries.reasons_of(summary)))


def _skip(element: Element, message: str) -> None:
    SubElement(element, "skipped", {"message": visible(message)})
