"""Reads the structure of a workflow document: front matter, sections, paragraphs, tables, code blocks, with lines.

A section's meaning is recognised by its heading. Its content is read in `swagger/workflow/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token


class Part(StrEnum):
    """The meaning of a heading."""

    SUMMARY = "summary"
    PREREQUISITES = "prerequisites"
    TEST_REQUEST = "test request"
    PARAMETERS = "parameters"
    SUCCESS = "success"
    ERRORS = "errors"
    ERROR = "error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph as written, with its Markdown marks, and its first line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A code block: its language in lower case, its text, and the line where that text begins."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the heading above it, its column names in lower case, its rows as (line, cells)."""

    heading: str
    line: int
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    caption: str = ""
    """The line before the table, if it is one that names what the table is about."""
    notes: tuple[str, ...] = ()
    """The paragraphs between the table and what comes next."""


@dataclass(slots=True)
class Section:
    """A heading and what belongs to it, nested headings without a meaning included. `statuses` are all that the heading
    names, most often one or none. Mutable: filled while reading.
    """

    part: Part
    title: str
    statuses: tuple[int, ...]
    level: int
    line: int
    texts: list[Text] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    code: list[CodeBlock] = field(default_factory=list)

    @property
    def status(self) -> int | None:
        """The first status of the heading."""
        return self.statuses[0] if self.statuses else None


