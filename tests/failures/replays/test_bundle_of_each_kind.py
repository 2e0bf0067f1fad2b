"""A failure of each kind in the catalogue, done again in every form: on the faulty target and on an honest one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fuzz.failures.replays.workflow_replay import replay_workflow
from fuzz.oracle.actions import Action, Create, Move, MoveSync, SendItems, Token
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.launcher import Sandbox
from swagger.contract import Json
from tests.failures.bundling import BROKEN, FIXED, body, in_every_form, kept, run_hurl, session_for

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl or jq is not there")

CREATE = Create(0, "google_v3")
A, B = SendItems(0, body()), SendItems(0, body("b@example.com", number=2))
CONNECT, DISABLE, DISCONNECT = (
    MoveSync(0, move, "google_v3", "a@example.com") for move in (Move.CONNECT, Move.DISABLE, Move.DISCONNECT)
)
AGAIN = replace(A, body=body(number=3))


def sent(**changes: Json) -> SendItems:
    """A call with a changed item; None takes a field out."""
    whole = body()
    item = {**whole["external_items"][0], **changes}
    kept_fields = {name: value for name, value in item.items() if value is not None}
    return SendItems(0, {**whole, "external_items": [kept_fields]})


LEAP_DAY = sent(start_date="2028-02-29T10:00:00Z", end_date="2028-02-29T11:00:00Z")

BY_KIND: dict[FaultKind, tuple[Fault, Sequence[Action]]] = {
    FaultKind.STATE_CHECK: (Fault.DISABLED_NEVER_SAID, (CREATE, A, DISABLE, AGAIN)),
    FaultKind.NEAR_MISS: (Fault.ACCOUNT_NOT_COMPARED, (CREATE, A, B)),
    FaultKind.STORING: (Fault.MISMATCH_REPLACES_ACCOUNT, (CREATE, A, B, AGAIN)),
    FaultKind.RECREATION: (Fault.RECREATION_KEEPS_ACCOUNT, (CREATE, A, CREATE, B)),
    FaultKind.SIBLING: (Fault.DISABLE_MISSING_IN_OTHER_WORDS, (CREATE, DISCONNECT, A, DISABLE)),
    FaultKind.DEEP_SEQUENCE: (Fault.THREE_MISMATCHES_LOCK, (CREATE, A, B, B, B, AGAIN)),
    FaultKind.SLOW_BURN: (Fault.TENTH_REFUSAL_ENABLES, (CREATE, A, DISABLE, *[AGAIN] * 11)),
    FaultKind.LEAK: (Fault.DISABLE_LEAKS, (CREATE, replace(CREATE, staff=1), replace(DISABLE, staff=1), A)),
    FaultKind.MESSAGE: (Fault.MISMATCH_SAYS_MISSING, (CREATE, A, B)),
    FaultKind.BODY_SHAPE: (Fault.SUCCESS_DATA_SAYS_FALSE, (CREATE, A)),
    FaultKind.PAYLOAD: (Fault.START_DATE_OPTIONAL, (CREATE, sent(start_date=None))),
    FaultKind.PAYLOAD_ERROR: (Fault.BROKEN_ITEM_SAID_DISABLED, (CREATE, sent(start_date=None))),
    FaultKind.CRASH: (Fault.CRASH_WHEN_DISABLED, (CREATE, A, DISABLE, AGAIN)),
    FaultKind.DATE: (Fault.LEAP_DAY_REFUSED, (CREATE, LEAP_DAY)),
    FaultKind.ENCODING: (Fault.PERCENT_IN_TITLE_CRASHES, (CREATE, sent(external_title="100 %"))),
    FaultKind.TOKEN: (Fault.UNKNOWN_TOKEN_ACCEPTED, (CREATE, replace(A, token=Token.UNKNOWN))),
}
ELSEWHERE = {FaultKind.RACE, FaultKind.INTERMITTENT}
"""Kinds whose bundles are tested in `test_bundle_replay`: no script shows them."""

NO_DOCUMENT = {FaultKind.LEAK, FaultKind.SIBLING, FaultKind.PAYLOAD_ERROR, FaultKind.TOKEN}
"""Kinds that the documents' grammar cannot say."""


@pytest.fixture(scope="module")
def honest() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_there_is_a_failure_of_each_kind() -> None:
    assert {*FaultKind} == {*BY_KIND, *ELSEWHERE}
    assert all(fault.kind is kind for kind, (fault, _) in BY_KIND.items())


@pytest.mark.parametrize("kind", BY_KIND)
def test_each_file_fails_on_the_faulty_target_and_passes_on_the_honest_one(
    kind: FaultKind, tmp_path: Path, honest: Sandbox
) -> None:
    fault, actions = BY_KIND[kind]
    with Sandbox(fault=fault) as faulty:
        path = kept(faulty, tmp_path, actions)
        assert BROKEN == in_every_form(path, faulty)
        assert run_hurl(path / "failure.hurl", faulty)
        faulty_document = replay_workflow(path / "workflow.md", session_for(faulty)).outcome.name
    assert FIXED == in_every_form(path, honest)
    assert "" == run_hurl(path / "failure.hurl", honest)
    outcomes = faulty_document, replay_workflow(path / "workflow.md", session_for(honest)).outcome.name
    assert (("CANNOT_TELL", "CANNOT_TELL") if kind in NO_DOCUMENT else ("FAILED", "FIXED")) == outcomes
