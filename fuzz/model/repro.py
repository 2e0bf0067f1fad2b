"""`repro.sh`: the failure for bash, curl and awk. It prints each step; 1 is broken, 0 fixed, 3 cannot tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fuzz.model.curl import printf_of, quoted, token_word
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
    shown,
    times_of,
    title,
    turn,
    urls,
    variables_of,
    whose_variable,
)
from fuzz.model.exchange import NO_CALENDAR_UID
from fuzz.model.near_token import IN_A_SHELL
from fuzz.model.promise import Promise
from fuzz.model.repro_library import LIBRARY
from swagger.contract import Json

_AND = " &&\n    "
_PLACEHOLDER = re.compile(r"\{(env|command|auth):(.*)\}", re.DOTALL)


def repro_sh(description: Description) -> str:
    """The whole script."""
    steps = flat(description)
    parts = [
        _heading(description),
        _setting(description["target"]),
        LIBRARY.strip("\n"),
        *(_functions(step, steps) for step in steps),
        _play(description, steps),
        _ending(times_of(description)),
    ]
    return "\n\n".join(parts) + "\n"


def _heading(description: Description) -> str:
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


def _setting(target: Mapping[str, Any]) -> str:
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
    return "\n".join(lines)


_EMPTY = "''"


def _token_lines(name: str, placeholder: str) -> list[str]:
    matched = _PLACEHOLDER.fullmatch(placeholder)
    kind, source = (matched[1], matched[2]) if matched else ("env", "")
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


def _functions(step: DescribedStep, steps: Sequence[DescribedStep]) -> str:
    """What a step sends, and which of its promises an answer keeps."""
    number, text = step["number"], body_text(step)
    lines = []
    if text or step["method"] != "GET":
        lines += [f"body_{number}() {{", *(f"  {line}" for line in _printing(text, step, steps)), "}"]
    lines += [f"kept_{number}() {{ # {shown(expected_of(step))}"]
    for place, promise in enumerate(step["promised"]):
        lines += [f"  {_AND.join((*_conditions(number, promise), f'echo {place}'))}"]
    return "\n".join([*lines, "  :", "}"])


def _printing(text: str, step: DescribedStep, steps: Sequence[DescribedStep]) -> Iterator[str]:
    """Commands that print a body: its literal parts as they are, and what its templates stand for."""
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


def _variable(name: str, step: DescribedStep, *, inside_json: bool) -> str:
    if name == "staff_id":
        return f'"$(json "${step["for"]}_uid")"' if inside_json else f'"${step["for"]}_uid"'
    if name == "now_timestamp":
        return '"$now_timestamp"'
    if name == "business_id":
        return '"$(json "$business_id")"' if inside_json else '"$business_id"'
    return f'"${"_".join(whose_variable(name, step))}"'


def _conditions(number: int, promise: Promise) -> Iterator[str]:
    """The tests, joined by and, whether an answer keeps a promise."""
    patterns = [pattern.replace("x", "?") for pattern in promise["status"]]
    tests = [f"is {number} {quoted(pattern)}" for pattern in patterns]
    yield tests[0] if len(tests) == 1 else f"{{ {' || '.join(tests)}; }}"
    if "body" in promise:
        yield from (f"says {number} {quoted(path)} {quoted(value)}" for path, value in values_of(promise["body"]))
    for path in promise.get("holds", ()):
        found = segments(path)
        yield "false" if found is None else f"holds {number} {quoted(_line_path(found))}"
    for error in promise.get("never", ()):
        words = [_spelled(error["code"]), _spelled(error["message"])]
        yield f"! names {number} {error['status']} {' '.join(quoted(word) for word in words)}"


def lines_of(body: Json) -> Iterator[str]:
    """The lines that an answer must have to say everything that a documented body says."""
    return (f"{path} {value}" for path, value in values_of(body))


def values_of(body: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and value of each of these lines."""
    if isinstance(body, dict):
        yield path, "{}"
        for key, value in body.items():
            yield from values_of(value, f"{path}[{_spelled(key)}]")
    elif isinstance(body, list):
        yield path, f"[{len(body)}]"
        for place, value in enumerate(body):
            yield from values_of(value, f"{path}[{place}]")
    else:
        yield path, _spelled(body)


