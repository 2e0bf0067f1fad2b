"""`trace.har`: every request and answer of a run in the format of browsers' network panels, written one at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TextIO
from urllib.parse import parse_qsl, urlsplit

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

from fuzz.model.events import Event

CREATOR = Creator(name="calfuzz", version="1")


def write_har(file: TextIO, events: Iterable[Event]) -> None:
    """Writes the exchanges among the events. An event that is not whole is left out; what was lost has status 0."""
    clock = _Clock()
    with HarFile.open(file, creator=CREATOR) as har:
        for event in events:
            if event["event"] == "run_started":
                clock.set(event.get("at"))
            elif event["event"] == "exchange":
                _add(har, event, clock)


class _Clock:
    """When each exchange began: as it says itself, else after those before it, from the start of the run on."""

    def __init__(self) -> None:
        self._now = datetime.fromtimestamp(0, UTC)

    def set(self, at: object) -> None:
        try:
            read = datetime.fromisoformat(str(at))
        except ValueError:
            return
        self._now = read if read.tzinfo else read.replace(tzinfo=UTC)

    def begin(self, event: Event, seconds: float) -> str:
        self.set(event.get("at"))
        began, self._now = self._now, self._now + timedelta(seconds=seconds)
        return began.isoformat(timespec="milliseconds")


def _add(har: HarFile, event: Event, clock: _Clock) -> None:
    answer = event.get("answer")
    try:
        seconds = _seconds(answer)
        request, response = _request(event["request"]), _response(answer, event.get("lost"))
        comment = f"{event['request']['id']}: {event['kind']}, {event['clause']} in {event['situation']}"
    except (KeyError, TypeError, ValueError, AttributeError):
        return
    har.add_entry(
        startedDateTime=clock.begin(event, seconds),
        time=round(seconds * 1000, 3),
        request=request,
        response=response,
        timings=Timings(send=0, wait=round(seconds * 1000, 3), receive=0),
        comment=comment,
    )


def _seconds(answer: Event | None) -> float:
    seconds = float(answer["seconds"]) if answer else 0.0
    if not math.isfinite(seconds):
        raise ValueError("not a duration")
    return seconds


def _request(request: Mapping[str, object]) -> Request:
    body = request.get("body")
    headers = _headers(request["headers"])
    url = str(request["url"])
    return Request(
        method=str(request["method"]),
        url=url,
        httpVersion="HTTP/1.1",
        headers=headers,
        queryString=[Record(name, value) for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)],
        postData=PostData(mimeType=_media_type(headers), text=str(body)) if body else None,
        bodySize=_size(body),
    )


def _response(answer: Mapping[str, object] | None, lost: object) -> Response:
    if not answer:
        return Response(status=0, statusText=f"lost: {lost or 'no answer'}", httpVersion="HTTP/1.1")
    headers, body = _headers(answer["headers"]), answer.get("body")
    status = int(str(answer["status"]))
    return Response(
        status=status,
        statusText=_phrase(status),
        httpVersion="HTTP/1.1",
        headers=headers,
        content=Content(size=_size(body), mimeType=_media_type(headers), text=str(body or "")),
        redirectURL=next((header.value for header in headers if header.name.lower() == "location"), ""),
        bodySize=_size(body),
    )


def _headers(headers: object) -> list[Record]:
    pairs = headers.items() if isinstance(headers, Mapping) else ()
    return [Record(str(name), str(value)) for name, value in pairs]


def _media_type(headers: list[Record]) -> str:
    named = (header.value for header in headers if header.name.lower() == "content-type")
    return next(named, "application/octet-stream")


def _size(body: object) -> int:
    return len(str(body).encode("utf-8", "surrogatepass")) if body else 0


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
