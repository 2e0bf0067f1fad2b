"""One worker's dealings with the target: actions go in, verdicts come out, and everything in between is written down.

`Session.play()` opens a scenario; `Play.perform(action)` sends one action, judges the answer and moves belief on. Every
source of scenarios (documents, suites, Hypothesis, replays) goes through it, so there is one place that judges.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial

from fuzz.engine import pairs, steps_of_target, written
from fuzz.engine.attempt import Incoming
from fuzz.engine.authorised import Authorised, may_refuse_the_token
from fuzz.engine.journal import Journal
from fuzz.engine.judged import Performed, after_late, died, doubtful, judge
from fuzz.engine.lifecycle import Lifecycle
from fuzz.engine.profile import Profile, TokenSource
from fuzz.engine.secrets import Secrets
from fuzz.engine.staff import StaffMember
from fuzz.engine.transport import Delivery, Transport
from fuzz.engine.wire import Wire, Wired, extract, parse
from fuzz.model import oracle
from fuzz.model.exchange import (
    NEAR,
    NO_CALENDAR_UID,
    UNAUTHORISED,
    UNKNOWN_UID,
    Action,
    AtOnce,
    Create,
    MoveSync,
    SendItems,
    Single,
    Token,
)
from fuzz.model.oracle import Request
from fuzz.model.payload import items_of
from fuzz.model.scenario import kind_of
from fuzz.model.state import Belief
from fuzz.model.verdict import REFUSAL, SUCCESS, Kind, Seen, Verdict
from swagger.contract import Contract

__all__ = ["Performed", "Play", "Session"]

TIMES_TO_DOUBT = 2


@dataclass(slots=True)
class Play:
    """A scenario being performed. Mutable: actions and what came of them are added as they happen."""

    session: Session
    phase: str
    number: int
    timestamp: str
    staff: tuple[StaffMember, ...]
    actions: list[Action] = field(default_factory=list)
    performed: list[Performed] = field(default_factory=list)

    def perform(self, action: Action) -> Verdict:
        """Does one action to the target and judges the answer. Unreachable if the run cannot go on."""
        self.actions.append(action)
        if isinstance(action, AtOnce):
            return pairs.perform_pair(self.session, self, action)
        return self.session.perform_single(self, action)

    def variables(self, staff: int) -> dict[str, str]:
        """What the templates of an action on a staff member are filled with."""
        member = self.staff[staff % len(self.staff)]
        other = self.other(member)
        return {
            "staff_id": member.uid,
            "calendar_sync_uid": member.calendar_uid or NO_CALENDAR_UID,
            "other_calendar_sync_uid": other.calendar_uid if other and other.calendar_uid else NO_CALENDAR_UID,
            "now_timestamp": self.timestamp,
            "business_id": self.session.profile.business_id,
        }

    def member(self, action: Single) -> StaffMember:
        """The staff member whom an action touches."""
        return self.staff[action.staff % len(self.staff)]

    def other(self, member: StaffMember) -> StaffMember | None:
        """The first staff member who is somebody else."""
        return next((each for each in self.staff if each is not member), None)


class Session:
    """One worker: its connections, its staff members, and what it believes of them."""

    def __init__(
        self,
        contract: Contract,
        profile: Profile,
        secrets: Secrets,
        transport: Transport,
        journal: Journal,
        *,
        staff: tuple[StaffMember, ...] | None = None,
    ) -> None:
        self.contract, self.profile, self.secrets = contract, profile, secrets
        self.transport, self.journal = transport, journal
        self.authorised = Authorised(transport, secrets)
        self.wire = Wire(contract, profile, secrets)
        self.lifecycle = Lifecycle.of(profile, contract)
        self.staff = staff or tuple(StaffMember(member.uid, member.token) for member in profile.staff)
        self.plays = 0
        self._threads: ThreadPoolExecutor | None = None
        # Fresh external ids per scenario, also across runs: nanoseconds, counted on within the run.
        self._epoch = time.time_ns()

    def play(self, phase: str, *, staff: tuple[StaffMember, ...] | None = None) -> Play:
        """Opens a scenario. Its first action on each staff member must be a create, unless belief still holds."""
        self.plays += 1
        chosen = staff or self.staff
        for member in chosen:
            member.begin()
        return Play(self, phase, self.plays, str(self._epoch + self.plays), chosen)

    def close(self) -> None:
        """Closes the connections. A request that is still on its way is not waited for."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self.transport.close()

    @property
    def threads(self) -> ThreadPoolExecutor:
        """Two threads, for two requests at once."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(2)
        return self._threads

    def settle(self) -> None:
        """Waits until no request that was given up can be carried out any more: until then little can be judged."""
        now = time.monotonic()
        time.sleep(max((member.late_until - now for member in self.staff if member.late(now)), default=0.0))

    # One action at a time.

    def perform_single(self, play: Play, action: Single) -> Verdict:
        """Sends one action, repeats it while its answer is doubtful, judges, and writes everything down."""
        member = play.member(action)
        if member.belief is None and not isinstance(action, Create):
            raise ValueError("a scenario begins with a create for each staff member it touches")
        refused = not isinstance(action, Create) and action.token in UNAUTHORISED
        if not refused and not isinstance(action, SendItems) and kind_of(action) in self.lifecycle.custom:
            performed = steps_of_target.perform(self, play, member, action)
        else:
            performed = self._perform_with_doubt(play, member, action)
        self.conclude(play, member, performed)
        return performed.verdict

    def _perform_with_doubt(self, play: Play, member: StaffMember, action: Single) -> Performed:
        wired = self.wired(play, action)
        # Judged as late as possible: while the answer is waited for.
        request = cache(lambda: self.request(action, wired, member))
        first = performed = self._deliver(action, wired, request, self.believed(member))
        if first.verdict.kind is not Kind.FAIL or not doubtful(first.delivery):
            return first
        for _ in range(TIMES_TO_DOUBT):
            again = self._deliver(action, wired, lambda: oracle.sent_again(request()), performed.verdict.belief)
            again.delivery = again.delivery.after(performed.delivery)
            performed = again
            if not doubtful(performed.delivery):
                return performed
        # It was no gateway, it seems: the first answer tells it best, as nothing had been sent twice before it.
        performed.verdict, performed.request, performed.suspect = first.verdict, first.request, True
        return performed

    def believed(self, member: StaffMember) -> Belief:
        """What may be true of a staff member by the time that a request arrives."""
        late = member.late(time.monotonic())
        belief = member.belief or frozenset({None})
        return after_late(self.contract, belief, late) if late else belief

    def wired(self, play: Play, action: Single) -> Wired:
        """The request that an action becomes."""
        return self.wire.wire(action, play.variables(action.staff), self.tokens(play, play.member(action)))

    def tokens(self, play: Play, member: StaffMember) -> Mapping[Token, TokenSource | None]:
        """Whose token is whose, seen from a staff member."""
        other = play.other(member)
        return {
            Token.STAFF: member.token,
            Token.OTHER_STAFF: other.token if other else None,
            Token.ADMIN: self.profile.tokens.admin,
            **dict.fromkeys(NEAR, member.token),
        }

    def request(self, action: Single, wired: Wired, member: StaffMember) -> Request:
        """The request as the oracle looks at it."""
        token = Token.STAFF if isinstance(action, Create) else action.token
        return oracle.request_of(self.contract, action, wired.body, member.circumstances(token))

    def _deliver(self, action: Single, wired: Wired, look: Callable[[], Request], belief: Belief) -> Performed:
        def meanwhile() -> None:
            self.journal.catch_up()
            look()

        delivery = self.authorised.deliver(wired, lambda: look().quality.allowed, meanwhile)
        request = look()
        verdict = judge(self.contract, request, wired, delivery, belief)
        suspect = verdict.kind is Kind.FAIL and (doubtful(delivery) or may_refuse_the_token(delivery))
        return Performed(action, wired, delivery, request, verdict, suspect or delivery.upstream_died)

    def conclude(self, play: Play, member: StaffMember, performed: Performed) -> None:
        """Takes over the new belief, remembers what was sent, and writes the exchange down."""
        before = member.belief
        member.believe(performed.verdict.belief)
        if performed.delivery.may_act_late:
            member.remember_late(performed.request, until=time.monotonic() + self.transport.timeout)
        if isinstance(performed.action, Create):
            self._remember_calendar(member, performed)
        elif isinstance(performed.action, SendItems):
            items = items_of(self.contract, performed.wired.body)
            ids = [item["external_id"] for item in items if isinstance(item.get("external_id"), str)]
            member.remember_ids(ids, play.timestamp)
        elif before == frozenset({None}) and len(performed.verdict.belief) > 1:
            member.calendar_uid = UNKNOWN_UID
        play.performed.append(performed)
        where = written.Place(play.phase, play.number, len(play.performed))
        self.journal.emit_later(partial(written.exchange_event, self.secrets, performed, where))

    def _remember_calendar(self, member: StaffMember, performed: Performed) -> None:
        incoming = performed.delivery.incoming
        found = extract(parse(incoming.text), performed.wired.extract) if incoming else {}
        uid = found.get("calendar_sync_uid", next(iter(found.values()), None))
        member.calendar_uid = str(uid) if performed.verdict.kind is Kind.PASS and uid is not None else UNKNOWN_UID

    # Beside the contract.

    def probe(self, play: Play, action: MoveSync | Create) -> int | None:
        """Tries a sibling operation or an unusual create, without judging it; its status, None if no answer came."""
        member = play.member(action)
        wired = self.wired(play, action)
        request = Request(action, oracle.named_of(action), trusted=False)
        delivery = self.authorised.deliver(wired)
        for _ in range(TIMES_TO_DOUBT):
            if doubtful(delivery):
                delivery = self.authorised.deliver(wired).after(delivery)
        verdict = self._tried(request, delivery, self.believed(member))
        self.conclude(play, member, Performed(action, wired, delivery, request, verdict))
        return delivery.incoming.status if delivery.incoming else None

    def _tried(self, request: Request, delivery: Delivery, belief: Belief) -> Verdict:
        if delivery.incoming is None:
            return oracle.lost(self.contract, belief, request, may_have_acted=True, why=delivery.why)
        status = delivery.incoming.status
        outcome = SUCCESS if status == self.contract.success_status else REFUSAL
        return oracle.step(self.contract, belief, request, Seen(outcome, status, label=f"{status} tried"))

    def died(self, performed: Performed) -> Verdict:
        """The verdict on a request that gets no good answer each time while others do: the server dies of it."""
        return died(self.contract, performed)

    def request_json(self, performed: Performed) -> dict[str, object]:
        """A request as events and reports show it."""
        return written.request_json(self.secrets, performed)

    def answer_json(self, incoming: Incoming | None) -> dict[str, object] | None:
        """An answer as events and reports show it."""
        return written.answer_json(self.secrets, incoming)
