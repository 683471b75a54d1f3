#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the incident on Azure that scripts/demo replays, and what must be said about it.

    examples/azure/generate.py            writes host/, bastion/, activity-log.json.gz,
                                          identity.json, expected.txt and README.md's table
    examples/azure/generate.py --check    compares instead, and fails where they differ

The story stands in the functions below in the order it happened. Beside each login stands what
countersign must say of it, written by hand from what happened, not taken from the program.
"""
import json
import sys

from writers import (CUSTOM_SCRIPT, DAY, HERE, HOST, MACHINE, MANAGED, OTHERS, PATCHES,
                     PRIVATE_IP, RUN_COMMAND, SUBSCRIPTION, VM_ACCESS, AccessLog, ActivityLog,
                     BastionLog, Counter, HandlerLog, Key, Principal, WaAgent, after, at, day,
                     guid, recorded, resource)
from recorded import whole

OFFICE, THIEF, BASTION = "203.0.113.10", "203.0.113.66", "10.52.9.4"

nora = Principal("nora@fernhill.example", OFFICE)
pavel = Principal("pavel@fernhill.example", OFFICE)
pipeline = Principal("deploy-pipeline", "192.0.2.30", is_person=False)
# the stolen one: a build application that may do more than it should
stolen = Principal("build-runner", THIEF, is_person=False)
# what the platform itself does
platform = Principal("Azure Guest Patching", "192.0.2.199", is_person=False)

auth = recorded.AuthLog(HOST, day.fractions)
waagent, activity, bastion = WaAgent(), ActivityLog(), BastionLog()
run_command, managed, immediate = HandlerLog("1.0.5"), HandlerLog("1.3.9"), HandlerLog("1.3.9")
script, patches, access = HandlerLog("2.1.10"), HandlerLog("1.6.47"), AccessLog()
story = recorded.Story(HERE, ("host", "bastion"))
expect, expect_finding = story.expect, story.expect_finding

CONSOLE, COMMAND, EXTENSION = "azure-serial-console", "azure-run-command", "azure-vm-extension"
RUN_COMMAND_FOLDER = "/var/lib/waagent/run-command/download"
MANAGED_FOLDER = "/var/lib/waagent/run-command-handler/download"
IMMEDIATE_FOLDER = "/var/lib/waagent/run-command-handler/immediateDownload"
SCRIPT_FOLDER = "/var/lib/waagent/custom-script/download"


# ---- what comes of a call ------------------------------------------------------------------


def action_command(time, number, correlation, created, fails=False):
    waagent.goal_state(time, correlation, created, [(RUN_COMMAND, "", number)])
    run_command.run(after(time, 2), number, f"{RUN_COMMAND_FOLDER}/{number}", fails=fails)
    return whole(after(time, 2))


def managed_command(time, name, number, correlation, created):
    waagent.goal_state(time, correlation, created, [(MANAGED, name, number)])
    managed.run(after(time, 2), number, f"{MANAGED_FOLDER}/{name}/{number}", name=name)
    return whole(after(time, 2))


def custom_script(time, number, correlation, created, fails=False):
    waagent.goal_state(time, correlation, created, [(CUSTOM_SCRIPT, "", number)])
    script.run(after(time, 2), number, f"{SCRIPT_FOLDER}/{number}", fails=fails,
               others=('event="download complete" file=0 output=' + SCRIPT_FOLDER,))
    return whole(after(time, 2))


# ---- the morning: honest people ------------------------------------------------------------


def what_was_there():
    """The machine has run for months: its extensions are there, and enabled."""
    for handler, number in ((CUSTOM_SCRIPT, 6), (PATCHES, 211), (RUN_COMMAND, 17)):
        waagent.settings[handler, ""] = number
    time = waagent.goal_state(at("07:10:00"), "00000000-0000-0000-0000-000000000000",
                              at("07:09:58"))
    script.run_again(after(time, 1), 6)
    for turn, (path, state, what) in enumerate((
            (EXTENSION, "pre-existing", "the agent starts, and enables what has been on the "
                                        "machine for months: CustomScript ..."),
            (EXTENSION, "platform-driven", "... the platform's patching ..."),
            (COMMAND, "pre-existing", "... and the handler of run commands"))):
        expect(after(time, 0.02 + turn * 0.3 + 0.003), path, "root", "not-judged", state, what)


def an_ordinary_morning():
    time = auth.console(at("07:31:40"), "ops", 1001, None, ends=at("07:32:20"))
    expect(time, CONSOLE, "ops", "unverifiable", "tty-unknown",
           "somebody logs in on a console; the line that would say on which is lost")
    activity.connect(at("08:04:40"), pavel)
    time = auth.console(at("08:05:12"), "ops", 1001, "ttyS0", ends=at("08:09:30"))
    expect(time, CONSOLE, "ops", "authorized", "weak-match", "pavel looks at the serial console")
    time = auth.console(at("08:11:02"), "ops", 1001, "ttyS0")
    expect(time, CONSOLE, "ops", "authorized", "weak-match,same-connection",
           "he logs out and in again in the same window, and leaves the shell open")

    created = at("08:20:00")
    correlation = activity.run_command(created, nora, "systemctl restart ledger")
    time = action_command(at("08:20:03"), 18, correlation, created)
    expect(time, COMMAND, "root", "authorized", "", "nora runs a command from the portal")

    created = at("08:31:00")
    correlation = activity.write_extension(created, pipeline, "CustomScript",
                                           "Microsoft.Azure.Extensions", "CustomScript")
    expect_finding(created, "extension-written", "low",
                   "the pipeline writes an extension: whoever does opens a door, and it is told")
    time = custom_script(at("08:31:06"), 7, correlation, created)
    expect(time, EXTENSION, "root", "authorized", "", "the pipeline rolls out a release")

    created = at("08:40:00")
    correlation = activity.write_run_command(created, nora, "rotate-logs")
    time = managed_command(at("08:40:05"), "rotate-logs", 0, correlation, created)
    expect(time, COMMAND, "root", "authorized", "", "nora makes a managed run command")

    activity.write_run_command(at("08:45:00"), nora, "look")
    time = whole(at("08:45:02"))
    immediate.run(time, None, f"{IMMEDIATE_FOLDER}/look/0", name="look")
    expect(after(time, 1), COMMAND, "root", "authorized", "",
           "and one of those that the handler's own service runs: Azure's agent never hears "
           "of it")

    time = at("08:50:00")
    waagent.goal_state(time, "00000000-0000-0000-0000-000000000000", time, [(PATCHES, "", 212)])
    activity.call(at("08:49:58"), platform,
                  "Microsoft.Compute/virtualMachines/assessPatches/action", MACHINE)
    expect(after(time, 0.323), EXTENSION, "root", "not-judged", "platform-driven",
           "the platform looks which patches are missing")

    time = waagent.goal_state(at("08:58:00"), guid(), at("08:57:57"))
    script.run_again(after(time, 1), 7)  # nothing runs, and nothing is told


def quieter_doors():
    pid = auth.process()
    time = at("09:02:11")
    auth.say(after(time, -0.6), "aad_certhandler", pid,
             "Version: 1.0.015570001; user: nora@fernhill.example")
    expect(entra(time, "nora@fernhill.example"), "azure-entra-ssh", "nora@fernhill.example",
           "unverifiable", "not-covered", "nora logs in with her own account: Entra ID")

    bastion.connect(at("09:08:30"), pavel, "ops")
    time = auth.accept(at("09:08:33"), "ops", 1001, BASTION, Key("pavel"), ends=at("09:20:07"))
    expect(time, "azure-bastion", "ops", "authorized", "weak-match",
           "pavel comes through Bastion, with his own key")

    time = auth.accept(at("09:25:00"), "backup", 990, "192.0.2.77", Key("backup"),
                       ends=at("09:25:44"))
    expect(time, "direct-ssh", "backup", "not-judged", "",
           "the backup host fetches its copy over the network")

    created = at("09:29:50")
    correlation = activity.write_extension(created, pipeline, "nightly-checks", ends="Failed")
    expect_finding(created, "extension-written", "low",
                   "the pipeline writes another, and nothing says of which type it is")
    time = custom_script(at("09:29:56"), 8, correlation, created, fails=True)
    expect(time, EXTENSION, "root", "authorized", "",
           "the pipeline's script fails, and so does its call: it was admitted all the same, "
           "and the goal state names it")


def entra(time, user):
    """sshd's certificate login, and what pam_aad says beside it."""
    told = (": RSA-CERT SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo ID "
            f"{user} (serial 0) CA RSA SHA256:Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo")
    auth.accept(time, user, 2001, OFFICE, told, ends=after(time, 300))
    pid = auth.pid
    auth.say(after(time, -0.02), "sshd-session", pid,
             "pam_aad(sshd:account): AadAuthorize, Version: 1.0.013390001; "
             f"CorrelationId: {guid()}")
    auth.say(after(time, -0.01), "sshd-session", pid,
             f"pam_aad(sshd:account): Login granted for {user}.")
    return time


