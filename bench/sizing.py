#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agent needs, one line a figure, for the table "Sizing" of docs/operations.md: bytes and
seconds on the processor, so that another machine gives about the same. Never passes or fails.

    sizing.py [memory|processor|rest|disk|sinks|aws|azure|gcp]...      all of them without an argument

The clouds are the stand-ins of tests/standin, asked without TLS; poll_interval is seconds there, and
a pass the same. All of it takes about twenty minutes, most of them waited for.

COUNTERSIGND names the program; countersign and countersign-courier lie beside it."""

import glob
import os
import random
import select
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agent_figures import (ATTENTIVE, Agent, append, effort_of, login_lines, memory_of,  # noqa: E402
                           mib, noise_block, say, settled)
import lab  # noqa: E402
from cloud import Azure, Cloud, Google  # noqa: E402

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
PROGRAMS = os.path.dirname(os.path.abspath(lab.PROGRAM))


def kib(value):
    return "%.1f KiB" % (value / 1024)


def descriptors_of(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def log_logins(agent, first, count):
    append(agent.log, b"".join(login_lines(number) for number in range(first, first + count)))
    lab.wait_for("the logins", lambda: sum(
        agent.status()["logins"][word] for word in ("pending", "authorized")) >= first + count, 300)
    settled(agent)


# ---- memory ------------------------------------------------------------------------


def tell_memory(agent, what):
    pid = agent.process.pid
    memory = memory_of(pid)
    say(f"memory     {what:34} resident {mib(resident(pid)):9} PSS {mib(memory['pss']):9} "
        f"anonymous {mib(memory['anonymous']):9} peak {mib(memory['peak']):9} "
        f"descriptors {descriptors_of(pid)}")
    return memory["anonymous"]


def memory():
    for files in (1, 8, 64):
        with Agent() as agent:
            paths = [agent.log]
            for number in range(1, files):
                paths.append(os.path.join(agent.root, f"more-{number}.log"))
                append_new(paths[-1], noise_block(random.Random(number), 100))
            with open(agent.config, encoding="utf-8") as file:
                text = file.read().replace(f"files = {agent.log}", "files = " + ", ".join(paths))
            with open(agent.config, "w", encoding="utf-8") as file:
                file.write(text)
            agent.start()
            settled(agent)
            tell_memory(agent, f"{files} files followed, at rest")
    with Agent() as agent:
        agent.start()
        before = tell_memory(agent, "no login")
        append(agent.log, noise_block(random.Random(1), 1000) * 1000)
        settled(agent)
        tell_memory(agent, "1,000,000 lines read at once")
        done = 0
        for logins in (1000, 10000):
            log_logins(agent, done, logins - done)
            done = logins
            after = tell_memory(agent, f"{logins} logins that wait for a call")
            say(f"memory     {(after - before) / logins:.0f} bytes a login that waits")


def append_new(path, text):
    with open(path, "wb") as file:
        file.write(text)
    os.chmod(path, 0o600)


# ---- processor ---------------------------------------------------------------------


def processor():
    with Agent() as agent:
        agent.start()
        begin = effort_of(agent.process.pid)
        for _ in range(10):
            append(agent.log, noise_block(random.Random(1), 1000) * 100)
            settled(agent)
        end = effort_of(agent.process.pid)
        say("processor  1,000 lines that are no evidence, 10 x 100,000 at once: %.2f ms" %
            (end[0] - begin[0]))
        begin = effort_of(agent.process.pid)
        for turn in range(20):
            append(agent.log, noise_block(random.Random(turn), 50))
            settled(agent)
        end = effort_of(agent.process.pid)
        say("processor  1,000 lines that are no evidence, 20 x 50, with 1 question each: %.2f ms" %
            ((end[0] - begin[0]) * 1000))
        begin = effort_of(agent.process.pid)
        log_logins(agent, 0, 1000)
        end = effort_of(agent.process.pid)
        say("processor  a login of five lines, stored, 1,000 at once: %.2f ms" % (end[0] - begin[0]))
        begin = effort_of(agent.process.pid)
        for number in range(1000, 1200):
            log_logins(agent, number, 1)
        end = effort_of(agent.process.pid)
        say("processor  the same, 200 one by one, with 2 questions each: %.2f ms" %
            ((end[0] - begin[0]) * 1000 / 200))


def at_rest():
    """With nothing to ask, so the agent alone."""
    with Agent() as agent:
        agent.start()
        for wait, what in ((5, "after something happened"), (ATTENTIVE, "later")):
            time.sleep(wait)
            begin = effort_of(agent.process.pid)
            time.sleep(60)
            end = effort_of(agent.process.pid)
            say("rest       60 s, %s: %.2f ms and %.0f wakeups" %
                (what, (end[0] - begin[0]) * 1000, end[1] - begin[1]))


# ---- disk --------------------------------------------------------------------------


def bytes_of(pattern):
    return sum(os.stat(path).st_size for path in glob.glob(pattern))


def database(agent):
    return os.path.join(agent.root, "state", "countersign.db")


TABLES = (("events", "events", "length(code) + ifnull(length(key), 0)"),
          ("lines", "texts", "length(source) + length(cursor) + length(line)"),
          ("logins", "logins", "length(json)"), ("records", "deliveries", "length(bytes)"))


def tell_tables(agent, count):
    """What the bytes are, without the tables' own needs."""
    store = sqlite3.connect(database(agent))
    parts = [(name, store.execute(f"SELECT ifnull(sum({sizes}), 0) FROM {table}").fetchone()[0])
             for name, table, sizes in TABLES]
    used, free = (store.execute(f"PRAGMA {name}").fetchone()[0] * 4096
                  for name in ("page_count", "freelist_count"))
    store.close()
    say("disk       of these " + ", ".join(f"{name} {size / count:.0f}" for name, size in parts) +
        f"; tables and indexes with them {(used - free) / count:.0f}, free for others {free / count:.0f}")


