"""Siblings are read from documents of their own: the packaged ones, or those in a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from swagger.contract import ClauseKind, ContractError, SiblingPromises
from swagger.load import PACKAGED as FOLDER
from swagger.load import load_contract
from swagger.siblings import documents_in
from tests.swagger.documents import PACKAGED

PARENT = "/business/scheduling/v1/external_calendar_items"


def document(name: str, *, body: str = '{"done": true}', error: str = "", front: str = "tokens: [staff]") -> str:
    return f"""---
endpoint: "PUT {PARENT}/{name}"
{front}
---

# {name}

## Test Request

```yaml
steps:
  - id: call
    method: PUT
    path: "{PARENT}/{name}"
    token: staff
    body: {{staff_uid: "{{{{staff_id}}}}", calendar_sync: {{provider: "google_v3", account: "a@example.com"}}}}
    expect: {{status: 200}}
```

## Expected Response (200)

```json
{body}
```
{error}
"""


def error(title: str, *, code: str = "gone", says: str = "") -> str:
    return f"""
### 422 - {title}

```json
{{"success": false, "errors": [{{"code": "{code}", "message": "{title}"}}]}}
```

{says}
"""


def read(folder: Path, **documents: str) -> dict[str, SiblingPromises]:
    for name, text in documents.items():
        (folder / f"{name}.md").write_text(text)
    return dict(load_contract(documents=folder).promises)


def test_a_document_in_the_folder_stands_for_the_packaged_one_and_the_others_stay(tmp_path: Path) -> None:
    promises = read(tmp_path, connect=document("connect"))
    assert {"done": True} == promises["connect"].success_body
    assert ["connect.success", "connect.token", "connect.no_server_error"] == [
        c.id for c in promises["connect"].clauses
    ]
    assert load_contract().promises["disable"] == promises["disable"]


def test_the_endpoints_own_document_may_be_in_the_folder_too(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "bulk.md").write_text(PACKAGED.replace("Only a **staff token**", "Just a **staff token**"))
    contract = load_contract(documents=tmp_path)
    assert "bulk.md" == contract.clause("token").where.file
    assert "Just a staff token" in contract.clause("token").says


def test_a_sibling_that_no_swagger_lists_is_known_by_its_document(tmp_path: Path) -> None:
    (tmp_path / "pause.md").write_text(document("pause", front="tokens: [staff]\nuseFallbackApi: true"))
    sibling = load_contract(documents=tmp_path).siblings["pause"]
    assert ("PUT", f"{PARENT}/pause", True) == (sibling.method, sibling.path, sibling.use_fallback)


@pytest.mark.parametrize(
    ("title", "says", "due"),
    [
        ("Staff Not Registered", "", True),
        ("Gone", "This error occurs when the staff member does not have a CalendarSync record.", True),
        ("Gone", "Returned if there is no calendar sync.", True),
        ("Staff Not Exists", "", False),
        ("Already Registered", "", False),
        ("Sync Is Busy", "", False),
    ],
)
def test_an_error_is_judged_where_its_title_or_sentence_says_that_there_is_no_sync(
    tmp_path: Path, title: str, says: str, *, due: bool
) -> None:
    promises = read(tmp_path, connect=document("connect", error=error(title, says=says)))["connect"]
    assert due is (promises.without_sync is not None)
    assert due is (promises.clause_of_kind(ClauseKind.STATE_ERROR) is not None)


def test_of_two_errors_that_say_so_none_is_judged_and_both_are_named(tmp_path: Path) -> None:
    both = error("Staff Not Registered") + error("No Calendar Sync", code="none")
    (tmp_path / "connect.md").write_text(document("connect", error=both))
    contract = load_contract(documents=tmp_path)
    assert contract.promises["connect"].without_sync is None
    assert 2 == sum(unused.what.startswith("connect: error 422") for unused in contract.unused)


def test_an_error_is_named_by_its_code_unless_another_has_the_same(tmp_path: Path) -> None:
    alone = read(tmp_path, connect=document("connect", error=error("Staff Not Registered")))
    assert "connect.gone" == alone["connect"].clauses[0].id
    two = error("Staff Not Registered") + error("Staff Not Exists")
    assert (
        "connect.staff_not_registered"
        == read(tmp_path, connect=document("connect", error=two))["connect"].clauses[0].id
    )


def test_each_clause_of_a_packaged_sibling_names_its_own_document() -> None:
    files = {clause.where.file for promises in load_contract().promises.values() for clause in promises.clauses}
    assert {path.name for path in FOLDER.glob("*_*.md") if "bulk_create" not in path.name} == files


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({}, "no workflow document in it"),
        ({"readme.md": "# Hello\n", "x.md": "---\nname: x\n---\n"}, "no workflow document in it"),
        ({"a.md": document("connect"), "b.md": document("connect")}, "documented twice, first in"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path, files: dict[str, str], what: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ContractError, match=what):
        documents_in(tmp_path)


def test_a_crash_of_a_sibling_without_a_document_has_a_clause_that_says_so() -> None:
    contract = replace(load_contract(), promises={}, clauses=())
    assert "no document describes `connect`" in contract.clause("connect.no_server_error").says
    with pytest.raises(KeyError):
        contract.clause("connect.success")
