"""What an answer says, in its own words, for a line of a report."""

from __future__ import annotations

import re

from fuzz.target.http.attempt import HttpAnswer
from fuzz.target.request_builder import parse
from fuzz.target.secrets import Secrets
from swagger.contract import Json

MAX_QUOTED = 120
"""Characters of an answer that are quoted in a message."""

_TAG = re.compile(r"<[^<>]*>")
_WORDS = ("message", "error", "detail", "title")


def quoted(secrets: Secrets, answer: HttpAnswer) -> str:
    """The status and the beginning of what an answer says, on one line."""
    # Redacted before it is cut: half a token would not be known for one.
    text = secrets.redact(answer.text)
    says = " ".join((_message_in(parse(text)) or _TAG.sub(" ", text)).split())
    return f"{answer.status} {says[:MAX_QUOTED]}".rstrip()


def _message_in(body: Json) -> str:
    """The message of a JSON body, or of the first of its errors; empty if it has none."""
    errors = body.get("errors") if isinstance(body, dict) else None
    for holder in (body, *(errors if isinstance(errors, list) else ())):
        for key in _WORDS:
            if isinstance(holder, dict) and isinstance(holder.get(key), str):
                return str(holder[key])
    return ""
