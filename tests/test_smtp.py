"""A message is offered to a mail server; whatever the server does, we know whether it may have been taken."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_servers import STAGES, Certificates, Faulty, Real, Stage, certificates

from feeder.errors import ConfigError, Never, NotNow, TransportError, Unknown, Unreachable
from feeder.transports import Transport, open_transport, smtp_replies, smtp_url
from feeder.transports.smtp_replies import Reply

FROM, TO = "bounces+k3v2k3v2k3v2k3v2@news.example.org", "aigul@example.net"
MESSAGE = b"Subject: x\r\n\r\n.\r\n..two\r\nMAIL FROM:<x@example.org>\r\n.three\r\n"


@contextmanager
def opened(url: str, base: Path = Path()) -> Iterator[Transport]:
    with closing(open_transport(url, base)) as transport:
        yield transport


def send(
    transport: Transport, to: str = TO, message: bytes = MESSAGE, before_end: Callable[[], None] = lambda: None
) -> None:
    transport.send(FROM, to, message, name="2026-W46-kk.k3v2", before_end=before_end)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


# --- a server that is well ------------------------------------------------------------------------


def test_a_server_gets_the_bytes_and_the_envelope() -> None:
    with Real() as server, opened(f"smtp://{server.address}") as transport:
        for number in range(3):
            send(transport, to=f"{number}@example.net")
    assert server.letters == [(FROM, f"{number}@example.net", MESSAGE) for number in range(3)]


@pytest.mark.parametrize("pipelining", [False, True])
def test_the_connection_is_kept_and_pipelined_where_offered(pipelining: bool) -> None:
    with Faulty(pipelining=pipelining) as server, opened(f"smtp://{server.address}") as transport:
        for _ in range(5):
            send(transport)
    assert [one.data for one in server.letters] == [MESSAGE] * 5
    assert server.connections == 1
    assert server.said[0] == "ehlo news.example.org"  # not this machine's name
    assert server.said[-1] == "quit"


def test_starttls_and_a_login(signed: Certificates) -> None:
    """The password has every character that an address must not have, in percent form."""
    password = "s:e/c@r?e#t %кілт"
    with (
        Real("starttls", by=signed, login=("desk", password)) as server,
        opened(f"smtp+starttls://desk:{quoted(password)}@{server.address}?ca={signed.ca}") as transport,
    ):
        send(transport)
    assert [one.to for one in server.letters] == [TO]


def test_tls_from_the_start(signed: Certificates) -> None:
    """A relative path of who signs is seen from the base."""
    with Real("tls", by=signed) as server, opened(f"smtps://{server.address}?ca=ca.pem", signed.ca.parent) as transport:
        send(transport)
    assert [one.data for one in server.letters] == [MESSAGE]


def quoted(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


@given(st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b".", b"..", b"a", b"\r\n.\r\n"]), max_size=12).map(b"".join))
def test_no_message_can_end_itself(data: bytes) -> None:
    """Nothing within it is read as its end, whatever its line ends; and what is read is what was written."""
    from feeder.transports.smtp import _letter

    wire = _letter(FROM, TO, data).data + b"\r\n.\r\n"
    assert re.search(rb"(?:^|\r\n|\r|\n)\.(?:\r\n|\r|\n)", wire[:-2]) is None
    lines = wire.removesuffix(b"\r\n.\r\n").split(b"\r\n")
    plain = b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)
    assert plain == re.sub(rb"\r\n|\r|\n", b"\r\n", data).removesuffix(b"\r\n")


# --- addresses ------------------------------------------------------------------------------------


def test_a_kazakh_domain_goes_out_in_ascii() -> None:
    with Real() as server, opened(f"smtp://{server.address}") as transport:
        send(transport, to="reader@мысал.қаз")
    assert server.letters[0].to == "reader@xn--80awbu3c.xn--80ao21a"


def test_a_kazakh_address_goes_to_a_server_that_takes_such() -> None:
    """RFC 6531; the domain is in ASCII for the DNS all the same."""
    with Real(international=True) as server, opened(f"smtp://{server.address}") as transport:
        send(transport, to="әйгерім@мысал.қаз", message="To: әйгерім\r\n\r\n".encode())
    assert server.letters[0].to == "әйгерім@xn--80awbu3c.xn--80ao21a"


def test_a_kazakh_address_fails_for_good_where_the_server_takes_none() -> None:
    """The message is not tried again and again; the others are none the worse."""
    with Real() as server, opened(f"smtp://{server.address}") as transport:
        send(transport)
        with pytest.raises(Never, match="SMTPUTF8") as caught:
            send(transport, to="әйгерім@example.net")
        send(transport)
    assert "әйгерім" not in str(caught.value)
    assert len(server.letters) == 2


@pytest.mark.parametrize(
    "to", ["a@b>\r\nRCPT TO:<x@example.net", "a b@example.org", "", "x", "a@-b", "a\n@example.org"]
)
def test_what_is_no_address_never_reaches_the_server(to: str) -> None:
    with Faulty() as server, opened(f"smtp://{server.address}") as transport, pytest.raises(Never):
        send(transport, to=to)
    assert server.connections == 0


# --- a server that is not well --------------------------------------------------------------------

#: What each fault at each stage means.
MEANING: dict[str, dict[str, type[TransportError]]] = {
    "450 4.2.1 later": {"RCPT": NotNow, "DATA": NotNow, "body": NotNow, "end": NotNow},
    "550 5.1.1 never": {"RCPT": Never, "DATA": Never, "body": Never, "end": Never},
    "421 4.3.2 closing": dict.fromkeys(STAGES, Unreachable),
    "drop": {"RCPT": NotNow, "DATA": NotNow, "body": NotNow, "end": Unknown},
    "reset": {"RCPT": NotNow, "DATA": NotNow, "body": NotNow, "end": Unknown},
    "stall": {"RCPT": NotNow, "DATA": NotNow, "body": NotNow, "end": Unknown},
    "babble": {"RCPT": NotNow, "DATA": NotNow, "body": NotNow, "end": Unknown},
}


EVERY = [
    (fault, stage) for fault in MEANING for stage in STAGES if stage != "EHLO" or not fault.startswith(("45", "55"))
]


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize(("fault", "stage"), EVERY)
def test_every_fault_at_every_stage(fault: str, stage: Stage, pipelining: bool) -> None:
    """The right error, the mark set only before the end, no address in the reason, and the next message goes through."""
    big = MESSAGE + b"x" * 70 + b"\r\n" * 2_000_000 if stage == "body" else MESSAGE  # more than buffers take
    marks: list[str] = []
    with (
        Faulty(stage, fault, pipelining=pipelining) as server,
        opened(f"smtp://{server.address}?timeout=1") as transport,
    ):
        with pytest.raises(TransportError) as caught:
            send(transport, message=big, before_end=lambda: marks.append("end"))
        send(transport, to="next@example.net")
        assert [one.to for one in server.letters] == ["next@example.net"]
    assert type(caught.value) is MEANING[fault].get(stage, Unreachable)
    assert marks == (["end"] if stage == "end" else [])
    assert "aigul" not in str(caught.value)
    assert "\n" not in str(caught.value)
    if fault[0].isdigit() and stage not in ("greeting", "EHLO"):
        assert caught.value.code == int(fault[:3])
        assert fault[10:] in str(caught.value)


def test_a_server_of_the_old_days_is_used() -> None:
    """It knows HELO only."""
    with Faulty("EHLO", "500 what") as server, opened(f"smtp://{server.address}") as transport:
        send(transport)
    assert [line.partition(" ")[0] for line in server.said] == ["ehlo", "helo", "MAIL", "RCPT", "DATA", "quit"]
    assert len(server.letters) == 1


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("fault", ["drop", "reset", "421 4.4.2 idle for too long"])
def test_a_connection_that_ended_since_is_made_anew(fault: str, pipelining: bool) -> None:
    """Between two messages the server may close; the second one is not delayed by it."""
    with Faulty("idle", fault, pipelining=pipelining) as server, opened(f"smtp://{server.address}") as transport:
        send(transport)
        send(transport)
    assert (len(server.letters), server.connections) == (2, 2)


@pytest.mark.parametrize("fault", ["450 4.2.1 later", "550 5.1.1 never"])
def test_a_refusal_of_one_reader_keeps_the_connection(fault: str) -> None:
    with Faulty("RCPT", fault) as server, opened(f"smtp://{server.address}") as transport:
        with pytest.raises((NotNow, Never)):
            send(transport)
        send(transport)
    assert server.connections == 1
    assert "RSET" in server.said


def test_a_server_that_cannot_start_over_is_left() -> None:
    """After a refusal RSET itself may fail."""
    with Faulty("RSET", "500 what") as server, opened(f"smtp://{server.address}") as transport:
        with pytest.raises(Never):
            send(transport, to="nobody@example.net")
        send(transport)
    assert (len(server.letters), server.connections) == (1, 2)


@pytest.mark.parametrize(
    "text", ["554 5.7.1 <aigul@example.net>: Relay access denied", "550 relaying denied", "530 5.7.0 log in"]
)
def test_a_server_that_relays_for_nobody_does_not_cost_readers(text: str) -> None:
    """It is our own server's setting, and nothing that the address could do about it."""
    with Faulty("RCPT", text) as server, opened(f"smtp://{server.address}") as transport, pytest.raises(Unreachable):
        send(transport)


