# SPDX-License-Identifier: Apache-2.0
"""Every kind of sink against a stand-in for its receiver, healthy and going wrong in every way. A
small daemon keeps records until they are safe: at the end each record that could be taken is there,
nothing is there that was not sent, and what is there twice has the same key."""
import json
import os
import ssl
import sys
import tempfile
import threading

from courier import ASK_CHECK, DELIVER, Courier, deliver, run_cases

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "standin"))
from certificates import make_certificate, make_contexts  # noqa: E402
from sink_http import client_context  # noqa: E402
from sink_receivers import Elasticsearch, Https, PagerDuty, Slack, Splunk, Teams  # noqa: E402
from sink_syslog import Syslog  # noqa: E402

TOKEN = "11111111-2222-3333-4444-SECRETTOKEN"
RECORDS, BATCH = 10, 5
FOLDER = tempfile.TemporaryDirectory(prefix="countersign-sinks.")
COUNTS = {"cases": 0, "records": 0, "safe": 0, "refused": 0, "sendings": 0, "again": 0, "twice": 0}
COUNTS_LOCK = threading.Lock()


def at(name):
    return os.path.join(FOLDER.name, name)


def write(name, data, mode=0o600):
    with open(at(name), "wb") as file:
        file.write(data)
    os.chmod(at(name), mode)
    return at(name)


CONTEXTS = make_contexts(FOLDER.name)
make_certificate(FOLDER.name, "client", "ca", "DNS:vm-1.example.com", 2)
TOKEN_FILE = write("token", TOKEN.encode() + b"\n")
KEY = b"signing\0key"
KEY_FILE = write("hmac", KEY)


def record(number, word=""):
    key = f"k{word}-{number}"
    return number, key, json.dumps({"uid": key, "who": "grüße" if number == 3 else "a"},
                                   ensure_ascii=False).encode()


class Kind:
    """One kind of sink: its stand-in, and the lines of its section."""

    def __init__(self, name, make, lines=(), is_tls=True, is_one_by_one=False):
        self.name, self.make, self.lines = name, make, lines
        self.is_tls, self.is_one_by_one = is_tls, is_one_by_one
        self.is_http = not name.startswith("syslog")
        self.type = name.split("-")[0]

    def section(self, receiver, sink="one", timeout="2s", more=()):
        lines = [f"[sink {sink}]", f"type = {self.type}", f"timeout = {timeout}", *self.lines, *more]
        if self.is_http and self.type in ("slack", "teams"):
            lines.append("url_file = " + write(f"url-{receiver.port}", receiver.url.encode()))
        else:
            lines.append(f"url = {receiver.url}")
        if self.is_tls:
            lines.append(f"ca_file = {at('ca.pem')}")
        return "\n".join(lines) + "\n"

    def start(self, **options):
        return self.make(CONTEXTS["good"] if self.is_tls else None, **options).start()


def syslog_at(kind):
    def make(context, **_):
        path = None
        if kind in ("stream", "datagram"):
            with COUNTS_LOCK:
                COUNTS["sockets"] = COUNTS.get("sockets", 0) + 1
                path = at(f"log{COUNTS['sockets']}")
        return Syslog(kind, context, path)
    return make


def with_options(receiver, **fixed):
    return lambda context, **options: receiver(context, **{**fixed, **options})


KINDS = [
    Kind("https", with_options(Https, token=TOKEN, hmac_key=KEY),
         [f"token_file = {TOKEN_FILE}", f"hmac_key_file = {KEY_FILE}"]),
    Kind("https-plain", Https, is_tls=False),
    Kind("splunk", with_options(Splunk, token=TOKEN), [f"token_file = {TOKEN_FILE}"]),
    Kind("splunk-acknowledge", with_options(Splunk, token=TOKEN, acknowledge=True, polls=2),
         [f"token_file = {TOKEN_FILE}", "acknowledge = yes"]),
    Kind("elasticsearch", with_options(Elasticsearch, authorization="ApiKey " + TOKEN),
         [f"token_file = {TOKEN_FILE}"]),
    Kind("slack", Slack, is_one_by_one=True),
    Kind("teams", Teams, is_one_by_one=True),
    Kind("teams-workflow", with_options(Teams, workflow=True), is_one_by_one=True),
    Kind("pagerduty", with_options(PagerDuty, token=TOKEN), [f"token_file = {TOKEN_FILE}"],
         is_one_by_one=True),
    Kind("syslog-tls", syslog_at("tls")),
    Kind("syslog-tcp", syslog_at("tcp"), is_tls=False),
    Kind("syslog-stream", syslog_at("stream"), is_tls=False),
    Kind("syslog-datagram", syslog_at("datagram"), is_tls=False),
]


