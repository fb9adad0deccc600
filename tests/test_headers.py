"""What is written into a header is what every reader finds there: 10,000 subjects, names of senders, names of lists.

Three readers decode them: Python's older one, its newer one, and, as a third that nobody here wrote, Perl's Encode with
MIME-Header, which comes with Perl itself.
"""

from __future__ import annotations

import email
import random
import re
import subprocess
from collections.abc import Callable
from email import policy
from email.header import decode_header, make_header

import pytest
from doors import need
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeder.errors import AddressError, ConfigError
from feeder.mail import headers

WORDS = (
    "Digest", "of", "the", "week", "PM2.5", "«Атажұрт»", "Шыңжаң", "Құлжа", "әйелдер", "пикетке", "шықты", "ё", "Синьцзян",
    "в", "«Завтра", "снова»", "9–15", "қараша", "2026", "=?utf-8?Q?x?=", "a=?b", "?==?", "№", "🕯️", "(now", "Astana)", "é",
    "x" * 80, "ұ" * 40, "-", "&", '"quoted"', "back\\slash", "a,b;c:d", "<x@y>", "@", "ﷺ", "и\u0306", "=", "_", "=0D=0A",
)  # fmt: skip
COUNT = 10_000

Field = Callable[[str], str]
SUBJECT: Field = lambda text: headers.unstructured("Subject", text)  # noqa: E731
SENDER: Field = lambda text: headers.mailbox("From", text, "digest@example.org")  # noqa: E731
LIST: Field = lambda text: headers.phrase_with("List-Id", text, "<digest-kk.example.org>")  # noqa: E731
FIELDS = {
    "subject": (SUBJECT, ""),
    "sender": (SENDER, "<digest@example.org>"),
    "list": (LIST, "<digest-kk.example.org>"),
}
every_field = pytest.mark.parametrize("kind", FIELDS)


def texts(kind: str) -> list[str]:
    """Mixed Kazakh, Russian and English, the same in every run."""
    chance = random.Random(kind)
    return [" ".join(chance.choices(WORDS, k=chance.randint(1, 12 if kind == "subject" else 6))) for _ in range(COUNT)]


def value(field: str) -> str:
    """A field's value, unfolded as RFC 5322 says."""
    return re.sub(r"\r\n(?=[ \t])", "", field).partition(": ")[2]


def unquoted(text: str, field: str, last: str) -> str:
    """What a field shows without what stands behind a name, and without the quotes that RFC 5322 wants around some."""
    name = text.removesuffix(last).strip() if last else text
    return re.sub(r"\\(.)", r"\1", name[1:-1]) if last and value(field).startswith('"') else name


def older(field: str) -> str:
    return str(make_header(decode_header(value(field))))


def assert_form(field: str) -> None:
    """RFC 2047, 2: words of 75, lines of 76 octets; nothing but ASCII; each line but the first begins with a space."""
    lines = field.split("\r\n")
    assert field.isascii()
    assert field.replace("\r\n", "").isprintable()
    assert "?==?" not in field
    assert all(len(line) <= 76 for line in lines)
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    for word in re.findall(r"=\?utf-8\?[BQ]\?[^? ]*\?=", field):
        assert len(word) <= 75
        assert re.search(rf"(?:^|[ \n]){re.escape(word)}(?:$|[ \r])", field)
        decode_header(word)[0][0].decode("utf-8")  # whole characters only


@every_field
def test_ten_thousand_arrive_as_they_were_written(kind: str) -> None:
    make, last = FIELDS[kind]
    for text in texts(kind):
        field = make(text)
        assert_form(field)
        assert unquoted(older(field), field, last) == headers.clean(text), text


def test_subjects_and_senders_by_the_newer_reader(long: bool) -> None:
    """Slow as it is, ten thousand only when asked. Between the encoded words of a name it puts spaces on some versions,
    against RFC 2047, 6.2; those are left to the other readers."""
    some = COUNT if long else COUNT // 10
    for title, name in zip(texts("subject")[:some], texts("sender")[:some], strict=True):
        field = SENDER(name)
        found = email.message_from_bytes(f"{SUBJECT(title)}\r\n{field}\r\n\r\n".encode(), policy=policy.default)
        assert str(found["Subject"]) == headers.clean(title)
        (mailbox,) = found["From"].addresses
        assert mailbox.addr_spec == "digest@example.org"
        if field.count("=?") < 2:
            assert mailbox.display_name == headers.clean(name)


