# SPDX-License-Identifier: Apache-2.0
"""countersign-courier against the stand-in for Azure: every fault of the stand-in in a page of the
Activity Log and of metadata, and what the courier does when all is well. What holds always: an answer
within its deadline, nothing followed, no more requests than said, no part of a token in anything that
the courier says."""
import json
import sys
import time

import faults
from client import ACTIVITY, ASK_PAGE, METADATA, TRAIL, Courier, Ended, Standin, page_question
from cloud_cases import (CANARY, DEADLINE, check_fault, check_requests, faults_together,
                         leave_while_asked, no_secrets, run_tests)
from faults import AWAY, BAD, BAD_REQUEST, DENIED, NONE, OK, SLOW

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
MACHINE = (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/web-rg/providers/Microsoft.Compute/"
           "virtualMachines/web-1")
RUN = "Microsoft.Compute/virtualMachines/runCommand/action"
PERMISSION = "Microsoft.Insights/eventtypes/values/read"
GUID = "5c0ffee0-0000-4000-8000-00000000000a"

# as faults.EXPECTED: the outcomes that are right, and how many requests it may take
EXPECTED = {
    "status-401": (NONE, 2), "error-no-json": (BAD_REQUEST, 1), "error-deep-json": (BAD_REQUEST, 1),
    "huge-body": (BAD, 1), "endless-body": (BAD, 1), "length-enormous": (BAD, 1),
    "internal-error": (AWAY, 1), "service-unavailable": (AWAY, 1), "server-timeout": (AWAY, 1),
    "throttled": (SLOW, 1), "throttled-no-header": (SLOW, 1), "exhausted": (SLOW, 1),
    "authorization-failed": (DENIED, 1), "forbidden-no-body": (DENIED, 1),
    "disallowed-by-policy": (DENIED, 1), "expired-token": (NONE, 2), "invalid-token": (NONE, 2),
    "wrong-audience": (NONE, 2), "subscription-not-found": (BAD_REQUEST, 1),
    "bad-request": (BAD_REQUEST, 1), "unknown-error": (BAD, 1), "code-with-secrets": (BAD_REQUEST, 1),
    "code-with-control-bytes": (BAD_REQUEST, 1),
    "link-elsewhere": (BAD, 1), "link-user-info": (BAD, 1), "link-host-longer": (BAD, 1),
    "link-other-scheme": (BAD, 1), "link-downgrade": (BAD, 1), "link-to-metadata": (BAD, 1),
    "link-relative": (BAD, 1), "link-other-list": (BAD, 1), "link-other-subscription": (BAD, 1),
    "link-control-bytes": (BAD, 1), "link-nul": (BAD, 1), "link-fragment": (BAD, 1),
    "link-huge": (BAD, 1), "link-to-itself": (OK, 1), "link-number": (BAD, 1), "link-object": (BAD, 1),
    "link-null": (OK, 1), "link-empty": (OK, 1), "link-twice": (BAD, 1), "link-disguised": (BAD, 1),
    "value-missing": (BAD, 1), "value-null": (BAD, 1), "value-object": (BAD, 1),
    "duplicate-events": (OK, 1), "deep-json": (BAD, 1), "deep-json-open": (BAD, 1),
    "surrogate-in-event": (OK, 1), "nul-in-event": (OK, 1), "invalid-utf-8-in-event": (OK, 1),
    "big-number-in-event": (OK, 1), "brackets-in-event": (OK, 1),
}


class Azure(Standin):
    program = "azure.py"
    section = "azure"
    endpoints = ("management",)

    def pages(self):
        return [one for one in self.get("requests") if one.get("operation") == "list"]

    def tokens(self):
        return [one for one in self.get("requests") if "oauth2" in one.get("imds", "")]


def ask(courier, attribute="resourceGroupName", value="web-rg", **more):
    return courier.ask_page(attribute, value, query=ACTIVITY, timeout=DEADLINE, **more)


# -- faults of the service -------------------------------------------------------------------------

