"""Whatever is wrong with what the user gives is said in a line, with what to do next, and exit code 2: no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from fuzz.cli import main

TOKENS = {"BAD_INPUT_TOKEN": "a-token-of-the-tests"}
GOOD = """\
name: here
base_url: http://127.0.0.1:9
tokens: {admin: {env: BAD_INPUT_TOKEN}}
staff: [{uid: a, token: {env: BAD_INPUT_TOKEN}}]
"""


@dataclass(frozen=True)
class Case:
    """Files to be there, a command line, and what its error must name."""

    name: str
    says: str
    arguments: list[str]
    files: dict[str, bytes | str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: TOKENS)


def profile(name: str, text: bytes | str, says: str, environment: dict[str, str] | None = None) -> Case:
    """A target profile that is no good."""
    arguments = ["run", "--target", "p.yaml", "--max-time", "1s"]
    return Case(f"profile: {name}", says, arguments, {"p.yaml": text}, TOKENS if environment is None else environment)


def changed(name: str, old: str, new: str, says: str, environment: dict[str, str] | None = None) -> Case:
    """The good profile with one change."""
    assert old in GOOD
    return profile(name, GOOD.replace(old, new), says, environment)


def more(name: str, line: str, says: str) -> Case:
    """The good profile with one line more."""
    return profile(name, f"{GOOD}{line}\n", says)


def option(name: str, says: str, *arguments: str) -> Case:
    return Case(f"option: {name}", says, list(arguments))


def given(name: str, says: str, arguments: list[str], **files: bytes | str) -> Case:
    """Files named `x_y` stand for `x.y`."""
    return Case(name, says, arguments, {key.replace("_", "."): value for key, value in files.items()})


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
STAFF = "staff: [{uid: a, token: {env: BAD_INPUT_TOKEN}}]"

PROFILES = [
    Case("profile: not there", "No such file", ["run", "--target", "absent.yaml"]),
    Case("profile: a directory", "Is a directory", ["run", "--target", "."]),
    Case("profile: a device without end", "is larger than", ["run", "--target", "/dev/zero"]),
    *(
        changed(
            f"the address {label}", "http://127.0.0.1:9", json.dumps(address), "base_url is not an http or https addr"
        )
        for label, address in (
            ("with a tab", "http://127.0.0.1:9/a\tb"),
            ("of two lines", "http://127.0.0.1:9/a\r\nb"),
            ("with a NUL", "http://127.0.0.1:9/a\0"),
            ("with a DEL", "http://127.0.0.1:9/\x7f"),
            ("of 64 kB", "http://127.0.0.1:9/" + "a" * 65_536),
            ("with a long label", f"http://{'a' * 64}.example"),
            ("with an empty label", "http://a..b"),
            ("of a dot", "http://."),
        )
    ),
    changed("a query", "http://127.0.0.1:9", "http://127.0.0.1:9/a?b=c", "base_url has a query or a fragment"),
    changed("a fragment", "http://127.0.0.1:9", "http://127.0.0.1:9/a#b", "base_url has a query or a fragment"),
    more("a rate of 400 digits", f"rate_limit: {'9' * 400}/s", "is not a rate such as"),
    *(
        more(f"a step with {label}", f"lifecycle: {{disabled: [{{path: /x, {step}}}]}}", says)
        for label, step, says in (
            ("an odd method", "method: PÜT", "'PÜT' is no HTTP method"),
            ("a method of two lines", 'method: "A\\r\\nB"', "is no HTTP method"),
            ("a header of two lines", 'method: PUT, headers: {A: "x\\r\\ny"}', "the header 'A' cannot be sent"),
            ("an odd header", 'method: PUT, headers: {"A B": x}', "the header 'A B' cannot be sent"),
            ("its own length", 'method: PUT, headers: {Content-Length: "3"}', "the header 'Content-Length' cannot be"),
            ("a token of nobody", "method: PUT, token: nobody", "the token 'nobody' is unknown"),
            ("an unknown variable", 'method: PUT, body: {a: "{{nope}}"}', "{{nope}} is unknown"),
        )
    ),
    changed("a command with a NUL", "{admin: {env: BAD_INPUT_TOKEN}}", '{admin: {command: "a\\0"}}', "holds a NUL"),
    changed(
        "a command without end",
        "{admin: {env: BAD_INPUT_TOKEN}}",
        "{admin: {command: yes calfuzz}}",
        "prints more than",
    ),
    profile("empty", "", "is not a mapping"),
    profile("a list", "- 1\n", "is not a mapping"),
    profile("a text", "hello\n", "is not a mapping"),
    profile("not YAML", "name: [unclosed\n", "p.yaml:2"),
    profile("tabs", "name:\n\t- x\n", "p.yaml:2"),
    profile("not UTF-8", b"name: \xff\xfe\n", "is not UTF-8"),
    profile("control characters", "name: \x01\n", "p.yaml"),
    profile("NUL", "name: a\0b\n", "p.yaml"),
    profile("huge", "# " + "x" * 1_100_000, "is larger than"),
    profile("contains itself", "name: &a [*a]\n", "contains itself"),
    profile("a bomb of aliases", BOMB, "values once its aliases are followed"),
    profile("deeply nested", "a: " + "[" * 5000, "p.yaml"),
    profile("two documents", GOOD + "---\nname: b\n", "p.yaml"),
    profile("a key that is a list", "? [a, b]\n: 1\n", "p.yaml"),
    profile("a key that is a number", GOOD + "7: 1\n", "p.yaml:5"),
    profile("a python object", "name: !!python/object/apply:os.system [id]\n", "p.yaml:1"),
    profile("a date that is none", "name: 2020-13-45\n", "p.yaml"),
    changed("a key twice", "name: here", "name: here\nname: there", "p.yaml:2: the key 'name' is there twice"),
    changed("no name", "name: here\n", "", "name is missing"),
    changed("a name that is a number", "name: here", "name: 7", "p.yaml:1: name is a number, and must be a text"),
    changed("no base_url", "base_url: http://127.0.0.1:9\n", "", "base_url is missing"),
    changed("no address", "http://127.0.0.1:9", "localhost", "base_url is not an http"),
    changed("another scheme", "http://127.0.0.1:9", "ftp://127.0.0.1", "p.yaml:2: base_url is not an http"),
    changed("a port that is none", "http://127.0.0.1:9", "http://127.0.0.1:99999", "base_url is not an http"),
    changed("an address of brackets", "http://127.0.0.1:9", "'http://[::1'", "base_url is not an http"),
    changed("a password in the address", "http://", "http://me:hunter2@", "base_url carries a password"),
    changed("no host", "http://127.0.0.1:9", "'http://'", "base_url is not an http"),
    changed("another machine", "127.0.0.1:9", "gateway.example", "disposable_staff is not true"),
    more(
        "another machine as the fallback",
        "fallback_url: http://gateway.example",
        "p.yaml:5: fallback_url http://gateway.example is not a loopback address",
    ),
    changed("looks like this machine", "127.0.0.1:9", "127.0.0.1.evil.example", "disposable_staff is not true"),
    changed("no staff", STAFF, "staff: []", "p.yaml:4: staff is empty"),
    changed("staff that is no list", STAFF, "staff: {uid: a}", "p.yaml:4: staff is a mapping, and must be a list"),
    changed("staff in a text", STAFF, "staff: [a]", "staff[0] is a text, and must be a mapping of uid, token"),
    changed("staff twice", STAFF, STAFF[:-1] + STAFF[7:].replace("[", ", "), "names a uid twice"),
    changed("an empty uid", "uid: a", "uid: ''", "staff[0].uid is empty"),
    changed("a uid that is a number", "uid: a", "uid: 12", "p.yaml:4: staff[0].uid is a number, and must be a text"),
    changed(
        "a token in plain text",
        "{admin: {env: BAD_INPUT_TOKEN}}",
        "{admin: hunter2hunter2}",
        "p.yaml:3: tokens.admin is a text, and must be a mapping of env, command, auth, scheme",
    ),
    changed(
        "a scheme that is none",
        "{admin: {env: BAD_INPUT_TOKEN}}",
        "{admin: {env: A, scheme: a b}}",
        "p.yaml:3: tokens.admin.scheme is not a scheme such as Admin or Bearer",
    ),
    changed("a token from nowhere", "{admin: {env: BAD_INPUT_TOKEN}}", "{admin: {}}", "exactly one of"),
    changed(
        "a token from two places", "{admin: {env: BAD_INPUT_TOKEN}}", "{admin: {env: A, command: b}}", "exactly one of"
    ),
    changed(
        "a variable not set", "{admin: {env: BAD_INPUT_TOKEN}}", "{admin: {env: NOT_SET}}", "NOT_SET, which is not set"
    ),
    changed("no admin", "{admin: {env: BAD_INPUT_TOKEN}}", "{}", "tokens.admin is missing"),
    more("an unknown field", "basee_url: x", "p.yaml:5: basee_url is no field of a target profile: is base_url meant?"),
    more("a field like no other", "colour: red", "p.yaml:5: colour is no field of a target profile"),
    changed(
        "a misspelt field that is needed",
        "tokens:",
        "token:",
        "p.yaml:3: token is no field of a target profile: is tokens",
    ),
    changed("a misspelt source", "{uid: a, token: {env:", "{uid: a, token: {enf:", "staff[0].token.enf is no field"),
    changed("a misspelt staff field", "uid: a", "uuid: a", "staff[0].uuid is no field of a target profile: is uid"),
    more("a rate that is none", "rate_limit: fast", "p.yaml:5: rate_limit 'fast' is not a rate such as 8/s or 300/m"),
    more("a rate of nought", "rate_limit: 0/s", "p.yaml:5: rate_limit"),
    more("a timeout of nought", "request_timeout: 0", "p.yaml:5: request_timeout must be more than 0"),
    more("a timeout without end", "request_timeout: .inf", "p.yaml:5: request_timeout"),
    more("a timeout in words", "request_timeout: soon", "p.yaml:5: request_timeout is a text, and must be a number"),
    more("a timeout that is no number", "request_timeout: .nan", "p.yaml:5: request_timeout"),
    more(
        "disposable_staff in words",
        "disposable_staff: 'yes'",
        "disposable_staff is a text, and must be true or false",
    ),
    more(
        "verify_tls that is a number",
        "verify_tls: 1",
        "verify_tls is a number, and must be true or false or a text",
    ),
    more("authorities that are not there", "verify_tls: ca.pem", "p.yaml:5: verify_tls names ca.pem"),
    more("authorities that are none", "verify_tls: p.yaml", "p.yaml:5: verify_tls names p.yaml"),
    more("an unknown state", "lifecycle: {gone: []}", "p.yaml:5: lifecycle.gone is no field of a target profile"),
    more("a lifecycle that is none", "lifecycle: []", "lifecycle is a list, and must be a mapping of none, fresh"),
    more("steps that are no list", "lifecycle: {none: 5}", "p.yaml:5: lifecycle.none is a number, and must be a list"),
    more("steps without a path", "lifecycle: {none: [{id: a}]}", "lifecycle steps for disconnect"),
    changed("an auth file missing", "{admin: {env: BAD_INPUT_TOKEN}}", "{admin: {auth: me}}", "auth_file"),
]

ENVIRONMENTS = [
    profile("a token with white space", GOOD, "not a printable ASCII text", {"BAD_INPUT_TOKEN": "two words here"}),
    profile("a token with a line end inside", GOOD, "not a printable ASCII", {"BAD_INPUT_TOKEN": "two\r\nlines-here"}),
    profile("a token beyond ASCII", GOOD, "not a printable ASCII text", {"BAD_INPUT_TOKEN": "tökentökentöken"}),
    profile("a token of blanks", GOOD, "is empty", {"BAD_INPUT_TOKEN": "   "}),
    changed("a command that fails", "admin: {env: BAD_INPUT_TOKEN}", "admin: {command: 'exit 3'}", "exit code 3"),
    changed("a command that says nothing", "admin: {env: BAD_INPUT_TOKEN}", "admin: {command: 'true'}", "is empty"),
    changed(
        "a command that says no text",
        "admin: {env: BAD_INPUT_TOKEN}",
        "admin: {command: 'head -c 9 /dev/zero'}",
        "ASCII",
    ),
    changed(
        "a command that is not there", "admin: {env: BAD_INPUT_TOKEN}", "admin: {command: /no/such}", "exit code 127"
    ),
]

AUTH = GOOD.replace("{env: BAD_INPUT_TOKEN}}", "{auth: me}}", 1) + "auth_file: auth.yaml\n"
AUTH_FILES = [
    given("auth file: not there", "auth file", ["run", "--target", "p.yaml"], p_yaml=AUTH),
    given("auth file: not YAML", "auth file", ["run", "--target", "p.yaml"], p_yaml=AUTH, auth_yaml="[x"),
    given("auth file: empty", "has no entry 'me'", ["run", "--target", "p.yaml"], p_yaml=AUTH, auth_yaml=""),
    given("auth file: nobody", "has no entry 'me'", ["run", "--target", "p.yaml"], p_yaml=AUTH, auth_yaml="auth: []"),
    given(
        "auth file: a date that is none",
        "auth file",
        ["run", "--target", "p.yaml"],
        p_yaml=AUTH,
        auth_yaml="a: 2020-13-45",
    ),
    given("auth file: huge", "is larger than", ["run", "--target", "p.yaml"], p_yaml=AUTH, auth_yaml="#" * 1_100_000),
    given(
        "auth file: a token that is no YAML",
        "is not usable YAML",
        ["run", "--target", "p.yaml"],
        p_yaml=AUTH,
        auth_yaml="auth: [{name: me, fixedHeaders: [{name: Authorization, value: *hunter2}]}]",
    ),
    given("auth file: nested", "auth file", ["run", "--target", "p.yaml"], p_yaml=AUTH, auth_yaml="[" * 3000),
]

OPTIONS = [
    option("a pin in no folder", "pin file no/p.yaml: No such file", "run", "--pin", "no/p.yaml"),
    option("a pin that is a folder", "pin file .: Is a directory", "run", "--pin", "."),
    option(
        "a baseline in no folder", "baseline no/b.yaml: No such", "run", "--baseline", "no/b.yaml", "--baseline-update"
    ),
    option("observations in no folder", "observations no/o: No such file", "run", "--observability", "no/o"),
    option("a sandbox's database that is a folder", "--database .: unable to open", "serve", "--database", "."),
    option("a password in a query", "carries a password", "run", "--database", "redis://h:1/0?password=geheim"),
    option("an odd setting of Redis", "socket_timeout", "run", "--database", "redis://127.0.0.1:1/0?socket_timeout=a"),
    option("no such command", "No such command", "fuzzz"),
    option("no such option", "No such option", "run", "--sped", "3"),
    option("a time that is none", "--max-time", "run", "--max-time", "soon"),
    option("a negative time", "--max-time", "run", "--max-time", "-5s"),
    option("a time of nought", "--max-time", "run", "--max-time", "0s"),
    option("no examples", "--max-examples", "run", "--max-examples", "0"),
    option("a seed that is no number", "--seed", "run", "--seed", "x"),
    option("a phase that is none", "--phases", "run", "--phases", "preflight,sideways"),
    option("no phases", "--phases", "run", "--phases", ","),
    option("depth without end", "--depth", "run", "--depth", "9"),
    option("a report that is none", "no report of the kind 'pdf'", "run", "--report", "pdf"),
    option("a rate that is none", "--rate-limit", "run", "--rate-limit", "8"),
    option("a timeout that is none", "--request-timeout", "run", "--request-timeout", "0"),
    option("a timeout that is no number", "--request-timeout", "run", "--request-timeout", "nan"),
    option("a timeout without end", "--request-timeout", "run", "--request-timeout", "inf"),
    option("a fault that is none", "nonsense", "run", "--fault", "nonsense"),
    option("a variant that is none", "nonsense", "run", "--variant", "nonsense"),
    option("an argument too many", "unexpected extra argument", "run", "extra"),
    option("a port that is none", "--port", "serve", "--port", "99999"),
    option("a baseline to update and none named", "baseline", "run", "--baseline-update"),
    option("too many workers for the staff", "staff", "run", "--target", "p.yaml", "--workers", "4"),
    option("no bundle", "Missing argument", "replay"),
    given(
        "option: a fault of somebody else's server",
        "--fault",
        ["run", "--target", "p.yaml", "--fault", "x"],
        p_yaml=GOOD,
    ),
    given("option: a report directory that is a file", "Not a directory", ["run", "--report-dir", "f.txt/x"], f_txt=""),
    option("a report directory nobody can make", "report directory", "run", "--report-dir", "/proc/1/x"),
]

DOCUMENTS = [
    option("no workflow", "absent.md", "contract", "--workflow", "absent.md"),
    option("a workflow that is a directory", "Is a directory", "contract", "--workflow", "."),
    given("workflow: empty", "w.md", ["contract", "--workflow", "w.md"], w_md=""),
    given("workflow: no front matter", "w.md", ["contract", "--workflow", "w.md"], w_md="# Title\n"),
    given("workflow: front matter without end", "w.md", ["contract", "--workflow", "w.md"], w_md="---\nendpoint: x\n"),
    given(
        "workflow: front matter that is no YAML", "w.md", ["contract", "--workflow", "w.md"], w_md="---\n[x\n---\n# T\n"
    ),
    given("workflow: not UTF-8", "w.md", ["contract", "--workflow", "w.md"], w_md=b"---\n\xff\n---\n"),
    given(
        "workflow: another endpoint's", "w.md", ["run", "--workflow", "w.md"], w_md="---\nendpoint: GET /x\n---\n# T\n"
    ),
    option("no swagger", "absent.json", "contract", "--swagger", "absent.json"),
    given("swagger: empty", "s.json", ["contract", "--swagger", "s.json"], s_json=""),
    given("swagger: not JSON", "s.json", ["contract", "--swagger", "s.json"], s_json="{"),
    given("swagger: a list", "s.json", ["contract", "--swagger", "s.json"], s_json="[]"),
    given("swagger: no paths", "s.json", ["contract", "--swagger", "s.json"], s_json='{"swagger": "2.0"}'),
    given("swagger: not UTF-8", "s.json", ["contract", "--swagger", "s.json"], s_json=b"\xff\xfe\x00"),
    given("swagger: nested", "s.json", ["contract", "--swagger", "s.json"], s_json="[" * 100_000),
]

BUNDLES = [
    option("a bundle that is not there", "absent", "replay", "absent"),
    option("a bundle that is an empty directory", "failure.json", "replay", "."),
    given("bundle: not JSON", "failure.json", ["replay", "failure.json"], failure_json="{"),
    given("bundle: a list", "failure.json", ["replay", "failure.json"], failure_json="[]"),
    given("bundle: no version", "failure.json", ["replay", "failure.json"], failure_json="{}"),
    given("bundle: of the future", "version", ["replay", "failure.json"], failure_json='{"version": 99}'),
    given("bundle: nested", "failure.json", ["replay", "failure.json"], failure_json="[" * 100_000),
    given("bundle: not UTF-8", "failure.json", ["replay", "failure.json"], failure_json=b"\xff"),
    given("bundle: a number with too many digits", "failure.json", ["replay", "failure.json"], failure_json="9" * 9000),
    option("a report of nothing", "absent is not a directory", "report", "absent"),
    given("report: a journal that is none", "events.ndjson", ["report", "."], events_ndjson="not json\n"),
    given("report: an empty journal", "events.ndjson", ["report", "."], events_ndjson=""),
    given(
        "report: of the future", "version", ["report", "."], events_ndjson='{"event": "run_started", "version": 99}\n'
    ),
]

BASELINES = [
    given("baseline: not YAML", "b.yaml:1: not YAML", ["run", "--baseline", "b.yaml"], b_yaml="[x"),
    given("baseline: a text", "b.yaml:1: is not a mapping", ["run", "--baseline", "b.yaml"], b_yaml="hello"),
    given(
        "baseline: no version", "b.yaml:1: version is missing", ["run", "--baseline", "b.yaml"], b_yaml="accepted: []"
    ),
    given(
        "baseline: of the future",
        "b.yaml:1: version 99 is not 1",
        ["run", "--baseline", "b.yaml"],
        b_yaml="version: 99\naccepted: []",
    ),
    given(
        "baseline: no reason",
        "b.yaml:2: accepted[0].reason is missing",
        ["run", "--baseline", "b.yaml"],
        b_yaml="version: 1\naccepted: [{fingerprint: a, first_seen: 2026-01-01, expires: 2026-02-01}]",
    ),
    given("baseline: not UTF-8", "b.yaml", ["run", "--baseline", "b.yaml"], b_yaml=b"\xff"),
    given(
        "baseline: a key twice",
        "b.yaml:2: the key 'version' is there twice",
        ["run", "--baseline", "b.yaml"],
        b_yaml="version: 1\nversion: 1",
    ),
    given(
        "baseline: a date that is none", "b.yaml", ["run", "--baseline", "b.yaml"], b_yaml="version: 1\nx: 2020-13-45"
    ),
    given(
        "baseline: contains itself", "b.yaml", ["run", "--baseline", "b.yaml"], b_yaml="version: 1\naccepted: &a [*a]"
    ),
]

PINS = [
    given("pin: not YAML", "b.yaml:1: not YAML", ["run", "--pin", "b.yaml"], b_yaml="[x"),
    given("pin: a text", "b.yaml:1: is not a mapping", ["run", "--pin", "b.yaml"], b_yaml="hello"),
    given("pin: no version", "b.yaml:1: version is missing", ["run", "--pin", "b.yaml"], b_yaml="observations: {}"),
    given("pin: of the future", "99 is not 1", ["run", "--pin", "b.yaml"], b_yaml="version: 99\nobservations: {}"),
    given(
        "pin: an answer that is no list",
        "b.yaml:3: observations.empty list.fresh is a text, and must be a list",
        ["run", "--pin", "b.yaml"],
        b_yaml="version: 1\nobservations:\n  empty list: {fresh: '200'}",
    ),
]

CASES = [*PROFILES, *ENVIRONMENTS, *AUTH_FILES, *OPTIONS, *DOCUMENTS, *BUNDLES, *BASELINES, *PINS]
IDS = [case.name for case in CASES]


PYDANTICS = ("Input should", "valid dictionary", "instance of", "Extra inputs", "validation error", "Value error")
"""Words of pydantic's that a user has no use for."""


