"""The row type of the pools of values: a label, the value, and the group of values that take turns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from swagger.contract import Json


class Group(Enum):
    """A group of samples that a service probably treats alike. A run tries one of each group, chosen by the seed."""

    EVERYWHERE = auto()
    """No group: every run tries these samples in every field and in every form of item."""

    ZERO_LIKE = auto()
    EMPTY_LIKE = auto()
    """ZERO_LIKE, EMPTY_LIKE: values of a wrong type that a service may read as absent."""

    BELL = auto()
    SPACING = auto()
    CONTROL = auto()
    SEPARATOR = auto()
    UNASSIGNED = auto()
    LONG = auto()
    VERY_LONG = auto()

    INCOMPLETE_ADDRESS = auto()
    QUOTED_ADDRESS = auto()
    SPACED_ADDRESS = auto()
    FOREIGN_ADDRESS = auto()
    ADDRESS_OF_SIGNS_OR_A_WORD = auto()
    DOTTED_ADDRESS = auto()
    LIGATURE_OR_SLASH_IN_ADDRESS = auto()
    SEVERAL_ADDRESSES = auto()
    CODED_OR_LONG_ADDRESS = auto()
    LONGEST_ADDRESS = auto()

    WORD_FOR_DATE = auto()
    DAY_AND_MONTH_IN_DIGITS = auto()
    MONTH_WRITTEN_OUT = auto()
    MONTH = auto()
    DAY = auto()
    HOUR = auto()
    MINUTE_OR_SECOND = auto()
    ZONE = auto()
    OFFSET = auto()
    NUMBER_FOR_DATE = auto()


@dataclass(frozen=True, slots=True)
class Sample:
    """One value to try. Frozen. `typical`: it is the one to try if only one value of its pool can be tried."""

    label: str
    value: Json
    group: Group | None = None
    typical: bool = False
