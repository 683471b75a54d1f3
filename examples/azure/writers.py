# SPDX-License-Identifier: Apache-2.0
"""How the Azure agent, its extensions, the activity log and Bastion write down what
generate.py tells. The formats are those of the agent 2.12, the run command handlers,
CustomScript 2.1 and VMAccess 1.5, of `az monitor activity-log list`, and of a storage
account that resource logs are exported to."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import recorded  # noqa: E402
from recorded import Counter, after, digest, text_of, utc  # noqa: E402

day = recorded.Day(2026, 3, 17)
DAY, at, ids = day.begins, day.at, Counter("azure ids")

SUBSCRIPTION = "00000000-0000-4000-8000-00000000ab01"
TENANT = "00000000-0000-4000-8000-00000000ab02"
GROUP = "rg-ledger"
HOST = "ledger-2"
PRIVATE_IP = "198.51.100.52"


def resource(provider, kind, name):
    return (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/"
            f"{provider}/{kind}/{name}")


MACHINE = resource("Microsoft.Compute", "virtualMachines", HOST)
OTHERS = tuple(resource("Microsoft.Compute", "virtualMachines", name)
               for name in ("ledger-1", "ledger-3"))


class Key(recorded.Key):
    def __init__(self, name):
        super().__init__(HERE, name)


def guid():
    return "00000000-0000-4000-8000-" + ids.bytes().hex()[:12]


def ticks(time):
    """Azure's hundreds of nanoseconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


class Principal:
    """A person, or an application, from one place."""

    def __init__(self, name, source_ip, is_person=True):
        self.name, self.source_ip, self.is_person = name, source_ip, is_person
        self.object_id = "00000000-0000-4000-8000-" + digest("object", name).hex()[:12]
        app = "portal" if is_person else name
        self.app_id = "00000000-0000-4000-8000-" + digest("app", app).hex()[:12]

    @property
    def caller(self):
        return self.name if self.is_person else self.object_id

    def claims(self):
        schema = "http://schemas."
        claims = {
            "aud": "https://management.core.windows.net/",
            "iss": f"https://sts.windows.net/{TENANT}/",
            "appid": self.app_id,
            "ipaddr": self.source_ip,
            f"{schema}microsoft.com/identity/claims/objectidentifier": self.object_id,
        }
        if self.is_person:
            claims.update({
                f"{schema}xmlsoap.org/ws/2005/05/identity/claims/upn": self.name,
                f"{schema}xmlsoap.org/ws/2005/05/identity/claims/name": self.name,
                f"{schema}microsoft.com/claims/authnmethodsreferences": "pwd,mfa",
            })
        return claims


def text_pair(value):
    return {"value": value, "localizedValue": value}


