"""The files that a swagger refers to by an address, taken from beside it: nothing is ever fetched.

In one repository the entity files lie near the swagger, often in `entities/`, and the last parts of the address are
those of the file's path. What is found is put into the swagger below `x-entities`, and the reference points there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from swagger.contract import Json, Source
from swagger.parsing.strict_json import MAX_SWAGGER_BYTES, parse_json, read_text, refusal
from swagger.parsing.strict_yaml import parse_yaml

NEXT = "correct the swagger, or give another one with --swagger"
ENTITIES = "x-entities"
FOLDER = "entities"
MAX_PARTS, MAX_PARENTS = 12, 3

_POINTER = re.compile(rf"/{ENTITIES}/([^/]+)(.*)", re.DOTALL)


def read_json_or_yaml(path: Path) -> Json:
    """The value of a JSON or YAML file; ContractError with the line of whatever is wrong."""
    text, start = read_text(path, max_bytes=MAX_SWAGGER_BYTES), Source(path.name, 1)
    return parse_yaml(text, start).value if path.suffix.lower() in (".yaml", ".yml") else parse_json(text, start)


def place_of(file: str, pointer: str) -> Source:
    """The place that a pointer into a swagger with its entities names: in the swagger, or in the entity's own file."""
    match = _POINTER.fullmatch(pointer)
    return Source(match[1].replace(":", "/"), pointer=match[2]) if match else Source(file, pointer=pointer)


def put_entities_in(swagger: dict[str, Json], path: Path) -> None:
    """Follows every reference that the paths of a swagger lead to, and puts the files that they name into the swagger.

    ContractError for a reference to what is not there. `path` is the swagger's.
    """
    _Follower(swagger, path).follow()


class _Follower:
    """Follows the references of one swagger. Changes it. Mutable: knows the entity files found so far."""

    def __init__(self, swagger: dict[str, Json], path: Path) -> None:
        self.swagger, self.file, self.folder = swagger, path.name, path.absolute().parent
        self.keys: dict[Path, str] = {}

    def follow(self) -> None:
        seen: set[str] = set()
        waiting: list[tuple[Json, Path]] = [(self.swagger["paths"], self.folder)]
        while waiting:
            value, folder = waiting.pop()
            inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            waiting += [(part, folder) for part in inner]
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                continue
            reference = value["$ref"] = self._inside(value["$ref"], folder)
            if reference not in seen:
                seen.add(reference)
                waiting.append((self._pointed_at(reference), self._folder_of(reference)))

    def _inside(self, reference: str, folder: Path) -> str:
        """The reference as one into the swagger. The file that it names is put there if it is not yet."""
        address, _, fragment = reference.partition("#")
        if not address:
            return reference
        found = next((path for path in _candidates(address, folder) if path.is_file()), None)
        if found is None:
            name = "/".join(_parts(address)[-1:])
            raise refusal(
                Source(self.file),
                f"refers to {reference!r}, which does not lie beside it; nothing is fetched",
                next=f"put the file as {FOLDER}/{name} beside the swagger, or bundle both into one",
            )
        if found not in self.keys:
            key = self.keys[found] = self._key(found)
            entity = _moved(read_json_or_yaml(found), f"#/{ENTITIES}/{key}")
            self.swagger.setdefault(ENTITIES, {})[key] = entity
        return f"#/{ENTITIES}/{self.keys[found]}{fragment}"

    def _key(self, found: Path) -> str:
        """The file's path from the swagger's folder, as one part of a pointer."""
        beside = found.is_relative_to(self.folder)
        parts = found.relative_to(self.folder).parts if beside else (found.parent.name, found.name)
        key = ":".join(re.sub(r"[^\w.-]", "_", part) for part in parts)
        while key in self.keys.values():
            key += "_"
        return key

    def _folder_of(self, reference: str) -> Path:
        match = _POINTER.fullmatch(reference.removeprefix("#"))
        return next((path.parent for path, key in self.keys.items() if match and key == match[1]), self.folder)

    def _pointed_at(self, reference: str) -> Json:
        """What a reference into the swagger names."""
        value: Json = self.swagger
        for part in reference.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or name not in value:
                raise refusal(Source(self.file), f"refers to {reference!r}, which is not there", next=NEXT)
            value = value[name]
        return value


def _moved(value: Json, prefix: str) -> Json:
    """The value of an entity file with its references into itself as ones into the swagger."""
    if isinstance(value, list):
        return [_moved(part, prefix) for part in value]
    if not isinstance(value, dict):
        return value
    moved = {name: _moved(part, prefix) for name, part in value.items()}
    reference = value.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        moved["$ref"] = prefix + reference.removeprefix("#")
    return moved


def _parts(address: str) -> list[str]:
    """The names in the path of an address."""
    return [part for part in unquote(urlsplit(address).path).split("/") if part not in ("", ".", "..")][-MAX_PARTS:]


def _candidates(address: str, folder: Path) -> Iterator[Path]:
    """Where the file may lie, the longest match with the address first. A name alone is looked for beside only."""
    parts = _parts(address)
    for count in range(len(parts), 0, -1):
        above = list(folder.parents)[:MAX_PARENTS] if count > 1 else []
        for base in (folder, folder / FOLDER, *above):
            yield base.joinpath(*parts[-count:])