def kind_named(name):
    return next(kind for kind in KINDS if kind.name == name)


class Daemon:
    """Keeps records until they are safe or refused, as countersignd does."""

    def __init__(self, courier, records, sink="one"):
        self.courier, self.sink, self.waiting = courier, sink, list(records)
        self.safe, self.refused, self.answers, self.again = [], [], [], 0

    def send(self):
        batch = self.waiting[:BATCH]
        answer = self.courier.ask(DELIVER, deliver(self.sink, batch))
        self.take(batch, answer)
        return answer

    def take(self, batch, answer):
        self.answers.append(answer)
        assert TOKEN.encode() not in answer.raw and b"XXXXSECRETXXXX" not in answer.raw, answer
        assert answer.results or answer.outcome != "ok", answer
        assert not answer.results or [one[0] for one in answer.results] == [r[0] for r in batch]
        for sent, (_, fate, detail) in zip(batch, answer.results):
            assert fate == "safe" or detail, "without a reason"
            if fate == "again":
                self.again += 1
                continue
            self.waiting.remove(sent)
            (self.safe if fate == "safe" else self.refused).append(sent[1])

    def send_all(self, most=40):
        for _ in range(most):
            if not self.waiting:
                return
            self.send()
        raise AssertionError(f"still waiting: {self.waiting}, {self.answers[-1]}")


def count(daemon, receiver):
    keys = receiver.keys()
    with COUNTS_LOCK:
        COUNTS["cases"] += 1
        COUNTS["records"] += len(daemon.safe) + len(daemon.refused)
        COUNTS["safe"] += len(daemon.safe)
        COUNTS["refused"] += len(daemon.refused)
        COUNTS["sendings"] += len(daemon.answers)
        COUNTS["again"] += daemon.again
        COUNTS["twice"] += len(keys) - len(set(keys))


def wait_for(holds):
    """What a receiver has read, it is about to take."""
    for _ in range(1000):
        if holds():
            return
        threading.Event().wait(0.02)


def settle(daemon, receiver, refused=()):
    """Nothing is missing, nothing else is there."""
    wanted = {record(n)[1] for n in range(RECORDS)} - set(refused)
    wait_for(lambda: set(receiver.keys()) >= wanted)
    assert set(daemon.safe) == wanted, (daemon.safe, daemon.refused)
    assert set(daemon.refused) == set(refused), daemon.refused
    assert set(receiver.keys()) == wanted, (sorted(receiver.keys()), sorted(wanted))
    assert not receiver.complaints, receiver.complaints[:3]
    count(daemon, receiver)


def run(program, kind, break_it, mend=None, check_first=None, **options):
    """Breaks the receiver, sends, looks at the first answer, mends it, sends until all is done;
    another sink is served meanwhile."""
    receiver, other = kind.start(**options), kind_named("https-plain").start()
    try:
        config = kind.section(receiver) + kind_named("https-plain").section(other, "other")
        if break_it:
            break_it(receiver)
        with Courier(program, NONE + config) as courier:
            daemon = Daemon(courier, [record(n) for n in range(RECORDS)])
            undisturbed = Daemon(courier, [record(n) for n in range(RECORDS)], "other")
            first = courier.send(DELIVER, deliver("one", daemon.waiting[:BATCH]))
            second = courier.send(DELIVER, deliver("other", undisturbed.waiting[:BATCH]))
            answers = {}
            for _ in range(2):
                got = courier.receive()
                answers[got.number] = got
            undisturbed.take(undisturbed.waiting[:BATCH], answers[second])
            assert len(undisturbed.safe) == BATCH, answers[second]
            daemon.take(daemon.waiting[:BATCH], answers[first])
            if check_first:
                check_first(answers[first])
            if mend:
                mend(receiver)
            daemon.send_all()
            settle(daemon, receiver, options.get("poison", ()))
    finally:
        receiver.stop()
        other.stop()


