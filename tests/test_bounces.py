"""What comes back settles who gets nothing more; what anybody can make up settles nothing."""

from __future__ import annotations

import mailbox
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from people import EMAIL, KEYS, add, kept, request, state, suppression
from walk import NOW, newsroom

from feeder.jobs import bounces
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers import consent
from feeder.store import Store
from feeder.store.tables import delivery, issue

DAY = timedelta(days=1)
PATH = "bounces@news.example.org"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    made = newsroom(tmp_path / "site", mail_return_path=PATH, mail_bounces="returned")
    made.data.mkdir()
    return made


def returned(
    name: str = "", *, status: str = "5.1.1", email: str = EMAIL, message_id: str = "x@example.org", note: str = ""
) -> bytes:
    """A report as mail servers write it (RFC 3464), to the return path of a subscriber."""
    to = f"bounces+{name}@news.example.org" if name else PATH
    return "\r\n".join([
        "From: MAILER-DAEMON@mx.example.net", f"To: {to}", f"Subject: Undelivered {note}", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "", "--b",
        "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.net", "",
        f"Final-Recipient: rfc822; {email}", "Action: failed", f"Status: {status}",
        f"Diagnostic-Code: smtp; 550 {status} no", "", "--b", "Content-Type: text/rfc822-headers", "",
        f"Message-ID: <{message_id}>", "Subject: digest", "", "--b--", "",
    ]).encode()  # fmt: skip


def complaint(name: str) -> bytes:
    """RFC 5965."""
    return "\r\n".join([
        "From: feedback@example.net", "To: bounces@news.example.org", "Subject: spam", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"', "", "--b",
        "Content-Type: message/feedback-report", "", "Feedback-Type: abuse", "User-Agent: x/1", "Version: 1", "",
        "--b", "Content-Type: message/rfc822", "", f"Return-Path: <bounces+{name}@news.example.org>",
        "Message-ID: <y@example.org>", "", "text", "", "--b--", "",
    ]).encode()  # fmt: skip


def take(store: Store, room: Newsroom, data: bytes, at: datetime = NOW) -> str:
    return bounces.take(store, room, KEYS, data, at)


def sent(store: Store, email: str, week: str, at: datetime) -> str:
    """An issue that a mail server took for somebody; its message id."""
    one = kept(store, email)
    assert one is not None
    values = {"week": week, "locale": "kk", "compiled_at": at, "body": b""}
    with store.write() as connection:
        connection.execute(issue.insert().values(id=f"{week}-kk", **values))
        row = {"issue": f"{week}-kk", "subscriber": one.row, "state": "sent", "why": "", "amendments": []}
        connection.execute(delivery.insert().values(**row, attempts=1, due=at, sent=at))
    return KEYS.message_id(f"{week}-kk", one.name, "news.example.org")


def test_an_address_that_does_not_exist_gets_nothing_more(store: Store, room: Newsroom) -> None:
    """At once; and an import does not put it back."""
    own = add(store)
    assert take(store, room, returned(own)) == "hard"
    assert (state(store), suppression(store)) == ("bounced", "bounced")


def test_who_calls_it_spam_gets_nothing_more(store: Store, room: Newsroom) -> None:
    """A complaint (ARF) counts at once."""
    own = add(store)
    assert take(store, room, complaint(own)) == "complaint"
    assert (state(store), suppression(store)) == ("complained", "complained")


def test_a_full_mailbox_gets_five_chances(store: Store, room: Newsroom) -> None:
    """In a row: five issues that came back, one after the other."""
    own = add(store)
    for number in range(5):
        assert state(store) == "active"
        sent(store, EMAIL, f"2026-W{number + 10}", NOW + number * 7 * DAY)
        assert (
            take(store, room, returned(own, status="4.2.2", note=str(number)), NOW + (number * 7 + 1) * DAY) == "soft"
        )
    assert state(store) == "bounced"


def test_an_issue_that_arrived_begins_a_new_row(store: Store, room: Newsroom) -> None:
    """Four came back, one did not, the next did: that is the first again."""
    own = add(store)
    for number in range(4):
        take(store, room, returned(own, status="5.2.2", note=str(number)), NOW + number * DAY)
    sent(store, EMAIL, "2026-W20", NOW + 7 * DAY)
    sent(store, EMAIL, "2026-W21", NOW + 14 * DAY)
    take(store, room, returned(own, status="5.2.2", note="last"), NOW + 15 * DAY)
    found = kept(store)
    assert found is not None
    assert (found.state, found.soft_bounces) == ("active", 1)


