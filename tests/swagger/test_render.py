"""The contract as text of 120 columns and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from swagger.contract import Contract, Drift, Source, Unused
from swagger.load import load_contract
from swagger.render import WIDTH, as_json, as_text


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract()


def test_text_fits_the_width_and_ends_no_line_in_white_space(contract: Contract) -> None:
    lines = as_text(contract).split("\n")
    assert WIDTH == max(len(line) for line in lines)
    assert [] == [line for line in lines if line != line.rstrip()]


def test_text_begins_with_the_endpoint_and_what_it_needs(contract: Contract) -> None:
    path = "PUT /business/scheduling/v1/external_calendar_items/bulk_create"
    assert [path, "staff token, 8/s, fallback API"] == as_text(contract).split("\n")[:2]
    bare = replace(contract, rate_limit=None, endpoint=replace(contract.endpoint, use_fallback=False))
    assert "staff token, no rate limit" == as_text(bare).split("\n")[1]


def test_text_names_every_clause_with_its_place_and_sentence(contract: Contract) -> None:
    text = as_text(contract)
    flat = " ".join(text.split())
    for clause in contract.clauses:
        assert f"{clause.id} {clause.where} {' '.join(clause.says.split())}" in flat


def test_text_shows_both_sides_of_each_drift(contract: Contract) -> None:
    flat = " ".join(as_text(contract).split())
    assert "required external_items document followed yes" in flat
    assert "field external_items[].rrule document followed nothing swagger optional array scheduling.json#/" in flat


def test_text_shows_the_field_rules_in_columns(contract: Contract) -> None:
    lines = as_text(contract).split("\n")
    fields = lines[lines.index("fields") + 1 : lines.index("drift") - 1]
    column = fields[0].index("required")
    assert ["required", *("yes" if rule.required else "no" for rule in contract.fields)] == [
        line[column:].split()[0] for line in fields
    ]
    assert "one of google_v3, outlook_v1.0" in fields[3]
    assert fields[5].endswith("or external_item")
    assert fields[-1].endswith("only in the swagger: observed, not judged")


def test_empty_parts_say_none_and_unused_parts_are_named(contract: Contract) -> None:
    assert as_text(replace(contract, unused=())).endswith("not used\n  none\n")
    named = replace(contract, drift=(), unused=(Unused("section “Notes”", Source("x.md", 9)),))
    text = as_text(named)
    assert "drift\n  none\n" in text
    assert f"  section “Notes”{'x.md:9':>{WIDTH - 17}}\n" in text


def test_a_place_that_does_not_fit_stands_on_a_line_of_its_own(contract: Contract) -> None:
    drift = Drift("a\x1b[31m", "x " * 50, Source("f" * 30, 1), None, None, "swagger")
    lines = as_text(replace(contract, drift=(drift,))).split("\n")
    start = lines.index("drift")
    expected = [
        "  a\N{REPLACEMENT CHARACTER}[31m",
        "      document            " + "x " * 46 + "x",
        f"{'':26}x x x" + f"{'f' * 30 + ':1':>{WIDTH - 31}}",
        "      swagger   followed  nothing",
    ]
    assert expected == lines[start + 1 : start + 5]
    long = replace(drift, document="x" * 80)
    lines = as_text(replace(contract, drift=(long,))).split("\n")
    assert f"{'f' * 30 + ':1':>{WIDTH}}" == lines[start + 3]


def test_an_empty_sentence_leaves_an_empty_line(contract: Contract) -> None:
    text = as_text(replace(contract, clauses=(replace(contract.clauses[0], says=""),)))
    assert ":99\n\n\nfields" in text


def test_json_has_a_version_and_survives_a_round_trip(contract: Contract) -> None:
    value = as_json(contract)
    assert 1 == value["version"]
    assert value == json.loads(json.dumps(value))


def test_json_holds_the_whole_contract(contract: Contract) -> None:
    value = as_json(contract)
    assert [clause.id for clause in contract.clauses] == [clause["id"] for clause in value["clauses"]]
    assert [rule.path for rule in contract.fields] == [rule["path"] for rule in value["fields"]]
    assert ["connect", "disable", "disconnect"] == list(value["siblings"])
    assert contract.state_error("invalid").body == value["state_errors"][2]["body"]
    assert {"status": 200, "body": contract.success_body, "where": str(contract.success_where)} == value["success"]
    rrule = next(drift for drift in value["drift"] if drift["what"].endswith("rrule"))
    assert (None, None, "optional array") == (rrule["document"], rrule["document_where"], rrule["swagger"])


def test_a_place_is_a_file_a_line_or_a_pointer() -> None:
    places = Source("a"), Source("a", 1), Source("a", pointer="/b")
    assert ["a", "a:1", "a#/b"] == [str(place) for place in places]


def test_json_rows_have_exactly_these_keys(contract: Contract) -> None:
    value = as_json(contract)
    rule, error = contract.fields[2], contract.state_errors[0]
    assert value["fields"][2] == {
        "path": "calendar_sync.provider",
        "type": "string",
        "required": True,
        "format": None,
        "listed": ["google_v3", "outlook_v1.0"],
        "alternative": None,
        "promised": True,
        "says": rule.says,
        "where": str(rule.where),
    }
    assert value["state_errors"][0] == {
        "code": "missing",
        "status": 422,
        "title": "Staff Not Registered",
        "message": "staff is not registered to any calendar sync",
        "body": error.body,
        "occurs_when": error.occurs_when,
        "where": str(error.where),
    }
    assert value["endpoint"] == {
        "name": "bulk_create",
        "method": "PUT",
        "path": contract.endpoint.path,
        "use_fallback": True,
    }
    assert ("staff", "8/s", ["what", "where"]) == (value["token"], value["rate_limit"], list(value["unused"][0]))
    kinds = {clause["id"]: clause["kind"] for clause in value["clauses"]}
    assert ("state error", "listed values") == (kinds["missing"], kinds["listed:calendar_sync.provider"])