@pytest.fixture
def ready(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case, with its files and variables in place."""
    case: Case = request.param
    monkeypatch.chdir(tmp_path)
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    for name, content in {"p.yaml": GOOD, **case.files}.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return case


def check(case: Case, code: int, errors: str) -> None:
    """One line of what is wrong, one of what to do next."""
    lines = errors.strip().splitlines()
    assert 2 == code, errors
    assert "Traceback" not in errors
    assert 2 == len(lines), errors
    assert lines[0].startswith("error: ")
    assert case.says in lines[0]
    assert lines[1].startswith("  next: ")
    assert len(lines[1]) > 12
    assert "hunter2" not in errors
    assert not [words for words in PYDANTICS if words in errors]


@pytest.mark.parametrize("ready", CASES, ids=IDS, indirect=True)
def test_bad_input_is_said_in_a_line_with_what_to_do_next(ready: Case) -> None:
    result = CliRunner().invoke(main, ready.arguments)

    assert isinstance(result.exception, SystemExit), result.output
    check(ready, result.exit_code, result.stderr)


@pytest.mark.parametrize("ready", [PROFILES[12], OPTIONS[2], BUNDLES[2]], indirect=True)
def test_the_process_itself_ends_in_the_same_way(ready: Case) -> None:
    command = [sys.executable, "-m", "fuzz", *ready.arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)

    check(ready, done.returncode, done.stderr)
    assert "" == done.stdout


def test_the_good_profile_of_these_tests_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BAD_INPUT_TOKEN", TOKENS["BAD_INPUT_TOKEN"])
    Path("p.yaml").write_text(GOOD, encoding="utf-8")

    result = CliRunner().invoke(main, ["run", "--target", "p.yaml", "--max-time", "5s", "--no-progress"])

    assert 3 == result.exit_code
    report = json.loads(Path(".calfuzz/reports/latest/report.json").read_text(encoding="utf-8"))
    assert "does not answer" in report["reasons"][0]
