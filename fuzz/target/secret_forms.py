"""The forms in which a server may echo a secret: encoded as base64 or hex, or escaped character by character.

Encoded forms are searched for as texts. Escapes need a pattern: any character of any form may be escaped as in JSON,
URLs, HTML or JavaScript, and escaped again if one text is inside another.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable

MIN_FORM_LENGTH = 8
_MARKS = ("\\u00", "\\U00", "\\x", "\\X", "\\/", "%", "&")
_ESCAPED = re.compile(
    r"\\+(?:u00([0-9a-f]{2})|x([0-9a-f]{2})|(/))|%(?:25)*([0-9a-f]{2})|&#x0*([0-9a-f]{2});|&#0*(\d{2,3});", re.I
)
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


def forms_of(value: str) -> set[str]:
    """The secret itself, in upper and lower case, in JSON, as hex, and its part of the base64 of a longer text."""
    raw, once = value.encode(), json.dumps(value)[1:-1]
    forms = {value, value.lower(), value.upper(), once, json.dumps(once)[1:-1], raw.hex(), raw.hex().upper()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms.add(encode(raw).decode().rstrip("="))
        forms.update(_aligned(raw, encode))
    return {form for form in forms if len(form) >= MIN_FORM_LENGTH}


def _aligned(raw: bytes, encode: Callable[[bytes], bytes]) -> Iterable[str]:
    """For each of the three alignments of base64, the characters that depend on the secret alone."""
    for before in range(3):
        text = encode(b"\0" * before + raw).decode().rstrip("=")
        yield text[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]


def may_hold_escapes(text: str) -> bool:
    """Whether the text has anything that an escape begins with. A quick check."""
    return any(mark in text for mark in _MARKS)


def unescaped(text: str) -> str:
    """The text with its escapes undone, so that a secret can be found in it with `in`."""
    plain = _ESCAPED.sub(_character, text)
    if "&" in plain:
        for char, name in _NAMED.items():
            plain = plain.replace(name, char)
    return plain


def _character(matched: re.Match[str]) -> str:
    u_hex, x_hex, slash, url_hex, html_hex, decimal = matched.groups()
    if slash:
        return "/"
    return chr(int(decimal)) if decimal else chr(int(u_hex or x_hex or url_hex or html_hex, 16))


def escaped_pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the forms with any of its characters escaped in any way."""
    return re.compile("|".join("".join(map(_any_way, form)) for form in sorted(forms, key=len, reverse=True)))


def _any_way(char: str) -> str:
    code = f"{ord(char):02x}"
    ways = [
        rf"\\*{re.escape(char)}",
        rf"(?i:\\+u00{code})",
        rf"(?i:\\+x{code})",
        rf"(?i:%(?:25)*{code})",
        rf"(?i:&#x0*{code};)",
        rf"&#0*{ord(char)};",
    ]
    if char in _NAMED:
        ways.append(_NAMED[char])
    return f"(?:{'|'.join(ways)})"