def _line_path(found: list[str | int]) -> str:
    return "".join(f"[{_spelled(segment)}]" for segment in found)


def _spelled(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _play(description: Description, steps: Sequence[DescribedStep]) -> str:
    """The function that does the steps once, from fresh staff to the failing answer."""
    lines = ["play() {", '  now_timestamp="$(date +%s)$$$((attempt + 1000))$RANDOM"']
    members = description["target"]["staff"]
    lines += [f"  {member['name']}_calendar_sync_uid={NO_CALENDAR_UID}" for member in members]
    last = steps[-1]["number"]
    for entry in numbered(description):
        if isinstance(entry, tuple):
            lines += _pair(entry, steps, last)
        else:
            lines += [_send(entry, steps), _judge(entry, last), *_extracting(entry)]
    return "\n".join([*lines, "}"])


def _send(step: DescribedStep, steps: Sequence[DescribedStep]) -> str:
    number = step["number"]
    path = [
        _variable(piece, step, inside_json=False) if is_variable else quoted(piece)
        for piece, is_variable in pieces(step["path"], variables_of(steps))
    ]
    gateway = "fallback_url" if step["gateway"] == "fallback" else "base_url"
    body = f"body_{number}" if body_text(step) or step["method"] != "GET" else "-"
    headers = " ".join(f"-H {quoted(f'{name}: {value}')}" for name, value in step["headers"].items())
    words = [str(number), quoted(step["method"]), f'"${gateway}"{"".join(path)}', _token(step["token"]), body]
    return f"  send {' '.join(words)}" + (f" \\\n    {headers}" if headers else "")


def _token(name: str) -> str:
    if name == "none":
        return _EMPTY
    if name in ("unknown", "empty"):
        return "calfuzz-unknown-token" if name == "unknown" else "' '"
    whose, _, change = name.partition(" ")
    token = f'"${whose}_token"'
    return f'"$(printf %s {token} | {IN_A_SHELL[change]})"' if change else token


def _judge(step: DescribedStep, last: int) -> str:
    must = " ".join(str(place) for place in turn(step, last=step["number"] == last))
    words = [quoted(title(step)), quoted(shown(expected_of(step))), f'"$(kept_{step["number"]})"', quoted(must)]
    return f"  judge {step['number']} {' '.join(words)} {_status_when_found(step)} || return"


def _status_when_found(step: DescribedStep) -> str:
    if not step["judged"]:
        return "move"
    if not step["fails"] or step["found"] is None:
        return "none"
    return str(step["found"]["status"] or "000")


def _extracting(step: DescribedStep) -> Iterator[str]:
    for name, path in step["extract"].items():
        found = segments(path)
        if found is not None:
            yield f"  {step['for']}_{name}=$(value {step['number']} {quoted(_line_path(found))})"


def _pair(pair: tuple[DescribedStep, DescribedStep], steps: Sequence[DescribedStep], last: int) -> list[str]:
    one, other = pair
    numbers = (one["number"], other["number"])
    allowed = " ".join(f"{first}:{second}" for first, second in one["together"] or ())
    kept = " ".join(f'"$(kept_{number})"' for number in numbers)
    found = " ".join(_status_when_found(step) for step in pair)
    lines = [f"{_send(step, steps)} &" for step in pair] + ["  wait"]
    lines += [f"  tell {step['number']} {quoted(title(step))} {quoted(shown(expected_of(step)))}" for step in pair]
    lines.append(f"  judge_pair {numbers[0]} {numbers[1]} {quoted(allowed)} {kept} {found} || return")
    for step in pair:
        if turn(step, last=last in numbers):
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
