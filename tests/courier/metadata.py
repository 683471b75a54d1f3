# SPDX-License-Identifier: Apache-2.0
"""What the courier makes of instance metadata, behaviour by behaviour."""
import datetime
import email.utils
import gzip
import socket
import struct
import time

from courier import NONE, Courier, run_cases
from imds import (DOCUMENT, KEY_ID, ROLE, SECRET, SESSION_TOKEN, TOKEN, Imds, Trap, answer,
                  credentials, seconds)
from memory_of import writable_memory

DOC = "/latest/dynamic/instance-identity/document"
ROLES = "/latest/meta-data/iam/security-credentials/"
THIS_ROLE = ROLES + ROLE
MACS = "/latest/meta-data/network/interfaces/macs/"
TAGS = "/latest/meta-data/tags/instance/"


def config_for(url, more=""):
    return "[aws]\nmetadata_endpoint = %s\n%s" % (url, more)


def same(got, want):
    assert got == want, "got %r, expected %r" % (got, want)


def has(text, part):
    assert part in text, "no %r in %r" % (part, text)


def no_secrets(courier, *answers):
    """In no answer, in no message."""
    said = courier.said().encode() + b"".join(one.raw for one in answers)
    for secret in (KEY_ID, SECRET, SESSION_TOKEN[:24], TOKEN):
        assert secret.encode() not in said, "a secret got out"


def identity_with(program, rules=None, pages=None, more="", env=None):
    """The answer to one asking, and the stand-in as it was left."""
    with Imds(rules, pages) as imds, Courier(program, config_for(imds.url, more), env) as courier:
        got = courier.ask()
        no_secrets(courier, got)
        return got, imds


def check_honest(got):
    same((got.outcome, got.detail), ("ok", ""))
    same((got.provider, got.instance), ("aws", DOCUMENT["instanceId"]))
    same((got.account, got.region), (DOCUMENT["accountId"], DOCUMENT["region"]))
    same(sorted(got.ips), ["10.0.3.7", "10.0.3.8", "10.0.4.7", "2001:db8::7"])
    same(got.launched_at, 1767323045000000)
    same((got.has_credentials, got.role), (True, ROLE))
    assert got.until > got.launched_at


def check_no_credentials(got, words):
    """The identity is known all the same."""
    same((got.outcome, got.instance), ("ok", DOCUMENT["instanceId"]))
    same((got.has_credentials, got.role, got.until), (False, "", NONE))
    has(got.detail, words)


# ---- honest ------------------------------------------------------------------------------------


def honest(program):
    got, imds = identity_with(program)
    check_honest(got)
    same(imds.counts["PUT"], 1)


def asked_anew_each_time(program):
    with Imds() as imds, Courier(program, config_for(imds.url)) as courier:
        check_honest(courier.ask())
        imds.pages[DOC] = imds.pages[DOC].replace("i-0a1b2c3d4e5f60718", "i-0fffffffffffffff0")
        same(courier.ask().instance, "i-0fffffffffffffff0")
        same(imds.counts["PUT"], 1)
        same(imds.counts[THIS_ROLE], 1)


def many_at_once_share_one_fetch(program):
    with Imds() as imds, Courier(program, config_for(imds.url)) as courier:
        for _ in range(20):
            courier.send(1)
        got = [courier.receive() for _ in range(20)]
        for one in got:
            check_honest(one)
        same(sorted(one.number for one in got), list(range(1, 21)))
        assert imds.counts[THIS_ROLE] == 1
        assert imds.counts[DOC] < 20


def endpoint_with_a_slash(program):
    with Imds() as imds, Courier(program, config_for(imds.url + "/")) as courier:
        check_honest(courier.ask())


def connections_that_close_each_time(program):
    class Closing(Imds):
        def respond(self, connection, head):
            super().respond(connection, head)
            return False
    with Closing() as imds, Courier(program, config_for(imds.url)) as courier:
        check_honest(courier.ask())


# ---- the token ---------------------------------------------------------------------------------


def token_expires(program):
    with Imds() as imds, Courier(program, config_for(imds.url)) as courier:
        check_honest(courier.ask())
        imds.tokens_valid.clear()
        check_honest(courier.ask())
        same(imds.counts["PUT"], 2)


