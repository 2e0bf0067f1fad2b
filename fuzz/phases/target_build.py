"""Asks the target which build of it runs, as the profile says: one GET; if that fails, it is told, and nothing more."""

from __future__ import annotations

from fuzz.oracle.actions import NOT_JSON
from fuzz.session.session import Session
from fuzz.target.http.client import Delivery
from fuzz.target.profile import TokenSource
from fuzz.target.reach import BuildSource
from fuzz.target.request_builder import extract, parse

LONGEST = 100
"""Characters of a build that are kept."""


def learn(session: Session) -> None:
    """Asks once, and notes what was answered. Nothing, if the profile does not say how."""
    source = session.profile.build
    if source is None or session.journal.summary.build is not None:
        return
    sent = session.request_builder.get(source.path, _token(session, source))
    delivery = session.client.send_once(sent)
    build, why = _read(delivery, source)
    session.journal.emit({"event": "target_build", "build": build, "why": why, "attempts": delivery.attempts})
    if why:
        session.journal.emit({"event": "trouble", "what": f"the target's build is not known: {source.path} {why}"})


def _token(session: Session, source: BuildSource) -> TokenSource | None:
    if source.token is None:
        return None
    return session.profile.tokens.admin if source.token == "admin" else session.staff[0].token


def _read(delivery: Delivery, source: BuildSource) -> tuple[str, str]:
    """The build, and why it could not be learned: one of the two is empty."""
    answer = delivery.answer
    if answer is None:
        return "", f"gave no answer ({delivery.why})"
    if answer.status >= 300:
        return "", f"answers {answer.status}"
    body = parse(answer.text)
    if body is NOT_JSON:
        return "", "answers no JSON"
    found = extract(body, {"build": source.extract}).get("build")
    if not isinstance(found, str | int | float) or found == "":
        return "", f"answers nothing at {source.extract}"
    return str(found)[:LONGEST], ""
