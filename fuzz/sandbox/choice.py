"""The kind of enum that faults and variants are: each member is a mixin of `Behaviour`, named after its class."""

from __future__ import annotations

import re
from enum import StrEnum

from fuzz.sandbox.behaviour import Behaviour


class Choice(StrEnum):
    """A manner of behaving. The value is the class's name in kebab case; the class's docstring says what it does."""

    mixin: type[Behaviour]

    def __new__(cls, mixin: type[Behaviour]) -> Choice:
        """A member for this mixin."""
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-zA-Z])(?=[0-9])", "-", mixin.__name__).lower()
        member = str.__new__(cls, name)
        member._value_ = name
        member.mixin = mixin
        return member

    @property
    def description(self) -> str:
        """What a service of this manner does, in one sentence."""
        return " ".join((self.mixin.__doc__ or "").split())
