"""Reading documents: a second one of the family, single parts of the grammar, and every line exactly right."""

from __future__ import annotations

from pathlib import Path

import pytest

from swagger.contract import Source, Step, Unused
from swagger.workflow.document import Document, canonical_path, parse_document, read_document
from tests.swagger.documents import PACKAGED, SECOND, edited, line_of


@pytest.fixture(scope="module")
def second() -> Document:
    return parse_document(SECOND, "second.md")


def at(words: str) -> Source:
    return Source("second.md", line_of(SECOND, words))


def test_front_matter_of_another_document_is_read(second: Document) -> None:
    endpoint = second.front.endpoint
    assert endpoint is not None
    assert ("bookings", "POST", False) == (endpoint.name, endpoint.method, endpoint.use_fallback)
    assert ("app", "staff") == second.front.tokens
    assert at("tokens: [app") == second.front.where("tokens")
    assert Source("second.md", 1) == second.front.where("useFallbackApi")


def test_steps_without_steps_key_and_with_every_key_are_read(second: Document) -> None:
    expected = Step(
        id="step_1",
        method="POST",
        path="/platform/v1/rooms?force=true",
        where=at("- method: post"),
        params={"force": True},
        headers={"X-Trace": "7"},
        token="admin",
        body={"name": "Attic", "opened": "2026-01-31"},
        extract={"room_uid": "$.data.uid"},
        expect_status=(200, 201),
        on_fail="skip",
    )
    assert (expected,) == second.prerequisites


def test_a_step_may_go_to_the_fallback_by_itself(second: Document) -> None:
    assert [("look", False), ("book", True)] == [(step.id, step.use_fallback) for step in second.test_steps]


def test_rules_come_from_several_tables_in_either_order_of_columns(second: Document) -> None:
    expected = [
        ("guests", "integer", True, None, "| **guests**"),
        ("contact", "object", False, None, "| `contact.email`"),
        ("contact.email", "string", True, None, "| `contact.email`"),
        ("kind", "string", False, None, "| `kind`"),
        ("slots", "array", False, None, "| `slots[0].from`"),
        ("slots[].from", "string", True, "date-time", "| `slots[0].from`"),
        ("maybe", "boolean", False, None, "| `maybe`"),
        ("tags", "array", False, None, "| `tags[]`"),
    ]
    actual = [(rule.path, rule.type, rule.required, rule.format, rule.where) for rule in second.fields]
    assert [(*rule, at(row)) for *rule, row in expected] == actual


def test_values_and_alternatives_come_from_the_descriptions(second: Document) -> None:
    by_path = {rule.path: rule for rule in second.fields}
    assert ("meeting", "party", "other") == by_path["kind"].listed
    assert "phone" == by_path["contact.email"].alternative
    assert () == by_path["guests"].listed


def test_the_first_good_answer_with_a_body_counts(second: Document) -> None:
    assert second.success is not None
    expected = (201, {"data": {"uid": "b1"}}, at("## Expected Response"))
    assert expected == (second.success.status, second.success.body, second.success.where)


def test_an_error_is_read_from_bold_headings_wrapped_sentences_and_any_order(second: Document) -> None:
    error = second.errors[0]
    assert ("gone", 404, "No Room", "room is gone") == (error.code, error.status, error.title, error.message)
    assert "This happens if the room is gone." == error.occurs_when
    assert at("**404") == error.where
    assert at("## Errors") == second.errors_where


