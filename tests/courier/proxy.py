# SPDX-License-Identifier: Apache-2.0
"""Requests to the control plane through a proxy. The endpoint's name does not exist, so that
nothing leaves this machine however it goes."""
import socket
import threading

from courier import ASK_PAGE, Courier, number, run_cases, text
from imds import SECRET, SESSION_TOKEN, Imds, Trap

NAME = "cloudtrail.countersign.invalid"
PAGE = (number(0) + text("") + text("EventName") + text("StartSession") +
        number(1767323045000000) + number(1767323345000000) + text(""))


def same(got, want):
    assert got == want, "got %r, expected %r" % (got, want)


class Proxy:
    """Says the same to every request, and keeps what it was asked."""

    def __init__(self, says):
        self.says, self.asked = says, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with connection:
            connection.settimeout(60)
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    more = connection.recv(65536)
                    if not more:
                        return
                    head += more
                self.asked.append(head)
                if callable(self.says):
                    self.says(connection)
                else:
                    connection.sendall(self.says)
            except OSError:
                pass


def ask(program, more="", env=None):
    """The answer to one page asked for, with every proxy variable unset but those given."""
    unset = {name: "" for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                   "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")}
    with Imds() as imds, Courier(
            program, "[aws]\nmetadata_endpoint = %s\ncloudtrail_endpoint = https://%s/\n"
            "ssm_endpoint = https://%s/\n%s" % (imds.url, NAME, NAME, more),
            {**unset, **(env or {})}) as courier:
        got = courier.ask(ASK_PAGE, PAGE)
        for secret in SECRET, SESSION_TOKEN[:24]:
            assert secret.encode() not in got.raw
        return got


def configured(program):
    with Proxy(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n") as proxy:
        got = ask(program, "[courier]\nhttps_proxy = %s\n" % proxy.url)
        same(got.outcome, "unreachable")
        assert "proxy answers with status 403" in got.detail, got
        assert proxy.asked[0].startswith(b"CONNECT %s:443 HTTP/1.1\r\n" % NAME.encode())
        for secret in SECRET, SESSION_TOKEN[:24], "Authorization", "X-Amz":
            assert secret.encode() not in b"".join(proxy.asked), "the proxy sees " + secret


def from_the_environment(program):
    for name in "https_proxy", "HTTPS_PROXY":
        with Proxy(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n") as proxy:
            ask(program, env={name: proxy.url})
            assert proxy.asked


def configuration_over_the_environment(program):
    with Trap() as trap, Proxy(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n") as proxy:
        ask(program, "[courier]\nhttps_proxy = %s\n" % proxy.url,
            {"https_proxy": trap.url, "no_proxy": "*"})
        assert proxy.asked and not trap.was_touched()


def none(program):
    with Trap() as trap:
        got = ask(program, "[courier]\nhttps_proxy = none\n", {"https_proxy": trap.url})
        same(got.outcome, "unreachable")
        assert not trap.was_touched()


def not_for_http(program):
    """The variables for plain HTTP, and for everything, are others'."""
    with Trap() as trap:
        ask(program, env={"http_proxy": trap.url, "HTTP_PROXY": trap.url, "ALL_PROXY": trap.url})
        assert not trap.was_touched()


def exceptions(program):
    with Trap() as trap:
        proxy = "[courier]\nhttps_proxy = %s\nno_proxy = example.com,.countersign.invalid\n"
        same(ask(program, proxy % trap.url).outcome, "unreachable")
        same(ask(program, env={"https_proxy": trap.url, "no_proxy": NAME}).outcome, "unreachable")
        assert not trap.was_touched()


def hostile(program):
    def flood(chunk):
        def write(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(chunk)
        return write
    with Trap() as trap:
        rows = [
            b"", b"\0" * 100, b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 999,
            b"HTTP/1.1 302 Found\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n" % trap.url.encode(),
            b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
            flood(b"X-A: b\r\n" * 500), flood(b"a" * 65536),
        ]
        for row in rows:
            with Proxy(row) as proxy:
                got = ask(program, "[courier]\nhttps_proxy = %s\n" % proxy.url)
                assert got.outcome in ("unreachable", "bad-answer"), (row, got)
                assert got.detail
                assert len(proxy.asked) < 10
        assert not trap.was_touched()


run_cases([configured, from_the_environment, configuration_over_the_environment, none,
           not_for_http, exceptions, hostile])