@every_field
def test_ten_thousand_by_a_reader_in_another_language(kind: str) -> None:
    """Encode::MIME::Header takes the raw field, folds included."""
    make, last = FIELDS[kind]
    fields = [make(text) for text in texts(kind)]
    program = (
        r"use Encode; binmode STDOUT, ':utf8'; local $/ = qq{\0}; my $d = find_encoding('MIME-Header');"
        r" while (<STDIN>) { chomp; s/\r\n(?=[ \t])//g; print $d->decode($_), qq{\0} }"
    )
    sent = "".join(f"{field.partition(': ')[2]}\0" for field in fields).encode()
    done = subprocess.run([need("perl"), "-e", program], input=sent, capture_output=True, check=True)
    found = done.stdout.decode("utf-8").split("\0")[:-1]
    assert len(found) == COUNT
    for text, field, got in zip(texts(kind), fields, found, strict=True):
        assert unquoted(got, field, last) == headers.clean(text)


@settings(max_examples=1000)
@given(st.text(max_size=120))
@example("=?utf-8?Q?x=0D=0ABcc:_a@b?=")
@example("x\r\nBcc: victim@example.net")
@example("")
@example("Weekly digest: " + "word " * 40)
@example(" ".join(["=?"] * 30))
def test_any_text_at_all(text: str) -> None:
    """Controls and look-alikes of encoded words aside, which `clean` takes out."""
    field = SUBJECT(text)
    assert_form(field)
    assert older(field) == headers.clean(text)
    assert str(email.message_from_bytes(f"{field}\r\n\r\n".encode(), policy=policy.default)["Subject"]) == older(field)
    for make in (SENDER, LIST):
        assert_form(make(text))


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?Q?Hello=0D=0ABcc:_victim@example.net?=",
        "=?utf-8?B?SGVsbG8NCkJjYzogdmljdGltQGV4YW1wbGUubmV0?=",
        "= ?utf-8?Q?x=0D=0ABcc:_y?=",
        "=\x00?utf-8?Q?x=0D=0ABcc:_y?=",
        "=\u202e?utf-8?Q?x=0D=0ABcc:_y?=",
        "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3D0D=3D0ABcc:_y=3F=3D?=",
        "x\r\nBcc: y",
        "x\u2028Bcc: y\x85Bcc: z\x0bBcc: w",
    ],
)
def test_no_text_becomes_a_line_of_its_own(title: str) -> None:
    """Neither at once nor after a relay has decoded it and written it anew."""
    for make, name in ((SUBJECT, "Subject"), (SENDER, "From"), (LIST, "List-Id")):
        field = make(title)
        assert_form(field)
        assert "\r" not in older(field)
        found = email.message_from_bytes(f"{field}\r\n\r\n".encode(), policy=policy.default)
        assert found.keys() == [name]
        for how in (policy.SMTP, policy.SMTPUTF8, policy.compat32):
            again = found.as_bytes(policy=how)
            assert not re.search(rb"^(Bcc|To):", again, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\r\nBcc: c@d",
        "a b@example.org",
        "<a@example.org>",
        "a@b@c",
        "a@" + "x" * 70 + "ә",
        ".a@b",
        "a..b@c",
    ],
)
def test_what_is_no_address_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(ConfigError, match="is not a mail address") as caught:
        headers.mail_address(address)
    assert "\n" not in str(caught.value)
    with pytest.raises(AddressError):
        headers.recipient(address)


def test_domains_go_out_in_ascii() -> None:
    """By the rules of today: the older ones turn ß into ss, which is somebody else's domain."""
    assert headers.mail_address("reader@мысал.қаз") == "reader@xn--80awbu3c.xn--80ao21a"
    assert headers.recipient("x@straße.example") == "x@xn--strae-oqa.example"
    assert headers.recipient("O'Brien+x@Example.NET") == "O'Brien+x@Example.NET"


def test_a_sender_must_have_an_address_that_all_servers_take() -> None:
    assert headers.recipient("әйгерім@example.org") == "әйгерім@example.org"
    with pytest.raises(ConfigError, match="in Latin letters"):
        headers.mail_address("әйгерім@example.org")


def test_a_field_that_must_stay_whole_is_ascii_and_fits_into_a_line() -> None:
    assert headers.plain("List-Help", "<https://example.org/>") == "List-Help: <https://example.org/>"
    with pytest.raises(ConfigError, match="printable ASCII"):
        headers.plain("List-Help", "<https://example.org/көмек>")
    with pytest.raises(ConfigError, match="mail allows 998"):
        headers.plain("List-Help", "x" * 990)
