"""Damaged files: any bytes, a good file cut and pasted, and a good value with parts lost, doubled or replaced.

`CALFUZZ_FUZZ_EXAMPLES=2000 pytest tests/fuzzed` tries so many examples of each kind, other ones each time, none of
which may take long. Without it the examples are few, and always the same.
"""

from __future__ import annotations

import copy
import json
import os
import re
import unicodedata
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from fuzz.errors import UsageError
from fuzz.report.text import error_lines

EXAMPLES = int(os.environ.get("CALFUZZ_FUZZ_EXAMPLES", "0"))
LONGEST = 10_000
"""Milliseconds of one example at night, when nothing else is measured beside it."""

SETTINGS = settings(
    max_examples=EXAMPLES or 25,
    derandomize=not EXAMPLES,
    deadline=LONGEST if EXAMPLES else None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)

DEEP, DIGITS = "@100000 brackets@", "@digits@"
"""Stand for what `json.dumps` cannot write: so many brackets, and a number of 5,000 digits."""

_BRACKETS = re.compile(r'"@(\d+) brackets@"')

WILD: list[Any] = [
    None,
    True,
    0,
    -1,
    7.5,
    10**18,
    10**400,
    float("nan"),
    float("inf"),
    DIGITS,
    DEEP,
    "@150 brackets@",
    "@300 brackets@",
    "@900 brackets@",
    "@960 brackets@",
    "@985 brackets@",
    "",
    "²/3",
    "٣/٣",
    "0/0",
    "-1/3",
    "\ud800",
    "a\0b",
    "two\r\nlines",
    "\x1b[2J",
    "x" * 100_000,
    "2020-13-45",
    "2025-02-29T25:61:61Z",
    "0001-01-01",
    "../../x",
    "{{nope}}",
    "{{staff_id}}",
    "\u202e",
    [],
    {},
    [[]],
    {"": ""},
    [None],
    ["\ud800"],
]
SCRAPS = [
    b"---\n",
    b'"',
    b"{",
    b"[",
    b"]",
    b"}",
    b": ",
    b"- ",
    b"&a ",
    b"*a",
    b"\0",
    b"\xff",
    b"\n",
    b"\t",
    b"!!",
    b"|",
]


def written(value: Any) -> bytes:
    """A value as JSON, which is YAML, too."""
    text = json.dumps(value).replace(f'"{DIGITS}"', "9" * 5000)
    return _BRACKETS.sub(lambda found: "[" * int(found[1]) + "]" * int(found[1]), text).encode()


def places(value: Any) -> list[tuple[Any, ...]]:
    """The paths of all values inside of a value."""
    if not isinstance(value, dict | list):
        return []
    inside = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    return [path for key, inner in inside for path in ((key,), *((key, *deeper) for deeper in places(inner)))]


def changed(value: Any, path: tuple[Any, ...], how: str, new: Any) -> None:
    """Changes what stands at a path: lost, doubled, renamed or replaced."""
    for key in path[:-1]:
        value = value[key]
    key = path[-1]
    if how == "lose":
        del value[key]
    elif how == "double" and isinstance(value, list):
        value.insert(key, copy.deepcopy(value[key]))
    elif how == "rename" and isinstance(value, dict):
        value[new if isinstance(new, str) else "other"] = value.pop(key)
    else:
        value[key] = copy.deepcopy(new)


@st.composite
def damaged(draw: st.DrawFn, good: Any) -> Any:
    """A good value with one to three changes."""
    value = copy.deepcopy(good)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        everywhere = places(value)
        if everywhere:
            how = draw(st.sampled_from(["replace", "replace", "replace", "lose", "double", "rename"]))
            changed(value, draw(st.sampled_from(everywhere)), how, draw(st.sampled_from(WILD)))
    return value


@st.composite
def spliced(draw: st.DrawFn, good: bytes) -> bytes:
    """Good bytes with a piece lost, doubled, or a scrap put in."""
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(good)))
        end = draw(st.integers(begin, min(len(good), begin + 40)))
        piece = draw(st.sampled_from([b"", good[begin:end] * 2, *SCRAPS]))
        good = good[:begin] + piece + good[end:]
    return good


def files(good: Any, text: bytes | None = None) -> st.SearchStrategy[bytes]:
    """Contents of a file that holds a good value, written as `text`: all kinds of damage."""
    text = written(good) if text is None else text
    return st.one_of(damaged(good).map(written), damaged(good).map(written), spliced(text), st.binary(max_size=200))


def every_single_change(good: Any, news: list[Any]) -> list[Any]:
    """The good value with each of its parts lost, and replaced by each of these: what an editor may have done."""
    found = []
    for path in places(good):
        for how, new in [("lose", None), *(("replace", new) for new in news)]:
            value = copy.deepcopy(good)
            changed(value, path, how, new)
            found.append(value)
    return found


def check_refusal(error: UsageError) -> None:
    """A refusal is one line, with another one of what to do next."""
    assert 2 == len(error_lines(error).split("\n"))
    assert error.next
    check_printed(error_lines(error))


def check_printed(text: str) -> None:
    """What is printed moves no cursor and begins no line by itself: its control characters are spelled out."""
    text.encode()
    hidden = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")} - {"\n"}
    assert set() == hidden, [line for line in text.split("\n") if hidden & set(line)][:3]
    assert not any(line.startswith("::") for line in text.split("\n"))
