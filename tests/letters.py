"""An issue, a sender and recipients for tests of mail."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from zoneinfo import ZoneInfo

from feeder.mail import dkim, message
from feeder.model import PREFERENCES, UNSUBSCRIBE, Issue, Recipient, Sender, Week

BASE = "https://news.example.org/kk"
SENDER = Sender(
    name="Дала үлгісі",
    address="digest@news.example.org",
    reply_to="desk@news.example.org",
    list_id="digest-kk.news.example.org",
    archive=f"{BASE}/digest/",
    help=f"{BASE}/privacy/",
)
ISSUE = Issue(
    id="2026-W46-kk",
    week=Week(2026, 46),
    locale="kk",
    subject="Апталық шолу: 2026 жылғы 9–15 қараша",
    html=f'<p>Әділет үшін</p><a href="{UNSUBSCRIBE}">Жазылудан бас тарту</a> <a href="{PREFERENCES}">Баптау</a>\n',
    text=f"Әділет үшін\n\nЖазылудан бас тарту:\n{UNSUBSCRIBE}\n\nБаптау:\n{PREFERENCES}\n",
    stories=("2026-11-13-picket",),
    url=f"{BASE}/digest/2026-W46/",
    dated=datetime(2026, 11, 16, tzinfo=ZoneInfo("Asia/Almaty")),
)
TO = Recipient(
    address="reader@example.net",
    message_id="9508568dbb1a2c6ea3fe867800cde0c3@news.example.org",
    unsubscribe=f"{BASE}/unsubscribe/K7v3pQ0aB9s-X2fYtL5uWm8cRdEe4GhJ",
    preferences=f"{BASE}/preferences/M1n6oP0qC8r-Z3gXsK4vVl9bSfDd5HiK",
)
ENGLISH = replace(
    ISSUE,
    id="2026-W46-en",
    locale="en",
    subject="The week: 9–15 November 2026",
    html=f'<p lang="en">Nine days – a  “picket” = quiet.</p>\n<a href="{UNSUBSCRIBE}">Leave</a>\n<a href="{PREFERENCES}">x</a>\n',
    text=f"Nine days – a   “picket”.\n  \n.\n..\nFrom here\n\nLeave: {UNSUBSCRIBE} or {PREFERENCES} now\nThe end\n",
)
RUSSIAN = replace(
    ISSUE,
    id="2026-W46-ru",
    locale="ru",
    subject="Неделя: 9–15 ноября 2026 года",
    html=f"<p>Ради справедливости</p>{'<p>Ещё абзац.</p>' * 40}"
    f'<a href="{UNSUBSCRIBE}">Отписаться</a><a href="{PREFERENCES}">Н</a>\n',
    text=f"Ради справедливости\n\nОтписаться:\n{UNSUBSCRIBE}\n\n{'Ещё абзац.' * 30}\n{PREFERENCES}\n",
)


def reader(number: int) -> Recipient:
    """Another one, with addresses of the same lengths."""
    return replace(
        TO,
        address=f"reader{number}@example.net",
        message_id=f"{number:032x}@news.example.org",
        unsubscribe=f"{BASE}/unsubscribe/{number:032}",
        preferences=f"{BASE}/preferences/{number:032}",
    )


def composed(
    issue: Issue = ISSUE, sender: Sender = SENDER, to: Recipient = TO, signer: dkim.Signer | None = None
) -> bytes:
    return message.prepare(issue, sender, signer=signer).compose(to)


def parsed(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def parts(data: bytes) -> list[MIMEPart]:
    """The leaves, in their order."""
    return [part for part in parsed(data).walk() if not part.is_multipart()]


def content(part: MIMEPart) -> str:
    """The text of a part, whose line ends are CRLF on the wire; the last one may belong to the boundary (RFC 2046, 5.1.1)."""
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n").removesuffix("\n")


def fields(data: bytes) -> list[str]:
    """The header fields as they are on the wire, unfolded."""
    head = data.partition(b"\r\n\r\n")[0].decode("utf-8")
    return re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
