"""Scenarios against a sandbox in this process: steps as values, and a word for each answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from fuzz.sandbox.faults import Fault
from fuzz.sandbox.requests import Operation
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.serving.app import PATHS, application
from fuzz.sandbox.settings import Settings, behaviour_of
from fuzz.sandbox.variants import Variant

GOOGLE, OUTLOOK, MOCK = "google_v3", "outlook_v1.0", "mock_provider"
ADA, BOB = "ada@example.com", "bob@example.com"
APPS = {GOOGLE: "googlewaysync", OUTLOOK: "outlookwaysync", MOCK: "mockcalendarwaysync"}
DOCUMENTED = {
    "missing": "staff is not registered to any calendar sync",
    "already_exists": "staff already registered to other calendar sync",
    "invalid": "staff account is disabled",
}
OWN = "own"


@dataclass(frozen=True)
class Step:
    """One request. `token` is `own`, `admin`, None, or a text; `raw` goes out in place of `body`."""

    operation: Operation
    body: dict[str, Any] = field(default_factory=dict)
    who: int = 0
    token: str | None = OWN
    raw: bytes | None = None


@dataclass(frozen=True)
class Together:
    """Requests that are sent at once."""

    steps: tuple[Step, ...]


def item(number: int = 1, *, without: str = "", **changes: Any) -> dict[str, Any]:
    """An item that the documents allow, or one rule away from it."""
    whole = {
        "external_id": f"item {number}",
        "external_title": "Meeting",
        "external_calendar_uid": "c0ffee",
        "start_date": "2026-03-02T10:00:00Z",
        "end_date": "2026-03-02T11:00:00Z",
        "last_modification": "2026-03-01T09:00:00Z",
        **changes,
    }
    return {name: value for name, value in whole.items() if name != without}


def items(*, count: int) -> dict[str, Any]:
    """So many different items, as a part of a body."""
    return {"external_items": [item(number) for number in range(count)]}


def create(provider: str = GOOGLE, *, who: int = 0, token: str | None = "admin", **body: Any) -> Step:
    return Step(Operation.CREATE, {"app_code_name": APPS[provider], "provider": provider, **body}, who, token)


def send(account: Any = ADA, provider: Any = GOOGLE, *, who: int = 0, token: str | None = OWN, **body: Any) -> Step:
    forms = {} if body.keys() & {"external_items", "external_item"} else {"external_items": [item()]}
    sync = {"calendar_sync": {"provider": provider, "account": account}}
    return Step(Operation.SEND, {**sync, **forms, **body}, who, token)


def send_one(account: str = ADA, provider: str = GOOGLE, **changes: Any) -> Step:
    return send(account, provider, external_item=item(**changes))


def send_item(**changes: Any) -> Step:
    return send(external_items=[item(**changes)])


def connect(account: str = ADA, provider: str = GOOGLE, *, who: int = 0, token: str | None = OWN) -> Step:
    return _sibling(Operation.CONNECT, account, provider, who, token)


def disable(account: str = ADA, provider: str = GOOGLE, *, who: int = 0, token: str | None = OWN) -> Step:
    return _sibling(Operation.DISABLE, account, provider, who, token)


def disconnect(account: str = ADA, provider: str = GOOGLE, *, who: int = 0, token: str | None = OWN) -> Step:
    return _sibling(Operation.DISCONNECT, account, provider, who, token)


def together(*steps: Step) -> Together:
    return Together(steps)


def answers_to(
    steps: Iterable[Step | Together], *, faults: Sequence[Fault] = (), variants: Sequence[Variant] = ()
) -> list[str]:
    """The answers of a new sandbox to these steps, each in a word: see `label`."""
    return asyncio.run(_answers_to(steps, Settings(faults=tuple(faults), variants=tuple(variants), staff=3)))


def responses(steps: Iterable[Step], *, variants: Sequence[Variant] = ()) -> list[httpx.Response]:
    """The HTTP responses of a new sandbox to these steps."""
    return asyncio.run(_responses(steps, Settings(variants=tuple(variants), staff=3)))


def label(operation: Operation, response: httpx.Response) -> str:
    """An answer in a word: 200, a state error, a refusal with its status, 500, or `odd` with the status."""
    if response.status_code == 200 and _is_success(operation, _body(response)):
        return "200"
    error = _state_error(operation, _body(response)) if response.status_code == 422 else None
    if error is not None:
        return error
    if response.status_code >= 500:
        return "500"
    return f"{'refused' if response.status_code >= 400 else 'odd'} {response.status_code}"


async def _answers_to(steps: Iterable[Step | Together], settings: Settings) -> list[str]:
    behaviour = behaviour_of(settings)
    transport = httpx.ASGITransport(application(behaviour))
    answers: list[str] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox/apigw") as client:
        for step in steps:
            steps_at_once = step.steps if isinstance(step, Together) else (step,)
            calls = (_sent(client, behaviour, one) for one in steps_at_once)
            found = await asyncio.gather(*calls)
            answers += [label(one.operation, response) for one, response in zip(steps_at_once, found, strict=True)]
    behaviour.store.close()
    return answers


async def _responses(steps: Iterable[Step], settings: Settings) -> list[httpx.Response]:
    behaviour = behaviour_of(settings)
    transport = httpx.ASGITransport(application(behaviour))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox/api2") as client:
        found = [await _sent(client, behaviour, step) for step in steps]
    behaviour.store.close()
    return found


async def _sent(client: httpx.AsyncClient, behaviour: Behaviour, step: Step) -> httpx.Response:
    method, path = PATHS[step.operation]
    people, others = behaviour.people, behaviour.store.sync_of(behaviour.people.staff[1].uid)
    uid, own = people.staff[step.who]
    token = {OWN: own, "admin": people.admin_token, "others": people.staff[2].token}.get(step.token or "", step.token)
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    body = {"staff_uid": uid} | step.body
    if body["staff_uid"] is None:
        del body["staff_uid"]
    raw = json.dumps(body, ensure_ascii=not _is_utf8(body)).encode() if step.raw is None else step.raw
    content = raw.replace(b"{{uid}}", uid.encode())
    if others is not None:
        content = content.replace(b"{{calendar of the second}}", others.uid.encode())
    return await client.request(method, path, headers=headers, content=content)


def _is_utf8(body: object) -> bool:
    # What can be sent raw is sent raw, as httpx does; lone surrogates can only be escaped.
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _sibling(operation: Operation, account: str, provider: str, who: int, token: str | None) -> Step:
    return Step(operation, {"calendar_sync": {"provider": provider, "account": account}}, who, token)


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _is_success(operation: Operation, body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    if operation in (Operation.CREATE, Operation.CONNECT, Operation.DISABLE):
        enabled = (True, False) if operation is Operation.CONNECT else (False,)
        return isinstance(body.get("uid"), str) and body.get("enabled") in enabled
    if operation is Operation.DISCONNECT:
        return body.get("success") is True
    return body.get("success") is True and isinstance(body.get("data"), dict) and body["data"].get("success") is True


def _state_error(operation: Operation, body: Any) -> str | None:
    entries = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        return None
    code = entries[0].get("code")
    if code not in DOCUMENTED or entries[0].get("message") != DOCUMENTED[code]:
        return None
    if (operation, code) == (Operation.CONNECT, "missing"):
        documented = body.get("status") == "Error" and entries[0].get("field") == "staff"
    else:
        documented = body.get("success") is False
    return code if documented else None
