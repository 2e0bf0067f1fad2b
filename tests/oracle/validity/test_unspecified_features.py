"""The unspecified features of a body: every one in every form, by its text, and nothing else beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fuzz.oracle.actions import UNKNOWN_UID, Token
from fuzz.oracle.validity.unspecified_features import (
    is_plain_email,
    unspecified_in,
    unspecified_in_text,
    unspecified_names,
)
from swagger.contract import Json
from tests.oracle.documented import HERE, UID, A, G, body, item, judged, single, texts, the_contract

UNSPECIFIED: list[tuple[Json, tuple[str, ...]]] = [
    (body(external_items=[]), ("empty list",)),
    (body(external_item=item()), ("both item forms", "repeated external_id")),
    (body(external_item=item(external_id="2")), ("both item forms",)),
    ({**body(), "external_item": None}, ("both item forms",)),
    ({**single(item()), "external_items": None}, ("both item forms",)),
    (body(external_items=[], external_item=item()), ("both item forms", "empty list")),
    (body(external_items=[item(external_id=str(number)) for number in range(501)]), ("very many items",)),
    (body(external_items=[item(external_id=str(number)) for number in range(500)]), ()),
    (body(external_items=[item(), item()]), ("repeated external_id",)),
    (body(external_items=[item(external_id="a"), item(external_id="A")]), ("external_ids alike but for case",)),
    (
        body(external_items=[item(external_id="a"), item(external_id="a"), item(external_id="A")]),
        ("repeated external_id",),
    ),
    (body(external_items=[item(end_date="2026-11-23T10:00:59.999+00:00")]), ("end less than a minute after start",)),
    (body(external_items=[item(end_date="2026-11-23T10:01:00Z")]), ()),
    (body(external_items=[item(end_date="2027-11-24T10:00:00Z")]), ()),
    (body(external_items=[item(end_date="2027-11-24T10:00:00.001Z")]), ("end more than a year after start",)),
    (body(surprise=1), ("unknown field",)),
    (body(calendar_sync={"provider": G, "account": A, "surprise": {}}), ("unknown field",)),
    (body(external_items=[item(surprise=None) | {"surprise": None}]), ("unknown field",)),
    (
        body(external_items=[{**item(external_title=""), **dict.fromkeys("abcdefgh")}]),
        ("empty string: external_title", "unknown field"),
    ),
    (body(external_items=[item(rrule=["FREQ=DAILY"])]), ("undocumented field: rrule",)),
    (single(item(rrule=[])), ("undocumented field: rrule",)),
    (body(external_items=[{**item(), "external_title": None}]), ("null: external_title",)),
    (body(external_items=[item(external_title="")]), ("empty string: external_title",)),
    (body(external_items=[item(external_title=" \t")]), ("blank string: external_title",)),
    (body(external_items=[item(start_date="")]), ("empty string: start_date",)),
    (body(external_items=[item(end_date=" ")]), ("blank string: end_date",)),
    (body(external_items=[item(external_title="x" * 256)]), ("very long text: external_title",)),
    (body(external_items=[item(external_title="a\nb")]), ("control characters: external_title",)),
    (body(external_items=[item(external_title="\x7f")]), ("control characters: external_title",)),
    (body(external_items=[item(external_title="é\n")]), ("unassigned or control characters: external_title",)),
    (body(external_items=[item(external_title="\ud800")]), ("unassigned or control characters: external_title",)),
    (body(external_items=[item(external_title="a\u2028")]), ("unassigned or control characters: external_title",)),
    (body(external_items=[item(external_title="a\u2029")]), ("unassigned or control characters: external_title",)),
    (body(external_items=[item(external_title="\ue000")]), ("unassigned or control characters: external_title",)),
    (body(external_items=[item(external_title="\uffff")]), ("unassigned or control characters: external_title",)),
    (
        body(external_items=[item(external_title="\n" * 300 + "é")]),
        ("unassigned or control characters: external_title", "very long text: external_title"),
    ),
    (body("caldav", A), ("unlisted value: provider",)),
    (body("Google_v3", A), ("unlisted value: provider",)),
    (body("", A), ("empty string: provider",)),
    (body(G, ""), ("account is no email address", "empty string: account")),
    (body(G, "testuser"), ("account is no email address",)),
    (body(staff_uid="nobody"), ("staff_uid of somebody else",)),
    (body(staff_uid=""), ("empty string: staff_uid", "staff_uid of somebody else")),
    (body(external_items=[item(start_date="2026-11-23T10:00:00z")]), ("date, lower-case t or z: start_date",)),
    (
        body(external_items=[item(last_modification="2026-11-22")]),
        ("date, ISO 8601 but not RFC 3339: last_modification",),
    ),
    (body(external_items=[item(end_date=item()["start_date"])]), ("end equals start",)),
    (body(external_items=[item(end_date="2026-11-23T11:59:59+02:00")]), ("end before start",)),
    (body(external_items=[item(end_date="2026-11-23T09:59:59.999999Z")]), ("end before start",)),
    (single(item(end_date="2026-11-22T10:00:00Z")), ("end before start",)),
    (body(external_items=[item(external_calendar_uid="another")]), ("another calendar's uid",)),
]


@pytest.mark.parametrize(("sent", "features"), UNSPECIFIED, ids=range(len(UNSPECIFIED)))
def test_an_unspecified_body_violates_no_rule_and_has_these_features(sent: Json, features: tuple[str, ...]) -> None:
    assert ((), features) == judged(sent)


def test_ids_sent_before_count_in_both_forms() -> None:
    again = replace(HERE, sent_ids=frozenset({"ext_item_1"}))
    assert ((), ("external_id sent before",)) == judged(body(), again)
    assert ((), ("external_id sent before",)) == judged(single(item()), again)
    assert ((), ()) == judged(body(external_items=[item(external_id="2")]), again)
    assert (("type:external_items[].external_id",), ()) == judged(body(external_items=[item(external_id=5)]), again)


@pytest.mark.parametrize(
    ("known", "features"),
    [(UID, ()), (None, ()), (UNKNOWN_UID, ("another calendar's uid",)), ("x", ("another calendar's uid",))],
)
def test_a_calendar_uid_is_an_old_one_unless_it_is_the_current_or_there_is_none(
    known: str | None, features: tuple[str, ...]
) -> None:
    assert ((), features) == judged(body(), replace(HERE, calendar_uid=known))


@pytest.mark.parametrize(
    ("token", "features"),
    [
        (Token.STAFF, ("staff_uid of somebody else",)),
        (Token.ADMIN, ("admin token", "staff_uid of somebody else")),
        (Token.OTHER_STAFF, ("other staff token",)),
        (Token.NONE, ()),
        (Token.UNKNOWN, ()),
    ],
)
def test_the_token_of_somebody_else_is_unspecified(token: Token, features: tuple[str, ...]) -> None:
    assert ((), features) == judged(body(staff_uid="nobody"), replace(HERE, token=token))
    assert tuple(text for text in features if "token" in text) == texts(
        unspecified_in(the_contract(), 5, replace(HERE, token=token))
    )


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ('{"a": 1, "b": {"a": 1}}', ()),
        ('{"a": 1, "a": 1}', ("one key twice in an object",)),
        ('{"a": 1, "\\u0061": 2}', ("one key twice in an object",)),
        ('[{"b": {"a": 1, "a": 2}}]', ("one key twice in an object",)),
        ('{"a": 1, "a": 1', ()),
        (None, ()),
    ],
)
def test_a_key_that_comes_twice_in_one_object_is_unspecified(text: str | None, features: tuple[str, ...]) -> None:
    assert features == texts(unspecified_in_text(text))


@pytest.mark.parametrize(
    "address",
    [
        A,
        "a.b@example.com",
        "a_b-c+d@example.com",
        "o'brien@example.com",
        "a%b@example.com",
        "1@1.example",
        f"{'x' * 64}@example.com",
        f"a@{'x' * 63}.com",
        f"{'x' * 64}@{'y' * 61}.{'y' * 61}.{'y' * 61}.com",
    ],
)
def test_an_address_that_every_service_takes_is_plain(address: str) -> None:
    assert is_plain_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@example.com",
        "a@",
        "a@example",
        "a" + ".a" * 32 + "@example.com",
        "a@b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@.com",
        "a@example..com",
        "a@-example.com",
        "a@example-.com",
        "a@example.c",
        "a@example.com.",
        "a b@example.com",
        " a@example.com",
        "a@example.com ",
        "a@example.com\n",
        '"a"@example.com',
        "é@example.com",
        "a@é.com",
        f"{'x' * 65}@example.com",
        f"a@{'x' * 64}.com",
        f"{'x' * 64}@{'y' * 62}.{'y' * 62}.{'y' * 60}.com",
        "a@exam_ple.com",
        "a!b@example.com",
    ],
)
def test_an_address_that_some_service_refuses_is_not_plain(address: str) -> None:
    assert not is_plain_email(address)


def test_names_are_unspecified_in_a_sibling_operation_where_they_are_in_a_body() -> None:
    assert () == unspecified_names(the_contract(), G, A)
    assert ("account is no email address", "unlisted value: provider") == texts(
        unspecified_names(the_contract(), "caldav", "x")
    )
    assert ("account is no email address", "blank string: account") == texts(unspecified_names(the_contract(), G, " "))


def test_an_undocumented_field_is_called_by_its_whole_name() -> None:
    names = {"calendar_sync.provider": "outlook_v1.0"}
    assert ("undocumented field: calendar_sync.provider",) == texts(unspecified_in(the_contract(), body(**names), HERE))