def token_expires_in_between(program):
    def expire(request):
        if request.count == 1:
            imds.tokens_valid.clear()
        return "honest"
    imds = Imds({MACS: expire})
    with imds, Courier(program, config_for(imds.url)) as courier:
        check_honest(courier.ask())
        same((imds.counts["PUT"], imds.counts[MACS]), (2, 2))


def token_refused_for_ever(program):
    got, imds = identity_with(program, {DOC: answer(401)})
    same(got.outcome, "bad-answer")
    has(got.detail, "status 401")
    same((imds.counts["PUT"], imds.counts[DOC]), (2, 2))


def metadata_off(program):
    got, imds = identity_with(program, {"PUT": answer(403)})
    same(got.outcome, "denied")
    has(got.detail, "HttpEndpoint=enabled")
    same(imds.hits, 1)


def no_such_service(program):
    for status in 404, 405:
        got, imds = identity_with(program, {"PUT": answer(status, "<html>")})
        same(got.outcome, "no-cloud")
        has(got.detail, "no EC2 instance metadata")
        same(imds.hits, 1)


def token_that_is_none(program):
    for body in b"", b"a\r\nX-Injected: 1", b"a b", b"\0", b"x" * 512, "\u00e9".encode():
        got, imds = identity_with(program, {"PUT": answer(200, body)})
        same(got.outcome, "bad-answer")
        same(imds.hits, 1)


def busy_then_not(program):
    busy = lambda request: answer(503) if request.count <= 2 else "honest"
    got, imds = identity_with(program, {"PUT": busy, DOC: busy, ROLES: busy})
    check_honest(got)
    same((imds.counts["PUT"], imds.counts[DOC], imds.counts[ROLES]), (3, 3, 3))


def busy_for_ever(program):
    for path in "PUT", DOC, MACS:
        got, imds = identity_with(program, {path: answer(503, "later")})
        same(got.outcome, "unreachable")
        has(got.detail, "503")
        same(imds.counts[path], 3)


def token_never_answered(program):
    begun = seconds()
    got, imds = identity_with(program, {"PUT": lambda request: imds_wait(request)})
    same(got.outcome, "unreachable")
    has(got.detail, "hop limit")
    same(imds.counts["PUT"], 3)
    assert seconds() - begun < 30


def imds_wait(request):
    """Holds the connection until the courier lets go of it."""
    request.connection.settimeout(60)
    try:
        request.connection.recv(1)
    except OSError:
        pass


# ---- credentials -------------------------------------------------------------------------------


def no_role(program):
    got, _ = identity_with(program, {ROLES: answer(404)})
    check_no_credentials(got, "no role is attached to this instance: attach one with "
                              "cloudtrail:LookupEvents")
    got, _ = identity_with(program, pages={ROLES: ""})
    check_no_credentials(got, "no role is attached")


def role_without_credentials(program):
    got, _ = identity_with(program, {THIS_ROLE: answer(404)})
    check_no_credentials(got, "there are no credentials")


def role_that_is_none(program):
    for name in "../../latest/api/token", "..", "a b", "a\0b", "x" * 129, "r\r\nX: y", "\u00e9":
        got, imds = identity_with(program, pages={ROLES: name})
        if name != "r\r\nX: y":
            check_no_credentials(got, "cannot be one")
        assert ROLES + ".." not in imds.counts


def expired_long_ago(program):
    """As a mock server has them: neither a loop nor a signature."""
    pages = {THIS_ROLE: credentials(Expiration="2020-04-02T18:50:40Z")}
    with Imds(pages=pages) as imds, Courier(program, config_for(imds.url)) as courier:
        for _ in range(5):
            got = courier.ask()
            check_no_credentials(got, "expired, or are about to, at 2020-04-02T18:50:40Z")
            no_secrets(courier, got)
        same(imds.counts[THIS_ROLE], 1)


def about_to_expire(program):
    got, _ = identity_with(program, pages={THIS_ROLE: credentials(life=50)})
    check_no_credentials(got, "about to")


def expiring_soon_are_used_and_renewed(program):
    """New ones are not there yet: those at hand do, and metadata is not asked all the time."""
    with Imds(pages={THIS_ROLE: credentials(life=200)}) as imds, \
            Courier(program, config_for(imds.url)) as courier:
        for _ in range(4):
            check_honest(courier.ask())
        same(imds.counts[THIS_ROLE], 1)


