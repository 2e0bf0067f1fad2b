"""Named sets of HTTP statuses that say something about gateways, tokens or offers, and not about the contract."""

from __future__ import annotations

NOT_FROM_THE_SERVICE = frozenset({429, 502, 503, 504})
"""A rate limiter or a gateway has answered in place of the service: the request is sent again, and never judged."""

BAD_GATEWAY = (404, "bad gateway")
"""Status and words, in any case, of a gateway that has lost the service behind it: as with 502, it alone has answered.
Source: the API facts, "Two gateways".
"""

WITHOUT_A_SERVICE = frozenset({"status 502", f"status {BAD_GATEWAY[0]} {BAD_GATEWAY[1]}"})
"""Why there is no answer, where a gateway finds no service behind it."""

ACCESS_REFUSED = frozenset({401, 403})
"""The token is refused, or its owner may not do this."""

MAY_REFUSE_THE_TOKEN = ACCESS_REFUSED | {407}
"""The answer, also a gateway's or a proxy's, may be about the token and not about the request."""

NOT_OFFERED = ACCESS_REFUSED | {404, 405, 501}
"""The target does not serve this operation, or not with this token."""

CONFLICTS = frozenset({409, 423})
"""The service may refuse one of two requests at once in this way: no document says that it must carry out both."""

GATEWAY_REFUSES_TOKEN = (422, "Unauthorized")
"""Status and `error` of a gateway that refuses a token. Source: the API facts, "Failures that are not the contract's".
"""
