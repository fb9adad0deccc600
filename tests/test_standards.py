"""What the standards of feeds ask, held against every file of a hard site.

The site has fallbacks, pictures, tags in three scripts, titles with "<", "&" and "]]>", many stories of one moment, a
story that was taken back and one that was corrected. Each test is a rule that many publishers break.
"""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import examples
import html5lib
import pytest
from lxml import etree
from walk import NOW, article, build, newsroom, write

from feeder.jobs import retract
from feeder.store import open_store

BASE = "https://news.example.org"
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "geo": "http://www.georss.org/georss",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")

_TITLES = {
    "en": "Story {n} from Almaty & Xinjiang: is 2 < 3 ]]> ?",
    "kk": "Алматыдағы {n}-оқиға: «жауап» < & ]]> болды ма?",
    "ru": "Материал {n} из Алматы: 5 < 6 & ]]> вопрос",
}
_TAGS = {"en": "[human rights, AT&T]", "kk": "[адам құқығы, Қыстақ жолы, ئۇيغۇر]", "ru": "[права человека, пикет]"}
_WRITTEN = (("en", "kk", "ru"), ("kk",), ("ru", "en"))


def _articles() -> dict[str, str]:
    body = "Almaty & Xinjiang ]]> text.\n\n- [a link](/rel?x=1&y=2)"
    found = {}
    for number in range(12):
        for code in _WRITTEN[number % 3]:
            fields: dict[str, object] = {"published": "2026-11-10", "tags": _TAGS[code]}
            if number % 4 == 0:
                fields |= {"image": "photo.png", "image_alt": '"Five & 2 < 3"', "caption": '"A caption ]]>"'}
            found[f"story-{number:02d}.{code}.md"] = article(f'"{_TITLES[code].format(n=number)}"', body, **fields)
    gone = {
        f"gone.{code}.md": article("Wrong", "In Almaty.", published="2026-11-11", tags="[пикет]")
        for code in ("en", "kk")
    }
    return found | gone


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = newsroom(tmp_path_factory.mktemp("hard"), _articles())
    (room.folder / "articles" / "photo.png").write_bytes(examples.picture(80))
    store = open_store(room.database_url)
    build(store, room)
    late = article("A late word", published="2026-11-10", corrections='"The day was wrong & is right now."')
    write(room.folder / "articles" / "story-02.en.md", late)
    retract.retract(store, room, "gone", "Wrong & <unsafe> ]]>", with_titles=True, now=NOW + timedelta(hours=1))
    build(store, room, later=2)
    store.close()
    return room.output


@cache
def tree(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes())


def atoms(public: Path) -> list[tuple[str, etree._Element]]:
    found = [(path.relative_to(public).as_posix(), tree(path)) for path in sorted(public.rglob("*.atom"))]
    assert len(found) > 20
    return found


def rsses(public: Path) -> list[tuple[str, etree._Element]]:
    found = [(path.relative_to(public).as_posix(), tree(path)) for path in sorted(public.rglob("*.rss"))]
    assert len(found) == 3
    return found


