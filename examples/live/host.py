# SPDX-License-Identifier: Apache-2.0
"""The host's side of the demo: a log, an sshd that lets people in by key, and what EC2 Instance
Connect's key command would say. Python's standard library alone."""

import base64
import contextlib
import hashlib
import os
import pwd
import socket
import subprocess
import threading
import time

SSHD = "/usr/sbin/sshd"
PRIVILEGE_FOLDER = "/run/sshd"   # sshd wants it where it runs as root
ACCEPTED = "Accepted publickey for "
PATIENCE = 20


class Log:
    """auth.log, written as rsyslog writes it."""

    def __init__(self, path):
        self.path = path
        self.name = socket.gethostname()
        self.accepted_at = None     # when the last login was written, on the monotonic clock
        with open(path, "a", encoding="utf-8"):
            os.chmod(path, 0o600)

    def write(self, program, pid, text):
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        stamp += ".%06d+00:00" % (now % 1 * 1e6)
        if text.startswith(ACCEPTED):
            self.accepted_at = time.monotonic()
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{stamp} {self.name} {program}[{pid}]: {text}\n")


class Key:
    """A key pair; without ssh-keygen only what a log would show of one."""

    def __init__(self, path):
        self.path = path
        try:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path],
                           check=True, stdin=subprocess.DEVNULL, capture_output=True)
            with open(path + ".pub", encoding="ascii") as file:
                self.public = " ".join(file.read().split()[:2])
        except (OSError, subprocess.CalledProcessError):
            blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + os.urandom(32)
            self.public = "ssh-ed25519 " + base64.b64encode(blob).decode()
        digest = hashlib.sha256(base64.b64decode(self.public.split()[1])).digest()
        self.fingerprint = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def say_provided(log, key, request_id, principal):
    """The line of Instance Connect's key command, which there is none of here."""
    log.write("ec2-instance-connect", os.getpid(),
              f"Providing ssh key from EC2 Instance Connect with fingerprint: {key.fingerprint}, "
              f"request-id: {request_id}, for IAM principal: {principal}")


class WrittenSshd:
    """Where no sshd can run: its lines, from us."""

    is_real = False

    def __init__(self, log, why, user):
        self.log = log
        self.why = why
        self.user = user
        self.port = 40000

    def login(self, key):
        self.port += 1
        self.log.write("sshd", os.getpid(), f"{ACCEPTED}{self.user} from 127.0.0.1 "
                       f"port {self.port} ssh2: ED25519 {key.fingerprint}")


class RealSshd:
    """A real sshd for each connection, as inetd or ssh.socket start it: its process id is known,
    and what it says on stderr goes into the log under that."""

    is_real = True

    def __init__(self, log, folder):
        self.log = log
        self.folder = folder
        self.user = pwd.getpwuid(os.getuid()).pw_name
        self.authorized = os.path.join(folder, "authorized_keys")
        self.made_folder = False
        self.listener = None
        self.version = ""

    def open(self):
        """Returns why it cannot, or None."""
        if not os.access(SSHD, os.X_OK):
            return "no " + SSHD
        if os.getuid() == 0 and not os.path.isdir(PRIVILEGE_FOLDER):
            os.mkdir(PRIVILEGE_FOLDER, 0o755)
            self.made_folder = True
        Key(os.path.join(self.folder, "host_key"))
        try:
            test = subprocess.run([*self.command(), "-t"], stdin=subprocess.DEVNULL, text=True,
                                  capture_output=True, timeout=PATIENCE, check=False)
            client = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=False)
        except (OSError, subprocess.SubprocessError) as problem:
            return str(problem)
        if test.returncode != 0:
            return (test.stderr.strip().splitlines() or ["sshd -t fails"])[-1]
        self.version = (client.stderr.split() or ["OpenSSH"])[0].rstrip(",")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        return None

    def command(self):
        options = {"AuthorizedKeysFile": self.authorized, "PermitRootLogin": "yes",
                   "PasswordAuthentication": "no", "KbdInteractiveAuthentication": "no",
                   "UsePAM": "no", "StrictModes": "no", "PidFile": "none"}
        words = [SSHD, "-f", "/dev/null", "-h", os.path.join(self.folder, "host_key")]
        for name, value in options.items():
            words += ["-o", f"{name}={value}"]
        return words

    def login(self, key):
        """Comes in with the key. Returns why that failed, or None."""
        with open(self.authorized, "w", encoding="ascii") as file:
            file.write(key.public + "\n")
        client = subprocess.Popen(self.client(key), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = None
        try:
            connection, _ = self.listener.accept()
            with connection:
                server = subprocess.Popen([*self.command(), "-i", "-e"], stdin=connection,
                                          stdout=connection, stderr=subprocess.PIPE)
            lines = self.listen(server)
            client.wait(PATIENCE)
            server.wait(PATIENCE)
        except (OSError, subprocess.SubprocessError) as problem:
            return str(problem)
        finally:
            for process in (client, server):
                if process and process.poll() is None:
                    process.kill()
                    process.wait()
        if any(line.startswith(ACCEPTED) for line in lines):
            return None
        return lines[0] if lines else "sshd says nothing"

    def client(self, key):
        return ["ssh", "-F", "/dev/null", "-p", str(self.listener.getsockname()[1]), "-i", key.path,
                "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                f"{self.user}@127.0.0.1", "true"]

    def listen(self, server):
        """Until sshd ends: each line as rsyslog would have had it."""
        lines = []
        program = "sshd"
        end = threading.Timer(PATIENCE, server.kill)
        end.start()
        with server.stderr:
            for line in server.stderr:
                line = line.decode(errors="replace").rstrip("\r\n")
                program = name_of(server.pid) or program
                self.log.write(program, server.pid, line)
                lines.append(line)
        end.cancel()
        return lines

    def close(self):
        if self.listener:
            self.listener.close()
        if self.made_folder:
            with contextlib.suppress(OSError):
                os.rmdir(PRIVILEGE_FOLDER)


def name_of(pid):
    """sshd, or sshd-session where it is a program of its own (OpenSSH 9.8)."""
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as file:
            name = file.read().strip()
    except OSError:
        return None
    return name if name.startswith("sshd") else None