def one_fault(report, standin, courier, name):
    wanted, most = EXPECTED[name]
    before = len(standin.get("requests"))
    standin.control(clear="faults")
    standin.control(fault={"name": name, "count": -1, "on": "list"})
    began = time.monotonic()
    try:
        answer = ask(courier)
    except Ended as ended:
        report.check(name, False, ended)
        return
    took = time.monotonic() - began
    check_fault(report, name, wanted, answer, took)
    report.check(name + ": in printable words", answer["detail"].isprintable(), answer["detail"])
    report.check(name + ": waits for a while only", 0 <= answer["retry_after"] <= 900 and
                 (answer["outcome"] != "throttled" or answer["retry_after"] > 0), answer)
    made = standin.get("requests")[before:]
    check_requests(report, name, made, [one for one in made if one.get("operation") == "list"], most)

    standin.control(clear="faults")
    after = ask(courier, value="nobody-rg")
    if name in faults.SPOILT and after["outcome"] == "unreachable":
        after = ask(courier, value="nobody-rg")
    if name == "exhausted":
        report.check(name + ": the next one is not sent", after["outcome"] == "throttled" and
                     0 < after["retry_after"] <= 10 and len(standin.pages()) == before + 1 -
                     sum("imds" in one for one in standin.get("requests")[:before]), after)
        return
    if after["outcome"] == "ok":
        report.check(name + ": the next answer is to the next question",
                     json.loads(after["body"])["value"] == [], after["body"][:200])
    report.check(name + ": and then all is well", after["outcome"] == "ok", after["outcome"], after["detail"])


def faults_in_turn(report, program, names, words=()):
    with Azure("--late", "0", *words) as standin, Courier(program, standin.config()) as courier:
        standin.control(add=[{"operation": RUN, "ago": ago} for ago in range(30)])
        for name in names:
            try:
                one_fault(report, standin, courier, name)
            except (Ended, OSError) as ended:
                report.check(name, False, repr(ended))
                break
        no_secrets(report, ", ".join(names)[:60], courier)


def test_faults(report, program):
    with Azure() as standin:
        known = set(standin.get("faults"))
    report.check("every fault has a row", known == set(EXPECTED), known ^ set(EXPECTED))
    faults_together(lambda names, words: faults_in_turn(report, program, names, words), EXPECTED,
                    [*faults.PATIENT, "exhausted"], ["link-downgrade"])


def faults_of_metadata(report, program, on):
    with Azure("--late", "0") as standin:
        for name in list(EXPECTED):
            if name in faults.PATIENT or name.startswith(("tls-", "connect-", "link-", "value-")) or \
                    "event" in name or name in ("throttled", "slow-down"):
                continue
            with Courier(program, standin.config()) as courier:
                standin.control(fault={"name": name, "count": -1, "on": on})
                answer = ask(courier)
                harmless = name in faults.HARMLESS or name in ("nul-bytes", "duplicate-events")
                report.check(f"{on}, {name}", answer["outcome"] != "ok" or harmless,
                             answer["outcome"], answer["detail"])
                report.check(f"{on}, {name}: it says why", answer["outcome"] == "ok" or answer["detail"])
                no_secrets(report, f"{on}, {name}", courier)
                standin.control(clear="faults")


def test_faults_of_identity(report, program):
    faults_of_metadata(report, program, "/metadata/instance")


def test_faults_of_tokens(report, program):
    faults_of_metadata(report, program, "/oauth2/token")


# -- when it is well -------------------------------------------------------------------------------

def all_pages(courier, **question):
    token, events, pages = "", [], 0
    for _ in range(100):
        answer = ask(courier, token=token, **question)
        assert answer["outcome"] == "ok", answer
        events += [event["eventDataId"] for event in json.loads(answer["body"])["value"]]
        token, pages = answer["token"], pages + 1
        if not token:
            return events, pages
    raise AssertionError("no end of pages")


