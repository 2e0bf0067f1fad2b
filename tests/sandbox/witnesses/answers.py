"""Witnesses of the faults of the answer alone."""

from __future__ import annotations

from fuzz.sandbox.faults import Fault
from tests.sandbox.scenarios import ADA, BOB, OUTLOOK, send
from tests.sandbox.witnesses.witness import BOUND, DISABLED, FRESH, OK, OTHER, REFUSED, witness

MESSAGES = {
    Fault.MISSING_CODE_NOT_FOUND: witness("missing", REFUSED, send()),
    Fault.MISSING_MESSAGE_IS_SWAGGERS: witness("missing", REFUSED, send()),
    Fault.MISSING_IS_404: witness("missing", "refused 404", send()),
    Fault.MISMATCH_CODE_CONFLICT: witness(OTHER, REFUSED, *FRESH, send(ADA, OUTLOOK)),
    Fault.MISMATCH_MESSAGE_NAMES_ACCOUNT: witness(OTHER, REFUSED, *FRESH, send(ADA, OUTLOOK)),
    Fault.MISMATCH_IS_409: witness(OTHER, "refused 409", *FRESH, send(ADA, OUTLOOK)),
    Fault.MISMATCH_SAYS_MISSING: witness(OTHER, REFUSED, *FRESH, send(ADA, OUTLOOK)),
    Fault.DISABLED_CODE_IS_DISABLED: witness("invalid", REFUSED, *DISABLED, send()),
    Fault.DISABLED_MESSAGE_HAS_FULL_STOP: witness("invalid", REFUSED, *DISABLED, send()),
    Fault.DISABLED_IS_403: witness("invalid", "refused 403", *DISABLED, send()),
    Fault.CODES_IN_CAPITALS: witness("missing", REFUSED, send()),
    Fault.STATE_ERRORS_ARE_200: witness("missing", "odd 200", send()),
}
BODY_SHAPES = {
    Fault.ERROR_SAYS_SUCCESS: witness("missing", REFUSED, send()),
    Fault.ERROR_WITHOUT_FLAG: witness("missing", REFUSED, send()),
    Fault.ERROR_AS_IN_SWAGGER: witness("missing", REFUSED, send()),
    Fault.TWO_ERRORS: witness("missing", REFUSED, send()),
    Fault.ERRORS_ARE_NO_LIST: witness("missing", REFUSED, send()),
    Fault.ERROR_PAGE: witness("missing", REFUSED, send()),
    Fault.ERROR_WITHOUT_BODY: witness("missing", REFUSED, send()),
    Fault.SUCCESS_AS_IN_SWAGGER: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_WITHOUT_DATA: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_SAYS_FALSE: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_DATA_SAYS_FALSE: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_WITH_ERROR: witness(OK, "odd 200", *BOUND),
    Fault.SUCCESS_IS_201: witness(OK, "odd 201", *BOUND),
    Fault.MISMATCH_CUT_SHORT: witness(OTHER, REFUSED, *BOUND, send(BOB)),
    Fault.DISABLED_PAGE: witness("invalid", REFUSED, *DISABLED, send()),
    Fault.SUCCESS_IS_204: witness(OK, "odd 204", *BOUND),
}
