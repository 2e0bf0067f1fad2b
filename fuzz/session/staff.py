"""The staff members that a session uses, and the belief about each one's sync."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from fuzz.oracle.actions import UNKNOWN_UID, Create, RequestContext, SendItems, Token
from fuzz.oracle.request import Request
from fuzz.oracle.state import Belief, SyncState
from fuzz.oracle.validity.violations import items_of
from fuzz.oracle.verdict import VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.target.profile import TokenSource
from fuzz.target.request_builder import extract, parse
from swagger.contract import Contract, ids_of

ACCOUNTS_REMEMBERED = 4
STATES_REMEMBERED = 8


@dataclass(slots=True)
class StaffMember:
    """One staff member. `belief` is None while nothing is known. Mutable: updated after each exchange."""

    uid: str
    token: TokenSource
    belief: Belief | None = None
    calendar_uid: str = UNKNOWN_UID
    sent_ids: set[str] = field(default_factory=set)
    accounts: deque[str] = field(default_factory=lambda: deque(maxlen=ACCOUNTS_REMEMBERED))
    """The accounts that were lately believed to be stored, latest first."""
    changed_at: float = 0.0
    """When the last change was answered, by the monotonic clock: until it has settled, a read may show the past."""
    past: deque[SyncState] = field(default_factory=lambda: deque(maxlen=STATES_REMEMBERED))
    """The states that were lately believed, latest last. They stay when belief is dropped."""
    _fresh_ids: set[str] = field(default_factory=set)
    _late: list[tuple[float, Request]] = field(default_factory=list)

    def begin_scenario(self) -> None:
        """Drops the external ids of the previous scenario: a new scenario makes new ones."""
        self.sent_ids -= self._fresh_ids
        self._fresh_ids = set()

    def context(self, token: Token) -> RequestContext:
        """The context in which a body sent for this staff member is judged. Its `sent_ids` are a live view."""
        uid = None if self.belief == frozenset({None}) else self.calendar_uid
        if any(isinstance(request.action, Create) for _, request in self._late):
            uid = UNKNOWN_UID
        return RequestContext(self.uid, token, uid, self.sent_ids)

    def learn_from(self, contract: Contract, exchange: Exchange, *, scenario: str, timeout: float) -> None:
        """Updates belief, the calendar's uid and the ids sent from an exchange.

        `scenario`: the text in each id that this scenario made. `timeout`: seconds in which a lost request may still be
        carried out.
        """
        before, after = self.belief, exchange.verdict.belief
        if after != exchange.verdict.was or isinstance(exchange.action, Create):
            self.changed_at = time.monotonic()
        self.believe(after)
        if exchange.delivery.may_act_late:
            self._late.append((time.monotonic() + timeout, exchange.request))
        if isinstance(exchange.action, Create):
            self._remember_calendar(exchange)
        elif isinstance(exchange.action, SendItems):
            self._remember_ids(contract, exchange, scenario)
        elif before == frozenset({None}) and len(after) > 1:
            self.forget_calendar()

    def _remember_calendar(self, exchange: Exchange) -> None:
        answer = exchange.delivery.answer
        found = extract(parse(answer.text), exchange.sent.extract) if answer else {}
        uid = found.get("calendar_sync_uid", next(iter(found.values()), None))
        passed = exchange.verdict.kind is VerdictKind.PASS
        if isinstance(exchange.action, Create) and not exchange.action.is_documented and uid is None:
            return
        self.calendar_uid = str(uid) if passed and uid is not None else UNKNOWN_UID

    def _remember_ids(self, contract: Contract, exchange: Exchange, scenario: str) -> None:
        """Keeps the ids that were sent, so that an id sent again is recognised."""
        ids = ids_of(items_of(contract, exchange.sent.body))
        self.sent_ids.update(ids)
        self._fresh_ids.update(sent for sent in ids if scenario in sent)

    def late(self, now: float) -> list[Request]:
        """The lost requests that may still be carried out."""
        if self._late:
            self._late = [(until, request) for until, request in self._late if until > now]
        return [request for _, request in self._late]

    @property
    def late_until(self) -> float:
        """The time after which no lost request can be carried out any more."""
        return max((until for until, _ in self._late), default=0.0)

    def believe(self, belief: Belief) -> None:
        """Sets the belief."""
        if belief == self.belief:
            return
        self.belief = belief
        self.past.extend(state for state in belief if state not in self.past)
        for state in belief:
            if state is not None and state.account is not None:
                if state.account in self.accounts:
                    self.accounts.remove(state.account)
                self.accounts.appendleft(state.account)

    def forget(self) -> None:
        """Drops the belief: the next action must be a create."""
        self.belief = None
        self.forget_calendar()

    def forget_calendar(self) -> None:
        """Drops the uid of the staff member's calendar."""
        self.calendar_uid = UNKNOWN_UID