NONE = "[identity]\nprovider = none\n[courier]\nhttps_proxy = none\n"


def expect(outcome, retry_after=None):
    def check(answer):
        assert answer.outcome == outcome, answer
        assert {fate for _, fate, _ in answer.results} == {"again"}, answer.results
        assert answer.detail
        if retry_after is not None:
            assert answer.retry_after == retry_after, answer.retry_after
    return check


def stop(receiver):
    receiver.stop()


def start(receiver):
    receiver.start()


def heal(receiver):
    receiver.heal()


def status(number, *headers, body=b""):
    return lambda receiver: receiver.fail("status", -1, status=number, headers=headers, body=body)


def with_certificate(name):
    def change(receiver):
        (receiver.server if hasattr(receiver, "server") else receiver).context = CONTEXTS[name]
    return change


def http_cases():
    rows = [
        ("dies-mid-batch", lambda r: r.fail("dies", -1), heal, expect("unreachable")),
        ("takes-and-dies", lambda r: r.fail("dies-after"), None, expect("unreachable")),
        ("slow", lambda r: r.fail("slow", pace=0.02), heal, None),
        ("answers-never", lambda r: r.fail("hang", -1), heal, expect("unreachable")),
        ("garbage", lambda r: r.fail("garbage", -1, bytes=b"\0" * 999), heal, expect("unreachable")),
        ("404", status(404), heal, expect("bad-answer")),
        ("405", status(405), heal, expect("bad-answer")),
        ("401", status(401), heal, expect("no-credentials")),
        ("403", status(403), heal, expect("no-credentials")),
        ("408", status(408), heal, expect("unreachable")),
        ("429", status(429, ("Retry-After", "7")), heal, expect("throttled", 7)),
        ("429-for-hours", status(429, ("Retry-After", "80000")), heal, expect("throttled", 900)),
        ("500", status(500), heal, expect("unreachable")),
        ("503-later", status(503, ("Retry-After", "3")), heal, expect("unreachable", 3)),
        ("302", status(302, ("Location", "http://127.0.0.1:1/")), heal, expect("bad-answer")),
        ("long-answer", status(200, body=b"x" * (2 << 20)), heal, expect("bad-answer")),
    ]
    return rows


def at_least_one_poison(answer):
    fates = [fate for _, fate, _ in answer.results]
    assert "refused" in fates, fates


def cases_of(kind):
    """(name, arguments of run) of all ways to go wrong."""
    yield "healthy", {"break_it": None}
    yield "down-at-start", {"break_it": stop, "mend": start, "check_first": expect("unreachable")}
    if kind.is_http:
        for name, break_it, mend, check in http_cases():
            if name == "takes-and-dies" and kind.name == "splunk-acknowledge":
                mend = heal
            yield name, {"break_it": break_it, "mend": mend, "check_first": check}
        yield "poison", {"break_it": None, "check_first": at_least_one_poison,
                         "poison": ["k-2", "k-4"]}
    else:
        for name in "dies", "slow", "hang", "hang-up":
            if kind.name == "syslog-datagram" and name in ("dies", "hang-up"):
                continue
            # what is in the kernel of a receiver by TCP that hangs is delivered, and will be read
            is_safe = kind.name == "syslog-tcp" or name in ("dies", "slow")
            yield name, {"break_it": lambda r, name=name: r.fail(name), "mend": heal,
                         "check_first": None if is_safe else expect("unreachable")}
    if kind.is_tls:
        for name in "tls-expired", "tls-wrong-host", "tls-unknown-issuer", "tls-old-version":
            yield name, {"break_it": with_certificate(name), "mend": with_certificate("good"),
                         "check_first": expect("unreachable")}


