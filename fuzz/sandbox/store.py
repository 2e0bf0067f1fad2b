"""The sandbox's store, in SQLite: one sync for each staff member, and the items sent to it.

There is one connection, used from the event loop's thread alone. Text is kept as bytes, because JSON can carry lone
surrogates and SQLite's text cannot.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fuzz.sandbox.requests import JsonObject

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS syncs (
    staff_uid BLOB PRIMARY KEY, uid BLOB NOT NULL, provider BLOB NOT NULL, account BLOB, disabled INTEGER NOT NULL,
    should_import INTEGER NOT NULL, is_private_import INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (
    staff_uid BLOB NOT NULL, external_id BLOB NOT NULL, item TEXT NOT NULL, PRIMARY KEY (staff_uid, external_id)
) WITHOUT ROWID;
"""
SELECT = "SELECT staff_uid, uid, provider, account, disabled, should_import, is_private_import FROM syncs"
STORED_ITEM_FIELDS = (
    "external_id",
    "external_title",
    "external_calendar_uid",
    "start_date",
    "end_date",
    "last_modification",
    "rrule",
)


@dataclass(frozen=True, slots=True)
class Sync:
    """One staff member's calendar sync. `account` is None until the first accepted call names one. Frozen."""

    staff_uid: str
    uid: str
    provider: str
    account: str | None = None
    disabled: bool = False
    should_import: bool = True
    is_private_import: bool = False


class Store:
    """The syncs and items of one sandbox, in memory or in a file."""

    def __init__(self, database: str = ":memory:") -> None:
        self._connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction of the database. It must not be held across an `await` that suspends."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def sync_of(self, staff_uid: str) -> Sync | None:
        """The staff member's sync, if there is one."""
        row = self._connection.execute(f"{SELECT} WHERE staff_uid = ?", (_encode(staff_uid),)).fetchone()
        return row and _sync(row)

    def syncs(self) -> list[Sync]:
        """Every staff member's sync. The honest server never asks for it."""
        return [_sync(row) for row in self._connection.execute(SELECT)]

    def save(self, sync: Sync) -> None:
        """Keeps the sync in place of the one its staff member may have."""
        names = (_encode(sync.staff_uid), _encode(sync.uid), _encode(sync.provider))
        account = None if sync.account is None else _encode(sync.account)
        row = (*names, account, sync.disabled, sync.should_import, sync.is_private_import)
        self._connection.execute("INSERT OR REPLACE INTO syncs VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def destroy(self, staff_uid: str) -> None:
        """Drops the staff member's sync, and the items sent to it."""
        self._connection.execute("DELETE FROM syncs WHERE staff_uid = ?", (_encode(staff_uid),))
        self._connection.execute("DELETE FROM items WHERE staff_uid = ?", (_encode(staff_uid),))

    def keep_items(self, staff_uid: str, items: Iterable[JsonObject]) -> None:
        """Keeps the items; one sent before under the same external id is replaced."""
        staff = _encode(staff_uid)
        rows = [(staff, _encode(str(item.get("external_id"))), _item_text(item)) for item in items]
        self._connection.executemany("INSERT OR REPLACE INTO items VALUES (?, ?, ?)", rows)

    def has_item(self, staff_uid: str, external_id: str) -> bool:
        """Whether an item of this id is kept for the staff member."""
        keys = (_encode(staff_uid), _encode(external_id))
        found = self._connection.execute("SELECT 1 FROM items WHERE staff_uid = ? AND external_id = ?", keys)
        return found.fetchone() is not None

    def close(self) -> None:
        """Closes the connection, so that the next sandbox can open the file."""
        self._connection.close()


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decode(blob: bytes) -> str:
    return blob.decode("utf-8", "surrogatepass")


def _sync(row: tuple[bytes, bytes, bytes, bytes | None, int, int, int]) -> Sync:
    staff_uid, uid, provider, account, disabled, should_import, is_private_import = row
    return Sync(
        staff_uid=_decode(staff_uid),
        uid=_decode(uid),
        provider=_decode(provider),
        account=None if account is None else _decode(account),
        disabled=bool(disabled),
        should_import=bool(should_import),
        is_private_import=bool(is_private_import),
    )


def _item_text(item: JsonObject) -> str:
    # Unknown fields are not kept: they may be nested too deeply to be written again.
    return json.dumps({name: item[name] for name in STORED_ITEM_FIELDS if name in item})
