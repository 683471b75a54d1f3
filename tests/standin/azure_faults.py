# SPDX-License-Identifier: Apache-2.0
"""What the stand-in for Azure can do wrong: the faults of HTTP are those of the stand-in for AWS,
those of what is said are Azure's own."""
import json

import aws_faults
from aws_faults import body_of, json_of, plain, with_member, without_member

JSON = "application/json; charset=utf-8"

# of the stand-in for AWS, of any service's HTTP, TLS and JSON
COMMON = (
    "status-500-no-body", "status-502-html", "status-503-retry-after-years", "status-504", "status-429",
    "status-401", "status-404", "status-201", "status-204-with-body", "status-206", "status-304",
    "status-999", "error-no-json", "error-deep-json", "portal-page", "hang", "hang-in-head",
    "hang-in-body", "slow-body", "reset-before", "reset-in-head", "reset-in-body",
    "close-without-answer", "length-too-long", "length-too-short", "length-twice", "length-negative",
    "length-enormous", "no-length", "chunked", "chunked-cut", "chunked-bad-size",
    "chunked-enormous-size", "garbage", "http-0.9", "http-2-preface", "two-answers", "gzip-bomb",
    "gzip-unasked", "huge-body", "endless-body", "endless-head", "long-header", "continue-flood",
    "redirect-to-metadata", "redirect-to-self", "redirect-permanent", "redirect-to-file", "empty-body",
    "truncated-json", "json-and-more", "json-list", "json-text", "byte-order-mark", "utf-16",
    "nul-bytes", "no-date", "date-garbage", "date-year-1", "connect-reset", "connect-close",
    "connect-hang", "tls-expired", "tls-wrong-host", "tls-unknown-issuer", "tls-old-version",
    "tls-plain-http", "tls-close")


def error_body(code, message="said by the stand-in"):
    return json.dumps({"error": {"code": code, "message": message}}).encode()


def error(status, code, headers=()):
    return plain(status, error_body(code), JSON, headers)


def link(make):
    """The honest page with a link to a next one: make(exchange) -> text."""
    def act(exchange):
        try:
            answer = json.loads(exchange.body)
        except ValueError:
            answer = {"value": []}
        answer["nextLink"] = make(exchange)
        exchange.send(200, exchange.headers, json.dumps(answer).encode())
    return act


def own_path(exchange):
    return exchange.handler.path


def hostile_event(text):
    """An event whose words jansson refuses, or that looks like the end of it all."""
    def make(body):
        answer = json.loads(body)
        answer["value"].append({"eventDataId": "hostile", "caller": "PLACE"})
        return json.dumps(answer).encode().replace(b"PLACE", text)
    return body_of(make)


def twice(body):
    return body.rstrip()[:-1] + b',"nextLink":"a","nextLink":"b"}'


def disguised(body):
    return body.rstrip()[:-1] + b',"next\\u004cink":"a"}'


def duplicate(answer):
    answer["value"] = [event for event in answer.get("value", []) for _ in range(2)]
    return answer