def test_pages(report, program):
    for words in ((), ("--blanks",), ("--tls",)):
        now = time.time()
        with Azure("--late", "0", "--page-size", "50", *words) as standin, \
                Courier(program, standin.config()) as courier:
            added = standin.control(add=[{"operation": RUN, "ago": 2 + ago % 40, "statuses": ["Started"]}
                                         for ago in range(173)])["added"]
            question = {"since": now - 600, "until": now + 60}
            found, pages = all_pages(courier, **question)
            report.check("every page", sorted(found) == sorted(one["eventDataId"] for one in added)
                         and pages == 4, len(found), pages)
            asked = [one for one in standin.pages() if "$skiptoken" not in one["parameters"]]
            stamp = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for at in
                     (int(now - 600), -int(-(now + 60)) + (now % 1 > 0))]
            report.check("the question", asked[0]["parameters"] == {
                "api-version": "2015-04-01", "$filter":
                f"eventTimestamp ge '{stamp[0]}' and eventTimestamp le '{stamp[1]}' and "
                "resourceGroupName eq 'web-rg'"}, asked[0]["parameters"], stamp)
            report.check("one token for all", len(standin.tokens()) == 1, standin.tokens())
            report.check("no proxy", not any(one["proxied"] for one in standin.pages()))
            token = ask(courier, **question)["token"]
            other = ask(courier, token=token + "0", **question)
            report.check("a link that is not taken any more", other["outcome"] == "bad-answer", other)
            for hostile in (token.replace("127.0.0.1", "127.0.0.2"), "http://169.254.169.254/metadata",
                            token.replace("/subscriptions/", "/subscriptions/x"), "x",
                            token.replace("://", "://a@"), token + "\r\nX: y", token + "#", "\0"):
                before = len(standin.get("requests"))
                answer = ask(courier, token=hostile, **question)
                report.check("a link of ours that is none", answer["outcome"] == "bad-answer" and
                             len(standin.get("requests")) == before, hostile, answer)
            no_secrets(report, "pages", courier)


def test_questions(report, program):
    now = time.time()
    with Azure("--late", "0") as standin, Courier(program, standin.config()) as courier:
        standin.control(add=[{"operation": RUN, "ago": 9, "correlation_id": GUID},
                             {"operation": RUN, "ago": 9},
                             {"operation": RUN, "ago": 9, "resource": MACHINE.replace("web-rg", "x(1)")}])
        def count(attribute, value):
            answer = ask(courier, attribute, value, since=now - 600, until=now)
            return len(json.loads(answer["body"])["value"]) if answer["outcome"] == "ok" else \
                answer["outcome"]
        for attribute, value, wanted in (
                ("", "", 6), ("resourceGroupName", "WEB-RG", 4), ("resourceGroupName", "x(1)", 2),
                ("correlationId", GUID, 2), ("correlationId", GUID.upper(), 2),
                ("resourceGroupName", "", "bad-request"), ("resourceGroupName", "a'b", "bad-request"),
                ("resourceGroupName", "a' or 1 eq 1", "bad-request"), ("correlationId", "x", "bad-request"),
                ("caller", "alice", "bad-request"), ("", "x", "bad-request")):
            got = count(attribute, value)
            report.check(f"{attribute} {value}", got == wanted, got, wanted)
        for since, until in ((now, now - 1), (None, None)):
            body = page_question(ACTIVITY, "", "", since, until)
            answer = courier.ask(ASK_PAGE, body)
            report.check("no time", answer["outcome"] == "bad-request", answer)
        answer = courier.ask_page(query=TRAIL)
        report.check("a question for another cloud", answer["outcome"] == "bad-request", answer)
        standin.control(add={"operation": RUN, "late": 3600})
        report.check("late", count("", "") == 6)


def test_tokens(report, program):
    with Azure("--late", "0") as standin, Courier(program, standin.config()) as courier:
        report.check("first", ask(courier)["outcome"] == "ok")
        standin.control(rotate=True)
        report.check("revoked: a new one is fetched", ask(courier)["outcome"] == "ok")
        report.check("revoked: once", len(standin.tokens()) == 2, len(standin.tokens()))
        standin.control(set={"token_life": 30})
        standin.control(rotate=True)
        answer = ask(courier)
        report.check("short-lived", answer["outcome"] == "no-credentials" and
                     "expired" in answer["detail"], answer)
    with Azure("--late", "0", "--token-life", "200") as standin, \
            Courier(program, standin.config()) as courier:
        for _ in range(3):
            report.check("a token of minutes is used", ask(courier)["outcome"] == "ok")
        report.check("and not asked for each time", len(standin.tokens()) == 1, len(standin.tokens()))
    # the clock of metadata counts, not this machine's
    for offset in -100000, 100000:
        with Azure("--late", "0", "--clock-offset", str(offset)) as standin, \
                Courier(program, standin.config()) as courier:
            answer = ask(courier)
            report.check("another clock", answer["outcome"] == "ok", answer)
    with Azure("--late", "0", "--identity", "several") as standin:
        with Courier(program, standin.config()) as courier:
            answer = ask(courier)
            report.check("several identities", answer["outcome"] == "no-credentials" and
                         "client_id" in answer["detail"], answer)
        client = "c11e4700-0000-4000-8000-00000000000a"
        with Courier(program, standin.config(client_id=client)) as courier:
            report.check("the one that is named", ask(courier)["outcome"] == "ok")
        with Courier(program, standin.config(client_id="other")) as courier:
            answer = courier.ask_identity()
            report.check("one that is not there", answer["outcome"] == "ok" and
                         not answer["has_credentials"] and "client_id" in answer["detail"], answer)


