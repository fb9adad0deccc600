"""Feed readers: what they make of every feed of the sample site, served by the real server."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import html5lib
import pytest
from doors import LOCALES, Answer, Server, environment, fetch, need, sample

STORIES = 5
FORMATS = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(sample(tmp_path_factory.mktemp("readers"))) as running:
        yield running


@cache
def answer(url: str) -> Answer:
    return fetch(url)


def parsed(url: str) -> Any:
    """The feed as feedparser reads it over HTTP, where the media type counts."""
    got = answer(url)
    assert got.status == 200, url
    return feedparser.parse(
        got.body, response_headers={"content-type": got.headers["content-type"], "content-location": url}
    )


def part_feeds(server: Server) -> list[str]:
    """The addresses of all feeds of places and topics, as OPML lists them for readers to import."""
    tree = ElementTree.fromstring(server.get("/opml.xml").body)
    urls = [outline.attrib["xmlUrl"] for outline in tree.iter("outline") if "xmlUrl" in outline.attrib]
    return [url for url in urls if "/places/" in url or "/topics/" in url]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feedparser_reads_every_language_feed(kind: str, locale: str, server: Server) -> None:
    """Without a complaint: five stories, each with an id of its own, a title, a date, a text and a page that exists."""
    found = parsed(f"{server.url}/{locale}/feed.{kind}")
    assert found.bozo == 0, found.get("bozo_exception")
    assert found.headers["content-type"] == FORMATS[kind]
    assert found.feed.language == locale
    assert len(found.entries) == STORIES
    assert len({entry.id for entry in found.entries}) == STORIES
    assert all(entry.id.startswith("tag:") for entry in found.entries)
    published = [entry.published_parsed for entry in found.entries]
    assert published == sorted(published, reverse=True)
    for entry in found.entries:
        assert entry.title
        assert "<" not in entry.title
        assert len(entry.content[0].value) > 500
        assert entry.link.startswith(f"{server.url}/{locale}/stories/")
        assert answer(entry.link).status == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_json_feeds_say_the_same(locale: str, server: Server) -> None:
    """The same stories under the same ids in the same order, in the version the standard names."""
    got = answer(f"{server.url}/{locale}/feed.json")
    found = json.loads(got.body)
    assert got.headers["content-type"] == FORMATS["json"]
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["language"] == locale
    assert found["feed_url"] == f"{server.url}/{locale}/feed.json"
    atom = parsed(f"{server.url}/{locale}/feed.atom")
    assert [item["id"] for item in found["items"]] == [entry.id for entry in atom.entries]
    assert [item["url"] for item in found["items"]] == [entry.link for entry in atom.entries]
    assert [item["title"] for item in found["items"]] == [entry.title for entry in atom.entries]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_feed_holds_no_foreign_text_without_saying_so(locale: str, server: Server) -> None:
    """In JSON, where each item names its language: what is foreign carries the label that the page carries."""
    labels = {
        "en": {"ru": "Available in Russian only", "kk": "Available in Kazakh only"},
        "kk": {"ru": "Орыс тілінде", "en": "Ағылшын тілінде"},
        "ru": {"en": "На английском языке", "kk": "На казахском языке"},
    }
    items = json.loads(answer(f"{server.url}/{locale}/feed.json").body)["items"]
    foreign = [item for item in items if item.get("language", locale) != locale]
    assert len(foreign) == {"en": 0, "kk": 1, "ru": 1}[locale]
    for item in foreign:
        page = answer(item["url"]).body.decode()
        assert labels[locale][item["language"]] in page
        assert f'lang="{item["language"]}"' in page


def test_ids_are_unique_over_all_languages(server: Server) -> None:
    """A reader subscribed to all three languages sees fifteen entries."""
    ids = [entry.id for locale in LOCALES for entry in parsed(f"{server.url}/{locale}/feed.atom").entries]
    assert len(ids) == len(set(ids)) == STORIES * len(LOCALES)


def test_feedparser_reads_every_feed_of_a_place_or_topic(server: Server) -> None:
    """Those that OPML lists: each its own, with entries that lead to real pages and have the ids of the language feed."""
    urls = part_feeds(server)
    assert len(urls) == len(set(urls)) >= 3 * (5 + 4)
    known = {entry.id for locale in LOCALES for entry in parsed(f"{server.url}/{locale}/feed.atom").entries}
    titles = set()
    for url in urls:
        found = parsed(url)
        assert found.bozo == 0, (url, found.get("bozo_exception"))
        assert found.entries, url
        assert {entry.id for entry in found.entries} <= known
        assert all(answer(entry.link).status == 200 for entry in found.entries)
        assert answer(found.feed.link).status == 200
        titles.add((found.feed.language, found.feed.title))
    assert len(titles) == len(urls)


def test_feedparser_reads_the_feed_of_all_languages(server: Server) -> None:
    """Every version once, under the id that it has in the feed of its own language, each in a language that is named."""
    found = parsed(f"{server.url}/feed.atom")
    assert found.bozo == 0, found.get("bozo_exception")
    own = {
        entry.id
        for locale in LOCALES
        for entry in parsed(f"{server.url}/{locale}/feed.atom").entries
        if entry.title_detail.language == locale
    }
    assert sorted(entry.id for entry in found.entries) == sorted(own)
    assert {entry.title_detail.language for entry in found.entries} == set(LOCALES)
    assert len({entry.updated for entry in found.entries}) == len(own)


def test_every_page_offers_its_feeds_to_readers(server: Server) -> None:
    """Autodiscovery: the page's own language first, every address leads to a feed of the type it names."""
    for locale in LOCALES:
        for page in ("", "feeds/", "places/kz-almaty/", "stories/qulja-commemoration/", "digest/"):
            url = f"{server.url}/{locale}/{page}"
            tree = html5lib.parse(answer(url).body, namespaceHTMLElements=False, transport_encoding="utf-8")
            links = [one.attrib for one in tree.iter("link") if one.get("rel") == "alternate" and one.get("type")]
            assert links, url
            assert links[0]["hreflang"] == locale
            for link in links:
                got = answer(urljoin(url, link["href"]))
                assert got.status == 200
                assert got.headers["content-type"].partition(";")[0] == link["type"]


