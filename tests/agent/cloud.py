# SPDX-License-Identifier: Apache-2.0
"""Starts a stand-in of tests/standin and talks to it: a cloud's metadata and its API."""

import json
import os
import subprocess
import sys
import time
import urllib.request

from lab import Failure, INSTANCE

STANDINS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "standin")


class Cloud:
    """Amazon's; others are below."""

    program = "aws.py"
    own_options = ("--instance", INSTANCE)

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(STANDINS, self.program), "--lifetime", "300",
             *self.own_options, *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().split()
        if not line or line[0] != "ready":
            raise Failure("the stand-in does not start")
        self.ports = dict(word.split("=", 1) for word in line[1:])

    def tell(self, **command):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['control']}/control", json.dumps(command).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def requests(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['control']}/requests",
                                    timeout=30) as answer:
            return json.load(answer)

    def hears_nothing(self, seconds=3):
        """Metadata aside, for some of the agent's intervals between two questions."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            asked = [row for row in self.requests() if row.get("operation")]
            if asked:
                raise Failure(f"it was asked: {asked[0]}")
            time.sleep(0.2)

    def faults(self):
        """The names of all that the API can do wrong."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['control']}/faults",
                                    timeout=30) as answer:
            return json.load(answer)

    def settings(self):
        return (f"metadata_endpoint = http://127.0.0.1:{self.ports['imds']}\n"
                f"cloudtrail_endpoint = http://127.0.0.1:{self.ports['api']}\n"
                f"ssm_endpoint = http://127.0.0.1:{self.ports['api']}\n"
                f"sts_endpoint = http://127.0.0.1:{self.ports['api']}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Azure(Cloud):
    program = "azure.py"
    subscription = "0a1b2c3d-1111-4222-8333-444455556666"
    group = "shop-rg"
    own_options = ("--subscription", subscription.upper(), "--group", group)
    machine = (f"/subscriptions/{subscription.upper()}/resourceGroups/{group}/providers/"
               "Microsoft.Compute/virtualMachines/web-1")

    def settings(self):
        return (f"[azure]\nmetadata_endpoint = http://127.0.0.1:{self.ports['imds']}\n"
                f"management_endpoint = http://127.0.0.1:{self.ports['api']}\n")


class Google(Cloud):
    program = "gcp.py"
    instance, project = "4520031799277581759", "example-shop"
    own_options = ("--instance", instance, "--project", project, "--rate", "0")

    def complaints(self):
        """Of what no honest agent asks."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['control']}/complaints",
                                    timeout=30) as answer:
            return json.load(answer)

    def settings(self):
        return (f"[gcp]\nmetadata_endpoint = http://127.0.0.1:{self.ports['metadata']}\n"
                f"logging_endpoint = http://127.0.0.1:{self.ports['api']}\n")
