# SPDX-License-Identifier: Apache-2.0
"""Runs inside a booted Debian: installs the package, uses it, attacks it from within, upgrades,
refuses a downgrade, removes and purges. Tests run in their order, each on what the last left."""

import json
import os
import pwd
import grp
import re
import shutil
import sqlite3
import stat
import sys
import threading
import time

from machine import (ACCOUNT, API, CONFIG, Failure, as_mallory, deliver, expect, login, progress,
                     push_key, record, rows, run, run_tests, ssh, start_sshd, wait_for)

FIRST, NEXT = "/stage/first.deb", "/stage/next.deb"
DATABASE = "/var/lib/countersign/countersign.db"
DROP_INS = "/etc/systemd/system/countersignd.service.d"
ACCESS = DROP_INS + "/50-access.conf"
CHOOSE = "/usr/libexec/countersign/choose-access"
PROGRAMS = ("/usr/sbin/countersignd", "/usr/libexec/countersign-courier")
UNITS = ("countersignd.service", "countersign-courier.service", "countersign-courier.socket")
OWN_FOLDERS = ("/etc/countersign", "/var/lib/countersign", "/var/log/countersign",
               "/run/countersign")

before = {}


def say(text):
    print("         " + text, flush=True)


def version_of(package):
    return run("dpkg-deb", "-f", package, "Version").stdout.strip()


def installed():
    return run("dpkg-query", "-W", "-f", "${Version}", "countersign").stdout


def apt(*arguments, check=True):
    """There is no network here: what is needed is in the cache, or it fails."""
    return run("apt-get", "-y", "-q", "--no-install-recommends", "-o",
               "Dpkg::Use-Pty=0", *arguments, check=check,
               env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))


def install(package, *arguments, check=True):
    answer = apt("install", *arguments, package, check=False)
    if check and answer.returncode != 0:
        raise Failure(answer.stdout + answer.stderr)
    return answer


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


def logins_of(user):
    return [row for row in rows("logins", "--all") if row["os_user"] == user]


# ---- before and after ---------------------------------------------------------------------


def list_files():
    """All of the machine but what lives: logs, what apt and dpkg keep of their own, /proc."""
    left_out = re.compile(r"^/(proc|sys|dev|stage|tmp|root|run/(?!countersign|systemd/system)"
                          r"|var/(tmp|log/(?!countersign)|cache|lib/(apt|dpkg|api-logs"
                          r"|systemd/(?!deb-systemd))|backups))")
    found = set()
    for folder, folders, files in os.walk("/", followlinks=False):
        folders[:] = [name for name in folders
                      if not left_out.match(os.path.join(folder, name))]
        found.update(os.path.join(folder, name) for name in folders + files)
    return {path for path in found if not left_out.match(path)}


def snapshot():
    return {
        "files": {path for path in list_files() if not left_behind_by_others(path)},
        "users": {entry.pw_name for entry in pwd.getpwall()},
        "groups": {entry.gr_name for entry in grp.getgrall()},
        "units": {line.split()[0] for line in
                  run("systemctl", "list-unit-files", "--no-legend").stdout.splitlines()},
    }


def left_behind_by_others(path):
    """passwd's copies, the loader's cache, certificates in their other forms."""
    return re.match(r"^/etc/((passwd|group|shadow|gshadow|subuid|subgid)-?$|\.pwd\.lock|ld\.so\.cache"
                    r"|ssl|ca-certificates)|^/usr/local/share/ca-certificates|.*\.pyc$|^/home"
                    r"|^/etc/systemd/system/(?!.*countersign)", path)


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


def manifest():
    """Every file, folder and socket of ours, but for the documentation."""
    listed = set(run("dpkg", "-L", "countersign").stdout.splitlines())
    ours = {path for path in listed if "countersign" in path
            and not path.startswith("/usr/share/doc/countersign/")}
    for top in OWN_FOLDERS:
        for folder, folders, files in os.walk(top):
            ours.update(os.path.join(folder, name) for name in folders + files)
        ours.add(top)
    for folder in ("/etc/systemd/system", "/var/lib/systemd/deb-systemd-helper-enabled"):
        for top, _, files in os.walk(folder):
            ours.update(os.path.join(top, name) for name in files if "countersign" in name)
    return sorted(describe(path) for path in ours)


