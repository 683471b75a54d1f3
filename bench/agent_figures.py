#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of the living agent, one line each, beside its peers where there are any. Never
passes or fails by time.

    agent_figures.py P6          a line appended -> its login committed and visible
    agent_figures.py P7          an idle agent with every source on (wants root)
    agent_figures.py P8          memory at 50,000 lines/s with 100,000 open events
    agent_figures.py restart     time and memory of restoring what P8 stored

COUNTERSIGND names the program. BENCH_SECONDS: how long P6 and P8 load it (60 and 100);
BENCH_LOGINS: logins that P8 leaves open (20,000); BENCH_IDLE: seconds P7 watches (180)."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests",
                                "agent"))
import lab  # noqa: E402
from lab import key, stamp  # noqa: E402

LINES_A_SECOND = 50000
SLICE_SECONDS = 0.01
MIB = 1048576
# What an installation has, where the tests are in a hurry.
UNHURRIED = (("poll_interval = 1s", "poll_interval = 15min"), ("lateness = 1s", "lateness = 2min"),
             ("skew = 1s", "skew = 5s"), ("twin_wait = 1s", "twin_wait = 10s"),
             ("mode = child", "mode = child\nidle_exit = 10s"))


class Agent(lab.Agent):
    def __init__(self, **settings):
        super().__init__(provisional="30min", final="1h", blind="24h", **settings)

    def configure(self, **settings):
        super().configure(**settings)
        with open(self.config) as file:
            text = file.read()
        for hurried, unhurried in UNHURRIED:
            text = text.replace(hurried, unhurried)
        with open(self.config, "w") as file:
            file.write(text)


def say(*words):
    print(*words, flush=True)


# ---- what /proc says ---------------------------------------------------------------


def memory_of(pid):
    """PSS, anonymous and journal bytes, and the peak of the resident set."""
    found = {"pss": 0, "anonymous": 0, "journal": 0}
    name = ""
    with open(f"/proc/{pid}/smaps") as file:
        for line in file:
            words = line.split()
            if not words[0].endswith(":"):
                name = words[5] if len(words) > 5 else ""
            elif words[0] == "Pss:":
                found["pss"] += int(words[1]) * 1024
                if ".journal" in name:
                    found["journal"] += int(words[1]) * 1024
            elif words[0] == "Anonymous:":
                found["anonymous"] += int(words[1]) * 1024
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                found["peak"] = int(line.split()[1]) * 1024
    return found


def effort_of(pid):
    """Seconds on the processor, and how often it went to sleep of itself."""
    with open(f"/proc/{pid}/schedstat") as file:
        seconds = int(file.read().split()[0]) / 1e9
    with open(f"/proc/{pid}/status") as file:
        sleeps = [int(line.split()[1]) for line in file
                  if line.startswith("voluntary_ctxt_switches")]
    return seconds, sleeps[0]


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def mib(value):
    return "%.1f MiB" % (value / MIB)


# ---- noise -------------------------------------------------------------------------

NOISE = ("Failed password for invalid user {user} from {ip} port {port} ssh2",
         "Invalid user {user} from {ip} port {port}",
         "Connection closed by authenticating user {user} {ip} port {port} [preauth]",
         "Received disconnect from {ip} port {port}:11: Bye Bye [preauth]",
         "Disconnected from invalid user {user} {ip} port {port} [preauth]",
         "error: maximum authentication attempts exceeded for invalid user {user} from {ip} "
         "port {port} ssh2 [preauth]")


def noise_block(chance, lines):
    """What an exposed sshd logs all day; the same for the same `chance`."""
    now, host = stamp(), socket.gethostname()
    return "".join(
        f"{now} {host} sshd[{chance.randrange(300, 90000)}]: " + chance.choice(NOISE).format(
            user=chance.choice(("admin", "oracle", "test", "root", "git", "pi")),
            ip=f"203.0.113.{chance.randrange(1, 255)}", port=chance.randrange(1024, 61000)) +
        "\n" for _ in range(lines)).encode()


