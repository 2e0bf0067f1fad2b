"""A tiny honest service, written from the document alone: it shares nothing with the model but the actions and answers.

Wherever the documents leave a decision open, `decide` takes it: by a policy that is fixed, or anew for each request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fuzz.oracle.actions import NOT_JSON, UNAUTHORISED, Answer, Create, Move, MoveSync, SendItems, Token
from fuzz.oracle.request import Request
from swagger.contract import Json
from tests.oracle.documented import CONNECT_MISSING, OK, REFUSED, STAFF, G, record, state_error

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
            return self._moved(action)
        return self._send(action)

    def _moved(self, action: MoveSync) -> Answer:
        """What the sibling's own document says, else whatever is decided: an answer of any kind, done or not."""
        if self.record is None:
            return self._without_a_sync(action)
        provider, account, disabled = self.record
        is_new = account is None and not disabled and action.provider == provider
        if not is_new and not self._may_do(action):
            return self._any_answer(action)
        self._move(action)
        if action.move is Move.DISCONNECT:
            return self._any_answer(action)
        if self.record is None or not (is_new or self.decide("show the record")):
            return self._any_answer(action)
        shows_enabled = not self.record[2] and self.record[1] is not None
        enabled = False if is_new and action.move is Move.DISABLE else shows_enabled
        return record(self.record[1], self.record[0], enabled=enabled)

    def _without_a_sync(self, action: MoveSync) -> Answer:
        if action.provider == G and action.move is Move.CONNECT:
            return CONNECT_MISSING
        if action.provider == G and action.move is Move.DISABLE:
            return state_error("missing")
        return self._any_answer(action)

    def _may_do(self, action: MoveSync) -> bool:
        assert self.record is not None
        provider, account, _ = self.record
        same = action.provider == provider and account in (None, action.account)
        return self.decide("do what matches" if same else "do what does not match")

    def _any_answer(self, action: MoveSync) -> Answer:
        """An answer of which no document speaks. It does not look like a record: that would tell something."""
        if self.decide("answer with success"):
            return Answer(200, {"success": True})
        return state_error("already_exists") if self.decide("answer as bulk_create") else Answer(404, NOT_JSON)

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

    def _move(self, action: MoveSync) -> None:
        assert self.record is not None
        if action.provider == self.record[0] and self.decide(f"{action.move} stores"):
            self._store(action.account)
        provider, account, disabled = self.record
        if action.move is Move.CONNECT:
            self.record = (provider, account, disabled and not self.decide("connecting enables"))
        elif action.move is Move.DISABLE:
            if account is not None or self.decide("a sync without account is disabled"):
                self.record = (provider, account, True)
        elif self.decide("disconnecting drops"):
            self.record = None
        elif self.decide("disconnecting disables"):
            self.record = (provider, account, True)
        elif self.decide("disconnecting drops the account"):
            self.record = (provider, None, False)

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
