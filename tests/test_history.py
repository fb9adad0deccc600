"""History: archive documents that never change (RFC 5005), and stories that are taken back (RFC 6721)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from walk import NOW, article, build, bytes_of, newsroom, write

from feeder.errors import NotFound
from feeder.feeds import archive
from feeder.jobs import compile as digests
from feeder.jobs import retract
from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.store import Store

_NS = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
}


def many(count: int, first: int = 0) -> dict[str, str]:
    """Articles of one hour after the other, oldest first."""
    start = NOW - timedelta(days=30)
    return {
        f"story-{number:03d}.en.md": article(f"Story {number}", published=(start + timedelta(hours=number)).isoformat())
        for number in range(first, first + count)
    }


def atom(room: Newsroom, path: str) -> etree._Element:
    return etree.fromstring((room.output / path).read_bytes())


def titles(document: etree._Element) -> list[str]:
    return [entry.findtext("a:title", "", _NS) for entry in document.findall("a:entry", _NS)]


def link(document: etree._Element, rel: str) -> str:
    return str(document.xpath("string(a:link[@rel=$rel]/@href)", rel=rel, namespaces=_NS))


def take_back(store: Store, room: Newsroom, story: str, later: float = 1, with_titles: bool = True) -> bool:
    moment = NOW + timedelta(hours=later)
    return retract.retract(store, room, story, "The date was wrong.", with_titles=with_titles, now=moment)[1]


# --- archive documents ---


def test_the_archive_holds_every_entry_once_and_is_found_from_the_feed(store: Store, tmp_path: Path) -> None:
    """A reader that follows prev-archive from the feed to the first document has read everything."""
    room = newsroom(tmp_path, many(230), feeds_window="10")
    build(store, room)
    found: list[list[str]] = []
    document = atom(room, "en/feed.atom")
    assert len(titles(document)) == 10
    while address := link(document, "prev-archive"):
        document = atom(room, address.removeprefix("https://news.example.org/"))
        assert document.find("fh:archive", _NS) is not None, "RFC 5005, section 4"
        assert bool(link(document, "next-archive")) == bool(found)
        assert link(document, "current") == "https://news.example.org/en/feed.atom"
        assert link(document, "self") == address
        found.append(titles(document))
    assert [len(page) for page in found] == [30, 100, 100]
    assert sorted(title for page in found for title in page) == sorted(f"Story {n}" for n in range(230))
    assert found[-1] == [f"Story {n}" for n in reversed(range(100))]


def test_a_full_document_has_one_after_it_even_an_empty_one(store: Store, tmp_path: Path) -> None:
    """So it can link to it from the start, and never changes; and a short history is no archive yet."""
    room = newsroom(tmp_path, many(99))
    build(store, room)
    assert atom(room, "en/archive/000001.atom").find("fh:archive", _NS) is None
    newsroom(tmp_path, many(1, first=99))
    build(store, room, later=1)
    assert titles(atom(room, "en/archive/000002.atom")) == []
    before = bytes_of(room.output)["en/archive/000001.atom"]
    newsroom(tmp_path, many(1, first=100))
    build(store, room, later=2)
    assert bytes_of(room.output)["en/archive/000001.atom"] == before


def test_a_full_document_never_changes(store: Store, tmp_path: Path) -> None:
    """Not by new stories, not by a correction, not by another title of the site."""
    room = newsroom(tmp_path, many(101))
    build(store, room)
    before = bytes_of(room.output)["en/archive/000001.atom"]
    write(room.folder / "articles/story-005.en.md", article("Story 5, corrected", published="2026-10-20"))
    room = newsroom(tmp_path, many(3, first=200), title="Another name")
    build(store, room, later=1)
    after = bytes_of(room.output)
    assert after["en/archive/000001.atom"] == before
    assert b"Story 202" in after["en/archive/000002.atom"]
    assert b"Story 5, corrected" in after["en/feed.atom"], "who follows the feed gets the correction"


def test_an_old_story_that_arrives_late_comes_after_those_that_were_there(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, many(100, first=50))
    build(store, room)
    before = bytes_of(room.output)["en/archive/000001.atom"]
    newsroom(tmp_path, many(1))
    build(store, room, later=1)
    assert bytes_of(room.output)["en/archive/000001.atom"] == before
    assert titles(atom(room, "en/archive/000002.atom")) == ["Story 0"]


def test_a_lost_document_is_made_again(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, many(100))
    build(store, room)
    path = room.output / "en/archive/000001.atom"
    before = path.read_bytes()
    path.unlink()
    build(store, room, later=1)
    assert path.read_bytes() == before


def test_a_site_without_archives_has_none(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, many(2), feeds_archive="false")
    build(store, room)
    assert not (room.output / "en/archive").exists()
    assert not link(atom(room, "en/feed.atom"), "prev-archive")


def test_the_archives_of_a_site_that_stops_having_them_go(store: Store, tmp_path: Path) -> None:
    build(store, newsroom(tmp_path, many(2)))
    room = newsroom(tmp_path, feeds_archive="false")
    build(store, room)
    assert not (room.output / "en/archive").exists()


def test_a_document_that_cannot_be_read_or_lacks_an_entry_is_to_be_made_anew() -> None:
    assert archive.revised(b"<feed", {"a"}, ()) is None
    assert archive.revised(b'<feed xmlns="http://www.w3.org/2005/Atom"/>', {"a"}, ()) is None


# --- retractions ---


@pytest.fixture
def room(store: Store, tmp_path: Path) -> Newsroom:
    """A site with 120 stories; story 7 is in a full archive document, names a place and has a picture of its own."""
    articles = many(120) | {
        "story-007.en.md": article("Picket in Almaty", "A picket in Almaty.", published="2026-10-17T10:00:00Z")
    }
    made = newsroom(tmp_path, articles, digest_window="6")
    write(
        tmp_path / "articles/story-007.kk.md",
        article("Алматыдағы пикет", "Алматыда пикет өтті.", published="2026-10-17T10:00:00Z"),
    )
    build(store, made)
    return made


def test_a_retracted_story_is_nowhere_and_its_address_says_why(store: Store, room: Newsroom) -> None:
    """Not on a page, not in a feed, not in an archive that was full; the title is repeated where it is told."""
    assert take_back(store, room, "story-007")
    build(store, room, later=1)
    files = bytes_of(room.output)
    assert not [path for path, body in files.items() if b"A picket in Almaty." in body]
    page = files["en/stories/story-007/index.html"].decode()
    assert "Retracted: Picket in Almaty" in page
    assert "The date was wrong." in page
    assert 'content="noindex"' in page
    assert 'retracted on <time datetime="2026-11-16T09:00:00+05:00">November 16, 2026</time>' in page
    assert files["en/stories/story-007/410.html"] == files["en/stories/story-007/index.html"]
    assert "Қайтарып алынды: Алматыдағы пикет" in files["kk/stories/story-007/index.html"].decode()


def test_readers_of_the_feed_and_of_the_archive_find_a_tombstone(store: Store, room: Newsroom) -> None:
    """RFC 6721: with the entry's id, later than its `updated`; every other entry of the archive stays as it was."""
    before = atom(room, "en/archive/000001.atom")
    take_back(store, room, "story-007")
    build(store, room, later=1)
    for path in ("en/feed.atom", "en/archive/000001.atom"):
        (stone,) = atom(room, path).findall("at:deleted-entry", _NS)
        assert stone.get("ref") == "tag:news.example.org,2026:stories/story-007/en"
        assert datetime.fromisoformat(str(stone.get("when"))) == NOW + timedelta(hours=1)
        assert stone.findtext("at:comment", namespaces=_NS) == "The date was wrong."
    after = atom(room, "en/archive/000001.atom")
    kept = [
        entry
        for entry in before.findall("a:entry", _NS)
        if entry.findtext("a:title", namespaces=_NS) != "Picket in Almaty"
    ]
    canonical = [
        etree.tostring(entry, method="c14n", exclusive=True).strip() for entry in after.findall("a:entry", _NS)
    ]
    assert canonical == [etree.tostring(entry, method="c14n", exclusive=True).strip() for entry in kept]
    assert after.findtext("a:updated", namespaces=_NS) == before.findtext("a:updated", namespaces=_NS)


