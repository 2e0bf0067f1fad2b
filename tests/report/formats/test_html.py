"""`report.html` as a text: what it says, that it stays small, and that no text from outside is mark-up."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from fuzz.automaton.diagram import Drawing, Line
from fuzz.report.diagrams.sync_states import COLUMNS, LINES, drawing_of, transitions_of
from fuzz.report.failure_view import COPIED
from fuzz.report.formats.html import report_html
from tests.report.runs import (
    DRIFT,
    FAILURE,
    HOSTILE,
    Run,
    broken_run,
    honest_run,
    hostile_run,
    race_failure,
    trace_step,
)

MEGABYTE = 1_000_000
VOID = frozenset({"meta", "br", "link", "img", "input"})


class Page(HTMLParser):
    """Reads a page: its elements, its scripts, its text; complains of elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self._is_broken = False
        self.feed(text)
        self.close()
        assert [] == self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":  # where a word may be broken
            self._is_broken = True
            return
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if self._is_broken:
            self.texts[-1] += data
            self._is_broken = False
        else:
            (self.scripts if inside == "script" else self.texts).append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_the_verdict_comes_first() -> None:
    text = Page(report_html(broken_run().summary)).text
    places = [text.index(each) for each in ("FAIL 1 failure in 1 clause", "Failures 1", "Clauses 7", "Sync states 3")]
    assert sorted(places) == places


def test_a_failure_is_shown_step_by_step_with_request_answer_and_curl() -> None:
    page = Page(report_html(broken_run().summary))
    for part in (
        "do not match the staff member's",
        "Bearer {env:CALFUZZ_STAFF_TOKEN}",
        '"success": true',
        "calfuzz-7c1f-3",
    ):
        assert part in page.text
    copied = [attributes["data-copy"] for _, attributes in page.elements if "data-copy" in attributes]
    assert copied == [
        *FAILURE["curl"],
        "calfuzz replay .calfuzz/failures/already_exists-mismatched-200-3f9c",
        "\n".join(FAILURE["curl"]),
    ]


def test_two_steps_at_the_same_time_stand_together_as_bars_from_sent_to_answered() -> None:
    page = Page(report_html(Run().started().failure(**race_failure()).summary))
    classes = [attributes.get("class") for tag, attributes in page.elements if tag == "li" and "class" in attributes]
    assert "axis" == classes.pop(0)
    assert ["pass", "pass at-once first", "pass at-once second", "fail"] == classes
    assert "Two at the same time, each from sent to answered" in page.text
    assert "step 2 0.0 to 12.0 ms step 3 3.0 to 15.0 ms" in page.text
    [first, second] = [
        attributes for tag, attributes in page.elements if tag == "rect" and "%" in (attributes.get("x") or "")
    ]
    assert (False, False) == ("class" in first, "class" in second)
    assert ("0.0%", "80.0%", "20.0%", "80.0%") == (first["x"], first["width"], second["x"], second["width"])


def test_the_bar_of_the_step_that_failed_is_marked() -> None:
    trace = race_failure()["trace"]
    trace[2]["kind"] = "fail"
    page = Page(report_html(Run().started().failure(**race_failure(trace=trace)).summary))
    bars = [attributes for tag, attributes in page.elements if tag == "rect" and "%" in (attributes.get("x") or "")]
    assert [None, "wrong"] == [attributes.get("class") for attributes in bars]


def test_the_commands_of_two_at_the_same_time_are_copied_so_that_they_go_at_the_same_time() -> None:
    curl = [f"curl {number}" for number in range(1, 5)]
    page = Page(report_html(Run().started().failure(**race_failure(curl=curl)).summary))
    copied = [attributes["data-copy"] for _, attributes in page.elements if "data-copy" in attributes]
    assert "curl 1\ncurl 2 &\ncurl 3 &\nwait\ncurl 4" == copied[-1]


def test_two_at_the_same_time_are_named_also_without_their_times() -> None:
    """As in a journal of an earlier version, or where neither was answered."""
    trace = [{key: value for key, value in step.items() if key != "sent"} for step in race_failure()["trace"]]
    text = Page(report_html(Run().started().failure(**race_failure(trace=trace)).summary)).text
    assert "Two at the same time" in text
    assert "from sent to answered" not in text


def test_every_clause_observation_and_drift_has_a_row() -> None:
    text = Page(report_html(honest_run().summary)).text
    assert "pass already_exists" in text
    assert "empty list: external_items matched 200 1" in text
    assert "external_calendar_uid required" in text


def test_a_page_can_be_made_of_a_run_that_had_only_begun() -> None:
    for run in (Run(), Run().started(), Run().started().phase("random")):
        assert "the run did not finish" in Page(report_html(run.summary)).text


def test_the_page_names_nothing_outside_itself() -> None:
    page = Page(report_html(broken_run().summary))
    names = [value for _, attributes in page.elements for key, value in attributes.items() if key in ("src", "href")]
    assert [] == [name for name in names if name and not name.startswith("#")]
    assert not [tag for tag, _ in page.elements if tag in ("link", "img", "iframe")]


