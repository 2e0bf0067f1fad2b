"""`calfuzz explain`: every clause can be explained, and a failure as its bundle or the last run tells it; offline."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import swagger
from fuzz.cli import main
from fuzz.commands.explaining.clause import explain_clause, rule_facts
from fuzz.commands.explaining.past import Past
from fuzz.oracle.validity.violations import violations
from fuzz.run import tested
from fuzz.run.setup.documents import read_contract
from fuzz.run.setup.report_folder import LATEST
from fuzz.run.tested import tests_of as planned
from fuzz.sandbox.launcher import Sandbox
from fuzz.target.capabilities import Capabilities
from swagger.contract import Clause, ClauseKind
from tests.failures.bundling import FAULT, another_account, kept
from tests.report.runs import Run

CONTRACT = read_contract(None, None)
OF_BODIES = (ClauseKind.REQUIRED, ClauseKind.TYPE, ClauseKind.FORMAT, ClauseKind.ALTERNATIVE)
NAME = "already_exists-mismatched-200-0000"
each_clause = pytest.mark.parametrize("clause", CONTRACT.clauses, ids=lambda clause: clause.id)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module", autouse=True)
def planned_once() -> Iterator[None]:
    """The lists of scenarios, made once: that takes most of the time of an explanation."""
    made = [(phase, list(scenarios)) for phase, scenarios in tested._planned(Capabilities(CONTRACT, staff_count=2))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tested, "_planned", lambda _capabilities: made)
        yield


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with Sandbox(fault=FAULT) as sandbox:
        yield kept(sandbox, tmp_path_factory.mktemp("state") / "failures", another_account())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it reaches for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def explained(*arguments: Path | str) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)], catch_exceptions=False)


def sections(output: str) -> dict[str, str]:
    heads = ("What breaks it", "How it is tested", "What was seen", "What to do next")
    parts = re.split(rf"^({'|'.join(heads)})\n", output, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def one_line(text: str) -> str:
    return " ".join(text.split())


@each_clause
def test_every_clause_is_explained_with_sentence_place_what_breaks_it_and_how_it_is_tested(
    clause: Clause, offline: None
) -> None:
    result = explained(clause.id)
    assert 0 == result.exit_code, result.output
    beginning = one_line(result.output.partition("What breaks it")[0])
    assert f"{clause.id} ({clause.kind}) {one_line(clause.says)} {clause.where}" == beginning
    parts = sections(result.output)
    assert len(parts["What breaks it"].split()) > 15
    assert re.search(r"^    (conformance|payloads) +[1-9]\d*  \w+", parts["How it is tested"], flags=re.MULTILINE)
    assert re.search(r"^    1   POST calendar_syncs provider \S+ +200$", parts["How it is tested"], flags=re.MULTILINE)
    assert "  calfuzz run --phases " in parts["What to do next"]


@pytest.mark.parametrize(
    "clause", [clause for clause in CONTRACT.clauses if clause.kind in OF_BODIES], ids=lambda clause: clause.id
)
def test_the_example_of_a_field_rule_breaks_it(clause: Clause) -> None:
    assert clause.id in violations(CONTRACT, rule_facts(CONTRACT, clause)["body"])


def test_the_example_of_a_field_rule_is_shown() -> None:
    text = one_line(sections(explained("type:staff_uid").output)["What breaks it"])
    assert '{"staff_uid": null, "calendar_sync": {"provider": "google_v3", "account": "a@example.com"},' in text


def test_a_state_error_is_explained_by_its_predicate_and_its_documented_answer() -> None:
    text = one_line(sections(explained("missing").output)["What breaks it"])
    assert '"the staff member does not have a CalendarSync record" (fuzz.oracle.state.has_no_sync)' in text
    assert '422 {"success": false, "errors": [{"code": "missing", "message": "staff is not registered' in text


@pytest.mark.parametrize("clause", ["missing", "account_stored", "token", "required:external_items", "disable.token"])
def test_the_example_of_its_test_makes_the_clause_due_with_its_last_request(clause: str) -> None:
    example = planned(CONTRACT, clause).example
    assert clause in example[-1].verdict.tally.due
    assert len(example) <= 4


def test_tests_are_counted_by_the_situation_in_which_the_clause_is_due() -> None:
    phases = planned(CONTRACT, "invalid").phases
    assert {"disabled"} == set(phases["payloads"])
    assert 0 == phases["preflight"].total()
    assert {"fresh": 1} == planned(CONTRACT, "success").phases["preflight"]


def test_a_clause_that_no_planned_request_makes_due_says_so_and_names_no_phases() -> None:
    clause = replace(CONTRACT.clause("disable.token"), id="vanish.token")
    parts = sections(explain_clause(CONTRACT, clause, Past(None, (), Path("failures"))))
    assert "no request of conformance, payloads or race" in parts["How it is tested"]
    assert "  calfuzz run\n" == parts["What to do next"]


def test_of_a_clause_that_was_never_met_it_says_so() -> None:
    seen = sections(explained("invalid").output)["What was seen"]
    assert "no run so far: there is no .calfuzz/reports/latest" in seen
    assert "no failure is told under it, and none is kept in .calfuzz/failures" in seen


def last_run(tell: Callable[[Run], Run]) -> None:
    LATEST.mkdir(parents=True)
    tell(Run().started()).write(LATEST)


def test_the_last_run_is_told_with_the_failures_under_the_clause() -> None:
    last_run(lambda run: run.create().send("matched", "200", met=["success"]).failure())
    parts = sections(explained("already_exists").output)
    assert "  .calfuzz/reports/latest: staging, 2025-03-01T02:00:00+00:00, seed 42: fail\n" in parts["What was seen"]
    (told,) = re.findall(r"^  (already_exists-\S+), in mismatched", parts["What was seen"], flags=re.MULTILINE)
    assert f"  calfuzz explain {told}\n" in parts["What to do next"]
    assert "due 1, and came 1" in sections(explained("success").output)["What was seen"]


def test_a_run_by_other_documents_is_no_answer() -> None:
    last_run(lambda run: run.create())
    assert "a run by other documents, which have no such clause" in explained("account_stored").output


def test_a_kept_failure_is_told_as_its_bundle_tells_it(bundle: Path, offline: None) -> None:
    result = explained(NAME, "--database", bundle.parent.parent)
    assert 0 == result.exit_code
    assert "FAIL  already_exists, in mismatched (account)\n      put_business" in result.output
    assert "3 PUT bulk_create google_v3, b@example.com documented: 422" in " ".join(result.output.split())
    assert "After step 2 the account is a@example.com; step 3 names b@example.com." in result.output
    facts = r"documented: 422 already_exists\s+seen: +200\s+reproduced: 3/3\s+found: +2026-11-22 on sandbox"
    assert re.search(facts, result.output)
    assert f"  calfuzz replay {bundle}\n  calfuzz explain already_exists\n" in result.output
    assert f"    - fingerprint: {NAME}\n" in result.output
    of_clause = explained("already_exists", "--database", bundle.parent.parent).output
    assert f"  calfuzz replay {bundle}\n" in of_clause
    assert "the failures kept: 1 of this clause" in of_clause


def test_a_bundle_of_version_1_that_lacks_the_later_facts_is_told(bundle: Path, tmp_path: Path) -> None:
    file = json.loads((bundle / "failure.json").read_text("utf-8"))
    lacking = {key: value for key, value in file.items() if key not in ("found", "seed", "reproduced", "argument")}
    old = tmp_path / "failures" / NAME
    old.mkdir(parents=True)
    (old / "failure.json").write_text(json.dumps({**lacking, "version": 1, "clause": "gone\x1b[2J"}), encoding="utf-8")
    result = explained(NAME, "--database", tmp_path)
    assert 0 == result.exit_code
    assert "The documents that are read now have no clause gone\\x1b[2J." in result.output
    assert "\x1b" not in result.output


def test_a_failure_of_the_last_run_without_a_bundle_is_told_by_the_run() -> None:
    last_run(lambda run: run.create().failure(bundle=None))
    name = json.loads((LATEST / "events.ndjson").read_text("utf-8").splitlines()[-1])["fingerprint"]
    result = explained(name)
    assert "no bundle of it is kept here" in result.output


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("already_exist", "already_exists"),
        ("required:staffuid", "required:staff_uid"),
        ("already_exists-mismatched-200-0001", NAME),
        ("nothing at all", ""),
        ("", ""),
    ],
)
def test_an_unknown_name_is_one_clear_line_with_near_names(name: str, near: str, bundle: Path) -> None:
    result = explained("--database", bundle.parent.parent, "--", name)
    assert 2 == result.exit_code
    what, advice = result.output.splitlines()
    assert f"error: {name!r} is no clause and no failure that is kept" == what
    assert advice.startswith(f"  next: did you mean {near}" if near else "  next: `calfuzz contract` lists")


def test_the_documents_that_are_named_are_those_explained_and_the_command_names_them(tmp_path: Path) -> None:
    source = next(Path(swagger.__file__).parent.rglob(CONTRACT.success_where.file))
    own = tmp_path / "own.md"
    own.write_text(source.read_text("utf-8").replace("there is no calendar sync record", "no sync is there"), "utf-8")
    result = explained("missing", "--workflow", own)
    assert "no sync is there for the staff member." in result.output
    assert f" --workflow {own}" in sections(result.output)["What to do next"]


def test_no_line_end_is_spelled_out() -> None:
    result = CliRunner().invoke(main, ["explain", "success"])

    assert 0 == result.exit_code
    assert "\\n" not in result.output
