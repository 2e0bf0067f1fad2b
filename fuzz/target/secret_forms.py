"""Finds secrets in a text, in every form in which a server may echo one.

Escapes (JSON, URL, HTML, JavaScript, octal, quoted-printable) are undone, several times if one text is inside another;
base64 and hexadecimal runs are decoded. What is searched for is the secret alone, so forms may be combined. SECURITY.md
lists the forms.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html.entities import html5
from string import ascii_uppercase

DEPTH = 4
"""How many forms may be inside each other."""

SHORTEST_RUN = 11
"""Characters of base64 that eight bytes need, without padding."""

MOST_REMEMBERED, LONGEST_REMEMBERED = 10_000, 1_000

_BREAK = r"(?:\r?\n|(?:\\+r)?\\+n)"
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{4,}}={{0,2}}(?:{_BREAK}[A-Za-z0-9+/_-]+={{0,2}})*")
_PAIRS = re.compile(r"(?:0x)?[0-9A-Fa-f]{2}(?:[ ,:.-]{1,2}(?:0x)?[0-9A-Fa-f]{2}){7,}(?![0-9A-Za-z])", re.IGNORECASE)
_HEX = re.compile(r"[0-9A-Fa-f]{16,}")
_NO_BASE64 = re.compile(r"\\+[rn]|[\r\n=]")
_NO_HEX = re.compile(r"0x|[^0-9a-f]", re.IGNORECASE)
_ESCAPES_BEGIN = r"\\+(?:u(?:00|\{)|x|[0-3][0-7]|/)|%[0-9a-fu]|&[#a-z]"
_ESCAPE = re.compile(
    r"""\\+u\{0*([0-9a-f]{1,6})\}|\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2})|%u([0-9a-f]{4})|%([0-9a-f]{2})"""
    r"""|&\#x0*([0-9a-f]{1,6});?"""  # hexadecimal
    r"""|\\+([0-3][0-7]{2})"""  # octal
    r"""|&\#0*([0-9]{1,7});?"""  # decimal
    r"""|&([a-z][a-z0-9]{1,31};)"""  # named
    r"""|\\+(["'/])|\\(\\)""",
    re.IGNORECASE,
)
_OCTAL, _DECIMAL, _NAMED, _ITSELF, _BACKSLASH = 7, 8, 9, 10, 11
_PRINTABLE = re.compile(r"=(?:([0-9A-Fa-f]{2})|\r?\n)")
"""An escape of quoted-printable. Apart from the others: a text may have equals signs of its own."""

_ENTITIES = {name.lower(): char for name, char in html5.items() if len(char) == 1 and char.isascii()}

_ASCII_LOWER = {ord(char): char.lower() for char in ascii_uppercase}

Place = tuple[int, int]
"""Where a character of an escaped text begins and ends."""

Span = tuple[int, int, str]
"""Where a secret begins and ends in a text, and its name."""


@dataclass(slots=True)
class SecretFinder:
    """Finds secrets by value. Mutable: it remembers texts and runs that it has seen.

    `names`: the name of each secret; case does not matter, as a server may change it.
    """

    names: Mapping[str, str]
    _needles: dict[str, str] = field(init=False)
    _may_hold_escapes: re.Pattern[str] = field(init=False)
    _known_runs: dict[str, str] = field(default_factory=dict)
    _known_texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = {_lower(form): name for value, name in self.names.items() for form in (value, _plain(value))}
        self._needles = dict(sorted(found.items(), key=lambda needle: -len(needle[0])))
        # JSON in JSON is full of escaped quotes, which matter only to a secret with such a character in it.
        quoted = any(char in value for value in self.names for char in "\"'\\")
        self._may_hold_escapes = re.compile(_ESCAPES_BEGIN + (r"|\\[\"'\\]" if quoted else ""), re.IGNORECASE)

    def redact(self, text: str) -> str:
        """The text with the name of each secret in place of it. A target gives many answers again and again."""
        known = self._known_texts.get(text)
        if known is None:
            known = self._redacted(text) if self.holds(text) else text
            if len(text) <= LONGEST_REMEMBERED:
                _remember(self._known_texts, text, known)
        return known

    def redact_ours(self, text: str) -> str:
        """As `redact`, of a text that nobody else has encoded: finds the secret and its escapes. Much quicker."""
        return self._redacted(text) if self.holds(text, encoded=False) else text

    def _redacted(self, text: str) -> str:
        parts, end = list[str](), 0
        for begin, until, name in _apart(self._spans(text, [(place, place + 1) for place in range(len(text))])):
            parts += [text[end:begin], name]
            end = until
        return "".join((*parts, text[end:]))

    def holds(self, text: str, depth: int = DEPTH, *, encoded: bool = True) -> str:
        """The name of a secret in a text; empty if there is none. `encoded`: also inside base64 and hexadecimal."""
        lower = _lower(text)
        for needle, name in self._needles.items():
            if needle in lower:
                return name
        if not depth:
            return ""
        name = next(filter(None, (self._in_run(run, depth) for _, _, run in _runs(text))), "") if encoded else ""
        for plain in self._plainer(text) if not name else ():
            name = name or self.holds(plain, depth - 1, encoded=encoded)
        return name

    def _plainer(self, text: str) -> Iterator[str]:
        """The text with its escapes undone once, in each way in which it may hold some."""
        if self._may_hold_escapes.search(text):
            yield _ESCAPE.sub(_character, text)
        if "=" in text and _PRINTABLE.search(text):
            yield _PRINTABLE.sub(_printable, text)

    def _in_run(self, run: str, depth: int) -> str:
        """The name of a secret that is encoded in a run; empty if there is none."""
        known = self._known_runs.get(run)
        if known is None:
            decoded = (self.holds(text, depth - 1) for text in _decoded(run))
            known = next(filter(None, decoded), "")
            _remember(self._known_runs, run, known)
        return known

    def _spans(self, view: str, origins: Sequence[Place], depth: int = DEPTH) -> Iterator[Span]:
        """Where the secrets are. `origins`: where each character of the view, whose escapes are undone, came from."""
        found = [*self._plain_spans(_lower(view)), *self._run_spans(view, depth)]
        yield from ((origins[begin][0], origins[until - 1][1], name) for begin, until, name in found)
        for escape, meaning in ((_ESCAPE, _character), (_PRINTABLE, _printable)) if depth else ():
            if escape.search(view):
                yield from self._spans(*_unescaped(view, origins, escape, meaning), depth - 1)

    def _plain_spans(self, lower: str) -> Iterator[Span]:
        for needle, name in self._needles.items():
            begin = lower.find(needle)
            while begin >= 0:
                yield begin, begin + len(needle), name
                begin = lower.find(needle, begin + 1)

    def _run_spans(self, view: str, depth: int) -> Iterator[Span]:
        for begin, until, run in _runs(view) if depth else ():
            name = self._in_run(run, depth)
            if name:
                yield begin, until, name


