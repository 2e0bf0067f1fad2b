"""Writes `repro.sh`: the failure for bash, curl and awk. Exit code: 1 broken, 0 fixed, 3 cannot tell."""

from __future__ import annotations

import json
from collections.abc import Iterator

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
    shown,
    title,
    token_source,
    urls,
    variables_of,
    whose_variable,
)
from fuzz.bundle.failure_json import DescribedTarget, FailureDescription, NumberedStep, times_of
from fuzz.bundle.reach import settings_of_repro_sh, variables
from fuzz.bundle.scripts.repro_library import LIBRARY
from fuzz.bundle.shell import IN_A_SHELL, printf_of, quoted, token_word
from fuzz.oracle.actions import NO_CALENDAR_UID
from fuzz.oracle.expectations import Expectation
from swagger.contract import Json

_AND = " &&\n    "


def repro_sh(description: FailureDescription) -> str:
    """The whole script."""
    steps = flat(description)
    parts = [
        _heading(description),
        _settings(description["target"]),
        LIBRARY.strip("\n"),
        *(_functions(step, steps) for step in steps),
        _scenario(description, steps),
        _ending(times_of(description)),
    ]
    return "\n\n".join(parts) + "\n"


def _heading(description: FailureDescription) -> str:
    target = description["target"]
    people = [f"CALFUZZ_{_person(member['name'])}_UID" for member in target["staff"]]
    lines = [
        *headline(description),
        "",
        f"It needs bash, curl and awk. CALFUZZ_BASE_URL and CALFUZZ_FALLBACK_URL name another target,"
        f" {' and '.join(people)} other staff.",
        "The staff members' calendar syncs are destroyed and created anew.",
        "Exit code: 1 the contract is broken, 0 it is kept (fixed), 3 cannot tell.",
    ]
    return "\n".join(["#!/usr/bin/env bash", *(f"# {line}".rstrip() for line in lines), "set -u"])


def _person(name: str) -> str:
    return name.upper()


def _settings(target: DescribedTarget) -> str:
    base, fallback, suffix, fallback_suffix = urls(target)
    lines = [
        f"found_base_url={quoted(base)} found_fallback_url={quoted(fallback)}",
        "base_url=${CALFUZZ_BASE_URL:-$found_base_url}",
        "base_url=${base_url%/}",
        'if [ "$base_url" = "$found_base_url" ]; then',
        "  fallback_url=$found_fallback_url",
    ]
    if suffix != fallback_suffix:
        lines += [
            f'elif [ "${{base_url%{quoted(suffix)}}}" != "$base_url" ]; then # beside it',
            f"  fallback_url=${{base_url%{quoted(suffix)}}}{quoted(fallback_suffix)}",
        ]
    lines += ["else", "  fallback_url=$base_url", "fi", "fallback_url=${CALFUZZ_FALLBACK_URL:-$fallback_url}"]
    lines += ["fallback_url=${fallback_url%/}", ""]
    lines += _token_lines("admin", target["admin"])
    for member in target["staff"]:
        lines += _token_lines(member["name"], member["token"])
        name = member["name"]
        lines.append(f"{name}_uid={quoted(member['uid'])}")
        lines.append(f"{name}_uid=${{CALFUZZ_{_person(name)}_UID:-${name}_uid}}")
    lines.append(f"business_id={quoted(target.get('business_id', ''))}")
    for variable in variables(target):
        lines += _unless(f'[ -n "${{{variable}:-}}" ]', f"set {variable}: the target is not reached without it")
    lines += settings_of_repro_sh(target)
    return "\n".join(lines)


def _token_lines(name: str, placeholder: str) -> list[str]:
    kind, source = token_source(placeholder)
    word = token_word(kind, source)
    if word.startswith("$("):
        return [f'{name}_token="{word}"', *_unless(f'[ -n "${name}_token" ]', f"{shown(source)} gives no token")]
    variable = word[1:]
    return [
        *_unless(f'[ -n "${{{variable}:-}}" ]', f"set {variable} to the token of {name}"),
        f"{name}_token=${variable}",
    ]


