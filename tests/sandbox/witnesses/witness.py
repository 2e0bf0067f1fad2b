"""What a witness of a fault is, and the beginnings that scenarios share."""

from __future__ import annotations

from dataclasses import dataclass

from tests.sandbox.scenarios import Step, Together, create, disable, send

FRESH = (create(),)
BOUND = (create(), send())
DISABLED = (create(), disable())
OK = "200"
OTHER = "already_exists"
REFUSED = "refused 422"


@dataclass(frozen=True)
class Witness:
    """The last answer as it should be and as the fault makes it."""

    honest: str
    faulty: str
    steps: tuple[Step | Together, ...]


def witness(honest: str, faulty: str, *steps: Step | Together) -> Witness:
    return Witness(honest, faulty, steps)


def bound_to(account: str, *, then: str) -> tuple[Step, Step, Step]:
    """A sync bound to one account, then a call that names another."""
    return create(), send(account), send(then)


LONG = "a" * 300
