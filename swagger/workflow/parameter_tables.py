"""Reads parameter tables: each row becomes a field rule.

It knows the grammar of such tables (any order of columns, lists of values, the wording of alternatives), but no names
of fields.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from swagger.contract import FieldRule, Unused, join_path
from swagger.parsing.markdown import Table, plain
from swagger.workflow.parameter_rows import Row, rows_of, spelling

SEARCHED = 2000
"""Maximum characters searched for values and alternatives in a description: the patterns are not linear."""

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
_CONDITION = re.compile(
    r"\b(if|when|unless|except|only|either|one of|or|optional|not required|depend\w*|condition\w*|without)\b",
    re.IGNORECASE,
)
_UNION = re.compile(r"\s*(?:\||/|\bor\b)\s*")
_NEXT_TYPE = r"(?:\||/|\bor\b)\s*(?:null|string|object|array|number|integer|boolean|list)\b"
_DETAIL = re.compile(rf"\([^)]*\)|<[^>]*>|\"[^\"]*\"|'[^']*'|\bof\b.*?(?={_NEXT_TYPE}|$)")
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


def read_rules(
    tables: Iterable[Table], file: str, in_path: Collection[str] = ()
) -> tuple[list[FieldRule], list[Unused]]:
    """The field rules of all body tables merged, in their order, and the tables and rows that are none.

    `in_path` are the names of the parameters in the endpoint's path.
    """
    unused: list[Unused] = []
    rows: dict[str, Row] = {}
    for row in rows_of(tables, file, in_path, unused):
        if row.path in rows:
            unused.append(Unused(f"parameter `{row.path}`, described before in {rows[row.path].where}", row.where))
        else:
            rows[row.path] = row
    rules = [rule for row in rows.values() if (rule := _rule(row, rows, unused)) is not None]
    return _with_parents(_with_reverse_alternatives(rules)), unused


def _rule(row: Row, rows: Iterable[str], unused: list[Unused]) -> FieldRule | None:
    if not re.fullmatch(r"[^\s.\[\]&]+(\[\])?(\.[^\s.\[\]&]+(\[\])?)*", row.path):
        named = f"a row whose name is {row.path!r}" if row.path else "a row without a name"
        unused.append(Unused(named, row.where))
        return None
    types = _types(row.type)
    if not types:
        what = f"parameter `{row.path}` of type {row.type!r}, which is no JSON type"
        unused.append(Unused(what, row.where, doubt=_required(row, None, [])))
        return None
    row = replace(row, says=f"{row.says} ({row.note})".strip()) if row.note else row
    alternative = _alternative(row, rows)
    required = _required(row, alternative, unused)
    kind = _one_type(row, types, required, unused)
    return FieldRule(
        path=row.path,
        type=kind,
        required=required,
        says=row.says,
        where=row.where,
        format="date-time" if kind == "string" and _DATE_TIME.search(f"{row.type} {row.says}") else None,
        listed=_listed(row.says[:SEARCHED]) or _listed(row.type[:SEARCHED]),
        alternative=alternative,
    )


def _required(row: Row, alternative: str | None, unused: list[Unused]) -> bool:
    """Whether the field must be there. A condition that is no alternative is a doubt: it can be judged neither way."""
    word = plain(row.required).replace("`", "").lower()
    doubt = ""
    if word not in _YES | _NO:
        doubt = f"parameter `{row.path}` is required {word!r}, which is neither yes nor no"
    elif row.note == "":
        doubt = f"parameter `{row.path}` is required {word!r} with the mark of a footnote that is not there"
    elif row.note and alternative is None and _CONDITION.search(row.note):
        doubt = f"parameter `{row.path}` is required {word!r} on a condition: “{row.note}”"
    if doubt:
        unused.append(Unused(doubt, row.where, doubt=True))
    return word in _YES


def _types(cell: str) -> tuple[str, ...]:
    """The JSON types that a cell names, `null` among them, each once; none if it begins with another word.

    `string[]` is an array, as are `array of strings` and `array[string]`. What stands in brackets or quotes says more
    about a type and is none.
    """
    text = _DETAIL.sub(" ", plain(cell)[:SEARCHED].replace("`", "").lower().replace("date-time", "datetime"))
    first, *others = _UNION.split(text)
    if re.match(r"\W*enum\b", first):
        return ("string",)
    types = [_type(first), *(_type(other) for other in others if other.strip())]
    return tuple(dict.fromkeys(kind or "" for kind in types)) if types[0] else ()


def _type(text: str) -> str | None:
    if re.match(r"\s*\w+\s*\[", text):
        return "array"
    word = re.match(r"\s*([a-z]+)", text)
    return {**_TYPES, "null": "null", "nil": "null", "none": "null"}.get(word[1]) if word else None


def _one_type(row: Row, types: tuple[str, ...], required: bool, unused: list[Unused]) -> str:
    """The one type that a field is judged by. Null beside it is unspecified anyhow where the field may be left out."""
    kinds = [kind for kind in types if kind != "null"]
    if {"integer", "number"} == set(kinds):
        kinds = ["number"]
    if len(kinds) != 1 or ("null" in types and required):
        what = f"parameter `{row.path}` of more types than one, {row.type!r}"
        unused.append(Unused(what, row.where, doubt=True))
    return kinds[0] if kinds and kinds[0] else "string"


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


def _alternative(row: Row, rows: Iterable[str]) -> str | None:
    """The field at the same level that the row says may be sent instead."""
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
    above, _, name = spelling(named).rpartition(".")
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
