"""An HTTP/2 server on the loopback with a certificate of its own authority; it tells what it was asked, and in which version."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypercorn.asyncio import serve
from hypercorn.config import Config

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass
class Reply:
    """An answer; `pause` is the time between two pieces of its body."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0


def authority(folder: Path) -> tuple[Path, Path]:
    """(certificate of the authority, certificate of localhost with its key), both in PEM."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name("Authority of the tests"), _name("localhost")
    trusted = _certificate(issuer, issuer, root.public_key(), root, x509.BasicConstraints(ca=True, path_length=None))
    leaf = _certificate(
        subject, issuer, key.public_key(), root, x509.SubjectAlternativeName([x509.DNSName("localhost")])
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    paths = folder / "authority.pem", folder / "localhost.pem"
    paths[0].write_bytes(trusted)
    paths[1].write_bytes(private + leaf)
    return paths


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    signed_with: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signed_with, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


class Http2Server:
    """Give it replies by path."""

    def __init__(self, certificate: Path, versions: list[str]) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []  #: path, version, headers
        listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"localhost:{listener.getsockname()[1]}"
        self.url = f"https://{self.host}"
        config = Config()
        config.bind = [f"fd://{listener.detach()}"]
        config.certfile = config.keyfile = str(certificate)
        config.alpn_protocols = versions
        config.errorlog = config.accesslog = None
        config.graceful_timeout = 0.1
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        work = serve(self._answer, config, shutdown_trigger=self._stop.wait)  # type: ignore[arg-type]  # an ASGI callable
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(work,), daemon=True)
        self._thread.start()

    def put(self, path: str, body: bytes = b"", status: int = 200, pause: float = 0.0, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = Reply(body=body, status=status, headers=named, pause=pause)
        return self.url + path

    async def _answer(self, scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append((scope["path"], scope["http_version"], asked))
        reply = self.replies.get(scope["path"], Reply(status=404))
        known = "etag" in reply.headers and asked.get("if-none-match") == reply.headers["etag"]
        headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": 304 if known else reply.status, "headers": headers})
        body = b"" if known else reply.body
        step = 10 if reply.pause else 65_536
        for start in range(0, len(body), step):
            await send({"type": "http.response.body", "body": body[start : start + step], "more_body": True})
            await asyncio.sleep(reply.pause)
        await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()


@contextlib.contextmanager
def served_http2(certificate: Path, versions: list[str]) -> Iterator[Http2Server]:
    """A running server that speaks these versions: "h2", "http/1.1"."""
    server = Http2Server(certificate, versions)
    try:
        yield server
    finally:
        server.close()
