"""Tokens that are all but the right one: what a service takes that compares carelessly. The same in a shell's words."""

from __future__ import annotations

from fuzz.model.exchange import Token

SHORTEST = 8
"""Characters that are left of a token that is cut short, and that a token must have more of to be cut."""

IN_A_SHELL = {
    Token.CUT.value: f"awk '{{n = int(length($0) / 2); print substr($0, 1, n > {SHORTEST} ? n : {SHORTEST})}}'",
    Token.LONGER.value: "sed 's/$/x/'",
    Token.SWAPPED.value: "tr A-Za-z a-zA-Z",
    Token.CHANGED.value: (
        "awk '{n = int(length($0) / 2) + 1; "
        'print substr($0, 1, n - 1) (substr($0, n, 1) == "x" ? "y" : "x") substr($0, n + 1)}\''
    ),
}
"""What makes a near token of the one that is piped through it."""


def near_token(value: str, how: Token) -> str:
    """The token changed: cut to its first half, with a character more, with its letters in the other case, or with the
    one in its middle changed. The last one of a signature in base64 may hold nothing.
    """
    half = len(value) // 2
    if how is Token.CUT:
        return value[: max(SHORTEST, half)]
    if how is Token.CHANGED:
        return value[:half] + ("y" if value[half] == "x" else "x") + value[half + 1 :]
    return value + "x" if how is Token.LONGER else value.swapcase()
