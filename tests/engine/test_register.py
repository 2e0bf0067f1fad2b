"""Who takes care of a failure, and what is counted as one that is known."""

from __future__ import annotations

from fuzz.engine.failures import Failure
from fuzz.engine.register import Register

NOTHING: frozenset[str] = frozenset()
DATE, DATE_AND_TITLE = frozenset({"date-time"}), frozenset({"date-time", "external_title"})
SINGLE = frozenset({"external_item"})


def failure(name: str) -> Failure:
    return Failure(name, "random", 1, (), [])


def test_what_has_more_that_may_matter_is_the_same_and_what_has_less_is_another() -> None:
    register = Register()
    claim = register.claim("500", DATE_AND_TITLE, "first")
    assert claim is not None
    assert register.settle(claim, "500", DATE, failure("500-date"))

    assert register.claim("500", DATE_AND_TITLE, "second") is None
    assert register.is_known("500", DATE)
    assert not register.is_known("500", SINGLE)
    assert not register.is_known("200", DATE)
    assert register.claim("500", SINGLE, "third") is not None
    assert register.claim("500", NOTHING, "fourth") is not None
    assert 2 == register.count("500-date")


def test_what_turns_out_to_be_a_known_one_is_counted_and_gets_its_name() -> None:
    register = Register()
    one, other = (register.claim("500", each, name) for each, name in ((DATE, "one"), (SINGLE, "other")))
    assert one is not None
    assert other is not None
    assert register.settle(one, "500", NOTHING, failure("500"))
    late = failure("500-date")
    assert not register.settle(other, "500", NOTHING, late)
    assert "500" == late.fingerprint
    assert ["500"] == list(register.failures)
    assert 2 == register.count("500")


def test_what_is_met_as_one_thing_and_turns_out_another_is_known_as_both() -> None:
    register = Register()
    claim = register.claim("in fresh", DATE, "provisional")
    assert claim is not None
    assert register.settle(claim, "in matched", NOTHING, failure("matched"))
    assert register.claim("in fresh", NOTHING, "again") is None
    assert register.claim("in matched", SINGLE, "again") is None
    assert 3 == register.count("matched")


def test_what_was_no_failure_may_be_claimed_again() -> None:
    register = Register()
    claim = register.claim("500", NOTHING, "once")
    assert claim is not None
    assert register.claim("500", DATE, "meanwhile") is None
    register.release(claim)
    assert register.claim("500", DATE, "later") is not None
