"""Signatures that another implementation verifies, after a trip through a real mail server."""

from __future__ import annotations

import hashlib
import re
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import dkim as peer
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from doors import need
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import ENGLISH, ISSUE, RUSSIAN, SENDER, TO, composed, fields, reader
from mail_servers import Real

from feeder.errors import ConfigError
from feeder.mail import bodies, dkim, message
from feeder.model import Attached, Issue
from feeder.transports import open_transport

RSA, ED25519 = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()
KEYS: dict[str, dkim.Key] = {"rsa": RSA, "ed25519": ED25519}
every_key = pytest.mark.parametrize("kind", KEYS)
every_issue = pytest.mark.parametrize("issue", [ENGLISH, ISSUE, RUSSIAN], ids=lambda issue: issue.locale)
LETTERS = st.text(st.sampled_from(list("ab \t\n.=–Ж")), max_size=60)


def signer(kind: str = "rsa") -> dkim.Signer:
    return dkim.Signer(KEYS[kind], domain="news.example.org", selector="feeder")


def is_ours(data: bytes, by: dkim.Signer) -> bool:
    """What dkimpy says, which asks nobody but us for the key."""
    name, text = by.record()

    def answer(asked: bytes, timeout: int = 5) -> bytes:
        return text.encode() if asked.decode().rstrip(".") == name else b""

    return bool(peer.verify(data, dnsfunc=answer))


def pem(key: dkim.Key | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, lock)


@every_key
@every_issue
def test_a_message_that_went_through_a_server_is_ours(issue: Issue, kind: str) -> None:
    """Each language, with what makes mail hard: dots at the start of lines, runs of spaces, pictures."""
    by = signer(kind)
    picture = Attached(cid="1f2e@news.example.org", type="image/png", data=bytes(range(256)) * 9)
    prepared = message.prepare(replace(issue, attached=(picture,)), SENDER, signer=by)
    with Real() as server, closing(open_transport(f"smtp://{server.address}", Path())) as transport:
        for number in range(3):
            to = reader(number)
            transport.send(SENDER.address, to.address, prepared.compose(to), name="x", before_end=lambda: None)
    assert len({one.data for one in server.letters}) == 3
    assert all(is_ours(one.data, by) for one in server.letters)


@every_key
def test_what_somebody_changed_is_not_ours(kind: str) -> None:
    by = signer(kind)
    data = composed(ENGLISH, signer=by)
    assert is_ours(data, by)
    for old, new in (
        (b"Subject: ", b"Subject: x"),
        (b"\r\nTo: reader", b"\r\nTo: readers"),
        (b"unsubscribe/K", b"unsubscribe/L"),
        (b"\r\nDate: Mon", b"\r\nDate: Tue"),
        (b"The end", b"The End"),
        (b"\r\nFrom: ", b"\r\nFrom: x@evil.example\r\nFrom: "),
        (b"\r\nSubject: ", b"\r\nSubject: another\r\nSubject: "),
        (b"\r\nMIME-Version: ", b"\r\nReply-To: x@evil.example\r\nMIME-Version: "),
        (b"List-Unsubscribe-Post: List-", b"List-Unsubscribe-Post: list-"),
    ):
        changed = data.replace(old, new)
        assert changed != data
        assert not is_ours(changed, by), old
    assert not is_ours(data + b"more", by)


def test_nobody_can_add_answers_to_a_message_without_them() -> None:
    by = signer()
    data = composed(ENGLISH, replace(SENDER, reply_to=""), signer=by)
    assert is_ours(data, by)
    assert not is_ours(data.replace(b"\r\nMIME-Version: ", b"\r\nReply-To: x@evil.example\r\nMIME-Version: "), by)


@every_key
def test_a_retry_is_signed_with_the_same_bytes(kind: str) -> None:
    assert composed(signer=signer(kind)) == composed(signer=signer(kind))


def test_what_is_signed() -> None:
    """From and what readers see once more than it is there; both fields of one click (RFC 8058, 4); the whole body."""
    first = fields(composed(signer=signer()))[0]
    tags = dict(tag.strip().split("=", 1) for tag in re.sub(r"\s+", "", first.partition(":")[2]).split(";"))
    names = tags["h"].lower().split(":")
    assert tags["a"] == "rsa-sha256"
    assert tags["c"] == "relaxed/relaxed"
    assert tags["t"] == str(int(ISSUE.dated.timestamp()))
    assert (tags["d"], tags["s"]) == ("news.example.org", "feeder")
    assert "l" not in tags
    assert {"list-unsubscribe", "list-unsubscribe-post", "message-id", "list-id"} <= set(names)
    twice = {"from", "reply-to", "to", "subject", "date", "mime-version", "content-type"}
    assert {name for name in names if names.count(name) == 2} == twice
    assert all(len(line) <= 78 for line in composed(signer=signer()).split(b"\r\n")[:20])


@settings(max_examples=60)
@given(LETTERS, LETTERS)
def test_any_body_is_signed_as_the_verifier_reads_it(text: str, html: str) -> None:
    by = signer("ed25519")
    issue = replace(ENGLISH, text=text + ENGLISH.text, html=ENGLISH.html + html)
    prepared = message.prepare(issue, SENDER, signer=by)
    assert is_ours(prepared.compose(TO), by)
    assert is_ours(prepared.compose(replace(TO, unsubscribe="https://example.org/=?a  b")), by)


@given(LETTERS)
def test_the_relaxed_form_is_that_of_the_verifier(text: str) -> None:
    lines = text.replace("\n", "\r\n").encode() + b".\r\n"
    found = peer.canonicalization.Relaxed.canonicalize_body(lines)
    assert hashlib.sha256(bodies.relaxed(lines)).digest() == hashlib.sha256(found).digest()


# --- keys -----------------------------------------------------------------------------------------


def test_keys_of_both_kinds_are_read_in_every_form() -> None:
    old = RSA.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    for text in (pem(RSA), old, b"a comment\n" + pem(ED25519)):
        assert isinstance(dkim.read_key(text), rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"", "no key is in it"),
        (b"\xff\x00 not a key", "no key is in it"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "it holds a private key"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "it holds a certificate"),
        (RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
         "it holds a public key"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither RSA nor Ed25519"),
        (pem(RSA, password=b"x"), "locked with a password"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_told_in_one_line(text: bytes, part: str) -> None:
    with pytest.raises(ConfigError, match=part) as caught:
        dkim.read_key(text)
    assert "\n" not in str(caught.value)


def test_a_short_key_is_refused() -> None:
    """RFC 8301, 3.2; the library that signs makes none itself."""
    short = subprocess.run([need("openssl"), "genrsa", "768"], capture_output=True, check=True).stdout
    with pytest.raises(ConfigError, match="768 bits; receivers want 1024 or more"):
        dkim.read_key(short)


@every_key
def test_the_record_for_the_dns(kind: str) -> None:
    """As a zone file has it, in strings of at most 255 octets; a verifier joins them."""
    name, text = signer(kind).record()
    line = dkim.zone_line(name, text)
    assert name == "feeder._domainkey.news.example.org"
    assert text.startswith(f"v=DKIM1; k={kind}; p=")
    assert line.startswith(f"{name}. IN TXT (")
    strings = re.findall(r'"([^"]*)"', line)
    assert "".join(strings) == text
    assert max(map(len, strings)) <= 255
