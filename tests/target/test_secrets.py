"""A token goes to the target and nowhere else, however the target hands it back."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import quopri
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fuzz.cli import main
from fuzz.commands.run import run_and_report
from fuzz.errors import UsageError
from fuzz.oracle.actions import Create, SendItems
from fuzz.report.write import KINDS
from fuzz.run.options import RunOptions
from fuzz.run.run import Run
from fuzz.sandbox.launcher import Sandbox, profile_yaml
from fuzz.session.recording import LONGEST_BODY, answer_json
from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.profile import Profile, TokenSource
from fuzz.target.secrets import Secrets
from tests.run.runs import session_against
from tests.target.http.noise import NoisyProxy, answer

ADMIN = 'Adm1n-canary+Qz7/"x\\y&<z>=='
STAFF = "stAff.canary_9Zx~kk-4417=="
CANARIES = (ADMIN, STAFF)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Secrets:
    """Both canaries, fetched."""
    monkeypatch.setenv("CANARY_ADMIN", ADMIN)
    monkeypatch.setenv("CANARY_STAFF", STAFF)
    found = Secrets()
    found.token(TokenSource(env="CANARY_ADMIN"))
    found.token(TokenSource(env="CANARY_STAFF"))
    return found


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def each_char(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(ord(char)) for char in text)


def base64_behind(before: int, encode: Callable[[bytes], bytes] = base64.b64encode) -> Callable[[str], str]:
    return lambda text: encode(b"x" * before + text.encode() + b" and more").decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "in JSON": in_json,
    "in JSON in JSON": lambda text: in_json(in_json(text)),
    "as PHP writes JSON": lambda text: in_json(text).replace("/", "\\/"),
    "as .NET writes JSON": lambda text: in_json(text).replace("+", "\\u002B").replace("&", "\\u0026"),
    "as Go writes JSON": lambda text: in_json(text).replace("<", "\\u003c").replace(">", "\\u003e"),
    "every character \\uXXXX": each_char("\\u{:04x}"),
    "every character \\uXXXX in capitals": each_char("\\u{:04X}"),
    "every character \\uXXXX in JSON": lambda text: in_json(each_char("\\u{:04x}")(text)),
    "every character \\xXX": each_char("\\x{:02x}"),
    "URL-encoded": lambda text: quote(text, safe=""),
    "URL-encoded in small letters": lambda text: quote(text, safe="").lower(),
    "URL-encoded where it must be": quote,
    "URL-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "every character URL-encoded": each_char("%{:02X}"),
    "in HTML": html.escape,
    "every character in HTML": each_char("&#{};"),
    "every character in HTML, hex": each_char("&#x{:x};"),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    **{f"base64 behind {before}": base64_behind(before) for before in range(1, 6)},
    **{f"base64 for URLs behind {n}": base64_behind(n, base64.urlsafe_b64encode) for n in range(1, 4)},
    "base64 in PHP's JSON": lambda text: base64.b64encode(text.encode()).decode().replace("/", "\\/"),
    "base64 URL-encoded": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "swapped case": str.swapcase,
    "in HTML in capitals": lambda text: html.escape(text).upper(),
    "every character in HTML without a semicolon": each_char("&#{}"),
    "a plus in HTML": lambda text: html.escape(text).replace("+", "&plus;"),
    "every character \\u{X}": each_char("\\u{{{:x}}}"),
    "every character %uXXXX": each_char("%u{:04x}"),
    "every character in octal": each_char("\\{:03o}"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "every character quoted-printable": each_char("={:02X}"),
    "colon-hex": lambda text: text.encode().hex(":"),
    "hex with blanks": lambda text: text.encode().hex(" "),
    "hex with 0x": lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()),
    "base64 in lines": lambda text: base64.encodebytes(text.encode() * 3).decode(),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"token": text}).encode()).decode(),
    "a JWT": lambda text: ".".join(
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")
        for part in ('{"alg":"none"}', json.dumps({"sub": text}), "sign")
    ),
}


CHANGES_CASE, ENCODED = re.compile("case|capitals|small"), re.compile("base64|JWT")


def traces_of(token: str) -> set[str]:
    """What would give a token away: eight characters of it in a row, in any form, are too many."""
    kept = set()
    for name, form in FORMS.items():
        text = form(token) if name != "a JWT" else form(token).split(".")[1]  # the other parts are public
        kept |= {text[start : start + 16] for start in range(0, max(1, len(text) - 15), 4)}
    return {trace for trace in kept if len(trace) >= 16}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("token", CANARIES)
def test_every_form_of_a_token_is_replaced_by_its_name(secrets: Secrets, token: str, form: str) -> None:
    written = FORMS[form](token)

    clean = secrets.redact(f"before {written} after")

    assert f"{{env:CANARY_{'ADMIN' if token == ADMIN else 'STAFF'}}}" in clean
    assert len(clean) < len("before  after") + len("{env:CANARY_ADMIN}") + 30
    assert (clean[:7], clean[-5:]) == ("before ", "after")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.sampled_from(CANARIES), inner=st.sampled_from(sorted(FORMS)), outer=st.sampled_from(sorted(FORMS)))
def test_every_form_of_every_form_is_replaced(secrets: Secrets, token: str, inner: str, outer: str) -> None:
    assume(not (CHANGES_CASE.search(outer) and ENCODED.search(inner)))  # nobody can decode that
    written = FORMS[outer](FORMS[inner](token))

    clean = secrets.redact(f"before {written} after")

    assert f"{{env:CANARY_{'ADMIN' if token == ADMIN else 'STAFF'}}}" in clean
    if inner != "a JWT":  # whose first part stays
        assert not [start for start in range(len(written) - 31) if written[start : start + 32] in clean], clean
    assert (clean[:7], clean[-5:]) == ("before ", "after")


def test_other_text_stays_as_it_is(secrets: Secrets) -> None:
    text = 'a "quoted" text with \\u00e9, 100 %, a \\/ path, &amp; and %20, x\\x41, and stAff.canar'

    assert text == secrets.redact(text)


def test_the_old_and_the_new_value_of_a_renewed_token_are_redacted(
    monkeypatch: pytest.MonkeyPatch, secrets: Secrets
) -> None:
    monkeypatch.setenv("CANARY_STAFF", "another-token-now")
    secrets.renew(TokenSource(env="CANARY_STAFF"))

    assert "{env:CANARY_STAFF} {env:CANARY_STAFF}" == secrets.redact(f"another-token-now {STAFF}")


def test_redacting_ten_tokens_in_a_long_event_takes_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Secrets()
    for number in range(10):
        monkeypatch.setenv(f"CANARY_{number}", f"{STAFF}-{number}")
        found.token(TokenSource(env=f"CANARY_{number}"))
    line = json.dumps({"body": json.dumps([{"external_title": f"Café {n}, 100 % & more"} for n in range(50)])})

    began = time.process_time()
    for _ in range(20):
        assert line == found.redact(line)

    assert (time.process_time() - began) / 20 < 0.01


# Where tokens come from.


def test_a_token_may_come_from_an_entry_of_an_auth_file(tmp_path: Path) -> None:
    path = tmp_path / "auth.yaml"
    header = {"name": "Authorization", "value": f"Bearer {STAFF}"}
    path.write_text(json.dumps({"auth": [{"name": "me", "fixedHeaders": [header]}]}), encoding="utf-8")

    assert STAFF == Secrets(path).token(TokenSource(auth="me"))


def test_an_auth_file_must_be_named() -> None:
    with pytest.raises(UsageError, match="auth_file"):
        Secrets().token(TokenSource(auth="me"))


def test_a_token_command_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fuzz.target.secrets.COMMAND_TIMEOUT", 0.3)
    began = time.monotonic()
    with pytest.raises(UsageError, match=r"gave nothing in 0\.3 s"):
        Secrets().token(TokenSource(command=f"sleep 987654 & echo $! > {tmp_path}/pid; wait"))

    assert time.monotonic() - began < 5
    pid = int((tmp_path / "pid").read_text("utf-8"))
    for _ in range(50):
        if not _alive(pid):
            break
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_a_token_command_is_given_no_input() -> None:
    assert "no-answer-given" == Secrets().token(TokenSource(command="read answer; echo ${answer:-no-answer}-given"))


# Canaries in a whole run.


def echoing(request: bytes, answered: bytes) -> bytes:
    """The answer with the request's token in its headers and its body, in every form; for a mismatch an error page."""
    token = request.partition(b"Authorization: ")[2].partition(b"\r\n")[0].decode().partition(" ")[2]
    if not token:
        return answered
    head, _, body = answered.partition(b"\r\n\r\n")
    if b"already_exists" in body:
        text = " ".join(form(token) for form in FORMS.values())
        return answer(500, f"<p>{text}</p>".encode(), f"X-Token: {token}")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    echoed = {name: form(token) for name, form in FORMS.items()}
    body = json.dumps({**json.loads(body), "echo": echoed, "message": f"Bearer {token} refused"}).encode()
    lines += [b"X-Echo: " + quote(token).encode(), b"X-%s: 1" % token.encode().hex().encode()]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", b""]) + body


