"""Reads parameter tables: each row becomes a field rule.

It knows the grammar of such tables (any order of columns, lists of values, the wording of alternatives), but no names
of fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from swagger.contract import FieldRule, Source, Unused, join_path
from swagger.parsing.markdown import Table, plain

SEARCHED = 2000
"""Maximum characters searched for values and alternatives in a description: the patterns are not linear."""

_NAME_COLUMNS = ("parameter", "field", "name", "property")
_ELSEWHERE = re.compile(r"\b(path|query|header|url|cookie|response)s?\b", re.IGNORECASE)
_YES = frozenset(("yes", "y", "true", "required", "✓", "✔", "✅", "mandatory", "always"))
_NO = frozenset(("no", "n", "false", "optional", "-", "\u2013", "\u2014", "", "✗", "❌"))
_TYPES = {
    **dict.fromkeys(
        ("string", "str", "text", "uuid", "email", "url", "date", "datetime", "timestamp", "enum"), "string"
    ),
    **dict.fromkeys(("integer", "int", "long"), "integer"),
    **dict.fromkeys(("number", "float", "double", "decimal"), "number"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("object", "hash", "map", "dict"), "object"),
    **dict.fromkeys(("array", "list"), "array"),
}
_DATE_TIME = re.compile(r"\b(ISO[\s-]?8601|RFC[\s-]?3339|date-?time)\b", re.IGNORECASE)

_QUOTED = r"(?:\"[^\"\n]+\"|“[^”\n]+”|(?<!\w)'[^'\n]+'(?!\w)|`\"?[^`\n]+`)"
_LIST = re.compile(rf"{_QUOTED}(?:\s*\([^)]*\))?(?:(?:\s*[,;/|]\s*|\s+)(?:or\s+|and\s+)?{_QUOTED}(?:\s*\([^)]*\))?)*")
_VALUE = re.compile(_QUOTED)
_INTRODUCED = re.compile(
    r"(:|\b(one of|either|values?( are| is)?|options?( are)?|must be|can be|enum|allowed))[\s(]*$", re.I
)
_AN_EXAMPLE = re.compile(
    r"(\be\.g\.?|\bi\.e\.?|\bfor (example|instance)|\bsuch as|\bexamples?|\bdefaults?( to| is)?|\blike)[\s:,(]*$", re.I
)
_ONE_OF = re.compile(r"\b(one of|either|values?( are| is)?|options?( are)?|enum|allowed)[\s:(]*$", re.I)

_NAME = r"`([A-Za-z_][\w.\[\]-]*)`"
_VERBS = r"(?:use|using|send|pass|provide|supply|give|set)"
_ALTERNATIVES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\balternative(?:ly)?\b(?!\s+(?:to|for)\b)[^.`]*{_NAME}",
        rf"\b{_VERBS}\b[^.`]*{_NAME}[^.`]*\binstead\b(?!\s+of)",
        rf"\binstead\b(?!\s+of)[^.`]*\b{_VERBS}\b[^.`]*{_NAME}",
        rf"{_NAME}[^.`]*\b(?:instead|in its place|in place of (?:it|this)|as an alternative)\b(?!\s+of)",
        rf"(?<!`)(?<!` )\bor\b(?:\s+(?:just|only|else|{_VERBS}|a|an|the|single|one))*\s+{_NAME}",
    )
)
_ALTERNATIVE_OF = re.compile(
    rf"\b(?:instead of|alternative (?:to|for)|in place of|replaces)\s+(?:the\s+)?{_NAME}", re.I
)


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one row, by the meaning of their columns."""

    path: str
    required: str
    type: str
    says: str
    where: Source


def read_rules(tables: Iterable[Table], file: str) -> tuple[list[FieldRule], list[Unused]]:
    """The field rules of all body tables in their order, and the tables and rows that are not used."""
    unused: list[Unused] = []
    rows: dict[str, _Row] = {}
    for table in tables:
        for row in _body_rows(table, file, unused):
            if row.path in rows:
                unused.append(Unused(f"parameter `{row.path}`, described before in {rows[row.path].where}", row.where))
            else:
                rows[row.path] = row
    rules = [rule for row in rows.values() if (rule := _rule(row, rows, unused)) is not None]
    return _with_parents(_with_reverse_alternatives(rules)), unused


def _body_rows(table: Table, file: str, unused: list[Unused]) -> Iterable[_Row]:
    where = Source(file, table.line)
    name = next((column for column in _NAME_COLUMNS if column in table.columns), None)
    if name is None or "required" not in table.columns or "type" not in table.columns:
        unused.append(
            Unused(f"a table under “{table.heading}” that has no columns Parameter, Required and Type", where)
        )
        return
    if (elsewhere := _ELSEWHERE.search(table.heading)) and "body" not in table.heading.lower():
        unused.append(Unused(f"a table of {elsewhere[1].lower()} parameters; only the body is used", where))
        return
    for line, cells in table.rows:
        row = dict(zip(table.columns, cells, strict=False))
        spelled = _path(row[name])
        kind = "array" if spelled.endswith("[]") else row["type"]
        path = spelled.removesuffix("[]")
        yield _Row(path, row["required"], kind, plain(row.get("description", "")), Source(file, line))