def test_a_message_too_large_for_the_server_concerns_everyone() -> None:
    with (
        Faulty(size=50) as server,
        opened(f"smtp://{server.address}") as transport,
        pytest.raises(Unreachable, match="takes messages of 50 octets"),
    ):
        send(transport)
    assert server.letters == []


def test_who_fails_before_the_end_has_sent_nothing() -> None:
    """The ledger could not be written: the message is not taken, and what went wrong is told as it is."""

    class FullError(Exception):
        pass

    def full() -> None:
        raise FullError

    with Faulty() as server, opened(f"smtp://{server.address}") as transport:
        with pytest.raises(FullError):
            send(transport, before_end=full)
        send(transport)
        assert len(server.letters) == 1
        assert server.connections == 2


def test_nobody_there() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with (
        opened(f"smtp://127.0.0.1:{port}") as transport,
        pytest.raises(Unreachable, match=rf"127.0.0.1:{port}: .*refused"),
    ):
        send(transport)


# --- TLS and logins that fail ---------------------------------------------------------------------


def test_a_server_without_starttls_gets_nothing() -> None:
    """Somebody on the way may have cut the offer out (RFC 3207, 6)."""
    with (
        Faulty() as server,
        opened(f"smtp+starttls://desk:pass@{server.address}") as transport,
        pytest.raises(Unreachable, match="offers no STARTTLS"),
    ):
        send(transport)
    assert [line.partition(" ")[0] for line in server.said] == ["ehlo"]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("what", ["stranger", "other host", "too old"])
