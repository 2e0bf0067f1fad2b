"""The front matter of a workflow document: which endpoint it is about, with which tokens, beside which swagger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from swagger.contract import Json, Operation, Source, Unused
from swagger.markdown import front_matter_text
from swagger.reading import parse_yaml, refusal

KNOWN_KEYS = frozenset(
    (
        *("endpoint", "domain", "tags", "swagger", "status", "savedAt", "verifiedAt", "timesReused", "tokens"),
        *("useFallbackApi", "expectedOutcome", "skipReason", "notes"),
    )
)
_ENDPOINT = re.compile(r"([A-Za-z]+)\s+(/\S*)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter says; `lines` holds the 1-based line of each of its keys."""

    file: str
    endpoint: Operation | None
    swagger: str | None
    tokens: tuple[str, ...]
    lines: Mapping[str, int]

    def where(self, key: str) -> Source:
        """Where that key stands; the first line of the document if nowhere."""
        return Source(self.file, self.lines.get(key, 1))

    def unused(self) -> list[Unused]:
        return [Unused(f"front matter key `{key}`", self.where(key)) for key in self.lines if key not in KNOWN_KEYS]


def read_front_matter(text: str, file: str) -> FrontMatter:
    """The front matter of a document; one without any has neither endpoint nor tokens."""
    block = front_matter_text(text)
    located = parse_yaml(block or "", Source(file, 2))
    values = {} if located.value is None else located.value
    if not isinstance(values, dict):
        raise refusal(
            Source(file, 2), "the front matter is not a mapping of keys", next="write it as `key: value` lines"
        )
    lines = {str(path[0]): line for path, line in located.lines.items() if len(path) == 1}
    reader = _Reader(values, FrontMatter(file, None, None, (), lines))
    return FrontMatter(file, reader.endpoint(), reader.text("swagger"), reader.tokens(), lines)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads single keys; `at` knows their lines."""

    values: Mapping[str, Json]
    at: FrontMatter

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        raise refusal(self.at.where(key), f"`{key}` is not text", next="quote it")

    def endpoint(self) -> Operation | None:
        written = self.text("endpoint")
        if written is None:
            return None
        match = _ENDPOINT.fullmatch(written.strip())
        if match is None:
            raise refusal(self.at.where("endpoint"), f"`endpoint` is {written!r}", next='write it as "PUT /full/path"')
        name = match[2].rstrip("/").rpartition("/")[2]
        return Operation(name, match[1].upper(), match[2], self.use_fallback())

    def use_fallback(self) -> bool:
        value = self.values.get("useFallbackApi")
        if value is None or isinstance(value, bool):
            return bool(value)
        raise refusal(self.at.where("useFallbackApi"), f"`useFallbackApi` is {value!r}", next="write true or false")

    def tokens(self) -> tuple[str, ...]:
        value = self.values.get("tokens")
        words = value if isinstance(value, list) else [] if value is None else [value]
        if all(isinstance(word, str) and word for word in words):
            return tuple(words)
        raise refusal(self.at.where("tokens"), f"`tokens` is {value!r}", next="write it as a list of words: [staff]")
