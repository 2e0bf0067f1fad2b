"""Reads the answers that a workflow document promises: the success, and the errors with their conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from swagger.contract import Json, Source, StateError, Unused
from swagger.parsing.markdown import CodeBlock, Part, Section, sentence_with
from swagger.parsing.strict_json import parse_json

UNAUTHORISED = 401
_OCCURS_WHEN = (
    re.compile(
        r"\b(occurs?|happens?|appears?|arises?|(is|are|be|gets?) (returned|raised|sent|given))\s+(when|if)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(returned|raised|sent|given|thrown|returns?|answers?|responds?)\b[^.]*\b(when|if)\b", re.IGNORECASE),
    re.compile(r"^(when|if)\b", re.IGNORECASE),
)
"""How a sentence says when an error is due, the plainest way first."""
SEARCHED = 4000
"""Characters of a paragraph that are looked at: not every pattern is linear in it."""
_STATUS_IN_TEXT = re.compile(r"(?<![\w.])([45]\d\d)(?![\w.]*\w)")


@dataclass(frozen=True, slots=True)
class DocumentedResponse:
    """The documented good answer; `status` is 200 where the heading names none. `also` are the statuses that the same
    heading names beside it.
    """

    status: int
    body: Json
    where: Source
    also: tuple[int, ...] = ()


def read_success(sections: Iterable[Section], file: str) -> tuple[DocumentedResponse | None, list[Unused]]:
    """The first documented success with a JSON body, and the others as unused."""
    success: DocumentedResponse | None = None
    unused: list[Unused] = []
    for section in sections:
        if section.part is not Part.SUCCESS:
            continue
        where = Source(file, section.line)
        blocks = [block for block in section.code if block.language in ("", "json")]
        if success is None and blocks:
            body = parse_json(blocks[0].text, Source(file, blocks[0].line))
            success = DocumentedResponse(section.status or 200, body, where, section.statuses[1:])
            unused += _several(f"response “{section.title}”", section, where)
            unused += [Unused("a second body of the good answer", Source(file, block.line)) for block in blocks[1:]]
        else:
            unused.append(Unused(f"response “{section.title}”, beside the first one or without a JSON body", where))
    return success, unused


def _several(name: str, section: Section, where: Source) -> list[Unused]:
    """The doubt that a heading with more statuses than one leaves: which of them is promised?"""
    if len(section.statuses) < 2:
        return []
    what = f"{name} under {len(section.statuses)} statuses, {section.statuses[0]} to {section.statuses[-1]}"
    return [Unused(what, where, doubt=True)]


def read_errors(sections: Iterable[Section], file: str) -> tuple[list[StateError], list[Unused]]:
    """The state errors in their order, and the error sections that describe no state error."""
    errors: list[StateError] = []
    unused: list[Unused] = []
    for section in sections:
        if section.part is Part.ERROR:
            error = _read_error(section, file, unused)
            if error is not None:
                errors.append(error)
    return errors, unused


def _read_error(section: Section, file: str, unused: list[Unused]) -> StateError | None:
    where = Source(file, section.line)
    status = section.status or _status_in(section)
    name = f"error {status} “{section.title}”" if status else f"error “{section.title}”"
    occurs_when = _occurs_when(section)
    blocks = [block for block in section.code if block.language in ("", "json")]
    if status == UNAUTHORISED:
        unused.append(Unused(f"{name}: about the token, not about the state", where))
    elif status is None:
        unused.append(Unused(f"{name}: nothing says its status", where))
    elif not blocks:
        unused.append(Unused(f"{name}: no JSON body", where))
    elif len(section.statuses) > 1:
        unused += _several(name, section, where)
    elif not occurs_when:
        unused.append(Unused(f"{name}: neither a title nor a sentence says when it occurs", where))
    else:
        unused += [Unused(f"{name}: a second body", Source(file, block.line)) for block in blocks[1:]]
        return _state_error(section, status, occurs_when, blocks[0], where, unused)
    return None


def _status_in(section: Section) -> int | None:
    """The one status that the section's paragraphs name, if they name one alone."""
    named = {int(found) for text in section.texts for found in _STATUS_IN_TEXT.findall(text.text)}
    return named.pop() if len(named) == 1 else None


def _occurs_when(section: Section) -> str:
    """The sentence that says when the error is due, else its title; empty if that is its status alone."""
    for pattern in _OCCURS_WHEN:
        for text in section.texts:
            if found := sentence_with(text.text[:SEARCHED], pattern):
                return found.removesuffix(":")
    return "" if section.title.isdigit() else section.title


def _state_error(
    section: Section, status: int, occurs_when: str, block: CodeBlock, where: Source, unused: list[Unused]
) -> StateError | None:
    start = Source(where.file, block.line)
    body = parse_json(block.text, start)
    entries = error_entries(body)
    if not entries:
        what = f"error {status} “{section.title}”: neither errors[] with code and message nor a text `error`"
        unused.append(Unused(what, start))
        return None
    unused += [Unused(f"error entry `{code}`, not the first of its body", start) for code, _ in entries[1:]]
    code, message = entries[0]
    return StateError(code, status, section.title, message, body, occurs_when, where)


def error_entries(body: Json) -> list[tuple[str, str]]:
    """Code and message of each entry of `errors` in a body that has both; of any JSON value.

    A flat envelope, `{"status": "Error", "error": "message"}`, has one entry with an empty code.
    """
    if not isinstance(body, dict):
        return []
    if "errors" not in body:
        message = body.get("error")
        return [("", message)] if isinstance(message, str) and message else []
    entries = body["errors"] if isinstance(body["errors"], list) else []
    return [
        (entry["code"], entry["message"])
        for entry in entries
        if isinstance(entry, dict)
        and all(entry.get(key) and isinstance(entry[key], str) for key in ("code", "message"))
    ]
