"""Runs made up event by event, as the engine would write them: what the tests of the reports are about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fuzz.events.summary import Summary, summarise
from fuzz.events.types import Event

DOCUMENT = "put_business_scheduling_v1_external_calendar_items_bulk_create.md"
URL = "http://127.0.0.1:8080/apigw/business/scheduling/v1/external_calendar_items/bulk_create"
CLAUSES = (
    ("missing", "state error", "the staff member does not have a CalendarSync record", 101),
    ("already_exists", "state error", "… do not match the staff member's existing calendar sync record", 114),
    (
        "invalid",
        "state error",
        "the calendar sync exists with matching provider/account but is in a disabled state",
        127,
    ),
    ("success", "success", "200, with `success` true", 84),
    ("required:external_items[].title", "required", "external_items[].title is required", 66),
    ("create", "create", "destroys the old sync and creates a fresh one", 31),
    ("token", "token", "a staff token is required", 12),
)
ANSWERS = {
    "200": (200, '{"success": true}'),
    "422 missing": (422, '{"errors": [{"code": "missing", "message": "Calendar sync is missing"}]}'),
    "422 already_exists": (422, '{"errors": [{"code": "already_exists", "message": "Calendar sync already exists"}]}'),
    "422 invalid": (422, '{"errors": [{"code": "invalid", "message": "Calendar sync is invalid"}]}'),
    "400 refusal": (400, '{"error": "bad request"}'),
    "500": (500, "Internal Server Error"),
}
GOOGLE = "google_v3, a@example.com"
STATES = {
    "none": "none",
    "fresh": "fresh (google_v3)",
    "bound": f"bound ({GOOGLE})",
    "disabled": f"disabled ({GOOGLE})",
}
DRIFT = [
    {
        "what": "external_calendar_uid",
        "document": "required",
        "document_where": f"{DOCUMENT}:58",
        "swagger": "optional",
        "swagger_where": "scheduling.json#/paths/bulk_create/put/parameters/0",
        "follows": "document",
    }
]


class Run:
    """Gathers events. Each method appends one as it happens and returns the run, so that a run reads as a program."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def started(self, **changes: Any) -> Run:
        clauses = [
            {"id": name, "kind": kind, "says": says, "where": f"{DOCUMENT}:{line}"}
            for name, kind, says, line in CLAUSES
        ]
        started = {
            "event": "run_started",
            "version": 1,
            "run": "7c1f",
            "command": "run",
            "at": "2025-03-01T02:00:00+00:00",
            "target": "staging",
            "base_url": "http://127.0.0.1:8080/apigw",
            "fallback_url": None,
            "seed": 42,
            "options": {"max_time": 60, "workers": 1, "rate_limit": "8/s"},
            "documents": [],
            "clauses": clauses,
            "drift": DRIFT,
        }
        return self._add({**started, **changes})

    def earlier(self, runs: int, **outcomes: str) -> Run:
        """Earlier runs on the target, until yesterday: how many, and the nights of each failure."""
        known = [
            {
                "fingerprint": name,
                "name": f"missing in none: {name}",
                "outcomes": nights,
                "last": "2025-02-28",
                "nights": len(nights) - len(nights.rstrip("fi")),
            }
            for name, nights in outcomes.items()
        ]
        return self._add({"event": "earlier_runs", "runs": runs, "known": known})

    def replayed(self, **outcomes: str) -> Run:
        for name, outcome in outcomes.items():
            self._add({"event": "regression", "fingerprint": name, "outcome": outcome})
        return self

    def phase(self, name: str) -> Run:
        return self._add({"event": "phase_started", "phase": name})

    def phase_finished(self, name: str, *, established: str = "", complete: bool = True, **figures: int) -> Run:
        asked = sum(event["event"] == "exchange" for event in self.events)
        return self._add(
            {
                "event": "phase_finished",
                "phase": name,
                "scenarios": 12,
                "requests": asked,
                "seconds": 4.5,
                "established": established,
                **({} if complete else {"complete": False}),
                **figures,
            }
        )

    def create(self) -> Run:
        return self.exchange(act="create", situation="none", was="none", belief="fresh", seen="200", met=["create"])

    def send(self, situation: str, seen: str, **changes: Any) -> Run:
        was, belief = {
            "none": ("none", "none"),
            "fresh": ("fresh", "bound"),
            "matched": ("bound", "bound"),
            "mismatched": ("bound", "bound"),
            "disabled": ("disabled", "disabled"),
        }[situation]
        return self.exchange(act="send", situation=situation, was=was, belief=belief, seen=seen, **changes)

    def exchange(
        self, *, act: str, situation: str, was: str, belief: str, seen: str | None, body: str = "", **changes: Any
    ) -> Run:
        status, text = ANSWERS.get(seen or "", (418, ""))
        number = len(self.events)
        exchange = {
            "event": "exchange",
            "n": number,
            "phase": "conformance",
            "scenario": 1,
            "step": 1,
            "staff": 0,
            "act": act,
            "request": {
                "id": f"calfuzz-7c1f-{number}",
                "method": "POST" if act == "create" else "PUT",
                "url": URL,
                "headers": {"Authorization": "Bearer {env:CALFUZZ_STAFF_TOKEN}", "Content-Type": "application/json"},
                "body": '{"staff_uid": "{{staff_id}}"}',
            },
            "answer": seen
            and {
                "status": status,
                "headers": {"Content-Type": "application/json"},
                "body": body or text,
                "seconds": 0.003 + number % 7 * 0.01,
            },
            "lost": None,
            "attempts": 1,
            "lost_attempts": 0 if seen else 1,
            "kind": "pass" if seen else "inconclusive",
            "clause": "success",
            "situation": situation,
            "detail": "",
            "was": [STATES[was]],
            "belief": [STATES[belief]],
            "allowed": ["success"],
            "seen": seen,
            "why": "",
            "breaks": [],
            "silent": [],
            "due": changes.get("met", []),
            "met": [],
            "not_due": [],
            "surplus": [],
        }
        return self._add({**exchange, **changes})

    def failure(self, **changes: Any) -> Run:
        return self._add({**FAILURE, **changes})

    def renamed(self, old: str, new: str) -> Run:
        return self._add({"event": "failure_renamed", "old": old, "new": new})

    def trouble(self, what: str) -> Run:
        return self._add({"event": "trouble", "what": what})

    def changed(self, feature: str, situation: str, pinned: list[str], seen: list[str]) -> Run:
        changed = {"feature": feature, "situation": situation, "pinned": pinned, "seen": seen}
        return self._add({"event": "observation_changed", **changed})

    def withdrawn(self, fingerprint: str, why: str = "it has not come back") -> Run:
        return self._add({"event": "failure_withdrawn", "fingerprint": fingerprint, "why": why})

    def build(self, build: str, why: str = "") -> Run:
        return self._add({"event": "target_build", "build": build, "why": why, "attempts": 1})

    def finished(self, verdict: str = "pass", exit_code: int = 0, **changes: Any) -> Run:
        finished = {"event": "run_finished", "verdict": verdict, "exit_code": exit_code, "reasons": [], "seconds": 58.2}
        return self._add({**finished, **changes})

    @property
    def summary(self) -> Summary:
        return summarise(self.events)

    def write(self, directory: Path) -> Path:
        """Keeps the events as the engine does; the path of the journal."""
        journal = directory / "events.ndjson"
        journal.write_text("".join(f"{json.dumps(event)}\n" for event in self.events), encoding="ascii")
        return journal

    def _add(self, event: Event) -> Run:
        self.events.append(event)
        return self


