"""The parts of a failure as `test_failure.py` says them: pytest and httpx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from fuzz.bundle.description import Description
from fuzz.bundle.failure_json import GivenText, GivenToken
from fuzz.bundle.formats.in_shell import JSON
from fuzz.bundle.promises import Field, Path, Promise, fields_by_kind
from fuzz.bundle.shell import authorities, source_of, token_variable
from fuzz.bundle.steps import UNKNOWN_TOKEN, BundleStep
from fuzz.bundle.texts import broken, pieces, variable
from fuzz.oracle.actions import SHORTEST_TOKEN, Token
from swagger.contract import Json

WIDTH = 116

_NEAR = {
    Token.CUT.value: f"{{0}}[: max({SHORTEST_TOKEN}, len({{0}}) // 2)]",
    Token.LONGER.value: '{0} + "x"',
    Token.SWAPPED.value: "{0}.swapcase()",
    Token.CHANGED.value: (
        '{0}[: len({0}) // 2] + ("y" if {0}[len({0}) // 2] == "x" else "x") + {0}[len({0}) // 2 + 1 :]'
    ),
}
"""By kind of near token, the expression that makes it of the token `{0}`."""


_TYPES = {"string": "(str, type(None))", "number": "(int, float, type(None))", "array": "(list, type(None))"}
"""By type as jq calls it, those that a value may have."""


def name_in_python(template: str) -> str:
    """What the run gives is a constant, what a step extracts is not: `STAFF`, `NOW`, `calendar`."""
    name = variable(template)
    return name.upper() if name.startswith(("staff", "now")) else name


def text(given: str, names: Sequence[str] = ()) -> str:
    """A text as a Python literal; an f-string, or the variable alone, where it holds templates."""
    cut = list(pieces(given, names))
    if len(cut) == 1 and cut[0].is_variable:
        return name_in_python(cut[0].text)
    if not any(piece.is_variable for piece in cut):
        return _quoted(given)
    parts = (
        f"{{{name_in_python(piece.text)}}}"
        if piece.is_variable
        else _quoted(piece.text)[1:-1].replace("{", "{{").replace("}", "}}")
        for piece in cut
    )
    return f'f"{"".join(parts)}"'


def _quoted(given: str) -> str:
    """A literal in double quotes, in which nothing is invisible."""
    return "".join(
        char if char.isprintable() else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
        for char in json.dumps(given, ensure_ascii=False)
    )


def literal(value: Json, names: Sequence[str]) -> str:
    """A JSON value as a Python literal."""
    if isinstance(value, dict):
        entries = (f"{text(key, names)}: {literal(inner, names)}" for key, inner in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(literal(inner, names) for inner in value)}]"
    return text(value, names) if isinstance(value, str) else repr(value)


def body(step: BundleStep, description: Description) -> str:
    """The argument of httpx for the body of a step, after what stands before it; empty without a body."""
    if not step.body:
        return ""
    if step.is_json:
        return f", json={literal(step.value, description.variables)}"
    return f", content={text(step.body, description.variables)}"


def call(step: BundleStep, description: Description) -> list[str]:
    """The lines of a call of `send`, which stands in the body of a function."""
    gateway = "FALLBACK" if step.fallback else "BASE"
    address = text(f"{{{{{gateway}}}}}{step.path}", (gateway, *description.variables))
    given = dict(step.headers)
    if not step.owner and step.token != "none":
        given["Authorization"] = f"{step.scheme} {UNKNOWN_TOKEN}" if step.token == "unknown" else step.scheme
    parts = [_constant(step)] * bool(step.owner) + [literal(given, ())] * (bool(given) or not step.owner)
    headers = " | ".join(parts)
    first, *others = broken(f"answer = send({text(step.method)}, {address}, {headers}{body(step, description)})", WIDTH)
    return [first, *(f"    {line}" for line in others)]


def authorizations(description: Description) -> list[tuple[str, str]]:
    """The constants for what stands in the `Authorization` header, and their expressions."""
    owned = {_constant(step): step for step in description.steps if step.owner}
    return [(name, _authorization(step, description.token(step.owner))) for name, step in owned.items()]


def _constant(step: BundleStep) -> str:
    """`AS_STAFF`, `AS_STAFF_2_CUT_SHORT`."""
    return f"AS_{step.token}".upper().replace(" ", "_")


def _authorization(step: BundleStep, given: GivenToken) -> str:
    kind, source = source_of(given)
    token = f'os.environ.get({text(source if kind == "env" else token_variable(source))}, "not set")'
    return f"{text(f'{step.scheme} ')} + {_NEAR[step.change].format(token) if step.change else token}"


def setting(given: GivenText) -> str:
    """The expression for a setting of the profile."""
    return text(given) if isinstance(given, str) else f'os.environ.get({text(given["env"])}, "")'


def secrets(description: Description) -> str:
    """The list of what is secret; empty without any. A token stands behind its scheme, a whole one before its parts."""
    names = sorted((name for name, _ in authorizations(description)), key=len)
    given = description.file["target"].get("headers", {}).items()
    keys = [f"HEADERS[{text(name)}]" for name, value in given if not isinstance(value, str)]
    tokens = f'each["Authorization"].split()[-1] for each in ({", ".join(names)}{"," * (len(names) == 1)})'
    if not names or not keys:
        return f"[{', '.join(keys)}]" if keys else f"[{tokens}]" if names else ""
    return f"[*({tokens}), {', '.join(keys)}]"


def headers(description: Description) -> str:
    """The headers of every step, the profile's among them, as a literal."""
    given = description.file["target"].get("headers", {})
    every = {text(name): text(value) for name, value in JSON.items()}
    every |= {text(name): setting(value) for name, value in given.items()}
    return f"{{{', '.join(f'{name}: {value}' for name, value in every.items())}}}"


