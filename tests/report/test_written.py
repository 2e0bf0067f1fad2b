"""The files that are made of a run's journal: what they say, and that no text and no crash breaks them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import sarif_om
from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite
from sarif_pydantic import Sarif
from sarif_pydantic.sarif import SarifBaseModel

from fuzz.errors import UsageError
from fuzz.report.formats.markdown import fenced, markdown, report_markdown
from fuzz.report.write import KINDS, write_reports
from tests.report.runs import DOCUMENT, FAILURE, HOSTILE, Run, broken_run, honest_run, hostile_run, race_failure

KNOWN = {"reason": "known", "first_seen": "2025-01-01", "expires": "2030-01-01"}

ALL = frozenset(KINDS)
STANDARD = {**vars(sarif_om), "Sarif": sarif_om.SarifLog, "ToolDriver": sarif_om.ToolComponent}
TEXTS = ("ends of quotations", "long", "lone surrogates", "to be escaped")


def written(directory: Path, run: Run, *kinds: str, environ: dict[str, str] | None = None) -> tuple[list[Path], str]:
    """Writes reports of a run; the paths, and what went to standard output."""
    run.write(directory)
    stdout = io.StringIO()
    return write_reports(directory, kinds, stdout=stdout, environ=environ or {}), stdout.getvalue()


def report(directory: Path, run: Run) -> dict[str, Any]:
    written(directory, run, "json")
    loaded: dict[str, Any] = json.loads((directory / "report.json").read_text())
    return loaded


def test_every_kind_is_written_under_its_name(tmp_path: Path) -> None:
    paths, _ = written(tmp_path, broken_run(), *ALL, environ={"GITHUB_STEP_SUMMARY": str(tmp_path / "step.md")})
    names = ["report.json", "junit.xml", "report.html", "trace.har", "report.sarif", "report.md", "ctrf.json"]
    names.append("step.md")
    assert [path.name for path in paths] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "events.ndjson"])


def test_reports_of_one_journal_are_the_same_twice(tmp_path: Path) -> None:
    paths, _ = written(tmp_path, broken_run(), *ALL)
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in written(tmp_path, broken_run(), *ALL)[0]] == first


@pytest.mark.parametrize("kind", ["pdf", ""])
def test_an_unknown_kind_is_a_usage_error_that_names_the_known_ones(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UsageError, match=f"no report of the kind '{kind}'") as error:
        written(tmp_path, broken_run(), kind)
    assert "name some of json, junit, html, har, sarif, markdown, ctrf, github" == error.value.next


def test_a_directory_without_a_journal_is_a_usage_error(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match=str(directory)):
            write_reports(directory, ["json"], stdout=io.StringIO(), environ={})


def test_a_report_that_cannot_be_finished_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, honest_run(), "junit")
    before = (tmp_path / "junit.xml").read_text()
    monkeypatch.setattr("fuzz.report.formats.junit.failure_lines", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        written(tmp_path, broken_run(), "junit")
    assert (tmp_path / "junit.xml").read_text() == before
    assert 2 == len(list(tmp_path.iterdir()))


def test_report_json_has_the_documented_keys_and_numbers(tmp_path: Path) -> None:
    found = report(tmp_path, broken_run())
    assert 1 == found["version"]
    assert ("staging", 42, "fail", 1) == (found["target"], found["seed"], found["verdict"], found["exit_code"])
    assert (3, 0, 0) == tuple(found["requests"][name] for name in ("total", "retried", "lost"))
    [phase] = found["phases"]
    assert {"name": "conformance", "scenarios": 12, "requests": 3, "shrinking": 0, "seconds": 4.5} == phase
    assert {"situation": "mismatched", "answers": {"200": 1}} == found["situations"][3]
    assert [row["id"] for row in found["clauses"]] == [clause["id"] for clause in broken_run().events[0]["clauses"]]
    assert 1 == found["clauses"][1]["due"]
    assert "fail" == found["clauses"][1]["verdict"]
    [failure] = found["failures"]
    documented = "fingerprint clause where situation expected observed steps requests_to_find requests_to_shrink"
    for key in [*documented.split(), "phase", "reproduced", "bundle"]:
        assert failure[key] == FAILURE[key]


def test_report_json_inventories_observations_and_drift(tmp_path: Path) -> None:
    found = report(tmp_path, honest_run())
    observed = {"feature": "empty list: external_items", "situation": "matched", "answers": {"200": 1}, "notable": ""}
    assert [observed] == found["observations"]
    assert "external_calendar_uid" == found["drift"][0]["what"]
    assert "the target's machine is the documented one" == found["phases"][0]["established"]


@pytest.mark.parametrize(
    ("run", "verdict", "exit_code"),
    [
        (Run().started().create(), "inconclusive", 3),
        (Run().started().create().failure(), "fail", 1),
        (Run().started().create().failure(accepted={"reason": "known", "expires": None}), "inconclusive", 3),
    ],
)
def test_a_killed_run_has_the_verdict_of_what_is_known(tmp_path: Path, run: Run, verdict: str, exit_code: int) -> None:
    found = report(tmp_path, run)
    assert (verdict, exit_code, False) == (found["verdict"], found["exit_code"], found["finished"])


def test_a_clause_whose_every_failure_is_accepted_is_marked(tmp_path: Path) -> None:
    run = Run().started().failure(accepted=KNOWN).finished()
    found = report(tmp_path, run)
    assert ("pass", True) == (found["verdict"], found["clauses"][1]["accepted"])


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_journal_cut_off_anywhere_after_its_start_still_makes_every_report(tmp_path: Path, kept: float) -> None:
    journal = broken_run().write(tmp_path)
    started, _, rest = journal.read_bytes().partition(b"\n")
    journal.write_bytes(started + b"\n" + rest[: int(len(rest) * kept)])
    write_reports(tmp_path, ALL, stdout=io.StringIO(), environ={})
    [trouble] = json.loads((tmp_path / "report.json").read_text())["troubles"]
    assert "the last line of events.ndjson is cut off: the run was stopped while it wrote" == trouble


@pytest.mark.parametrize("kept", [0, 100])
def test_a_journal_cut_off_within_its_start_holds_no_run(tmp_path: Path, kept: int) -> None:
    journal = broken_run().write(tmp_path)
    journal.write_bytes(journal.read_bytes()[:kept])
    with pytest.raises(UsageError, match="holds no run"):
        write_reports(tmp_path, ALL, stdout=io.StringIO(), environ={})


def test_damaged_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    journal = broken_run().write(tmp_path)
    lines = journal.read_bytes().splitlines(keepends=True)
    damage = [b"\x00" * 40 + b"\n", b"\xff\xfe\n", b"[1]\n", b'{"no": "event"}\n', b"[" * 100_000 + b"\n"]
    damage += [b'{"event": "failure"}\n', b'{"event": "exchange", "phase": 1}\n', b'{"event": "of a later version"}\n']
    journal.write_bytes(b"".join([lines[0], *damage, *lines[1:]]))
    write_reports(tmp_path, ALL, stdout=io.StringIO(), environ={})
    found = json.loads((tmp_path / "report.json").read_text())
    assert ["7 damaged lines of events.ndjson left out of this report, the first is line 2"] == found["troubles"]
    assert ("fail", 3, 1) == (found["verdict"], found["requests"]["total"], len(found["failures"]))


def junit(directory: Path, run: Run) -> dict[str, Any]:
    """The test cases of a JUnit file, as a public parser reads them: name -> what came of it."""
    written(directory, run, "junit")
    [suite] = JUnitXml.fromfile(str(directory / "junit.xml"))
    assert isinstance(suite, TestSuite)
    cases = list(suite)
    results = [result for case in cases for result in case.result]
    assert suite.tests == len(cases)
    assert suite.failures == sum(isinstance(result, Failure) for result in results)
    assert suite.skipped == sum(isinstance(result, Skipped) for result in results)
    return {case.name: case for case in cases}


ACCOUNT = f"already_exists in mismatched (account): {FAILURE['fingerprint']}"


def test_junits_failing_cases_are_the_failures_and_the_others_what_was_tested_or_is_expected(tmp_path: Path) -> None:
    cases = junit(tmp_path, broken_run())
    assert [ACCOUNT] == [name for name, case in cases.items() if any(isinstance(r, Failure) for r in case.result)]
    [failure] = cases[ACCOUNT].result
    assert isinstance(failure, Failure)
    assert "expected 422 already_exists, saw 200" == failure.message
    assert "After step 2 the account is a@example.com" in failure.text
    assert [] == cases["success in fresh"].result
    assert isinstance(cases["invalid in disabled"].result[0], Skipped)
    assert isinstance(cases["token in any situation"].result[0], Skipped)
    assert not {"already_exists in mismatched", "success in mismatched"} & cases.keys()
    assert "success: affected by 1" in (tmp_path / "junit.xml").read_text(encoding="utf-8")


def test_junit_has_a_case_with_its_steps_for_each_of_the_failures_of_one_clause(tmp_path: Path) -> None:
    run = Run().started().failure().failure(fingerprint="another", detail="both").finished("fail", 1)
    failing = {name: case.result[0].text for name, case in junit(tmp_path, run).items() if name.startswith("already")}
    assert {ACCOUNT, "already_exists in mismatched (both): another"} == failing.keys()
    assert all("3   PUT  bulk_create" in text for text in failing.values())


def test_an_answer_that_came_wrongly_is_never_skipped(tmp_path: Path) -> None:
    for run in (broken_run(), Run().started().send("none", "200", due=["missing"]).finished("inconclusive", 3)):
        cases = junit(tmp_path, run)
        wrong = {f"{name} in {situation}" for (name, situation), each in run.summary.cases.items()
                 if each.surplus or each.seen < each.due}  # fmt: skip
        skipped = {name for name, case in cases.items() if any(isinstance(r, Skipped) for r in case.result)}
        assert wrong
        assert not wrong & skipped


def test_junit_says_why_a_clause_was_never_due(tmp_path: Path) -> None:
    reasons = ["never due: invalid", "disable answers 403: the state `disabled` cannot be reached"]
    run = Run().started().send("fresh", "200", due=["success"], met=["success"])
    [skipped] = junit(tmp_path, run.finished("inconclusive", 3, reasons=reasons))["invalid in disabled"].result
    assert f"not tested: the clause was never due; {reasons[1]}" == skipped.message


def test_junit_fails_where_only_the_pin_does(tmp_path: Path) -> None:
    run = honest_run()
    run.events.pop()
    run.changed("empty list", "matched", ["200"], ["400"]).finished("fail", 1, reasons=["not as pinned: 200, now 400"])
    [told] = junit(tmp_path, run)["pinned observations"].result
    assert ("1 observation is not as pinned", "not as pinned: 200, now 400") == (told.message, told.text)


def test_junit_points_to_the_line_of_the_clause(tmp_path: Path) -> None:
    case = junit(tmp_path, broken_run())[ACCOUNT]
    assert (DOCUMENT, "114") == (case._elem.get("file"), case._elem.get("line"))


def test_junit_skips_an_accepted_failure_so_that_it_agrees_with_the_exit_code(tmp_path: Path) -> None:
    run = Run().started().failure(accepted=KNOWN).finished()
    [skipped] = junit(tmp_path, run)[ACCOUNT].result
    assert isinstance(skipped, Skipped)
    assert "accepted until 2030-01-01: known" == skipped.message


def test_a_wrong_answer_that_never_came_back_is_an_error_and_no_failure(tmp_path: Path) -> None:
    [error] = junit(tmp_path, Run().started().send("none", "200", due=["missing"]))["missing in none"].result
    assert isinstance(error, Error)
    assert "due 1 times and came 0, not due 0 times and came 0: a wrong answer that has not come back" == error.message


@pytest.mark.parametrize(("report", "file"), [("junit", "junit.xml"), ("sarif", "report.sarif"), ("github", "step.md")])
def test_two_steps_at_the_same_time_stand_together_in_every_report(tmp_path: Path, report: str, file: str) -> None:
    run = Run().started().failure(**race_failure()).finished("fail", 1)
    written(tmp_path, run, report, environ={"GITHUB_STEP_SUMMARY": str(tmp_path / "step.md")})
    text = (tmp_path / file).read_text(encoding="utf-8").replace("\\u2510", "┐").replace("\\u2518", "┘")
    assert text.index("2 ┐ PUT") < text.index("3 ┘ PUT") < text.index("4   PUT")


def load_sarif(directory: Path, run: Run) -> dict[str, Any]:
    written(directory, run, "sarif")
    loaded: dict[str, Any] = json.loads((directory / "report.sarif").read_text())
    parsed = Sarif.model_validate(loaded)
    assert [] == list(unknown_properties(parsed))
    return loaded


def unknown_properties(value: object) -> Iterator[str]:
    """Names that SARIF 2.1.0 does not know, which its schema forbids and the parser lets pass.

    The parser leaves out some that the standard has; `sarif_om` was generated from the standard's own schema.
    """
    if isinstance(value, SarifBaseModel):
        standard = {name.metadata["schema_property_name"] for name in attrs.fields(STANDARD[type(value).__name__])}
        yield from set(value.model_extra or {}) - standard
        for name in type(value).model_fields:
            yield from unknown_properties(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from unknown_properties(each)


def test_sarif_points_to_the_line_of_the_document(tmp_path: Path) -> None:
    documents = [f"swagger/scheduling/workflows/{DOCUMENT}"]
    [run] = load_sarif(tmp_path, Run().started(documents=documents).failure().finished("fail", 1))["runs"]
    [result] = run["results"]
    assert ("already_exists", "error") == (result["ruleId"], result["level"])
    assert {
        "artifactLocation": {"uri": documents[0], "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 114},
    } == result["locations"][0]["physicalLocation"]
    assert "already_exists" in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_suppresses_an_accepted_failure(tmp_path: Path) -> None:
    run = Run().started().failure(accepted=KNOWN).finished()
    [result] = load_sarif(tmp_path, run)["runs"][0]["results"]
    assert "note" == result["level"]
    [suppression] = result["suppressions"]
    assert "accepted until 2030-01-01: known" == suppression["justification"]


def test_sarif_doubles_braces_and_makes_no_link_of_a_text(tmp_path: Path) -> None:
    run = Run().started().failure(argument="{{staff_id}} [here](https://example.com)")
    text = load_sarif(tmp_path, run)["runs"][0]["results"][0]["message"]["text"]
    assert "{{{{staff_id}}}} [here] (https://example.com)" in text


def test_a_swagger_pointer_is_placed_on_the_first_line_of_its_file(tmp_path: Path) -> None:
    run = Run().started().failure(where="scheduling.json#/paths/~1a:b/put/2")
    location = load_sarif(tmp_path, run)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert "scheduling.json" == location["artifactLocation"]["uri"]
    assert 1 == location["region"]["startLine"]


def har(directory: Path, run: Run) -> list[dict[str, Any]]:
    written(directory, run, "har")
    log = json.loads((directory / "trace.har").read_text())["log"]
    assert "1.2" == log["version"]
    assert "calfuzz" == log["creator"]["name"]
    for entry in log["entries"]:
        check_har_entry(entry)
    entries: list[dict[str, Any]] = log["entries"]
    return entries


def check_har_entry(entry: dict[str, Any]) -> None:
    """What HAR 1.2 requires of an entry, and browsers refuse to open a file without."""
    assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= entry.keys()
    request = {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"}
    assert request <= entry["request"].keys()
    response = {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "bodySize"}
    assert response <= entry["response"].keys()
    assert {"size", "mimeType"} <= entry["response"]["content"].keys()
    assert {"send", "wait", "receive"} <= entry["timings"].keys()


def test_har_has_every_exchange_and_shows_a_lost_one_as_status_0(tmp_path: Path) -> None:
    create, lost = har(tmp_path, Run().started().create().exchange(
        act="send", situation="fresh", was="fresh", belief="fresh", seen=None, lost="timeout"))  # fmt: skip
    assert ("POST", 200) == (create["request"]["method"], create["response"]["status"])
    assert "2025-03-01T02:00:00.000+00:00" == create["startedDateTime"]
    assert '{"success": true}' == create["response"]["content"]["text"]
    assert (0, "lost: timeout") == (lost["response"]["status"], lost["response"]["statusText"])
    assert lost["startedDateTime"] > create["startedDateTime"]


def test_har_of_a_run_without_requests_is_whole(tmp_path: Path) -> None:
    assert [] == har(tmp_path, Run().started())


def test_github_annotations_point_to_the_documents_line(tmp_path: Path) -> None:
    _, stdout = written(tmp_path, broken_run(), "github")
    notice, line = stdout.splitlines()
    assert notice.startswith("::notice title=calfuzz FAIL::1 failure in 1 clause; not tried: ")
    head = f"::error file={DOCUMENT},line=114,title=already_exists%2C in mismatched (account)::expected 422"
    assert line.startswith(head)


def test_github_is_told_why_a_run_is_inconclusive(tmp_path: Path) -> None:
    run = Run().started().finished("inconclusive", 3, reasons=["invalid was never due: 100% of moves refused"])
    _, stdout = written(tmp_path, run, "github")
    assert [
        "::notice title=calfuzz INCONCLUSIVE::nothing failed",
        "::warning title=calfuzz is inconclusive::invalid was never due: 100%25 of moves refused",
    ] == stdout.splitlines()


def test_the_step_summary_is_appended_to_what_other_steps_wrote(tmp_path: Path) -> None:
    step = tmp_path / "step.md"
    step.write_text("before\n")
    written(tmp_path, broken_run(), "github", environ={"GITHUB_STEP_SUMMARY": str(step)})
    assert "before\n" + report_markdown(broken_run().summary) == step.read_text()


def test_no_text_is_read_as_markdown() -> None:
    assert "a\\|b \\`c\\` &lt;d&gt; &#64;e \\[f\\]\\(g\\)" == markdown("a|b `c` <d> @e [f](g)")
    assert ["`````text", "```", "````x", "`````"] == fenced(["```", "````x"])


@pytest.mark.parametrize("text", [HOSTILE, "x" * 300_000, "\ud800" * 5_000, "&" * 50_000], ids=TEXTS)
def test_hostile_text_breaks_no_report(tmp_path: Path, text: str) -> None:
    run = hostile_run(text)
    [case] = [case for name, case in junit(tmp_path, run).items() if not name.endswith("situation") and case.result
              and isinstance(case.result[0], Failure)]  # fmt: skip
    assert case.result[0].text
    load_sarif(tmp_path, run)
    assert 3 == len(har(tmp_path, run))
    _, stdout = written(tmp_path, run, "github")
    assert ["::notice", "::error"] == [line.partition(" ")[0] for line in stdout.splitlines()]
    assert len(report_markdown(run.summary).encode()) < 1_000_000
    assert text == report(tmp_path, run)["failures"][0]["observed"]
