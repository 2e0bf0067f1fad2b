"""Every request ends soon, in little memory: with an answer, or with why there is none and what that leaves open."""

from __future__ import annotations

import email.utils
import gzip
import socket
import ssl
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from fuzz.target.http.client import LOST_IN_A_ROW, Client, Delivery, Unreachable
from fuzz.target.http.deadline import LARGEST_BODY
from fuzz.target.http.request import HttpRequest
from tests.target.http.noise import answer
from tests.target.http.servers import Handler, saying, server

GOOD = answer(200, b'{"success": true}', kind="application/json")


def http_request(address: str) -> HttpRequest:
    """A request with a token."""
    headers = {"Authorization": "Bearer the-real-token"}
    return HttpRequest("PUT", f"{address}/path", headers, {"Authorization": "Bearer {env:T}"}, b"{}")


def delivered(handler: Handler, *, timeout: float = 0.4, **settings: object) -> tuple[Delivery, list[float]]:
    """What comes of one request to a server by hand, and the pauses that were made."""
    pauses: list[float] = []
    client = Client(run="t", timeout=timeout, sleep=pauses.append, **settings)
    with server(handler) as address:
        delivery = client.deliver(http_request(address))
    client.close()
    return delivery, pauses


def deliver_for_ever(client: Client, address: str) -> None:
    """Ends only with what the transport raises."""
    while True:
        client.deliver(http_request(address))


def test_an_answer_is_delivered_with_its_status_headers_and_text() -> None:
    delivery, pauses = delivered(saying(GOOD))

    assert delivery.answer is not None
    assert (200, '{"success": true}') == (delivery.answer.status, delivery.answer.text)
    assert "application/json" == delivery.answer.headers["content-type"]
    assert (1, 0, False, []) == (delivery.attempts, delivery.lost_attempts, delivery.may_have_acted, pauses)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_gateway_says_is_asked_again_and_may_have_been_acted_on(status: int) -> None:
    delivery, _ = delivered(saying(answer(status, b"<html>"), GOOD))

    assert (2, 1, True, status == 504) == (
        delivery.attempts,
        delivery.lost_attempts,
        delivery.may_have_acted,
        delivery.may_act_late,
    )


@pytest.mark.parametrize("body", [b"<h1>404 Bad Gateway</h1>", b"BAD GATEWAY", b'{"message": "bad gateway"}'])
def test_a_404_that_says_bad_gateway_is_the_gateways_as_502_is(body: bytes) -> None:
    delivery, pauses = delivered(saying(answer(404, body), GOOD))
    assert (2, 1, True, 1) == (delivery.attempts, delivery.lost_attempts, delivery.may_have_acted, len(pauses))

    delivery, _ = delivered(saying(answer(404, body)))
    assert (None, "status 404 bad gateway", True) == (delivery.answer, delivery.why, delivery.upstream_failed)


@pytest.mark.parametrize(("status", "body"), [(404, b"no such page"), (400, b"bad gateway"), (200, b"bad gateway")])
def test_another_404_and_other_statuses_are_the_services(status: int, body: bytes) -> None:
    delivery, _ = delivered(saying(answer(status, body)))

    assert delivery.answer is not None
    assert (1, status) == (delivery.attempts, delivery.answer.status)


def test_too_many_requests_are_never_acted_on() -> None:
    delivery, _ = delivered(saying(answer(429, b""), GOOD))

    assert not delivery.may_have_acted
    assert 1 == delivery.lost_attempts


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 30.0),
        ("9" * 50, 30.0),
        ("-1", 0.05),
        ("soon", 0.05),
        ("\u00b2", 0.05),
        ("Fri, 99 Foo 9999999 99:99:99 GMT", 0.05),
        ("Mon, 01 Jan 1999 00:00:00 GMT", 0.0),
        ("", 0.05),
    ],
)
def test_retry_after_is_honoured_where_it_can_be_read(value: str, pause: float) -> None:
    _, pauses = delivered(saying(answer(429, b"", f"Retry-After: {value}"), GOOD))

    assert pause == sum(pauses)
    assert all(part <= 0.5 for part in pauses)


def test_retry_after_may_be_a_date() -> None:
    later = email.utils.formatdate(time.time() + 20, usegmt=True)

    _, pauses = delivered(saying(answer(503, b"", f"Retry-After: {later}"), GOOD))

    assert 17 < sum(pauses) <= 20