class Noise:
    """A process that appends 50,000 lines a second to a log, until it is stopped."""

    def __init__(self, path, logins_a_second=0):
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.write(path, logins_a_second)
            finally:
                os._exit(0)

    @staticmethod
    def write(path, logins_a_second):
        running = [True]
        signal.signal(signal.SIGTERM, lambda *_: running.clear())
        chance = random.Random(1)
        lines = int(LINES_A_SECOND * SLICE_SECONDS)
        blocks = [noise_block(chance, lines - int(5 * logins_a_second * SLICE_SECONDS))
                  for _ in range(50)]
        log = os.open(path, os.O_WRONLY | os.O_APPEND)
        begun, turn, logins = time.monotonic(), 0, 0
        while running:
            due = int((turn + 1) * SLICE_SECONDS * logins_a_second)
            text = b"".join(login_lines(number) for number in range(logins, due))
            logins = due
            os.write(log, blocks[turn % len(blocks)] + text)
            turn += 1
            time.sleep(max(0, begun + turn * SLICE_SECONDS - time.monotonic()))
        with open(path + ".rate", "w") as file:
            json.dump({"lines_a_second": turn * lines / (time.monotonic() - begun),
                       "logins": logins}, file)

    def stop(self, path):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        with open(path + ".rate") as file:
            return json.load(file)


def login_lines(number):
    """An Instance Connect login as its writers log it: five lines, five events."""
    now, host = stamp(), socket.gethostname()
    pid, fingerprint = 1000 + number * 3, key(number)[1]
    offer = (f"{now} {host} ec2-instance-connect[{pid + 1}]: Providing ssh key from EC2 "
             f"Instance Connect with fingerprint: {fingerprint}, request-id: "
             f"5f6c0000-0000-4000-8000-{number:012d}, for IAM principal: "
             f"arn:aws:iam::{lab.ACCOUNT}:user/alice\n")
    return (offer + offer +
            f"{now} {host} sshd[{pid}]: Accepted publickey for deploy from 198.51.100."
            f"{number % 250 + 1} port {1024 + number % 60000} ssh2: ED25519 {fingerprint}\n"
            f"{now} {host} sshd[{pid}]: pam_unix(sshd:session): session opened for user "
            "deploy(uid=1000) by deploy(uid=0)\n"
            f"{now} {host} systemd-logind[563]: New session {number} of user deploy.\n"
            ).encode()


# ---- P6 ----------------------------------------------------------------------------


def append(path, text):
    log = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(log, text)
    os.close(log)


def latency(agent, number):
    """Milliseconds from the line's write() to a login that the store has committed: the
    control socket tells of no others."""
    at = time.time()
    pid, fingerprint = 3000000 + number, key(number)[1]
    line = agent.line("sshd", pid, f"Accepted publickey for probe from 198.51.100.9 port "
                      f"{1024 + number % 60000} ssh2: ED25519 {fingerprint}", at).encode()
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".%06dZ" % (at % 1 * 1e6)
    begun = time.perf_counter()
    append(agent.log, line)
    while True:
        if any(row["pid"] == pid for row in agent.ask(command="logins", all=True,
                                                      since=since)):
            return (time.perf_counter() - begun) * 1000


def sync_latency(agent, number):
    """The same of one bare write of 40 KiB, as a login's commit is, and its fdatasync()."""
    file = os.open(os.path.join(agent.root, "bare"), os.O_RDWR | os.O_CREAT, 0o600)
    begun = time.perf_counter()
    os.pwrite(file, b"x" * 40960, number % 20 * 40960)
    os.fdatasync(file)
    took = time.perf_counter() - begun
    os.close(file)
    return took * 1000


def quantiles(samples):
    samples.sort()
    return samples[len(samples) // 2], samples[int(len(samples) * 0.99)]


def tell_latency(name, samples, bare, goal, more=""):
    (p50, p99), (bare50, bare99) = quantiles(samples), quantiles(bare)
    say("P6  %-24s p50 %6.2f ms  p99 %6.2f ms  goal p99 <= %g ms  %s  (a bare fdatasync: p50 "
        "%.2f p99 %.2f)%s" % (name, p50, p99, goal, "reached" if p99 <= goal else "MISSED",
                              bare50, bare99, more))


def sample(agent, first, seconds):
    """Latencies of lines at odd moments, and of bare syncs between them."""
    chance = random.Random(first)
    samples, bare, end = [], [], time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.02, 0.1))
        samples.append(latency(agent, first + len(samples)))
        time.sleep(chance.uniform(0.01, 0.04))
        bare.append(sync_latency(agent, len(bare)))
    return samples, bare


