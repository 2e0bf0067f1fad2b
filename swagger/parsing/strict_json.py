"""Reads files and JSON texts strictly: every error is a `ContractError` with its line.

Stricter than the library: a repeated key is refused, and file size and nesting have limits.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from swagger.contract import ContractError, Json, Source

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_SWAGGER_BYTES = 32 * 1024 * 1024


def refusal(where: Source, what: str, *, next: str) -> ContractError:
    """The error for a place in a file: `file:line: what`."""
    return ContractError(f"{where}: {what}", next=next)


def read_text(path: Path, *, max_bytes: int) -> str:
    """The file's text with `\\n` line ends and no byte order mark. ContractError if it is no readable UTF-8 text.

    Reads at most `max_bytes` + 1: the path may be a device without an end.
    """
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ContractError(f"{path}: {why}", next="name a file that can be read") from None
    if len(content) > max_bytes:
        raise ContractError(f"{path}: is larger than {max_bytes // 1024} KiB", next="name the right file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: is not UTF-8 text (byte {error.start})", next="save it as UTF-8") from None
    if "\0" in text:
        raise ContractError(f"{path}: is a binary file, not text", next="name the right file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_json(text: str, start: Source) -> Json:
    """The JSON value of a text that begins at `start`. ContractError with the line of an error."""

    def no_duplicates(pairs: list[tuple[str, Json]]) -> Json:
        members = dict(pairs)
        if len(members) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise refusal(
                start, f"the JSON object that begins here has the key {twice!r} twice", next="remove one of them"
            )
        return members

    def no_constant(name: str) -> NoReturn:
        raise refusal(start, f"{name} is not JSON", next="write a number, or null")

    try:
        value = json.loads(text, object_pairs_hook=no_duplicates, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        line = line_of(start) + error.lineno - 1
        raise refusal(
            Source(start.file, line), f"not JSON: {error.msg} (column {error.colno})", next="correct the JSON"
        ) from None
    except ValueError as error:
        raise refusal(start, f"not usable as JSON: {error}", next="correct the JSON") from None
    except RecursionError:
        raise refusal(start, "the JSON is nested too deeply", next="correct the JSON") from None
    return writable(value, start)


def writable(value: Json, where: Source, name: str = "") -> Json:
    """The value. ContractError if it cannot be sent and printed: lone surrogates, NaN, infinity, too deep nesting."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError as error:
        what = f"{name} holds a value that no JSON text can hold: {error}".lstrip()
        raise refusal(where, what, next="correct the value") from None
    except RecursionError:
        raise refusal(where, f"{name} is nested too deeply".lstrip(), next="correct the value") from None
    return value


def line_of(where: Source) -> int:
    """The line of a place, 1 if it has none."""
    return where.line or 1