def test_rss_and_json_replace_the_item(store: Store, room: Newsroom) -> None:
    """They have no tombstones: an item with the same id stands where the text stood."""
    take_back(store, room, "story-007")
    build(store, room, later=1)
    parsed = feedparser.parse((room.output / "en/feed.rss").read_bytes())
    (item,) = [one for one in parsed.entries if one.id.endswith("story-007/en")]
    assert not parsed.bozo
    assert (item.title, item.description) == ("Retracted: Picket in Almaty", "The date was wrong.")
    items = json.loads((room.output / "en/feed.json").read_text(encoding="utf-8"))["items"]
    (item,) = [one for one in items if one["id"].endswith("story-007/en")]
    assert (item["title"], item["content_text"]) == ("Retracted: Picket in Almaty", "The date was wrong.")


def test_a_title_that_is_better_not_repeated_is_not(store: Store, room: Newsroom) -> None:
    take_back(store, room, "story-007", with_titles=False)
    build(store, room, later=1)
    files = bytes_of(room.output)
    assert not [
        path for path, body in files.items() if b"Picket in Almaty" in body and path != "en/archive/000001.atom"
    ]
    assert b"Picket in Almaty" not in files["en/archive/000001.atom"]
    assert "Retracted story" in files["en/stories/story-007/index.html"].decode()


