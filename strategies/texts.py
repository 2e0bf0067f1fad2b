"""Free text: titles and ids of every script, ordinary words first, and texts on which the documents are silent.

No text ever holds two opening braces in a row, which would read as a template: they are not among the characters drawn,
and the notable texts were written without them.
"""

from __future__ import annotations

from strategies.picks import Picks

LONGEST = 255
"""Characters of a text that the documents leave no doubt about."""

TEXT_BYTES = 32

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
_SCRIPTS = (
    (0x61, 0x7A),
    (0x30, 0x39),
    (0x21, 0x7A),
    (0xA1, 0xFF),
    (0x100, 0x24F),
    (0x300, 0x36F),
    (0x391, 0x3A1),
    (0x400, 0x45F),
    (0x5D0, 0x5EA),
    (0x620, 0x64A),
    (0x905, 0x939),
    (0xE01, 0xE30),
    (0x200B, 0x200F),
    (0x2200, 0x22FF),
    (0x3041, 0x3096),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0xFE00, 0xFE0F),
    (0xFF01, 0xFF5E),
    (0x10330, 0x1034A),
    (0x1D400, 0x1D454),
    (0x1F300, 0x1F5FF),
    (0x1F600, 0x1F64F),
    (0x20000, 0x2A6D6),
    (0x30000, 0x3134A),
    (0xE0100, 0xE01EF),
)
"""First and last character of runs that are assigned throughout, from every plane that holds text."""

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

UNUSUAL_TEXTS: tuple[tuple[str, str], ...] = (
    ("NUL", "a\x00b"),
    ("bell", "a\x07b"),
    ("line feed", "a\nb"),
    ("tab", "a\tb"),
    ("delete", "a\x7fb"),
    ("next line U+0085", "a\u0085b"),
    ("line separator U+2028", "a\u2028b"),
    ("lone surrogate", "a\ud800b"),
    ("noncharacter U+FFFE", "a\ufffeb"),
    ("private use U+E000", "a\ue000b"),
    ("256 characters", "a" * 256),
    ("1,000 characters", "a" * 1_000),
    ("70,000 characters", "a" * 70_000),
)
"""Kind and text: control characters and lengths on which the documents are silent."""


def title(picks: Picks) -> str:
    """A title: ordinary, notable, of random characters, or as long as leaves no doubt."""
    way = picks.number(4)
    if way < 2:
        return picks.of(TITLES)
    if way == 2:
        return "".join([_character(picks) for _ in range(1 + picks.number(4))])
    return _long(picks.of(TITLES), picks.of((LONGEST, LONGEST - 1, 191, 128, 127, 64)))


def plain_text(picks: Picks) -> str:
    """A word for a field of which nothing but its type is known."""
    return picks.of(("text", "a", "another text", "0", "Ünïcode"))


def external_id(picks: Picks, *, serial: int = 0, place: int = 1) -> str:
    """An id that no other scenario uses. `place` tells it apart within a body, `serial` from other bodies' ids."""
    number = f"{serial}-{place}" if serial else str(place)
    return f"{picks.of(_ID_PREFIXES)}-{{{{now_timestamp}}}}-{number}"


def _character(picks: Picks) -> str:
    first, last = picks.of(_SCRIPTS)
    return chr(first + picks.number(last - first + 1))


def _long(text: str, length: int) -> str:
    return (f"{text.strip()} | " * length)[: length - 1] + "."
