"""The rows of parameter tables, each with the full path of its field: which tables are of the body, what a sub-table or
an indented row belongs to, and the footnote that a mark such as `Yes*` points to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from swagger.contract import Source, Unused, join_path
from swagger.parsing.markdown import Table, plain

_NAME_COLUMNS = ("parameter", "field", "name", "property", "param", "key", "attribute")
_REQUIRED_COLUMNS = ("required", "required?", "mandatory")
_TYPE_COLUMNS = ("type", "data type")
_SAYS_COLUMNS = ("description", "notes", "details")
_IN_COLUMNS = ("in", "location", "where", "sent in")
_ELSEWHERE = re.compile(r"\b(path|query|header|url|cookie|response)s?\b", re.IGNORECASE)
_INDENT = re.compile(r"^(?:&nbsp;|&emsp;|&ensp;|[\s↳└├─│→>•·\u2013\u2014]|-(?=\W)|\\?_(?=\W))+")
_INDENT_UNIT = re.compile(r"&\w+;|\S|\s")
_MARK = re.compile(r"^(.*?\w)\s*((?:\\?[*†‡])+|\[\^\w+\]|<sup>.*</sup>|[¹²³])$")
SEARCHED = 200
"""Characters of a heading or cell that are looked at: the patterns are not linear in it."""
_NEXT_NOTE = re.compile(r"\n(?=\\?[*†‡¹²³]|<sup>|\[\^)")
_PLAIN_HEADING = frozenset(
    (
        *("request", "body", "payload", "json", "parameter", "parameters", "field", "fields", "property", "properties"),
        *("attribute", "attributes", "input", "argument", "arguments", "more", "other", "additional", "optional"),
        *("required", "common", "table", "data", "schema", "the", "of", "and", "for", "in", "not", "query", "each"),
        *("object", "array", "list", "entry", "structure", "item", "items", "inside", "every", "one", "an", "a"),
    )
)
"""Words of a heading that name no field."""
_OF_PARAMETERS = re.compile(r"\b(parameter|field|request|payload|argument|attribute|propert)", re.IGNORECASE)
_ITEM_WORDS = frozenset(("item", "items", "object", "list", "data"))
"""Those of them that a field's name may have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table by the meaning of its columns. `note` is the footnote that its requiredness points to, None
    where it points to none and empty where that footnote is not there.
    """

    path: str
    required: str
    type: str
    says: str
    where: Source
    note: str | None = None


def is_container(kind: str) -> bool:
    """Whether a type cell is that of an object or array."""
    return re.match(r"\W*(object|hash|map|dict|array|list|\w+\[\])", kind.lower()) is not None


def rows_of(tables: Iterable[Table], file: str, in_path: Collection[str], unused: list[Unused]) -> Iterator[Row]:
    """The rows of all body tables in their order. `in_path` are the names of the parameters in the endpoint's path."""
    tables = list(tables)
    reader = _Reader(file, in_path, unused, [note for table in tables for note in table.notes])
    for table in tables:
        yield from reader.rows(table)


@dataclass(slots=True)
class _Reader:
    """Reads one table after another. Mutable: knows the objects and arrays of the tables before."""

    file: str
    in_path: Collection[str]
    unused: list[Unused]
    notes: list[str]
    containers: dict[str, str] = field(default_factory=dict)
    """Path of each object (`sync`) and array (`items[]`) so far, by its path without brackets at the end."""
    is_first: bool = True

    def rows(self, table: Table) -> Iterator[Row]:
        where = Source(self.file, table.line)
        columns = _Columns.of(table.columns)
        if columns is None:
            what = f"a table under “{table.heading}” that has no columns Parameter, Required and Type"
            self.unused.append(Unused(what, where))
            return
        if (elsewhere := _ELSEWHERE.search(table.heading)) and "body" not in table.heading.lower():
            what = f"a table of {elsewhere[1].lower()} parameters; only the body is used"
            self.unused.append(Unused(what, where))
            return
        prefix = self._prefix(table)
        self.is_first = False
        if prefix is None:
            what = (
                f"a table under “{table.caption or table.heading}”, which names no object or array of a table before it"
            )
            self.unused.append(Unused(what, where, doubt=True))
            return
        yield from self._body_rows(table, columns, prefix)

    def _prefix(self, table: Table) -> str | None:
        """The path of the object or array that a table is about, empty for the body; None if that cannot be told."""
        for heading in (table.caption, table.heading):
            for name in _names_in(heading[:SEARCHED]):
                if name in self.containers:
                    return self.containers[name]
                inner = [path for path in self.containers if path.rpartition(".")[2] == name]
                if len(inner) == 1:
                    return self.containers[inner[0]]
        words = set(re.findall(r"\w+", table.heading.lower())) - _PLAIN_HEADING
        says_parameters = _OF_PARAMETERS.search(table.heading) is not None and "`" not in table.heading
        return "" if not words or (self.is_first and says_parameters) or "body" in table.heading.lower() else None

    def _body_rows(self, table: Table, columns: _Columns, prefix: str) -> Iterator[Row]:
        around: list[tuple[int, str]] = [(-1, prefix)]
        for line, cells in table.rows:
            where, row = Source(self.file, line), dict(zip(table.columns, cells, strict=False))
            depth, spelled = _indented(row[columns.name])
            while around[-1][0] >= depth:
                around.pop()
            if depth and around[-1][0] < 0:
                what = f"parameter `{spelled}`, indented below no object or array"
                self.unused.append(Unused(what, where, doubt=True))
                continue
            if self._is_elsewhere(table, row.get(columns.sent_in, ""), spelled, where):
                continue
            path = _below(around[-1][1], spelled)
            kind = "array" if path.endswith("[]") else row.get(columns.type, "")
            path = path.removesuffix("[]")
            if is_container(kind):
                inner = f"{path}[]" if re.match(r"\W*(array|list|\w+\[\])", kind.lower()) else path
                self.containers[path] = inner
                around.append((depth, inner))
            required, mark = _marked(row.get(columns.required, ""))
            note = (_note(table.notes, mark) or _note(self.notes, mark)) if mark else None
            yield Row(path, required, kind, plain(row.get(columns.says, "")), where, note)

    def _is_elsewhere(self, table: Table, sent_in: str, name: str, where: Source) -> bool:
        """Whether a row is of a parameter that is not in the body; names it."""
        place = plain(sent_in).replace("`", "").lower()
        if not place and name in self.in_path and "body" not in table.heading.lower():
            place = "path"
        if place in ("", "body", "json", "payload"):
            return False
        self.unused.append(Unused(f"parameter `{name}` of the {place}; only the body is used", where))
        return True


