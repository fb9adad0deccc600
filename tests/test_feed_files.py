"""The feeds of a site: by language, place and topic, of all languages, and their lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree
from walk import NOW, article, build, bytes_of, newsroom, write

from feeder.jobs import retract
from feeder.jobs.newsroom import Newsroom
from feeder.store import Store

NS = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DAY = "2026-11-10"

ARTICLES = {
    "picket.en.md": article("A picket", published=DAY, tags="[picket, Steppe Roads]"),
    "picket.kk.md": article("Пикет өтті", published=DAY, tags="[адам құқығы]"),
    "hearing.ru.md": article("Суд отложен", published="2026-11-11", tags="[Права человека, суд]"),
    "plain.ru.md": article("Без тегов", published="2026-11-09"),
}


def feed(room: Newsroom, path: str) -> etree._Element:
    return etree.fromstring((room.output / path).read_bytes())


def ids(document: etree._Element) -> list[str]:
    return [
        str(entry.findtext("a:id", None, NS)).rpartition("stories/")[2] for entry in document.findall("a:entry", NS)
    ]


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Newsroom:
    room = newsroom(tmp_path, ARTICLES)
    build(store, room)
    return room


# --- topics ---


def test_the_feeds_of_a_topic_hold_the_same_stories_in_every_language(made: Newsroom) -> None:
    """Whichever version of a story has the tag, in whichever language and spelling."""
    for locale, title in {
        "en": "News: Human rights",
        "kk": "Жаңалықтар: Адам құқықтары",
        "ru": "Новости: Права человека",
    }.items():
        document = feed(made, f"{locale}/topics/human-rights/feed.atom")
        assert ids(document) == [f"hearing/{locale}", f"picket/{locale}"]
        assert document.findtext("a:title", None, NS) == title
        assert document.findtext("a:id", None, NS) == f"tag:news.example.org,2026:feeds/{locale}/topics/human-rights"


def test_a_topic_has_a_page_that_says_the_same_and_leads_to_its_feed(made: Newsroom) -> None:
    page = (made.output / "kk/topics/human-rights/index.html").read_text(encoding="utf-8")
    assert "<h1>Адам құқықтары</h1>" in page
    assert "topics/human-rights/feed.atom" in page
    assert 'hreflang="ru" href="https://news.example.org/ru/topics/human-rights/"' in page
    story = next(made.output.glob("en/stories/*picket*/index.html")).read_text(encoding="utf-8")
    assert '<a href="../../../en/topics/human-rights/index.html">Human rights</a>' in story


def test_a_word_of_one_s_own_is_marked_where_readers_have_another_language(made: Newsroom) -> None:
    page = (made.output / "ru/topics/steppe-roads/index.html").read_text(encoding="utf-8")
    assert '<h1 lang="en">Steppe Roads</h1>' in page


def test_topics_stand_in_the_lists_of_feeds(made: Newsroom) -> None:
    for path in ("kk/opml.xml", "opml.xml"):
        listed = [outline.get("xmlUrl") for outline in feed(made, path).iter("outline")]
        assert "https://news.example.org/kk/topics/human-rights/feed.atom" in listed
    page = (made.output / "kk/feeds/index.html").read_text(encoding="utf-8")
    assert "https://news.example.org/kk/topics/human-rights/feed.atom" in page


def test_a_tag_that_goes_takes_its_topic_along(store: Store, made: Newsroom) -> None:
    """And a feed that lost a story says nothing of it: it was not taken back."""
    write(made.folder / "articles/picket.en.md", article("A picket", published=DAY, tags="[picket]"))
    build(store, made, later=1)
    assert not (made.output / "en/topics/steppe-roads").exists()
    assert ids(feed(made, "en/topics/picket/feed.atom")) == ["picket/en"]


def test_the_site_s_own_topics_count(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, ARTICLES)
    toml = (room.folder / "feeder.toml").read_text(encoding="utf-8")
    write(room.folder / "feeder.toml", f'{toml}\n[topics.steppe-roads]\nkk = "Дала жолдары"\n')
    room = newsroom(tmp_path)
    build(store, room)
    assert feed(room, "kk/topics/steppe-roads/feed.atom").findtext("a:title", None, NS) == "Жаңалықтар: Дала жолдары"


def test_a_site_may_do_without_feeds_of_topics(store: Store, tmp_path: Path) -> None:
    """The pages stay, and lead to no feed."""
    room = newsroom(tmp_path, ARTICLES, feeds_topics="false")
    build(store, room)
    assert not [path for path in bytes_of(room.output) if "/topics/" in path and path.endswith(".atom")]
    assert "topics/human-rights/feed.atom" not in (room.output / "en/topics/human-rights/index.html").read_text("utf-8")


def test_five_thousand_tags_are_twenty_topics(store: Store, tmp_path: Path) -> None:
    tags = "[" + ", ".join(f"tag{number}" for number in range(5_000)) + ", " + "x" * 5_000 + "]"
    room = newsroom(tmp_path, {"many.en.md": article("Many", published=DAY, tags=tags)})
    build(store, room)
    assert (
        len([path for path in bytes_of(room.output) if path.startswith("en/topics/") and path.endswith(".atom")]) == 20
    )


# --- all languages ---


def test_the_feed_of_all_languages_has_every_version_once(made: Newsroom) -> None:
    """No fallback; the ids are those of the versions' own feeds, and every entry says its language."""
    document = feed(made, "feed.atom")
    assert ids(document) == ["hearing/ru", "picket/en", "picket/kk", "plain/ru"]
    assert [entry.get(LANG) for entry in document.findall("a:entry", NS)] == ["ru", "en", "kk", "ru"]
    related = {link.get("hreflang"): link.get("href") for link in document.findall("a:link[@rel='related']", NS)}
    assert related == {code: f"https://news.example.org/{code}/feed.atom" for code in ("en", "kk", "ru")}