def check_manifest():
    with open("/stage/manifest") as file:
        wanted = sorted(line.strip() for line in file
                        if line.strip() and not line.startswith("#"))
    found = manifest()
    if found != wanted:
        raise Failure("not as the manifest says:\n"
                      + "\n".join(["- " + line for line in wanted if line not in found]
                                  + ["+ " + line for line in found if line not in wanted]))
    return len(found)


# ---- what is tried ------------------------------------------------------------------------


def test_install():
    before.update(snapshot())
    began = time.monotonic()
    answer = install(FIRST)
    say(f"apt install: {time.monotonic() - began:.1f} s; version {installed()}")
    for line in answer.stdout.splitlines():
        if line.startswith("choose-access"):
            say(line)
    wait_until_up()
    for unit in ("countersignd.service", "countersign-courier.socket"):
        expect(unit, (is_active(unit), run("systemctl", "is-enabled", unit).stdout.strip()),
               (True, "enabled"))
    expect("the drop-in", os.path.exists(ACCESS), False)


def test_first_login_is_judged_without_configuration():
    ssh("/root/own", "deploy")
    row = wait_for("the login", lambda: login(os_user="deploy"))
    expect("a login through no cloud's door", (row["path"], row["verdict"], row["trust"]),
           ("direct-ssh", "not-judged", "attested"))
    path, _ = push_key(100, "root")
    ssh(path, "root")
    row = wait_for("the login", lambda: login(os_user="root"))
    expect("one through a cloud's door", (row["path"], row["verdict"]),
           ("aws-ec2-instance-connect", "pending"))
    status = status_json()
    expect("provider", status["identity"]["provider"], None)
    states = {source["name"]: source["state"] for source in status["sources"]}
    expect("sources", (states["journal"], states["/var/log/auth.log"]), ("following",) * 2)
    say("direct ssh: not-judged; Instance Connect: pending, as no cloud answers; sources: "
        + ", ".join(f"{name} {state}" for name, state in states.items()))
    others = json.loads(as_mallory("countersign", "status", "--json", check=False).stdout)
    expect("what others see", (others["privileged"], others["identity"]["instance"]), (False, None))
    expect("doctor where there is no cloud", run("countersign", "doctor", check=False).returncode, 3)


def test_everything_is_as_the_manifest_says():
    run("systemctl", "restart", "countersignd")  # which is an alert, and so makes their file
    wait_until_up()
    wait_for("the alert", lambda: os.path.exists("/var/log/countersign/alerts.jsonl"))
    say(f"{check_manifest()} files, folders, sockets and links compared")


def exposure(unit):
    answer = run("systemd-analyze", "security", "--no-pager", unit, check=False).stdout
    return float(re.search(r"exposure level for \S+: ([0-9.]+)", answer).group(1))


def test_exposure():
    for unit, most in (("countersignd.service", 0.7), ("countersign-courier.service", 1.3)):
        found = exposure(unit)
        say(f"systemd-analyze security {unit}: {found} (at most {most})")
        if found > most:
            raise Failure(f"{unit}: {found}")


def test_reload():
    pid = main_pid()
    run("systemctl", "reload", "countersignd")
    wait_until_up()
    expect("process", main_pid(), pid)


def stop_all():
    """The agent first: else what it still asks starts its courier again."""
    for unit in ("countersignd.service", "countersign-courier.socket",
                 "countersign-courier.service"):
        run("systemctl", "stop", unit, check=False)
    expect("units that run", [unit for unit in UNITS if is_active(unit)], [])


