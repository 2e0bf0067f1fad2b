"""Performs scenarios on the target: sends each action, judges the answer, updates belief, records the exchange.

`Session.start_scenario()` opens a scenario; `ScenarioRun.perform(action)` performs one action. Every source of
scenarios (documents, suites, Hypothesis, replays) uses these two.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from fuzz.oracle.actions import (
    NEAR,
    NO_CALENDAR_UID,
    UNAUTHORISED,
    Action,
    AtOnce,
    Create,
    MoveSync,
    SendItems,
    Single,
    Token,
)
from fuzz.oracle.scenario import kind_of, singles, with_one_staff_member
from fuzz.oracle.state import Belief
from fuzz.oracle.verdict import REFUSAL, SUCCESS, ReadAnswer, Verdict, VerdictKind
from fuzz.session.access.admin_scheme import AdminScheme
from fuzz.session.access.gateways import Gateways
from fuzz.session.concurrent import LEADS, perform_pair
from fuzz.session.exchange import Exchange
from fuzz.session.journal import Journal
from fuzz.session.judging import unjudged_exchange
from fuzz.session.lost_answers import after_late_requests, may_come_from_gateway
from fuzz.session.profile_steps import ProfileSteps
from fuzz.session.recording import ExchangeId, exchange_event
from fuzz.session.sending import GATEWAY_RETRIES, Sender, Sending
from fuzz.session.staff import StaffMember
from fuzz.target.authorisation import AuthorisedClient
from fuzz.target.http.client import Client, Delivery
from fuzz.target.lifecycle import Lifecycle
from fuzz.target.profile import Profile, TokenSource
from fuzz.target.request_builder import RequestBuilder
from fuzz.target.secrets import Secrets
from swagger.contract import Contract

OVERRUN = (
    "more came on a connection than was asked for (an answer twice, say): such connections are closed, since the next"
    " request on one would get an answer that is not its own"
)
LATE = (
    "a request got no answer in time, and the service may still carry it out: after each of these the run waits up to"
    " {:g} s (--request-timeout)"
)


@dataclass(slots=True)
class ScenarioRun:
    """A scenario that is being performed. Mutable: actions and exchanges are added as they happen."""

    session: Session
    phase: str
    number: int
    timestamp: str
    staff: tuple[StaffMember, ...]
    actions: list[Action] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def perform(self, action: Action) -> Verdict:
        """Performs one action and returns the verdict; of two at once, the failing verdict or the second one.

        Raises Unreachable if the run cannot go on.
        """
        if len(self.staff) == 1:
            action = with_one_staff_member(action)
        self.actions.append(action)
        verdicts = [exchange.verdict for exchange in self.session.perform(self, action)]
        return next((verdict for verdict in verdicts if verdict.kind is VerdictKind.FAIL), verdicts[-1])

    def judge_last_as(self, verdict: Verdict) -> Exchange:
        """Replaces the verdict of the last exchange, when later requests have shown more about it."""
        self.exchanges[-1] = replace(self.exchanges[-1], verdict=verdict)
        return self.exchanges[-1]

    def forget_states(self) -> None:
        """Drops the belief about all staff members: the next action on each must be a create."""
        for member in self.staff:
            member.forget()

    def member(self, action: Single) -> StaffMember:
        """The staff member of an action."""
        return self.staff[action.staff % len(self.staff)]

    def other(self, member: StaffMember) -> StaffMember | None:
        """The first staff member who is not this one; None if there is no other."""
        return next((other for other in self.staff if other is not member), None)


class Session:
    """The session of one worker: its connections, its staff members, and the belief about each. Mutable."""

    def __init__(
        self,
        contract: Contract,
        profile: Profile,
        secrets: Secrets,
        client: Client,
        journal: Journal,
        *,
        staff: tuple[StaffMember, ...] | None = None,
    ) -> None:
        self.contract, self.profile, self.secrets, self.journal = contract, profile, secrets, journal
        self.client = AuthorisedClient(client, secrets)
        self.request_builder = RequestBuilder(contract, profile, secrets)
        self.lifecycle = Lifecycle.of(profile, contract)
        self.staff = staff or tuple(StaffMember(member.uid, member.token) for member in profile.staff)
        self.scenarios_started = 0
        self._sender = Sender(contract, self.client, journal)
        self._profile_steps = ProfileSteps(contract, self.lifecycle, self.client, self.request_builder)
        self.admin_scheme = AdminScheme(self)
        self.settle = profile.settle_seconds
        """Seconds that a change may take to show: the next request for the same staff member waits so long."""
        self.gateways = Gateways(self.request_builder, journal)
        self._threads: ThreadPoolExecutor | None = None
        self._has_told_overrun = False
        # Makes the external ids of each scenario new, also across runs: nanoseconds plus the scenario's number.
        self._epoch = time.time_ns()

    def start_scenario(self, phase: str, *, staff: tuple[StaffMember, ...] | None = None) -> ScenarioRun:
        """Opens a scenario. Its first action on a staff member whose state is not known must be a create."""
        self.scenarios_started += 1
        chosen = staff or self.staff
        for member in chosen:
            member.begin_scenario()
        return ScenarioRun(self, phase, self.scenarios_started, str(self._epoch + self.scenarios_started), chosen)

    def perform(self, run: ScenarioRun, action: Action) -> tuple[Exchange, ...]:
        """Performs one action of a scenario as this target needs it, and records its exchanges."""
        for single in singles(action):
            self._let_settle(run.member(single))
        if isinstance(action, AtOnce):
            exchanges = self._perform_pair(run, action)
        else:
            exchanges = (self._perform_single(run, action),)
        for exchange in exchanges:
            self._record(run, exchange)
        if isinstance(action, AtOnce):
            self._forget_calendar_of_two_creates(run, action)
        return exchanges

    @contextmanager
    def settling(self, seconds: float) -> Iterator[None]:
        """Within the block each change gets at least so many seconds to show."""
        before, self.settle = self.settle, max(self.settle, seconds)
        try:
            yield
        finally:
            self.settle = before

    def _let_settle(self, member: StaffMember) -> None:
        """Waits until the last change of a staff member's sync can be read."""
        self._sleep(member.changed_at + self.settle - time.monotonic() if self.settle else 0.0)

    def send_admin_token_as(self, scheme: str) -> None:
        """From now on the admin token is sent with this scheme."""
        self.profile = self.profile.with_admin_scheme(scheme)
        self.request_builder.follow(self.profile)

    def _forget_calendar_of_two_creates(self, run: ScenarioRun, action: AtOnce) -> None:
        """After two creates at once for one staff member it is not known which of the two calendars is left."""
        one, other = run.member(action.first), run.member(action.second)
        if one is other and isinstance(action.first, Create) and isinstance(action.second, Create):
            one.forget_calendar()

    def _perform_single(self, run: ScenarioRun, action: Single) -> Exchange:
        if run.member(action).belief is None and not isinstance(action, Create):
            raise ValueError("a scenario begins with a create for each staff member it touches")
        refused = action.token in UNAUTHORISED
        if not refused and not isinstance(action, SendItems) and kind_of(action) in self.lifecycle.custom:
            member = run.member(action)
            tokens = {"admin": self.profile.tokens.admin, "staff": member.token}
            return self._profile_steps.perform(action, self._believed(member), self._variables(run, member), tokens)
        exchange = self._send_with_its_scheme(run, action)
        return self.gateways.settle(
            exchange, lambda: self._sender.send(self._sending(run, action, exchange.verdict.belief))
        )

    def _send_with_its_scheme(self, run: ScenarioRun, action: Single) -> Exchange:
        """Sends an action; the first create of all with the admin token in both schemes, if the first is refused."""
        exchanges = [self._sender.send(self._sending(run, action))]

        def send_again() -> Delivery:
            exchanges.append(self._sender.send(self._sending(run, action)))
            return exchanges[-1].delivery

        is_first = isinstance(action, Create) and action.is_documented
        if is_first and self.admin_scheme.settle(exchanges[0].delivery, send_again):
            return replace(exchanges[1], delivery=exchanges[1].delivery.after(exchanges[0].delivery))
        return exchanges[0]

    def _perform_pair(self, run: ScenarioRun, action: AtOnce) -> tuple[Exchange, ...]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(2)
        pair = (self._sending(run, action.first), self._sending(run, action.second))
        lead = random.Random(run.number).choice(LEADS)
        return perform_pair(self.contract, self.client, self._threads, pair, lead=lead)

    def try_out(self, run: ScenarioRun, action: MoveSync | Create) -> Delivery:
        """Tries a sibling operation or an unusual create without judging it."""
        exchange = self._try(action, self._sending(run, action))
        exchange = self.gateways.settle(
            exchange, lambda: self._try(action, self._sending(run, action, exchange.verdict.belief))
        )
        self._record(run, exchange)
        return exchange.delivery

    def _try(self, action: MoveSync | Create, sending: Sending) -> Exchange:
        delivery = self.client.send(sending.sent)
        for _ in range(GATEWAY_RETRIES):
            if may_come_from_gateway(delivery):
                delivery = self.client.send(sending.sent).after(delivery)
        status = delivery.answer.status if delivery.answer else None
        answer = None
        if status is not None:
            outcome = SUCCESS if status == self.contract.success_status else REFUSAL
            answer = ReadAnswer(outcome, status, label=f"{status} tried")
        return unjudged_exchange(self.contract, action, sending.sent, delivery, sending.belief, answer)

    def _sending(self, run: ScenarioRun, action: Single, belief: Belief | None = None) -> Sending:
        """The action, ready to be sent. `belief`: if it is not the staff member's own."""
        member = run.member(action)
        sent = self.request_builder.build(action, self._variables(run, member), self._tokens(run, member))
        return Sending(self.contract, action, sent, member.context(action.token), belief or self._believed(member))

    def _variables(self, run: ScenarioRun, member: StaffMember) -> dict[str, str]:
        """The values of the templates in an action on a staff member."""
        other = run.other(member)
        return {
            "staff_id": member.uid,
            "calendar_sync_uid": member.calendar_uid or NO_CALENDAR_UID,
            "other_calendar_sync_uid": other.calendar_uid if other and other.calendar_uid else NO_CALENDAR_UID,
            "now_timestamp": run.timestamp,
            "business_id": self.profile.business_id,
        }

    def _tokens(self, run: ScenarioRun, member: StaffMember) -> Mapping[Token, TokenSource | None]:
        """The source of each kind of token, as seen from a staff member."""
        other = run.other(member)
        return {
            Token.STAFF: member.token,
            Token.OTHER_STAFF: other.token if other else None,
            Token.ADMIN: self.profile.tokens.admin,
            **dict.fromkeys(NEAR, member.token),
        }

    def _believed(self, member: StaffMember) -> Belief:
        """The states that a staff member may be in when a request arrives."""
        late = member.late(time.monotonic())
        belief = member.belief or frozenset({None})
        return after_late_requests(self.contract, belief, late) if late else belief

    def _record(self, run: ScenarioRun, exchange: Exchange) -> None:
        """Adds an exchange to the scenario and the journal, and updates its staff member."""
        member = run.member(exchange.action)
        exchange = replace(exchange, past=frozenset({None, *member.past}))
        member.learn_from(self.contract, exchange, scenario=run.timestamp, timeout=self.client.timeout)
        run.exchanges.append(exchange)
        where = ExchangeId(run.phase, run.number, len(run.exchanges))
        self.journal.emit_later(partial(exchange_event, self.secrets, exchange, where))
        if self.client.overruns and not self._has_told_overrun:
            self._has_told_overrun = True
            self.journal.emit({"event": "trouble", "what": OVERRUN})

    def wait_for_late_requests(self) -> None:
        """Waits until no lost request can still be carried out: before that, belief is too wide to judge much."""
        now = time.monotonic()
        late = [member.late_until - now for member in self.staff if member.late(now)]
        if late:
            self.journal.emit({"event": "trouble", "what": LATE.format(self.client.timeout)})
            self._sleep(max(late))

    def _sleep(self, seconds: float) -> None:
        """Waits so long, or until the time of the run is over."""
        wait = min(seconds, self.client.time_left)
        if wait > 0:
            time.sleep(wait)

    def close(self) -> None:
        """Closes the connections. A request that is still on its way is not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self.client.close()
