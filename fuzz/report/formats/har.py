"""Writes `trace.har`, in the format of browsers' network panels: the requests and answers of a run's failures, and of
the others as many as there is room for, evenly spread over the run. `log.comment` says how many that are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TextIO
from urllib.parse import parse_qsl, urlsplit

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

from fuzz.events.exchanges import AnswerEntry, RequestEntry
from fuzz.events.types import Event
from fuzz.report.formats.har_selection import Entry, Selection

CREATOR = Creator(name="calfuzz", version="1")


def write_har(file: TextIO, events: Callable[[], Iterable[Event]]) -> None:
    """Writes the exchanges whose request was kept. A lost answer has status 0. `events`: reads the journal."""
    clock, selection = _Clock(), Selection()
    selection.look_at(events())
    with HarFile.open(file, creator=CREATOR, comment=selection.says) as har:
        for entry in selection.chosen(events()):
            if isinstance(entry, str):
                clock.set(entry)
            else:
                _add(har, entry, clock)


class _Clock:
    """Gives the time when each exchange began: its own, else the end of the one before it. Mutable."""

    def __init__(self) -> None:
        self._now = datetime.fromtimestamp(0, UTC)

    def set(self, at: str) -> None:
        try:
            read = datetime.fromisoformat(at)
        except ValueError:
            return
        self._now = read if read.tzinfo else read.replace(tzinfo=UTC)

    def begin(self, entry: Entry, seconds: float) -> str:
        if entry.at is not None:
            self.set(entry.at)
        began, self._now = self._now, self._now + timedelta(seconds=seconds)
        return began.isoformat(timespec="milliseconds")


def _add(har: HarFile, entry: Entry, clock: _Clock) -> None:
    try:
        seconds = _seconds(entry.answer)
        sent, response = _request(entry.request), _response(entry.answer, entry.lost)
    except (KeyError, TypeError, ValueError, AttributeError):  # a damaged line, whose values are not of their types
        return
    har.add_entry(
        startedDateTime=clock.begin(entry, seconds),
        time=round(seconds * 1000, 3),
        request=sent,
        response=response,
        timings=Timings(send=0, wait=round(seconds * 1000, 3), receive=0),
        comment=entry.says,
    )


def _seconds(answer: AnswerEntry | None) -> float:
    seconds = float(answer["seconds"]) if answer else 0.0
    if not math.isfinite(seconds):
        raise ValueError("not a duration")
    return seconds


def _request(request: RequestEntry) -> Request:
    body, url, headers = request["body"], request["url"], _headers(request["headers"])
    return Request(
        method=request["method"],
        url=url,
        httpVersion="HTTP/1.1",
        headers=headers,
        queryString=[Record(name, value) for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)],
        postData=PostData(mimeType=_media_type(headers), text=body) if body else None,
        bodySize=_size(body),
    )


def _response(answer: AnswerEntry | None, lost: str | None) -> Response:
    if not answer:
        return Response(status=0, statusText=f"lost: {lost or 'no answer'}", httpVersion="HTTP/1.1")
    headers, body, status = _headers(answer["headers"]), answer["body"], answer["status"]
    return Response(
        status=status,
        statusText=_phrase(status),
        httpVersion="HTTP/1.1",
        headers=headers,
        content=Content(size=_size(body), mimeType=_media_type(headers), text=body),
        redirectURL=next((header.value for header in headers if header.name.lower() == "location"), ""),
        bodySize=_size(body),
    )


def _headers(headers: Mapping[str, str]) -> list[Record]:
    return [Record(name, value) for name, value in headers.items()]


def _media_type(headers: list[Record]) -> str:
    named = (header.value for header in headers if header.name.lower() == "content-type")
    return next(named, "application/octet-stream")


def _size(body: str) -> int:
    return len(body.encode("utf-8", "surrogatepass"))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
