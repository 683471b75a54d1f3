#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the incident on Google Cloud that scripts/demo replays, and what must be said of it.

    examples/gcp/generate.py            writes host/, audit/, identity.json, expected.txt and
                                        README.md's table
    examples/gcp/generate.py --check    compares instead, and fails where they differ

The story stands in the functions below in the order it happened. Beside each login stands what
countersign must say of it, written by hand from what happened, not taken from the program.
"""
import json
import sys

from writers import (ACTIVITY, DATA_ACCESS, DAY, HERE, HOST, INSTANCE, OTHERS, PRIVATE_IP,
                     PROJECT, ZONE, AuditLogs, AuthLog, Counter, Key, Principal, after, at,
                     authorized_keys, day, recorded)

OFFICE, THIEF, TUNNEL = "203.0.113.10", "203.0.113.66", "35.235.241.17"

amy = Principal("amy@fernhill.example", OFFICE)
bob = Principal("bob@fernhill.example", OFFICE, "Mozilla/5.0 (X11; Linux x86_64)")
carl = Principal("carl@fernhill.example", OFFICE)
deploy = Principal(f"deploy-bot@{PROJECT}.iam.gserviceaccount.com", "192.0.2.30")
# the stolen one: the key of that service account
stolen = Principal(deploy.email, THIEF)

auth, audit = AuthLog(HOST, day.fractions), AuditLogs()
story = recorded.Story(HERE, ("host", "audit"))
expect, expect_finding = story.expect, story.expect_finding

OS_LOGIN, METADATA_KEY = "gcp-os-login", "gcp-metadata-key"
IAP, CONSOLE = "gcp-iap-tunnel", "gcp-serial-console"
SCRIPT, CONFIG = "gcp-startup-script", "gcp-os-config"
OLDER = "call-may-be-older"
ROBOT = "sa_103482716620954871143"


# ---- the morning: honest people ------------------------------------------------------------


def before_anybody_came():
    time = auth.policy(at("06:31:00"), "install-monitoring")
    expect(time, CONFIG, "root", "unverifiable", OLDER,
           "a policy of OS Config runs, as it has for months")
    time = auth.script(at("06:50:11"), "shutdown")
    expect(time, SCRIPT, "root", "unverifiable", OLDER,
           "the machine restarts after an update, and runs its shutdown script ...")
    auth.boot(at("06:51:03"))
    time = auth.script(at("06:51:20"), "startup")
    expect(time, SCRIPT, "root", "unverifiable", OLDER, "... and the startup script")
    time = auth.accept(at("07:40:09"), "carol", 1004, OFFICE, Key("carol"), ends=at("07:52:00"))
    expect(time, METADATA_KEY, "carol", "unverifiable", OLDER,
           "carol logs in with her key, which has stood in the metadata for a year")


def an_ordinary_morning():
    time = auth.console(at("07:55:40"), "ops", 1001, None, ends=at("07:56:20"))
    expect(time, CONSOLE, "ops", "unverifiable", "tty-unknown",
           "somebody logs in on a console; the line that would say on which is lost")
    audit.compute(at("08:00:02"), amy, "reset")
    auth.boot(at("08:00:31"))
    time = auth.script(at("08:00:49"), "startup")
    expect(time, SCRIPT, "root", "authorized", "weak-match",
           "amy resets the machine, and the startup script runs")

    audit.check_policy(at("08:10:04"), amy.email)
    audit.check_policy(at("08:10:05"), amy.email, policy="ADMIN_LOGIN")
    time = auth.accept(at("08:10:06"), "amy_fernhill_example", 2001, OFFICE, Key("amy"),
                       ends=at("08:31:40"))
    expect(time, OS_LOGIN, "amy_fernhill_example", "authorized", "weak-match",
           "amy logs in as herself: OS Login")

    audit.check_policy(at("08:20:01"), carl.email)
    audit.tunnel(at("08:19:57"), carl, ended=at("08:26:13"))
    time = auth.accept(at("08:20:03"), "carl_fernhill_example", 2002, TUNNEL, Key("carl"),
                       ends=at("08:26:12"))
    expect(time, OS_LOGIN, "carl_fernhill_example", "authorized", "weak-match",
           "carl does so through IAP's tunnel: two doors, two calls", through=IAP)

    audit.check_policy(at("08:24:30"), deploy.email)
    time = auth.accept(at("08:24:32"), ROBOT, 2003, "192.0.2.30", Key("deploy"),
                       ends=at("08:25:02"))
    expect(time, OS_LOGIN, ROBOT, "authorized", "weak-match",
           "the deployment logs in as its service account")

    time = at("08:40:00")
    audit.set_metadata(time, bob, "ssh-keys")
    expect_finding(time, "key-planted", "low",
                   "bob presses SSH in the console, which puts his key into the metadata: whoever "
                   "does plants one, and it is told")
    auth.new_user(at("08:40:06"), "bob", 1005)
    time = auth.accept(at("08:40:09"), "bob", 1005, OFFICE, Key("bob"), ends=at("08:58:31"))
    expect(time, METADATA_KEY, "bob", "authorized", "weak-match",
           "he is in with that key")

    audit.tunnel(at("08:50:00"), amy, ended=at("08:57:21"))
    time = auth.accept(at("08:50:02"), "ops", 1001, TUNNEL, Key("ops"), ends=at("08:57:20"))
    expect(time, IAP, "ops", "authorized", "",
           "amy goes through IAP to an account of the machine's own")

    time = auth.accept(at("08:59:00"), "ops", 1001, "192.0.2.77", Key("deploy"),
                       ends=at("08:59:40"))
    expect(time, "direct-ssh", "ops", "not-judged", "",
           "a job of the office comes over the network")


def consoles_and_policies():
    audit.serial(at("09:00:10"), amy, "amy", ended=at("09:10:05"))
    time = auth.console(at("09:00:41"), "ops", 1001, "ttyS0", ends=at("09:09:50"))
    expect(time, CONSOLE, "ops", "authorized", "", "amy logs in on the serial console")

    audit.assign_policy(at("09:18:00"), amy, "rotate-certificates")
    time = auth.policy(at("09:21:30"), "rotate-certificates")
    expect(time, CONFIG, "root", "authorized", "weak-match",
           "she makes a policy of OS Config, which runs")
    time = auth.script(at("09:30:00"), "startup")
    expect(time, SCRIPT, "root", "not-judged", "pre-existing",
           "somebody restarts the script's service: it was there before, and nobody has set "
           "another since")


# ---- the theft: calls that were admitted ---------------------------------------------------


def a_stolen_key():
    time = at("09:40:00")
    audit.set_project_metadata(time, stolen, "ssh-keys")
    expect_finding(time, "key-planted", "low",
                   "a thief with deploy-bot's key puts one of his own into the project's metadata")
    auth.new_user(at("09:40:09"), "support", 1006)
    time = auth.accept(at("09:40:30"), "support", 1006, THIEF, Key("support"),
                       ends=at("10:41:00"))
    expect(time, METADATA_KEY, "support", "authorized", "weak-match",
           f"... and is in with it: a call vouches, and it names deploy-bot and {THIEF}")

    time = at("09:46:00")
    audit.set_metadata(time, stolen, "startup-script")
    expect_finding(time, "startup-script-changed", "low",
                   "he sets another startup script ...")
    audit.compute(at("09:46:20"), stolen, "reset")
    auth.boot(at("09:46:51"))
    time = auth.script(at("09:47:10"), "startup")
    expect(time, SCRIPT, "root", "authorized", "weak-match",
           "... and resets the machine: root, and a call that names him again")


# ---- without an admitted call ---------------------------------------------------------------


def without_any_call():
    audit.check_policy(at("09:58:00"), "eva@fernhill.example", success=False)
    auth.helper(at("09:58:00"),
                "OS Login user eva_fernhill_example does not have login permission.")
    time = auth.accept(at("09:58:02"), "eva_fernhill_example", 2005, THIEF, Key("thief"),
                       ends=at("10:03:00"))
    expect(time, OS_LOGIN, "eva_fernhill_example", "unauthorized", "api-call-denied",
           "OS Login refuses eva, who has left; sshd lets her in all the same, for he has "
           "replaced the helper")
    time = auth.accept(at("10:01:15"), "carl_fernhill_example", 2002, THIEF, Key("thief"),
                       ends=at("10:02:40"))
    expect(time, OS_LOGIN, "carl_fernhill_example", "unauthorized", "no-api-call",
           "and carl, of whom OS Login was not asked")

    time = auth.accept(at("10:08:03"), "ops", 1001, TUNNEL, Key("thief"), ends=at("10:08:51"))
    expect(time, IAP, "ops", "unauthorized", "no-api-call",
           "a login from Google's addresses that no tunnel was opened for")
    time = auth.accept(at("10:12:20"), "ops", 1001, TUNNEL, Key("thief"))
    expect(time, IAP, "ops", "unverifiable", "no-api-call",
           "another, still open when the logs are taken: its tunnel's record may come with "
           "its end")
    audit.tunnel(at("10:14:50"), stolen, code=7)
    time = auth.accept(at("10:15:12"), "ops", 1001, TUNNEL, Key("thief"), ends=at("10:15:55"))
    expect(time, IAP, "ops", "unauthorized", "api-call-denied",
           "his own tunnel is refused; a login comes from there nevertheless")

    time = auth.console(at("10:22:05"), "root", 0, "ttyS0", ends=at("10:23:40"))
    expect(time, CONSOLE, "root", "unauthorized", "no-api-call",
           "root on ttyS0, while nobody is connected to it")
    audit.serial(at("10:27:30"), stolen, "root", code=7)
    time = auth.console(at("10:27:50"), "root", 0, "ttyS0", ends=at("10:29:00"))
    expect(time, CONSOLE, "root", "unauthorized", "api-call-denied",
           "and again; the only connection since was refused")

    audit.tunnel(at("10:33:58"), bob, ended=at("10:37:02"))
    time = auth.accept(at("10:34:00"), "ops", 1001, TUNNEL, Key("ops"),
                       ends=at("10:37:01"))
    expect(time, IAP, "ops", "authorized", "", "bob looks what is wrong")
    time = auth.accept(at("10:34:40"), "ops", 1001, TUNNEL, Key("thief"), ends=at("10:40:12"))
    expect(time, IAP, "ops", "unauthorized", "api-call-reused",
           "a second login beside his: a tunnel carries one")

    time = at("10:50:00")
    audit.serial(time, amy, "amy", ended=at("10:58:00"))
    expect_finding(time, "api-call-without-login", "medium",
                   "amy connects to the console to see for herself; nobody logs in")
    time = auth.accept(at("11:40:31"), "carl_fernhill_example", 2002, THIEF, Key("thief"),
                       ends=at("11:41:10"))
    expect(time, OS_LOGIN, "carl_fernhill_example", "unverifiable", "no-api-log",
           "carl once more: the audit logs were taken before they could have shown a check")


# ---- what happens all day ------------------------------------------------------------------


def noise_on_the_host():
    drawn = recorded.Counter("gcp host noise")
    auth.say(at("06:25:03"), "sshd", 612, "Server listening on 0.0.0.0 port 22.")
    auth.cron(at("06:27:01"), at("11:05:00"), 15)
    names = ("oracle", "admin", "postgres", f"from {THIEF} port 22 ssh2", "depot")
    for turn in range(20):
        time = after(DAY, 6 * 3600 + 1800 + drawn.below(15_000) + drawn.below(999) / 1000)
        auth.refuse(time, names[turn % len(names)], f"192.0.2.{90 + turn % 7}")


def noise_in_the_cloud():
    """Other machines, from a day and a half before on: each service must have been logged."""
    drawn = Counter("gcp cloud noise")
    for hour in range(-30, 12):
        time = after(DAY, hour * 3600 + drawn.below(1800))
        other = OTHERS[hour % len(OTHERS)]
        audit.check_policy(time, amy.email, machine=other)
        audit.tunnel(after(time, 300), carl, ended=after(time, 900), machine=other)
        if hour % 3 == 0:
            audit.serial(after(time, 60), carl, "carl", ended=after(time, 500), machine=other)
            audit.compute(after(time, 700), deploy, "start", machine=other)
    for clock in ("10:01:05", "10:08:00"):
        audit.tunnel(at(clock), carl, ended=at("10:20:00"), machine=OTHERS[0])
        audit.check_policy(at(clock), "dora@fernhill.example", machine=OTHERS[0])
        audit.serial(at(clock), carl, "carl", ended=at("10:25:00"), machine=OTHERS[1])


def identity():
    return json.dumps({
        "instance": {"id": int(INSTANCE), "name": HOST, "hostname":
                     f"{HOST}.{ZONE}.c.{PROJECT}.internal",
                     "zone": f"projects/314159265358/zones/{ZONE}",
                     "networkInterfaces": [{"ip": PRIVATE_IP, "mac": "00:00:5e:00:53:02"}]},
        "project": {"numericProjectId": 314159265358, "projectId": PROJECT},
    }, indent=2) + "\n"


def told():
    """Name and content of every file that a log or the metadata server writes."""
    owners = {"bob": bob.email, "carol": "carol@fernhill.example", "support": deploy.email}
    files = {f"host/home/{user}/.ssh/authorized_keys":
             authorized_keys(Key(user), owner).encode() for user, owner in owners.items()}
    files["host/auth.log"] = auth.text().encode()
    files["audit/activity.json.gz"] = audit.as_list(ACTIVITY).encode()
    files["audit/data_access.json.gz"] = audit.as_lines(DATA_ACCESS).encode()
    files["identity.json"] = identity().encode()
    return files


def main(arguments):
    before_anybody_came()
    an_ordinary_morning()
    consoles_and_policies()
    a_stolen_key()
    without_any_call()
    noise_on_the_host()
    noise_in_the_cloud()
    return story.main(arguments, told())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