class Argv(threading.Thread):
    """Watches the command lines of all processes below this one."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[str] = set()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with_arguments = _text(path)
                if any(canary in with_arguments for canary in CANARIES):
                    self.seen.add(with_arguments)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


@pytest.fixture
def run_with_canaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory of a run whose target echoes its tokens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANARY_ADMIN", ADMIN)
    monkeypatch.setenv("CANARY_STAFF", STAFF)
    with Sandbox() as sandbox:

        def forward(request: bytes) -> bytes:
            request = request.replace(b"Admin " + ADMIN.encode(), b"Admin " + sandbox.admin_token.encode())
            return request.replace(b"Bearer " + STAFF.encode(), b"Bearer " + sandbox.staff[0].token.encode())

        with NoisyProxy(sandbox.address, rate=0.05, seed=5, forward=forward, rewrite=echoing) as proxy:
            text = profile_yaml(sandbox).replace(sandbox.address, proxy.address)
            text = text.replace("CALFUZZ_SANDBOX_ADMIN_TOKEN", "CANARY_ADMIN")
            text = text.replace("CALFUZZ_SANDBOX_STAFF_TOKEN_1}", "CANARY_STAFF}")
            os.environ.update(sandbox.env)
            text = "\n".join(line for line in text.splitlines() if not line.startswith("  - ") or "CANARY" in line)
            (tmp_path / "target.yaml").write_text(f"{text}\nrequest_timeout: 0.6\n", encoding="utf-8")
            yield tmp_path


def test_no_token_is_found_in_anything_that_a_run_leaves_behind(
    run_with_canaries: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal, watch = io.StringIO(), Argv()
    options = RunOptions(
        command="run",
        target=Path("target.yaml"),
        max_time=120.0,
        max_failures=1,
        seed=1,
        phases=("preflight", "conformance", "random", "race"),
        reports=tuple(KINDS),
        shrink_requests=30,
    )
    watch.start()
    code = run_and_report(
        options, faults=(), variants=(), stdout=terminal, environ={"GITHUB_STEP_SUMMARY": "summary.md"}
    )
    watch.over.set()
    watch.join()

    assert 1 == code
    left = {path: path.read_text("utf-8") for path in run_with_canaries.rglob("*") if path.is_file()}
    assert {"report.json", "report.html", "junit.xml", "trace.har", "report.sarif", "events.ndjson", "summary.md"} <= {
        path.name for path in left
    }
    assert any(path.name == "repro.sh" for path in left)
    out, err = capfd.readouterr()
    left |= {Path("stdout"): terminal.getvalue() + out, Path("stderr"): err}
    for token in CANARIES:
        for trace in traces_of(token):
            assert [] == [str(path) for path, text in left.items() if trace in text], trace
    assert set() == watch.seen


def test_neither_a_session_nor_a_request_shows_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, token in (("CANARY_ADMIN", ADMIN), ("CANARY_STAFF", STAFF)):
        monkeypatch.setenv(name, token)
    admin, staff = {"env": "CANARY_ADMIN"}, {"uid": "a", "token": {"env": "CANARY_STAFF"}}
    session = session_against(
        Profile.model_validate(
            {"name": "here", "base_url": "http://127.0.0.1:9", "tokens": {"admin": admin}, "staff": [staff]}
        )
    )
    run = session.start_scenario("test")
    sent = [session._sending(run, Create(0, "google_v3")), session._sending(run, SendItems(0, {}))]
    shown = repr((sent, run, session, session.client, session.secrets, session.staff))
    session.close()

    assert [f"Admin {ADMIN}", f"Bearer {STAFF}"] == [sending.sent.http.headers["Authorization"] for sending in sent]
    for token in CANARIES:
        assert token[:12] not in shown


def test_a_text_is_redacted_before_it_is_cut(secrets: Secrets) -> None:
    for before in range(LONGEST_BODY - len(STAFF), LONGEST_BODY + 1):
        http_answer = HttpAnswer(200, {}, "x" * before + STAFF + "y" * 30, 0.0)

        shown = answer_json(secrets, http_answer)

        assert shown is not None
        assert STAFF[:4] not in str(shown["body"])


def test_no_token_is_in_the_traceback_of_a_command_that_itself_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(run: Run) -> None:
        raise RuntimeError(f"headers: Bearer {run.secrets.token(run.profile.tokens.admin)}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Run, "go", fail)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--no-progress"])
    _, err = capfd.readouterr()

    assert 3 == ended.value.code
    assert "RuntimeError: headers: Bearer {env:CALFUZZ_SANDBOX_ADMIN_TOKEN}" in err
    assert os.environ["CALFUZZ_SANDBOX_ADMIN_TOKEN"] not in err


def test_a_command_is_written_nowhere() -> None:
    secret = "curl -u somebody:PASSWORD"
    source = {"command": f"echo a-token-of-a-command; : {secret}"}
    staff = [{"uid": "a", "token": source}, {"uid": "b", "token": {"env": "B"}}]
    profile = Profile.model_validate(
        {"name": "t", "base_url": "http://127.0.0.1", "tokens": {"admin": source}, "staff": staff}
    )

    given = profile.as_given()

    assert {"env": "CALFUZZ_TOKEN_ADMIN", "scheme": "Admin"} == given["tokens"]["admin"]
    assert [{"env": "CALFUZZ_TOKEN_STAFF_1"}, {"env": "B"}] == [member["token"] for member in given["staff"]]
    assert "a-token-of-a-command" == Secrets().token(profile.tokens.admin)
    assert "{env:CALFUZZ_TOKEN_STAFF_1}" == profile.staff[0].token.placeholder


def test_the_command_is_not_in_the_error_of_one_that_fails() -> None:
    with pytest.raises(UsageError) as error:
        Secrets().token(TokenSource(command="exit 3; : PASSWORD"))

    assert "PASSWORD" not in str(error.value)


def test_a_short_token_is_named_and_redacted_behind_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT", "abc")
    secrets = Secrets()
    secrets.token(TokenSource(env="SHORT"))

    assert ["{env:SHORT}"] == secrets.short
    assert "abc {env:SHORT}" == secrets.redact("abc Bearer abc")
