"""Documents that the tests read: the packaged one as text, and a second one of the family about another endpoint."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from swagger.contract import Contract
from swagger.load import SWAGGER, WORKFLOW, load_contract

PACKAGED = WORKFLOW.read_text(encoding="utf-8")
PACKAGED_SWAGGER: dict[str, Any] = json.loads(SWAGGER.read_text(encoding="utf-8"))

SECOND = """\
---
endpoint: "POST /business/rooms/v2/{{business_id}}/bookings"
domain: rooms
tags: [rooms]
swagger: "swagger/rooms/rooms.json"
status: draft
tokens: [app, staff]
expectedOutcome: 201
skipReason: null
owner: facilities
---

# Book Rooms

## Overview
Books a room. Works with an **app token**.

## Prerequisites

### Room

```yml
- method: post
  path: /platform/v1/rooms?force=true
  token: admin
  params:
    force: true
  headers:
    X-Trace: 7
  body:
    name: Attic
    opened: 2026-01-31
  extract:
    room_uid: $.data.uid
  expect:
    status: [200, 201]
  onFail: skip
  retries: 3
```

```bash
echo ready
```

## Test Request

```yaml
steps:
  - id: look
    method: GET
    path: "/business/rooms/v2/{{business_id}}/bookings"
  - id: book
    method: POST
    path: "/business/rooms/v2/{{business_id}}/bookings"
    useFallbackApi: true
    token: app
    body: {guests: 2, contact: {email: a@example.com}}
```

## Path Parameters

| Parameter | Required | Type | Description |
|---|---|---|---|
| `business_id` | Yes | string | Whose rooms |

## Request Body Parameters

| Parameter | Type | Required | Description |
|:---|:---|:---:|:---|
| **guests** | Integer | **Yes** | How many, e.g. "2" |
| `contact.email` | string | required | Where to write to, or `contact.phone` |
| `kind` | string | No | One of `meeting`, `party` or `other` |
| `slots[0].from` | datetime | Yes | |
| `odd` | blob | No | A thing |
| | string | No | Nameless |
| `maybe` | bool | No | Up to you |

### More Parameters

| Field | Required | Type | Description |
|---|---|---|---|
| `tags[]` | No | string | Labels |
| `guests` | No | integer | Again |

| Header | Meaning |
|---|---|
| X-Trace | any |

## Success Response

Nothing shown.

## Expected Response (201)

```json
{"data": {"uid": "b1"}}
```

```json
{"data": null}
```

| Field | Type |
|---|---|
| uid | string |

## Errors

#### HTTP 401: Unauthorized

```json
{"errors": [{"code": "unauthorized", "message": "Unauthorized"}]}
```

It occurs when the token is missing.

**404 \u2013 No Room**

This happens
if the room is gone. It may come back.

```json
{"errors": [{"code": "gone", "message": "room is gone"}, {"code": "also", "message": "and more"}]}
```

```json
{"second": true}
```

##### Hint

More about it.

### Taken (409)

It is returned when the slot is taken.

### 410 - Closed

```json
{"errors": [{"code": "closed", "message": "closed"}]}
```

### 422 - Other

    {"errors": ["text"]}

It occurs when anything else is wrong.

## Notes

Rooms are small.
"""


def edited(text: str, *replacements: tuple[str, str]) -> str:
    """The text with each replacement made once; the old words must be there."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, words: str) -> int:
    """The 1-based line on which the words first stand."""
    return text[: text.index(words)].count("\n") + 1


def load_text(
    folder: Path, text: str, *, swagger: dict[str, Any] | None = None, predicates: Collection[str] | None = None
) -> Contract:
    """The contract of a document text, beside the packaged swagger or the given one."""
    workflow = folder / "doc.md"
    workflow.write_bytes(text.encode("utf-8", "surrogatepass"))
    path = None
    if swagger is not None:
        path = folder / "swagger.json"
        path.write_text(json.dumps(swagger), encoding="utf-8")
    return load_contract(workflow, path, predicates)