_STATUS = r"[1-5](?:\d\d|xx)\b"
_STATUSES = rf"(?:HTTP\s+)?({_STATUS}(?:(?:\s*[/,|&\u2013-]\s*|\s+(?:or|and|to)\s+){_STATUS})*)"
_STATUS_FIRST = re.compile(rf"^{_STATUSES}[\s:\u2013\u2014-]*(.*)$", re.IGNORECASE)
_STATUS_IN_BRACKETS = re.compile(rf"^(.*?)[\s:\u2013\u2014-]*\({_STATUSES}[^)]*\)", re.IGNORECASE)
_GENERIC = re.compile(
    r"^(example |sample |json )*(responses?|answers?|body|bodies|payload|example|sample|json)\b", re.IGNORECASE
)
_STATUS_LATER = re.compile(rf"^(.*?)[\s:\u2013\u2014-]+{_STATUSES}", re.IGNORECASE)
_SEVERAL_ERRORS = re.compile(r"\b(errors|error responses)\b", re.IGNORECASE)
_BOLD_LINE = re.compile(r"^\*\*([^*]+)\*\*:?$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_EMPHASIS = re.compile(r"(`[^`]*`)|\*+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")
_BOLD_LEVEL = 7
_NAME_ALONE = re.compile(r"\*\*[^*]+\*\*|`[^`]+`( \w+)?")
_CAPTION_LENGTH = 80
_SEARCHED = 200
"""Characters of a heading in which statuses are looked for: the pattern is not linear in it."""

_PARTS = (
    (re.compile(r"^(summary|overview)\b"), Part.SUMMARY),
    (re.compile(r"^prerequisites?\b"), Part.PREREQUISITES),
    (re.compile(r"^test requests?\b"), Part.TEST_REQUEST),
    (re.compile(r"\bparameters?\b"), Part.PARAMETERS),
    (re.compile(r"^(expected|success(ful)?) responses?\b"), Part.SUCCESS),
    (re.compile(r"^(possible |known )?errors?\b"), Part.ERRORS),
)


def front_matter_text(text: str) -> str | None:
    """The YAML between the two `---` lines at the beginning of a document, from line 2 on; None if there is none."""
    match = _FRONT_MATTER.match(text)
    return match[1] if match else None


def read_sections(text: str) -> list[Section]:
    """The sections in their order; the first one holds what stands before any heading."""
    found = [Section(Part.OTHER, "", (), 0, 1)]
    heading = ""
    previous: _Block | None = None
    after_table = False
    for block in _blocks(_without_front_matter(text)):
        if isinstance(block, _Heading):
            heading = block.title
            found.append(_section(block))
        elif isinstance(block, Table):
            caption = _caption(previous)
            found[-1].tables.append(replace(block, heading=heading, caption=caption))
        elif isinstance(block, CodeBlock):
            found[-1].code.append(block)
        else:
            found[-1].texts.append(block)
            if after_table:
                table = found[-1].tables[-1]
                found[-1].tables[-1] = replace(table, notes=(*table.notes, block.text))
        after_table = isinstance(block, Table) or (after_table and isinstance(block, Text))
        previous = block
    return _joined(found)


def _caption(block: _Block | None) -> str:
    """The text before a table that is a name in bold or in backticks, or a short line that ends with a colon."""
    text = block.text.strip() if isinstance(block, Text) else ""
    is_caption = text.endswith((":", ":**")) or _NAME_ALONE.fullmatch(text) is not None
    return text if is_caption and len(text) <= _CAPTION_LENGTH else ""


def plain(markdown: str) -> str:
    """The text on one line, without emphasis; backticks stay."""
    return " ".join(_EMPHASIS.sub(r"\1", markdown).split())


def sentences(markdown: str) -> list[str]:
    """The sentences of a paragraph or table cell. A dot ends one only before white space and then no small letter."""
    return [sentence for sentence in _SENTENCE_END.split(plain(markdown)) if sentence]


def sentence_with(markdown: str, pattern: re.Pattern[str]) -> str | None:
    """The first sentence of a text that has the pattern; None if there is none."""
    return next((sentence for sentence in sentences(markdown) if pattern.search(sentence)), None)


@dataclass(frozen=True, slots=True)
class _Heading:
    title: str
    level: int
    line: int


def _without_front_matter(text: str) -> str:
    """The text with its front matter blanked, so that every line keeps its number."""
    match = _FRONT_MATTER.match(text)
    return "\n" * match[0].count("\n") + text[match.end() :] if match else text


def _section(heading: _Heading) -> Section:
    part, title, statuses = _meaning(heading.title)
    return Section(part, title, statuses, heading.level, heading.line)


def _meaning(title: str) -> tuple[Part, str, tuple[int, ...]]:
    """What a heading announces, with its title and statuses apart: `422 - Gone` is (ERROR, "Gone", (422,))."""
    if match := _STATUS_FIRST.match(title):
        statuses = _statuses(match[1])
        return _part_of_status(statuses[0]), match[2] or title, statuses
    if match := _STATUS_IN_BRACKETS.match(title):
        statuses = _statuses(match[2])
        return _part_of_status(statuses[0]), match[1] or title, statuses
    part = next((part for pattern, part in _PARTS if pattern.search(title.lower())), Part.OTHER)
    if part in (Part.SUCCESS, Part.ERRORS) and (match := _STATUS_LATER.match(title[:_SEARCHED])):
        statuses = _statuses(match[2])
        return _part_of_status(statuses[0]), match[1], statuses
    return part, title, ()


def _statuses(listed: str) -> tuple[int, ...]:
    """The statuses of `200/201`; `2xx` is all of them from 200 to 299."""
    found: list[int] = []
    for status in re.findall(_STATUS, listed, re.IGNORECASE):
        found += [int(status)] if status.isdecimal() else range(int(status[0]) * 100, int(status[0]) * 100 + 100)
    return tuple(dict.fromkeys(found))


def _part_of_status(status: int) -> Part:
    if status < 300:
        return Part.SUCCESS
    return Part.ERROR if status >= 400 else Part.OTHER


def _joined(found: list[Section]) -> list[Section]:
    """The sections; those without a meaning become part of the section around them, if that has a meaning."""
    kept: list[Section] = []
    around: list[tuple[int, Section]] = []
    for section in found:
        while around and around[-1][0] >= section.level:
            around.pop()
        if around and _is_error_of(around[-1][1], section):
            around[-1][1].part = Part.ERRORS
            section.part, section.statuses = Part.ERROR, around[-1][1].statuses
        owner = around[-1][1] if around and section.part is Part.OTHER else section
        if owner is section or owner.part is Part.OTHER:
            kept.append(section)
            around.append((section.level, section))
        else:
            owner.texts += section.texts
            owner.tables += section.tables
            owner.code += section.code
            around.append((section.level, owner))
    return kept


def _is_error_of(around: Section, section: Section) -> bool:
    """Whether a nested heading is the title of an error of its own, such as “Staff Not Registered” with its body."""
    errors = around.part is Part.ERRORS or (
        around.part is Part.ERROR and _SEVERAL_ERRORS.search(around.title) is not None
    )
    return errors and section.part is Part.OTHER and bool(section.code) and not _GENERIC.match(section.title)


_Block = _Heading | Text | CodeBlock | Table


def _blocks(text: str) -> Iterator[_Block]:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for index, token in enumerate(tokens):
        line = _line(token)
        if token.type == "heading_open":
            yield _Heading(plain(tokens[index + 1].content), int(token.tag[1:]), line)
        elif token.type == "paragraph_open":
            mark = (
                "* " if index and (tokens[index - 1].type, tokens[index - 1].markup) == ("list_item_open", "*") else ""
            )
            yield _paragraph(mark + tokens[index + 1].content, line)
        elif token.type == "fence":
            yield CodeBlock(token.info.strip().partition(" ")[0].lower(), token.content, line + 1)
        elif token.type == "code_block":
            yield CodeBlock("", token.content, line)
        elif token.type == "table_open":
            yield _table(tokens[index:], line)


def _paragraph(content: str, line: int) -> _Block:
    """A paragraph, or a heading if it is only a bold `422 - Title`."""
    bold = _BOLD_LINE.match(content)
    if bold and _meaning(bold[1])[2]:
        return _Heading(plain(bold[1]), _BOLD_LEVEL, line)
    return Text(content, line)


def _table(tokens: list[Token], line: int) -> Table:
    rows: list[tuple[int, list[str]]] = []
    for index, token in enumerate(takewhile(lambda token: token.type != "table_close", tokens)):
        if token.type == "tr_open":
            rows.append((_line(token), []))
        elif token.type in ("th_open", "td_open"):
            rows[-1][1].append(tokens[index + 1].content.strip())
    header, *body = rows
    columns = tuple(plain(cell).lower() for cell in header[1])
    return Table("", line, columns, tuple((number, tuple(cells)) for number, cells in body))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