def test_a_target_that_never_answered_is_given_up_after_four_tries() -> None:
    delivery, pauses = delivered(saying(answer(502, b"")))

    assert delivery.answer is None
    assert (4, 4, True, "status 502") == (
        delivery.attempts,
        delivery.lost_attempts,
        delivery.upstream_failed,
        delivery.why,
    )
    assert [0.05, 0.1, 0.2] == pauses


def test_a_refused_connection_is_not_acted_on_and_says_nothing_of_the_service() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = Client(run="t", timeout=1.0, sleep=lambda _: None)

    delivery = client.deliver(http_request(f"http://127.0.0.1:{port}"))
    client.close()

    assert (None, False, False) == (delivery.answer, delivery.may_have_acted, delivery.upstream_failed)
    assert delivery.why.startswith("ConnectError")


def test_twenty_losses_in_a_row_end_the_run_after_pauses_long_enough_for_a_restart() -> None:
    pauses: list[float] = []
    client = Client(run="t", timeout=1.0, sleep=pauses.append)
    with server(saying(GOOD, answer(503, b""))) as address:
        client.deliver(http_request(address))
        with pytest.raises(Unreachable, match=rf"no good answer to {LOST_IN_A_ROW} requests in a row.*503"):
            deliver_for_ever(client, address)
    client.close()

    assert LOST_IN_A_ROW == client.requests_sent - 1
    assert 30 < sum(pauses) < 90


def test_a_good_answer_begins_the_count_anew() -> None:
    client = Client(run="t", timeout=1.0, sleep=lambda _: None)
    bad = answer(503, b"")
    with server(saying(*([bad] * 3 + [GOOD]) * 10)) as address:
        for _ in range(10):
            assert client.deliver(http_request(address)).answer is not None
    client.close()


def test_a_limit_that_is_asked_too_much_of_is_named() -> None:
    client = Client(run="t", timeout=1.0, sleep=lambda _: None)
    with server(saying(answer(429, b""))) as address, pytest.raises(Unreachable, match="--rate-limit"):
        deliver_for_ever(client, address)
    client.close()


