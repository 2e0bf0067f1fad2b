"""What is read from a swagger: fields by their pointers, answers, tokens, throttling and the operations beside it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from swagger.contract import ContractError, Operation
from swagger.openapi.operation import SwaggerOperation, read_operation
from tests.swagger.documents import PACKAGED_SWAGGER

ENDPOINT = Operation("bulk_create", "PUT", "/business/scheduling/v1/external_calendar_items/bulk_create")
PATH = "/v1/external_calendar_items/bulk_create"


def read(
    folder: Path, swagger: dict[str, Any], endpoint: Operation = ENDPOINT, name: str = "s.json"
) -> SwaggerOperation:
    path = folder / name
    path.write_text(json.dumps(swagger), encoding="utf-8")
    return read_operation(path, endpoint)


def changed(**keys: Any) -> dict[str, Any]:
    """The packaged swagger with keys of the endpoint's operation changed; None takes one away."""
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    operation = swagger["paths"][PATH]["put"]
    for key, value in keys.items():
        operation[key.replace("__", "-")] = value
    return swagger


def with_body(schema: Any) -> dict[str, Any]:
    return changed(parameters=[{"name": "body", "in": "body", "schema": schema}])


def shapes(operation: SwaggerOperation) -> list[tuple[str, str, bool]]:
    return [(rule.path, rule.type, rule.required) for rule in operation.fields]


def test_fields_carry_the_pointer_at_which_they_were_written(tmp_path: Path) -> None:
    fields = {rule.path: rule for rule in read(tmp_path, PACKAGED_SWAGGER).fields}
    pointers = {path: str(fields[path].where) for path in ("calendar_sync.account", "external_items[].start_date")}
    assert {
        "calendar_sync.account": "s.json#/definitions/CalendarSync/properties/account",
        "external_items[].start_date": "s.json#/definitions/ExternalItem/properties/start_date",
    } == pointers
    assert ("date-time", "Begin of the event") == (
        fields["external_item.start_date"].format,
        fields["external_item.start_date"].says,
    )


def test_an_inline_schema_has_pointers_into_the_parameter(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"a/b": {"type": "string", "enum": ["x", 5, "y"], "description": " A\n b"}},
    }
    (rule,) = read(tmp_path, with_body(schema)).fields
    pointer = "/paths/~1v1~1external_calendar_items~1bulk_create/put/parameters/0/schema/properties/a~1b"
    assert (pointer, ("x", "y"), "A b") == (rule.where.pointer, rule.listed, rule.says)


def test_parts_of_all_of_are_one_object(tmp_path: Path) -> None:
    schema = {
        "allOf": [
            {"$ref": "#/definitions/CalendarSync"},
            {"required": ["more"], "properties": {"more": {"allOf": [{"properties": {"deep": {"items": {}}}}]}}},
        ]
    }
    expected = [
        ("provider", "string", True),
        ("account", "string", True),
        ("more", "object", True),
        ("more.deep", "array", False),
    ]
    assert expected == shapes(read(tmp_path, with_body(schema)))


def test_a_field_without_a_type_is_named_and_left_out(tmp_path: Path) -> None:
    operation = read(tmp_path, with_body({"properties": {"any": {}, "some": {"type": ["null", "integer"]}}}))
    assert [("some", "integer", False)] == shapes(operation)
    assert ["field `any`: no type"] == [unused.what for unused in operation.unused]


def test_an_operation_without_a_body_has_no_fields(tmp_path: Path) -> None:
    assert () == read(tmp_path, changed(parameters=[{"name": "q", "in": "query", "type": "string"}])).fields


def test_parameters_beside_the_body_are_passed_over(tmp_path: Path) -> None:
    query = {"name": "q", "in": "query", "type": "string"}
    body = {"name": "body", "in": "body", "schema": {"properties": {"a": {"type": "string"}}}}
    (rule,) = read(tmp_path, changed(parameters=[query, body])).fields
    assert str(rule.where.pointer).endswith("/put/parameters/1/schema/properties/a")


def test_a_body_that_is_no_json_has_no_fields(tmp_path: Path) -> None:
    assert () == read(tmp_path, changed(consumes=["application/xml"])).fields


def test_open_api_3_is_read_as_well(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    answer = {"application/json": {"schema": {"properties": {"ok": {"type": "boolean"}}}}}
    swagger = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://example.com/business/scheduling"}],
        "paths": {
            PATH: {
                "put": {
                    "requestBody": {"content": {"application/json": {"schema": schema}}},
                    "responses": {"200": {"description": "ok", "content": answer}},
                }
            }
        },
    }
    operation = read(tmp_path, swagger, name="s.yaml")
    assert [("a", "string", True)] == shapes(operation)
    pointer = "/put/requestBody/content/application~1json/schema/properties/a"
    assert str(operation.fields[0].where.pointer).endswith(pointer)
    assert [("200", None, ("ok",))] == [
        (response.status, response.example, response.keys) for response in operation.responses
    ]


