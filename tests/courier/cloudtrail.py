# SPDX-License-Identifier: Apache-2.0
"""countersign-courier against the stand-in for AWS: every fault of the stand-in in an answer to
LookupEvents, of metadata, and what the courier does when all is well. What holds always: an answer
within its deadline, nothing followed, no more requests than said, none of the secrets in anything
that the courier says."""
import json
import sys
import time

from client import (ASK_PAGE, COMMAND, METADATA, SESSION, TRAIL, Courier, Ended, Standin,
                    page_question)
from cloud_cases import (DEADLINE, check_fault, check_requests, faults_together, leave_while_asked,
                         no_secrets, run_tests)
from faults import EXPECTED, HARMLESS, PATIENT, SPOILT

ROLE = "arn:aws:iam::111122223333:role/trail-reader"
INSTANCE = "i-0123456789abcdef0"


# -- faults of the service -------------------------------------------------------------------------

def one_fault(report, standin, courier, name):
    wanted, most = EXPECTED[name]
    before = len(standin.get("requests"))
    standin.control(clear="faults")
    standin.control(fault={"name": name, "count": -1, "on": "LookupEvents"})
    began = time.monotonic()
    try:
        answer = courier.ask_page(timeout=DEADLINE)
    except Ended as ended:
        report.check(name, False, ended)
        return
    took = time.monotonic() - began
    check_fault(report, name, wanted, answer, took)
    report.check(name + ": waits for a while only", 0 <= answer["retry_after"] <= 900, answer)
    made = standin.get("requests")[before:]
    check_requests(report, name, made,
                   [one for one in made if one.get("operation") == "LookupEvents"], most)

    standin.control(clear="faults")
    after = courier.ask_page(timeout=DEADLINE, value="nobody.amazonaws.com")
    if name in SPOILT and after["outcome"] == "unreachable":
        after = courier.ask_page(timeout=DEADLINE, value="nobody.amazonaws.com")
    if after["outcome"] == "ok":
        report.check(name + ": the next answer is to the next question",
                     json.loads(after["body"])["Events"] == [], after["body"][:200])
    report.check(name + ": and then all is well", after["outcome"] == "ok", after["outcome"], after["detail"])


def faults_in_turn(report, program, names, words=()):
    with Standin("--rate", "0", "--late", "0", *words) as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "SendSSHPublicKey", "key": "ssh-ed25519 AAAA", "ago": ago}
                             for ago in range(60)])
        for name in names:
            try:
                one_fault(report, standin, courier, name)
            except (Ended, OSError) as ended:
                report.check(name, False, repr(ended))
                break
        no_secrets(report, ", ".join(names)[:60], courier)


def test_faults(report, program):
    faults_together(lambda names, words: faults_in_turn(report, program, names, words), EXPECTED,
                    PATIENT)
    with Standin() as standin:
        missing = set(standin.get("faults")) - set(EXPECTED)
        report.check("every fault has a row", not missing, missing)


