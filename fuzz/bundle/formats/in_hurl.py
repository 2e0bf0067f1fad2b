"""The parts of a failure as `failure.hurl` says them. Hurl knows no `or`, and cannot change a token."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from fuzz.bundle.description import Description
from fuzz.bundle.promises import Path, Promise
from fuzz.bundle.shell import curl_options, source_of, token_word
from fuzz.bundle.steps import UNKNOWN_TOKEN, BundleStep
from fuzz.bundle.texts import broken, filled
from swagger.contract import Json

WIDTH = 116


def can_say(description: Description) -> bool:
    """Whether Hurl can say the failure: nothing depends on chance, on `or`, or on how a body is spelled."""
    steps = description.steps
    kinds = [*(step.needed for step in steps[:-1]), steps[-1].passing]
    return (
        not (description.beyond_scripts or description.doubt)
        and all(not step.change and (description.is_plain(step) or not step.body) for step in steps)
        and all(len(promises) == 1 and _status(promises[0]) is not None for promises in kinds)
        and not any(promise.record for promise in steps[-1].passing)
    )


def body_lines(step: BundleStep, description: Description) -> list[str]:
    """A JSON body in lines."""
    return broken(filled(step.body, description.variables), WIDTH)


def headers(step: BundleStep, description: Description) -> Iterator[str]:
    """The lines of a step's headers."""
    if step.owner:
        yield f"Authorization: {step.scheme} {{{{{step.owner}_token}}}}"
    elif step.token != "none":
        yield f"Authorization: {step.scheme}{f' {UNKNOWN_TOKEN}' if step.token == 'unknown' else ''}"
    yield from (f"{name}: {_escaped(value)}" for name, value in step.headers.items())
    for name, given in description.file["target"].get("headers", {}).items():
        yield f"{name}: {_escaped(given) if isinstance(given, str) else '{{' + given['env'] + '}}'}"


def _escaped(value: str) -> str:
    return re.sub(r"[\\#]", r"\\\g<0>", value)


def options(description: Description) -> list[str]:
    """The options of `hurl` for the secrets, and for the way to the target."""
    target = description.file["target"]
    sources = {owner: token_word(*source_of(description.token(owner))) for owner in description.owners}
    words = [f'--secret {owner}_token="{source}"' for owner, source in sources.items()]
    secret = (given["env"] for given in target.get("headers", {}).values() if not isinstance(given, str))
    return [*words, *(f'--secret {name}="${name}"' for name in secret), *curl_options(target)]


def status(promise: Promise) -> str:
    """The status after `HTTP`: a number, or `*` where asserts follow."""
    found = _status(promise)
    return str(found[0]) if found and len(found) == 1 else "*"


def _status(promise: Promise) -> range | None:
    """The promised statuses, if they are one or some whole hundreds in a row."""
    exact, hundreds = promise.exact, promise.hundreds
    if len(exact) == 1 and not hundreds:
        return range(int(exact[0]), int(exact[0]) + 1)
    in_a_row = bool(hundreds) and hundreds == [*range(hundreds[0], hundreds[-1] + 1)]
    return range(hundreds[0] * 100, hundreds[-1] * 100 + 100) if in_a_row and not exact else None


def asserts(promise: Promise) -> Iterator[str]:
    """The lines below `[Asserts]`."""
    statuses = _status(promise)
    if statuses and len(statuses) > 1:
        yield f"status >= {statuses.start}"
        yield f"status < {statuses.stop}"
    for path, value, keys in promise.values:
        if keys:
            yield f"jsonpath {_path(path)} count == {len(value)}"
        rows = enumerate(value) if keys else ()
        parts = [((*path, place, key), each) for place, row in rows for key, each in zip(keys, row, strict=True)]
        yield from (f"jsonpath {_path(at)} == {_spelled(each)}" for at, each in parts or [(path, value)])
    yield from (f"jsonpath {_path(path)} exists" for path in promise.there)
    yield from (f"body contains {_spelled(word)}" for word in promise.words)
    yield from (f"body not contains {_spelled(word)}" for word in promise.never)


def _path(path: Path) -> str:
    keys = (f"[{key}]" if isinstance(key, int) else f".{key}" if key.isidentifier() else f"['{key}']" for key in path)
    return _spelled(f"${''.join(keys)}")


def _spelled(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
