"""What feeds sent is kept as it came, and read again from there: without any request, also when the feed is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from feed_server import FeedServer, served
from test_feed_sources import TEXT, item, numbers, page, rss, site, source, titles
from walk import NOW, article, newsroom, silent

from feeder.articles import feed_document
from feeder.jobs.build import Built
from feeder.jobs.build import build as build_job
from feeder.jobs.newsroom import Newsroom
from feeder.model import Article, SourceError
from feeder.sources import feed
from feeder.sources.remote import Limits
from feeder.store import Store, articles, originals


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    monkeypatch.setattr(feed, "PAUSE", 0.0)
    monkeypatch.setattr(feed, "_LIMITS", Limits(seconds=2, step=1))
    with served() as running:
        yield running


def build(store: Store, room: Newsroom, hours: float = 0, *, renormalise: bool = False) -> Built:
    now = NOW + timedelta(hours=hours)
    return build_job(store, room, now=now, progress=silent, renormalise=renormalise)


def better(monkeypatch: pytest.MonkeyPatch) -> None:
    """An improved reader: it shouts, and reads what was refused before."""
    old = feed_document.article

    def shouting(*args: object, **named: object) -> Article | SourceError:
        made = old(*args, **named)  # type: ignore[arg-type]
        if isinstance(made, SourceError):
            return made
        return Article(**{name: getattr(made, name) for name in Article.__slots__} | {"title": made.title.upper()})

    monkeypatch.setattr(feed_document, "article", shouting)


def kept(room: Newsroom) -> list[Path]:
    return sorted(path for path in (room.data / "raw").rglob("*") if path.is_file())


def test_entries_are_read_again_without_asking_anybody(
    store: Store, tmp_path: Path, web: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that have left the feed, each from the document in which it was last seen."""
    room = site(tmp_path, source(web, "/feed"), files={"own.en.md": article("Own")})
    web.put("/feed", rss(item("a"), item("b")))
    build(store, room)
    web.put("/feed", rss(item("b", "Story b, corrected"), item("c")))
    build(store, room, 1)
    web.close()
    asked = len(web.asked)
    assert numbers(build(store, room, 100, renormalise=True).articles) == (0, 0, 4, 0, 0)
    better(monkeypatch)
    assert numbers(build(store, room, 101, renormalise=True).articles) == (0, 3, 1, 0, 0)
    assert titles(store) == ["Own", "STORY A", "STORY B, CORRECTED", "STORY C"]
    assert len(web.asked) == asked


