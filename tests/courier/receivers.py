# SPDX-License-Identifier: Apache-2.0
"""Sinks against receivers as they run elsewhere: rsyslog and syslog-ng by TCP, TLS and a unix
socket, nginx in front of a web service. One that is not here is left out by name."""
import glob
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from courier import DELIVER, Courier, deliver, run_cases

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "standin"))
from certificates import make_certificate, make_contexts  # noqa: E402
from sink_receivers import Https  # noqa: E402

DEADLINE = 60
FOLDER = tempfile.TemporaryDirectory(prefix="countersign-receivers.")
os.chmod(FOLDER.name, 0o755)
NONE = "[identity]\nprovider = none\n[courier]\nhttps_proxy = none\n"
COUNT = 40
COUNTS = {"records": 0, "left out": 0}


def at(name):
    return os.path.join(FOLDER.name, name)


make_contexts(FOLDER.name)
make_certificate(FOLDER.name, "client", "ca", "DNS:vm-1.example.com", 2)
os.chmod(at("client.key"), 0o600)
CA = f"ca_file = {at('ca.pem')}\n"
CLIENT = f"client_certificate_file = {at('client.pem')}\nclient_key_file = {at('client.key')}\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def wait_for(holds, what):
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    except OSError:
        return False


class Program:
    """A server in the foreground; `with` ends it."""

    def __init__(self, words, ready, env=None):
        self.words, self.env, self.ready = words, {**os.environ, **(env or {})}, ready
        self.process, self.log = None, tempfile.TemporaryFile()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, env=self.env)
        try:
            wait_for(lambda: self.ready() or self.process.poll() is not None, self.words[0])
            assert self.process.poll() is None, self.said()
        except AssertionError:
            self.stop()
            raise
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


def record(number):
    return number, f"k-{number}", json.dumps({"uid": f"k-{number}", "who": "grüße]\"" * (number % 3)},
                                             ensure_ascii=False).encode()


def send(courier, numbers, batch=8):
    """Sends until all are safe, as countersignd does."""
    waiting = [record(n) for n in numbers]
    for _ in range(200):
        if not waiting:
            return
        answer = courier.ask(DELIVER, deliver("one", waiting[:batch]))
        done = [number for number, fate, _ in answer.results if fate == "safe"]
        assert not any(fate == "refused" for _, fate, _ in answer.results), answer.results
        waiting = [one for one in waiting if one[0] not in done]
        if not done:
            time.sleep(0.05)
    raise AssertionError(answer)


LINE = re.compile(r'<(\d+)>1 (\S+) vm-1 countersign - finding '
                  r'\[countersign@32473 key="(.*?)" number="(\d+)"\](?:\[meta [^]]*\])? (.*)')


def read_lines(path):
    """key -> record of what the receiver wrote, each as it should be."""
    found = {}
    if not os.path.exists(path):
        return found
    with open(path, encoding="utf-8-sig", errors="strict") as file:
        for line in file.read().split("\n")[:-1]:
            match = LINE.fullmatch(line)
            assert match, line
            priority, moment, key, number, text = match.groups()
            assert priority == "108" and moment.startswith("2026-01-02T03:04:05"), line
            found[key] = json.loads(text.strip().removeprefix("\ufeff"))
            assert found[key] == json.loads(record(int(number))[2]), line
    return found


def check_lines(path):
    wait_for(lambda: len(read_lines(path)) == COUNT, f"{path} has {len(read_lines(path))}")
    COUNTS["records"] += COUNT


def left_out(name):
    print(f"LEFT OUT: {name} is not installed")
    COUNTS["left out"] += 1


# ---- rsyslog -----------------------------------------------------------------------------------

FORMAT = ('template(name="all" type="string" string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% '
          '%APP-NAME% %PROCID% %MSGID% %STRUCTURED-DATA% %msg%\\n")\n'
          'action(type="omfile" file="{out}" template="all" fileCreateMode="0644")\n')


def rsyslog(name, head, inputs, ready):
    path, out = at(f"{name}.conf"), at(f"{name}.log")
    with open(path, "w", encoding="ascii") as file:
        file.write(f'global(workDirectory="{FOLDER.name}" maxMessageSize="64k" {head})\n' + inputs +
                   FORMAT.format(out=out))
    return Program(["/usr/sbin/rsyslogd", "-n", "-f", path, "-i", at(f"{name}.pid")], ready), out


