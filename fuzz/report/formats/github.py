"""The report for GitHub Actions: annotations on the documents' lines. The step's summary is the `markdown` report.

Every text from outside is escaped for the format that it is written in.
"""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.events.failures import FailureEvent
from fuzz.events.summary import RunVerdict, Summary
from fuzz.report import queries
from fuzz.report.failure_text import failure_lines
from fuzz.report.first_lines import headline
from fuzz.report.source_link import source_location
from fuzz.report.text import visible

ANNOTATIONS = 50
"""Maximum annotations written. GitHub shows ten of each kind for a step."""


def workflow_commands(summary: Summary) -> Iterator[str]:
    """Workflow commands, one a line: a notice of what the run came to, an error for a failure, a notice for an accepted
    one, a warning for a reason.
    """
    yield f"::notice title=calfuzz {queries.first_word(summary)}::{_data(headline(summary))}"
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