def _remember(known: dict[str, str], text: str, found: str) -> None:
    if len(known) >= MOST_REMEMBERED:
        known.clear()
    known[text] = found


def _apart(spans: Iterator[Span]) -> list[Span]:
    """The spans in order, with those that touch each other as one, under the name of the first."""
    apart: list[Span] = []
    for begin, until, name in sorted(spans):
        if apart and begin < apart[-1][1]:
            first, end, known = apart.pop()
            begin, until, name = first, max(end, until), known
        apart.append((begin, until, name))
    return apart


def _lower(text: str) -> str:
    """The text in lower case, each character in its place: a few become two characters, and those texts keep theirs."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_ASCII_LOWER)


def _plain(text: str) -> str:
    """The text with its escapes undone: a token may look as if it held some."""
    for _ in range(DEPTH):
        text = _ESCAPE.sub(_character, text)
    return text


def _character(matched: re.Match[str]) -> str:
    """The character that an escape stands for; an unknown one stays."""
    kind = matched.lastindex or 0
    found = matched[kind]
    if kind in (_ITSELF, _BACKSLASH):
        return found
    if kind == _NAMED:
        return _ENTITIES.get(found.lower(), matched[0])
    code = int(found, 8 if kind == _OCTAL else 10 if kind == _DECIMAL else 16)
    return chr(code) if code < 0x110000 else matched[0]


def _printable(matched: re.Match[str]) -> str:
    """The character that an escape of quoted-printable stands for; none at the end of a line."""
    return chr(int(matched[1], 16)) if matched[1] else ""


def _unescaped(
    view: str, origins: Sequence[Place], escape: re.Pattern[str], meaning: Callable[[re.Match[str]], str]
) -> tuple[str, list[Place]]:
    """The view with its escapes undone once, and where each of its characters came from."""
    parts, places, end = list[str](), list[Place](), 0
    for matched in escape.finditer(view):
        begin, until = matched.span()
        char = meaning(matched)
        parts += [view[end:begin], char]
        places += origins[end:begin]
        places += [(origins[begin][0], origins[until - 1][1])] * len(char)
        end = until
    return "".join((*parts, view[end:])), [*places, *origins[end:]]


def _runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text may hold base64 or hexadecimal numbers, and that part of it."""
    for pattern in (_RUN, _PAIRS, _HEX):
        for matched in pattern.finditer(text):
            if matched.end() - matched.start() >= SHORTEST_RUN:
                yield matched.start(), matched.end(), matched[0]


def _decoded(run: str) -> Iterator[str]:
    """What a run may stand for: hexadecimal numbers, or a part of base64 that begins anywhere."""
    digits = _NO_HEX.sub("", run)
    if _PAIRS.fullmatch(run) or len(digits) == len(run):
        for start in range(2):
            part = digits[start : len(digits) - (len(digits) - start) % 2]
            yield bytes.fromhex(part).decode("latin-1")
    text = _NO_BASE64.sub("", run).replace("-", "+").replace("_", "/")
    for start in range(4):
        part = text[start:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        with suppress(binascii.Error):
            yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")