@dataclass(frozen=True, slots=True)
class _Columns:
    """The names of a table's columns by their meaning; empty for one that it does not have. Frozen."""

    name: str
    required: str
    type: str
    says: str
    sent_in: str

    @staticmethod
    def of(columns: Collection[str]) -> _Columns | None:
        """None for a table that is none of parameters."""
        meanings = (_NAME_COLUMNS, _REQUIRED_COLUMNS, _TYPE_COLUMNS, _SAYS_COLUMNS, _IN_COLUMNS)
        found = [next((name for name in names if name in columns), "") for names in meanings]
        found[0] = found[0] or next((name for name in columns if name.startswith(("parameter ", "field "))), "")
        return _Columns(*found) if all(found[:3]) else None


def _names_in(heading: str) -> Iterator[str]:
    """The names that a heading may give a field: in backticks, as one word, or its words joined, in plural too."""
    yield from (spelling(name).removesuffix("[]") for name in re.findall(r"`([^`]+)`", heading))
    yield from (word.removesuffix("[]") for word in re.findall(r"[\w.\[\]]*[_.\[][\w.\[\]]*", heading))
    words = re.findall(r"\w+", heading.lower())
    for dropped in (_PLAIN_HEADING, _PLAIN_HEADING - _ITEM_WORDS, frozenset[str]()):
        joined = "_".join(word for word in words if word not in dropped)
        yield from (joined, f"{joined}s") if joined else ()


def _indented(cell: str) -> tuple[int, str]:
    """How deep a name is indented by marks in its cell (0: not at all), and the name."""
    match = _INDENT.match(cell)
    rest = cell[match.end() :] if match else cell
    return (len(_INDENT_UNIT.findall(match[0])) if match else 0), spelling(rest)


def spelling(cell: str) -> str:
    """`items[0].id` and `items[*].id` are other spellings of `items[].id`."""
    return re.sub(r"\[[^\]]*\]", "[]", plain(cell).replace("`", "")).strip()


def _below(parent: str, name: str) -> str:
    """The path of a name inside its parent, unless it is a whole path already."""
    own = parent.removesuffix("[]")
    return name if not parent or name == own or name.startswith((f"{own}.", f"{own}[].")) else join_path(parent, name)


def _marked(cell: str) -> tuple[str, str]:
    """A cell without the mark of a footnote, and that mark: `Yes*`; the stars of `**Yes**` are emphasis."""
    match = _MARK.match(cell.strip()[:SEARCHED])
    if match is None or cell.strip().startswith(("*", "_*")):
        return cell, ""
    return match[1], match[2].replace("\\", "")


def _note(notes: Iterable[str], mark: str) -> str:
    """The footnote of a mark; empty if there is none."""
    bare = re.sub(r"</?sup>", "", mark)
    for text in (part.replace("\\", "").strip() for note in notes for part in _NEXT_NOTE.split(note)):
        for start in (mark, bare, f"<sup>{bare}</sup>"):
            if text.startswith(start) and not text.startswith(f"{start}*"):
                return plain(text[len(start) :].lstrip(": "))
    return ""
