"""A failure as one description: everything that a bundle says, as JSON that needs neither our code nor its history.

Beside the actions stand the HTTP requests that they become, built by the session's own wire with the templates left in,
so that what a bundle sends is what the session sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import quote

from fuzz.engine.failures import Failure, failed_of, says
from fuzz.engine.profile import Profile, TokenSource
from fuzz.engine.session import Performed, Session
from fuzz.engine.staff import StaffMember
from fuzz.engine.templates import fill_known
from fuzz.engine.wire import Wired, dump, encode, extract, parse
from fuzz.model.bundle import VERSION
from fuzz.model.description import OTHER_CALENDAR_UID
from fuzz.model.events import Event
from fuzz.model.exchange import NEAR, NO_CALENDAR_UID, NOT_JSON, AtOnce, Create, SendItems, Single, Token
from fuzz.model.promise import keeps, promises, together
from fuzz.model.scenario import kind_of, singles
from fuzz.model.verdict import Verdict
from swagger.contract import Json, Step

OF_THE_EVENT = (
    *("fingerprint", "clause", "says", "where", "situation", "detail", "expected", "observed", "why"),
    *("argument", "features", "payload", "reproduced", "intermittent", "needs_past", "phase", "status", "accepted"),
    "actions",
)
"""What the description takes over from the `failure` event as it stands there."""


class _AsWritten(dict[str, str]):
    """Fills every template with itself."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> str:
        return "{{" + name + "}}"


AS_WRITTEN = _AsWritten(
    {name: f"{{{{{name}}}}}" for name in ("staff_id", "calendar_sync_uid", OTHER_CALENDAR_UID, "now_timestamp")}
)


@dataclass(slots=True)
class _People:
    """The staff members of a scenario by the names that a bundle gives them. Mutable: they are met one by one."""

    named: dict[int, tuple[str, StaffMember]] = field(default_factory=dict)

    def name(self, member: StaffMember) -> str:
        """`staff` for the first one met, then `staff_2`, `staff_3`."""
        if id(member) not in self.named:
            number = len(self.named) + 1
            self.named[id(member)] = ("staff" if number == 1 else f"staff_{number}", member)
        return self.named[id(member)][0]

    def as_json(self) -> list[dict[str, Json]]:
        return [
            {"name": name, "uid": member.uid, "token": member.token.placeholder} for name, member in self.named.values()
        ]


def describe_failure(session: Session, failure: Failure, event: Event, **facts: Json) -> dict[str, Any]:
    """The content of `failure.json`, without any secret. `facts`: found (a date), seed, calfuzz (its version)."""
    people = _People()
    steps = list(_steps(session, failure, people))
    description = {
        "version": VERSION,
        **{name: event.get(name) for name in OF_THE_EVENT},
        **facts,
        "target": _target(session.profile, people),
        "steps": steps,
    }
    clean: dict[str, Any] = json.loads(session.secrets.clean(json.dumps(description)))
    return clean


def _target(profile: Profile, people: _People) -> dict[str, Json]:
    return {
        "name": profile.name,
        "base_url": profile.base_url,
        "fallback_url": profile.fallback_url,
        "business_id": profile.business_id,
        "verify_tls": profile.verify_tls,
        "admin": profile.tokens.admin.placeholder,
        "staff": people.as_json(),
    }


def _steps(session: Session, failure: Failure, people: _People) -> Iterator[dict[str, Any]]:
    """One entry an action: its requests, each with what is promised of it and what came when the failure was found."""
    evidence = iter(failure.evidence)
    failed = failed_of(failure.evidence)
    for action in failure.actions:
        performed = [next(evidence, None) for _ in singles(action)]
        of_action = [
            entry
            for single, each in zip(singles(action), performed, strict=True)
            for entry in _requests(session, single, each, people, is_failed=each is failed)
        ]
        if isinstance(action, AtOnce):
            yield {"at_once": of_action, "together": _together(session, performed, of_action)}
        else:
            yield from of_action


def _together(session: Session, performed: list[Performed | None], steps: list[dict[str, Any]]) -> Json:
    """Which promises of the two requests may be kept together, as pairs of their places."""
    one, other = performed
    if one is None or other is None:
        return None
    explained = (
        together(session.contract, one.verdict.was, (one.request, other.request))
        if one.action.staff == other.action.staff
        else set(product(one.verdict.allowed, other.verdict.allowed))
    )
    places = [[each["outcome"] for each in step["promised"]] for step in steps]
    return [
        [first, second]
        for first, outcome in enumerate(places[0])
        for second, outcome_of_other in enumerate(places[1])
        if (outcome, outcome_of_other) in explained
    ]


def _requests(
    session: Session, action: Single, performed: Performed | None, people: _People, *, is_failed: bool
) -> Iterator[dict[str, Any]]:
    if not isinstance(action, SendItems) and kind_of(action) in session.lifecycle.custom:
        yield from _own_steps(session, action, people)
        return
    member = session.staff[action.staff % len(session.staff)]
    whose = people.name(member)
    nobody = {} if len(people.named) > 1 else {OTHER_CALENDAR_UID: NO_CALENDAR_UID}
    wired = session.wire.wire(action, _AsWritten({**AS_WRITTEN, **nobody}), _tokens(session, member))
    entry = _entry(wired, _gateway(session, action), _token(session, action, member, people), whose)
    entry |= _judgement(session, wired, performed)
    if isinstance(action, Create):
        entry["extract"] = _calendar_uid(entry["extract"])
    yield {"does": kind_of(action), **entry, "fails": is_failed}


