"""The part of `test_failure.py` that is the same for every failure: sending with httpx, and judging answers."""

from __future__ import annotations

IMPORTS = """
from __future__ import annotations

import contextlib
import json
import os
import ssl
import subprocess
import threading
import time

import httpx
import pytest
"""

LIBRARY = '''
UNKNOWN_TOKEN = "calfuzz-unknown-token"
SAYS_NOTHING = (429, 502, 503, 504)


class AnotherTurn(Exception):
    """An answer is allowed, and not the one that came when this was found: what follows it tells nothing."""


def repeat(play):
    """Plays as often as it takes to be sure; skips if no play came to its end."""
    ended, why = 0, ""
    with target() as client:
        for attempt in range(TIMES):
            try:
                play(Play(client, attempt))
                ended += 1
            except AnotherTurn as turn:
                why = str(turn)
    if not ended:
        pytest.skip("cannot tell: %s: another turn than when this was found" % why)


def target():
    """A client for the target, once it is known to answer at all."""
    headers = {name: setting(*value) for name, value in HEADERS.items()}
    proxy = setting(*PROXY) if PROXY else None
    client = httpx.Client(verify=tls(), trust_env=False, timeout=60, headers=headers, proxy=proxy)
    try:
        client.get(base_urls()["main"])
    except httpx.TransportError as error:
        client.close()
        pytest.skip("cannot tell: the target does not answer: %s" % error)
    return contextlib.closing(client)


def tls():
    """Whom to trust, and the client's certificate. Files are relative to the folder of the target profile."""
    folder = os.environ.get("CALFUZZ_PROFILE_FOLDER", ".")
    if AUTHORITIES:
        context = ssl.create_default_context(cafile=os.path.join(folder, AUTHORITIES))
    else:
        context = httpx.create_ssl_context(verify=VERIFY_TLS, trust_env=False)
    if CERTIFICATE:
        context.load_cert_chain(*(file and os.path.join(folder, file) for file in CERTIFICATE))
    return context


def setting(kind, value):
    """A text, or what the environment holds under a name."""
    if kind == "env" and not os.environ.get(value):
        pytest.skip("cannot tell: set %s: the target is not reached without it" % value)
    return os.environ[value].strip() if kind == "env" else value


def base_urls():
    """The base URL of each gateway: where the failure was found, unless the environment names others."""
    found, found_fallback = FOUND_AT
    main = os.environ.get("CALFUZZ_BASE_URL", found).rstrip("/")
    fallback = main
    if main == found:
        fallback = found_fallback
    elif GATEWAYS[0] and main.endswith(GATEWAYS[0]):
        fallback = main[: -len(GATEWAYS[0])] + GATEWAYS[1]
    return {"main": main, "fallback": os.environ.get("CALFUZZ_FALLBACK_URL", fallback).rstrip("/")}


def token_of(name):
    """The token of a name, from the environment or from its command."""
    kind, source = TOKENS[name]
    if kind == "command":
        value = subprocess.run(source, shell=True, capture_output=True, text=True).stdout.strip()
    else:
        value = os.environ.get(source, "")
    if not value:
        pytest.skip("cannot tell: set %s to the token of %s" % (source, name))
    return value


def credentials(token):
    """What stands behind the scheme: a token by its name, with what is changed in it, an unknown one, or nothing."""
    if token in ("unknown", "empty"):
        return UNKNOWN_TOKEN if token == "unknown" else ""
    name, _, change = token.partition(" ")
    value = token_of(name)
    half = len(value) // 2
    if change == "cut short":
        return value[: max(8, half)]
    if change == "with a character changed":
        return value[:half] + ("y" if value[half] == "x" else "x") + value[half + 1 :]
    return value + "x" if change == "with more" else value.swapcase() if change else value


def not_json(name):
    """Refuses NaN and the infinities, which Python reads and JSON does not know."""
    raise ValueError(name)


def json_text(value):
    """The value as it stands inside a JSON string."""
    return json.dumps(value)[1:-1]


class Answer:
    """What came of one request. `status` is None where no answer came."""

    def __init__(self, title, status, text=""):
        self.title, self.status = title, status
        self.says = "%s: %s %s" % (title, status, text[:300]) if status else "%s: %s" % (title, text)
        try:
            self.body = json.loads(text, parse_constant=not_json)
        except (ValueError, RecursionError):
            self.body = Ellipsis

    def at(self, path):
        """The value at a path of keys and places; None where there is none."""
        value = self.body
        for segment in path:
            try:
                value = value[segment]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def refuses_the_token(self):
        """A service says so with 401; a gateway, with 422 and a word of its own."""
        return self.status == 401 or (self.status == 422 and self.at(["error"]) == "Unauthorized")

    def names(self, status, code, message):
        """An entry of the answer's list of errors is that one."""
        entries = self.at(["errors"])
        return str(self.status) == status and isinstance(entries, list) and any(
            isinstance(entry, dict) and entry.get("code") == code and entry.get("message") == message
            for entry in entries
        )


class Promise:
    """An answer that the documents allow: a status, what its body must say, hold, and must not name."""

    def __init__(self, status, body=None, holds=(), never=()):
        self.status, self.body, self.holds, self.never = status, body, holds, never

    def kept_by(self, answer):
        return (
            any(all(one in (other, "x") for one, other in zip(each, str(answer.status))) for each in self.status)
            and (self.body is None or covers(answer.body, self.body))
            and all(path is not None and answer.at(path) not in (None, "") for path in self.holds)
            and not any(answer.names(*error) for error in self.never)
        )


    def broken_by(self, answer):
        """What is wrong with the body of an answer that has the promised status; empty if it has another one."""
        if not any(all(one in (other, "x") for one, other in zip(each, str(answer.status))) for each in self.status):
            return ""
        if self.body is not None and not covers(answer.body, self.body):
            return what_is_wrong(answer.body, self.body)
        for path in self.holds:
            if path is None or answer.at(path) in (None, ""):
                return "there is nothing at %s" % (path,)
        named = [code for status, code, message in self.never if answer.names(status, code, message)]
        return "it names %s, which is not due" % named[0] if named else ""


def covers(body, documented):
    """The body says everything that the documented one says; objects may hold more keys."""
    if isinstance(documented, dict):
        return isinstance(body, dict) and all(key in body and covers(body[key], documented[key]) for key in documented)
    if isinstance(documented, list):
        return isinstance(body, list) and len(body) == len(documented) and all(map(covers, body, documented))
    return type(body) is type(documented) and body == documented


def what_is_wrong(body, documented, path="$"):
    """The first place where a body lacks or contradicts what is documented."""
    if body is Ellipsis:
        return "its body is not JSON"
    if isinstance(documented, dict) and isinstance(body, dict):
        for key, value in documented.items():
            if key not in body:
                return "%s.%s is missing, and the documents promise %s" % (path, key, json.dumps(value))
            if not covers(body[key], value):
                return what_is_wrong(body[key], value, "%s.%s" % (path, key))
    if isinstance(documented, list) and isinstance(body, list) and len(body) == len(documented):
        for place, (one, other) in enumerate(zip(body, documented)):
            if not covers(one, other):
                return what_is_wrong(one, other, "%s[%d]" % (path, place))
    return "%s is %s, and the documents promise %s" % (path, json.dumps(body)[:100], json.dumps(documented))


class Play:
    """The scenario done once, with external ids that were never sent before."""

    def __init__(self, client, attempt):
        self.client, self.urls = client, base_urls()
        self.now_timestamp = str(time.time_ns() + attempt)
        self.values = {}
        self.history = []
        self.sent = 0

    def value(self, staff, name):
        default = "no-calendar-sync-yet" if name == "calendar_sync_uid" else ""
        return self.values.get((staff, name)) or default

    def extract(self, answer, staff, name, path):
        value = answer.at(path)
        self.values[staff, name] = "" if value is None else str(value)

    def request(self, title, method, gateway, path, token, scheme, headers, body):
        self.sent += 1
        headers = dict(headers, **{"X-Request-Id": "calfuzz-test-%s-%s" % (self.now_timestamp, self.sent)})
        if token != "none":
            headers["Authorization"] = (scheme + " " + credentials(token)).rstrip()
        url = self.urls[gateway] + path
        return title, self.client.build_request(method, url, headers=headers, content=body.encode())

    def send(self, *args, **kwargs):
        return self.deliver(*self.request(*args, **kwargs))

    def deliver(self, title, request):
        try:
            response = self.client.send(request)
            content = response.content
            answer = Answer(title, response.status_code, content.decode(json.detect_encoding(content), "replace"))
        except (httpx.TransportError, httpx.DecodingError) as error:
            answer = Answer(title, None, type(error).__name__)
        self.history.append(answer)
        return answer

    def send_together(self, *requests):
        barrier = threading.Barrier(len(requests))
        answers = [None] * len(requests)

        def deliver(place):
            barrier.wait(10)
            answers[place] = self.deliver(*requests[place])

        threads = [threading.Thread(target=deliver, args=(place,)) for place in range(len(requests))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def judge(self, answer, allowed, promises, must, found):
        """Fails the test for an answer that keeps no promise; skips it where nothing can be concluded."""
        self.skip_if_it_says_nothing(answer, found)
        kept = [place for place, promise in enumerate(promises) if promise.kept_by(answer)]
        if kept and must and not set(kept) & set(must):
            raise AnotherTurn(answer.says)
        if kept:
            return
        if found == "move":
            self.cannot_tell(answer, "only prepares, and did not work")
        if answer.refuses_the_token() and found != answer.status:
            self.cannot_tell(answer, "the target refuses the token")
        wrong = next(filter(None, (promise.broken_by(answer) for promise in promises)), "")
        self.broken("the documents allow " + allowed + ("; in the answer, " + wrong if wrong else ""))

    def judge_pair(self, one, other, together, promises, promises_of_other, found):
        """Fails the test if no order of two requests at once explains both answers."""
        for first, second in together:
            if promises[first].kept_by(one) and promises_of_other[second].kept_by(other):
                return
        self.skip_if_it_says_nothing(one, found[0])
        self.skip_if_it_says_nothing(other, found[1])
        self.broken("neither order of the last two explains both answers")

    def skip_if_it_says_nothing(self, answer, found):
        lost = answer.status is None or answer.status in SAYS_NOTHING
        if lost and found != "lost" and found != answer.status:
            self.cannot_tell(answer, "no answer of the service")

    def cannot_tell(self, answer, why):
        pytest.skip("cannot tell: %s: %s" % (answer.says, why))

    def broken(self, why):
        steps = ["%3d  %s" % (number, answer.says) for number, answer in enumerate(self.history, 1)]
        pytest.fail("\\n".join(steps + [why]), pytrace=False)
'''
