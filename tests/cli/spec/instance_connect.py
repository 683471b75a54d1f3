# SPDX-License-Identifier: Apache-2.0
"""EC2 Instance Connect: how its logins are found, and what vouches for them."""
from lab import (ACCOUNT, ALICE, CONNECT, DIRECT, HOUR, INSTANCE, KEY, KEY2, MALLORY, OTHER,
                 accepted, arn_of, call, case, log, login, offered, push, refused)

EXACT = ["request-id", "fingerprint", "os-user", "instance"]
BY_KEY = ["fingerprint", "os-user", "instance", "time"]


def honest(**more):
    return login("authorized", path=CONNECT, **more)


def guilty(*reasons, **more):
    return login("unauthorized", *reasons, path=CONNECT, **more)


HOST = [offered(0), accepted(0.2)]

case("ic: request id, key, user and instance", HOST, [push(-5, id_="e-1")],
     [honest(on=EXACT, call="e-1", by=ALICE, through=None, os_user="ubuntu",
             source_ip="203.0.113.9",
             source_port=50022, key_fingerprint=KEY.print, principal_hint=ALICE, tty=None,
             session_id=None, command_id=None, instance=INSTANCE, through_api_call=None)])
case("ic: a request id has no window", HOST, [push(-3 * HOUR)], [honest(on=EXACT)])
case("ic: a request id has no window after either", HOST, [push(HOUR)], [honest(on=EXACT)])
case("ic: no call has the line's request id: the key vouches", HOST, [push(-5, request="req-9")],
     [honest(on=BY_KEY)])
case("ic: the line says no request id", [offered(0, request=None), accepted(0.2)], [push(-5)],
     [honest(on=BY_KEY)])
case("ic: the line says neither request id nor principal",
     [offered(0, request=None, by=None), accepted(0.2)], [push(-5)],
     [honest(on=BY_KEY, principal_hint=None)])
case("ic: the rewrite's full stop", [offered(0, tail="."), accepted(0.2)], [push(-5)],
     [honest(on=EXACT)])
case("ic: the program's name is only a hint",
     [log(0, "eic_run_authorized_keys", "Providing ssh key from EC2 Instance Connect with "
          f"fingerprint: {KEY.print}., request-id: req-1, for IAM principal: {ALICE}"),
      accepted(0.2)], [push(-5)], [honest(on=EXACT)])
case("ic: lines come twice", [offered(-0.5), HOST], [push(-5)], [honest(on=EXACT)])
case("ic: sshd-session", [offered(0), accepted(0.2, ident="sshd-session")], [push(-5)],
     [honest(on=EXACT)])
case("ic: an IPv6 peer", [offered(0), accepted(0.2, ip="2001:db8::7")], [push(-5)],
     [honest(source_ip="2001:db8::7")])
case("ic: offered, never accepted", [offered(0)], [push(-5)], [])

# ---- the window: 60 s before the Providing line, a second and skew more; skew after ----------
for at, fits in ((-91, True), (-92, False)):
    case(f"ic: pushed {-at} s before the line", [offered(0, request=None), accepted(0.2)],
         [push(at)], [honest() if fits else guilty("api-call-expired", api_call=None)])
for at, fits in ((30, True), (31, False)):
    case(f"ic: pushed {at} s after the line", [offered(0, request=None), accepted(0.2)],
         [push(at)], [honest() if fits else guilty("no-api-call")])
case("ic: measured at the line, not at Accepted", [offered(0), accepted(119)],
     [push(-80, request="other")], [honest()])
case("ic: Accepted trails the line by more than the grace",
     [offered(0), accepted(125)], [push(-5)], [guilty("api-call-expired")])
case("ic: without a line it is measured at Accepted", [accepted(0)], [push(-91)],
     [honest(on=BY_KEY, principal_hint=None)])
case("ic: without a line, pushed too long before", [accepted(0)], [push(-92)],
     [guilty("api-call-expired")])
case("ic: without a line, pushed skew after", [accepted(0)], [push(30)], [honest()])
case("ic: without a line, pushed more than skew after", [accepted(0)], [push(31)],
     [login("not-judged", path=DIRECT)])