def make_case(kind, name, arguments):
    def case(program):
        run(program, kind, **arguments)
    case.__name__ = f"{kind.name}:{name}"
    return case


# ---- what only one of them does ----------------------------------------------------------------

def one(program, name, lines=(), records=RECORDS, break_it=None, **options):
    """All records through one kind; its daemon and receiver."""
    kind = kind_named(name)
    receiver = kind.start(**options)
    try:
        if break_it:
            break_it(receiver)
        with Courier(program, NONE + kind.section(receiver, more=lines)) as courier:
            daemon = Daemon(courier, [record(n) for n in range(records)])
            daemon.send_all()
            return daemon, receiver
    finally:
        receiver.stop()


def batches_are_one_request(program):
    for name in "https", "splunk", "elasticsearch":
        _, receiver = one(program, name)
        assert len(receiver.requests) == RECORDS // BATCH, len(receiver.requests)
    _, receiver = one(program, "slack")
    assert len(receiver.requests) == RECORDS


def too_large_together(program):
    daemon, receiver = one(program, "https", most=100)
    settle(daemon, receiver)
    assert len(daemon.answers) == RECORDS // BATCH
    daemon, receiver = one(program, "https", most=3)
    assert len(daemon.refused) == RECORDS and not receiver.keys()


def only_the_culprits_again(program):
    """Elasticsearch: those that were created are not sent again, and doubles are none."""
    daemon, receiver = one(program, "elasticsearch", busy={"k-1": 2, "k-7": 1})
    settle(daemon, receiver)
    sent = "".join(body.decode() for _, _, body in receiver.requests)
    assert sent.count('"_id":"k-0"') == 1 and sent.count('"_id":"k-1"') == 3, sent
    daemon, receiver = one(program, "elasticsearch", break_it=lambda r: r.fail("dies-after"))
    settle(daemon, receiver)
    assert len(receiver.keys()) == RECORDS, "created twice"


def bulk_answers_that_do_not_fit(program):
    answers = [b"", b"{}", b'{"items":[]}', b'{"items":{}}', b"[" * 9999,
               json.dumps({"items": [{"create": {"_id": "x", "status": 201}}] * BATCH}).encode(),
               json.dumps({"items": [{"index": {"_id": f"k-{n}", "status": 201}}
                                     for n in range(BATCH)]}).encode(),
               json.dumps({"items": [{"create": {"_id": f"k-{n}", "status": "201"}}
                                     for n in range(BATCH)]}).encode()]
    for answer in answers:
        daemon, receiver = one(program, "elasticsearch",
                               break_it=lambda r, a=answer: r.fail("status", status=200, body=a))
        assert daemon.answers[0].outcome == "bad-answer", daemon.answers[0]
        settle(daemon, receiver)


def acknowledged_late_or_never(program):
    """A batch that was taken and never indexed is sent again; one that is late is not."""
    daemon, receiver = one(program, "splunk-acknowledge", lines=["retry_first = 1s"], loses=1)
    assert daemon.answers[0].outcome == "unreachable", daemon.answers[0]
    assert "acknowledged" in daemon.answers[0].detail, daemon.answers[0]
    settle(daemon, receiver)
    assert len(receiver.channels) == 1, "a channel of its own for each request"
    late, receiver = one(program, "splunk-acknowledge", polls=6)
    settle(late, receiver)
    assert len(receiver.keys()) == RECORDS, "indexed twice"


def splunk_codes(program):
    for code, http, outcome in ((4, 403, "no-credentials"), (7, 400, "no-credentials"),
                                (9, 503, "throttled"), (8, 500, "unreachable"),
                                (14, 400, "bad-answer"), (0, 500, "bad-answer"),
                                (77, 200, "bad-answer")):
        daemon, receiver = one(program, "splunk", break_it=lambda r, c=code, h=http: r.fail(
            "status", status=h, body=json.dumps({"text": "x", "code": c})))
        assert daemon.answers[0].outcome == outcome, (code, daemon.answers[0])
        settle(daemon, receiver)


