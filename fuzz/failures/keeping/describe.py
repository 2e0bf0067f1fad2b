"""Makes the description of a failure, the content of `failure.json`: all that the files of a bundle are made from.

It holds the actions and the HTTP requests that they become. The session's own request builder makes these, with the
templates left in, so a bundle sends what the session sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Unpack, cast
from urllib.parse import quote

from fuzz.bundle.description import OTHER_CALENDAR_UID
from fuzz.bundle.failure_json import (
    VERSION,
    AtOnceSteps,
    DescribedBody,
    DescribedStaff,
    DescribedStep,
    DescribedTarget,
    FailureDescription,
    Found,
    FoundBy,
    Gateway,
    Judgement,
)
from fuzz.events.types import FailureEvent, FailureFacts
from fuzz.failures.described_reach import described_reach
from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import says
from fuzz.oracle.actions import NEAR, NO_CALENDAR_UID, NOT_JSON, AtOnce, Create, SendItems, Single, Token
from fuzz.oracle.expectations import Expectation, expectations, keeps, together
from fuzz.oracle.scenario import kind_of, singles
from fuzz.oracle.verdict import Verdict
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.judging import read
from fuzz.session.session import Session
from fuzz.session.staff import StaffMember
from fuzz.target.profile import Profile, TokenSource
from fuzz.target.request_builder import SentRequest, dump, encode, parse
from swagger.contract import Step
from swagger.workflow.templates import fill_known


class _AsWritten(dict[str, str]):
    """Template values that leave every template as it is."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> str:
        return "{{" + name + "}}"


AS_WRITTEN = _AsWritten(
    {name: f"{{{{{name}}}}}" for name in ("staff_id", "calendar_sync_uid", OTHER_CALENDAR_UID, "now_timestamp")}
)


@dataclass(slots=True)
class _People:
    """The staff members of a scenario and their names in the bundle. Mutable: filled as they are met."""

    named: dict[int, tuple[str, StaffMember]] = field(default_factory=dict)

    def name(self, member: StaffMember) -> str:
        """`staff` for the first staff member met, then `staff_2`, `staff_3`."""
        if id(member) not in self.named:
            number = len(self.named) + 1
            self.named[id(member)] = ("staff" if number == 1 else f"staff_{number}", member)
        return self.named[id(member)][0]

    def as_json(self) -> list[DescribedStaff]:
        return [
            {
                "name": name,
                "uid": member.uid,
                "token": member.token.placeholder,
                "scheme": member.token.scheme,
            }
            for name, member in self.named.values()
        ]


def describe_failure(
    session: Session, failure: Failure, event: FailureEvent, **found_by: Unpack[FoundBy]
) -> FailureDescription:
    """The content of `failure.json`, without any secret."""
    people = _People()
    steps = list(_steps(session, failure, people))
    description: FailureDescription = {
        "version": VERSION,
        **_facts(event),
        **found_by,
        "target": _target(session.profile, people),
        "steps": steps,
    }
    clean: FailureDescription = json.loads(session.secrets.redact(json.dumps(description)))
    return clean


def _facts(event: FailureEvent) -> FailureFacts:
    """The fields that a failure's event and its description share."""
    values: Mapping[str, object] = event
    return cast(FailureFacts, {name: values[name] for name in FailureFacts.__annotations__})


def _target(profile: Profile, people: _People) -> DescribedTarget:
    return {
        "name": profile.name,
        "base_url": profile.base_url,
        "fallback_url": profile.fallback_url,
        "business_id": profile.business_id,
        **described_reach(profile),
        "admin": profile.tokens.admin.placeholder,
        "admin_scheme": profile.tokens.admin.scheme,
        "staff": people.as_json(),
    }


def _steps(session: Session, failure: Failure, people: _People) -> Iterator[DescribedStep | AtOnceSteps]:
    """The requests of each action, those of two at once as one entry."""
    evidence = iter(failure.evidence)
    failed = failing_exchange(failure.evidence)
    for action in failure.actions:
        exchanges = [next(evidence, None) for _ in singles(action)]
        of_action = [
            entry
            for single, exchange in zip(singles(action), exchanges, strict=True)
            for entry in _requests(session, single, exchange, people, is_failed=exchange is failed)
        ]
        if isinstance(action, AtOnce):
            yield {"at_once": of_action, "together": _together(session, exchanges, of_action)}
        else:
            yield from of_action


def _together(session: Session, exchanges: list[Exchange | None], steps: list[DescribedStep]) -> list[list[int]] | None:
    """Pairs of indexes: the expectations of the two requests that may be met together; None if not known."""
    one, other = exchanges
    if one is None or other is None:
        return None
    explained = (
        together(session.contract, one.verdict.was, (one.request, other.request))
        if one.action.staff == other.action.staff
        else set(product(one.verdict.allowed, other.verdict.allowed))
    )
    outcomes = [[expectation["outcome"] for expectation in step["promised"]] for step in steps]
    return [
        [first, second]
        for first, outcome in enumerate(outcomes[0])
        for second, outcome_of_other in enumerate(outcomes[1])
        if (outcome, outcome_of_other) in explained
    ]


