# SPDX-License-Identifier: Apache-2.0
"""What tests of an installed package do to it from within: attack its units' sandboxes, have it led
to the cloud's metadata, look for its secrets everywhere."""

import http.server
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from installed import (PROGRAMS, UNITS, is_active, main_pid, say, stop_all, wait_until_up)
from machine import Failure, expect, run, wait_for

STANDIN = "/stage/standin/"
OWN_CONFIG = "/etc/countersign/conf.d/60-attack.conf"
DROP_IN = "/run/systemd/system/countersign-courier.service.d"
SECRETS = "/etc/countersign/secrets"
STATE = "/var/lib/countersign/attacked"
LOGS = "/var/log/countersign/attacked"
METADATA = ("169.254.169.254", "168.63.129.16", "fd00:ec2::254")
TRAP_PORT, RECEIVER_PORT = 8443, 8081
NAMES = {"metadata.example.net": "169.254.169.254", "metadata6.example.net": "fd00:ec2::254",
         "wire.example.net": "168.63.129.16", "receiver.example.net": "192.0.2.7"}


# ---- sandboxes ----------------------------------------------------------------------------


def run_attack(unit, program):
    """The unit as it is, with another program in the place of its own: what it tried, what of that
    was done, and what could be done before it shut itself in."""
    stop_all()
    run("mount", "--bind", "/stage/attack", program)
    began = time.time()

    def report():
        run("journalctl", "--sync")
        lines = run("journalctl", "-o", "cat", "-t", os.path.basename(program), "--since",
                    f"@{began:.6f}", check=False).stdout.splitlines()
        return lines if any(line.startswith("attack over") for line in lines) else None

    try:
        run("systemctl", "start", unit, check=False)
        lines = wait_for("the attack", report, patience=30)
    finally:
        stop_all()
        run("umount", program)
        run("systemctl", "reset-failed", unit, check=False)
        run("systemctl", "start", "countersignd")
        wait_until_up()
    tries = [line for line in lines if re.match("attack .*: (refused|DONE)", line)]
    expect("tries", f"attack over: {len(tries)}" in lines, True)
    expect("its filter", [line for line in lines if "without a filter" in line], [])
    done = [line for line in tries if line.endswith(": DONE")]
    before = [line for line in done if "before it shut itself in" in line]
    done = [line for line in done if line not in before]
    say(f"{unit}: {len(tries)} tries, {len(tries) - len(done) - len(before)} refused"
        + (f"; before the filter of its own was there: {len(before)} done" if before else ""))
    return tries, done, before


def test_nothing_gets_out_of_the_sandboxes():
    for path in ("/home/deploy/secret", "/root/secret"):
        with open(path, "w") as file:
            file.write("secret\n")
    memory = ["attack before it shut itself in: exec memory by path: DONE"]
    for unit, program, wanted in zip(UNITS, PROGRAMS, (memory, [])):
        tries, done, before = run_attack(unit, program)
        if "-v" in sys.argv:
            for line in tries:
                say(line)
        if len(tries) < 30:
            raise Failure(f"only {len(tries)} tries were told")
        expect(unit, done, [])
        # what the unit alone does not keep out of the agent, its own filter does
        expect(unit, before, wanted)


def test_programs_are_given_up_for_good():
    """Both have two filters: their unit's, and their own."""
    wake_courier()
    for unit in UNITS[:2]:
        with open(f"/proc/{main_pid(unit)}/status") as file:
            status = file.read()
        filters = re.search(r"Seccomp_filters:\s*(\d+)", status)
        expect(unit, "Seccomp:\t2" in status, True)
        with open(f"/proc/{os.getpid()}/status") as file:
            own = int(re.search(r"Seccomp_filters:\s*(\d+)", file.read()).group(1))
        if int(filters.group(1)) < own + 2:
            raise Failure(f"{unit}: {filters.group(1)} filters, {own} of them the machine's")


# ---- a cloud that is played ---------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """A receiver that is no friend: says back what it was sent, or leads elsewhere."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        words = self.path.split("/")
        self.server.got.append((self.path, str(self.headers), body))
        status = int(words[-1]) if words[-1].isdigit() else 401
        said = (f"{self.path} {self.headers}").encode() + body
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"http://{METADATA[0]}:{TRAP_PORT}/latest/{status}")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


