"""How parameter tables word types, listed values, alternatives and requiredness."""

from __future__ import annotations

import pytest

from swagger.contract import FieldRule
from swagger.parsing.markdown import Table
from swagger.workflow.parameter_tables import read_rules


def rules(*rows: tuple[str, str, str, str]) -> list[FieldRule]:
    columns = ("parameter", "required", "type", "description")
    return read_rules([Table("Request Body", 1, columns, tuple((3 + n, row) for n, row in enumerate(rows)))], "x.md")[0]


def described(description: str, kind: str = "string") -> FieldRule:
    return rules(("`many`", "Yes", kind, description))[0]


@pytest.mark.parametrize(
    ("description", "listed"),
    [
        ('Provider name: "a", "b". Must match.', ("a", "b")),
        ('Either "a" or "b"', ("a", "b")),
        ('"a" (first), "b" (second)', ("a", "b")),
        ('"a" | "b" | "a"', ("a", "b")),
        ("“a” and “b”", ("a", "b")),
        ("'a', 'b'", ("a", "b")),
        ("One of `a`, `b`", ("a", "b")),
        ('One of `"a"`, `"b"`', ("a", "b")),
        ("Allowed values: `a`", ("a",)),
        ('Must be "a"', ("a",)),
        ('Examples: "x", "y". Values: "a"', ("a",)),
        ('Title, e.g. "My meeting"', ()),
        ('Such as "a", "b"', ()),
        ('Kind. Default: "a"', ()),
        ('The "main" one', ()),
        ("The `a`, `b` of the staff's sync", ()),
        ("The staff's item and the team's item", ()),
        ("", ()),
    ],
)
def test_listed_values_are_the_quoted_ones_that_are_no_examples(description: str, listed: tuple[str, ...]) -> None:
    assert listed == described(description).listed


def test_values_may_be_listed_in_the_type_column() -> None:
    assert ("a", "b") == described("Kind of thing", 'enum ("a", "b")').listed


@pytest.mark.parametrize(
    "description",
    [
        "Items. Alternatively, use `one` (singular) for a single item.",
        "Items. Alternatively use `one`.",
        "Items; an alternative is `one`",
        "Items. Use `one` instead.",
        "Items. For one item, send `one` instead of a list of one, or instead use `one`",
        "Items. Or instead you may send `one`",
        "Items. `one` may be sent instead",
        "Items, or `one`",
        "Items. Or just use `one`.",
    ],
)
def test_an_alternative_is_recognised_in_various_wordings(description: str) -> None:
    assert "one" == described(description, "array").alternative


@pytest.mark.parametrize(
    "description",
    [
        "Must match `other`.",
        "Matches `other` or `one`",
        "Alternatively, use `many`",
        "Alternatively, use `deep.one`",
        "Use something instead of a list",
    ],
)
def test_other_sentences_name_no_alternative(description: str) -> None:
    assert None is described(description, "array").alternative


def test_or_names_no_alternative_that_has_a_row_of_its_own() -> None:
    many, one = rules(("many", "Yes", "array", "Sorted by date or `one`"), ("one", "No", "object", "A thing"))
    assert (None, None) == (many.alternative, one.alternative)


def test_alternatively_names_a_row_too() -> None:
    many, one = rules(("many", "Yes", "array", "Alternatively, `one`"), ("one", "No", "object", "A thing"))
    assert ("one", None) == (many.alternative, one.alternative)


@pytest.mark.parametrize("says", ["Send it instead of `many`", "An alternative to `many`", "In place of the `many`"])
def test_an_alternative_may_be_worded_from_its_own_row(says: str) -> None:
    many, one = rules(("many", "Yes", "array", "Things"), ("one", "No", "object", says))
    assert ("one", None) == (many.alternative, one.alternative)


def test_an_alternative_stands_at_the_same_level() -> None:
    rule = rules(("a.b", "Yes", "string", "Alternatively, use `a.c`"))[1]
    assert ("a.b", "c") == (rule.path, rule.alternative)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("string", "string"),
        ("`String`", "string"),
        ("date-time", "string"),
        ("integer", "integer"),
        ("number", "number"),
        ("Boolean", "boolean"),
        ("hash", "object"),
        ("array of strings", "array"),
        ("string[]", "array"),
        ("array[string]", "array"),
    ],
)
def test_types_are_json_types_however_they_are_spelled(cell: str, kind: str) -> None:
    assert kind == described("A thing", cell).type


@pytest.mark.parametrize("cell", ["thing", "", "-"])
def test_a_row_of_an_unknown_type_makes_no_rule(cell: str) -> None:
    assert [] == rules(("a", "Yes", cell, ""))


@pytest.mark.parametrize("words", ["(ISO 8601)", "ISO-8601 date", "as RFC 3339"])
def test_a_string_said_to_be_iso_8601_has_the_format_date_time(words: str) -> None:
    assert "date-time" == described(f"When it starts {words}").format
    assert None is described(f"When it starts {words}", "integer").format


@pytest.mark.parametrize(("cell", "required"), [("Yes", True), ("**required**", True), ("No", False), ("✗", False)])
def test_required_is_what_the_cell_says(cell: str, required: bool) -> None:
    assert required is rules(("a", cell, "string", ""))[0].required


def test_rows_shorter_than_the_header_have_empty_cells() -> None:
    table = Table("Body", 1, ("parameter", "required", "type"), ((3, ("a", "Yes", "string")),))
    (rule,), unused = read_rules([table], "x.md")
    assert ("a", "", []) == (rule.path, rule.says, unused)


@pytest.mark.parametrize("heading", ["Query Parameters", "Headers", "URL params"])
def test_tables_of_other_places_are_named_as_unused(heading: str) -> None:
    table = Table(heading, 7, ("parameter", "required", "type"), ((9, ("a", "Yes", "string")),))
    found, (unused,) = read_rules([table], "x.md")
    assert ([], 7) == (found, unused.where.line)
    assert "only the body is used" in unused.what


def test_a_heading_that_says_body_is_a_body_whatever_else_it_says() -> None:
    table = Table("Body (not query) Parameters", 7, ("name", "required", "type"), ((9, ("a", "Yes", "string")),))
    assert ["a"] == [rule.path for rule in read_rules([table], "x.md")[0]]