def newsboat(folder: Path, urls: list[str]) -> sqlite3.Connection:
    """A run of newsboat with nothing but these feeds, and what it keeps of them."""
    program = need("newsboat")
    (folder / "urls").write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
    (folder / "config").write_text("browser true\n", encoding="utf-8")
    files = ("-u", folder / "urls", "-c", folder / "cache.db", "-C", folder / "config")
    done = subprocess.run(
        [program, *map(str, files), "-x", "reload"],
        env=environment(HOME=str(folder), LC_ALL="C.UTF-8"),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return sqlite3.connect(folder / "cache.db")


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_newsboat_reads_every_language_feed(kind: str, tmp_path: Path, server: Server) -> None:
    """Debian's reader: five items in each language, under our titles, ids and addresses."""
    urls = [f"{server.url}/{locale}/feed.{kind}" for locale in LOCALES]
    with closing(newsboat(tmp_path, urls)) as kept:
        for url in urls:
            feed = parsed(url)
            rows = kept.execute("SELECT guid, title, url FROM rss_item WHERE feedurl = ?", (url,)).fetchall()
            assert len(rows) == STORIES
            assert set(rows) == {(entry.id, entry.title, entry.link) for entry in feed.entries}
        titles = dict(kept.execute("SELECT rssurl, title FROM rss_feed"))
        assert titles == {url: parsed(url).feed.title for url in urls}


def test_newsboat_reads_every_feed_of_a_place_or_topic(tmp_path: Path, server: Server) -> None:
    """It keeps one item for each id, whichever feeds it came in: a story of two places is read once."""
    urls = part_feeds(server)
    with closing(newsboat(tmp_path, urls)) as kept:
        titles = dict(kept.execute("SELECT rssurl, title FROM rss_feed"))
        assert titles == {url: parsed(url).feed.title for url in urls}
        items = {guid for (guid,) in kept.execute("SELECT guid FROM rss_item")}
        assert items == {entry.id for url in urls for entry in parsed(url).entries}


def test_newsboat_sees_nothing_new_when_nothing_is(tmp_path: Path, server: Server) -> None:
    """A second look finds the same five items, and no duplicate."""
    url = f"{server.url}/kk/feed.atom"
    newsboat(tmp_path, [url]).close()
    with closing(newsboat(tmp_path, [url])) as kept:
        assert kept.execute("SELECT count(*) FROM rss_item").fetchone() == (STORIES,)


def test_a_browser_and_a_reader_get_the_same_feed(server: Server) -> None:
    """No reader is turned away for what it says of itself, and none gets another text."""
    url = f"{server.url}/kk/feed.rss"
    plain = fetch(url)
    for agent, accept in (
        ("newsboat/2.21", "*/*"),
        ("rss-parser", "application/rss+xml"),
        ("Mozilla/5.0", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("Feedly/1.0", "application/atom+xml, application/xml;q=0.9"),
    ):
        got = fetch(url, user_agent=agent, accept=accept, a_im="feed")
        assert (got.status, got.body, got.headers["etag"]) == (200, plain.body, plain.headers["etag"])
