# SPDX-License-Identifier: Apache-2.0
"""Runs inside a booted Debian: installs the rpm there, whose own scripts run, and uses, upgrades
and erases it. Its libraries come from Debian's packages. Tests run in their order, each on what the
last left."""

import os
import re
import sqlite3
import time

from installed import (ACCESS, DATABASE, DROP_INS, PROGRAMS, UNITS, expect_as_manifest,
                       expect_enabled_and_started, expect_nothing_left, is_active, main_pid, manifest,
                       prepare, say, snapshot, wait_until_up)
from lifecycle import (downgrade_is_refused, expect_told, set_version, test_exposure,
                       test_first_login_is_judged_without_configuration,
                       test_nothing_is_said_to_be_lost, test_reload,
                       test_what_the_administrator_wrote_is_kept, upgrade_loses_no_login)
from machine import Failure, expect, rows, run, run_tests

FIRST, NEXT = "/stage/first.rpm", "/stage/next.rpm"
OWN_PRESET = "/etc/systemd/system-preset/50-own.preset"
CONFIGURATION = "/etc/countersign/countersign.conf"
ENABLED = ("countersignd.service", "countersign-courier.socket")

before = {}


def rpm(*arguments, check=True):
    """This rpm knows of no library here: they are Debian's."""
    answer = run("rpm", "--force-debian", "--nodeps", *arguments, check=False)
    if check and answer.returncode != 0:
        raise Failure(answer.stdout + answer.stderr)
    return answer


def version_of(package):
    return run("rpm", "-qp", "--qf", "%{VERSION}-%{RELEASE}", package).stdout


def installed():
    return run("rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}", "countersign", check=False).stdout


def packaged():
    return set(run("rpm", "-ql", "countersign").stdout.splitlines())


def states(unit):
    return (is_active(unit), run("systemctl", "is-enabled", unit, check=False).stdout.strip())


def expect_gone():
    expect("left of it", [path for path in (*PROGRAMS, "/run/countersign", DROP_INS)
                          if os.path.lexists(path)], [])
    expect("units", [unit for unit in UNITS if is_active(unit)], [])
    expect("links", run("find", "/etc/systemd/system", "-name", "*countersign*").stdout, "")


# ---- what is tried ------------------------------------------------------------------------


def test_an_administrators_preset_counts_for_more():
    with open(OWN_PRESET, "w") as file:
        file.write("disable countersign*\n")
    rpm("-i", FIRST)
    for unit in ENABLED:
        expect(unit, states(unit), (False, "disabled"))
    os.unlink(OWN_PRESET)
    rpm("-e", "countersign")
    expect_gone()


def test_install():
    began = time.monotonic()
    answer = rpm("-ivh", FIRST)
    say(f"rpm -ivh: {time.monotonic() - began:.1f} s; version {installed()}")
    for line in answer.stdout.splitlines():
        if line.startswith("choose-access"):
            say(line)
    expect_enabled_and_started()


def test_everything_is_as_the_manifest_says():
    expect_as_manifest(packaged(), "manifest", "manifest.rpm")


def verify():
    return rpm("-V", "countersign", check=False).stdout.splitlines()


def test_verify_has_nothing_to_say():
    expect("rpm -V", verify(), [])


def test_an_upgrade_loses_no_login():
    upgrade_loses_no_login(lambda: rpm("-Uvh", NEXT))
    expect("version", installed(), version_of(NEXT))
    expect("what rpm -V names", [line.split()[-1] for line in verify()], [CONFIGURATION])


def test_installed_twice():
    first = manifest(packaged())
    pid = main_pid()
    rpm("-Uvh", "--replacepkgs", NEXT)
    wait_until_up()
    expect("what there is", manifest(packaged()), first)
    if main_pid() == pid:
        raise Failure("the old process goes on")


def test_what_is_stopped_stays_so():
    run("systemctl", "disable", "--now", *ENABLED)
    rpm("-Uvh", "--oldpackage", FIRST)
    rpm("-Uvh", NEXT)
    for unit in ENABLED:
        expect(unit, states(unit), (False, "disabled"))
    run("systemctl", "enable", "--now", *ENABLED)
    wait_until_up()


