"""Fetching, against a server that does what servers do, and what none should."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import subprocess
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from doors import need
from feed_server import FeedServer, served
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import FetchError
from feeder.sources import remote
from feeder.sources.inflate import inflate
from feeder.sources.remote import Fetched, Limits, fetch

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHORT = Limits(size=100_000, seconds=1.0, step=0.5)
TEXT = b"<rss version='2.0'><channel><title>News</title></channel></rss>" * 20


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with served() as running:
        yield running


def get(server: FeedServer, path: str, limits: Limits = SHORT, etag: str = "", last_modified: str = "") -> Fetched:
    return fetch(
        server.url + path, now=NOW, allow_hosts=(server.host,), limits=limits, etag=etag, last_modified=last_modified
    )


def refusal(server: FeedServer, path: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(server, path)
    assert "\n" not in str(caught.value)
    return caught.value


# --- what goes out ---


def test_a_question_says_who_asks_and_nothing_of_anybody(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie comes back, no referrer goes along a redirect, and a proxy of the environment is not used."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.put("/old", status=302, Location="/feed", Set_Cookie="seen=1; Path=/")
    server.put("/feed", TEXT, Set_Cookie="id=7; Path=/")
    get(server, "/old")
    get(server, "/feed")
    for asked in server.asked:
        assert asked.headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
        assert asked.headers["user-agent"].startswith("feeder/")


def test_what_is_known_is_not_fetched_again(server: FeedServer) -> None:
    server.put("/feed", TEXT, ETag='"one"', Cache_Control="public, max-age=3600")
    first = get(server, "/feed")
    assert (first.changed, first.body, first.max_age) == (True, TEXT, 3600)
    again = get(server, "/feed", etag=first.headers["etag"], last_modified="Sat, 21 Nov 2026 10:00:00 GMT")
    assert (again.changed, again.body) == (False, b"")
    assert server.asked[-1].headers["if-none-match"] == '"one"'
    assert server.asked[-1].headers["if-modified-since"] == "Sat, 21 Nov 2026 10:00:00 GMT"


# --- redirects ---


def test_a_move_for_good_is_told_and_another_is_not(server: FeedServer) -> None:
    server.put("/feed", TEXT)
    server.put("/301", status=301, Location="/308")
    server.put("/308", status=308, Location=f"{server.url}/feed")
    server.put("/302", status=302, Location="/301")
    server.put("/half", status=301, Location="/302")
    assert get(server, "/301").permanent_url == f"{server.url}/feed"
    assert get(server, "/302").permanent_url == ""
    half = get(server, "/half")
    assert (half.permanent_url, half.url) == (f"{server.url}/302", f"{server.url}/feed")


def test_a_circle_ends(server: FeedServer) -> None:
    server.put("/a", status=302, Location="/b")
    server.put("/b", status=302, Location="/a")
    assert "more than 5 redirects" in str(refusal(server, "/a"))
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://0/",
        "http://[::ffff:127.0.0.1]/", "http://2130706433/", "file:///etc/passwd", "//[", "http://127.0.0.1:1/", "ftp://example.org/",
    ],
)  # fmt: skip
def test_a_redirect_leads_nowhere_inside(server: FeedServer, location: str) -> None:
    """What the operator allowed opens the first door, not those behind it."""
    server.put("/feed", status=302, Location=location)
    refusal(server, "/feed")
    assert len(server.asked) == 1


def test_a_redirect_to_nowhere_is_told(server: FeedServer) -> None:
    server.put("/feed", status=302)
    assert "does not say where" in str(refusal(server, "/feed"))


def test_the_server_on_the_loopback_is_closed_without_the_operator_s_word(server: FeedServer) -> None:
    with pytest.raises(FetchError, match="allow_hosts"):
        fetch(server.url + "/feed", now=NOW)
    assert server.asked == []


# --- answers that are none ---


def test_a_refusal_is_one_line(server: FeedServer) -> None:
    server.put("/500", status=500)
    assert "answers 500" in str(refusal(server, "/500"))
    assert "answers 404" in str(refusal(server, "/nothing"))


def test_gone_is_gone(server: FeedServer) -> None:
    server.put("/feed", status=410)
    assert refusal(server, "/feed").gone
    assert not refusal(server, "/nothing").gone


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("Sun, 22 Nov 2026 13:00:00 GMT", 3600), ("99999999999", 604_800), ("soon", 0), ("-5", 0),
     ("Sat, 21 Nov 2026 13:00:00 GMT", 0), ("", 0), ("Fri, 99 Foo", 0)],
)  # fmt: skip
def test_a_server_that_wants_to_be_left_alone_is(server: FeedServer, text: str, seconds: int) -> None:
    for status in (429, 503):
        server.put("/feed", status=status, Retry_After=text)
        assert refusal(server, "/feed").wait == seconds


# --- limits ---


def test_a_body_that_is_too_large_is_not_taken(server: FeedServer) -> None:
    server.put("/large", b"x" * 200_000)
    assert "larger than" in str(refusal(server, "/large"))
    server.raw("/endless", lambda to: to.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 400_000))
    assert "larger than" in str(refusal(server, "/endless"))


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_a_small_answer_does_not_become_a_large_one(server: FeedServer, coding: str) -> None:
    zeros = b"\0" * 50_000_000
    packed = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress}[coding](zeros)
    server.put("/bomb", packed, Content_Encoding=coding)
    assert "larger than" in str(refusal(server, "/bomb"))


def test_what_drips_is_cut_off(server: FeedServer) -> None:
    """In the headers, in the body, and in a handshake; no single pause is long."""
    server.raw("/body", server.drip(b"<", 0.05, first=b"HTTP/1.1 200 OK\r\n\r\n"))
    server.raw("/head", server.drip(b"X: y\r\n", 0.05, first=b"HTTP/1.1 200 OK\r\n"))
    server.raw("/silent", server.drip(b"", 0.05))
    assert "longer than 1 seconds" in str(refusal(server, "/body"))
    assert "longer than 1 seconds" in str(refusal(server, "/head"))
    assert "did not answer in time" in str(refusal(server, "/silent"))


def test_an_answer_that_breaks_off_is_not_taken_for_whole(server: FeedServer) -> None:
    server.raw("/short", lambda to: to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>"))
    server.raw("/chunk", lambda to: to.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n<rss>"))
    packed = gzip.compress(TEXT)
    server.put("/packed", packed[:-9], Content_Encoding="gzip")
    refusal(server, "/short")
    refusal(server, "/chunk")
    assert "broke off" in str(refusal(server, "/packed"))


@pytest.mark.parametrize(
    "answer",
    [b"", b"\r\n", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000, b"HTTP/1.1 999999 OK\r\n\r\n", b"\0" * 100,
     b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", b"SSH-2.0-x\r\n"],
)  # fmt: skip
def test_what_is_no_http_is_told_in_one_line(server: FeedServer, answer: bytes) -> None:
    server.raw("/feed", lambda to: to.sendall(answer))
    refusal(server, "/feed")


def test_nobody_there_is_told(server: FeedServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be reached") as caught:
        fetch(f"http://127.0.0.1:{port}/", now=NOW, allow_hosts=(f"127.0.0.1:{port}",), limits=SHORT)
    assert not caught.value.reached


# --- TLS ---


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate for localhost, and its key in the same file."""
    made = tmp_path / "localhost.pem"
    line = [
        need("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    line += [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        str(made),
        "-out",
        str(made) + ".crt",
    ]
    subprocess.run(line, check=True, capture_output=True)
    made.write_bytes(made.read_bytes() + Path(f"{made}.crt").read_bytes())
    return made


def test_a_certificate_is_asked_for_the_name_and_not_for_the_address(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the connection is made to an address that was looked at; a stranger's certificate is refused."""
    with served(authority) as web:
        web.put("/feed", TEXT)
        host = f"localhost:{web.host.partition(':')[2]}"
        with pytest.raises(FetchError, match=r"cannot be reached.*certificate"):
            fetch(f"https://{host}/feed", now=NOW, allow_hosts=(host,), limits=SHORT)
        trust = ssl.create_default_context(cafile=str(authority))
        monkeypatch.setattr(remote, "_trust", lambda: trust)
        assert fetch(f"https://{host}/feed", now=NOW, allow_hosts=(host,), limits=SHORT).body == TEXT
        with pytest.raises(FetchError, match="cannot be reached"):
            fetch(f"https://{web.host}/feed", now=NOW, allow_hosts=(web.host,), limits=SHORT)
        web.put("/down", status=301, Location="http://localhost/feed")
        with pytest.raises(FetchError, match="leads from https to http://localhost/feed"):
            fetch(f"https://{host}/down", now=NOW, allow_hosts=(host,), limits=SHORT)


# --- packing ---


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", TEXT), ("identity", TEXT), ("gzip", gzip.compress(TEXT)), ("x-gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:99]) + gzip.compress(TEXT[99:])), ("gzip", gzip.compress(TEXT) + b"\0" * 20),
        ("deflate", zlib.compress(TEXT)), ("deflate", zlib.compress(TEXT)[2:-4]), ("br", brotli.compress(TEXT)),
    ],
)  # fmt: skip
def test_every_packing_is_undone_in_pieces_of_any_size(coding: str, packed: bytes) -> None:
    for size in (1, 2, 3, 100, 100_000):
        pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
        assert inflate(pieces, coding, 100_000) == TEXT


def test_a_packed_file_is_opened_though_nobody_says_that_it_is_packed(server: FeedServer) -> None:
    server.put("/feed.xml.gz", gzip.compress(TEXT), Content_Type="application/gzip")
    assert get(server, "/feed.xml.gz").body == TEXT


@pytest.mark.parametrize("coding", ["zstd", "gzip, br", "gzip, gzip", "chunked", "x" * 500])
def test_an_unknown_packing_is_refused(coding: str) -> None:
    with pytest.raises(FetchError, match="feeder does not know"):
        inflate([b"abc"], coding, 1000)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", ""]), st.integers(1, 50))
def test_any_bytes_are_unpacked_or_refused(data: bytes, coding: str, size: int) -> None:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    with contextlib.suppress(FetchError):
        assert len(inflate(pieces, coding, 10_000)) <= 10_000


@given(st.binary(max_size=3000), st.integers(1, 200))
def test_what_was_packed_comes_back(data: bytes, size: int) -> None:
    for coding, packed in (
        ("gzip", gzip.compress(data)),
        ("br", brotli.compress(data)),
        ("deflate", zlib.compress(data)),
    ):
        pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
        assert inflate(pieces, coding, 3000) == data
