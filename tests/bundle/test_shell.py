"""Shell text against a real shell: whatever a text holds, curl is given exactly that."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzz.bundle.shell import curl_of, printf_of, sendable, token_variable

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")

FAKE_CURL = 'curl() { printf "%s\\0" "$@"; case " $* " in *" @- "*) cat ;; esac; }\n'
HOSTILE = st.text(st.sampled_from("'\"$(){}`\\\n\t %*?!#&;|<>@~é\U0001f600\ud800aA0"), max_size=30)


def bash(script: str, **variables: str) -> bytes:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(["bash"], input=script.encode(), env=environment, capture_output=True, check=True, timeout=10)
    assert b"" == done.stderr
    return done.stdout


def given_to_curl(**request: object) -> list[bytes]:
    whole = {"id": "1", "method": "PUT", "url": "http://127.0.0.1/x", "headers": {}, "body": "", **request}
    return bash(FAKE_CURL + curl_of(whole), TOKEN="s3cret'$(x)").split(b"\0")[:-1]


@settings(max_examples=60, derandomize=True, database=None)
@given(HOSTILE)
@example("'; touch /tmp/calfuzz-was-here; '")
@example("@/etc/passwd")
@example("-X")
@example("")
def test_any_body_reaches_curl_as_it_is(body: str) -> None:
    assert [b"--data-raw", sendable(body).encode()] == given_to_curl(body=body)[-2:]


@settings(max_examples=40, derandomize=True, database=None)
@given(HOSTILE)
def test_any_url_and_header_reach_curl_as_they_are(text: str) -> None:
    text = text.replace("\ud800", "")
    arguments = given_to_curl(url=f"http://h/{text}", headers={"X-It": f"{text}."})
    assert f"http://h/{text}".encode() in arguments
    assert f"X-It: {text}.".encode() in arguments


@settings(max_examples=40, derandomize=True, database=None)
@given(st.text(st.sampled_from("\0'\\%\nae0"), max_size=20))
def test_a_text_with_nul_is_printed_as_it_is(text: str) -> None:
    assert text.encode() == bash(printf_of(text))


def test_a_body_with_nul_or_too_long_for_an_argument_goes_through_a_pipe() -> None:
    for body in ("a\0b'%\\0", "x" * 100_000 + "'"):
        script = FAKE_CURL + curl_of({"id": "", "method": "PUT", "url": "u", "headers": {}, "body": body})
        assert bash(script).endswith(b"--data-binary\0@-\0" + body.encode())


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("env:TOKEN", b"s3cret'$(x)"),
    ],
)
def test_a_token_is_written_as_where_it_comes_from(source: str, value: bytes) -> None:
    headers = {"Authorization": f"Bearer {{{source}}}"}
    assert b"Authorization: Bearer " + value in given_to_curl(headers=headers)


def test_a_token_of_an_environment_variable_is_written_as_the_variable() -> None:
    text = curl_of({"id": "", "method": "PUT", "url": "u", "headers": {"Authorization": "Bearer {env:T}"}, "body": ""})
    assert '"Authorization: Bearer $T"' in text


def test_a_placeholder_in_a_body_is_only_text() -> None:
    assert b"Bearer {env:TOKEN} $TOKEN" == given_to_curl(body="Bearer {env:TOKEN} $TOKEN")[-1]


def test_a_body_of_the_longest_argument_is_an_argument() -> None:
    request = {"method": "PUT", "url": "u", "headers": {}}
    assert (
        curl_of({**request, "body": "x" * 100_000}) == f"curl -sS -X PUT --globoff u \\\n  --data-raw {'x' * 100_000}"
    )
    assert curl_of({**request, "body": "x" * 100_001}).endswith("| curl -sS -X PUT --globoff u \\\n  --data-binary @-")


def test_a_header_without_a_value_ends_in_a_semicolon_and_only_authorization_holds_a_token() -> None:
    headers = {"X-Empty": "", "X-It": "Bearer {env:T}", "authorization": "Bearer {env:T}"}
    text = curl_of({"method": "GET", "url": "u", "headers": headers, "body": None})
    assert ["curl -sS -X GET --globoff u", "'X-Empty;'", "'X-It: Bearer {env:T}'", '"authorization: Bearer $T"'] == [
        line.removeprefix("-H ") for line in text.split(" \\\n  ")
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
def test_a_method_that_has_no_body_is_sent_without_one(method: str) -> None:
    request = {"method": method, "url": "u", "headers": {}, "body": ""}
    assert f"curl -sS -X {method} --globoff u" == curl_of(request)
    assert f"curl -sS -X {method} --globoff u \\\n  --data-raw x" == curl_of({**request, "body": "x"})


def test_lone_surrogates_alone_are_escaped() -> None:
    assert "\ud7ff\\ud800\\udfff\ue000\ue001" == sendable("\ud7ff\ud800\udfff\ue000\ue001")


def test_the_variable_of_an_auth_file_has_a_name_that_a_shell_takes() -> None:
    assert "CALFUZZ_AUTH_ACME_STAFF_1__" == token_variable("acme.staff-1é!")