def p6():
    seconds = float(os.environ.get("BENCH_SECONDS", "60"))
    with Agent() as agent:
        agent.start()
        tell_latency("idle", *sample(agent, 0, seconds), 5)
    for name, logins in (("50,000 lines/s of noise", 0), ("and 100 logins/s", 100)):
        with Agent() as agent:
            agent.start()
            noise = Noise(agent.log, logins)
            begin = effort_of(agent.process.pid)
            samples, bare = sample(agent, 100000, seconds)
            end = effort_of(agent.process.pid)
            rate = noise.stop(agent.log)
            tell_latency(name, samples, bare, 250, "  %.0f lines/s, %.0f %% of a core" % (
                rate["lines_a_second"], (end[0] - begin[0]) / seconds * 100))


# ---- P7 ----------------------------------------------------------------------------

RSYSLOG = """module(load="imfile")
input(type="imfile" File="{log}" Tag="x")
*.* {out}
"""
FAIL2BAN = """[DEFAULT]
[sshd]
enabled = true
backend = polling
filter = sshd
logpath = {log}
"""


def peers(log, folder):
    """Starts what is there of the peers, on the same log; [(name, pid)]."""
    started = []
    configuration = os.path.join(folder, "rsyslog.conf")
    with open(configuration, "w") as file:
        file.write(RSYSLOG.format(log=log, out=os.path.join(folder, "rsyslog.out")))
    commands = (("rsyslogd", ["rsyslogd", "-n", "-iNONE", "-f", configuration]),
                ("sec", ["sec", f"--conf={os.path.dirname(os.path.abspath(__file__))}"
                         "/peers/sshd.sec", f"--input={log}", "--quiet"]))
    for name, command in commands:
        try:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, cwd=folder)
            started.append((name, process))
        except OSError:
            say(f"no {name}: its figure is left out")
    jail = os.path.join(folder, "fail2ban")
    subprocess.run(["cp", "-r", "/etc/fail2ban", jail], check=False,
                   stderr=subprocess.DEVNULL)
    if os.path.isdir(jail):
        with open(os.path.join(jail, "jail.local"), "w") as file:
            file.write(FAIL2BAN.format(log=log))
        for name in os.listdir(os.path.join(jail, "jail.d")):
            os.unlink(os.path.join(jail, "jail.d", name))
        started.append(("fail2ban", subprocess.Popen(
            ["fail2ban-server", "-f", "-c", jail, "-s", os.path.join(folder, "f2b.sock"),
             "-p", os.path.join(folder, "f2b.pid"), "--logtarget",
             os.path.join(folder, "f2b.log")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    return started


def start_journald():
    """A systemd-journald of our own: the caller stands in a mount namespace."""
    for folder in ("/run", "/var/log"):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
    os.makedirs("/run/systemd/journal")
    os.makedirs("/run/log")
    with open("/etc/machine-id") as file:
        os.makedirs("/var/log/journal/" + file.read().strip())
    journald = subprocess.Popen(["/lib/systemd/systemd-journald"],
                                stderr=subprocess.DEVNULL)
    while subprocess.run(["logger", "--socket-errors=on", "-u",
                          "/run/systemd/journal/dev-log", "hello"], check=False,
                         stderr=subprocess.DEVNULL).returncode:
        time.sleep(0.05)
    os.kill(journald.pid, signal.SIGUSR1)  # to disk


def watch(pid, seconds):
    begin = effort_of(pid)
    time.sleep(seconds)
    end = effort_of(pid)
    return (end[0] - begin[0]) / seconds * 100, (end[1] - begin[1]) / seconds


def tell_idle(agent, seconds):
    pid = agent.process.pid
    cpu, wakeups = watch(pid, seconds)
    memory = memory_of(pid)
    pss = memory["pss"] - memory["journal"]
    say("P7  countersignd PSS without journals %s  goal <= 5  %s" % (
        mib(pss), "reached" if pss <= 5 * MIB else "MISSED"))
    say("P7  countersignd anonymous %s  goal <= 2  %s   (journal mappings %s, peak %s)" % (
        mib(memory["anonymous"]), "reached" if memory["anonymous"] <= 2 * MIB else "MISSED",
        mib(memory["journal"]), mib(memory["peak"])))
    say("P7  countersignd wakeups/s %.3f  goal <= 0.2  %s" % (
        wakeups, "reached" if wakeups <= 0.2 else "MISSED"))
    say("P7  countersignd CPU %.4f %%  goal <= 0.1  %s" % (
        cpu, "reached" if cpu <= 0.1 else "MISSED"))


ATTENTIVE = 220  # seconds until the agent takes it that nothing happens, and more


def peak_of_courier(agent, seconds):
    peak, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for child in children_of(agent.process.pid):
            try:
                peak = max(peak, memory_of(child)["pss"])
            except (OSError, KeyError):  # it is gone
                pass
        time.sleep(0.02)
    return peak


def tell_peers(started):
    for name, process in started:
        try:
            cpu, wakeups = watch(process.pid, 20)
            say("P7  beside it: %-10s PSS %s, %.2f wakeups/s, CPU %.4f %%" % (
                name, mib(memory_of(process.pid)["pss"]), wakeups, cpu))
        except (OSError, KeyError):
            say(f"P7  {name} did not stay")
        process.terminate()
        process.wait()


def p7_inside():
    """No login waits for its call: then the agent would go on asking for it."""
    from cloud import Cloud
    start_journald()
    with Cloud("--late", "1", "--rate", "0") as cloud:
        agent = Agent(courier="child", identity="[identity]\nprovider = aws\n",
                      journal="yes")
        agent.configure(aws=f"{cloud.settings()}\napi_log_dir = {agent.api}")
        os.mkdir(os.path.join(agent.root, "ssm"))
        with agent, tempfile.TemporaryDirectory(prefix="countersign-peers-") as folder:
            agent.start()
            say("P7  sources:", ", ".join(f"{row['kind']} {row['state']}"
                                          for row in agent.status()["sources"]))
            peak = peak_of_courier(agent, 30)
            say("P7  courier PSS at most %s  goal <= 16  %s" % (
                mib(peak), "reached" if 0 < peak <= 16 * MIB else "MISSED"))
            started = peers(agent.log, folder)
            time.sleep(ATTENTIVE)
            say("P7  courier", "still there: MISSED" if children_of(agent.process.pid)
                else "gone when idle: reached")
            tell_idle(agent, float(os.environ.get("BENCH_IDLE", "180")))
            tell_peers(started)


def p7():
    if os.geteuid() or not os.path.exists("/lib/systemd/systemd-journald"):
        say("P7  left out: it wants root and a systemd-journald")
        return
    subprocess.run(["unshare", "-m", "-p", "-f", "--mount-proc", sys.executable,
                    os.path.abspath(__file__), "P7-inside"], check=False)


# ---- P8 and restart ----------------------------------------------------------------


def settled(agent):
    """Waits until the log is read to its end."""
    def done():
        return all(row["lag_bytes"] == 0 for row in agent.status()["sources"])
    lab.wait_for("the log to be read", done, 300)


def load(agent, seconds, logins):
    noise = Noise(agent.log, logins / seconds)
    begin = effort_of(agent.process.pid)
    time.sleep(seconds)
    end = effort_of(agent.process.pid)
    rate = noise.stop(agent.log)
    settled(agent)
    return rate, (end[0] - begin[0]) / seconds * 100


def p8(and_restart=False):
    seconds = float(os.environ.get("BENCH_SECONDS", "100"))
    logins = int(os.environ.get("BENCH_LOGINS", "20000"))
    with Agent() as agent:
        agent.start()
        rate, cpu = load(agent, seconds, logins)
        memory = memory_of(agent.process.pid)
        status = agent.status()
        say("P8  %d logins open, %d events stored, %.0f lines/s for %.0f s, %.0f %% of a core, "
            "store %s" % (status["logins"]["pending"], status["store"]["events"],
                          rate["lines_a_second"], seconds, cpu,
                          mib(status["store"]["bytes"])))
        say("P8  peak %s, PSS %s, anonymous %s  goal <= 32  %s" % (
            mib(memory["peak"]), mib(memory["pss"]), mib(memory["anonymous"]),
            "reached" if memory["peak"] <= 32 * MIB else "MISSED"))
        if and_restart:
            restart(agent, status["store"]["events"])


def restart(agent, events):
    agent.kill()
    begun = time.perf_counter()
    agent.start()
    took = time.perf_counter() - begun
    memory = memory_of(agent.process.pid)
    say("start  %d events restored in %.2f s (%.0f events/s); peak %s, PSS %s, anonymous %s"
        % (events, took, events / took, mib(memory["peak"]), mib(memory["pss"]),
           mib(memory["anonymous"])))


def main():
    wanted = sys.argv[1:] or ["P6", "P7", "P8"]
    for name in wanted:
        {"P6": p6, "P7": p7, "P7-inside": p7_inside, "P8": p8,
         "restart": lambda: p8(True)}[name]()


if __name__ == "__main__":
    main()
