"""Accounts and providers: plain e-mail addresses up to the longest that mail allows, and unusual ones."""

from __future__ import annotations

from strategies.picks import Picks

ACCOUNT_BYTES = 12

LONGEST_ACCOUNT = 254
"""Characters of the longest address that can be mailed to. Source: RFC 5321, section 4.5.3.1.3."""

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
"""Plain addresses of every kind that a service may fail to keep as it is, the plainest first."""

UNUSUAL_ACCOUNTS: tuple[tuple[str, str], ...] = (
    ("no at sign", "testuser"),
    ("no local part", "@example.com"),
    ("no domain", "testuser@"),
    ("display name", "Test User <testuser@example.com>"),
    ("quoted local part", '"test user"@example.com'),
    ("address after a space", " testuser@example.com"),
    ("address before a space", "testuser@example.com "),
    ("address around a space", "test user@example.com"),
    ("address before a line feed", "testuser@example.com\n"),
    ("accented local part", "tëstuser@example.com"),
    ("domain in another script", "testuser@例え.example"),
    ("emoji", "👍@example.com"),
    ("marks that few local parts have", "a!b#c$d@example.com"),
    ("a number", "1234567890"),
    ("a word of JSON", "null"),
    ("dot at the end", "testuser@example.com."),
    ("dot at the start", ".testuser@example.com"),
    ("two dots", "test..user@example.com"),
    ("combining marks", "te\u0308stuser@example.com"),
    ("ligature", "o\ufb03ce@example.com"),
    ("slash", "test/user@example.com"),
    ("backslash", "test\\user@example.com"),
    ("two at signs", "test@user@example.com"),
    ("two addresses", "testuser@example.com,other@example.com"),
    ("mailto", "mailto:testuser@example.com"),
    ("percent code", "testuser%40example.com"),
    ("local part of 65 characters", f"{'x' * (_LONGEST_LOCAL + 1)}@example.com"),
    ("255 characters", f"testuser@{'.'.join(['x' * _LONGEST_LABEL] * 3)}.{'x' * 51}.aa"),
)
"""Kind and text: accounts that are no plain e-mail address. The document calls the account "the email account"."""

UNLISTED_PROVIDERS = ("mock_provider", "caldav", "google_v2", "outlook_v2.0")


def account(picks: Picks) -> str:
    """A plain e-mail address."""
    if picks.number(8) < 7:
        return f"{picks.of(_LOCALS)}@{picks.of(_DOMAINS)}"
    return long_account(picks.of(_LENGTHS), letter=picks.of("amz"))


def long_account(length: int, *, letter: str = "a") -> str:
    """An address of just so many characters, 80 or more: the longest local part, long labels, and a short last one."""
    room = length - _LONGEST_LOCAL - 1 - len(".aa")
    labels = []
    while room > _LONGEST_LABEL:
        size = min(_LONGEST_LABEL, room - 3)
        labels.append(letter * size)
        room -= size + 1
    return f"{letter * _LONGEST_LOCAL}@{'.'.join([*labels, letter * room, letter * 2])}"