# ---- the theft: calls that were admitted ---------------------------------------------------


def a_stolen_application():
    created = at("09:40:00")
    correlation = activity.write_extension(created, stolen, "enablevmaccess")
    expect_finding(created, "credential-reset", "low",
                   "a thief with the secret of build-runner has VMAccess written ...")
    time = at("09:40:08")
    waagent.goal_state(time, correlation, created, [(VM_ACCESS, "", 0)])
    access.reset(after(time, 2), 0, "ops")
    auth.say(after(time, 2.4), "usermod", auth.process(), "change user 'ops' password")
    expect(whole(after(time, 2)), EXTENSION, "root", "authorized", "",
           "... which resets ops's password: a call vouches, and it names that application and "
           f"{THIEF}")

    time = at("09:44:20")
    activity.connect(time, stolen)
    expect_finding(time, "session-taken-over", "high",
                   "he connects to the console, and has the shell that pavel left open: no login")
    time = at("09:47:31")
    auth.say(after(time, -0.2), "systemd-logind", 571, "The system will reboot now!")
    auth.say(time, "systemd-logind", 571, "System is rebooting.")
    expect_finding(time, "reboot-during-console", "medium",
                   "he restarts the machine to come up in single-user mode, which logs nothing")
    booted = at("09:49:02")
    auth.say(booted, "kernel", 0, "Linux version 6.12.41-cloud-amd64 (gcc-14 14.2.0) #1 SMP")
    time = waagent.goal_state(after(booted, 9), guid(), after(booted, 8))
    script.run_again(after(time, 1), 8)

    time = auth.console(at("09:55:16"), "ops", 1001, "ttyS0", ends=at("10:02:40"))
    expect(time, CONSOLE, "ops", "authorized",
           "weak-match,credential-set-before",
           "then he logs in there with the password that he has set")
    expect_finding(time, "login-with-cloud-set-credential", "medium",
                   "... which is told of the login")
    time = auth.accept(at("10:04:09"), "ops", 1001, THIEF, "", ends=at("10:09:50"),
                       method="password")
    expect(time, "direct-ssh", "ops", "not-judged", "", "and again over the network")
    expect_finding(time, "login-with-cloud-set-credential", "medium",
                   "... no cloud door, but a credential of the cloud's")


