"""Texts of a bundle: cut at their templates, broken into lines, made fit for a comment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile
from typing import NamedTuple

from fuzz.events.failures import FailureFacts
from fuzz.oracle.answers.bodies import NOTHING, Contrast
from swagger.contract import Json
from swagger.workflow.templates import TEMPLATE

_STRING = r'"(?:\\.|[^"\\])*"'
_BETWEEN_COMMAS = re.compile(rf'(?:{_STRING}|[^",])*(?:, ?|$)', re.DOTALL)
_BETWEEN_OUTER_COMMAS = re.compile(rf'(?:{_STRING}|\{{(?:{_STRING}|[^"{{}}\[\]])*\}}|[^",])*(?:, ?|$)', re.DOTALL)
"""As above, but for the commas inside an object that holds no other one."""

_SHORT_NAMES = {"staff_id": "staff", "calendar_sync_uid": "calendar", "now_timestamp": "now"}


LONGEST_VALUE = 60
"""Characters shown of a value in an answer."""

BEFORE_DIFFERENCE = 20
"""Characters shown of a long text before the place where it differs."""


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
    if number.isdecimal():
        return f"{variable(base)}_{number}"
    return _SHORT_NAMES.get(name) or re.sub(r"\W", "_", name)


def payload_line(failure: FailureFacts) -> str:
    """What is unusual in the payload: violated clauses, unspecified features, values that are not plain."""
    parts = [*(failure.get("features") or ()), *(failure.get("payload") or ())]
    return f"the payload: {', '.join(parts)}" if parts else ""


def side_by_side(contrast: Contrast) -> str:
    """What was seen at a place of an answer, and what is documented: `$.success is false, documented is true`."""
    path, documented, seen, by_example = contrast
    if seen is NOTHING:
        return f"{path} is lacking, documented is {_kind_of(documented) if by_example else _value(documented)}"
    if contrast.are_lists:
        return f"{path} has {len(seen)} entries, documented are {len(documented)}"
    if by_example and not isinstance(documented, bool):
        return f"{path} is {_value(seen)}, documented is {_kind_of(documented)}"
    start = _first_difference(seen, documented) if isinstance(seen, str) and isinstance(documented, str) else 0
    return f"{path} is {_value(seen, start)}, documented is {_value(documented, start)}"


def _kind_of(example: Json) -> str:
    """What an example promises: its type, or the boolean that it is."""
    if isinstance(example, bool) or example is None:
        return "any value" if example is None else _value(example)
    kinds = {str: "a text", list: "a list", dict: "an object"}
    return next((name for kind, name in kinds.items() if isinstance(example, kind)), "a number")


def _first_difference(one: str, other: str) -> int:
    """The number of characters that two texts begin with alike."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in alike)


def _value(value: Json, place: int = 0) -> str:
    """A value as JSON; of a long one, what stands around a `place`."""
    if isinstance(value, str):
        start = place - BEFORE_DIFFERENCE if len(value) > LONGEST_VALUE and place > BEFORE_DIFFERENCE else 0
        part = value[start : start + LONGEST_VALUE]
        before, after = "…" if start else "", "…" if len(value) > start + len(part) else ""
        return json.dumps(f"{before}{part}{after}", ensure_ascii=False)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
