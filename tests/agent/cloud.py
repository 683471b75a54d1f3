# SPDX-License-Identifier: Apache-2.0
"""Starts tests/standin/aws.py and talks to it."""

import json
import os
import subprocess
import sys
import urllib.request

from lab import Failure, INSTANCE

STANDIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "standin", "aws.py")


class Cloud:
    def __init__(self, *options):
        self.process = subprocess.Popen(
            [sys.executable, STANDIN, "--lifetime", "300", "--instance", INSTANCE, *options],
            stdout=subprocess.PIPE, text=True)
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