def teams_trap(program):
    """200, and in the text that it failed."""
    words = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP " \
            "error %d with ContextId tcid=0"
    for number, outcome in ((429, "throttled"), (500, "unreachable"), (403, "no-credentials")):
        daemon, receiver = one(program, "teams", break_it=lambda r, n=number: r.fail(
            "status", status=200, body=(words % n).encode()))
        assert daemon.answers[0].outcome == outcome, daemon.answers[0]
        settle(daemon, receiver)
    daemon, _ = one(program, "teams", break_it=lambda r: r.fail(
        "status", status=200, body=(words % 413).encode()))
    assert daemon.refused == ["k-0"], daemon.refused


def slack_words(program):
    for number, body, outcome in ((403, "invalid_token", "no-credentials"), (404, "no_team", "bad-answer"),
                                  (200, "not ok", "bad-answer"), (400, "other", "bad-answer")):
        daemon, receiver = one(program, "slack", break_it=lambda r, n=number, b=body: r.fail(
            "status", status=n, body=b.encode()))
        assert daemon.answers[0].outcome == outcome, (body, daemon.answers[0])
        settle(daemon, receiver)


def wrong_routing_key(program):
    kind = kind_named("pagerduty")
    wrong = write("routing", b"wrong")
    receiver = kind.start()
    try:
        section = kind.section(receiver).replace(TOKEN_FILE, wrong)
        with Courier(program, NONE + section) as courier:
            daemon = Daemon(courier, [record(n) for n in range(RECORDS)])
            assert daemon.send().outcome == "no-credentials"
            assert not daemon.refused
            write("routing", TOKEN.encode())      # rotated: in use with the next sending
            daemon.send_all()
            settle(daemon, receiver)
    finally:
        receiver.stop()


def secrets_that_are_none(program):
    """A file that others may read, that is not there, empty, too long, no file, of bytes."""
    rows = [("open", TOKEN.encode(), 0o644), ("group", TOKEN.encode(), 0o640), ("empty", b"\n", 0o600),
            ("long", b"x" * 20000, 0o600), ("bytes", b"a\r\nX-Evil: b", 0o600)]
    for name, data, mode in rows:
        kind = kind_named("https")
        path = write(f"secret-{name}", data, mode)
        receiver = kind.start()
        try:
            section = kind.section(receiver).replace(TOKEN_FILE, path)
            with Courier(program, NONE + section) as courier:
                daemon = Daemon(courier, [record(n) for n in range(RECORDS)])
                answer = daemon.send()
                assert answer.outcome == "no-credentials" and path in answer.detail, answer
                assert not receiver.requests
                write(f"secret-{name}", TOKEN.encode())
                daemon.send_all()
                settle(daemon, receiver)
        finally:
            receiver.stop()
    os.mkdir(at("folder"))
    os.symlink(TOKEN_FILE, at("link"))
    for name in "folder", "link", "missing":
        kind = kind_named("https")
        receiver = kind.start()
        try:
            with Courier(program, NONE + kind.section(receiver).replace(TOKEN_FILE, at(name))) as courier:
                answer = courier.ask(DELIVER, deliver("one", [record(1)]))
                assert answer.outcome == "no-credentials", answer
        finally:
            receiver.stop()


def credentials_of_systemd(program):
    os.mkdir(at("credentials"))
    write("credentials/token", TOKEN.encode(), 0o440)
    kind = kind_named("https")
    receiver = kind.start()
    try:
        section = NONE + kind.section(receiver).replace(TOKEN_FILE, "credential:token")
        with Courier(program, section) as courier:
            assert courier.ask(DELIVER, deliver("one", [record(1)])).outcome == "no-credentials"
        with Courier(program, section, {"CREDENTIALS_DIRECTORY": at("credentials")}) as courier:
            assert courier.ask(DELIVER, deliver("one", [record(1)])).outcome == "ok"
    finally:
        receiver.stop()