def test_a_certificate_that_is_not_right_is_refused(tls: str, what: str, tmp_path: Path) -> None:
    made = certificates(
        tmp_path, host="mail.example.org" if what == "other host" else "127.0.0.1", days=-1 if what == "too old" else 9
    )
    scheme = "smtp+starttls" if tls == "starttls" else "smtps"
    with Real("starttls" if tls == "starttls" else "tls", by=made) as server:
        url = f"{scheme}://{server.address}" + ("" if what == "stranger" else f"?ca={made.ca}")
        with opened(url) as transport, pytest.raises(Unreachable, match="certificate is not trusted"):
            send(transport)
    assert server.letters == []


def test_a_server_that_speaks_no_tls_is_told_in_one_line() -> None:
    with (
        Faulty() as server,
        opened(f"smtps://{server.address}?timeout=2") as transport,
        pytest.raises(Unreachable, match="no TLS") as caught,
    ):
        send(transport)
    assert "\n" not in str(caught.value)


def test_a_wrong_password_is_told_without_it(signed: Certificates) -> None:
    with (
        Real("starttls", by=signed, login=("desk", "right")) as server,
        opened(f"smtp+starttls://desk:wr0ng@{server.address}?ca={signed.ca}") as transport,
        pytest.raises(Unreachable, match="535") as caught,
    ):
        send(transport)
    assert "wr0ng" not in str(caught.value)
    assert server.letters == []


