# SPDX-License-Identifier: Apache-2.0
"""Serial consoles, local ones, and tunnels of Instance Connect Endpoints."""
from lab import (ACCOUNT, ALICE, CALLER, CONNECT, DIRECT, EICE, HOST, HOUR, INSTANCE, IP, KEY2,
                 MALLORY, OTHER, PEER, SERIAL, accepted, arn_of, case, closed, cover, dialup,
                 document, listening, log, login, noise, offered, push, refused, serial_push,
                 shadow_login, tunnel)

HERE = document()


def honest(*reasons, **more):
    return login("authorized", "weak-match", *reasons, path=SERIAL, os_user="bob", **more)


def guilty(*reasons, **more):
    return login("unauthorized", *reasons, path=SERIAL, os_user="bob", **more)


# ---- serial consoles --------------------------------------------------------------------------
case("serial: a push to its port", dialup(0), [serial_push(-40, id_="e-1")],
     [honest(tty="ttyS0", on=["instance", "serial-port", "time"], call="e-1", source_ip=None,
             key_fingerprint=None)])
for at, fits in ((-3931, True), (-3932, False), (30, True), (31, False)):
    case(f"serial: pushed at {at} s", dialup(0), [serial_push(at)],
         [honest() if fits else guilty("no-api-call")])
case("serial: another port", dialup(0, "ttyS1"), [serial_push(-40)], [guilty("no-api-call")])
case("serial: ttyS1 is port 1", dialup(0, "ttyS1"), [serial_push(-40, 1)], [honest()])
case("serial: ttyAMA0 is port 0",
     [log(0, "login[900]", "LOGIN ON ttyAMA0 BY bob")], [serial_push(-40)], [honest(tty="ttyAMA0")])
case("serial: another instance", dialup(0), [serial_push(-40, on=OTHER)], [guilty("no-api-call")])
case("serial: instance ids compare without case", dialup(0),
     [serial_push(-40, on=INSTANCE.upper())], [honest()])
case("serial: pushes are not used up", [dialup(0), dialup(900, pid=901)], [serial_push(-40)],
     [honest(), honest()])
case("serial: the latest push wins", dialup(0),
     [serial_push(-400, id_="e-old"), serial_push(-40, id_="e-new"), serial_push(-900)],
     [honest(call="e-new")])
case("serial: refused", dialup(0),
     [refused(-40, "ec2-instance-connect:SendSerialConsoleSSHPublicKey", arn_of(INSTANCE))],
     [guilty("api-call-denied")])
case("serial: no call", dialup(0), [], [guilty("no-api-call")])
case("serial: root", [log(0, "login[900]", "ROOT LOGIN ON ttyS0")], [serial_push(-40)],
     [login("authorized", "weak-match", path=SERIAL, os_user="root", tty="ttyS0")])
case("serial: its end", [dialup(0), closed(600, "bob", 900, "login")], [serial_push(-40)],
     [honest(ended_at="2026-03-02T12:10:00Z")])
case("serial: a failed login is none",
     [log(0, "login[900]", "FAILED LOGIN 1 FROM ttyS0 FOR bob, Authentication failure"),
      log(1, "login[900]", "FAILED LOGIN (1) on '/dev/ttyS0' FOR 'bob', Authentication failure")],
     [], [])
for first, proven in ((-3931, True), (-3930, False)):
    case(f"serial: covered from {first} s", dialup(0), cover(first, 30),
         [guilty("no-api-call") if proven else login("unverifiable", "no-api-log")], covered=False)

# shadow's login does not say the tty
case("tty unknown: a push", shadow_login(0), [serial_push(-40)], [honest("tty-unknown", tty=None)])
case("tty unknown: no call", shadow_login(0), [],
     [login("unverifiable", "tty-unknown", path=SERIAL, tty=None)])
case("tty unknown: shadow's root line says it",
     [log(0, "login[900]", "ROOT LOGIN  on '/dev/ttyS0'")],
     [serial_push(-40)], [login("authorized", "weak-match", path=SERIAL, tty="ttyS0")])
case("tty unknown: shadow's verbose line says it",
     [shadow_login(0), log(0, "login[900]", "'bob' logged in  on '/dev/ttyS0'")],
     [serial_push(-40)], [honest(tty="ttyS0")])
case("local: tty1", [shadow_login(0), log(0, "login[900]", "LOGIN ON tty1 BY bob")], [],
     [login("not-judged", path="local", tty="tty1")])
case("console: lines join within 5 s",
     [shadow_login(0), log(4, "login[900]", "LOGIN ON tty1 BY bob")],
     [], [login("not-judged", path="local")])

# ---- taken over -------------------------------------------------------------------------------
case("takeover: another principal", dialup(0), [serial_push(-40), serial_push(600, by=MALLORY)],
     [honest(by=ALICE)], findings=["session-taken-over high"])
