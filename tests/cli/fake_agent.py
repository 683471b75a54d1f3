#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has the agent's place on a socket: answers each request with a file of a folder.

    fake_agent.py SOCKET FOLDER

FOLDER/COMMAND is sent as it is, and then the connection is closed; where FOLDER/COMMAND.follow
is there too and the request follows, that is sent and the connection kept open until the
client hangs up. Without such a file nothing is sent. Each request is appended to
FOLDER/requests. Prints "ready" once it listens. It ends with its standard input.
"""
import json
import os
import select
import socket
import sys


def read_request(peer):
    line = b""
    while not line.endswith(b"\n"):
        part = peer.recv(4096)
        if not part:
            break
        line += part
    return line


def file_of(folder, name):
    try:
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def serve(peer, folder):
    line = read_request(peer)
    with open(os.path.join(folder, "requests"), "ab") as file:
        file.write(line)
    request = json.loads(line)
    try:
        peer.sendall(file_of(folder, request["command"]))
        if request.get("follow"):
            peer.sendall(file_of(folder, request["command"] + ".follow"))
            if os.path.exists(os.path.join(folder, "stay")):
                while select.select([peer, sys.stdin], [], [], 60)[0] == []:
                    pass
    except (BrokenPipeError, ConnectionResetError):
        pass


def main():
    path, folder = sys.argv[1:]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    print("ready", flush=True)
    while True:
        readable = select.select([listener, sys.stdin], [], [])[0]
        if sys.stdin in readable:
            return
        peer = listener.accept()[0]
        with peer:
            serve(peer, folder)


if __name__ == "__main__":
    main()