case("ic: without a line and without a push", [accepted(0)], [],
     [login("not-judged", path=DIRECT, key_fingerprint=KEY.print)])

# ---- how much a push vouches for --------------------------------------------------------------
case("ic: many logins in one minute",
     [offered(0), accepted(0.2, pid=1), accepted(20, pid=2), accepted(40, pid=3)], [push(-5)],
     [honest(on=EXACT), honest(on=BY_KEY), honest(on=BY_KEY)])
case("ic: the key opens the door after its minute, one finding",
     [offered(0), accepted(0.2, pid=1), accepted(300, pid=2), accepted(400, pid=3)], [push(-5)],
     [honest(), guilty("api-call-expired"), guilty("api-call-expired")],
     findings=["api-call-mismatch high"])
case("ic: two expired keys, two findings",
     [accepted(300, pid=2), accepted(400, pid=3, key=KEY2)], [push(-5), push(-5, key=KEY2)],
     [guilty("api-call-expired"), guilty("api-call-expired")],
     findings=["api-call-mismatch high"] * 2)
case("ic: one's own key, also pushed later",
     [accepted(-HOUR, pid=1), accepted(HOUR, pid=2)], [push(-5)],
     [login("not-judged", path=DIRECT), login("not-judged", path=DIRECT)])
case("ic: one's own key: skew before its push is not before", [accepted(-30), accepted(600, pid=2)],
     [push(0)], [honest(), guilty("api-call-expired")])

# ---- one reason, the first that holds ---------------------------------------------------------
WRONG_USER = push(-5, user="deploy", id_="e-user")
ELSEWHERE = push(-5, on=OTHER, request="req-2", id_="e-elsewhere")
DENIED = refused(-5, "ec2-instance-connect:SendSSHPublicKey", arn_of(INSTANCE))
case("ic: wrong OS user", HOST, [WRONG_USER], [guilty("wrong-os-user", api_call=None)])
case("ic: wrong OS user, nothing covered", HOST, [WRONG_USER], [guilty("wrong-os-user")],
     covered=False)
case("ic: OS users compare exactly", HOST, [push(-5, user="Ubuntu")], [guilty("wrong-os-user")])
case("ic: wrong OS user, outside the window",
     [offered(0, request=None), accepted(0.2)], [push(-300, user="deploy")],
     [guilty("api-call-expired")])
case("ic: wrong instance", HOST, [ELSEWHERE], [guilty("wrong-instance")])
case("ic: wrong instance, nothing covered", HOST, [ELSEWHERE], [guilty("wrong-instance")],
     covered=False)
case("ic: wrong instance, outside the window", HOST,
     [push(-300, on=OTHER, request="req-2")], [guilty("no-api-call")])
case("ic: a push elsewhere puts no login on the path", [accepted(0)], [push(-5, on=OTHER)],
     [login("not-judged", path=DIRECT)])
case("ic: wrong OS user before wrong instance", HOST, [ELSEWHERE, WRONG_USER],
     [guilty("wrong-os-user")])
case("ic: wrong instance before refused", HOST, [ELSEWHERE, DENIED], [guilty("wrong-instance")])
case("ic: expired before refused", [offered(0, request=None), accepted(0.2)],
     [push(-300), DENIED], [guilty("api-call-expired")])
case("ic: one push of several fits", HOST, [WRONG_USER, ELSEWHERE, push(-20, request="req-3")],
     [honest()])
case("ic: refused", HOST, [DENIED], [guilty("api-call-denied")])
for code in ("AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"):
    case(f"ic: refused with {code}", HOST,
         [refused(-5, "ec2-instance-connect:SendSSHPublicKey", arn_of(INSTANCE), error=code)],
         [guilty("api-call-denied")])
case("ic: failed for another cause", HOST,
     [push(-5, error="ThrottlingException", message="Rate exceeded")], [guilty("no-api-call")])
case("ic: refused, for another instance", HOST,
     [refused(-5, "ec2-instance-connect:SendSSHPublicKey", arn_of(OTHER))], [guilty("no-api-call")])