def jsons(public: Path) -> list[tuple[str, dict[str, Any]]]:
    found = [
        (path.relative_to(public).as_posix(), json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(public.glob("*/feed.json"))
    ]
    assert len(found) == 3
    return found


def entries(feed: etree._Element) -> list[etree._Element]:
    return feed.findall("a:entry", NS)


def value(element: etree._Element, name: str) -> str:
    found = element.findtext(name, None, NS)
    assert found, f"{element.tag} has no {name}"
    return found


# --- Atom (RFC 4287) ---


def test_feeds_and_entries_have_what_they_must(public: Path) -> None:
    """Id, title, updated; an author; a content and a summary that is text."""
    for path, feed in atoms(public):
        for element in (feed, *entries(feed)):
            assert all(value(element, f"a:{name}").strip() for name in ("id", "title", "updated")), path
        assert value(feed, "a:author/a:name")
        for entry in entries(feed):
            assert value(entry, "a:content")
            assert value(entry, "a:author/a:name")
            types = {node.get("type", "text") for node in entry.iter("{*}content", "{*}summary", "{*}title")}
            assert types <= {"text", "html"}


def test_a_feed_is_where_it_says_it_is(public: Path) -> None:
    """`self` is the address it is served from, to the letter, in every format."""
    for path, feed in atoms(public):
        assert [link.get("href") for link in feed.findall("a:link[@rel='self']", NS)] == [f"{BASE}/{path}"]
    for path, feed in rsses(public):
        assert [link.get("href") for link in feed.findall("channel/a:link[@rel='self']", NS)] == [f"{BASE}/{path}"]
    assert [document["feed_url"] for _, document in jsons(public)] == [f"{BASE}/{path}" for path, _ in jsons(public)]


def test_no_two_entries_of_a_feed_have_one_id_or_one_moment(public: Path) -> None:
    """All stories of this site state the same day."""
    for path, feed in atoms(public):
        for name in ("a:id", "a:updated"):
            found = [value(entry, name) for entry in entries(feed)]
            assert len(set(found)) == len(found), path


def test_ids_are_tag_uris_in_ascii(public: Path) -> None:
    """RFC 4151: an authority, a date, the rest; nothing that a server may normalise away. An id means one entry everywhere."""
    seen: dict[str, tuple[str, str]] = {}
    for path, feed in atoms(public):
        for element in (feed, *entries(feed)):
            assert re.fullmatch(
                r"tag:news\.example\.org,2026(-\d\d){0,2}:[A-Za-z0-9/._~%-]+", value(element, "a:id")
            ), path
        for entry in entries(feed):
            page = str(entry.xpath("string(a:link[@rel='alternate']/@href)", namespaces=NS))
            assert seen.setdefault(value(entry, "a:id"), (page, value(entry, "a:title"))) == (
                page,
                value(entry, "a:title"),
            )


def test_no_two_alternates_have_one_type_and_language(public: Path) -> None:
    """Readers that meet several take the first or the last; so an entry has one."""
    for _, feed in atoms(public):
        assert len(feed.findall("a:link[@rel='alternate']", NS)) == 1
        assert all(len(entry.findall("a:link[@rel='alternate']", NS)) == 1 for entry in entries(feed))


def test_dates_have_a_zone_and_a_feed_is_as_new_as_its_newest(public: Path) -> None:
    """Of an entry or of a tombstone; never the time of the build."""
    for path, feed in atoms(public):
        texts = [value(entry, f"a:{name}") for entry in entries(feed) for name in ("published", "updated")]
        gone = [str(one.get("when")) for one in feed.findall("at:deleted-entry", NS)]
        assert all(RFC3339.fullmatch(text) for text in (*texts, *gone, value(feed, "a:updated")))
        newest = [datetime.fromisoformat(value(entry, "a:updated")) for entry in entries(feed)]
        newest += [datetime.fromisoformat(text) for text in gone]
        if newest:
            assert datetime.fromisoformat(value(feed, "a:updated")) == max(newest), path


def test_every_text_is_in_a_language_that_is_named(public: Path) -> None:
    """On the feed, or nearer; the feed of all languages is in several, its entries each in one."""
    for path, feed in atoms(public):
        code = path.split("/")[0] if "/" in path else "mul"
        assert feed.get(LANG) == code
        own = [entry.get(LANG) for entry in entries(feed)]
        assert set(own) <= {"en", "kk", "ru"} if code == "mul" else set(own) <= {"en", "kk", "ru", None} - {code}


# --- history and tombstones (RFC 5005, RFC 6721) ---


def test_only_archive_documents_are_archives_and_none_is_paged(public: Path) -> None:
    """`current` and `fh:archive` go together; `next` and `prev` are paging, which archives must not mix in; nor complete."""
    for path, feed in atoms(public):
        rels = [link.get("rel") for link in feed.findall("a:link", NS)]
        assert not {"next", "prev", "previous", "first", "last"} & set(rels), path
        assert feed.find("fh:complete", NS) is None
        assert feed.find("fh:archive", NS) is None or "current" in rels
        assert "/archive/" in path or feed.find("fh:archive", NS) is None


def test_tombstones_are_believed(public: Path) -> None:
    """Beside the entries, once each, later than the entry ever was; the reason in a language that is named."""
    count = 0
    for path, feed in atoms(public):
        stones = feed.findall("at:deleted-entry", NS)
        assert list(feed.iter(f"{{{NS['at']}}}deleted-entry")) == stones
        pairs = [(one.get("ref"), one.get("when")) for one in stones]
        assert len(set(pairs)) == len(pairs)
        assert not {ref for ref, _ in pairs} & {value(entry, "a:id") for entry in entries(feed)}, path
        for one in stones:
            assert datetime.fromisoformat(str(one.get("when"))) >= NOW + timedelta(hours=1)
            assert one.find("at:comment", NS).get(LANG) == "en"  # type: ignore[union-attr]
        count += len(stones)
    assert count >= 3 + 3 + 2  # feeds, archives, all languages


# --- RSS 2.0 and its profile ---


def test_rss_guids_are_no_addresses_and_authors_no_mailboxes(public: Path) -> None:
    for _, feed in rsses(public):
        items = feed.findall("channel/item")
        assert all(item.find("guid").get("isPermaLink") == "false" for item in items)  # type: ignore[union-attr]
        assert not list(feed.iter("author", "managingEditor", "webMaster"))
        assert all(value(item, "dc:creator") and value(item, "dc:language") for item in items)


def test_rss_dates_are_english_with_four_digits_of_year(public: Path) -> None:
    for _, feed in rsses(public):
        texts = [element.text or "" for element in feed.iter("pubDate", "lastBuildDate")]
        assert texts
        pattern = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"
        assert all(re.fullmatch(pattern, text) and email.utils.parsedate_to_datetime(text) for text in texts)


def test_rss_texts_have_hexadecimal_references(public: Path) -> None:
    """Whoever takes a title for HTML shows the same as who does not."""
    for path in public.rglob("*.rss"):
        texts = re.findall(r"<(?:title|media:title|media:description)(?: [^<>]*)?>([^<]*)</", path.read_text("utf-8"))
        assert any("&#x3C;" in text and "&#x26;" in text for text in texts)
        assert not [text for text in texts if "&lt;" in text or "&amp;" in text]


def test_an_enclosure_has_its_true_length(public: Path) -> None:
    """One for each item at most; what is announced is what is there."""
    found = [item.findall("enclosure") for _, feed in rsses(public) for item in feed.findall("channel/item")]
    assert {len(files) for files in found} == {0, 1}
    for file in (file for files in found for file in files):
        data = (public / str(file.get("url")).removeprefix(f"{BASE}/")).read_bytes()
        assert (str(len(data)), "image/png") == (file.get("length"), file.get("type"))


# --- JSON Feed 1.1 ---


def test_json_items_have_what_they_must(public: Path) -> None:
    """Ids are strings, authors a list, a content, RFC 3339, a language; no member of version 1.0."""
    for _, document in jsons(public):
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert "author" not in document
        for item in document["items"]:
            assert isinstance(item["id"], str)
            assert "content_html" in item or "content_text" in item
            assert "author" not in item
            assert all(author["name"] for author in item["authors"])
            assert RFC3339.fullmatch(item["date_published"])
            assert RFC3339.fullmatch(item["date_modified"])
            assert item["language"] in ("en", "kk", "ru")


# --- all of them ---


def test_the_formats_hold_the_same_entries(public: Path) -> None:
    """Ids, titles and contents, in one order; what is retracted comes last in those without tombstones."""
    for code in ("en", "kk", "ru"):
        atom, rss = tree(public / code / "feed.atom"), tree(public / code / "feed.rss")
        items = json.loads((public / code / "feed.json").read_text(encoding="utf-8"))["items"]
        count = len(entries(atom))
        ids = [value(entry, "a:id") for entry in entries(atom)]
        assert [item.findtext("guid") for item in rss.findall("channel/item")][:count] == ids
        assert [item["id"] for item in items][:count] == ids
        texts = [value(entry, "a:content") for entry in entries(atom)]
        assert [item.findtext("content:encoded", None, NS) for item in rss.findall("channel/item")][:count] == texts
        assert [item["content_html"] for item in items[:count]] == texts
        titles = [value(entry, "a:title") for entry in entries(atom)]
        assert [item["title"] for item in items[:count]] == titles
        assert [item.findtext("title") for item in rss.findall("channel/item")][:count] == titles


def contents(public: Path) -> Iterator[str]:
    for _, feed in atoms(public):
        yield from (value(entry, "a:content") for entry in entries(feed))


def test_no_address_in_a_content_is_relative(public: Path) -> None:
    """A reader does not know where it would start from."""
    found = set()
    for html in set(contents(public)):
        fragment = html5lib.parseFragment(html, namespaceHTMLElements=False)
        found |= {node.get(name) for node in fragment.iter() for name in ("href", "src") if node.get(name)}
    assert found
    assert {urlsplit(url).scheme for url in found} == {"https"}


def test_a_point_is_latitude_and_longitude(public: Path) -> None:
    """GeoRSS Simple: a space and no comma, on earth, one for each entry."""
    items = [entry for _, feed in atoms(public) for entry in entries(feed)]
    items += [item for _, feed in rsses(public) for item in feed.findall("channel/item")]
    points = [item.findall("geo:point", NS) for item in items]
    assert {len(found) for found in points} <= {0, 1}
    texts = {str(point.text) for found in points for point in found}
    assert texts
    for text in texts:
        latitude, longitude = map(float, text.split(" "))
        assert -90 <= latitude <= 90
        assert -180 <= longitude <= 180


def test_every_category_has_a_term_that_leads_to_its_page(public: Path) -> None:
    """Scheme and term together are an address of this site; the label is for people."""
    for path, feed in atoms(public):
        for category in feed.iter(f"{{{NS['a']}}}category"):
            address = f"{category.get('scheme')}{category.get('term')}/"
            assert category.get("label")
            assert (public / address.removeprefix(f"{BASE}/") / "index.html").is_file(), (path, address)


# --- OPML 2.0 ---


def test_lists_lead_to_feeds(public: Path) -> None:
    """Type, text and address of each; in a language's list the language; every address is a file of the site."""
    for path in (public / "opml.xml", *public.glob("*/opml.xml")):
        root = tree(path)
        assert root.get("version") == "2.0"
        feeds = [outline for outline in root.iter("outline") if len(outline) == 0]
        assert feeds
        for outline in feeds:
            assert outline.get("type") == "rss"
            assert outline.get("text")
            assert (public / str(outline.get("xmlUrl")).removeprefix(f"{BASE}/")).is_file()
            assert str(outline.get("htmlUrl")).startswith(BASE)
            assert outline.get("language") in ("en", "kk", "ru") or outline.get("xmlUrl") == f"{BASE}/feed.atom"
    listed = {str(outline.get("xmlUrl")) for outline in tree(public / "opml.xml").iter("outline")}
    made = {f"{BASE}/{path}" for path, _ in atoms(public) if "/archive/" not in path}
    assert made <= listed
