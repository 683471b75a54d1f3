# SPDX-License-Identifier: Apache-2.0
"""Runs inside a booted Debian: installs its package, uses it, attacks it from within, upgrades,
refuses a downgrade, removes and purges. Tests run in their order, each on what the last left."""

import json
import os
import pwd
import re
import shutil
import sqlite3
import time

import attacks
from attacks import run_attack
from installed import (ACCESS, CHOOSE, DATABASE, DROP_INS, OWN_FOLDERS, PROGRAMS, UNITS,
                       expect_as_manifest, expect_enabled_and_started, expect_nothing_left, exposure,
                       is_active, main_pid, manifest, prepare, say, snapshot, stop_all, wait_until_up)
from lifecycle import (downgrade_is_refused, expect_told, test_exposure,
                       test_first_login_is_judged_without_configuration,
                       test_nothing_is_said_to_be_lost, test_reload,
                       test_what_the_administrator_wrote_is_kept, upgrade_loses_no_login)
from machine import Failure, expect, rows, run, run_tests, wait_for

FIRST, NEXT = "/stage/first.deb", "/stage/next.deb"

before = {}


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


def packaged():
    return set(run("dpkg", "-L", "countersign").stdout.splitlines())


def of_other_packages():
    """What the packages that it depends on have, which stay."""
    names = run("dpkg-query", "-W", "-f", "${Package}\n").stdout.split()
    return set(run("dpkg", "-L", *names).stdout.splitlines())


def is_user(name):
    return any(entry.pw_name == name for entry in pwd.getpwall())


# ---- what is tried ------------------------------------------------------------------------


def test_install():
    before.update(snapshot())
    began = time.monotonic()
    answer = install(FIRST)
    say(f"apt install: {time.monotonic() - began:.1f} s; version {installed()}")
    for line in answer.stdout.splitlines():
        if line.startswith("choose-access"):
            say(line)
    expect_enabled_and_started()


def test_everything_is_as_the_manifest_says():
    expect_as_manifest(packaged(), "manifest", "manifest.deb")


def choose(*arguments):
    return run(CHOOSE, *arguments, check=False)


def effective():
    with open(f"/proc/{main_pid()}/status") as file:
        return int(re.search(r"CapEff:\s*([0-9a-f]+)", file.read()).group(1), 16)


def missed():
    answer = run("countersign", "doctor", "--json", check=False)
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    return [row["what"] for row in found if row.get("outcome") == "missing"]


def doctor_names_what_is_closed(folder):
    run("systemctl", "restart", "countersignd")
    wait_until_up()
    expect("what doctor misses", missed(), [])
    os.makedirs(folder)
    os.chmod(folder, 0o700)
    wait_for("doctor's word", lambda: missed() == [folder])
    expect(folder, folder in choose().stdout, True)
    run("systemctl", "restart", "countersignd")
    wait_until_up()
    expect("what doctor misses", missed(), [])
    shutil.rmtree(os.path.dirname(folder))
    choose()


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
    _, done, _ = run_attack(UNITS[0], PROGRAMS[0])
    expect("what the drop-in lets it do", done, ["attack read /etc/shadow: DONE"])

    os.unlink("/var/log/secure")
    for path in ("/var/log/amazon/ssm", "/var/log/azure"):
        os.makedirs(path)
        os.chmod(path, 0o700)
        expect(path, path in choose().stdout and os.path.exists(ACCESS), True)
        shutil.rmtree(path)
    choose()
    expect("once nothing needs it", os.path.exists(DROP_INS), False)
    doctor_names_what_is_closed("/var/lib/amazon/ssm")
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


def test_an_upgrade_loses_no_login():
    upgrade_loses_no_login(lambda: install(NEXT))
    expect("version", installed(), version_of(NEXT))


def test_configured_twice():
    script = "/var/lib/dpkg/info/countersign.postinst"
    first = manifest(packaged())
    for _ in range(2):
        run(script, "configure", version_of(NEXT))
    wait_until_up()
    expect("what there is", manifest(packaged()), first)


def refuse(where):
    answer = install(FIRST, "--allow-downgrades", check=False)
    expect(f"status ({where})", answer.returncode != 0, True)
    expect(f"version ({where})", installed(), version_of(NEXT))
    expect(f"state ({where})", run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}",
                                   "countersign").stdout.strip(), "ii")
    return answer.stdout + answer.stderr


def test_an_image_is_not_this_host():
    """Installed into a folder, and purged there, by scripts that run here."""
    image = "/root/image"
    os.makedirs(image + "/var/lib/dpkg/info")
    os.makedirs(image + "/var/lib/dpkg/updates")
    open(image + "/var/lib/dpkg/status", "w").close()
    dpkg = ("dpkg", "--root=" + image, "--force-script-chrootless", "--force-depends")
    # what a script that mistakes the two would find, or write
    with open("/var/log/secure", "w") as file:
        os.fchmod(file.fileno(), 0o600)
    here = (manifest(packaged()), pwd.getpwall())
    run(*dpkg, "-i", FIRST)
    expect("folders there", [path for path in OWN_FOLDERS if not os.path.isdir(image + path)], [])
    database = image + DATABASE
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA user_version = 99")
    connection.execute("PRAGMA application_id = 1668507502")
    connection.commit()
    connection.close()
    expect_told(run(*dpkg, "-i", NEXT, check=False).stderr)
    run(*dpkg, "-P", "countersign")
    expect("left there", run("find", image, "-name", "*countersign*").stdout, "")
    expect("what is here", (manifest(packaged()), pwd.getpwall()), here)
    expect("the drop-in here", os.path.exists(ACCESS), False)
    wait_until_up()
    os.unlink("/var/log/secure")
    shutil.rmtree(image)


def test_downgrade_is_refused():
    known = len(rows("logins", "--all"))
    downgrade_is_refused(refuse)
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
    # a user of that name who was there before is somebody
    run("useradd", "--create-home", "--shell", "/bin/sh", "countersign")
    install(FIRST)
    wait_until_up()
    apt("purge", "countersign")
    expect("users", [name for name in ("countersign", "countersign-courier") if is_user(name)],
           ["countersign"])
    run("userdel", "--remove", "countersign")
    install(FIRST)
    wait_until_up()


def test_purge_leaves_nothing():
    apt("purge", "countersign")
    if os.path.exists("/etc/countersign/conf.d/50-own.conf"):
        shutil.rmtree("/etc/countersign")  # the administrator's: he removes it himself
    expect_nothing_left(before, of_other_packages())


TESTS = [test_install, test_first_login_is_judged_without_configuration,
         test_everything_is_as_the_manifest_says, test_exposure, test_reload,
         *attacks.TESTS, test_access_is_what_the_host_needs,
         test_the_watchdog_brings_it_back, test_an_upgrade_loses_no_login,
         test_nothing_is_said_to_be_lost, test_what_the_administrator_wrote_is_kept,
         test_configured_twice, test_an_image_is_not_this_host, test_downgrade_is_refused,
         test_remove_keeps_state,
         test_purge_leaves_the_administrators_own, test_purge_leaves_nothing]


if __name__ == "__main__":
    prepare()
    run_tests(TESTS)