def disk():
    calls = 1000
    with Agent(records="both") as agent:
        agent.start()
        empty = bytes_of(database(agent))
        log_logins(agent, 0, calls)
        wal = bytes_of(os.path.join(agent.root, "state", "*-wal"))
        agent.stop()
        say(f"disk       database, of 1,000 logins that wait for a call each "
            f"{(bytes_of(database(agent)) - empty) / calls:.0f} bytes; write-ahead log {kib(wal)}")
        with open(agent.alerts_path, "rb") as file:
            told = len(file.read())
        say(f"disk       alerts.jsonl, ocsf: a login that comes {told / calls:.0f} bytes")
        agent.start()
        records = [agent.push(number, "5f6c0000-0000-4000-8000-%012d" % number)
                   for number in range(calls)]
        agent.deliver(*records, agent.other())
        lab.wait_for("the verdicts",
                     lambda: agent.status()["logins"]["authorized"] >= calls, 300)
        wal = max(wal, bytes_of(os.path.join(agent.root, "state", "*-wal")))
        agent.stop()
        say(f"disk       database, of 1,000 logins that are vouched for each "
            f"{(bytes_of(database(agent)) - empty) / calls:.0f} bytes; write-ahead log {kib(wal)}")
        tell_tables(agent, calls)
        with open(agent.alerts_path, "rb") as file:
            now = len(file.read())
        say(f"disk       alerts.jsonl, ocsf: its verdict {(now - told) / calls:.0f} bytes more")


# ---- network -----------------------------------------------------------------------


class Relay:
    """In front of a stand-in, so that bytes are counted; one thread a connection."""

    def __init__(self, port):
        self.port, self.up, self.down, self.connections = int(port), 0, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.own = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        server = socket.create_connection(("127.0.0.1", self.port))
        with client, server:
            try:
                while True:
                    for one in select.select([client, server], [], [])[0]:
                        data = one.recv(65536)
                        if not data:
                            return
                        if one is client:
                            self.up += len(data)
                            server.sendall(data)
                        else:
                            self.down += len(data)
                            client.sendall(data)
            except OSError:
                return


