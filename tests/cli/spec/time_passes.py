# SPDX-License-Identifier: Apache-2.0
"""--now: what may still come; zones, years, and the turn of the year."""
from lab import (CONNECT, DAY, DIRECT, HOUR, KEY, KEY2, SERIAL, Line, accepted, case, command,
                 cover,
                 dialup, login, offered, push, send, session, sign, start)

LINES = [offered(0), accepted(0)]
SOME = ("kms", "sts")


def as_of(name, now, first, last, verdict, calls=(), lines=None, others=(), **more):
    """`now` is a clock time of the day; the API log goes from `first` to `last`."""
    case(f"now: {name}", lines or LINES, cover(first, last, SOME) + list(calls),
         [verdict, *others] if verdict else [], covered=False,
         args=["--now", f"2026-03-02T{now}Z"], **more)


PENDING = login("pending", path=CONNECT, api_call=None)
EARLY = login("unauthorized", "no-api-call", stage="provisional", path=CONNECT)
LATE = login("unauthorized", "no-api-call", path=CONNECT)
BLIND = login("unverifiable", "no-progress", path=CONNECT)

as_of("before the login", "11:59:59", -HOUR, 10, None)
as_of("just after it", "12:00:05", -HOUR, 5, PENDING)
as_of("a second before provisional", "12:10:00", -HOUR, 599, PENDING)
as_of("provisional", "12:10:00", -HOUR, 600, EARLY)
as_of("a second before final", "13:00:00", -HOUR, 3599, EARLY)
as_of("final", "13:00:00", -HOUR, 3600, LATE)
as_of("the log goes on after --now", "12:10:00", -HOUR, 9000, EARLY)
as_of("no progress, not yet blind", "12:29:00", -HOUR, 100, PENDING)
as_of("no progress, blind", "12:31:41", -HOUR, 100, BLIND, findings=["control-plane-blind low"])
as_of("no progress, a moment before blind", "12:31:39", -HOUR, 100, PENDING)
as_of("two logins hours apart, all covered", "18:00:00", -HOUR, 6 * HOUR,
      LATE, [push(4 * HOUR, key=KEY2, request="req-2")],
      [LINES, session(4 * HOUR, "alice-0a1b2c3d4e5f60711")], others=[
          login("unauthorized", "no-api-call", stage="final")])
as_of("the log ends long before the last line", "18:00:00", -HOUR, 3700, LATE,
      lines=[LINES, accepted(5 * HOUR, key=None)], others=[login("not-judged")])
as_of("the window is not covered", "13:00:00", -90, 4000,
      login("unverifiable", "no-api-log", path=CONNECT))
as_of("authorized at once", "12:00:01", -HOUR, 1, login("authorized", path=CONNECT), [push(-5)])
as_of("a call after --now is not seen", "12:00:01", -HOUR, 1, PENDING, [push(20)])
as_of("a late call takes it back", "12:00:21", -HOUR, 20, login("authorized"), [push(20)])
as_of("wrong user waits for provisional", "12:10:00", -HOUR, 600,
      login("unauthorized", "wrong-os-user", stage="provisional"), [push(-5, user="deploy")])
as_of("an exact key, a session", "13:00:00", -HOUR, 3600,
      login("unauthorized", "no-api-call", path="aws-ssm-session"), lines=session(0))
as_of("a weak key, provisional after an hour", "13:00:00", -2 * HOUR, 3600,
      login("unauthorized", "no-api-call", path=SERIAL, stage="provisional"), lines=dialup(0))
as_of("a weak key, final after two", "14:00:00", -2 * HOUR, 7200,
      login("unauthorized", "no-api-call", path=SERIAL), lines=dialup(0))
as_of("a command covered for less than a day", "14:00:00", -HOUR, 7200,
      login("unverifiable", "call-may-be-older"), lines=command(0))
as_of("not judged is not judged", "12:00:01", -HOUR, 1, login("not-judged", path=DIRECT),
      lines=[accepted(0)])
case("now: no API log at all", LINES, [], [login("unverifiable", "no-api-log")], covered=False,
     args=["--now", "2026-03-02T12:00:05Z"])
case("now: without it, verdicts are final", LINES, cover(-91, 30, SOME), [LATE], covered=False)
case("now: a session nobody came for is not told before its time", [], [start(0)],
     findings=[], args=["--now", "2026-03-02T12:01:00Z"])
case("now: a command nobody came for is not told before its time", [], [send(0)],
     findings=[], args=["--now", "2026-03-02T18:00:00Z"])


