"""The scheme in which a target takes the admin token: the profile's, or the other one where the target refuses that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fuzz.session.journal import Journal
from fuzz.target.authorisation import AuthorisedClient, access_refused
from fuzz.target.http.client import Delivery
from fuzz.target.profile import ADMIN, BEARER, Profile


class _Session(Protocol):
    """What is needed of a session."""

    profile: Profile
    client: AuthorisedClient
    journal: Journal

    def send_admin_token_as(self, scheme: str) -> None: ...


@dataclass(slots=True)
class AdminScheme:
    """Whether one session knows in which scheme the admin token is taken. Mutable: the first answer to it shows."""

    session: _Session
    is_known: bool = False

    def settle(self, first: Delivery, send_again: Callable[[], Delivery]) -> bool:
        """Whether a request was refused in the one scheme and taken in the other, in which the token is sent from now
        on. Asked of the first answer only. `send_again` builds and sends the request anew.
        """
        if self.is_known or first.answer is None:
            return False
        self.is_known = True
        return access_refused(first) and self._is_taken_in_the_other(send_again)

    def _is_taken_in_the_other(self, send_again: Callable[[], Delivery]) -> bool:
        admin = self.session.profile.tokens.admin
        other = ADMIN if admin.scheme == BEARER else BEARER
        self.session.send_admin_token_as(other)
        delivery = send_again()
        if delivery.answer is None or access_refused(delivery):
            self.session.send_admin_token_as(admin.scheme)
            self.session.client.note_refused_with(admin, (admin.scheme, other))
            return False
        self.session.journal.emit({"event": "trouble", "what": _advice(admin.scheme, other)})
        return True


def _advice(refused: str, taken: str) -> str:
    return (
        f"the target refuses the admin token as `{refused} …` and takes it as `{taken} …`:"
        f" write `tokens.admin.scheme: {taken}` into the profile"
    )
