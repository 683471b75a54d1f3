# SPDX-License-Identifier: Apache-2.0
"""Whether formats.py would notice: a golden record of each format is spoiled in one way
after the other, and each must be refused. Prints the counts.

    formats_mutants.py FOLDER
"""

import json
import pathlib
import sys

import formats


def put(path, value):
    """Sets the member at the path; DROP takes it away."""
    def change(record):
        *steps, last = path
        for step in steps:
            record = record[step]
        if value is DROP:
            del record[last]
        else:
            record[last] = value
    return change


DROP = object()
CASE = "finding-2-final"
RESULT = ("securityResult", 0)

JSON_MUTANTS = {
    "ecs": [
        put(("@timestamp",), DROP), put(("@timestamp",), 1769594400), put(("source", "ip"), "x"),
        put(("source", "ip"), "203.0.113.9\n"), put(("event", "category"), "authentication"),
        put(("event", "category"), ["process"]), put(("event", "type"), ["allowed"]),
        put(("event", "kind"), "finding"), put(("event", "severity"), "73"),
        put(("event", "sequence"), -1), put(("event", "ingested"), "2026-01-28T10:00:00Z"),
        put(("event", "outcome"), "ok"), put(("user", "nickname"), "x"),
        put(("user", "name"), "x" * 40000), put(("threat", "tactic", "id"), "TA0008"),
        put(("related", "ip"), ["web-1"]), put(("ecs",), DROP), put(("countersign",), DROP),
    ],
    "udm": [
        put(("metadata", "eventType"), "LOGIN"), put(("metadata", "eventTimestamp"), "now"),
        put(("metadata", "productLogId"), DROP), put(("principal", "ip"), ["web-1"]),
        put(("principal", "ip"), "203.0.113.9"), put(("principal", "port"), "22"),
        put(("principal",), DROP), put(("target", "user"), {"name": "x"}),
        put(("target", "process", "pid"), 881), put((*RESULT, "severity"), "high"),
        put((*RESULT, "category"), "ACL_VIOLATION"), put((*RESULT, "action"), ["PERMIT"]),
        put((*RESULT, "alertState"), "ALERT"),
        put((*RESULT, "attackDetails", "techniques", 0, "id"), "T1021.008"),
        put(("security_result",), []), put(("extensions", "auth", "type"), "SSH"),
        put(("target", "resource", "resourceType"), "VM"),
    ],
    "asff": [
        put((name,), DROP) for name in ("SchemaVersion", "Id", "ProductArn", "GeneratorId",
                                        "AwsAccountId", "Types", "CreatedAt", "UpdatedAt",
                                        "Severity", "Title", "Description", "Resources")
    ] + [
        put(("SchemaVersion",), "2019"), put(("AwsAccountId",), "444455556666"),
        put(("AwsAccountId",), 111122223333), put(("Title",), "x" * 257),
        put(("Description",), "x" * 1025), put(("Description",), ""),
        put(("Types",), ["TTPs"]), put(("Severity", "Label"), "high"),
        put(("RecordState",), "CLOSED"), put(("Resources",), []),
        put(("Resources", 0, "Region"), "x" * 17), put(("Network", "SourceIpV4"), "2001:db8::1"),
        put(("ProductFields", "x" * 129), "x"), put(("ProductFields", "x"), "x" * 2049),
        put(("ProductFields",), {str(i): "x" for i in range(51)}),
        put(("UpdatedAt",), "2026-01-28T09:00:00Z"), put(("Extra",), "x"),
        put(("Remediation", "Recommendation", "Text"), "x" * 513), put(("Title",), "a\x1b[0m"),
    ],
    "pagerduty": [
        put(("event_action",), "close"), put(("dedup_key",), DROP), put(("payload",), DROP),
        put(("payload", "summary"), "x" * 1025), put(("payload", "summary"), ""),
        put(("payload", "severity"), "high"), put(("payload", "source"), DROP),
        put(("routing_key",), "x"), put(("payload", "summary"), "a\u202eb"),
    ],
    "slack": [
        put(("text",), "<!channel>"), put(("text",), DROP), put(("text",), "a & b"),
        put(("blocks",), [{"type": "divider"}] * 51), put(("blocks",), []),
        put(("blocks", 0, "text", "text"), "x" * 151),
        put(("blocks", 1, "text", "text"), "x" * 3001),
        put(("blocks", 2, "fields", 0, "text"), "*Who*\n*alice*"),
        put(("blocks", 2, "fields", 0, "text"), "*Who*\n`a` `b`"),
        put(("blocks", 2, "fields", 0, "verbatim"), False),
        put(("blocks", 2, "fields"), [{"type": "mrkdwn", "text": "*a*\n`b`",
                                       "verbatim": True}] * 11),
    ],
    "teams": [
        put(("type",), "card"), put(("attachments", 0, "contentType"), "application/json"),
        put(("attachments", 0, "content", "body", 0, "type"), "TextBlock"),
        put(("attachments", 0, "content", "body", 0, "inlines", 0, "text"), "{{DATE(x)}}"),
        put(("attachments", 0, "content", "body", 0, "inlines", 0, "text"), ""),
        put(("attachments", 0, "content", "body"),
            [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "x" * 3000}]}] * 10),
    ],
}

CEF_MUTANTS = [
    ("CEF:0|", "CEF:2|"), ("|8|", "|11|"), ("|8|", "|high|"), ("|Countersign|", "|Counter|sign|"),
    (" duser=deploy", " duser=a=b"), (" duser=deploy", " duser=a\\b"),
    (" duser=deploy", " duser=a\nb"), (" duser=deploy", " duser=" + "x" * 1024),
    (" duser=deploy", " nickname=deploy"), (" duser=deploy", " duser="),
    (" src=203.0.113.9", " src=2001:db8::9"), (" src=203.0.113.9", " src=host"),
    (" spt=50022", " spt=65536"), ("|rt=", "|rt=x"), (" cs1Label=door", ""),
    (" cs1=aws-ec2-instance-connect", ""), (" act=update", " act=update act=close"),
    (" duser=deploy", " duser=a\u202eb"),
]


def is_refused(name, line):
    try:
        formats.CHECKS[name](line, {})
    except formats.Wrong:
        return True
    return False


def mutants_of(name, folder):
    if name == "cef":
        line = (folder / f"{CASE}.cef.txt").read_text(encoding="utf-8").rstrip("\n")
        for number, (old, new) in enumerate(CEF_MUTANTS):
            assert old in line, f"cef mutant {number}: there is no '{old}' to change"
            yield line.replace(old, new, 1)
        return
    content = (folder / f"{CASE}.{name}.json").read_text(encoding="utf-8")
    for change in JSON_MUTANTS[name]:
        record = json.loads(content)
        change(record)
        yield json.dumps(record)
    yield json.dumps(json.loads(content))[:-1]
    yield json.dumps(json.loads(content)).replace("{", '{"a":1,"a":2,', 1)


def main():
    folder = pathlib.Path(sys.argv[1])
    count = missed = 0
    for name in formats.CHECKS:
        for number, line in enumerate(mutants_of(name, folder)):
            count += 1
            if not is_refused(name, line):
                missed += 1
                print(f"{name}: mutant {number} was not noticed")
    print(f"{count} spoiled records, {missed} not noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
