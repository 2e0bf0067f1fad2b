"""The report for GitHub Actions: annotations on the documents' lines, and a step summary in Markdown.

Every text from outside is escaped for the format that it is written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuzz.events.summary import RunVerdict, Summary
from fuzz.events.types import FailureEvent
from fuzz.report import queries
from fuzz.report.facts.origin import origin_lines
from fuzz.report.facts.requests import requests_line
from fuzz.report.facts.standing import standing_lines
from fuzz.report.failure_text import failure_lines
from fuzz.report.first_lines import headline, news_lines
from fuzz.report.source_link import source_location
from fuzz.report.text import counted, duration, visible

ANNOTATIONS = 50
"""Maximum annotations written. GitHub shows ten of each kind for a step."""

FAILURES = 50
"""Maximum failures in the step summary, which GitHub drops if it is over 1 MiB."""

_MARKS = {RunVerdict.PASS: "✅", RunVerdict.FAIL: "❌", RunVerdict.INCONCLUSIVE: "⚠️"}


def workflow_commands(summary: Summary) -> Iterator[str]:
    """Workflow commands, one a line: a notice of what the run came to, an error for a failure, a notice for an accepted
    one, a warning for a reason.
    """
    yield f"::notice title=calfuzz {queries.verdict_of(summary).upper()}::{_data(headline(summary))}"
    for failure in queries.failures_of(summary)[:ANNOTATIONS]:
        yield _annotation(summary, failure)
    if queries.verdict_of(summary) is RunVerdict.INCONCLUSIVE:
        for reason in queries.reasons_of(summary)[:ANNOTATIONS]:
            yield f"::warning title=calfuzz is inconclusive::{_data(visible(reason, limit=1000))}"


def _annotation(summary: Summary, failure: FailureEvent) -> str:
    location = source_location(summary, failure["where"])
    kind = "notice" if failure["accepted"] else "error"
    title = f"{visible(failure['clause'])}, in {visible(queries.situation_of(failure))}"
    says = f"expected {visible(failure['expected'])}, saw {visible(failure['observed'])}"
    text = "\n".join([says, *failure_lines(failure)[1:]])
    return f"::{kind} file={_property(location.file)},line={location.line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(summary: Summary) -> str:
    """Markdown for the file that `GITHUB_STEP_SUMMARY` names."""
    parts = [_verdict(summary), _clauses(summary), _matrix(queries.matrix_of(summary))]
    parts += [[markdown(requests_line(summary))], *_failures(summary)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _verdict(summary: Summary) -> list[str]:
    verdict = queries.verdict_of(summary)
    seed = markdown(queries.seed_of(summary))
    facts = f"{counted(summary.total, 'request')} in {duration(queries.seconds_of(summary))}"
    return [
        f"## {_MARKS[verdict]} calfuzz: {queries.first_word(summary).lower()}, {headline(summary)}",
        "",
        f"Target {markdown(visible(queries.target_of(summary)))}, seed {seed}, {facts}.",
        *(f"{markdown(line)}  " for line in origin_lines(summary)),
        "",
        *(f"- {markdown(visible(note, limit=400))}" for note in _notes(summary)),
    ]


def _notes(summary: Summary) -> list[str]:
    return [*news_lines(summary), *queries.reasons_of(summary), *standing_lines(summary), *summary.troubles]


def _clauses(summary: Summary) -> list[str]:
    heads = ["| | clause | verdict | due | seen | not due | surplus |", "|---|---|---|--:|--:|--:|--:|"]
    return heads + [
        f"| {_MARKS[row.verdict]} | {markdown(visible(row.id))} | {row.word} "
        f"| {row.due} | {row.seen} | {row.not_due} | {row.surplus} |"
        for row in queries.clause_rows(summary)
    ]


def _matrix(matrix: queries.Matrix) -> list[str]:
    if not matrix.answers:
        return []
    answers = (markdown(visible(answer, limit=40)) for answer in matrix.answers)
    heads = [f"| situation | {' | '.join(answers)} |", f"|---|{'--:|' * len(matrix.answers)}"]
    return heads + [
        f"| {markdown(visible(name))} | {' | '.join(str(matrix.count(name, answer)) for answer in matrix.answers)} |"
        for name in matrix.situations
    ]


def _failures(summary: Summary) -> Iterator[list[str]]:
    failures = queries.failures_of(summary)
    for failure in failures[:FAILURES]:
        yield fenced(failure_lines(failure))
    if len(failures) > FAILURES:
        yield [f"And {counted(len(failures) - FAILURES, 'failure')} more."]


def markdown(text: str) -> str:
    """The text escaped, so that Markdown shows it as it is: no mark-up, link, mention or end of a cell."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


def fenced(lines: list[str]) -> list[str]:
    """A Markdown block of code with a fence that is longer than any in its lines."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *lines, fence]
