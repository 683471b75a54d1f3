#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for AWS on loopback, for tests and the demo: instance metadata (IMDSv2 only) and the
three services that the agent asks, CloudTrail LookupEvents, Systems Manager DescribeSessions and
ListCommands, and STS AssumeRole. Python's standard library alone; where botocore is installed it
checks every signature as well.

    aws.py [--late 5] [--tls] [--state-file FILE] ...
    ready imds=40001 api=40002 control=40003

The line "ready ..." on stdout says that it answers, and where:
    imds     http://127.0.0.1:PORT       [aws] metadata_endpoint
    api      http(s)://127.0.0.1:PORT    [aws] cloudtrail_endpoint, ssm_endpoint, sts_endpoint
    control  http://127.0.0.1:PORT       what this file's own users say to it, below
    ca       with --tls: the certificate to trust ([aws] ca_file)
It ends by SIGTERM, when its stdin is closed (with --stdin), or by itself after --lifetime seconds.

Like the real ones:
  * a request without metadata token, or with a wrong or expired one, gets 401; the token needs a
    lifetime of 1 to 21600 s and is refused to a proxy (X-Forwarded-For); credentials rotate before
    they expire; a role can be missing.
  * every API request must be signed (SigV4) with credentials given out here, all x-amz-* headers
    signed, for the right region and service, within five minutes of the service's clock.
  * LookupEvents: one attribute, at most 50 a page, newest first, tokens good for the same question
    only, 2 requests a second (--rate), and a call is told only --late seconds after its time.
  * the canary: each LookupEvents of the agent's becomes a call itself, under the session's name
    (the instance id), as does the SSM agent's UpdateInstanceInformation every five minutes.

Control: POST /control with a JSON object (or a list of them), GET /control for the state.
    {"add": {"call": "StartSession", "session_id": "alice-0a1b2c3d4e5f60718", "user": "alice"}}
    {"add": {"call": "SendSSHPublicKey", "key": "ssh-ed25519 AAAA...", "os_user": "ubuntu",
             "request_id": "...", "ago": 3, "late": 0}}         also: SendCommand (command_id),
             OpenTunnel (private_ip, port), SendSerialConsoleSSHPublicKey, ResumeSession,
             TerminateSession; or {"add": {"record": {a whole CloudTrail record}}}
    {"fault": {"name": "reset-in-body", "count": 3, "on": "LookupEvents", "bytes": 100}}
             count -1 = until cleared; "every": 2 = every second request; "on": an operation ("LookupEvents", "AssumeRole",
             "DescribeSessions", "ListCommands"), or a part of a metadata path, "" = any API request
    {"clear": "faults"}                  {"deny": ["ssm:DescribeSessions"]}   {"deny": []}
    {"set": {"late": 1, "rate": 0, "clock_offset": -7200, "role": "", "credentials_life": 30,
             "instance": "i-..."}}       {"rotate": true}: revoke the credentials given out so far
    {"imds_fault": "hop-limit"}          see GET /imds-faults; "" = none
The answer is {"ok": true, ...}; of "add" with the records, so that a test knows their ids.
GET /requests is the log of requests (without secrets); GET /faults the names of all faults.
"""
import argparse
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from http.server import ThreadingHTTPServer

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from aws_account import Standin  # noqa: E402
from aws_certificates import make_contexts  # noqa: E402
from aws_faults import FAULTS, IMDS_FAULTS  # noqa: E402
from aws_http import Api, Handler, Metadata  # noqa: E402


class Control(Handler):
    def do_POST(self):
        try:
            commands = json.loads(self.read_body())
            with self.standin.lock:
                answers = [self.standin.control(command) for command in
                           (commands if isinstance(commands, list) else [commands])]
            answer = answers if isinstance(commands, list) else answers[0]
            self.reply(200, json.dumps(answer), "application/json")
        except (ValueError, KeyError, TypeError) as problem:
            self.reply(400, json.dumps({"ok": False, "problem": str(problem)}), "application/json")

    def do_GET(self):
        with self.standin.lock:
            answers = {"/control": self.standin.state, "/requests": lambda: self.standin.requests,
                       "/faults": lambda: sorted(FAULTS),
                       "/imds-faults": lambda: IMDS_FAULTS}
            found = answers.get(self.path)
            text = json.dumps(found()) if found else ""
        self.reply(200 if found else 404, text, "application/json")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass   # the other side went away: that is its right


class ApiServer(Server):
    """Shakes hands in the connection's own thread, with the certificate that is due."""

    contexts = None
    standin = None

    def finish_request(self, request, client_address):
        fault = self.standin.take_fault("", connection=True)
        name = fault["name"] if fault else ""
        if name == "connect-reset":
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if name == "connect-close":
            return
        if name == "connect-hang":
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and request.recv(65536):
                pass
            return
        if name == "tls-close":
            request.recv(100)
            return
        if self.contexts and name != "tls-plain-http":
            context = self.contexts[name if name in self.contexts else "good"]
            try:
                request = context.wrap_socket(request, server_side=True)
            except OSError:
                return
        with self.standin.lock:
            self.standin.connections.add(request)
        try:
            super().finish_request(request, client_address)
        finally:
            with self.standin.lock:
                self.standin.connections.discard(request)


