"""The headers by which a target's logs and traces can be searched for one request."""

from __future__ import annotations

import re

from fuzz.target.http.request import HttpRequest, as_sent, trace_id

REQUEST = HttpRequest("GET", "http://127.0.0.1:9/", {}, {}, b"")


def headers_of(request_id: str) -> dict[bytes, bytes]:
    return dict(as_sent(REQUEST, request_id, {}).headers)


def test_each_request_has_its_id_and_a_trace_that_follows_from_it() -> None:
    headers = headers_of("calfuzz-7c1f-3")

    assert b"calfuzz-7c1f-3" == headers[b"X-Request-Id"]
    assert re.fullmatch(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers[b"traceparent"])
    assert trace_id("calfuzz-7c1f-3").encode() == headers[b"traceparent"].split(b"-")[1]
    assert headers == headers_of("calfuzz-7c1f-3")


def test_no_two_requests_have_one_trace() -> None:
    sent = [headers_of(f"calfuzz-{run}-{number}") for run in ("7c1f", "7c20") for number in range(100)]

    assert 200 == len({headers[b"traceparent"] for headers in sent})
