"""The sandbox as an ASGI application: routes under path prefixes, reading of the request, writing of the answer."""

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
from fuzz.sandbox.deployments.staging import FALLBACK, MAIN, Deployment
from fuzz.sandbox.requests import Answer, Arrival, Operation
from fuzz.sandbox.service import Behaviour

SCHEMES = frozenset({"admin", "bearer"})
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
    """One operation, as an ASGI application of its own. Frozen. `refusal`: what the gateway says without asking.

    An ASGI application and not a function, because Starlette's wrapping of functions costs more than the work.
    """

    operation: Operation
    behaviour: Behaviour
    latency: float
    admin_scheme: str | None
    refusal: Answer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, not before `latency` seconds have passed."""
        raw = await read_body(Request(scope, receive))
        if self.latency:
            await asyncio.sleep(self.latency)
        if raw is None:
            answer = responses.too_large()
        elif self.refusal is not None:
            answer = self.refusal
        else:
            answer = await self.behaviour.respond(Arrival(self.operation, self.token(Headers(scope=scope)), raw))
        await written(answer)(scope, receive, send)

    def token(self, headers: Headers) -> str | None:
        """The token of `Authorization: <scheme> <token>`; None where it comes with a scheme that is not taken."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        token = token.strip()
        if self.admin_scheme is None:
            taken = SCHEMES
        else:
            is_admin = token == self.behaviour.people.admin_token
            taken = frozenset({self.admin_scheme.lower() if is_admin else "bearer"})
        return token if scheme.lower() in taken else None


def application(
    behaviour: Behaviour,
    *,
    latency: float = 0.0,
    admin_scheme: str | None = None,
    deployment: Deployment | None = None,
) -> Starlette:
    """The application that answers by this behaviour: under any path prefix, or behind a deployment's two gateways.

    `admin_scheme`: as in the settings.
    """
    routes = []
    for prefix in ("", "/{prefix:path}") if deployment is None else (MAIN, FALLBACK):
        for operation, (method, path) in PATHS.items():
            refusal = deployment.refusal(prefix, operation) if deployment is not None else None
            endpoint = Endpoint(operation, behaviour, latency, admin_scheme, refusal)
            routes.append(Route(prefix + path, endpoint, methods=[method]))
    return Starlette(routes=routes)


async def read_body(request: Request) -> bytes | None:
    """The body, or None where it is beyond the limit; read to its end even then, so that the client hears why."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size <= MAX_BODY_BYTES:
            parts.append(part)
    return b"".join(parts) if size <= MAX_BODY_BYTES else None


def written(answer: Answer) -> Response:
    """The answer as an HTTP response. Written in ASCII, which is the only form that a lone surrogate has."""
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode("ascii")
    return Response(body, status_code=answer.status, media_type=answer.media_type)
