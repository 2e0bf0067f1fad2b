"""Writes shell source: a text as one shell word, a token as its source, a request as a curl command to paste.

Tokens are written as variables, so that a command holds no secret. Files are named as in
the target profile.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fuzz.bundle.failure_json import GivenReach, GivenText, GivenToken
from fuzz.events.exchanges import RequestEntry
from fuzz.oracle.actions import SHORTEST_TOKEN, Token

LONGEST_ARGUMENT = 100_000
"""Maximum characters of one argument. Linux allows 128 KiB."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_TOKEN = re.compile(r"([A-Za-z][A-Za-z0-9_-]*) \{(env|auth):(.*)\}(?: (.*))?", re.DOTALL)
_SECRET = re.compile(r"\{env:([^}]*)\}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})

IN_A_SHELL = {
    Token.CUT.value: (
        f"awk '{{n = int(length($0) / 2); print substr($0, 1, n > {SHORTEST_TOKEN} ? n : {SHORTEST_TOKEN})}}'"
    ),
    Token.LONGER.value: "sed 's/$/x/'",
    Token.SWAPPED.value: "tr A-Za-z a-zA-Z",
    Token.CHANGED.value: (
        "awk '{n = int(length($0) / 2) + 1; "
        'print substr($0, 1, n - 1) (substr($0, n, 1) == "x" ? "y" : "x") substr($0, n + 1)}\''
    ),
}
"""By kind of near token, the shell command that makes it of the token on its standard input."""


def quoted(text: str) -> str:
    """The text as one shell word; it must not hold NUL. A plain word stays as it is."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def printf_of(text: str) -> str:
    """A shell command that prints exactly the text, NUL included."""
    if "\0" not in text:
        return f"printf '%s' {quoted(sendable(text))}"
    escaped = sendable(text).replace("\\", "\\\\").replace("%", "%%").replace("\0", "\\000")
    return f"printf {quoted(escaped)}"


def sendable(text: str) -> str:
    """The text as sent: lone surrogates, which UTF-8 cannot hold, are JSON escapes."""
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def source_of(token: GivenToken) -> tuple[str, str]:
    """Where a token comes from: `env` or `auth`, and the name there."""
    kind = "auth" if "auth" in token else "env"
    return kind, str(token.get(kind, ""))


def token_word(kind: str, name: str, change: str = "") -> str:
    """The shell expression for a token, for use inside double quotes: `$NAME`. `change`: what makes it a near token."""
    if change:
        return f'$(printf %s "{token_word(kind, name)}" | {IN_A_SHELL[change]})'
    if kind == "env" and not VARIABLE.fullmatch(name):
        return f"$(printenv {quoted(name)})"
    return f"${name if kind == 'env' else token_variable(name)}"


def token_variable(name: str) -> str:
    """The environment variable for a token that comes from an auth file, which a shell cannot read."""
    return "CALFUZZ_AUTH_" + re.sub(r"\W", "_", name, flags=re.ASCII).upper()


def given_word(given: GivenText, before: str = "") -> str:
    """The shell word for a setting of a profile, a text or `{"env": NAME}`, with a plain text `before` it."""
    return quoted(f"{before}{given}") if isinstance(given, str) else f'"{before}{token_word("env", given["env"])}"'


def curl_options(reach: GivenReach) -> list[str]:
    """The options of curl that a profile asks for, as shell words, without its headers."""
    proxy, certificate = reach.get("proxy"), reach.get("client_certificate")
    words = ["--proxy", given_word(proxy), "--noproxy", "''"] if proxy else []
    files = {"--cacert": authorities(reach)}
    files |= {"--cert": certificate["cert"], "--key": certificate.get("key")} if certificate else {}
    words += [word for option, name in files.items() if name for word in (option, quoted(name))]
    return [*words, "--insecure"] if reach.get("verify_tls") is False else words


def authorities(reach: GivenReach) -> str | None:
    """The file of the authorities that are trusted; None for the usual ones."""
    verify = reach.get("verify_tls", True)
    return reach.get("ca_bundle") or (verify if isinstance(verify, str) else None)


def curl_of(request: RequestEntry, options: Sequence[str] = ()) -> str:
    """A curl command that sends a request of an event once more. `options`: further ones, as shell words."""
    method, body = request["method"], request["body"] or ""
    parts = [f"curl -sS -X {quoted(method)} --globoff {quoted(request['url'])}"]
    parts += [" ".join(options)] if options else []
    parts += [f"-H {_header(name, value)}" for name, value in request["headers"].items()]
    piped = "\0" in body or len(body) > LONGEST_ARGUMENT
    if piped:
        parts.append("--data-binary @-")
    elif body or method not in _BODILESS:
        parts.append(f"--data-raw {quoted(sendable(body))}")
    command = " \\\n  ".join(parts)
    return f"{printf_of(body)} | {command}" if piped else command


def _header(name: str, value: str) -> str:
    """A header for curl. A header without a value ends in a semicolon; otherwise curl would leave it out."""
    token = _TOKEN.fullmatch(value) if name.lower() == "authorization" else None
    if token is not None:
        scheme, kind, source, change = token.groups()
        return f'"{name}: {scheme} {token_word(kind, source, change if change in IN_A_SHELL else "")}"'
    variable = _SECRET.fullmatch(value)
    if variable is not None:
        return f'"{name}: {token_word("env", variable[1])}"'
    return quoted(f"{name}: {value}" if value else f"{name};")
