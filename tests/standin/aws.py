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
  * a request without metadata token (unless "imdsv1" is set), or with a wrong or expired one, gets 401; the token needs a
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
             "instance": "i-...", "user_data": "#!/bin/sh", "imdsv1": true}}  {"rotate": true}: revoke the credentials given out so far
    {"imds_fault": "hop-limit"}          see GET /imds-faults; "" = none
The answer is {"ok": true, ...}; of "add" with the records, so that a test knows their ids.
GET /requests is the log of requests (without secrets); GET /faults the names of all faults.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from aws_account import Standin  # noqa: E402
from aws_http import Api, Metadata  # noqa: E402
from cloud_server import add_options, run  # noqa: E402


def parse(words):
    parser = argparse.ArgumentParser(description="A stand-in for AWS on loopback; see the head of "
                                                 "this file.")
    add = parser.add_argument
    add_options(add, "imds", 5, "a call")
    add("--state-file", default="", help="calls are kept there, and taken from there at start")
    add("--rate", type=float, default=2, help="requests a second and service; 0 = any number")
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


def main():
    standin = Standin(parse(sys.argv[1:]))
    standin.load()
    run(standin, "imds", (Metadata, Api))


if __name__ == "__main__":
    main()
