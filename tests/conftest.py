"""What holds for every test: it is not timed (Hypothesis's deadline would do that), and its locks are its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("calfuzz tests", settings(), deadline=None)
settings.load_profile("calfuzz tests")


@pytest.fixture(scope="session", autouse=True)
def own_locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests that run beside these, or calfuzz itself, may use staff members of the same name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield
