"""`test_failure.py`: the failure as a test for pytest and plain httpx. It fails on a faulty target only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fuzz.model.curl import sendable, token_variable
from fuzz.model.description import (
    DescribedStep,
    Description,
    body_text,
    expected_of,
    flat,
    headline,
    numbered,
    pieces,
    segments,
    times_of,
    title,
    turn,
    urls,
    variables_of,
    whose_variable,
)
from fuzz.model.emitted_library import IMPORTS, LIBRARY
from fuzz.model.promise import Promise

_PLACEHOLDER = re.compile(r"\{(env|command|auth):(.*)\}", re.DOTALL)
_WIDTH = 100


def test_failure_py(description: Description) -> str:
    """The whole file."""
    parts = [
        _docstring(description),
        IMPORTS.strip("\n"),
        _setting(description),
        LIBRARY.strip("\n"),
        _test(description),
    ]
    return "\n\n".join(parts) + "\n"


def _docstring(description: Description) -> str:
    lines = [
        *headline(description),
        "",
        "It needs pytest and httpx. CALFUZZ_BASE_URL and CALFUZZ_FALLBACK_URL name another target, CALFUZZ_STAFF_UID",
        "other staff. The staff members' calendar syncs are destroyed and created anew.",
    ]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{text}\n"""'


def _setting(description: Description) -> str:
    target = description["target"]
    base, fallback, suffix, fallback_suffix = urls(target)
    lines = [
        f"FOUND_AT = ({_literal(base)}, {_literal(fallback)})",
        f"GATEWAYS = ({_literal(suffix)}, {_literal(fallback_suffix)})  # how the two end, behind what they share",
        f"TIMES = int(os.environ.get('CALFUZZ_TIMES', '{times_of(description)}'))",
        f"VERIFY_TLS = {target.get('verify_tls', True)!r}",
        "STAFF = {",
    ]
    for member in target["staff"]:
        name = member["name"]
        variable = f"CALFUZZ_{name.upper()}_UID"
        lines.append(f"    {name!r}: os.environ.get({variable!r}, {_literal(member['uid'])}),")
    lines += ["}", "TOKENS = {", f"    'admin': {_source(target['admin'])},"]
    lines += [f"    {member['name']!r}: {_source(member['token'])}," for member in target["staff"]]
    lines += ["}", f"BUSINESS_ID = {_literal(str(target.get('business_id', '')))}"]
    return "\n".join(lines)


def _source(placeholder: str) -> str:
    """Where a token comes from: an environment variable or a command."""
    matched = _PLACEHOLDER.fullmatch(placeholder)
    kind, name = (matched[1], matched[2]) if matched else ("env", "")
    return _literal((kind, name) if kind != "auth" else ("env", token_variable(name)))


def _literal(value: object) -> str:
    """Python source of a JSON value or tuple: without lone surrogates and control characters, whatever stands in it."""
    return repr(value)


def _test(description: Description) -> str:
    steps = flat(description)
    words = "_".join(re.findall(r"[a-z0-9]+", f"{description['clause']} in {description['situation']}".lower()))
    lines = [f"def test_{words}() -> None:", "    repeat(play)", "", "", "def play(at: Play) -> None:"]
    last = steps[-1]["number"]
    for entry in numbered(description):
        lines += _pair(entry, steps, last) if isinstance(entry, tuple) else _single(entry, steps, last)
    return "\n".join(lines)


def _single(step: DescribedStep, steps: Sequence[DescribedStep], last: int) -> Iterator[str]:
    number = step["number"]
    yield f"    # {number}. {title(step)}"
    yield from _sending(step, steps, f"step_{number} = at.send")
    yield from _judging(step, last)
    yield from _extracting(step)


def _judging(step: DescribedStep, last: int) -> Iterator[str]:
    yield f"    at.judge(step_{step['number']}, {_literal(expected_of(step))}, ["
    yield from (f"        {_promise(promise)}," for promise in step["promised"])
    must = turn(step, last=step["number"] == last)
    yield f"    ], must={must!r}, found={_status_when_found(step)!r})"


def _sending(step: DescribedStep, steps: Sequence[DescribedStep], call: str) -> Iterator[str]:
    names = variables_of(steps)
    yield f"    {call}("
    yield f"        {_literal(title(step))},"
    yield f"        {step['method']!r}, {step['gateway']!r}, {_text(step, step['path'], names)},"
    yield f"        token={step['token']!r}, headers={_literal(step['headers'])},"
    yield f"        body={_text(step, body_text(step), names, inside_json=True)},"
    yield "    )"


def _text(step: DescribedStep, text: str, names: Sequence[str], *, inside_json: bool = False) -> str:
    """Python source of a text with its templates filled in: literals and variables, added up."""
    inside = "json_text" if inside_json else "str"
    words = [
        f"{inside}({_variable(piece, step)})" if is_variable else _literal(sendable(piece))
        for piece, is_variable in pieces(text, names)
    ]
    joined = " + ".join(words) or "''"
    return joined if len(joined) <= _WIDTH else "(\n            " + "\n            + ".join(words) + "\n        )"


def _variable(name: str, step: DescribedStep) -> str:
    if name == "staff_id":
        return f"STAFF[{step['for']!r}]"
    if name == "business_id":
        return "BUSINESS_ID"
    if name == "now_timestamp":
        return "at.now_timestamp"
    whose, what = whose_variable(name, step)
    return f"at.value({whose!r}, {what!r})"


def _promise(promise: Promise) -> str:
    """The source of a call that makes a promise."""
    words = [_literal(promise["status"])]
    if "body" in promise:
        words.append(f"body={_literal(promise['body'])}")
    if promise.get("holds"):
        words.append(f"holds={[segments(path) for path in promise['holds']]!r}")
    if promise.get("never"):
        words.append(
            f"never={_literal([(each['status'], each['code'], each['message']) for each in promise['never']])}"
        )
    return f"Promise({', '.join(words)})"


def _status_when_found(step: Mapping[str, Any]) -> object:
    if not step["judged"]:
        return "move"
    if not step["fails"] or step["found"] is None:
        return "none"
    return step["found"]["status"] or "lost"


def _extracting(step: DescribedStep) -> Iterator[str]:
    for name, path in step["extract"].items():
        found = segments(path)
        if found is not None:
            yield f"    at.extract(step_{step['number']}, {step['for']!r}, {name!r}, {found!r})"


def _pair(pair: tuple[DescribedStep, DescribedStep], steps: Sequence[DescribedStep], last: int) -> Iterator[str]:
    one, other = pair
    numbers = (one["number"], other["number"])
    for step in pair:
        yield f"    # {step['number']}. {title(step)}, at the same time"
        yield from _sending(step, steps, f"request_{step['number']} = at.request")
    yield f"    step_{numbers[0]}, step_{numbers[1]} = at.send_together(request_{numbers[0]}, request_{numbers[1]})"
    yield f"    at.judge_pair(step_{numbers[0]}, step_{numbers[1]}, {one['together'] or []!r}, ["
    yield from (f"        {_promise(promise)}," for promise in one["promised"])
    yield "    ], ["
    yield from (f"        {_promise(promise)}," for promise in other["promised"])
    yield f"    ], found={[_status_when_found(step) for step in pair]!r})"
    for step in pair:
        if turn(step, last=last in numbers):
            yield from _judging(step, last)
        yield from _extracting(step)