def has_rsyslog():
    if not os.path.exists("/usr/sbin/rsyslogd"):
        return left_out("rsyslog")
    return True


def rsyslog_tls(name, port, authentication):
    driver = (f'defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="{at("ca.pem")}" '
              f'defaultNetstreamDriverCertFile="{at("good.pem")}" '
              f'defaultNetstreamDriverKeyFile="{at("good.key")}"')
    return rsyslog(name, driver, 'module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" '
                   f'streamDriver.authMode="{authentication}")\ninput(type="imtcp" address="127.0.0.1" '
                   f'port="{port}")\n', lambda: answers(port))


def has_rsyslog_tls():
    if not any(glob.glob(f"/usr/{folder}/rsyslog/lmnsd_gtls.so") for folder in ("lib/*", "lib64", "lib")):
        return left_out("rsyslog-gnutls")
    return True


def rsyslog_tcp(program):
    if not has_rsyslog():
        return
    port = free_port()
    server, out = rsyslog("rsyslog-tcp", "", 'module(load="imtcp")\ninput(type="imtcp" '
                          f'address="127.0.0.1" port="{port}")\n', lambda: answers(port))
    with server, Courier(program, NONE + f"[sink one]\ntype = syslog\nurl = tcp://127.0.0.1:{port}\n"
                         ) as courier:
        send(courier, range(COUNT))
        check_lines(out)


