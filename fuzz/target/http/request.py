"""One HTTP request: as it is described, and as httpcore sends it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import httpcore
import httpx

OUR_HEADERS = {"User-Agent": "calfuzz", "Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request to be sent. Frozen. `written`: the headers as reports show them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    written: Mapping[str, str]
    content: bytes
    params: Mapping[str, str] | None = None


def as_sent(http_request: HttpRequest, request_id: str, extensions: dict[str, object]) -> httpcore.Request:
    """The request for httpcore, with its id and our own headers."""
    url, host = _url(http_request.url, tuple((http_request.params or {}).items()))
    has_length = http_request.content or http_request.method != "GET"
    headers = {
        "Host": host,
        **({"Content-Length": str(len(http_request.content))} if has_length else {}),
        **OUR_HEADERS,
        **http_request.headers,
        "X-Request-Id": request_id,
        "traceparent": traceparent(request_id),
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return httpcore.Request(http_request.method, url, headers=raw, content=http_request.content, extensions=extensions)


def trace_id(request_id: str) -> str:
    """The id of a request's trace: 32 hexadecimal digits, the same for the same request id."""
    return hashlib.sha256(request_id.encode()).hexdigest()[:32]


def traceparent(request_id: str) -> str:
    """The header that makes the target's trace a part of ours (W3C Trace Context), marked as recorded."""
    digest = hashlib.sha256(request_id.encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01"


@lru_cache(maxsize=64)
def _url(text: str, params: tuple[tuple[str, str], ...]) -> tuple[httpcore.URL, str]:
    """A URL as httpx reads and quotes it, and the value of its `Host` header."""
    url = httpx.URL(text, params=params) if params else httpx.URL(text)
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    ), url.netloc.decode()