case("takeover: the same principal", dialup(0), [serial_push(-40), serial_push(600)], [honest()])
case("takeover: after the end", [dialup(0), closed(300, "bob", 900, "login")],
     [serial_push(-40), serial_push(600, by=MALLORY)], [honest()])
case("takeover: needs two known callers", dialup(0), [serial_push(600, by=MALLORY)],
     [guilty("no-api-call")])
case("takeover: another port", dialup(0), [serial_push(-40), serial_push(600, 1, by=MALLORY)],
     [honest()])

# ---- tunnels ----------------------------------------------------------------------------------


def tunnelled(verdict, *reasons, **more):
    return login(verdict, *reasons, path=EICE, **more)


OPEN = [accepted(0, key=KEY2)]
case("tunnel: this address and port, the caller's address", OPEN, [tunnel(-5, id_="e-1")],
     [tunnelled("authorized", on=["private-ip", "port", "source-ip", "time"], call="e-1",
                through=None)], identity=HERE)
for at, fits in ((-151, True), (-152, False), (30, True), (31, False)):
    case(f"tunnel: opened at {at} s", OPEN, [tunnel(at)],
         [tunnelled("authorized") if fits else login("not-judged", path=DIRECT)], identity=HERE)
case("tunnel: the host's name says its address", OPEN, [tunnel(-5)], [tunnelled("authorized")])
case("tunnel: the host's long name says its address",
     [accepted(0, host=f"{HOST}.{'eu-west-1'}.compute.internal")], [tunnel(-5)],
     [tunnelled("authorized")])
case("tunnel: another peer leaves a hint", OPEN, [tunnel(-5, ip=CALLER)],
     [login("not-judged", path=DIRECT, hinted=True)], identity=HERE)
case("tunnel: no call, no hint", OPEN, [], [login("not-judged", path=DIRECT, hinted=False)],
     identity=HERE)
case("tunnel: to another address", OPEN, [tunnel(-5, to="10.0.3.8")],
     [login("not-judged", path=DIRECT)], identity=HERE)
case("tunnel: to another port", OPEN, [tunnel(-5, port="2222")],
     [login("not-judged", path=DIRECT)], identity=HERE)
case("tunnel: to another port, on which sshd listens", [listening(-100, 2222), OPEN],
     [tunnel(-5, port="2222")], [tunnelled("authorized")], identity=HERE)
case("tunnel: two calls, two logins", [OPEN, accepted(20, key=KEY2, pid=882)],
     [tunnel(-5), tunnel(15)], [tunnelled("authorized"), tunnelled("authorized")], identity=HERE)
case("tunnel: refused is none", OPEN, [tunnel(-5, error="AccessDenied", message="no")],
     [login("not-judged", path=DIRECT)], identity=HERE)
case("tunnel: with a pushed key", [offered(0), accepted(0.2)], [push(-5), tunnel(-4, id_="e-t")],
     [login("authorized", path=CONNECT, through=EICE, through_call="e-t")], identity=HERE)
case("tunnel: with a key that was not pushed", [offered(0), accepted(0.2)], [tunnel(-4, id_="e-t")],
     [login("unauthorized", "no-api-call", path=CONNECT, through=EICE)], identity=HERE)
case("tunnel: several addresses", OPEN, [tunnel(-5, to="10.0.4.9")], [tunnelled("authorized")],
     instance=None, args=["--identity", "agent.conf"],
     files={"agent.conf": f"[identity]\nprovider = aws\ninstance_id = {INSTANCE}\n"
            f"account = {ACCOUNT}\nregion = eu-west-1\nprivate_ips = {IP}, 10.0.4.9\n"})
case("direct: nothing of a cloud", [noise(-10), OPEN], [],
     [login("not-judged", path=DIRECT, os_user="ubuntu", source_ip=PEER, stage=None)])
case("direct: a password", [accepted(0, key=None)], [push(-HOUR)],
     [login("not-judged", path=DIRECT, key_fingerprint=None)])
case("tunnel: one login a call", [OPEN, accepted(20, key=KEY2, pid=882)], [tunnel(-5)],
     [tunnelled("authorized"), tunnelled("unauthorized", "api-call-reused")], identity=HERE)
case("tunnel: the earlier login has the call",
     [accepted(20, key=KEY2, pid=881), accepted(0, key=KEY2, pid=882)],
     [tunnel(-5)], [tunnelled("authorized"), tunnelled("unauthorized", "api-call-reused")],
     identity=HERE)
case("direct: a certificate", [log(0, "sshd[5]", "Accepted publickey for ubuntu from 203.0.113.9 "
     f"port 5 ssh2: ED25519-CERT {KEY2.print} ID amy@example.org (serial 7) "
     f"CA ED25519 {KEY2.print}")],
     [], [login("not-judged", path=DIRECT)])