# ---- zones and years --------------------------------------------------------------------------
def traditional(date, clock, port=50022, pid=881):
    return (f"{date} {clock} ip-10-0-3-7 sshd[{pid}]: Accepted publickey for ubuntu from "
            f"203.0.113.9 port {port} ssh2: ED25519 {KEY.print}\n")


def dated(name, text, times, **more):
    case(f"time: {name}", files={"old.log": text}, covered=False,
         logins=[login("not-judged", time=time) for time in times], **more)


MARCH = traditional("Mar  2", "12:00:00")
dated("--tz", MARCH, ["2026-03-02T11:00:00Z"], args=["--year", "2026", "--tz", "Europe/Berlin"])
dated("--tz is this machine's otherwise", MARCH, ["2026-03-02T17:00:00Z"],
      args=["--year", "2026"], zone="America/New_York")
dated("--year", MARCH, ["2011-03-02T12:00:00Z"], args=["--year", "2011"])
dated("the year nearest to --now", MARCH, ["2023-03-02T12:00:00Z"], args=["--now", "2023-08-01"])
dated("the year nearest to --now, in the year before", traditional("Dec 30", "12:00:00"),
      ["2022-12-30T12:00:00Z"], args=["--now", "2023-01-02"])
dated("the year nearest to the API logs", MARCH, ["2026-03-02T12:00:00Z"],
      calls=cover(-30 * DAY, 30 * DAY))
dated("the year nearest to the API logs, in the year before", traditional("Dec 30", "12:00:00"),
      ["2025-12-30T12:00:00Z"], calls=[sign(-60 * DAY, "kms"), sign(-58 * DAY, "sts")])
dated("the turn of the year",
      traditional("Dec 31", "23:59:59") + traditional("Jan  1", "00:00:01", 50023, 882),
      ["2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"], args=["--year", "2025"])
dated("five months on is the same year",
      traditional("Jun 10", "12:00:00") + traditional("Jan 12", "12:00:00", 50023, 882),
      ["2025-01-12T12:00:00Z", "2025-06-10T12:00:00Z"], args=["--year", "2025"])
dated("six months back is the next year",
      traditional("Jul 10", "12:00:00") + traditional("Jan 12", "12:00:00", 50023, 882),
      ["2025-07-10T12:00:00Z", "2026-01-12T12:00:00Z"], args=["--year", "2025"])
dated("29 February", traditional("Feb 29", "12:00:00"), ["2024-02-29T12:00:00Z"],
      args=["--year", "2024"])
dated("other offsets", MARCH.replace("Mar  2 12:00:00", "2026-03-02T12:00:00.5+05:30"),
      ["2026-03-02T06:30:00.500000Z"])
dated("RFC 5424", MARCH.replace("Mar  2 12:00:00 ip-10-0-3-7 sshd[881]:",
                                "<86>1 2026-03-02T12:00:00.25Z ip-10-0-3-7 sshd 881 - -"),
      ["2026-03-02T12:00:00.250000Z"])
case("time: the agent's log is in local time", session(0), [start(-2 - HOUR)],
     [login("authorized", time="2026-03-02T11:00:00Z")], args=["--tz", "Europe/Berlin"])
case("time: the agent's log, seconds only",
     [Line("ssm.log", 0, f"2026-03-02 12:00:00 INFO {line.text.split(' INFO ')[1]}")
      for line in session(0)], [start(-2)], [login("authorized", time="2026-03-02T12:00:00Z")])


# ---- the hour that happens twice: 25 October 2026, 02:30 in Berlin, is 00:30 or 01:30 UTC -----
OCTOBER = 236 * DAY + 12 * HOUR  # midnight, UTC


def twice(name, at, verdict, *reasons, **more):
    case(f"time: twice, {name}", [], [push(OCTOBER + at, request="other")] + cover(
        OCTOBER - HOUR, OCTOBER + 5 * HOUR), [login(verdict, *reasons)], covered=False,
        args=["--year", "2026", "--tz", "Europe/Berlin"],
        files={"old.log": traditional("Oct 25", "02:30:00").replace(
            "sshd[881]: Accepted", "ec2-instance-connect[7]: Providing ssh key from EC2 Instance "
            f"Connect with fingerprint: {KEY.print}, request-id: r, for IAM principal: p\n"
            "Oct 25 02:30:00 ip-10-0-3-7 sshd[881]: Accepted")}, **more)


twice("pushed the first time", 30 * 60 - 5, "authorized")
twice("pushed the second time", 90 * 60 - 5, "authorized")
twice("pushed neither time", 10 * 60, "unauthorized", "api-call-expired")
