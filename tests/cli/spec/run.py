# SPDX-License-Identifier: Apache-2.0
"""Runs the cases: run.py BINARY [PART OF A NAME]..."""
import concurrent.futures
import importlib
import os
import sys
import tempfile

sys.dont_write_bytecode = True  # the sources may be read only

import lab  # noqa: E402
import runner  # noqa: E402

MODULES = ("instance_connect", "systems_manager", "consoles_and_tunnels", "ssh_over_sessions",
           "coverage", "time_passes", "inputs", "hosts_and_trust", "output")


def main():
    binary = os.path.abspath(sys.argv[1])
    for name in MODULES:
        importlib.import_module(name)
    parts = sys.argv[2:]
    cases = [one for one in lab.CASES if not parts or any(part in one["name"] for part in parts)]
    names = [one["name"] for one in lab.CASES]
    failed = len(names) - len(set(names))
    if failed:
        print(f"{failed} names are there twice: "
              f"{sorted({name for name in names if names.count(name) > 1})}")

    def run(one):
        with tempfile.TemporaryDirectory(prefix="countersign-spec.") as folder:
            return runner.run(one, folder, binary)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for one, wrong in zip(cases, pool.map(run, cases)):
            if wrong:
                failed += 1
                print(f"FAIL: {one['name']}", *("  " + text for text in wrong), sep="\n")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
