"""Each honest variant decides at least one request otherwise than the default, and keeps to the documented table."""

from __future__ import annotations

import json

import pytest

from fuzz.sandbox.requests import Operation
from fuzz.sandbox.variants import Variant
from tests.sandbox.scenarios import (
    ADA,
    BOB,
    OUTLOOK,
    Step,
    Together,
    answers_to,
    connect,
    create,
    disable,
    disconnect,
    item,
    label,
    responses,
    send,
    send_item,
    together,
)
from tests.sandbox.test_honest import STATES, TABLE
from tests.sandbox.witnesses.backend import SPELT, spelt

FRESH = STATES["fresh"]
BOUND = STATES["bound"]
# A sync that was bound before: whether disabling a fresh one binds it is left open.
BEGINNINGS = {**STATES, "disabled": [*BOUND, disable()]}
BROKEN = send_item(without="end_date")
REFUSED = "refused 422"
# The scenario, then the default's last answer, then the variant's.
DIFFERENCES: dict[Variant, tuple[list[Step | Together], str, str]] = {
    Variant.PAYLOAD_FIRST: ([BROKEN], "missing", REFUSED),
    Variant.ACCOUNT_STORED_AT_THE_CHECK: ([*FRESH, BROKEN, send(BOB)], "200", "already_exists"),
    Variant.DISABLE_STORES_NO_ACCOUNT: ([*FRESH, disable(), send(BOB)], "already_exists", "invalid"),
    Variant.IDLE_SIBLINGS_REFUSED: ([*BOUND, connect()], "200", "refused 409"),
    Variant.SIBLINGS_ARE_IDEMPOTENT: ([*BOUND, disable(), disable()], "invalid", "200"),
    Variant.CONNECT_REPLACES_ACCOUNT: ([*BOUND, connect(BOB), send()], "200", "already_exists"),
    Variant.CONNECT_ELSEWHERE_DROPS: ([*BOUND, connect(BOB), send()], "200", "missing"),
    Variant.CONNECT_STORES_NO_ACCOUNT: ([*FRESH, connect(), send(BOB)], "already_exists", "200"),
    Variant.DISABLE_WITHOUT_MATCHING: ([*BOUND, disable(BOB), send()], "200", "invalid"),
    Variant.DISABLE_REFUSED_BUT_DONE: ([*BOUND, disable(BOB), send()], "200", "invalid"),
    Variant.DISABLE_FORGETS_ACCOUNT: ([*BOUND, disable(), send(BOB)], "already_exists", "invalid"),
    Variant.DISABLE_LEAVES_FRESH: ([*FRESH, disable(), send(BOB)], "already_exists", "200"),
    Variant.DISCONNECT_DOES_NOTHING: ([*FRESH, disconnect(), send()], "missing", "200"),
    Variant.DISCONNECT_FORGETS_ACCOUNT: ([*BOUND, disconnect(), send(BOB)], "missing", "200"),
    Variant.DISCONNECT_DISABLES: ([*FRESH, disconnect(), send()], "missing", "invalid"),
    Variant.DISCONNECT_WITHOUT_MATCHING: ([*BOUND, disconnect(BOB), send()], "200", "missing"),
    Variant.SIBLING_MISMATCHES_ARE_200: ([*BOUND, connect(BOB)], "already_exists", "odd 200"),
    Variant.SIBLING_MISMATCHES_ARE_400: ([*BOUND, disable(BOB)], "already_exists", "refused 400"),
    Variant.SIBLING_MISMATCHES_ARE_404: ([*BOUND, disconnect(BOB)], "already_exists", "refused 404"),
    Variant.SIBLING_MISMATCHES_ARE_FLAT: ([*BOUND, disable(), disable()], "invalid", REFUSED),
    Variant.SIBLINGS_WRAP_RECORD: ([*BOUND, disable()], "200", "odd 200"),
    Variant.DISCONNECT_LOST_TO_SEND: ([*BOUND, together(send(), disconnect()), send()], "missing", "200"),
    Variant.CREATION_LOST_TO_DISCONNECT: (
        [*BOUND, together(disconnect(), create(OUTLOOK)), send(ADA, OUTLOOK)],
        "200",
        "missing",
    ),
    Variant.REFUSALS_ARE_400: ([*FRESH, BROKEN], REFUSED, "refused 400"),
    Variant.REFUSALS_ARE_422: ([Step(send().operation, raw=b"[]")], "refused 400", REFUSED),
    Variant.ACCOUNTS_COMPARE_LOOSELY: ([*BOUND, send(f" {ADA.upper()} ")], "already_exists", "200"),
    Variant.STATE_BEFORE_OWNER: ([send(token="others")], "refused 403", "missing"),
    Variant.ANY_STAFF_TOKEN: ([*FRESH, send(token="others")], "refused 403", "200"),
    Variant.ADMIN_MAY_SEND: ([*FRESH, send(token="admin")], "refused 403", "200"),
    Variant.REPEATED_IDS_REFUSED: ([*FRESH, send(external_items=[item(), item()])], "200", REFUSED),
    Variant.RESENT_IDS_REFUSED: ([*FRESH, send(), send()], "200", REFUSED),
    Variant.EMPTY_LIST_REFUSED: ([*FRESH, send(external_items=[])], "200", REFUSED),
    Variant.BOTH_FORMS_REFUSED: ([*FRESH, send(external_items=[item(1)], external_item=item(2))], "200", REFUSED),
    Variant.UNKNOWN_FIELDS_REFUSED: ([*FRESH, send_item(colour="blue")], "200", REFUSED),
    Variant.STALE_CALENDAR_REFUSED: ([*FRESH, send()], "200", REFUSED),
    Variant.UNLISTED_PROVIDER_REFUSED: ([*FRESH, send(ADA, "caldav")], "already_exists", REFUSED),
    Variant.STRICT_DATES: ([*FRESH, send_item(start_date="2026-03-02t10:00:00z")], "200", REFUSED),
    Variant.FAR_YEARS_REFUSED: ([*FRESH, send_item(end_date="9999-12-31T00:00:00Z")], "200", REFUSED),
    Variant.END_BEFORE_START_REFUSED: ([*FRESH, send_item(end_date="2026-03-02T09:00:00Z")], "200", REFUSED),
    Variant.LONG_TEXTS_REFUSED: ([*FRESH, send_item(external_title="x" * 256)], "200", REFUSED),
    Variant.CONTROL_CHARACTERS_REFUSED: ([*FRESH, send_item(external_title="\0")], "200", REFUSED),
    Variant.LARGE_BODIES_REFUSED: (
        [*FRESH, send(external_items=[item(number) for number in range(400)])],
        "200",
        "refused 413",
    ),
    Variant.REPEATED_KEYS_REFUSED: (
        [*FRESH, spelt('{"note": 1, ' + json.dumps({"note": 1, **SPELT})[1:])],
        "200",
        "refused 400",
    ),
    Variant.EMPTY_TEXTS_REFUSED: ([*FRESH, send_item(external_title="")], "200", REFUSED),
}
# The item of all scenarios names another calendar than the sync's, and is sent again and again.
REFUSE_THE_USUAL_ITEM = {Variant.STALE_CALENDAR_REFUSED, Variant.RESENT_IDS_REFUSED}
SHOW_ONLY_IN_BODIES = {Variant.EXTRA_KEYS, Variant.OTHER_REFUSAL_OF_TOKENS}