def _calendar_uid(paths: Mapping[str, str]) -> dict[str, str]:
    """Where a create's answer holds the uid of the new sync: at the path of that name, else at the first one."""
    name = "calendar_sync_uid"
    return {name: paths.get(name, next(iter(paths.values())))} if paths else {}


def _tokens(session: Session, member: StaffMember) -> Mapping[Token, TokenSource | None]:
    other = _other(session, member)
    return {Token.STAFF: member.token, Token.OTHER_STAFF: other.token if other else None, Token.ADMIN: _admin(session)}


def _other(session: Session, member: StaffMember) -> StaffMember | None:
    return next((each for each in session.staff if each is not member), None)


def _admin(session: Session) -> TokenSource:
    return session.profile.tokens.admin


def _token(session: Session, action: Single, member: StaffMember, people: _People) -> str:
    """Whose token a request carries: `admin`, the name of a staff member, `none`, `unknown` or `empty`; a near one is
    named for whose it is, and how it differs.
    """
    token = Token.ADMIN if isinstance(action, Create) else action.token
    if token is Token.STAFF:
        return people.name(member)
    if token is Token.OTHER_STAFF:
        other = _other(session, member)
        return people.name(other) if other else Token.UNKNOWN.value
    return f"{people.name(member)} {token.value}" if token in NEAR else token.value


def _gateway(session: Session, action: Single) -> str:
    contract = session.contract
    if isinstance(action, Create):
        fallback = contract.create_step.use_fallback
    elif isinstance(action, SendItems):
        fallback = contract.endpoint.use_fallback
    else:
        fallback = session.wire.siblings[action.move.value].use_fallback
    return "fallback" if fallback else "main"


def _entry(wired: Wired, gateway: str, token: str, whose: str) -> dict[str, Any]:
    outgoing = wired.outgoing
    headers = {name: value for name, value in outgoing.written.items() if name != "Authorization"}
    return {
        "for": whose,
        "method": outgoing.method,
        "gateway": gateway,
        "path": _path(wired),
        "token": token,
        "headers": headers,
        **_body(outgoing.content.decode()),
        "extract": dict(wired.extract),
    }


def _path(wired: Wired) -> str:
    params = wired.outgoing.params or {}
    query = "&".join(f"{quote(name)}={quote(value, safe='{}')}" for name, value in params.items())
    return f"{wired.path}?{query}" if query else wired.path


def _body(text: str) -> dict[str, Json]:
    """The body as JSON where that is the very text that is sent, else as that text."""
    value = parse(text)
    if value is not NOT_JSON and encode(dump(value)).decode() == text:
        return {"json": value}
    return {"text": text}


def _judgement(session: Session, wired: Wired, performed: Performed | None) -> dict[str, Any]:
    """What is promised, and what came when the failure was found: `kept` are the places of the promises it kept."""
    if performed is None:
        return {"promised": [], "judged": False, "found": None}
    verdict = performed.verdict
    promised = promises(session.contract, performed.request, verdict.allowed)
    return {
        "named": says(session, performed),
        "promised": promised,
        "judged": True,
        "found": _found(wired, performed, promised),
    }


def _found(wired: Wired, performed: Performed, promised: list[dict[str, Json]]) -> dict[str, Json]:
    verdict, incoming = performed.verdict, performed.delivery.incoming
    if incoming is None:
        return {"says": verdict.why or "no answer", "status": None, "kept": []}
    body = parse(incoming.text) if incoming.text else NOT_JSON
    extracted = extract(body, wired.extract)
    held = [extracted.get(name) for name in wired.extract]
    kept = [place for place, each in enumerate(promised) if keeps(each, incoming.status, body, held)]
    return {"says": _label(verdict, incoming.status), "status": incoming.status, "kept": kept}


def _label(verdict: Verdict, status: int) -> str:
    return verdict.seen.label if verdict.seen else str(status)


def _own_steps(session: Session, action: Single, people: _People) -> Iterator[dict[str, Any]]:
    """The profile's own steps that do an action: they move, and what they answer says nothing of the contract."""
    assert not isinstance(action, SendItems)
    member = session.staff[action.staff % len(session.staff)]
    whose = people.name(member)
    sources = {"admin": _admin(session), "staff": member.token}
    known = session.lifecycle.variables(action)
    for step in session.lifecycle.custom[kind_of(action)]:
        wired = session.wire.step(_filled(step, known), AS_WRITTEN, sources, "the profile's lifecycle")
        token = "admin" if step.token == "admin" else whose
        entry = _entry(wired, "fallback" if step.use_fallback else "main", token, whose)
        statuses = [str(status) for status in step.expect_status]
        promised = {"outcome": "moved", "says": " or ".join(statuses), "status": statuses}
        named = step.description or step.id
        judgement = {"named": named, "promised": [promised], "judged": False, "found": None}
        yield {"does": kind_of(action), **entry, **judgement, "fails": False}


def _filled(step: Step, known: Mapping[str, str]) -> Step:
    """The step with what the action names filled in, and the run's variables left as templates."""
    filled = fill_known({"path": step.path, "body": step.body, "params": dict(step.params)}, known)
    return Step(
        id=step.id,
        method=step.method,
        path=filled["path"],
        where=step.where,
        description=step.description,
        params=filled["params"],
        headers=step.headers,
        token=step.token,
        body=filled["body"],
        extract=step.extract,
        expect_status=step.expect_status,
    )
