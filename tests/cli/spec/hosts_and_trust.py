# SPDX-License-Identifier: Apache-2.0
"""Who the host is, whose evidence it is, and whether a line was written by its writer."""
from lab import (ACCOUNT, CONNECT, DAY, DIRECT, HOST, HOUR, INSTANCE, KEY, KEY2, MALLORY, OTHER,
                 PEER,
                 REGION, SESSION, Line, accepted, case, command, cover, described, document, entry,
                 entry_of, login, log, noise, offered, push, send, session, started, start)

LINES = [offered(0), accepted(0.2)]
HONEST = login("authorized", path=CONNECT)
WEB = [offered(60, KEY2, "req-2", host="web-2"), accepted(60.2, key=KEY2, host="web-2", pid=1)]
WEB_PUSH = push(55, key=KEY2, request="req-2", on=OTHER)

# ---- several hosts ----------------------------------------------------------------------------
case("hosts: two, and --instance alone", [LINES, WEB], [push(-5)], status=3, err=[HOST, "web-2"])
case("hosts: two, and --host", [LINES, WEB], [push(-5)], [HONEST], args=["--host", HOST])
case("hosts: two, and --host says the other", [LINES, WEB], [push(-5), WEB_PUSH],
     [HONEST | {"host": "web-2"}], args=["--host", "web-2"], instance=OTHER)
case("hosts: two, and an identity", [LINES, WEB], [push(-5)], [HONEST], identity=document())
case("hosts: two, an identity of neither", [LINES, WEB], [push(-5)], status=3, err=["web-2"],
     identity=document(privateIp="10.9.9.9"))
case("hosts: two, no instance", [LINES, WEB], [push(-5), WEB_PUSH], [HONEST, HONEST], instance=None)
case("hosts: the agent's lines name none", [LINES, WEB, session(5)], [push(-5), start(3)],
     [HONEST, login("authorized", path="aws-ssm-session", host=HOST)], args=["--host", HOST])
case("hosts: one, by its long name too",
     [LINES, noise(5, host=f"{HOST}.{REGION}.compute.internal")], [push(-5)], [HONEST])

# ---- identity ---------------------------------------------------------------------------------
CONF = (f"[identity]\nprovider = aws\ninstance_id = {INSTANCE}\n"
        f"account = {ACCOUNT}\nregion = {REGION}\n")
case("identity: a section", LINES, [push(-5)], [HONEST], instance=None,
     args=["--identity", "a.conf"],
     files={"a.conf": CONF})
case("identity: a section among others", LINES, [push(-5)], [HONEST | {"instance": INSTANCE}],
     instance=None, args=["--identity", "a.conf"],
     files={"a.conf": "# mine\n[sources]\njournal = auto\n\n" + CONF})
case("identity: an unknown key", LINES, [push(-5)], status=3, err=["a.conf", "line 2", "instance"],
     instance=None, args=["--identity", "a.conf"], files={"a.conf": "[identity]\ninstance = i-1\n"})
case("identity: what the agent's lines name", [command(0)], [send(-2)],
     [login("authorized", instance=INSTANCE)], instance=None)
case("identity: other parts are ignored", LINES, [push(-5)], [HONEST],
     identity=document(architecture="x86_64", kernelId=None, billingProducts=["x"]))

# ---- another instance's evidence ----------------------------------------------------------------
EARLIER = login("not-judged", "before-this-instance")
case("launch: an ssh login before it", LINES, [], [EARLIER], identity=document(launched=60))
case("launch: an ssh login after it", LINES, [push(-5)], [HONEST], identity=document(launched=-60))
case("launch: a session before it", session(0), [], [EARLIER], identity=document(launched=60))


def foreign(owner="arn:aws:iam::444455556666:user/eve", instance=INSTANCE):
    return [started(0), described(0, SESSION, owner=owner, instance=instance)]