def _requests(
    session: Session, action: Single, exchange: Exchange | None, people: _People, *, is_failed: bool
) -> Iterator[DescribedStep]:
    if not isinstance(action, SendItems) and kind_of(action) in session.lifecycle.custom:
        yield from _own_steps(session, action, people)
        return
    member = session.staff[action.staff % len(session.staff)]
    whose = people.name(member)
    nobody = {} if len(people.named) > 1 else {OTHER_CALENDAR_UID: NO_CALENDAR_UID}
    sent = session.request_builder.build(action, _AsWritten({**AS_WRITTEN, **nobody}), _tokens(session, member))
    gateway: Gateway = "fallback" if session.request_builder.uses_fallback(action) else "main"
    token, judgement = _token(session, action, member, people), _judgement(session, sent, exchange)
    step = _described(session.profile, action, sent, gateway, token, whose, judgement)
    if isinstance(action, Create):
        step["extract"] = _calendar_uid(step["extract"])
    step["fails"] = is_failed
    yield step


def _calendar_uid(paths: Mapping[str, str]) -> dict[str, str]:
    """The JSONPath of the new sync's uid in the answer to a create: the path of that name, else the first."""
    name = "calendar_sync_uid"
    return {name: paths.get(name, next(iter(paths.values())))} if paths else {}


def _tokens(session: Session, member: StaffMember) -> Mapping[Token, TokenSource | None]:
    other = _other(session, member)
    return {Token.STAFF: member.token, Token.OTHER_STAFF: other.token if other else None, Token.ADMIN: _admin(session)}


def _other(session: Session, member: StaffMember) -> StaffMember | None:
    return next((other for other in session.staff if other is not member), None)


def _admin(session: Session) -> TokenSource:
    return session.profile.tokens.admin


def _token(session: Session, action: Single, member: StaffMember, people: _People) -> str:
    """The name of a request's token: `admin`, a staff member's name, `none`, `unknown` or `empty`.

    A near token has its owner's name and the difference.
    """
    token = Token.ADMIN if isinstance(action, Create) else action.token
    if token is Token.STAFF:
        return people.name(member)
    if token is Token.OTHER_STAFF:
        other = _other(session, member)
        return people.name(other) if other else Token.UNKNOWN.value
    return f"{people.name(member)} {token.value}" if token in NEAR else token.value


def _described(
    profile: Profile,
    action: Single,
    sent: SentRequest,
    gateway: Gateway,
    token: str,
    whose: str,
    judgement: Judgement,
) -> DescribedStep:
    """One request. The headers that the profile adds to each are said once, with the target."""
    http_request = sent.http
    said = {(name, given.placeholder) for name, given in profile.headers.items()}
    headers = {
        name: value
        for name, value in http_request.written.items()
        if name != "Authorization" and (name, value) not in said
    }
    return {
        "does": kind_of(action),
        "for": whose,
        "method": http_request.method,
        "gateway": gateway,
        "path": _path(sent),
        "token": token,
        "headers": headers,
        **_body(http_request.content.decode()),
        "extract": dict(sent.extract),
        **judgement,
        "fails": False,
    }


def _path(sent: SentRequest) -> str:
    params = sent.http.params or {}
    query = "&".join(f"{quote(name)}={quote(value, safe='{}')}" for name, value in params.items())
    return f"{sent.path}?{query}" if query else sent.path


def _body(text: str) -> DescribedBody:
    """The body as JSON if we would write that JSON as the text sent, else as text."""
    value = parse(text)
    if value is not NOT_JSON and encode(dump(value)).decode() == text:
        return {"json": value}
    return {"text": text}


def _judgement(session: Session, sent: SentRequest, exchange: Exchange | None) -> Judgement:
    if exchange is None:
        return {"promised": [], "judged": False, "found": None}
    verdict = exchange.verdict
    expected = expectations(session.contract, exchange.request, verdict.allowed)
    return {
        "named": says(session, exchange),
        "promised": expected,
        "judged": True,
        "found": _found(session, sent, exchange, expected),
    }


def _found(session: Session, sent: SentRequest, exchange: Exchange, expected: list[Expectation]) -> Found:
    verdict, http_answer = exchange.verdict, exchange.delivery.answer
    if http_answer is None:
        return {"says": verdict.why or "no answer", "status": None, "kept": []}
    seen = read(session.contract, exchange.request, sent, http_answer)
    kept = [place for place, expectation in enumerate(expected) if keeps(expectation, seen, verdict.allowed)]
    return {"says": _label(verdict, http_answer.status), "status": http_answer.status, "kept": kept}


def _label(verdict: Verdict, status: int) -> str:
    return verdict.seen.label if verdict.seen else str(status)


def _own_steps(session: Session, action: Single, people: _People) -> Iterator[DescribedStep]:
    """The steps of the target profile that perform an action. Their answers are not judged."""
    assert not isinstance(action, SendItems)
    member = session.staff[action.staff % len(session.staff)]
    whose = people.name(member)
    sources = {"admin": _admin(session), "staff": member.token}
    known = session.lifecycle.variables(action)
    for step in session.lifecycle.custom[kind_of(action)]:
        sent = session.request_builder.step(_filled(step, known), AS_WRITTEN, sources, "the profile's lifecycle")
        token = "admin" if step.token == "admin" else whose
        statuses = [str(status) for status in step.expect_status]
        judgement: Judgement = {
            "named": step.description or step.id,
            "promised": [{"outcome": "moved", "says": " or ".join(statuses), "status": statuses}],
            "judged": False,
            "found": None,
        }
        yield _described(
            session.profile, action, sent, "fallback" if step.use_fallback else "main", token, whose, judgement
        )


def _filled(step: Step, known: Mapping[str, str]) -> Step:
    """The step with the action's values filled in, and the run's variables left as templates."""
    return replace(step, **fill_known({"path": step.path, "body": step.body, "params": dict(step.params)}, known))
