"""Strategies over the catalogues, judged as sent."""

from __future__ import annotations

from hypothesis import find

from strategies.near_misses import broken_payloads, raw_payloads, silent_payloads
from swagger.contract import Contract
from tests.strategies.sent import NAMES, drawn, judged, parsed


def test_every_broken_payload_breaks_something_and_some_break_two(contract: Contract) -> None:
    broken = [judged(contract, body).breaks for body in drawn(broken_payloads(contract, **NAMES), 250)]

    assert all(broken)
    assert {1, 2} <= {len(each) for each in broken}
    assert len({each[0] for each in broken}) > 15


def test_the_simplest_broken_payload_lacks_the_first_field(contract: Contract) -> None:
    assert "staff_uid" not in find(broken_payloads(contract, **NAMES), lambda _: True)


def test_every_raw_payload_is_no_json(contract: Contract) -> None:
    for text in drawn(raw_payloads(contract, **NAMES), 100):
        assert not isinstance(parsed(text), dict | list), text


def test_every_silent_payload_is_silent_and_breaks_nothing(contract: Contract) -> None:
    for body in drawn(silent_payloads(contract, **NAMES), 250):
        quality = judged(contract, body)

        assert (quality.breaks, bool(quality.silent)) == ((), True)
