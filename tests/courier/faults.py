# SPDX-License-Identifier: Apache-2.0
"""What the courier must make of each fault of the stand-in (tests/standin/aws_faults.py) in an
answer to LookupEvents: the outcomes that are right, and how many requests it may take. A fault
without a row here fails the test."""

OK = ("ok",)
BAD = ("bad-answer",)
AWAY = ("unreachable",)
DENIED = ("denied",)
NONE = ("no-credentials",)
SLOW = ("throttled",)
BAD_REQUEST = ("bad-request",)

# Requests that reach the service while the fault lasts: one, two where new credentials or the
# right time may help, three where the clock was wrong and then the credentials.
EXPECTED = {
    "internal-failure": (AWAY, 1), "status-500-no-body": (AWAY, 1), "status-502-html": (AWAY, 1),
    "service-unavailable": (AWAY, 1), "slow-down": (SLOW, 1),
    "status-503-retry-after-years": (AWAY, 1), "status-504": (AWAY, 1), "throttling": (SLOW, 1),
    "throttling-prefix": (SLOW, 1), "status-429": (SLOW, 1), "access-denied": (DENIED, 1),
    "access-denied-by-policy": (DENIED, 1), "access-denied-in-header": (DENIED, 1),
    "operation-not-permitted": (DENIED, 1), "expired-token": (NONE, 2),
    "unrecognized-client": (NONE, 2), "invalid-client-token": (NONE, 2),
    "invalid-signature": (NONE, 2), "signature-expired": (NONE, 3),
    "signature-not-yet-current": (NONE, 3), "request-time-too-skewed": (NONE, 3),
    "invalid-next-token": (BAD, 1), "validation-error": (BAD_REQUEST, 1),
    "invalid-time-range": (BAD_REQUEST, 1), "unknown-error": (BAD, 1),
    "error-type-with-secrets": (BAD, 1), "error-no-json": (BAD, 1), "error-deep-json": (BAD, 1),
    "status-401": (BAD, 1), "status-404": (BAD, 1), "status-201": (BAD, 1),
    "status-204-with-body": (BAD, 1), "status-206": (BAD, 1), "status-304": (BAD, 1),
    "status-999": (BAD + AWAY, 1), "portal-page": (BAD, 1),
    "hang": (AWAY, 1), "hang-in-head": (AWAY, 1), "hang-in-body": (AWAY, 1),
    "slow-body": (AWAY, 1), "reset-before": (AWAY, 2), "reset-in-head": (AWAY, 1),
    "reset-in-body": (AWAY, 1), "close-without-answer": (AWAY, 2), "length-too-long": (AWAY, 1),
    "length-too-short": (BAD, 1), "length-twice": (OK + BAD + AWAY, 1), "length-negative": (BAD + AWAY, 1),
    "length-enormous": (BAD, 3), "no-length": (OK, 1), "chunked": (OK, 1), "chunked-cut": (AWAY, 1),
    "chunked-bad-size": (AWAY, 1), "chunked-enormous-size": (AWAY, 1), "garbage": (AWAY, 1),
    "http-0.9": (AWAY, 1), "http-2-preface": (AWAY, 1), "two-answers": (OK, 1),
    "gzip-bomb": (BAD, 1), "gzip-unasked": (BAD, 1), "huge-body": (BAD, 3), "endless-body": (BAD, 3),
    "endless-head": (BAD + AWAY, 3), "long-header": (BAD + AWAY, 3), "continue-flood": (BAD + AWAY, 3),
    "redirect-to-metadata": (BAD, 1), "redirect-to-self": (BAD, 1), "redirect-permanent": (BAD, 1),
    "redirect-to-file": (BAD, 1), "token-loop": (OK, 1), "token-endless": (OK, 1),
    "token-huge": (BAD, 1), "token-number": (BAD, 1), "token-object": (BAD, 1), "token-null": (OK, 1),
    "token-control-bytes": (BAD, 1), "token-twice": (BAD, 1), "token-disguised": (BAD, 1),
    "duplicate-events": (OK, 1), "shuffled-events": (OK, 1), "empty-body": (BAD, 1),
    "malformed-json": (BAD, 1), "truncated-json": (BAD, 1), "json-and-more": (BAD, 1),
    "deep-json": (BAD, 1), "deep-json-open": (BAD, 1), "json-list": (BAD, 1), "json-text": (BAD, 1),
    "events-missing": (BAD, 1), "events-null": (BAD, 1), "events-object": (BAD, 1),
    "byte-order-mark": (BAD, 1), "utf-16": (BAD, 1), "nul-bytes": (BAD, 1),
    "surrogate-in-event": (OK, 1), "nul-in-event": (OK, 1), "invalid-utf-8-in-event": (OK, 1),
    "big-number-in-event": (OK, 1), "brackets-in-event": (OK, 1), "no-date": (OK, 1),
    "date-garbage": (OK, 1), "date-year-1": (OK, 1),
    "connect-reset": (AWAY, 0), "connect-close": (AWAY, 0), "connect-hang": (AWAY, 0),
    "tls-expired": (AWAY, 0), "tls-wrong-host": (AWAY, 0), "tls-unknown-issuer": (AWAY, 0),
    "tls-old-version": (AWAY, 0), "tls-plain-http": (AWAY, 0), "tls-close": (AWAY, 0),
}
# what is only over when its time is up: run side by side
# after which a kept connection holds bytes of the answer before: one more question may fail
SPOILT = ("status-204-with-body", "length-too-short", "status-304", "two-answers")
# with answers that are valid still, whatever the service
HARMLESS = ("no-length", "chunked", "two-answers", "no-date", "date-garbage", "date-year-1",
            "length-twice")
PATIENT = ("hang", "hang-in-head", "hang-in-body", "slow-body", "connect-hang")
