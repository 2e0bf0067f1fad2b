"""What GitHub Actions shows of a run: annotations on the documents' lines, and a summary of the step in Markdown.

Both are read by machines from text, so every text from outside is escaped for the one that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fuzz.model.events import Event, RunVerdict, Summary
from fuzz.report import view
from fuzz.report.argued import argued
from fuzz.report.place import place_of
from fuzz.report.text import counted, duration, visible

ANNOTATIONS = 50
"""Annotations written; GitHub shows ten of each kind for a step, and the summary has them all."""

FAILURES = 50
"""Failures in the step summary, which GitHub drops if it is over 1 MiB."""

_MARKS = {RunVerdict.PASS: "✅", RunVerdict.FAIL: "❌", RunVerdict.INCONCLUSIVE: "⚠️"}


def workflow_commands(summary: Summary) -> Iterator[str]:
    """Workflow commands, one a line: an error for a failure, a notice for an accepted one, a warning for a reason."""
    for failure in view.failures_of(summary)[:ANNOTATIONS]:
        yield _annotation(summary, failure)
    if view.verdict_of(summary) is RunVerdict.INCONCLUSIVE:
        for reason in view.reasons_of(summary)[:ANNOTATIONS]:
            yield f"::warning title=calfuzz is inconclusive::{_data(visible(reason, limit=1000))}"


def _annotation(summary: Summary, failure: Event) -> str:
    place = place_of(summary, failure["where"])
    kind = "notice" if failure.get("accepted") else "error"
    title = f"{visible(failure['clause'])}, in {visible(view.situation_of(failure))}"
    says = f"expected {visible(failure['expected'])}, saw {visible(failure['observed'])}"
    text = "\n".join([says, *argued(failure)[1:]])
    return f"::{kind} file={_property(place.file)},line={place.line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(summary: Summary) -> str:
    """Markdown for the file that `GITHUB_STEP_SUMMARY` names."""
    parts = [_verdict(summary), _clauses(summary), _matrix(view.matrix_of(summary)), *_failures(summary)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _verdict(summary: Summary) -> list[str]:
    verdict = view.verdict_of(summary)
    seed = markdown(visible(summary.started.get("seed", "unknown")))
    facts = f"{counted(summary.total, 'request')} in {duration(view.seconds_of(summary))}"
    return [
        f"## {_MARKS[verdict]} calfuzz: {verdict}, {view.headline(summary)}",
        "",
        f"Target {markdown(visible(view.target_of(summary)))}, seed {seed}, {facts}.",
        *(f"- {markdown(visible(note, limit=400))}" for note in [*view.reasons_of(summary), *summary.troubles]),
    ]


def _clauses(summary: Summary) -> list[str]:
    heads = ["| | clause | due | seen | not due | surplus |", "|---|---|--:|--:|--:|--:|"]
    return heads + [
        f"| {_MARKS[row.verdict]} | {markdown(visible(row.id))} "
        f"| {row.due} | {row.seen} | {row.not_due} | {row.surplus} |"
        for row in view.clause_rows(summary)
    ]


def _matrix(matrix: view.Matrix) -> list[str]:
    if not matrix.answers:
        return []
    answers = (markdown(visible(answer, limit=40)) for answer in matrix.answers)
    heads = [f"| situation | {' | '.join(answers)} |", f"|---|{'--:|' * len(matrix.answers)}"]
    return heads + [
        f"| {markdown(visible(name))} | {' | '.join(str(matrix.count(name, answer)) for answer in matrix.answers)} |"
        for name in matrix.situations
    ]


def _failures(summary: Summary) -> Iterator[list[str]]:
    failures = view.failures_of(summary)
    for failure in failures[:FAILURES]:
        yield fenced(argued(failure))
    if len(failures) > FAILURES:
        yield [f"And {counted(len(failures) - FAILURES, 'failure')} more."]


def markdown(text: str) -> str:
    """A text that Markdown shows as it is: no mark-up, no link, no mention, no cell's end."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!|~$:])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


def fenced(lines: list[str]) -> list[str]:
    """A block of code that nothing in it can close."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *lines, fence]
