"""What comes back is read right, and nothing that comes can stop the reading."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.mail import bounce
from feeder.mail.bounce import read, return_path

BASE, NAME = "bounces@news.example.org", "k3v2abcd7efghi5j"
MESSAGE_ID = "9508568dbb1a2c6ea3fe867800cde0c3@news.example.org"
FOLDER = Path(__file__).parent / "data" / "bounces"
#: What each file says: kind, status, a piece of the reason. The names of the files tell which program's form it is.
WANT = {
    "postfix-unknown.eml": ("hard", "5.1.1", "user unknown"),
    "postfix-delayed.eml": ("unread", "4.4.1", "delayed, not returned"),
    "postfix-expired.eml": ("soft", "4.4.1", "timed out"),
    "exchange-full.eml": ("soft", "5.2.2", "mailbox is full"),
    "gmail-disabled.eml": ("hard", "5.2.1", "account is disabled"),
    "mailru-spam.eml": ("soft", "5.7.1", "spam"),
    "opensmtpd-error.eml": ("hard", "5.0.0", "550 Invalid recipient"),
    "international.eml": ("hard", "5.1.1", "no such user"),
    "qmail-unknown.eml": ("hard", "5.1.1", "returned: 5.1.1"),
    "exim-full.eml": ("soft", "", "returned"),
    "arf-abuse.eml": ("complaint", "", "complaint: abuse"),
    "arf-redacted.eml": ("complaint", "", "complaint: abuse"),
    "arf-not-spam.eml": ("unread", "", "not a complaint"),
    "vacation.eml": ("unread", "", "no returned message"),
    "receipt.eml": ("unread", "2.1.5", "delivered, not returned"),
}


@pytest.mark.parametrize("name", WANT)
def test_each_form_is_read_for_what_it_says(name: str) -> None:
    """Whose message it was is told by the return path, and proved by the message's id; the reason names nobody."""
    kind, status, reason = WANT[name]
    report = read((FOLDER / name).read_bytes(), BASE)
    assert (report.kind, report.status) == (kind, status)
    assert reason in report.reason
    assert report.name == NAME
    assert report.message_id == ("" if name == "vacation.eml" else MESSAGE_ID)
    assert report.address in ("aigul@example.net", "әйгерім@example.net", "redacted@example.net", "")
    assert "aigul" not in report.reason
    assert "@" not in report.reason


def test_every_file_is_asked_about() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(WANT)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_line_ends_make_no_difference(ends: bytes) -> None:
    """A maildir has the first, a message on its way the second."""
    data = (FOLDER / "postfix-unknown.eml").read_bytes().replace(b"\r\n", b"\n")
    assert read(data.replace(b"\n", ends), BASE) == read(data, BASE)


# --- the name in the return path ------------------------------------------------------------------


def test_the_return_path_is_read_back() -> None:
    assert return_path(BASE, NAME) == f"bounces+{NAME}@news.example.org"
    for base in (BASE, "b+feeder@example.org", "a.b@example.org"):
        assert read(f"To: <{return_path(base, NAME)}>\n\nx".encode(), base).name == NAME
        assert read(f"To: {return_path(base, NAME).upper()}\n\nx".encode(), base).name == NAME


@pytest.mark.parametrize(
    "to",
    [
        f"bounces+{NAME}x@news.example.org",
        f"bounces+{NAME[1:]}@news.example.org",
        f"xbounces+{NAME}@news.example.org",
        f"x.bounces+{NAME}@news.example.org",
        f"bounces+{NAME}@news.example.org.evil.example",
        f"bounces+{NAME}@evil.example",
        f"bounces-{NAME}@news.example.org",
        "bounces@news.example.org",
    ],
)
def test_another_address_names_nobody(to: str) -> None:
    assert read(f"To: {to}\n\nx".encode(), BASE).name == ""


def test_without_a_return_path_there_is_no_name() -> None:
    assert read((FOLDER / "postfix-unknown.eml").read_bytes(), "").name == ""


