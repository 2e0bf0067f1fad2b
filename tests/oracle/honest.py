"""A tiny honest service, written from the document alone: it shares nothing with the model but the actions and answers.

Wherever the documents leave a decision open, `decide` takes it: by a policy that is fixed, or anew for each request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fuzz.oracle.actions import NOT_JSON, UNAUTHORISED, Answer, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.request import Request
from swagger.contract import Json
from tests.oracle.documented import OK, REFUSED, STAFF, state_error

Record = tuple[str, str | None, bool] | None
"""Provider, account, disabled."""


@dataclass
class Service:
    """One staff member's sync. Mutable."""

    decide: Callable[[str], bool]
    record: Record = None
    kept: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Answer:
        action = request.action
        if isinstance(action, Create):
            self.record = (action.provider, None, False)
            return Answer(200, {"uid": "1"}, {"calendar_sync_uid": "1"})
        if isinstance(action, MoveSync):
            return self._moved_at_discretion(action) or self._moved(action)
        return self._send(action)

    def _moved(self, action: MoveSync) -> Answer:
        return self._state_error(action.provider, action.account) or self._move(action)

    def _moved_at_discretion(self, action: MoveSync) -> Answer | None:
        """What nobody says of a move that has nothing to do, or meets a sync without an account or a disabled one."""
        done = Answer(200, {"success": True, "data": {}})
        if self.record is None:
            if action.move is Move.DISCONNECT and self.decide("nothing is disconnected"):
                return done
            return REFUSED if self.decide("refuse a move without a sync") else None
        provider, account, disabled = self.record
        if action.provider != provider or account not in (None, action.account):
            return None
        if account is None and not disabled and self.decide("no account is another account"):
            return state_error("already_exists")
        idle = account is None or disabled or action.move is Move.CONNECT
        if idle and self.decide("refuse an idle move"):
            if account is None and not disabled and self.decide("store at the check"):
                self._store(action.account)
            return REFUSED
        if disabled and self.decide("move what is disabled"):
            if action.move is Move.CONNECT and self.decide("connecting enables"):
                self.record = (provider, account, False)
            return self._move(action)
        return None

    def _state_error(self, provider: Json, account: Json) -> Answer | None:
        if self.record is None:
            return state_error("missing")
        own_provider, own_account, disabled = self.record
        if provider != own_provider or (own_account is not None and not self._same(account, own_account)):
            return state_error("already_exists")
        return state_error("invalid") if disabled else None

    def _same(self, account: Json, own: str) -> bool:
        if isinstance(account, str) and account != own and self.decide("compare loosely"):
            return account.strip().lower() == own.strip().lower()
        return bool(account == own)

    def _store(self, account: Json) -> None:
        assert self.record is not None
        if self.record[1] is None and isinstance(account, str):
            self.record = (self.record[0], account, self.record[2])

    def _move(self, action: MoveSync) -> Answer:
        assert self.record is not None
        if action.move is Move.CONNECT or (action.move is Move.DISABLE and self.decide("disable stores")):
            self._store(action.account)
        if action.move is Move.DISABLE:
            self.record = (self.record[0], self.record[1], True)
        if action.move is Move.DISCONNECT:
            self.record = None
        return Answer(200, {"success": True, "data": {}})

    def _send(self, action: SendItems) -> Answer:
        if action.token in UNAUTHORISED:
            return Answer(401, {"error": "Unauthorized"})
        if action.token in (Token.OTHER_STAFF, Token.ADMIN) and self.decide("refuse the token"):
            return Answer(403, NOT_JSON)
        sent = action.body if isinstance(action.body, dict) else {}
        if sent.get("staff_uid") != STAFF and self.decide("unknown staff"):
            return state_error("missing") if self.decide("say missing") else REFUSED
        named = sent.get("calendar_sync")
        named = named if isinstance(named, dict) else {}
        provider, account = named.get("provider"), named.get("account")
        if not isinstance(provider, str) and self.record and self.decide("do not compare the provider"):
            provider = self.record[0]
        if not isinstance(account, str) and self.record and self.decide("do not compare the account"):
            account = self.record[1]
        refusal = REFUSED if self._refuses(sent) else None
        wrong = self._state_error(provider, account)
        if refusal and wrong:
            return refusal if self.decide("payload first") else wrong
        if wrong:
            return wrong
        if refusal:
            if self.decide("store at the check"):
                self._store(account)
            return refusal
        if sent.get("external_items") != [] or self.decide("an empty list stores"):
            self._store(account)
        self.kept.update(each["external_id"] for each in sent.get("external_items", []))
        return OK

    def _refuses(self, sent: dict[str, Json]) -> bool:
        """Items with a number for an id are broken, and so is a request that does not say whose, which, or what."""
        items, named = sent.get("external_items"), sent.get("calendar_sync")
        items = items if isinstance(items, list) else [{"external_id": None}]
        whole = all(isinstance(item["external_id"], str) for item in items)
        names = isinstance(named, dict) and all(isinstance(named.get(key), str) for key in ("provider", "account"))
        if not whole or not names or not isinstance(sent.get("staff_uid"), str):
            return True
        again = any(item["external_id"] in self.kept for item in items)
        odd = [each for each, holds in (("again", again), ("empty", not items)) if holds]
        return any(self.decide(f"refuse {each}") for each in odd)
