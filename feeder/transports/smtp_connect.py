"""A connection to a mail server, encrypted and logged in as its address says; every failure is Unreachable, in one line."""

from __future__ import annotations

import base64
import contextlib
import smtplib
import socket
import ssl

from feeder.errors import ConfigError, Unreachable
from feeder.transports.smtp_replies import Reply, told
from feeder.transports.smtp_url import Server

_GOODBYE = 5.0  #: seconds


def tls(server: Server) -> ssl.SSLContext | None:
    """What certificates are checked against. Raises ConfigError when the file with them is none."""
    if server.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=server.ca)
    except OSError as error:
        why = (
            error.strerror
            if error.errno and not isinstance(error, ssl.SSLError)
            else "no certificate in PEM form is in it"
        )
        raise ConfigError(f"mail.smtp_url: ca names {str(server.ca)!r}: {why}") from None


def connect(server: Server, context: ssl.SSLContext | None, *, name: str) -> smtplib.SMTP:
    """`name`: what we call ourselves; this machine's own name is nobody's business. Raises Unreachable."""
    where = f"mail server {server.host}:{server.port}"
    try:
        link = _opened(server, context, name)
        try:
            _begin(link, server, context)
        except BaseException:
            link.close()
            raise
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(f"{where}: its certificate is not trusted: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise Unreachable(f"{where}: no TLS: {error.reason or error}") from None
    except smtplib.SMTPResponseException as error:
        reply = Reply(error.smtp_code, _text(error.smtp_error))
        raise Unreachable(
            f"{where}: {told(reply, server.user, server.password)}", code=max(error.smtp_code, 0)
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{where}: {_why(error)}") from None
    return link


def leave(link: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if link.sock:
            link.sock.settimeout(_GOODBYE)
            link.quit()
    link.close()


def _opened(server: Server, context: ssl.SSLContext | None, name: str) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, local_hostname=name, timeout=server.timeout, context=context)
    return smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.timeout)


def _begin(link: smtplib.SMTP, server: Server, context: ssl.SSLContext | None) -> None:
    if (
        link.sock
    ):  # the end of a message, which follows the rest by itself, must not wait for the other side to say it has it
        link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not link.has_extn("starttls"):
            raise Unreachable(
                f"mail server {server.host}:{server.port} offers no STARTTLS; nothing is sent in the open"
            )
        link.starttls(context=context)
        link.ehlo_or_helo_if_needed()
    if server.user:
        _log_in(link, server)


def _log_in(link: smtplib.SMTP, server: Server) -> None:
    """PLAIN where it is offered, in UTF-8 (RFC 4616); else what smtplib knows."""
    if "PLAIN" not in link.esmtp_features.get("auth", "").upper().split():
        try:
            link.login(server.user, server.password)
        except UnicodeEncodeError:
            raise Unreachable("the mail server takes no login with letters that are not Latin") from None
        return
    secret = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode("ascii")
    code, text = link.docmd("AUTH", f"PLAIN {secret}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, text)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it closed the connection"
    if isinstance(error, smtplib.SMTPException):
        return (
            "it offers no login that feeder knows" if isinstance(error, smtplib.SMTPNotSupportedError) else "no login"
        )
    return getattr(error, "strerror", None) or type(error).__name__


def _text(told_by_server: bytes | str) -> str:
    return told_by_server.decode("utf-8", "replace") if isinstance(told_by_server, bytes) else told_by_server