# --- hostile reports ------------------------------------------------------------------------------


def nested(depth: int, kind: str) -> bytes:
    lines = []
    for number in range(depth):
        if kind == "multipart":
            lines += [f"Content-Type: multipart/mixed; boundary=b{number}", "", f"--b{number}"]
        else:
            lines += [f"Content-Type: {kind}", ""]
    return "\n".join([*lines, "Action: failed", "Status: 5.1.1"]).encode()


HOSTILE = {
    "nothing": b"",
    "zeros": bytes(100_000),
    "every octet": bytes(range(256)) * 4000,
    "one line": b"a" * 20_000_000,
    "one field": b"Subject: " + b"x;" * 5_000_000,
    "a field with quotes": b'Content-Type: multipart/report; a="' + b';"' * 3_000_000,
    "a folded field": b"Content-Type: multipart/report;\n" + b' a*0*="x";\n' * 300_000,
    "many fields": b"X: y\n" * 300_000,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "many parts with types": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Type: message/rfc822\n\nx\n" * 30_000,
    "parts in parts": nested(20_000, "multipart"),
    "messages in messages": nested(20_000, "message/rfc822"),
    "reports in reports": nested(20_000, "message/delivery-status"),
    "blocks": b"Content-Type: message/delivery-status\n\n" + b"Action: x\nStatus: y\n\n" * 40_000,
    "wrong charset": b"Content-Type: text/plain; charset=nonesuch\nSubject: =?nonesuch?B?////?=\n\n\xff\xfe",
    "wrong encoding": b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n!!!!",
    "a string for blocks": b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n",
    "many addresses": b"\n\n" + b"<a@b.example>: 550 5.1.1\n" * 100_000,
    "dots": b"\n\nStatus: " + b"5.1" * 300_000,
    "ids": b"\n\n" + b"Message-ID: <\n" * 200_000,
    "the name again": f"To: bounces+{NAME[:-1]}".encode() * 60_000,
    "a qmail that does not end": b"\n\nHi. This is the qmail-send program\n\n" + b"<a@example.net>:\n" * 90_000,
    "spaces": b"From: MAILER-DAEMON\n\n" + b" " * 1_000_000 + b"\n" + b"\t \n" * 300_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_comes_there_is_an_answer_soon(what: str) -> None:
    """Large, deep, broken: to read such a one whole would take minutes, or end in an error."""
    report = read(HOSTILE[what], BASE)
    assert report.kind in ("unread", "hard", "soft")
    assert report.reason.isprintable()


@settings(max_examples=150)
@given(st.data())
def test_damaged_reports_do_not_crash(data: st.DataObject) -> None:
    """Pieces of real ones, cut, repeated and put together wrongly."""
    texts = [path.read_bytes() for path in sorted(FOLDER.iterdir())]
    joined = b""
    for _ in range(data.draw(st.integers(1, 4))):
        text = data.draw(st.sampled_from(texts))
        start = data.draw(st.integers(0, len(text)))
        joined += text[start : start + data.draw(st.integers(0, 1500))] + data.draw(st.binary(max_size=5))
    report = read(joined, BASE)
    assert report.kind in ("hard", "soft", "complaint", "unread")
    assert report.reason.isprintable()
    assert "@" not in report.reason


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """A library that fails on a bounce shows it, addresses and all, to whoever reads the log."""
    with caplog.at_level(logging.DEBUG):
        for path in FOLDER.iterdir():
            read(path.read_bytes(), BASE)
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


def test_a_status_is_taken_from_where_it_tells_more() -> None:
    assert bounce._status("5.0.0", "550 5.2.2 full") == "5.2.2"
    assert bounce._status("5.1.1", "550 5.0.0 x") == "5.1.1"
    assert bounce._status("", "host 192.0.2.5.1.1 said 550 5.7.1 no") == "5.7.1"
    assert bounce._status("5.0.0", "") == "5.0.0"
    assert bounce._status("", "no such user") == ""
