"""Parameter tables of other kinds: each is read rightly, or refused with the name of what is not understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from swagger.contract import ContractError
from swagger.workflow.document import Document, parse_document
from tests.swagger.documents import PACKAGED, edited, load_text
from tests.swagger.tables import FIRST, ITEM_ROWS, KINDS, SYNC_ROWS, nested, with_table

PLAIN = nested("### `calendar_sync`", "### `external_items`")


def promised(document: Document) -> dict[str, tuple[object, ...]]:
    """What a document promises of each field, without the words."""
    return {
        rule.path: (rule.type, rule.required, rule.format, rule.listed, rule.alternative) for rule in document.fields
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_says_the_same_is_read_as_the_same(tmp_path: Path, kind: str) -> None:
    text = with_table(KINDS[kind])
    assert promised(parse_document(PACKAGED, "x.md")) == promised(parse_document(text, "x.md"))
    contract = load_text(tmp_path, text)
    assert {clause.id for clause in load_text(tmp_path, PACKAGED).clauses} - {"account_stored"} == {
        clause.id for clause in contract.clauses
    }


def doubt(folder: Path, table: str) -> str:
    """What a document with that table is refused for."""
    with pytest.raises(ContractError) as caught:
        load_text(folder, with_table(table))
    assert caught.value.what.startswith("doc.md:")
    assert ": not understood [understood: endpoint PUT " in caught.value.what
    assert "\n" not in caught.value.what + caught.value.next
    return caught.value.what.partition(": not understood")[0].partition(" ")[2]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            f"{FIRST}\n### Recipient\n\n{SYNC_ROWS}",
            "a table under “Recipient”, which names no object or array of a table before it",
        ),
        (
            f"### `calendar_sync`\n\n{SYNC_ROWS}\n### Request Body\n\n{FIRST}",
            "a table under “`calendar_sync`”, which names no object or array of a table before it",
        ),
        (
            PLAIN.replace("| `staff_uid` | string | Yes |", "| `staff_uid` | string | Yes* |"),
            "parameter `staff_uid` is required 'yes' with the mark of a footnote that is not there",
        ),
        (
            PLAIN.replace("| `staff_uid` | string | Yes |", "| `staff_uid` | string | Yes† |")
            + "\n† Only if the token is an app's\n",
            "parameter `staff_uid` is required 'yes' on a condition: “Only if the token is an app's”",
        ),
        (
            PLAIN.replace("| `staff_uid` | string | Yes |", "| `staff_uid` | string | Sometimes |"),
            "parameter `staff_uid` is required 'sometimes', which is neither yes nor no",
        ),
        (
            PLAIN.replace("external_id | string |", "external_id | string \\| null |"),
            "parameter `external_items[].external_id` of more types than one, 'string | null'",
        ),
        (
            PLAIN.replace("external_title | string |", "external_title | string or array |"),
            "parameter `external_items[].external_title` of more types than one, 'string or array'",
        ),
        (
            PLAIN.replace("external_title | string |", "external_title | string or blob |"),
            "parameter `external_items[].external_title` of more types than one, 'string or blob'",
        ),
        (
            PLAIN.replace("external_id | string |", "external_id | blob |"),
            "parameter `external_items[].external_id` of type 'blob', which is no JSON type",
        ),
        (
            FIRST.replace("| `staff_uid`", "| ↳ `staff_uid`"),
            "parameter `staff_uid`, indented below no object or array",
        ),
    ],
)
def test_what_is_not_understood_is_refused_by_name(tmp_path: Path, table: str, says: str) -> None:
    assert says == doubt(tmp_path, table)


def test_deeper_indentation_is_deeper_in_the_body() -> None:
    rows = ("a | object", "↳ b | array", "↳↳ c | object", "↳↳↳ d | string", "↳ e | string", "f | string")
    table = "| Name | Type | Required |\n|---|---|---|\n" + "".join(f"| {row} | Yes |\n" for row in rows)
    fields = parse_document(f"## Body\n\n{table}", "x.md").fields
    assert ["a", "a.b", "a.b[].c", "a.b[].c.d", "a.e", "f"] == [rule.path for rule in fields]


def test_a_path_parameter_in_a_mixed_table_is_not_of_the_body() -> None:
    table = "| Parameter | Type | Required |\n|---|---|---|\n| `id` | string | Yes |\n| `name` | string | Yes |\n"
    for path in ("/a/{{id}}", "/a/{id}/b", "/a/:id"):
        text = f'---\nendpoint: "PUT {path}"\n---\n\n## Parameters\n\n{table}'
        document = parse_document(text, "x.md")
        assert ["name"] == [rule.path for rule in document.fields]
        assert "parameter `id` of the path; only the body is used" in [unused.what for unused in document.unused]
        document = parse_document(text.replace("## Parameters", "## Request Body Parameters"), "x.md")
        assert ["id", "name"] == [rule.path for rule in document.fields]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("array of strings or numbers", "array"),
        ("string[] or null", "array"),
        ("null or string", "string"),
        ("integer or number", "number"),
        ('string ("a" or "b")', "string"),
        ("enum: a | b", "string"),
        ("date or datetime", "string"),
        ("list<string|null>", "array"),
    ],
)
def test_a_union_of_one_json_type_is_that_type(cell: str, kind: str) -> None:
    cell = cell.replace("|", "\\|")
    table = f"| Name | Type | Required |\n|---|---|---|\n| `a` | {cell} | No |\n"
    document = parse_document(f"## Body\n\n{table}", "x.md")
    assert ([kind], []) == ([rule.type for rule in document.fields], list(document.unused))


@pytest.mark.parametrize(
    "heading",
    [
        "Expected Response (200/201)",
        "Expected Response (200 or 201)",
        "Expected Response (2xx)",
        "Expected Response: 200/201",
        "200, 201 - Done",
    ],
)
def test_a_good_answer_of_several_statuses_is_refused_by_name(tmp_path: Path, heading: str) -> None:
    text = edited(PACKAGED, ("## Expected Response (200)", f"## {heading}"))
    with pytest.raises(ContractError, match=r"under (2|100) statuses, 200 to (201|299): not understood"):
        load_text(tmp_path, text)


@pytest.mark.parametrize("heading", ["Expected Response 201", "Success Response: 201 Created", "201", "Response (201)"])
def test_the_status_of_a_good_answer_is_read_wherever_its_heading_has_it(heading: str) -> None:
    success = parse_document(f"## {heading}\n\n```json\n{{}}\n```\n", "x.md").success
    assert success is not None
    assert (201, ()) == (success.status, success.also)


def test_an_error_of_several_statuses_is_refused_by_name(tmp_path: Path) -> None:
    text = edited(PACKAGED, ("### 422 - Staff Not", "### 422/404 - Staff Not"))
    with pytest.raises(ContractError, match=r"error 422 “Staff Not Registered” under 2 statuses, 422 to 404"):
        load_text(tmp_path, text)


def test_a_table_under_no_heading_of_parameters_is_not_mixed_with_the_body() -> None:
    text = f"## Request Body Parameters\n\n{FIRST}\n## Response Fields\n\n{ITEM_ROWS}"
    document = parse_document(text, "x.md")
    assert ["staff_uid", "calendar_sync", "external_items"] == [rule.path for rule in document.fields]