def test_reset_at_every_byte(report, program):
    """The answer is cut after each of its first bytes, then at ever larger steps."""
    with Standin("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "SendSSHPublicKey"} for _ in range(3)])
        whole = len(courier.ask_page()["body"])
        for at in [*range(0, 220, 7), *range(220, whole, max(1, whole // 25))]:
            standin.control(fault={"name": "reset-in-body", "bytes": at, "on": "LookupEvents"})
            answer = courier.ask_page()
            # libcurl tries anew where a kept connection ended before its first byte was read
            anew = "fault" not in standin.get("requests")[-1]
            report.check(f"reset after {at} bytes", answer["outcome"] == "unreachable" or
                         (anew and at < 220 and answer["outcome"] == "ok"), answer["outcome"])
            standin.control(clear="faults")
        no_secrets(report, "resets", courier)


def faults_elsewhere(report, program, on, config, again):
    """Every fault that is over soon, in an answer to something that pages need: in time, no page
    where what came is not valid, nothing followed, no secret told, and then all is well."""
    with Standin("--rate", "0", "--late", "0") as standin:
        config = standin.config(**config)
        for name in EXPECTED:
            if name in PATIENT or name.startswith(("tls-", "connect-")):
                continue
            with Courier(program, config) as courier:
                standin.control(fault={"name": name, "count": -1, "on": on})
                before = len(standin.get("requests"))
                answer = again(courier)
                # what it changes is not there, or not read
                harmless = name in HARMLESS or "event" in name or "token" in name or name == "nul-bytes"
                report.check(f"{on}, {name}", answer["outcome"] != "ok" or harmless,
                             answer["outcome"], answer["detail"])
                report.check(f"{on}, {name}: it says why", answer["outcome"] == "ok" or answer["detail"])
                report.check(f"{on}, {name}: nothing is followed", not any(
                    one.get("followed") for one in standin.get("requests")[before:]))
                no_secrets(report, f"{on}, {name}", courier)
                standin.control(clear="faults")
        with Courier(program, config) as courier:
            answer = again(courier)
            report.check(f"{on}: and then all is well", answer["outcome"] == "ok", answer["detail"])


def test_faults_of_roles(report, program):
    faults_elsewhere(report, program, "AssumeRole", {"role_arn": ROLE}, lambda courier: courier.ask_page())


def test_faults_of_systems_manager(report, program):
    faults_elsewhere(report, program, "DescribeSessions", {}, lambda courier: courier.ask_page(
        query=SESSION, value="alice-0a1b2c3d4e5f60718"))


def test_faults_of_metadata(report, program):
    faults_elsewhere(report, program, "/latest/dynamic/instance-identity/document", {},
                     lambda courier: courier.ask_identity())


# -- when it is well -------------------------------------------------------------------------------

def all_pages(courier, **question):
    token, events = "", []
    for _ in range(100):
        answer = courier.ask_page(token=token, **question)
        assert answer["outcome"] == "ok", answer
        events += [event["EventId"] for event in json.loads(answer["body"])["Events"]]
        token = answer["token"]
        if not token:
            return events
    raise AssertionError("no end of pages")


def test_pages(report, program):
    now = time.time()
    with Standin("--rate", "0", "--late", "0", "--no-canary") as standin, \
            Courier(program, standin.config()) as courier:
        added = standin.control(add=[{"call": "SendSSHPublicKey", "ago": ago % 40}
                                     for ago in range(173)])["added"]
        question = {"since": now - 600, "until": now + 60}
        found = all_pages(courier, **question)
        report.check("every page", sorted(found) == sorted(one["eventID"] for one in added), len(found))
        token = courier.ask_page(**question)["token"]
        other = courier.ask_page(token=token, value="ssm.amazonaws.com", **question)
        report.check("a token of another question", other["outcome"] == "bad-answer"
                     and "page token" in other["detail"], other)
        asked = [one for one in standin.get("requests") if one.get("operation") == "LookupEvents"]
        request = asked[0]["request"]
        report.check("the question", request["MaxResults"] == 50 and
                     request["StartTime"] == int(now - 600) and
                     request["EndTime"] == -int(-(now + 60)) + (now % 1 > 0) and
                     request["LookupAttributes"] == [{"AttributeKey": "EventSource", "AttributeValue":
                                                      "ec2-instance-connect.amazonaws.com"}], request)
        # a page that is too large is asked for again, smaller; with a token the pass begins anew
        standin.control(fault={"name": "huge-body", "count": 1, "on": "LookupEvents"})
        again = courier.ask_page(token=token, **question)
        report.check("too large, with a token", again["outcome"] == "bad-answer", again["outcome"])
        report.check("all pages, smaller", sorted(all_pages(courier, **question)) == sorted(found))
        no_secrets(report, "pages", courier)


def test_bad_questions(report, program):
    with Standin("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        for name, question in (
                ("attribute", {"attribute": "ReadOnly", "value": "false"}),
                ("empty value", {"value": ""}), ("long value", {"value": "x" * 2001}),
                ("control byte", {"value": "a\nb"}), ("no time", {"since": None, "until": None}),
                ("time backwards", {"since": 2000, "until": 1000}),
                ("region", {"region": "eu-central-1.attacker.example/"}),
                ("region, long", {"region": "a-b-" + "1" * 60}),
                ("token", {"token": "a b"}), ("token, long", {"token": "x" * 8193}),
                ("all too long", {"value": "x" * 70000}),
                ("session id", {"query": SESSION, "value": '","State":"x'}),
                ("session id, long", {"query": SESSION, "value": "a" * 97}),
                ("command id", {"query": COMMAND, "value": "../../etc/passwd"})):
            if name == "no time":
                body = page_question(TRAIL, "EventName", "x", None, None)
                answer = courier.ask(ASK_PAGE, body)
            else:
                answer = courier.ask_page(**question)
            report.check("bad question: " + name, answer["outcome"] == "bad-request" and
                         answer["detail"], answer["outcome"], answer["detail"])
        report.check("none was sent", not any("operation" in one for one in standin.get("requests")))


def test_credentials(report, program):
    with Standin("--rate", "0", "--late", "0") as standin, \
            Courier(program, standin.config()) as courier:
        report.check("credentials at first", courier.ask_page()["outcome"] == "ok")
        standin.control(rotate=True)
        report.check("revoked: fetched anew", courier.ask_page()["outcome"] == "ok")
        for offset in (-7200, 4000, -86400 * 400, 0):
            standin.control(set={"clock_offset": offset, "credentials_life": 21600})
            answer = courier.ask_page()
            report.check(f"service's clock {offset} s off", answer["outcome"] == "ok", answer["detail"])
            report.check("its clock is told", abs(answer["answered_at"] - time.time() - offset) < 5)
            answer = courier.ask_page()
            report.check("the offset is remembered", answer["outcome"] == "ok" and
                         standin.get("requests")[-2].get("error", "") == "", answer["detail"])
        standin.control(set={"role": ""})
        standin.control(rotate=True)
        answer = courier.ask_page()
        report.check("no role any more", answer["outcome"] == "no-credentials", answer)
        no_secrets(report, "credentials", courier)


def test_clock(report, program):
    """This machine's clock is wrong from the start: also credentials are judged by the cloud's."""
    for offset in (-86400 * 400, -7 * 3600, 7 * 3600, 86400 * 400):
        with Standin("--rate", "0", "--late", "0", "--clock-offset", str(offset)) as standin, \
                Courier(program, standin.config(role_arn=ROLE)) as courier:
            answer = courier.ask_page()
            report.check(f"clock off by {offset} s", answer["outcome"] == "ok", answer["detail"])
            no_secrets(report, f"clock off by {offset} s", courier)


def test_assumed_role(report, program):
    with Standin("--rate", "0", "--late", "0", "--external-id", "unit/7") as standin:
        with Courier(program, standin.config(role_arn=ROLE, external_id="unit/7")) as courier:
            identity = courier.ask_identity()
            report.check("assumed role", identity["has_credentials"] and identity["role"] == ROLE, identity)
            courier.ask_page()
            mine = courier.ask_page(attribute="Username", value=INSTANCE)
            events = json.loads(mine["body"])["Events"]
            report.check("its session is named by the instance",
                         any('"LookupEvents"' in one["CloudTrailEvent"] and "trail-reader/" + INSTANCE
                             in one["CloudTrailEvent"] for one in events), len(events))
            standin.control(rotate=True)
            report.check("revoked: assumed anew", courier.ask_page()["outcome"] == "ok")
            for name in ("access-denied", "expired-token", "throttling", "internal-failure", "hang-up",
                         "portal-page", "empty-body", "huge-body", "reset-in-body",
                         "redirect-to-metadata"):
                name = "close-without-answer" if name == "hang-up" else name
                standin.control(rotate=True)
                standin.control(fault={"name": name, "count": -1, "on": "AssumeRole"})
                answer = courier.ask_page()
                report.check("AssumeRole, " + name, answer["outcome"] not in ("ok", "bad-request"),
                             answer["outcome"], answer["detail"])
                standin.control(clear="faults")
            report.check("and then all is well", courier.ask_page()["outcome"] == "ok")
            no_secrets(report, "assumed role", courier)
        with Courier(program, standin.config(role_arn=ROLE)) as courier:
            answer = courier.ask_page()
            report.check("without its external id", answer["outcome"] == "denied" and
                         "sts:AssumeRole" in answer["detail"], answer)


def test_systems_manager(report, program):
    session, command = "alice-0a1b2c3d4e5f60718", "6b1d2f3a-0c4e-4f5a-8b6c-7d8e9fa0b1c2"
    with Standin("--rate", "0", "--late", "600") as standin, \
            Courier(program, standin.config()) as courier:
        standin.control(add=[{"call": "StartSession", "session_id": session},
                             {"call": "SendCommand", "command_id": command}])
        answer = courier.ask_page(attribute="EventName", value="StartSession")
        report.check("CloudTrail is late", json.loads(answer["body"])["Events"] == [], answer)
        for when in ("active", "ended"):
            answer = courier.ask_page(query=SESSION, value=session)
            found = json.loads(answer["body"])["Sessions"]
            report.check("session, " + when, [one["SessionId"] for one in found] == [session], answer)
            standin.control(add={"call": "TerminateSession", "session_id": session})
        answer = courier.ask_page(query=SESSION, value="nobody-0a1b2c3d4e5f60718")
        report.check("session, unknown", answer["outcome"] == "ok" and
                     json.loads(answer["body"])["Sessions"] == [], answer)
        answer = courier.ask_page(query=COMMAND, value=command)
        report.check("command", json.loads(answer["body"])["Commands"][0]["CommandId"] == command, answer)
        answer = courier.ask_page(query=COMMAND, value=command.replace("6", "7"))
        report.check("command, unknown", answer["outcome"] == "ok" and
                     json.loads(answer["body"])["Commands"] == [], answer)
        standin.control(deny=["ssm:DescribeSessions"])
        for _ in range(3):
            answer = courier.ask_page(query=SESSION, value=session)
            report.check("session, denied", answer["outcome"] == "denied" and
                         "ssm:DescribeSessions" in answer["detail"], answer)
        asked = [one for one in standin.get("requests") if one.get("error") == "AccessDeniedException"]
        report.check("a denial is remembered", len(asked) == 1, len(asked))
        report.check("and does no harm to others", courier.ask_page()["outcome"] == "ok")
    with Standin() as standin, Courier(program, standin.config(ask_ssm="no")) as courier:
        answer = courier.ask_page(query=SESSION, value=session)
        report.check("switched off", answer["outcome"] == "bad-request", answer)


def test_metadata(report, program):
    """Each fault of metadata: an identity or none, and never a signature made with what it gave."""
    for name, wanted in (
            ("", ("ok", True)), ("hop-limit", ("unreachable", False)), ("off", (None, False)),
            ("no-role", ("ok", False)), ("not-success", ("ok", False)), ("expired", ("ok", False)),
            ("no-token", (None, False)), ("version-1", (None, False)),
            ("forget-tokens", (None, False)), ("status-500", (None, False)),
            ("garbage", (None, False)), ("huge", (None, False)), ("bad-region", (None, False))):
        with Standin("--rate", "0", "--late", "0") as standin, \
                Courier(program, standin.config()) as courier:
            standin.control(imds_fault=name)
            began = time.monotonic()
            answer = courier.ask_identity(timeout=DEADLINE)
            outcome, has = wanted
            report.check("metadata, " + (name or "well"), answer["outcome"] == outcome if outcome
                         else answer["outcome"] != "ok", answer)
            report.check("metadata, " + (name or "well") + ": credentials",
                         answer["has_credentials"] == has, answer)
            if answer["outcome"] == "ok" and not has:
                report.check("metadata, " + name + ": it says why", answer["detail"], answer)
            if not has:
                answer = courier.ask_page(timeout=DEADLINE)
                report.check("metadata, " + name + ": no page", answer["outcome"] not in
                             ("ok",), answer)
                report.check("metadata, " + name + ": nothing signed",
                             not any("operation" in one for one in standin.get("requests")))
            report.check("metadata, " + (name or "well") + ": in time",
                         time.monotonic() - began < DEADLINE)
            no_secrets(report, "metadata, " + (name or "well"), courier)


def test_evil_domain(report, program):
    """services/domain decides no host: an unknown one is refused before anything is signed."""
    with Standin() as standin, Courier(program, standin.config(cloudtrail_endpoint=None)) as courier:
        standin.control(imds_fault="evil-domain")
        answer = courier.ask_page()
        report.check("evil domain", answer["outcome"] not in ("ok", "unreachable"), answer)


def test_check(report, program):
    with Standin("--rate", "0") as standin, Courier(program, standin.config()) as courier:
        names = ["metadata", "identity", "credentials", "clock", "cloudtrail:LookupEvents",
                 "ssm:DescribeSessions", "ssm:ListCommands"]
        lines = courier.ask_check()["lines"]
        report.check("doctor: lines", [line["what"] for line in lines] == names, lines)
        report.check("doctor: all is well", all(line["outcome"] == "ok" and line["detail"]
                                                for line in lines), lines)
        for action in names[4:]:
            standin.control(deny=[action])
            lines = {line["what"]: line for line in courier.ask_check()["lines"]}
            line = lines[action]
            report.check("doctor: denied " + action, line["outcome"] == "denied" and
                         f'"Action":"{action}"' in line["detail"], line)
        standin.control(deny=[], set={"clock_offset": 4000})
        lines = {line["what"]: line for line in courier.ask_check()["lines"]}
        report.check("doctor: clock", "1h" in lines["clock"]["detail"], lines["clock"])
        standin.control(set={"role": ""})
        standin.control(rotate=True)
        lines = courier.ask_check()["lines"]
        report.check("doctor: no role", lines[-1]["what"] == "credentials" and
                     lines[-1]["outcome"] == "no-credentials", lines)
        standin.control(imds_fault="off")
        lines = courier.ask_check()["lines"]
        report.check("doctor: no metadata", lines[0]["what"] == "metadata" and
                     lines[0]["outcome"] != "ok" and lines[0]["detail"], lines)
        no_secrets(report, "doctor", courier)


def test_gone(report, program):
    """The daemon goes while it is being answered, at whatever step that is: so does the courier,
    without complaint (a leak would be one, in a build with sanitizers)."""
    for name, control, role in (
            ("page", {"fault": {"name": "hang", "on": "LookupEvents"}}, None),
            ("role", {"fault": {"name": "hang", "on": "AssumeRole"}}, ROLE),
            ("metadata", {"imds_fault": "hang"}, None), ("at once", {}, ROLE)):
        for kind in ("page", "check", "identity"):
            with Standin("--rate", "0") as standin, \
                    Courier(program, standin.config(role_arn=role)) as courier:
                standin.control(**control)
                body = page_question(TRAIL, "EventName", "StartSession", 1, 2)
                leave_while_asked(report, name, courier, kind, body,
                                  lambda: not control or standin.get("requests"))
                no_secrets(report, f"gone: {name}, {kind}", courier)


def test_throttled(report, program):
    with Standin("--late", "0") as standin, Courier(program, standin.config()) as courier:
        outcomes = [courier.ask_page()["outcome"] for _ in range(6)]
        report.check("2 requests a second", outcomes[0] == "ok" and "throttled" in outcomes and
                     set(outcomes) == {"ok", "throttled"}, outcomes)


def options_of(courier):
    return courier.ask_page(query=METADATA, attribute="options", value="")


def test_options(report, program):
    """What metadata says of the doors: with a token, but for the one question that asks whether one
    is needed. Neither what user data is nor what is answered without a token is told."""
    with Standin() as standin, Courier(program, standin.config()) as courier:
        answer = options_of(courier)
        report.check("options", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "cloud": "aws", "options": [{"name": "imdsv1", "value": "refused"}]}, answer)
        standin.control(set={"imdsv1": True, "user_data": "#!/bin/sh\n# CANARYCANARY"})
        answer = options_of(courier)
        report.check("all of them", answer["outcome"] == "ok" and json.loads(answer["body"]) == {
            "cloud": "aws", "options": [{"name": "user-data", "value": None},
                                        {"name": "imdsv1", "value": "answered"}]}, answer)
        plain = [one["imds"] for one in standin.get("requests") if "imds" in one and not one["token"]]
        report.check("without a token", plain == ["PUT /latest/api/token", "GET /latest/meta-data/",
                                                  "GET /latest/meta-data/"], plain)
        no_secrets(report, "options", courier)
        for fault, wanted in (("off", "denied"), ("status-500", "unreachable"),
                              ("forget-tokens", "bad-answer")):
            standin.control(imds_fault=fault)
            answer = options_of(courier)
            report.check("options, " + fault, answer["outcome"] == wanted and not answer["body"] and
                         answer["detail"], answer)
        standin.control(imds_fault="off")
        report.check("[identity] is of no help", "[identity]" not in options_of(courier)["detail"])
        answer = courier.ask_identity()
        report.check("here it is", "or fill in [identity]" in answer["detail"], answer)
        answer = courier.ask_page(query=METADATA, attribute="ssh-keys")
        report.check("no such attribute", answer["outcome"] == "bad-request", answer)
    identity = (f"[identity]\nprovider = aws\ninstance_id = {INSTANCE}\naccount = 111122223333\n"
                "region = eu-west-1\nprivate_ips = 192.0.2.7\n")
    with Standin() as standin, Courier(program, standin.config() + identity) as courier:
        standin.control(imds_fault="off")
        lines = courier.ask_check()["lines"]
        report.check("no credentials, with [identity]", any(
            one["what"] == "credentials" and "HttpEndpoint=enabled" in one["detail"] and
            "[identity]" not in one["detail"] for one in lines), lines)
        report.check("one address", any("1 private address" in one["detail"] and
                                        "1 private addresses" not in one["detail"] for one in lines), lines)


if __name__ == "__main__":
    sys.exit(run_tests(globals(), len(EXPECTED)))