def clock_that_is_wrong(program):
    """Metadata's own clock says what has expired, wherever this machine's stands."""
    for days in -400, 400:
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        for life, may in ((3600, True), (50, False), (-3600, False)):
            until = (now + datetime.timedelta(seconds=life)).strftime("%Y-%m-%dT%H:%M:%SZ")
            said = answer(200, credentials(Expiration=until),
                          ["Date: " + email.utils.format_datetime(now, usegmt=True)])
            got, _ = identity_with(program, {THIS_ROLE: said})
            same((days, life, got.has_credentials), (days, life, may))


def code_not_success(program):
    failed = '{"Code":"AssumeRoleUnauthorizedAccess","Message":"%s"}' % SECRET
    for body, words in (
            (failed, "its Code is 'AssumeRoleUnauthorizedAccess'"),
            (credentials(Code="Failed"), "its Code is 'Failed'"),
            (credentials(Code="success"), "its Code is 'success'"),
            (credentials(Code=None), "its Code is ''"),
            (credentials(Code=7), "its Code is ''"),
            ("{}", "its Code is ''")):
        got, _ = identity_with(program, pages={THIS_ROLE: body})
        check_no_credentials(got, words)


def credentials_that_are_none(program):
    for body in (
            "", "null", "[]", "7", SECRET, '{"Code":"Success"}', credentials()[:-20],
            credentials() + credentials(), credentials(Token=""), credentials(Token=None),
            credentials(Token="a\r\nX-Injected: 1"), credentials(Token="x" * 20000),
            credentials(AccessKeyId=""), credentials(AccessKeyId="a b"),
            credentials(SecretAccessKey="a\0b"), credentials(SecretAccessKey=[SECRET]),
            credentials(Expiration="soon"), credentials(Expiration=None),
            credentials(Expiration="2026-13-01T00:00:00Z"),
            '{"Code":"Success","Code":"Success"}', "[" * 5000, '{"a":' * 5000):
        got, _ = identity_with(program, pages={THIS_ROLE: body})
        same((got.outcome, got.has_credentials), ("ok", False))
        assert got.detail


def a_failure_is_not_hammered(program):
    with Imds({ROLES: answer(404)}) as imds, Courier(program, config_for(imds.url)) as courier:
        for _ in range(10):
            check_no_credentials(courier.ask(), "no role")
        same(imds.counts[ROLES], 1)


def refused_credentials_are_wiped(program):
    """Also where the libraries had them. Only root may look."""
    pages = {THIS_ROLE: credentials(life=50)}
    with Imds(pages=pages) as imds, Courier(program, config_for(imds.url)) as courier:
        check_no_credentials(courier.ask(), "about to")
        # The answer leaves before what it was made of is wiped: moments later it is gone.
        end = time.monotonic() + 10
        while True:
            try:
                memory = writable_memory(courier.process.pid)
            except PermissionError:
                return
            assert TOKEN.encode() in memory, "what is kept is not found either"
            left = [secret for secret in (KEY_ID, SECRET, SESSION_TOKEN[:36])
                    if secret.encode() in memory]
            if not left:
                return
            assert time.monotonic() < end, "%s is still there" % left
            time.sleep(0.05)


# ---- the identity ------------------------------------------------------------------------------


def document_that_is_none(program):
    def changed(**changes):
        return '{"instanceId":"%(instanceId)s","accountId":"%(accountId)s",' \
               '"region":"%(region)s"}' % {**DOCUMENT, **changes}
    for body in (
            "", "null", "[]", "{}", "<html>", '{"instanceId":"i-1"}', "[" * 30000,
            changed(region="evil.example.com/"), changed(region="eu-west-1#"),
            changed(region=""), changed(region="EU"), changed(region="x" * 33),
            changed(accountId="11112222333"), changed(accountId="11112222333a"),
            changed(accountId="1111222233334"), changed(instanceId="i-1/../x"),
            changed(instanceId="i-" + "0" * 64), changed(instanceId=""),
            '{"instanceId":7,"accountId":"111122223333","region":"eu-west-1"}',
            changed().replace("}", ',"region":"eu-west-2"}')):
        got, imds = identity_with(program, pages={DOC: body})
        same(got.outcome, "bad-answer")
        has(got.detail, "identity document")
        assert THIS_ROLE not in imds.counts


def no_document(program):
    got, _ = identity_with(program, {DOC: answer(404)})
    same(got.outcome, "no-cloud")