def test_throttled(report, program):
    with Azure("--late", "0", "--reads", "3") as standin, Courier(program, standin.config()) as courier:
        answers = [ask(courier) for _ in range(5)]
        report.check("reads run out", [one["outcome"] for one in answers] == ["ok"] * 3 + ["throttled"] * 2,
                     answers)
        report.check("and no more are made", len(standin.pages()) == 3, len(standin.pages()))
        report.check("for a while", 0 < answers[-1]["retry_after"] <= 10, answers[-1])
    with Azure("--late", "0") as standin, Courier(program, standin.config()) as courier:
        standin.control(fault={"name": "throttled", "count": 1, "on": "list"})
        answer = ask(courier)
        report.check("Retry-After", answer["outcome"] == "throttled" and answer["retry_after"] == 17, answer)


# -- identity --------------------------------------------------------------------------------------

def tags_of(program, tags, more=""):
    with Azure(*(word for tag in tags for word in ("--tag", tag))) as standin, \
            Courier(program, standin.config() + more) as courier:
        answer = courier.ask_identity()
        return answer["outcome"] == "ok" and (answer["has_tags"], answer["tags"])


def test_tags(report, program):
    for name, tags, wanted in (
            ("two", ["env=prod", "cost center=a=b"], (True, ["env=prod", "cost center=a=b"])),
            ("as many as fit", [f"k{i}=v" for i in range(64)], (True, [f"k{i}=v" for i in range(64)])),
            ("one too many", [f"k{i}=v" for i in range(65)], (False, [])),
            ("a newline", ["env=prod", "a\nb=c"], (False, [])),
            ("no name", ["=prod"], (False, [])),
            ("a long one", ["k" * 60000 + "=v"], (False, []))):
        got = tags_of(program, tags)
        report.check("tags: " + name, got == wanted, got)
    got = tags_of(program, ["env=prod"], "[identity]\ntags = env=test\n")
    report.check("tags: configured", got == (True, ["env=test"]), got)


def test_identity(report, program):
    with Azure() as standin, Courier(program, standin.config()) as courier:
        answer = courier.ask_identity()
        report.check("identity", answer["outcome"] == "ok" and answer["provider"] == "azure" and
                     answer["instance"] == MACHINE and answer["account"] == SUBSCRIPTION and
                     answer["region"] == "westeurope" and answer["launched_at"] is None and
                     answer["private_ips"] == ["10.0.0.5", "10.0.0.77", "2001:db8::5"] and
                     answer["has_credentials"] and answer["role"] == "c11e4700-0000-4000-8000-00000000000a"
                     and abs(answer["credentials_until"] - time.time() - 86400) < 60, answer)
        report.check("no tags", answer["has_tags"] and answer["tags"] == [], answer)
        no_secrets(report, "identity", courier)
    with Azure("--scale-set", "web", "--name", "7") as standin, \
            Courier(program, standin.config()) as courier:
        wanted = MACHINE.replace("virtualMachines/web-1", "virtualMachineScaleSets/web/virtualMachines/7")
        report.check("scale set", courier.ask_identity()["instance"] == wanted)
        standin.control(imds_fault="no-resource-id")
        report.check("scale set, put together", courier.ask_identity()["instance"] == wanted)


def options_of(courier):
    return courier.ask_page(query=METADATA, attribute="options", value="")


