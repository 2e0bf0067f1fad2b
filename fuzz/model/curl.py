"""Text for a shell: any text as one word that the shell gives back unchanged, and a request as a curl command to paste.

Tokens are written as where they come from (`$NAME`, `$(command)`), so that a command can be pasted anywhere and shown
to anyone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fuzz.model.near_token import IN_A_SHELL

LONGEST_ARGUMENT = 100_000
"""Characters. Linux allows 128 KiB of bytes in one argument."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_PLAIN_COMMAND = re.compile(r"[A-Za-z0-9_@%+=:,./ -]+")
_TOKEN = re.compile(r"Bearer \{(env|command|auth):(.*)\}(?: (.*))?", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})


def quoted(text: str) -> str:
    """One shell word that stands for the text, which must not hold NUL. A plain word stays as it is."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "'\\''") + "'"


def printf_of(text: str) -> str:
    """A shell command that prints the text, NUL included, and nothing else."""
    if "\0" not in text:
        return f"printf '%s' {quoted(sendable(text))}"
    escaped = sendable(text).replace("\\", "\\\\").replace("%", "%%").replace("\0", "\\000")
    return f"printf {quoted(escaped)}"


def sendable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, as JSON escapes: as they are sent."""
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def token_word(kind: str, name: str) -> str:
    """What stands inside double quotes for the token of a source: `$NAME` or `$(command)`."""
    if kind == "command":
        return f"$({name})" if _PLAIN_COMMAND.fullmatch(name) else f"$(sh -c {quoted(name)})"
    if kind == "env" and not _VARIABLE.fullmatch(name):
        return f"$(printenv {quoted(name)})"
    return f"${name if kind == 'env' else token_variable(name)}"


def token_variable(name: str) -> str:
    """The environment variable for a token that comes from an auth file, which a shell cannot read."""
    return "CALFUZZ_AUTH_" + re.sub(r"\W", "_", name, flags=re.ASCII).upper()


def curl_of(request: Mapping[str, Any]) -> str:
    """A curl command that sends a request (`method`, `url`, `headers`, `body` as events hold them) once more."""
    method, body = request["method"], request["body"] or ""
    parts = [f"curl -sS -X {quoted(method)} --globoff {quoted(request['url'])}"]
    parts += [f"-H {_header(name, value)}" for name, value in request["headers"].items()]
    piped = "\0" in body or len(body) > LONGEST_ARGUMENT
    if piped:
        parts.append("--data-binary @-")
    elif body or method not in _BODILESS:
        parts.append(f"--data-raw {quoted(sendable(body))}")
    command = " \\\n  ".join(parts)
    return f"{printf_of(body)} | {command}" if piped else command


def _header(name: str, value: str) -> str:
    """A header as curl takes it: one without a value ends in a semicolon, or curl would leave it out."""
    token = _TOKEN.fullmatch(value) if name.lower() == "authorization" else None
    if token is not None:
        word = token_word(token[1], token[2])
        if token[3] in IN_A_SHELL:
            word = f'$(printf %s "{word}" | {IN_A_SHELL[token[3]]})'
        return f'"{name}: Bearer {word}"'
    return quoted(f"{name}: {value}" if value else f"{name};")
