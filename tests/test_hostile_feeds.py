"""Hostile feeds beside good ones: nothing crashes, hangs, runs, asks a server, tells a file, or hides another entry."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import brotli
import feedparser
import pytest
from feed_server import FeedServer, served
from hostile_feeds import Case, cases, good
from lxml import etree
from test_feed_sources import ingest, item, rss, site, source, titles
from test_hostile import SECRET, WEEK, active, listening, run, shown
from walk import NOW, TOML, article, bytes_of, write

from feeder.articles import feed_document
from feeder.articles.feed_document import Desk
from feeder.errors import ArticleError
from feeder.sources import feed
from feeder.sources.remote import Limits
from feeder.store import Store

_MEMORY = 1_500_000  #: kilobytes
_DESK = Desk(source="s", name="", url="https://example.org/f", zone=ZoneInfo("Asia/Almaty"), now=NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a site that takes its stories from every hostile feed."""

    folder: Path
    tried: tuple[Case, ...]
    report: dict[str, Any]  #: what `feeder build --json` says
    errors: str
    asked: list[str]  #: who asked the server that nobody may ask
    memory: int  #: kilobytes, at most
    public: dict[str, bytes]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Outcome:
    """Built once, by the program itself; with every third case, or with --long with all."""
    step = 1 if request.config.getoption("--long") else 3
    folder = tmp_path_factory.mktemp("hostile") / "desk"
    with listening() as (address, asked):
        tried = tuple(cases(address, folder / "secret.txt"))[::step]
        _site(folder, tried)
        printed, errors, memory = run(folder, "build", "--json")
        _, more, other = run(folder, "digest", "--week", str(WEEK))
    return Outcome(
        folder=folder,
        tried=tried,
        report=json.loads(printed),
        errors=errors + more,
        asked=asked,
        memory=max(memory, other),
        public=bytes_of(folder / "data" / "public"),
    )


def _site(folder: Path, tried: tuple[Case, ...]) -> None:
    """A folder with a good article, and each case as a feed of its own, saved on disk."""
    sources = "".join(f'[[sources]]\nkind = "feed"\npath = "feeds/{case.name}"\nname = "Wire"\n' for case in tried)
    write(folder / "feeder.toml", f"{TOML}{sources}[feeds]\nplaces = false\ntopics = false\n")
    write(folder / "articles" / "own.en.md", article("Own news", published="2026-11-12"))
    write(folder / "secret.txt", SECRET)
    (folder / "feeds").mkdir()
    for case in tried:
        (folder / "feeds" / case.name).write_bytes(case.data)


def test_there_are_many_cases_and_none_is_large() -> None:
    made = list(cases("http://127.0.0.1:9", Path("/srv/secret.txt")))
    assert len(made) == len({case.name for case in made}) > 1_000
    assert max(len(case.data) for case in made) < 1_000_000
    assert sum(case.whole for case in made) > 800


def test_no_entry_is_hidden_by_another(outcome: Outcome) -> None:
    """Those before and after what is tried are published, and the articles of the folder."""
    told = {unescape(title) for title in _titles(outcome)}
    wanted = {title for case in outcome.tried if case.whole for title in good(case.name)} | {"Own news"}
    assert len(wanted) > 500
    assert wanted - told == set()


def _titles(outcome: Outcome) -> Iterator[str]:
    for name, body in outcome.public.items():
        if re.fullmatch(r"en/archive/\d+\.atom", name):
            yield from (entry.title for entry in feedparser.parse(body).entries)


def test_each_feed_and_entry_is_read_or_refused_with_one_line(outcome: Outcome) -> None:
    """What is refused is told by name, and feeder fails on none."""
    failed = [line.partition(": ") for line in outcome.report["failed"]]
    assert {name.removeprefix("feeds/") for name, _, _ in failed} <= {
        case.name for case in outcome.tried if not case.whole
    }
    reasons = [reason for _, _, reason in failed] + [one["reason"] for one in outcome.report["quarantine"]]
    assert len(reasons) > 15
    for reason in reasons:
        assert reason
        assert "feeder failed" not in reason
        assert "\n" not in reason
        assert len(reason) < 500
    assert "Traceback" not in outcome.errors


def test_nobody_is_asked_for_anything_and_no_file_is_told(outcome: Outcome) -> None:
    assert outcome.asked == []
    for name, body in outcome.public.items():
        assert SECRET.encode() not in body, name
        assert b"root:x:0" not in body, name
    assert SECRET not in outcome.errors


def test_it_takes_no_more_memory_than_a_small_server_has(outcome: Outcome) -> None:
    assert outcome.memory < _MEMORY


def test_nothing_is_written_elsewhere(outcome: Outcome) -> None:
    assert {path.name for path in outcome.folder.iterdir()} == {
        "articles",
        "data",
        "feeder.toml",
        "feeds",
        "secret.txt",
    }
    assert all(re.fullmatch(r"[\w./~-]+", name, re.ASCII) for name in outcome.public)


def test_no_page_has_anything_that_runs_or_fetches(outcome: Outcome) -> None:
    pages = {name: body for name, body in outcome.public.items() if name.endswith(".html")}
    assert len(pages) > 1_000
    assert {name: what for name, body in pages.items() if (what := active(body.decode()))} == {}


