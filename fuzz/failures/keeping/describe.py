"""Makes the description of a failure, from which the files of its bundle are made.

It holds the actions and the HTTP requests that they become. The session's own request builder makes these, with the
templates left in, so a bundle sends what the session sent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Unpack, cast
from urllib.parse import quote

from fuzz.bundle.description import Description
from fuzz.bundle.failure_json import VERSION, FailureFile, FoundBy, GivenProfile
from fuzz.bundle.steps import BundleStep
from fuzz.bundle.texts import payload_line
from fuzz.events.failures import FailureEvent
from fuzz.failures.failure import Failure
from fuzz.failures.failure_event import says
from fuzz.oracle.actions import NEAR, NO_CALENDAR_UID, NOT_JSON, AtOnce, Create, MoveSync, SendItems, Single, Token
from fuzz.oracle.expectations import Expectation, expectations, keeps
from fuzz.oracle.scenario import kind_of, singles
from fuzz.session.exchange import Exchange, failing_exchange
from fuzz.session.judging import read
from fuzz.session.session import Session
from fuzz.session.staff import StaffMember
from fuzz.target.profile import Staff
from fuzz.target.request_builder import JSON_HEADERS, SentRequest, dump, parse
from swagger.workflow.templates import fill_known

CALENDAR = "calendar_sync_uid"


def describe_failure(
    session: Session, failure: Failure, event: FailureEvent, **found_by: Unpack[FoundBy]
) -> Description:
    """The description, without any secret."""
    file: FailureFile = {
        "version": VERSION,
        "fingerprint": event["fingerprint"],
        "clause": event["clause"],
        "says": event["says"],
        "where": event["where"],
        "situation": event["situation"],
        "detail": event["detail"],
        "expected": event["expected"],
        "observed": event["observed"],
        "argument": event["argument"],
        "reproduced": event["reproduced"],
        "needs_past": event["needs_past"],
        **found_by,
        "target": _target(session, failure),
        "gateways": _gateways(session, failure),
        "actions": event["actions"],
        "others": list(failure.scenario.others),
    }
    clean: FailureFile = json.loads(session.secrets.redact(json.dumps(file)))
    return Description(clean, tuple(_Steps(session).of(failure)), payload_line(event))


def _target(session: Session, failure: Failure) -> GivenProfile:
    """The profile, with those staff members of the session that the scenario needs."""
    highest = max(single.staff for action in failure.actions for single in singles(action))
    members = [Staff(uid=member.uid, token=member.token) for member in session.staff[: max(2, highest + 1)]]
    profile = session.profile.model_copy(update={"staff": members})
    return cast(GivenProfile, profile.as_given())


def _gateways(session: Session, failure: Failure) -> dict[str, Literal["main", "fallback"]]:
    """The gateway of each kind of action, but of those that a profile's own steps perform."""
    kinds = dict.fromkeys(kind_of(single) for action in failure.actions for single in singles(action))
    on_fallback = session.request_builder.on_fallback
    return {kind: "fallback" if on_fallback[kind] else "main" for kind in kinds if kind not in session.lifecycle.custom}