def test_a_report_counts_once(store: Store, room: Newsroom) -> None:
    """However often it is read."""
    own = add(store)
    report = returned(own, status="4.2.2")
    assert [take(store, room, report) for _ in range(7)] == ["soft", *["unread"] * 6]
    assert state(store) == "active"


def test_without_a_name_the_message_that_came_back_tells_who(store: Store, room: Newsroom) -> None:
    """Its id is known only to whoever got it; an address alone could be anybody's to name."""
    add(store)
    real = sent(store, EMAIL, "2026-W46", NOW)
    assert take(store, room, returned(message_id="made-up@news.example.org")) == "unread"
    assert take(store, room, returned(message_id=real, email="other@example.net")) == "unread"
    assert state(store) == "active"
    assert take(store, room, returned(message_id=real)) == "hard"
    assert state(store) == "bounced"


@pytest.mark.parametrize(
    "data", [b"", b"\xff\x00" * 50, b"From: a@example.org\n\nhello", returned("a" * 16), returned(status="2.0.0")]
)
def test_what_says_nothing_settles_nothing(data: bytes, store: Store, room: Newsroom) -> None:
    """Nor is it an error."""
    add(store)
    assert take(store, room, data) == "unread"
    assert state(store) == "active"


def test_a_letter_that_comes_back_erases_who_asked(store: Store, room: Newsroom) -> None:
    """The address does not exist and was on no list; it is not suppressed, for it may be made one day."""
    letter = consent.ask(store, KEYS, request(), NOW)
    assert letter is not None
    take(store, room, returned(letter.to.id))
    assert (state(store), suppression(store)) == (None, None)


def test_the_report_is_kept_without_what_it_says(store: Store, room: Newsroom) -> None:
    """Its hash, its kind, its time, whose it is; and nobody's when that one was erased."""
    own = add(store)
    take(store, room, returned(own))
    with store.read() as connection:
        (row,) = connection.execute(sa.text("SELECT * FROM bounce")).all()
    assert len(row) == 4
    assert len(row.id) == 64
    assert EMAIL not in str(row)


def test_a_maildir_is_read_and_marked(store: Store, room: Newsroom) -> None:
    """What is new, and what another program moved without reading it; never twice, and nothing is taken out."""
    own, other = add(store), add(store, "other@example.net")
    box = mailbox.Maildir(room.data / "returned", create=True)
    box.add(returned(own))
    seen = mailbox.MaildirMessage(returned(other))
    seen.set_subdir("cur")
    seen.add_flag("S")
    box.add(seen)
    assert bounces.read_mailbox(store, room, KEYS, NOW) == {"hard": 1}
    assert bounces.read_mailbox(store, room, KEYS, NOW) == {}
    assert (state(store), state(store, "other@example.net"), len(box)) == ("bounced", "active", 2)
    assert not list((room.data / "returned" / "new").iterdir())


def test_an_mbox_file_is_read_when_it_changed(store: Store, room: Newsroom) -> None:
    """It stays as it is; a message that is added later is found."""
    own, other = add(store), add(store, "other@example.net")
    assert bounces.read_mailbox(store, room, KEYS, NOW) == {}
    box = mailbox.mbox(room.data / "returned")
    box.add(EmailMessage())
    box.add(returned(own))
    box.flush()
    before = (room.data / "returned").read_bytes()
    assert bounces.read_mailbox(store, room, KEYS, NOW) == {"unread": 1, "hard": 1}
    assert bounces.read_mailbox(store, room, KEYS, NOW) == {}
    assert (room.data / "returned").read_bytes() == before
    box.add(returned(other))
    box.close()
    assert bounces.read_mailbox(store, room, KEYS, NOW) == {"unread": 2, "hard": 1}
    assert state(store, "other@example.net") == "bounced"


def test_without_a_mailbox_there_is_nothing_to_do(store: Store, tmp_path: Path) -> None:
    """Neither configured nor there."""
    assert bounces.read_mailbox(store, newsroom(tmp_path / "other"), KEYS, NOW) == {}