def _unless(condition: str, what: str) -> list[str]:
    return [f"{condition} || {{", f"  echo {quoted(f'CANNOT TELL: {what}')} >&2", "  exit 3", "}"]


def _functions(step: NumberedStep, steps: Steps) -> str:
    """The shell functions of a step: one prints its body, one the indexes of the expectations that its answer meets."""
    number, text = step["number"], body_text(step)
    lines = []
    if text or step["method"] != "GET":
        lines += [f"body_{number}() {{", *(f"  {line}" for line in _printing(text, step, steps)), "}"]
    lines += [f"kept_{number}() {{ # {shown(expected_of(step))}"]
    for index, expectation in enumerate(step["promised"]):
        lines += [f"  {_AND.join((*_conditions(number, expectation), f'echo {index}'))}"]
    return "\n".join([*lines, "  :", "}"])


def _printing(text: str, step: NumberedStep, steps: Steps) -> Iterator[str]:
    """Shell commands that print a body with its templates filled in."""
    words: list[str] = []
    for piece, is_variable in pieces(text, variables_of(steps)):
        if is_variable:
            words.append(_variable(piece, step, inside_json=True))
        elif "\0" not in piece:
            words.append(quoted(piece))
        else:
            yield from _flushed(words)
            words = []
            yield printf_of(piece)
    yield from _flushed(words)
    if not text:
        yield ":"


def _flushed(words: list[str]) -> Iterator[str]:
    if words:
        yield f"printf '%s' {' '.join(words)}"


def _variable(name: str, step: NumberedStep, *, inside_json: bool) -> str:
    if name == "staff_id":
        return f'"$(json "${step["for"]}_uid")"' if inside_json else f'"${step["for"]}_uid"'
    if name == "now_timestamp":
        return '"$now_timestamp"'
    if name == "business_id":
        return '"$(json "$business_id")"' if inside_json else '"$business_id"'
    return f'"${"_".join(whose_variable(name, step))}"'


def _conditions(number: int, expectation: Expectation) -> Iterator[str]:
    """Shell conditions, all of which are true if an answer meets an expectation."""
    patterns = [pattern.replace("x", "?") for pattern in expectation["status"]]
    tests = [f"is {number} {quoted(pattern)}" for pattern in patterns]
    yield tests[0] if len(tests) == 1 else f"{{ {' || '.join(tests)}; }}"
    if "body" in expectation:
        yield from (f"says {number} {quoted(path)} {quoted(value)}" for path, value in values_of(expectation["body"]))
    for path in expectation.get("holds", ()):
        found = segments(path)
        yield "false" if found is None else f"holds {number} {quoted(_line_path(found))}"
    for error in expectation.get("never", ()):
        words = [_spelled(error["code"]), _spelled(error["message"])]
        yield f"! names {number} {error['status']} {' '.join(quoted(word) for word in words)}"


def lines_of(body: Json) -> Iterator[str]:
    """The lines that an answer must have: one for each value of a documented body."""
    return (f"{path} {value}" for path, value in values_of(body))