# ---- without an admitted call ---------------------------------------------------------------


def without_any_call():
    time = whole(at("10:12:00"))
    script.run(time, 9, f"{SCRIPT_FOLDER}/9")
    expect(time, EXTENSION, "root", "unauthorized", "no-api-call",
           "as root he gives CustomScript settings of his own and has it enabled")
    activity.refused(at("10:16:10"), stolen,
                     "Microsoft.Compute/virtualMachines/runCommand/action", MACHINE)
    time = whole(at("10:17:30"))
    run_command.run(time, 19, f"{RUN_COMMAND_FOLDER}/19")
    expect(time, COMMAND, "root", "unauthorized", "api-call-denied",
           "his run command is refused; he runs the handler by hand")
    time = whole(at("10:21:00"))
    managed.run(time, 0, f"{MANAGED_FOLDER}/collect/0", name="collect")
    expect(time, COMMAND, "root", "unauthorized", "no-api-call",
           "another, under a name that nobody has given to a managed run command")

    created = at("10:25:00")
    correlation = activity.run_command(created, nora, "journalctl -u ledger")
    time = action_command(at("10:25:04"), 20, correlation, created)
    expect(time, COMMAND, "root", "authorized", "", "nora looks what is wrong")
    time = whole(at("10:26:30"))
    run_command.run(time, 21, f"{RUN_COMMAND_FOLDER}/21")
    expect(time, COMMAND, "root", "unauthorized", "api-call-reused",
           "he runs one right behind hers, whose call is its own execution's")

    time = auth.console(at("10:31:15"), "root", 0, "ttyS1", ends=at("10:33:08"))
    expect(time, CONSOLE, "root", "unauthorized", "no-api-call",
           "root on ttyS1, to which nobody has connected")
    activity.refuse_console(at("10:35:40"), stolen, 1)
    time = auth.console(at("10:36:02"), "root", 0, "ttyS1", ends=at("10:38:20"))
    expect(time, CONSOLE, "root", "unauthorized", "api-call-denied",
           "and again; the only connection to that port was refused")
    time = auth.accept(at("10:40:12"), "ops", 1001, BASTION, Key("thief"), ends=at("10:44:30"))
    expect(time, "direct-ssh", "ops", "not-judged", "",
           "a login from Bastion's subnet without a connection of Bastion's: its addresses are "
           "not known to the machine, so it is like any other")

    time = at("10:47:00")
    activity.connect(time, nora)
    expect_finding(time, "api-call-without-login", "medium",
                   "nora connects to the console to see for herself; getty is gone, nobody logs in")
    time = whole(at("11:20:00"))
    script.run(time, 10, f"{SCRIPT_FOLDER}/10")
    expect(time, EXTENSION, "root", "unverifiable", "no-api-log",
           "once more by hand: the activity log was taken before it could have shown a call")
    time = whole(at("11:24:00"))
    run_command.run(time, 22, f"{RUN_COMMAND_FOLDER}/22")
    expect(time, COMMAND, "root", "unverifiable", "no-api-log", "and a run command")