def test_whatever_cannot_be_used_is_named_with_its_line(second: Document) -> None:
    expected = [
        ("front matter key `owner`", "owner: facilities"),
        ("step key `retries`", "  retries: 3"),
        ("a code block in bash where steps are YAML", "echo ready"),
        ("a table of path parameters; only the body is used", "| Parameter | Required | Type"),
        ("parameter `odd` of type 'blob', which is no JSON type", "| `odd`"),
        ("a row without a name", "| | string"),
        (f"parameter `guests`, described before in {at('| **guests**')}", "| `guests` | No"),
        ("a table under “More Parameters” that has no columns Parameter, Required and Type", "| Header"),
        ("response “Success Response”, beside the first one or without a JSON body", "## Success Response"),
        ("a second body of the good answer", '{"data": null}'),
        ("a table under “Expected Response (201)”", "| Field | Type |"),
        ("error 401 “Unauthorized”: about the token, not about the state", "#### HTTP 401"),
        ("error entry `also`, not the first of its body", '{"errors": [{"code": "gone"'),
        ("error 404 “No Room”: a second body", '{"second": true}'),
        ("error 409 “Taken”: no JSON body", "### Taken"),
        ("error 422 “Other”: neither errors[] with code and message nor a text `error`", '    {"errors": ["text"]}'),
        ("section “Notes”", "## Notes"),
    ]
    assert [Unused(what, at(words)) for what, words in expected] == list(second.unused)


def test_the_token_sentence_comes_from_the_summary(second: Document) -> None:
    assert second.token_sentence is not None
    assert ("Works with an app token.", at("Books a room.")) == (
        second.token_sentence.says,
        second.token_sentence.where,
    )


def test_an_empty_document_has_nothing_and_is_no_error() -> None:
    document = parse_document("", "empty.md")
    assert (None, (), (), (), None, None, (), ()) == (
        document.front.endpoint,
        document.prerequisites,
        document.test_steps,
        document.fields,
        document.success,
        document.errors_where,
        document.errors,
        document.unused,
    )


def test_prerequisites_may_be_none_required() -> None:
    assert () == parse_document("## Prerequisites\n\nNone required.\n", "x.md").prerequisites


def test_yaml_without_steps_and_code_where_none_is_read_are_named() -> None:
    text = "```\nstray\n```\n\n## Prerequisites\n\n```yaml\nnote: 1\n```\n\n## Summary\n\n```json\n1\n```\n"
    unused = [(unused.what, unused.where.line) for unused in parse_document(text, "x.md").unused]
    assert [("section “”", 1), ("a YAML block without steps", 8), ("a code block under “Summary”", 14)] == unused


def test_headings_of_other_statuses_are_no_errors() -> None:
    document = parse_document("## 302 - Found\n\nIt occurs when moved.\n", "x.md")
    assert ((), ["section “Found”"]) == (document.errors, [unused.what for unused in document.unused])


def test_an_error_heading_may_be_the_status_alone() -> None:
    body = '```json\n{"errors": [{"code": "a", "message": "b"}]}\n```\nIt is raised if a.\n'
    (error,) = parse_document(f"# 409\n\n{body}", "x.md").errors
    assert (409, "409", "It is raised if a.", Source("x.md", 1)) == (
        error.status,
        error.title,
        error.occurs_when,
        error.where,
    )


def test_a_good_answer_without_a_status_is_200() -> None:
    success = parse_document("## Expected Response\n\n```\n{}\n```\n", "x.md").success
    assert success is not None
    assert (200, {}) == (success.status, success.body)


def test_windows_line_ends_and_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "packaged.md"
    path.write_bytes(b"\xef\xbb\xbf" + PACKAGED.replace("\n", "\r\n").encode())
    assert parse_document(PACKAGED, "packaged.md") == read_document(path)


def test_lines_are_right_after_others_were_put_before_them() -> None:
    moved = parse_document(edited(PACKAGED, ("## Summary", "\n\n\n## Summary")), "x.md")
    there = parse_document(PACKAGED, "x.md")
    assert [(rule.where.line or 0) + 3 for rule in there.fields] == [rule.where.line for rule in moved.fields]
    assert [(error.where.line or 0) + 3 for error in there.errors] == [error.where.line for error in moved.errors]
    assert (there.test_steps[0].where.line or 0) + 3 == moved.test_steps[0].where.line


@pytest.mark.parametrize("path", ["/a/{{id}}/b", "/a/{id}/b/", "/a/:id/b", "/a/{{ other }}/b?x=1"])
def test_the_spelling_of_path_parameters_does_not_matter(path: str) -> None:
    assert "/a/{}/b" == canonical_path(path)