def run_attack(unit, program):
    """The unit as it is, with another program in the place of its own."""
    stop_all()
    run("mount", "--bind", "/stage/attack", program)
    began = time.time()

    def report():
        run("journalctl", "--sync")
        lines = run("journalctl", "-o", "cat", "-t", os.path.basename(program), "--since",
                    f"@{began:.6f}", check=False).stdout.splitlines()
        return lines if any(line.startswith("attack over") for line in lines) else None

    try:
        run("systemctl", "start", unit, check=False)
        lines = wait_for("the attack", report, patience=30)
    finally:
        stop_all()
        run("umount", program)
        run("systemctl", "reset-failed", unit, check=False)
        run("systemctl", "start", "countersignd")
        wait_until_up()
    tries = [line for line in lines if re.match("attack .*: (refused|DONE)", line)]
    expect("tries", f"attack over: {len(tries)}" in lines, True)
    done = [line for line in tries if line.endswith(": DONE")]
    say(f"{unit}: {len(tries)} tries, {len(tries) - len(done)} refused")
    return tries, done


def test_nothing_gets_out_of_the_sandboxes():
    for path in ("/home/deploy/secret", "/root/secret"):
        with open(path, "w") as file:
            file.write("secret\n")
    for unit, program in zip(UNITS, PROGRAMS):
        tries, done = run_attack(unit, program)
        if "-v" in sys.argv:
            for line in tries:
                say(line)
        if len(tries) < 25:
            raise Failure(f"only {len(tries)} tries were told")
        expect(unit, done, [])


def of_other_packages():
    """What the packages that it depends on have, which stay."""
    names = run("dpkg-query", "-W", "-f", "${Package}\n").stdout.split()
    return set(run("dpkg", "-L", *names).stdout.splitlines())


def test_purge_leaves_nothing():
    apt("purge", "countersign")
    if os.path.exists("/etc/countersign/conf.d/50-own.conf"):
        shutil.rmtree("/etc/countersign")  # the administrator's: he removes it himself
    after = snapshot()
    after["files"] -= of_other_packages()
    for kind in before:
        left = sorted(after[kind] - before[kind])
        if left:
            raise Failure(f"{kind} left: {left[:20]}")
        missing = sorted(before[kind] - after[kind] - of_other_packages())
        if missing:
            raise Failure(f"{kind} gone: {missing[:20]}")
    say(f"compared: {len(before['files'])} files, {len(before['users'])} users, "
        f"{len(before['groups'])} groups, {len(before['units'])} units; nothing left")
    run("systemd-sysusers")
    expect("users that another run makes", {entry.pw_name for entry in pwd.getpwall()},
           before["users"])


def choose(*arguments):
    return run(CHOOSE, *arguments, check=False)


def effective():
    with open(f"/proc/{main_pid()}/status") as file:
        return int(re.search(r"CapEff:\s*([0-9a-f]+)", file.read()).group(1), 16)


def test_access_is_what_the_host_needs():
    expect("rights", effective(), 0)
    expect("--check", choose("--check").returncode, 0)
    with open("/var/log/secure", "w") as file:
        os.fchmod(file.fileno(), 0o600)
    answer = choose("--check")
    expect("--check", (answer.returncode, "/var/log/secure" in answer.stdout), (1, True))
    expect("what --check wrote", os.path.exists(ACCESS), False)
    for line in choose().stdout.splitlines():
        say(line)
    expect("--check", choose("--check").returncode, 0)
    run("systemctl", "restart", "countersignd")
    wait_until_up()
    expect("rights", effective(), 1 << 2)
    found = exposure("countersignd.service")
    say(f"systemd-analyze security countersignd.service with the drop-in: {found} (at most 1.0)")
    if found > 1.0:
        raise Failure(str(found))
    tries, done = run_attack(UNITS[0], PROGRAMS[0])
    expect("what the drop-in lets it do", done, ["attack read /etc/shadow: DONE"])

    os.unlink("/var/log/secure")
    for path in ("/var/log/amazon/ssm", "/var/log/azure"):
        os.makedirs(path)
        os.chmod(path, 0o700)
        expect(path, path in choose().stdout and os.path.exists(ACCESS), True)
        shutil.rmtree(path)
    choose()
    expect("once nothing needs it", os.path.exists(DROP_INS), False)
    # the firmware's words as Google's machines have them, for the script's eyes alone
    google = run("unshare", "-m", "sh", "-c",
                 "mount -t tmpfs tmpfs /sys/class && mkdir -p /sys/class/dmi/id && "
                 "echo 'Google Compute Engine' >/sys/class/dmi/id/product_name && " + CHOOSE)
    with open(ACCESS) as file:
        expect("homes on Google Cloud", "ProtectHome=read-only" in file.read(), True)
    say(google.stdout.splitlines()[0])
    # the administrator's word counts for more
    os.unlink(ACCESS)
    os.symlink("/dev/null", ACCESS)
    with open("/var/log/secure", "w") as file:
        os.fchmod(file.fileno(), 0o600)
    expect("an administrator's own", "left as it is" in choose().stdout, True)
    expect("an administrator's own", os.readlink(ACCESS), "/dev/null")
    os.unlink("/var/log/secure")
    os.unlink(ACCESS)
    os.rmdir(DROP_INS)
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "countersignd")
    wait_until_up()


