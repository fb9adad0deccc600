"""Mail servers for tests: a real one, and one that fails where it is told to.

with Real(tls="starttls", login=("desk", "pass")) as server     aiosmtpd; `server.letters` is what it took
with Faulty("RCPT", "450 4.2.1 later") as server                does so once, and is well from then on
certificates(folder)                                            a certificate for 127.0.0.1 and who signed it
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Taken(NamedTuple):
    """A message that a server took, with its envelope."""

    sender: str
    to: str
    data: bytes


# --- certificates ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificates:
    ca: Path  #: who signs
    server: Path  #: key and certificate for 127.0.0.1

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.server)
        return made


def certificates(folder: Path, *, host: str = "127.0.0.1", days: int = 9) -> Certificates:
    """`days`: for how long from now; below 0 it has run out."""
    signer, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("A test's own signer", signer, signer, ca=True, days=9)
    leaf = _certificate(host, key, signer, ca=False, days=days)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(secret + leaf.public_bytes(pem))
    return Certificates(ca=folder / "ca.pem", server=folder / "server.pem")


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, *, ca: bool, days: int
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    subject, issuer = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "A test's own signer")
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=20))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not ca:
        names: list[x509.GeneralName] = [x509.DNSName("localhost")]
        names.append(x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name))
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, hashes.SHA256())


# --- a real server --------------------------------------------------------------------------------


class _Keeper:
    def __init__(self, letters: list[Taken]) -> None:
        self.letters = letters

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        assert isinstance(envelope.content, bytes)
        self.letters.append(Taken(envelope.mail_from or "", envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 taken"


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """aiosmtpd knocks at the port it was told, which was 0."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's


class Real:
    """See above. With a login it takes mail only after one."""

    def __init__(
        self,
        tls: Literal["", "starttls", "tls"] = "",
        *,
        by: Certificates | None = None,
        login: tuple[str, str] | None = None,
        international: bool = False,
    ) -> None:
        self.letters: list[Taken] = []
        options: dict[str, Any] = {"enable_SMTPUTF8": international, "data_size_limit": 1 << 20}
        if by and tls == "starttls":
            options |= {"tls_context": by.context(), "require_starttls": True}
        if by and tls == "tls":
            options |= {"ssl_context": by.context()}
        if login:
            options |= {"authenticator": self._check, "auth_required": True, "auth_require_tls": tls == "starttls"}
        self._login = login
        self._controller = _Controller(_Keeper(self.letters), hostname="127.0.0.1", port=0, **options)

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert self._login
        user, password = (one.encode() for one in self._login)
        good = isinstance(data, LoginPassword) and data.login == user and data.password == password
        return AuthResult(success=good, handled=False)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._controller.port}"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


# --- a server that fails --------------------------------------------------------------------------

Stage = Literal["greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "end", "RSET", "idle"]
STAGES: tuple[Stage, ...] = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "end")


class Faulty:
    """A small server of SMTP. `fault`: a reply to give at a stage in place of the right one, or one of

    "drop": closes the connection; "reset": closes it the hard way; "stall": says nothing any more; "babble": nonsense.
    The fault of "idle" comes after a message that was taken. nobody@… does not exist.
    """

    def __init__(self, stage: Stage = "greeting", fault: str = "", *, pipelining: bool = False, size: int = 0) -> None:
        self.stage, self.fault, self.extensions = stage, fault, ["PIPELINING"] * pipelining
        self.extensions += [f"SIZE {size}"] * bool(size)
        self.letters: list[Taken] = []
        self.said: list[str] = []  #: every command
        self.connections = 0
        self._open: list[socket.socket] = []
        self._over = threading.Event()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for one in self._open:
            one.close()

    def _listen(self) -> None:
        workers = []
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                workers.append(threading.Thread(target=self._serve, args=(connection,)))
                workers[-1].start()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for worker in workers:
            worker.join()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            _Conversation(self, connection).hold()
        with contextlib.suppress(OSError):
            connection.close()

    def wait(self) -> None:
        self._over.wait()


class _Conversation:
    """One connection to a `Faulty`."""

    def __init__(self, server: Faulty, connection: socket.socket) -> None:
        self.server, self.socket, self.file = server, connection, connection.makefile("rb")
        self.sender = self.to = ""

    def hold(self) -> None:
        with self.file:
            self.say("greeting", "220 here")
            while line := self.file.readline():
                words = line.decode("utf-8", "replace").rstrip("\r\n")
                self.server.said.append(words)
                self.answer(words)

    def answer(self, words: str) -> None:
        verb = words.partition(" ")[0].upper()
        if verb == "EHLO":
            offers = [*self.server.extensions, "HELP"]
            self.say("EHLO", "\r\n".join(["250-here", *(f"250-{one}" for one in offers[:-1]), f"250 {offers[-1]}"]))
        elif verb == "MAIL":
            self.sender = words.partition("<")[2].partition(">")[0] if self.say("MAIL", "250 go on") else ""
        elif verb == "RCPT":
            self.to = words.partition("<")[2].partition(">")[0]
            if self.to.startswith("nobody@"):
                self.to = ""
                self.say_now("550 5.1.1 no such user")
            elif not self.say("RCPT", "250 go on"):
                self.to = ""
        elif verb == "DATA":
            self.take()
        elif verb == "QUIT":
            self.say_now("221 bye")
            raise EOFError
        else:
            self.sender = self.to = ""
            self.say("RSET", "250 done")

    def take(self) -> None:
        if not self.to:
            self.say_now("503 5.5.1 to whom?")
        elif self.say("DATA", "354 listening"):
            if self.server.stage == "body" and self.server.fault:
                self.file.read1(200)
                self.say("body", "")
            data = b""
            while not data.endswith(b"\r\n.\r\n"):
                line = self.file.readline()
                if not line:
                    raise EOFError
                data += line
            content = data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
            if not (self.server.stage == "end" and self.server.fault):
                self.server.letters.append(Taken(self.sender, self.to, content))
            self.sender = self.to = ""
            if self.say("end", "250 taken"):
                self.say("idle", "")

    def say(self, stage: Stage, right: str) -> bool:
        """Answer as the stage should be answered, or fail; whether it was the right answer."""
        fault = self.server.fault if self.server.stage == stage else ""
        if not fault:
            if right:
                self.say_now(right)
            return True
        self.server.fault = ""
        if fault == "reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        if fault in ("drop", "reset"):
            raise EOFError
        if fault == "stall":
            self.server.wait()
            raise EOFError
        self.say_now("what?\r\n\0" if fault == "babble" else fault)
        if fault.startswith("421") or stage == "body":
            raise EOFError
        return False

    def say_now(self, text: str) -> None:
        self.socket.sendall(text.encode() + b"\r\n")
