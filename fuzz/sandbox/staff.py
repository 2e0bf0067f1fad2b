"""Who may call the sandbox: one admin, and staff members with a uid and a token each.

The tokens are derived from numbers and protect nothing: a sandbox started again has the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple


class StaffMember(NamedTuple):
    """One staff member: the uid that bodies name, and the token that calls carry. Frozen."""

    uid: str
    token: str


@dataclass(frozen=True)
class People:
    """The admin's token and the staff. Frozen."""

    admin_token: str
    staff: tuple[StaffMember, ...]

    @classmethod
    def of_size(cls, count: int) -> People:
        """The admin and `count` staff members, the same ones each time."""
        staff = tuple(
            StaffMember(_digits(f"staff {number}"), f"sandbox-staff-{_digits(f'token {number}')}")
            for number in range(1, count + 1)
        )
        return cls(f"sandbox-admin-{_digits('admin')}", staff)

    @cached_property
    def uid_by_token(self) -> dict[str, str]:
        """Which staff member a token belongs to."""
        return {member.token: member.uid for member in self.staff}

    @cached_property
    def uids(self) -> frozenset[str]:
        """The uids of the staff."""
        return frozenset(member.uid for member in self.staff)


def _digits(text: str) -> str:
    return sha256(f"calfuzz sandbox {text}".encode()).hexdigest()[:16]