def echoed_secrets(program):
    """A receiver that says what it was told is not quoted."""
    for name in "https", "splunk", "elasticsearch", "pagerduty":
        one(program, name, break_it=lambda r: r.fail("echo"), records=1)


def client_certificates(program):
    for name in "https", "syslog-tls":
        kind = kind_named(name)
        context = client_context(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), at("ca.pem"))
        context.load_cert_chain(at("good.pem"), at("good.key"))
        receiver = kind.start()
        (receiver.server if kind.is_http else receiver).context = context
        os.chmod(at("client.key"), 0o600)
        try:
            with Courier(program, NONE + kind.section(receiver)) as courier:
                answer = courier.ask(DELIVER, deliver("one", [record(1)]))
                assert answer.outcome == "unreachable", (name, answer)
            more = [f"client_certificate_file = {at('client.pem')}",
                    f"client_key_file = {at('client.key')}"]
            with Courier(program, NONE + kind.section(receiver, more=more)) as courier:
                daemon = Daemon(courier, [record(n) for n in range(RECORDS)])
                daemon.send_all()
                settle(daemon, receiver)
        finally:
            receiver.stop()


def metadata_is_no_receiver(program):
    for url in ("https://169.254.169.254/", "http://169.254.169.254/", "https://[fd00:ec2::254]/",
                "https://2852039166/", "https://[::ffff:169.254.169.254]/", "http://192.0.2.1/"):
        with Courier(program, NONE + f"[sink one]\ntype = https\ntimeout = 2s\nurl = {url}\n") as courier:
            answer = courier.ask(DELIVER, deliver("one", [record(1)]))
            assert answer.outcome == "bad-answer", (url, answer)
    for url in "tcp://169.254.169.254:514", "tls://169.254.169.254:6514":
        with Courier(program, NONE + f"[sink one]\ntype = syslog\ntimeout = 2s\nurl = {url}\n") as courier:
            answer = courier.ask(DELIVER, deliver("one", [record(1)]))
            assert answer.outcome == "unreachable", (url, answer)
            assert "metadata" in answer.detail, answer


def head_of_syslog(program):
    _, receiver = one(program, "syslog-tcp", records=1)
    wait_for(receiver.keys)
    assert receiver.last == {"priority": 13 * 8 + 4, "at": "2026-01-02T03:04:05Z", "host": "vm-1",
                             "kind": "finding", "number": 0}, receiver.last


def long_records_to_one_that_hangs(program):
    """More than the kernels on the way take: not delivered until it is read."""
    for name in "syslog-tcp", "syslog-tls", "syslog-stream":
        kind = kind_named(name)
        receiver = kind.start()
        receiver.fail("stop-reading")
        try:
            with Courier(program, NONE + kind.section(receiver)) as courier:
                long = [(n, f"k-{n}", json.dumps({"uid": f"k-{n}", "x": "y" * (1 << 20)}).encode())
                        for n in range(BATCH)]
                daemon = Daemon(courier, long)
                answer = daemon.send()
                assert answer.outcome == "unreachable" and "in time" in answer.detail, answer
                receiver.heal()
                daemon.send_all()
                wait_for(lambda r=receiver: len(set(r.keys())) == BATCH)
                assert len(set(receiver.keys())) == BATCH and not receiver.complaints
                count(daemon, receiver)
        finally:
            receiver.stop()


def syslog_sends_again_what_is_in_doubt(program):
    """What was taken by a receiver that then died goes before what is new."""
    kind = kind_named("syslog-tcp")
    receiver = kind.start()
    try:
        with Courier(program, NONE + kind.section(receiver)) as courier:
            daemon = Daemon(courier, [record(n) for n in range(RECORDS)])
            daemon.send()
            assert len(daemon.safe) == BATCH
            wait_for(lambda: len(receiver.keys()) == BATCH)
            receiver.stop()
            receiver.taken.clear()     # it had them in memory only
            receiver.start()
            daemon.send_all()
            settle(daemon, receiver)
    finally:
        receiver.stop()


