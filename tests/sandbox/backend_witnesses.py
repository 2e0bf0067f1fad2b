"""Witnesses of the faults of gateways, records and caches."""

from __future__ import annotations

import json

from fuzz.sandbox.faults import Fault
from tests.sandbox.scenarios import (
    ADA,
    BOB,
    GOOGLE,
    Step,
    connect,
    create,
    disable,
    disconnect,
    item,
    send,
    send_item,
    send_one,
)
from tests.sandbox.witness import BOUND, DISABLED, FRESH, LONG, OK, OTHER, REFUSED, Witness, witness

SPELT = {
    "staff_uid": "{{uid}}",
    "calendar_sync": {"provider": GOOGLE, "account": ADA},
    "external_items": [item(external_title="😀")],
}


def spelt(text: str) -> Step:
    """A body as text, where its spelling matters."""
    return Step(send().operation, raw=text.encode())


GATEWAY: dict[Fault, Witness] = {
    Fault.PRETTY_JSON_REFUSED: witness(OK, "refused 403", *FRESH, spelt(json.dumps(SPELT, indent=1))),
    Fault.KEY_ORDER_MATTERS: witness(
        OK, "refused 400", *FRESH, spelt(json.dumps(dict(reversed(SPELT.items())), ensure_ascii=False))
    ),
    Fault.ESCAPED_EMOJI_CRASHES: witness(OK, "500", *FRESH, spelt(json.dumps(SPELT))),
    Fault.ANSWER_CACHED_BY_BODY: witness("invalid", OK, *BOUND, disable(), send()),
}
RECORDS: dict[Fault, Witness] = {
    Fault.ONLY_FIRST_BATCH_CHECKED: witness(
        REFUSED, OK, *FRESH, send(external_items=[*(item(n) for n in range(100)), item(100, without="end_date")])
    ),
    Fault.FORM_MUST_STAY: witness(OK, REFUSED, *BOUND, send_one()),
    Fault.CRASH_ON_MIXED_ITEMS: witness(
        OK, "500", *FRESH, send(external_items=[item(1), item(2, without="external_title")])
    ),
    Fault.CRASH_ON_RESENT_ID: witness(OK, "500", *BOUND, send()),
    Fault.CRASH_ON_LONG_ID: witness(OK, "500", *FRESH, send_item(external_id=LONG)),
    Fault.ITEM_IDS_ARE_GLOBAL: witness(OK, OTHER, create(who=1), send(BOB, who=1), *FRESH, send()),
    Fault.TOKEN_OWNER_IS_MEANT: witness("refused 403", "missing", *FRESH, send(token="others")),
    Fault.ADMIN_SKIPS_STATE_CHECK: witness("refused 403", OK, *DISABLED, send(token="admin")),
    Fault.LONG_EVENT_REFUSED: witness(OK, REFUSED, *FRESH, send_item(end_date="2026-03-05T11:00:00Z")),
    Fault.TWO_ZONES_REFUSED: witness(
        OK,
        REFUSED,
        *FRESH,
        send_item(start_date="2026-03-02T10:00:00+01:00", end_date="2026-03-02T10:00:00-01:00"),
    ),
    Fault.STALE_AFTER_DISABLE: witness("invalid", OK, *DISABLED, send()),
    Fault.FIRST_CALL_SEES_OLD_SYNC: witness(OK, OTHER, *BOUND, create(), send(BOB)),
    Fault.THIRD_CREATION_AFTER_DISCONNECTS_CRASHES: witness(
        OK, "500", create(), disconnect(), create(), disconnect(), create()
    ),
    Fault.CONNECT_ELSEWHERE_DROPS: witness(OK, "missing", *BOUND, connect(BOB), send()),
    Fault.TENTH_REFUSAL_ENABLES: witness("invalid", OK, *DISABLED, *[send()] * 11),
}
