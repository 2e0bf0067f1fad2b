"""`calfuzz replay`: goes where a failure was found, says where it is, and what to do where it cannot be there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from tests.failures.bundling import FAULT, another_account, kept

ADMIN = "CALFUZZ_SANDBOX_ADMIN_TOKEN"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def faulty() -> Iterator[Sandbox]:
    with Sandbox(fault=FAULT) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def honest() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def bundle(faulty: Sandbox, tmp_path: Path) -> Path:
    return kept(faulty, tmp_path / "failures", another_account())


def told(result: Result) -> str:
    """What a command has printed, on one line."""
    return " ".join(result.output.split())


def replayed(*arguments: Path | str, **environment: str | None) -> Result:
    return CliRunner(env=environment).invoke(main, ["replay", *map(str, arguments)], catch_exceptions=False)


def profile(sandbox: Sandbox, name: str = "local") -> Path:
    Path("target.yaml").write_text(profile_yaml(sandbox).replace("name: sandbox", f"name: {name}"), encoding="utf-8")
    return Path("target.yaml")


def changed(bundle: Path, **changes: Any) -> Path:
    file = json.loads((bundle / "failure.json").read_text("utf-8")) | changes
    (bundle / "failure.json").write_text(json.dumps(file), encoding="utf-8")
    return bundle


def test_a_replay_goes_where_the_failure_was_found(bundle: Path, faulty: Sandbox) -> None:
    result = replayed(bundle)
    assert 1 == result.exit_code
    assert f"on sandbox ({faulty.base_url})" in told(result)


def test_a_replay_on_another_target_says_so(bundle: Path, faulty: Sandbox, honest: Sandbox) -> None:
    result = replayed(bundle, "--target", profile(honest))
    assert 0 == result.exit_code
    says = f"        on local ({honest.base_url}), and it was found on sandbox ({faulty.base_url})\n"
    assert says.strip() in told(result)


def test_a_failure_of_the_embedded_sandbox_is_replayed_on_one_with_that_fault(bundle: Path) -> None:
    gone = {"base_url": "http://127.0.0.1:1", "fallback_url": None}
    target = json.loads((bundle / "failure.json").read_text("utf-8"))["target"] | gone
    result = replayed(changed(bundle, target=target, sandbox={"faults": [FAULT], "variants": []}))
    assert 1 == result.exit_code
    assert f"on the embedded sandbox ({FAULT})" in told(result)
    result = replayed(bundle, "--fault", "disabled-never-said")
    assert 0 == result.exit_code
    says = f"the embedded sandbox (disabled-never-said), and it was found on the embedded sandbox ({FAULT})\n"
    assert says.strip() in told(result)


def test_the_document_of_a_bundle_goes_where_the_bundle_does(bundle: Path, faulty: Sandbox) -> None:
    result = replayed(bundle / "workflow.md")
    assert (1, True) == (result.exit_code, f"on sandbox ({faulty.base_url})" in told(result))


def test_a_token_that_is_not_there_is_named_with_what_to_do(bundle: Path) -> None:
    result = replayed(bundle, **{ADMIN: None})
    assert 3 == result.exit_code
    says = f"tokens.admin names the environment variable {ADMIN}, which is not set; export it, or name the target"
    assert says.strip() in told(result)


def test_a_wrong_token_is_called_that(bundle: Path) -> None:
    result = replayed(bundle, **{ADMIN: "not-the-token-of-the-admin"})
    assert 3 == result.exit_code
    assert f"the target refuses the token of step 1, {{env:{ADMIN}}}: is it the right one?" in told(result)


def test_a_wrong_token_of_the_staff_member_is_called_that(bundle: Path) -> None:
    result = replayed(bundle, CALFUZZ_SANDBOX_STAFF_TOKEN_1="not-the-token-of-anybody")
    assert (3, True) == (result.exit_code, "refuses the token of step 2" in told(result))


def test_a_target_that_is_gone_cannot_tell(tmp_path: Path) -> None:
    with Sandbox(fault=FAULT) as gone:
        path = kept(gone, tmp_path / "failures", another_account())
    result = replayed(path, "--request-timeout", "1")
    assert (3, True) == (result.exit_code, "; start the target, or name another one with --target" in told(result))


def test_a_bundle_of_version_1_is_replayed_on_a_target_that_is_named(bundle: Path, faulty: Sandbox) -> None:
    staff = {"name": "staff", "uid": "u", "token": "{env:A}", "scheme": "Bearer"}
    target = {"name": "staging", "base_url": "https://one.example", "admin": "{env:A}", "staff": [staff]}
    changed(bundle, version=1, target=target, steps=[])
    result = replayed(bundle)
    assert 3 == result.exit_code
    assert "a bundle of version 1 does not hold its target; name it with --target" in told(result)
    result = replayed(bundle, "--target", profile(faulty))
    assert (1, True) == (result.exit_code, "and it was found on staging (https://one.example)" in told(result))


def test_several_bundles_end_with_a_tally(bundle: Path, honest: Sandbox) -> None:
    result = replayed(bundle, bundle)
    assert (1, "2 FAILED") == (result.exit_code, result.output.splitlines()[-1])
    result = replayed(bundle, bundle / "workflow.md", bundle, "--target", profile(honest))
    assert (0, "3 FIXED") == (result.exit_code, result.output.splitlines()[-1])
    result = replayed(bundle)
    assert "FAILED" not in result.output.splitlines()[-1]


def test_a_target_that_cannot_be_used_keeps_no_other_from_its_replay(bundle: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "failure.json").write_bytes((bundle / "failure.json").read_bytes())
    changed(broken, target={"name": "x"})
    result = replayed(broken, bundle)
    assert (1, "1 FAILED, 1 CANNOT TELL") == (result.exit_code, result.output.splitlines()[-1])
    assert "target in already_exists-mismatched-200-0000:1: base_url is missing; add it" in told(result)


def junit(folder: str = ".calfuzz/replay") -> list[tuple[str | None, str]]:
    """The name of each test case, and what came of it: `failure`, `error`, or nothing."""
    cases = ElementTree.parse(Path(folder) / "junit.xml").getroot().iter("testcase")
    return [(case.get("name"), "".join(child.tag for child in case)) for case in cases]


def test_a_report_has_a_case_for_each_bundle(bundle: Path, honest: Sandbox) -> None:
    name = bundle.name
    result = replayed(bundle, bundle / "workflow.md", "--report", "junit")
    assert (1, [(name, "failure"), ("workflow.md", "failure")]) == (result.exit_code, junit())
    text = Path(".calfuzz/replay/junit.xml").read_text("utf-8")
    assert 1 == text.count("After step 2 the account is a@example.com; step 3 names b@example.com.")
    assert ["2 FAILED", "report: .calfuzz/replay/junit.xml"] == result.output.splitlines()[-2:]
    result = replayed(bundle, "--report", "junit", "--target", profile(honest))
    assert (0, [(name, "")]) == (result.exit_code, junit())
    result = replayed(bundle, "--report", "junit", "--report-dir", "own", **{ADMIN: "not-the-token"})
    assert (3, [(name, "error")]) == (result.exit_code, junit("own"))
    assert "the target refuses the token of step 1" in Path("own/junit.xml").read_text("utf-8")
    result = replayed(bundle, "--report", "junit", **{ADMIN: None})
    assert (3, [(name, "error")]) == (result.exit_code, junit())


def test_a_report_tells_the_failure_as_it_was_seen_in_the_replay(bundle: Path, honest: Sandbox) -> None:
    replayed(bundle, "--report", "json,html,sarif")
    report = json.loads(Path(".calfuzz/replay/report.json").read_text("utf-8"))
    assert ("fail", 1, 3) == (report["verdict"], report["exit_code"], report["requests"]["total"])
    (failure,) = report["failures"]
    told = {key: failure[key] for key in ("fingerprint", "phase", "observed", "reproduced", "bundle")}
    seen = {"fingerprint": bundle.name, "phase": "replay", "observed": "200", "reproduced": "1/1"}
    assert {**seen, "bundle": str(bundle)} == told
    (again,) = report["replays"]
    assert ("FAILED", "already_exists", 1, 1) == tuple(again[key] for key in ("outcome", "clause", "came", "times"))
    assert ["already_exists"] == [clause["id"] for clause in report["clauses"]]
    page = Path(".calfuzz/replay/report.html").read_text("utf-8")
    assert "FAILED: already_exists is broken again, at step 3" in page
    (result,) = json.loads(Path(".calfuzz/replay/report.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert bundle.name == result["partialFingerprints"]["calfuzz/v1"]
    replayed(bundle, "--report", "json", "--target", profile(honest))
    report = json.loads(Path(".calfuzz/replay/report.json").read_text("utf-8"))
    assert ("pass", [], "FIXED") == (report["verdict"], report["failures"], report["replays"][0]["outcome"])
    assert "local" in report["replays"][0]["target"]


def test_without_report_a_replay_writes_nothing(bundle: Path) -> None:
    replayed(bundle)
    assert not Path(".calfuzz").exists()


def test_the_reports_of_a_replay_can_be_written_again_and_hold_no_token(bundle: Path, faulty: Sandbox) -> None:
    replayed(bundle, "--report", "har")
    again = CliRunner().invoke(main, ["report", ".calfuzz/replay", "--report", "junit,github"], catch_exceptions=False)
    assert (0, [(bundle.name, "failure")]) == (again.exit_code, junit())
    for file in Path(".calfuzz/replay").iterdir():
        assert not [token for token in faulty.env.values() if len(token) > 8 and token in file.read_text("utf-8")]


def test_an_unknown_kind_of_report_is_refused_before_anything_is_sent(bundle: Path) -> None:
    result = replayed(bundle, "--report", "pdf")
    assert (2, True) == (result.exit_code, "there is no report of the kind 'pdf'" in result.output)


def test_a_hostile_text_is_shown_escaped(bundle: Path) -> None:
    actions = json.loads((bundle / "failure.json").read_text("utf-8"))["actions"]
    actions[1]["body"]["calendar_sync"]["account"] = "\x1b[2Jred\u202e@example.com"
    result = replayed(changed(bundle, actions=actions, fingerprint="a\x1b[31mb"))
    assert "\x1b" not in result.output
    assert "\\x1b[2Jred\\u202e@example.com" in result.output
    assert "a\\x1b[31mb" in result.output
    replayed(bundle, "--report", "junit,html,json,sarif,github")
    for name in ("junit.xml", "report.html"):
        assert "\x1b" not in Path(".calfuzz/replay", name).read_text("utf-8")


def test_a_staff_member_whom_the_target_does_not_know_is_no_failure(bundle: Path) -> None:
    target = json.loads((bundle / "failure.json").read_text("utf-8"))["target"]
    target["staff"][0]["uid"] = "nobody"
    result = replayed(changed(bundle, target=target))
    assert 3 == result.exit_code
    says = "the target answers 404 to the first step: are its address and the staff member's uid right?"
    assert says.strip() in told(result)