class World:
    """The machine with the addresses of metadata, a stand-in that answers there, a trap on another
    port of all of them, a receiver, and an agent with a state of its own."""

    def __init__(self, cloud, config, drop_in="", **options):
        self.cloud, self.config, self.drop_in, self.options = cloud, config, drop_in, options
        self.connections = []

    def __enter__(self):
        for address in METADATA:
            run("ip", "address", "add", address, "dev", "lo", check=False)
        if os.path.exists("/etc/hosts"):
            os.rename("/etc/hosts", "/etc/hosts.before")
        with open("/etc/hosts", "w") as file:
            file.writelines(f"{address} {name}\n" for name, address in NAMES.items())
        os.chmod("/etc/hosts", 0o644)
        self.trap = socket.create_server(("::", TRAP_PORT), family=socket.AF_INET6,
                                         dualstack_ipv6=True)
        threading.Thread(target=self.take_connections, daemon=True).start()
        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", RECEIVER_PORT), Handler)
        self.receiver.got = []
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()
        self.standin = subprocess.Popen(
            [sys.executable, "-B", f"{STANDIN}{self.cloud}.py", "--imds-address", METADATA[0],
             "--imds-port", "80", "--late", "0", "--lifetime", "300"],
            stdout=subprocess.PIPE, text=True)
        words = self.standin.stdout.readline().split()
        self.ports = dict(word.split("=", 1) for word in words[1:])
        stop_all()
        os.makedirs(DROP_IN, exist_ok=True)
        with open(DROP_IN + "/attack.conf", "w") as file:
            file.write("[Service]\n" + self.drop_in)
        with open(OWN_CONFIG, "w") as file:
            file.write(f"[agent]\nstate_dir = {STATE}\nlog_dir = {LOGS}\n"
                       f"[identity]\nprovider = {self.cloud}\n"
                       + self.config.format(api=f"http://127.0.0.1:{self.ports['api']}"))
        run("systemctl", "daemon-reload")
        return self

    def __exit__(self, *_):
        stop_all()
        os.unlink(OWN_CONFIG)
        shutil.rmtree(DROP_IN)
        for folder in (STATE, LOGS, SECRETS):
            shutil.rmtree(folder, ignore_errors=True)
        self.standin.terminate()
        self.standin.wait()
        self.receiver.shutdown()
        self.receiver.server_close()
        self.trap.shutdown(socket.SHUT_RDWR)  # else who waits for a connection holds it
        self.trap.close()
        os.unlink("/etc/hosts")
        if os.path.exists("/etc/hosts.before"):
            os.rename("/etc/hosts.before", "/etc/hosts")
        for address in METADATA:
            run("ip", "address", "del", address, "dev", "lo", check=False)
        run("systemctl", "daemon-reload")
        run("systemctl", "reset-failed", *UNITS, check=False)
        run("systemctl", "start", "countersign-courier.socket", "countersignd")
        wait_until_up()

    def take_connections(self):
        while True:
            try:
                connection, address = self.trap.accept()
            except OSError:
                return
            self.connections.append(address)
            connection.close()

    def start(self):
        run("systemctl", "start", "countersign-courier.socket", "countersignd")
        wait_until_up()

    def ask(self, path, words=None):
        url = f"http://127.0.0.1:{self.ports['control']}{path}"
        data = None if words is None else json.dumps(words).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as answer:
            return json.load(answer)

    def requests(self):
        return self.ask("/requests")

    def of_metadata(self):
        """What came to the metadata's own port, as the paths."""
        return {request["imds"].split()[-1] for request in self.requests() if "imds" in request}

    def of_api(self):
        return [request for request in self.requests() if "imds" not in request]


def test_alert():
    answer = run("countersign", "test-alert", "--json", check=False)
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    return {row["sink"]: row for row in found if "sink" in row}


def wake_courier():
    """It goes when it is idle, and comes when it is asked."""
    run("countersign", "doctor", check=False)
    wait_for("the courier", lambda: is_active(UNITS[1]))


# ---- metadata -----------------------------------------------------------------------------

# Every spelling of its addresses, names that turn out to be it, and receivers that lead there.
LEADING = [f"https://{host}:{TRAP_PORT}/x" for host in (
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
    "168.63.129.16", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]", "[fe80::a9fe:a9fe]", "metadata.example.net", "metadata6.example.net",
    "METADATA.Example.net", "wire.example.net", "a.b@metadata.example.net")]
LEADING += [f"http://{host}:{TRAP_PORT}/x" for host in ("169.254.169.254", "metadata.example.net",
                                                        "[fd00:ec2::254]")]
LEADING += [f"http://127.0.0.1:{RECEIVER_PORT}/{status}" for status in (301, 302, 303, 307, 308)]
STREAMS = [f"{scheme}://{host}:{TRAP_PORT}" for scheme in ("tcp", "tls")
           for host in ("169.254.169.254", "metadata6.example.net")]