def emulator_with_the_document_alone(program):
    others = {path: answer(404) for path in (MACS, "/latest/meta-data/services/domain",
                                             "/latest/meta-data/local-ipv4")}
    got, _ = identity_with(program, others)
    same((got.outcome, got.ips, got.has_credentials), ("ok", ["10.0.3.7"], True))


def addresses_that_are_none(program):
    macs = ["0e:49:61:0f:c3:11/", "../../../x/", "", "0e:49:61:0f:c3:1g/", "a" * 5000]
    pages = {MACS: "\n".join(macs + ["0e:00:00:00:00:%02x/" % i for i in range(256)]),
             MACS + "0e:49:61:0f:c3:11/local-ipv4s":
                 "10.0.3.7\n10.0.3.7\nlocalhost\n10.0.3\n10.0.3.300\n\n10.0.3.9\r\n[::1]\n",
             MACS + "0e:49:61:0f:c3:11/ipv6s": "2001:DB8:0:0::7\nfe80::1%eth0\n:::\n"}
    got, imds = identity_with(program, pages=pages)
    same((got.outcome, sorted(got.ips)), ("ok", ["10.0.3.7", "10.0.3.9", "2001:db8::7"]))
    assert sum(path.startswith(MACS) for path in imds.counts) <= 1 + 2 * 32


