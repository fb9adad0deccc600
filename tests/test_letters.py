"""The letter that asks to confirm: in the reader's language, text first, its link alone on a line."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path

import dkim
import html5lib
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from doors import LOCALES
from people import EMAIL, KEYS, name
from walk import NOW, newsroom

from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers import letters
from feeder.jobs.subscribers.consent import Letter
from feeder.keys import name_of
from feeder.model import Locale, Subscriber

WORDS = {"en": "press the button", "kk": "батырманы басыңыз", "ru": "нажмите кнопку"}
SUBJECTS = {"en": "Confirm your subscription", "kk": "Жазылымыңызды растаңыз", "ru": "Подтвердите подписку"}


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom(tmp_path / "site", title="Дала «Steppe»", mail_reply_to="desk@example.org")


def letter(kind: str = "confirm", locale: Locale = "kk", address: str = EMAIL) -> Letter:
    return Letter(kind=kind, to=Subscriber(id=name(), email=address, locale=locale, state="pending", epoch=2))  # type: ignore[arg-type]


def message(room: Newsroom, one: Letter) -> EmailMessage:
    found = email.message_from_bytes(letters.envelope(room, KEYS, one, NOW).body, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def parts(found: EmailMessage) -> tuple[str, str]:
    text, html = found.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content(), html.get_content()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_letter_is_in_the_readers_language(locale: Locale, room: Newsroom) -> None:
    """Subject, text and page; the link, alone on its line, is that of the person and of this request."""
    one = letter(locale=locale)
    found = message(room, one)
    text, html = parts(found)
    assert SUBJECTS[locale] in found["Subject"]
    assert "Дала «Steppe»" in found["Subject"]
    assert WORDS[locale] in " ".join(text.split())
    assert WORDS[locale] in html
    assert f'<html lang="{locale}">' in html
    (link,) = [line for line in text.splitlines() if "/confirm/" in line]
    assert re.fullmatch(rf"https://news\.example\.org/{locale}/confirm/[A-Za-z0-9_-]{{32}}", link)
    token = link.rpartition("/")[2]
    assert name_of(token) == one.to.id
    assert KEYS.valid(token, "confirm", one.to.id, 2)
    assert html.count(link) == 3  # the button, and the link for programs without buttons
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("locale", LOCALES)
def test_who_is_subscribed_already_is_told_and_can_leave(locale: Locale, room: Newsroom) -> None:
    """With a link to the preferences; nothing to confirm."""
    one = letter("known", locale)
    text, html = parts(message(room, one))
    link = f"https://news.example.org/{locale}/preferences/{KEYS.token('preferences', one.to.id, 2)}"
    assert link in text.splitlines()
    assert f'href="{link}"' in html
    assert "/confirm/" not in text + html


def test_the_letter_is_no_list_mail(room: Newsroom) -> None:
    """Who has not confirmed is on no list; holiday replies stay at home; there is one of each field."""
    found = message(room, letter())
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Content-Language"] == "kk"
    assert found["Reply-To"] == "desk@example.org"
    assert found["To"] == EMAIL
    assert not [key for key in found if key.startswith("List-") or key == "Precedence"]
    assert len({key.lower() for key in found}) == len(found.keys())


def test_nothing_remote_is_in_it(room: Newsroom) -> None:
    """No image, no font, no address but the site's; valid HTML."""
    for kind in ("confirm", "known"):
        _, html = parts(message(room, letter(kind)))
        assert not re.search(r"<(img|link|script|iframe)|url\(|@import", html)
        assert all(url.startswith("https://news.example.org/") for url in re.findall(r'(?:href|src)="([^"]*)"', html))
        html5lib.HTMLParser(strict=True).parse(html)


def test_lines_are_as_mail_wants_them(room: Newsroom) -> None:
    """CRLF, short, ASCII but for an address in another script, which stands as it is (RFC 6532)."""
    body = letters.envelope(room, KEYS, letter(), NOW).body
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 998
    body.decode("ascii")
    other = letters.envelope(room, KEYS, letter(address="рысбек@пошта.қаз"), NOW)
    assert "To: рысбек@xn--80a1acn3a.xn--80ao21a\r\n".encode() in other.body


def test_the_same_letter_is_the_same_bytes(room: Newsroom) -> None:
    """A retry is no other message; a request an hour later is."""
    one = letter()
    assert letters.envelope(room, KEYS, one, NOW).body == letters.envelope(room, KEYS, one, NOW).body
    ids = {message(room, letter())["Message-ID"] for _ in range(3)}
    assert len(ids) == 3


def test_it_comes_back_to_where_it_is_known(tmp_path: Path, room: Newsroom) -> None:
    """The sender's address, or one with the subscriber's opaque name in it (VERP)."""
    one = letter()
    assert letters.envelope(room, KEYS, one, NOW).sender == "digest@news.example.org"
    own = newsroom(tmp_path / "other", mail_return_path="back@example.org")
    assert letters.envelope(own, KEYS, one, NOW).sender == f"back+{one.to.id}@example.org"
    assert EMAIL not in repr(letters.envelope(own, KEYS, one, NOW)) + repr(one)


def test_it_is_signed(tmp_path: Path) -> None:
    """By the same key as the digest (DKIM); checked by another program."""
    key = Ed25519PrivateKey.generate()
    pem, raw = serialization.Encoding.PEM, serialization.Encoding.Raw
    (tmp_path / "dkim.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    room = newsroom(tmp_path / "site", mail_dkim_key_file=str(tmp_path / "dkim.pem"))
    body = letters.envelope(room, KEYS, letter(), NOW).body
    public = key.public_key().public_bytes(raw, serialization.PublicFormat.Raw)
    import base64

    record = b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public)
    assert dkim.verify(body, dnsfunc=lambda name, timeout=5: record)
    assert not dkim.verify(body.replace(b"Subject: ", b"Subject: x"), dnsfunc=lambda name, timeout=5: record)
