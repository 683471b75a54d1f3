#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for Azure on loopback, for tests and the demo: instance metadata (the instance document
and a managed identity's access tokens) and the Activity Log's list of Azure Resource Manager. Python's
standard library alone.

    azure.py [--late 5] [--tls] ...
    ready imds=40001 api=40002 control=40003

The line "ready ..." on stdout says that it answers, and where:
    imds     http://127.0.0.1:PORT       [azure] metadata_endpoint
    api      http(s)://127.0.0.1:PORT    [azure] management_endpoint
    control  http://127.0.0.1:PORT       what this file's own users say to it, below
    ca       with --tls: the certificate to trust ([azure] ca_file)
It ends by SIGTERM, when its stdin is closed (with --stdin), or by itself after --lifetime seconds.

Like the real ones:
  * metadata wants "Metadata: true" and an api-version, and is refused to a proxy (X-Forwarded-For);
    a token is made for the resource that was asked for; an identity can be missing, or be several.
  * every API request needs a token that was given out here, for this endpoint's resource, not expired.
  * the list takes the filters that it is documented to take and no others, gives --page-size events a
    page, newest first, with an absolute nextLink that is good for the same question only, and tells
    an event only --late seconds after its time. Reads that are left are counted down (--reads).

Control: POST /control with a JSON object (or a list of them), GET /control for the state.
    {"add": {"operation": "Microsoft.Compute/virtualMachines/runCommand/action", "caller":
             "alice@example.com", "ago": 3, "late": 0, "statuses": ["Started", "Succeeded"],
             "correlation_id": "...", "resource": "/subscriptions/...", "ip": "203.0.113.7"}}
             an event for each status; or {"add": {"record": {a whole event}}}
    {"fault": {"name": "reset-in-body", "count": 3, "on": "list", "bytes": 100}}
             count -1 = until cleared; "on": "list", a part of a metadata path, "" = any API request
    {"clear": "faults"}                  {"deny": true}      {"rotate": true}: revoke the tokens
    {"set": {"late": 1, "reads": 5, "clock_offset": -7200, "token_life": 30, "identity": "none"}}
    {"imds_fault": "off"}                see GET /imds-faults; "" = none