# ---- what happens all day ------------------------------------------------------------------


def noise_on_the_host():
    drawn = recorded.Counter("azure host noise")
    auth.say(at("06:25:03"), "sshd", 612, "Server listening on 0.0.0.0 port 22.")
    auth.cron(at("06:27:01"), at("11:35:00"), 15)
    names = ("oracle", "admin", "postgres", f"from {THIEF} port 22 ssh2", "ledger")
    for turn in range(20):
        time = after(DAY, 6 * 3600 + 1800 + drawn.below(15_000) + drawn.below(999) / 1000)
        auth.refuse(time, names[turn % len(names)], f"192.0.2.{90 + turn % 7}")


def noise_in_the_cloud():
    """Other services, and other machines: from a day and a half before on."""
    drawn = Counter("azure cloud noise")
    storage = resource("Microsoft.Storage", "storageAccounts", "ledgerarchive")
    for hour in range(-30, 11):
        time = after(DAY, hour * 3600 + drawn.below(2400))
        activity.step(time, pipeline, "Microsoft.Storage/storageAccounts/listKeys/action",
                      storage, "Succeeded", guid(), sub_status="OK (HTTP Status Code: 200)")
        if hour % 3 == 0:
            activity.call(after(time, 400), platform,
                          "Microsoft.Compute/virtualMachines/assessPatches/action", OTHERS[0])
    for clock in ("07:20:00", "10:11:40", "10:20:50"):
        activity.run_command(at(clock), nora, "uptime", machine=OTHERS[0])
        activity.write_extension(at(clock), pipeline, "CustomScript", machine=OTHERS[1])
    for clock in ("08:00:30", "10:30:50"):
        activity.connect(at(clock), pavel, machine=OTHERS[0])
    bastion.connect(at("10:40:10"), pavel, "ops", OTHERS[1], "198.51.100.53")
    for clock in ("10:52:00", "11:01:30"):
        activity.step(at(clock), pipeline, "Microsoft.Storage/storageAccounts/listKeys/action",
                      storage, "Succeeded", guid(), sub_status="OK (HTTP Status Code: 200)")


def identity():
    address = {"privateIpAddress": PRIVATE_IP, "publicIpAddress": ""}
    return json.dumps({
        "compute": {"azEnvironment": "AzurePublicCloud", "location": "westeurope", "name": HOST,
                    "osType": "Linux", "resourceGroupName": "rg-ledger", "resourceId": MACHINE,
                    "subscriptionId": SUBSCRIPTION, "vmSize": "Standard_B2s"},
        "network": {"interface": [{"ipv4": {"ipAddress": [address], "subnet": []},
                                   "ipv6": {"ipAddress": []}, "macAddress": "00005E005301"}]},
    }, indent=2) + "\n"


def told():
    """Name and content of every file that a log or the metadata service writes."""
    logs = {"auth.log": auth, "waagent.log": waagent,
            "azure/run-command/handler.log": run_command,
            "azure/run-command-handler/handler.log": managed,
            "azure/run-command-handler/ImmediateRunCommandService.log": immediate,
            "azure/custom-script/handler.log": script,
            "azure/Microsoft.OSTCExtensions.VMAccessForLinux/extension.log": access}
    files = {f"host/{name}": log.text().encode() for name, log in logs.items()}
    files["activity-log.json.gz"] = activity.text().encode()
    files["bastion/PT1H.json"] = bastion.text().encode()
    files["identity.json"] = identity().encode()
    return files


def main(arguments):
    what_was_there()
    an_ordinary_morning()
    quieter_doors()
    a_stolen_application()
    without_any_call()
    noise_on_the_host()
    noise_in_the_cloud()
    return story.main(arguments, told())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
