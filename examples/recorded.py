# SPDX-License-Identifier: Apache-2.0
"""What the recorded incidents have in common: times, keys, auth.log, and what must be said.

Everything is deterministic: identifiers and fractions of seconds come from counters through
SHA-256, never from a clock or a random number. Only the standard library is used.
"""
import base64
import datetime
import gzip
import hashlib
import sys


def digest(*parts):
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).digest()


class Counter:
    """Numbers and identifiers that look drawn and are not."""

    def __init__(self, name):
        self.name, self.count = name, 0

    def bytes(self):
        self.count += 1
        return digest(self.name, self.count)

    def below(self, limit):
        return int.from_bytes(self.bytes()[:8], "big") % limit

    def uuid(self):
        text = self.bytes().hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-9{text[17:20]}-{text[20:32]}"

    def letters(self, count):
        return base64.b32encode(self.bytes()).decode().lower()[:count]


class Day:
    """The day of a story, and the fractions of its seconds."""

    def __init__(self, year, month, day):
        self.begins = datetime.datetime(year, month, day, tzinfo=datetime.timezone.utc)
        self.fractions = Counter("fractions")

    def at(self, text, fraction=True):
        """"08:02:11" of the day, with a fraction of a second that every log can write."""
        hours, minutes, seconds = (int(part) for part in text.split(":"))
        time = after(self.begins, (hours * 60 + minutes) * 60 + seconds)
        return after(time, self.fractions.below(9_000) / 10_000) if fraction else time


def after(time, seconds):
    return time + datetime.timedelta(seconds=seconds)


