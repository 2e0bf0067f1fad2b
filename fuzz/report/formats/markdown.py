"""Writes `report.md`, for a ticket, a chat or the summary of a pipeline's job: the message first, then the failures.

Every text from outside is escaped, so that it is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuzz.events.failures import FailureEvent
from fuzz.events.summary import RunVerdict, Summary
from fuzz.report import queries
from fuzz.report.facts.origin import origin_lines
from fuzz.report.facts.requests import requests_line
from fuzz.report.facts.standing import standing_lines
from fuzz.report.failure_text import failing_step, failure_lines
from fuzz.report.first_lines import headline, news_lines
from fuzz.report.text import counted, duration, visible

FAILURES = 50
"""Maximum failures written: GitHub drops a summary of over 1 MiB."""

_MARKS = {RunVerdict.PASS: "✅", RunVerdict.FAIL: "❌", RunVerdict.INCONCLUSIVE: "⚠️"}


def report_markdown(summary: Summary) -> str:
    """The report. Its first line alone is the message: the verdict, and what the run came to."""
    parts = [_verdict(summary), *_failures(summary), _clauses(summary), _matrix(queries.matrix_of(summary))]
    parts.append([markdown(requests_line(summary))])
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _verdict(summary: Summary) -> list[str]:
    verdict = queries.verdict_of(summary)
    seed = markdown(queries.seed_of(summary))
    facts = f"{counted(summary.total, 'request')} in {duration(queries.seconds_of(summary))}"
    return [
        f"{_MARKS[verdict]} **calfuzz {queries.first_word(summary)}** {headline(summary)}",
        "",
        f"Target {markdown(visible(queries.target_of(summary)))}, seed {seed}, {facts}.  ",
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
        yield [*fenced(failure_lines(failure)), *_logs(failure)]
    if len(failures) > FAILURES:
        yield [f"And {counted(len(failures) - FAILURES, 'failure')} more."]


def _logs(failure: FailureEvent) -> list[str]:
    """A link to the logs of the request that failed: in a block of code it could not be followed."""
    step = failing_step(failure)
    link = step.get("logs", "") if step is not None else ""
    if step is None or not re.fullmatch(r"https?://[!-;=?-~]{1,2500}", link):
        return []
    return ["", f"[Logs of {markdown(visible(step['request']['id']))}](<{link}>)"]


def markdown(text: str) -> str:
    """The text escaped, so that Markdown shows it as it is: no mark-up, link, mention or end of a cell."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


def fenced(lines: list[str]) -> list[str]:
    """A Markdown block of code with a fence that is longer than any in its lines."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *lines, fence]
