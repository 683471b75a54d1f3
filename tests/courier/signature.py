# SPDX-License-Identifier: Apache-2.0
"""sigv4.c against botocore: random requests of the form that is sent, signed by both. The seed is
fixed, so that every run makes the same ones."""
import json
import random
import subprocess
import sys
from datetime import datetime, timezone

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

COUNT = 1000
PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7f))
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
chance = random.Random(20260128)


def some(letters, least, most):
    return "".join(chance.choice(letters) for _ in range(chance.randint(least, most)))


def value():
    """A header's value, with blanks where they may be."""
    words = [some(PRINTABLE, 1, 12) for _ in range(chance.randint(1, 5))]
    inner = words[0] + "".join(" " * chance.randint(1, 3) + word for word in words[1:])
    return " " * chance.randint(0, 2) + inner + " " * chance.randint(0, 2)


def make():
    moment = datetime.fromtimestamp(chance.randint(1, 4102444800), timezone.utc)
    host = some("abcdefghijklmnopqrstuvwxyz0123456789-", 1, 20) + ".example.com"
    if chance.random() < 0.4:
        host += f":{chance.randint(1024, 65535)}"
    headers = [("host", host), ("content-type", chance.choice(
        ["application/x-amz-json-1.1", "application/x-www-form-urlencoded; charset=utf-8"])),
        ("x-amz-date", moment.strftime("%Y%m%dT%H%M%SZ"))]
    token = some(BASE64, 20, 1500) if chance.random() < 0.8 else ""
    if token:
        headers.append(("x-amz-security-token", token))
    if chance.random() < 0.8:
        headers.append(("x-amz-target", some(PRINTABLE, 1, 90)))
    names = {name for name, _ in headers}
    for _ in range(chance.randint(0, 5)):
        name = "x-amz-" + some("abcdefghijklmnopqrstuvwxyz-", 1, 12)
        if name not in names:
            names.add(name)
            headers.append((name, value()))
    chance.shuffle(headers)
    # whatever the text: it is the bytes that are signed
    body = some(PRINTABLE + " \n\t\u00e9\u4e16\U0001f511", 0, 3000)
    return {"method": chance.choice(["POST", "PUT", "GET"]), "headers": headers, "body": body,
            "region": some("abcdefghijklmnopqrstuvwxyz-0123456789", 1, 20),
            "service": chance.choice(["cloudtrail", "ssm", "sts", some("abcdefgh-", 1, 12)]),
            "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "key_id": some(BASE64[:62], 16, 32),
            "secret": some(PRINTABLE, 16, 200), "token": token}


def sign(one):
    """As botocore does it, every header signed."""
    host = dict(one["headers"])["host"]
    request = AWSRequest(method=one["method"], url=f"https://{host}/", data=one["body"].encode())
    for name, text in one["headers"]:
        if name != "host":
            request.headers[name] = text
    stamp = dict(one["headers"])["x-amz-date"]
    request.context["timestamp"] = stamp
    signer = SigV4Auth(Credentials(one["key_id"], one["secret"]), one["service"], one["region"])
    text = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, text), request)
    names = ";".join(sorted(name for name, _ in one["headers"]))
    return (f"AWS4-HMAC-SHA256 Credential={one['key_id']}/{stamp[:8]}/{one['region']}/"
            f"{one['service']}/aws4_request, SignedHeaders={names}, Signature={signature}")


def main():
    requests = [make() for _ in range(COUNT)]
    text = "".join(json.dumps(one) + "\n" for one in requests)
    done = subprocess.run([sys.argv[1]], input=text.encode(), stdout=subprocess.PIPE, check=False)
    got = done.stdout.decode().splitlines()
    wrong = 0
    for one, mine in zip(requests, got):
        theirs = sign(one)
        if mine != theirs:
            wrong += 1
            if wrong < 4:
                print("differs:", json.dumps(one)[:1500], "\n  got", mine, "\n want", theirs)
    print(f"{len(got)} of {COUNT} requests signed, {wrong} otherwise than botocore")
    return done.returncode != 0 or len(got) != COUNT or wrong > 0


if __name__ == "__main__":
    sys.exit(main())
