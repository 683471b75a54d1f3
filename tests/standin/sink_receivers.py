# SPDX-License-Identifier: Apache-2.0
"""Stand-ins for receivers of sinks, each as strict as its own protocol: a generic webhook, Splunk's
HTTP Event Collector, Elasticsearch's _bulk, Slack, Microsoft Teams and PagerDuty. A record is known
by the "uid" of its JSON, which the tests make the same as its key; or by what `identify`, given the
record and the key that came with it (None where a protocol has none), makes of them."""
import hashlib
import hmac
import json

from sink_http import Receiver


class Known(Receiver):
    def uid(self, record, key=None):
        identify = self.options.get("identify")
        return identify(record, key) if identify else record["uid"]


class Https(Known):
    """`token`, `hmac_key`: what must come with each request. `poison`: uids that are a 400."""

    scheme_path = "/hook"

    def take(self, path, headers, body):
        self.need(path == "/hook", f"path {path}")
        token, key = self.options.get("token"), self.options.get("hmac_key")
        self.need(headers["Authorization"] == (f"Bearer {token}" if token else None), "token")
        if key:
            parts = dict(part.split("=", 1) for part in headers["X-Countersign-Signature"].split(","))
            want = hmac.new(key, f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
            self.need(parts["v1"] == want, "signature")
        lines = body.decode().split("\n")
        several = headers["Content-Type"] == "application/x-ndjson"
        self.need(several or headers["Content-Type"] == "application/json", "content type")
        if several:
            self.need(lines.pop() == "", "no line feed at the end")
        self.need(len(lines) > 1 if several else len(lines) == 1, "lines")
        records = [json.loads(line) for line in lines]
        if len(body) > self.options.get("most", 1 << 30):
            return 413, b""
        given = None if several else headers["Idempotency-Key"]
        keys = [self.uid(record, given) for record in records]
        if any(key in self.options.get("poison", ()) for key in keys):
            return 400, b"poison"
        joined = hashlib.sha256("".join(key + "\n" for key in keys).encode()).hexdigest()
        self.need(headers["Idempotency-Key"] == (joined if several else keys[0]), "idempotency key")
        self.taken += zip(keys, records)
        return 200, b"thanks"


class Slack(Known):
    scheme_path = "/services/T0/B0/XXXXSECRETXXXX"

    def take(self, path, headers, body):
        if path != self.scheme_path:
            return 404, b"no_service"
        record = json.loads(body)
        if self.uid(record) in self.options.get("poison", ()):
            return 400, b"invalid_blocks"
        self.taken.append((self.uid(record), record))
        return 200, b"ok"


class Teams(Known):
    """`workflow`: answers as Power Automate does, else as the older connectors."""

    scheme_path = "/workflows/SECRET"

    def take(self, path, headers, body):
        self.need(path == self.scheme_path, f"path {path}")
        record = json.loads(body)
        if self.uid(record) in self.options.get("poison", ()):
            return 400, b"Bad payload"
        self.taken.append((self.uid(record), record))
        return (202, b"") if self.options.get("workflow") else (200, b"1")


class PagerDuty(Known):
    """`token` is the routing key."""

    scheme_path = "/v2/enqueue"

    def take(self, path, headers, body):
        self.need(path == "/v2/enqueue", f"path {path}")
        pairs = json.loads(body, object_pairs_hook=lambda pairs: pairs)
        record = json.loads(body)
        self.need(pairs[0][0] == "routing_key", "the routing key is not first")
        if record["routing_key"] != self.options["token"]:
            return 400, json.dumps({"status": "invalid event", "message": "Event object is invalid",
                                    "errors": ["Invalid routing key"]})
        if self.uid(record) in self.options.get("poison", ()):
            return 400, json.dumps({"status": "invalid event", "message": "Event object is invalid",
                                    "errors": ["'payload.summary' is missing or blank"]})
        self.taken.append((self.uid(record), record))
        return 202, json.dumps({"status": "success", "message": "Event processed",
                                "dedup_key": self.uid(record)})


class Splunk(Known):
    """`token`; `acknowledge`: answers with ackIds, which come true after `polls` questions (-1 =
    never); `loses`: so many first batches are never indexed, whatever was answered."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.acks, self.channels, self.loses = {}, set(), options.get("loses", 0)

    def take(self, path, headers, body):
        if headers["Authorization"] != "Splunk " + self.options["token"]:
            return 403, json.dumps({"text": "Invalid token", "code": 4})
        if self.options.get("acknowledge"):
            channel = headers["X-Splunk-Request-Channel"]
            if not channel:
                return 400, json.dumps({"text": "Data channel is missing", "code": 10})
            self.channels.add(channel)
        if path == "/services/collector/ack":
            return self.acknowledge(json.loads(body))
        self.need(path == "/services/collector/event", f"path {path}")
        return self.index(body.decode())

    def acknowledge(self, question):
        answer = {}
        for number in question["acks"]:
            known = self.acks.get(number)
            if known is None:
                answer[str(number)] = False
                continue
            known["polls"] -= 1
            answer[str(number)] = known["polls"] == 0 or known.get("true", False)
            if answer[str(number)]:
                known["true"] = True
                self.taken += known.pop("records", [])
        return 200, json.dumps({"acks": answer})

    def index(self, text):
        decoder, at, events = json.JSONDecoder(), 0, []
        while at < len(text):
            event, at = decoder.raw_decode(text, at)
            while at < len(text) and text[at] in "\r\n ":
                at += 1
            events.append(event)
        keys = [self.uid(event["event"], event["fields"]["key"]) for event in events]
        for number, event in enumerate(events):
            self.need(set(event) >= {"time", "host", "source", "sourcetype", "event"}, "members")
            self.need(event["fields"]["key"] == keys[number], "key")
            if keys[number] in self.options.get("poison", ()):
                return 400, json.dumps({"text": "Invalid data format", "code": 6,
                                        "invalid-event-number": number})
        records = [(key, event["event"]) for key, event in zip(keys, events)]
        if not self.options.get("acknowledge"):
            self.taken += records
            return 200, json.dumps({"text": "Success", "code": 0})
        number = len(self.acks)
        lost = self.loses > 0
        self.loses -= lost
        self.acks[number] = {"polls": -1 if lost else self.options.get("polls", 1),
                             "records": [] if lost else records}
        return 200, json.dumps({"text": "Success", "code": 0, "ackId": number})


class Elasticsearch(Known):
    """`token`; documents are there once, whatever comes again; `poison`: a mapping that fails;
    `busy`: a uid to the number of times that it is a 429."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.documents = {}

    def take(self, path, headers, body):
        self.need(path.startswith("/_bulk?filter_path="), f"path {path}")
        self.need(headers["Content-Type"] == "application/x-ndjson", "content type")
        if headers["Authorization"] != self.options["authorization"]:
            return 401, json.dumps({"error": {"type": "security_exception"}, "status": 401})
        lines = body.decode().split("\n")
        self.need(lines.pop() == "" and len(lines) % 2 == 0, "lines")
        items = [self.create(json.loads(action), json.loads(record))
                 for action, record in zip(lines[::2], lines[1::2])]
        errors = any(item["create"]["status"] >= 300 for item in items)
        return 200, json.dumps({"errors": errors, "items": items})

    def create(self, action, record):
        self.need(list(action) == ["create"], f"action {action}")
        key, index = action["create"]["_id"], action["create"]["_index"]
        self.need(key == self.uid(record, key), "id")
        self.need(index == self.options.get("index", "countersign"), "index")
        busy = self.options.get("busy", {})
        if key in self.options.get("poison", ()):
            return {"create": {"_id": key, "status": 400, "error": {
                "type": "document_parsing_exception", "reason": "failed to parse field [x]"}}}
        if busy.get(key):
            busy[key] -= 1
            return {"create": {"_id": key, "status": 429, "error": {
                "type": "es_rejected_execution_exception", "reason": "queue is full"}}}
        if key in self.documents:
            return {"create": {"_id": key, "status": 409, "error": {
                "type": "version_conflict_engine_exception", "reason": "document already exists"}}}
        self.documents[key] = record
        self.taken.append((key, record))
        return {"create": {"_id": key, "status": 201}}