def test_a_server_that_offers_no_login_is_told() -> None:
    with (
        Faulty() as server,
        opened(f"smtp://desk:pass@{server.address}") as transport,
        pytest.raises(Unreachable, match="no login"),
    ):
        send(transport)


# --- the address of a server ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("smtp://mail.example.org", "not encrypted"),
        ("smtp://192.0.2.1", "not encrypted"),
        ("smtp://desk:s3cret@mail.example.org", "not encrypted"),
        ("smtp://mail.example.org?unencrypted=yes", "not encrypted"),
        ("smtps://desk:s3c/ret@mail.example.org", "no address"),
        ("smtps://desk:s3cret@mail.example.org:99999", "no address"),
        ("smtps://mail.example.org:x", "no address"),
        ("smtps://", "no address"),
        ("smtps://[::1", "no address"),
        ("smtps://mail.example.org/inbox", "no address"),
        ("smtps://mail.example.org#s3cret", "no address"),
        ("smtps://mail.example.org?verify=no", "does not know"),
        ("smtps://mail.example.org?timeout=0", "seconds"),
        ("smtps://mail.example.org?ca=/nowhere/ca.pem", "no file"),
    ],
)
def test_a_wrong_address_of_a_server_is_one_line_without_the_password(url: str, part: str) -> None:
    with pytest.raises(ConfigError, match=part) as caught:
        open_transport(url, Path())
    assert "s3c" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none", encoding="utf-8")
    with pytest.raises(ConfigError, match="no certificate"):
        open_transport("smtps://mail.example.org?ca=ca.pem", tmp_path)


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://localhost", 25, "none"),
        ("smtp://127.0.0.1:2525", 2525, "none"),
        ("smtp://[::1]", 25, "none"),
        ("smtp://relay?unencrypted=allowed", 25, "none"),
        ("smtp+starttls://mail.example.org", 587, "starttls"),
        ("smtps://mail.example.org/", 465, "tls"),
    ],
)
def test_each_kind_has_its_usual_port(url: str, port: int, security: str) -> None:
    server = smtp_url.parse(url, Path())
    assert (server.port, server.security) == (port, security)


def test_a_password_is_not_shown_with_its_server() -> None:
    server = smtp_url.parse("smtps://desk:s3cr%40t@mail.example.org", Path())
    assert server.password == "s3cr@t"
    assert "s3cr" not in repr(server)


# --- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "5.1.1 <aigul@example.net>: user unknown",
        "5.1.1 User aigul unknown at EXAMPLE.NET",
        "5.1.1 <AIGUL@Example.Net>\n5.1.1 see https://other.example.org/?u=aigul@example.net",
        "rcpt=aigul=example.net@relay.example.org",
        "\x1b[2Jaigul@example.net\x00 \u202e aigul",
    ],
)
def test_a_reason_shows_nobody(text: str) -> None:
    reason = str(smtp_replies.refused("RCPT", Reply(550, text), to=TO))
    assert reason.startswith("550")
    assert "aigul" not in reason.lower()
    assert "example.net" not in reason.lower()
    assert reason.isprintable()


def test_a_long_reply_is_cut_and_its_lines_are_joined() -> None:
    reply = Reply(550, "\n".join(["5.7.1 words of the server"] * 400))
    reason = str(smtp_replies.refused("DATA", reply, to=TO))
    assert reason.startswith("550 5.7.1 words of the server words of the server")
    assert len(reason) <= 310
