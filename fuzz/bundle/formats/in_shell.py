"""The parts of a failure as `repro.sh` says them: bash, curl, and jq for what a body must say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from fuzz.bundle.description import Description
from fuzz.bundle.promises import Field, Path, Promise, fields_by_kind
from fuzz.bundle.shell import curl_options, given_word, quoted, source_of, token_word
from fuzz.bundle.steps import UNKNOWN_TOKEN, BundleStep
from fuzz.bundle.texts import broken, filled, pieces, variable
from swagger.contract import Json

WIDTH = 155
"""Characters of a body's line. The body of a plain call has two."""

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
"""The headers of every step."""

_KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def url(step: BundleStep, description: Description) -> str:
    """`"$fallback/business/scheduling/v1/…"`."""
    gateway = "fallback" if step.fallback else "base"
    return f'"${gateway}{_expanded(step.path, description.variables, inside=chr(34))}"'


def headers(step: BundleStep, description: Description) -> list[str]:
    """The options for the headers of a step that not every step has."""
    words = [f"-H {quoted(f'{name}: {value}')}" for name, value in step.headers.items()]
    if step.owner:
        token = token_word(*source_of(description.token(step.owner)), step.change)
        return [f'-H "Authorization: {step.scheme} {token}"', *words]
    if step.token == "none":
        return words
    token = f" {UNKNOWN_TOKEN}" if step.token == "unknown" else ""
    return [f"-H 'Authorization: {step.scheme}{token}'", *words]


def common_options(description: Description) -> list[str]:
    """The options of curl for every step: its manner, and the way to the target with the profile's headers."""
    target = description.file["target"]
    words = [
        "-qgsS --max-time 60",
        r"-w '\n%{http_code}\n'",
        *(f"-H '{name}: {value}'" for name, value in JSON.items()),
    ]
    words += [f"-H {given_word(given, f'{name}: ')}" for name, given in target.get("headers", {}).items()]
    return [*words, *curl_options(target)] if target.get("proxy") else [*words, "--noproxy '*'", *curl_options(target)]


def body_lines(step: BundleStep, description: Description) -> list[str]:
    """A JSON body as lines of a here-document, whose ends curl leaves out."""
    names = [variable(name) for name in description.variables]
    return [_expanded(line, names) for line in broken(filled(step.body, description.variables), WIDTH)]


def body_word(step: BundleStep, description: Description) -> str:
    """A body that is no plain JSON, as one shell word."""
    cut = pieces(step.body, description.variables)
    words = [f'"${variable(piece.text)}"' if piece.is_variable else quoted(piece.text) for piece in cut]
    return "".join(words) or "''"


def _expanded(text: str, names: Sequence[str], *, inside: str = "") -> str:
    """A text for a place where bash expands variables. `inside`: the quotes around it."""
    found = ""
    for piece in pieces(text, names):
        if piece.is_variable:
            found += f"${{{variable(piece.text)}}}"
        else:
            found += re.sub(rf"[\\$`{inside}]", r"\\\g<0>", piece.text)
    return re.sub(r"(?<!\\)\$\{(\w+)\}(?!\w)", r"$\1", found)


def is_one_of(promises: Sequence[Promise]) -> str:
    """What stands behind the status of an answer in a test of bash: `== 422`, `=~ ^(200|204)$`."""
    found = list(dict.fromkeys(each for promise in promises for each in promise.statuses))
    if len(found) == 1:
        return f"== {found[0].replace('x', '?')}"
    return f"=~ ^({'|'.join(found).replace('x', '.')})$"


def passes(promises: Sequence[Promise]) -> str:
    """The condition for an answer that is of one of these kinds, in lines."""
    kinds = [" && ".join([f"[[ $(status) {is_one_of((each,))} ]]", *tests(each)]) for each in promises]
    return kinds[0] if len(kinds) == 1 else "{ " + " ||\n  ".join(f"{{ {kind}; }}" for kind in kinds) + "; }"


def needs_jq(promises: Sequence[Promise]) -> bool:
    """Whether the body of one of these answers must be read."""
    return any(map(json_test, promises))


def tests(promise: Promise) -> Iterator[str]:
    """The tests of an answer with a promised status."""
    in_json = json_test(promise)
    if in_json:
        yield f"says {quoted(in_json)}"
    yield from (f'grep -qF {quoted(text)} "$answer"' for text in promise.words)
    yield from (f'! grep -qF {quoted(text)} "$answer"' for text in promise.never)


def json_test(promise: Promise) -> str:
    """What the body of an answer must say, as jq tests it; empty if it may say anything."""
    found = [
        f"[.{_dotted(path)}[] | [{', '.join(f'.{_dotted((key,))}' for key in keys)}]]" if keys else f".{_dotted(path)}"
        for path, _, keys in promise.values
    ]
    equal = f"[{', '.join(found)}] == {_spelled([value for _, value, _ in promise.values])}" if found else ""
    there = [f'(.{_dotted(path)} // "") != ""' for path in promise.there]
    return " and ".join(filter(None, (equal, *there, _record_test(promise.record))))


def _record_test(fields: Sequence[Field]) -> str:
    """What a record, or what stands under `data`, must be, as jq tests it."""
    if not fields:
        return ""
    tests = [f"{_spelled([key for key, _ in fields])} - keys == []"]
    for kind, keys in fields_by_kind(fields).items():
        found = [f".{_dotted((key,))}" for key in keys]
        if kind in ("true", "false"):
            tests += [f"{each} == {kind}" for each in found]
        else:
            tests.append(f'([{", ".join(found)}] | all(. == null or type == "{kind}"))')
    return f"any(., .data | objects; {' and '.join(tests)})"


def _dotted(path: Path) -> str:
    """`errors[0].code`."""
    keys = (
        f"[{key}]" if isinstance(key, int) else f".{key}" if _KEY.fullmatch(key) else f"[{_spelled(key)}]"
        for key in path
    )
    return "".join(keys).removeprefix(".")


def _spelled(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