def tls(description: Description) -> list[str]:
    """The lines that make `TLS`, where the profile names certificates, or trusts anybody."""
    target = description.file["target"]
    certificate, trusted = target.get("client_certificate"), authorities(target)
    lines = [f"TLS = ssl.create_default_context({f'cafile={text(trusted)}' if trusted else ''})"]
    if certificate:
        files = [name for name in (certificate["cert"], certificate.get("key")) if name]
        lines.append(f"TLS.load_cert_chain({', '.join(map(text, files))})")
    if target.get("verify_tls") is False:
        lines.append("TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE")
    return lines if len(lines) > 1 or trusted else []


def way(description: Description) -> str:
    """The further arguments of httpx for the way to the target."""
    proxy = description.file["target"].get("proxy")
    return (f", proxy={setting(proxy)}" if proxy else "") + (", verify=TLS" if tls(description) else "")


def imports(description: Description) -> list[str]:
    """The modules that not every test needs."""
    return ["ssl"] * bool(tls(description)) + ["time"] * description.names_the_time


def without_result(step: BundleStep) -> str:
    """The statuses after which nothing can be concluded, as a literal."""
    return f"({', '.join(status for status in step.without_result if status != '000')})"


def is_not(promises: Sequence[Promise]) -> str:
    """Whether an answer is of none of these kinds, as an expression."""
    found = is_so(promises)
    plain = re.fullmatch(r"answer.status_code (==|in) ([\d(), ]+)", found)
    return f"answer.status_code {'!=' if plain[1] == '==' else 'not in'} {plain[2]}" if plain else f"not ({found})"


def is_so(promises: Sequence[Promise]) -> str:
    """Whether an answer is of one of these kinds, as an expression."""
    return " or ".join(" and ".join([_status(promise), *_said(promise)]) for promise in promises)


def _status(promise: Promise) -> str:
    exact, hundreds = promise.exact, promise.hundreds
    tests = []
    if exact:
        one = len(exact) == 1
        tests.append(f"answer.status_code == {exact[0]}" if one else f"answer.status_code in ({', '.join(exact)})")
    if hundreds:
        from_the_first = hundreds == [*range(1, len(hundreds) + 1)]
        end = f"< {hundreds[-1] + 1}00" if from_the_first else f"// 100 in {hundreds}"
        tests.append(f"answer.status_code {end}")
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _said(promise: Promise) -> Iterator[str]:
    """What the body of an answer with a promised status must say."""
    for path, value, keys in promise.values:
        found = f"answer.json(){_indexed(path)}"
        if keys:
            found = f"[[{', '.join(f'each[{_quoted(key)}]' for key in keys)}] for each in {found}]"
        yield f"{found} {'is' if value is None or isinstance(value, bool) else '=='} {literal(value, ())}"
    yield from (f"answer.json(){_indexed(path)}" for path in promise.there)
    if promise.record:
        is_record = "\n    and ".join(_is_record(promise.record))
        yield f'any(\n    {is_record}\n    for each in (answer.json(), answer.json().get("data") or {{}})\n)'
    yield from (f"{_quoted(word)} in answer.text" for word in promise.words)
    yield from (f"{_quoted(word)} not in answer.text" for word in promise.never)


def _is_record(fields: Sequence[Field]) -> Iterator[str]:
    """What an object `each` must be, to be a record."""
    yield f"{{{', '.join(_quoted(key) for key, _ in fields)}}} <= each.keys()"
    for kind, keys in fields_by_kind(fields).items():
        if kind in ("true", "false"):
            yield from (f"each[{_quoted(key)}] is {kind.title()}" for key in keys)
        else:
            listed = f"({', '.join(map(_quoted, keys))}{',' * (len(keys) == 1)})"
            yield f"all(type(each[key]) in {_TYPES[kind]} for key in {listed})"


def asserts(promises: Sequence[Promise]) -> list[str]:
    """The lines that fail if an answer is of none of these kinds."""
    kinds = [[_status(promise), *_said(promise)] for promise in promises]
    if len(kinds) == 1:
        return [line for condition in kinds[0] for line in f"assert {condition}".splitlines()]
    first, *others = (f"({' and '.join(kind)})" for kind in kinds)
    return ["assert (", f"    {first}", *(f"    or {kind}" for kind in others), ")"]


def _indexed(path: Path) -> str:
    return "".join(f"[{_quoted(key) if isinstance(key, str) else key}]" for key in path)


def value_at(path: str) -> str:
    """What stands at a plain JSONPath of an answer, as an expression."""
    return f"answer.json(){_indexed(tuple(path.split('.')[1:]))}"
