"""Writes `report.sarif`, SARIF 2.1.0: a rule for each clause, a result for each failure at its clause's line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fuzz.events.failures import FailureEvent
from fuzz.events.summary import Summary
from fuzz.report import queries
from fuzz.report.facts.origin import origin_of
from fuzz.report.facts.requests import requests_line
from fuzz.report.facts.standing import standing_lines
from fuzz.report.failure_text import accepted_line, failure_lines
from fuzz.report.first_lines import headline, news_lines
from fuzz.report.source_link import source_location
from fuzz.report.text import visible, visible_block

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 5_000
"""Maximum results; GitHub takes no more of one run."""


def sarif(summary: Summary) -> dict[str, Any]:
    """The log as JSON. Paths are relative to the repository's root, `%SRCROOT%`."""
    driver: dict[str, Any] = {"name": "calfuzz", "rules": [_rule(row) for row in queries.clause_rows(summary)]}
    version = summary.started.get("versions", {}).get("calfuzz")
    run = {
        "tool": {"driver": driver | ({"version": visible(version)} if version else {})},
        "invocations": [_invocation(summary)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(summary, failure) for failure in queries.failures_of(summary)[:MAX_RESULTS]],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(row: queries.ClauseRow) -> dict[str, Any]:
    return {
        "id": visible(row.id),
        "shortDescription": _message(visible(row.says)),
        "properties": {"due": row.due, "seen": row.seen, "surplus": row.surplus, "verdict": row.word},
    }


def _invocation(summary: Summary) -> dict[str, Any]:
    """The invocation. `executionSuccessful`: the run has passed or failed, and is not inconclusive."""
    concluded = queries.finished(summary) and queries.exit_code_of(summary) in (0, 1)
    says = f"{queries.first_word(summary)} {headline(summary)}"
    standing = [*standing_lines(summary), *summary.troubles]
    notes = [says, *news_lines(summary), *queries.reasons_of(summary), *standing]
    return {
        "properties": {**dict(origin_of(summary)), "requests": requests_line(summary)},
        "executionSuccessful": concluded,
        "exitCode": queries.exit_code_of(summary),
        "toolExecutionNotifications": [
            {"level": "note" if concluded else "warning", "message": _message(visible(note, limit=600))}
            for note in notes
        ],
    }


def _result(summary: Summary, failure: FailureEvent) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": visible(failure["clause"]),
        "level": "note" if failure["accepted"] else "error",
        "message": _message(visible_block("\n".join(_says(failure)))),
        "locations": [_location(summary, failure)],
        "partialFingerprints": {"calfuzz/v1": visible(failure["fingerprint"])},
        "occurrenceCount": max(1, failure["count"]),
        "properties": {"phase": visible(failure["phase"]), "reproduced": visible(failure["reproduced"])},
    }
    if failure["accepted"]:
        justification = visible(accepted_line(failure["accepted"]))
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _says(failure: FailureEvent) -> Iterator[str]:
    """The lines of a result's message. Lists of results show the first one."""
    situation = visible(queries.situation_of(failure))
    yield f"In {situation}: expected {visible(failure['expected'])}, saw {visible(failure['observed'])}."
    yield from failure_lines(failure)[1:]


def _location(summary: Summary, failure: FailureEvent) -> dict[str, Any]:
    location = source_location(summary, failure["where"])
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(location.file, safe="/"), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": location.line},
        }
    }


def _message(text: str) -> dict[str, str]:
    """A plain message: braces are doubled (SARIF 3.11.5), and no text from outside becomes a link (3.11.6)."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}
