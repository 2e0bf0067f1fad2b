"""Bodies judged as sent: each clause in each form, each feature that the documents pass over, and JSON's oddities."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.model.exchange import NOT_JSON, UNKNOWN_UID, Circumstances, Token
from fuzz.model.payload import (
    Quality,
    breaks,
    is_plain_email,
    items_of,
    judge_payload,
    named_by,
    silent_names,
    silent_on,
)
from fuzz.model.state import Named
from swagger.contract import Json
from tests.model.documented import STAFF, UID, A, G, O, body, item, the_contract

HERE = Circumstances(STAFF, Token.STAFF, UID)
FIELDS = ("external_id", "external_calendar_uid", "start_date", "end_date", "last_modification")
ALL_REQUIRED = (
    "required:staff_uid",
    "required:calendar_sync",
    "required:external_items",
)


def judged(sent: Json, circumstances: Circumstances = HERE) -> tuple[tuple[str, ...], tuple[str, ...]]:
    quality = judge_payload(the_contract(), sent, circumstances)
    assert quality.allowed is (not quality.breaks and not quality.silent)
    return quality.breaks, quality.silent


def without(name: str) -> dict[str, Json]:
    return {key: value for key, value in item().items() if key != name}


def single(one: Json) -> dict[str, Json]:
    return body(external_items=None, external_item=one)


ALLOWED = [
    body(),
    body(O, "B.c+d@mail.example.co.uk"),
    body(external_items=[item(), item(external_id="2"), item(external_id="3")]),
    body(external_items=[without("external_title")]),
    single(item()),
    single(without("external_title")),
    body(external_items=[item(external_title="x" * 255, external_id="é‍👍")]),
    body(external_items=[item(external_id=str(number)) for number in range(300)]),
    body(external_items=[item(external_id=str(number), external_title="x" * 170) for number in range(186)]),
]


@pytest.mark.parametrize("sent", ALLOWED, ids=range(len(ALLOWED)))
def test_a_plain_body_breaks_nothing_and_leaves_nothing_open(sent: Json) -> None:
    assert ((), ()) == judged(sent)


BROKEN: list[tuple[Json, tuple[str, ...]]] = [
    (body(staff_uid=None), ("required:staff_uid",)),
    (body(calendar_sync=None), ("required:calendar_sync",)),
    (body(external_items=None), ("required:external_items",)),
    (body(None, A), ("required:calendar_sync.provider",)),
    (body(G, None), ("required:calendar_sync.account",)),
    (body(None, None), ("required:calendar_sync.provider", "required:calendar_sync.account")),
    (body(staff_uid=5), ("type:staff_uid",)),
    ({**body(), "staff_uid": None}, ("type:staff_uid",)),
    (body(calendar_sync="google_v3"), ("type:calendar_sync",)),
    (body(calendar_sync=[]), ("type:calendar_sync",)),
    (body(True, A), ("type:calendar_sync.provider",)),
    (body(G, {"a": 1}), ("type:calendar_sync.account",)),
    (
        body(calendar_sync={"provider": None, "account": None}),
        ("type:calendar_sync.provider", "type:calendar_sync.account"),
    ),
    (body(external_items=item()), ("type:external_items",)),
    (body(external_items="[]"), ("type:external_items",)),
    (body(external_items=[item(), 5]), ("type:external_items",)),
    (body(external_items=[[]]), ("type:external_items",)),
    ({**body(), "external_items": None}, ("type:external_items",)),
    ({**body(), "external_items": None, "external_item": None}, ("type:external_items",)),
    (single([]), ("alternative:external_item",)),
    (single("x"), ("alternative:external_item",)),
    (single(False), ("alternative:external_item",)),
    *((body(external_items=[without(name)]), (f"required:external_items[].{name}",)) for name in FIELDS),
    *((body(external_items=[item(), without(name)]), (f"required:external_items[].{name}",)) for name in FIELDS),
    *((single(without(name)), (f"required:external_items[].{name}",)) for name in FIELDS),
    *((body(external_items=[{**item(), name: None}]), (f"type:external_items[].{name}",)) for name in FIELDS),
    *(
        (single(item(**{name: wrong})), (f"type:external_items[].{name}",))
        for name in (*FIELDS, "external_title")
        for wrong in (5, False, 1.5, [], {})
    ),
    *((body(external_items=[item(**{name: "no date"})]), (f"format:external_items[].{name}",)) for name in FIELDS[2:]),
    *((single(item(**{name: "2026-02-30"})), (f"format:external_items[].{name}",)) for name in FIELDS[2:]),
    (
        body(external_items=[{**item(), "external_title": None}, item(external_id="2", external_title=5)]),
        ("type:external_items[].external_title",),
    ),
    (body(external_items=[{}]), tuple(f"required:external_items[].{name}" for name in FIELDS)),
    (
        body(None, 5, external_items=[item(start_date="x", external_id=1)]),
        (
            "required:calendar_sync.provider",
            "type:calendar_sync.account",
            "type:external_items[].external_id",
            "format:external_items[].start_date",
        ),
    ),
    *((sent, ALL_REQUIRED) for sent in ([], None, 5, "x", True, NOT_JSON, {})),
]


@pytest.mark.parametrize(("sent", "clauses"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_body_breaks_just_these_clauses(sent: Json, clauses: tuple[str, ...]) -> None:
    order = [clause.id for clause in the_contract().clauses]
    assert sorted(clauses, key=order.index) == list(breaks(the_contract(), sent))


SILENT: list[tuple[Json, tuple[str, ...]]] = [
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


@pytest.mark.parametrize(("sent", "features"), SILENT, ids=range(len(SILENT)))
def test_a_silent_body_breaks_nothing_and_has_just_these_features(sent: Json, features: tuple[str, ...]) -> None:
    assert ((), features) == judged(sent)


def test_of_two_forms_one_whole_one_is_enough() -> None:
    broken_list, broken_item = [item(external_id=5)], without("end_date")
    assert () == breaks(the_contract(), body(external_items=broken_list, external_item=item()))
    assert () == breaks(the_contract(), body(external_item=broken_item))
    assert ("required:external_items[].end_date", "type:external_items[].external_id") == breaks(
        the_contract(), body(external_items=broken_list, external_item=broken_item)
    )


def test_a_null_item_is_no_item_and_no_list() -> None:
    assert (("required:external_items",), ("null item",)) == judged(
        {**body(external_items=None), "external_item": None}
    )


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
def test_whose_token_it_is_may_leave_open_what_to_answer(token: Token, features: tuple[str, ...]) -> None:
    assert ((), features) == judged(body(staff_uid="nobody"), replace(HERE, token=token))
    assert tuple(each for each in features if "token" in each) == silent_on(
        the_contract(), 5, replace(HERE, token=token)
    )


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


def test_what_a_body_names_is_taken_as_it_stands() -> None:
    assert Named(G, A) == named_by(body())
    assert Named(None, 5) == named_by(body(None, 5))
    assert [Named(None, None)] * 4 == [
        named_by(sent) for sent in (body(calendar_sync=5), body(calendar_sync=None), [], NOT_JSON)
    ]
    assert [True, False, False, False] == [
        named.complete for named in (Named("", ""), Named("", None), Named(5, ""), Named(None, None))
    ]


def test_items_are_found_in_both_forms_and_only_objects() -> None:
    assert [{"a": 1}, {"b": 2}] == items_of(
        the_contract(), {"external_items": [{"a": 1}, 5], "external_item": {"b": 2}}
    )
    assert [[], [], []] == [
        items_of(the_contract(), sent) for sent in ({"external_items": {}}, {}, [{"external_item": {}}])
    ]


def test_the_names_of_a_sibling_operation_are_silent_where_those_of_a_body_are() -> None:
    assert () == silent_names(the_contract(), G, A)
    assert ("account is no email address", "unlisted value: provider") == silent_names(the_contract(), "caldav", "x")
    assert ("account is no email address", "blank string: account") == silent_names(the_contract(), G, " ")


def test_a_date_of_another_type_is_broken_and_nothing_more() -> None:
    assert (("type:external_items[].start_date",), ()) == judged(body(external_items=[item(start_date=5)]))
    assert (("type:external_items[].end_date",), ()) == judged(single(item(end_date=["2026-11-23T10:00:00Z"])))


def test_the_order_of_the_rules_and_what_is_only_in_the_swagger_are_no_obstacle() -> None:
    contract = the_contract()
    reversed_rules = replace(contract, fields=contract.fields[::-1])
    assert ("required:staff_uid", "type:external_items") == breaks(
        reversed_rules, body(staff_uid=None, external_items=5)
    )
    top = contract.field("staff_uid")
    assert top is not None
    more = replace(contract, fields=(*contract.fields, replace(top, path="note", promised=False)))
    assert ("undocumented field: note",) == silent_on(more, body(note="x"), HERE)


def test_rules_of_other_types_and_without_an_alternative_are_followed_too() -> None:
    contract = the_contract()
    top = contract.field("staff_uid")
    listed = contract.field("external_items")
    assert top is not None
    assert listed is not None
    kinds = {"boolean": True, "integer": 5, "number": 1.5, "array": [], "object": {}, "string": "x", "null": None}
    fits = {
        "boolean": {"boolean"},
        "integer": {"integer"},
        "number": {"integer", "number"},
        "object": {"object"},
        "string": {"string"},
        "anything": set(kinds) - {"null"},
    }
    for kind, fitting in fits.items():
        changed = replace(contract, fields=(replace(top, path="x", type=kind, required=False),))
        values = {name: value for name, value in kinds.items() if value is not None}
        assert fitting == {name for name, value in values.items() if not breaks(changed, {"x": value})}
    alone = replace(contract, fields=(replace(listed, required=False, alternative=None),))
    assert ((), ()) == (breaks(alone, {}), breaks(alone, {"external_item": 5}))
    assert ("unknown field",) == silent_on(alone, {"external_item": None}, HERE)
    assert () == breaks(replace(contract, fields=(replace(listed, required=False),)), {"external_items": None})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(list(body()) + list(item()) + ["provider", "account", "external_item", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_judged_and_names_clauses_that_exist(sent: Json) -> None:
    known = {clause.id for clause in the_contract().clauses}
    assert set(judge_payload(the_contract(), sent, HERE).breaks) <= known


def test_a_body_of_thousands_of_levels_and_digits_is_judged() -> None:
    deep: Json = []
    for _ in range(100_000):
        deep = [deep]
    assert ((), ("unknown field",)) == judged(body(deep=deep))
    assert (("type:staff_uid",), ()) == judged(body(staff_uid=10**5000))
    assert Quality() == judge_payload(the_contract(), body(), HERE)
