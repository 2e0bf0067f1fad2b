"""Writes `junit.xml`: one test case for each clause in each situation where it was tested or should have been.

A test case fails only for a failure of the run, so this file and the exit code agree. A clause that was never due is
skipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from fuzz.events.summary import ClauseTally, Summary
from fuzz.events.types import FailureEvent
from fuzz.report import queries
from fuzz.report.facts.origin import origin_of
from fuzz.report.failure_text import accepted_line, failure_lines
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
    failures = _failures(summary)
    suite = Element("testsuite", {"name": "calfuzz", "time": f"{queries.seconds_of(summary):.3f}"})
    _properties(suite, summary)
    for case in cases(summary):
        _case(suite, summary, case, failures)
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
        suite.set(name, str(len(suite.findall(f".//{tag}"))))
    suites = Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def cases(summary: Summary) -> list[Case]:
    """Every test case: tested, expected, or failed; clauses in the documents' order."""
    found = {case: None for clause in summary.clauses for case in _cases_of(summary, clause)}
    return list({**found, **dict.fromkeys(_failures(summary))})


def _cases_of(summary: Summary, clause: str) -> Iterator[Case]:
    tested = [situation for name, situation in summary.cases if name == clause]
    expected = EXPECTED.get(clause, ())
    situations = [situation for situation in (*queries.DOCUMENTED, "uncertain") if situation in (*tested, *expected)]
    if not expected and not summary.clauses[clause].due:
        situations.append(ANY)
    return ((clause, situation) for situation in situations)


def _failures(summary: Summary) -> dict[Case, list[FailureEvent]]:
    found = defaultdict(list)
    for failure in queries.failures_of(summary)[:MAX_FAILURES]:
        found[(failure["clause"], failure["situation"])].append(failure)
    return dict(found)


def _properties(suite: Element, summary: Summary) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (
        ("target", queries.target_of(summary)),
        ("seed", summary.started["seed"]),
        ("verdict", queries.verdict_of(summary)),
        *origin_of(summary),
        *(("reason", reason) for reason in queries.reasons_of(summary)),
        *(("trouble", trouble) for trouble in summary.troubles),
    ):
        SubElement(properties, "property", {"name": name, "value": visible(value)})


def _case(suite: Element, summary: Summary, case: Case, failures: Mapping[Case, list[FailureEvent]]) -> None:
    clause, situation = case
    element = SubElement(suite, "testcase", {"classname": "calfuzz", "name": visible(f"{clause} in {situation}")})
    where = next((row["where"] for row in summary.started["clauses"] if row["id"] == clause), None)
    if where is not None:
        location = source_location(summary, where)
        element.set("file", location.file)
        element.set("line", str(location.line))
    element.set("time", "0")
    _outcome(element, summary, case, failures)


def _outcome(element: Element, summary: Summary, case: Case, failures: Mapping[Case, list[FailureEvent]]) -> None:
    found = failures.get(case, [])
    broken = [failure for failure in found if not failure["accepted"]]
    tally = summary.cases.get(case, ClauseTally())
    if broken:
        _fail(element, broken)
    elif found and found[0]["accepted"]:
        _skip(element, accepted_line(found[0]["accepted"]))
    elif not tally.due and not tally.not_due:
        _skip(element, "not tested: the clause was never due")
    elif tally.surplus or tally.seen < tally.due:
        _miscounted(element, tally, reported=any(situation == case[1] for _, situation in failures))


def _fail(element: Element, broken: list[FailureEvent]) -> None:
    message = f"expected {broken[0]['expected']}, saw {broken[0]['observed']}"
    element = SubElement(element, "failure", {"message": visible(message), "type": "contract"})
    texts = ("\n".join(failure_lines(failure)) for failure in broken)
    element.text = visible_block("\n\n".join(texts), limit=4 * BLOCK)


def _miscounted(element: Element, tally: ClauseTally, *, reported: bool) -> None:
    says = f"due {tally.due} times and came {tally.seen}, not due {tally.not_due} times and came {tally.surplus}"
    if reported:
        _skip(element, f"{says}: reported as a failure of another clause in this situation")
    else:
        SubElement(element, "failure", {"message": says, "type": "contract"}).text = says


def _skip(element: Element, message: str) -> None:
    SubElement(element, "skipped", {"message": visible(message)})