def test_a_story_is_named_by_its_key_or_by_the_id_of_an_entry(store: Store, room: Newsroom) -> None:
    assert take_back(store, room, "tag:news.example.org,2026:stories/story-007/kk")
    assert not take_back(store, room, "story-007"), "it was retracted before"
    with pytest.raises(NotFound, match=r"is 'story-[01]08' meant"):
        take_back(store, room, "story-O08")


def test_an_undone_retraction_gives_the_story_back_with_its_id(store: Store, room: Newsroom) -> None:
    before = bytes_of(room.output)
    take_back(store, room, "story-007")
    build(store, room, later=1)
    assert retract.undo(store, "story-007") == "story-007"
    build(store, room, later=2)
    assert bytes_of(room.output) == before
    with pytest.raises(NotFound, match="is not retracted"):
        retract.undo(store, "story-007")


def test_the_next_digest_tells_what_earlier_ones_told_and_was_retracted(store: Store, room: Newsroom) -> None:
    """In every language, for readers may have changed theirs; `tests/test_amended.py` has the rules."""
    digests.compile_week(store, room, Week(2026, 46), NOW)
    take_back(store, room, "story-007")
    newsroom(room.folder, {"new.en.md": article("New", published="2026-11-18")})
    build(store, room, later=24 * 7)
    made = digests.compile_week(store, room, Week(2026, 47), NOW + timedelta(days=7)).issues
    assert [one.key for one in made["en"].amendments] == ["retraction:story-007"]
    for part in (made["en"].html, made["en"].text, made["en"].page):
        assert "Retracted: Picket in Almaty" in part
        assert "The date was wrong." in part
    assert "Қайтарып алынды: Алматыдағы пикет" in made["kk"].text


# --- corrections ---


def test_a_correction_is_seen_on_the_page_and_in_every_format(store: Store, tmp_path: Path) -> None:
    text = (
        "---\ntitle: Picket\npublished: 2026-11-10\nupdated: 2026-11-12\ncorrections:\n"
        '  - {date: 2026-11-12, text: "Eight people stood there, not nine."}\n---\n\nEight people stood there.\n'
    )
    room = newsroom(tmp_path, {"picket.en.md": text})
    build(store, room)
    for path in ("en/stories/picket/index.html", "en/feed.atom", "en/feed.rss", "en/feed.json"):
        body = (room.output / path).read_text(encoding="utf-8")
        assert "Correction" in body
        assert "November 12, 2026" in body
        assert "Eight people stood there, not nine." in body
    assert "Түзету" in (room.output / "kk/stories/picket/index.html").read_text(encoding="utf-8")
