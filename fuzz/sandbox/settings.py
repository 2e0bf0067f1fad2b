"""The settings of one sandbox: faults, variants, staff, port, database. Sent to the server's process as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from fuzz.errors import UsageError
from fuzz.sandbox.deployments.staging import ADMIN_SCHEME, Deployment, staging_of
from fuzz.sandbox.faults import Fault
from fuzz.sandbox.service import Behaviour
from fuzz.sandbox.staff import People
from fuzz.sandbox.store import Store
from fuzz.sandbox.variants import Variant

MAX_STAFF = 10_000
Named = TypeVar("Named", Fault, Variant)
FaultOrFaults = Fault | str | Iterable[Fault | str] | None
VariantOrVariants = Variant | str | Iterable[Variant | str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings. Frozen. `latency` is in seconds; `database` is a file or `:memory:`; port 0 is any free one.

    `admin_scheme`: the only scheme in which the admin token is taken, and `Bearer` the only one for the others; None:
    `Admin` and `Bearer` for all. `staging`: the name of a staging deployment, whose admin scheme is `Admin`.
    """

    faults: tuple[Fault, ...] = ()
    variants: tuple[Variant, ...] = ()
    staff: int = 8
    port: int = 0
    database: str = ":memory:"
    latency: float = 0.0
    admin_scheme: str | None = None
    staging: str | None = None

    def __post_init__(self) -> None:
        if self.staging is not None:
            staging_of(self.staging)
            object.__setattr__(self, "admin_scheme", self.admin_scheme or ADMIN_SCHEME)
        if not 1 <= self.staff <= MAX_STAFF:
            raise UsageError(f"a sandbox of {self.staff} staff members", next=f"ask for 1 to {MAX_STAFF}")

    @classmethod
    def of(cls, fault: FaultOrFaults, variant: VariantOrVariants, **options: Any) -> Settings:
        """The settings for faults and variants that are given by member or by name; `options` are the other fields."""
        return cls(faults=faults_of(fault), variants=variants_of(variant), **options)

    @classmethod
    def parse(cls, text: str) -> Settings:
        """The settings that `text()` wrote."""
        fields = json.loads(text)
        return cls(**fields | {"faults": faults_of(fields["faults"]), "variants": variants_of(fields["variants"])})

    def text(self) -> str:
        """The settings as one line of JSON."""
        return json.dumps(asdict(self))

    @property
    def deployment(self) -> Deployment | None:
        """What stands around the service, where it is a staging deployment."""
        return None if self.staging is None else staging_of(self.staging).deployment

    @property
    def people(self) -> People:
        """Who may call this sandbox."""
        return People.of_size(self.staff)


def faults_of(given: FaultOrFaults) -> tuple[Fault, ...]:
    """One fault, several, or none, by member or by name, as a tuple."""
    names = () if given is None else (given,) if isinstance(given, str) else tuple(given)
    return tuple(_named(Fault, name, "--list-faults lists them") for name in names)


def variants_of(given: VariantOrVariants) -> tuple[Variant, ...]:
    """One variant, several, or none, by member or by name, as a tuple."""
    names = () if given is None else (given,) if isinstance(given, str) else tuple(given)
    return tuple(_named(Variant, name, f"take one of {', '.join(Variant)}") for name in names)


def behaviour_of(settings: Settings) -> Behaviour:
    """The honest behaviour with the variants mixed in, and the faults in front of them, last of the catalogue first.

    So the order in which they were given does not matter, and the shape of a body is changed after its texts.
    """
    chosen = (*sorted(settings.faults, key=list(Fault).index, reverse=True), *settings.variants)
    reads = settings.deployment.reads if settings.deployment is not None else Behaviour
    mixins = dict.fromkeys((*(choice.mixin for choice in chosen), reads, Behaviour))
    mixed: type[Behaviour] = type("Mixed", tuple(mixins), {})
    return mixed(Store(settings.database), settings.people)


def _named(kind: type[Named], name: str, next: str) -> Named:
    for member in kind:
        if member == name:
            return member
    raise UsageError(f"no sandbox {kind.__name__.lower()} is called {name!r}", next=next)
