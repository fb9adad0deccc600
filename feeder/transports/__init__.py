"""How messages leave: to a mail server, or into a folder to be looked at.

    transport = open_transport("smtps://…", base)     a thread has its own
    transport.send(sender, to, message, name=…, before_end=mark)

`before_end` is called when all of a message but its very end is out: what fails before was not taken, what fails after
may have been. A failure is one of `feeder.errors.TransportError`. When `before_end` itself raises, the message is not
taken, and what it raised goes on to the caller.

    smtp://localhost                             not encrypted: this machine only, or with ?unencrypted=allowed
    smtps://name:password@mail.example.org       TLS from the start
    smtp+starttls://mail.example.org             TLS after a word; a server that offers none is not used
    maildir:FOLDER, file:FOLDER                  to try without a server; relative to the data folder

Options of a server stand behind "?": `ca=FILE` (PEM) names who signs the certificate of a private server, `timeout=SECONDS`
how long to wait for an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Transport(Protocol):
    """One way out, used by one thread at a time."""

    def send(self, sender: str, to: str, message: bytes, *, name: str, before_end: Callable[[], None]) -> None:
        """Hand over one message; `sender` is the return path, `name` the delivery's own, for transports that write files.

        Raises NotNow, Never, Unknown, Unreachable.
        """

    def close(self) -> None:
        """Let go of the connection; nothing is lost by it."""


def open_transport(url: str, base: Path) -> Transport:
    """The transport of an address; nothing is connected to yet. `base`: what a relative folder is relative to.

    Raises ConfigError; its text has no password in it.
    """
    kind, _, rest = url.partition(":")
    if kind in ("maildir", "file"):
        from feeder.transports import folder, maildir

        where = base / (rest.removeprefix("//") if rest.startswith("///") else rest)
        return maildir.Maildir(where) if kind == "maildir" else folder.Folder(where)
    from feeder.transports import smtp, smtp_url

    return smtp.Smtp(smtp_url.parse(url, base))
