"""The staff members that a run may touch, and what is believed of each one's sync."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from fuzz.engine.profile import TokenSource
from fuzz.model.exchange import UNKNOWN_UID, Circumstances, Create, Token
from fuzz.model.oracle import Request
from fuzz.model.state import Belief

ACCOUNTS_REMEMBERED = 4


@dataclass(slots=True)
class StaffMember:
    """One staff member. `belief` is None until a create was answered: nothing is known. Mutable, changed by the
    session.
    """

    uid: str
    token: TokenSource
    belief: Belief | None = None
    calendar_uid: str = UNKNOWN_UID
    sent_ids: set[str] = field(default_factory=set)
    accounts: deque[str] = field(default_factory=lambda: deque(maxlen=ACCOUNTS_REMEMBERED))
    """The accounts that were believed to be stored lately, the last one first."""
    _fresh_ids: set[str] = field(default_factory=set)
    _late: list[tuple[float, Request]] = field(default_factory=list)

    def begin(self) -> None:
        """A scenario begins: its external ids are fresh, so those of the last one need not be remembered."""
        self.sent_ids -= self._fresh_ids
        self._fresh_ids = set()

    def circumstances(self, token: Token) -> Circumstances:
        """What the judgement of a body sent for this staff member needs to know. The sent ids are a live view."""
        uid = None if self.belief == frozenset({None}) else self.calendar_uid
        if any(isinstance(request.action, Create) for _, request in self._late):
            uid = UNKNOWN_UID
        return Circumstances(self.uid, token, uid, self.sent_ids)

    def remember_late(self, request: Request, *, until: float) -> None:
        """Keeps a request that was given up and may be carried out yet, for as long as that is to be feared."""
        self._late.append((until, request))

    def late(self, now: float) -> list[Request]:
        """The requests that were given up and may be carried out yet."""
        if self._late:
            self._late = [(until, request) for until, request in self._late if until > now]
        return [request for _, request in self._late]

    @property
    def late_until(self) -> float:
        """When the last of them need not be feared any more."""
        return max((until for until, _ in self._late), default=0.0)

    def believe(self, belief: Belief) -> None:
        """Takes over what is believed from now on."""
        if belief == self.belief:
            return
        self.belief = belief
        for state in belief:
            if state is not None and state.account is not None:
                if state.account in self.accounts:
                    self.accounts.remove(state.account)
                self.accounts.appendleft(state.account)

    def forget(self) -> None:
        """Nothing is known any more: the next action must be a create."""
        self.belief = None
        self.calendar_uid = UNKNOWN_UID

    def remember_ids(self, ids: list[str], fresh: str) -> None:
        """Keeps ids that were sent, so that sending one again is known for what it is. `fresh` marks this
        scenario's.
        """
        self.sent_ids.update(ids)
        self._fresh_ids.update(sent for sent in ids if fresh in sent)
