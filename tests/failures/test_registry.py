"""A failure is claimed by the first worker that sees it, and counted when it is a known one."""

from __future__ import annotations

from fuzz.failures.failure import Failure
from fuzz.failures.identity import Identity
from fuzz.failures.registry import Claim, FailureRegistry
from fuzz.shrinking.reproducer import Shrunk

NOTHING: frozenset[str] = frozenset()
DATE, DATE_AND_TITLE = frozenset({"date-time"}), frozenset({"date-time", "external_title"})
SINGLE = frozenset({"external_item"})


def failure(name: str, kind: str = "500", features: frozenset[str] = NOTHING) -> Failure:
    return Failure(name, Identity(kind, features, name), "random", 1, Shrunk((), ()))


def claim(registry: FailureRegistry, kind: str, features: frozenset[str], name: str) -> Claim | None:
    return registry.claim(Identity(kind, features, name))


def test_a_failure_with_more_features_is_the_known_one_and_with_fewer_it_is_another() -> None:
    registry = FailureRegistry()
    first = claim(registry, "500", DATE_AND_TITLE, "first")
    assert first is not None
    assert registry.confirm(first, failure("500-date", features=DATE))[1]

    assert claim(registry, "500", DATE_AND_TITLE, "second") is None
    assert registry.is_known(Identity("500", DATE, "any"))
    assert not registry.is_known(Identity("500", SINGLE, "any"))
    assert not registry.is_known(Identity("200", DATE, "any"))
    assert claim(registry, "500", SINGLE, "third") is not None
    assert claim(registry, "500", NOTHING, "fourth") is not None
    assert 2 == registry.count("500-date")


def test_a_failure_that_turns_out_to_be_a_known_one_is_counted_under_its_name() -> None:
    registry = FailureRegistry()
    one, other = (claim(registry, "500", features, name) for features, name in ((DATE, "one"), (SINGLE, "other")))
    assert one is not None
    assert other is not None
    assert registry.confirm(one, failure("500"))[1]
    late, is_new = registry.confirm(other, failure("500-date"))
    assert not is_new
    assert "500" == late.fingerprint
    assert ["500"] == list(registry.failures)
    assert 2 == registry.count("500")


def test_a_failure_whose_kind_changes_when_shrunk_is_known_under_both_kinds() -> None:
    registry = FailureRegistry()
    first = claim(registry, "in fresh", DATE, "provisional")
    assert first is not None
    assert registry.confirm(first, failure("matched", "in matched"))[1]
    assert claim(registry, "in fresh", NOTHING, "again") is None
    assert claim(registry, "in matched", SINGLE, "again") is None
    assert 3 == registry.count("matched")


def test_a_released_failure_may_be_claimed_again() -> None:
    registry = FailureRegistry()
    first = claim(registry, "500", NOTHING, "once")
    assert first is not None
    assert claim(registry, "500", DATE, "meanwhile") is None
    registry.release(first)
    assert claim(registry, "500", DATE, "later") is not None
