"""A package that another distribution has overwritten is named, with its file and whose it is."""

from __future__ import annotations

import pytest

import strategies
from fuzz.commands.command_line import own_packages
from fuzz.commands.command_line.own_packages import check_own_packages
from fuzz.errors import UsageError


def test_our_own_packages_are_ours() -> None:
    check_own_packages()


@pytest.mark.parametrize(
    ("owners", "says"), [(["strategies", "calfuzz"], "strategies has"), ([], "another distribution has")]
)
def test_a_package_of_somebody_else_is_named(monkeypatch: pytest.MonkeyPatch, owners: list[str], says: str) -> None:
    monkeypatch.delattr(strategies, "DISTRIBUTION")
    monkeypatch.setattr(own_packages, "packages_distributions", lambda: {"strategies": owners})

    with pytest.raises(UsageError, match=rf"strategies/__init__\.py is not calfuzz's: {says} overwritten it"):
        check_own_packages()
