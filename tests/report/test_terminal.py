"""What a run shows on a terminal and in a pipeline's log."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest

from fuzz.events.summary import Summary
from fuzz.report.failure_text import STEPS, failure_line, failure_lines
from fuzz.report.summary_text import FAILURES, summary_text
from fuzz.report.terminal import Terminal
from tests.report.runs import FAILURE, Run, broken_run, honest_run, hostile_run, race_failure, trace_step

STYLE = """
FAIL  already_exists, in mismatched (account)                 bulk_create.md:114
      "… do not match the staff member's existing calendar sync record"
  1   POST calendar_syncs provider google_v3                         200   fresh
  2   PUT  bulk_create    google_v3, a@example.com                   200   bound
  3   PUT  bulk_create    google_v3, b@example.com                   200
      expected 422 already_exists
      After step 2 the account is a@example.com; step 3 names b@example.com.
      request: calfuzz-7c1f-3
      replay:
      calfuzz replay .calfuzz/failures/already_exists-mismatched-200-3f9c
"""


RACE = """
  1   POST calendar_syncs provider google_v3                         200   fresh
  2 ┐ PUT  bulk_create    google_v3, a@example.com, at once          200   bound
  3 ┘ PUT  bulk_create    google_v3, b@example.com, at once          200   bound
  4   PUT  bulk_create    google_v3, b@example.com                   200
      expected 422 already_exists