class ActivityLog:
    """What `az monitor activity-log list` prints: newest first, each step a record."""

    def __init__(self):
        self.records = []

    def step(self, time, who, action, target, status, correlation, scope=None, sub_status="",
             properties=None):
        self.records.append((time, {
            "authorization": {"action": action, "scope": scope or target},
            "caller": who.caller,
            "channels": "Operation",
            "claims": who.claims(),
            "correlationId": correlation,
            "description": "",
            "eventDataId": guid(),
            "eventName": text_pair("BeginRequest" if status == "Started" else "EndRequest"),
            "category": text_pair("Administrative"),
            "eventTimestamp": ticks(time),
            "level": "Error" if status == "Failed" else "Informational",
            "operationId": correlation,
            "operationName": {"value": action, "localizedValue": action.rsplit("/", 2)[-2]},
            "resourceGroupName": GROUP,
            "resourceProviderName": text_pair(action.split("/")[0]),
            "resourceId": target,
            "status": text_pair(status),
            "subStatus": text_pair(sub_status),
            "submissionTimestamp": ticks(after(time, 90 + ids.below(120))),
            "subscriptionId": SUBSCRIPTION,
            "tenantId": TENANT,
            "properties": {"eventCategory": "Administrative", "entity": target,
                           **(properties or {})},
            "relatedEvents": [],
            "httpRequest": {"clientRequestId": guid(), "clientIpAddress": who.source_ip,
                            "method": "POST" if action.endswith("/action") else "PUT"},
        }))

    def call(self, time, who, action, target, ends="Succeeded", correlation=None, seconds=35,
             properties=None):
        """A call that takes its time: Started, Accepted, and how it ended. What the caller
        gave stands in the first."""
        correlation = correlation or guid()
        self.step(time, who, action, target, "Started", correlation, properties=properties)
        self.step(after(time, 0.8), who, action, target, "Accepted", correlation,
                  sub_status="Accepted (HTTP Status Code: 202)")
        self.step(after(time, seconds), who, action, target, ends, correlation)
        return correlation

    def refused(self, time, who, action, target, scope=None):
        message = json.dumps({"error": {
            "code": "AuthorizationFailed",
            "message": f"The client '{who.caller}' does not have authorization to perform "
                       f"action '{action}' over scope '{target}'."}})
        self.step(time, who, action, target, "Failed", guid(), scope=scope,
                  sub_status="Forbidden (HTTP Status Code: 403)",
                  properties={"statusCode": "Forbidden", "statusMessage": message})

    def connect(self, time, who, port=0, machine=MACHINE):
        """To a serial console: one record, when the connection stands."""
        self.step(time, who, "Microsoft.SerialConsole/serialPorts/connect/action", machine,
                  "Succeeded", guid(),
                  scope=f"{machine}/providers/Microsoft.SerialConsole/serialPorts/{port}")

    def refuse_console(self, time, who, port):
        self.refused(time, who, "Microsoft.SerialConsole/serialPorts/connect/action", MACHINE,
                     f"{MACHINE}/providers/Microsoft.SerialConsole/serialPorts/{port}")

    def run_command(self, time, who, script, machine=MACHINE, ends="Succeeded"):
        body = json.dumps({"commandId": "RunShellScript", "script": [script]})
        return self.call(time, who, "Microsoft.Compute/virtualMachines/runCommand/action",
                         machine, ends, properties={"requestbody": body})

    def write_run_command(self, time, who, name):
        return self.call(time, who, "Microsoft.Compute/virtualMachines/runCommands/write",
                         f"{MACHINE}/runCommands/{name}")

    def write_extension(self, time, who, name, publisher=None, kind=None, machine=MACHINE,
                        ends="Succeeded"):
        """Protected settings never stand in the record; who is told the type is told more
        than most are."""
        properties = None
        if publisher:
            body = {"properties": {"publisher": publisher, "type": kind, "settings": {}}}
            properties = {"requestbody": json.dumps(body)}
        return self.call(time, who, "Microsoft.Compute/virtualMachines/extensions/write",
                         f"{machine}/extensions/{name}", ends, properties=properties)

    def text(self):
        newest_first = sorted(self.records, key=lambda pair: pair[0], reverse=True)
        return json.dumps([record for _, record in newest_first], indent=1) + "\n"


class BastionLog:
    """BastionAuditLogs in a storage account: JSON Lines."""

    def __init__(self):
        self.lines = []

    def connect(self, time, who, user, machine=MACHINE, address=PRIVATE_IP):
        self.lines.append((time, json.dumps({
            "time": ticks(time),
            "resourceId": resource("Microsoft.Network", "bastionHosts", "bastion").upper(),
            "operationName": "Microsoft.Network/BastionHost/connect",
            "category": "BastionAuditLogs",
            "level": "Informational",
            "location": "westeurope",
            "properties": {
                "userName": user, "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
                "clientIpAddress": who.source_ip, "clientPort": 20000 + ids.below(30000),
                "protocol": "ssh", "targetResourceId": machine.upper(),
                "subscriptionId": SUBSCRIPTION, "message": "Successfully Connected.",
                "resourceType": "VM", "targetVMIPAddress": address, "tunnelId": guid(),
            }})))

    def text(self):
        return text_of(self.lines)


RUN_COMMAND = "Microsoft.CPlat.Core.RunCommandLinux-1.0.5"
MANAGED = "Microsoft.CPlat.Core.RunCommandHandlerLinux-1.3.9"
CUSTOM_SCRIPT = "Microsoft.Azure.Extensions.CustomScript-2.1.10"
VM_ACCESS = "Microsoft.OSTCExtensions.VMAccessForLinux-1.5.11"
PATCHES = "Microsoft.CPlat.Core.LinuxPatchExtension-1.6.47"


