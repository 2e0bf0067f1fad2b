"""`calfuzz init`: the profile it writes explains every field, holds no token, and loads once it is filled in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from fuzz.cli import main
from fuzz.errors import UsageError
from fuzz.target.profile import Profile, load_profile
from fuzz.target.secrets import Secrets

TOKENS = {
    "tokens": {"staff": "hunter2-staff-token", "admin": "hunter2-admin-token", "directory": "hunter2-another"},
    "params": {"business_id": "12e4", "staff_id": "0123"},
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALFUZZ_ADMIN_TOKEN", "a")
    monkeypatch.setenv("CALFUZZ_STAFF_TOKEN", "b")


def calfuzz(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", *arguments])


def tokens_in(path: Path, content: Any = TOKENS) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent="\t"), encoding="utf-8-sig")
    return path


def filled_in(profile: Path) -> Path:
    """The profile with what only a person can know."""
    text = profile.read_text(encoding="utf-8").replace('base_url: ""', "base_url: https://gateway.example/apigw")
    text = text.replace("disposable_staff: false", "disposable_staff: true").replace('uid: ""', "uid: f67a")
    profile.write_text(text, encoding="utf-8")
    return profile


@pytest.mark.parametrize("folder", ["plain", "with a blank", 'it\'s "quoted" $HOME {{x}}: #1', "ünïcode"])
def test_a_token_file_gives_uids_and_commands_that_read_its_tokens_from_anywhere(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = tokens_in(Path(folder, "tokens.json"))

    result = calfuzz("--from", str(tokens), "--output", "staging.yaml")

    assert 0 == result.exit_code, result.output
    assert "hunter2" not in Path("staging.yaml").read_text(encoding="utf-8")
    profile = load_profile(filled_in(tmp_path / "staging.yaml"))
    assert ("staging", "12e4", ["0123"]) == (profile.name, profile.business_id, [each.uid for each in profile.staff])
    monkeypatch.chdir("/")
    secrets = Secrets()
    read = [secrets.token(source) for source in (profile.tokens.admin, profile.staff[0].token)]
    assert ["hunter2-admin-token", "hunter2-staff-token"] == read


def test_without_a_token_file_the_tokens_come_from_the_environment(tmp_path: Path) -> None:
    printed = calfuzz()
    calfuzz("--output", "here.yaml")

    assert printed.stdout == Path("here.yaml").read_text("utf-8").replace('name: "here"', 'name: "staging"')
    profile = load_profile(filled_in(tmp_path / "here.yaml"))
    assert ("CALFUZZ_ADMIN_TOKEN", "CALFUZZ_STAFF_TOKEN") == (profile.tokens.admin.env, profile.staff[0].token.env)


def test_the_last_line_says_what_to_do_next() -> None:
    tokens_in(Path("tokens.json"))

    assert (
        "next: save it as staging.yaml, fill in base_url, the staff member's uid and disposable_staff,"
        " then `calfuzz check --target staging.yaml`\n"
    ) == calfuzz().stderr
    assert (
        "next: fill in base_url and disposable_staff, then `calfuzz check --target 'a b.yaml'`\n"
        == calfuzz("--from", "tokens.json", "--output", "a b.yaml").output
    )


def test_what_is_not_filled_in_is_named_when_the_profile_is_used(tmp_path: Path) -> None:
    calfuzz("--output", "p.yaml")
    profile = tmp_path / "p.yaml"
    with pytest.raises(UsageError, match=r"p.yaml:\d+: base_url is not an http or https address"):
        load_profile(profile)
    profile.write_text(profile.read_text("utf-8").replace('base_url: ""', "base_url: https://gateway.example"), "utf-8")
    with pytest.raises(UsageError, match=r"p.yaml:\d+: staff\[0\].uid is empty"):
        load_profile(profile)
    profile.write_text(profile.read_text("utf-8").replace('uid: ""', "uid: f67a"), "utf-8")
    with pytest.raises(UsageError, match=r"p.yaml:\d+: base_url https://gateway.example is not a loopback address"):
        load_profile(profile)


def test_every_field_is_there_with_a_comment_and_every_example_is_right() -> None:
    text = calfuzz().stdout
    fields = re.findall(r"^#?([a-z_]+):", text, flags=re.MULTILINE)
    whole = re.sub(r"^#(?! |$)|^#(?=  )", "", text, flags=re.MULTILINE)
    whole = whole.replace('base_url: ""', "base_url: http://127.0.0.1").replace('uid: ""', "uid: f67a")

    assert set(Profile.model_fields) == set(fields)
    assert len(fields) == len(set(fields))
    assert Profile.model_fields.keys() == yaml.safe_load(whole).keys()
    assert 2 == len(Profile.model_validate(yaml.safe_load(whole)).staff)


def test_a_file_that_is_there_is_not_written_over() -> None:
    Path("p.yaml").write_text("mine", encoding="utf-8")

    result = calfuzz("--output", "p.yaml")

    assert (2, "error: p.yaml is there already") == (result.exit_code, result.stderr.splitlines()[0])
    assert "mine" == Path("p.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "absent.json: No such file or directory"),
        ("{\n hunter2", "tokens.json:2: not JSON"),
        ("[]", "tokens.json: the token file is a list, and must be a mapping of tokens, params"),
        ({"params": TOKENS["params"]}, "tokens.json: tokens is missing"),
        ({"tokens": {"admin": "hunter2"}, "params": TOKENS["params"]}, "tokens.json: tokens.staff is missing"),
        ({**TOKENS, "tokens": {"admin": "", "staff": "x"}}, "tokens.json: tokens.admin is empty"),
        ({**TOKENS, "tokens": "hunter2"}, "tokens.json: tokens is a text, and must be a mapping of admin, staff"),
        ({**TOKENS, "params": {"staff_id": 7}}, "tokens.json: params.staff_id is a number, and must be a text"),
        ({**TOKENS, "params": {}}, "tokens.json: params.staff_id is missing"),
    ],
    ids=str,
)
def test_a_token_file_that_cannot_be_used_is_said_in_a_line(content: Any, says: str) -> None:
    path = tokens_in(Path("tokens.json"), content) if content is not None else Path("absent.json")

    result = calfuzz("--from", str(path), "--output", "p.yaml")

    error, advice = result.stderr.splitlines()
    assert 2 == result.exit_code
    assert error.startswith("error: token file ")
    assert says in error
    assert advice.startswith("  next: ")
    assert "hunter2" not in result.output
    assert not Path("p.yaml").exists()


def test_a_folder_that_is_not_there_is_said_in_a_line() -> None:
    result = calfuzz("--output", "absent/p.yaml")

    assert (2, "error: absent/p.yaml: No such file or directory") == (result.exit_code, result.stderr.splitlines()[0])