# -- the whole -------------------------------------------------------------------------------------

def parse(words):
    parser = argparse.ArgumentParser(description="A stand-in for AWS on loopback; see the head of "
                                                 "this file.")
    add = parser.add_argument
    add("--imds-address", default="127.0.0.1", help="169.254.169.254 in a network of the test's own")
    add("--imds-port", type=int, default=0)
    add("--api-port", type=int, default=0)
    add("--control-port", type=int, default=0)
    add("--tls", action="store_true", help="the API over HTTPS, with a CA made at start")
    add("--state-file", default="", help="calls are kept there, and taken from there at start")
    add("--lifetime", type=float, default=600, help="seconds until it ends by itself")
    add("--stdin", action="store_true", help="end when stdin is closed")
    add("--late", type=float, default=5, help="seconds until a call is told")
    add("--rate", type=float, default=2, help="requests a second and service; 0 = any number")
    add("--clock-offset", type=float, default=0, help="the service's clock minus this machine's")
    add("--credentials-life", type=float, default=21600)
    add("--no-canary", dest="canary", action="store_false")
    add("--instance", default="i-0123456789abcdef0")
    add("--account", default="111122223333")
    add("--region", default="eu-central-1")
    add("--domain", default="amazonaws.com")
    add("--private-ip", default="10.0.0.5")
    add("--launched", default="2026-01-05T08:00:00Z")
    add("--tag", action="append", default=[], metavar="KEY=VALUE",
        help="of the instance; without any the metadata shows none")
    add("--role", default="countersign-agent", help="the instance's role; '' = none")
    add("--assume-role-arn", default="arn:aws:iam::111122223333:role/trail-reader")
    add("--external-id", default="")
    add("--deny", action="append", default=[], metavar="ACTION", help="ssm:DescribeSessions ...")
    return parser.parse_args(words)


def serve(server):
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()


def start(options, folder):
    standin = Standin(options)
    standin.load()
    servers = {}
    for name, kind, server, port in (("imds", Metadata, Server, options.imds_port),
                                     ("api", Api, ApiServer, options.api_port),
                                     ("control", Control, Server, options.control_port)):
        handler = type(kind.__name__, (kind,), {"standin": standin})
        address = options.imds_address if name == "imds" else "127.0.0.1"
        servers[name] = server((address, port), handler)
        standin.ports[name] = servers[name].server_address[1]
    servers["api"].standin = standin
    if options.tls:
        servers["api"].contexts = make_contexts(folder)
    for server in servers.values():
        serve(server)
    return standin


def main():
    options = parse(sys.argv[1:])
    folder = tempfile.mkdtemp(prefix="standin-")
    try:
        standin = start(options, folder)
        words = [f"{name}={port}" for name, port in standin.ports.items()]
        if options.tls:
            words.append(f"ca={folder}/ca.pem")
        print("ready", *words, flush=True)
        deadline = time.monotonic() + options.lifetime
        while time.monotonic() < deadline:
            if options.stdin:
                left = max(0.0, deadline - time.monotonic())
                if select.select([sys.stdin], [], [], left)[0] and not os.read(0, 65536):
                    break
            else:
                time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main()
