"""A single message to one person, outside of any issue: please confirm, or you are subscribed already.

    compose(letter, sender) -> bytes

Text first, then simple HTML, as in an issue (`feeder.mail.message`), encoded and signed in the same way; but no field of a
list, for who has not confirmed is on none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from feeder.mail import headers
from feeder.mail.bodies import Body, Part
from feeder.model import Locale, Sender

if TYPE_CHECKING:
    from feeder.mail.dkim import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one person is written."""

    to: str = field(repr=False)  #: the address
    locale: Locale
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    message_id: str
    dated: datetime


def compose(letter: Letter, sender: Sender, *, signer: Signer | None = None) -> bytes:
    """The message on the wire. Raises ConfigError or AddressError when an address cannot stand in a header."""
    boundary = "=_" + hashlib.sha256(f"{letter.text}\0{letter.html}".encode()).hexdigest()[:32]
    edge = f"--{boundary}\r\n".encode()
    text, html = (Part(kind, said, own=(0, 1)) for kind, said in (("plain", letter.text), ("html", letter.html)))
    body = Body([edge, text, edge, html, f"--{boundary}--\r\n".encode()], ())
    pieces, fields = body.pieces(()), _fields(letter, sender, boundary)
    if signer:
        fields.insert(0, signer.field(fields, body.digest(pieces), int(letter.dated.timestamp())))
    return "\r\n".join([*fields, "", ""]).encode() + b"".join(pieces)


def _fields(letter: Letter, sender: Sender, boundary: str) -> list[str]:
    return [
        headers.mailbox("From", sender.name, sender.address),
        *([f"Reply-To: {headers.mail_address(sender.reply_to)}"] if sender.reply_to else []),
        f"To: {headers.recipient(letter.to)}",
        headers.unstructured("Subject", letter.subject),
        f"Date: {format_datetime(letter.dated)}",
        headers.plain("Message-ID", f"<{letter.message_id}>"),
        "Auto-Submitted: auto-generated",  # RFC 3834: holiday replies stay at home
        headers.plain("Content-Language", letter.locale),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