def test_the_watchdog_brings_it_back():
    folder = "/run/systemd/system/countersignd.service.d"
    os.makedirs(folder)
    with open(folder + "/test.conf", "w") as file:
        file.write("[Service]\nWatchdogSec=2s\nTimeoutAbortSec=2s\n")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "countersignd")
    wait_until_up()
    known, pid = len(rows("logins", "--all")), main_pid()
    began = time.monotonic()
    run("kill", "-STOP", str(pid))
    wait_for("another process", lambda: main_pid() not in (0, pid))
    wait_until_up()
    say(f"stopped, and back after {time.monotonic() - began:.1f} s with WatchdogSec=2s")
    expect("what it knew", len(rows("logins", "--all")), known)
    shutil.rmtree(folder)
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", "countersignd")
    wait_until_up()


pushed = []


def test_an_upgrade_loses_no_login():
    os.makedirs(API, mode=0o755)
    with open("/etc/countersign/conf.d/50-own.conf", "w") as file:
        # long enough that nothing is judged before the upgrade is over
        file.write(re.sub(r"(provisional_after|final_after\w*) = .*", r"\1 = 10min", CONFIG))
    with open("/etc/countersign/countersign.conf", "a") as file:
        file.write("# the administrator's own line\n")
    deliver(record("sts.amazonaws.com", "GetCallerIdentity", None, at=time.time() - 7200))
    run("systemctl", "restart", "countersignd")
    wait_until_up()
    for number in range(1, 4):
        path, call = push_key(number, "deploy")
        ssh(path, "deploy")
        pushed.append(call)
    wait_for("three logins", lambda: len(waiting()) == 3)

    # and more while it is upgraded
    keys = [push_key(number, "deploy") for number in range(4, 12)]
    pushed.extend(call for _, call in keys)
    old = main_pid()
    failures = []

    def log_in():
        for path, _ in keys:
            try:
                ssh(path, "deploy")
            except Failure as why:
                failures.append(why)

    thread = threading.Thread(target=log_in)
    thread.start()
    install(NEXT)
    thread.join()
    expect("logins that failed", failures, [])
    expect("version", installed(), version_of(NEXT))
    wait_until_up()
    if main_pid() == old:
        raise Failure("the old process goes on")
    expect("the courier's socket", is_active("countersign-courier.socket"), True)
    wait_for("eleven logins", lambda: len(waiting()) == 11)
    deliver(*pushed)
    progress()
    wait_for("eleven verdicts", lambda: len([row for row in cloud_logins()
                                             if row["verdict"] == "authorized"]) == 11)
    expect("logins in all", len(cloud_logins()), 11)
    say("3 logins pending before, 8 during the upgrade: 11 authorized after it, 0 lost, 0 twice")


def cloud_logins():
    return [row for row in logins_of("deploy") if row["path"] == "aws-ec2-instance-connect"]


def waiting():
    return [row for row in cloud_logins() if row["verdict"] == "pending"]


def test_nothing_is_said_to_be_lost():
    expect("gaps", [row for row in rows("alerts") if row["rule"] == "evidence-gap"], [])


def test_what_the_administrator_wrote_is_kept():
    with open("/etc/countersign/countersign.conf") as file:
        expect("countersign.conf", file.read().endswith("own line\n"), True)
    expect("conf.d", os.listdir("/etc/countersign/conf.d"), ["50-own.conf"])


