# SPDX-License-Identifier: Apache-2.0
"""What tests of an installed package share, whichever kind it is: asking the agent and systemd,
and comparing the machine with what it was, or with the manifest."""

import grp
import json
import os
import pwd
import re
import shutil
import stat

from machine import Failure, expect, rows, run, start_sshd, wait_for

DATABASE = "/var/lib/countersign/countersign.db"
DROP_INS = "/etc/systemd/system/countersignd.service.d"
ACCESS = DROP_INS + "/50-access.conf"
CHOOSE = "/usr/libexec/countersign/choose-access"
SOCKET = "/run/countersign-courier.sock"  # in a folder of root's
PROGRAMS = ("/usr/sbin/countersignd", "/usr/libexec/countersign-courier")
UNITS = ("countersignd.service", "countersign-courier.service", "countersign-courier.socket")
OWN_FOLDERS = ("/etc/countersign", "/var/lib/countersign", "/var/log/countersign",
               "/run/countersign")


def say(text):
    print("         " + text, flush=True)


# ---- the agent and its units --------------------------------------------------------------


def is_active(unit):
    return run("systemctl", "is-active", unit, check=False).stdout.strip() == "active"


def main_pid(unit="countersignd"):
    return int(run("systemctl", "show", "-P", "MainPID", unit).stdout)


def status_json():
    return json.loads(run("countersign", "status", "--json", check=False).stdout)


def answers():
    try:
        rows("logins", "--all")
        return True
    except (Failure, ValueError):
        return False


def wait_until_up():
    wait_for("the agent", lambda: is_active("countersignd") and answers())


def expect_enabled_and_started():
    wait_until_up()
    for unit in ("countersignd.service", "countersign-courier.socket"):
        expect(unit, (is_active(unit), run("systemctl", "is-enabled", unit).stdout.strip()),
               (True, "enabled"))
    expect("the drop-in", os.path.exists(ACCESS), False)


def stop_all():
    """The agent first: else what it still asks starts its courier again."""
    for unit in ("countersignd.service", "countersign-courier.socket",
                 "countersign-courier.service"):
        run("systemctl", "stop", unit, check=False)
    expect("units that run", [unit for unit in UNITS if is_active(unit)], [])


def exposure(unit):
    answer = run("systemd-analyze", "security", "--no-pager", unit, check=False).stdout
    return float(re.search(r"exposure level for \S+: ([0-9.]+)", answer).group(1))


def logins_of(user):
    return [row for row in rows("logins", "--all") if row["os_user"] == user]


# ---- before and after ---------------------------------------------------------------------


def list_files():
    """All of the machine but what lives: logs, what packagers keep of their own, /proc."""
    left_out = re.compile(r"^/(proc|sys|dev|stage|tmp|root|run/(?!countersign|systemd/system)"
                          r"|var/(tmp|log/(?!countersign)|cache|lib/(apt|dpkg|rpm|api-logs"
                          r"|systemd/(?!deb-systemd))|backups))")
    found = set()
    for folder, folders, files in os.walk("/", followlinks=False):
        folders[:] = [name for name in folders
                      if not left_out.match(os.path.join(folder, name))]
        found.update(os.path.join(folder, name) for name in folders + files)
    return {path for path in found if not left_out.match(path)}


def left_behind_by_others(path):
    """passwd's copies, the loader's cache, certificates in their other forms."""
    return re.match(r"^/etc/((passwd|group|shadow|gshadow|subuid|subgid)-?$|\.pwd\.lock|ld\.so\.cache"
                    r"|ssl|ca-certificates)|^/usr/local/share/ca-certificates|.*\.pyc$|^/home"
                    r"|^/etc/systemd/system/(?!.*countersign)", path)


def snapshot():
    return {
        "files": {path for path in list_files() if not left_behind_by_others(path)},
        "users": {entry.pw_name for entry in pwd.getpwall()},
        "groups": {entry.gr_name for entry in grp.getgrall()},
        "units": {line.split()[0] for line in
                  run("systemctl", "list-unit-files", "--no-legend").stdout.splitlines()},
    }


def expect_nothing_left(before, of_others=frozenset()):
    """Of_others: files of other packages, which came with this one, and stay."""
    after = snapshot()
    after["files"] -= of_others
    for kind in before:
        left = sorted(after[kind] - before[kind])
        if left:
            raise Failure(f"{kind} left: {left[:20]}")
        missing = sorted(before[kind] - after[kind] - of_others)
        if missing:
            raise Failure(f"{kind} gone: {missing[:20]}")
    say(f"compared: {len(before['files'])} files, {len(before['users'])} users, "
        f"{len(before['groups'])} groups, {len(before['units'])} units; nothing left")
    run("systemd-sysusers")
    expect("users that another run makes", {entry.pw_name for entry in pwd.getpwall()},
           before["users"])


# ---- the manifest -------------------------------------------------------------------------

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFSOCK: "socket",
         stat.S_IFLNK: "link"}


def describe(path):
    status = os.lstat(path)
    kind = KINDS[stat.S_IFMT(status.st_mode)]
    mode = "-" if kind == "link" else "%04o" % stat.S_IMODE(status.st_mode)
    return (f"{kind} {mode} {pwd.getpwuid(status.st_uid).pw_name}:"
            f"{grp.getgrgid(status.st_gid).gr_name} "
            + re.sub(r"^/usr/lib/systemd", "/lib/systemd", path))


def manifest(packaged):
    """Every file, folder and socket of ours, but for the documentation. Packaged: the paths that
    the package has."""
    ours = {path for path in packaged if "countersign" in path
            and not path.startswith("/usr/share/doc/countersign/")}
    for top in OWN_FOLDERS:
        for folder, folders, files in os.walk(top):
            ours.update(os.path.join(folder, name) for name in folders + files)
        ours.add(top)
    ours.add(SOCKET)
    for folder in ("/etc/systemd/system", "/var/lib/systemd/deb-systemd-helper-enabled"):
        for top, _, files in os.walk(folder):
            ours.update(os.path.join(top, name) for name in files if "countersign" in name)
    return sorted(describe(path) for path in ours)


def expect_as_manifest(packaged, *names):
    """Names: of the files in /stage that say what is wanted."""
    run("systemctl", "restart", "countersignd")  # which is an alert, and so makes their file
    wait_until_up()
    wait_for("the alert", lambda: os.path.exists("/var/log/countersign/alerts.jsonl"))
    wanted = []
    for name in names:
        with open("/stage/" + name) as file:
            wanted += [line.strip() for line in file if line.strip() and not line.startswith("#")]
    found = manifest(packaged)
    if found != sorted(wanted):
        raise Failure("not as the manifest says:\n"
                      + "\n".join(["- " + line for line in wanted if line not in found]
                                  + ["+ " + line for line in found if line not in wanted]))
    say(f"{len(found)} files, folders, sockets and links compared")


# ---- the machine --------------------------------------------------------------------------


def prepare():
    for user in ("deploy", "mallory"):
        run("useradd", "--create-home", "--shell", "/bin/sh", user)
    run("useradd", "--system", "--user-group", "--no-create-home", "ec2-instance-connect")
    start_sshd()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/own")
    os.makedirs("/home/deploy/.ssh", mode=0o700)
    shutil.copy("/root/own.pub", "/home/deploy/.ssh/authorized_keys")
    run("chown", "-R", "deploy:deploy", "/home/deploy/.ssh")
