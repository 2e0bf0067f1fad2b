"""`junit.xml`: one test case for each clause in each situation, where it was put to the test or ought to have been.

Only what the run itself calls a failure is one here, so that a pipeline that reads this file and one that reads the
exit code agree. What was never due is skipped, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from fuzz.model.events import ClauseTally, Event, Summary
from fuzz.report import view
from fuzz.report.argued import accepted_line, argued
from fuzz.report.place import place_of
from fuzz.report.text import BLOCK, visible, visible_block

EXPECTED: Mapping[str, tuple[str, ...]] = {
    "missing": ("none",),
    "already_exists": ("mismatched",),
    "invalid": ("disabled",),
    "success": ("fresh", "matched"),
}
"""The situations in which a clause is due by the documents; any other clause is due in some situation."""

ANY = "any situation"
"""The situation of a clause that belongs to no one situation and was never due."""

MOST = 2_000
"""Failures written; a run that found more has one cause that this file cannot make plainer."""

Case = tuple[str, str]
"""A clause and a situation."""


def junit_xml(summary: Summary) -> str:
    """The file's whole text. A text from outside can end no element and no attribute."""
    failures = _failures(summary)
    suite = Element("testsuite", {"name": "calfuzz", "time": f"{view.seconds_of(summary):.3f}"})
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
    """Every test case: put to the test, expected, or failed; clauses in the documents' order."""
    found = {case: None for clause in summary.clauses for case in _cases_of(summary, clause)}
    return list({**found, **dict.fromkeys(_failures(summary))})


def _cases_of(summary: Summary, clause: str) -> Iterator[Case]:
    tested = [situation for name, situation in summary.cases if name == clause]
    expected = EXPECTED.get(clause, ())
    situations = [situation for situation in (*view.DOCUMENTED, "uncertain") if situation in (*tested, *expected)]
    if not expected and not summary.clauses[clause].due:
        situations.append(ANY)
    return ((clause, situation) for situation in situations)


def _failures(summary: Summary) -> dict[Case, list[Event]]:
    found = defaultdict(list)
    for failure in view.failures_of(summary)[:MOST]:
        found[(failure["clause"], failure["situation"])].append(failure)
    return dict(found)


def _properties(suite: Element, summary: Summary) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (
        ("target", view.target_of(summary)),
        ("seed", summary.started.get("seed")),
        ("verdict", view.verdict_of(summary)),
        *(("reason", reason) for reason in view.reasons_of(summary)),
        *(("trouble", trouble) for trouble in summary.troubles),
    ):
        SubElement(properties, "property", {"name": name, "value": visible(value)})


def _case(suite: Element, summary: Summary, case: Case, failures: Mapping[Case, list[Event]]) -> None:
    clause, situation = case
    element = SubElement(suite, "testcase", {"classname": "calfuzz", "name": visible(f"{clause} in {situation}")})
    where = next((row["where"] for row in summary.started.get("clauses", ()) if row["id"] == clause), None)
    if where is not None:
        place = place_of(summary, where)
        element.set("file", place.file)
        element.set("line", str(place.line))
    element.set("time", "0")
    _outcome(element, summary, case, failures)


def _outcome(element: Element, summary: Summary, case: Case, failures: Mapping[Case, list[Event]]) -> None:
    found = failures.get(case, [])
    broken = [failure for failure in found if not failure.get("accepted")]
    tally = summary.cases.get(case, ClauseTally())
    if broken:
        _fail(element, broken)
    elif found:
        _skip(element, accepted_line(found[0]["accepted"]))
    elif not tally.due and not tally.not_due:
        _skip(element, "never put to the test: the clause was not due once")
    elif tally.surplus or tally.seen < tally.due:
        _miscounted(element, tally, reported=any(situation == case[1] for _, situation in failures))


def _fail(element: Element, broken: list[Event]) -> None:
    first = broken[0]
    message = f"expected {first['expected']}, saw {first['observed']}"
    failure = SubElement(element, "failure", {"message": visible(message), "type": "contract"})
    texts = ("\n".join(argued(each)) for each in broken)
    failure.text = visible_block("\n\n".join(texts), limit=4 * BLOCK)


def _miscounted(element: Element, tally: ClauseTally, *, reported: bool) -> None:
    says = f"due {tally.due} times and came {tally.seen}, not due {tally.not_due} times and came {tally.surplus}"
    if reported:
        _skip(element, f"{says}: reported as a failure of another clause in this situation")
    else:
        SubElement(element, "failure", {"message": says, "type": "contract"}).text = says


def _skip(element: Element, message: str) -> None:
    SubElement(element, "skipped", {"message": visible(message)})
