"""Faults of text: characters beyond ASCII, or with a meaning to some layer below, are refused, mangled or fatal."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from fuzz.sandbox import answers
from fuzz.sandbox.calls import Answer, Arrival, Call
from fuzz.sandbox.faults.kinds import Dishonesty, Kind
from fuzz.sandbox.store import Sync


class Encoding(Dishonesty):
    """Text that does not get through as it was sent."""

    kind = Kind.ENCODING


class NonAsciiTitleRefused(Encoding):
    """A title with anything beyond ASCII is refused."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        beyond = any(not title.isascii() for title in call.titles)
        refusal = answers.ill_formed("external_title", "has characters that are not supported")
        return super().object_to_payload(call, sync) or (refusal if beyond else None)


class AstralTitleCrashes(Encoding):
    """A title with a character of four UTF-8 bytes, such as an emoji, makes the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        astral = any(character > "\uffff" for title in call.titles for character in title)
        return super().object_to_payload(call, sync) or (answers.crash() if astral else None)


class ApostropheCrashes(Encoding):
    """A title with an apostrophe makes the server fall over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        quoted = any("'" in title for title in call.titles)
        return super().object_to_payload(call, sync) or (answers.crash() if quoted else None)


class PercentInTitleCrashes(Encoding):
    """A title with a percent sign is taken for a format, and the server falls over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        formats = any("%" in title for title in call.titles)
        return super().object_to_payload(call, sync) or (answers.crash() if formats else None)


class NulInTitleCrashes(Encoding):
    """A title with a NUL character does not fit the database's text, and the server falls over."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        ended = any("\x00" in title for title in call.titles)
        return super().object_to_payload(call, sync) or (answers.crash() if ended else None)


class SlashInIdRefused(Encoding):
    """An `external_id` with a slash is refused, as it would not fit into a path."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        ids = [item.get("external_id") for item in call.items if isinstance(item, dict)]
        refusal = answers.ill_formed("external_id", "must not contain a slash")
        slashed = any(isinstance(each, str) and "/" in each for each in ids)
        return super().object_to_payload(call, sync) or (refusal if slashed else None)


class ApostropheInAccountCrashes(Encoding):
    """An account with an apostrophe ends a quoted text too early, and the server falls over."""

    def refuse_calendar_sync(self, call: Call) -> Answer | None:
        return super().refuse_calendar_sync(call) or (answers.crash() if "'" in call.account else None)


class MarkupRefused(Encoding):
    """A title with a less-than sign is refused as an attack."""

    def object_to_payload(self, call: Call, sync: Sync | None) -> Answer | None:
        marked = any("<" in title for title in call.titles)
        refusal = answers.failure(403, code="forbidden", message="request blocked")
        return super().object_to_payload(call, sync) or (refusal if marked else None)


class BodyReadAsAscii(Encoding):
    """A body with raw characters beyond ASCII is not read."""

    async def respond(self, arrival: Arrival) -> Answer:
        if not arrival.raw.isascii():
            return self.refuse_token(arrival) or answers.unreadable("request body is not JSON")
        return await super().respond(arrival)


class NonAsciiAccountMangled(Encoding):
    """Characters of the account beyond ASCII are stored as question marks, and no longer match themselves."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and after.account.encode("ascii", "replace").decode("ascii"))


class PlusReadAsSpace(Encoding):
    """A plus in the account is stored as a space, and no longer matches itself."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and after.account.replace("+", " "))


class AccountStoredComposed(Encoding):
    """The account is stored in its composed Unicode form (NFC), and one sent decomposed no longer matches itself."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and unicodedata.normalize("NFC", after.account))


class AccountStoredDecomposed(Encoding):
    """The account is stored in its decomposed Unicode form (NFD), and one with an accent no longer matches itself."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and unicodedata.normalize("NFD", after.account))


class AccountStoredWithoutLastDot(Encoding):
    """A dot at the end of the account is not stored, and such an account no longer matches itself."""

    def bound(self, call: Call, sync: Sync) -> Sync:
        after = super().bound(call, sync)
        return replace(after, account=after.account and after.account.rstrip("."))
