"""Accounts and providers: plain e-mail addresses up to the longest that mail allows, and unusual ones."""

from __future__ import annotations

from strategies.byte_choices import Picks
from strategies.values.samples import Group, Sample

ACCOUNT_BYTES = 12

LONGEST_ACCOUNT = 254
"""Characters of the longest e-mail address. Source: RFC 5321, section 4.5.3.1.3."""

_LONGEST_LABEL = 63
_LONGEST_LOCAL = 64

_LOCALS = (
    "a",
    "testuser",
    "first.last",
    "a.b.c.d",
    "user+tag",
    "user+tag+more",
    "user_name",
    "user-name",
    "o'brien",
    "1234567890",
    "user2",
    "User",
    "TESTUSER",
    "x" * _LONGEST_LOCAL,
    "percent%sign",
)
_DOMAINS = (
    "example.com",
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "Example.COM",
    "mail.example.com",
    "a.b.c.example.co.uk",
    "ex-ample.org",
    "123.example",
    "example.museum",
    "xn--bcher-kva.example",
)
_LENGTHS = (LONGEST_ACCOUNT, 253, 128, 127, 101, 100, 80)

PLAIN_ACCOUNTS = (
    "a@example.com",
    "First.Last+tag@gmail.com",
    "B.Vidal@Calendar.example.NET",
    "o'brien@googlemail.com",
    "rate%sign@example.org",
    "_user_name-@ex-ample.org",
    "1234567890@123.example",
    "dana.lee+work+home@xn--bcher-kva.example",
    "a.b.c.d@a.b.c.example.co.uk",
    f"{'x' * (_LONGEST_LOCAL - 1)}@example.com",
    f"{'x' * _LONGEST_LOCAL}@example.com",
    "TESTUSER@OUTLOOK.COM",
)
"""Plain addresses of every kind that a service may fail to store as sent, the plainest first."""

UNUSUAL_ACCOUNTS = (
    Sample("no at sign", "testuser", Group.INCOMPLETE_ADDRESS),
    Sample("no local part", "@example.com", Group.INCOMPLETE_ADDRESS),
    Sample("no domain", "testuser@", Group.INCOMPLETE_ADDRESS),
    Sample("display name", "Test User <testuser@example.com>", Group.QUOTED_ADDRESS),
    Sample("quoted local part", '"test user"@example.com', Group.QUOTED_ADDRESS),
    Sample("address after a space", " testuser@example.com", Group.QUOTED_ADDRESS),
    Sample("address before a space", "testuser@example.com ", Group.SPACED_ADDRESS),
    Sample("address around a space", "test user@example.com", Group.SPACED_ADDRESS),
    Sample("address before a line feed", "testuser@example.com\n", Group.SPACED_ADDRESS),
    Sample("accented local part", "tëstuser@example.com", Group.FOREIGN_ADDRESS),
    Sample("domain in another script", "testuser@例え.example", Group.FOREIGN_ADDRESS),
    Sample("emoji", "👍@example.com", Group.FOREIGN_ADDRESS),
    Sample("marks that few local parts have", "a!b#c$d@example.com", Group.ADDRESS_OF_SIGNS_OR_A_WORD),
    Sample("a number", "1234567890", Group.ADDRESS_OF_SIGNS_OR_A_WORD),
    Sample("a word of JSON", "null", Group.ADDRESS_OF_SIGNS_OR_A_WORD),
    Sample("dot at the end", "testuser@example.com.", Group.DOTTED_ADDRESS),
    Sample("dot at the start", ".testuser@example.com", Group.DOTTED_ADDRESS),
    Sample("two dots", "test..user@example.com", Group.DOTTED_ADDRESS),
    Sample("combining marks", "te\u0308stuser@example.com", Group.LIGATURE_OR_SLASH_IN_ADDRESS),
    Sample("ligature", "o\ufb03ce@example.com", Group.LIGATURE_OR_SLASH_IN_ADDRESS),
    Sample("slash", "test/user@example.com", Group.LIGATURE_OR_SLASH_IN_ADDRESS),
    Sample("backslash", "test\\user@example.com", Group.SEVERAL_ADDRESSES),
    Sample("two at signs", "test@user@example.com", Group.SEVERAL_ADDRESSES),
    Sample("two addresses", "testuser@example.com,other@example.com", Group.SEVERAL_ADDRESSES),
    Sample("mailto", "mailto:testuser@example.com", Group.CODED_OR_LONG_ADDRESS),
    Sample("percent code", "testuser%40example.com", Group.CODED_OR_LONG_ADDRESS),
    Sample("local part of 65 characters", f"{'x' * (_LONGEST_LOCAL + 1)}@example.com", Group.CODED_OR_LONG_ADDRESS),
    Sample("255 characters", f"testuser@{'.'.join(['x' * _LONGEST_LABEL] * 3)}.{'x' * 51}.aa", Group.LONGEST_ADDRESS),
)
"""Accounts that are no plain e-mail address."""

_BY_LABEL = {sample.label: sample for sample in UNUSUAL_ACCOUNTS}
STORED_ALIKE = tuple(
    tuple(_BY_LABEL[label] for label in labels)
    for labels in (
        ("no at sign", "a number", "a word of JSON"),
        ("display name", "mailto", "two addresses"),
        ("dot at the start", "two dots"),
        ("two at signs", "no local part", "no domain"),
        ("emoji", "ligature", "domain in another script"),
        ("slash", "backslash"),
        ("quoted local part", "address around a space"),
    )
)
"""Rows of unusual accounts that a service stores, or fails to store, in the same way: a run tries one of each row."""

UNLISTED_PROVIDERS = ("mock_provider", "caldav", "google_v2", "outlook_v2.0")


def account(picks: Picks) -> str:
    """A plain e-mail address."""
    if picks.number(8) < 7:
        return f"{picks.of(_LOCALS)}@{picks.of(_DOMAINS)}"
    return long_account(picks.of(_LENGTHS), letter=picks.of("amz"))


def long_account(length: int, *, letter: str = "a") -> str:
    """An address of exactly `length` characters, 80 or more: the longest local part, long labels, a short last one."""
    room = length - _LONGEST_LOCAL - 1 - len(".aa")
    labels = []
    while room > _LONGEST_LABEL:
        size = min(_LONGEST_LABEL, room - 3)
        labels.append(letter * size)
        room -= size + 1
    return f"{letter * _LONGEST_LOCAL}@{'.'.join([*labels, letter * room, letter * 2])}"
