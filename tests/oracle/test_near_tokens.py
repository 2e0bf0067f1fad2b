"""Tokens that are all but the right one, in Python and in the words of a shell."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.bundle.shell import IN_A_SHELL, curl_of
from fuzz.oracle.actions import NEAR, Token, near_token

TOKENS = ("Abcdefgh-12345678-XYZ", "short-Tok", "12345678", "A" * 41)


@pytest.mark.parametrize(
    ("how", "nears"),
    [
        (Token.CUT, ["Abcdefgh-1", "short-To", "12345678", "A" * 20]),
        (Token.LONGER, ["Abcdefgh-12345678-XYZx", "short-Tokx", "12345678x", "A" * 41 + "x"]),
        (Token.CHANGED, ["Abcdefgh-1x345678-XYZ", "shorx-Tok", "1234x678", "A" * 20 + "x" + "A" * 20]),
        (Token.SWAPPED, ["aBCDEFGH-12345678-xyz", "SHORT-tOK", "12345678", "a" * 41]),
    ],
)
def test_every_near_token_is_changed_in_its_own_way(how: Token, nears: list[str]) -> None:
    assert nears == [near_token(token, how) for token in TOKENS]


@pytest.mark.parametrize("how", sorted(NEAR))
def test_the_shell_makes_the_same_near_token(how: Token) -> None:
    for token in TOKENS:
        made = subprocess.run(["sh", "-c", IN_A_SHELL[how]], input=token, capture_output=True, text=True, check=True)
        assert near_token(token, how) == made.stdout.removesuffix("\n")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_a_longer_token_begins_with_the_token_and_a_cut_one_is_its_beginning(token: str) -> None:
    assert near_token(token, Token.LONGER).startswith(token)
    assert token.startswith(near_token(token, Token.CUT))
    assert token == near_token(near_token(token, Token.SWAPPED), Token.SWAPPED)
    changed = near_token(token, Token.CHANGED)
    assert (1, len(token)) == (sum(one != other for one, other in zip(token, changed, strict=True)), len(changed))


def test_a_curl_command_pipes_the_right_token_through_what_changes_it() -> None:
    request = {
        "method": "GET",
        "url": "http://here/",
        "body": "",
        "headers": {"Authorization": "Bearer {env:T} with more"},
    }
    assert curl_of(request).endswith("""-H "Authorization: Bearer $(printf %s "$T" | sed 's/$/x/')\"""")
