"""Makes texts from outside safe to show: control characters and other invisible ones are spelled out.

After `visible` a text can be encoded and is valid in XML; each format still escapes its own mark-up.
Raw texts are only in `report.json`, the HAR file and the journal, where JSON escapes them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from fuzz.errors import UsageError

LINE = 200
"""Maximum characters shown of a text on one line."""

BLOCK = 4_000
"""Maximum characters shown of a text in a block."""

NARROW = 80
"""Columns of a narrow terminal."""

# Control characters, those that hide or reorder others, and those that cannot be encoded or be in XML.
_UNFIT = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE007F),
)
_NAMED = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}


def _spelled(code: int) -> str:
    if code < 0x100:
        return _NAMED.get(code, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_SPELLED = {code: _spelled(code) for first, last in _UNFIT for code in range(first, last + 1)}
_SPELLED_IN_BLOCKS = {code: spelled for code, spelled in _SPELLED.items() if chr(code) not in "\t\n"}


def visible(text: Any, *, limit: int = LINE) -> str:
    """A text on one line: every invisible character is spelled out, and at most `limit` characters are shown."""
    return shortened(_text(text), limit).translate(_SPELLED)


def visible_block(text: Any, *, limit: int = BLOCK) -> str:
    """A text of several lines made visible; keeps its line ends and tabs."""
    return shortened(_text(text).replace("\r\n", "\n"), limit).translate(_SPELLED_IN_BLOCKS)


def error_lines(error: UsageError) -> str:
    """An error in two lines, safe to print: what is wrong, and what to do next."""
    return f"{visible(error.what, limit=BLOCK)}\n  next: {visible(error.next, limit=BLOCK)}"


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and its length if it is longer than `limit`."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def cut_in_the_middle(text: str, width: int) -> str:
    """The text in at most `width` columns: of a longer one the beginning and the end, in which names differ."""
    if len(text) <= width:
        return text
    end = (width - 1) // 2
    return f"{text[: width - 1 - end]}…{text[len(text) - end :]}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def counted(number: int, what: str) -> str:
    """`1 request`, `2,412 requests`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """`0.4 s`, `58 s`, `1 h 02 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def wrapped(text: str, *, indent: int) -> list[str]:
    """A line in as many as a narrow terminal needs, the later ones indented; a path that is longer stays whole."""
    later = " " * indent
    return textwrap.wrap(text, NARROW, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table on a narrow terminal: how wide each is at least and at the most, and which one gets the
    room that the others leave. Frozen.
    """

    least: tuple[int, ...]
    most: tuple[int, ...]
    grows: int

    def lines(self, rows: Sequence[Sequence[str]], *, indent: int = 2) -> Iterator[list[str]]:
        """The lines of each row: as many as its longest cell needs in its column."""
        if not rows:
            return iter(())
        longest = (max(map(len, column)) for column in zip(*rows, strict=True))
        widths = [min(max(sizes), most) for *sizes, most in zip(longest, self.least, self.most, strict=True)]
        widths[self.grows] = 0
        room = NARROW - indent - sum(widths) - len(widths) + 1
        widths[self.grows] = max(self.least[self.grows], room)
        return (list(_lines_of(row, widths, " " * indent)) for row in rows)


def _lines_of(row: Sequence[str], widths: Sequence[int], indent: str) -> Iterator[str]:
    cells = [
        textwrap.wrap(cell, max(1, width), break_on_hyphens=False) for cell, width in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*cells, fillvalue=""):
        yield f"{indent}{' '.join(part.ljust(width) for part, width in zip(line, widths, strict=True))}".rstrip()


def hanging(first: str, text: str) -> list[str]:
    """A text behind its first words, in lines of a narrow terminal that begin below its own beginning."""
    lines = textwrap.wrap(text, max(20, NARROW - len(first)), break_long_words=False, break_on_hyphens=False) or [""]
    begins = [first, *[" " * len(first)] * (len(lines) - 1)]
    return [f"{begin}{line}".rstrip() for begin, line in zip(begins, lines, strict=True)]


def entry(title: str, *details: str) -> list[str]:
    """An entry of a list on a narrow terminal: its title, and each detail below it."""
    return [*wrapped(f"  {title}", indent=4), *(line for each in details for line in wrapped(f"    {each}", indent=6))]
