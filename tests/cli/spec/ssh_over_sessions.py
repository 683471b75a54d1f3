# SPDX-License-Identifier: Apache-2.0
"""ssh through Session Manager: a port session and the sshd login it carries, two doors."""
from lab import (ALICE, CONNECT, DIRECT, HOUR, IP, KEY, KEY2, OTHER, SESSION, SSM_SESSION, SSM_SSH,
                 accepted, case, document, ended, listening, login, offered, payload, plugin,
                 port_session, push, start, started)

FORWARD = "AWS-StartPortForwardingSession"
REMOTE = "AWS-StartPortForwardingSessionToRemoteHost"


def port(verdict="authorized", *reasons, **more):
    return login(verdict, *reasons, path=SSM_SESSION, os_user=None, **more)


def ssh(verdict, *reasons, **more):
    return login(verdict, *reasons, path=SSM_SSH, **more)


def loop(time, pid=881, ip="127.0.0.1", key=KEY2):
    return accepted(time, key=key, ip=ip, pid=pid)


DIRECTLY = login("not-judged", path=DIRECT)
CALL = start(-2, document="AWS-StartSSHSession", id_=SESSION)

for ip in ("127.0.0.1", "::1", IP):
    case(f"ssm-ssh: from {ip}", [port_session(0), loop(3, ip=ip)], [CALL],
         [port(session_id=SESSION), ssh("authorized", os_user="ubuntu", by=ALICE, through=None)],
         identity=document())
case("ssm-ssh: loopback without a session", [loop(3)], [CALL], [DIRECTLY],
     findings=[])
case("ssm-ssh: from elsewhere", [port_session(0), accepted(3, key=KEY2)], [CALL],
     [port(), DIRECTLY])
case("ssm-ssh: a shell session is none", [started(0), plugin(0), loop(3)], [start(-2)],
     [login("authorized", path=SSM_SESSION), DIRECTLY])
case("ssm-ssh: one login only", [port_session(0), loop(3), loop(30, pid=882)], [CALL],
     [port(), ssh("authorized"), ssh("unauthorized", "api-call-reused")])
case("ssm-ssh: one login only, nothing covered",
     [port_session(0), loop(3), loop(30, pid=882)], [CALL],
     [port(), ssh("authorized"), ssh("unauthorized", "api-call-reused")], covered=False)
for at, fits in ((119, True), (123, False)):
    case(f"ssm-ssh: {at} s after the connection", [port_session(0), loop(at)], [CALL],
         [port(), ssh("authorized") if fits else ssh("unauthorized", "api-call-expired")])
case("ssm-ssh: after its end", [port_session(0), ended(20), loop(60)], [CALL], [port(), DIRECTLY])
case("ssm-ssh: before its connection", [loop(-60), port_session(0)], [CALL], [DIRECTLY, port()])
case("ssm-ssh: forwarding lets many in",
     [port_session(0, document=FORWARD), loop(3), loop(900, pid=882)],
     [start(-2, document=FORWARD, parameters={"portNumber": ["22"]})],
     [port(), ssh("authorized"), ssh("authorized")])
case("ssm-ssh: forwarding to another port",
     [port_session(0, document=FORWARD, port="8443"), loop(3)],
     [start(-2, document=FORWARD, parameters={"portNumber": ["8443"]})], [port(), DIRECTLY])
case("ssm-ssh: forwarding to a port where sshd listens",
     [listening(-50, 2222), port_session(0, document=FORWARD, port="2222"), loop(3)],
     [start(-2, document=FORWARD, parameters={"portNumber": ["2222"]})],
     [port(), ssh("authorized")])
case("ssm-ssh: forwarding to another host",
     [port_session(0, document=REMOTE, to="db.internal.example"), loop(3)],
     [start(-2, document=REMOTE,
            parameters={"portNumber": ["22"], "host": ["db.internal.example"]})],
     [port(), DIRECTLY])
case("ssm-ssh: port and document are the call's", [started(0), plugin(0, name="Port"), loop(3)],
     [start(-2, document=FORWARD, parameters={"portNumber": ["8443"]})], [port(), DIRECTLY])
case("ssm-ssh: the document is the call's, used twice",
     [started(0), plugin(0, name="Port"), loop(3), loop(30, pid=882)], [CALL],
     [port(), ssh("authorized"), ssh("unauthorized", "api-call-reused")])
case("ssm-ssh: nobody started the session", [port_session(0), loop(3)], [],
     [port("unauthorized", "no-api-call"), ssh("unauthorized", "no-api-call")])
case("ssm-ssh: nobody started the session, nothing covered", [port_session(0), loop(3)], [],
     [port("unverifiable", "no-api-log"), ssh("unverifiable", "no-api-log")], covered=False)
case("ssm-ssh: the session was another instance's", [port_session(0), loop(3)],
     [start(-2, target=OTHER, document="AWS-StartSSHSession")],
     [port("unauthorized", "wrong-instance"), ssh("unauthorized", "wrong-instance")])
case("ssm-ssh: two sessions, two logins",
     [port_session(0), port_session(1, "alice-0a1b2c3d4e5f60799"), loop(3), loop(4, pid=882)],
     [CALL, start(-1, "alice-0a1b2c3d4e5f60799", document="AWS-StartSSHSession")],
     [port(), port(), ssh("authorized"), ssh("authorized")])

# ---- a pushed key through a port session: each door by its own call ---------------------------
BOTH = [port_session(0), offered(3), loop(3.2, key=KEY)]
case("two doors: both vouched for", BOTH, [CALL, push(1, id_="e-push")],
     [port(), login("authorized", path=CONNECT, through=SSM_SSH, call="e-push")],
     check=lambda r: None if r.logins[1]["through_api_call"]["name"] == "StartSession"
     else "through")
case("two doors: no push", BOTH, [CALL],
     [port(), login("unauthorized", "no-api-call", path=CONNECT, through=SSM_SSH, api_call=None)])
case("two doors: no session call", BOTH, [push(1)],
     [port("unauthorized", "no-api-call"),
      login("unauthorized", "no-api-call", path=CONNECT, through=SSM_SSH, through_api_call=None)])
case("two doors: both wrong, both reasons", BOTH, [push(1, user="deploy")],
     [port("unauthorized", "no-api-call"),
      login("unauthorized", "wrong-os-user", "no-api-call", path=CONNECT, through=SSM_SSH)])
case("two doors: the worse wins", BOTH, [push(1, user="deploy")],
     [port("unverifiable", "no-api-log"),
      login("unauthorized", "wrong-os-user", "no-api-log", path=CONNECT, through=SSM_SSH)],
     covered=False)
case("two doors: a payload says which port", [payload(-1, SESSION, "AWS-StartSSHSession",
                                                      parameters={"portNumber": "22"},
                                                      session_type="Port"),
                                              started(0), plugin(0, name="Port"), loop(HOUR)],
     [CALL], [port(), ssh("unauthorized", "api-call-expired")])
