"""`report.sarif`, SARIF 2.1.0: a rule for each clause, a result for each failure at the line that it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fuzz.model.events import Event, Summary
from fuzz.report import view
from fuzz.report.argued import accepted_line, argued
from fuzz.report.place import place_of
from fuzz.report.text import visible, visible_block

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5_000
"""Results in one file; GitHub takes no more of one run."""


def sarif(summary: Summary) -> dict[str, Any]:
    """The log as JSON. Paths are relative to the repository's root, `%SRCROOT%`."""
    run = {
        "tool": {"driver": {"name": "calfuzz", "rules": [_rule(row) for row in view.clause_rows(summary)]}},
        "invocations": [_invocation(summary)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(summary, failure) for failure in view.failures_of(summary)[:MOST]],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(row: view.ClauseRow) -> dict[str, Any]:
    return {
        "id": visible(row.id),
        "shortDescription": _message(visible(row.says)),
        "properties": {"due": row.due, "seen": row.seen, "surplus": row.surplus, "verdict": str(row.verdict)},
    }


def _invocation(summary: Summary) -> dict[str, Any]:
    """`executionSuccessful` says that the run came to a conclusion, whichever it was."""
    concluded = view.finished(summary) and view.exit_code_of(summary) in (0, 1)
    notes = [*view.reasons_of(summary), *summary.troubles]
    return {
        "executionSuccessful": concluded,
        "exitCode": view.exit_code_of(summary),
        "toolExecutionNotifications": [
            {"level": "note" if concluded else "warning", "message": _message(visible(note, limit=600))}
            for note in notes
        ],
    }


def _result(summary: Summary, failure: Event) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": visible(failure["clause"]),
        "level": "note" if failure.get("accepted") else "error",
        "message": _message(visible_block("\n".join(_says(failure)))),
        "locations": [_location(summary, failure)],
        "partialFingerprints": {"calfuzz/v1": visible(failure["fingerprint"])},
        "occurrenceCount": max(1, failure.get("count", 1)),
        "properties": {"phase": visible(failure["phase"]), "reproduced": visible(failure["reproduced"])},
    }
    if failure.get("accepted"):
        justification = visible(accepted_line(failure["accepted"]))
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _says(failure: Event) -> Iterator[str]:
    """The first line is what lists of results show."""
    situation = visible(view.situation_of(failure))
    yield f"In {situation}: expected {visible(failure['expected'])}, saw {visible(failure['observed'])}."
    yield from argued(failure)[1:]


def _location(summary: Summary, failure: Event) -> dict[str, Any]:
    place = place_of(summary, failure["where"])
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file, safe="/"), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": place.line},
        }
    }


def _message(text: str) -> dict[str, str]:
    """A plain message: braces are doubled (SARIF 3.11.5), and no text from outside becomes a link (3.11.6)."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}
