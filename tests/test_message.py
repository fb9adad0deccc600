"""One message on the wire: the promises of feeder.mail.message."""

from __future__ import annotations

import binascii
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import MIMEPart
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import ENGLISH, ISSUE, RUSSIAN, SENDER, TO, composed, content, fields, parsed, parts, reader

from feeder.errors import AddressError, ConfigError
from feeder.mail import message
from feeder.model import PREFERENCES, UNSUBSCRIBE, Attached, Issue, Recipient

GOLDEN = Path(__file__).parent / "data" / "digest" / "message.eml"
ISSUES = (ENGLISH, ISSUE, RUSSIAN)
every_issue = pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.locale)


def filled(text: str, to: Recipient = TO) -> str:
    return text.replace(UNSUBSCRIBE, to.unsubscribe).replace(PREFERENCES, to.preferences)


# --- what is in it --------------------------------------------------------------------------------


@every_issue
def test_the_text_comes_first_and_both_parts_are_what_the_issue_says(issue: Issue) -> None:
    found = parsed(composed(issue))
    assert found.get_content_type() == "multipart/alternative"
    text, html = parts(composed(issue))
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in (text, html)] == ["utf-8", "utf-8"]
    assert content(text) == filled(issue.text).rstrip()
    assert content(html) == filled(issue.html).rstrip()
    assert not found.defects


