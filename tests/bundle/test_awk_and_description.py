"""What a bundle's files are made of: awk's reading of JSON against Python's, and the small rules of a description."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzz.bundle.description import pieces, segments, shown, urls
from fuzz.bundle.failure_json import times_of
from fuzz.bundle.scripts.repro_library import LIBRARY
from fuzz.bundle.scripts.repro_script import lines_of
from fuzz.oracle.expectations import matches

needs_awk = pytest.mark.skipif(shutil.which("awk") is None, reason="awk is not installed")

TEXTS = st.text(st.sampled_from('"\\/\b\f\n\r\t\0\x1f\x7faé€\U0001f600 []{}:,u0'), max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def read_by_awk(folder: Path, texts: list[str]) -> list[str | None]:
    """What the script's `lines_of` makes of each text; None where it refuses it."""
    for number, text in enumerate(texts):
        (folder / str(number)).write_bytes(text.encode())
    library = LIBRARY[LIBRARY.index("lines_of() {") :]
    loop = f'for n in $(seq 0 {len(texts) - 1}); do lines_of "$n" >"$n.lines" || echo refused >"$n.lines"; done'
    done = subprocess.run(["bash", "-c", f"{library}\n{loop}"], cwd=folder, capture_output=True, check=True, timeout=60)
    assert b"" == done.stderr
    lines = [(folder / f"{number}.lines").read_bytes().decode() for number in range(len(texts))]
    return [None if text == "refused\n" else text for text in lines]


@needs_awk
@settings(max_examples=15, derandomize=True, database=None)
@given(values=st.lists(VALUES, min_size=1, max_size=20))
@example(values=[{}, [], "", {"": {"": [{}]}}, -0.0, 1e100])
def test_awk_reads_json_as_python_does(values: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("awk")
    spelled = [json.dumps(value, indent=2 * (number % 2) or None) for number, value in enumerate(values)]
    raw = [json.dumps(value, ensure_ascii=False) for value in values]
    expected = ["".join(f"{line}\n" for line in lines_of(value)) for value in values]
    assert [*expected, *expected] == read_by_awk(folder, [*spelled, *raw])


@needs_awk
def test_awk_reads_escapes_of_any_kind(tmp_path: Path) -> None:
    texts = ['"\\ud83d\\ude00"', '"\\u00e9\\u0041\\/"', '"\\ud800"', '"\\u0000\\u0022\\u000a"']
    assert [' "\U0001f600"\n', ' "éA/"\n', ' "\\ud800"\n', ' "\\u0000\\"\\n"\n'] == read_by_awk(tmp_path, texts)


@needs_awk
def test_awk_reads_what_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert [" {}\n"] == read_by_awk(tmp_path, ["\ufeff{}"])


@needs_awk
def test_awk_refuses_what_is_no_json(tmp_path: Path) -> None:
    texts = [
        "",
        "<html>",
        "{",
        '{"a" 1}',
        "[1,]",
        '"a',
        '"\\x"',
        '"a\nb"',
        "01",
        "+1",
        "NaN",
        "true false",
        "\ufeff\ufeff{}",
    ]
    assert [None] * len(texts) == read_by_awk(tmp_path, texts)


@pytest.mark.parametrize(
    ("reproduced", "race", "times"),
    [
        ("3/3", False, 1),
        ("3/3", True, 30),
        ("not run again yet", False, 1),
        ("not run again yet", True, 30),
        ("10/20", False, 10),
        ("10/20", True, 30),
        ("1/20", False, 100),
        ("0/20", False, 100),
    ],
)
def test_a_failure_is_repeated_until_missing_it_is_unlikely(reproduced: str, race: bool, times: int) -> None:
    assert times == times_of({"actions": [{"do": "at_once" if race else "create"}], "reproduced": reproduced})


@pytest.mark.parametrize(
    ("base", "fallback", "endings"),
    [
        ("http://h:1/apigw", "http://h:1/api2", ("/apigw", "/api2")),
        ("http://h:1/a/apigw", "http://h:1/a/api2", ("/apigw", "/api2")),
        ("http://h:1/apigw", None, ("", "")),
        ("http://h:1", "http://h:1/api2", ("", "")),
        ("http://one/api", "http://two/api", ("", "")),
    ],
)
def test_the_other_gateway_of_another_target_is_found_beside_the_first(
    base: str, fallback: str | None, endings: tuple[str, str]
) -> None:
    assert endings == urls({"base_url": base, "fallback_url": fallback})[2:]


def test_only_the_templates_of_known_names_are_cut_out() -> None:
    text = "a{{staff_id}}{{unknown}}{{{staff_id}}}{{ staff_id }}"
    cut = [
        ("a", False),
        ("staff_id", True),
        ("{{unknown}}{", False),
        ("staff_id", True),
        ("}", False),
        ("staff_id", True),
    ]
    assert cut == list(pieces(text, ("staff_id",)))


@pytest.mark.parametrize(
    ("path", "found"),
    [("$.uid", ["uid"]), ("$.data.items[0].uid", ["data", "items", 0, "uid"]), ("$['a b']", ["a b"]), ("$..uid", None)],
)
def test_a_plain_jsonpath_is_read_as_keys_and_places(path: str, found: list[str | int] | None) -> None:
    assert found == segments(path)


def test_a_hostile_text_stays_on_its_line_of_a_comment() -> None:
    assert "a rm -rf / \N{REPLACEMENT CHARACTER} x" == shown("a\nrm -rf /\r\u2028\x1b x")


def test_a_status_matches_itself_and_the_pattern_of_its_hundred() -> None:
    assert [True, True, False, False] == [matches(each, 422) for each in ("422", "4xx", "2xx", "421")]