def trace_step(number: int, act: str, says: str, state: str, *, seen: str = "200", **changes: Any) -> dict[str, Any]:
    """One step of a failure's trace; it passed unless `changes` say otherwise."""
    status, text = ANSWERS.get(seen, (200, ""))
    method = "POST" if act == "create" else "PUT"
    step = {
        "step": number,
        "method": method,
        "url": URL,
        "path": "calendar_syncs" if act == "create" else "bulk_create",
        "staff": 0,
        "says": says,
        "expected": "200",
        "seen": seen,
        "state": state,
        "states": [state],
        "kind": "pass",
        "request": {
            "id": f"calfuzz-7c1f-{number}",
            "method": method,
            "url": URL,
            "headers": {"Authorization": "Bearer {env:CALFUZZ_STAFF_TOKEN}"},
            "body": '{"staff_uid": "f67acee343b4a38b", "external_account": "a@example.com"}',
        },
        "answer": {"status": status, "headers": {"Content-Type": "application/json"}, "body": text, "seconds": 0.012},
    }
    return {**step, **changes}


FAILURE: Event = {
    "event": "failure",
    "fingerprint": "already_exists-mismatched-200-3f9c",
    "status": "confirmed",
    "clause": "already_exists",
    "says": "… do not match the staff member's existing calendar sync record",
    "where": f"{DOCUMENT}:114",
    "situation": "mismatched",
    "detail": "account",
    "expected": "422 already_exists",
    "observed": "200",
    "why": "",
    "steps": 3,
    "requests_to_find": 214,
    "requests_to_shrink": 17,
    "phase": "conformance",
    "reproduced": "3/3",
    "intermittent": False,
    "needs_past": False,
    "accepted": None,
    "bundle": ".calfuzz/failures/already_exists-mismatched-200-3f9c",
    "count": 12,
    "features": [],
    "payload": [],
    "argument": "After step 2 the account is a@example.com; step 3 names b@example.com.",
    "actions": [{"do": "create", "staff": 0, "provider": "google_v3"}],
    "trace": [
        trace_step(1, "create", "provider google_v3", "fresh"),
        trace_step(2, "send", "google_v3, a@example.com", "bound"),
        trace_step(3, "send", "google_v3, b@example.com", "bound", kind="fail", expected="422 already_exists"),
    ],
    "curl": [
        'curl -X POST http://127.0.0.1:8080/apigw/calendar_syncs -H "Authorization: Bearer $CALFUZZ_STAFF_TOKEN"',
        f'curl -X PUT {URL} -d \'{{"external_account": "a@example.com"}}\'',
        f'curl -X PUT {URL} -d \'{{"external_account": "b@example.com"}}\'',
    ],
}


