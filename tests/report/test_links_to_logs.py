"""The request that failed is named in every report, and leads to its logs where the profile says where they are."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from fuzz.report.formats.ctrf import ctrf
from fuzz.report.formats.github import workflow_commands
from fuzz.report.formats.html import report_html
from fuzz.report.formats.junit import junit_xml
from fuzz.report.formats.markdown import report_markdown
from fuzz.report.formats.sarif import sarif
from fuzz.report.summary_text import summary_text
from tests.report.runs import FAILURE, HOSTILE, Run

LINK = "https://logs.example/search?q=calfuzz-7c1f-3&since=(1h)"
TEXTS = {
    "terminal": summary_text,
    "markdown": report_markdown,
    "html": report_html,
    "junit": junit_xml,
    "sarif": lambda summary: str(sarif(summary)),
    "ctrf": lambda summary: str(ctrf(summary)),
    "github": lambda summary: "\n".join(workflow_commands(summary)),
}


def run_with(link: str | None) -> Run:
    trace: list[dict[str, Any]] = [dict(step) for step in FAILURE["trace"]]
    if link is not None:
        trace[-1]["logs"] = link
    return Run().started().failure(trace=trace)


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "href" and not (value or "").startswith("#")]


@pytest.mark.parametrize("kind", TEXTS)
def test_every_report_names_the_request_that_failed_and_where_its_logs_are(kind: str) -> None:
    text = TEXTS[kind](run_with(LINK).summary)

    assert "calfuzz-7c1f-3" in text
    assert re.search(r"https://logs\.example/search\?q=calfuzz-7c1f-3", text)


@pytest.mark.parametrize("kind", TEXTS)
def test_without_a_template_there_is_no_link(kind: str) -> None:
    text = TEXTS[kind](run_with(None).summary)

    assert "calfuzz-7c1f-3" in text
    assert "logs.example" not in text
    assert [] == Links(text).found


def test_html_and_markdown_have_a_link_that_can_be_followed() -> None:
    summary = run_with(LINK).summary

    assert [LINK] == Links(report_html(summary)).found
    shown = MarkdownIt().render(report_markdown(summary))
    assert [LINK] == Links(shown).found


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", f"javascript:{HOSTILE}", "file:///etc/passwd", "x> [y](z)"]
)
def test_a_journal_that_somebody_has_edited_makes_no_other_link(link: str) -> None:
    summary = run_with(link).summary

    assert [] == Links(report_html(summary)).found
    assert "](<" not in report_markdown(summary)


def test_the_terminal_has_the_address_whole_on_one_line() -> None:
    long = "https://logs.example/search?q=calfuzz-7c1f-3&" + "&".join(f"filter{n}=value" for n in range(9))

    assert f"      request: calfuzz-7c1f-3\n      logs:\n{long}\n" in summary_text(run_with(long).summary)
