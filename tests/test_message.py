"""One message on the wire: the promises of feeder.mail."""

from __future__ import annotations

import email
import os
import re
from dataclasses import replace
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeder.errors import ConfigError
from feeder.mail import headers, message
from feeder.model import UNSUBSCRIBE, Issue, Sender, Week

GOLDEN = Path(__file__).parent / "data" / "digest" / "message.eml"
LEAVE = "https://news.example.org/kk/unsubscribe/3f9a0c"
SENDER = Sender(
    name="Дала үлгісі",
    address="digest@news.example.org",
    reply_to="desk@news.example.org",
    list_id="digest-kk.news.example.org",
    unsubscribe=LEAVE,
    archive="https://news.example.org/kk/digest/",
)
ISSUE = Issue(
    id="2026-W46-kk",
    week=Week(2026, 46),
    locale="kk",
    subject="Апталық шолу: 2026 жылғы 9–15 қараша",
    html=f'<p>Әділет үшін</p><a href="{UNSUBSCRIBE}">Жазылудан бас тарту</a>\n',
    text=f"Әділет үшін\n\nЖазылудан бас тарту:\n{UNSUBSCRIBE}\n",
    stories=("2026-11-13-picket",),
    url="https://news.example.org/kk/digest/2026-W46/",
    dated=datetime(2026, 11, 16, tzinfo=ZoneInfo("Asia/Almaty")),
)
TO = "reader@example.net"
WORDS = (
    "Digest", "of", "the", "week", "PM2.5", "«Атажұрт»", "Шыңжаң", "Құлжа", "әйелдер", "пикетке", "шықты", "ё", "Синьцзян",
    "в", "«Завтра", "снова»", "9–15", "қараша", "2026", "=?utf-8?Q?x?=", "a=?b", "?==?", "№", "🕯️", "(now", "Astana)", "é",
    "x" * 80, "ұ" * 40, "-", "&", '"quoted"',
)  # fmt: skip


def parsed(data: bytes) -> EmailMessage:
    found = email.message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def fields(data: bytes) -> list[str]:
    """The header fields as they are on the wire, unfolded."""
    head = data.partition(b"\r\n\r\n")[0].decode("ascii")
    return re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")


def content(part: MIMEPart) -> str:
    """The text of a part, whose line ends are CRLF on the wire."""
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def decoded(field: str) -> str:
    """What a mail program shows, by the older of Python's two readers."""
    value = re.sub(r"\r\n(?=[ \t])", "", field).partition(": ")[2]
    return str(make_header(decode_header(value)))


def test_the_text_comes_first_and_both_parts_are_what_the_issue_says() -> None:
    found = parsed(message.compose(ISSUE, SENDER, TO))
    assert found.get_content_type() == "multipart/alternative"
    text, html = found.iter_parts()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in (text, html)] == ["utf-8", "utf-8"]
    assert content(text) == ISSUE.text.replace(UNSUBSCRIBE, LEAVE)
    assert content(html) == ISSUE.html.replace(UNSUBSCRIBE, LEAVE)
    assert not found.defects


def test_the_head_has_each_field_once() -> None:
    names = [field.partition(":")[0] for field in fields(message.compose(ISSUE, SENDER, TO))]
    assert names == [
        "From", "Reply-To", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
        "List-Archive", "Precedence", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_a_mail_program_reads_the_head() -> None:
    found = parsed(message.compose(ISSUE, SENDER, TO))
    assert found["Subject"] == ISSUE.subject
    assert found["From"].addresses[0].display_name == "Дала үлгісі"
    assert found["From"].addresses[0].addr_spec == "digest@news.example.org"
    assert found["To"].addresses[0].addr_spec == TO
    assert found["Date"] == "Mon, 16 Nov 2026 00:00:00 +0500"
    assert found["List-Id"].endswith(" <digest-kk.news.example.org>")
    assert found["List-Unsubscribe"] == f"<{LEAVE}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found["Content-Language"] == "kk"


def test_one_click_is_offered_only_where_it_can_work() -> None:
    """RFC 8058 asks for https."""
    data = message.compose(ISSUE, replace(SENDER, unsubscribe="http://127.0.0.1:8000/kk/unsubscribe/1"), TO)
    assert "List-Unsubscribe: <http://127.0.0.1:8000/kk/unsubscribe/1>" in fields(data)
    assert b"One-Click" not in data


def test_a_sample_goes_to_nobody() -> None:
    found = parsed(message.compose(ISSUE, SENDER))
    assert found["To"] == "undisclosed-recipients:;"
    assert not found["To"].addresses


def test_a_retry_is_the_same_message() -> None:
    assert message.compose(ISSUE, SENDER, TO) == message.compose(ISSUE, SENDER, TO)


def test_the_bytes_are_those_that_somebody_has_read_and_kept() -> None:
    """No clock, no chance, no version of Python in them; GOLDEN=write writes the file anew."""
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_bytes(message.compose(ISSUE, SENDER, TO))
    assert message.compose(ISSUE, SENDER, TO) == GOLDEN.read_bytes()


def test_each_issue_and_each_reader_has_a_message_id_of_its_own() -> None:
    other = replace(SENDER, unsubscribe=LEAVE + "0")
    issue = replace(ISSUE, id="2026-W47-kk")
    ids = [
        message.message_id(ISSUE, SENDER, TO),
        message.message_id(issue, SENDER, TO),
        message.message_id(ISSUE, SENDER, "other@example.net"),
        message.message_id(ISSUE, other, TO),
    ]
    assert len(set(ids)) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}@news\.example\.org", one) for one in ids)


