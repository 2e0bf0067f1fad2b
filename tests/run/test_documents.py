"""What `contract` accepts, `run` runs: both read documents in one place, and it refuses what no run could use."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.errors import UsageError
from fuzz.run.setup.documents import read_contract
from tests.swagger.documents import PACKAGED, SECOND, edited, line_of
from tests.swagger.family import BULK_DEACTIVATE, CONNECT, DISCONNECT


def refused(folder: Path, text: str) -> str:
    """What the document is refused with; the next step is one line of its own."""
    (folder / "doc.md").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_contract(folder / "doc.md", None)
    assert "\n" not in caught.value.what + caught.value.next
    assert caught.value.next
    return caught.value.what


def test_the_packaged_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(PACKAGED, encoding="utf-8")
    assert "bulk_create" == read_contract(tmp_path / "doc.md", None).endpoint.name


@pytest.mark.parametrize("text", [CONNECT, BULK_DEACTIVATE])
def test_a_body_without_the_list_of_items_is_refused_at_its_table(tmp_path: Path, text: str) -> None:
    line = line_of(text, "| `staff_uid`")
    assert refused(tmp_path, text).startswith(f"doc.md:{line}: the body has no array `external_items`")


def test_a_document_without_a_table_is_refused_for_what_its_swagger_says_of_the_body(tmp_path: Path) -> None:
    assert "the body has no array `external_items`" in refused(tmp_path, DISCONNECT)


def test_a_document_of_another_endpoint_is_refused(tmp_path: Path) -> None:
    text = edited(SECOND, ('swagger: "swagger/rooms/rooms.json"\n', ""))
    assert "the body has no string `staff_uid`" in refused(tmp_path, text)


@pytest.mark.parametrize("path", ["staff_uid", "calendar_sync.provider", "calendar_sync.account"])
def test_a_table_without_a_needed_field_is_refused_by_its_name(tmp_path: Path, path: str) -> None:
    lines = [line for line in PACKAGED.splitlines() if not line.startswith(f"| `{path}`")]
    assert f"the body has no string `{path}`" in refused(tmp_path, "\n".join(lines))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("`calendar_sync` | Yes", "`calendar_sync` | No", "`calendar_sync` is an optional object"),
        ("`calendar_sync` | Yes | object", "`calendar_sync` | Yes | string", "`calendar_sync` is a required string"),
        ("sync.account` | Yes | string", "sync.account` | Yes | object", "sync.account` is a required object"),
        ("`external_items` | Yes", "`external_items` | No", "`external_items` is an optional array"),
    ],
)
def test_a_needed_field_that_the_fuzzer_cannot_fill_is_refused_at_its_row(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = edited(PACKAGED, (old, new))
    assert refused(tmp_path, text).startswith(f"doc.md:{line_of(text, new)}: ")
    assert says in refused(tmp_path, text)


def test_a_list_whose_entries_nobody_describes_is_refused(tmp_path: Path) -> None:
    lines = [line for line in PACKAGED.splitlines() if not line.startswith("| `external_items[]")]
    assert "nothing says what an entry of `external_items` holds" in refused(tmp_path, "\n".join(lines))


def test_a_test_request_without_a_needed_value_is_refused_at_its_step(tmp_path: Path) -> None:
    text = edited(PACKAGED, ('        account: "testuser@gmail.com"\n', ""))
    line = line_of(text, "- id: bulk_create_items")
    expected = f"doc.md:{line}: the body of the test request has no `calendar_sync.account`"
    assert refused(tmp_path, text).startswith(expected)


def test_a_refusal_says_all_that_was_understood(tmp_path: Path) -> None:
    says = refused(tmp_path, CONNECT)
    path = "/business/scheduling/v1/external_calendar_items/connect"
    expected = (
        f"[understood: endpoint PUT {path}; tokens staff; prerequisites POST /platform/v1/scheduling/calendar_syncs; "
        f"test request PUT {path}; "
        "body staff_uid, calendar_sync, calendar_sync.provider, calendar_sync.account; good answer 200; "
        "errors 422 missing]"
    )
    assert expected == says[says.index("[understood") :]


def test_a_refusal_names_what_was_not_used_and_why(tmp_path: Path) -> None:
    says = refused(tmp_path, edited(CONNECT, ("domain: scheduling", "owner: someone")))
    assert "not used front matter key `owner` (doc.md:3)" in says
