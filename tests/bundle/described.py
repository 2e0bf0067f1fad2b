"""Descriptions of failures, from plain to odd, for the tests of the files that are made from them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from fuzz.bundle.description import Description
from fuzz.bundle.failure_json import FailureFile
from fuzz.bundle.steps import BundleStep
from fuzz.oracle.expectations import Expectation

BULK_CREATE = "/business/scheduling/v1/external_calendar_items/bulk_create"
OK: Expectation = {"outcome": "success", "says": "200", "status": ["200"], "body": {"success": True, "data": {"a": 1}}}
CREATED: Expectation = {"outcome": "success", "says": "200", "status": ["200"], "holds": ["$.data.uid"]}
ANY: Expectation = {"outcome": "success", "says": "anything but a 5xx", "status": ["1xx", "2xx", "3xx", "4xx"]}
BELOW: Expectation = {"outcome": "success", "says": "anything but a 5xx", "status": ["1xx", "2xx", "3xx"]}
MESSAGES = {"already_exists": "it's another sync", "invalid": "is disabled", "missing": 'has no "sync"'}
REFUSED: Expectation = {
    "outcome": "refusal",
    "says": "a refusal (4xx)",
    "status": ["4xx"],
    "never": [{"status": "422", "code": code, "message": MESSAGES[code]} for code in ("invalid", "already_exists")],
}


def state_error(code: str) -> Expectation:
    body = {"success": False, "errors": [{"code": code, "message": MESSAGES[code]}]}
    return {"outcome": code, "says": f"422 {code}", "status": ["422"], "body": body}


def created(number: int = 1, **changes: Any) -> BundleStep:
    """A create that gives the calendar's uid."""
    step = BundleStep(
        number=number,
        does="create",
        named="provider google_v3",
        staff="staff",
        method="POST",
        path="/platform/v1/scheduling/calendar_syncs",
        token="admin",
        scheme="Admin",
        body='{"staff_uid":"{{staff_id}}"}',
        value={"staff_uid": "{{staff_id}}"},
        extract={"calendar_sync_uid": "$.data.uid"},
        promised=(CREATED,),
        seen="200",
        status=200,
        kept=(0,),
    )
    return replace(step, **changes)


def sent(number: int, account: str = "a@example.com", **changes: Any) -> BundleStep:
    """A call of bulk_create that is answered as promised."""
    value = {
        "staff_uid": "{{staff_id}}",
        "calendar_sync": {"provider": "google_v3", "account": account},
        "external_items": [{"external_id": f"{{{{now_timestamp}}}}{number}", "uid": "{{calendar_sync_uid}}"}],
    }
    step = BundleStep(
        number=number,
        does="send",
        named=f"google_v3, {account}",
        staff="staff",
        method="PUT",
        path=BULK_CREATE,
        token="staff",
        scheme="Bearer",
        body=json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        value=value,
        fallback=True,
        promised=(OK,),
        seen="200",
        status=200,
        kept=(0,),
    )
    return replace(step, **changes)


def failure_file(**changes: Any) -> FailureFile:
    file: FailureFile = {
        "version": 2,
        "fingerprint": "already_exists-mismatched-200-5cd6",
        "clause": "already_exists",
        "says": "This error occurs when `account` differs.",
        "where": "bulk_create.md:115",
        "situation": "mismatched",
        "detail": "account",
        "expected": "422 already_exists",
        "observed": "200",
        "argument": "After step 2 the account is a@example.com; step 3 names b@example.com.",
        "reproduced": "3/3",
        "needs_past": False,
        "found": "2026-11-22",
        "seed": 7,
        "calfuzz": "0.1.0",
        "target": {
            "name": "staging",
            "base_url": "https://gateway.example/apigw",
            "fallback_url": "https://gateway.example/api2",
            "tokens": {"admin": {"env": "ADMIN_TOKEN", "scheme": "Admin"}},
            "staff": [
                {"uid": "0a1b2c", "token": {"env": "TOKEN_OF_STAFF"}},
                {"uid": "3d4e5f", "token": {"env": "THE_OTHER_TOKEN"}},
            ],
        },
        "gateways": {"create": "main", "send": "fallback"},
        "actions": [{"do": "create", "staff": 0, "provider": "google_v3"}],
    }
    return {**file, **changes}  # type: ignore[typeddict-item]


def described(*steps: BundleStep, payload: str = "", **changes: Any) -> Description:
    return Description(failure_file(**changes), steps, payload)


def account(*, payload: str = "", **changes: Any) -> Description:
    """Three steps, of which the last names another account and is accepted."""
    last = sent(3, "b@example.com", promised=(state_error("already_exists"),), kept=(), fails=True)
    return described(created(), sent(2), last, payload=payload, **changes)


