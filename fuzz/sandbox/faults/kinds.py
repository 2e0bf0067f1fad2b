"""The kinds of faults."""

from __future__ import annotations

from enum import StrEnum


class FaultKind(StrEnum):
    """What sort of mistake a fault is."""

    STATE_CHECK = "state check"
    NEAR_MISS = "near miss"
    STORING = "storing"
    RECREATION = "re-creation"
    SIBLING = "sibling"
    DEEP_SEQUENCE = "deep sequence"
    SLOW_BURN = "slow burn"
    LEAK = "leak"
    INTERMITTENT = "intermittent"
    RACE = "race"
    MESSAGE = "message"
    BODY_SHAPE = "body shape"
    PAYLOAD = "payload"
    PAYLOAD_ERROR = "payload error"
    CRASH = "crash"
    DATE = "date"
    ENCODING = "encoding"
    TOKEN = "token"

    @property
    def deterministic(self) -> bool:
        """Whether such faults show every time their conditions are met, in calls that come one after the other."""
        return self not in (FaultKind.RACE, FaultKind.INTERMITTENT)