def test_options(report, program):
    """What metadata says of the doors: how the machine was made, without keys and user data."""
    with Azure() as standin, Courier(program, standin.config()) as courier:
        answer = options_of(courier)
        report.check("no options", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "cloud": "azure", "options": []}, answer)
        standin.control(set={"compute": {
            "osProfile": {"adminUsername": "CANARYCANARY", "disablePasswordAuthentication": "false"},
            "publicKeys": [{"keyData": "ssh-rsa CANARYCANARY", "path": "/x"}], "userData": "CANARYCANARY",
            "securityProfile": {"secureBootEnabled": True, "virtualTpmEnabled": "", "securityType": 7}}})
        answer = options_of(courier)
        report.check("options", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "cloud": "azure", "options": [
                {"name": "compute.osProfile.disablePasswordAuthentication", "value": "false"},
                {"name": "compute.publicKeys", "value": None},
                {"name": "compute.userData", "value": None},
                {"name": "compute.securityProfile.secureBootEnabled", "value": "true"},
                {"name": "compute.securityProfile.securityType", "value": ""}]}, answer)
        report.check("options: no secret is told", CANARY not in courier.seen + courier.complaints())
        for fault, wanted in (("garbage", "bad-answer"), ("off", "no-cloud"), ("forbidden", "denied"),
                              ("status-500", "unreachable"), ("huge", "bad-answer")):
            standin.control(imds_fault=fault)
            answer = options_of(courier)
            report.check("options, " + fault, answer["outcome"] == wanted and not answer["body"], answer)
        answer = courier.ask_page(query=METADATA, attribute="ssh-keys")
        report.check("no such attribute", answer["outcome"] == "bad-request", answer)


def test_metadata(report, program):
    for name, outcome, has in (
            ("moving", "ok", True), ("updating", "ok", True), ("no-resource-id", "ok", True),
            ("off", "no-cloud", False), ("forbidden", "denied", False), ("status-500", "unreachable", False),
            ("busy", "throttled", False), ("hang", "unreachable", False), ("garbage", "bad-answer", False),
            ("huge", "bad-answer", False), ("bad-resource-id", "bad-answer", False),
            ("other-subscription", "bad-answer", False), ("expired", "ok", False),
            ("no-expiry", "ok", False), ("no-token", "ok", False), ("other-type", "ok", False),
            ("split-token", "ok", False)):
        with Azure("--late", "0") as standin, Courier(program, standin.config()) as courier:
            standin.control(imds_fault=name)
            began = time.monotonic()
            answer = courier.ask_identity(timeout=DEADLINE)
            report.check("metadata, " + name, answer["outcome"] == outcome, answer)
            report.check("metadata, " + name + ": credentials", answer["has_credentials"] == has, answer)
            report.check("metadata, " + name + ": it says why", has or answer["detail"], answer)
            if not has:
                report.check("metadata, " + name + ": no page", ask(courier)["outcome"] != "ok")
                report.check("metadata, " + name + ": nothing is sent", not standin.pages())
            report.check("metadata, " + name + ": in time", time.monotonic() - began < DEADLINE)
            no_secrets(report, "metadata, " + name, courier)
    with Azure("--late", "0") as standin, Courier(program, standin.config()) as courier:
        standin.control(imds_fault="forget-tokens")
        answer = ask(courier)
        report.check("a token that nobody knows", answer["outcome"] == "no-credentials" and
                     len(standin.pages()) == 2, answer)
        no_secrets(report, "a token that nobody knows", courier)


def test_environments(report, program):
    """The token's resource follows azEnvironment; without a configured endpoint no unknown one is
    asked, and none of the known ones is reached from here."""
    for environment, host in (("AzureUSGovernmentCloud", "management.usgovcloudapi.net"),
                              ("AzureChinaCloud", "management.chinacloudapi.cn")):
        with Azure("--late", "0", "--environment", environment) as standin, \
                Courier(program, standin.config()) as courier:
            report.check(environment, ask(courier)["outcome"] == "ok")
            report.check(environment + ": the token's resource", standin.tokens()[0]["parameters"]
                         ["resource"] == f"https://{host}/", standin.tokens())
    with Azure() as standin:
        standin.control(imds_fault="evil-environment")
        # (not a word, so it counts as not said: the region decides)
        with Courier(program, standin.config()) as courier:
            report.check("an environment that is none", ask(courier)["outcome"] == "ok")
            report.check("... is not asked for", standin.tokens()[0]["parameters"]["resource"] ==
                         "https://management.azure.com/")
    with Azure("--environment", "AzureStack") as standin, \
            Courier(program, standin.config(management_endpoint=None)) as courier:
        answer = ask(courier)
        report.check("an unknown environment", answer["outcome"] == "bad-request" and
                     "management_endpoint" in answer["detail"] and not standin.tokens(), answer)


