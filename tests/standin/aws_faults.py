# SPDX-License-Identifier: Apache-2.0
"""What the stand-in can do wrong, a row each. A fault that begins with "tls-" or "connect-" happens
where a connection arrives; every other one takes the place of an answer that was ready: it gets
the exchange (what was asked, the honest answer, the raw socket) and does with it what it says."""
import gzip
import json
import random
import time

JSON = "application/x-amz-json-1.1"


def error_body(kind, message="said by the stand-in"):
    return json.dumps({"__type": kind, "message": message}).encode()


def error(status, kind, message="said by the stand-in", headers=()):
    """An AWS error of the JSON protocol, or of the query protocol where that was spoken."""
    def act(exchange):
        exchange.send_error(status, kind, message, headers)
    return act


def plain(status, body=b"", content_type="text/html", headers=()):
    def act(exchange):
        exchange.send(status, [("Content-Type", content_type), *headers], body)
    return act


def body_of(make, status=200):
    """The honest answer with another body: make(honest body) -> bytes."""
    def act(exchange):
        exchange.send(status, exchange.headers, make(exchange.body))
    return act


def parsed(body):
    """The answer as JSON; where it is none (STS, metadata) an object that stands in for it."""
    try:
        return json.loads(body)
    except ValueError:
        return {"Events": []}


def json_of(change):
    """The honest answer with its JSON changed: change(value) -> value."""
    def make(body):
        return json.dumps(change(parsed(body))).encode()
    return body_of(make)


def with_member(name, value):
    def change(answer):
        answer[name] = value
        return answer
    return json_of(change)


def without_member(name):
    def change(answer):
        answer.pop(name, None)
        return answer
    return json_of(change)


def raw(text):
    """Bytes instead of an HTTP answer."""
    def act(exchange):
        exchange.write(text)
        exchange.close()
    return act


# -- that hang, stop or cut ------------------------------------------------------------------------

def hang(exchange):
    exchange.hold()