def more_addresses_than_fit(program):
    many = "\n".join("10.1.%d.%d" % (i // 250, i % 250) for i in range(1000))
    got, _ = identity_with(program, pages={MACS + "0e:49:61:0f:c3:11/local-ipv4s": many})
    same((got.outcome, len(got.ips)), ("ok", 64))


def static_identity(program):
    static = "[identity]\nprovider = aws\ninstance_id = i-00000000000000001\n" \
             "account = 444455556666\nregion = us-gov-west-1\nprivate_ips = 10.9.9.9\n"
    got, imds = identity_with(program, more=static)
    same((got.outcome, got.instance, got.account), ("ok", "i-00000000000000001", "444455556666"))
    same((got.region, got.ips, got.launched_at), ("us-gov-west-1", ["10.9.9.9"], NONE))
    same((got.has_credentials, DOC in imds.counts), (True, False))


def configuration_over_metadata(program):
    got, _ = identity_with(program, more="[identity]\nregion = eu-north-1\n")
    same((got.outcome, got.region, got.instance), ("ok", "eu-north-1", DOCUMENT["instanceId"]))


def provider_none(program):
    got, imds = identity_with(program, more="[identity]\nprovider = none\n")
    same((got.outcome, imds.hits), ("no-cloud", 0))


# ---- tags --------------------------------------------------------------------------------------


def tag_pages(tags):
    return {TAGS: "\n".join(tags), **{TAGS + key: value for key, value in tags.items()}}


def tags_are_told(program):
    got, _ = identity_with(program, pages=tag_pages({
        "Name": "web 1", "env": "prod", "owner:team": "a=b", "empty": "", "utf": "\u00fc"}))
    same((got.outcome, got.has_tags), ("ok", True))
    same(sorted(got.tags), ["Name=web 1", "empty=", "env=prod", "owner:team=a=b", "utf=\u00fc"])


def tags_not_shown(program):
    """404 unless the instance was told to show them."""
    for status in (404, 403):
        got, _ = identity_with(program, {TAGS: answer(status)})
        check_honest(got)
        same((got.has_tags, got.tags), (False, []))


def no_tags(program):
    got, _ = identity_with(program, pages={TAGS: ""})
    same((got.outcome, got.has_tags, got.tags), ("ok", True, []))


def tags_as_many_as_fit(program):
    for count, known in ((64, True), (65, False), (10000, False)):
        got, imds = identity_with(program, pages=tag_pages({"k%d" % i: "v" for i in range(count)}))
        same((got.outcome, got.has_tags, len(got.tags)), ("ok", known, count if known else 0))
        assert sum(path.startswith(TAGS) for path in imds.counts) <= 65


def tags_that_are_none(program):
    """One that cannot be told makes them all unknown, and nothing else is asked for by it."""
    for pages in (
            tag_pages({"env": "prod", "k" * 129: "v"}), {TAGS: "k" * 65536}, {TAGS: "k" * 60000},
            {TAGS: "env\n../iam/security-credentials/" + ROLE, TAGS + "env": "prod"},
            {TAGS: "..\n", TAGS + "..": "x"}, {TAGS: "a\n\nb", TAGS + "a": "1", TAGS + "b": "2"},
            {TAGS: "a?b", TAGS + "a?b": "1"}, {TAGS: "a%2fb", TAGS + "a%2fb": "1"},
            {TAGS: "a b", TAGS + "a b": "1"}, {TAGS: "a\0b"}, {TAGS: "\u00fc"},
            tag_pages({"env": "a\nb=c"}), tag_pages({"env": "a\0b"}), tag_pages({"env": "\x1b[31m"}),
            tag_pages({"env": "x" * 60000}), tag_pages({"k%d" % i: "x" * 4000 for i in range(20)}),
            {TAGS: "env"}):
        got, imds = identity_with(program, pages=pages)
        check_honest(got)
        same((got.has_tags, got.tags), (False, []))
        same(imds.counts[THIS_ROLE], 1)


def tags_that_are_configured(program):
    got, _ = identity_with(program, pages=tag_pages({"env": "prod"}),
                           more="[identity]\ntags = env=test team=web\n")
    same((got.outcome, got.has_tags, sorted(got.tags)), ("ok", True, ["env=test", "team=web"]))


# ---- the wire ----------------------------------------------------------------------------------


def nobody_listens(program):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Courier(program, config_for("http://127.0.0.1:%d" % port)) as courier:
        got = courier.ask()
    same(got.outcome, "unreachable")
    has(got.detail, "refused")


def name_for_an_endpoint(program):
    with Courier(program, config_for("http://metadata.example.com")) as courier:
        got = courier.ask()
    same(got.outcome, "bad-request")
    has(got.detail, "needs an address")


def redirects(program):
    for status in 301, 302, 303, 307, 308:
        with Trap() as trap:
            elsewhere = answer(status, "", ["Location: %s/x" % trap.url])
            for path in "PUT", DOC, THIS_ROLE:
                got, imds = identity_with(program, {path: elsewhere})
                assert not got.has_credentials
                has(got.detail, "redirect")
                same(imds.counts[path], 1)
            assert not trap.was_touched()


def proxies(program):
    with Trap() as trap:
        env = {name: trap.url for name in ("http_proxy", "HTTP_PROXY", "https_proxy",
                                           "HTTPS_PROXY", "all_proxy", "ALL_PROXY")}
        check_honest(identity_with(program, env={**env, "no_proxy": "", "NO_PROXY": ""})[0])
        more = "[courier]\nhttps_proxy = %s\n" % trap.url
        check_honest(identity_with(program, more=more, env=env)[0])
        assert not trap.was_touched()


def cookies_and_authentication(program):
    asks = answer(401, "", ['WWW-Authenticate: Basic realm="x"', "Set-Cookie: a=b"])
    got, imds = identity_with(program, {DOC: asks})
    same((got.outcome, imds.counts[DOC]), ("bad-answer", 2))


def endless(program):
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    for path in "PUT", DOC, THIS_ROLE:
        sent = []

        def flood(request):
            request.connection.sendall(head)
            sent.append(imds.flood(request.connection, b"x" * 65536))
        imds = Imds({path: flood})
        with imds, Courier(program, config_for(imds.url)) as courier:
            got = courier.ask()
        assert not got.has_credentials
        has(got.detail, "longer than is taken")
        same(imds.counts[path], 1)
        assert sum(sent) < 64 * 1024 * 1024


def announced_as_huge(program):
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n"
    got, imds = identity_with(program, {DOC: huge})
    same((got.outcome, imds.counts[DOC]), ("bad-answer", 1))


def chunked_without_end(program):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    def flood(request):
        request.connection.sendall(head)
        imds.flood(request.connection, b"1000\r\n" + b"x" * 4096 + b"\r\n")
    imds = Imds({DOC: flood})
    with imds, Courier(program, config_for(imds.url)) as courier:
        got = courier.ask()
    same(got.outcome, "bad-answer")


def bombs(program):
    bomb = gzip.compress(b"[" * 64 * 1024 * 1024)
    for field in "Content-Encoding", "Transfer-Encoding":
        got, _ = identity_with(program, {DOC: answer(200, bomb, [field + ": gzip"])})
        assert got.outcome in ("bad-answer", "unreachable"), got


def endless_headers(program):
    starts = {
        "fields": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 500),
        "one field": (b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 65536),
        "status line": (b"HTTP/1.1 200 ", b"O" * 65536),
        "folded": (b"HTTP/1.1 200 OK\r\nX-A: b\r\n", b" c\r\n" * 500),
        "1xx": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 50),
        "100": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
    }
    for name, (start, chunk) in starts.items():
        sent = []

        def flood(request, start=start, chunk=chunk, sent=sent):
            request.connection.sendall(start)
            sent.append(imds.flood(request.connection, chunk))
        imds = Imds({DOC: flood})
        with imds, Courier(program, config_for(imds.url)) as courier:
            got = courier.ask()
        assert got.outcome in ("bad-answer", "unreachable"), (name, got)
        assert sum(sent) < 64 * 1024 * 1024, name


