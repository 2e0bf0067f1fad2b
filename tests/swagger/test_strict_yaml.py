"""YAML is read as JSON values with their lines, and whatever is wrong with it is one `ContractError` with its line."""

from __future__ import annotations

import pytest

from swagger.contract import ContractError, Source
from swagger.parsing.strict_yaml import dotted, parse_yaml

DEEP = 100_000
START = Source("x.md", 10)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * DEEP, r"^x\.md:10: the YAML is nested too deeply"),
        ("a: 1\nb: &x [*x]", r"^x\.md:11: a YAML value that contains itself"),
        ("a: 1\na: 2", r"^x\.md:11: the key 'a' is there twice"),
        ("a: 1\nb: *none", r"^x\.md:11: not YAML: found undefined alias"),
        ("a: 1\n\x07", r"^x\.md:10: not YAML: unacceptable character"),
        ("a: 1\nb: !!binary aGk=", r"^x\.md:11: the YAML tag tag:yaml.org,2002:binary has no JSON value"),
        ("a: 1\nb: !mine x", r"^x\.md:11: the YAML tag !mine"),
        ("a: 1\nb: !!int ''", r"^x\.md:11: not a YAML value: ''"),
        ("a: 1\nb: !!bool perhaps", r"^x\.md:11: not a YAML value: 'perhaps'"),
        ("a: 1\nb: " + "9" * 5000, r"^x\.md:11: not a YAML value"),
        ("a: 1\nb: [.nan]", r"^x\.md:11: b\[0\] holds a value"),
        ("? [a, b]\n: 1", r"^x\.md:10: a YAML key that is not a plain word"),
        ("--- 1\n--- 2", r"^x\.md:11: not YAML: but found another document"),
        ('a: 1\nb: "\\ud800"', r"^x\.md:11: b holds a value"),
        ('a: 1\n"\\ud800": 1', r"^x\.md:11: holds a value"),
    ],
)
def test_unusable_yaml_is_refused(text: str, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        parse_yaml(text, START)


def test_a_yaml_set_is_a_mapping_to_null() -> None:
    assert {"x": None} == parse_yaml("!!set {x}", START).value


def test_aliases_of_aliases_are_bounded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ContractError, match="more than 100000 values"):
        parse_yaml("\n".join(lines), START)


def test_yaml_knows_json_values_only_and_the_line_of_each() -> None:
    located = parse_yaml("a: [1, 2.5, yes, ~, 2026-01-31]\n200:\n  b: &x {c: =}\nd: *x\n<<: e", START)
    expected = {"a": [1, 2.5, True, None, "2026-01-31"], "200": {"b": {"c": "="}}, "d": {"c": "="}, "<<": "e"}
    assert expected == located.value
    assert (10, 11, 12, 13) == tuple(located.lines[path] for path in [("a", 4), ("200",), ("200", "b"), ("d",)])


def test_a_merge_key_takes_over_what_the_mapping_does_not_say_itself() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\nd:\n  <<: *a\n'<<': *a"
    located = parse_yaml(text, START)
    a = {"x": 1, "y": 1}
    assert {"a": a, "b": {"y": 2, "z": 2}, "c": {"x": 1, "y": 1, "z": 3}, "d": a, "<<": a} == located.value
    assert (10, 13) == tuple(located.lines[path] for path in [("c", "x"), ("c", "z")])


@pytest.mark.parametrize("text", ["a: &a\n  <<: *a", "&a\na: 1\n<<: [*a]"])
def test_a_mapping_that_takes_over_itself_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match=r"^x\.md:1[01]: "):
        parse_yaml(text, START)


def test_a_field_without_a_line_has_the_line_of_the_nearest_field_around_it() -> None:
    located = parse_yaml("a:\n  b: [1, 2]\n", Source("x.md", 1))
    assert (2, 2, 1, 1) == tuple(located.line_of(path) for path in [("a", "b", 7), ("a", "b"), ("a", "z"), ("z",)])


def test_a_field_is_named_by_its_keys_and_indexes() -> None:
    assert "staff[0].token" == dotted(("staff", 0, "token"))
