"""Feeds over HTTP/2: the version is agreed on in the handshake, and every limit holds there, too."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from http2_server import Http2Server, authority, served_http2
from test_feed_sources import ingest, item, rss, site, titles

from feeder.errors import FetchError
from feeder.sources import feed, remote
from feeder.sources.remote import Fetched, Limits, fetch
from feeder.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = b"<rss version='2.0'><channel><title>News</title></channel></rss>" * 20
BOMB = b"a" * 2**25


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate whose authority is made known as an operator would: by OpenSSL's own variable."""
    trusted, own = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    remote._trust.cache_clear()
    yield own
    remote._trust.cache_clear()


@pytest.fixture
def web(certificate: Path) -> Iterator[Http2Server]:
    with served_http2(certificate, ["h2", "http/1.1"]) as running:
        yield running


def get(web: Http2Server, path: str, *, etag: str = "", seconds: float = 5) -> Fetched:
    limits = Limits(size=100_000, seconds=seconds, step=2)
    return fetch(web.url + path, now=NOW, allow_hosts=(web.host,), limits=limits, etag=etag)


def test_a_server_that_offers_http_2_is_asked_in_it(web: Http2Server) -> None:
    """With the same few headers, and only for what is new."""
    web.put("/feed", TEXT, etag='"one"', cache_control="max-age=600")
    first = get(web, "/feed")
    assert (first.changed, first.body, first.max_age) == (True, TEXT, 600)
    again = get(web, "/feed", etag='"one"')
    assert (again.changed, again.body) == (False, b"")
    assert [version for _, version, _ in web.asked] == ["2", "2"]
    assert web.asked[0][2].keys() <= {"host", ":authority", "user-agent", "accept", "accept-encoding"}
    assert web.asked[1][2]["if-none-match"] == '"one"'


def test_a_server_that_knows_the_old_version_only_is_asked_in_that(certificate: Path) -> None:
    with served_http2(certificate, ["http/1.1"]) as web:
        web.put("/feed", TEXT)
        assert get(web, "/feed").body == TEXT
        assert [version for _, version, _ in web.asked] == ["1.1"]


def test_a_stranger_s_authority_is_not_believed(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    remote._trust.cache_clear()
    with served_http2(certificate, ["h2"]) as web, pytest.raises(FetchError, match="certificate"):
        get(web, "/feed")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_small_answer_does_not_become_a_large_one(web: Http2Server, coding: str) -> None:
    packs: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress, "deflate": zlib.compress, "br": lambda data: bytes(brotli.compress(data, quality=1)),
    }  # fmt: skip
    pack = packs[coding]
    web.put("/feed", pack(TEXT), content_encoding=coding)
    assert get(web, "/feed").body == TEXT
    web.put("/bomb", pack(BOMB), content_encoding=coding)
    with pytest.raises(FetchError, match="larger than"):
        get(web, "/bomb")


def test_a_body_without_end_is_not_taken(web: Http2Server) -> None:
    web.put("/large", BOMB)
    with pytest.raises(FetchError, match="larger than"):
        get(web, "/large")


def test_what_drips_is_cut_off(web: Http2Server) -> None:
    web.put("/slow", TEXT, pause=0.1)
    with pytest.raises(FetchError, match="longer than 1 seconds"):
        get(web, "/slow", seconds=1)


def test_moves_ends_and_pauses_mean_the_same(web: Http2Server) -> None:
    web.put("/feed", TEXT)
    web.put("/old", status=301, location="/feed")
    web.put("/down", status=302, location=f"http://{web.host}/feed")
    web.put("/inside", status=302, location="https://169.254.169.254/")
    web.put("/gone", status=410)
    web.put("/busy", status=429, retry_after="120")
    assert get(web, "/old").permanent_url == f"{web.url}/feed"
    for path, says in (("/down", "from https"), ("/inside", "open web"), ("/gone", "410"), ("/busy", "left alone")):
        with pytest.raises(FetchError, match=says) as caught:
            get(web, path)
        assert (caught.value.gone, caught.value.wait) == (path == "/gone", 120 * (path == "/busy"))


def test_many_feeds_of_one_host_are_all_read(
    store: Store, tmp_path: Path, web: Http2Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after another; a bomb among them costs the others nothing."""
    monkeypatch.setattr(feed, "PAUSE", 0.0)
    names = [f"f{number}" for number in range(12)]
    for name in names:
        web.put(f"/{name}", rss(item(name)))
    web.put("/bomb", gzip.compress(BOMB), content_encoding="gzip")
    paths = [*names[:6], "bomb", *names[6:]]
    sources = (
        f'[[sources]]\nkind = "feed"\nurl = "{web.url}/{path}"\nallow_hosts = ["{web.host}"]\n' for path in paths
    )
    found = ingest(store, site(tmp_path, *sources))
    assert titles(store) == sorted(f"Story {name}" for name in names)
    assert len(found.away) == 1
    assert {version for _, version, _ in web.asked} == {"2"}
