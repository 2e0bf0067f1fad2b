"""Free text: titles and ids of every script, ordinary words first, and texts with unspecified features.

No text has two opening braces in a row, as that would be a template.
"""

from __future__ import annotations

from strategies.byte_choices import Picks
from strategies.values.samples import Group, Sample

LONGEST = 255
"""Characters of the longest text that every service must accept."""

TITLES = (
    "Meeting",
    "a",
    "0",
    "null",
    "false",
    "Lunch with Zoë",
    "Über-Besprechung",
    "Cafe\u0301 (combining accent)",
    "Z\u0351\u036b\u0343algo\u0300\u0301\u0302",
    "会議 の 予定",
    "𠀋𡈽𠮟 CJK extension B",
    "회의",
    "פגישה עם דנה",
    "اجتماع الفريق",
    "mixed שלום and hello مرحبا",
    "\u202eright to left override",
    "Встреча",
    "ประชุม",
    "बैठक",
    "👍",
    "👩‍👩‍👧‍👦 family",
    "🏳️‍🌈 flag",
    "👍🏽 skin tone",
    "🇮🇱🇯🇵",
    "e\u200bzero\u200bwidth",
    "soft\u00adhyphen",
    "no\u00a0break",
    "i İ \u0131 I ß ẞ ﬁ ǆ",
    "\U0001d544\U0001d552\U0001d565\U0001d559",
    "½ ² Ⅷ ㊗",
    "Robert'); DROP TABLE items;--",
    "' OR '1'='1",
    '" quoted "',
    "back\\slash \\n \\u0000",
    "100% %s %d %n %x",
    "under_score %25",
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp; &#0;",
    '{"json": [1, null]}',
    "[]",
    "${jndi:ldap://localhost/a}",
    "#{1 + 1}",
    "<%= 1 %>",
    "{% raw %}",
    "$(id) `id` | id && id",
    "../../etc/passwd",
    "C:\\Windows\\",
    "http://localhost/?a=1&b=2#c",
    "=1+1",
    "+1 @all -x",
    "BEGIN:VEVENT",
    "=?utf-8?q?subject?=",
    "1e309",
    "-0",
    "NaN",
    "2030-01-01T10:00:00Z",
    " padded ",
    "two  spaces",
)
_RUNS = """
    61-7A 30-39 21-7A A1-FF 100-24F 300-36F 391-3A1 400-45F 5D0-5EA 620-64A 905-939 E01-E30 200B-200F
    2200-22FF 3041-3096 4E00-9FA5 AC00-D7A3 FE00-FE0F FF01-FF5E 10330-1034A 1D400-1D454 1F300-1F5FF
    1F600-1F64F 20000-2A6D6 30000-3134A E0100-E01EF
"""
_SCRIPTS = tuple((int(first, 16), int(last, 16)) for first, last in (run.split("-") for run in _RUNS.split()))
"""First and last code point of ranges that are fully assigned, from every plane with text."""

_ID_PREFIXES = (
    "item",
    "a",
    "ext_item",
    "EVT",
    "Item.2",
    "AAMkAGI2TG93AAA=",
    "ev+/=",
    "urn:uuid:ev",
    "f47ac10b-58cc-4372-a567",
    "event@google.example",
    "_60q30c1g60o30e1i60o4ac1g60rj8gpl88rj2c1h84s34h9g60s30c1g60o30c1g",
    "x" * 180,
    "événement",
    "予定",
    "ev👍",
    "id'--",
    'id"\\',
    "id%_",
    "id<b>",
)

UNUSUAL_TEXTS = (
    Sample("NUL", "a\x00b", Group.EVERYWHERE, typical=True),
    Sample("bell", "a\x07b", Group.BELL),
    Sample("line feed", "a\nb", Group.SPACING),
    Sample("tab", "a\tb", Group.SPACING),
    Sample("delete", "a\x7fb", Group.CONTROL),
    Sample("next line U+0085", "a\u0085b", Group.CONTROL),
    Sample("line separator U+2028", "a\u2028b", Group.SEPARATOR),
    Sample("lone surrogate", "a\ud800b", Group.EVERYWHERE),
    Sample("noncharacter U+FFFE", "a\ufffeb", Group.UNASSIGNED),
    Sample("private use U+E000", "a\ue000b", Group.UNASSIGNED),
    Sample("256 characters", "a" * 256, Group.LONG, typical=True),
    Sample("1,000 characters", "a" * 1_000, Group.LONG),
    Sample("70,000 characters", "a" * 70_000, Group.VERY_LONG),
)
"""Texts with control characters, or longer than the documents specify."""


def title(picks: Picks) -> str:
    """A title: ordinary, notable, of random characters, or of the longest length."""
    way = picks.number(4)
    if way < 2:
        return picks.of(TITLES)
    if way == 2:
        return "".join([_character(picks) for _ in range(1 + picks.number(4))])
    return _long(picks.of(TITLES), picks.of((LONGEST, LONGEST - 1, 191, 128, 127, 64)))


def plain_text(picks: Picks) -> str:
    """A word for a text field without further rules."""
    return picks.of(("text", "a", "another text", "0", "Ünïcode"))


def external_id(picks: Picks, *, serial: int = 0, place: int = 1) -> str:
    """An id that no other scenario uses. `place` makes it unique within a body, `serial` among bodies."""
    number = f"{serial}-{place}" if serial else str(place)
    return f"{picks.of(_ID_PREFIXES)}-{{{{now_timestamp}}}}-{number}"


def _character(picks: Picks) -> str:
    first, last = picks.of(_SCRIPTS)
    return chr(first + picks.number(last - first + 1))


def _long(text: str, length: int) -> str:
    return (f"{text.strip()} | " * length)[: length - 1] + "."
