"""Faults of what stands before the service: a gateway that caches, measures, filters and reads bodies by itself."""

from __future__ import annotations

import re

from fuzz.sandbox import answers
from fuzz.sandbox.calls import Answer, Arrival, Operation
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.people import People
from fuzz.sandbox.store import Store

ESCAPED_PAIR = re.compile(rb"\\u[dD][89abAB]")


class InTheWay(Dishonesty):
    """A body that does not get through to the service as it was sent."""

    kind = Kind.ENCODING


class PrettyJsonRefused(InTheWay):
    """A body with line breaks between its fields is refused as an attack."""

    async def respond(self, arrival: Arrival) -> Answer:
        pretty = arrival.raw.startswith(b"{\n") and arrival.operation is Operation.SEND
        return answers.forbidden() if pretty else await super().respond(arrival)


class KeyOrderMatters(InTheWay):
    """A body whose first field is the items is not read."""

    async def respond(self, arrival: Arrival) -> Answer:
        turned = arrival.raw.lstrip(b"{ \r\n\t").startswith(b'"external_item')
        return answers.unreadable("staff_uid comes first") if turned else await super().respond(arrival)


class EscapedEmojiCrashes(InTheWay):
    """A character beyond the first plane, written as two JSON escapes, makes the server fall over."""

    async def respond(self, arrival: Arrival) -> Answer:
        escaped = ESCAPED_PAIR.search(arrival.raw) is not None
        return answers.crash() if escaped else await super().respond(arrival)


class AnswerCachedByBody(InTheWay):
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