@dataclass(slots=True)
class _Steps:
    """Writes the requests of a failure. Mutable: `extracted` has what each staff member's steps have given so far,
    `count` is the number of requests.
    """

    session: Session
    extracted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0

    def of(self, failure: Failure) -> Iterator[BundleStep]:
        """The requests of each action."""
        evidence = iter(failure.evidence)
        failed = failing_exchange(failure.evidence)
        for action in failure.actions:
            for single in singles(action):
                exchange = next(evidence, None)
                for step in self._of_single(single, exchange):
                    self.count += 1
                    at_once = isinstance(action, AtOnce)
                    yield replace(step, number=self.count, fails=exchange is failed, at_once=at_once)

    def _of_single(self, action: Single, exchange: Exchange | None) -> Iterator[BundleStep]:
        session, member = self.session, self.session.staff[action.staff % len(self.session.staff)]
        if not isinstance(action, SendItems) and kind_of(action) in session.lifecycle.custom:
            yield from self._own_steps(action, member)
            return
        other, admin = self._other(member), session.profile.tokens.admin
        tokens = {Token.STAFF: member.token, Token.OTHER_STAFF: other.token if other else None, Token.ADMIN: admin}
        sent = session.request_builder.build(action, self._templates(member), tokens)
        fallback = session.request_builder.uses_fallback(action)
        step = self._step(action, member, sent, self._token(action, member), fallback=fallback)
        judged = step if exchange is None else _judged(session, step, sent, exchange)
        # A create that was refused gives no uid, and none is looked for.
        extract = _calendar_uid(sent.extract) if judged.status is not None and judged.status < 300 else {}
        yield replace(judged, extract=self._extracting(extract, member))

    def _own_steps(self, action: Create | MoveSync, member: StaffMember) -> Iterator[BundleStep]:
        """The steps of the target profile that perform an action. Their answers are not judged."""
        sources = {"admin": self.session.profile.tokens.admin, "staff": member.token}
        known = self.session.lifecycle.variables(action)
        for step in self.session.lifecycle.custom[kind_of(action)]:
            filled = fill_known({"path": step.path, "body": step.body, "params": dict(step.params)}, known)
            templates, own = self._templates(member), replace(step, **filled)
            sent = self.session.request_builder.step(own, templates, sources, "the profile's lifecycle")
            token = "admin" if step.token == "admin" else self._name(member)
            statuses = [str(status) for status in step.expect_status]
            promised: Expectation = {"outcome": "moved", "says": " or ".join(statuses), "status": statuses}
            made = self._step(action, member, sent, token, fallback=step.use_fallback)
            made = replace(made, named=step.description or step.id, promised=(promised,), judged=False)
            yield replace(made, extract=self._extracting(sent.extract, member))

    def _step(
        self, action: Single, member: StaffMember, sent: SentRequest, token: str, *, fallback: bool
    ) -> BundleStep:
        """One request. The headers that every request has are left out."""
        text, value = sent.http.content.decode(), parse(sent.http.content.decode())
        usual = {**JSON_HEADERS, **{name: given.placeholder for name, given in self.session.profile.headers.items()}}
        scheme = member.token.scheme if token != "admin" else self.session.profile.tokens.admin.scheme
        return BundleStep(
            number=0,
            does=kind_of(action),
            named="",
            staff=self._name(member),
            method=sent.http.method,
            path=_path(sent),
            token=token,
            scheme=scheme,
            body=text,
            is_json=value is not NOT_JSON and dump(value) == text,
            value=None if value is NOT_JSON else value,
            fallback=fallback,
            headers={
                name: value
                for name, value in sent.http.written.items()
                if name != "Authorization" and usual.get(name) != value
            },
        )

    def _name(self, member: StaffMember) -> str:
        """`staff` for the first staff member of the session, then `staff_2`, `staff_3`."""
        place = next(place for place, each in enumerate(self.session.staff) if each is member)
        return f"staff_{place + 1}" if place else "staff"

    def _other(self, member: StaffMember) -> StaffMember | None:
        return next((other for other in self.session.staff if other is not member), None)

    def _token(self, action: Single, member: StaffMember) -> str:
        """The name of a request's token: `admin`, a staff member's name, `none`, `unknown` or `empty`.

        A near token has its owner's name and the difference.
        """
        if action.token is Token.STAFF:
            return self._name(member)
        if action.token is Token.OTHER_STAFF:
            other = self._other(member)
            return self._name(other) if other else Token.UNKNOWN.value
        return f"{self._name(member)} {action.token.value}" if action.token in NEAR else action.token.value

    def _templates(self, member: StaffMember) -> dict[str, str]:
        """What stands in the place of each template: one that tells whose it is."""
        names = ("staff_id", *self.extracted[self._name(member)])
        return {
            "now_timestamp": "{{now_timestamp}}",
            "business_id": self.session.profile.business_id,
            **{name: self._template(name, member) for name in names},
            CALENDAR: self._calendar(member),
            f"other_{CALENDAR}": self._calendar(self._other(member)),
        }

    def _template(self, name: str, member: StaffMember) -> str:
        return f"{{{{{self._named(name, member)}}}}}"

    def _named(self, name: str, member: StaffMember) -> str:
        """`staff_id` of the first staff member, `staff_id_2` of the second."""
        return f"{name}{self._name(member).removeprefix('staff')}"

    def _calendar(self, member: StaffMember | None) -> str:
        known = member is not None and CALENDAR in self.extracted[self._name(member)]
        return self._template(CALENDAR, member) if member is not None and known else NO_CALENDAR_UID

    def _extracting(self, extract: Mapping[str, str], member: StaffMember) -> dict[str, str]:
        self.extracted[self._name(member)].extend(extract)
        return {self._named(name, member): path for name, path in extract.items()}


def _calendar_uid(paths: Mapping[str, str]) -> dict[str, str]:
    """The JSONPath of the new sync's uid in the answer to a create: the path of that name, else the first."""
    return {CALENDAR: paths.get(CALENDAR, next(iter(paths.values())))} if paths else {}


def _path(sent: SentRequest) -> str:
    params = sent.http.params or {}
    query = "&".join(f"{quote(name)}={quote(value, safe='{}')}" for name, value in params.items())
    return f"{sent.path}?{query}" if query else sent.path


def _judged(session: Session, step: BundleStep, sent: SentRequest, exchange: Exchange) -> BundleStep:
    """The step with what is promised, and the answer that came."""
    verdict, http_answer = exchange.verdict, exchange.delivery.answer
    expected = expectations(session.contract, exchange.request, verdict.allowed)
    step = replace(step, named=says(session, exchange), promised=tuple(expected))
    if http_answer is None:
        return replace(step, seen=verdict.why or "no answer")
    seen = read(session.contract, exchange.request, sent, http_answer)
    kept = tuple(place for place, each in enumerate(expected) if keeps(each, seen, verdict.allowed))
    label = verdict.seen.label if verdict.seen else str(http_answer.status)
    return replace(step, seen=label, status=http_answer.status, kept=kept)
