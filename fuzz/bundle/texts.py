"""Texts of a bundle: cut at their templates, broken into lines, made fit for a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from fuzz.events.types import FailureFacts
from swagger.workflow.templates import TEMPLATE

_STRING = r'"(?:\\.|[^"\\])*"'
_BETWEEN_COMMAS = re.compile(rf'(?:{_STRING}|[^",])*(?:, ?|$)', re.DOTALL)
_BETWEEN_OUTER_COMMAS = re.compile(rf'(?:{_STRING}|\{{(?:{_STRING}|[^"{{}}\[\]])*\}}|[^",])*(?:, ?|$)', re.DOTALL)
"""As above, but for the commas inside an object that holds no other one."""

_SHORT_NAMES = {"staff_id": "staff", "calendar_sync_uid": "calendar", "now_timestamp": "now"}


class Piece(NamedTuple):
    """A part of a text: a literal, or the name of a template that is filled in."""

    text: str
    is_variable: bool


def pieces(text: str, names: Sequence[str]) -> Iterator[Piece]:
    """The text cut at the templates of these names, in order."""
    past = 0
    for found in TEMPLATE.finditer(text):
        if found[1] in names:
            if found.start() > past:
                yield Piece(text[past : found.start()], False)
            yield Piece(found[1], True)
            past = found.end()
    if past < len(text):
        yield Piece(text[past:], False)


def filled(text: str, names: Sequence[str]) -> str:
    """The text with the short names of scripts in its templates."""
    cut = pieces(text, names)
    return "".join(f"{{{{{variable(piece.text)}}}}}" if piece.is_variable else piece.text for piece in cut)


def shown(text: object, *, longest: int = 400) -> str:
    """A text for one line of a comment: printable, without line ends, and cut to `longest`."""
    line = " ".join(str(text).split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def broken(text: str, width: int) -> list[str]:
    """JSON, or Python that is spelled alike, in lines that end after a comma; they may only be longer for one value."""
    lines = [""]
    outer = _BETWEEN_OUTER_COMMAS.findall(text)
    for part in chain(*([each] if len(each) <= width else _BETWEEN_COMMAS.findall(each) for each in outer)):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]


def variable(name: str) -> str:
    """The name of a script's variable for a template: `staff`, `calendar_2`, `now`."""
    base, _, number = name.rpartition("_")
    if number.isdigit():
        return f"{variable(base)}_{number}"
    return _SHORT_NAMES.get(name) or re.sub(r"\W", "_", name)


def payload_line(failure: FailureFacts) -> str:
    """What is unusual in the payload: violated clauses, unspecified features, values that are not plain."""
    parts = [*(failure.get("features") or ()), *(failure.get("payload") or ())]
    return f"the payload: {', '.join(parts)}" if parts else ""
