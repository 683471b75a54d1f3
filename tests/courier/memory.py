# SPDX-License-Identifier: Apache-2.0
"""What was a sink's secret is nowhere in the courier's memory when the delivery is over: not where
it was read, not where it was signed with, not where libcurl, jansson and the TLS library had it.
Only root may look."""
import os
import ssl
import sys
import tempfile
import time

from courier import ASK_CHECK, DELIVER, Courier, deliver, run_cases
from memory_of import writable_memory

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "standin"))
from certificates import make_certificate, make_contexts  # noqa: E402
from sink_http import client_context  # noqa: E402
from sink_receivers import Elasticsearch, Https, PagerDuty, Slack, Splunk, Teams  # noqa: E402

PATIENCE = 20
FOLDER = tempfile.TemporaryDirectory(prefix="countersign-memory.")
CONTEXTS = make_contexts(FOLDER.name)
NONE = "[identity]\nprovider = none\n[courier]\nhttps_proxy = none\nidle_exit = 1h\n"
RECORDS = [(n, f"k-{n}", b'{"uid":"k-%d"}' % n) for n in range(5)]


def secret(word):
    """As long as a token, and found nowhere by accident."""
    return f"CANARY-{word}-{os.urandom(12).hex()}"


def write(name, text):
    path = os.path.join(FOLDER.name, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.chmod(path, 0o600)
    return path


def forms(text):
    """As it is, and in the halves that a buffer which grew may leave."""
    half = len(text) // 2
    return {part.encode() for part in (text, text[:half], text[half:])}


def check_forgotten(courier, secrets):
    """The answer leaves before what it was made of is wiped: moments later it is gone."""
    end = time.monotonic() + PATIENCE
    while True:
        memory = writable_memory(courier.process.pid)
        assert len(memory) > 2**16, "nothing could be read"
        left = [form for text in secrets for form in forms(text) if form in memory]
        if not left:
            return
        at = memory.find(left[0])
        assert time.monotonic() < end, \
            f"{left} is still there: {memory[max(0, at - 80):at + len(left[0]) + 40]!r}"
        time.sleep(0.05)


def try_kind(program, name, make, lines, secrets):
    receiver = make(CONTEXTS["good"]).start()
    sections = [f"[sink one]\ntype = {name}\ntimeout = 10s\n"
                f"ca_file = {os.path.join(FOLDER.name, 'ca.pem')}\n"]
    if name in ("slack", "teams"):
        lines = [*lines, "url_file = " + write("url-" + name, receiver.url)]
    else:
        lines = [*lines, f"url = {receiver.url}"]
    try:
        keys = os.path.join(FOLDER.name, "keys-" + name)
        with Courier(program, NONE + sections[0] + "\n".join(lines) + "\n",
                     {"SSLKEYLOGFILE": keys}) as courier:
            for _ in range(3):
                answer = courier.ask(DELIVER, deliver("one", RECORDS))
                assert all(fate == "safe" for _, fate, _ in answer.results), answer
            check_forgotten(courier, secrets)
            courier.ask(ASK_CHECK)
            check_forgotten(courier, secrets)
            receiver.fail("status", 1, status=403)
            courier.ask(DELIVER, deliver("one", RECORDS))
            check_forgotten(courier, secrets)
            receiver.stop()
            courier.ask(DELIVER, deliver("one", RECORDS))
            check_forgotten(courier, secrets)
            assert not os.path.exists(keys), "the keys of its connections are in a file"
    finally:
        receiver.stop()


def token_case(name, make):
    def case(program):
        token = secret("TOKEN")
        path = write("token-" + name, token)
        try_kind(program, name, lambda context: make(context, token), [f"token_file = {path}"],
                 [token])
    case.__name__ = name
    return case


def signed(program):
    token, key = secret("TOKEN"), secret("HMAC")
    lines = ["token_file = " + write("token-signed", token), "hmac_key_file = " + write("hmac", key)]
    try_kind(program, "https", lambda context: Https(context, token=token, hmac_key=key.encode()),
             lines, [token, key])


def url_case(name, make):
    def case(program):
        word = secret("WEBHOOK")
        try_kind(program, name,
                 lambda context: type(name, (make,), {"scheme_path": "/" + word})(context), [],
                 [word])
    case.__name__ = name
    return case


def at(name):
    return os.path.join(FOLDER.name, name)


def client_key(program):
    """Of its PEM text no line is left; the key itself lives as long as the connection."""
    make_certificate(FOLDER.name, "client", "ca", "DNS:vm-1.example.com", 2)
    os.chmod(at("client.key"), 0o600)
    with open(at("client.key"), encoding="ascii") as file:
        lines = [line for line in file.read().split("\n") if len(line) == 64]
    context = client_context(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), at("ca.pem"))
    context.load_cert_chain(at("good.pem"), at("good.key"))
    try_kind(program, "https", lambda _: Https(context),
             [f"client_certificate_file = {at('client.pem')}",
              f"client_key_file = {at('client.key')}"], lines)


def is_seen_while_in_use(program):
    """The search finds what is there: a delivery that hangs holds its token."""
    token = secret("TOKEN")
    receiver = Https(CONTEXTS["good"], token=token).start()
    receiver.fail("hang", -1)
    try:
        with Courier(program, NONE + "[sink one]\ntype = https\ntimeout = 60s\n"
                     f"url = {receiver.url}\ntoken_file = {write('token-held', token)}\n"
                     f"ca_file = {os.path.join(FOLDER.name, 'ca.pem')}\n") as courier:
            courier.send(DELIVER, deliver("one", RECORDS))
            end = time.monotonic() + PATIENCE
            while token.encode() not in writable_memory(courier.process.pid):
                assert time.monotonic() < end, "what is in use is not found"
                time.sleep(0.05)
    finally:
        receiver.stop()


if os.geteuid() != 0:
    print("SKIP: only root may look into the memory of a process that shuts it in")
    sys.exit(77)
run_cases([
    signed, client_key, is_seen_while_in_use,
    token_case("splunk", lambda context, token: Splunk(context, token=token)),
    token_case("elasticsearch",
               lambda context, token: Elasticsearch(context, authorization="ApiKey " + token)),
    token_case("pagerduty", lambda context, token: PagerDuty(context, token=token)),
    url_case("slack", Slack), url_case("teams", Teams),
])
