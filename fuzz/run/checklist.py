"""What a preflight has shown of a target profile, as a checklist: what is right, and what to write for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from fuzz.errors import ExitCode
from fuzz.events.exchanges import ExchangeEvent
from fuzz.oracle.actions import Move
from fuzz.run.run_started import ONE_STAFF_MEMBER
from fuzz.session.session import Session
from fuzz.target.http.statuses import ACCESS_REFUSED, NOT_OFFERED
from fuzz.target.lifecycle import STATE_OF
from fuzz.target.profile import Profile


class Mark(StrEnum):
    """What is concluded of one row. `CORRECT`: a run can go on, but the profile or a document should say otherwise."""

    RIGHT = "ok"
    CORRECT = "correct"
    WRONG = "wrong"
    BROKEN = "broken"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the checklist: what was checked, what came of it, and what to write if it is not right. Frozen."""

    what: str
    mark: Mark
    says: str
    write: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a preflight has seen: the profile as it was given, the session as it is now, the exchanges. Frozen."""

    profile: Profile
    session: Session
    exchanges: tuple[ExchangeEvent, ...]

    def of(self, act: str, staff: int | None = None) -> list[ExchangeEvent]:
        """The exchanges of one kind of action, with one staff member if one is named."""
        return [each for each in self.exchanges if each["act"] == act and staff in (None, each["staff"])]


def rows(seen: Seen) -> Iterator[Row]:
    """The rows, in the order in which they are checked."""
    yield from _addresses(seen)
    yield _admin_token(seen)
    for place in range(len(seen.profile.staff)):
        yield _staff_member(seen, place)
    yield from _example(seen)
    for kind in ("create", "send"):
        yield _operation(seen, kind)
    for move in Move:
        yield _sibling(seen, move)
    yield _states(seen)
    yield _number_of_staff(seen)
    if seen.profile.build is not None:
        yield _build(seen)


def exit_code(checked: Iterable[Row], stopped: str) -> ExitCode:
    """1 an answer broke the contract, 3 a run could not conclude, 2 the profile or a document is to be corrected."""
    marks = {row.mark for row in checked}
    if Mark.BROKEN in marks:
        return ExitCode.BROKEN
    if stopped or Mark.WRONG in marks or Mark.UNKNOWN in marks:
        return ExitCode.INCONCLUSIVE
    return ExitCode.USAGE if Mark.CORRECT in marks else ExitCode.PASS


def _status(exchange: ExchangeEvent) -> int | None:
    return exchange["answer"]["status"] if exchange["answer"] else None


def _came(exchange: ExchangeEvent) -> str:
    """What came of an exchange, in a few words."""
    return exchange["seen"] or f"no answer ({exchange['lost']})"


def _addresses(seen: Seen) -> Iterator[Row]:
    profile = seen.profile
    named = {"base_url": profile.base_url}
    if profile.fallback_url not in (None, profile.base_url):
        named["fallback_url"] = str(profile.fallback_url)
    for name, address in named.items():
        there = [each for each in seen.exchanges if _address_of(each, named) == address]
        yield _address(seen, name, address, there)


def _address_of(exchange: ExchangeEvent, named: dict[str, str]) -> str:
    """The address that a request went to: the longest that its URL begins with, as one may begin with the other."""
    request = exchange["request"]
    url = str(request.get("url", ""))
    return max((address for address in named.values() if url.startswith(f"{address}/")), key=len, default="")


def _address(seen: Seen, name: str, address: str, there: list[ExchangeEvent]) -> Row:
    statuses = [status for each in there if (status := _status(each)) is not None]
    if any(status not in NOT_OFFERED for status in statuses):
        return Row(name, Mark.RIGHT, f"{address} is reached")
    is_fallback = name == "fallback_url"
    if any(seen.session.request_builder.on_fallback[kind] is not is_fallback for kind in seen.session.gateways.moved):
        return Row(name, Mark.CORRECT, f"{address} serves nothing", f"correct the path of {name}")
    if statuses:
        advice = "" if statuses[-1] in ACCESS_REFUSED else f"check the path of {name}"
        return Row(name, Mark.UNKNOWN, f"{address} answers {statuses[-1]}", advice)
    if there:
        return Row(name, Mark.WRONG, f"{address}: {_came(there[-1])}", f"check host and port of {name}")
    return Row(name, Mark.RIGHT if seen.of("send") else Mark.UNKNOWN, f"{address}: nothing was sent there")


def _admin_token(seen: Seen) -> Row:
    what, creates = "admin token", seen.of("create")
    given, now = seen.profile.tokens.admin, seen.session.profile.tokens.admin
    if any(each["kind"] == "pass" for each in creates):
        if given.scheme == now.scheme:
            return Row(what, Mark.RIGHT, f"is taken as `{now.scheme} …`")
        says = f"is refused as `{given.scheme} …` and taken as `{now.scheme} …`"
        return Row(what, Mark.CORRECT, says, f"tokens.admin.scheme: {now.scheme}")
    if any(_refuses_access(each) for each in creates):
        says, advice = f"is refused: {_came(creates[-1])}", f"tokens.admin: correct what {given.placeholder} holds"
        return Row(what, Mark.WRONG, says, advice)
    return Row(what, Mark.UNKNOWN, "is not known to be taken")


def _refuses_access(exchange: ExchangeEvent) -> bool:
    body = exchange["answer"]["body"] if exchange["answer"] else ""
    return _status(exchange) in ACCESS_REFUSED or (_status(exchange) == 422 and '"Unauthorized"' in body)


def _staff_member(seen: Seen, place: int) -> Row:
    member = seen.profile.staff[place]
    what, field = f"staff {member.uid}", f"staff[{place}]"
    creates, sends = seen.of("create", place), seen.of("send", place)
    if sends and _refuses_access(sends[-1]):
        advice = f"{field}.token: correct what {member.token.placeholder} holds"
        return Row(what, Mark.WRONG, f"the token is refused: {_came(sends[-1])}", advice)
    if any(_status(each) is not None for each in sends):
        return Row(what, Mark.RIGHT, "the token is taken")
    if creates and creates[-1]["kind"] == "fail" and not _refuses_access(creates[-1]):
        return Row(what, Mark.WRONG, f"a create is answered {_came(creates[-1])}", f"check {field}.uid")
    return Row(what, Mark.UNKNOWN, "was not tried")


def _example(seen: Seen) -> Iterator[Row]:
    what, failures = "example", seen.session.journal.summary.failures
    for failure in failures.values():
        says = f"{failure['clause']} ({failure['where']}): expected {failure['expected']}, seen {failure['observed']}"
        yield Row(what, Mark.BROKEN, says)
    tried = seen.of("create", 0)[:1] + seen.of("send", 0)[:1]
    if len(tried) == 2 and all(each["kind"] == "pass" for each in tried):
        yield Row(what, Mark.RIGHT, "the document's own request is answered as documented")
    elif not failures:
        yield Row(what, Mark.UNKNOWN, "the document's own request was not answered")


def _sibling(seen: Seen, move: Move) -> Row:
    """A sibling: how it is done, or why it cannot be."""
    lifecycle, state = seen.session.lifecycle, STATE_OF[move]
    if move.value in lifecycle.custom:
        return Row(move.value, Mark.RIGHT, f"the profile's steps for `{state}` are used")
    if not lifecycle.can(move):
        left_out = getattr(seen.profile.lifecycle, state) == []
        advice = "" if left_out else f"lifecycle: {{{state}: …}}, steps that reach it here, or [] to leave it out"
        return Row(move.value, Mark.RIGHT if left_out else Mark.WRONG, lifecycle.impossible[move.value], advice)
    return _operation(seen, move.value)


def _operation(seen: Seen, kind: str) -> Row:
    """An operation: the gateway that serves it."""
    builder, moved = seen.session.request_builder, seen.session.gateways.moved
    name = builder.contract.endpoint.name if kind == "send" else kind
    statuses = [status for each in seen.of(kind) if (status := _status(each)) is not None]
    if kind in moved:
        says, _, advice = moved[kind].partition(": ")
        return Row(name, Mark.CORRECT, says, advice)
    if not statuses:
        return Row(name, Mark.UNKNOWN, "was not tried, or not answered")
    gateway = "fallback" if builder.on_fallback[kind] and builder.has_two_gateways else "main"
    mark = Mark.UNKNOWN if all(status in NOT_OFFERED for status in statuses) else Mark.RIGHT
    return Row(name, mark, f"answers {statuses[0]} on the {gateway} gateway")


def _states(seen: Seen) -> Row:
    """The states that can be reached. Why another one cannot is said by the operation that leads there."""
    reached = ["fresh", "bound"] if _passed(seen, "create") and _passed(seen, "send") else []
    moves = [move for move in (Move.DISABLE, Move.DISCONNECT) if seen.session.lifecycle.can(move)]
    reached += [STATE_OF[move] for move in moves if _passed(seen, move.value)]
    missing = [state for state in ("none", "fresh", "bound", "disabled") if state not in reached]
    says = f"{', '.join(reached) or 'no state'} can be reached"
    return Row(
        "states",
        Mark.RIGHT if reached else Mark.UNKNOWN,
        f"{says}; {', '.join(missing)} not, or it is not known" if missing else says,
    )


def _passed(seen: Seen, act: str) -> bool:
    """Whether an action of this kind is done by steps of the profile, or was answered with success."""
    is_custom = act in seen.session.lifecycle.custom
    return is_custom or any(_status(each) == seen.session.contract.success_status for each in seen.of(act))


def _build(seen: Seen) -> Row:
    asked = seen.session.journal.summary.build
    if asked is None:
        return Row("build", Mark.UNKNOWN, "was not asked for")
    if asked["build"]:
        return Row("build", Mark.RIGHT, asked["build"])
    path = seen.profile.build.path if seen.profile.build else ""
    return Row("build", Mark.CORRECT, f"{path} {asked['why']}", "build: {path: …, extract: …}, or leave it out")


def _number_of_staff(seen: Seen) -> Row:
    count = len(seen.profile.staff)
    return Row("staff", Mark.RIGHT, ONE_STAFF_MEMBER if count == 1 else f"{count} staff members")
