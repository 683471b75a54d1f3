# SPDX-License-Identifier: Apache-2.0
"""Independent readers of the formats, each as strict as its specification: CEF (guide,
version 25), Elastic Common Schema 8.11, Chronicle's UDM, AWS Security Finding Format,
and the messages of PagerDuty, Slack and Teams. Nothing here is shared with the writers.

    formats.py FOLDER [FORMAT FILE]...

reads the golden files of the folder, then files of one record a line, and prints counts.
"""

import collections
import ipaddress
import json
import pathlib
import re
import sys
import unicodedata

RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
HEX32 = re.compile(r"^[0-9a-f]{32}$")


class Wrong(Exception):
    """The record is not what its format asks for."""


def need(condition, message):
    if not condition:
        raise Wrong(message)


def is_address(text, version=None):
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return version in (None, address.version)


def is_time(value):
    return isinstance(value, str) and bool(RFC3339.match(value))


# Format characters that are seen (Unicode's Prepended_Concatenation_Mark).
SEEN = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def is_clean(text, breaks=""):
    """Printable, and nothing that hides or reorders it."""
    return all(char in breaks or char in SEEN or
               unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
               for char in text)


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_of(item)


def flat(value, path=""):
    """Every leaf with its path; items of an array share their array's."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flat(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for item in value:
            yield from flat(item, path)
    else:
        yield path, value


def read_json(text):
    def pairs(members):
        keys = [key for key, _ in members]
        need(len(keys) == len(set(keys)), f"a key twice in {keys}")
        return dict(members)

    try:
        return json.loads(text, object_pairs_hook=pairs)
    except ValueError as error:
        raise Wrong(f"not JSON: {error}") from error


def check_shape(value, shape, path):
    """`shape`: a dict of members (those with '!' are required), a list of one shape, a set
    of words, a type, or a function that says whether it is right."""
    if isinstance(shape, dict):
        need(isinstance(value, dict), f"{path}: not an object")
        for key in shape:
            need(not key.endswith("!") or key[:-1] in value, f"{path}: no {key[:-1]}")
        for key, item in value.items():
            member = shape.get(key, shape.get(key + "!", shape.get("*")))
            need(member is not None, f"{path}: {key} is no member of it")
            check_shape(item, member, f"{path}.{key}")
    elif isinstance(shape, list):
        need(isinstance(value, list), f"{path}: not an array")
        for item in value:
            check_shape(item, shape[0], path + "[]")
    elif isinstance(shape, (set, frozenset)):
        need(not isinstance(value, (dict, list)) and value in shape,
             f"{path}: {value!r} is none of {sorted(shape, key=str)}")
    elif isinstance(shape, type):
        right = isinstance(value, shape) and not (shape is int and isinstance(value, bool))
        need(right, f"{path}: {value!r} is no {shape.__name__}")
    else:
        try:
            right = shape(value)
        except TypeError:  # a check of text, of what is none
            right = False
        need(right, f"{path}: {value!r} is wrong")


def text(longest, shortest=1):
    return lambda value: isinstance(value, str) and shortest <= len(value) <= longest


# ---- CEF --------------------------------------------------------------------------------------

# The guide's dictionary, of what is used: type and length.
CEF_KEYS = {
    "act": ("text", 63), "cat": ("text", 1023), "cn1": ("number", 0),
    "cn1Label": ("text", 1023), "cn2": ("number", 0), "cn2Label": ("text", 1023),
    "c6a2": ("ipv6", 0), "c6a2Label": ("text", 1023), "deviceCustomDate1": ("time", 0),
    "deviceCustomDate1Label": ("text", 1023), "deviceExternalId": ("text", 255),
    "deviceFacility": ("text", 1023), "destinationServiceName": ("text", 1023),
    "dhost": ("text", 1023), "dpid": ("number", 0), "duser": ("text", 1023),
    "dvchost": ("text", 100), "end": ("time", 0), "externalId": ("text", 40),
    "flexString1": ("text", 1023), "flexString1Label": ("text", 128),
    "flexString2": ("text", 1023), "flexString2Label": ("text", 128),
    "msg": ("text", 1023), "outcome": ("text", 63), "reason": ("text", 1023),
    "requestClientApplication": ("text", 1023), "rt": ("time", 0),
    "sourceServiceName": ("text", 1023), "spt": ("port", 0), "src": ("ipv4", 0),
    "start": ("time", 0), "suser": ("text", 1023),
}
for number in range(1, 7):
    CEF_KEYS[f"cs{number}"] = ("text", 4000)
    CEF_KEYS[f"cs{number}Label"] = ("text", 1023)

CEF_TYPES = {
    "text": lambda value: True,
    "number": lambda value: value.isdigit() and int(value) < 2 ** 63,
    "port": lambda value: value.isdigit() and int(value) < 65536,
    "time": lambda value: value.isdigit() and len(value) <= 15,
    "ipv4": lambda value: is_address(value, 4),
    "ipv6": lambda value: is_address(value, 6),
}


def cef_head(line):
    """Seven fields and what is left."""
    fields, field, at = [], "", 0
    while len(fields) < 7:
        need(at < len(line), "the head ends early")
        char = line[at]
        if char == "\\":
            need(line[at + 1:at + 2] in ("\\", "|"), "a '\\' that escapes nothing in the head")
            field += line[at + 1]
            at += 2
            continue
        if char == "|":
            fields.append(field)
            field = ""
        else:
            field += char
        at += 1
    return fields, line[at:]


def cef_extension(rest):
    """key=value pairs; every '=' that is not escaped ends a key."""
    marks, at = [], 0
    while at < len(rest):
        if rest[at] == "\\":
            need(rest[at + 1:at + 2] in ("\\", "=", "n", "r"), "a '\\' that escapes nothing")
            at += 2
            continue
        if rest[at] == "=":
            marks.append(at)
        at += 1
    pairs, begin = [], 0
    need(marks or not rest, "bytes that are no pair")
    for place, mark in enumerate(marks):
        if place + 1 < len(marks):
            end = rest.rfind(" ", mark, marks[place + 1])
            need(end >= 0, "a '=' that is not escaped")
        else:
            end = len(rest)
        pairs.append((rest[begin:mark], rest[mark + 1:end]))
        begin = end + 1
    return [(key, re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), value))
            for key, value in pairs]


def check_cef(line, _):
    need(is_clean(line), "bytes that are not printable")
    fields, rest = cef_head(line)
    version, vendor, product, _, signature, name, severity = fields
    need(version == "CEF:0" and vendor and product, "the head")
    need(0 < len(signature) <= 1023 and 0 < len(name) <= 512, "signature or name")
    need(severity.isdigit() and 0 <= int(severity) <= 10, f"severity {severity}")
    pairs = cef_extension(rest)
    members = dict(pairs)
    need(len(members) == len(pairs), "a key twice")
    for key, value in pairs:
        need(key in CEF_KEYS, f"{key!r} is no key of the dictionary")
        kind, longest = CEF_KEYS[key]
        need(value.strip() == value and value, f"{key}: empty, or blanks at its ends")
        need(CEF_TYPES[kind](value), f"{key}: {value!r} is no {kind}")
        need(kind != "text" or len(value) <= longest, f"{key}: {len(value)} characters")
        if key.endswith("Label"):
            need(key[:-5] in members, f"{key} labels nothing")
        elif re.match(r"^(cs|cn|c6a|flexString|deviceCustomDate)\d$", key):
            need(key + "Label" in members, f"{key} has no label")
    for key in ("rt", "msg", "deviceFacility", "act"):
        need(key in members, f"no {key}")
    need(members["deviceFacility"] == "heartbeat" or HEX32.match(members.get("externalId", "")),
         "no externalId")
    return members


# ---- ECS --------------------------------------------------------------------------------------

# The fields used, from the field reference: type, and whether it is an array.
ECS_FIELDS = {name: (kind, False) for kind, names in {
    "date": "@timestamp event.created event.start event.end",
    "match_only_text": "message",
    "keyword": "agent.name agent.type agent.version client.address client.user.id "
               "cloud.account.id cloud.instance.id cloud.provider cloud.region ecs.version "
               "event.action event.code event.dataset event.id event.kind event.module "
               "event.outcome event.provider event.reason host.hostname host.id host.name "
               "rule.description rule.id rule.name rule.ruleset source.address "
               "threat.framework user.effective.name user.name user_agent.original",
    "long": "event.sequence event.severity process.pid source.port",
    "ip": "client.ip source.ip",
}.items() for name in names.split()}
ECS_FIELDS.update({name: (kind, True) for kind, names in {
    "keyword": "event.category event.type related.hosts related.user tags threat.tactic.id "
               "threat.tactic.name threat.technique.id threat.technique.name "
               "threat.technique.subtechnique.id threat.technique.subtechnique.name",
    "ip": "related.ip",
}.items() for name in names.split()})

ECS_TYPES = {
    "date": is_time,
    "match_only_text": lambda value: isinstance(value, str) and value != "",
    "keyword": lambda value: isinstance(value, str) and 0 < len(value.encode()) <= 32766,
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool)
    and 0 <= value < 2 ** 63,
    "ip": lambda value: isinstance(value, str) and is_address(value),
}

# "ECS Categorization Fields": which types each category expects.
ECS_EXPECTED = {
    "authentication": {"start", "end", "info"},
    "configuration": {"access", "change", "creation", "deletion", "info"},
    "host": {"access", "change", "end", "info", "start"},
    "intrusion_detection": {"allowed", "denied", "info"},
    "session": {"start", "end", "info"},
}
ECS_KINDS = {"alert", "asset", "enrichment", "event", "metric", "state"}
ECS_OUTCOMES = {"success", "failure", "unknown"}


def check_own(own, seen):
    """A mapping is made of the first value that comes: a member has always one type."""
    for path, value in flat(own):
        if value is None or value == []:
            continue
        item = value[0] if isinstance(value, list) else value
        kind = "time" if is_time(item) else type(item).__name__
        if kind == "time" and seen.get(path) == "str" or kind == "str" and path.endswith("detail"):
            kind = "str"
        need(seen.setdefault(path, kind) == kind, f"{path}: {kind}, and {seen[path]} before")


def check_ecs(line, seen):
    record = read_json(line)
    own = record.pop("countersign", None)
    need(own is not None, "no countersign")
    check_own(own, seen)
    for path, value in flat(record):
        need(path in ECS_FIELDS, f"{path} is no field of ECS")
        kind, is_array = ECS_FIELDS[path]
        need(isinstance(value, list) == is_array, f"{path}: an array, or none where one belongs")
        for item in value if is_array else [value]:
            need(ECS_TYPES[kind](item), f"{path}: {item!r} is no {kind}")
    for path in ("@timestamp", "ecs.version", "event.kind", "event.category", "event.type",
                 "event.id", "event.sequence", "event.created", "message"):
        need(path in dict(flat(record)), f"no {path}")
    event = record["event"]
    need("ingested" not in event, "event.ingested is the receiver's")
    need(event["kind"] in ECS_KINDS, event["kind"])
    need(event.get("outcome", "unknown") in ECS_OUTCOMES, event.get("outcome"))
    for category in event["category"]:
        need(category in ECS_EXPECTED, f"category {category}")
        need(set(event["type"]) <= ECS_EXPECTED[category], f"{event['type']} of {category}")
    if own["stream"] == "login":
        need(event["kind"] == "event" and event["category"] == ["authentication", "session"],
             "a login is an authentication event")
    if "rule" in record:
        need(event["kind"] == "alert", "a rule without an alert")
    record["countersign"] = own
    return record


# ---- UDM --------------------------------------------------------------------------------------

UDM_USER = {"userid!": text(8192)}
UDM_ADDRESSES = [is_address]
UDM_LABEL = {"key!": text(256), "value!": text(65536)}
UDM_RESULT = {
    "action!": [{"UNKNOWN_ACTION", "ALLOW", "BLOCK", "ALLOW_WITH_MODIFICATION", "QUARANTINE",
                 "FAIL", "CHALLENGE"}],
    "alertState!": {"UNSPECIFIED", "NOT_ALERTING", "ALERTING"},
    "attackDetails": {
        "tactics!": [{"id!": re.compile(r"^TA\d{4}$").match, "name!": text(64)}],
        "techniques!": [{"id!": re.compile(r"^T\d{4}$").match, "name!": text(64),
                         "subtechniqueId": re.compile(r"^T\d{4}\.\d{3}$").match,
                         "subtechniqueName": text(64)}],
    },
    "category!": [{"UNKNOWN_CATEGORY", "ACL_VIOLATION", "AUTH_VIOLATION", "POLICY_VIOLATION",
                   "EXPLOIT", "SOFTWARE_SUSPICIOUS"}],
    "categoryDetails!": [text(256)],
    "confidence": {"UNKNOWN_CONFIDENCE", "LOW_CONFIDENCE", "MEDIUM_CONFIDENCE",
                   "HIGH_CONFIDENCE"},
    "description": text(1024),
    "detectionFields": [UDM_LABEL],
    "ruleId!": text(256), "ruleName!": text(256),
    "severity!": {"UNKNOWN_SEVERITY", "INFORMATIONAL", "ERROR", "NONE", "LOW", "MEDIUM", "HIGH",
                  "CRITICAL"},
    "summary!": text(1024),
    "threatStatus": {"THREAT_STATUS_UNSPECIFIED", "ACTIVE", "CLEARED", "FALSE_POSITIVE"},
}
UDM_EVENT = {
    "metadata!": {
        "eventTimestamp!": is_time, "collectedTimestamp!": is_time,
        "eventType!": {"GENERIC_EVENT", "USER_LOGIN", "STATUS_HEARTBEAT"},
        "vendorName!": text(64), "productName!": text(64), "productVersion!": text(64),
        "productEventType!": text(128), "productLogId!": text(40000),
        "description!": text(8192),
    },
    "principal!": {"user": UDM_USER, "ip": UDM_ADDRESSES, "port": int, "hostname": text(40000),
                   "application!": text(128)},
    "target": {
        "hostname": text(40000), "location": {"name!": text(8192)}, "user": UDM_USER,
        "process": {"pid!": str.isdigit},
        "resource": {
            "name": text(8192), "productObjectId": text(8192),
            "resourceType!": {"VIRTUAL_MACHINE"},
            "attribute!": {
                "cloud": {"environment!": {"AMAZON_WEB_SERVICES", "MICROSOFT_AZURE",
                                           "GOOGLE_CLOUD_PLATFORM"}},
                "labels": [UDM_LABEL],
            },
        },
    },
    "intermediary": [{"application!": text(128), "user": UDM_USER, "ip": UDM_ADDRESSES}],
    "observer!": {"hostname": text(40000), "application!": text(128)},
    "extensions": {"auth!": {
        "type!": {"AUTHTYPE_UNSPECIFIED", "MACHINE", "SSO", "VPN", "PHYSICAL", "TACACS"},
        "mechanism!": [{"LOCAL", "REMOTE", "REMOTE_INTERACTIVE", "INTERACTIVE", "NETWORK",
                        "BATCH", "SERVICE", "MECHANISM_OTHER"}],
        "authDetails": text(128)}},
    "network": {"applicationProtocol": {"SSH"}, "sessionId": text(8192)},
    "securityResult": [UDM_RESULT],
    "additional!": {"countersign!": {"*": lambda value: True}},
}


def check_udm(line, seen):
    record = read_json(line)
    check_shape(record, UDM_EVENT, "udm")
    check_own(record["additional"]["countersign"], seen)
    kind = record["metadata"]["eventType"]
    target = record.get("target", {})
    if kind == "USER_LOGIN":
        need(target.get("hostname") and target.get("user"), "a login of nobody, or nowhere")
        need("extensions" in record, "a login without extensions.auth")
    if kind == "STATUS_HEARTBEAT":
        need(record["principal"].get("hostname"), "a heartbeat of no host")
    if record["additional"]["countersign"]["stream"] != "heartbeat":
        need(record.get("securityResult"), "no securityResult")
    return record


# ---- ASFF -------------------------------------------------------------------------------------

ASFF_TYPES = re.compile(
    r"^(TTPs/(Initial Access|Execution|Persistence|Privilege Escalation|Defense Evasion|"
    r"Credential Access|Discovery|Lateral Movement|Collection|Command and Control|Impact)"
    r"|Unusual Behaviors/(Application|Network Flow|IP address|User|VM|Container|Serverless|"
    r"Process|Database|Data))/[^/]+$")
ASFF_ARN = re.compile(r"^arn:(aws|aws-cn|aws-us-gov):securityhub:[a-z0-9-]+:(\d{12}):"
                      r"product/(\d{12})/default$")
ASFF_SEVERITY = {"Label!": {"INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"},
                 "Original": text(64)}
ASFF_FINDING = {
    "SchemaVersion!": {"2018-10-08"}, "Id!": text(512), "ProductArn!": ASFF_ARN.match,
    "ProductName": text(128), "CompanyName": text(128), "GeneratorId!": text(512),
    "AwsAccountId!": re.compile(r"^\d{12}$").match, "Types!": [ASFF_TYPES.match],
    "FirstObservedAt": is_time, "LastObservedAt": is_time, "CreatedAt!": is_time,
    "UpdatedAt!": is_time, "Severity!": ASFF_SEVERITY,
    "FindingProviderFields": {"Severity": ASFF_SEVERITY, "Types": [ASFF_TYPES.match]},
    "Title!": text(256), "Description!": text(1024),
    "Remediation": {"Recommendation!": {"Text!": text(512)}},
    "RecordState": {"ACTIVE", "ARCHIVED"},
    "Workflow": {"Status!": {"NEW", "ASSIGNED", "IN_PROGRESS", "RESOLVED", "DEFERRED",
                             "DUPLICATE", "NOTIFIED", "SUPPRESSED"}},
    "Sample": bool,
    "Resources!": [{"Type!": {"AwsEc2Instance", "Other"}, "Id!": text(512),
                    "Partition": {"aws", "aws-cn", "aws-us-gov"}, "Region": text(16)}],
    "Network": {"Direction": {"IN", "OUT"}, "Protocol": text(16),
                "SourceIpV4": lambda value: is_address(value, 4),
                "SourceIpV6": lambda value: is_address(value, 6),
                "SourcePort": lambda value: isinstance(value, int) and 0 <= value <= 65535},
    "Process": {"Pid": int},
    "Action": {"ActionType!": {"AWS_API_CALL"}, "AwsApiCallAction!": {
        "Api": text(1024), "CallerType": {"remoteIp", "domain"},
        "RemoteIpDetails": {"IpAddressV4!": lambda value: is_address(value, 4)},
        "DomainDetails": {"Domain!": text(1024)},
        "FirstSeen": is_time, "LastSeen": is_time}},
    "ProductFields": {"*": text(2048)},
}


def check_asff(line, _):
    record = read_json(line)
    check_shape(record, ASFF_FINDING, "asff")
    arn = ASFF_ARN.match(record["ProductArn"])
    need(arn[2] == arn[3] == record["AwsAccountId"], "the ARN is of another account")
    need(1 <= len(record["Types"]) <= 50 and 1 <= len(record["Resources"]) <= 32, "counts")
    need(len(record["ProductFields"]) <= 50, "more than 50 ProductFields")
    need(all(len(key) <= 128 for key in record["ProductFields"]), "a key of ProductFields")
    need(len(line.encode()) <= 240 * 1024, "more than 240 KB")
    need(record["CreatedAt"][:19] <= record["UpdatedAt"][:19], "updated before it was created")
    need(all(is_clean(value) for value in strings_of(record)), "not printable")
    return record


# ---- messages ---------------------------------------------------------------------------------

PAGERDUTY_EVENT = {
    "event_action!": {"trigger", "resolve"}, "dedup_key!": HEX32.match, "client": text(255),
    "payload!": {
        "summary!": text(1024), "source!": text(1024), "timestamp": is_time,
        "severity!": {"critical", "error", "warning", "info"}, "component": text(255),
        "group": text(1024), "class": text(255),
        "custom_details": {"evidence": [text(1024)], "evidence_left_out": int,
                           "*": text(1024)},
    },
}


def check_pagerduty(line, _):
    record = read_json(line)
    check_shape(record, PAGERDUTY_EVENT, "pagerduty")
    need(len(line.encode()) <= 512 * 1024, "more than 512 KB")
    need(all(is_clean(value) for value in strings_of(record)), "not printable")
    return record


SLACK_PLAIN = {"type!": {"plain_text"}, "text!": text(3000), "emoji": {False}}
SLACK_MARKED = {"type!": {"mrkdwn"}, "text!": text(3000), "verbatim!": {True}}
SLACK_CODE = re.compile(r"^\*[^*`]+\*\n`[^`\n]+`$|^```\n[^`]+```$")
SLACK_MESSAGE = {
    "text!": text(4000), "mrkdwn": {False}, "unfurl_links": {False}, "unfurl_media": {False},
    "blocks!": [lambda block: isinstance(block, dict)],
}


def check_slack(line, _):
    record = read_json(line)
    check_shape(record, SLACK_MESSAGE, "slack")
    need(1 <= len(record["blocks"]) <= 50, "more than 50 blocks")
    for block in record["blocks"]:
        if block["type"] == "header":
            check_shape(block, {"type!": str, "text!": SLACK_PLAIN}, "header")
            need(len(block["text"]["text"]) <= 150, "a header of more than 150 characters")
            continue
        check_shape(block, {"type!": {"section"}, "text": dict, "fields": list}, "section")
        need(("text" in block) != ("fields" in block), "a section of both, or of nothing")
        parts = block.get("fields", [block.get("text")])
        need(len(parts) <= 10, "more than 10 fields")
        for part in parts:
            check_shape(part, SLACK_PLAIN if part["type"] == "plain_text" else SLACK_MARKED,
                        "text")
            need("fields" not in block or len(part["text"]) <= 2000, "a field too long")
            need(part["type"] == "plain_text" or SLACK_CODE.match(part["text"]),
                 f"text that Slack would format: {part['text']!r}")
    for value in strings_of(record):
        need(not re.search(r"[<>]|&(?!amp;|lt;|gt;)", value), f"not escaped: {value!r}")
        need(is_clean(value, "\n"), f"not printable: {value!r}")
    return record


TEAMS_RUN = {"type!": {"TextRun"}, "text!": text(4096), "weight": {"Bolder"}, "size": {"Large"},
             "fontType": {"Monospace"}}
TEAMS_MESSAGE = {
    "type!": {"message"},
    "attachments!": [{
        "contentType!": {"application/vnd.microsoft.card.adaptive"}, "contentUrl": {None},
        "content!": {
            "$schema": str, "type!": {"AdaptiveCard"}, "version!": {"1.4"},
            "msteams": {"width": {"Full"}},
            "body!": [{"type!": {"RichTextBlock"}, "inlines!": [TEAMS_RUN]}],
        }}],
}


def check_teams(line, _):
    record = read_json(line)
    check_shape(record, TEAMS_MESSAGE, "teams")
    need(len(line.encode()) <= 28 * 1024, f"{len(line.encode())} bytes, more than 28 KB")
    for value in strings_of(record):
        need("{{" not in value, "what Teams would replace")
        need(is_clean(value), f"not printable: {value!r}")
    return record


CHECKS = {
    "cef": check_cef, "ecs": check_ecs, "udm": check_udm, "asff": check_asff,
    "pagerduty": check_pagerduty, "slack": check_slack, "teams": check_teams,
}


# ---- what is read -----------------------------------------------------------------------------

class Tally:
    def __init__(self):
        self.records = collections.Counter()
        self.failures = 0
        self.seen = {name: {} for name in CHECKS}

    def check(self, name, line, label):
        """The record, or None when it is wrong."""
        self.records[name] += 1
        try:
            return CHECKS[name](line, self.seen[name])
        except Wrong as error:
            self.failures += 1
            if self.failures <= 40:
                print(f"{label}: {error}")
        return None


def says(record, words):
    """Whether the texts of the record have all of the words in them."""
    told = "\n".join(strings_of(record)).replace("&amp;", "&")
    return [word for word in words if word not in told]


def words_of(native):
    """What a reader must find whatever the format: the door, the user, who called."""
    login = native.get("login", native)
    call = login.get("api_call") or {}
    words = [login.get("path"), login.get("os_user"), call.get("principal")]
    return [word for word in words if word and is_clean(word)]


def check_golden(folder, tally):
    for path in sorted(folder.iterdir()):
        case, name, kind = path.name.rsplit(".", 2)
        if name not in CHECKS or kind not in ("json", "txt"):
            continue
        content = path.read_text(encoding="utf-8").rstrip("\n")
        record = tally.check(name, content if kind == "txt" else
                             json.dumps(json.loads(content), separators=(",", ":")), path.name)
        native = folder / f"{case}.native.json"
        if record is None or not native.exists():
            continue
        missing = says(record, words_of(json.loads(native.read_text(encoding="utf-8"))))
        if missing and not case.startswith(("heartbeat", "login-hostile", "finding-hostile")):
            print(f"{path.name}: it does not say {missing}")
            tally.failures += 1


def check_lines(name, path, tally):
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                print(f"{path}:{number}: no line break at its end")
                tally.failures += 1
            tally.check(name, line.rstrip(b"\n").decode(), f"{name} {path}:{number}")


def main():
    tally = Tally()
    check_golden(pathlib.Path(sys.argv[1]), tally)
    golden = dict(tally.records)
    for name, path in zip(sys.argv[2::2], sys.argv[3::2]):
        check_lines(name, path, tally)
    for name in CHECKS:
        print(f"{name}: {golden.get(name, 0)} golden records, "
              f"{tally.records[name] - golden.get(name, 0)} others")
        if not golden.get(name):
            print(f"{name}: no golden record was read")
            tally.failures += 1
    print(f"{sum(tally.records.values())} records, {tally.failures} failures")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