FAULTS = {name: aws_faults.FAULTS[name] for name in COMMON}
FAULTS.update({
    # errors of the service
    "internal-error": error(500, "InternalServerError"),
    "service-unavailable": error(503, "ServiceUnavailable", (("Retry-After", "7"),)),
    "server-timeout": error(504, "ServerTimeout"),
    "throttled": error(429, "SubscriptionRequestsThrottled", (("Retry-After", "17"),)),
    "throttled-no-header": error(429, "TooManyRequests"),
    "exhausted": error(503, "Busy", (("x-ms-ratelimit-remaining-subscription-reads", "0"),)),
    "authorization-failed": error(403, "AuthorizationFailed"),
    "forbidden-no-body": plain(403),
    "disallowed-by-policy": error(403, "RequestDisallowedByPolicy"),
    "expired-token": error(401, "ExpiredAuthenticationToken"),
    "invalid-token": error(401, "InvalidAuthenticationToken"),
    "wrong-audience": error(401, "InvalidAuthenticationTokenAudience"),
    "subscription-not-found": error(404, "SubscriptionNotFound"),
    "bad-request": error(400, "BadRequest"),
    "unknown-error": error(418, "SomethingNew"),
    "code-with-secrets": error(400, "x" * 500),
    "code-with-control-bytes": error(400, "a\r\nb\x1b[31m"),
    # links
    "link-elsewhere": link(lambda exchange: "https://attacker.example" + own_path(exchange)),
    "link-user-info": link(lambda exchange: exchange.standin.url("").replace("127.0.0.1", "127.0.0.1:x@"
                           "attacker.example") + own_path(exchange)),
    "link-host-longer": link(lambda exchange: exchange.standin.url("") + "9" + own_path(exchange)),
    "link-other-scheme": link(lambda exchange: "file://" + own_path(exchange)),
    "link-downgrade": link(lambda exchange: exchange.standin.url(own_path(exchange)).replace(
        "https://", "http://") if exchange.standin.options.tls else "http://127.0.0.1:1/"),
    "link-to-metadata": link(lambda exchange: "http://169.254.169.254" + own_path(exchange)),
    "link-relative": link(own_path),
    "link-other-list": link(lambda exchange: exchange.standin.url("/subscriptions?api-version=2020-01-01")),
    "link-other-subscription": link(lambda exchange: exchange.standin.url(own_path(exchange).replace(
        exchange.standin.options.subscription, "99999999-9999-4999-8999-999999999999"))),
    "link-control-bytes": link(lambda exchange: exchange.standin.url(own_path(exchange)) + "\r\nX: y"),
    "link-nul": link(lambda exchange: exchange.standin.url(own_path(exchange)) + "\0"),
    "link-fragment": link(lambda exchange: exchange.standin.url(own_path(exchange)) + "#x"),
    "link-huge": link(lambda exchange: exchange.standin.url(own_path(exchange)) + "A" * 100000),
    "link-to-itself": link(lambda exchange: exchange.standin.url(own_path(exchange))),
    "link-number": with_member("nextLink", 17),
    "link-object": with_member("nextLink", {"a": "b"}),
    "link-null": with_member("nextLink", None),
    "link-empty": with_member("nextLink", ""),
    "link-twice": body_of(twice),
    "link-disguised": body_of(disguised),
    # pages
    "value-missing": without_member("value"),
    "value-null": with_member("value", None),
    "value-object": with_member("value", {"0": {}}),
    "duplicate-events": json_of(duplicate),
    "deep-json": body_of(lambda body: b'{"value":[' + b"[" * 100000 + b"]" * 100000 + b"]}"),
    "deep-json-open": body_of(lambda body: b'{"value":' + b"[{\"a\":" * 100000),
    "surrogate-in-event": hostile_event(b"a\\ud800b"),
    "nul-in-event": hostile_event(b"a\\u0000b"),
    "invalid-utf-8-in-event": hostile_event(b"a\xff\xfeb"),
    "big-number-in-event": hostile_event(b'a","n":' + b"9" * 400 + b',"m":"'),
    "brackets-in-event": hostile_event(b"]}]}{\\\"nextLink\\\":\\\"b25l\\\"}"),
})

# of instance metadata
IMDS_FAULTS = {
    "off": "404 to everything",
    "forbidden": "403 to everything",
    "status-500": "500 to everything",
    "busy": "429 to everything",
    "hang": "no answer to anything",
    "moving": "410 twice, then all is well",
    "updating": "404 twice, then all is well",
    "garbage": "an instance document that is none",
    "huge": "an instance document of 1 MiB",
    "no-resource-id": "an instance document without resourceId",
    "bad-resource-id": "a resourceId that is none",
    "other-subscription": "a subscriptionId that is not resourceId's",
    "evil-environment": "azEnvironment is attacker.example",
    "expired": "a token that expired in 2017",
    "no-expiry": "a token that does not say when it expires",
    "no-token": "a token document without a token",
    "other-type": "a token that is no bearer token",
    "split-token": "a token with a line break in it",
    "forget-tokens": "a token that no service knows",
}