def test_a_feed_that_is_gone_or_fails_is_read_again_all_the_same(
    store: Store, tmp_path: Path, web: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = site(tmp_path, source(web, "/gone"), source(web, "/down"))
    for path, name in (("/gone", "a"), ("/down", "b")):
        web.put(path, rss(item(name)))
    build(store, room)
    web.put("/gone", status=410)
    web.put("/down", status=500)
    build(store, room, 1)
    better(monkeypatch)
    again = build(store, room, 2, renormalise=True).articles
    assert (numbers(again), len(again.away)) == ((0, 2, 0, 0, 0), 2)
    assert titles(store) == ["STORY A", "STORY B"]


def test_what_was_refused_is_read_again_too(
    store: Store, tmp_path: Path, web: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a"), item("b")))
    with monkeypatch.context() as worse:
        old = feed_document.article

        def refusing(one: object, *rest: object) -> object:
            if getattr(one, "id", "").endswith("b"):
                return SourceError(source=web.url + "/feed", key=one.id, line=0, field="body", reason="is too hard")  # type: ignore[attr-defined]
            return old(one, *rest)  # type: ignore[arg-type]

        worse.setattr(feed_document, "article", refusing)
        assert len(build(store, room).articles.quarantined) == 1
    web.close()
    found = build(store, room, 1, renormalise=True).articles
    assert (numbers(found)[0], found.quarantined, titles(store)) == (1, (), ["Story a", "Story b"])


def test_pages_are_kept_and_read_again(
    store: Store, tmp_path: Path, web: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the page nor the feed is asked for; an entry whose page is kept no more stays as it is."""
    room = site(tmp_path, source(web, "/feed", "full_text = true"))
    web.put("/feed", rss(*(item(name).replace("https://wire.example.org", web.url) for name in "ab")))
    web.put("/a", page("What only the page says."))
    web.put("/b", page("What only the other page says."))
    build(store, room)
    with store.read() as connection:
        known = {one.key[-1]: one for one in originals.of_source(connection, web.url + "/feed")}
    assert all(one.page for one in known.values())
    (room.data / "raw" / known["b"].page[:2] / known["b"].page[2:]).unlink()
    better(monkeypatch)
    again = build(store, room, 1, renormalise=True).articles
    assert numbers(again) == (0, 1, 1, 0, 0)
    assert "1 article is not kept" in again.notes[0]
    assert titles(store) == ["STORY A", "Story b"]
    with store.read() as connection:
        bodies = [articles.load(connection, one.source, one.key).body for one in known.values()]
    assert all("page says" in body for body in bodies)
    assert [one.path for one in web.asked] == ["/feed", "/a", "/b"]


def test_nothing_is_read_again_that_is_not_kept(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """With nothing kept, an article stays as it was read; it is said, and nothing is lost."""
    room = site(tmp_path, source(web, "/feed"))
    none = newsroom(room.folder, storage_keep_raw="0")
    web.put("/feed", rss(item("a")))
    build(store, none)
    assert kept(none) == []
    again = build(store, none, 1, renormalise=True).articles
    assert numbers(again) == (0, 0, 1, 0, 0)
    assert titles(store) == ["Story a"]
    assert len(web.asked) == 1


def test_what_is_old_is_removed_and_what_a_feed_still_sends_is_not_old(
    store: Store, tmp_path: Path, web: FeedServer
) -> None:
    """Once a day; a document that the server says is the same counts as sent again."""
    room = site(tmp_path, source(web, "/old"), source(web, "/same"))
    web.put("/old", rss(item("a")))
    web.put("/same", rss(item("b")), ETag='"one"')
    build(store, room)
    assert len(kept(room)) == 2
    ages = (NOW - timedelta(days=100)).timestamp()
    for path in kept(room):
        os.utime(path, (ages, ages))
    web.put("/old", status=500)
    build(store, room, 24)
    (left,) = kept(room)
    with store.read() as connection:
        (one,) = originals.of_source(connection, web.url + "/same")
    assert one.document == left.parent.name + left.name
    assert titles(store) == ["Story a", "Story b"]


def test_keeping_nothing_any_more_removes_what_was_kept(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a")))
    build(store, room)
    assert kept(room)
    build(store, newsroom(room.folder, storage_keep_raw="0"), 24)
    assert kept(room) == []


def test_a_disk_that_refuses_costs_no_story(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    room.data.mkdir(exist_ok=True)
    (room.data / "raw").write_text("in the way", encoding="utf-8")
    web.put("/feed", rss(item("a")))
    found = build(store, room).articles
    assert (numbers(found)[0], titles(store)) == (1, ["Story a"])
    assert "could not be kept" in found.notes[0]


def test_a_feed_taken_out_leaves_no_trace_of_what_it_sent(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"), files={"own.en.md": article("Own")})
    web.put("/feed", rss(item("a")))
    build(store, room)
    toml = room.folder / "feeder.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(source(web, "/feed"), ""), encoding="utf-8")
    build(store, newsroom(room.folder), 1)
    with store.read() as connection:
        assert originals.of_source(connection, web.url + "/feed") == []


def test_a_document_on_disk_is_kept_like_any_other(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves the next one over it; what was in the old one can still be read again."""
    room = site(tmp_path, '[[sources]]\nkind = "feed"\npath = "saved.rss"\n')
    (room.folder / "saved.rss").write_bytes(rss(item("a")))
    build(store, room)
    (room.folder / "saved.rss").write_bytes(rss(item("b", text=TEXT)))
    build(store, room, 1)
    better(monkeypatch)
    assert numbers(build(store, room, 2, renormalise=True).articles) == (0, 2, 0, 0, 0)
    assert titles(store) == ["STORY A", "STORY B"]
