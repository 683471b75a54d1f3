# SPDX-License-Identifier: Apache-2.0
"""countersign-courier against the stand-in for Google Cloud: every fault of the stand-in in an
answer to entries:list, of the metadata server, and what the courier does when all is well. What
holds always: an answer within its deadline, nothing followed, no more requests than said, no token
in anything that the courier says, and nothing sent that no honest agent sends."""
import json
import re
import sys
import threading
import time

from client import ASK_IDENTITY, ASK_PAGE, Courier, Ended, Standin, page_question
from cloud_cases import (CANARY, DEADLINE, check_fault, check_requests, faults_together,
                         leave_while_asked, no_secrets, run_tests)
from faults import HARMLESS, PATIENT, SPOILT
from gcp_expected import EXPECTED, METADATA
from memory_of import writable_memory

INSTANCE, OTHER = "1234567890123456789", "9876543210987654321"
PROJECT = "example-project"
EMAIL = "agent@example-project.iam.gserviceaccount.com"
ENTRIES, METADATA_QUERY = 4, 5
LIST, PRIVATE = "logging.logEntries.list", "logging.privateLogEntries.list"
SCOPE = "https://www.googleapis.com/auth/logging.read"


class Google(Standin):
    program = "gcp.py"
    section, metadata = "gcp", "metadata"
    endpoints = ("logging",)


def doors(courier, value=INSTANCE, **more):
    return courier.ask_page(query=ENTRIES, attribute="doors", value=value, **more)


def newest(courier, **more):
    return courier.ask_page(query=ENTRIES, attribute="newest", value="", **more)


def asked_of(requests):
    return [one for one in requests if one.get("operation") == "entries.list"]


# -- faults of the service -------------------------------------------------------------------------

def one_fault(report, standin, courier, name):
    wanted, most = EXPECTED[name]
    before = len(standin.get("requests"))
    standin.control(clear="faults")
    standin.control(fault={"name": name, "count": -1, "on": "entries.list"})
    began = time.monotonic()
    answer = doors(courier, timeout=DEADLINE)
    took = time.monotonic() - began
    check_fault(report, name, wanted, answer, took)
    report.check(name + ": waits for a while only", 0 <= answer["retry_after"] <= 900, answer)
    report.check(name + ": waits where it is throttled", answer["outcome"] != "throttled" or
                 answer["retry_after"] >= 3, answer)
    made = standin.get("requests")[before:]
    check_requests(report, name, made, asked_of(made), most)

    standin.control(clear="faults")
    after = doors(courier, value=OTHER, timeout=DEADLINE)
    if name in SPOILT:
        after = doors(courier, value=OTHER, timeout=DEADLINE)
    report.check(name + ": and then all is well", after["outcome"] == "ok", after["outcome"],
                 after["detail"])
    report.check(name + ": the next answer is to the next question",
                 after["outcome"] != "ok" or json.loads(after["body"])["entries"] == [],
                 after["body"][:200])


def faults_in_turn(report, program, names, words=()):
    with Google("--rate", "0", "--late", "0", *words) as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "CheckPolicy", "ago": ago} for ago in range(60)])
        for name in names:
            try:
                one_fault(report, standin, courier, name)
            except (Ended, OSError) as ended:
                report.check(name, False, repr(ended))
                break
        no_secrets(report, ", ".join(names)[:60], courier, standin)


def test_faults(report, program):
    faults_together(lambda names, words: faults_in_turn(report, program, names, words), EXPECTED,
                    PATIENT)
    with Google() as standin:
        missing = set(standin.get("faults")) ^ set(EXPECTED)
        report.check("every fault has a row", not missing, missing)