The answer is {"ok": true, ...}; of "add" with the events, so that a test knows their ids.
GET /requests is the log of requests (without secrets); GET /faults the names of all faults.
"""
import argparse
import json
import os
import re
import sys
import time
import urllib.parse
import uuid

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from azure_faults import FAULTS, IMDS_FAULTS, JSON, error_body  # noqa: E402
from cloud_control import Cloud  # noqa: E402
from cloud_exchange import Exchange, Handler  # noqa: E402
from cloud_server import add_options, run  # noqa: E402

CANARY = "CANARYCANARYCANARY"   # in every token: must never be seen anywhere else
LIST = re.compile(r"/subscriptions/([^/?]+)/providers/microsoft\.insights/eventtypes/management/values",
                  re.I)
TIME = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
FILTER = re.compile(rf"eventTimestamp ge '{TIME}' and eventTimestamp le '{TIME}'"
                    r"(?: and (resourceGroupName|resourceUri|resourceProvider|correlationId) eq "
                    r"'([^']+)')?")
RESOURCES = {"AzurePublicCloud": "https://management.azure.com/",
             "AzureUSGovernmentCloud": "https://management.usgovcloudapi.net/",
             "AzureChinaCloud": "https://management.chinacloudapi.cn/",
             "AzureGermanCloud": "https://management.microsoftazure.de/"}
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "Via", "Proxy-Connection", "Proxy-Authorization")


def stamp(moment):
    """As Azure writes it, with seven digits."""
    whole = int(moment)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int((moment - whole) * 1e7):07d}Z"


def seconds(text):
    return time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone


def both(text):
    return {"value": text, "localizedValue": text}


class Refused(Exception):
    def __init__(self, status, code, message="said by the stand-in"):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class Standin(Cloud):
    """A subscription of Azure's, and one machine in it."""

    known_faults = FAULTS
    metadata_faults = IMDS_FAULTS
    metadata_verb = "imds_fault"
    settable = ("late", "reads", "clock_offset", "token_life", "identity", "compute")

    def __init__(self, options):
        super().__init__(options)
        self.reads, self.token_life, self.identity = options.reads, options.token_life, options.identity
        self.deny = options.deny
        self.events = []              # (time, visible at, event)
        self.tokens = {}              # token -> {"until", "resource"}
        self.links = {}               # skip token -> (question, how many were given)
        self.compute = {}             # what else metadata says of the machine
        self.metadata_met = 0         # requests that met the metadata's fault

    def machine(self):
        options = self.options
        scale_set = f"virtualMachineScaleSets/{options.scale_set}/" if options.scale_set else ""
        return (f"/subscriptions/{options.subscription}/resourceGroups/{options.group}/providers/"
                f"Microsoft.Compute/{scale_set}virtualMachines/{options.name}")

    # -- tokens -----------------------------------------------------------------------------------

    def issue(self, resource):
        token = CANARY + uuid.uuid4().hex * 40
        self.tokens[token] = {"until": self.clock() + self.token_life, "resource": resource}
        return token

    def authenticate(self, headers):
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        given = self.tokens.get(token)
        if scheme != "Bearer" or not given:
            raise Refused(401, "InvalidAuthenticationToken")
        if given["resource"] != RESOURCES.get(self.options.environment, given["resource"]):
            raise Refused(401, "InvalidAuthenticationTokenAudience")
        if given["until"] <= self.clock():
            raise Refused(401, "ExpiredAuthenticationToken")

    # -- the list ---------------------------------------------------------------------------------

    def add_all(self, what):
        if "record" in what:
            moment = self.clock() - what.get("ago", 0)
            self.events.append((moment, moment + what.get("late", self.late), what["record"]))
            return [what["record"]]
        correlation = what.get("correlation_id") or str(uuid.uuid4())
        return [self.add_event(what, correlation, status, number * 0.25) for number, status in
                enumerate(what.get("statuses", ["Started", "Succeeded"]))]

    def add_event(self, what, correlation, status, after):
        moment = self.clock() - what.get("ago", 0) + after
        visible = moment + what.get("late", self.late)
        caller = what.get("caller", "alice@example.com")
        resource = what.get("resource") or self.machine()
        operation = what["operation"]
        group = re.search(r"/resourceGroups/([^/]+)", resource, re.I)
        event = {
            "authorization": {"action": operation, "scope": resource},
            "caller": caller, "channels": "Operation",
            "claims": {"ipaddr": what.get("ip", "203.0.113.7"), "name": "Alice Example",
                       "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
                       "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": caller},
            "correlationId": correlation, "eventDataId": str(uuid.uuid4()),
            "eventName": both("BeginRequest" if status == "Started" else "EndRequest"),
            "category": both("Administrative"),
            "eventTimestamp": stamp(moment), "submissionTimestamp": stamp(visible),
            "httpRequest": {"clientRequestId": str(uuid.uuid4()), "method": "POST",
                            "clientIpAddress": what.get("ip", "203.0.113.7")},
            "level": "Informational", "operationId": str(uuid.uuid4()),
            "operationName": both(operation), "resourceId": resource,
            "resourceGroupName": group.group(1) if group else "",
            "resourceProviderName": both(operation.partition("/")[0]),
            "resourceProvider": operation.partition("/")[0],
            "status": both(status), "subStatus": both(""),
            "subscriptionId": self.options.subscription, "properties": what.get("properties", {}),
        }
        self.events.append((moment, visible, event))
        return event

    def found(self, question):
        since, until, attribute, value = question
        for moment, visible, event in sorted(self.events, key=lambda one: -one[0]):
            if visible > self.clock() or not since <= moment <= until:
                continue
            if attribute and str(event.get(attribute, "")).lower() != value.lower():
                continue
            yield event

    def list_events(self, path, parameters):
        subscription = LIST.fullmatch(path)
        if not subscription:
            raise Refused(404, "InvalidResourceType")
        if subscription.group(1).lower() != self.options.subscription.lower():
            raise Refused(404, "SubscriptionNotFound")
        if parameters.get("api-version") != "2015-04-01":
            raise Refused(400, "InvalidApiVersionParameter")
        if self.deny:
            raise Refused(403, "AuthorizationFailed", "The client does not have authorization")
        given = FILTER.fullmatch(parameters.get("$filter", ""))
        if not given or set(parameters) - {"api-version", "$filter", "$skiptoken", "$select"}:
            raise Refused(400, "BadRequest")
        question = (seconds(given.group(1)), seconds(given.group(2)) + 0.999999, *given.groups()[2:])
        if question[0] > question[1]:
            raise Refused(400, "BadRequest")
        at = 0
        if "$skiptoken" in parameters:
            asked, at = self.links.get(parameters["$skiptoken"], (None, 0))
            if asked != question:
                raise Refused(400, "InvalidSkipToken")
        found = list(self.found(question))
        size = self.options.page_size
        answer = {"value": found[at:at + size]}
        if len(found) > at + size:
            answer["nextLink"] = self.next_link(parameters, question, at + size)
        return answer

    def next_link(self, parameters, question, at):
        skip = uuid.uuid4().hex
        self.links[skip] = (question, at)
        # as the real one writes it: another case of the provider, the filter hardly encoded
        query = urllib.parse.quote(parameters["$filter"], safe="'") if not self.options.blanks \
            else parameters["$filter"]
        return self.url(f"/subscriptions/{self.options.subscription}/providers/microsoft.insights/"
                        f"eventtypes/management/values?api-version=2015-04-01&$filter={query}"
                        f"&$skiptoken={skip}")

    # -- faults and control -----------------------------------------------------------------------

    @staticmethod
    def is_meant(meant, on, asked):
        if on.startswith("/"):
            return meant != "" and meant in on
        return meant in ("", on)

    def deny_all(self, what):
        self.deny = bool(what)

    def set_metadata_fault(self, name):
        super().set_metadata_fault(name)
        self.metadata_met = 0

    def rotate(self):
        self.tokens.clear()

    def state(self):
        return {"events": [event for _, _, event in self.events], "late": self.late,
                "machine": self.machine(), "faults": self.faults, "deny": self.deny,
                "requests": len(self.requests)}