def sections(urls):
    kinds = [("https" if url.startswith("http") else "syslog", url) for url in urls]
    return "".join(f"[sink s{i}]\ntype = {kind}\nurl = {url}\ntimeout = 5s\n"
                   for i, (kind, url) in enumerate(kinds))


def is_taken(url):
    """Whether a configuration may have it at all."""
    os.makedirs("/root/tried", exist_ok=True)
    with open("/root/tried/x.conf", "w") as file:
        file.write(sections([url]))
    return run("countersign", "check-config", "--config=/root/tried/x.conf",
               check=False).returncode == 0


def expect_out_of_reach(world, own):
    expect("connections to metadata", world.connections, [])
    paths = world.of_metadata()
    expect("what was asked of metadata", sorted(path for path in paths if not re.fullmatch(own, path)),
           [])
    if not paths:
        raise Failure("the identity was not asked either")
    return len(paths)


def try_to_lead(world, fault, on, urls, own):
    world.ask("/control", {"fault": {"name": fault, "count": -1, "on": on}})
    world.start()
    wait_for("questions of the API", lambda: len(world.of_api()) > 0)
    fates = test_alert()
    expect("sinks", len(fates), len(urls))
    expect("delivered", [name for name, row in fates.items() if row["outcome"] == "delivered"], [])
    run("countersign", "doctor", check=False)
    asked = expect_out_of_reach(world, own)
    if "-v" in sys.argv:
        for name, row in fates.items():
            say(f"{urls[int(name[1:])]}: {row['outcome']}: {row.get('detail')}")
    say(f"{world.cloud}: {len(world.of_api())} questions of the API answered with {fault}, "
        f"{len(urls)} sinks: 0 connections to metadata but for its own {asked} pages")


def test_metadata_is_out_of_reach():
    urls = [url for url in LEADING + STREAMS if is_taken(url)]
    say(f"{len(LEADING + STREAMS)} urls, {len(urls)} of which a configuration takes")
    middle = (len(urls) + 1) // 2
    aws = "[aws]\ncloudtrail_endpoint = {api}\nssm_endpoint = {api}\nsts_endpoint = {api}\n"
    with World("aws", aws + sections(urls[:middle])) as world:
        # what is to stay empty fills where somebody does get there
        for address in METADATA:
            socket.create_connection((address, TRAP_PORT)).close()
        wait_for("the trap", lambda: len(world.connections) == len(METADATA))
        world.connections.clear()
        # the redirect leads to /latest/meta-data/ itself
        try_to_lead(world, "redirect-to-metadata", "", urls[:middle],
                    "/latest/(api|dynamic)/.+|/latest/meta-data/.+")
    azure = "[azure]\nmanagement_endpoint = {api}\n"
    # a proxy at the metadata's address is none
    proxy = f"Environment=https_proxy=http://{METADATA[0]}:{TRAP_PORT}\n"
    rest = urls[middle:] + ["https://receiver.example.net:8444/x"]
    with World("azure", azure + sections(rest), proxy) as world:
        try_to_lead(world, "link-to-metadata", "list", rest, "/metadata/.+")


# ---- secrets ------------------------------------------------------------------------------

CANARY = "CANARY"  # which is in every credential of the stand-in, too
SOUGHT = ("/var", "/run", "/tmp", "/etc", "/dev/shm", "/root")
OWN_PLACES = ("/root/canary", SECRETS, "/run/credentials", DROP_IN)
SINKS = f"""[sink denied]
type = splunk
url = http://127.0.0.1:{RECEIVER_PORT}
token_file = credential:canary
[sink signed]
type = https
url = http://127.0.0.1:{RECEIVER_PORT}/500
hmac_key_file = {SECRETS}/hmac
[sink hidden]
type = slack
url_file = {SECRETS}/url
[sink garbled]
type = https
url = https://127.0.0.1:{RECEIVER_PORT}/x
token_file = credential:canary
[sink proxied]
type = https
url = https://receiver.example.net/x
token_file = credential:canary
[sink open]
type = https
url = http://127.0.0.1:{RECEIVER_PORT}/x
token_file = {SECRETS}/open
[sink shared]
type = https
url = http://127.0.0.1:{RECEIVER_PORT}/x
token_file = {SECRETS}/shared/token
"""


def canary(what):
    return f"{CANARY}-{what}-{os.urandom(8).hex()}"


