"""Tokens that are all but the right one: never shown, and sent alike by us, by bash and by pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.bundle.shell import curl_of
from fuzz.oracle.actions import NEAR, Create, SendItems, Token, near_token
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from fuzz.target.profile import TokenSource
from fuzz.target.secrets import Secrets
from tests.failures.bundling import BROKEN, FIXED, body, in_every_form, kept, performed, run_script, session_for

TAKEN_BY = {
    Token.CUT: Fault.TOKEN_BY_PREFIX,
    Token.LONGER: Fault.TOKEN_WITH_ANY_END,
    Token.SWAPPED: Fault.TOKEN_IGNORES_CASE,
    Token.CHANGED: Fault.TOKEN_BY_BOTH_ENDS,
    Token.EMPTY: Fault.EMPTY_TOKEN_ACCEPTED,
}


@pytest.mark.parametrize("token", TAKEN_BY)
def test_a_bundle_sends_the_token_as_it_was_sent(token: Token, tmp_path: Path) -> None:
    with Sandbox(fault=TAKEN_BY[token].value) as faulty, Sandbox() as honest:
        bundle = kept(faulty, tmp_path, (Create(0, "google_v3"), SendItems(0, body(), token)))
        assert BROKEN == in_every_form(bundle, faulty)
        assert FIXED == in_every_form(bundle, honest)
        secret = faulty.env["CALFUZZ_SANDBOX_STAFF_TOKEN_1"]
        texts = [path.read_text("utf-8") for path in bundle.iterdir()]
        assert not any(each in text for text in texts for each in (secret, secret.swapcase()))


def test_a_curl_command_makes_the_token_of_the_right_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = "Abcdefgh-12345678-XYZ"
    for how in NEAR:
        request = {"method": "GET", "url": "http://here/", "headers": {"Authorization": f"Bearer {{env:T}} {how}"}}
        script = tmp_path / "print.sh"
        script.write_text(f'curl() {{ printf "%s\\n" "$@"; }}\n{curl_of({**request, "body": ""})}\n', "utf-8")
        assert f"Authorization: Bearer {near_token(secret, how)}\n" in run_script(script, T=secret).stdout


def test_what_would_be_the_right_token_or_somebodys_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets()
    one, other = TokenSource(env="ONE_TOKEN"), TokenSource(env="OTHER_TOKEN")
    monkeypatch.setenv("ONE_TOKEN", "12345678")
    monkeypatch.setenv("OTHER_TOKEN", "12345678x")
    secrets.token(other)
    assert [None, None, None] == [secrets.near(one, how) for how in (Token.CUT, Token.SWAPPED, Token.LONGER)]


def test_a_near_token_that_is_echoed_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets()
    source = TokenSource(env="SOME_TOKEN")
    monkeypatch.setenv("SOME_TOKEN", "Abcdefgh-12345678-ijklmnop-XYZ-0987654321")
    for how in sorted(NEAR):
        near = secrets.near(source, how)
        assert near is not None
        assert near not in secrets.redact(f"your token {near} is wrong")


def test_what_is_written_down_names_how_the_token_differs() -> None:
    with Sandbox() as honest:
        session = session_for(honest)
        failure = performed(session, (Create(0, "google_v3"), SendItems(0, body(), Token.CUT)))
        (_, sent) = failure.evidence
        session.close()
    assert "Bearer {env:CALFUZZ_SANDBOX_STAFF_TOKEN_1} cut short" == sent.sent.http.written["Authorization"]
    assert sent.sent.http.headers["Authorization"].startswith("Bearer sandbox-staff-")
