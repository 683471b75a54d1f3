#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks records against OCSF, as ocsf_facts.py has it: one JSON object a line on standard
input or in the files named, or one a file (*.json). Prints what is wrong and the counts;
exit status 1 when anything is."""

import collections
import json
import re
import sys

import ocsf_facts as facts

ATTRIBUTE = re.compile(r"(\w+)([!+?])(\[?)([\w{}]+)\]?$")
TIME_MAX = 253402300800000  # the year 10000


class Schema:
    """The facts of one version, parsed."""

    def __init__(self, version):
        changes = facts.VERSIONS[version]
        self.version = version
        self.objects, self.classes = {}, {}
        added = changes.get("objects", {})
        for name in {*facts.OBJECTS, *added}:
            self.objects[name] = parse(facts.OBJECTS.get(name, "") + " " + added.get(name, ""))
        for name, gone in changes.get("deprecated", {}).items():
            for attribute in gone.split():
                del self.objects[name][attribute]
        self.at_least_one = {name: words.split() for name, words in
                             {**facts.AT_LEAST_ONE,
                              **changes.get("at_least_one", {})}.items()}
        for uid, of_class in facts.CLASSES.items():
            text = facts.EVERY.format(activity=of_class["activity"])
            text += of_class["attributes"] + " " + changes.get("classes", {}).get(uid, "")
            self.classes[uid] = parse(text)


def parse(text):
    attributes = {}
    for word in text.split():
        name, requirement, array, kind = ATTRIBUTE.match(word).groups()
        attributes[name] = (requirement, bool(array), kind)
    return attributes


SCHEMAS = {version: Schema(version) for version in facts.VERSIONS}


class Checker:
    def __init__(self):
        self.errors = []
        self.checked = collections.Counter()
        self.recommended = collections.defaultdict(lambda: [0, 0])

    def wrong(self, where, what):
        self.errors.append(f"{where}: {what}")

    def record(self, record, where):
        metadata, uid = record.get("metadata"), record.get("class_uid")
        version = metadata.get("version") if isinstance(metadata, dict) else None
        if version not in SCHEMAS or uid not in facts.CLASSES:
            return self.wrong(where, f"version {version!r}, class {uid!r}")
        schema, of_class = SCHEMAS[version], facts.CLASSES[uid]
        attributes = dict(schema.classes[uid])
        profiles = metadata.get("profiles")
        for profile in profiles if isinstance(profiles, list) else []:
            for name, fact in parse(facts.PROFILES[profile]).items():
                attributes.setdefault(name, fact)
        self.checked[f"{version} {of_class['name']}"] += 1
        self.members(schema, record, attributes, where, of_class["name"])
        self.one_of(record, of_class.get("at_least_one", "").split(), where)
        return self.classification(record, uid, of_class, where)

    def classification(self, record, uid, of_class, where):
        number, name = of_class["category"]
        for member, value in (("category_uid", number), ("category_name", name),
                              ("class_name", of_class["name"]),
                              ("type_uid", uid * 100 + record.get("activity_id", 0)),
                              ("type_name", f"{of_class['name']}: "
                                            f"{record.get('activity_name')}")):
            if record.get(member) != value:
                self.wrong(where, f"{member} is {record.get(member)!r}, not {value!r}")

    def members(self, schema, json_object, attributes, where, what):
        for name in json_object:
            if name not in attributes:
                self.wrong(where, f"'{name}' is no attribute of {what}")
        for name, (requirement, is_array, kind) in attributes.items():
            if requirement == "+":
                counts = self.recommended[f"{what}.{name}"]
                counts[name in json_object] += 1
            if name not in json_object:
                if requirement == "!":
                    self.wrong(where, f"'{name}' of {what} is required")
                continue
            value = json_object[name]
            if is_array and not isinstance(value, list):
                self.wrong(f"{where}.{name}", "is no array")
                continue
            for item in value if is_array else [value]:
                self.value(schema, json_object, name, item, kind, f"{where}.{name}")

    def one_of(self, json_object, names, where):
        if names and not any(name in json_object for name in names):
            self.wrong(where, "has none of " + ", ".join(names))

    def value(self, schema, parent, name, value, kind, where):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if kind in facts.ENUMS:
            self.enum(parent, name, value, facts.ENUMS[kind], where)
        elif kind in schema.objects:
            if not isinstance(value, dict):
                return self.wrong(where, f"is no {kind}")
            self.members(schema, value, schema.objects[kind], where, kind)
            self.one_of(value, schema.at_least_one.get(kind, []), where)
        elif not {"s": isinstance(value, str) and value != "",
                  "b": isinstance(value, bool),
                  "i": is_number and -2**63 <= value < 2**63,
                  "l": is_number and -2**63 <= value < 2**63,
                  "t": is_number and -TIME_MAX < value < TIME_MAX,
                  "port": is_number and 0 < value < 65536,
                  "any": isinstance(value, dict)}[kind]:
            self.wrong(where, f"is {value!r}, not of type {kind}")
        return None

    def enum(self, parent, name, value, captions, where):
        if type(value) is not int or value not in captions:
            return self.wrong(where, f"has no value {value!r}")
        sibling = {"activity_id": "activity_name"}.get(name, name.removesuffix("_id"))
        caption = parent.get(sibling)
        if captions[value] is None:
            if not caption:
                self.wrong(where, f"is Other, and {sibling} does not say what")
        elif caption != captions[value]:
            self.wrong(where, f"is {value}, and {sibling} is {caption!r}")
        return None


def records_of(names):
    if not names:
        for number, line in enumerate(sys.stdin, 1):
            yield f"line {number}", json.loads(line)
    for name in names:
        with open(name, encoding="utf-8") as file:
            if name.endswith(".json"):
                yield name, json.load(file)
            else:
                for number, line in enumerate(file, 1):
                    yield f"{name}:{number}", json.loads(line)


def main():
    show_recommended = "--recommended" in sys.argv
    names = [name for name in sys.argv[1:] if name != "--recommended"]
    checker = Checker()
    for where, record in records_of(names):
        checker.record(record, where)
    for error in checker.errors[:100]:
        print(error)
    if show_recommended:
        for name, (missing, there) in sorted(checker.recommended.items()):
            print(f"  {name}: there {there}, missing {missing}")
    for name, count in sorted(checker.checked.items()):
        print(f"OCSF {name}: {count} records")
    there = sum(counts[1] for counts in checker.recommended.values())
    missing = sum(counts[0] for counts in checker.recommended.values())
    print(f"recommended attributes: {there} there, {missing} missing; "
          f"{sum(checker.checked.values())} records, {len(checker.errors)} errors")
    return 1 if checker.errors or not checker.checked else 0


if __name__ == "__main__":
    sys.exit(main())
