# SPDX-License-Identifier: Apache-2.0
"""The stand-in's account: credentials it gives out, who may do what, the services' answers, the
faults that are due, and what is said to it over the control port."""
import base64
import json
import os
import secrets
import time
import uuid
from xml.sax.saxutils import escape

from aws_faults import FAULTS, IMDS_FAULTS
from aws_signature import Refused, Signed, verify
from aws_trail import Trail, rfc3339
from cloud_control import Cloud

CANARY = "CANARYCANARYCANARY"   # in every secret and token: must never be seen anywhere else


class Standin(Cloud):
    """An account of AWS's, and one instance in it."""

    known_faults = FAULTS
    metadata_faults = IMDS_FAULTS
    metadata_verb = "imds_fault"
    settable = ("rate", "role", "clock_offset", "credentials_life", "imdsv1", "user_data")

    def __init__(self, options):
        super().__init__(options)
        self.rate = options.rate
        self.role = options.role
        self.credentials_life = options.credentials_life
        self.host = {"instance": options.instance, "account": options.account,
                     "region": options.region, "role": options.role}
        self.trail = Trail(self.host, self.clock, options.late)
        self.deny = set(options.deny)
        self.imdsv1 = False           # metadata is told without a token, too
        self.user_data = None
        self.metadata_tokens = {}     # token -> when it expires
        self.credentials = {}         # access key id -> what was given out
        self.current = None           # of the instance's role
        self.pages = {}               # page token -> (question, the last one's time and id)
        self.allowance = {}           # service -> (when, how many are left)

    # -- credentials ----------------------------------------------------------------------------

    def issue(self, session_name, role, life):
        def secret(count):
            return base64.b64encode(secrets.token_bytes(count)).decode()

        given = {"id": "ASIA" + base64.b32encode(secrets.token_bytes(10)).decode(),
                 "secret": CANARY + secret(18), "token": CANARY + secret(300),
                 "expires": self.clock() + life, "session": session_name, "role": role}
        self.credentials[given["id"]] = given
        return given

    def instance_credentials(self):
        """The same until shortly before they expire, as IMDS does."""
        spare = min(300, self.credentials_life / 2)
        if not self.current or self.current["expires"] - self.clock() < spare:
            self.current = self.issue(self.host["instance"], self.role, self.credentials_life)
        return self.current

    def authenticate(self, method, path, headers, body, service):
        """The credentials a request was signed with; raises Refused."""
        signed = Signed(headers)
        given = self.credentials.get(signed.key)
        if not given or given.get("revoked"):
            raise Refused("UnrecognizedClientException",
                          "The security token included in the request is invalid.")
        if headers.get("X-Amz-Security-Token") != given["token"]:
            raise Refused("InvalidClientTokenId", "The security token is invalid")
        try:
            stamp = time.mktime(time.strptime(signed.date, "%Y%m%dT%H%M%SZ")) - time.timezone
        except ValueError:
            raise Refused("IncompleteSignatureException", "Date must be in ISO-8601") from None
        if abs(self.clock() - stamp) > 300:
            words = "expired" if stamp < self.clock() else "not yet current"
            raise Refused("InvalidSignatureException",
                          f"Signature {words}: {signed.date} is not near {rfc3339(self.clock())}")
        if signed.region != self.host["region"] or signed.service != service:
            raise Refused("InvalidSignatureException",
                          f"Credential should be scoped to a valid region, not '{signed.region}'")
        verify(signed, method, path, headers, body, given["secret"])
        if given["expires"] <= self.clock():
            raise Refused("ExpiredTokenException",
                          "The security token included in the request is expired")
        return given

    # -- services -------------------------------------------------------------------------------

    def throttle(self, service):
        if not self.rate:
            return
        now = time.monotonic()
        since, left = self.allowance.get(service, (now, self.rate))
        left = min(self.rate, left + (now - since) * self.rate)
        self.allowance[service] = (now, left - 1 if left >= 1 else left)
        if left < 1:
            raise Refused("ThrottlingException", "Rate exceeded")

    def allow(self, action, given):
        if action in self.deny:
            arn = (f"arn:aws:sts::{self.host['account']}:assumed-role/{given['role']}/"
                   f"{given['session']}")
            raise Refused("AccessDeniedException",
                          f"User: {arn} is not authorized to perform: {action} because no "
                          f"identity-based policy allows the {action} action")

    def token_for(self, request, position=None):
        question = {key: value for key, value in request.items() if key != "NextToken"}
        token = base64.b64encode(secrets.token_bytes(120)).decode()
        self.pages[token] = (question, position or (1 << 62, ""))
        return token

    def lookup_events(self, request, given):
        attributes = request.get("LookupAttributes", [])
        if len(attributes) > 1:
            raise Refused("InvalidLookupAttributesException", "You can specify only one")
        most = request.get("MaxResults", 50)
        if not isinstance(most, int) or not 1 <= most <= 50:
            raise Refused("InvalidMaxResultsException", "1 to 50")
        since = request.get("StartTime", 0)
        until = request.get("EndTime", 1 << 40)
        if since > until:
            raise Refused("InvalidTimeRangeException", "StartTime is after EndTime")
        attribute = attributes[0]["AttributeKey"] if attributes else None
        if attribute not in (None, "EventId", "EventName", "EventSource", "Username", "ReadOnly",
                             "AccessKeyId"):
            raise Refused("InvalidLookupAttributesException", attribute)
        position = None
        if request.get("NextToken"):
            question, position = self.pages.get(request["NextToken"], (None, None))
            if question != {key: value for key, value in request.items() if key != "NextToken"}:
                raise Refused("InvalidNextTokenException", "The specified token is invalid")
        found = self.trail.lookup(since, until, attribute,
                                  attributes[0]["AttributeValue"] if attributes else None)
        if position:
            found = [row for row in found if (-row[0], row[1]) > (-position[0], position[1])]
        answer = {"Events": [row[2] for row in found[:most]]}
        if len(found) > most:
            answer["NextToken"] = self.token_for(request, found[most - 1][:2])
        if self.options.canary:
            self.trail.add_canary(given["session"], given["role"])
        return answer

    def describe_sessions(self, request, _given):
        if request.get("State") not in ("Active", "History"):
            raise Refused("ValidationException", "State")
        filters = [(one["key"], one["value"]) for one in request.get("Filters", [])]
        sessions = list(self.trail.sessions(request["State"], filters))
        return {"Sessions": sessions[:request.get("MaxResults", 50)]}

    def list_commands(self, request, _given):
        commands = list(self.trail.commands(request.get("CommandId")))
        if request.get("CommandId") and not commands:
            raise Refused("InvalidCommandId", "no such command")
        return {"Commands": commands[:request.get("MaxResults", 50)]}

    def assume_role(self, form, given):
        if form.get("RoleArn") != self.options.assume_role_arn:
            raise Refused("AccessDenied",
                          f"User is not authorized to perform: sts:AssumeRole on {form.get('RoleArn')}")
        if form.get("ExternalId", "") != self.options.external_id:
            raise Refused("AccessDenied", "User is not authorized to perform: sts:AssumeRole")
        del given
        fresh = self.issue(form["RoleSessionName"], form["RoleArn"].rpartition("/")[2],
                           self.credentials_life)
        return ('<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
                "  <AssumeRoleResult>\n    <AssumedRoleUser>\n"
                f"      <AssumedRoleId>AROAEXAMPLE:{escape(fresh['session'])}</AssumedRoleId>\n"
                f"      <Arn>arn:aws:sts::{self.host['account']}:assumed-role/{fresh['role']}/"
                f"{escape(fresh['session'])}</Arn>\n    </AssumedRoleUser>\n    <Credentials>\n"
                f"      <AccessKeyId>{fresh['id']}</AccessKeyId>\n"
                f"      <SecretAccessKey>{fresh['secret']}</SecretAccessKey>\n"
                f"      <SessionToken>{fresh['token']}</SessionToken>\n"
                f"      <Expiration>{rfc3339(fresh['expires'])}</Expiration>\n"
                "    </Credentials>\n  </AssumeRoleResult>\n  <ResponseMetadata>\n"
                f"    <RequestId>{uuid.uuid4()}</RequestId>\n  </ResponseMetadata>\n"
                "</AssumeRoleResponse>\n")

    # -- control --------------------------------------------------------------------------------

    def control(self, command):
        answer = super().control(command)
        self.save()
        return answer

    def add_all(self, what):
        return [self.trail.add(what)]

    def deny_all(self, what):
        self.deny = set(what)

    def rotate(self):
        for given in self.credentials.values():
            given["revoked"] = True
        self.current = None

    def set_one(self, name, value):
        if name == "late":
            self.late = self.trail.late = value
        elif name in self.host and name not in self.settable:
            self.host[name] = value
        else:
            super().set_one(name, value)
        if name in ("credentials_life", "role"):
            self.current = None

    def state(self):
        return {"calls": [[moment, visible_at, record] for moment, visible_at, record
                          in self.trail.calls], "late": self.late, "host": self.host,
                "faults": self.faults, "deny": sorted(self.deny), "requests": len(self.requests)}

    def save(self):
        """The calls go to --state-file, so that another one can go on where this one ended."""
        path = self.options.state_file
        if not path:
            return
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump({"calls": self.trail.calls, "deny": sorted(self.deny)}, file)
        os.replace(path + ".new", path)

    def load(self):
        path = self.options.state_file
        if path and os.path.exists(path) and os.path.getsize(path):
            with open(path, encoding="utf-8") as file:
                state = json.load(file)
            self.trail.calls = [tuple(call) for call in state.get("calls", [])]
            self.deny |= set(state.get("deny", []))
