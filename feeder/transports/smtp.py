"""`smtp:`, `smtps:`, `smtp+starttls:`: one message at a time over one connection that is kept (RFC 5321).

smtplib connects and logs in. From there on we write ourselves, because only so the moment is known from which a message
may have been taken: when its end goes out.

    stage                         refused                             connection lost
    connect, TLS, login, MAIL     Unreachable                         Unreachable
    RCPT, DATA                    4yz NotNow, 5yz Never               NotNow
    the message                                                       NotNow
    its end                       4yz NotNow, 5yz Never               Unknown

421 (the server closes) is always Unreachable, and so is a server that relays for nobody. A connection that was kept from
the message before may have ended since; then the message is offered once more, over a new one.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feeder.errors import AddressError, Never, NotNow, TransportError, Unreachable
from feeder.mail import headers
from feeder.transports import smtp_connect
from feeder.transports.smtp_replies import LOST, Reply, refused, unsettled
from feeder.transports.smtp_url import Server

_STAGES = ("MAIL", "RCPT", "DATA")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message with its envelope, as both go out."""

    sender: str  #: ASCII
    to: str  #: its domain in ASCII
    data: bytes  #: dots doubled, without the last line end
    size: int  #: octets of the message

    @property
    def international(self) -> bool:
        """Whether the server must know RFC 6531."""
        return not self.to.isascii()


class Smtp:
    """See above."""

    def __init__(self, server: Server) -> None:
        self._server, self._context = server, smtp_connect.tls(server)
        self._link: smtplib.SMTP | None = None

    def send(self, sender: str, to: str, message: bytes, *, name: str, before_end: Callable[[], None]) -> None:
        del name
        letter = _letter(sender, to, message)
        try:
            link = self._accepting(letter)
            self._write(link, letter)
            before_end()
            self._end(link, letter)
        except (NotNow, Never):  # the connection is good for the next message, or gone already
            raise
        except BaseException:
            self._drop()
            raise

    def close(self) -> None:
        if self._link:
            smtp_connect.leave(self._link)
        self._link = None

    def _accepting(self, letter: Letter) -> smtplib.SMTP:
        """A connection at whose other end the message is waited for."""
        if self._link:
            try:
                self._offer(self._link, letter)
            except TransportError as error:
                if isinstance(error, Never) or (error.code and isinstance(error, NotNow)):
                    raise
                self._drop()  # lost, or "421 idle for too long", "too many messages", and the like
            else:
                return self._link
        self._link = smtp_connect.connect(self._server, self._context, name=letter.sender.rpartition("@")[2])
        self._offer(self._link, letter)
        return self._link

    def _offer(self, link: smtplib.SMTP, letter: Letter) -> None:
        """MAIL, RCPT, DATA, all at once where the server offers that (RFC 2920)."""
        commands = _commands(link, letter)
        replies = _talk(link, commands, at_once=link.has_extn("pipelining"))
        for stage, reply in zip(_STAGES, replies, strict=False):
            if reply.code // 10 != (35 if stage == "DATA" else 25):
                self._back_out(link, replies)
                raise refused(stage, reply, to=letter.to, alone=letter.international)

    def _back_out(self, link: smtplib.SMTP, replies: Sequence[Reply]) -> None:
        """Leave the connection as before the message, or leave it."""
        if replies[-1] == LOST or replies[-1].code == 354 or _talk(link, [b"RSET\r\n"])[0].code != 250:
            self._drop()

    def _write(self, link: smtplib.SMTP, letter: Letter) -> None:
        """The whole message but its end."""
        try:
            _socket(link).sendall(letter.data)
        except OSError as error:
            why = LOST if isinstance(error, TimeoutError) else _read(link)  # a server may say why it hangs up
            self._drop()
            raise refused("the message", why, to=letter.to) from None

    def _end(self, link: smtplib.SMTP, letter: Letter) -> None:
        """The end of the message, and what the server says to it."""
        with contextlib.suppress(OSError):
            _socket(link).settimeout(self._server.end_timeout)
        (reply,) = _talk(link, [_END])
        if reply.code // 100 != 2:
            raise unsettled(reply, to=letter.to)
        _socket(link).settimeout(self._server.timeout)

    def _drop(self) -> None:
        if self._link:
            self._link.close()
        self._link = None


def _letter(sender: str, to: str, message: bytes) -> Letter:
    try:
        wire, back = headers.recipient(to), headers.recipient(sender)
    except AddressError:
        raise Never("the address is none that a message can be sent to") from None
    stuffed = _with_crlf(message).replace(b"\r\n.", b"\r\n..")
    dot = b"." if stuffed.startswith(b".") else b""
    return Letter(sender=back, to=wire, data=dot + stuffed.removesuffix(b"\r\n"), size=len(message))


def _with_crlf(message: bytes) -> bytes:
    """A bare line end could end the message for some servers, and begin another one (RFC 5321, 4.1.1.4)."""
    ends = message.count(b"\r\n")
    whole = ends == message.count(b"\n") == message.count(b"\r")
    return message if whole else _LINE_END.sub(b"\r\n", message)


def _commands(link: smtplib.SMTP, letter: Letter) -> list[bytes]:
    options = ""
    if letter.international:
        if not link.has_extn("smtputf8"):
            raise Never("the mail server takes only addresses in Latin letters (it offers no SMTPUTF8)")
        options = " BODY=8BITMIME SMTPUTF8"
    limit = link.esmtp_features.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < letter.size:
        raise Unreachable(f"the mail server takes messages of {limit} octets, and this one has {letter.size}")
    return [f"MAIL FROM:<{letter.sender}>{options}\r\n".encode(), f"RCPT TO:<{letter.to}>\r\n".encode(), b"DATA\r\n"]


def _talk(link: smtplib.SMTP, commands: Sequence[bytes], *, at_once: bool = False) -> list[Reply]:
    """The replies to some commands: to all of them, or up to the first that is refused, or at which the line is dead."""
    replies: list[Reply] = []
    for batch in [b"".join(commands)] if at_once else commands:
        try:
            _socket(link).sendall(batch)
        except OSError:
            return [*replies, LOST]
        for _ in range(len(commands) if at_once else 1):
            replies.append(_read(link))
            if replies[-1] == LOST:
                return replies
        if replies[-1].code >= 400:
            break
    return replies


def _socket(link: smtplib.SMTP) -> socket.socket:
    if link.sock is None:
        raise ConnectionError("closed")
    return link.sock


def _read(link: smtplib.SMTP) -> Reply:
    try:
        code, text = link.getreply()
    except (OSError, smtplib.SMTPException):
        return LOST
    return Reply(code, text.decode("utf-8", "replace")) if code > 0 else LOST