class Metadata(Handler):
    """IMDS."""

    def do_GET(self):
        standin = self.standin
        path, _, query = self.path.partition("?")
        parameters = dict(urllib.parse.parse_qsl(query))
        with standin.lock:
            standin.requests.append({"at": time.time(), "imds": path, "parameters": parameters})
            standin.metadata_met += 1
            met, fault = standin.metadata_met, standin.metadata_fault
        if any(name in self.headers for name in PROXY_HEADERS) or \
                self.headers.get("Metadata", "").lower() != "true":
            return self.answer(400, {"error": "Bad request. Required metadata header not specified"})
        if fault == "hang":
            self.close_connection = True
            return self.wait_for_end()
        statuses = {"off": 404, "forbidden": 403, "status-500": 500, "busy": 429,
                    "moving": 410 if met <= 2 else 0, "updating": 404 if met <= 2 else 0}
        if statuses.get(fault):
            return self.answer(statuses[fault], {"error": "said by the stand-in"})
        if path == "/metadata/instance" and parameters.get("api-version") == "2021-02-01":
            return self.answer(200, self.document(fault))
        if path == "/metadata/identity/oauth2/token" and parameters.get("api-version") == "2018-02-01":
            return self.answer(*self.token(parameters, fault))
        return self.answer(404, {"error": "Not found"})

    def answer(self, status, value):
        text = value if isinstance(value, str) else json.dumps(value)
        fault = self.standin.take_fault(self.path)
        if not fault:
            return self.reply(status, text, JSON)
        return Exchange(self, {}, status, [("Content-Type", JSON)], text.encode()).spoil(fault)

    def document(self, fault):
        standin, options = self.standin, self.standin.options
        if fault == "garbage":
            return "<html>not a document</html>"
        if fault == "huge":
            return '{"compute":{"name":"' + "x" * (1 << 20) + '"}}'
        name = f"{options.scale_set}_{options.name}" if options.scale_set else options.name
        compute = {
            "azEnvironment": options.environment, "location": options.region, "name": name,
            "osType": "Linux", "resourceGroupName": options.group, "resourceId": standin.machine(),
            "subscriptionId": options.subscription, "vmId": "5c0ffee0-0000-4000-8000-000000000001",
            "vmScaleSetName": options.scale_set, "vmSize": "Standard_B2s", "zone": "1",
            "tagsList": [dict(zip(("name", "value"), tag.split("=", 1))) for tag in options.tag]}
        changes = {"no-resource-id": {"resourceId": ""},
                   "bad-resource-id": {"resourceId": "/subscriptions/../../x"},
                   "other-subscription": {"subscriptionId": "99999999-9999-4999-8999-999999999999"},
                   "evil-environment": {"azEnvironment": "attacker.example"}}
        compute.update(standin.compute)
        compute.update(changes.get(fault, {}))
        return {"compute": compute, "network": {"interface": [{
            "macAddress": "00155D000001",
            "ipv4": {"ipAddress": [{"privateIpAddress": options.private_ip, "publicIpAddress": ""},
                                   {"privateIpAddress": "10.0.0.77", "publicIpAddress": ""}],
                     "subnet": [{"address": "10.0.0.0", "prefix": "24"}]},
            "ipv6": {"ipAddress": [{"privateIpAddress": "2001:db8::5"}]}}]}}

    def token(self, parameters, fault):
        standin, client = self.standin, self.standin.options.client_id
        if parameters.get("resource") not in RESOURCES.values():
            return 400, {"error": "invalid_resource", "error_description": "AADSTS500011"}
        if standin.identity == "none" or parameters.get("client_id", client) != client:
            return 400, {"error": "invalid_request", "error_description": "Identity not found"}
        if standin.identity == "several" and "client_id" not in parameters:
            return 400, {"error": "invalid_request",
                         "error_description": "Multiple user assigned identities exist, please specify "
                                              "the clientId / resourceId of the identity"}
        with standin.lock:
            token = standin.issue(parameters["resource"])
            until = standin.tokens[token]["until"]
        answer = {"access_token": token, "client_id": client, "expires_in": str(int(standin.token_life)),
                  "expires_on": str(int(until)), "ext_expires_in": "86399",
                  "not_before": str(int(standin.clock())), "resource": parameters["resource"],
                  "token_type": "Bearer"}
        changes = {"expired": {"expires_on": "1506484173"}, "other-type": {"token_type": "pop"},
                   "no-expiry": {"expires_on": None, "expires_in": None},
                   "no-token": {"access_token": None}, "split-token": {"access_token": token + "\r\nX: y"},
                   "forget-tokens": {"access_token": CANARY + "unknown"}}
        answer.update(changes.get(fault, {}))
        return 200, answer