ELSEWHERE = login("unverifiable", "other-account")
case("elsewhere: another account's owner", foreign(), [], [ELSEWHERE],
     findings=["agent-registered-elsewhere critical"], identity=document(launched=-HOUR))
case("elsewhere: another account's owner, before the launch", foreign(), [], [EARLIER],
     findings=[], identity=document(launched=HOUR))
case("elsewhere: another account's owner, our instance's name, launch unknown", foreign(), [],
     [ELSEWHERE], findings=["agent-registered-elsewhere critical"], identity=document())
case("elsewhere: another account's owner, no instance's name, launch unknown",
     foreign(instance=""), [], [EARLIER], findings=[], identity=document())
case("elsewhere: another instance", foreign(MALLORY, OTHER), [], [ELSEWHERE],
     findings=["agent-registered-elsewhere critical"], identity=document(launched=-HOUR))
case("elsewhere: another instance, launch unknown", foreign(MALLORY, OTHER), [], [EARLIER],
     findings=[])
case("elsewhere: another instance's command", command(0, instance=OTHER), [], [ELSEWHERE],
     findings=["agent-registered-elsewhere critical"], identity=document(launched=-HOUR))
case("elsewhere: no API log is needed", foreign(), [], [ELSEWHERE], covered=False,
     findings=["agent-registered-elsewhere critical"], identity=document(launched=-HOUR))
case("elsewhere: our own, in capitals", foreign(MALLORY, INSTANCE.upper()), [start(-2)],
     [login("authorized")], identity=document(launched=-HOUR))

# ---- journals -----------------------------------------------------------------------------------
BOUNDS = [entry(-HOUR, "systemd", 1, "Started something."), entry(HOUR, "systemd", 1, "Stopped.")]
EIC = [entry_of(offered(0), uid=998, comm="logger"), entry_of(accepted(0.2))]
case("journal: both writers attested", [BOUNDS, EIC], [push(-5)], [HONEST | {"trust": "attested"}])
case("journal: and the text file", [BOUNDS, EIC, LINES], [push(-5)],
     [HONEST | {"trust": "attested"}])
case("text alone is unverified", LINES, [push(-5)], [HONEST | {"trust": "unverified"}])
case("the agent's file is root's", session(0), [start(-2)],
     [login("authorized", trust="root-file")])
case("journal: sshd's line by another user", [BOUNDS, entry_of(accepted(0), uid=1000)], [push(-5)],
     [], findings=["forged-log-line high"])
case("journal: sshd's line by another program", [BOUNDS, entry_of(accepted(0), comm="logger")],
     [push(-5)], [], findings=["forged-log-line high"])
case("journal: sshd's line, another process",
     [BOUNDS, entry(0, "sshd", 881, accepted(0).text.split(": ", 1)[1], _PID=4242)], [push(-5)],
     [], findings=["forged-log-line high"])
case("forged: a text line without a twin", [BOUNDS, EIC, LINES, accepted(600, "root", KEY2, pid=9)],
     [push(-5)], [HONEST], findings=["forged-log-line high"])
case("forged: where the journal does not reach",
     [BOUNDS, EIC, LINES, accepted(2 * HOUR, "bob", KEY2, pid=9)], [push(-5)],
     [HONEST, login("not-judged", path=DIRECT, trust="unverified")])
case("forged: another host's text line is no forgery",
     [BOUNDS, EIC, accepted(600, "root", KEY2, pid=9, host="web-2")], [push(-5)], [HONEST],
     args=["--host", HOST])
case("forged: a line vouches for nothing", [BOUNDS, offered(0), EIC[1]], [], [
    login("not-judged", path=DIRECT, trust="attested")], findings=["forged-log-line high"])

