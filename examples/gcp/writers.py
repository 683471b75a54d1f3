# SPDX-License-Identifier: Apache-2.0
"""How Google's agents on a Debian 13 and Cloud Audit Logs write down what generate.py tells.
The formats are those of the guest agent, of the metadata script runner, of OS Config's agent,
of `gcloud logging read --format=json`, and of a sink into a storage bucket."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import recorded  # noqa: E402
from recorded import Counter, after, utc  # noqa: E402

day = recorded.Day(2026, 3, 24)
DAY, at, ids = day.begins, day.at, Counter("gcp ids")

PROJECT, ZONE = "fernhill-depot", "europe-west4-a"
INSTANCE, HOST, PRIVATE_IP = "7402315589013764210", "depot-1", "198.51.100.61"
OTHERS = (("5518206647790341877", "depot-2", "198.51.100.62"),
          ("2290817364450918263", "depot-3", "198.51.100.63"))
OWN = (INSTANCE, HOST, PRIVATE_IP)
ACTIVITY, DATA_ACCESS = "activity", "data_access"


class Key(recorded.Key):
    def __init__(self, name):
        super().__init__(HERE, name)


class Principal:
    """A person or a service account, from one place."""

    def __init__(self, email, source_ip, agent="google-cloud-sdk gcloud/541.0.0"):
        self.email, self.source_ip, self.agent = email, source_ip, agent


class AuditLogs:
    """The project's two audit logs."""

    def __init__(self):
        self.entries = []

    def entry(self, log, time, who, service, method, name, payload=None, instance=None,
              labels=None, operation=None, code=0, caller_ip=None):
        """`code`: a google.rpc.Code. Resources of a type of their own name an instance."""
        told = {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "status": {"code": code, "message": "PERMISSION_DENIED"} if code else {},
            "authenticationInfo": {"principalEmail": who.email} if who else {},
            "requestMetadata": {"callerIp": caller_ip or (who.source_ip if who else ""),
                                "callerSuppliedUserAgent": who.agent if who else ""},
            "serviceName": f"{service}.googleapis.com",
            "methodName": method,
            "resourceName": name,
            **(payload or {}),
        }
        if instance:
            where = {"type": "gce_instance",
                     "labels": {"instance_id": instance, "project_id": PROJECT, "zone": ZONE}}
        else:
            where = {"type": "audited_resource",
                     "labels": {"method": method, "project_id": PROJECT,
                                "service": f"{service}.googleapis.com"}}
        entry = {
            "protoPayload": told,
            "insertId": "ins" + ids.letters(14),
            "resource": where,
            "timestamp": nanoseconds(time),
            "severity": "ERROR" if code else "NOTICE",
            "logName": f"projects/{PROJECT}/logs/cloudaudit.googleapis.com%2F{log}",
            "receiveTimestamp": nanoseconds(after(time, 0.4 + ids.below(900) / 1000)),
        }
        if labels:
            entry["labels"] = labels
        if operation:
            entry["operation"] = operation
        self.entries.append((log, time, entry))

    def check_policy(self, time, email, success=True, policy="LOGIN", machine=OWN):
        """OS Login was asked whether this user may come in."""
        response = {"success": True} if success else {}
        self.entry(DATA_ACCESS, time, Principal(email, "private", "google_authorized_keys"),
                   "oslogin", "google.cloud.oslogin.dataplane.OsLoginDataPlaneService.CheckPolicy",
                   f"projects/{PROJECT}/zones/{ZONE}/instances/{machine[1]}",
                   {"request": {"email": str(10 ** 20 + ids.below(10 ** 15)), "policy": policy,
                                "instance": machine[1], "projectId": PROJECT,
                                "zone": ZONE}, "response": response},
                   labels={"instance_id": machine[0], "zone": ZONE})

    def tunnel(self, time, who, ended=None, code=0, machine=OWN, port=22):
        """IAP: a record when it is authorised, and one when it ends, where that is told."""
        operation = {"id": ids.letters(8).upper(), "producer": "iap.googleapis.com"}
        for told, phase in ((time, None), (ended, "SESSION_END")):
            if not told:
                continue
            metadata = {"device_id": "", "request_id": str(10 ** 18 + ids.below(10 ** 17))}
            if phase:
                metadata["iap_tcp_session_info"] = {"phase": phase, "bytes_sent": ids.below(9000)}
            payload = {
                "requestMetadata": {"callerIp": who.source_ip,
                                    "destinationAttributes": {"ip": machine[2],
                                                              "port": str(port)}},
                "authorizationInfo": [{"permission": "iap.tunnelInstances.accessViaIAP",
                                       "granted": not code}],
                "metadata": metadata}
            self.entry(DATA_ACCESS, told, who, "iap", "AuthorizeUser", machine[0], payload,
                       instance=machine[0], operation=operation, code=code)

    def serial(self, time, who, user, ended=None, code=0, machine=OWN, port=1):
        """A connection to a serial port, and its end. Who it was is the client's word."""
        operation = {"id": ids.uuid(), "producer": "ssh-serialport.googleapis.com"}
        for told, name, end in ((time, "connect", False), (ended, "disconnect", True)):
            if not told:
                continue
            payload = {"authenticationInfo": {}, "request": {
                "@type": "type.googleapis.com/google.compute.SerialPort",
                "username": user, "serialPort": port},
                "status": {"code": code, "message": "Connection failed."} if code
                else {"message": "Connection succeeded."}}
            if end:
                payload["response"] = {"duration": f"{(ended - time).seconds}.2s"}
            self.entry(ACTIVITY, told, None, "europe-west4-ssh-serialport",
                       f"google.ssh-serialport.v1.{name}",
                       f"projects/{PROJECT}/zones/{ZONE}/instances/{machine[0]}/SerialPort/{port}",
                       payload, instance=machine[0], code=code, caller_ip=who.source_ip,
                       operation={**operation, "first": not end, "last": end})

    def compute(self, time, who, method, machine=OWN, metadata=None, seconds=4):
        """A call to Compute Engine is two records: its beginning and its end."""
        operation = {"id": f"operation-{ids.uuid()}", "producer": "compute.googleapis.com"}
        payload = {"metadata": metadata} if metadata else {}
        self.entry(ACTIVITY, time, who, "compute", f"v1.compute.instances.{method}",
                   f"projects/{PROJECT}/zones/{ZONE}/instances/{machine[1]}", payload,
                   instance=machine[0], operation={**operation, "first": True})
        self.entry(ACTIVITY, after(time, seconds), who, "compute",
                   f"v1.compute.instances.{method}",
                   f"projects/{PROJECT}/zones/{ZONE}/instances/{machine[1]}",
                   instance=machine[0], operation={**operation, "last": True})

    def set_metadata(self, time, who, *keys, machine=OWN):
        """Which keys were added is told, and not their values."""
        self.compute(time, who, "setMetadata", machine,
                     {"instanceMetadataDelta": {"addedMetadataKeys": list(keys)}})

    def set_project_metadata(self, time, who, *keys):
        self.entry(ACTIVITY, time, who, "compute",
                   "v1.compute.projects.setCommonInstanceMetadata", f"projects/{PROJECT}",
                   {"metadata": {"projectMetadataDelta": {"modifiedMetadataKeys": list(keys)}}},
                   operation={"id": f"operation-{ids.uuid()}", "last": True,
                              "producer": "compute.googleapis.com"})

    def assign_policy(self, time, who, name):
        self.entry(ACTIVITY, time, who, "osconfig",
                   "google.cloud.osconfig.v1.OsConfigZonalService.CreateOSPolicyAssignment",
                   f"projects/{PROJECT}/locations/{ZONE}/osPolicyAssignments/{name}")

    def of(self, log):
        return [entry for which, _, entry in sorted(self.entries, key=lambda row: row[1])
                if which == log]

    def as_list(self, log):
        """gcloud's: newest first."""
        return json.dumps(self.of(log)[::-1], indent=2) + "\n"

    def as_lines(self, log):
        """A sink's: in the order of their times."""
        return "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in self.of(log))


