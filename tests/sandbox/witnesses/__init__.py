"""For each fault a scenario that shows it, with two answers to its last step: the honest one and the fault's."""

from __future__ import annotations

from fuzz.sandbox.faults import Fault
from tests.sandbox.witnesses import answers, backend, payloads, sequences, states
from tests.sandbox.witnesses.witness import Witness

SURE_WITNESSES: dict[Fault, Witness] = {
    **states.STATE_CHECKS,
    **states.NEAR_MISSES,
    **states.STORING,
    **states.RECREATIONS,
    **states.SIBLINGS,
    **sequences.DEEP_SEQUENCES,
    **sequences.SLOW_BURNS,
    **sequences.LEAKS,
    **answers.MESSAGES,
    **answers.BODY_SHAPES,
    **payloads.PAYLOADS,
    **payloads.CRASHES,
    **payloads.DATES,
    **payloads.ENCODINGS,
    **backend.TOKENS,
    **sequences.RACES,
    **backend.GATEWAY,
    **backend.RECORDS,
}
INTERMITTENTS = sequences.INTERMITTENTS
