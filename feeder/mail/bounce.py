"""What comes back: a returned message or a complaint, read into what it says of one subscriber. Pure.

    return_path("bounces@example.org", name) -> "bounces+NAME@example.org"     (VERP)
    read(data, "bounces@example.org") -> Report

Anybody can send anything to the address for bounces. What a report says of an address is therefore hearsay; the opaque
name in its return path and the id of the message it returns are known to the recipient and to the servers on the way only.

A bounce is hard when the address does not exist (RFC 3463, 3.2), soft when the mailbox is full, the message was refused for
what it is, or time ran out. A warning that a message is late is neither.
"""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from typing import Literal

from feeder.keys import NAME
from feeder.mail import discreet

Kind = Literal[
    "hard",  #: the address does not exist, or takes no mail any more
    "soft",  #: this message could not be delivered; another one may
    "complaint",  #: the reader calls it spam
    "unread",  #: nothing of the kind, or nothing that can be read
]

LARGEST = 1 << 20  #: octets that are read of a report; what it is about stands before the message it returns
_NESTED = 20  #: parts made of parts that a report may have
_EDGES = 200  #: lines that may begin a part
_LINE, _FOLDED = 1000, 30  #: octets of a line and lines of a field; reading a longer field takes Python too long

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CONTAINER = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^message-id:\s*<([^<>\s]{1,250})>", re.IGNORECASE | re.MULTILINE)
#: subjects of RFC 3463 by which the address itself is bad: it does not exist, is disabled, has moved, its domain takes no mail
_NO_ADDRESS = ("0.0", "1.0", "1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.4")
_ONLY_NOW = re.compile(rb"full|quota|too (large|big)|spam|block|policy|rejected|delayed|temporar", re.IGNORECASE)

logging.getLogger("flufl.bounce").setLevel(
    logging.CRITICAL + 1
)  # it shows a bounce that it fails on, addresses and all


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a message in the mailbox for bounces says."""

    kind: Kind
    name: str = ""  #: the subscriber's opaque name, from the return path
    message_id: str = ""  #: of the message it returns, without brackets
    address: str = ""  #: to whom that message went, if it says so; hearsay
    status: str = ""  #: "5.1.1" (RFC 3463)
    reason: str = ""  #: one line without addresses


def return_path(base: str, name: str) -> str:
    """The address to which one subscriber's messages are returned."""
    local, _, domain = base.rpartition("@")
    return f"{local}+{name}@{domain}"


def read(data: bytes, return_path: str) -> Report:
    """`return_path`: as configured, without a name. Whatever `data` is, there is an answer, and soon."""
    tame = _tamed(data)
    if len(_CONTAINER.findall(tame)) > _NESTED:
        return Report(kind="unread", reason="too many parts")
    try:
        found = _read(email.message_from_string(tame.decode("utf-8", "replace")), tame)
    except Exception as error:
        found = Report(kind="unread", reason=f"not readable ({type(error).__name__})")
    return replace(found, name=_name(tame, return_path), message_id=_message_id(tame))


def _tamed(data: bytes) -> bytes:
    """A beginning of the report that Python's reader is done with in a moment."""
    kept, folded, edges = [], 0, 0
    for line in data[:LARGEST].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        folded = folded + 1 if line[:1] in (b" ", b"\t") else 0
        edges += line.startswith(b"--")
        if edges > _EDGES:
            break
        if folded <= _FOLDED:
            kept.append(line[:_LINE])
    # the form for addresses in any script (RFC 6533) is the same, but Python does not know it
    return re.sub(rb"(?i)message/global-delivery-status", b"message/delivery-status", b"\n".join(kept))


def _name(data: bytes, base: str) -> str:
    local, _, domain = base.rpartition("@")
    pattern = rf"(?<![\w.+-]){re.escape(local)}\+([a-z2-7]{{{NAME}}})@{re.escape(domain)}(?![\w.-]*\w)"
    match = re.search(pattern.encode(), data, re.IGNORECASE) if local else None
    return match[1].decode("ascii").lower() if match else ""


def _message_id(data: bytes) -> str:
    """Of the first message within the report, wherever it stands."""
    match = _MESSAGE_ID.search(data.partition(b"\n\n")[2])
    return match[1].decode("ascii", "replace") if match else ""


def _read(report: Message, data: bytes) -> Report:
    for part in report.walk():
        if part.get_content_type() == "message/feedback-report":
            return _complaint(next(_blocks(part), part))
    blocks = [
        block
        for part in report.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
        if "Action" in block
    ]
    if blocks:
        return _returned(next((block for block in blocks if _action(block) == "failed"), blocks[0]))
    return _other(report, data)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a part that is made of such."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, "")).split())


# --- RFC 5965: complaints -------------------------------------------------------------------------


def _complaint(fields: Message) -> Report:
    kind = _field(fields, "Feedback-Type").lower()
    address = _bare(_field(fields, "Original-Rcpt-To"))
    if kind in ("", "not-spam", "auth-failure", "dmarc"):
        return Report(kind="unread", address=address, reason=f"a report of the kind {kind or 'none'}, not a complaint")
    return Report(kind="complaint", address=address, reason=f"complaint: {discreet.told(kind, address)}")


# --- RFC 3464: delivery status notifications ------------------------------------------------------


def _returned(block: Message) -> Report:
    """One recipient's fields."""
    address = _bare(_field(block, "Original-Recipient") or _field(block, "Final-Recipient"))
    diagnosis = _field(block, "Diagnostic-Code").partition(";")[2].strip()
    status = _status(_field(block, "Status"), diagnosis)
    reason = discreet.told(diagnosis or f"status {status or 'unknown'}", address)
    if _action(block) != "failed":
        return Report(kind="unread", address=address, status=status, reason=f"{_action(block)}, not returned: {reason}")
    return Report(kind=_kind(status), address=address, status=status, reason=reason)


def _action(block: Message) -> str:
    """ "failed", "delayed", "delivered", "relayed" or "expanded"; OpenSMTPD says "error" for the first."""
    action = re.match(r"[a-z]*", _field(block, "Action").lower())
    word = action[0] if action else ""
    return "failed" if word.startswith(("fail", "error")) else word


def _status(field: str, diagnosis: str) -> str:
    """The more telling of what the field and the server say: some servers write 5.0.0 and explain behind it."""
    found = [match[0] for match in (_STATUS.search(field), _STATUS.search(diagnosis)) if match]
    return next((status for status in found if not status.endswith(".0.0")), found[0] if found else "")


def _kind(status: str) -> Kind:
    first, _, rest = status.partition(".")
    return "hard" if not status or (first == "5" and rest in _NO_ADDRESS) else "soft"


def _bare(field: str) -> str:
    """ "rfc822; reader@example.net" without what stands before."""
    return field.rpartition(";")[2].strip().strip("<>")


# --- all other forms ------------------------------------------------------------------------------


def _other(report: Message, data: bytes) -> Report:
    """What flufl.bounce makes of it: a reader of the forms that servers had before there was a standard, and have still."""
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(report)
    address = next((found.decode("utf-8", "replace") for found in sorted(permanent or temporary)), "")
    if not permanent:
        reason = "delayed, not returned" if temporary else "no returned message and no complaint"
        return Report(kind="unread", address=address, reason=reason)
    text = data.partition(b"\n\n")[2]
    match = _STATUS.search(text.decode("utf-8", "replace"))
    status = match[0] if match else ""
    kind = _kind(status) if status else "soft" if _ONLY_NOW.search(text) else "hard"
    return Report(kind=kind, address=address, status=status, reason=f"returned: {status or 'no status given'}")