def test_every_feed_is_read_without_a_fault_and_has_nothing_that_runs(outcome: Outcome) -> None:
    told = set[str]()
    for name, body in outcome.public.items():
        if name.endswith((".atom", ".rss")):
            told.update(shown(etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))))
            assert not feedparser.parse(body, sanitize_html=False).bozo, name
    assert len(told) > 200
    assert [what for html in told for what in active(html)] == []


def test_a_second_build_has_nothing_to_do(outcome: Outcome) -> None:
    printed, _, _ = run(outcome.folder, "build", "--json")
    again = json.loads(printed)
    assert (again["articles"]["added"], again["articles"]["changed"], again["files"]["written"]) == (0, 0, 0)
    assert again["quarantine"] == outcome.report["quarantine"]


# --- time -----------------------------------------------------------------------------------------

_MANY = {
    "tags": "<category>t{}</category>", "keywords": "<itunes:keywords>k{}</itunes:keywords>", "names": "<author>A B {}</author>",
    "links": "<link>https://example.org/{}</link>", "spaces": '<x xmlns:n{}="urn:x"/>', "media": "<media:content url='https://example.org/{}'/>",
}  # fmt: skip


@pytest.mark.parametrize("name", _MANY)
def test_twice_as_much_takes_no_more_than_some_times_as_long(name: str) -> None:
    """What takes the square of what there is takes four times as long, and soon for ever."""

    def seconds(number: int) -> float:
        inside = "".join(_MANY[name].format(one) for one in range(number))
        data = rss(item("a") + inside).replace(b"<rss ", b'<rss xmlns:itunes="x" xmlns:media="y" ')
        start = time.process_time()
        try:
            list(feed_document.read(feed_document.open_(data, ""), _DESK))
        except ArticleError as error:
            assert error.field == "size"  # noqa: PT017  which is an answer, too
        return time.process_time() - start

    seconds(10)
    assert seconds(20_000) < 8 * seconds(5_000) + 1


def test_one_endless_word_or_element_is_no_work() -> None:
    """A name of a hundred thousand letters, an element with as many attributes."""
    attributes = " ".join(f'a{number}="1"' for number in range(50_000))
    data = rss(item("a") + f"<author>{'a' * 100_000}</author><x {attributes}/>", item("b"))
    start = time.process_time()
    made = list(feed_document.read(feed_document.open_(data, ""), _DESK))
    assert time.process_time() - start < 20
    assert [getattr(one, "title", "") for one in made] == ["Story a", "Story b"]


# --- over the net -----------------------------------------------------------------------------------


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    monkeypatch.setattr(feed, "PAUSE", 0.0)
    monkeypatch.setattr(feed, "_LIMITS", Limits(seconds=2, step=1, size=2**20))
    with served() as running:
        yield running


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_BOMB = b"a" * 2**26


def _nested(times: int) -> bytes:
    data = _BOMB
    for _ in range(times):
        data = gzip.compress(data)
    return data


def _answers() -> dict[str, bytes]:
    """What no server should answer, byte for byte."""
    return {
        "gzip-bomb": _HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(_BOMB),
        "deflate-bomb": _HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(_BOMB),
        "brotli-bomb": _HEAD + b"Content-Encoding: br\r\n\r\n" + brotli.compress(_BOMB, quality=1),
        "nested-bomb": _HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n" + _nested(2),
        "packed-file": _HEAD + b"\r\n" + _nested(1),
        "packed-twice": _HEAD + b"\r\n" + _nested(2),
        "wrong-coding": _HEAD + b"Content-Encoding: br\r\n\r\n" + rss(item("x")),
        "long-line": _HEAD + b"\r\n" + rss(item("x"))[:-20] + b"a" * 2**21,
        "long-header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2**21 + b"\r\n\r\n",
        "many-headers": b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b\r\n" * 50_000 + b"\r\n",
        "wrong-length": _HEAD + b"Content-Length: 999999999\r\n\r\n<rss>",
        "negative-length": _HEAD + b"Content-Length: -5\r\n\r\n<rss>",
        "two-lengths": _HEAD + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>",
        "chunks": _HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n<rss>",
        "bad-chunks": _HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n<rss>",
        "status": b"HTTP/1.1 999 \x1b[2J\r\n\r\n",
        "no-http": b"SSH-2.0-OpenSSH_9.6\r\n",
        "location": b"HTTP/1.1 302 Found\r\nLocation: http://x/\x00\x1b[31m\r\n\r\n",
        "informational": b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
        "nothing": b"",
    }


def test_no_answer_of_a_server_stops_another(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """Bombs in every packing, lines and headers without end, lengths that lie: one line each, and the rest is there."""

    def answer(data: bytes) -> Any:
        def send(connection: socket.socket) -> None:
            connection.sendall(data)

        return send

    answers = _answers()
    for name, data in answers.items():
        web.raw(f"/{name}", answer(data))
    web.put("/good", rss(item("a"), item("b")))
    room = site(tmp_path, *(source(web, f"/{name}") for name in answers), source(web, "/good"))
    found = ingest(store, room)
    assert titles(store) == ["Story a", "Story b"]
    told = dict(line.split(": ", 1) for line in found.away)
    assert told.keys() == {f"{web.url}/{name}" for name in answers}
    for name in ("gzip-bomb", "deflate-bomb", "brotli-bomb", "packed-file", "long-line"):
        assert "larger than 1 MB" in told[f"{web.url}/{name}"]
    for line in told.values():
        assert line.isprintable()
        assert len(line) < 300
