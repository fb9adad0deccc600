"""Issue + Sender -> the bytes of one message, ready for DKIM and SMTP or to be kept as an .eml file.

multipart/alternative with the text first (RFC 2046, 5.1.4), both parts UTF-8 in the shorter of quoted-printable and
base64, every line at most 76 octets but for the List- fields with long URLs, CRLF everywhere. Nothing in it comes
from a clock or from chance: a retry is the same message, byte for byte.
"""

from __future__ import annotations

import binascii
import hashlib
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from feeder.mail import headers
from feeder.model import UNSUBSCRIBE, Issue, Recipient, Sender

_NOBODY = "undisclosed-recipients:;"
# every printable ASCII character that RFC 3986 lets stand in a URI, and "%": what is encoded already stays so
_URI = "!#$%&'()*+,/:;=?@[]~"


def compose(issue: Issue, sender: Sender, recipient: Recipient) -> bytes:
    """One message to one address; without an address, a sample to nobody (RFC 5322, 3.4, a group without members).

    Raises ConfigError when an address or the list's id cannot stand in a header.
    """
    leave = _uri(recipient.unsubscribe)
    text = issue.text.replace(UNSUBSCRIBE, leave)
    html = issue.html.replace(UNSUBSCRIBE, escape(leave))
    boundary = "=_" + _digest(issue.text, issue.html)[:32]  # "=_" occurs neither in base64 nor in quoted-printable
    fields = [
        *_addresses(sender, recipient.address),
        headers.unstructured("Subject", issue.subject),
        f"Date: {format_datetime(issue.dated)}",
        headers.plain("Message-ID", f"<{recipient.message_id}>"),
        *_list_fields(sender, leave),
        headers.plain("Content-Language", issue.locale),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    parts = "".join(f"--{boundary}\r\n{_part(kind, body)}" for kind, body in (("plain", text), ("html", html)))
    return ("\r\n".join(fields) + f"\r\n\r\n{parts}--{boundary}--\r\n").encode("ascii")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _addresses(sender: Sender, to: str) -> list[str]:
    fields = [headers.mailbox("From", sender.name, sender.address)]
    if sender.reply_to:
        fields.append(f"Reply-To: {headers.mail_address(sender.reply_to)}")
    return [*fields, f"To: {headers.mail_address(to) if to else _NOBODY}"]


def _list_fields(sender: Sender, leave: str) -> list[str]:
    """RFC 2919, 2369, 8058 and 3834. One click needs https; over http only the plain link is offered."""
    one_click = ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if leave.startswith("https:") else []
    return [
        headers.phrase_with("List-Id", sender.name, f"<{headers.list_id(sender.list_id)}>"),
        headers.plain("List-Unsubscribe", f"<{leave}>"),
        *one_click,
        headers.plain("List-Archive", f"<{_uri(sender.archive)}>"),
        "Precedence: bulk",
        "Auto-Submitted: auto-generated",  # holiday replies stay at home
    ]


def _uri(text: str) -> str:
    """A URL in ASCII, without the white space and the angle brackets that would end it in a header."""
    return quote(text.strip(), safe=_URI)


def _part(kind: str, body: str) -> str:
    encoding, coded = _transfer(_crlf(body))
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{coded}"


def _crlf(body: str) -> str:
    return body.rstrip().replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") + "\r\n"


def _transfer(body: str) -> tuple[str, str]:
    """English is shorter and legible in quoted-printable, Kazakh and Russian are shorter in base64."""
    data = body.encode()
    quoted = binascii.b2a_qp(data, istext=True).decode("ascii")
    if len(quoted) * 3 <= len(data) * 4:
        return "quoted-printable", quoted
    whole = binascii.b2a_base64(data, newline=False).decode("ascii")
    return "base64", "".join(f"{whole[at : at + headers.LINE]}\r\n" for at in range(0, len(whole), headers.LINE))
