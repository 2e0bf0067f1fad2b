"""Faults of text: characters beyond ASCII, or with a meaning to some layer below, are refused, altered, or crash."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable

from fuzz.sandbox import responses
from fuzz.sandbox.fault_rows import Inherited, Rows, also, instead_of
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.payloads.wrong_answers import CRASH, good_payload
from fuzz.sandbox.faults.states.storing import stores_account_as
from fuzz.sandbox.requests import Answer, Arrival, Call
from fuzz.sandbox.service import Behaviour

fault, crashes = Rows(FaultKind.ENCODING), good_payload(CRASH)


def title_with(part: str) -> Callable[[Call], bool]:
    """The condition that a title contains this text."""
    return lambda call: any(part in title for title in call.titles)


non_ascii_title_refused = fault(
    "A title with anything beyond ASCII is refused.",
    good_payload(responses.wrong_format("external_title", "has characters that are not supported"))(
        lambda call: not all(title.isascii() for title in call.titles)
    ),
)
astral_title_crashes = fault(
    "A title with a character of four UTF-8 bytes, such as an emoji, makes the server fall over.",
    crashes(lambda call: any(character > "\uffff" for title in call.titles for character in title)),
)
apostrophe_crashes = fault("A title with an apostrophe makes the server fall over.", crashes(title_with("'")))
percent_in_title_crashes = fault(
    "A title with a percent sign is taken for a format, and the server falls over.",
    crashes(title_with("%")),
)
nul_in_title_crashes = fault(
    "A title with a NUL character does not fit the database's text, and the server falls over.",
    crashes(title_with("\x00")),
)


@fault.by(good_payload(responses.wrong_format("external_id", "must not contain a slash")))
def slash_in_id_refused(call: Call) -> bool:
    """An `external_id` with a slash is refused, as it would not fit into a path."""
    ids = [item.get("external_id") for item in call.item_objects]
    return any(isinstance(external_id, str) and "/" in external_id for external_id in ids)


apostrophe_in_account_crashes = fault(
    "An account with an apostrophe ends a quoted text too early, and the server falls over.",
    also(Behaviour.check_calendar_sync)(lambda call: CRASH if "'" in call.account else None),
)
markup_refused = fault(
    "A title with a less-than sign is refused as an attack.",
    good_payload(responses.failure(403, code="forbidden", message="request blocked"))(title_with("<")),
)


@fault.by(instead_of(Behaviour.respond))
async def body_read_as_ascii(service: Behaviour, inherited: Inherited[Awaitable[Answer]], arrival: Arrival) -> Answer:
    """A body with raw characters beyond ASCII is not read."""
    if not arrival.raw.isascii():
        return service.check_token(arrival) or responses.unreadable("request body is not JSON")
    return await inherited(arrival)


non_ascii_account_mangled = fault(
    "Characters of the account beyond ASCII are stored as question marks, and no longer match themselves.",
    stores_account_as(lambda account: account.encode("ascii", "replace").decode("ascii")),
)
plus_read_as_space = fault(
    "A plus in the account is stored as a space, and no longer matches itself.",
    stores_account_as(lambda account: account.replace("+", " ")),
)
account_stored_composed = fault(
    "The account is stored in its composed Unicode form (NFC), and one sent decomposed no longer matches itself.",
    stores_account_as(lambda account: unicodedata.normalize("NFC", account)),
)
account_stored_decomposed = fault(
    "The account is stored in its decomposed Unicode form (NFD), and one with an accent no longer matches itself.",
    stores_account_as(lambda account: unicodedata.normalize("NFD", account)),
)
account_stored_without_last_dot = fault(
    "A dot at the end of the account is not stored, and such an account no longer matches itself.",
    stores_account_as(lambda account: account.rstrip(".")),
)