def race_failure(**changes: Any) -> Event:
    """A failure after two requests at once."""
    send = {"do": "send", "staff": 0, "token": "staff", "body": {}}
    pair = {"do": "at_once", "first": send, "second": send}
    trace = [
        trace_step(1, "create", "provider google_v3", "fresh", sent=0.0),
        trace_step(2, "send", "google_v3, a@example.com, at once", "bound", sent=0.031),
        trace_step(3, "send", "google_v3, b@example.com, at once", "bound", sent=0.034),
        trace_step(
            4, "send", "google_v3, b@example.com", "bound", kind="fail", expected="422 already_exists", sent=0.1
        ),
    ]
    actions = [FAILURE["actions"][0], pair, send]
    return {**FAILURE, "trace": trace, "steps": 4, "actions": actions, "curl": ["curl"] * 4, **changes}


def honest_run() -> Run:
    """A run in which every clause was due and kept."""
    run = Run().started().phase("conformance")
    for name, *_ in CLAUSES:
        run.create().send("fresh", "200", due=[name], met=[name])
        run.send("matched", "200", not_due=[name])
    run.send("mismatched", "422 already_exists").send("none", "422 missing").send("disabled", "422 invalid")
    run.send("matched", "200", silent=["empty list: external_items"])
    return run.phase_finished("conformance", established="the target's machine is the documented one").finished()


def broken_run() -> Run:
    """A run that found one failure, and never met `disabled`."""
    run = Run().started().phase("conformance").create().send("fresh", "200", due=["success"], met=["success"])
    run.send(
        "mismatched",
        "200",
        clause="already_exists",
        detail="account",
        kind="fail",
        due=["already_exists"],
        not_due=["success"],
        surplus=["success"],
    )
    run.failure().phase_finished("conformance")
    return run.finished("fail", 1, reasons=["the contract is broken: already_exists"])


HOSTILE = (
    "\x1b[2J\x1b]0;gone\x07 \x00 \ud800 \u202egnp.exe ]]> </script><script>alert(1)</script> "
    "```\n::error::gone | <b> --> & %0A"
)
"""What a hostile server might answer: escape sequences, ends of every quotation, a lone surrogate, a NUL."""


ALL_PHASES = ("preflight", "regressions", "systematic", "random", "race")


def whole_run(*skipped: str, staff: int = 2, **started: Any) -> Run:
    """A run that has gone through all phases but those named. The caller ends it."""
    run = Run().started(staff=staff, **started)
    for name in ALL_PHASES:
        if name not in skipped:
            run.phase(name).create().phase_finished(name)
    return run


def hostile_run(text: str = HOSTILE) -> Run:
    """A run whose every text from outside is hostile."""
    run = Run().started(target=text).phase("conformance").create()
    run.send("matched", text, body=text, silent=[text]).trouble(text)
    step = trace_step(1, "send", text, text, seen=text, kind="fail", expected=text, method=text, path=text, url=text)
    step["request"] = {"id": text, "method": text, "url": text, "headers": {text: text}, "body": text}
    step["answer"] = {"status": 200, "headers": {text: text}, "body": text, "seconds": 0.1}
    texts = (
        "says",
        "where",
        "detail",
        "expected",
        "observed",
        "argument",
        "situation",
        "phase",
        "bundle",
        "fingerprint",
    )
    run.failure(**dict.fromkeys(texts, text), trace=[step], curl=[text], features=[text])
    return run.finished("fail", 1, reasons=[text])
