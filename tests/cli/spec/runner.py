# SPDX-License-Identifier: Apache-2.0
"""Runs one case: writes its files, runs the binary on them, and says what is not as expected."""
import collections
import gzip
import json
import os
import shlex
import subprocess

from lab import DAY, FINDING_OF, cover, flat

def write_inputs(one, folder):
    """Writes the files and returns the arguments that name them."""
    hosts, apis = {}, []
    for line in sorted(flat([one["lines"]]), key=lambda line: line.time):
        hosts.setdefault(line.file, []).append(line.text)
    args = []
    for name, texts in hosts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write("".join(text + "\n" for text in texts))
        args += ["--host-log", name]
    records = list(flat([one["calls"]]))
    if one["covered"]:
        records += cover(-2 * DAY, 2 * DAY)
    if records:
        with open(os.path.join(folder, "calls.json"), "w", encoding="utf-8") as f:
            json.dump({"Records": records}, f)
        apis.append("calls.json")
    for name, content in (one["files"] or {}).items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        with open(path, "wb") as f:
            f.write(gzip.compress(data) if name.endswith(".gz") and data[:2] != b"\x1f\x8b"
                    else data)
        top = name.split("/")[0]
        if top.endswith((".log", ".log.gz", ".export", ".d")):
            if ["--host-log", top] not in [args[i:i + 2] for i in range(len(args))]:
                args += ["--host-log", top]
        elif top.endswith(".conf"):
            pass
        elif top not in apis:
            apis.append(top)
    for name in apis:
        args += ["--api-log", name]
    if one["identity"]:
        with open(os.path.join(folder, "identity.json"), "w", encoding="utf-8") as f:
            json.dump(one["identity"], f)
        args += ["--identity", "identity.json"]
    elif one["instance"]:
        args += ["--instance", one["instance"]]
    return args + list(one["args"])


def shown(got, key):
    if key == "call":
        return got["api_call"] and got["api_call"]["id"]
    if key == "on":
        return got["api_call"] and got["api_call"]["matched_on"]
    if key == "by":
        return got["api_call"] and got["api_call"]["principal"]
    if key == "through_call":
        return got["through_api_call"] and got["through_api_call"]["id"]
    if key == "hinted":
        return got["hint"] is not None
    if key == "ended_at":
        return got["ended"] and got["ended"].replace(".000000", "")
    return got[key]


def compare_logins(wanted, got, complain):
    if len(wanted) != len(got):
        brief = [[g["time"], g["path"], g["os_user"], g["verdict"], g["reasons"]] for g in got]
        complain(f"{len(got)} logins, expected {len(wanted)}: {brief}")
        return
    for i, (want, have) in enumerate(zip(wanted, got)):
        for key, value in want.items():
            if shown(have, key) != value:
                complain(f"login {i + 1}: {key} is {shown(have, key)!r}, expected {value!r}"
                         f" ({have['path']} {have['verdict']} {have['reasons']})")


def expected_findings(one):
    if one["findings"] is not None:
        return sorted(one["findings"])
    return sorted(
        FINDING_OF[want["reasons"][0]] + (" low" if want["stage"] == "provisional" else " high")
        for want in one["logins"] if want["verdict"] == "unauthorized")


def expected_status(one, findings):
    if one["status"] is not None:
        return one["status"]
    bad = any(want["verdict"] == "unauthorized" for want in one["logins"])
    return 1 if bad or any(not f.endswith(" low") for f in findings) else 0


Result = collections.namedtuple("Result", "status out err logins findings summary")


def run(one, folder, binary):
    """Runs a case; returns what is wrong with it."""
    wrong = []
    args = write_inputs(one, folder)
    plain = any(a.startswith(("--color", "--explain", "--help", "--format")) for a in args)
    if not plain:
        args.append("--json")
    environment = dict(os.environ, TZ=one["zone"], LC_ALL="C.UTF-8")
    done = subprocess.run([binary, "replay"] + args, cwd=folder, env=environment, timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    err = done.stderr.decode("utf-8", "replace")
    out = done.stdout.decode("utf-8", "replace")
    findings = expected_findings(one)
    status = expected_status(one, findings)
    if done.returncode != status:
        wrong.append(f"exit status {done.returncode}, expected {status}; stderr: {err[:1500]}")
    wrong += [f"no {text!r} on stderr: {err[:600]}" for text in one["err"] if text not in err]
    wrong += [f"no {text!r} on stdout: {out[:600]}" for text in one["out"] if text not in out]
    wrong += [f"{text!r} on stdout" for text in one["lacks"] if text in out]
    if not plain and done.stdout:
        compare(one, status, (done, out, err), findings, wrong)
    elif not plain and one["logins"]:
        wrong.append(f"no output; stderr: {err[:600]}")
    if wrong:
        wrong.append("countersign replay " + shlex.join(args))
    return wrong


def compare(one, status, said, findings, wrong):
    done, out, err = said
    try:
        rows = [json.loads(row) for row in out.splitlines()]
    except ValueError as error:
        wrong.append(f"not JSON: {error}")
        return
    logins = [row for row in rows if row["type"] == "login"]
    told = [row for row in rows if row["type"] == "finding"]
    compare_logins(list(one["logins"]), logins, wrong.append)
    got = sorted(f"{f['rule']} {f['severity']}" for f in told)
    if got != findings:
        wrong.append(f"findings {got}, expected {findings}")
    if not err and status == 3:
        wrong.append("exit 3, and nothing said why")
    if one["check"]:
        text = one["check"](Result(done.returncode, out, err, logins, told, rows[-1]))
        if text:
            wrong.append(str(text))
