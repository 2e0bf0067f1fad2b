"""Reads a workflow document: its promises and its steps, each with its line.

Reads every document of the family. A part that a document lacks is None or empty here; `load.py` refuses it if it is
needed. A part that cannot be used is listed in `unused`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from swagger.contract import FieldRule, Operation, Source, StateError, Step, Unused
from swagger.parsing.markdown import Part, Section, Table, Text, read_sections, sentence_with
from swagger.parsing.strict_json import MAX_DOCUMENT_BYTES, read_text
from swagger.workflow.front_matter import FrontMatter, read_front_matter
from swagger.workflow.parameter_tables import SEARCHED, read_rules
from swagger.workflow.responses import DocumentedResponse, read_errors, read_success
from swagger.workflow.steps import read_steps

_TOKEN = re.compile(r"\btokens?\b", re.IGNORECASE)
_STORED = re.compile(
    r"\b(any|first|fresh|freshly|yet|no|not|without|unset|empty)\b.*"
    r"\b(stored|saved|remembered|recorded|kept|persisted|stores|saves|remembers|records|keeps)\b",
    re.IGNORECASE,
)
_FALLBACK = re.compile(r"\bfallback[\s-]+(api|url|gateway|base[\s-]url)\b", re.IGNORECASE)
_NO_FALLBACK = re.compile(r"(\b(not?|never|without)|n['\u2019]t)\b[\w\s]{0,24}\bfallback\b", re.IGNORECASE)
_PATH_PARAMETER = re.compile(r"\{+\s*([\w.]+)\s*\}+|(?<=/):(\w+)")
_WITHOUT_RULES = (Part.PREREQUISITES, Part.TEST_REQUEST, Part.SUCCESS, Part.ERROR, Part.ERRORS)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the document, and its line."""

    says: str
    where: Source


@dataclass(frozen=True, slots=True)
class Document:
    """One workflow document. `errors_where` is the heading over its errors, None where there is none; `not_done` is
    that part of `unused` that whoever performs the document leaves out; `fallback_sentence` asks for the fallback
    gateway in prose.
    """

    file: str
    front: FrontMatter
    token_sentence: Sentence | None
    prerequisites: tuple[Step, ...]
    test_steps: tuple[Step, ...]
    fields: tuple[FieldRule, ...]
    stored_sentence: Sentence | None
    success: DocumentedResponse | None
    errors_where: Source | None
    errors: tuple[StateError, ...]
    unused: tuple[Unused, ...]
    not_done: tuple[Unused, ...]
    fallback_sentence: Sentence | None


def read_document(path: Path) -> Document:
    """The document in a file. ContractError if the file or a part of it cannot be read."""
    return parse_document(read_text(path, max_bytes=MAX_DOCUMENT_BYTES), path.name)


def parse_document(text: str, file: str) -> Document:
    """The document in a text with `\\n` line ends, called `file` in every `Source`."""
    sections = read_sections(text)
    front = read_front_matter(text, file)
    prerequisites, unused_before = _steps(sections, Part.PREREQUISITES, front)
    test_steps, unused_test = _steps(sections, Part.TEST_REQUEST, front)
    tables = [table for section in sections for table in _rule_tables(section)]
    fields, unused_rows = read_rules(tables, file, _parameters_in(front.endpoint))
    success, unused_success = read_success(sections, file)
    errors, unused_errors = read_errors(sections, file)
    not_done = [*unused_before, *unused_test, *unused_success, *unused_errors]
    unused = [*front.unused(), *unused_rows, *not_done, *_unread(sections, file)]
    return Document(
        file=file,
        front=front,
        token_sentence=_token_sentence(sections, file),
        prerequisites=prerequisites,
        test_steps=test_steps,
        fields=tuple(fields),
        stored_sentence=_stored_sentence(fields),
        success=success,
        errors_where=_errors_where(sections, file),
        errors=tuple(errors),
        unused=_in_order(unused),
        not_done=_in_order(not_done),
        fallback_sentence=_fallback_sentence(sections, file),
    )


def _in_order(unused: Iterable[Unused]) -> tuple[Unused, ...]:
    return tuple(sorted(unused, key=lambda part: part.where.line or 0))


def _steps(sections: Iterable[Section], part: Part, front: FrontMatter) -> tuple[tuple[Step, ...], list[Unused]]:
    """The steps under one kind of heading. A call of the documented endpoint uses the gateway of the front matter."""
    steps, unused = read_steps(
        (block for section in sections if section.part is part for block in section.code), front.file
    )
    endpoint = front.endpoint
    if endpoint is not None and endpoint.use_fallback:
        steps = [replace(step, use_fallback=True) if calls(step, endpoint) else step for step in steps]
    return tuple(steps), unused


def calls(step: Step, endpoint: Operation) -> bool:
    """Whether a step calls an endpoint; `{{id}}`, `{id}` and `:id` in a path mean the same."""
    return step.method == endpoint.method and canonical_path(step.path) == canonical_path(endpoint.path)


def canonical_path(path: str) -> str:
    """The path without query and final slash, each of its parameters as `{}`."""
    return re.sub(r"\{+[^}/]*\}+|(?<=/):\w+", "{}", path.partition("?")[0]).rstrip("/")


def _parameters_in(endpoint: Operation | None) -> tuple[str, ...]:
    """The names of the parameters in an endpoint's path."""
    return tuple(first or second for first, second in _PATH_PARAMETER.findall(endpoint.path)) if endpoint else ()


def _rule_tables(section: Section) -> list[Table]:
    return [] if section.part in _WITHOUT_RULES else section.tables


def _token_sentence(sections: Iterable[Section], file: str) -> Sentence | None:
    """The first sentence of the summary that mentions tokens."""
    for section in sections:
        for text in section.texts if section.part is Part.SUMMARY else ():
            if says := sentence_with(text.text, _TOKEN):
                return Sentence(says, Source(file, text.line))
    return None


def _fallback_sentence(sections: Iterable[Section], file: str) -> Sentence | None:
    """The first heading or sentence that says that the fallback gateway is needed."""
    for section in sections:
        for text in (Text(section.title, section.line), *section.texts):
            says = sentence_with(text.text, _FALLBACK)
            if says and not _NO_FALLBACK.search(says):
                return Sentence(says, Source(file, text.line))
    return None


def _stored_sentence(fields: Iterable[FieldRule]) -> Sentence | None:
    """The first sentence of a table that says that the first value sent is stored."""
    for rule in fields:
        if says := sentence_with(rule.says[:SEARCHED], _STORED):
            return Sentence(says, rule.where)
    return None


def _errors_where(sections: Iterable[Section], file: str) -> Source | None:
    return next((Source(file, section.line) for section in sections if section.part in (Part.ERRORS, Part.ERROR)), None)


def _unread(sections: Iterable[Section], file: str) -> list[Unused]:
    """The sections without a known meaning, and the parts of sections that are not read there."""
    unused: list[Unused] = []
    for section in sections:
        if section.part is Part.OTHER and (section.code or (section.level > 1 and section.texts)):
            unused.append(Unused(f"section “{section.title}”", Source(file, section.line)))
        if section.part in _WITHOUT_RULES:
            unused += [Unused(f"a table under “{table.heading}”", Source(file, table.line)) for table in section.tables]
        if section.part in (Part.PARAMETERS, Part.ERRORS, Part.SUMMARY):
            unused += [Unused(f"a code block under “{section.title}”", Source(file, b.line)) for b in section.code]
    return unused
