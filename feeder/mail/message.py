"""Issue + Sender -> the bytes of one message, ready for SMTP or to be kept as an .eml file.

    prepared = prepare(issue, sender, signer=signer)     once for an issue and a set of amendments
    prepared.compose(recipient) -> bytes                 once for each recipient

multipart/alternative with the text first (RFC 2046, 5.1.4), both parts UTF-8 in the shorter of quoted-printable and
base64, every line at most 76 octets but for the List- fields with long URLs, CRLF everywhere. Nothing in it comes
from a clock or from chance: a retry is the same message, byte for byte.

What is common to all recipients is encoded once. The few lines that hold a recipient's own addresses are encoded for
each; since those addresses are as long for everyone, nothing behind them moves.
"""

from __future__ import annotations

import hashlib
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from feeder.mail import bodies, headers
from feeder.mail.bodies import Body, Part
from feeder.model import Attached, Issue, Recipient, Sender

if TYPE_CHECKING:  # who signs nothing does not wait for a library of ciphers
    from feeder.mail import dkim

_NOBODY = "undisclosed-recipients:;"
# every printable ASCII character that RFC 3986 lets stand in a URI, and "%": what is encoded already stays so
_URI = "!#$%&'()*+,/:;=?@[]~"
_ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def prepare(issue: Issue, sender: Sender, *, signer: dkim.Signer | None = None) -> Prepared:
    """Encode what all recipients of an issue share.

    `issue`: its html and text cut already to the amendments that these recipients are told.
    Raises ConfigError when an address or the list's id cannot stand in a header.
    """
    return Prepared(issue, sender, signer)


class Prepared:
    """An issue in all but what belongs to one recipient."""

    def __init__(self, issue: Issue, sender: Sender, signer: dkim.Signer | None) -> None:
        self._signer, self._signed_at = signer, int(issue.dated.timestamp())
        name = hashlib.sha256(f"{issue.text}\0{issue.html}".encode()).hexdigest()
        self._first = _authors(sender)
        self._second = [headers.unstructured("Subject", issue.subject), f"Date: {format_datetime(issue.dated)}"]
        self._third = [headers.phrase_with("List-Id", sender.name, f"<{headers.list_id(sender.list_id)}>")]
        self._last = [*_list_fields(sender), *_content_fields(issue, boundary=name[:32])]
        self._parts = _parts(issue, outer=name[:32], inner=name[32:])
        self._bodies: dict[tuple[int, ...], Body] = {}

    def compose(self, recipient: Recipient) -> bytes:
        """One message to one address; without an address, a sample to nobody (RFC 5322, 3.4, a group without members).

        Raises AddressError when the address is none.
        """
        leave, preferences = _uri(recipient.unsubscribe), _uri(recipient.preferences)
        own = tuple(uri.encode("ascii") for uri in (leave, preferences, escape(leave), escape(preferences)))
        pieces = self._body(own).pieces(own)
        fields = self._fields(recipient, leave)
        if self._signer:
            fields.insert(0, self._signer.field(fields, self._body(own).digest(pieces), self._signed_at))
        return "\r\n".join([*fields, "", ""]).encode() + b"".join(pieces)

    def _body(self, own: tuple[bytes, ...]) -> Body:
        """The body for addresses of these lengths; there is one such body unless somebody hands us strange addresses."""
        lengths = tuple(map(len, own))
        if lengths not in self._bodies:
            if len(self._bodies) > 7:
                self._bodies.clear()
            self._bodies[lengths] = Body(self._parts, lengths)
        return self._bodies[lengths]

    def _fields(self, recipient: Recipient, leave: str) -> list[str]:
        """RFC 8058: one click needs https; over http only the plain link is offered."""
        return [
            *self._first,
            f"To: {headers.recipient(recipient.address) if recipient.address else _NOBODY}",
            *self._second,
            headers.plain("Message-ID", f"<{recipient.message_id}>"),
            *self._third,
            headers.plain("List-Unsubscribe", f"<{leave}>"),
            *([_ONE_CLICK] if leave.startswith("https:") else []),
            *self._last,
        ]


def _authors(sender: Sender) -> list[str]:
    fields = [headers.mailbox("From", sender.name, sender.address)]
    return [*fields, f"Reply-To: {headers.mail_address(sender.reply_to)}"] if sender.reply_to else fields


def _list_fields(sender: Sender) -> list[str]:
    """RFC 2369 and 3834."""
    return [
        *([headers.plain("List-Help", f"<{_uri(sender.help)}>")] if sender.help else []),
        headers.plain("List-Archive", f"<{_uri(sender.archive)}>"),
        "Precedence: bulk",
        "Auto-Submitted: auto-generated",  # holiday replies stay at home
    ]


def _content_fields(issue: Issue, boundary: str) -> list[str]:
    kind = f'multipart/alternative;\r\n boundary="=_{boundary}"'
    return [headers.plain("Content-Language", issue.locale), "MIME-Version: 1.0", f"Content-Type: {kind}"]


def _parts(issue: Issue, outer: str, inner: str) -> list[Part | bytes]:
    """The body in its order. "=_" in a boundary occurs neither in base64 nor in quoted-printable."""
    text, html = Part("plain", issue.text, own=(0, 1)), Part("html", issue.html, own=(2, 3))
    pictures: list[Part | bytes] = [html]
    if issue.attached:
        start = f'Content-Type: multipart/related; type="text/html";\r\n boundary="=_{inner}"\r\n\r\n--=_{inner}\r\n'
        rest = "".join(f"--=_{inner}\r\n{_picture(one)}" for one in issue.attached)
        pictures = [start.encode(), html, f"{rest}--=_{inner}--\r\n".encode()]
    return [f"--=_{outer}\r\n".encode(), text, f"--=_{outer}\r\n".encode(), *pictures, f"--=_{outer}--\r\n".encode()]


def _picture(one: Attached) -> str:
    """RFC 2387 and 2392; without a file name, mail programs do not list it among the attachments."""
    fields = (
        headers.plain("Content-Type", one.type),
        "Content-Transfer-Encoding: base64",
        headers.plain("Content-ID", f"<{one.cid}>"),
        "Content-Disposition: inline",
    )
    return "\r\n".join((*fields, "", "")) + bodies.base64_lines(one.data).decode("ascii")


def _uri(text: str) -> str:
    """A URL in ASCII, without the white space and the angle brackets that would end it in a header."""
    return quote(text.strip(), safe=_URI)
