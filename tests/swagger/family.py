"""Documents of the family as other authors write them: operations beside bulk_create, and tables of other kinds."""

from __future__ import annotations

CREATE = """\
## Prerequisites

```yaml
steps:
  - id: new_sync
    description: "A sync of its own for the staff member"
    method: POST
    path: "/platform/v1/scheduling/calendar_syncs"
    token: admin
    body: {staff_uid: "{{staff_id}}", app_code_name: "googlewaysync", provider: "google_v3"}
    extract: {calendar_sync_uid: "$.uid"}
    expect: {status: 200}
    onFail: abort
```
"""

SYNC_TABLE = """\
## Request Body Parameters

| Parameter | Type | Required | Description |
|---|---|---|---|
| `staff_uid` | string | Yes | Whose calendar it is |
| `calendar_sync` | object | Yes | The sync |
| `calendar_sync.provider` | string | Yes | One of `google_v3`, `outlook` |
| `calendar_sync.account` | string | Yes | An e-mail address |
"""


def sibling(
    name: str,
    rest: str,
    *,
    front: str = "status: verified",
    accepts: str = "200",
    table: str = SYNC_TABLE,
    prerequisites: str = CREATE,
    more_of_body: str = "",
) -> str:
    """The document of an operation beside bulk_create; `rest` stands at its end."""
    path = f"/business/scheduling/v1/external_calendar_items/{name}"
    return f"""\
---
endpoint: "PUT {path}"
domain: scheduling
swagger: "swagger/scheduling/legacy/scheduling.json"
{front}
tokens: [staff]
---

# {name}

## Summary

What `{name}` does to a sync. Takes a **staff token**.

{prerequisites}
## Test Request

```yaml
steps:
  - id: {name}
    method: PUT
    path: "{path}"
    token: staff
    body:
      staff_uid: "{{{{staff_id}}}}"
      calendar_sync: {{provider: "google_v3", account: "me@example.com"}}
{more_of_body}    expect: {{status: {accepts}}}
```

{table}
{rest}"""


CONNECT = sibling(
    "connect",
    """\
## Expected Response (200)

```json
{"success": true, "data": {"uid": "0d7f", "staff_uid": "f67a", "provider": "google_v3", "enabled": true}}
```

## Error Responses

### 422 - Staff Not Registered

```json
{"status": "Error", "errors": [
  {"code": "missing", "field": "staff", "message": "staff is not registered to any calendar sync"}
]}
```

This error occurs when the staff member has no record of a sync.
""",
)
"""A body without a list of items, and an envelope of its own."""

DISABLE = sibling(
    "disable",
    """\
## Expected Response (200)

```json
{"success": true, "data": {"uid": "0d7f", "staff_uid": "f67a", "provider": "google_v3", "enabled": false}}
```

## Error Responses

### 422 - Staff Not Exists

```json
{"success": false, "errors": [{"code": "missing", "message": "staff is not exists"}]}
```

### 422 - Staff Not Registered

```json
{"success": false, "errors": [{"code": "missing", "message": "staff is not registered to any calendar sync"}]}
```
""",
    front="status: verified\nuseFallbackApi: true",
)
"""Two errors of one code that only their titles tell apart, with no sentence on when they occur."""

DISCONNECT = sibling("disconnect", "", front="status: pending", accepts="[200, 422]", table="", prerequisites="")
"""A test request and nothing else."""

BULK_DEACTIVATE = sibling(
    "bulk_deactivate",
    """\
## Expected Response (200)

```json
{"success": true}
```

## Error Responses

### 422 - Staff Not Exists

```json
{"status": "Error", "error": "staff is not exists"}
```

### Staff Not Registered

Returned when the staff member has no sync:

```json
{"status": "Error", "error": "staff is not registered to any calendar sync"}
```

### 422 - Already Registered

```json
{"status": "Error", "error": "staff already registered to other calendar sync"}
```

Returned when the staff has a CalendarSync with a different provider or account.
""",
    table=SYNC_TABLE
    + """\
| `external_items_to_deactivate` | array | Yes | What is to go |
| `external_items_to_deactivate[].external_id` | string | Yes | The provider's id |
""",
    more_of_body='      external_items_to_deactivate: [{external_id: "a"}]\n',
)
"""Another list of items, and errors in a flat envelope without a code."""