@pytest.mark.parametrize(
    ("of_all", "own", "rate", "where"),
    [
        ("20ReqPerSec", None, "20/s", "/x-throttling-tier"),
        ("20ReqPerSec", "8ReqPerSec", "8/s", "/put/x-throttling-tier"),
        ("20ReqPerSec", "Unlimited", "20/s", "/x-throttling-tier"),
        ("Unlimited", None, None, ""),
    ],
)
def test_a_throttling_tier_at_the_root_holds_for_every_operation_without_one_of_its_own(
    tmp_path: Path, of_all: str, own: str | None, rate: str | None, where: str
) -> None:
    swagger = {**changed(x__throttling__tier=own), "x-throttling-tier": of_all}
    operation = read(tmp_path, swagger)

    assert rate == operation.rate_limit
    assert str(operation.rate_where or "").endswith(where)
    assert [of_all, own].count("Unlimited") == len(operation.unused)


def test_responses_have_their_example_and_the_keys_of_their_schema(tmp_path: Path) -> None:
    good, bad = read(tmp_path, PACKAGED_SWAGGER).responses
    assert ("200", ("success", "data"), "google_v3") == (good.status, good.keys, good.example["data"]["provider"])
    assert ("422", ("status", "errors"), "Error") == (bad.status, bad.keys, bad.example["status"])
    assert bad.description.startswith("The staff member has no calendar sync")
    assert str(bad.where).endswith("/put/responses/422")


def test_a_response_without_a_schema_has_no_keys(tmp_path: Path) -> None:
    (response,) = read(tmp_path, changed(responses={"204": {"description": "none"}})).responses
    assert ((), None) == (response.keys, response.example)


@pytest.mark.parametrize(
    ("tier", "rate", "unused"),
    [
        ("8ReqPerSec", "8/s", 0),
        ("100 requests per minute", "100/m", 0),
        ("007ReqsPerHour", "7/h", 0),
        ("9ReqPerDay", "9/d", 0),
        (None, None, 0),
        ("Unlimited", None, 1),
        (8, None, 1),
    ],
)
def test_the_throttling_tier_is_a_rate(tmp_path: Path, tier: Any, rate: str | None, unused: int) -> None:
    swagger = {**changed(x__throttling__tier=tier), "x-throttling-tier": None}
    operation = read(tmp_path, swagger)
    assert (rate, unused) == (operation.rate_limit, len(operation.unused))


@pytest.mark.parametrize(
    ("description", "tokens"),
    [
        ("Available for **staff and app tokens**.", ("staff", "app")),
        ("Available for Staff, App, and Admin tokens", ("staff", "app", "admin")),
        ("Needs a staff/app token. A staff token is best", ("staff", "app")),
        ("Needs the token", ()),
        ("Says nothing", ()),
    ],
)
def test_tokens_are_listed_in_the_description(tmp_path: Path, description: str, tokens: tuple[str, ...]) -> None:
    assert tokens == read(tmp_path, changed(description=description)).tokens


def test_siblings_have_the_same_parent_and_a_plain_name(tmp_path: Path) -> None:
    swagger = copy.deepcopy(PACKAGED_SWAGGER)
    plain = {"responses": {"200": {"description": "ok"}}}
    parent = "/v1/external_calendar_items"
    swagger["paths"] |= {
        f"{parent}/both": {"get": plain, "put": plain, "post": plain},
        f"{parent}/{{uid}}": {"put": plain},
        f"{parent}/deep/down": {"put": plain},
        f"{parent}": {"get": plain},
        "/v1/others/connect": {"put": plain},
    }
    siblings = read(tmp_path, swagger).siblings
    assert ["connect", "disable", "disconnect", "both"] == list(siblings)
    assert Operation("both", "PUT", f"/business/scheduling{parent}/both") == siblings["both"]


@pytest.mark.parametrize("base_path", ["/business/scheduling/", "/business"])
def test_the_base_path_is_joined_however_it_is_written(tmp_path: Path, base_path: str) -> None:
    paths = PACKAGED_SWAGGER["paths"]
    if base_path == "/business":
        paths = {f"/scheduling{path}": item for path, item in paths.items()}
    operation = read(tmp_path, {**PACKAGED_SWAGGER, "basePath": base_path, "paths": paths})
    assert operation.found
    assert ["connect", "disable", "disconnect"] == list(operation.siblings)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", ENDPOINT.path), ("PUT", f"{ENDPOINT.path}s"), ("PUT", "/somewhere/else")]
)
def test_an_endpoint_that_is_not_listed_is_not_found(tmp_path: Path, method: str, path: str) -> None:
    operation = read(tmp_path, PACKAGED_SWAGGER, Operation("x", method, path))
    assert (False, {}, "s.json#/paths") == (operation.found, operation.siblings, str(operation.where))


def test_path_parameters_match_the_templates_of_the_documents(tmp_path: Path) -> None:
    paths = {"/v1/{uid}/items": {"put": {"responses": {"200": {"description": "ok"}}}}}
    endpoint = Operation("items", "PUT", "/business/scheduling/v1/{{staff_id}}/items")
    assert read(tmp_path, {**PACKAGED_SWAGGER, "paths": paths}, endpoint).found


def test_references_that_double_are_not_followed_for_ever(tmp_path: Path) -> None:
    swagger = with_body({"$ref": "#/definitions/Twice0"})
    for number in range(40):
        two = {name: {"$ref": f"#/definitions/Twice{number + 1}"} for name in ("one", "other")}
        swagger["definitions"][f"Twice{number}"] = {"type": "object", "properties": two}
    swagger["definitions"]["Twice40"] = {"type": "string"}

    with pytest.raises(ContractError, match="more than 2000 fields"):
        read(tmp_path, swagger)
