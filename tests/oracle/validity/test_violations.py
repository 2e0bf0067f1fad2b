"""Bodies judged as sent: every clause in every form that a body may have, and JSON's oddities."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.oracle.actions import NOT_JSON
from fuzz.oracle.request import judge_payload
from fuzz.oracle.state import Named
from fuzz.oracle.validity.unspecified_features import unspecified_in
from fuzz.oracle.validity.violations import Validity, items_of, named_by, violations
from swagger.contract import Json, ids_of
from tests.oracle.documented import HERE, A, G, O, body, item, judged, single, texts, the_contract, without

FIELDS = ("external_id", "external_calendar_uid", "start_date", "end_date", "last_modification")
ALL_REQUIRED = (
    "required:staff_uid",
    "required:calendar_sync",
    "required:external_items",
)


VALID = [
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


@pytest.mark.parametrize("sent", VALID, ids=range(len(VALID)))
def test_a_valid_body_violates_nothing_and_has_nothing_unspecified(sent: Json) -> None:
    assert ((), ()) == judged(sent)


INVALID: list[tuple[Json, tuple[str, ...]]] = [
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


@pytest.mark.parametrize(("sent", "clauses"), INVALID, ids=range(len(INVALID)))
def test_an_invalid_body_violates_just_these_clauses(sent: Json, clauses: tuple[str, ...]) -> None:
    order = [clause.id for clause in the_contract().clauses]
    assert sorted(clauses, key=order.index) == list(violations(the_contract(), sent))


def test_of_two_item_forms_one_that_keeps_all_rules_is_enough() -> None:
    broken_list, broken_item = [item(external_id=5)], without("end_date")
    assert () == violations(the_contract(), body(external_items=broken_list, external_item=item()))
    assert () == violations(the_contract(), body(external_item=broken_item))
    assert ("required:external_items[].end_date", "type:external_items[].external_id") == violations(
        the_contract(), body(external_items=broken_list, external_item=broken_item)
    )


def test_a_null_item_is_no_item_and_no_list() -> None:
    assert (("required:external_items",), ("null item",)) == judged(
        {**body(external_items=None), "external_item": None}
    )


def test_the_names_in_a_body_are_taken_as_they_stand() -> None:
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


def test_external_ids_are_those_that_are_texts() -> None:
    assert ["a", ""] == ids_of([{"external_id": "a"}, {"external_id": 5}, {"external_id": ""}, {}])


def test_a_date_of_another_type_violates_its_type_and_nothing_more() -> None:
    assert (("type:external_items[].start_date",), ()) == judged(body(external_items=[item(start_date=5)]))
    assert (("type:external_items[].end_date",), ()) == judged(single(item(end_date=["2026-11-23T10:00:00Z"])))


def test_the_order_of_the_rules_does_not_matter_and_a_field_of_the_swagger_alone_is_undocumented() -> None:
    contract = the_contract()
    reversed_rules = replace(contract, fields=contract.fields[::-1])
    assert ("required:staff_uid", "type:external_items") == violations(
        reversed_rules, body(staff_uid=None, external_items=5)
    )
    top = contract.field("staff_uid")
    assert top is not None
    more = replace(contract, fields=(*contract.fields, replace(top, path="note", promised=False)))
    assert ("undocumented field: note",) == texts(unspecified_in(more, body(note="x"), HERE))


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
        assert fitting == {name for name, value in values.items() if not violations(changed, {"x": value})}
    alone = replace(contract, fields=(replace(listed, required=False, alternative=None),))
    assert ((), ()) == (violations(alone, {}), violations(alone, {"external_item": 5}))
    assert ("unknown field",) == texts(unspecified_in(alone, {"external_item": None}, HERE))
    assert () == violations(replace(contract, fields=(replace(listed, required=False),)), {"external_items": None})


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
    assert set(judge_payload(the_contract(), sent, HERE).violations) <= known


def test_a_body_of_thousands_of_levels_and_digits_is_judged() -> None:
    deep: Json = []
    for _ in range(100_000):
        deep = [deep]
    assert ((), ("unknown field",)) == judged(body(deep=deep))
    assert (("type:staff_uid",), ()) == judged(body(staff_uid=10**5000))
    assert Validity() == judge_payload(the_contract(), body(), HERE)