def test_a_long_way_out_stays_in_one_piece() -> None:
    """300 characters of URL: not folded, not encoded, in the head and in both parts."""
    long = "https://news.example.org/kk/unsubscribe/" + "0123456789" * 26
    data = message.compose(ISSUE, replace(SENDER, unsubscribe=long), TO)
    assert f"\r\nList-Unsubscribe: <{long}>\r\n".encode() in data
    text, html = parsed(data).iter_parts()
    assert long in content(text)
    assert long in content(html)


def test_a_url_of_any_characters_cannot_leave_its_brackets() -> None:
    nasty = "https://қаз.example/a b>,<mailto:x@y>\r\nBcc: z@example.net"
    data = message.compose(ISSUE, replace(SENDER, unsubscribe=nasty), TO)
    line = next(field for field in fields(data) if field.startswith("List-Unsubscribe: "))
    assert line.count("<") == line.count(">") == 1
    assert "Bcc" not in parsed(data)


def test_an_ampersand_in_the_way_out_is_escaped_in_html_only() -> None:
    data = message.compose(ISSUE, replace(SENDER, unsubscribe="https://example.org/?a=1&b=2"), TO)
    text, html = parsed(data).iter_parts()
    assert "?a=1&b=2\n" in content(text)
    assert '"https://example.org/?a=1&amp;b=2"' in content(html)


@pytest.mark.parametrize(
    "body", ["Әділет – «Атажұрт»\n" * 300, "An English line, with a “quote” – and = signs.\n" * 300, "."]
)
def test_no_line_is_longer_than_76_and_all_end_in_crlf(body: str) -> None:
    long = "Ұзақ тақырып " * 20
    data = message.compose(replace(ISSUE, text=body, html=body * 3, subject=long), replace(SENDER, name=long), TO)
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 76
    text, _ = parsed(data).iter_parts()
    assert content(text) == body.rstrip() + "\n"


def test_english_stays_legible_and_kazakh_is_short() -> None:
    data = message.compose(replace(ISSUE, text="Nine – to fifteen\n" * 9, html="<p>Апталық шолу</p>"), SENDER, TO)
    assert [part["Content-Transfer-Encoding"] for part in parsed(data).iter_parts()] == ["quoted-printable", "base64"]
    assert b"Nine =E2=80=93 to fifteen" in data


titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join) | st.text(max_size=120)


@settings(max_examples=1000, deadline=None)
@given(titles)
@example("=?utf-8?Q?x=0D=0ABcc:_a@b?=")
@example("x\r\nBcc: victim@example.net")
@example("")
@example("Weekly digest: " + "word " * 40)
def test_every_subject_arrives_as_it_was_written(title: str) -> None:
    """Mixed Kazakh, Russian and English, whatever the spaces; controls and look-alikes of encoded words aside."""
    field = headers.unstructured("Subject", title)
    want = headers.clean(title)
    assert decoded(field) == want
    assert str(parsed(f"{field}\r\n\r\n".encode())["Subject"]) == want
    assert "?==?" not in field
    assert all(len(word) <= 75 for word in re.findall(r"=\?.*?\?=(?=\s|$)", field))
    assert all(len(line) <= 76 for line in field.split("\r\n"))
    assert all(line.startswith(" ") for line in field.split("\r\n")[1:])


@settings(max_examples=300, deadline=None)
@given(titles)
@example('Steppe, "Example" \\ Co.')
@example("Дала, үлгісі <x@y>")
def test_every_name_of_a_sender_arrives_as_it_was_written(name: str) -> None:
    field = headers.mailbox("From", name, "digest@example.org")
    mailbox = parsed(f"{field}\r\n\r\n".encode())["From"].addresses[0]
    assert mailbox.addr_spec == "digest@example.org"
    if "=?" not in field:
        assert mailbox.display_name == headers.clean(name)
    else:  # Python's newer reader puts spaces between the encoded words of a name, the older one knows the rule
        assert decoded(field) == f"{headers.clean(name)} <digest@example.org>"


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?Q?Hello=0D=0ABcc:_victim@example.net?=",
        "a\r\nBcc: victim@example.net",
        "a\nBcc: b\x00\u2028Bcc: c",
        "\rBcc: x",
    ],
)
def test_no_title_writes_a_header(title: str) -> None:
    issue, sender = replace(ISSUE, subject=title), replace(SENDER, name=title)
    data = message.compose(issue, sender, TO)
    assert len(fields(data)) == 15
    assert "Bcc" not in parsed(data)
    again = parsed(data).as_bytes(policy=policy.SMTP)  # as a relay in Python would write it anew
    assert not re.search(rb"^Bcc:", again, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b\r\nBcc: c@d", "a b@example.org", "<a@example.org>", "a@b@c", "a@" + "x" * 70]
)
def test_what_is_no_address_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(ConfigError, match="is not a mail address") as caught:
        headers.mail_address(address)
    assert "\n" not in str(caught.value)


def test_a_kazakh_domain_goes_out_in_ascii() -> None:
    assert headers.mail_address("reader@мысал.қаз") == "reader@xn--80awbu3c.xn--80ao21a"


@pytest.mark.parametrize("bad", ["", "digest kk", "digest>x", "дайджест.example.org", "a..b"])
def test_what_is_no_list_id_is_refused(bad: str) -> None:
    with pytest.raises(ConfigError, match="is not a list id"):
        message.compose(ISSUE, replace(SENDER, list_id=bad), TO)


def test_a_field_that_must_stay_whole_is_ascii() -> None:
    with pytest.raises(ConfigError, match="printable ASCII"):
        headers.plain("List-Help", "<https://example.org/көмек>")
