# SPDX-License-Identifier: Apache-2.0
"""A courier that reaches nothing but a folder: beside its configuration lie `behaviour.json`, what
each sink does with a batch, and `received.jsonl`, every record that a sink was given and took.

    take     says that it has them          again    says that it may have them, and has not
    refuse   will never take them           lose     has them, and its answer is lost: it dies
    die      dies with them, untaken        silent   never answers
"""
import json
import os
import socket
import struct
import sys

VERSION = 2
DELIVER, CHECK, DELIVERED = 4, 67, 68
OK, UNREACHABLE = 0, 5
SAFE, AGAIN, REFUSED = range(3)


class Fields:
    def __init__(self, data):
        self.data = data

    def number(self):
        value, = struct.unpack_from("<Q", self.data)
        self.data = self.data[8:]
        return value

    def bytes(self):
        length, = struct.unpack_from("<I", self.data)
        value, self.data = self.data[4:4 + length], self.data[4 + length:]
        return value.decode()


def put_bytes(text):
    return struct.pack("<I", len(text.encode())) + text.encode()


def frame(kind, number, fields):
    body = struct.pack("<BBQ", VERSION, kind, number) + fields
    return struct.pack("<I", len(body)) + body


def records_of(fields):
    sink, _host, _content_type = fields.bytes(), fields.bytes(), fields.bytes()
    records = []
    for _ in range(fields.number()):
        number, severity, _told_at = fields.number(), fields.number(), fields.number()
        stream, key, text = fields.bytes(), fields.bytes(), fields.bytes()
        records.append({"sink": sink, "number": number, "severity": severity,
                        "stream": stream, "key": key, "record": text})
    return sink, records


def deliver(folder, number, fields):
    """The answer to a batch, or None."""
    with open(os.path.join(folder, "behaviour.json")) as file:
        behaviour = json.load(file)
    sink, records = records_of(fields)
    act = behaviour.get(sink, "take")
    with open(os.path.join(folder, "asked.jsonl"), "a") as file:
        file.write(json.dumps({"sink": sink, "numbers": [r["number"] for r in records]}) + "\n")
    if act in ("take", "lose"):
        with open(os.path.join(folder, "received.jsonl"), "a") as file:
            file.write("".join(json.dumps(record) + "\n" for record in records))
    if act in ("die", "lose"):
        os._exit(9)
    if act == "silent":
        return None
    fate = {"take": SAFE, "again": AGAIN, "refuse": REFUSED}[act]
    results = b"".join(struct.pack("<QQ", record["number"], fate) +
                       put_bytes("" if fate == SAFE else f"{act}!") for record in records)
    return frame(DELIVERED, number, struct.pack("<Q", OK) + put_bytes("") +
                 struct.pack("<Q", 0) + put_bytes("200 OK") +
                 struct.pack("<Q", len(records)) + results)


def answer(folder, text):
    kind = text[1]
    fields = Fields(text[2:])
    number = fields.number()
    if kind == DELIVER:
        return deliver(folder, number, fields)
    return frame(CHECK, number, struct.pack("<Q", UNREACHABLE) + put_bytes("no cloud here") +
                 struct.pack("<Q", 0))


def main():
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    folder = os.path.dirname(arguments["--config"])
    peer = socket.socket(fileno=int(arguments["--fd"]))
    arrived = b""
    while True:
        data = peer.recv(65536)
        if not data:
            return
        arrived += data
        while len(arrived) >= 4:
            length, = struct.unpack_from("<I", arrived)
            if len(arrived) < 4 + length:
                break
            said = answer(folder, arrived[4:4 + length])
            arrived = arrived[4 + length:]
            if said:
                peer.sendall(said)


try:
    main()
except ConnectionError:  # the agent was killed
    sys.exit(0)