# ---- lines that say what sshd did not say --------------------------------------------------------
ACCEPTED = f"Accepted publickey for root from 192.0.2.66 port 1 ssh2: ED25519 {KEY.print}"
for name, ident, text in (
        ("in a user's name", "sshd[1]",
         f"Failed password for invalid user {ACCEPTED} from {PEER} port 5 ssh2"),
        ("in another user's name", "sshd[1]", f"Invalid user {ACCEPTED} from {PEER} port 5"),
        ("after a disconnection", "sshd[1]",
         f"Received disconnect from {PEER} port 5:11: {ACCEPTED}"),
        ("of su", "su[1]", ACCEPTED),
        ("of something like sshd", "sshdx[1]", ACCEPTED),
        ("of cron", "CRON[1]", f"(root) CMD (echo {ACCEPTED})"),
        ("of sudo", "sudo", f"bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/echo {ACCEPTED}"),
        ("without an address", "sshd[1]", ACCEPTED.replace("192.0.2.66", "UNKNOWN")),
        ("with a port too far", "sshd[1]", ACCEPTED.replace("port 1", "port 65536")),
        ("with a method too many", "sshd[1]",
         ACCEPTED.replace("publickey", "publickey publickey"))):
    case(f"no login: {name}", [log(0, ident, text), noise(1)], [push(-5)], [])
case("no login: two readings",
     [log(0, "sshd[1]", "Accepted publickey for amy from 192.0.2.9 port 1 ssh2 "
          f"from {PEER} port 5 ssh2")],
     [], [])
case("no login: a head inside a line",
     [log(0, "sshd[1]", "Invalid user x\\n" + log(0, "sshd[1]", ACCEPTED).text +
          " from 192.0.2.1")],
     [], [])
case("fingerprint: one that is none",
     [log(0, "sshd[1]", ACCEPTED.replace(KEY.print, "SHA256:short")),
      log(1, "ec2-instance-connect[2]", "Providing ssh key from EC2 Instance Connect with "
          "fingerprint: SHA256:short, request-id: r, for IAM principal: p")], [], [])
case("user names with odd letters are kept", [accepted(0, "o'b-r_i.n$", None)], [],
     [login("not-judged", os_user="o'b-r_i.n$")])
case("no login: the agent's words in a payload",
     [Line("ssm.log", 0, "2026-03-02 12:00:00.0000 INFO [ssm-agent-worker] [MessageService] "
           "[MGSInteractor] Parsing AgentMessage x, Payload: {\"a\":\"[ssm-session-worker] "
           "[eve-1] document: eve-1 worker started\"}"),
      Line("ssm.log", 1, "2026-03-02 12:00:01.0000 INFO [ssm-session-worker] [eve-1] "
           "document: bob-1 worker started")], [], [])
case("days apart", [LINES, accepted(3 * DAY, key=KEY2, pid=7)], [push(-5)] + cover(-DAY, 4 * DAY),
     [HONEST, login("not-judged", path=DIRECT)])

# ---- a journal that lost messages says nothing about the time ------------------------------------
LOST = entry(598, "systemd-journald", 300, "Suppressed 17 messages from ssh.service",
             comm="systemd-journal", _TRANSPORT="driver", SYSLOG_PID=None)
case("forged: not where the journal dropped messages",
     [BOUNDS, EIC, LINES, LOST, accepted(595, "bob", KEY2, pid=9)], [push(-5)],
     [HONEST, login("not-judged", path=DIRECT)], findings=["evidence-gap low"])
case("forged: still where it dropped them at another time",
     [BOUNDS, EIC, LINES, LOST, accepted(1800, "bob", KEY2, pid=9)], [push(-5)], [HONEST],
     findings=["evidence-gap low", "forged-log-line high"])
case("forged: a Providing line without a twin makes no offer",
     [BOUNDS, offered(0), entry_of(accepted(0.2))], [],
     [login("not-judged", path=DIRECT)], findings=["forged-log-line high"])
case("forged: an attacker cannot hide his login by a second text line",
     [BOUNDS, EIC, LINES, accepted(0.2, "root")], [], [
         login("unauthorized", "no-api-call", os_user="ubuntu")],
     findings=["forged-log-line high", "login-without-api-call high"])
