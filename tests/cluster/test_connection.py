"""A Dask scheduler that cannot be used is a usage error that says what to do."""

from __future__ import annotations

import sys
import time

import pytest

from fuzz.cluster.connection import Cluster
from fuzz.errors import UsageError
from tests.cluster.processes import free_port

pytest.importorskip("distributed", reason="the extra is not installed: pip install 'calfuzz[cluster]'")


def test_a_scheduler_that_cannot_be_reached_is_a_usage_error_within_ten_seconds() -> None:
    began = time.monotonic()
    with pytest.raises(UsageError, match="cannot be reached"), Cluster(f"tcp://127.0.0.1:{free_port()}"):
        pass
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("address", ["nonsense", "ftp://127.0.0.1:1", "tcp://", "tcp://127.0.0.1:port"])
def test_a_text_that_is_no_scheduler_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="--scheduler"), Cluster(address):
        pass


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError) as raised, Cluster("tcp://127.0.0.1:1"):
        pass
    assert "pip install 'calfuzz[cluster]'" == raised.value.next
