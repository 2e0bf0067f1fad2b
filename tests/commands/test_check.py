"""`calfuzz check` against a right profile and wrong ones, by real HTTP: what it says, and its exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from tests.target.http.noise import NoisyProxy, answer


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(staff=2, admin_scheme="Admin") as sandbox:
        yield sandbox


def check(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[str], str] = lambda text: text,
    **environment: str,
) -> Result:
    """The command against the sandbox, with a profile that a test has changed."""
    monkeypatch.chdir(tmp_path)
    text = change(profile_yaml(sandbox) + "rate_limit: 900/s\n")
    Path("target.yaml").write_text(text, encoding="utf-8")
    result = CliRunner(env=sandbox.env | environment).invoke(main, ["check", "--target", "target.yaml"])
    assert ["target.yaml"] == [path.name for path in tmp_path.iterdir()]  # nothing is written
    return result


def said(result: Result, what: str) -> str:
    """The row about one thing, on one line with what to write."""
    lines = result.output.splitlines()
    place = next(number for number, line in enumerate(lines) if line[9:].startswith(f"{what} "))
    following = takewhile(lambda line: line.startswith(" " * 9), lines[place + 1 :])
    return " ".join(" ".join([lines[place], *following]).split())


def last(result: Result) -> str:
    """The verdict, on one line."""
    return " ".join(result.output.rpartition("\n\n")[2].split())


def test_a_right_profile_is_right(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(sandbox, tmp_path, monkeypatch)

    assert 0 == result.exit_code
    assert {"ok"} == {line[:8].strip() for line in result.output.splitlines()[:-2]} - {""}
    assert [] == [line for line in result.output.splitlines() if len(line) > 80]
    assert said(result, "base_url").endswith("/apigw is reached")
    assert "is taken as `Admin …`" in said(result, "admin token")
    assert "ok bulk_create answers 200 on the fallback gateway" == said(result, "bulk_create")
    assert "ok states fresh, bound, disabled, none can be reached" == said(result, "states")
    assert "ok rate 900/s (target.yaml)" == said(result, "rate")
    assert last(result).startswith("PASS the profile is right (")
    assert int(result.output.rpartition("(")[2].split()[0]) < 25


def test_one_staff_member_is_named_and_right(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sandbox.staff[1].uid
    one = check(
        sandbox,
        tmp_path,
        monkeypatch,
        lambda text: "".join(line for line in text.splitlines(keepends=True) if other not in line),
    )

    assert 0 == one.exit_code
    assert "one staff member: leaks between staff members are not tested" in " ".join(one.output.split())


def test_a_wrong_prefix_in_base_url_is_named(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_prefix(request: bytes, answered: bytes) -> bytes:
        return answer(404, b"no such page") if b" /wrong/" in request.partition(b"\r\n")[0] else answered

    with NoisyProxy(sandbox.address, rewrite=no_such_prefix) as proxy:

        def wrong(text: str) -> str:
            return text.replace(sandbox.address, proxy.address).replace("/apigw", "/wrong")

        one = check(sandbox, tmp_path, monkeypatch, wrong)
        both = check(sandbox, tmp_path, monkeypatch, lambda text: wrong(text).replace("/api2", "/wrong/2"))

    assert 2 == one.exit_code
    assert said(one, "base_url").endswith("/wrong serves nothing next: correct the path of base_url")
    assert said(one, "create").startswith("correct create the main gateway answers 404 to create, and the fallback one")
    assert last(one).startswith("CORRECT the target can be tested; ")
    assert 3 == both.exit_code
    assert "next: check the path of base_url" in said(both, "base_url")
    assert last(both).startswith("CANNOT TELL the first create for the staff member")


@pytest.mark.parametrize("place", [0, 1])
def test_a_mistyped_staff_uid_is_named(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    uid = sandbox.staff[place].uid
    result = check(sandbox, tmp_path, monkeypatch, lambda text: text.replace(uid, "mistyped"))

    assert 3 == result.exit_code
    assert said(result, "staff mistyped").startswith("wrong staff mistyped a create is answered 4")
    assert said(result, "staff mistyped").endswith(f"next: check staff[{place}].uid")


def test_a_wrong_admin_token_is_named(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(sandbox, tmp_path, monkeypatch, CALFUZZ_SANDBOX_ADMIN_TOKEN="a-token-that-nobody-knows")

    assert 3 == result.exit_code
    assert said(result, "admin token").startswith("wrong admin token is refused: 401")
    assert "next: tokens.admin: correct what {env:CALFUZZ_SANDBOX_ADMIN_TOKEN} holds" in " ".join(result.output.split())
    assert "nobody-knows" not in result.output


def test_a_wrong_scheme_of_the_admin_token_is_named(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = check(
        sandbox, tmp_path, monkeypatch, lambda text: text.replace("ADMIN_TOKEN}", "ADMIN_TOKEN, scheme: Bearer}")
    )

    assert 2 == result.exit_code
    assert said(result, "admin token").startswith("correct admin token is refused as `Bearer …` and taken as `Admin …`")
    assert said(result, "admin token").endswith("next: tokens.admin.scheme: Admin")


@pytest.mark.parametrize("place", [0, 1])
def test_a_wrong_staff_token_is_named(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    name = f"CALFUZZ_SANDBOX_STAFF_TOKEN_{place + 1}"
    result = check(sandbox, tmp_path, monkeypatch, **{name: "a-token-that-nobody-knows"})

    assert 3 == result.exit_code
    row = said(result, f"staff {sandbox.staff[place].uid}")
    assert "the token is refused: 401" in row
    assert row.endswith(f"next: staff[{place}].token: correct what {{env:{name}}} holds")
    assert f"the target refuses the token {{env:{name}}}" in last(result)


def test_siblings_that_are_not_served_and_features_that_are_off_are_named(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = answer(403, b'{"message": "feature is off"}', kind="application/json")

    def rewrite(request: bytes, answered: bytes) -> bytes:
        line = request.partition(b"\r\n")[0]
        if b"/disconnect " in line:
            return off
        return answer(405, b"") if b"/connect " in line and b"/apigw/" in line else answered

    with NoisyProxy(sandbox.address, rewrite=rewrite) as proxy:
        result = check(sandbox, tmp_path, monkeypatch, lambda text: text.replace(sandbox.address, proxy.address))

    assert 3 == result.exit_code
    assert "disconnect answers 403 feature is off: the state `none` cannot be reached" in said(result, "disconnect")
    assert "next: lifecycle: {none: …}" in said(result, "disconnect")
    assert "correct connect the main gateway answers 405 to connect" in said(result, "connect")
    assert "next: write `useFallbackApi: true` into its document" in said(result, "connect")
    assert "fresh, bound, disabled can be reached; none not, or it is not known" in said(result, "states")


def test_a_target_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(sandbox, tmp_path, monkeypatch, lambda text: text.replace(sandbox.address, "http://127.0.0.1:9"))

    assert 3 == result.exit_code
    assert "next: check host and port of base_url" in said(result, "base_url")


def test_a_profile_that_cannot_be_read_is_a_usage_error(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 == check(sandbox, tmp_path, monkeypatch, lambda text: f"{text}no_such_key: 1\n").exit_code


def test_without_a_target_the_sandbox_is_checked_and_an_answer_that_is_not_documented_is_a_failure() -> None:
    result = CliRunner().invoke(main, ["check", "--fault", "fresh-said-missing"])

    assert 1 == result.exit_code
    assert said(result, "example").startswith("broken example missing (")
    assert "expected 200, seen 422 missing" in said(result, "example")
    assert last(result).startswith("FAIL an answer is not as documented")
