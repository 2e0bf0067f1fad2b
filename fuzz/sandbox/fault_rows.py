"""Faults and variants as rows: a sentence, and the overrides, which replace hooks of the honest behaviour.

A replacement is given what it replaces (the inherited hook, or its result), so that several rows at once combine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import ModuleType
from typing import Any, Concatenate, ParamSpec, TypeVar

from fuzz.sandbox.service import Behaviour

P = ParamSpec("P")
R = TypeVar("R")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
Inherited = Callable[..., R]
"""The hook that a replacement stands in front of; called with the hook's arguments."""


@dataclass(frozen=True, slots=True)
class Override:
    """A hook's name, and the function that replaces it: (behaviour, inherited hook, arguments) to result. Frozen."""

    hook: str
    function: Callable[..., Any]


def instead_of(
    hook: Callable[Concatenate[Any, P], R],
) -> Callable[[Callable[Concatenate[Any, Callable[P, R], P], R]], Override]:
    """Overrides from functions that replace the hook and may call it: (behaviour, inherited, arguments) to result."""
    return partial(Override, hook.__name__)


def before(hook: Callable[Concatenate[Any, P], R]) -> Callable[[Callable[P, R]], Override]:
    """Overrides from functions of the hook's arguments. A result that is true is final; else the hook is asked."""
    return _combined(hook, lambda function, _, inherited, *given: function(*given) or inherited(*given))


def also(hook: Callable[Concatenate[Any, P], R]) -> Callable[[Callable[P, R]], Override]:
    """Overrides from functions of the hook's arguments that are asked where the hook's own result is false or None."""
    return _combined(hook, lambda function, _, inherited, *given: inherited(*given) or function(*given))


def after(hook: Callable[Concatenate[Any, P], R]) -> Callable[[Callable[Concatenate[R, P], R]], Override]:
    """Overrides from functions that change the hook's result: (result, arguments) to result."""
    return _combined(hook, lambda function, _, inherited, *given: function(inherited(*given), *given))


def with_service(hook: Callable[Concatenate[Any, P], R]) -> Callable[[Callable[Concatenate[Any, R, P], R]], Override]:
    """Overrides from functions that change the hook's result: (behaviour, result, arguments) to result."""
    return _combined(hook, lambda function, service, inherited, *given: function(service, inherited(*given), *given))


@dataclass(frozen=True, slots=True)
class Row:
    """One mixin and the sentence that says what such a service does. Its variable's name is its name. Frozen."""

    sentence: str
    mixin: type[Behaviour]
    kind: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Makes the rows of one kind; their mixins derive from `base`. Frozen."""

    kind: str = ""
    base: type[Behaviour] = Behaviour

    def __call__(self, sentence: str, *overrides: Override) -> Row:
        """A row whose mixin has these overrides."""
        mixin = type("Mixin", (self.base,), {})
        for override in overrides:
            setattr(mixin, override.hook, _method(mixin, override))
        return Row(sentence, mixin, self.kind)

    def by(self, factory: Callable[[FunctionT], Override]) -> Callable[[FunctionT], Row]:
        """A decorator that makes a row of a function: its docstring is the sentence, `factory` makes the override."""

        def decorate(function: FunctionT) -> Row:
            return self(_sentence(function), factory(function))

        return decorate

    def mixin(self, mixin: type[Behaviour]) -> Row:
        """A class decorator that makes a row of a mixin with state or several hooks. The docstring is the sentence."""
        return Row(_sentence(mixin), mixin, self.kind)


def members(*modules: ModuleType) -> dict[str, tuple[str, Row]]:
    """The enum members of the rows in these modules, in order: the member's name, then the row's name and the row."""
    rows = [(name, row) for module in modules for name, row in vars(module).items() if isinstance(row, Row)]
    names = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", "-", name).lower() for name, _ in rows]
    return {name.replace("-", "_").upper(): (name, row) for name, (_, row) in zip(names, rows, strict=True)}


class MixinEnum(StrEnum):
    """An enum whose members are mixins. The value is the row's name, `description` its sentence."""

    mixin: type[Behaviour]
    description: str

    def __new__(cls, name: str, row: Row) -> MixinEnum:
        """A member for this row."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.mixin = row.mixin
        member.description = row.sentence
        return member


def _combined(hook: Callable[..., Any], combine: Callable[..., Any]) -> Callable[[Callable[..., Any]], Override]:
    # `combine` is given the function, the behaviour, the inherited hook, and the hook's arguments.
    return lambda function: Override(hook.__name__, partial(combine, function))


def _method(mixin: type[Behaviour], override: Override) -> Callable[..., Any]:
    def method(self: Behaviour, *arguments: Any) -> Any:
        inherited = getattr(super(mixin, self), override.hook)
        return override.function(self, inherited, *arguments)

    return method


def _sentence(described: Callable[..., Any]) -> str:
    return " ".join((described.__doc__ or "").split())
