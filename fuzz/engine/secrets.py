"""Tokens: where they come from, and how they are kept out of everything that is written.

Redaction is by value, at one choke point before any sink, in the forms in which a server might echo a token.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import yaml

from fuzz.engine.profile import TokenSource
from fuzz.engine.token_forms import escaped_pattern, forms_of, may_hold_escapes, unescaped
from fuzz.errors import REDACTORS, UsageError
from fuzz.model.exchange import Token
from fuzz.model.near_token import near_token

SHORTEST_SECRET = 8
SHORTEST_ANCHOR = 4
SECONDS_FOR_A_COMMAND = 30
LARGEST_AUTH_FILE = 1_000_000


class Secrets:
    """Every token of a run, by its source, and the texts to be replaced wherever they turn up. Mutable: tokens
    renew.
    """

    def __init__(self, auth_file: Path | None = None) -> None:
        self._values: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._forms: tuple[tuple[str, str], ...] = ()
        self._anchors: tuple[str, ...] = ()
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._auth_file = auth_file
        REDACTORS.append(self.clean)

    def token(self, source: TokenSource) -> str:
        """The token's value, fetched at its first use."""
        return self._values.get(source.placeholder) or self.renew(source)

    def renew(self, source: TokenSource) -> str:
        """Fetches the token anew. UsageError, without the value, if there is none to be had."""
        value = self._fetch(source).strip()
        _check(value, source)
        if value not in self._names:
            # A command may hold its token itself: what stands in the token's place must not.
            self._learn(value, source.placeholder if value not in source.placeholder else "{command:…}")
        self._values[source.placeholder] = value
        return value

    def _learn(self, value: str, name: str) -> None:
        if value in self._names:
            return
        self._names[value] = name
        forms = dict.fromkeys(_told_apart(value), name) | dict(self._forms)
        self._forms = tuple(sorted(forms.items(), key=lambda form: -len(form[0])))
        self._anchors = _anchors(forms)

    def near(self, source: TokenSource, how: Token) -> str | None:
        """A token that is all but this one, and as secret; None if there is no such, or if it is somebody's."""
        value = self.token(source)
        near = near_token(value, how)
        if near == value or near in self._values.values():
            return None
        # What is longer holds the token. Half of a short one gives little away, and would be found in other texts.
        if how in (Token.SWAPPED, Token.CHANGED) or (how is Token.CUT and len(near) >= 2 * SHORTEST_SECRET):
            self._learn(near, f"{source.placeholder} {how}")
        return near

    def clean(self, text: str) -> str:
        """The text with every form of every secret replaced by its source's name."""
        for anchor in self._anchors:
            if anchor in text:
                text = self._replaced(text)
                break
        return self._clean_of_escaped(text) if may_hold_escapes(text) else text

    def _replaced(self, text: str) -> str:
        for form, placeholder in self._forms:
            if form in text:
                text = text.replace(form, placeholder)
        return text

    def _clean_of_escaped(self, text: str) -> str:
        plain = unescaped(text)
        if plain == text or not any(form in plain for form, _ in self._forms):
            return text
        for value, placeholder in self._names.items():
            pattern = self._patterns.setdefault(value, escaped_pattern(_told_apart(value)))
            text = pattern.sub(placeholder.replace("\\", r"\\"), text)
        return text

    def _fetch(self, source: TokenSource) -> str:
        if source.env:
            return os.environ.get(source.env, "")
        if source.command:
            return _run(source.command)
        return _from_auth_file(self._auth_file, source.auth or "")


def _told_apart(value: str) -> set[str]:
    """The forms of a secret that are told apart from other text: of a short one, only that which follows `Bearer`."""
    return forms_of(value) if len(value) >= SHORTEST_SECRET else {f"Bearer {value}"}


def _anchors(forms: Iterable[str]) -> tuple[str, ...]:
    """Beginnings such that a text with none of them holds no form: few to look for, as tokens often share theirs."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for form in forms:
        groups[form[:SHORTEST_ANCHOR]].append(form)
    return tuple(os.path.commonprefix(group) for group in groups.values())  # noqa: RUF071 - of texts, not of paths


def _check(value: str, source: TokenSource) -> None:
    """UsageError for what is no token, or cannot be kept out of the reports."""
    if not value or any(ord(char) < 33 or ord(char) > 126 for char in value):
        raise UsageError(
            f"the token {source.placeholder} is {'not a printable ASCII text' if value else 'empty'}",
            next="a token is what stands behind “Bearer ”, without white space",
        )


def _run(command: str) -> str:
    # A session of its own, so that whatever the shell has started ends with it.
    with subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            out, _ = process.communicate(timeout=SECONDS_FOR_A_COMMAND)
        except BaseException as error:
            # Only before it is waited for: afterwards its number may be somebody else's.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise UsageError(
                f"the token command {command!r} gave nothing in {SECONDS_FOR_A_COMMAND} s", next="run it by hand"
            ) from None
    if process.returncode != 0:
        raise UsageError(
            f"the token command {command!r} failed with exit code {process.returncode}", next="run it by hand"
        )
    return out.decode("utf-8", "replace")


def _from_auth_file(path: Path | None, name: str) -> str:
    """The Authorization header of one entry of a Web Fuzzing Commons auth file (schema: auth[].fixedHeaders[])."""
    if path is None:
        raise UsageError(f"the token {{auth:{name}}} needs auth_file in the target profile", next="add auth_file")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        entry = next(entry for entry in data["auth"] if entry["name"] == name)
        headers = {header["name"].lower(): header["value"] for header in entry["fixedHeaders"]}
        return str(headers["authorization"]).removeprefix("Bearer ")
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(f"auth file {path}: {type(error).__name__}", next="name a readable auth file") from None
    except (StopIteration, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"auth file {path}: has no entry {name!r} with an Authorization header in fixedHeaders",
            next="add it, as Web Fuzzing Commons describes it",
        ) from None