class WaAgent:
    """/var/log/waagent.log. On every goal state it names and enables every extension."""

    def __init__(self):
        self.lines, self.etag = [], 15354895144685803481
        self.settings = {}  # what is on the machine: handler[.name] and its number

    def say(self, time, prefix, message):
        self.lines.append((time, f"{time.strftime('%Y-%m-%dT%H:%M:%S.%f')}Z INFO ExtHandler "
                                 f"{prefix} {message}"))

    def goal_state(self, time, correlation, created, changed=(), state="enabled"):
        """`changed` are (handler, name or "", number): what this goal state sets anew."""
        self.etag += 7
        goal = f"etag_{self.etag}"
        self.say(time, "ExtHandler", "ProcessExtensionsGoalState started "
                 f"[{goal} channel: HostGAPlugin source: FastTrack activity: {guid()} "
                 f"correlation {correlation} created: {utc(created)[:-1]}.609077Z]")
        was = dict(self.settings)
        for handler, name, number in changed:
            self.settings[handler, name] = number
        for turn, ((handler, name), number) in enumerate(self.settings.items()):
            self.enable(after(time, 0.02 + turn * 0.3), handler, name, number, goal,
                        state if (handler, name) in was else "notinstalled")
        self.say(after(time, 0.1 + len(self.settings) * 0.3), "ExtHandler",
                 f"ProcessExtensionsGoalState completed [{goal} 2037 ms]")
        return time

    def enable(self, time, handler, name, number, goal, state):
        parts = handler.rsplit("-", 1)
        own = f"[{parts[0]}.{name}-{parts[1]}]" if name else f"[{handler}]"
        shim = {RUN_COMMAND: "run-command-shim", MANAGED: "run-command-handler-shim",
                CUSTOM_SCRIPT: "custom-script-shim"}.get(handler, "extension_shim.sh")
        self.say(time, f"[{handler}]", f"Target handler state: enabled [{goal}]")
        self.say(after(time, 0.001), f"[{handler}]", f"[Enable] current handler state is: {state}")
        self.say(after(time, 0.002), own, "Requested extension state: enabled")
        self.say(after(time, 0.003), own,
                 f"Update settings file: {name + '.' if name else ''}{number}.settings")
        self.say(after(time, 0.004), own, f"Enable extension: [bin/{shim} enable]")
        self.say(after(time, 0.19), own, f"Command: bin/{shim} enable\n[stdout]\n"
                 f"+ nohup /var/lib/waagent/{handler}/bin/{shim.replace('-shim', '')} enable\n"
                 "[stderr]\n")

    def text(self):
        return text_of(self.lines)


class HandlerLog:
    """A handler.log: logfmt in whole seconds."""

    def __init__(self, version):
        self.version, self.lines = version, []

    def say(self, time, number, rest, name=""):
        about = f" seq={number}" if number is not None else ""
        about += f" extensionName={name}" if name else ""
        self.lines.append((time, f"time={utc(time)} version=v{self.version}/git@1a2b3c4-clean "
                                 f"operation=enable{about} {rest}"))

    def run(self, time, number, output, seconds=3, name="", fails=False, others=()):
        """From the number that is saved to the end of what ran."""
        self.say(time, number, "event=start", name)
        self.say(time, number, 'event="comparing seqnum" path=mrseq', name)
        self.say(time, number, 'event="seqnum saved" path=mrseq', name)
        self.say(time, number, 'event="reading configuration"', name)
        for other in others:
            self.say(time, number, other, name)
        self.say(after(time, 1), number, f'event="executing command" output={output}', name)
        ended = ('event="failed to execute command" error="command terminated with exit status=1"'
                 if fails else 'event="executed command"')
        self.say(after(time, seconds), number, f"{ended} output={output}", name)
        self.say(after(time, seconds), number, "event=end", name)

    def run_again(self, time, number):
        """Enabled again with a number that has run."""
        self.say(time, number, "event=start")
        self.say(time, number, 'event="comparing seqnum" path=mrseq')
        self.say(time, number, 'event=exit message="the script configuration has already been '
                               'processed, will not run again"')

    def text(self):
        return text_of(self.lines)


class AccessLog:
    """VMAccess's extension.log: local time, which on this host is UTC."""

    def __init__(self):
        self.lines = []

    def say(self, time, message, is_marked=True):
        mark = f"[{VM_ACCESS}] " if is_marked else ""
        self.lines.append((time, f"{time.strftime('%Y/%m/%d %H:%M:%S')} {mark}{message}"))

    def reset(self, time, number, user):
        """A new password for a user; what was given stands beside it, as it does there."""
        self.say(time, f"sequence number is {number}")
        self.say(time, 'JSON config: {"runtimeSettings": [{"handlerSettings": '
                       '{"protectedSettings": "not-a-secret-canary"}}]}')
        self.say(time, f"set most recent sequence number to {number}")
        self.say(time, f"CreateAccount: {user} already exists. Will update password.", False)
        self.say(time, "Change user password", False)
        self.say(after(time, 1), f"Created user account: {user}", False)
        self.say(after(time, 1), "Succeeded in creating the account or setting the password.")
        self.say(after(time, 2), "Enable,success,0,Enable succeeded.")

    def text(self):
        return text_of(self.lines)