def put_secret(path, what, mode=0o600, text="{}"):
    with open(path, "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text.format(canary(what)) + "\n")
    courier = pwd.getpwnam("countersign-courier")
    os.chown(path, courier.pw_uid, courier.pw_gid)


def plant():
    os.makedirs("/root/canary", mode=0o700, exist_ok=True)
    put_secret("/root/canary/token", "CREDENTIAL")
    os.makedirs(SECRETS + "/shared", mode=0o755)
    os.chmod(SECRETS + "/shared", 0o777)
    put_secret(SECRETS + "/hmac", "HMAC")
    put_secret(SECRETS + "/url", "URL", text=f"http://127.0.0.1:{RECEIVER_PORT}/{{}}/403")
    put_secret(SECRETS + "/open", "OPEN", mode=0o644)
    put_secret(SECRETS + "/shared/token", "SHARED")


def say_everything():
    """All that the command line prints."""
    said = b""
    for words in (["status"], ["status", "--json"], ["doctor"], ["doctor", "--json"],
                  ["check-config", "--print"], ["test-alert"], ["test-alert", "--json"],
                  ["logins", "--all", "--json"], ["alerts", "--json"], ["posture", "--json"]):
        done = subprocess.run(["countersign", *words], capture_output=True, check=False)
        said += done.stdout + done.stderr
    return said


def of_processes():
    """Command lines and environments; the courier's own has the proxy that it was given."""
    found = b""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    text = file.read()
            except OSError:
                continue
            if name == "environ" and int(pid) == main_pid(UNITS[1]):
                text = b"\0".join(word for word in text.split(b"\0")
                                  if not word.startswith(b"https_proxy="))
            found += text
    return found


def die(unit, signal):
    pid = main_pid(unit)
    run("kill", "-" + signal, str(pid))
    wait_for(f"{unit} to die", lambda: main_pid(unit) != pid)


def files_with_canaries():
    found = run("grep", "-rlaF", "--devices=skip", CANARY, *SOUGHT, check=False).stdout.split()
    for place in OWN_PLACES:
        if not any(path.startswith(place) for path in found):
            raise Failure("the search did not see " + place)
    return [path for path in found if not path.startswith(OWN_PLACES)]


def test_canary_secrets_are_found_nowhere():
    config = "[aws]\ncloudtrail_endpoint = {api}\nssm_endpoint = {api}\nsts_endpoint = {api}\n" + SINKS
    drop_in = ("LoadCredential=canary:/root/canary/token\n"
               f"Environment=https_proxy=http://somebody:{canary('PROXY')}@127.0.0.1:3\n")
    began = time.time()
    plant()
    with World("aws", config, drop_in) as world:
        world.start()
        wait_for("credentials in use", lambda: any(request.get("status") == 200
                                                   for request in world.of_api()))
        said = say_everything()
        fates = test_alert()
        expect("delivered", [name for name, row in fates.items() if row["outcome"] == "delivered"],
               [])
        for name in ("open", "shared"):
            expect(name, SECRETS in fates[name]["detail"], True)
        got = "".join(path + headers for path, headers, _ in world.receiver.got)
        expect("secrets in use", (canary_in("CREDENTIAL", got), canary_in("URL", got),
                                  canary_in("OPEN", got), canary_in("SHARED", got)),
               (True, True, False, False))
        for unit in UNITS[:2]:
            for signal in ("SEGV", "ABRT"):
                wake_courier()
                said += of_processes()
                die(unit, signal)
                wait_until_up()
        said += say_everything() + of_processes()
        run("journalctl", "--sync")
        journal = subprocess.run(["journalctl", "-a", "-o", "export", "--since", f"@{began:.0f}"],
                                 capture_output=True, check=True).stdout
        expect("cores", b"code=dumped" in journal or b"core-dump" in journal, False)
        lines = [line[:200] for line in (said + journal).split(b"\n") if CANARY.encode() in line]
        expect("lines with a secret", lines[:5], [])
        expect("files with a secret", files_with_canaries(), [])
        if b"countersign" not in journal or b"countersignd" not in said:
            raise Failure("the search saw nothing")
        say(f"{len(said)} bytes printed and of processes, {len(journal)} of the journal, all of "
            f"{' '.join(SOUGHT)}: no secret; 4 deaths, no core")
    shutil.rmtree("/root/canary")


def canary_in(what, text):
    return f"{CANARY}-{what}-" in text


TESTS = [test_nothing_gets_out_of_the_sandboxes, test_programs_are_given_up_for_good,
         test_metadata_is_out_of_reach, test_canary_secrets_are_found_nowhere]
