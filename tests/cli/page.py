# SPDX-License-Identifier: Apache-2.0
"""Reads a page that `countersign report --html` made, as a strict reader would: every element is
closed, none of them fetches or runs anything, and what was hostile is text. Says what it saw.

    page.py PAGE [TEXT-THAT-MUST-BE-SEEN...]
"""
import html.parser
import sys

VOID = {"meta", "br"}
ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "b",
           "table", "thead", "tbody", "tr", "th", "td", "code", "span", "svg", "line", "text", "g",
           "rect", "path"} | VOID
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "colspan", "role",
              "viewbox", "aria-label", "x", "y", "x1", "x2", "y1", "y2", "d", "width", "height",
              "rx"}


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.text = [], [], []
        self.counts = {}

    def complain(self, what):
        self.problems.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in ALLOWED:
            self.complain(f"an element <{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.complain(f"an attribute {name}")
            if value and "//" in value:
                self.complain(f"an address in {name}: {value!r}")
            if name == "class":
                for word in value.split():
                    key = f"{tag}.{word}"
                    self.counts[key] = self.counts.get(key, 0) + 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.complain(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            for word in ("@import", "url(", "expression"):
                if word in data:
                    self.complain(f"'{word}' in the style")
            return
        self.text.append(data)

    def handle_comment(self, data):
        self.complain("a comment")

    def handle_pi(self, data):
        self.complain("a processing instruction")


def main():
    raw = open(sys.argv[1], "rb").read()
    page = raw.decode("utf-8")
    reader = Reader()
    reader.feed(page)
    reader.close()
    if reader.open:
        reader.complain(f"never closed: {reader.open}")
    for byte in raw:
        if byte < 0x20 and byte != 0x0a or byte == 0x7f:
            reader.complain(f"a control byte {byte:#x}")
            break
    if any(c in page for c in "\u202e\u2066\u200b\u2028"):
        reader.complain("a mark that hides or reorders")
    if "default-src 'none'" not in page:
        reader.complain("no policy that forbids the network")
    text = "".join(reader.text)
    for wanted in sys.argv[2:]:
        if wanted not in text:
            reader.complain(f"no {wanted!r} in its text")
    for problem in reader.problems[:20]:
        print(problem)
    counts = reader.counts
    print(f"findings {counts.get('div.finding', 0)} drawings {counts.get('svg', 0)} "
          f"bars {counts.get('rect', 0)} crosses {counts.get('path.cross', 0)} "
          f"calls {counts.get('path.call', 0)} verdicts {counts.get('span.v', 0)}")
    return 1 if reader.problems else 0


sys.exit(main())
