"""No test is timed: Hypothesis's deadline would be one, wherever a test did not say otherwise."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("calfuzz tests", settings(), deadline=None)
settings.load_profile("calfuzz tests")
