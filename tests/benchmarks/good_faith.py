"""The endpoint as OpenAPI for schemathesis's own command, in good faith: everything that a schema can say is said."""

from __future__ import annotations

from typing import Any

from fuzz.sandbox.launcher import Sandbox
from tests.benchmarks.subjects import CONTRACT


def openapi(sandbox: Sandbox) -> dict[str, Any]:
    """The create step and bulk_create for one staff member, with a link that takes the calendar's uid along."""
    staff, create = sandbox.staff[0], CONTRACT.create_step
    link = {
        "operationId": "send",
        "requestBody": {"external_items": [{"external_calendar_uid": "$response.body#/uid"}]},
    }
    created = {"description": "created", "links": {"send": link}, "content": _json({"type": "object"})}
    return {
        "openapi": "3.0.3",
        "info": {"title": "bulk_create", "version": "1"},
        "paths": {
            f"/{create.path.lstrip('/')}": {
                "post": {
                    "operationId": "create",
                    "parameters": [_token(sandbox.admin_token)],
                    "requestBody": {"required": True, "content": _json(_created(staff.uid))},
                    "responses": {"200": created, "201": created, **_refusals()},
                }
            },
            f"/{CONTRACT.endpoint.path.lstrip('/')}": {
                "put": {
                    "operationId": "send",
                    "parameters": [_token(staff.token)],
                    "requestBody": {"required": True, "content": _json(_sent(staff.uid))},
                    "responses": {"200": {"description": "taken", "content": _json(_success())}, **_refusals()},
                }
            },
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _token(token: str) -> dict[str, Any]:
    schema = {"type": "string", "enum": [f"Bearer {token}"]}
    return {"name": "Authorization", "in": "header", "required": True, "schema": schema}


def _created(uid: str) -> dict[str, Any]:
    """The document's own body, each value the only one, but for the provider."""
    body = {**CONTRACT.create_step.body, "staff_uid": uid, "staff_id": uid}
    body = {name: value for name, value in body.items() if name in CONTRACT.create_step.body}
    properties = {name: {"enum": [value]} for name, value in body.items()}
    properties["provider"] = {"type": "string", "enum": ["google_v3", "outlook_v1.0"]}
    return {"type": "object", "required": list(properties), "properties": properties}


def _sent(uid: str) -> dict[str, Any]:
    date = {"type": "string", "format": "date-time"}
    text = {"type": "string", "minLength": 1, "maxLength": 64}
    item = {
        "external_id": text,
        "external_title": text,
        "external_calendar_uid": text,
        "start_date": date,
        "end_date": date,
        "last_modification": date,
    }
    required = [name for name in item if name != "external_title"]
    items = {"type": "object", "required": required, "properties": item}
    sync = {
        "provider": {"type": "string", "enum": ["google_v3", "outlook_v1.0"]},
        "account": {"type": "string", "enum": ["a@example.com", "b@example.com"]},
    }
    properties = {
        "staff_uid": {"type": "string", "enum": [uid]},
        "calendar_sync": {"type": "object", "required": ["provider", "account"], "properties": sync},
        "external_items": {"type": "array", "items": items, "minItems": 1, "maxItems": 5},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _success() -> dict[str, Any]:
    return {"type": "object", "required": ["success"], "properties": {"success": {"enum": [True]}}}


def _refusals() -> dict[str, Any]:
    codes = [error.code for error in CONTRACT.state_errors]
    entry = {"type": "object", "required": ["code", "message"], "properties": {"code": {"enum": codes}}}
    errors = {"type": "object", "properties": {"errors": {"type": "array", "items": entry}}}
    refusal = {"description": "refused"}
    return {"422": {"description": "state error", "content": _json(errors)}, "400": refusal, "401": refusal}