def utc(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def whole(time):
    """As a log has it that knows no parts of a second."""
    return time.replace(microsecond=0)


def stamp(time):
    """As countersign prints it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z" if time.microsecond else utc(time)


class Key:
    """A public key that stands beside the story; nobody has its private half."""

    NAMES = {"ssh-ed25519": "ED25519", "ssh-rsa": "RSA"}

    def __init__(self, folder, name):
        self.text = (folder / "keys" / f"{name}.pub").read_text().strip()
        kind, blob = self.text.split()[:2]
        raw = hashlib.sha256(base64.b64decode(blob)).digest()
        self.fingerprint = "SHA256:" + base64.b64encode(raw).decode().rstrip("=")
        self.kind = self.NAMES.get(kind, "ECDSA")


class AuthLog:
    """/var/log/auth.log as rsyslog writes it: one host, RFC 3339 times."""

    def __init__(self, host, fractions):
        self.host, self.fractions = host, fractions
        self.lines, self.pid, self.logind = [], 1480, 3

    def process(self):
        self.pid += 3 + self.fractions.below(11)
        return self.pid

    def say(self, time, ident, pid, message):
        tag = f"{ident}[{pid}]" if pid else ident
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        self.lines.append((time, f"{stamp} {self.host} {tag}: {message}"))

    def begin(self, time, ident, pid, service, user, uid):
        """PAM and logind of a session; its number is returned."""
        session, self.logind = self.logind, self.logind + 1
        self.say(time, ident, pid,
                 f"pam_unix({service}:session): session opened for user {user}(uid={uid}) "
                 f"by {user}(uid=0)")
        self.say(after(time, 0.016 if service == "sshd" else 0.014), "systemd-logind", 571,
                 f"New session '{session}' of user '{user}' with class 'user' and type 'tty'.")
        return session

    def accept(self, time, user, uid, ip, key, ends=None, method="publickey", asked=None):
        """A login through sshd, with what PAM and logind say of it. `key` may be a Key or
        what sshd says behind "ssh2"; `asked` is said by the same process before it."""
        pid, port = self.process(), 40000 + self.fractions.below(20000)
        if asked:
            self.say(after(time, -0.4), "sshd-session", pid, asked)
        told = f": {key.kind} {key.fingerprint}" if isinstance(key, Key) else key
        self.say(time, "sshd-session", pid,
                 f"Accepted {method} for {user} from {ip} port {port} ssh2{told}")
        session = self.begin(after(time, 0.003), "sshd-session", pid, "sshd", user, uid)
        if ends:
            self.say(ends, "sshd-session", pid + 1,
                     f"Received disconnect from {ip} port {port}:11: disconnected by user")
            self.say(after(ends, 0.001), "sshd-session", pid + 1,
                     f"Disconnected from user {user} {ip} port {port}")
            self.say(after(ends, 0.002), "sshd-session", pid,
                     f"pam_unix(sshd:session): session closed for user {user}")
            self.say(after(ends, 0.011), "systemd-logind", 571,
                     f"Session {session} logged out. Waiting for processes to exit.")
            self.say(after(ends, 0.012), "systemd-logind", 571, f"Removed session {session}.")
        return time

    def console(self, time, user, uid, tty, ends=None):
        """login(1) of util-linux; without a tty its own line is gone and PAM's is left."""
        pid = self.process()
        session = self.begin(time, "login", pid, "login", user, uid)
        if tty and tty.startswith("ttyS"):
            self.say(after(time, 0.052), "login", pid, f"DIALUP AT {tty} BY {user}")
        if tty:
            said = f"ROOT LOGIN ON {tty}" if user == "root" else f"LOGIN ON {tty} BY {user}"
            self.say(after(time, 0.053), "login", pid, said)
        if ends:
            self.say(ends, "login", pid, f"pam_unix(login:session): session closed for user {user}")
            self.say(after(ends, 0.01), "systemd-logind", 571, f"Removed session {session}.")
        return time

    def sudo(self, time, user, uid, command):
        pid = self.process()
        self.say(time, "sudo", 0,
                 f"{user} : TTY=pts/0 ; PWD=/usr/bin ; USER=root ; COMMAND={command}")
        self.say(after(time, 0.002), "sudo", pid,
                 f"pam_unix(sudo:session): session opened for user root(uid=0) by (uid={uid})")

    def cron(self, first, last, minutes):
        """A job every so many minutes of this time."""
        time = first
        while time < last:
            pid = self.process()
            self.say(time, "CRON", pid,
                     "pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)")
            self.say(after(time, 0.04), "CRON", pid,
                     "pam_unix(cron:session): session closed for user root")
            time = after(time, minutes * 60)

    def refuse(self, time, name, ip):
        """Somebody tries a password for a user there is not."""
        pid, port = self.process(), 32768 + self.fractions.below(28000)
        self.say(time, "sshd-session", pid, f"Invalid user {name} from {ip} port {port}")
        self.say(after(time, 2), "sshd-session", pid,
                 f"Failed password for invalid user {name} from {ip} port {port} ssh2")
        self.say(after(time, 3), "sshd-session", pid,
                 f"Connection closed by invalid user {name} {ip} port {port} [preauth]")

    def text(self):
        return text_of(self.lines)


def text_of(lines):
    """Lines with their times, in the order of these."""
    return "".join(line + "\n" for _, line in sorted(lines, key=lambda pair: pair[0]))


class Story:
    """What happened, and what must be said of it: written by hand, not by the program."""

    BEGIN = "<!-- written by generate.py: begin -->\n"
    END = "<!-- written by generate.py: end -->\n"

    def __init__(self, folder, written):
        """`written` are the folders in which all is written by the story."""
        self.folder, self.written = folder, written
        self.expected, self.rows = [], []

    def expect(self, time, path, user, verdict, reasons, happened, through=None):
        """What must be said of a login; `happened` goes into the README's table."""
        door = path + (f"+{through}" if through else "")
        words = verdict + (f" {reasons}" if reasons else "")
        self.expected.append(f"{stamp(time)} {door} {user or '-'} {words}")
        told = f"**{verdict}**" + (f" `{reasons}`" if reasons else "")
        self.rows.append((time, happened,
                          f"`{path}`" + (f" through `{through}`" if through else ""), told))

    def expect_finding(self, time, rule, severity, happened):
        self.expected.append(f"{stamp(time)} finding {rule} {severity}")
        self.rows.append((time, happened, "-", f"finding `{rule}` ({severity})"))

    def table(self):
        rows = ["| time (UTC) | what really happened | door | countersign must say |",
                "|---|---|---|---|"]
        for time, happened, door, said in sorted(self.rows, key=lambda row: row[0]):
            rows.append(f"| {time.strftime('%H:%M:%S')} | {happened} | {door} | {said} |")
        return "\n".join(rows) + "\n"

    def readme(self):
        text = (self.folder / "README.md").read_text()
        before, rest = text.split(self.BEGIN)
        return before + self.BEGIN + self.table() + self.END + rest.split(self.END)[1]

    def files(self, told):
        """Name and content of every file: `told`, and what is made of the story itself."""
        return {**told,
                "expected.txt": "".join(f"{line}\n" for line in sorted(self.expected)).encode(),
                "README.md": self.readme().encode()}

    def there(self):
        return [path for folder in self.written for path in (self.folder / folder).rglob("*")
                if path.is_file()]

    def check(self, told):
        there = {str(path.relative_to(self.folder)) for path in self.there()}
        wrong = sorted(there - set(told))
        wrong += [name for name, data in told.items()
                  if not (self.folder / name).exists() or read(self.folder / name) != data]
        for name in wrong:
            print(f"examples/{self.folder.name}/{name} is not what generate.py writes",
                  file=sys.stderr)
        return 1 if wrong else 0

    def write(self, told):
        for path in self.there():
            path.unlink()
        for name, data in told.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(zipped(data) if name.endswith(".gz") else data)
        return 0

    def main(self, arguments, told):
        if arguments not in ([], ["--check"]):
            print("usage: generate.py [--check]", file=sys.stderr)
            return 2
        told = self.files(told)
        return self.check(told) if arguments else self.write(told)


def read(path):
    """What the file holds: two zlibs may compress the same bytes differently."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def zipped(data):
    return gzip.compress(data, compresslevel=9, mtime=0)