case("ic: refused, outside the window", HOST,
     [refused(-300, "ec2-instance-connect:SendSSHPublicKey", arn_of(INSTANCE))],
     [guilty("no-api-call")])
case("ic: refused, the caller ends in this instance's id", HOST,
     [refused(-5, "ec2-instance-connect:SendSSHPublicKey", arn_of(OTHER),
              by=f"arn:aws:sts::{ACCOUNT}:assumed-role/x/{INSTANCE}")], [guilty("no-api-call")])
case("ic: refused, then allowed", HOST, [DENIED, push(-3)], [honest()])
case("ic: refused, nothing covered", HOST, [DENIED], [login("unverifiable", "no-api-log")],
     covered=False)
case("ic: no call", HOST, [], [guilty("no-api-call", api_call=None)])
case("ic: no call, nothing covered", HOST, [], [login("unverifiable", "no-api-log", path=CONNECT)],
     covered=False)
case("ic: vouched for, nothing else covered", HOST, [push(-5)], [honest()], covered=False)
case("ic: another key was pushed", HOST, [push(-5, key=KEY2)], [guilty("no-api-call")])

# ---- shapes and cases -------------------------------------------------------------------------
case("ic: instance ids compare without case", HOST, [push(-5, on=INSTANCE.upper())],
     [honest(on=EXACT)])
case("ic: --instance compares without case", HOST, [push(-5)], [honest(on=EXACT)],
     instance=INSTANCE.upper().replace("I-", "i-"))
case("ic: event names compare without case", HOST, [push(-5, eventName="sendSSHpublickey")],
     [honest()])
case("ic: an event name with a blank, and the documented shape", HOST,
     [call(-5, "ec2-instance-connect", "SendSSHPublicKey ",
           {"instanceId": INSTANCE, "osUser": "ubuntu", "SSHKey": {"publicKey": KEY.text}},
           None, request="req-1")], [honest(on=EXACT)])
case("ic: a key with a comment", HOST,
     [call(-5, "ec2-instance-connect", "SendSSHPublicKey",
           {"instanceId": INSTANCE, "instanceOSUser": "ubuntu",
            "sSHPublicKey": KEY.text + " alice@laptop\n"}, None, request="req-1")],
     [honest(on=EXACT)])
case("ic: which instance this is, is unknown", HOST, [push(-5)],
     [honest(on=["request-id", "fingerprint", "os-user"], instance=None)], instance=None)

# ---- second factors ---------------------------------------------------------------------------


def keyless(time, pid=881, user="ubuntu"):
    return accepted(time, user, None, pid=pid, method="keyboard-interactive/pam")


def partial(time, key=KEY, pid=881):
    return log(time, f"sshd[{pid}]", "Partial publickey for ubuntu from 203.0.113.9 port 50022 "
               f"ssh2: ED25519 {key.print}")


case("ic: a second factor, one open offer", [offered(0), keyless(20)], [push(-5)],
     [honest() | {"reasons": ["weak-match"]}])
case("ic: a second factor, and Partial names the key", [offered(0), partial(0.5), keyless(20)],
     [push(-5)], [honest()])
case("ic: a second factor, two open offers",
     [offered(0), offered(1, KEY2, request="req-2"), keyless(20)],
     [push(-5), push(-4, key=KEY2, request="req-2")], [login("not-judged", path=DIRECT)])
case("ic: a second factor, the offer is used up", [offered(0), accepted(1, pid=1), keyless(20)],
     [push(-5)], [honest(), login("not-judged", path=DIRECT)])
case("ic: a second factor, the offer is too old", [offered(0), keyless(130)], [push(-5)],
     [login("not-judged", path=DIRECT)])
case("ic: a second factor, refused", [offered(0), keyless(20)], [DENIED],
     [guilty("api-call-denied")])

# ---- what is no login -------------------------------------------------------------------------
case("ic: MALLORY is the caller the finding does not hide", HOST, [push(-5, by=MALLORY)],
     [honest(by=MALLORY)])
