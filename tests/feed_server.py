"""A server on the loopback that answers as told, also as no server should: what the open web does to a feed reader."""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Asked:
    """One question as it came."""

    path: str
    headers: dict[str, str]


@dataclass
class Reply:
    """A well-behaved answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Raw = Callable[[socket.socket], None]  #: an answer by hand, byte by byte


class FeedServer:
    """Give it replies by path; it tells what it was asked."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.replies: dict[str, Reply | Raw] = {}
        self.asked: list[Asked] = []
        self.stopping = threading.Event()  #: slow answers look at it
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append(Asked(path=self.path, headers=headers))
                reply = outer.replies.get(self.path, Reply(status=404))
                self.close_connection = True
                with contextlib.suppress(OSError):
                    if callable(reply):
                        reply(self.connection)
                    else:
                        self._plainly(reply, headers)

            def _plainly(self, reply: Reply, asked: Mapping[str, str]) -> None:
                etag = reply.headers.get("ETag")
                known = etag is not None and asked.get("if-none-match") == etag
                self.send_response(304 if known else reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                body = b"" if known else reply.body
                if not known:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def put(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer so from now on; gives the address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = Reply(body=body, status=status, headers=named)
        return self.url + path

    def raw(self, path: str, reply: Raw) -> str:
        self.replies[path] = reply
        return self.url + path

    def drip(self, piece: bytes, pause: float, first: bytes = b"") -> Raw:
        """For ever a little, so that no single wait is long."""

        def answer(connection: socket.socket) -> None:
            connection.sendall(first)
            while not self.stopping.is_set():
                connection.sendall(piece)
                time.sleep(pause)

        return answer

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()


@contextlib.contextmanager
def served(certificate: Path | None = None) -> Iterator[FeedServer]:
    """A running server; with a certificate it speaks TLS."""
    server = FeedServer(certificate)
    try:
        yield server
    finally:
        server.close()
