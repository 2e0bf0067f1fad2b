"""Reads `calfuzz.toml`: options for all commands at the top, for one command in a table of its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fuzz.commands.command_line.sections import name_of
from fuzz.errors import UsageError

NAME = "calfuzz.toml"
MOST_BYTES = 1_000_000


def read_settings(path: Path, commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """The options of each command by parameter; nothing if there is no such file. UsageError for one that no command
    has, and for a file that cannot be read.
    """
    if not path.is_file():
        return {}
    text = _text_of(path)
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path.name}: is not TOML: {error}", next="correct it") from None
    file = _SettingsFile(path.name, text, {name: _options_of(command) for name, command in commands.items()})
    return file.read(given)


@dataclass(frozen=True, slots=True)
class _SettingsFile:
    """A settings file. `options`: those of each command by name, without dashes in front. Frozen."""

    name: str
    text: str
    options: Mapping[str, Mapping[str, click.Option]]

    def read(self, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The values of each command by parameter. A table goes before what stands at the top."""
        found: dict[str, dict[str, Any]] = {command: {} for command in self.options}
        for key, value in given.items():
            takers = [command for command, options in self.options.items() if key in options]
            if not isinstance(value, dict) and not takers:
                raise self._refusal(key, "is not an option or a command")
            for command in takers if not isinstance(value, dict) else ():
                self._put(found[command], self.options[command][key], key, value)
        for command, table in given.items():
            if isinstance(table, dict):
                self._read_table(command, table, found)
        return found

    def _read_table(self, command: str, table: Mapping[str, Any], found: dict[str, dict[str, Any]]) -> None:
        if command not in self.options:
            raise self._refusal(command, "is not a command")
        for key, value in table.items():
            if key not in self.options[command]:
                raise self._refusal(key, f"is not an option of {command}")
            self._put(found[command], self.options[command][key], key, value)

    def _put(self, values: dict[str, Any], option: click.Option, key: str, value: Any) -> None:
        fits = isinstance(value, bool) if option.is_flag else isinstance(value, str | int | float)
        if option.multiple:
            fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not fits:
            kind = "a list of texts" if option.multiple else "true or false" if option.is_flag else "one value"
            raise self._refusal(key, f"is not {kind}")
        values[str(option.name)] = value

    def _refusal(self, key: str, says: str) -> UsageError:
        """The error for a key, with its line."""
        begin = re.search(rf"^\s*\[?\s*[\"']?{re.escape(key)}\b", self.text, re.MULTILINE)
        line = self.text.count("\n", 0, begin.end()) + 1 if begin else 1
        return UsageError(f"{self.name}:{line}: {key!r} {says}", next="calfuzz COMMAND --help lists the options")


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path.name}: is larger than {MOST_BYTES} bytes", next="shorten it")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise UsageError(f"{path.name}: {why}", next="correct it") from None


def _options_of(command: click.Command) -> dict[str, click.Option]:
    """The options of a command by their names without dashes in front: `max-time`."""
    return {name_of(param).lstrip("-"): param for param in command.params if isinstance(param, click.Option)}