def test_reset_at_every_byte(report, program):
    """The answer is cut after each of its first bytes, then at ever larger steps."""
    with Google("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "CheckPolicy"} for _ in range(3)])
        whole = len(doors(courier)["body"])
        for at in [*range(0, 220, 7), *range(220, whole, max(1, whole // 25))]:
            standin.control(fault={"name": "reset-in-body", "bytes": at, "on": "entries.list"})
            answer = doors(courier)
            # libcurl tries anew where a kept connection ended before its first byte was read
            anew = "fault" not in standin.get("requests")[-1]
            report.check(f"reset after {at} bytes", answer["outcome"] == "unreachable" or
                         (anew and at < 220 and answer["outcome"] == "ok"), answer["outcome"])
            standin.control(clear="faults")
        no_secrets(report, "resets", courier, standin)


def faults_of_metadata(report, program, path, again, harmless=()):
    """Every fault that is over soon, in the metadata server's answer for a path: no page where what
    came is not valid, nothing followed, and then all is well. `harmless`: faults that leave it
    valid."""
    with Google("--rate", "0", "--late", "0") as standin:
        for name in EXPECTED:
            if name in PATIENT or name.startswith(("tls-", "connect-")) or "token" in name or \
                    "entr" in name:
                continue
            with Courier(program, standin.config()) as courier:
                standin.control(fault={"name": name, "count": -1, "on": path})
                before = len(standin.get("requests"))
                answer = again(courier)
                report.check(f"{path}, {name}", answer["outcome"] != "ok" or name in HARMLESS
                             or name in harmless, answer["outcome"], answer["detail"])
                report.check(f"{path}, {name}: it says why", answer["outcome"] == "ok" or
                             answer["detail"])
                report.check(f"{path}, {name}: nothing is followed", not any(
                    one.get("followed") for one in standin.get("requests")[before:]))
                no_secrets(report, f"{path}, {name}", courier, standin)
                standin.control(clear="faults")
        with Courier(program, standin.config()) as courier:
            answer = again(courier)
            report.check(f"{path}: and then all is well", answer["outcome"] == "ok", answer["detail"])


def test_faults_of_identity(report, program):
    faults_of_metadata(report, program, "/computeMetadata/v1/instance/id",
                       lambda courier: courier.ask_identity(),
                       # half a number is a number
                       ("length-too-short", "truncated-json", "nul-bytes"))


def test_faults_of_token(report, program):
    faults_of_metadata(report, program, "/computeMetadata/v1/instance/service-accounts/default/token",
                       doors)


def test_faults_of_users(report, program):
    with Google() as standin:
        standin.control(set={"users": {"alice_example_com": {"name": "1"}}})
        for name, wanted in (("portal-page", "bad-answer"), ("truncated-json", "bad-answer"),
                             ("status-503-retry-after-years", "bad-answer"),
                             ("redirect-to-metadata", "bad-answer"), ("huge-body", "bad-answer")):
            with Courier(program, standin.config()) as courier:
                standin.control(fault={"name": name, "count": -1, "on": "/oslogin/users"})
                answer = courier.ask_page(query=METADATA_QUERY, attribute="os-login-user",
                                          value="alice_example_com")
                report.check(f"a user, {name}", answer["outcome"] == wanted and not answer["body"], answer)
                standin.control(clear="faults")


# -- when it is well -------------------------------------------------------------------------------

def all_pages(courier, **question):
    token, entries, pages = "", [], 0
    for _ in range(100):
        answer = doors(courier, token=token, **question)
        assert answer["outcome"] == "ok", answer
        entries += json.loads(answer["body"])["entries"]
        token, pages = answer["token"], pages + 1
        if not token:
            return entries, pages
    raise AssertionError("no end of pages")


CALLS = ("SerialConnect", "SerialDisconnect", "CheckPolicy", "AuthorizeUser", "setMetadata",
         "setCommonInstanceMetadata")


def test_pages(report, program):
    now = time.time()
    with Google("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        added = standin.control(add=[{"call": call, "ago": ago % 40} for ago in range(400)
                                     for call in CALLS])["added"]
        standin.control(add=[{"call": call, "instance": OTHER} for call in CALLS[:5]]
                        + [{"call": "Other"}, {"call": "Other", "log": "data_access"},
                           {"call": "CheckPolicy", "ago": 7200}])
        question = {"since": now - 600, "until": now + 60}
        found, pages = all_pages(courier, **question)
        report.check("every page", sorted(one["insertId"] for one in found) ==
                     sorted(one["insertId"] for one in added) and pages == 3, len(found), pages)
        report.check("in order", [one["timestamp"] for one in found] ==
                     sorted(one["timestamp"] for one in found))
        first = asked_of(standin.get("requests"))[0]
        request = first["request"]
        report.check("the question", request["pageSize"] == 1000 and "pageToken" not in request and
                     request["orderBy"] == "timestamp asc" and
                     request["resourceNames"] == ["projects/" + PROJECT] and
                     first["path"] == "/v2/entries:list?prettyPrint=false", first)
        token = doors(courier, **question)["token"]
        other = doors(courier, token=token, value=OTHER, **question)
        report.check("a token of another question", other["outcome"] == "bad-answer"
                     and "page token" in other["detail"], other)
        # a page that is too large is asked for again, smaller; with a token the pass begins anew
        standin.control(fault={"name": "huge-body", "count": 1, "on": "entries.list"})
        again = doors(courier, token=token, **question)
        report.check("too large, with a token", again["outcome"] == "bad-answer" and
                     "begin again" in again["detail"], again["outcome"])
        smaller, pages = all_pages(courier, **question)
        report.check("all pages, smaller", len(smaller) == len(added) and pages == 24, len(smaller), pages)
        report.check("and then of full size again", all_pages(courier, **question)[1] == 3)
        no_secrets(report, "pages", courier, standin)


def test_empty_pages(report, program):
    """A page may be empty though others follow: the daemon is given its token; the newest entry,
    of which one page is all, is looked for further."""
    with Google("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "CheckPolicy", "ago": ago} for ago in range(5)],
                        set={"empty_pages": 3})
        answer = doors(courier)
        report.check("an empty page has a token", answer["outcome"] == "ok" and answer["token"] and
                     json.loads(answer["body"]) == {"entries": []}, answer)
        now = time.time()
        found, pages = all_pages(courier, since=now - 3600, until=now + 60)
        report.check("past the empty pages", (len(found), pages) == (5, 4), len(found), pages)
        answer = newest(courier)
        report.check("the newest, past empty pages",
                     len(json.loads(answer["body"])["entries"]) == 1 and answer["outcome"] == "ok", answer)
        standin.control(set={"empty_pages": 1000})
        before = len(asked_of(standin.get("requests")))
        answer = newest(courier)
        report.check("not for ever", answer["outcome"] == "ok" and
                     len(asked_of(standin.get("requests"))) - before <= 9, answer)
        no_secrets(report, "empty pages", courier, standin)


def test_newest(report, program):
    with Google("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        answer = newest(courier)
        report.check("nothing logged", answer["outcome"] == "ok" and answer["token"] == "" and
                     json.loads(answer["body"]) == {"entries": []}, answer)
        added = standin.control(add=[{"call": "CheckPolicy", "ago": 90}, {"call": "Other", "ago": 30},
                                     {"call": "CheckPolicy", "instance": OTHER, "ago": 60}])["added"]
        answer = newest(courier)
        found = json.loads(answer["body"])["entries"]
        report.check("the newest of anything", [one["insertId"] for one in found] ==
                     [added[1]["insertId"]] and found[0]["receiveTimestamp"], found)
        report.check("when it was answered", abs(answer["answered_at"] - time.time()) < 5, answer)
        standin.control(set={"late": 3600})
        standin.control(add={"call": "Other"})
        found = json.loads(newest(courier)["body"])["entries"]
        report.check("not before it is told", [one["insertId"] for one in found] ==
                     [added[1]["insertId"]], found)
        no_secrets(report, "newest", courier, standin)


def test_bad_questions(report, program):
    with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        for name, question in (
                ("attribute", {"attribute": "everything"}), ("no attribute", {"attribute": ""}),
                ("no instance", {"value": ""}), ("instance's name", {"value": "web-1"}),
                ("instance that closes the quote", {"value": '1" OR timestamp>="1970'}),
                ("instance, long", {"value": "1" * 21}),
                ("time backwards", {"since": 2000, "until": 1000}),
                ("token", {"token": "a b"}), ("token, long", {"token": "x" * 8193}),
                ("all too long", {"value": "1" * 70000}),
                ("another cloud's", {"query": 0}), ("no such query", {"query": 3}),
                ("metadata's attribute", {"query": METADATA_QUERY, "attribute": "token"}),
                ("user", {"query": METADATA_QUERY, "attribute": "os-login-user",
                          "value": "a&recursive=true"}),
                ("user's path", {"query": METADATA_QUERY, "attribute": "os-login-user",
                                 "value": "../../instance"}),
                ("no user", {"query": METADATA_QUERY, "attribute": "os-login-user", "value": ""}),
                ("user, long", {"query": METADATA_QUERY, "attribute": "os-login-user",
                                "value": "a" * 33})):
            answer = courier.ask_page(**{"query": ENTRIES, "attribute": "doors", "value": INSTANCE,
                                         **question})
            report.check("bad question: " + name, answer["outcome"] == "bad-request" and
                         answer["detail"], answer["outcome"], answer["detail"])
        report.check("none was sent", not standin.get("requests"), standin.get("requests")[:3])


def test_identity(report, program):
    with Google() as standin, Courier(program, standin.config()) as courier:
        answer = courier.ask_identity()
        report.check("who this is", (answer["outcome"], answer["provider"], answer["instance"],
                                     answer["account"], answer["region"], answer["role"]) ==
                     ("ok", "gcp", INSTANCE, PROJECT, "europe-west1", EMAIL), answer)
        report.check("its addresses", answer["private_ips"] ==
                     ["10.128.0.7", "10.4.0.9", "2001:db8::7"], answer["private_ips"])
        report.check("its token", answer["has_credentials"] and answer["detail"] == "" and
                     3000 < answer["credentials_until"] - time.time() <= 3600, answer)
        report.check("when it began is not said", answer["launched_at"] is None)
        report.check("no tags", (answer["has_tags"], answer["tags"]) == (True, []), answer)
        standin.control(set={"instance": OTHER, "zone": "us-east4-c"})
        answer = courier.ask_identity()
        report.check("asked anew each time", (answer["instance"], answer["region"]) ==
                     (OTHER, "us-east4"), answer)
        tokens = [one for one in standin.get("requests") if one.get("metadata", "").endswith("/token")]
        report.check("the token is kept", len(tokens) == 1, len(tokens))
        no_secrets(report, "identity", courier, standin)


def test_identity_tags(report, program):
    for name, tags, wanted in (
            ("two", ["http-server", "bastion"], (True, ["http-server=", "bastion="])),
            ("one too many", [f"k{i}" for i in range(65)], (False, [])),
            ("a newline", ["a\nb"], (False, [])),
            ("a long one", ["k" * 60000], (False, []))):
        with Google(*(word for tag in tags for word in ("--tag", tag))) as standin, \
                Courier(program, standin.config()) as courier:
            answer = courier.ask_identity()
            report.check("network tags: " + name, answer["outcome"] == "ok" and
                         (answer["has_tags"], answer["tags"]) == wanted, answer)


def test_identity_is_static(report, program):
    static = (f"[identity]\nprovider = gcp\ninstance_id = {OTHER}\naccount = my-project\n"
              "region = us-east1\nprivate_ips = 10.9.8.7\n")
    with Google("--rate", "0", "--project", "my-project") as standin:
        with Courier(program, standin.config(static)) as courier:
            answer = courier.ask_identity()
            report.check("static identity", (answer["outcome"], answer["instance"], answer["account"],
                                             answer["region"], answer["private_ips"],
                                             answer["has_credentials"]) ==
                         ("ok", OTHER, "my-project", "us-east1", ["10.9.8.7"], True), answer)
            report.check("nothing else was asked", not any(
                "/instance/id" in one.get("metadata", "") for one in standin.get("requests")))
            report.check("pages with it", doors(courier, value=OTHER)["outcome"] == "ok")
        standin.control(metadata_fault="off")
        with Courier(program, standin.config(static)) as courier:
            answer = courier.ask_identity()
            report.check("static identity, metadata is off", (answer["outcome"], answer["instance"],
                                                              answer["has_credentials"]) ==
                         ("ok", OTHER, False) and answer["detail"], answer)
        for name, line in (("instance", "instance_id = web-1"), ("project", "account = x"),
                           ("region", "region = ../x")):
            text = static + line + "\n"
            text = "\n".join(row for row in text.splitlines()
                             if row == line or row.split(" =")[0] != line.split(" =")[0]) + "\n"
            with Courier(program, standin.config(text)) as courier:
                answer = courier.ask_identity()
                report.check("static identity, bad " + name, answer["outcome"] == "bad-request" and
                             "[identity]" in answer["detail"], answer)


def test_metadata(report, program):
    """Every fault of the metadata server."""
    with Google() as standin:
        missing = set(standin.get("metadata-faults")) ^ (set(METADATA) - {""})
        report.check("every metadata fault has a row", not missing, missing)
    threads = [threading.Thread(target=one_metadata_fault, args=(report, program, name))
               for name in METADATA]
    for thread in threads:
        thread.start()
        if len(threads) % 4 == 0:
            thread.join()
    for thread in threads:
        thread.join()


def one_metadata_fault(report, program, name):
    wanted, has = METADATA[name]
    label = "metadata, " + (name or "well")
    with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        standin.control(metadata_fault=name)
        began = time.monotonic()
        answer = courier.ask_identity(timeout=DEADLINE)
        report.check(label, answer["outcome"] == wanted, answer["outcome"], answer["detail"])
        report.check(label + ": credentials", answer["has_credentials"] == has, answer)
        report.check(label + ": it says why", has or answer["detail"], answer)
        report.check(label + ": in time", time.monotonic() - began < DEADLINE)
        page = doors(courier, timeout=DEADLINE)
        report.check(label + ": pages", (page["outcome"] == "ok") == has, page)
        report.check(label + ": nothing is sent", has or not asked_of(standin.get("requests")))
        no_secrets(report, label, courier, standin)


def test_denials(report, program):
    """What is missing is named, as it has to be granted."""
    with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        for name, words in (("scope-insufficient", (SCOPE,)), ("scope-insufficient-plain", (SCOPE,)),
                            ("permission-denied", (LIST, "roles/logging.viewer", PRIVATE,
                                                   "roles/logging.privateLogViewer", PROJECT, EMAIL)),
                            ("service-disabled", ("logging.googleapis.com", PROJECT)),
                            ("perimeter", ("VPC Service Controls",)),
                            ("billing-disabled", ("billing",))):
            standin.control(fault={"name": name, "on": "entries.list"})
            answer = doors(courier)
            report.check("denied: " + name, answer["outcome"] == "denied" and
                         all(word in answer["detail"] for word in words), answer)
        no_secrets(report, "denials", courier, standin)
    with Google("--scope", "") as standin, Courier(program, standin.config()) as courier:
        answer = courier.ask_identity()
        report.check("default scopes", answer["outcome"] == "ok" and not answer["has_credentials"] and
                     SCOPE in answer["detail"] and EMAIL in answer["detail"], answer)
        answer = doors(courier)
        report.check("default scopes: a page", answer["outcome"] == "denied" and
                     SCOPE in answer["detail"], answer)
        report.check("default scopes: nothing is sent", not asked_of(standin.get("requests")))


def test_tokens(report, program):
    with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        report.check("a token", doors(courier)["outcome"] == "ok")
        standin.control(rotate=True)
        report.check("revoked: fetched anew", doors(courier)["outcome"] == "ok")
        for offset in (-86400 * 400, 7200, 0):
            standin.control(set={"clock_offset": offset})
            answer = doors(courier)
            report.check(f"service's clock {offset} s off", answer["outcome"] == "ok" and
                         abs(answer["answered_at"] - time.time() - offset) < 5, answer)
        standin.control(rotate=True, set={"email": ""})
        answer = doors(courier)
        report.check("no account any more", answer["outcome"] == "no-credentials" and
                     "service account" in answer["detail"], answer)
        no_secrets(report, "tokens", courier, standin)


def test_tokens_are_wiped(report, program):
    """The one that is kept is all that is left, also where the libraries had them. Only root may
    look."""
    with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        for _ in range(3):
            report.check("a token that was renewed", doors(courier)["outcome"] == "ok")
            standin.control(rotate=True)
        report.check("the last one", doors(courier)["outcome"] == "ok")
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                memory = writable_memory(courier.process.pid)
            except PermissionError:
                return
            left = set(re.findall(rb"ya29\." + CANARY + rb"[A-Za-z0-9_-]{40}", memory))
            if len(left) == 1 or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        report.check("one token is left", len(left) == 1, len(left))


def test_throttled(report, program):
    with Google("--rate", "4") as standin, Courier(program, standin.config()) as courier:
        answers = [doors(courier) for _ in range(6)]
        outcomes = [answer["outcome"] for answer in answers]
        report.check("requests a minute", outcomes == ["ok"] * 4 + ["throttled"] * 2, outcomes)
        report.check("a minute, more or less", all(30 <= answer["retry_after"] <= 90
                                                   for answer in answers[4:]), answers[4:])
        report.check("whose they are", PROJECT in answers[4]["detail"], answers[4])


def metadata_query(courier, attribute, value=""):
    return courier.ask_page(query=METADATA_QUERY, attribute=attribute, value=value)


def test_keys(report, program):
    hostile = 'alice:ssh-ed25519 AAAA "\\\n\x1b[31mbob:ssh-rsa AAAA google-ssh {"userName":"bob"}'
    with Google() as standin, Courier(program, standin.config()) as courier:
        answer = metadata_query(courier, "ssh-keys")
        report.check("no keys", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "instance": {"ssh-keys": None, "sshKeys": None, "block-project-ssh-keys": None,
                         "enable-oslogin": None},
            "project": {"ssh-keys": None, "sshKeys": None, "enable-oslogin": None}}, answer)
        standin.control(set={"attributes": {
            "instance/attributes/ssh-keys": hostile, "project/attributes/ssh-keys": "a:b",
            "instance/attributes/block-project-ssh-keys": "TRUE",
            "project/attributes/enable-oslogin": "", "instance/attributes/startup-script": "secret"}})
        answer = metadata_query(courier, "ssh-keys")
        report.check("keys", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "instance": {"ssh-keys": hostile, "sshKeys": None, "block-project-ssh-keys": "TRUE",
                         "enable-oslogin": None},
            "project": {"ssh-keys": "a:b", "sshKeys": None, "enable-oslogin": ""}}, answer)
        report.check("as of now", abs(answer["answered_at"] - time.time()) < 5 and
                     answer["token"] == "", answer)
        report.check("nothing else is asked", not any(
            "startup" in one["metadata"] or "recursive" in one["metadata"]
            for one in standin.get("requests")))
        large = "x" * (256 * 1024)
        standin.control(set={"attributes": {"instance/attributes/ssh-keys": large}})
        answer = metadata_query(courier, "ssh-keys")
        report.check("as large as they may be", answer["outcome"] == "ok" and
                     json.loads(answer["body"])["instance"]["ssh-keys"] == large, answer["outcome"],
                     answer["detail"])
        standin.control(set={"attributes": {"instance/attributes/ssh-keys": large + "x" * 1024}})
        answer = metadata_query(courier, "ssh-keys")
        report.check("larger", answer["outcome"] == "bad-answer" and not answer["body"], answer["outcome"])
        standin.control(metadata_fault="no-flavor")
        answer = metadata_query(courier, "ssh-keys")
        report.check("keys, not of the metadata server", answer["outcome"] == "bad-answer", answer)
        standin.control(metadata_fault="status-503")
        answer = metadata_query(courier, "ssh-keys")
        report.check("keys, not for now", answer["outcome"] == "unreachable", answer)


def test_options(report, program):
    """What metadata says of the doors: names, and the values of those that are a word."""
    secret = "#!/bin/sh\n# CANARYCANARY"
    with Google() as standin, Courier(program, standin.config()) as courier:
        answer = metadata_query(courier, "options")
        report.check("no options", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "cloud": "gcp", "options": []}, answer)
        standin.control(set={"attributes": {
            "instance/attributes/startup-script": secret, "instance/attributes/ssh-keys": secret,
            "instance/attributes/serial-port-enable": "TRUE\n", "instance/attributes/mine": secret,
            "instance/attributes/enable-oslogin": secret,
            "project/attributes/enable-oslogin": "", "project/attributes/startup-script-url": secret}})
        answer = metadata_query(courier, "options")
        report.check("options", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "cloud": "gcp", "options": [
                {"name": "instance/attributes/serial-port-enable", "value": "TRUE"},
                {"name": "instance/attributes/enable-oslogin", "value": None},
                {"name": "instance/attributes/ssh-keys", "value": None},
                {"name": "instance/attributes/startup-script", "value": None},
                {"name": "project/attributes/enable-oslogin", "value": ""},
                {"name": "project/attributes/startup-script-url", "value": None}]}, answer)
        asked = {one["metadata"].rpartition("/v1/")[2] for one in standin.get("requests")}
        report.check("no secret is asked for", asked == {
            "instance/attributes/", "project/attributes/", "instance/attributes/serial-port-enable",
            "instance/attributes/enable-oslogin", "project/attributes/enable-oslogin"}, asked)
        no_secrets(report, "options", courier, standin)
        for fault, wanted in (("no-flavor", "bad-answer"), ("nothing", "no-cloud"), ("off", "denied"),
                              ("status-503", "unreachable")):
            standin.control(metadata_fault=fault)
            answer = metadata_query(courier, "options")
            report.check("options, " + fault, answer["outcome"] == wanted and not answer["body"], answer)


