"""The catalogue of honest variants: services that decide otherwise what the documents do not specify.

None of them violates the contract, so a fuzzer that fails one of them raises a false alarm.
"""

from __future__ import annotations

from fuzz.sandbox.fault_rows import MixinEnum, members
from fuzz.sandbox.variants import decisions, payloads, siblings


class Variant(MixinEnum):
    """The honest variants. `mixin` is the code, `description` the sentence, and the value the name that users give."""

    vars().update(members(decisions, siblings, payloads))
