#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for Google Cloud on loopback, for tests: the metadata server of an instance, and Cloud
Logging's entries:list. Python's standard library alone.

    gcp.py [--late 1] [--tls] ...
    ready metadata=40001 api=40002 control=40003

The line "ready ..." on stdout says that it answers, and where:
    metadata http://127.0.0.1:PORT       [gcp] metadata_endpoint
    api      http(s)://127.0.0.1:PORT    [gcp] logging_endpoint
    control  http://127.0.0.1:PORT       what this file's own users say to it, below
    ca       with --tls: the certificate to trust ([gcp] ca_file)
It ends by SIGTERM, when its stdin is closed (with --stdin), or by itself after --lifetime seconds.

Like the real ones:
  * metadata is answered only to "Metadata-Flavor: Google", never to a proxy, and says so itself;
    tokens are the same until shortly before their end; what is not set is 404.
  * entries:list needs a token given out here, of a service account whose scopes let it read logs;
    its filter is read as the Logging query language and kept to; pages are of at most 1000, tokens
    good for the same question only, and a page may be empty though others follow it ("empty_pages").
    60 requests a minute (--rate), then 429 without Retry-After. An entry is told --late seconds
    after its time. Who may not list private entries is not told so: they are left out.

Control: POST /control with a JSON object (or a list of them), GET /control for the state.
    {"add": {"call": "CheckPolicy", "user": "alice@example.com", "policy": "LOGIN", "ago": 3,
             "late": 0, "instance": "...", "code": 7}}      also: SerialConnect (os_user, port,
             operation), SerialDisconnect, AuthorizeUser, setMetadata (keys), Other (log, method),
             setCommonInstanceMetadata (keys); or {"add": {"entry": {a whole LogEntry}}}
    {"fault": {"name": "reset-in-body", "count": 3, "on": "entries.list", "bytes": 100}}
             count -1 = until cleared; "every": 2 = every second request; "on": "entries.list", or a
             part of a metadata path from a '/' on; "" = any entries.list
    {"clear": "faults"}     {"deny": ["logging.logEntries.list", "logging.privateLogEntries.list"]}
    {"set": {"late": 1, "rate": 0, "clock_offset": -7200, "token_life": 3600, "scopes": [...],
             "email": "", "instance": "...", "project": "...", "zone": "...", "empty_pages": 2,
             "attributes": {"instance/attributes/ssh-keys": "..."}, "users": {"alice": {...}}}}
    {"rotate": true}: revoke the tokens given out so far
    {"metadata_fault": "no-flavor"}   see GET /metadata-faults; "" = none
The answer is {"ok": true, ...}; of "add" with the entries. GET /requests is the log of requests
(without tokens); GET /complaints what no honest agent sends; GET /faults the names of all faults.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cloud_server import add_options, run  # noqa: E402
from gcp_http import Logging, Metadata  # noqa: E402
from gcp_project import Project  # noqa: E402


def parse(words):
    parser = argparse.ArgumentParser(description="A stand-in for Google Cloud on loopback; see the "
                                                 "head of this file.")
    add = parser.add_argument
    add_options(add, "metadata", 1, "an entry")
    add("--rate", type=float, default=60, help="requests a minute; 0 = any number")
    add("--token-life", type=float, default=3600)
    add("--instance", default="1234567890123456789")
    add("--project", default="example-project")
    add("--zone", default="europe-west1-b")
    add("--private-ip", default="10.128.0.7")
    add("--tag", action="append", default=[], help="a network tag of the instance")
    add("--email", default="agent@example-project.iam.gserviceaccount.com", help="'' = no account")
    add("--scope", default="https://www.googleapis.com/auth/logging.read", help="'' = the default ones")
    add("--deny", action="append", default=[], metavar="PERMISSION")
    return parser.parse_args(words)


def main():
    run(Project(parse(sys.argv[1:])), "metadata", (Metadata, Logging))


if __name__ == "__main__":
    main()