def nanoseconds(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


class AuthLog(recorded.AuthLog):
    """With what Google's agents say there."""

    def helper(self, time, message):
        """OS Login's helper, which sshd runs."""
        self.say(time, "sshd-session", self.process(), f"google_authorized_keys: {message}")

    def new_user(self, time, user, uid):
        agent = 478
        self.say(time, "google_guest_agent", agent, f"Creating user {user}.")
        self.say(after(time, 0.2), "useradd", self.process(),
                 f"new user: name={user}, UID={uid}, GID={uid}, home=/home/{user}, "
                 "shell=/bin/bash, from=none")
        self.say(after(time, 0.3), "gpasswd", self.process(),
                 f"user {user} added by root to group google-sudoers")
        self.say(after(time, 0.4), "google_guest_agent", agent, f"Updating keys for user {user}.")

    def boot(self, time):
        self.say(time, "kernel", 0, "Linux version 6.12.41-cloud-amd64 (gcc-14 14.2.0) #1 SMP")

    def script(self, time, kind, seconds=3):
        """The metadata script runner; the script's own output stands between."""
        name, pid = "google_metadata_script_runner", self.process()
        self.say(after(time, -0.1), name, pid, f"Starting {kind} scripts (version 20251105.00).")
        self.say(time, name, pid, f"Found {kind}-script in metadata.")
        self.say(after(time, seconds - 0.1), name, pid, f"{kind}-script exit status 0")
        self.say(after(time, seconds), name, pid, f"Finished running {kind} scripts.")
        return time

    def policy(self, time, name):
        """OS Config's agent, whose lines have a time of their own."""
        for step, message in ((-1, "Beginning ApplyConfigTask."), (0, f'Executing policy "{name}"'),
                              (4, "Successfully completed ApplyConfigTask")):
            moment = after(time, step)
            inner = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-2] + "Z"
            self.say(moment, "OSConfigAgent", 703, f"{inner} OSConfigAgent Info: {message}")
        return time


def authorized_keys(key, owner):
    """As the guest agent writes them: its mark, the key, and whose it says it is."""
    text = " ".join(key.text.split()[:2])
    return (f'# Added by Google\n{text} google-ssh {{"userName":"{owner}",'
            '"expireOn":"2026-12-31T23:00:00+0000"}\n')