def hang_in_head(exchange):
    exchange.write(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
    exchange.hold()


def hang_in_body(exchange):
    whole = exchange.whole()
    exchange.write(whole[:len(whole) - len(exchange.body) // 2 - 1])
    exchange.hold()


def slow_body(exchange):
    whole = exchange.whole()
    at = len(whole) - len(exchange.body)
    exchange.write(whole[:at])
    while at < len(whole) and exchange.write(whole[at:at + 1]):
        at += 1
        time.sleep(0.4)
    exchange.close()


def reset_at(share):
    """RST after a share (0 to 1) of head and body."""
    def act(exchange):
        whole = exchange.whole()
        at = exchange.fault.get("bytes", int(len(whole) * share))
        exchange.write(whole[:at])
        exchange.reset()
    return act


def close_without_answer(exchange):
    exchange.close()


def claims_longer(exchange):
    exchange.send(200, exchange.headers, exchange.body, length=len(exchange.body) + 100)
    exchange.close()


def claims_shorter(exchange):
    exchange.send(200, exchange.headers, exchange.body, length=len(exchange.body) // 2)
    exchange.close()


def length_twice(exchange):
    exchange.send(200, [*exchange.headers, ("Content-Length", "5")], exchange.body)
    exchange.close()


def length_negative(exchange):
    exchange.send(200, exchange.headers, exchange.body, length=-1)
    exchange.close()


def length_enormous(exchange):
    exchange.send(200, exchange.headers, exchange.body, length=1 << 62)
    exchange.hold()


def without_length(exchange):
    exchange.send(200, [*exchange.headers, ("Connection", "close")], exchange.body, length=None)
    exchange.close()


def chunked(tail, size=None):
    def act(exchange):
        half = len(exchange.body) // 2
        exchange.send(200, [*exchange.headers, ("Transfer-Encoding", "chunked")], b"", length=None)
        for part in (exchange.body[:half], exchange.body[half:]):
            exchange.write((size or f"{len(part):x}".encode()) + b"\r\n" + part + b"\r\n")
        exchange.write(tail)
        if not tail.startswith(b"0"):
            exchange.close()
    return act


# -- that are too much -----------------------------------------------------------------------------

def gzip_bomb(exchange):
    body = gzip.compress(b" " * (64 << 20), 9)
    exchange.send(200, [*exchange.headers, ("Content-Encoding", "gzip")], body)


def gzip_unasked(exchange):
    exchange.send(200, [*exchange.headers, ("Content-Encoding", "gzip")], gzip.compress(exchange.body))


def huge_body(exchange):
    exchange.send(200, exchange.headers, b'{"Events":[' + b" " * (9 << 20) + b"]}")


def endless_body(exchange):
    exchange.send(200, [*exchange.headers, ("Connection", "close")], b'{"Events":[', length=None)
    while exchange.write(b" " * 65536):
        pass


def endless_head(exchange):
    exchange.write(b"HTTP/1.1 200 OK\r\n")
    while exchange.write(b"X-Filler: " + b"x" * 1000 + b"\r\n"):
        pass


def long_header(exchange):
    exchange.send(200, [*exchange.headers, ("X-Filler", "x" * 200000)], exchange.body)


def continue_flood(exchange):
    while exchange.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 50):
        pass


# -- that lead elsewhere ---------------------------------------------------------------------------

def redirect(status, place):
    def act(exchange):
        target = place if "://" in place else exchange.standin.url(place)
        exchange.send(status, [("Location", target)], b"")
    return act


# -- that turn pages wrongly -----------------------------------------------------------------------

def tokens_endless(exchange):
    answer = parsed(exchange.body)
    answer["NextToken"] = exchange.standin.token_for(exchange.request)
    exchange.send(200, exchange.headers, json.dumps(answer).encode())


def token_loop(exchange):
    """Every page says that the page after it is itself."""
    answer = parsed(exchange.body)
    answer["NextToken"] = (exchange.request.get("NextToken") or
                           exchange.standin.token_for(exchange.request))
    exchange.send(200, exchange.headers, json.dumps(answer).encode())


def duplicate_events(answer):
    answer["Events"] = [event for event in answer.get("Events", []) for _ in range(2)]
    return answer


def shuffle_events(answer):
    random.Random(7).shuffle(answer.get("Events", []))
    return answer


def hostile_text(text):
    """An event whose words jansson refuses, or that looks like the end of it all."""
    def make(body):
        answer = parsed(body)
        answer.setdefault("Events", []).append({"EventId": "hostile", "EventName": "PLACE"})
        return json.dumps(answer).encode().replace(b"PLACE", text)
    return body_of(make)


def duplicate_token(body):
    return body.rstrip()[:-1] + b',"NextToken":"b25l","NextToken":"dHdv"}'


def disguised_token(body):
    return body.rstrip()[:-1] + b',"Next\\u0054oken":"b25l"}'


# -- clocks ----------------------------------------------------------------------------------------

def skewed(seconds, kind, words):
    def act(exchange):
        exchange.date_offset = seconds
        exchange.send_error(403, kind, words)
    return act


def without_date(exchange):
    exchange.date_offset = None
    exchange.send(200, exchange.headers, exchange.body)


def date_of(text):
    def act(exchange):
        exchange.date_offset = None
        exchange.send(200, [*exchange.headers, ("Date", text)], exchange.body)
    return act


DENIED = "User: arn:aws:sts::111122223333:assumed-role/web/i-0 is not authorized to perform: it"

FAULTS = {
    # errors of the service
    "internal-failure": error(500, "InternalFailure"),
    "status-500-no-body": plain(500),
    "status-502-html": plain(502, b"<html><h1>Bad Gateway</h1></html>"),
    "service-unavailable": error(503, "ServiceUnavailable"),
    "slow-down": error(503, "SlowDown", headers=(("Retry-After", "7"),)),
    "status-503-retry-after-years": plain(503, headers=(("Retry-After", "999999999"),)),
    "status-504": plain(504),
    "throttling": error(400, "ThrottlingException", "Rate exceeded"),
    "throttling-prefix": error(400, "com.amazonaws.cloudtrail.v20131101#ThrottlingException"),
    "status-429": plain(429, headers=(("Retry-After", "3"),)),
    "access-denied": error(400, "AccessDeniedException", DENIED),
    "access-denied-by-policy": error(
        400, "AccessDeniedException",
        DENIED + " with an explicit deny in a service control policy"),
    "access-denied-in-header": plain(
        400, b"{}", JSON, (("x-amzn-ErrorType", "AccessDeniedException:http://internal/doc"),)),
    "operation-not-permitted": error(400, "OperationNotPermittedException"),
    "expired-token": error(403, "ExpiredTokenException", "The security token is expired"),
    "unrecognized-client": error(403, "UnrecognizedClientException"),
    "invalid-client-token": error(403, "InvalidClientTokenId"),
    "invalid-signature": error(403, "InvalidSignatureException",
                               "The Canonical String should have been 'POST\n/\n\n'"),
    "signature-expired": skewed(3600, "InvalidSignatureException", "Signature expired: now earlier"),
    "signature-not-yet-current": skewed(-3600, "InvalidSignatureException",
                                        "Signature not yet current: still later"),
    "request-time-too-skewed": skewed(86400 * 365, "RequestTimeTooSkewed", "too large"),
    "invalid-next-token": error(400, "InvalidNextTokenException"),
    "validation-error": error(400, "ValidationException"),
    "invalid-time-range": error(400, "InvalidTimeRangeException"),
    "unknown-error": error(400, "SomethingNewException"),
    "error-type-with-secrets": error(400, "x" * 500),
    "error-no-json": plain(400, b"\x00\xff<not json", JSON),
    "error-deep-json": plain(400, b"[" * 5000, JSON),
    "status-401": plain(401, b"", headers=(("WWW-Authenticate", 'Basic realm="portal"'),)),
    "status-404": plain(404),
    # other statuses
    "status-201": body_of(lambda body: body, 201),
    "status-204-with-body": body_of(lambda body: body, 204),
    "status-206": body_of(lambda body: body, 206),
    "status-304": plain(304),
    "status-999": plain(999),
    "portal-page": plain(200, b"<html>Please log in to the network</html>"),
    # that hang, stop or cut
    "hang": hang,
    "hang-in-head": hang_in_head,
    "hang-in-body": hang_in_body,
    "slow-body": slow_body,
    "reset-before": reset_at(0),
    "reset-in-head": reset_at(0.05),
    "reset-in-body": reset_at(0.9),
    "close-without-answer": close_without_answer,
    "length-too-long": claims_longer,
    "length-too-short": claims_shorter,
    "length-twice": length_twice,
    "length-negative": length_negative,
    "length-enormous": length_enormous,
    "no-length": without_length,
    "chunked": chunked(b"0\r\n\r\n"),
    "chunked-cut": chunked(b""),
    "chunked-bad-size": chunked(b"", b"zz"),
    "chunked-enormous-size": chunked(b"", b"ffffffffffffffffff"),
    "garbage": raw(b"\x16\x03\x01\x02\x00" + bytes(range(256)) * 4),
    "http-0.9": raw(b'{"Events":[]}'),
    "http-2-preface": raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"),
    "two-answers": lambda exchange: (exchange.write(exchange.whole() * 2), exchange.close()),
    # that are too much
    "gzip-bomb": gzip_bomb,
    "gzip-unasked": gzip_unasked,
    "huge-body": huge_body,
    "endless-body": endless_body,
    "endless-head": endless_head,
    "long-header": long_header,
    "continue-flood": continue_flood,
    # that lead elsewhere
    "redirect-to-metadata": redirect(302, "http://169.254.169.254/latest/meta-data/"),
    "redirect-to-self": redirect(307, "/followed"),
    "redirect-permanent": redirect(308, "/followed"),
    "redirect-to-file": redirect(302, "file:///etc/passwd"),
    # that turn pages wrongly
    "token-loop": token_loop,
    "token-endless": tokens_endless,
    "token-huge": with_member("NextToken", "A" * 100000),
    "token-number": with_member("NextToken", 17),
    "token-object": with_member("NextToken", {"a": "b"}),
    "token-null": with_member("NextToken", None),
    "token-control-bytes": with_member("NextToken", "a\r\nx-amz-target: b\0"),
    "token-twice": body_of(duplicate_token),
    "token-disguised": body_of(disguised_token),
    "duplicate-events": json_of(duplicate_events),
    "shuffled-events": json_of(shuffle_events),
    # that are not the JSON they should be
    "empty-body": body_of(lambda body: b""),
    "malformed-json": body_of(lambda body: b'{"Events":[{"a":}]}'),
    "truncated-json": body_of(lambda body: body[:-2]),
    "json-and-more": body_of(lambda body: body + b"{}"),
    "deep-json": body_of(lambda body: b'{"Events":[' + b"[" * 100000 + b"]" * 100000 + b"]}"),
    "deep-json-open": body_of(lambda body: b'{"Events":' + b"[{\"a\":" * 100000),
    "json-list": body_of(lambda body: b"[" + body + b"]"),
    "json-text": body_of(lambda body: b'"Events"'),
    "events-missing": without_member("Events"),
    "events-null": with_member("Events", None),
    "events-object": with_member("Events", {"0": {}}),
    "byte-order-mark": body_of(lambda body: b"\xef\xbb\xbf" + body),
    "utf-16": body_of(lambda body: body.decode().encode("utf-16")),
    "nul-bytes": body_of(lambda body: body.replace(b"{", b"\0{", 1)),
    "surrogate-in-event": hostile_text(b"a\\ud800b"),
    "nul-in-event": hostile_text(b"a\\u0000b"),
    "invalid-utf-8-in-event": hostile_text(b"a\xff\xfeb"),
    "big-number-in-event": hostile_text(b'a","n":' + b"9" * 400 + b',"m":"'),
    "brackets-in-event": hostile_text(b"]}]}{\\\"NextToken\\\":\\\"b25l\\\"}"),
    # clocks
    "no-date": without_date,
    "date-garbage": date_of("yesterday"),
    "date-year-1": date_of("Mon, 01 Jan 0001 00:00:00 GMT"),
    # where the connection arrives
    "connect-reset": None,
    "connect-close": None,
    "connect-hang": None,
    "tls-expired": None,
    "tls-wrong-host": None,
    "tls-unknown-issuer": None,
    "tls-old-version": None,
    "tls-plain-http": None,
    "tls-close": None,
}
# of instance metadata
IMDS_FAULTS = {
    "hop-limit": "the answer to PUT never arrives: what a hop limit of 1 does to a container",
    "off": "403 to everything: metadata is disabled",
    "no-role": "404 where the role's name is",
    "not-success": "credentials whose Code is not Success",
    "expired": "credentials that expired in 2020",
    "no-token": "400 to every PUT",
    "forget-tokens": "401 to every GET: tokens are forgotten at once",
    "hang": "no answer to any GET",
    "status-500": "500 to every GET",
    "garbage": "an identity document that is none",
    "huge": "an identity document of 1 MiB",
    "version-1": "404 to PUT: an emulator of version 1",
    "evil-domain": "services/domain is attacker.example",
    "bad-region": "the document's region is '../../x'",
}