def test_hostile_text_adds_no_element_and_no_script() -> None:
    hostile, harmless = (Page(report_html(hostile_run(text).summary)) for text in (HOSTILE, "harmless"))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in harmless.elements]
    assert [sorted(attributes) for _, attributes in hostile.elements] == [
        sorted(attributes) for _, attributes in harmless.elements
    ]
    assert hostile.scripts == harmless.scripts
    assert "</script><script>alert(1)" in hostile.text
    assert not {"\x1b", "\x00", "\ud800", "\u202e"} & set(hostile.text)


def test_the_policy_names_the_one_script_by_its_hash() -> None:
    page = Page(report_html(broken_run().summary))
    [policy] = [attributes["content"] for _, attributes in page.elements if "http-equiv" in attributes]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert 1 == len(page.scripts)


def test_a_copied_command_keeps_every_character_but_the_controls_a_terminal_obeys() -> None:
    curl = "curl -d 'family 👨\u200d👩 and \u202e'\nnext \x1b[201~ \ud800"
    page = Page(report_html(Run().started().failure(curl=[curl], trace=FAILURE["trace"][:1]).summary))
    [copied] = [
        each["data-copy"] for tag, each in page.elements if tag == "button" and "curl" in (each.get("data-copy") or "")
    ]
    assert "curl -d 'family 👨\u200d👩 and \u202e'\nnext \\x1b[201~ \\xd800" == copied


@pytest.mark.parametrize("filling", ["x", "&", "\U000e0041"], ids=ascii)
def test_the_page_stays_under_a_megabyte_whatever_was_seen(filling: str) -> None:
    huge = filling * 5_000
    run = Run().started(options={f"{filling}{n}": huge for n in range(100)}, drift=[{**DRIFT[0], "what": huge}] * 500)
    for number in range(500):
        run.send("matched", f"{number} {huge}", silent=[f"{number} {huge}"])
    steps = [trace_step(n, "send", huge, huge, seen=huge, path=huge) for n in range(60)]
    for step in steps:
        step["request"]["body"] = step["answer"]["body"] = huge
    for number in range(400):
        run.failure(fingerprint=str(number), argument=huge, trace=steps, curl=[huge] * 100, features=[huge] * 100)
    text = report_html(run.finished("fail", 1, reasons=[huge] * 500).summary)
    assert len(text.encode()) < MEGABYTE
    Page(text)
    assert "more in report.json" in text


def test_a_command_too_long_to_copy_is_left_to_the_bundle() -> None:
    run = Run().started().failure(curl=["curl " + "x" * COPIED], trace=FAILURE["trace"][:1])
    assert "too long to copy: repro.sh in the bundle has it" in Page(report_html(run.summary)).text


def drawn(run: Run) -> Drawing:
    return drawing_of(transitions_of(run.summary))


def test_the_diagram_has_one_edge_for_each_pair_of_states_and_marks_what_failed() -> None:
    drawing = drawn(broken_run())
    assert {("none", "fresh"), ("fresh", "bound")} == {(edge.start, edge.end) for edge in drawing.edges}
    assert not any(edge.differs for edge in drawing.edges)
    [bound] = [node for node in drawing.nodes if node.lines]
    assert ("bound", (Line("✗ send 200, 1 of 1", differs=True),)) == (bound.name, bound.lines)


def test_the_diagram_shows_an_uncertain_state_only_if_it_was_met() -> None:
    assert {"none", "fresh", "bound", "disabled"} == {node.name for node in drawn(honest_run()).nodes}
    lost = Run().started().exchange(act="send", situation="fresh", was="fresh", belief="fresh", seen=None)
    lost.events[-1]["belief"] = ["fresh (google_v3)", "bound (google_v3, a)"]
    assert set(COLUMNS) == {node.name for node in drawn(lost).nodes}


def test_a_state_with_many_answers_shows_the_failed_and_the_most_frequent_ones() -> None:
    run = Run().started()
    for number in range(LINES + 3):
        for _ in range(number + 1):
            run.send("matched", f"{200 + number}")
    run.send("matched", "500", kind="fail")
    [bound] = [node for node in drawn(run).nodes if node.lines]
    shown = ["✗ send 500, 1 of 1", "send 206 ×7", "send 205 ×6", "send 204 ×5", "+4 more"]
    assert shown == [line.text for line in bound.lines]


def test_the_page_draws_every_state_and_edge() -> None:
    page = Page(report_html(broken_run().summary))
    edges = [name for tag, attributes in page.elements if tag == "path" and (name := attributes.get("class"))]
    assert ["edge", "edge"] == edges
    states = [name for _, attributes in page.elements if (name := attributes.get("class") or "").startswith("state")]
    assert ["state", "state", "state differs", "state initial"] == sorted(states)