def test_access_is_what_the_host_needs():
    with open("/var/log/secure", "w") as file:
        os.fchmod(file.fileno(), 0o600)
    rpm("-Uvh", "--replacepkgs", NEXT)
    wait_until_up()
    expect("the drop-in", os.path.exists(ACCESS), True)
    with open(f"/proc/{main_pid()}/status") as file:
        rights = int(re.search(r"CapEff:\s*([0-9a-f]+)", file.read()).group(1), 16)
    expect("rights", rights, 1 << 2)


def refuse(where):
    answer = rpm("-Uvh", "--oldpackage", FIRST, check=False)
    expect(f"status ({where})", answer.returncode != 0, True)
    expect(f"version ({where})", installed(), version_of(NEXT))
    expect(f"what rpm -V names ({where})", [line.split()[-1] for line in verify()], [CONFIGURATION])
    return answer.stdout + answer.stderr


def test_downgrade_is_refused():
    known = len(rows("logins", "--all"))
    downgrade_is_refused(refuse)
    # one of the same schema is nobody's trouble
    rpm("-Uvh", "--oldpackage", FIRST)
    run("systemctl", "start", "countersignd")
    wait_until_up()
    expect("version", installed(), version_of(FIRST))
    expect("what it knew", len(rows("logins", "--all")), known)


def test_erase_keeps_state():
    known = len(rows("logins", "--all"))
    rpm("-e", "countersign")
    expect("installed", installed(), "package countersign is not installed\n")
    expect_gone()
    for path in (DATABASE, "/var/log/countersign/alerts.jsonl", CONFIGURATION + ".rpmsave",
                 "/etc/countersign/conf.d/50-own.conf"):
        expect(path, os.path.exists(path), True)
    # what a newer one has left
    connection = sqlite3.connect(DATABASE)
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    set_version(99).close()
    expect_told(rpm("-i", FIRST, check=False).stderr)
    expect_gone()
    set_version(schema).close()
    run("chown", "countersign:countersign", DATABASE)
    os.unlink("/var/log/secure")
    rpm("-i", NEXT)
    expect_enabled_and_started()
    expect("what it knew", len(rows("logins", "--all")), known)
    say(f"{known} logins known again after erasing and installing")


def documented():
    """What docs/operations.md says to run once the package is erased."""
    with open("/stage/operations.md") as file:
        return re.search(r"```\ndnf remove countersign\n(.*?)```", file.read(), re.S).group(1)


def test_removed_without_a_trace():
    rpm("-e", "countersign")
    expect_gone()
    run("sh", "-e", "-c", documented())
    expect_nothing_left(before)


TESTS = [test_an_administrators_preset_counts_for_more, test_install,
         test_first_login_is_judged_without_configuration, test_everything_is_as_the_manifest_says,
         test_verify_has_nothing_to_say, test_exposure, test_reload, test_an_upgrade_loses_no_login,
         test_nothing_is_said_to_be_lost, test_what_the_administrator_wrote_is_kept,
         test_installed_twice, test_what_is_stopped_stays_so, test_access_is_what_the_host_needs,
         test_downgrade_is_refused, test_erase_keeps_state, test_removed_without_a_trace]


def make_it_like_el():
    """The libraries; units that are disabled unless a preset says otherwise; and what folders EL's
    own package of folders has."""
    with open("/stage/depends") as file:
        run("apt-get", "-y", "-q", "--no-install-recommends", "install", *file.read().split(),
            env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
    with open("/usr/lib/systemd/system-preset/99-default-disable.preset", "w") as file:
        file.write("disable *\n")
    for path in ("/usr/share/licenses", "/usr/share/bash-completion/completions",
                 os.path.dirname(OWN_PRESET)):
        os.makedirs(path, exist_ok=True)


if __name__ == "__main__":
    make_it_like_el()
    prepare()
    before.update(snapshot())
    run_tests(TESTS)
