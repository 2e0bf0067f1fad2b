"""The catalogue of faults: every way in which the sandbox can be told to violate the contract.

Each module's rows are its faults, in order. A fault's sentence is what `--list-faults` prints. To add a fault, write
`its_name = fault("Its sentence.", override)` into the module of what goes wrong, and a witness into the tests of the
sandbox. An override of several statements is a function under `@fault.by(...)` whose docstring is the sentence, and one
that remembers something is a class under `@fault.mixin`.
"""

from __future__ import annotations

from fuzz.sandbox.fault_rows import MixinEnum, Row, members
from fuzz.sandbox.faults import answers
from fuzz.sandbox.faults.backend import access, gateway, records, tokens
from fuzz.sandbox.faults.kinds import FaultKind
from fuzz.sandbox.faults.payloads import checks, dates, encodings, wrong_answers
from fuzz.sandbox.faults.sequences import intermittents, leaks, long_sequences, races
from fuzz.sandbox.faults.states import checks as state_checks
from fuzz.sandbox.faults.states import near_misses, recreations, siblings, storing

# The order matters: faults are mixed in by it, and `calfuzz selftest --sample` takes a spread of it.
MODULES = (
    state_checks,
    near_misses,
    storing,
    recreations,
    siblings,
    long_sequences,
    leaks,
    intermittents,
    races,
    answers,
    checks,
    wrong_answers,
    access,
    dates,
    encodings,
    tokens,
    gateway,
    records,
)


class Fault(MixinEnum):
    """The faults. `mixin` is the code, `description` the sentence, and the value the name that users give."""

    vars().update(members(*MODULES))

    def __init__(self, name: str, row: Row) -> None:
        self.kind = FaultKind(row.kind)

    @property
    def deterministic(self) -> bool:
        """Whether it shows every time its conditions are met, in calls that come one after the other."""
        return self.kind.deterministic