def values_of(body: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """The paths and values of these lines."""
    if isinstance(body, dict):
        yield path, "{}"
        for key, value in body.items():
            yield from values_of(value, f"{path}[{_spelled(key)}]")
    elif isinstance(body, list):
        yield path, f"[{len(body)}]"
        for index, value in enumerate(body):
            yield from values_of(value, f"{path}[{index}]")
    else:
        yield path, _spelled(body)


def _line_path(found: list[str | int]) -> str:
    return "".join(f"[{_spelled(segment)}]" for segment in found)


def _spelled(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _scenario(description: FailureDescription, steps: Steps) -> str:
    """The shell function that performs all steps once."""
    lines = ["play() {", '  now_timestamp="$(date +%s)$$$((attempt + 1000))$RANDOM"']
    members = description["target"]["staff"]
    lines += [f"  {member['name']}_calendar_sync_uid={NO_CALENDAR_UID}" for member in members]
    last = steps[-1]["number"]
    for entry in numbered(description):
        if isinstance(entry, StepsAtOnce):
            lines += _pair(entry, steps, last, description["target"])
        else:
            lines += [_send(entry, steps, description["target"]), _judge(entry, last), *_extracting(entry)]
    return "\n".join([*lines, "}"])


def _send(step: NumberedStep, steps: Steps, target: DescribedTarget) -> str:
    number = step["number"]
    path = [
        _variable(piece, step, inside_json=False) if is_variable else quoted(piece)
        for piece, is_variable in pieces(step["path"], variables_of(steps))
    ]
    gateway = "fallback_url" if step["gateway"] == "fallback" else "base_url"
    body = f"body_{number}" if body_text(step) or step["method"] != "GET" else "-"
    headers = " ".join(f"-H {quoted(f'{name}: {value}')}" for name, value in step["headers"].items())
    words = [str(number), quoted(step["method"]), f'"${gateway}"{"".join(path)}', _authorization(step, target), body]
    return f"  send {' '.join(words)}" + (f" \\\n    {headers}" if headers else "")


def _authorization(step: NumberedStep, target: DescribedTarget) -> str:
    """The shell word for what stands in the `Authorization` header; an empty one for no header."""
    name, scheme = step["token"], scheme_of(step, target)
    if name == "none":
        return "''"
    if name in ("unknown", "empty"):
        return f"'{scheme} {'calfuzz-unknown-token' if name == 'unknown' else ''}'"
    whose, _, change = name.partition(" ")
    if change:
        return f'"{scheme} $(printf %s "${whose}_token" | {IN_A_SHELL[change]})"'
    return f'"{scheme} ${whose}_token"'


def _judge(step: NumberedStep, last: int) -> str:
    must = " ".join(str(index) for index in must_keep(step, last=step["number"] == last))
    words = [quoted(title(step)), quoted(shown(expected_of(step))), f'"$(kept_{step["number"]})"', quoted(must)]
    return f"  judge {step['number']} {' '.join(words)} {answer_when_found(step) or '000'} || return"


def _extracting(step: NumberedStep) -> Iterator[str]:
    for name, found in extracted_paths(step):
        yield f"  {step['for']}_{name}=$(value {step['number']} {quoted(_line_path(found))})"


def _pair(pair: StepsAtOnce, steps: Steps, last: int, target: DescribedTarget) -> list[str]:
    one, other = pair.steps
    numbers = (one["number"], other["number"])
    allowed = " ".join(f"{first}:{second}" for first, second in pair.together)
    kept = " ".join(f'"$(kept_{number})"' for number in numbers)
    found = " ".join(str(answer_when_found(step) or "000") for step in pair.steps)
    lines = [f"{_send(step, steps, target)} &" for step in pair.steps] + ["  wait"]
    lines += [
        f"  tell {step['number']} {quoted(title(step))} {quoted(shown(expected_of(step)))}" for step in pair.steps
    ]
    lines.append(f"  judge_pair {numbers[0]} {numbers[1]} {quoted(allowed)} {kept} {found} || return")
    for step in pair.steps:
        if must_keep(step, last=last in numbers):
            lines.append(_judge(step, last))
        lines += _extracting(step)
    return lines


def _ending(times: int) -> str:
    return f"""\
times=${{CALFUZZ_TIMES:-{times}}} doubt='' kept=0
for ((attempt = 1; attempt <= times; attempt++)); do
  [ "$times" -eq 1 ] || echo "attempt $attempt of $times"
  play
  result=$?
  if [ "$result" -eq 1 ]; then
    for answer in "$work"/*.answer; do
      echo "answer to step $(basename "$answer" .answer): $(head -c 500 "$answer" | tr -d '\\000' | tr '\\n' ' ')"
    done
    echo "BROKEN: $why"
    exit 1
  fi
  case $result in
    0) kept=$((kept + 1)) ;;
    4) doubt=$why ;;
    *) kept=0 doubt=$why; break ;;
  esac
done
if [ "$kept" -eq 0 ]; then
  echo "CANNOT TELL: $doubt"
  exit 3
fi
echo "FIXED: every answer is what the documents promise"\
"""
