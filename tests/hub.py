"""A small WebSub hub, a process of its own: `python tests/hub.py FOLDER PORT`.

It verifies subscriptions, fetches a topic the moment it is told of it, and hands it on to the subscribers, as the
recommendation has it (W3C, 23 January 2018). FOLDER/mode says how it behaves: "ok", "slow", "close", or a status to answer
with. What it saw stands in FOLDER/log, a line of JSON each.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.request
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode

CHALLENGE = "kumis-1916"


class Hub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), Answers)
        self.folder, self.writing = folder, threading.Lock()
        self.subscribers: list[tuple[str, str]] = []  #: topic, callback

    @property
    def mode(self) -> str:
        return (self.folder / "mode").read_text(encoding="utf-8")

    def note(self, **seen: object) -> None:
        with self.writing, (self.folder / "log").open("a", encoding="utf-8") as log:
            log.write(json.dumps(seen) + "\n")

    def subscribe(self, topic: str, callback: str) -> None:
        """Section 5.3: the subscriber is asked whether it meant it."""
        query = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": CHALLENGE, "hub.lease_seconds": "60"}
        with urllib.request.urlopen(f"{callback}?{urlencode(query)}", timeout=10) as answer:
            if answer.read().decode() == CHALLENGE:
                self.subscribers.append((topic, callback))

    def publish(self, topic: str) -> None:
        """Section 7: the topic as it is now goes to its subscribers with its own type and links."""
        with urllib.request.urlopen(topic, timeout=10) as answer:
            body, kind, links = answer.read(), answer.headers["Content-Type"], answer.headers["Link"] or ""
        self.note(saw="topic", topic=topic, type=kind, links=links, body=body.decode())
        for wanted, callback in self.subscribers:
            if wanted == topic:
                headers = {"Content-Type": kind, "Link": links}
                urllib.request.urlopen(urllib.request.Request(callback, body, headers), timeout=10).close()


class Answers(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        self.server.note(saw="form", at=self.path, type=self.headers["Content-Type"], **form)
        mode = self.server.mode
        if mode == "slow":
            time.sleep(60)
        elif mode == "close":
            self.connection.close()
        elif mode == "ok":
            self.answer(self.obey(form))
        else:
            self.answer(int(mode))

    def obey(self, form: dict[str, str]) -> int:
        try:
            if form["hub.mode"] == "subscribe":
                self.server.subscribe(form["hub.topic"], form["hub.callback"])
            else:
                self.server.publish(form["hub.url"])
        except (OSError, HTTPException) as error:
            self.server.note(saw="trouble", why=str(error))
            return 400
        return 202 if form["hub.mode"] == "subscribe" else 204

    def answer(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """What there is to say stands in the log."""


if __name__ == "__main__":
    Hub(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
