"""An operation that one gateway refuses and the other serves is left to the other, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fuzz.failures.failure_event import failure_event
from fuzz.failures.handler import FailureHandler
from fuzz.failures.keeping.store import FailureStore, load_bundle
from fuzz.failures.replays.bundle_replay import replay
from fuzz.failures.replays.result import Outcome
from fuzz.oracle.actions import AtOnce, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.verdict import VerdictKind
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.launcher import Sandbox
from tests.failures.bundling import FAULT, another_account, as_failure, body, played
from tests.run.runs import CONTRACT, Ran, profile_for, run_against, session_against
from tests.target.http.noise import NoisyProxy, answer

REFUSALS = {
    "404": answer(404, b"no such page"),
    "405": answer(405, b'{"message": "Method Not Allowed"}', kind="application/json"),
    "401": answer(401, b'{"message": "401 Unauthorized", "status": "Failure"}', kind="application/json"),
    "403": answer(403, b'{"message": "Forbidden"}', kind="application/json"),
    "422": answer(422, b'{"status": "Error", "error": "Unauthorized"}', kind="application/json"),
    "502": answer(502, b"<h1>502</h1>"),
    "404 bad gateway": answer(404, b"Bad Gateway"),
}
PATHS = {"create": b"/calendar_syncs", "send": b"/bulk_create", **{move.value: f"/{move}".encode() for move in Move}}
ON_FALLBACK = {
    "create": CONTRACT.create_step.use_fallback,
    "send": CONTRACT.endpoint.use_fallback,
    **{name: operation.use_fallback for name, operation in CONTRACT.siblings.items()},
}


@dataclass(slots=True)
class Gatekeeper:
    """Refuses kinds of action on one of the two gateways, or on both, from some request on. Mutable."""

    kinds: tuple[str, ...]
    gateways: tuple[bytes, ...]
    refusal: bytes
    after: int = 0
    seen: list[bytes] = field(default_factory=list)

    def refuses(self, request: bytes) -> bool:
        line = request.partition(b"\r\n")[0]
        kind = any(PATHS[kind] + b" " in line for kind in self.kinds)
        return kind and any(gateway in line for gateway in self.gateways) and len(self.seen) > self.after

    def forward(self, request: bytes) -> bytes:
        self.seen.append(request.partition(b"\r\n")[0])
        return request.replace(b" /", b" /nowhere/", 1) if self.refuses(request) else request

    def rewrite(self, request: bytes, answered: bytes) -> bytes:
        return self.refusal if self.refuses(request) else answered

    def sent(self, kind: str, gateway: bytes) -> int:
        """How many requests of this kind went to a gateway."""
        return sum(PATHS[kind] + b" " in line and gateway in line for line in self.seen)


@contextmanager
def guarded(sandbox: Sandbox, keeper: Gatekeeper) -> Iterator[str]:
    with NoisyProxy(sandbox.address, forward=keeper.forward, rewrite=keeper.rewrite) as proxy:
        yield proxy.address


def documented(kind: str) -> bytes:
    return b"/api2/" if ON_FALLBACK[kind] else b"/apigw/"


def other(kind: str) -> bytes:
    return b"/apigw/" if ON_FALLBACK[kind] else b"/api2/"


def ran(sandbox: Sandbox, keeper: Gatekeeper, *phases: str, **fields: object) -> Ran:
    with guarded(sandbox, keeper) as address:
        return run_against(profile_for(sandbox, address, request_timeout=10.0, **fields), phases=phases)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("kind", ON_FALLBACK)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_an_operation_that_stands_on_the_other_gateway_is_found_there(
    sandbox: Sandbox, kind: str, refusal: str
) -> None:
    keeper = Gatekeeper((kind,), (documented(kind),), REFUSALS[refusal])
    done = ran(sandbox, keeper, "preflight")

    assert [] == done.failures
    (trouble,) = done.summary.troubles
    name = "bulk_create" if kind == "send" else kind
    assert f"gateway answers {refusal} to {name}, and the" in trouble
    assert ("take" if ON_FALLBACK[kind] else "write") + " `useFallbackApi" in trouble
    assert (
        keeper.sent(kind, documented(kind)) <= 4
    )  # a stray page, an expired token and another scheme are thought of first
    assert not any("cannot be reached" in reason for reason in done.conclusion.reasons)


@pytest.mark.parametrize("kind", ["create", "send", "disable"])
def test_so_is_one_that_moves_there_in_the_middle_of_a_run(sandbox: Sandbox, kind: str) -> None:
    keeper = Gatekeeper((kind,), (documented(kind),), REFUSALS["401"], after=100)
    done = ran(sandbox, keeper, "preflight", "conformance")

    assert [] == done.failures
    assert 1 == len(done.summary.troubles)
    assert keeper.sent(kind, other(kind)) > 20


def test_what_both_gateways_refuse_is_judged_and_the_other_one_is_asked_once() -> None:
    keeper = Gatekeeper((), (), b"")
    with Sandbox(fault=Fault.DISABLED_IS_403) as faulty:
        done = ran(faulty, keeper, "preflight", "conformance")

    assert "invalid" in {event["clause"] for event in done.summary.failures.values()}
    assert not any("serves it" in trouble for trouble in done.summary.troubles)
    assert 1 <= keeper.sent("send", other("send")) <= 2  # once in each situation


@pytest.mark.parametrize("kind", ["send", "disable"])
def test_where_one_gateway_is_known_nothing_else_is_tried(sandbox: Sandbox, kind: str) -> None:
    with guarded(sandbox, Gatekeeper((kind,), (b"/apigw/",), REFUSALS["405"])) as address:
        profile = profile_for(sandbox, address, fallback_url=None, request_timeout=10.0)
        done = run_against(profile, phases=("preflight",))

    assert 3 == done.conclusion.exit_code or ["success"] == [each["clause"] for each in done.summary.failures.values()]
    assert not any("serves it" in trouble for trouble in done.summary.troubles)


def invalid(given: object) -> object:
    return {key: value for key, value in given.items() if key != "calendar_sync"} if isinstance(given, dict) else given


SENDS: dict[str, Callable[[], SendItems | MoveSync]] = {
    **{f"send, token {token}": lambda token=token: SendItems(0, body(), token) for token in Token if token != "staff"},
    "send, invalid": lambda: SendItems(0, invalid(body())),
    "send, another's uid": lambda: SendItems(0, {**body(), "staff_uid": "somebody"}),
    "disable, no token": lambda: MoveSync(0, Move.DISABLE, "google_v3", "a@example.com", Token.NONE),
}


@pytest.mark.parametrize("named", SENDS)
def test_a_request_that_may_be_refused_is_not_sent_to_the_other_gateway(sandbox: Sandbox, named: str) -> None:
    keeper = Gatekeeper(("send", "disable"), (b"/apigw/", b"/api2/"), REFUSALS["403"], after=2)
    with guarded(sandbox, keeper) as address:
        session = session_against(profile_for(sandbox, address))
        run = session.start_scenario("test")
        run.perform(Create(0, "google_v3"))
        run.perform(SendItems(0, body()))
        verdict = run.perform(SENDS[named]())
        session.close()

    assert VerdictKind.PASS is verdict.kind
    assert {} == {kind: count for kind in PATHS if (count := keeper.sent(kind, other(kind)))}


def test_a_bundle_says_on_which_gateway_each_operation_was_and_is_replayed_there(tmp_path: Path) -> None:
    with Sandbox(fault=FAULT) as faulty:
        keeper = Gatekeeper(("create", "send"), (b"/apigw/",), REFUSALS["404"])
        with guarded(faulty, keeper) as address:
            profile = profile_for(faulty, address)
            session = session_against(profile)
            session.request_builder.send_to("send", fallback=False)
            failure = as_failure(played(session, another_account()))
            FailureStore(tmp_path, session, "2026-12-01", calfuzz="0.1.0", seed=7).keep(
                failure, failure_event(session, failure, "confirmed")
            )
            session.close()
            kept = tmp_path / failure.fingerprint
            gateways = json.loads((kept / "failure.json").read_text(encoding="utf-8"))["gateways"]
            keeper.seen.clear()
            session = session_against(profile)
            outcome = replay(load_bundle(kept), session).outcome
            session.close()

    assert {"create": "fallback", "send": "fallback"} == gateways
    assert Outcome.FAILED is outcome
    assert [] == session.journal.summary.troubles
    assert 0 == keeper.sent("create", b"/apigw/")


@pytest.mark.parametrize("both", [False, True])
def test_two_requests_at_once_may_be_the_first_that_a_gateway_refuses(sandbox: Sandbox, *, both: bool) -> None:
    gateways = (b"/apigw/", b"/api2/") if both else (documented("send"),)
    keeper = Gatekeeper(("send",), gateways, REFUSALS["405"], after=3)
    pair = AtOnce(SendItems(0, body(number=2)), SendItems(0, body(number=3)))
    with guarded(sandbox, keeper) as address:
        session = session_against(profile_for(sandbox, address))
        handler = FailureHandler(session, shrink_requests=0)
        handler.run((Create(0, "google_v3"), SendItems(0, body()), Create(0, "google_v3"), pair), "race")
        session.close()

    assert both == bool(session.journal.summary.failures)
    assert both != bool(session.journal.summary.troubles)