def reset(connection: socket.socket, _request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def hang_up(_connection: socket.socket, _request: bytes) -> None:
    """Closes without a word."""


BROKEN: dict[str, Handler] = {
    "reset": reset,
    "closed without a word": hang_up,
    "cut in the middle": saying(GOOD[:-3]),
    "no HTTP": saying(b"\x15\x03\x01\x00\x02\x02\x50"),
    "an absurd status": saying(b"HTTP/1.1 abc What\r\n\r\n"),
    "a chunk cut short": saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"),
    "headers without end": saying(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 300_000),
    "gzip that is none": saying(answer(200, b"plain", "Content-Encoding: gzip")),
    "gzip cut short": saying(answer(200, gzip.compress(b"{}" * 500)[:-12], "Content-Encoding: gzip")),
    "packed twice": saying(answer(200, gzip.compress(gzip.compress(b"{}")), "Content-Encoding: gzip, gzip")),
    "packed in a way not asked for": saying(answer(200, b"\x1b", "Content-Encoding: br")),
}


@pytest.mark.parametrize("handler", BROKEN.values(), ids=BROKEN.keys())
def test_an_answer_that_cannot_be_read_is_lost_and_may_have_been_acted_on(handler: Handler) -> None:
    delivery, _ = delivered(handler)

    assert delivery.answer is None
    assert (4, True, True) == (delivery.lost_attempts, delivery.may_have_acted, delivery.upstream_failed)
    assert delivery.why


def dripping(first: bytes, drop: bytes) -> Handler:
    """Sends a byte or two at a time, for ever."""

    def handle(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return handle


def unspecified(connection: socket.socket, _request: bytes) -> None:
    connection.settimeout(20)
    connection.recv(1)


SLOW: dict[str, Handler] = {
    "nothing at all": unspecified,
    "headers that drip": dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "a body that drips": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "chunks that drip": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "packed chunks of nothing": dripping(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n\x1f\r\n"
    ),
    "one interim answer after the other": dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
}


@pytest.mark.parametrize("handler", SLOW.values(), ids=SLOW.keys())
def test_no_answer_takes_longer_than_its_time(handler: Handler) -> None:
    began = time.monotonic()
    delivery, _ = delivered(handler, timeout=0.3)

    assert delivery.answer is None
    assert time.monotonic() - began < 1.5
    if "packed" not in delivery.why and "Decoding" not in delivery.why:
        assert (2, True, True) == (delivery.attempts, delivery.may_act_late, delivery.upstream_failed)


def streaming(head: bytes, piece: bytes) -> Handler:
    def handle(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(head)
        for _ in range(20_000):
            connection.sendall(piece)

    return handle


_CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
_BOMB = zlib.compressobj(9, wbits=31)
_BOMB_BYTES = b"".join(_BOMB.compress(bytes(1_000_000)) for _ in range(1000)) + _BOMB.flush()

ENDLESS: dict[str, Callable[[], Handler]] = {
    "a stream of a gigabyte": lambda: streaming(b"HTTP/1.1 200 OK\r\nContent-Length: 1310720000\r\n\r\n", b"x" * 65536),
    "chunks without end": lambda: streaming(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", _CHUNK),
    "a gigabyte of nought, packed": lambda: saying(answer(200, _BOMB_BYTES, "Content-Encoding: gzip")),
}


@pytest.mark.parametrize("handler", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_body_of_any_size_takes_little_memory(handler: Callable[[], Handler]) -> None:
    handle = handler()
    tracemalloc.start()
    delivery, _ = delivered(handle, timeout=20.0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert delivery.answer is not None
    assert LARGEST_BODY == len(delivery.answer.text)
    assert most < 20_000_000


@pytest.mark.parametrize("padding", [b"", b"\0\0\0"])
def test_gzip_of_two_members_is_one_body(padding: bytes) -> None:
    packed = gzip.compress(b'{"a":') + gzip.compress(b" 1}") + padding

    delivery, _ = delivered(saying(answer(200, packed, "Content-Encoding: gzip")))

    assert delivery.answer is not None
    assert '{"a": 1}' == delivery.answer.text


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip", "identity", "GZIP"])
def test_packed_answers_are_unpacked(coding: str) -> None:
    text = b'{"success": true}' * 100
    packed = {"identity": text, "deflate": zlib.compress(text)}.get(coding, gzip.compress(text))

    delivery, _ = delivered(saying(answer(200, packed, f"Content-Encoding: {coding}")))

    assert delivery.answer is not None
    assert text.decode() == delivery.answer.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_with_a_byte_order_mark_is_read(encoding: str) -> None:
    delivery, _ = delivered(saying(answer(200, '{"success": true}'.encode(encoding))))

    assert delivery.answer is not None
    assert '{"success": true}' == delivery.answer.text


def test_an_empty_body_said_to_be_packed_is_empty() -> None:
    delivery, _ = delivered(saying(answer(401, b"", "Content-Encoding: gzip")))

    assert delivery.answer is not None
    assert "" == delivery.answer.text


def test_a_redirect_is_an_answer_and_carries_the_token_nowhere() -> None:
    met: list[bytes] = []
    with server(lambda connection, request: met.append(request)) as elsewhere:
        delivery, _ = delivered(saying(answer(302, b"", f"Location: {elsewhere}/login")))

    assert delivery.answer is not None
    assert 302 == delivery.answer.status
    assert [] == met


def test_proxies_of_the_environment_do_not_see_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[bytes] = []
    with server(lambda connection, request: met.append(request)) as elsewhere:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere)
        delivery, _ = delivered(saying(GOOD))

    assert delivery.answer is not None
    assert [] == met


def test_a_request_does_not_show_its_token() -> None:
    assert "the-real-token" not in repr(http_request("http://127.0.0.1"))


# TLS.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", f"{path}.crt"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text("utf-8") + Path(f"{path}.crt").read_text("utf-8"), encoding="utf-8")
    return path


def over_tls(certificate: Path, verify: bool | str, handler: Handler | None = None) -> Delivery:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    client = Client(run="t", timeout=1.0, verify_tls=verify, sleep=lambda _: None)
    with server(handler or saying(GOOD), tls=context) as address:
        delivery = client.deliver(http_request(address))
    client.close()
    return delivery


def test_a_certificate_that_nobody_vouches_for_is_refused_and_the_reason_said(certificate: Path) -> None:
    delivery = over_tls(certificate, verify=True)

    assert (None, False) == (delivery.answer, delivery.may_have_acted)
    assert "CERTIFICATE_VERIFY_FAILED" in delivery.why
    assert "verify_tls" in delivery.why


def test_a_profile_may_trust_a_certificate_or_not_look_at_it(certificate: Path) -> None:
    for verify in (False, str(certificate)):
        delivery = over_tls(certificate, verify)

        assert delivery.answer is not None
        assert 200 == delivery.answer.status


def test_answers_over_tls_are_bounded_too(certificate: Path) -> None:
    began = time.monotonic()
    delivery = over_tls(certificate, verify=False, handler=SLOW["headers that drip"])

    assert delivery.answer is None
    assert time.monotonic() - began < 4
