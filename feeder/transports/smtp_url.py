"""The address of a mail server: `smtps://name:password@mail.example.org:465?ca=/etc/ssl/private-ca.pem`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from feeder.errors import ConfigError

Security = Literal["none", "starttls", "tls"]

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
_KEY = (
    "mail.smtp_url"  #: what it is called in every message; the address itself may hold a password and is never repeated
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server and how to speak to it."""

    host: str
    port: int
    security: Security
    user: str = ""  #: "": no login
    password: str = field(default="", repr=False)
    ca: Path | None = None  #: PEM file of who signs its certificate; None: whom the system trusts
    timeout: float = 120.0  #: seconds to wait for an answer
    end_timeout: float = (
        600.0  #: the same after the end of a message, when giving up leaves us in doubt (RFC 5321, 4.5.3.2)
    )


def parse(url: str, base: Path) -> Server:
    """Raises ConfigError."""
    try:
        parts = urlsplit(url)
        host, port, options = (
            parts.hostname or "",
            parts.port,
            dict(parse_qsl(parts.query, strict_parsing=bool(parts.query))),
        )
    except ValueError:
        raise ConfigError(f"{_KEY} is no address; write smtps://name:password@mail.example.org") from None
    if parts.scheme not in _SCHEMES or not host or parts.path not in ("", "/") or parts.fragment:
        raise ConfigError(
            f"{_KEY} is no address of a mail server; write smtps://name:password@mail.example.org,"
            ' and "/", "?", "#", "@" in a password as %2F, %3F, %23, %40'
        )
    security, usual = _SCHEMES[parts.scheme]
    if security == "none" and not _is_here(host) and options.pop("unencrypted", "") != "allowed":
        raise ConfigError(
            f"{_KEY}: smtp:// is not encrypted, and {host} is another machine; write smtps:// or smtp+starttls://,"
            " or add ?unencrypted=allowed where the way there is private"
        )
    return _server(parts, host, port or usual, security, options, base)


def _server(
    parts: SplitResult, host: str, port: int, security: Security, options: dict[str, str], base: Path
) -> Server:
    options.pop("unencrypted", "")
    ca, timeout = options.pop("ca", ""), options.pop("timeout", "")
    if options:
        raise ConfigError(f"{_KEY} has an option that feeder does not know; there are ca, timeout and unencrypted")
    if timeout and not re.fullmatch(r"[1-9]\d{0,3}", timeout, re.ASCII):
        raise ConfigError(f"{_KEY}: timeout is a number of seconds, from 1 to 9999")
    if ca and not (base / ca).is_file():
        raise ConfigError(f"{_KEY}: ca names {str(base / ca)!r}, which is no file")
    waits = {"timeout": float(timeout), "end_timeout": float(timeout)} if timeout else {}
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(
        host=host, port=port, security=security, user=user, password=password, ca=base / ca if ca else None, **waits
    )


def _is_here(host: str) -> bool:
    """Whether the host is this very machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