"""


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(run: Run, *, live: bool = False, seconds_an_event: float = 0.0) -> str:
    stream, watch, summary = io.StringIO(), Watch(), Summary()
    terminal = Terminal(stream, live=live, clock=watch)
    for event in run.events:
        summary.fold(event)
        watch.now += seconds_an_event
        terminal.on_event(event, summary)
    terminal.finish(summary)
    return stream.getvalue()


def test_a_failure_argues_its_case_as_the_style_guide_shows_it() -> None:
    assert failure_lines({**FAILURE, "count": 1, "where": "bulk_create.md:114"}) == STYLE.strip("\n").splitlines()


def test_steps_name_their_staff_member_only_where_there_are_two() -> None:
    two = [trace_step(1, "create", "provider google_v3", "fresh"), trace_step(2, "send", "a", "none", staff=1)]
    lines = "\n".join(failure_lines({**FAILURE, "trace": two}))
    assert "staff 1, provider google_v3" in lines
    assert "staff 2, a" in lines
    assert "staff 1" not in "\n".join(failure_lines(FAILURE))
    assert "staff 2, a" in "\n".join(failure_lines({**FAILURE, "trace": two[1:]}))


def test_two_steps_at_the_same_time_stand_together_also_before_the_one_that_failed() -> None:
    assert RACE.strip("\n").splitlines() == failure_lines(race_failure())[3:8]


def test_a_long_argument_is_broken_into_lines_and_a_long_word_is_not() -> None:
    word = "x" * 150
    lines = failure_lines({**FAILURE, "count": 1, "argument": f"{'one two three ' * 12}{word} end"})[7:-3]
    assert [True, True, True, False, True] == [len(line) <= 80 for line in lines]
    assert f"      {word}" == lines[3]
    assert f"{'one two three ' * 12}{word} end" == " ".join(line.removeprefix("      ") for line in lines)


def test_a_failure_says_that_it_is_intermittent_or_accepted() -> None:
    accepted = {"reason": "fixed in May", "expires": "2025-06-01"}
    changes = {"intermittent": True, "reproduced": "3/20", "accepted": accepted}
    text = "\n".join(failure_lines({**FAILURE, **changes}))
    assert text.startswith("ACCEPTED  already_exists")
    assert "intermittent: reproduced 3/20" in text
    assert "accepted until 2025-06-01: fixed in May" in text


def test_a_failure_that_never_came_back_says_what_it_may_need() -> None:
    lines = failure_lines({**FAILURE, "intermittent": True, "reproduced": "0/20"})
    assert "      intermittent: reproduced 0/20: it may need earlier actions" in lines


def test_the_middle_of_a_very_long_failure_is_left_out() -> None:
    trace = [trace_step(number, "send", "again", "bound") for number in range(1, 1001)]
    lines = failure_lines({**FAILURE, "trace": trace})
    assert len(lines) < STEPS + 10
    assert "      … 960 steps …" in lines
    assert any(line.startswith("  1000 PUT") for line in lines)


def test_the_final_text_begins_with_the_verdict() -> None:
    assert [
        "FAIL  1 failure in 1 clause; not tried: the payloads, random scenarios, races",
        "      staging · seed 42 · 3 requests in 58 s",
        "      the contract is broken: already_exists",
    ] == summary_text(broken_run().summary).splitlines()[:3]


def test_every_clause_is_told_with_how_often_it_was_due_even_one_that_never_was() -> None:
    lines = [line.split() for line in summary_text(broken_run().summary).splitlines()]
    assert ["already_exists", "1", "0", "0", "0", "fail"] in lines
    assert ["invalid", "0", "0", "0", "0", "inconclusive"] in lines
    assert ["success", "1", "1", "1", "1", "affected", "by", "1"] in lines
    text = " ".join(summary_text(honest_run().summary).split())
    assert "pass, each with how often it was due: missing 1, already_exists 1, invalid 1, success 1," in text
    assert "surplus: it came all the same" not in text


def test_the_matrix_has_every_situation_even_one_that_was_never_met() -> None:
    lines = [line.split() for line in summary_text(broken_run().summary).splitlines()]
    assert ["answer", "none", "fresh", "matched", "mismatched", "disabled"] in lines
    assert ["200", "·", "1", "·", "1", "·"] in lines


def test_the_final_text_counts_observations_and_drift() -> None:
    text = summary_text(honest_run().summary)
    assert text.startswith("PASS  the contract is kept; not tried: the payloads, random scenarios, races\n")
    assert "observed, not specified by the documents: 1 feature\n" in text
    assert "document and swagger disagree in 1 place\n" in text


LONG_NAME = "s" * 40


def wide_run() -> Run:
    """A run that has much to say on each line: long paths, names, reasons, and every answer in every situation."""
    path = "put_business_scheduling_v1_external_calendar_items_bulk_create.md:115"
    run = Run().started(target="a deployment of staging with a rather long name, in two regions", clauses=[
        {"id": f"required:external_items[].external_calendar_{n}_uid", "kind": "required", "says": "s", "where": path}
        for n in range(12)
    ]).phase("systematic")  # fmt: skip
    for answer in ("200", "400 refusal", "422 already_exists", "422 sync_is_being_created", "503 server error"):
        for situation in ("none", "fresh", "matched", "mismatched", "disabled"):
            for _ in range(3):
                run.send(situation, answer, silent=["another staff member's token"])
    run.send("fresh", None, met=["required:external_items[].external_calendar_3_uid"])
    run.events[-1]["situation"] = "uncertain"
    says = f"google_v3, {LONG_NAME}@example.com, 3 items, other staff token, breaks type:external_items"
    steps = [trace_step(n, "send", says, "bound or disabled", seen="422 sync_is_being_created") for n in (1, 2)]
    steps.append({**steps[1], "step": 3, "kind": "fail", "path": "p" * 60})
    bundle = ".calfuzz/failures/required_external_items_.external_id-fresh-3f9c"
    run.failure(where=path, trace=steps, says="words and words " * 12, detail="provider and account", bundle=bundle)
    run.trouble("the target does not answer as it should " * 5)
    return run.finished("fail", 1, reasons=["the contract is broken: " + "required:external_items[].external_id, " * 6])


@pytest.mark.parametrize("run", [wide_run(), honest_run(), broken_run(), Run().started(), Run().started().failure(
    **race_failure())])  # fmt: skip
def test_no_line_of_the_final_text_is_wider_than_80_columns(run: Run) -> None:
    lines = summary_text(run.summary).splitlines()

    assert [] == [line for line in lines if len(line) > 80]


def test_the_live_view_fits_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rate = {"per_second": 8.0, "from": "the profile of a deployment with a rather long name, targets/staging.yaml"}
    run = wide_run()
    run.events[0]["rate"] = rate
    lines = re.split("[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown(run, live=True, seconds_an_event=1.0)))

    assert any("503 server error" in line for line in lines)
    assert [] == [line for line in lines if len(line) > 80]


def test_paths_commands_and_names_are_whole() -> None:
    text = summary_text(wide_run().summary)
    words = text.split()

    assert "put_business_scheduling_v1_external_calendar_items_bulk_create.md:115" in words
    assert "calfuzz replay .calfuzz/failures/required_external_items_.external_id-fresh-3f9c\n" in text
    assert f"{LONG_NAME}@example.com," not in words  # too long for its column
    assert "required:external_items[].external_id," in words


def test_the_words_are_explained_where_they_stand() -> None:
    text = " ".join(summary_text(wide_run().summary).split())

    for said in ("due: no other answer", "surplus: it came", "fresh: a new sync", "uncertain: more than one"):
        assert said in text
    for said in ("refusal: a 4xx", "lost: no answer came"):
        assert said in text
    assert "refusal:" not in summary_text(broken_run().summary)


def test_a_run_that_was_killed_says_so_and_has_failed_if_it_had_found_a_failure() -> None:
    text = summary_text(Run().started().phase("random").create().failure().summary)
    assert text.startswith("FAIL  1 failure in 1 clause; not tried: the systematic list, races\n")
    assert "the run did not finish" in text


def test_a_thousand_failures_are_counted_not_listed() -> None:
    run = Run().started()
    for number in range(1000):
        run.failure(fingerprint=f"f{number:04}")
    text = summary_text(run.summary)
    assert FAILURES == text.count("\nFAIL")
    assert "and 950 failures more in report.json" in text


def test_off_a_terminal_there_is_a_plain_line_every_ten_seconds_and_at_the_ends_of_phases() -> None:
    run = Run().started().phase("conformance")
    for _ in range(30):
        run.create()
    lines = shown(run.phase_finished("conformance", established="up to 5 states").finished(), seconds_an_event=1.0)
    progress = [line for line in lines.splitlines() if line.startswith("[")]
    assert [
        "[1.0 s] target staging, seed 42",
        "[11 s] conformance: 9 requests, 0.9/s, 0 failures",
        "[21 s] conformance: 19 requests, 1.0/s, 0 failures",
        "[31 s] conformance: 29 requests, 1.0/s, 0 failures",
        "[33 s] conformance finished: 12 scenarios, 30 requests in 4.5 s; up to 5 states",
    ] == progress


def test_a_phase_that_had_no_turn_is_named_where_it_would_have_been_and_in_the_final_text() -> None:
    run = Run().started().phase("random").phase_finished("random", complete=False)
    text = shown(run.finished())
    assert "[0.0 s] random had no turn" in text.splitlines()
    assert "random had no turn" in summary_text(run.summary)


PLANS = [
    (
        8.0,
        2487,
        ["random", "race"],
        600,
        "8/s",
        "2,487 requests, 5 min at that rate, then random and race until --max-time",
    ),
    (8.0, 2487, [], 60, "8/s", "2,487 requests, 5 min at that rate: more than --max-time 60 s has room for"),
    (0.5, 1, [], None, "30/m", "1 request, 2.0 s at that rate"),
    (None, 14, ["random"], 60, "no limit", "14 requests, then random until --max-time"),
]


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(("per_second", "requests", "open_phases", "max_time", "rate", "plan"), PLANS)
def test_the_first_lines_say_the_rate_and_whose_it_is_and_how_long_the_plan_takes(
    live: bool,
    per_second: float | None,
    requests: int,
    open_phases: list[str],
    max_time: float | None,
    rate: str,
    plan: str,
) -> None:
    run = Run().started(
        rate={"per_second": per_second, "from": "staging.yaml"},
        plan={"requests": requests, "seconds": per_second and requests / per_second, "open": open_phases},
        options={"max_time": max_time},
    )
    text = shown(run, live=live)

    assert f"target staging, seed 42\n{'' if live else '[0.0 s] '}rate: {rate} (staging.yaml)\n" in text
    assert f"plan: {plan}\n" in text


def told(run: Run, *, live: bool = False) -> list[str]:
    """The lines of failures while the run goes on; of a live view, those of all its drawings."""
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown(run, live=live, seconds_an_event=1.0))
    return [line for line in re.split("[\r\n]+", text) if re.match(r"(\[.*\] )?FAIL  \S+  ", line)]


LINE = "FAIL  already_exists-mismatched-200-3f9c  in mismatched (account): expected 422 already_exists, saw 200"


def test_off_a_terminal_a_failure_is_told_once_however_often_it_is_shrunk() -> None:
    assert [f"[3.0 s] {LINE}"] == told(Run().started().failure(status="found").failure().failure().finished())


def test_what_turns_out_to_be_a_known_failure_gets_no_line_of_its_own() -> None:
    run = Run().started()
    for place in range(5):
        run.failure(status="found", fingerprint=f"first_seen_as-{place}")
        if not place:
            run.failure()
        run.renamed(f"first_seen_as-{place}", FAILURE["fingerprint"])
    assert [LINE] == [line.partition("] ")[2] for line in told(run.finished())]


def test_a_failure_that_the_end_of_the_run_keeps_from_being_confirmed_is_told_then() -> None:
    run = Run().started().failure(status="found")
    assert [] == told(run)
    assert [f"[3.0 s] {LINE}"] == told(run.finished("fail", 1))


def test_a_failure_that_was_told_and_is_withdrawn_is_told_as_that() -> None:
    run = Run().started().failure().withdrawn(FAILURE["fingerprint"], "it is the same as stale_read-0123")
    run.failure(status="found", fingerprint="never_told-1").withdrawn("never_told-1", "it has not come back")
    text = shown(run)
    assert "withdrawn  already_exists-mismatched-200-3f9c: it is the same as stale_read-0123\n" in text
    assert "never_told" not in text


def test_a_line_names_the_clause_where_the_fingerprint_is_that_of_a_cause() -> None:
    cause = {"fingerprint": "envelope_the_swagger_s-1f0a", "cause": "envelope: the swagger's"}
    line = failure_line({**FAILURE, **cause})
    assert line.startswith("FAIL  envelope_the_swagger_s-1f0a  already_exists, in mismatched (account): expected")


LONG = "required_external_items_.external_calendar_uid-mismatched-422_already_exists-"


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("one", ["already_exists-mismatched-200-", LONG])
def test_eighty_columns_do_not_cut_off_in_what_two_failures_differ(
    one: str, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run = Run().started().failure(fingerprint=f"{one}1f0a").failure(fingerprint=f"{one}5cd6")
    first, second = dict.fromkeys(line[:80] for line in told(run.create(), live=live))
    assert "1f0a" in first
    assert "5cd6" in second
    accepted = failure_line({**FAILURE, "fingerprint": f"{one}1f0a", "accepted": {"reason": "", "expires": None}})
    assert "1f0a" in f"[59 h 59 min] {accepted}"[:80]


def test_progress_can_be_switched_off() -> None:
    stream, summary = io.StringIO(), honest_run().summary
    terminal = Terminal(stream, live=False, clock=Watch(), progress=False)
    terminal.on_event(honest_run().events[0], summary)
    assert "" == stream.getvalue()
    terminal.finish(summary)
    assert stream.getvalue().startswith("PASS")


def test_on_a_terminal_the_view_is_drawn_and_gives_way_to_the_summary_text() -> None:
    text = shown(broken_run(), live=True, seconds_an_event=1.0)
    assert "conformance" in text
    assert "mismatched" in text
    assert "the contract is broken: already_exists" in text


def test_no_text_from_outside_moves_the_cursor_or_begins_a_workflow_command() -> None:
    text = shown(hostile_run(), seconds_an_event=20.0)
    assert "\\x1b[2J" in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert {"\n"} == {character for character in text if ord(character) < 32 or 0x7F <= ord(character) < 0xA0}


def test_on_a_terminal_no_escape_sequence_is_the_servers() -> None:
    text = shown(hostile_run(), live=True, seconds_an_event=1.0)
    assert "\x1b[2J" not in text
    assert "\x1b]0;" not in text
    assert "\ud800" not in text
    assert "\u202e" not in text


def test_a_stream_that_knows_only_ascii_is_written_to_all_the_same() -> None:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding="ascii", write_through=True)
    Terminal(stream, live=False, clock=Watch()).finish(broken_run().summary)
    assert buffer.getvalue().startswith(b"FAIL  1 failure in 1 clause")


def test_importing_the_terminal_imports_neither_rich_nor_jinja() -> None:
    code = (
        "import sys, fuzz.report.terminal, fuzz.report.write; print({'rich', 'jinja2', 'harfile'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "set()" == done.stdout.strip()
