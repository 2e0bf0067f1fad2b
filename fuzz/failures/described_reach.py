"""How a profile's target is reached, as a bundle says it: files as they are named there, secrets by their variables."""

from __future__ import annotations

from fuzz.bundle.failure_json import DescribedReach
from fuzz.target.profile import Profile


def described_reach(profile: Profile) -> DescribedReach:
    """The part of a described target that says how it is reached; what a profile does not name is left out."""
    reach: DescribedReach = {"verify_tls": profile.verify_tls}
    if profile.headers:
        reach["headers"] = {name: given.placeholder for name, given in profile.headers.items()}
    if profile.proxy is not None:
        reach["proxy"] = profile.proxy.placeholder
    if profile.ca_bundle is not None:
        reach["ca_bundle"] = profile.ca_bundle
    if profile.client_certificate is not None:
        reach["client_certificate"] = {"cert": profile.client_certificate.cert, "key": profile.client_certificate.key}
    return reach
