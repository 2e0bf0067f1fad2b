"""Which gateway serves each operation: the documented one, or the other one where that one refuses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fuzz.oracle.actions import AUTHORISED, MoveSync
from fuzz.oracle.scenario import kind_of
from fuzz.oracle.state import Situation
from fuzz.oracle.verdict import VerdictKind
from fuzz.session.exchange import Exchange
from fuzz.session.journal import Journal
from fuzz.target.authorisation import not_served
from fuzz.target.request_builder import RequestBuilder

MAY_BE_OF_THE_STATE = (403, 404)
"""Statuses that may say of a known operation that the state does not fit it."""


@dataclass(slots=True)
class Gateways:
    """The gateways of one session. Mutable: an operation that is refused on one and served on the other is `moved` to
    that one, once, and what to write is kept. `_tried`: the operations and situations in which both have refused.
    """

    builder: RequestBuilder
    journal: Journal
    moved: dict[str, str] = field(default_factory=dict)
    _tried: set[tuple[str, Situation]] = field(default_factory=set)

    def settle(self, first: Exchange, send_again: Callable[[], Exchange]) -> Exchange:
        """The exchange that counts: the first, or that with the other gateway if only that one serves the operation.

        `send_again` builds and sends the same action anew.
        """
        if not not_served(first.delivery) or not self._may_be_served_elsewhere(first):
            return first
        kind = kind_of(first.action)
        fallback = not self.builder.uses_fallback(first.action)
        self._tried.add((kind, first.verdict.situation))
        self.builder.send_to(kind, fallback=fallback)
        second = send_again()
        if second.delivery.answer is None or not_served(second.delivery):
            self.builder.send_to(kind, fallback=not fallback)
            return replace(first, delivery=first.delivery.after(second.delivery))
        self.moved[kind] = self._advice(first, fallback=fallback)
        self.journal.emit({"event": "trouble", "what": self.moved[kind]})
        return replace(second, delivery=second.delivery.after(first.delivery))

    def _may_be_served_elsewhere(self, refused: Exchange) -> bool:
        kind = kind_of(refused.action)
        return (
            self.builder.has_two_gateways
            and kind not in self.moved
            and (kind, refused.verdict.situation) not in self._tried
            and _should_be_served(refused)
        )

    def _advice(self, refused: Exchange, *, fallback: bool) -> str:
        """What to write for an operation that only the fallback gateway serves, or only the main one."""
        kind, delivery = kind_of(refused.action), refused.delivery
        says = str(delivery.answer.status) if delivery.answer else delivery.why.removeprefix("status ")
        name = self.builder.contract.endpoint.name if kind == "send" else kind
        one, other = ("main", "fallback") if fallback else ("fallback", "main")
        write = "write `useFallbackApi: true` into" if fallback else "take `useFallbackApi` out of"
        where = "its step in the document" if kind == "create" else "its document"
        return (
            f"the {one} gateway answers {says} to {name}, and the {other} one serves"
            f" it: {write} {where}, or correct {'base_url' if fallback else 'fallback_url'} in the profile"
        )


def _should_be_served(exchange: Exchange) -> bool:
    """Whether nothing in the request or in the state is a reason to refuse it."""
    request, verdict = exchange.request, exchange.verdict
    if not request.validity.is_valid or request.token not in AUTHORISED:
        return False
    answer = exchange.delivery.answer
    if answer is None or verdict.kind is VerdictKind.FAIL:
        return True
    # The documents may leave it open how a sibling refuses what does not fit the state.
    fits = verdict.situation in (Situation.FRESH, Situation.MATCHED) or answer.status not in MAY_BE_OF_THE_STATE
    return isinstance(exchange.action, MoveSync) and fits