def test_no_two_entries_of_it_are_updated_at_one_moment(made: Newsroom) -> None:
    """Versions of a story state one day; validators and readers want moments apart. Only here, in the site's order."""
    moments = {
        str(entry.findtext("a:id", None, NS)): datetime.fromisoformat(str(entry.findtext("a:updated", None, NS)))
        for entry in feed(made, "feed.atom").findall("a:entry", NS)
    }
    english, kazakh = (moments[f"tag:news.example.org,2026:stories/picket/{code}"] for code in ("en", "kk"))
    assert kazakh - english == timedelta(seconds=1)
    assert len(set(moments.values())) == len(moments)
    own = feed(made, "kk/feed.atom").xpath("string(a:entry[contains(a:id, 'picket/kk')]/a:updated)", namespaces=NS)
    assert datetime.fromisoformat(str(own)) == english


def test_it_is_named_in_all_languages_and_stands_first_in_the_whole_list(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, ARTICLES, title_en="Steppe", title_kk="Дала", title_ru="Степь")
    build(store, room)
    assert feed(room, "feed.atom").findtext("a:title", None, NS) == "Steppe · Дала · Степь"
    first = next(feed(room, "opml.xml").iter("outline"))
    assert (first.get("text"), first.get("xmlUrl")) == ("Steppe · Дала · Степь", "https://news.example.org/feed.atom")


def test_it_has_room_for_as_many_as_the_others(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, ARTICLES, feeds_window="2")
    build(store, room)
    assert ids(feed(room, "feed.atom")) == ["hearing/ru", "picket/en"]


def test_a_retracted_story_leaves_tombstones_for_its_own_versions(store: Store, made: Newsroom) -> None:
    """In the feed of all languages for each version, in a topic's feed for the entry of that language."""
    retract.retract(store, made, "picket", "Wrong.", with_titles=True, now=NOW + timedelta(hours=1))
    build(store, made, later=1)
    gone = [one.get("ref") for one in feed(made, "feed.atom").findall("at:deleted-entry", NS)]
    assert gone == [f"tag:news.example.org,2026:stories/picket/{code}" for code in ("en", "kk")]
    gone = [one.get("ref") for one in feed(made, "ru/topics/human-rights/feed.atom").findall("at:deleted-entry", NS)]
    assert gone == ["tag:news.example.org,2026:stories/picket/ru"]


def test_what_did_not_change_is_not_written_again(store: Store, made: Newsroom) -> None:
    before = bytes_of(made.output)
    assert build(store, made, later=1).files.written == 0
    assert bytes_of(made.output) == before


# --- rights ---


def test_rights_are_stated_in_each_language(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path, ARTICLES)
    toml = (room.folder / "feeder.toml").read_text(encoding="utf-8")
    write(room.folder / "feeder.toml", f'{toml}\n[feeds.rights]\nen = "CC BY 4.0"\nkk = "Сілтеме міндетті"\n')
    room = newsroom(tmp_path)
    build(store, room)
    assert feed(room, "kk/feed.atom").findtext("a:rights", None, NS) == "Сілтеме міндетті"
    assert feed(room, "feed.atom").findtext("a:rights", None, NS) == "CC BY 4.0 · Сілтеме міндетті"
