# SPDX-License-Identifier: Apache-2.0
"""Checks AWS Signature Version 4 of a request that arrived: by this file's own HMAC and, where
botocore is installed (Debian: python3-botocore), by botocore over the same bytes. Both must agree."""
import hashlib
import hmac
import re

try:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    SigV4Auth = None

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})")


class Refused(Exception):
    """The request is not signed as it should be: AWS's type of error and its words."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
        self.message = message


class Signed:
    """The Authorization header, taken apart."""

    def __init__(self, headers):
        text = headers.get("Authorization")
        if text is None:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        match = AUTHORIZATION.fullmatch(text)
        if not match:
            raise Refused("IncompleteSignatureException", "Authorization header is not understood")
        self.key, self.day, self.region, self.service, names, self.signature = match.groups()
        self.names = names.split(";")
        self.date = headers.get("X-Amz-Date", "")


def canonical(method, path, headers, names, body):
    lines = [method, path, ""]
    for name in names:
        values = headers.get_all(name) or []
        lines.append(name + ":" + ",".join(" ".join(value.split()) for value in values))
    lines += ["", ";".join(names), hashlib.sha256(body).hexdigest()]
    return "\n".join(lines)


def own_signature(signed, text, secret):
    scope = f"{signed.day}/{signed.region}/{signed.service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", signed.date, scope,
                         hashlib.sha256(text.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in (signed.day, signed.region, signed.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def botocore_signature(signed, method, url, headers, body, key_id, secret):
    """What botocore itself would put there for the headers that were signed."""
    request = AWSRequest(method=method, url=url, data=body)
    for name in signed.names:
        if name != "host":
            request.headers[name] = headers.get(name, "")
    request.context["timestamp"] = signed.date
    signer = SigV4Auth(Credentials(key_id, secret), signed.service, signed.region)
    text = signer.canonical_request(request)
    return signer.signature(signer.string_to_sign(request, text), request)


def verify(signed, method, path, headers, body, secret):
    """Raises Refused unless the signature is right and covers every x-amz-* header."""
    unsigned = [name.lower() for name in headers.keys()
                if name.lower().startswith("x-amz-") and name.lower() not in signed.names]
    for name in ("host", "x-amz-date"):
        if name not in signed.names:
            unsigned.append(name)
    if unsigned:
        raise Refused("InvalidSignatureException",
                      f"There were headers present in the request which were not signed: {unsigned}")
    absent = [name for name in signed.names if headers.get(name) is None]
    if absent:
        raise Refused("InvalidSignatureException",
                      f"'{absent[0]}' is named as a SignedHeader, but it does not exist in the request")
    if signed.names != sorted(signed.names) or not signed.date.startswith(signed.day):
        raise Refused("InvalidSignatureException", "the scope or the order of headers is wrong")
    text = canonical(method, path, headers, signed.names, body)
    wanted = {own_signature(signed, text, secret)}
    if SigV4Auth:
        wanted.add(botocore_signature(signed, method, "http://" + headers["Host"] + path, headers,
                                      body, signed.key, secret))
    if wanted != {signed.signature}:
        # AWS quotes the canonical string, session token and all: nothing of it may be passed on
        raise Refused("InvalidSignatureException",
                      "The request signature we calculated does not match the signature you provided. "
                      f"The Canonical String for this request should have been\n'{text}'\n")
