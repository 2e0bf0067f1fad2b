"""What the words of the reports mean, said where they stand."""

from __future__ import annotations

from collections.abc import Iterable

from fuzz.oracle.state import Situation

OF_CLAUSES = {
    "due": "no other answer was allowed",
    "seen": "it then came",
    "not due": "it was not allowed",
    "surplus": "it came all the same",
}
"""The columns of the table of clauses: how often each was so."""

OF_SITUATIONS = {
    Situation.NONE: "no sync",
    Situation.FRESH: "a new sync, without an account yet",
    Situation.MATCHED: "provider and account are the sync's",
    Situation.MISMATCHED: "provider or account is not the sync's",
    Situation.DISABLED: "they are the sync's, and it is disabled",
    Situation.UNCERTAIN: "more than one of these explains the answers so far",
}
"""The situations: how a request meets the staff member's calendar sync."""

OF_ANSWERS = {
    "refusal": "a 4xx that is no documented state error",
    "tried": "tried out before the run, not judged",
    "lost": "no answer came",
}
"""The words behind a status."""


def in_use(answers: Iterable[str]) -> dict[str, str]:
    """The words of these answers that need to be explained."""
    said = {word for answer in answers for word in answer.split()}
    return {word: meaning for word, meaning in OF_ANSWERS.items() if word in said}