def test_static_identity(report, program):
    identity = (f"[identity]\nprovider = azure\ninstance_id = {MACHINE}\naccount = {SUBSCRIPTION}\n"
                "region = northeurope\nprivate_ips = 192.0.2.7\n")
    with Azure("--late", "0") as standin, Courier(program, standin.config() + identity) as courier:
        answer = courier.ask_identity()
        report.check("static", answer["instance"] == MACHINE and answer["region"] == "northeurope" and
                     answer["private_ips"] == ["192.0.2.7"] and answer["has_credentials"], answer)
        report.check("static: metadata is not asked who it is", not any(
            one.get("imds") == "/metadata/instance" for one in standin.get("requests")))
        report.check("static: a page", ask(courier)["outcome"] == "ok")
    for wrong in (identity.replace(MACHINE, "i-0123456789abcdef0"),
                  identity.replace("account = 1", "account = 9")):
        with Azure() as standin, Courier(program, standin.config() + wrong) as courier:
            answer = courier.ask_identity()
            report.check("static, wrong", answer["outcome"] == "bad-request" and
                         "[identity]" in answer["detail"], answer)


def test_check(report, program):
    with Azure() as standin, Courier(program, standin.config()) as courier:
        names = ["metadata", "identity", "credentials", "clock", PERMISSION]
        lines = courier.ask_check()["lines"]
        report.check("doctor: lines", [line["what"] for line in lines] == names, lines)
        report.check("doctor: all is well", all(line["outcome"] == "ok" and line["detail"]
                                                for line in lines), lines)
        standin.control(deny=True)
        line = courier.ask_check()["lines"][-1]
        report.check("doctor: denied", line["outcome"] == "denied" and line["what"] == PERMISSION and
                     "az role assignment create" in line["detail"] and SUBSCRIPTION in line["detail"] and
                     "Monitoring Reader" in line["detail"], line)
        page = ask(courier)
        report.check("denied: the page says what is missing", page["outcome"] == "denied" and
                     PERMISSION in page["detail"] and "Monitoring Reader" in page["detail"], page)
        standin.control(deny=False, set={"clock_offset": 4000})
        lines = {line["what"]: line for line in courier.ask_check()["lines"]}
        report.check("doctor: clock", "1h" in lines["clock"]["detail"], lines["clock"])
        standin.control(set={"identity": "none"})
        lines = courier.ask_check()["lines"]
        report.check("doctor: no identity", lines[-1]["what"] == "credentials" and
                     lines[-1]["outcome"] == "no-credentials" and "assign one" in lines[-1]["detail"], lines)
        standin.control(imds_fault="off")
        lines = courier.ask_check()["lines"]
        report.check("doctor: no metadata", lines[0]["what"] == "metadata" and
                     lines[0]["outcome"] != "ok" and lines[0]["detail"], lines)
        no_secrets(report, "doctor", courier)


def test_gone(report, program):
    """The daemon goes while it is being answered, at whatever step that is: so does the courier,
    without complaint (a leak would be one, in a build with sanitizers)."""
    for name, control in (("page", {"fault": {"name": "hang", "on": "list"}}),
                          ("token", {"fault": {"name": "hang", "on": "/oauth2/"}}),
                          ("metadata", {"imds_fault": "hang"}),
                          ("again", {"imds_fault": "status-500"}), ("at once", {})):
        for kind in ("page", "check", "identity"):
            with Azure() as standin, Courier(program, standin.config()) as courier:
                standin.control(**control)
                body = page_question(ACTIVITY, "", "", 1, 2)
                leave_while_asked(report, name, courier, kind, body,
                                  lambda: not control or standin.get("requests"))
                no_secrets(report, f"gone: {name}, {kind}", courier)


def main():
    with Azure() as standin:
        for name in set(standin.get("faults")) & set(faults.EXPECTED) - set(EXPECTED):
            EXPECTED[name] = faults.EXPECTED[name]
    return run_tests(globals(), len(EXPECTED))


if __name__ == "__main__":
    sys.exit(main())
