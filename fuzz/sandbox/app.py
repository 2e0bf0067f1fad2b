"""The sandbox as an ASGI application: routes under any path prefix, reading of the request, writing of the answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fuzz.sandbox import responses
from fuzz.sandbox.requests import Answer, Arrival, Operation
from fuzz.sandbox.service import Behaviour

MAX_BODY_BYTES = 8 * 1024 * 1024
SIBLINGS_PATH = "/business/scheduling/v1/external_calendar_items"
PATHS = {
    Operation.SEND: ("PUT", f"{SIBLINGS_PATH}/bulk_create"),
    Operation.CREATE: ("POST", "/platform/v1/scheduling/calendar_syncs"),
    Operation.CONNECT: ("PUT", f"{SIBLINGS_PATH}/connect"),
    Operation.DISABLE: ("PUT", f"{SIBLINGS_PATH}/disable"),
    Operation.DISCONNECT: ("PUT", f"{SIBLINGS_PATH}/disconnect"),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation, as an ASGI application of its own. Frozen.

    An ASGI application and not a function, because Starlette's wrapping of functions costs more than the work.
    """

    operation: Operation
    behaviour: Behaviour
    latency: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, not before `latency` seconds have passed."""
        raw = await read_body(Request(scope, receive))
        if self.latency:
            await asyncio.sleep(self.latency)
        if raw is None:
            answer = responses.too_large()
        else:
            answer = await self.behaviour.respond(Arrival(self.operation, bearer_token(Headers(scope=scope)), raw))
        await written(answer)(scope, receive, send)


def application(behaviour: Behaviour, *, latency: float = 0.0) -> Starlette:
    """The application that answers by this behaviour, at the root and under any path prefix."""
    routes = []
    for operation, (method, path) in PATHS.items():
        endpoint = Endpoint(operation, behaviour, latency)
        routes += [Route(path, endpoint, methods=[method]), Route("/{prefix:path}" + path, endpoint, methods=[method])]
    return Starlette(routes=routes)


async def read_body(request: Request) -> bytes | None:
    """The body, or None where it is beyond the limit; read to its end even then, so that the client hears why."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= MAX_BODY_BYTES:
            parts.append(part)
    return b"".join(parts) if size <= MAX_BODY_BYTES else None


def bearer_token(headers: Headers) -> str | None:
    """The token of `Authorization: Bearer …`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def written(answer: Answer) -> Response:
    """The answer as an HTTP response. Written in ASCII, which is the only form that a lone surrogate has."""
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode("ascii")
    return Response(body, status_code=answer.status, media_type=answer.media_type)
