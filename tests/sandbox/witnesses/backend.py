"""Witnesses of the faults of tokens, gateways, records and caches."""

from __future__ import annotations

import json

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.staff import People
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
from tests.sandbox.witnesses.witness import BOUND, DISABLED, FRESH, LONG, OK, OTHER, REFUSED, witness

TOKEN = People.of_size(1).staff[0].token
TOKENS = {
    Fault.NO_TOKEN_ACCEPTED: witness("refused 401", OK, *FRESH, send(token=None)),
    Fault.UNKNOWN_TOKEN_ACCEPTED: witness("refused 401", OK, *FRESH, send(token="wrong")),
    Fault.TOKEN_BY_PREFIX: witness("refused 401", OK, *FRESH, send(token=TOKEN[:-4])),
    Fault.TOKEN_WITH_ANY_END: witness("refused 401", OK, *FRESH, send(token=TOKEN + "x")),
    Fault.TOKEN_BY_BOTH_ENDS: witness("refused 401", OK, *FRESH, send(token=f"{TOKEN[:12]}.{TOKEN[13:]}")),
    Fault.TOKEN_IGNORES_CASE: witness("refused 401", OK, *FRESH, send(token=TOKEN.upper())),
    Fault.EMPTY_TOKEN_ACCEPTED: witness("refused 401", OK, *FRESH, send(token="")),
    Fault.SIBLINGS_TAKE_ANY_TOKEN: witness(OK, "invalid", *BOUND, disable(token=None), send()),
    Fault.CONNECT_TAKES_NO_TOKEN: witness("refused 401", OK, *FRESH, connect(token=None)),
    Fault.DISABLE_TAKES_NO_TOKEN: witness("refused 401", OK, *FRESH, disable(token=None)),
    Fault.DISCONNECT_TAKES_NO_TOKEN: witness("refused 401", OK, *FRESH, disconnect(token=None)),
    Fault.REFUSED_DISABLE_ACTS: witness(OK, "invalid", *BOUND, disable(token="wrong"), send()),
    Fault.STATE_BEFORE_TOKEN: witness("refused 401", OTHER, *BOUND, send(BOB, token=None)),
    Fault.MISSING_BEFORE_TOKEN: witness("refused 401", "missing", send(token="wrong")),
    Fault.UNAUTHORIZED_SAID_DISABLED: witness("refused 401", "invalid", send(token="wrong")),
    Fault.CRASH_WITHOUT_TOKEN: witness("refused 401", "500", send(token=None)),
    Fault.UNKNOWN_TOKEN_STORES_ACCOUNT: witness(OK, OTHER, *FRESH, send(BOB, token="wrong"), send()),
    Fault.REFUSED_TOKEN_REPLACES_ACCOUNT: witness(OK, OTHER, *BOUND, send(BOB, token=None), send()),
    Fault.REFUSED_TOKEN_FORGETS_ACCOUNT: witness(OTHER, OK, *BOUND, send(token=None), send(BOB)),
    Fault.REFUSED_TOKEN_ENABLES: witness("invalid", OK, *DISABLED, send(token=None), send()),
}
SPELT = {
    "staff_uid": "{{uid}}",
    "calendar_sync": {"provider": GOOGLE, "account": ADA},
    "external_items": [item(external_title="😀")],
}


def spelt(text: str) -> Step:
    """A body as text, where its spelling matters."""
    return Step(send().operation, raw=text.encode())


GATEWAY = {
    Fault.PRETTY_JSON_REFUSED: witness(OK, "refused 403", *FRESH, spelt(json.dumps(SPELT, indent=1))),
    Fault.KEY_ORDER_MATTERS: witness(
        OK, "refused 400", *FRESH, spelt(json.dumps(dict(reversed(SPELT.items())), ensure_ascii=False))
    ),
    Fault.ESCAPED_EMOJI_CRASHES: witness(OK, "500", *FRESH, spelt(json.dumps(SPELT))),
    Fault.REPEATED_KEY_CRASHES: witness(
        OK, "500", *FRESH, spelt('{"note": 1, ' + json.dumps({"note": 1, **SPELT})[1:])
    ),
    Fault.ANSWER_CACHED_BY_BODY: witness("invalid", OK, *BOUND, disable(), send()),
}
RECORDS = {
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
    Fault.TENTH_REFUSAL_ENABLES: witness("invalid", OK, *DISABLED, *[send()] * 11),
}
