"""Staging deployments: the service behind two gateways, with strict schemes, feature flags, replicas. All honest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fuzz.errors import UsageError
from fuzz.sandbox import responses
from fuzz.sandbox.deployments.replica import ReadsReplica, ReadsReplicaNowAndThen
from fuzz.sandbox.requests import Answer, Operation
from fuzz.sandbox.service import Behaviour

MAIN, FALLBACK = "/apigw", "/api2"
"""The path prefixes of the two gateways."""

ADMIN_SCHEME = "Admin"
SETTLE = "300ms"
"""What the profile of a deployment with replicas says of `settle`: more than the longest lag."""

EVERYTHING = frozenset(Operation)
DOCUMENTED = frozenset({Operation.CREATE, Operation.CONNECT, Operation.DISCONNECT})
"""The operations on the main gateway, by the documents; the others are on the fallback gateway."""

NOT_FOUND = Answer(404, {"message": "no Route matched with those values"})
BAD_GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What a deployment does around the service. Frozen.

    `main`: the operations that the main gateway serves. `fallback`: the rest, if it serves any. `unserved`: what a
    gateway says of an operation that it does not serve. `off`: the operation behind a feature flag. `reads`: where the
    service reads the syncs, as a mixin.
    """

    main: frozenset[Operation] = DOCUMENTED
    unserved: Answer = NOT_FOUND
    off: Operation | None = None
    reads: type[Behaviour] = Behaviour

    @property
    def lags(self) -> bool:
        """Whether a change may take a while to show."""
        return self.reads is not Behaviour

    def refusal(self, gateway: str, operation: Operation) -> Answer | None:
        """What this gateway says of this operation without asking the service; None where it asks."""
        if (operation in self.main) != (gateway == MAIN):
            return self.unserved
        is_off = operation is self.off
        return responses.failure(403, code="forbidden", message="feature is off") if is_off else None


class Staging(StrEnum):
    """The staging deployments. The value is the name that users give, `description` a sentence."""

    deployment: Deployment
    description: str

    def __new__(cls, name: str, description: str, deployment: Deployment) -> Staging:
        """A member for this deployment."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.description = description
        member.deployment = deployment
        return member

    PLAIN = (
        "plain",
        "Two gateways; each says 404 of what only the other one serves. The admin's token takes the scheme Admin.",
        Deployment(),
    )
    UNSERVED_IS_405 = (
        "unserved-is-405",
        "A gateway says 405 of what it does not serve.",
        Deployment(unserved=Answer(405, {"message": "Method Not Allowed"})),
    )
    UNSERVED_IS_401 = (
        "unserved-is-401",
        "A gateway says 401 of what it does not serve.",
        Deployment(unserved=Answer(401, {"message": "Unauthorized", "status": "Failure"})),
    )
    UNSERVED_IS_403 = (
        "unserved-is-403",
        "A gateway says 403 of what it does not serve.",
        Deployment(unserved=Answer(403, {"message": "Forbidden"})),
    )
    UNSERVED_IS_422 = (
        "unserved-is-422",
        "A gateway says 422 Unauthorized of what it does not serve.",
        Deployment(unserved=Answer(422, {"status": "Error", "error": "Unauthorized"})),
    )
    UNSERVED_IS_502 = (
        "unserved-is-502",
        "A gateway says 502, with a page, of what it does not serve.",
        Deployment(unserved=Answer(502, BAD_GATEWAY_PAGE, "text/html")),
    )
    UNSERVED_IS_BAD_GATEWAY = (
        "unserved-is-bad-gateway",
        "A gateway says 404 of what it does not serve, in a body that says `bad gateway`.",
        Deployment(unserved=Answer(404, b"bad gateway", "text/plain")),
    )
    SIBLINGS_ELSEWHERE = (
        "siblings-elsewhere",
        "Each sibling is on the other gateway than its document says.",
        Deployment(main=frozenset({Operation.CREATE, Operation.DISABLE})),
    )
    MAIN_ONLY = (
        "main-only",
        "All is on the main gateway, and nothing on the other.",
        Deployment(main=EVERYTHING),
    )
    DISCONNECT_OFF = (
        "disconnect-off",
        "`disconnect` lies behind a feature flag that is off, and answers 403.",
        Deployment(off=Operation.DISCONNECT),
    )
    CONNECT_OFF = (
        "connect-off",
        "`connect` lies behind a feature flag that is off, and answers 403.",
        Deployment(off=Operation.CONNECT),
    )
    READS_LAG = (
        "reads-lag",
        "Every read shows the sync as it was 30 to 200 ms ago; writes land at once.",
        Deployment(reads=ReadsReplica),
    )
    READS_LAG_NOW_AND_THEN = (
        "reads-lag-now-and-then",
        "One read in forty shows the sync as it was 30 to 200 ms ago; writes land at once.",
        Deployment(reads=ReadsReplicaNowAndThen),
    )


def staging_of(name: str) -> Staging:
    """The staging deployment of this name. UsageError where there is none."""
    for staging in Staging:
        if staging == name:
            return staging
    raise UsageError(
        f"no staging deployment of the sandbox is called {name!r}", next=f"take one of {', '.join(Staging)}"
    )
