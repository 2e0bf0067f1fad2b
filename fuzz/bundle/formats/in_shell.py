"""The parts of a failure as `repro.sh` says them: bash, curl, and jq for what a body must say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import cast

from fuzz.bundle.description import Description
from fuzz.bundle.failure_json import GivenReach
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
    """The options for the headers of a step that not every step has. curl reads secret ones from a file descriptor of
    its own: its arguments can be seen by other users of the machine.
    """
    words = [f"-H {quoted(f'{name}: {value}')}" for name, value in step.headers.items()]
    common = "${headers}" if secret_headers(description) else ""
    if step.owner:
        words.insert(0, f'-H @/dev/fd/3 3<<<"{common}Authorization: {step.scheme} {_token(step, description)}"')
    elif common:
        words.insert(0, '-H @/dev/fd/3 3<<<"$headers"')
    if step.owner or step.token == "none":
        return words
    token = f" {UNKNOWN_TOKEN}" if step.token == "unknown" else ""
    return [f"-H 'Authorization: {step.scheme}{token}'", *words]


def _token(step: BundleStep, description: Description) -> str:
    """The token of a step, for use inside double quotes."""
    return token_word(*source_of(description.token(step.owner)), step.change)


def secrets(description: Description) -> list[str]:
    """The words for what is secret, whole tokens before those that are made of them."""
    steps = sorted((step for step in description.steps if step.owner), key=lambda step: step.change != "")
    words = [f'"{_token(step, description)}"' for step in steps]
    given = description.file["target"].get("headers", {}).values()
    words += [f'"{token_word("env", value["env"])}"' for value in given if not isinstance(value, str)]
    return list(dict.fromkeys(words))


def blanking(description: Description) -> str:
    """The command that blanks what is secret in the text `said`."""
    words = secrets(description)
    if len(words) == 1:
        return f"said=${{said//{words[0]}/***}}"
    return f'for secret in {" ".join(words)}; do said=${{said//"$secret"/***}}; done'


def secret_headers(description: Description) -> str:
    """The headers of every step that hold secrets, as a word that ends in a line end; empty without any."""
    given = description.file["target"].get("headers", {})
    secret = {name: value["env"] for name, value in given.items() if not isinstance(value, str)}
    return "".join(f"\"{name}: {token_word('env', variable)}\"$'\\n'" for name, variable in secret.items())


def secret_proxy(description: Description) -> str:
    """The proxy whose address is secret, as a word; empty without one."""
    proxy = description.file["target"].get("proxy")
    return "" if not proxy or isinstance(proxy, str) else given_word(proxy)


def common_options(description: Description) -> list[str]:
    """The options of curl for every step: its manner, and the way to the target with the profile's headers."""
    target = description.file["target"]
    words = [
        "-qgsS --max-time 60",
        r"-w '\n%{http_code}\n'",
        *(f"-H '{name}: {value}'" for name, value in JSON.items()),
    ]
    given = target.get("headers", {}).items()
    words += [f"-H {quoted(f'{name}: {value}')}" for name, value in given if isinstance(value, str)]
    if not target.get("proxy"):
        return [*words, "--noproxy '*'", *curl_options(target)]
    if not secret_proxy(description):
        return [*words, *curl_options(target)]
    return [*words, "--noproxy ''", *curl_options(cast(GivenReach, {**target, "proxy": None}))]


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