def rsyslog_is_started_anew(program):
    """Killed in the middle: what is safe and was read is there; all is, with what is in doubt."""
    if not has_rsyslog():
        return
    port = free_port()
    server, out = rsyslog("rsyslog-again", "", 'module(load="imtcp")\ninput(type="imtcp" '
                          f'address="127.0.0.1" port="{port}")\n', lambda: answers(port))
    with server, Courier(program, NONE + f"[sink one]\ntype = syslog\nurl = tcp://127.0.0.1:{port}\n"
                         ) as courier:
        send(courier, range(COUNT // 2))
        wait_for(lambda: len(read_lines(out)) == COUNT // 2, "half of it")
        server.stop(signal.SIGKILL)
        assert courier.ask(DELIVER, deliver("one", [record(30)])).outcome == "unreachable"
        os.unlink(at("rsyslog-again.pid"))
        server.start()
        send(courier, range(COUNT // 2, COUNT))
        check_lines(out)


def rsyslog_by_tls(program):
    if not has_rsyslog() or not has_rsyslog_tls():
        return
    port = free_port()
    server, out = rsyslog_tls("rsyslog-tls", port, "anon")
    with server:
        url = f"[sink one]\ntype = syslog\ntimeout = 5s\nurl = tls://127.0.0.1:{port}\n"
        with Courier(program, NONE + url) as courier:   # the system's authorities do not know it
            assert courier.ask(DELIVER, deliver("one", [record(0)])).outcome == "unreachable"
        with Courier(program, NONE + url + CA) as courier:
            send(courier, range(COUNT))
            check_lines(out)


def rsyslog_asks_for_a_certificate(program):
    if not has_rsyslog() or not has_rsyslog_tls():
        return
    port = free_port()
    server, out = rsyslog_tls("rsyslog-mtls", port, "x509/certvalid")
    with server:
        url = f"[sink one]\ntype = syslog\ntimeout = 5s\nurl = tls://127.0.0.1:{port}\n{CA}"
        with Courier(program, NONE + url) as courier:
            answer = courier.ask(DELIVER, deliver("one", [record(0)]))
            assert answer.outcome == "unreachable", answer
        with Courier(program, NONE + url + CLIENT) as courier:
            send(courier, range(COUNT))
            check_lines(out)


def rsyslog_at_a_socket(program):
    if not has_rsyslog():
        return
    path = at("dev-log")
    server, out = rsyslog("rsyslog-unix", "", 'module(load="imuxsock" sysSock.use="off")\n'
                          f'input(type="imuxsock" socket="{path}" useSpecialParser="off" '
                          'parseHostname="on" rateLimit.interval="0" useSysTimeStamp="off" ignoreTimestamp="off")\n',
                          lambda: os.path.exists(path))
    with server, Courier(program, NONE + f"[sink one]\ntype = syslog\nurl = unix:{path}\n") as courier:
        send(courier, range(COUNT))
        check_lines(out)


# ---- syslog-ng ---------------------------------------------------------------------------------

def find_syslog_ng():
    """Installed, or unpacked from its package, which does not go beside rsyslog's. (program, what it
    needs to be told of where its parts are)."""
    if shutil.which("syslog-ng"):
        return shutil.which("syslog-ng"), [], {}
    root = os.environ.get("COUNTERSIGN_SYSLOG_NG") or at("syslog-ng")
    if not os.path.isdir(root):
        os.mkdir(root)
        names = ["syslog-ng-core", "libivykis0", "libjson-c5", "libnet1", "libpcre3", "libwrap0"]
        for name in names:
            try:
                subprocess.run(["apt-get", "download", name], cwd=root, timeout=DEADLINE, check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            except (OSError, subprocess.TimeoutExpired):
                return None
        for package in glob.glob(f"{root}/*.deb"):
            subprocess.run(["dpkg", "-x", package, root], check=False)
    program = f"{root}/usr/sbin/syslog-ng"
    libraries = ":".join(glob.glob(f"{root}/usr/lib/*-linux-gnu") +
                         glob.glob(f"{root}/usr/lib/syslog-ng/*") +
                         [f"{root}/usr/lib/syslog-ng"])
    modules = glob.glob(f"{root}/usr/lib/syslog-ng/*/libsyslogformat.so")
    if not os.path.exists(program) or not modules:
        return None
    environment = {"LD_LIBRARY_PATH": libraries}
    if subprocess.run([program, "--version"], env={**os.environ, **environment}, check=False,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        return None
    return program, ["--module-path", os.path.dirname(modules[0])], environment


SYSLOG_NG = find_syslog_ng()


def syslog_ng(name, source, ready):
    path, out = at(f"{name}.conf"), at(f"{name}.log")
    with open(path, "w", encoding="ascii") as file:
        file.write("@version: 3.38\noptions { keep-hostname(yes); chain-hostnames(no); use-dns(no); "
                   "frac-digits(6); };\n"
                   f"source s {{ {source} }};\n"
                   f'destination d {{ file("{out}" template("<${{PRI}}>1 ${{ISODATE}} ${{HOST}} '
                   '${PROGRAM} - ${MSGID} ${SDATA} ${MSG}\\n")); };\n'
                   "log { source(s); destination(d); };\n")
    program, words, environment = SYSLOG_NG
    return Program([program, "-F", "-f", path, "-R", at(f"{name}.persist"), "-p", at(f"{name}.pid"),
                    "-c", at(f"{name}.ctl"), "--no-caps", *words], ready, environment), out


def syslog_ng_tcp(program):
    if not SYSLOG_NG:
        left_out("syslog-ng")
        return
    port = free_port()
    server, out = syslog_ng("ng-tcp", f'syslog(ip("127.0.0.1") transport("tcp") port({port}));',
                            lambda: answers(port))
    with server, Courier(program, NONE + f"[sink one]\ntype = syslog\nurl = tcp://127.0.0.1:{port}\n"
                         ) as courier:
        send(courier, range(COUNT))
        check_lines(out)


def syslog_ng_by_tls(program):
    """With a certificate that it asks for."""
    if not SYSLOG_NG:
        left_out("syslog-ng")
        return
    port = free_port()
    server, out = syslog_ng(
        "ng-tls", f'syslog(ip("127.0.0.1") transport("tls") port({port}) '
        f'tls(key-file("{at("good.key")}") cert-file("{at("good.pem")}") ca-file("{at("ca.pem")}") '
        'peer-verify(required-trusted)));', lambda: answers(port))
    with server:
        url = f"[sink one]\ntype = syslog\ntimeout = 5s\nurl = tls://127.0.0.1:{port}\n{CA}"
        with Courier(program, NONE + url) as courier:
            answer = courier.ask(DELIVER, deliver("one", [record(0)]))
            assert answer.outcome == "unreachable", answer
        with Courier(program, NONE + url + CLIENT) as courier:
            send(courier, range(COUNT))
            check_lines(out)


def syslog_ng_at_a_socket(program):
    if not SYSLOG_NG:
        left_out("syslog-ng")
        return
    for kind in "stream", "dgram":
        path = at(f"ng-{kind}")
        server, out = syslog_ng(f"ng-unix-{kind}", f'unix-{kind}("{path}" flags(syslog-protocol));',
                                lambda path=path: os.path.exists(path))
        with server, Courier(program, NONE + f"[sink one]\ntype = syslog\nurl = unix:{path}\n"
                             ) as courier:
            send(courier, range(COUNT))
            check_lines(out)


# ---- nginx -------------------------------------------------------------------------------------

def nginx(name, behind, more="", place=""):
    port, path = free_port(), at(f"{name}.conf")
    folders = "".join(f"{what}_temp_path {at(name + '-' + what)};\n" for what in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(path, "w", encoding="ascii") as file:
        file.write(f"daemon off; master_process off; pid {at(name + '.pid')}; error_log stderr;\n"
                   f"events {{}}\nhttp {{ access_log off;\n{folders}server {{\n"
                   f"listen 127.0.0.1:{port} ssl;\nssl_certificate {at('good.pem')};\n"
                   f"ssl_certificate_key {at('good.key')};\n{more}\n"
                   f"location / {{ {place} proxy_pass {behind}; }} }} }}\n")
    return Program([shutil.which("nginx") or "/usr/sbin/nginx", "-c", path, "-p", FOLDER.name,
                    "-e", "stderr"], lambda: answers(port)), \
        f"[sink one]\ntype = https\ntimeout = 20s\nurl = https://127.0.0.1:{port}/hook\n{CA}"


def has_nginx():
    if not shutil.which("nginx") and not os.path.exists("/usr/sbin/nginx"):
        return left_out("nginx")
    return True


def behind_nginx(program, name, more="", place="", client="", numbers=range(COUNT)):
    with Https() as service:
        server, section = nginx(name, f"http://127.0.0.1:{service.port}", more, place)
        with server, Courier(program, NONE + section + client) as courier:
            send(courier, numbers)
            assert sorted(service.keys()) == sorted(record(n)[1] for n in numbers)
            assert not service.complaints, service.complaints
            COUNTS["records"] += len(numbers)


def nginx_tls(program):
    if has_nginx():
        behind_nginx(program, "nginx-tls")
        behind_nginx(program, "nginx-new", "ssl_protocols TLSv1.3;")


def nginx_asks_for_a_certificate(program):
    """Without one it says 400, which is not about the records: none is refused."""
    if not has_nginx():
        return
    more = f"ssl_verify_client on; ssl_client_certificate {at('ca.pem')};"
    behind_nginx(program, "nginx-mtls", more, client=CLIENT)
    with Https() as service:
        server, section = nginx("nginx-mtls2", f"http://127.0.0.1:{service.port}", more)
        with server, Courier(program, NONE + section) as courier:
            answer = courier.ask(DELIVER, deliver("one", [record(0), record(1)]))
            assert answer.outcome == "no-credentials", answer
            assert {fate for _, fate, _ in answer.results} == {"again"}, answer.results
            assert not service.requests


def nginx_slow_bodies(program):
    """Some bytes a second, in both directions."""
    if has_nginx():
        behind_nginx(program, "nginx-slow", place="limit_rate 20;", numbers=range(8))


def nginx_takes_little(program):
    """413 for a batch, from nginx itself: taken apart."""
    if has_nginx():
        behind_nginx(program, "nginx-little", "client_max_body_size 80;",
                     numbers=[n for n in range(30) if n % 3 == 0])


def nginx_without_service(program):
    """502 while the service is gone."""
    if not has_nginx():
        return
    service = Https().start()
    port = service.port
    service.stop()
    server, section = nginx("nginx-502", f"http://127.0.0.1:{port}")
    with server, Courier(program, NONE + section) as courier:
        answer = courier.ask(DELIVER, deliver("one", [record(0)]))
        assert answer.outcome == "unreachable" and "502" in answer.detail, answer
        service = Https(port=port).start()
        try:
            send(courier, range(8))
            assert len(service.keys()) == 8
            COUNTS["records"] += 8
        finally:
            service.stop()


try:
    run_cases([rsyslog_tcp, rsyslog_is_started_anew, rsyslog_by_tls, rsyslog_asks_for_a_certificate,
               rsyslog_at_a_socket, syslog_ng_tcp, syslog_ng_by_tls, syslog_ng_at_a_socket, nginx_tls,
               nginx_asks_for_a_certificate, nginx_slow_bodies, nginx_takes_little,
               nginx_without_service])
finally:
    print(", ".join(f"{value} {name}" for name, value in COUNTS.items()))
