# SPDX-License-Identifier: Apache-2.0
"""The part of the Logging query language that the agent speaks, read as Cloud Logging reads it:
comparisons (=, :, >=, <=) of a field with a quoted text or with several, "OR" of which binds before
"AND", whether there is a field at all (:*), and parentheses. What is not of it raises BadFilter, as the service answers INVALID_ARGUMENT."""
import calendar
import re
import time

TOKENS = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(>=|<=|=|:)|([()*])|([A-Za-z_][A-Za-z0-9_.]*))')
LONGEST = 20000


class BadFilter(Exception):
    pass


def moment(text):
    """RFC 3339 as seconds."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z", text)
    if not found:
        raise BadFilter(f"no time: '{text}'")
    return (calendar.timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%S"))
            + float(found[2] or 0))


def split(text):
    at, tokens = 0, []
    text = text.rstrip()
    while at < len(text):
        found = TOKENS.match(text, at)
        if not found:
            raise BadFilter(f"unparseable at '{text[at:at + 20]}'")
        quoted, sign, bracket, word = found.groups()
        kind = "text" if quoted else "sign" if sign else bracket or "word"
        tokens.append((kind, re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted else sign or word))
        at = found.end()
    return tokens


def value_at(entry, path):
    for name in path.split("."):
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


class Filter:
    """`holds(entry)`; `fields` are those that it speaks of."""

    def __init__(self, text):
        if len(text) > LONGEST:
            raise BadFilter("too long")
        self.tokens = split(text)
        self.fields = set()
        self.holds = self.conjunction() if self.tokens else lambda entry: True
        if self.tokens:
            raise BadFilter(f"'{self.tokens[0][1]}' is one too many")

    def take(self, kind, value=None):
        if not self.tokens or self.tokens[0][0] != kind or value not in (None, self.tokens[0][1]):
            return None
        return self.tokens.pop(0)

    def need(self, kind):
        taken = self.take(kind)
        if not taken:
            raise BadFilter(f"{kind} expected before {self.tokens[:1]}")
        return taken[1]

    def conjunction(self):
        parts = [self.disjunction()]
        while self.take("word", "AND"):
            parts.append(self.disjunction())
        return lambda entry: all(part(entry) for part in parts)

    def disjunction(self):
        parts = [self.term()]
        while self.take("word", "OR"):
            parts.append(self.term())
        return lambda entry: any(part(entry) for part in parts)

    def term(self):
        if self.take("("):
            inner = self.conjunction()
            self.need(")")
            return inner
        field, sign = self.need("word"), self.need("sign")
        self.fields.add(field)
        if sign == ":" and self.take("*"):
            return lambda entry: value_at(entry, field) is not None
        values = self.values()
        return lambda entry: any(self.compare(value_at(entry, field), field, sign, value)
                                 for value in values)

    def values(self):
        if not self.take("("):
            return [self.need("text")]
        values = [self.need("text")]
        while self.take("word", "OR"):
            values.append(self.need("text"))
        self.need(")")
        return values

    @staticmethod
    def compare(found, field, sign, value):
        if field in ("timestamp", "receiveTimestamp"):
            difference = moment(found) - moment(value)
            return {">=": difference >= 0, "<=": difference <= 0, "=": difference == 0,
                    ":": difference == 0}[sign]
        if found is None or sign in (">=", "<="):
            return False
        found, value = str(found).lower(), value.lower()
        return found == value if sign == "=" else value in found
