"""Reads and writes the YAML files of users: target profile, baseline, pinned observations.

Every error is a UsageError of one form: the kind of file, `file:line: field`, what is wrong, what to do next.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from fuzz.errors import UsageError
from fuzz.target.field_errors import field_error
from swagger.contract import ContractError, Source
from swagger.parsing.strict_json import read_text
from swagger.parsing.strict_yaml import FieldPath, LocatedYaml, dotted, parse_yaml

VERSION = 1
MAX_BYTES = 1024 * 1024
WIDTH = 100
LONG = 80
"""Columns of a line, and characters of a text that is written in lines of its own."""

_Model = TypeVar("_Model", bound=BaseModel)


def _known_version(version: int) -> int:
    if version != VERSION:
        raise PydanticCustomError("other_version", "{version} is not {known}", {"version": version, "known": VERSION})
    return version


class VersionedFile(BaseModel):
    """A file whose format has a version. Frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Annotated[int, AfterValidator(_known_version)]


@dataclass(frozen=True, slots=True)
class UserFile(Generic[_Model]):
    """A file as read: its checked value, and the line of every field. Frozen."""

    kind: str
    name: str
    value: _Model
    located: LocatedYaml

    def refusal(self, field: FieldPath, says: str, *, next: str) -> UsageError:
        """The error for a field: `target profile p.yaml:7: staff[0].token says`."""
        return _refusal(self.kind, self.name, self.located, field, f" {says}", next)


def read_user_file(path: Path, model: type[_Model], *, kind: str, advice: str) -> UserFile[_Model]:
    """Reads and checks a file. UsageError if it cannot be used; `advice` says what to do about a wrong value."""
    with told_to_the_user(f"{kind} "):
        located = parse_yaml(read_text(path, max_bytes=MAX_BYTES), Source(path.name, 1))
    return check_user_file(located, path.name, model, kind=kind, advice=advice)


def check_user_file(
    located: LocatedYaml, name: str, model: type[_Model], *, kind: str, advice: str
) -> UserFile[_Model]:
    """What a file called `name` holds, checked. UsageError as for reading it."""
    if not isinstance(located.value, dict):
        raise UsageError(f"{kind} {name}:1: is not a mapping", next=advice)
    try:
        return UserFile(kind, name, model.model_validate(located.value), located)
    except ValidationError as error:
        wrong = field_error(error, model, located.value, kind)
    raise _refusal(kind, name, located, wrong.field, wrong.says, wrong.next or advice)


def _refusal(kind: str, name: str, located: LocatedYaml, field: FieldPath, says: str, next_step: str) -> UsageError:
    what = f"{dotted(field)}{says}" if field else f"the {kind}{says}"
    return UsageError(f"{kind} {name}:{located.line_of(field)}: {what}", next=next_step)


class _Readable(yaml.SafeDumper):
    """Writes a file as a person would: no anchors, and a long text in lines below its key."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: _Readable, text: str) -> yaml.Node:
    is_long = len(text) > LONG and text == " ".join(text.split()) and text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">" if is_long else None)


_Readable.add_representer(str, _text)


def as_yaml(data: Mapping[str, Any]) -> str:
    """The text of a file. Its mappings keep their order."""
    return yaml.dump(dict(data), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=WIDTH)


def write_user_file(path: Path, data: Mapping[str, Any], *, kind: str) -> None:
    """Writes a file, whole or not at all. UsageError if that fails."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(as_yaml(data), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise _not_writable(kind, path, error) from None


def check_writable(path: Path, *, kind: str) -> None:
    """UsageError if a file cannot be written, before hours are spent on what it is to hold."""
    part = path.parent / f".{path.name}.part"
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        part.touch()
        part.unlink()
    except OSError as error:
        raise _not_writable(kind, path, error) from None


def _not_writable(kind: str, path: Path, error: OSError) -> UsageError:
    return UsageError(f"{kind} {path}: {error.strerror}", next="name a file that can be written")


@contextmanager
def told_to_the_user(prefix: str = "") -> Iterator[None]:
    """Turns errors of reading a document or a file, raised in the block, into a UsageError."""
    try:
        yield
    except ContractError as error:
        raise UsageError(f"{prefix}{error.what}", next=error.next) from None
