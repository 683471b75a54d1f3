# SPDX-License-Identifier: Apache-2.0
"""What the courier must make of each fault of the stand-in (tests/standin/gcp_faults.py) in an
answer to entries:list: the outcomes that are right, and how many requests it may take. A fault
without a row here fails the test."""
from faults import AWAY, BAD, BAD_REQUEST, DENIED, NONE, OK, SLOW
from faults import EXPECTED as OF_ANY

EXPECTED = {
    # what is any service's, with one row for it all; those that another size may help are asked in
    # four
    **{name: row for name, row in OF_ANY.items() if name in (
        "status-500-no-body", "status-502-html", "status-503-retry-after-years", "status-504",
        "status-404", "status-201", "status-204-with-body", "status-206", "status-304", "status-999",
        "portal-page", "hang", "hang-in-head", "hang-in-body", "slow-body", "reset-before",
        "reset-in-head", "reset-in-body", "close-without-answer", "length-too-long",
        "length-too-short", "length-negative", "no-length", "chunked", "chunked-cut",
        "chunked-bad-size", "chunked-enormous-size", "garbage", "http-2-preface", "two-answers",
        "gzip-bomb", "gzip-unasked", "redirect-to-metadata", "redirect-to-self",
        "redirect-permanent", "redirect-to-file", "empty-body", "truncated-json", "json-and-more",
        "json-list", "json-text", "byte-order-mark", "utf-16", "nul-bytes", "error-no-json",
        "error-deep-json", "no-date", "date-garbage", "date-year-1", "connect-reset",
        "connect-close", "connect-hang", "tls-expired", "tls-wrong-host", "tls-unknown-issuer",
        "tls-old-version", "tls-plain-http", "tls-close")},
    "length-enormous": (BAD, 4), "huge-body": (BAD, 4), "endless-body": (BAD, 4),
    "endless-head": (BAD + AWAY, 4), "long-header": (BAD + AWAY, 4),
    "continue-flood": (BAD + AWAY, 4),
    "internal": (AWAY, 1), "unavailable": (AWAY, 1), "deadline-exceeded": (AWAY, 1),
    "resource-exhausted": (SLOW, 1), "resource-exhausted-plain": (SLOW, 1), "status-429": (SLOW, 1),
    "scope-insufficient": (DENIED, 1), "scope-insufficient-plain": (DENIED, 1),
    "permission-denied": (DENIED, 1), "service-disabled": (DENIED, 1), "perimeter": (DENIED, 1),
    "billing-disabled": (DENIED, 1), "unauthenticated": (NONE, 2), "status-401": (NONE, 2),
    "invalid-argument": (BAD_REQUEST, 1), "not-found": (BAD, 1), "unknown-error": (BAD, 1),
    "error-with-secrets": (BAD, 1),
    "token-loop": (OK, 1), "token-huge": (BAD, 1), "token-number": (BAD, 1),
    "token-object": (BAD, 1), "token-null": (OK, 1), "token-control-bytes": (BAD, 1),
    "token-twice": (BAD, 1), "entries-twice": (OK, 1),
    "malformed-json": (BAD, 1), "deep-json": (BAD, 1), "deep-json-open": (BAD, 1),
    "entries-missing": (OK, 1), "entries-null": (BAD, 1), "entries-object": (BAD, 1),
    "error-in-200": (BAD, 1), "surrogate-in-entry": (OK, 1), "nul-in-entry": (OK, 1),
    "invalid-utf-8-in-entry": (OK, 1), "big-number-in-entry": (OK, 1), "brackets-in-entry": (OK, 1),
}

# of the metadata server: the outcome of MESSAGE_ASK_IDENTITY, and whether there are credentials
METADATA = {
    "": ("ok", True), "no-flavor": ("bad-answer", False), "wrong-flavor": ("bad-answer", False),
    "off": ("denied", False), "nothing": ("no-cloud", False), "hang": ("unreachable", False),
    "status-503": ("unreachable", False), "status-503-once": ("ok", True),
    "redirect": ("bad-answer", False), "no-account": ("ok", False), "no-scope": ("ok", False),
    "token-short-lived": ("ok", False), "token-garbage": ("ok", False),
    "token-with-line-break": ("ok", False), "token-of-another-type": ("ok", False),
    "token-missing": ("ok", False), "bad-instance": ("bad-answer", False),
    "bad-project": ("bad-answer", False), "bad-zone": ("bad-answer", False),
    "bad-email": ("ok", False), "bad-interfaces": ("bad-answer", False),
    "huge-instance": ("bad-answer", False),
}