def huge_headers_that_fit(program):
    pad = ["X-Pad-%d: %s" % (i, "x" * 400) for i in range(100)]
    document = answer(200, Imds().pages[DOC], pad)
    check_honest(identity_with(program, {DOC: document})[0])


def not_http(program):
    for bytes_ in (b"\0" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/9.9 200 OK\r\n\r\n",
                   b"HTTP/1.1 xx OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                   b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello",
                   b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                   b"HTTP/1.1 200 OK\r\n\0\0\r\n\r\n"):
        def speak(request, bytes_=bytes_):
            request.connection.sendall(bytes_)
        got, _ = identity_with(program, {DOC: speak})
        assert got.outcome in ("bad-answer", "unreachable"), (bytes_, got)


def reset(request):
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def resets(program):
    for path in "PUT", DOC, THIS_ROLE:
        got, imds = identity_with(program, {path: reset})
        assert not got.has_credentials
        assert got.detail
        # and one for a kept connection that was found closed
        assert imds.counts[path] in (3, 4)


def cut_at_any_byte(program):
    """Once, anywhere: the next try makes it good."""
    whole = answer(200, Imds().pages[DOC])
    cut_at = [0]

    def cut(request):
        if request.count % 2 == 0:
            return "honest"
        request.connection.sendall(whole[:cut_at[0]])
        if cut_at[0] % 2:
            reset(request)
        return None
    with Imds({DOC: cut}) as imds, Courier(program, config_for(imds.url)) as courier:
        for at in range(0, len(whole), 7):
            cut_at[0] = at
            check_honest(courier.ask())
        same(imds.counts[DOC], 2 * len(range(0, len(whole), 7)))


def slow(program):
    """A byte now and then is no way past the deadline."""
    begun = seconds()

    def drip(request):
        imds.drip(request.connection, answer(200, Imds().pages[DOC]), 0.3)
    imds = Imds({DOC: drip})
    with imds, Courier(program, config_for(imds.url)) as courier:
        got = courier.ask()
    same((got.outcome, imds.counts[DOC]), ("unreachable", 3))
    assert seconds() - begun < 30


def slow_in_every_step(program):
    """Each answer is in time; all of them would take a minute."""
    pages = {MACS: "".join("0e:00:00:00:00:%02x/\n" % i for i in range(32))}

    class Slow(Imds):
        def respond(self, connection, head):
            if "/ipv6s" in head or "/local-ipv4s" in head:
                self.is_closing.wait(1)
            return super().respond(connection, head)
    begun = seconds()
    with Slow(pages=pages) as imds, Courier(program, config_for(imds.url)) as courier:
        got = courier.ask()
    same(got.outcome, "unreachable")
    has(got.detail, "too slowly")
    assert seconds() - begun < 40


def hangs_after_the_head(program):
    def hang(request):
        request.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")
        imds_wait(request)
    got, imds = identity_with(program, {THIS_ROLE: hang})
    check_no_credentials(got, "")
    assert got.detail
    same(imds.counts[THIS_ROLE], 3)


def comes_back(program):
    """A failure is not for ever, and the token is asked for anew."""
    with Imds({DOC: answer(500)}) as imds, Courier(program, config_for(imds.url)) as courier:
        same(courier.ask().outcome, "unreachable")
        imds.rules.clear()
        check_honest(courier.ask())


run_cases([value for value in list(globals().values())
           if callable(value) and getattr(value, "__module__", "") == "__main__"
           and value.__code__.co_varnames[:value.__code__.co_argcount] == ("program",)])