def a_datagram_that_is_too_long(program):
    kind = kind_named("syslog-datagram")
    receiver = kind.start()
    try:
        with Courier(program, NONE + kind.section(receiver)) as courier:
            long = json.dumps({"uid": "long", "x": "y" * (4 << 20)}).encode()
            answer = courier.ask(DELIVER, deliver("one", [record(0), (1, "long", long), record(2)]))
            assert [fate for _, fate, _ in answer.results] == ["safe", "refused", "safe"], answer.results
    finally:
        receiver.stop()


def all_at_once(program):
    """All kinds in one courier, one of them hanging for minutes: each other one is served."""
    receivers = [(kind, kind.start()) for kind in KINDS]
    hanging = Https().start()
    hanging.fail("hang", -1)
    try:
        config = NONE + "".join(kind.section(receiver, kind.name) for kind, receiver in receivers) + \
            f"[sink hanging]\ntype = https\ntimeout = 5min\nurl = {hanging.url}\n"
        with Courier(program, config) as courier:
            last = courier.send(DELIVER, deliver("hanging", [record(n) for n in range(BATCH)]))
            sent = {courier.send(DELIVER, deliver(kind.name, [record(n) for n in range(BATCH)])):
                    receiver for kind, receiver in receivers}
            for _ in range(len(sent)):
                answer = courier.receive()
                assert answer.number != last, answer
                assert {fate for _, fate, _ in answer.results} == {"safe"}, answer
            for receiver in sent.values():
                wait_for(lambda r=receiver: len(r.keys()) >= BATCH)
                assert len(receiver.keys()) == BATCH and not receiver.complaints
    finally:
        for receiver in [receiver for _, receiver in receivers] + [hanging]:
            receiver.stop()


def doctor(program):
    """A line a sink, and nothing is sent."""
    receivers = [(kind, kind.start()) for kind in KINDS]
    gone = Https().start()
    try:
        config = NONE + "".join(kind.section(receiver, kind.name) for kind, receiver in receivers) + \
            f"[sink gone]\ntype = https\nurl = {gone.url}\n" + \
            f"[sink secret]\ntype = splunk\nurl = {gone.url}\ntoken_file = {at('nowhere')}\n"
        gone.stop()
        with Courier(program, config + "[sink here]\ntype = journal\n") as courier:
            answer = courier.ask(ASK_CHECK)
            lines = {what: outcome for outcome, what, _ in answer.lines}
            assert len(lines) == len(KINDS) + 2, lines
            for kind, receiver in receivers:
                assert lines[f"sink {kind.name} ({kind.type})"] == "ok", answer.lines
                assert not receiver.keys() and not getattr(receiver, "requests", ())
            assert lines["sink gone (https)"] == "unreachable"
            assert lines["sink secret (splunk)"] == "no-credentials"
    finally:
        for _, receiver in receivers:
            receiver.stop()


def cut_off(program):
    """The daemon goes in the middle of everything."""
    hanging = Https().start()
    hanging.fail("hang", -1)
    try:
        with Courier(program, NONE + f"[sink one]\ntype = https\nurl = {hanging.url}\n") as courier:
            for n in range(6):
                courier.send(DELIVER, deliver("one", [record(n)]))
            courier.send(ASK_CHECK)
            wait_for(lambda: not hanging.faults or hanging.faults[0]["count"] < -1)
    finally:
        hanging.stop()


CASES = [make_case(kind, name, arguments) for kind in KINDS for name, arguments in cases_of(kind)]
SPECIAL = [batches_are_one_request, too_large_together, only_the_culprits_again,
           bulk_answers_that_do_not_fit, acknowledged_late_or_never, splunk_codes, teams_trap,
           slack_words, wrong_routing_key, secrets_that_are_none, credentials_of_systemd,
           echoed_secrets, client_certificates, metadata_is_no_receiver, head_of_syslog,
           long_records_to_one_that_hangs, syslog_sends_again_what_is_in_doubt,
           a_datagram_that_is_too_long, all_at_once, doctor, cut_off]
try:
    run_cases(CASES + SPECIAL)
finally:
    print(", ".join(f"{value} {name}" for name, value in COUNTS.items() if name != "sockets"))
