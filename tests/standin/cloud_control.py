# SPDX-License-Identifier: Apache-2.0
"""What every stand-in for a cloud knows beside its cloud: the requests it had, the faults that are
due, and what is said to it over the control port."""
import socket
import threading
import time


def at_connection(name):
    return name.startswith(("tls-", "connect-"))


class Cloud:
    """All that is known; every server's handlers hold its lock while they touch it. A stand-in says
    what it can do wrong, and what its control port's words mean."""

    known_faults = {}         # name -> function of an exchange; None = where the connection arrives
    metadata_faults = {}      # name -> what it does
    metadata_verb = ""        # the control port's word for one of them
    settable = ()             # attributes that "set" sets

    def __init__(self, options):
        self.lock = threading.RLock()
        self.options = options
        self.late, self.clock_offset = options.late, options.clock_offset
        self.faults = []
        self.metadata_fault = ""
        self.requests = []
        self.ports = {}
        self.connections = set()      # of the API

    def clock(self):
        return time.time() + self.clock_offset

    def url(self, path):
        scheme = "https" if self.options.tls else "http"
        return f"{scheme}://127.0.0.1:{self.ports['api']}{path}"

    def control_pages(self):
        """What GET on the control port shows: path -> what makes it."""
        return {"/control": self.state, "/requests": lambda: self.requests,
                "/faults": lambda: sorted(self.known_faults),
                f"/{self.metadata_verb.replace('_', '-')}s": lambda: self.metadata_faults}

    # -- faults ---------------------------------------------------------------------------------

    @staticmethod
    def is_meant(meant, on, asked):
        """A path of metadata is meant by any part of it, an operation by its name or by "", a question
        for one kind of call by both names: "LookupEvents/StopLogging"."""
        if on.startswith("/"):
            return meant.startswith("/") and meant in on
        return meant in ("", on, f"{on}/{asked}")

    def take_fault(self, on, connection=False, asked=""):
        """The first fault that is due for the operation, counted down; None = none."""
        with self.lock:
            for fault in self.faults:
                if at_connection(fault["name"]) != connection or fault["count"] == 0:
                    continue
                if not connection and not self.is_meant(fault["on"], on, asked):
                    continue
                fault["met"] = fault.get("met", 0) + 1
                if fault["met"] % fault.get("every", 1):
                    continue
                fault["count"] -= fault["count"] > 0
                return fault
        return None

    def drop_connections(self):
        """Connections that were kept end, so that the next request needs a new one."""
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # -- control --------------------------------------------------------------------------------

    def control(self, command):
        answer = {"ok": True}
        for verb, what in command.items():
            if verb == "add":
                several = what if isinstance(what, list) else [what]
                answer["added"] = [added for one in several for added in self.add_all(one)]
            elif verb == "fault":
                self.add_fault(what)
            elif verb == "clear":
                self.faults.clear()
                self.metadata_fault = ""
            elif verb == "deny":
                self.deny_all(what)
            elif verb == self.metadata_verb:
                self.set_metadata_fault(what)
            elif verb == "rotate":
                self.rotate()
            elif verb == "set":
                for name, value in what.items():
                    self.set_one(name, value)
            else:
                raise ValueError(f"unknown command '{verb}'")
        return answer

    def add_fault(self, what):
        if what["name"] not in self.known_faults:
            raise ValueError(f"no fault '{what['name']}': see GET /faults")
        self.faults.append({"count": 1, "on": "", **what})
        if at_connection(what["name"]):
            self.drop_connections()

    def set_metadata_fault(self, name):
        if name and name not in self.metadata_faults:
            raise ValueError(f"no metadata fault '{name}'")
        self.metadata_fault = name

    def set_one(self, name, value):
        if name not in self.settable:
            raise ValueError(f"nothing is called '{name}'")
        setattr(self, name, value)

    def add_all(self, what):
        """The calls that one "add" makes, added."""
        raise NotImplementedError

    def deny_all(self, what):
        raise NotImplementedError

    def rotate(self):
        raise NotImplementedError

    def state(self):
        raise NotImplementedError