def _path(cell: str) -> str:
    """The path in a cell; `items[0].id` and `items[*].id` become `items[].id`."""
    return re.sub(r"\[[^\]]*\]", "[]", plain(cell).replace("`", "")).strip()


def _rule(row: _Row, rows: Iterable[str], unused: list[Unused]) -> FieldRule | None:
    kind = _type(row.type)
    if kind is None or not re.fullmatch(r"[^\s.\[\]]+(\[\])?(\.[^\s.\[\]]+(\[\])?)*", row.path):
        what = (
            f"parameter `{row.path}` of type {row.type!r}, which is no JSON type"
            if kind is None
            else "a row without a name"
        )
        unused.append(Unused(what, row.where))
        return None
    return FieldRule(
        path=row.path,
        type=kind,
        required=_required(row, unused),
        says=row.says,
        where=row.where,
        format="date-time" if kind == "string" and _DATE_TIME.search(f"{row.type} {row.says}") else None,
        listed=_listed(row.says[:SEARCHED]) or _listed(row.type[:SEARCHED]),
        alternative=_alternative(row, rows),
    )


def _required(row: _Row, unused: list[Unused]) -> bool:
    word = plain(row.required).replace("`", "").lower()
    if word not in _YES | _NO:
        unused.append(Unused(f"parameter `{row.path}` is required {word!r}: taken for optional", row.where))
    return word in _YES


def _type(cell: str) -> str | None:
    """The JSON type that a cell begins with. `string[]`, `array of strings` and `array[string]` are arrays."""
    text = plain(cell).replace("`", "").lower()
    if re.match(r"\w+\[\]", text):
        return "array"
    word = re.match(r"[a-z]+", text.replace("date-time", "datetime"))
    return _TYPES.get(word[0]) if word else None


def _listed(text: str) -> tuple[str, ...]:
    """The first list of values: quoted after a colon, several quoted in a row, or backticked after "one of"."""
    for match in _LIST.finditer(text):
        before = text[: match.start()]
        values = tuple(value.strip("`").strip("\"“”'") for value in _VALUE.findall(match[0]))
        if _AN_EXAMPLE.search(before):
            continue
        if match[0].startswith("`") and not _ONE_OF.search(before):
            continue
        if len(values) > 1 or _INTRODUCED.search(before):
            return tuple(dict.fromkeys(values))
    return ()


def _alternative(row: _Row, rows: Iterable[str]) -> str | None:
    """The field at the same level that may be sent instead, as the row says; None if it says nothing of the kind."""
    strong = len(_ALTERNATIVES) - 1
    for index, pattern in enumerate(_ALTERNATIVES):
        for match in pattern.finditer(row.says[:SEARCHED]):
            name = _sibling(match[1], row.path)
            known = name is not None and _beside(row.path, name) in rows
            if name is not None and (index < strong or not known):
                return name
    return None


def _sibling(named: str, path: str) -> str | None:
    """The last word of a name, if the name can mean another field at the level of `path`."""
    parent, _, own = path.rpartition(".")
    above, _, name = _path(named).rpartition(".")
    return name if name != own and above in ("", parent) else None


def _beside(path: str, name: str) -> str:
    return join_path(path.rpartition(".")[0], name)


def _with_reverse_alternatives(rules: list[FieldRule]) -> list[FieldRule]:
    """The rules with the alternatives that are documented in reverse: `single` says "instead of `many`"."""
    named: dict[str, str] = {}
    for rule in rules:
        if match := _ALTERNATIVE_OF.search(rule.says[:SEARCHED]):
            named.setdefault(_beside(rule.path, match[1]), rule.name)
    return [
        replace(rule, alternative=named[rule.path]) if rule.alternative is None and rule.path in named else rule
        for rule in rules
    ]


def _with_parents(rules: list[FieldRule]) -> list[FieldRule]:
    """The rules with those of missing parents: `a.b` implies that `a` is an object, `a[].b` that it is an array."""
    known = {rule.path for rule in rules}
    whole: list[FieldRule] = []
    for rule in rules:
        for parent in _parents(rule.path):
            path = parent.removesuffix("[]")
            if path not in known:
                known.add(path)
                kind = "array" if parent.endswith("[]") else "object"
                whole.append(FieldRule(path, kind, required=False, says=f"holds `{rule.path}`", where=rule.where))
        whole.append(rule)
    return whole


def _parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
