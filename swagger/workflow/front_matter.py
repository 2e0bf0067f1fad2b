"""Reads the front matter of a workflow document: its endpoint, tokens and swagger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from swagger.contract import Operation, Source, Unused
from swagger.parsing.markdown import front_matter_text
from swagger.parsing.strict_json import refusal
from swagger.parsing.strict_yaml import parse_yaml
from swagger.workflow.keys import KeyReader
from swagger.workflow.steps import FALLBACK_KEYS

KNOWN_KEYS = frozenset(
    (
        *("endpoint", "domain", "tags", "swagger", "status", "savedAt", "verifiedAt", "timesReused", "tokens"),
        *("useFallbackApi", "useFallback", "expectedOutcome", "skipReason", "skip_reason", "notes"),
    )
)
SKIPPED_STATUSES = ("skip", "skipped", "deprecated")
_SKIP_REASONS = ("skipReason", "skip_reason")
_ENDPOINT = re.compile(r"([A-Za-z]+)\s+(/\S*)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter says. `lines` holds the 1-based line of each of its keys, `skipped` says why the document
    is not to be run; None: it is.
    """

    file: str
    endpoint: Operation | None
    swagger: str | None
    tokens: tuple[str, ...]
    skipped: str | None
    lines: Mapping[str, int]

    def where(self, key: str) -> Source:
        """The place of a key; the first line of the document if the key is missing."""
        return Source(self.file, self.lines.get(key, 1))

    def unused(self) -> list[Unused]:
        """The unknown keys."""
        return [Unused(f"front matter key `{key}`", self.where(key)) for key in self.lines if key not in KNOWN_KEYS]


def read_front_matter(text: str, file: str) -> FrontMatter:
    """The front matter of a document; without endpoint and tokens if the document has none."""
    start = Source(file, 2)
    located = parse_yaml(front_matter_text(text) or "", start)
    values = {} if located.value is None else located.value
    if not isinstance(values, dict):
        raise refusal(start, "the front matter is not a mapping of keys", next="write it as `key: value` lines")
    keys = KeyReader(values, file, located.lines)
    lines = {str(path[0]): line for path, line in located.lines.items() if len(path) == 1}
    swagger = keys.text("swagger") or None
    return FrontMatter(file, _endpoint(keys), swagger, _tokens(keys), _skipped(keys), lines)


def _skipped(keys: KeyReader) -> str | None:
    """Why a document is to be left out, by its reason or its status, with the line where that stands."""
    for key in _SKIP_REASONS:
        if reason := keys.values.get(key):
            return f"{keys.where(key)}: {key}: {' '.join(str(reason).split())}"
    status = keys.values.get("status")
    return f"{keys.where('status')}: status {status}" if status in SKIPPED_STATUSES else None


def _endpoint(keys: KeyReader) -> Operation | None:
    written = keys.text("endpoint").strip()
    if not written:
        return None
    match = _ENDPOINT.fullmatch(written)
    if match is None:
        raise keys.refusal("endpoint", f"is {written!r}", next='write it as "PUT /full/path"')
    name = match[2].rstrip("/").rpartition("/")[2]
    return Operation(name, match[1].upper(), match[2], any(keys.flag(key) for key in FALLBACK_KEYS))


def _tokens(keys: KeyReader) -> tuple[str, ...]:
    value = keys.values.get("tokens")
    words = value if isinstance(value, list) else [] if value is None else [value]
    if all(isinstance(word, str) and word for word in words):
        return tuple(words)
    raise keys.refusal("tokens", f"is {value!r}", next="write it as a list of words: [staff]")
