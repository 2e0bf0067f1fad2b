"""Writes `test_failure.py`: the failure as a test for pytest and httpx. It fails only on a faulty target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fuzz.bundle.description import (
    Steps,
    StepsAtOnce,
    answer_when_found,
    body_text,
    expected_of,
    extracted_paths,
    flat,
    headline,
    must_keep,
    numbered,
    pieces,
    scheme_of,
    segments,
    title,
    token_source,
    urls,
    variables_of,
    whose_variable,
)
from fuzz.bundle.failure_json import DescribedTarget, FailureDescription, NumberedStep, times_of
from fuzz.bundle.reach import settings_of_test
from fuzz.bundle.scripts.test_library import IMPORTS, LIBRARY
from fuzz.bundle.shell import sendable, token_variable
from fuzz.oracle.expectations import Expectation

_WIDTH = 100


def test_failure_py(description: FailureDescription) -> str:
    """The whole file."""
    parts = [
        _docstring(description),
        IMPORTS.strip("\n"),
        _settings(description),
        LIBRARY.strip("\n"),
        _test(description),
    ]
    return "\n\n".join(parts) + "\n"


def _docstring(description: FailureDescription) -> str:
    lines = [
        *headline(description),
        "",
        "It needs pytest and httpx. CALFUZZ_BASE_URL and CALFUZZ_FALLBACK_URL name another target, CALFUZZ_STAFF_UID",
        "other staff. The staff members' calendar syncs are destroyed and created anew.",
    ]
    text = "\n".join(lines).replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{text}\n"""'


def _settings(description: FailureDescription) -> str:
    target = description["target"]
    base, fallback, suffix, fallback_suffix = urls(target)
    lines = [
        f"FOUND_AT = ({base!r}, {fallback!r})",
        f"GATEWAYS = ({suffix!r}, {fallback_suffix!r})  # how the two end, behind what they share",
        f"TIMES = int(os.environ.get('CALFUZZ_TIMES', '{times_of(description)}'))",
        *settings_of_test(target),
        "STAFF = {",
    ]
    for member in target["staff"]:
        name = member["name"]
        variable = f"CALFUZZ_{name.upper()}_UID"
        lines.append(f"    {name!r}: os.environ.get({variable!r}, {member['uid']!r}),")
    lines += ["}", "TOKENS = {", f"    'admin': {_source(target['admin'])},"]
    lines += [f"    {member['name']!r}: {_source(member['token'])}," for member in target["staff"]]
    lines += ["}", f"BUSINESS_ID = {str(target.get('business_id', ''))!r}"]
    return "\n".join(lines)


def _source(placeholder: str) -> str:
    """Python source of a token's source: an environment variable or a command."""
    kind, name = token_source(placeholder)
    return repr((kind, name) if kind != "auth" else ("env", token_variable(name)))


def _test(description: FailureDescription) -> str:
    steps = flat(description)
    words = "_".join(re.findall(r"[a-z0-9]+", f"{description['clause']} in {description['situation']}".lower()))
    lines = [f"def test_{words}() -> None:", "    repeat(play)", "", "", "def play(at: Play) -> None:"]
    last, target = steps[-1]["number"], description["target"]
    for entry in numbered(description):
        if isinstance(entry, StepsAtOnce):
            lines += _pair(entry, steps, last, target)
        else:
            lines += _single(entry, steps, last, target)
    return "\n".join(lines)


def _single(step: NumberedStep, steps: Steps, last: int, target: DescribedTarget) -> Iterator[str]:
    number = step["number"]
    yield f"    # {number}. {title(step)}"
    yield from _sending(step, steps, f"step_{number} = at.send", target)
    yield from _judging(step, last)
    yield from _extracting(step)


def _judging(step: NumberedStep, last: int) -> Iterator[str]:
    yield f"    at.judge(step_{step['number']}, {expected_of(step)!r}, ["
    yield from (f"        {_expectation(expectation)}," for expectation in step["promised"])
    must = must_keep(step, last=step["number"] == last)
    yield f"    ], must={must!r}, found={answer_when_found(step) or 'lost'!r})"


def _sending(step: NumberedStep, steps: Steps, call: str, target: DescribedTarget) -> Iterator[str]:
    names = variables_of(steps)
    yield f"    {call}("
    yield f"        {title(step)!r},"
    yield f"        {step['method']!r}, {step['gateway']!r}, {_text(step, step['path'], names)},"
    yield f"        token={step['token']!r}, scheme={scheme_of(step, target)!r}, headers={step['headers']!r},"
    yield f"        body={_text(step, body_text(step), names, inside_json=True)},"
    yield "    )"


def _text(step: NumberedStep, text: str, names: Sequence[str], *, inside_json: bool = False) -> str:
    """Python source of a text with its templates filled in: the sum of literals and variables."""
    inside = "json_text" if inside_json else "str"
    words = [
        f"{inside}({_variable(piece, step)})" if is_variable else repr(sendable(piece))
        for piece, is_variable in pieces(text, names)
    ]
    joined = " + ".join(words) or "''"
    return joined if len(joined) <= _WIDTH else "(\n            " + "\n            + ".join(words) + "\n        )"


def _variable(name: str, step: NumberedStep) -> str:
    if name == "staff_id":
        return f"STAFF[{step['for']!r}]"
    if name == "business_id":
        return "BUSINESS_ID"
    if name == "now_timestamp":
        return "at.now_timestamp"
    whose, what = whose_variable(name, step)
    return f"at.value({whose!r}, {what!r})"


def _expectation(expectation: Expectation) -> str:
    """Python source of a `Promise` of the emitted library."""
    words = [repr(expectation["status"])]
    if "body" in expectation:
        words.append(f"body={expectation['body']!r}")
    if expectation.get("holds"):
        words.append(f"holds={[segments(path) for path in expectation['holds']]!r}")
    if expectation.get("never"):
        never = [(error["status"], error["code"], error["message"]) for error in expectation["never"]]
        words.append(f"never={never!r}")
    return f"Promise({', '.join(words)})"


def _extracting(step: NumberedStep) -> Iterator[str]:
    for name, found in extracted_paths(step):
        yield f"    at.extract(step_{step['number']}, {step['for']!r}, {name!r}, {found!r})"


def _pair(pair: StepsAtOnce, steps: Steps, last: int, target: DescribedTarget) -> Iterator[str]:
    one, other = pair.steps
    numbers = (one["number"], other["number"])
    for step in pair.steps:
        yield f"    # {step['number']}. {title(step)}, at the same time"
        yield from _sending(step, steps, f"request_{step['number']} = at.request", target)
    yield f"    step_{numbers[0]}, step_{numbers[1]} = at.send_together(request_{numbers[0]}, request_{numbers[1]})"
    yield f"    at.judge_pair(step_{numbers[0]}, step_{numbers[1]}, {pair.together!r}, ["
    yield from (f"        {_expectation(expectation)}," for expectation in one["promised"])
    yield "    ], ["
    yield from (f"        {_expectation(expectation)}," for expectation in other["promised"])
    yield f"    ], found={[answer_when_found(step) or 'lost' for step in pair.steps]!r})"
    for step in pair.steps:
        if must_keep(step, last=last in numbers):
            yield from _judging(step, last)
        yield from _extracting(step)
