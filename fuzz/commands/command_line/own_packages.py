"""Whether the packages are calfuzz's own: `fuzz` and `strategies` are names of other distributions, too."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import packages_distributions

from fuzz.errors import UsageError

PACKAGES = ("fuzz", "strategies", "swagger")
OURS = "calfuzz"


def check_own_packages() -> None:
    """UsageError for a package whose first file another distribution has overwritten; names the file and the owner."""
    for name in PACKAGES:
        package = import_module(name)
        if getattr(package, "DISTRIBUTION", None) != OURS:
            others = sorted(set(packages_distributions().get(name, ())) - {OURS}) or ["another distribution"]
            raise UsageError(
                f"{package.__file__ or name} is not calfuzz's: {', '.join(others)} has overwritten it",
                next="install calfuzz into an environment of its own: pipx install calfuzz",
            )
