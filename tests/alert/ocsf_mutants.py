#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether ocsf_check.py would notice: one at a time every member of the records named is
renamed, given another type, taken away where it is required, and given another number
where it is one of an enumeration. Prints the counts; exit status 1 when one of these goes
unnoticed."""

import copy
import json
import sys

import ocsf_check
import ocsf_facts as facts


def places(schema, json_object, attributes, path=()):
    """Every member, by the path to it, and whether it is required there."""
    for name, value in json_object.items():
        requirement, _, kind = attributes.get(name, ("?", False, None))
        yield (*path, name), requirement == "!"
        if kind not in schema.objects:
            continue
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for i, item in items:
            below = (*path, name) if i is None else (*path, name, i)
            yield from places(schema, item, schema.objects[kind], below)


def is_sound(record):
    checker = ocsf_check.Checker()
    checker.record(record, "")
    return not checker.errors


def changed(record, path, change):
    made = copy.deepcopy(record)
    parent = made
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    return made


def rename(parent, name):
    parent[name + "x"] = parent.pop(name)


def retype(parent, name):
    parent[name] = 1.5


def renumber(parent, name):
    parent[name] += 1000


def attributes_of(schema, record):
    attributes = dict(schema.classes[record["class_uid"]])
    for profile in facts.PROFILES.values():
        attributes.update(ocsf_check.parse(profile))
    return attributes


def changes_of(path, is_required):
    yield from (rename, retype)
    if is_required:
        yield dict.pop
    if path[-1].endswith("_id") or path[-1].endswith("_uid") and len(path) == 1:
        yield renumber


def main():
    tried = unnoticed = 0
    for file_name in sys.argv[1:]:
        with open(file_name, encoding="utf-8") as file:
            record = json.load(file)
        if not is_sound(record):
            print(f"{file_name}: is not sound by itself")
            return 1
        schema = ocsf_check.SCHEMAS[record["metadata"]["version"]]
        for path, is_required in places(schema, record, attributes_of(schema, record)):
            for change in changes_of(path, is_required):
                tried += 1
                if is_sound(changed(record, path, change)):
                    unnoticed += 1
                    print(f"{file_name}: {change.__name__} of {path} goes unnoticed")
    print(f"{tried} changes, {unnoticed} unnoticed")
    return 1 if unnoticed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