def test_the_head_has_each_field_once() -> None:
    names = [field.partition(":")[0] for field in fields(composed())]
    assert names == [
        "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
        "List-Help", "List-Archive", "Precedence", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_a_mail_program_reads_the_head() -> None:
    found = parsed(composed())
    assert found["Subject"] == ISSUE.subject
    assert found["From"].addresses[0].display_name == "Дала үлгісі"
    assert found["From"].addresses[0].addr_spec == "digest@news.example.org"
    assert found["To"].addresses[0].addr_spec == TO.address
    assert found["Date"] == "Mon, 16 Nov 2026 00:00:00 +0500"
    assert found["Message-ID"] == f"<{TO.message_id}>"
    assert found["List-Id"].endswith(" <digest-kk.news.example.org>")
    assert found["List-Unsubscribe"] == f"<{TO.unsubscribe}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["List-Help"] == f"<{SENDER.help}>"
    assert found["Content-Language"] == "kk"


def test_one_click_is_offered_only_where_it_can_work() -> None:
    """RFC 8058 asks for https."""
    data = composed(to=replace(TO, unsubscribe="http://127.0.0.1:8000/kk/unsubscribe/1"))
    assert "List-Unsubscribe: <http://127.0.0.1:8000/kk/unsubscribe/1>" in fields(data)
    assert b"One-Click" not in data


def test_a_sample_goes_to_nobody() -> None:
    found = parsed(composed(to=replace(TO, address="")))
    assert found["To"] == "undisclosed-recipients:;"
    assert not found["To"].addresses


def test_a_sender_without_answers_and_without_help() -> None:
    names = {field.partition(":")[0] for field in fields(composed(sender=replace(SENDER, reply_to="", help="")))}
    assert names.isdisjoint({"Reply-To", "List-Help"})


def test_the_bytes_are_those_that_somebody_has_read_and_kept() -> None:
    """No clock, no chance, no version of Python in them; GOLDEN=write writes the file anew."""
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_bytes(composed())
    assert composed() == GOLDEN.read_bytes()


@every_issue
def test_a_retry_is_the_same_message(issue: Issue) -> None:
    """Prepared anew, or after others, in another order."""
    prepared = message.prepare(issue, SENDER)
    first = [prepared.compose(reader(number)) for number in range(5)]
    assert [prepared.compose(reader(number)) for number in reversed(range(5))] == first[::-1]
    assert composed(issue, to=reader(3)) == first[3]
    assert composed(replace(issue, dated=issue.dated.astimezone(UTC)), to=reader(3)) != first[3]  # the offset is told


def test_two_sets_of_amendments_are_two_messages() -> None:
    """Who prepares them passes html and text already cut."""
    other = replace(ISSUE, text=ISSUE.text.replace("Әділет", "Түзету"))
    assert content(parts(composed(other))[0]) == filled(other.text).rstrip()


# --- splicing -------------------------------------------------------------------------------------

letters = st.text(st.sampled_from(list("ab =.\n\t“–ӘғЖ🕯")), max_size=130)
pieces = st.lists(letters | st.sampled_from([UNSUBSCRIBE, PREFERENCES]), max_size=9)
uris = st.text(st.sampled_from(list("abc/?=&-%")), min_size=1, max_size=70).map("https://e.org/".__add__)


@settings(max_examples=150)
@given(pieces, pieces, st.lists(st.tuples(uris, uris), min_size=1, max_size=4))
def test_what_is_spliced_is_what_would_be_encoded_whole(
    text: Sequence[str], html: Sequence[str], own: Sequence[tuple[str, str]]
) -> None:
    """Wherever the addresses stand, side by side or at an edge, and however long each recipient's are."""
    issue = replace(ISSUE, text="".join(text), html="".join(html))
    prepared = message.prepare(issue, SENDER)
    for unsubscribe, preferences in own:
        to = replace(TO, unsubscribe=unsubscribe, preferences=preferences)
        data = prepared.compose(to)
        plain, rich = parts(data)
        escaped = replace(to, unsubscribe=escape(unsubscribe), preferences=escape(preferences))
        assert content(plain) == filled(issue.text.rstrip(), to)
        assert content(rich) == filled(issue.html.rstrip(), escaped)
        for part in (plain, rich):
            assert_as_python_encodes(part)


def assert_as_python_encodes(part: MIMEPart) -> None:
    """Byte for byte what the standard library makes of the whole."""
    payload, data = part.get_payload(), part.get_payload(decode=True)
    assert isinstance(payload, str)
    assert isinstance(data, bytes)
    lines = payload.encode().splitlines()
    if part["Content-Transfer-Encoding"] == "base64":
        whole = binascii.b2a_base64(data, newline=False)
        assert lines == [whole[at : at + 76] for at in range(0, len(whole), 76)]
    else:
        whole = binascii.b2a_qp(data.removesuffix(b"\r\n") + b"\r\n", istext=True)
        assert b"\r\n".join([*lines, b""]).rstrip() == whole.rstrip()


@settings(max_examples=20)
@given(letters)
def test_addresses_are_spliced_where_base64_is_cut(before: str) -> None:
    """Every place within a line of 57 octets, and addresses of every length from none."""
    for length in range(0, 120, 7):
        to = replace(TO, unsubscribe="x" * length, preferences="y")
        issue = replace(ISSUE, text=f"Ә{before}{UNSUBSCRIBE}{PREFERENCES}ә")
        assert content(parts(composed(issue, to=to))[0]) == filled(issue.text, to)


# --- the form -------------------------------------------------------------------------------------


def test_a_long_way_out_stays_in_one_piece() -> None:
    """300 characters of URL: not folded, not encoded, in the head and in both parts."""
    long = "https://news.example.org/kk/unsubscribe/" + "0123456789" * 26
    data = composed(to=replace(TO, unsubscribe=long))
    assert f"\r\nList-Unsubscribe: <{long}>\r\n".encode() in data
    assert all(long in content(part) for part in parts(data))


def test_a_url_of_any_characters_cannot_leave_its_brackets() -> None:
    nasty = "https://қаз.example/a b>,<mailto:x@y>\r\nBcc: z@example.net"
    data = composed(to=replace(TO, unsubscribe=nasty), sender=replace(SENDER, help=nasty, archive=nasty))
    for name in ("List-Unsubscribe: ", "List-Help: ", "List-Archive: "):
        line = next(field for field in fields(data) if field.startswith(name))
        assert line.count("<") == line.count(">") == 1
    assert "Bcc" not in parsed(data)


def test_an_ampersand_in_the_way_out_is_escaped_in_html_only() -> None:
    text, html = parts(composed(to=replace(TO, unsubscribe="https://example.org/?a=1&b=2")))
    assert "?a=1&b=2\n" in content(text)
    assert '"https://example.org/?a=1&amp;b=2"' in content(html)


@pytest.mark.parametrize(
    "body", ["Әділет – «Атажұрт»\n" * 300, "An English line, with a “quote” – and = signs.\n" * 300, "."]
)
def test_no_line_is_longer_than_76_and_all_end_in_crlf(body: str) -> None:
    long = "Ұзақ тақырып " * 20
    data = composed(replace(ISSUE, text=body, html=body * 3, subject=long), replace(SENDER, name=long))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n") if b"unsubscribe/" not in line) <= 76
    assert content(parts(data)[0]) == body.rstrip()


def test_english_stays_legible_and_kazakh_is_short() -> None:
    data = composed(replace(ISSUE, text="Nine – to fifteen\n" * 9, html="<p>Апталық шолу</p>"))
    assert [part["Content-Transfer-Encoding"] for part in parts(data)] == ["quoted-printable", "base64"]
    assert b"Nine =E2=80=93 to fifteen" in data


@pytest.mark.parametrize(
    ("dated", "want"),
    [
        (datetime(2024, 2, 29, 23, tzinfo=ISSUE.dated.tzinfo), "Thu, 29 Feb 2024 23:00:00 +0600"),
        (datetime(2024, 3, 1, 0, tzinfo=ISSUE.dated.tzinfo), "Fri, 01 Mar 2024 00:00:00 +0500"),
        (datetime(2026, 11, 16, tzinfo=UTC), "Mon, 16 Nov 2026 00:00:00 +0000"),
    ],
)
def test_the_date_has_the_offset_of_its_day(dated: datetime, want: str) -> None:
    assert parsed(composed(replace(ISSUE, dated=dated)))["Date"] == want


def test_pictures_travel_within_the_message() -> None:
    """RFC 2387: text first, then the html with its pictures, which it shows by their names."""
    picture = Attached(cid="1f2e@news.example.org", type="image/png", data=bytes(range(256)) * 9)
    issue = replace(ISSUE, html=f'<img src="cid:{picture.cid}" alt="x">{ISSUE.html}', attached=(picture, picture))
    found = parsed(composed(issue))
    assert [part.get_content_type() for part in found.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png",
    ]  # fmt: skip
    image = parts(composed(issue))[2]
    assert image["Content-ID"] == f"<{picture.cid}>"
    assert image.get_content_disposition() == "inline"
    assert image.get_content() == picture.data
    html = found.get_body(("html",))
    assert html is not None
    assert content(html) == filled(issue.html).rstrip()
    assert not any(part.defects for part in found.walk())


# --- who writes into headers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?Q?Hello=0D=0ABcc:_victim@example.net?=",
        "=?utf-8?B?SGVsbG8NCkJjYzogdmljdGltQGV4YW1wbGUubmV0?=",
        "a\r\nBcc: victim@example.net",
        "a\nBcc: b\x00\u2028Bcc: c",
        "\rBcc: x",
    ],
)
def test_no_title_writes_a_header(title: str) -> None:
    data = composed(replace(ISSUE, subject=title), replace(SENDER, name=title))
    assert len(fields(data)) == 16
    assert "Bcc" not in parsed(data)
    again = parsed(data).as_bytes(policy=policy.SMTP)  # as a relay in Python would write it anew
    assert not re.search(rb"^Bcc:", again, re.MULTILINE | re.IGNORECASE)


def test_a_reader_in_another_script_is_named_in_it() -> None:
    """RFC 6532; whether the server takes it is the transport's to see."""
    data = composed(to=replace(TO, address="әйгерім@мысал.қаз"))
    assert "\r\nTo: әйгерім@xn--80awbu3c.xn--80ao21a\r\n".encode() in data


@pytest.mark.parametrize("address", ["a@b\r\nBcc: c@d", "a b@example.org", "nobody", "a\u2028@example.org", "a@b@c"])
def test_a_reader_without_an_address_is_refused_alone(address: str) -> None:
    prepared = message.prepare(ISSUE, SENDER)
    with pytest.raises(AddressError, match="is not a mail address") as caught:
        prepared.compose(replace(TO, address=address))
    assert "\n" not in str(caught.value)
    assert prepared.compose(TO) == composed()


@pytest.mark.parametrize("bad", ["", "digest kk", "digest>x", "дайджест.example.org", "a..b"])
def test_what_is_no_list_id_is_refused(bad: str) -> None:
    with pytest.raises(ConfigError, match="is not a list id"):
        composed(sender=replace(SENDER, list_id=bad))
