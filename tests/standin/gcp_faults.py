# SPDX-License-Identifier: Apache-2.0
"""What the stand-in for Google Cloud can do wrong: what any service can (aws_faults.py has those),
and what is Google's own."""
import json

from aws_faults import FAULTS as ANY_FAULTS
from aws_faults import body_of, json_of, plain, with_member, without_member

JSON = "application/json; charset=UTF-8"

ANY = (
    "status-500-no-body", "status-502-html", "status-503-retry-after-years", "status-504",
    "status-404", "status-201", "status-204-with-body", "status-206", "status-304", "status-999",
    "portal-page", "hang", "hang-in-head", "hang-in-body", "slow-body", "reset-before",
    "reset-in-head", "reset-in-body", "close-without-answer", "length-too-long", "length-too-short",
    "length-negative", "length-enormous", "no-length", "chunked", "chunked-cut", "chunked-bad-size",
    "chunked-enormous-size", "garbage", "http-2-preface", "two-answers", "gzip-bomb", "gzip-unasked",
    "huge-body", "endless-body", "endless-head", "long-header", "continue-flood",
    "redirect-to-metadata", "redirect-to-self", "redirect-permanent", "redirect-to-file",
    "empty-body", "truncated-json", "json-and-more", "json-list", "json-text", "byte-order-mark",
    "utf-16", "nul-bytes", "error-no-json", "error-deep-json", "no-date", "date-garbage",
    "date-year-1", "connect-reset", "connect-close", "connect-hang", "tls-expired",
    "tls-wrong-host", "tls-unknown-issuer", "tls-old-version", "tls-plain-http", "tls-close")


def error_body(code, status, message="said by the stand-in", reason="", info=True):
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason,
                "domain": "googleapis.com", "metadata": {"service": "logging.googleapis.com"}}]
    return json.dumps({"error": {"code": code, "message": message, "status": status,
                                 **({"details": details} if reason and info else {})}}).encode()


def error(code, status, message="said by the stand-in", reason="", headers=()):
    return plain(code, error_body(code, status, message, reason), JSON, headers)


def token_loop(exchange):
    """Every page says that the page after it is itself."""
    answer = json.loads(exchange.body)
    answer["nextPageToken"] = (exchange.request.get("pageToken") or
                               exchange.standin.token_for(exchange.request))
    exchange.send(200, exchange.headers, json.dumps(answer).encode())


def duplicate_token(body):
    return body.rstrip()[:-1] + b',"nextPageToken":"b25l","nextPageToken":"dHdv"}'


def hostile_text(text):
    """An entry whose words jansson refuses, or that looks like the end of it all."""
    def make(body):
        answer = json.loads(body)
        answer.setdefault("entries", []).append({"insertId": "hostile", "textPayload": "PLACE"})
        return json.dumps(answer).encode().replace(b"PLACE", text)
    return body_of(make)


def entries_twice(answer):
    answer["entries"] = [entry for entry in answer.get("entries", []) for _ in range(2)]
    return answer


SCOPES = "Request had insufficient authentication scopes."

FAULTS = {
    **{name: ANY_FAULTS[name] for name in ANY},
    # errors of the service
    "internal": error(500, "INTERNAL"),
    "unavailable": error(503, "UNAVAILABLE", headers=(("Retry-After", "7"),)),
    "deadline-exceeded": error(504, "DEADLINE_EXCEEDED"),
    "resource-exhausted": error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric "
                                "'Read requests'", "RATE_LIMIT_EXCEEDED"),
    "resource-exhausted-plain": error(429, "RESOURCE_EXHAUSTED"),
    "status-429": plain(429, headers=(("Retry-After", "3"),)),
    "scope-insufficient": error(403, "PERMISSION_DENIED", SCOPES, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    "scope-insufficient-plain": error(403, "PERMISSION_DENIED", SCOPES),
    "permission-denied": error(403, "PERMISSION_DENIED", "Permission denied for all log views"),
    "service-disabled": error(403, "PERMISSION_DENIED", "Cloud Logging API has not been used",
                              "SERVICE_DISABLED"),
    "perimeter": error(403, "PERMISSION_DENIED", "Request is prohibited by organization's policy",
                       "SECURITY_POLICY_VIOLATED"),
    "billing-disabled": error(403, "PERMISSION_DENIED", "billing", "BILLING_DISABLED"),
    "unauthenticated": error(401, "UNAUTHENTICATED", "invalid credentials", "ACCESS_TOKEN_EXPIRED"),
    "status-401": plain(401, headers=(("WWW-Authenticate", 'Bearer realm="accounts.google.com"'),)),
    "invalid-argument": error(400, "INVALID_ARGUMENT", "Unparseable filter"),
    "not-found": error(404, "NOT_FOUND", "Requested project not found"),
    "unknown-error": error(400, "SOMETHING_NEW"),
    "error-with-secrets": error(400, "x" * 500),
    # that turn pages wrongly
    "token-loop": token_loop,
    "token-huge": with_member("nextPageToken", "A" * 100000),
    "token-number": with_member("nextPageToken", 17),
    "token-object": with_member("nextPageToken", {"a": "b"}),
    "token-null": with_member("nextPageToken", None),
    "token-control-bytes": with_member("nextPageToken", "a\r\nHost: b\0"),
    "token-twice": body_of(duplicate_token),
    "entries-twice": json_of(entries_twice),
    # that are not the JSON they should be
    "malformed-json": body_of(lambda body: b'{"entries":[{"a":}]}'),
    "deep-json": body_of(lambda body: b'{"entries":[' + b"[" * 100000 + b"]" * 100000 + b"]}"),
    "deep-json-open": body_of(lambda body: b'{"entries":' + b"[{\"a\":" * 100000),
    "entries-missing": without_member("entries"),
    "entries-null": with_member("entries", None),
    "entries-object": with_member("entries", {"0": {}}),
    "error-in-200": plain(200, error_body(403, "PERMISSION_DENIED"), JSON),
    "surrogate-in-entry": hostile_text(b"a\\ud800b"),
    "nul-in-entry": hostile_text(b"a\\u0000b"),
    "invalid-utf-8-in-entry": hostile_text(b"a\xff\xfeb"),
    "big-number-in-entry": hostile_text(b'a","n":' + b"9" * 400 + b',"m":"'),
    "brackets-in-entry": hostile_text(b"]}]}{\\\"nextPageToken\\\":\\\"b25l\\\"}"),
}

METADATA_FAULTS = {
    "no-flavor": "no answer says Metadata-Flavor",
    "wrong-flavor": "every answer says Metadata-Flavor: Amazon",
    "off": "403 to everything",
    "nothing": "404 to everything",
    "hang": "no answer to anything",
    "status-503": "503 to everything",
    "status-503-once": "503 to every first request for a path",
    "redirect": "302 to elsewhere",
    "no-account": "404 below instance/service-accounts/",
    "no-scope": "the scopes that instances have by default",
    "token-short-lived": "a token that expires in ten seconds",
    "token-garbage": "a token's answer that is none",
    "token-with-line-break": "a token that would begin another header",
    "token-of-another-type": "a token that is no bearer token",
    "token-missing": "404 where the token is",
    "bad-instance": "the instance's number is '1\" OR \"\"=\"'",
    "bad-project": "the project's id is '../../x'",
    "bad-zone": "the zone is 'nowhere'",
    "bad-email": "the service account's name holds a line break",
    "bad-interfaces": "the network interfaces are no list",
    "huge-instance": "the instance's number is of 1 MiB",
}