def test_configured_twice():
    script = "/var/lib/dpkg/info/countersign.postinst"
    first = manifest()
    for _ in range(2):
        run(script, "configure", version_of(NEXT))
    wait_until_up()
    expect("what there is", manifest(), first)


def set_version(version):
    connection = sqlite3.connect(DATABASE)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    return connection


def refuse(where):
    answer = install(FIRST, "--allow-downgrades", check=False)
    expect(f"status ({where})", answer.returncode != 0, True)
    words = answer.stdout + answer.stderr
    if "is of version 99, written by a newer" not in words:
        raise Failure("no clear message: " + words)
    expect(f"version ({where})", installed(), version_of(NEXT))
    expect(f"state ({where})", run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}",
                                   "countersign").stdout.strip(), "ii")
    return words


def test_downgrade_is_refused():
    known = len(rows("logins", "--all"))
    run("systemctl", "stop", "countersignd")
    connection = sqlite3.connect(DATABASE)
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    # in the write-ahead log alone, while somebody has it open
    connection = set_version(99)
    with open(DATABASE, "rb") as file:
        expect("the header", int.from_bytes(file.read(64)[60:], "big"), schema)
    words = refuse("in the log")
    connection.close()
    with open(DATABASE, "rb") as file:
        expect("the header", int.from_bytes(file.read(64)[60:], "big"), 99)
    refuse("in the file")
    say(next(line for line in words.splitlines() if "is of version 99" in line))
    # the program itself does not touch it, either
    run("systemctl", "start", "--no-block", "countersignd")
    wait_for("its refusal", lambda: "written by a newer countersign" in run(
        "journalctl", "-o", "cat", "-u", "countersignd", "-n", "20").stdout)
    run("systemctl", "stop", "countersignd")
    set_version(schema).close()
    run("chown", "countersign:countersign", DATABASE)
    # one of the same schema is nobody's trouble
    install(FIRST, "--allow-downgrades")
    wait_until_up()
    expect("version", installed(), version_of(FIRST))
    expect("what it knew", len(rows("logins", "--all")), known)


def test_remove_keeps_state():
    known = len(rows("logins", "--all"))
    apt("remove", "countersign")
    expect("left of it", [path for path in (*PROGRAMS, "/run/countersign") if os.path.exists(path)],
           [])
    expect("units", [unit for unit in UNITS if is_active(unit)], [])
    for path in (DATABASE, "/etc/countersign/countersign.conf", "/etc/countersign/policy.conf",
                 "/etc/countersign/conf.d/50-own.conf"):
        expect(path, os.path.exists(path), True)
    install(NEXT)
    wait_until_up()
    expect("what it knew", len(rows("logins", "--all")), known)
    say(f"{known} logins known again after remove and install")


def test_purge_leaves_the_administrators_own():
    apt("purge", "countersign")
    expect("conf.d", os.listdir("/etc/countersign/conf.d"), ["50-own.conf"])
    expect("state", [path for path in OWN_FOLDERS[1:] if os.path.exists(path)], [])
    install(FIRST)
    wait_until_up()


TESTS = [test_install, test_first_login_is_judged_without_configuration,
         test_everything_is_as_the_manifest_says, test_exposure, test_reload,
         test_nothing_gets_out_of_the_sandboxes, test_access_is_what_the_host_needs,
         test_the_watchdog_brings_it_back, test_an_upgrade_loses_no_login,
         test_nothing_is_said_to_be_lost, test_what_the_administrator_wrote_is_kept,
         test_configured_twice, test_downgrade_is_refused, test_remove_keeps_state,
         test_purge_leaves_the_administrators_own, test_purge_leaves_nothing]


def prepare():
    for user in ("deploy", "mallory"):
        run("useradd", "--create-home", "--shell", "/bin/sh", user)
    run("useradd", "--system", "--user-group", "--no-create-home", "ec2-instance-connect")
    start_sshd()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/own")
    os.makedirs("/home/deploy/.ssh", mode=0o700)
    shutil.copy("/root/own.pub", "/home/deploy/.ssh/authorized_keys")
    run("chown", "-R", "deploy:deploy", "/home/deploy/.ssh")


def main():
    prepare()
    run_tests(TESTS)


main()