def test_users(report, program):
    profile = {"name": "123456789012345678901", "posixAccounts": [
        {"primary": True, "username": "alice_example_com", "uid": "1234567890"}]}
    with Google() as standin, Courier(program, standin.config()) as courier:
        standin.control(set={"users": {"alice_example_com": profile}})
        answer = metadata_query(courier, "os-login-user", "alice_example_com")
        report.check("a user", answer["outcome"] == "ok" and json.loads(answer["body"]) ==
                     {"loginProfiles": [profile]}, answer)
        answer = metadata_query(courier, "os-login-user", "root")
        report.check("no user of OS Login", answer["outcome"] == "ok" and json.loads(answer["body"]) ==
                     {"loginProfiles": []}, answer)
        no_secrets(report, "users", courier, standin)


def test_check(report, program):
    with Google("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "CheckPolicy"}, {"call": "setMetadata"}])
        names = ["metadata", "identity", "credentials", "clock", LIST, PRIVATE]
        lines = courier.ask_check()["lines"]
        report.check("doctor: lines", [line["what"] for line in lines] == names, lines)
        report.check("doctor: all is well", all(line["outcome"] == "ok" and line["detail"]
                                                for line in lines), lines)
        report.check("doctor: who", INSTANCE in lines[1]["detail"] and PROJECT in lines[1]["detail"]
                     and EMAIL in lines[2]["detail"], lines)
        report.check("doctor: allowed", [line["detail"] for line in lines[4:]] == ["allowed"] * 2, lines)
        standin.control(deny=[PRIVATE])
        line = courier.ask_check()["lines"][5]
        report.check("doctor: no private entries", line["outcome"] == "ok" and
                     "roles/logging.privateLogViewer" in line["detail"], line)
        standin.control(deny=[LIST])
        line = courier.ask_check()["lines"][4]
        report.check("doctor: denied", line["outcome"] == "denied" and LIST in line["detail"] and
                     "roles/logging.viewer" in line["detail"], line)
        standin.control(deny=[], set={"clock_offset": 4000})
        lines = {line["what"]: line for line in courier.ask_check()["lines"]}
        report.check("doctor: clock", "1h" in lines["clock"]["detail"], lines["clock"])
        standin.control(set={"clock_offset": 0, "scopes": []})
        lines = courier.ask_check()["lines"]
        report.check("doctor: no scope", (lines[-1]["what"], lines[-1]["outcome"]) ==
                     ("credentials", "denied") and SCOPE in lines[-1]["detail"], lines)
        standin.control(rotate=True, set={"email": ""})
        lines = courier.ask_check()["lines"]
        report.check("doctor: no account", (lines[-1]["what"], lines[-1]["outcome"]) ==
                     ("credentials", "no-credentials"), lines)
        standin.control(metadata_fault="off")
        lines = courier.ask_check()["lines"]
        report.check("doctor: no metadata", lines[0]["what"] == "metadata" and
                     lines[0]["outcome"] != "ok" and lines[0]["detail"], lines)
        no_secrets(report, "doctor", courier, standin)


def test_endpoints(report, program):
    """Where tokens go is the configuration's to say, and nothing that is not a host alone."""
    with Google() as standin:
        for name, url in (("a path", "https://127.0.0.1/x"),
                          ("metadata", "http://169.254.169.254"), ("plain", "http://192.0.2.1")):
            with Courier(program, standin.config(logging_endpoint=url)) as courier:
                answer = doors(courier, timeout=DEADLINE)
                report.check("endpoint: " + name, answer["outcome"] in ("bad-request", "bad-answer"),
                             answer)
                report.check("endpoint: " + name + ", doctor", courier.ask_check()["lines"][-1]
                             ["outcome"] in ("bad-request", "bad-answer"))
        with Courier(program, standin.config(metadata_endpoint="http://metadata.example")) as courier:
            answer = courier.ask_identity()
            report.check("metadata of a name", answer["outcome"] == "bad-request", answer)


def test_gone(report, program):
    """The daemon goes while it is being answered, at whatever step that is: so does the courier,
    without complaint (a leak would be one, in a build with sanitizers)."""
    for name, control in (("page", {"fault": {"name": "hang", "on": "entries.list"}}),
                          ("metadata", {"metadata_fault": "hang"}), ("at once", {})):
        for kind in ("page", "keys", "check", "identity"):
            with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
                standin.control(**control)
                query, attribute = (ENTRIES, "doors") if kind == "page" else (METADATA_QUERY, "ssh-keys")
                body = page_question(query, attribute, INSTANCE, 1, 2)
                leave_while_asked(report, name, courier, kind, body,
                                  lambda: not control or standin.get("requests"))
                no_secrets(report, f"gone: {name}, {kind}", courier)


def test_many_at_once(report, program):
    with Google("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        body = page_question(ENTRIES, "doors", INSTANCE, time.time() - 60, time.time())
        numbers = [courier.send(ASK_PAGE, body) if one % 2 else courier.send(ASK_IDENTITY)
                   for one in range(20)]
        answers = [courier.receive(DEADLINE) for _ in numbers]
        report.check("each is answered once", sorted(one["number"] for one in answers) == numbers)
        report.check("and well", all(one["outcome"] == "ok" for one in answers),
                     [one["detail"] for one in answers])
        tokens = [one for one in standin.get("requests") if one.get("metadata", "").endswith("/token")]
        report.check("they share one token", len(tokens) == 1, len(tokens))
        no_secrets(report, "many", courier, standin)


if __name__ == "__main__":
    sys.exit(run_tests(globals(), len(EXPECTED)))
