"""Faults of a gateway in front of the service, which caches, filters and reads bodies by itself."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Override, Rows, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.requests import Answer, Arrival, Operation
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store

fault = Rows(FaultKind.ENCODING)
ESCAPED_PAIR = re.compile(rb"\\u[dD][89abAB]")
Respond = Callable[[Arrival], Awaitable[Answer]]


def answered_by_gateway(answer: Answer, *, when: Callable[[Arrival], bool]) -> Override:
    """A request that meets the condition gets this answer, and never reaches the service."""

    async def respond(service: Behaviour, inherited: Respond, arrival: Arrival) -> Answer:
        return answer if when(arrival) else await inherited(arrival)

    return instead_of(Behaviour.respond)(respond)


pretty_json_refused = fault(
    "A body with line breaks between its fields is refused as an attack.",
    answered_by_gateway(
        responses.forbidden(),
        when=lambda arrival: arrival.raw.startswith(b"{\n") and arrival.operation is Operation.SEND,
    ),
)
key_order_matters = fault(
    "A body whose first field is the items is not read.",
    answered_by_gateway(
        responses.unreadable("staff_uid comes first"),
        when=lambda arrival: arrival.raw.lstrip(b"{ \r\n\t").startswith(b'"external_item'),
    ),
)
escaped_emoji_crashes = fault(
    "A character beyond the first plane, written as two JSON escapes, makes the server fall over.",
    answered_by_gateway(responses.server_error(), when=lambda arrival: ESCAPED_PAIR.search(arrival.raw) is not None),
)
repeated_key_crashes = fault(
    "A key that comes twice in an object makes the server fall over.",
    answered_by_gateway(responses.server_error(), when=lambda arrival: arrival.has_repeated_key),
)


@fault.mixin
class AnswerCachedByBody(Behaviour):
    """A body that was accepted before is answered so again, without asking the service."""

    def __init__(self, store: Store, people: People) -> None:
        super().__init__(store, people)
        self._accepted: dict[bytes, Answer] = {}

    async def respond(self, arrival: Arrival) -> Answer:
        if arrival.operation is not Operation.SEND:
            return await super().respond(arrival)
        if arrival.raw in self._accepted:
            return self._accepted[arrival.raw]
        answer = await super().respond(arrival)
        if answer.status == 200:
            self._accepted[arrival.raw] = answer
        return answer
