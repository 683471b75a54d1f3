#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""Puts countersign's configuration in place, all of it or nothing: what would be in force is made
in a folder of its own and checked by countersign check-config there, also in check mode."""

import os
import re
import shutil
import tempfile

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: countersign_config
short_description: Checks countersign's configuration, and puts it in place
description:
  - What the host has, and what is given here, is checked together. When it is not sound nothing is
    changed.
options:
  files:
    description: Names in conf.d, and their texts. An empty text removes the file.
    type: dict
    default: {}
  main:
    description: Text of countersign.conf; empty leaves it as it is.
    type: str
    default: ""
  policy:
    description: Text of policy.conf; empty leaves it as it is.
    type: str
    default: ""
  root:
    description: Folder of the configuration.
    type: path
    default: /etc/countersign
author: countersign maintainers
"""
EXAMPLES = r"""
- name: Ask less often
  countersign_config:
    files:
      50-fleet.conf: |
        [correlation]
        poll_interval = 2h
"""
RETURN = r"""
files:
  description: What was changed, or would be.
  type: list
  elements: str
  returned: always
"""

MAIN, POLICY, FOLDER = "countersign.conf", "policy.conf", "conf.d"
MODE = 0o644


def read(path):
    """What a file has, None where it is not there."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)


def whole(text):
    return text if text.endswith("\n") else text + "\n"


def list_wanted(module):
    """{path below the root: its text, or None where it is to go}"""
    wanted = {}
    for name, text in module.params["files"].items():
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.conf", name):
            module.fail_json(msg=f"'{name}' is no name for a file of {FOLDER}: it ends with .conf, and has "
                                 "letters, digits, '.', '_' and '-' alone")
        if not isinstance(text, str):
            module.fail_json(msg=f"what {name} is to have is no text")
        wanted[os.path.join(FOLDER, name)] = whole(text) if text.strip() else None
    for name, text in ((MAIN, module.params["main"]), (POLICY, module.params["policy"])):
        if text.strip():
            wanted[name] = whole(text)
    return wanted


def is_so(path, text):
    """Whether it has the text, is root's, and nobody else may write it."""
    if read(path) != text:
        return False
    if text is None:
        return True
    status = os.stat(path)
    return (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (0, 0, MODE)


def stage(root, folder, wanted):
    """Makes in the folder what would be in force."""
    os.mkdir(os.path.join(folder, FOLDER), 0o755)
    found = {name: read(os.path.join(root, name)) for name in (MAIN, POLICY)}
    if os.path.isdir(os.path.join(root, FOLDER)):
        for name in os.listdir(os.path.join(root, FOLDER)):
            if name.endswith(".conf") and not name.startswith("."):
                found[os.path.join(FOLDER, name)] = read(os.path.join(root, FOLDER, name))
    found.update(wanted)
    if found[MAIN] is None:
        found[MAIN] = ""
    for name, text in found.items():
        if text is not None:
            write(os.path.join(folder, name), text)


def check(module, wanted):
    """Fails where what would be in force is not sound."""
    program = module.get_bin_path("countersign")
    if not program:
        if not module.check_mode:
            module.fail_json(msg="there is no countersign to check the configuration with")
        module.warn("countersign is not there yet: the configuration was not checked")
        return
    root, folder = module.params["root"], tempfile.mkdtemp(dir=module.tmpdir)
    try:
        stage(root, folder, wanted)
        status, out, err = module.run_command(
            [program, "check-config", "--config=" + os.path.join(folder, MAIN)])
    finally:
        shutil.rmtree(folder)
    if status != 0:
        told = (out + err).replace(folder, root).strip()
        module.fail_json(msg="the configuration would be wrong, and was not touched: " + told)


def put(module, path, text):
    if text is None:
        os.unlink(path)
        return
    handle, new = tempfile.mkstemp(dir=module.tmpdir)
    os.close(handle)
    write(new, text)
    module.atomic_move(new, path)
    os.chown(path, 0, 0)
    os.chmod(path, MODE)


def main():
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "dict", "default": {}},
            "main": {"type": "str", "default": ""},
            "policy": {"type": "str", "default": ""},
            "root": {"type": "path", "default": "/etc/countersign"},
        },
        supports_check_mode=True,
    )
    root = module.params["root"]
    wanted = list_wanted(module)
    check(module, wanted)
    changes = {os.path.join(root, name): text for name, text in sorted(wanted.items())
               if not is_so(os.path.join(root, name), text)}
    diff = [{"before_header": path, "after_header": path, "before": read(path) or "",
             "after": text or ""} for path, text in changes.items()]
    if changes and not module.check_mode:
        os.makedirs(os.path.join(root, FOLDER), 0o755, exist_ok=True)
        for path, text in changes.items():
            put(module, path, text)
    module.exit_json(changed=bool(changes), files=list(changes), diff=diff)


if __name__ == "__main__":
    main()