class Counted:
    """A stand-in whose API and metadata are reached through relays."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.relays = {name: Relay(port) for name, port in cloud.ports.items()
                       if name in ("api", "imds", "metadata")}

    def settings(self):
        text = self.cloud.settings()
        for name, relay in self.relays.items():
            text = text.replace(f":{self.cloud.ports[name]}\n", f":{relay.own}\n")
        return text

    def counts(self):
        rows = self.cloud.requests()
        api = [row for row in rows if "operation" in row]
        return {"api": len(api), "metadata": len(rows) - len(api),
                "up": self.relays["api"].up, "down": self.relays["api"].down,
                "connections": self.relays["api"].connections}


def passes_of(rows, gap):
    """The requests of each pass: a pass is over when nothing is asked for `gap` seconds."""
    counts, last = [], None
    for row in rows:
        if last is None or row["at"] - last > gap:
            counts.append(0)
        counts[-1] += 1
        last = row["at"]
    return counts


CLOUDS = {  # stand-in, and seconds of poll_interval
    "aws": (Cloud, 24),
    "azure": (Azure, 24),
    "gcp": (Google, 8),  # rests four times as long
}


def connected(kind, counted, poll):
    # the keys of AWS stand in its section already
    settings = {"aws": counted.settings() + "\n"} if kind == "aws" else {
        "aws": "", "more": counted.settings()}
    agent = Agent(courier="child", identity=f"[identity]\nprovider = {kind}\n", **settings)
    with open(agent.config, encoding="utf-8") as file:
        text = file.read().replace("poll_interval = 15min", f"poll_interval = {poll}s").replace(
            "lateness = 2min", "lateness = 1s")
    with open(agent.config, "w", encoding="utf-8") as file:
        file.write(text)
    return agent


def network(kind):
    cloud_of, poll = CLOUDS[kind]
    with cloud_of("--late", "1") as cloud:
        counted = Counted(cloud)
        with connected(kind, counted, poll) as agent:
            agent.start()
            rest(kind, counted, poll)
            told = counted.counts()
            knock(kind, agent)
            waiting(kind, counted, told, poll)


def knock(kind, agent):
    """A login whose call never comes."""
    if kind == "aws":
        agent.instance_connect(1)
    else:  # the serial console
        agent.pid += 1
        agent.append(agent.line("login", agent.pid, "LOGIN ON ttyS0 BY amy"))


def rest(kind, counted, poll):
    lab.wait_for("a first pass", lambda: counted.counts()["api"] > 0, 60)
    time.sleep(poll)
    begin = counted.counts()
    time.sleep(10 * poll)
    end = counted.counts()
    requests = end["api"] - begin["api"]
    rows = [row for row in counted.cloud.requests() if "operation" in row][begin["api"]:]
    say(f"network    {kind:6} at rest, 10 poll_intervals: {requests} requests, in passes of "
        f"{passes_of(rows, poll / 4)}; {end['metadata'] - begin['metadata']} of metadata")
    if requests:
        say(f"network    {kind:6} a request {(end['up'] - begin['up']) / requests:.0f} bytes up, "
            f"{(end['down'] - begin['down']) / requests:.0f} down with nothing to tell; "
            f"{(end['connections'] - begin['connections']) / requests:.2f} connections")


def waiting(kind, counted, begin, poll):
    """Passes come 15 times as often, but not more often than every second."""
    passes = 15
    time.sleep(passes * max(1, poll / 15))
    end = counted.counts()
    say(f"network    {kind:6} while a login waits, {passes} passes: {end['api'] - begin['api']} requests")


# ---- sinks -------------------------------------------------------------------------


def sinks():
    incident = os.path.join(TOP, "examples", "incident")
    command = [os.path.join(PROGRAMS, "countersign"), "replay"]
    for option, pattern in (("--host-log", "host/*"), ("--api-log", "cloudtrail")):
        for path in sorted(glob.glob(os.path.join(incident, pattern))):
            command += [option, path]
    for path in glob.glob(os.path.join(incident, "identity*.json")):
        command += ["--identity", path]
    for name in ("ocsf", "native", "ecs", "cef", "udm", "asff", "slack", "teams", "pagerduty"):
        told = []
        for which in ("logins", "findings"):
            done = subprocess.run([*command, f"--format={name}", f"--records={which}"],
                                  capture_output=True, check=False)
            lines = done.stdout.splitlines(keepends=True)
            told.append(f"{which} {len(lines)} of {sum(map(len, lines)) / max(1, len(lines)):.0f}"
                        " bytes each")
        say(f"sinks      {name:10} " + ", ".join(told))


FIGURES = {"memory": memory, "processor": processor, "rest": at_rest, "disk": disk, "sinks": sinks}


def main():
    for name in sys.argv[1:] or [*FIGURES, *CLOUDS]:
        if name in CLOUDS:
            network(name)
        else:
            FIGURES[name]()


if __name__ == "__main__":
    main()
