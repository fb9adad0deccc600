"""What a mail server's reply means for a message, in one line without addresses. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from feeder.errors import Never, NotNow, TransportError, Unknown, Unreachable
from feeder.mail import discreet

_NO_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_LOGIN = (530, 534, 535, 538)  #: the server wants a login first, or another one (RFC 4954, 6)


class Reply(NamedTuple):
    """A reply code and its text; the lines of a longer one are separated by line ends."""

    code: int
    text: str


LOST = Reply(0, "")  #: the connection broke or gave nonsense


def refused(stage: str, reply: Reply, *, to: str, alone: bool = False) -> TransportError:
    """The error for a reply before the end of a message. `alone`: others would fare better, whatever the stage."""
    if reply == LOST:
        kind = Unreachable if stage == "MAIL" and not alone else NotNow
        return kind(f"the connection to the mail server broke at {stage}")
    reason = told(reply, to)
    if stage == "MAIL" and not alone:
        return Unreachable(reason, code=reply.code)
    return _judged(reply, reason) or Unreachable(reason, code=reply.code)


def unsettled(reply: Reply, *, to: str) -> TransportError:
    """The same after its end: without a clear answer, the server may have taken it."""
    if reply == LOST:
        return Unknown("the connection to the mail server broke before it said whether it took the message")
    reason = told(reply, to)
    return _judged(reply, reason) or Unknown(reason, code=reply.code)


def _judged(reply: Reply, reason: str) -> TransportError | None:
    """None: it is no refusal."""
    if reply.code // 100 not in (4, 5):
        return None
    general = reply.code == 421 or reply.code in _LOGIN or (reply.code >= 500 and _NO_RELAY.search(reply.text))
    kind = Unreachable if general else NotNow if reply.code < 500 else Never
    return kind(reason, code=reply.code)


def told(reply: Reply, *secrets: str) -> str:
    """The reply for people and logs: "550 5.1.1 no such user"."""
    lines = reply.text.split("\n")
    first = re.match(r"[245]\.\d{1,3}\.\d{1,3} ", lines[0])  # which each line repeats
    text = " ".join([lines[0], *(line.removeprefix(first[0] if first else "") for line in lines[1:])])
    return f"{reply.code} {discreet.told(text, *secrets)}".strip()
