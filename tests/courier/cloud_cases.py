# SPDX-License-Identifier: Apache-2.0
"""What the tests of countersign-courier against a stand-in for a cloud share: a report of checks, what
holds of every answer, and a runner of tests side by side, for most of the time is waiting for what
hangs."""
import subprocess
import sys
import threading
import time

from client import ASK_CHECK, ASK_IDENTITY, ASK_PAGE, Ended

CANARY = b"CANARYCANARY"
DEADLINE = 45.0


class Report:
    def __init__(self):
        self.lock = threading.Lock()
        self.passed = self.failed = 0

    def check(self, name, held, *said):
        with self.lock:
            self.passed += bool(held)
            self.failed += not held
            if not held:
                print("FAIL:", name, *said, flush=True)


def no_secrets(report, name, courier, standin=None):
    """`standin`: one that complains of what no honest agent sends."""
    report.check(name + ": no secret is told", CANARY not in courier.seen + courier.complaints())
    report.check(name + ": it says nothing on stderr", courier.complaints() == b"",
                 courier.complaints()[:300])
    if standin:
        complaints = standin.get("complaints")
        report.check(name + ": it sends what it should", not complaints, complaints[:5])


def check_fault(report, name, wanted, answer, took):
    """What holds of an answer while a fault of the service lasts."""
    report.check(name, answer["outcome"] in wanted, answer["outcome"], answer["detail"], "not", wanted)
    report.check(name + ": in time", took < DEADLINE, took)
    report.check(name + ": it says why", answer["outcome"] == "ok" or answer["detail"], answer)
    report.check(name + ": a page comes only with ok", (answer["outcome"] == "ok") == bool(answer["body"]))


def check_requests(report, name, made, asked, most):
    """What the courier may have sent meanwhile: `asked` of all that was `made` was for the page."""
    report.check(name + ": requests", len(asked) <= most, len(asked), "more than", most)
    report.check(name + ": nothing is followed", not any(one.get("followed") for one in made))


def faults_together(in_turn, expected, alone, more_of_tls=()):
    """Every fault expected: `alone` each with a stand-in of its own, the others in turn, and what
    needs TLS in turn. `in_turn(names, words)` does so, with a stand-in started with the words."""
    quick = [name for name in expected if not name.startswith("tls-") and name not in alone]
    threads = [threading.Thread(target=in_turn, args=([name], ())) for name in alone]
    for thread in threads:
        thread.start()
    in_turn(quick, ())
    in_turn([name for name in expected if name.startswith("tls-")]
            + ["reset-in-body", "redirect-to-metadata", "chunked", *more_of_tls], ["--tls"])
    for thread in threads:
        thread.join()


def leave_while_asked(report, name, courier, kind, page, arrived):
    """The daemon goes while it is being answered: so does the courier, without complaint (a leak
    would be one, in a build with sanitizers). `arrived()` is whether the request came as far as it is
    to come."""
    courier.send({"check": ASK_CHECK, "identity": ASK_IDENTITY}.get(kind, ASK_PAGE),
                 b"" if kind in ("check", "identity") else page)
    deadline = time.monotonic() + DEADLINE
    while not arrived() and time.monotonic() < deadline:
        time.sleep(0.02)
    courier.socket.close()
    try:
        status = courier.process.wait(10)
    except subprocess.TimeoutExpired:
        status = "still running"
    report.check(f"gone: {name}, {kind}", status == 0, status,
                 courier.complaints().decode(errors="replace")[:2000])


def run_one(report, program, name, run):
    began = time.monotonic()
    try:
        run(report, program)
    except (Ended, AssertionError, OSError, KeyError, ValueError, IndexError) as problem:
        report.check(name, False, repr(problem))
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


def run_tests(names, fault_count):
    """Runs the functions of a module (`names`: its globals) that are called test_..., or those of
    them that the command line names; the result is for sys.exit()."""
    program, wanted = sys.argv[1], sys.argv[2:]
    report = Report()
    threads = [threading.Thread(target=run_one, args=(report, program, name, run))
               for name, run in list(names.items())
               if name.startswith("test_") and (not wanted or name in wanted)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{report.passed} checks passed, {report.failed} failed, {fault_count} faults")
    return report.failed > 0