@pytest.mark.parametrize("variant", DIFFERENCES)
def test_a_variant_differs_from_the_default(variant: Variant) -> None:
    steps, default, otherwise = DIFFERENCES[variant]
    assert answers_to(steps)[-1] == default
    assert answers_to(steps, variants=[variant])[-1] == otherwise


def test_extra_keys_are_everywhere_where_the_documents_name_some() -> None:
    error, _, accepted = (answer.json() for answer in responses([send(), *BOUND], variants=[Variant.EXTRA_KEYS]))
    assert set(error["errors"][0]) > {"code", "message"}
    assert set(error) > {"success", "errors"}
    assert set(accepted["data"]) > {"success"}


def test_another_body_of_401_has_no_errors() -> None:
    (response,) = responses([send(token="wrong")], variants=[Variant.OTHER_REFUSAL_OF_TOKENS])
    assert (response.status_code, "errors" in response.json()) == (401, False)


def test_every_variant_is_witnessed() -> None:
    assert set(Variant) == DIFFERENCES.keys() | SHOW_ONLY_IN_BODIES


@pytest.mark.parametrize("variant", [variant for variant in Variant if variant not in REFUSE_THE_USUAL_ITEM])
def test_a_variant_keeps_to_the_table_for_what_the_documents_allow(variant: Variant) -> None:
    for state, step, answer in TABLE:
        if state == "disabled" and variant is Variant.DISABLE_FORGETS_ACCOUNT:
            continue
        assert answers_to([*BEGINNINGS[state], step], variants=[variant])[-1] == answer


@pytest.mark.parametrize("variant", Variant)
def test_a_variant_never_says_a_state_error_that_is_not_due(variant: Variant) -> None:
    for step in (BROKEN, send(external_items=[]), send_item(external_title="x" * 999)):
        assert answers_to([*FRESH, step], variants=[variant])[-1] in {"200", "refused 422", "refused 400"}


@pytest.mark.parametrize("variant", Variant)
def test_a_variant_answers_siblings_as_their_documents_say(variant: Variant) -> None:
    assert answers_to([connect(), disable()], variants=[variant]) == ["missing", "missing"]
    for sibling in (connect, disable):
        assert answers_to([*FRESH, sibling()], variants=[variant])[-1] == "200"


@pytest.mark.parametrize("variant", Variant)
def test_a_disable_that_shows_a_disabled_sync_has_disabled_it(variant: Variant) -> None:
    for begin in (BOUND, [*FRESH, connect(), send()]):
        *_, disabled, sent = responses([*begin, disable(), send()], variants=[variant])
        shown = disabled.json()
        if (shown.get("enabled"), shown.get("account")) == (False, ADA):
            assert label(Operation.SEND, sent) == "invalid"


def test_variants_combined_still_keep_the_three_apart() -> None:
    everything = [variant for variant in Variant if variant not in REFUSE_THE_USUAL_ITEM]
    steps = [send(), *BOUND, disable(), send(), send(ADA, OUTLOOK)]
    answers = answers_to(steps, variants=everything)
    assert answers[:3] + answers[4:] == ["missing", "200", "200", "invalid", "already_exists"]