class Api(Handler):
    """Azure Resource Manager, as much of it as is asked."""

    def do_GET(self):
        standin = self.standin
        path, _, query = self.path.partition("?")
        parameters = dict(urllib.parse.parse_qsl(query))
        request = {"at": time.time(), "operation": "list", "path": path, "parameters": parameters,
                   "followed": not LIST.fullmatch(path),
                   "proxied": any(name in self.headers for name in PROXY_HEADERS)}
        with standin.lock:
            try:
                standin.authenticate(self.headers)
                status, body, headers = 200, self.serve(path, parameters), []
            except Refused as refused:
                status, body = refused.status, error_body(refused.code, refused.message)
                headers = [("WWW-Authenticate", 'Bearer error="invalid_token"')] if status == 401 else []
                headers += [("Retry-After", "3")] if status == 429 else []
            if standin.reads >= 0:
                headers.append(("x-ms-ratelimit-remaining-subscription-reads", str(standin.reads)))
            standin.requests.append({**request, "status": status})
        self.answer_service(Exchange(self, parameters, status, [("Content-Type", JSON), *headers], body),
                            "list")

    def serve(self, path, parameters):
        standin = self.standin
        if standin.reads == 0:
            raise Refused(429, "SubscriptionRequestsThrottled")
        standin.reads -= standin.reads > 0
        return json.dumps(standin.list_events(path, parameters)).encode()


def parse(words):
    parser = argparse.ArgumentParser(description="A stand-in for Azure on loopback; see the head of "
                                                 "this file.")
    add = parser.add_argument
    add_options(add, "imds", 5, "an event")
    add("--page-size", type=int, default=200)
    add("--blanks", action="store_true", help="links to next pages hold blanks as they are")
    add("--reads", type=int, default=-1, help="requests that are left; -1 = any number, not said")
    add("--token-life", type=float, default=86400)
    add("--identity", default="one", choices=["none", "one", "several"])
    add("--client-id", default="c11e4700-0000-4000-8000-00000000000a", help="the managed identity's")
    add("--deny", action="store_true", help="the identity may not read the Activity Log")
    add("--environment", default="AzurePublicCloud")
    add("--subscription", default="11111111-2222-3333-4444-555555555555")
    add("--group", default="web-rg")
    add("--name", default="web-1", help="the machine's; with --scale-set its number")
    add("--scale-set", default="")
    add("--region", default="westeurope")
    add("--private-ip", default="10.0.0.5")
    add("--tag", action="append", default=[], metavar="NAME=VALUE", help="of the machine")
    return parser.parse_args(words)


def main():
    run(Standin(parse(sys.argv[1:])), "imds", (Metadata, Api))


if __name__ == "__main__":
    main()
