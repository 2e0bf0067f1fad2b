"""The tokens of a run: fetched from their sources, and redacted from everything that is written.

Redaction is by value, in every form in which a server may echo a token (see `secret_forms`).
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fuzz.errors import REDACTORS, UsageError
from fuzz.oracle.actions import Token, near_token
from fuzz.target.profile import ADMIN, BEARER, TokenSource
from fuzz.target.reach import TextOrEnv
from fuzz.target.secret_forms import SecretFinder
from fuzz.target.user_files import MAX_BYTES, told_to_the_user
from swagger.contract import ContractError, Source
from swagger.parsing.strict_json import read_text
from swagger.parsing.strict_yaml import parse_yaml

MIN_SECRET_LENGTH = 8
_FOR_SECRETS = re.compile(r"key|token|secret|auth|cookie|password|session", re.IGNORECASE)
COMMAND_TIMEOUT = 30
LONGEST_OUTPUT = 100_000
"""Bytes that a token command may print."""


class Secrets:
    """The tokens of a run by source, and the texts to redact. Mutable: tokens are renewed."""

    def __init__(self, auth_file: Path | None = None) -> None:
        self._values: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._finder = SecretFinder({})
        self._auth_file = auth_file
        self._schemes = {ADMIN, BEARER}
        REDACTORS.append(self.redact)

    def token(self, source: TokenSource) -> str:
        """The token's value, fetched at its first use."""
        return self._values.get(source.placeholder) or self.renew(source)

    def renew(self, source: TokenSource) -> str:
        """Fetches the token again. UsageError, without the value, if that fails."""
        value = self._fetch(source).strip()
        _check(value, source)
        self._schemes.add(source.scheme)
        if value not in self._names:
            self._learn(value, source.placeholder)
        self._values[source.placeholder] = value
        return value

    def text(self, given: TextOrEnv, *, behind: str) -> str:
        """The value of a setting: the text itself, or what its variable holds, which is redacted from then on.

        A value so short that other texts hold it is redacted only where it stands behind the word `behind`. If that is
        the name of a header for secrets, a text is redacted, too.
        """
        if given.env is None:
            if _FOR_SECRETS.search(behind):
                self._schemes.add(behind)
                self._learn(given.text, f"{{header:{behind.rstrip(':')}}}")
            return given.text
        value = os.environ.get(given.env, "").strip()
        if not value:
            raise UsageError(f"the environment variable {given.env} is not set", next="export it")
        self._schemes.add(behind)
        self._learn(value, given.placeholder)
        return value

    def proxy(self, given: TextOrEnv | None) -> str | None:
        """The address of a proxy. The user and password in it are secrets of their own: a proxy may echo them."""
        if given is None:
            return None
        address = self.text(given, behind="Proxy")
        parts = urlsplit(address)
        if given.env is not None and parts.password:
            self._learn(unquote(parts.password), given.placeholder)
            self._learn(f"{unquote(parts.username or '')}:{unquote(parts.password)}", given.placeholder)
        return address

    def _learn(self, value: str, name: str) -> None:
        if value in self._names:
            return
        self._names[value] = name
        self._finder = SecretFinder(
            {form: known for secret, known in self._names.items() for form in self._recognised_forms(secret)}
        )

    @property
    def short(self) -> list[str]:
        """The names of the secrets that are so short that they are redacted only behind their scheme or header."""
        return sorted({name for value, name in self._names.items() if len(value) < MIN_SECRET_LENGTH})

    def near(self, source: TokenSource, how: Token) -> str | None:
        """A near token: differs a little from this one, and is redacted, too. None if there is none, or if it equals
        another staff member's.
        """
        value = self.token(source)
        near = near_token(value, how)
        if near == value or near in self._values.values():
            return None
        if how is not Token.LONGER:  # which contains the token
            self._learn(near, f"{source.placeholder} {how}")
        return near

    def redact(self, text: str) -> str:
        """The text with the name of its source in place of every secret, in whatever form."""
        return self._finder.redact(text)

    def redact_ours(self, text: str) -> str:
        """As `redact`, of a text in which what came from the target is redacted already; much quicker."""
        return self._finder.redact_ours(text)

    def _recognised_forms(self, value: str) -> set[str]:
        """The forms of a secret that are redacted; of one so short that other texts hold it, only a scheme and it."""
        if len(value) >= MIN_SECRET_LENGTH:
            return {value}
        return {f"{scheme} {value}" for scheme in self._schemes}

    def _fetch(self, source: TokenSource) -> str:
        if source.env:
            return os.environ.get(source.env, "")
        if source.command:
            return _output_of(source.command, source.placeholder)
        return _from_auth_file(self._auth_file, source.auth or "")


def _check(value: str, source: TokenSource) -> None:
    """UsageError for a value that is no token or cannot be redacted."""
    if not value or any(ord(char) < 33 or ord(char) > 126 for char in value):
        raise UsageError(
            f"the token {source.placeholder} is {'not a printable ASCII text' if value else 'empty'}",
            next="a token is what stands behind “Bearer ” or “Admin ”, without white space",
        )


def _output_of(command: str, name: str) -> str:
    """The output of a command. UsageError if it fails, or takes too long."""
    if "\0" in command:
        raise UsageError(f"the command for {name} holds a NUL character", next="correct the profile")
    # In a session of its own, so that everything that the shell has started can be ended.
    with subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            out = _read_all(process, name)
        except BaseException:
            # Not after it was waited for: another process may have its number then.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise UsageError(f"the command for {name} failed with exit code {process.returncode}", next="run it by hand")
    return out.decode("utf-8", "replace")


def _read_all(process: subprocess.Popen[bytes], name: str) -> bytes:
    """What a command prints until it ends. UsageError if that is too much, or takes too long."""
    assert process.stdout is not None
    until, out, pipe = time.monotonic() + COMMAND_TIMEOUT, b"", process.stdout.fileno()
    while len(out) <= LONGEST_OUTPUT:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        piece = os.read(pipe, 65_536) if ready else None
        if piece is None:
            why = f"the command for {name} gave nothing in {COMMAND_TIMEOUT} s"
            raise UsageError(why, next="run it by hand")
        if not piece:
            process.wait(max(0.1, until - time.monotonic()))
            return out
        out += piece
    raise UsageError(f"the command for {name} prints more than a token", next="run it by hand")


def _from_auth_file(path: Path | None, name: str) -> str:
    """The Authorization header of one entry of a Web Fuzzing Commons auth file (schema: auth[].fixedHeaders[])."""
    if path is None:
        raise UsageError(f"the token {{auth:{name}}} needs auth_file in the target profile", next="add auth_file")
    with told_to_the_user("auth file "):
        text = read_text(path, max_bytes=MAX_BYTES)
    try:
        data = parse_yaml(text, Source(path.name, 1)).value
        entry = next(entry for entry in data["auth"] if entry["name"] == name)
        headers = {header["name"].lower(): header["value"] for header in entry["fixedHeaders"]}
        return str(headers["authorization"]).strip().rpartition(" ")[2]
    except ContractError:  # it may quote a token
        raise UsageError(f"auth file {path}: is not usable YAML", next="name a readable auth file") from None
    except (StopIteration, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"auth file {path}: has no entry {name!r} with an Authorization header in fixedHeaders",
            next="add it, as Web Fuzzing Commons describes it",
        ) from None