def two_people() -> Description:
    """Two staff members, a step of the profile's own, an answer that only its body tells from another, no token."""
    target = failure_file()["target"] | {
        "fallback_url": None,
        "headers": {"X-On-Behalf-Of": "1a#2b", "X-Key": {"env": "KEY"}},
        "proxy": {"env": "PROXY"},
        "ca_bundle": "ca.pem",
        "client_certificate": {"cert": "client.pem", "key": "client's.key"},
        "tokens": {"admin": {"env": "CALFUZZ_TOKEN_ADMIN", "scheme": "Bearer"}},
    }
    second = {"staff": "staff_2", "body": '{"staff_uid":"{{staff_id_2}}"}', "value": {"staff_uid": "{{staff_id_2}}"}}
    moved: Expectation = {"outcome": "moved", "says": "200 or 204", "status": ["200", "204"]}
    own = created(
        3,
        does="disable",
        named="switch it off",
        method="GET",
        path="/v1/off?who={{staff_id_2}}",
        token="staff_2",
        body="",
        headers={"X-Off": "it's off"},
        extract={"ticket_2": "$.ticket"},
        promised=(moved,),
        judged=False,
        status=None,
        staff="staff_2",
    )
    alternatives = (state_error("invalid"), state_error("missing"), OK)
    unsure = sent(4, promised=alternatives, kept=(1,), status=422, seen="422 missing")
    last = sent(5, token="none", promised=(REFUSED, OK, BELOW), seen="500", status=500, kept=(), fails=True)
    steps = (created(), created(2, **second, extract={"calendar_sync_uid_2": "$.uid"}), own, unsure, last)
    return described(*steps, target=target, payload='the payload: external_title is "100 %"')


def odd() -> Description:
    """Texts that would break out of a comment, a quote or a template."""
    hostile = "'; exit 7; '\" $(exit 7) `exit 7` \\ \x1b \u202e"
    value = {"{{staff_id}}": hostile, "b": [True, None, 1.5, {}]}
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    first = created(named=hostile, body=body, value=value)
    raw = f'{{\'{{{{calendar_sync_uid}}}}\': {hostile}\n""" {{{{unknown}}}} }}'
    last = sent(2, is_json=False, value=None, body=raw, token="staff with more", fails=True, seen=hostile, status=500)
    return described(first, last, says=f'{hostile}\n"""', argument="\n\n*a* <b>[c](d)", found="2026-11-22\n#")


def race() -> Description:
    """Two requests at once."""
    pair = [sent(number, f"{number}@example.com", at_once=True, fails=number == 3) for number in (2, 3)]
    return described(created(), *pair, detail="at once")


def after_race() -> Description:
    """A step after two at once, which fails."""
    pair = [sent(number, f"{number}@example.com", at_once=True) for number in (2, 3)]
    return described(created(), *pair, sent(4, promised=(state_error("missing"),), kept=(), fails=True))


def first_of_race() -> Description:
    """Two requests at once, of which the first one fails."""
    pair = [sent(number, f"{number}@example.com", at_once=True, fails=number == 2) for number in (2, 3)]
    return described(created(), *pair, detail="at once")


def rare() -> Description:
    """A failure of the embedded sandbox that comes and goes."""
    target = failure_file()["target"] | {"base_url": "http://127.0.0.1:4711/apigw"}
    last = sent(2, promised=(OK,), seen="500", status=500, kept=(), fails=True)
    sandbox = {"faults": ["crash-once-in-15"], "variants": ["pedantic"]}
    return described(created(promised=(ANY,)), last, reproduced="1/20", target=target, sandbox=sandbox)


def creation() -> Description:
    """A create without a uid, on a target that trusts anybody."""
    target = failure_file()["target"] | {"verify_tls": False, "fallback_url": None}
    return described(created(seen="200 malformed", kept=(), fails=True), target=target)


def sibling() -> Description:
    """A sibling's record in which a boolean is the other one."""
    record = {"uid": "0d7f", "account": "x", "size": 1, "tags": ["x"], "note": None, "enabled": False}
    promised: Expectation = {"outcome": "success", "says": "200", "status": ["200"], "record": record}
    move = sent(2, does="disable", path="/v1/disable", promised=(promised,), seen="200 malformed", kept=(), fails=True)
    return described(created(), move, clause="disable.success", where="disable.md:62")


def unsure() -> Description:
    """A state that is not known: two errors are allowed, and a success."""
    promised = (state_error("invalid"), state_error("missing"), OK)
    return described(created(), sent(2, promised=promised, seen="422 malformed", status=422, kept=(), fails=True))


EVERY = {
    "account": account(),
    "two_people": two_people(),
    "odd": odd(),
    "race": race(),
    "after_race": after_race(),
    "first_of_race": first_of_race(),
    "rare": rare(),
    "creation": creation(),
    "sibling": sibling(),
    "unsure": unsure(),
}
