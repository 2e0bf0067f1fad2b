"""Performs a file in that part of Hurl's grammar which bundles use, for machines without Hurl."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from jsonpath_ng import parse

_ENTRY = re.compile(
    r"(?P<method>[A-Z]+) (?P<url>\{\{\w+\}\}\S*)\n(?P<headers>(?:[\w-]+:.*\n)*)(?P<body>(?:.*\n)*?)"
    r"HTTP (?P<status>\d+|\*)\n(?:\[Captures\]\n(?P<captures>(?:\w+: .*\n)*))?"
    r"(?:\[Asserts\]\n(?P<asserts>(?:(?:status|body|jsonpath) .*\n)*))?"
)
_CAPTURE = re.compile(r'(\w+): jsonpath "([^"]*)"')
_ASSERT = re.compile(r'(status|body|jsonpath "([^"]*)")( count)? (not contains|contains|exists|==|>=|<) ?(.*)')
_TESTS = {
    "contains": lambda found, value: value in found,
    "not contains": lambda found, value: value not in found,
    "exists": lambda found, _: found is not None,
    "==": lambda found, value: (type(found), found) == (type(value), value),
    ">=": lambda found, value: found >= value,
    "<": lambda found, value: found < value,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, and what is said of its answer. Frozen."""

    method: str
    url: str
    headers: str
    body: str
    status: str
    captures: str | None
    asserts: str | None


def entries(text: str) -> list[Entry]:
    """The entries of a file. ValueError for lines that belong to none."""
    text = re.sub(r"^(#.*)?\n", "", text, flags=re.MULTILINE)
    found = list(_ENTRY.finditer(text))
    if text != "".join(entry[0] for entry in found):
        raise ValueError("a line belongs to no entry")
    return [Entry(**entry.groupdict()) for entry in found]


def failing_line(text: str, variables: Mapping[str, str]) -> str:
    """The first line of a file that is not true of the answers; empty if all are."""
    known = dict(variables)
    for entry in entries(text):
        lines = _filled(entry.headers, known).splitlines()
        headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = _filled(entry.body, known).removesuffix("\n")
        url = _filled(entry.url, known)
        answer = httpx.request(entry.method, url, headers=headers, content=body, trust_env=False)
        if entry.status not in ("*", str(answer.status_code)):
            return f"HTTP {entry.status}"
        for name, path in _CAPTURE.findall(entry.captures or ""):
            known[name] = str(_at(path, answer))
        wrong = next(_wrong(entry.asserts or "", answer), "")
        if wrong:
            return wrong
    return ""


def _filled(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: known[found[1]], text)


def _wrong(asserts: str, answer: httpx.Response) -> Iterator[str]:
    for line in asserts.splitlines():
        matched = _ASSERT.fullmatch(line)
        assert matched is not None, line
        what, path, count, test, value = matched.groups()
        found = {"status": answer.status_code, "body": answer.text}.get(what) or _at(path, answer)
        if not _TESTS[test](len(found) if count else found, json.loads(value or "null")):
            yield line


def _at(path: str, answer: httpx.Response) -> Any:
    try:
        matches = parse(path).find(answer.json())
    except ValueError:
        return None
    return matches[0].value if matches else None
