"""Atom: RFC 4287 and what the W3C validator asks beyond it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import examples
import feedparser
import pytest
from lxml import etree

from feeder.feeds import atom
from feeder.model import Feed

NS = {"a": "http://www.w3.org/2005/Atom", "geo": "http://www.georss.org/georss"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

locales = pytest.mark.parametrize("code", examples.LOCALES)


def root(feed: Feed) -> etree._Element:
    return etree.fromstring(atom.to_bytes(feed))


def entries(code: str) -> list[etree._Element]:
    return root(examples.feed(code)).findall("a:entry", NS)


@locales
def test_every_entry_has_exactly_one_alternate_its_own_page(code: str) -> None:
    """Of several, readers open the first or the last."""
    for entry, element in zip(examples.feed(code).entries, entries(code), strict=True):
        links = element.findall("a:link[@rel='alternate']", NS)
        assert [dict(link.attrib) for link in links] == [
            {"href": entry.url, "rel": "alternate", "type": "text/html", "hreflang": entry.language}
        ]


@locales
def test_no_two_links_say_the_same(code: str) -> None:
    """No pair of relation, type and language occurs twice, and none lacks its relation."""
    for element in (root(examples.feed(code)), *entries(code)):
        links = element.findall("a:link", NS)
        assert all(link.get("rel") and link.get("type") for link in links)
        seen = Counter((link.get("rel"), link.get("type"), link.get("hreflang")) for link in links)
        assert set(seen.values()) == {1}


@locales
def test_sisters_are_related_and_the_original_is_via(code: str) -> None:
    """A translation carries its language and its name in that language."""
    for entry, element in zip(examples.feed(code).entries, entries(code), strict=True):
        related = {link.get("hreflang"): link for link in element.findall("a:link[@rel='related']", NS)}
        assert {key: link.get("href") for key, link in related.items()} == dict(entry.sisters)
        names = {"en": "English", "kk": "Қазақша", "ru": "Русский"}
        assert all(link.get("title") == names[str(key)] for key, link in related.items())
        via = [link.get("href") for link in element.findall("a:link[@rel='via']", NS)]
        assert via == ([entry.original] if entry.original else [])


@locales
def test_a_feed_names_itself_its_page_and_its_author(code: str) -> None:
    """`self` is the address it is served from, to the letter."""
    feed, element = examples.feed(code), root(examples.feed(code))
    links = {link.get("rel"): dict(link.attrib) for link in element.findall("a:link", NS)}
    assert links["self"] == {"href": feed.links["atom"], "rel": "self", "type": "application/atom+xml"}
    assert links["alternate"] == {"href": feed.home, "rel": "alternate", "type": "text/html", "hreflang": code}
    assert element.findtext("a:author/a:name", None, NS) == feed.title
    assert element.findtext("a:generator", None, NS) == "feeder"
    assert element.findtext("a:subtitle", None, NS) == feed.subtitle
    assert element.get(LANG) == code


def test_the_hub_is_a_link_of_the_feed() -> None:
    """Not of archive documents, which change too rarely."""
    hub = "https://hub.example.org/?a=b&c"
    found = root(examples.feed("kk", hub=hub)).findall("a:link[@rel='hub']", NS)
    assert [dict(link.attrib) for link in found] == [{"href": hub, "rel": "hub"}]
    assert root(examples.feed("kk", hub=hub, archive=True)).findall("a:link[@rel='hub']", NS) == []
    assert root(examples.feed("kk")).findall("a:link[@rel='hub']", NS) == []


@locales
def test_ids_are_unique_and_content_is_html(code: str) -> None:
    """Each entry has all that the standard asks for; summaries are text."""
    ids = [element.findtext("a:id", None, NS) for element in entries(code)]
    assert len(set(ids)) == len(ids) == 4
    for element in entries(code):
        assert element.find("a:content", NS).get("type") == "html"  # type: ignore[union-attr]
        assert element.find("a:summary", NS).get("type") == "text"  # type: ignore[union-attr]


@locales
def test_only_foreign_entries_carry_a_language(code: str) -> None:
    """Inside one, the names of places and topics are still in the readers' language, and say so."""
    for entry, element in zip(examples.feed(code).entries, entries(code), strict=True):
        foreign = entry.language != code
        assert element.get(LANG) == (entry.language if foreign else None)
        labels = [
            category.get(LANG) for category in element.findall("a:category", NS) if category.get("term") != "dala"
        ]
        assert set(labels) == {code if foreign else None}


@locales
def test_a_topic_that_nobody_named_in_the_readers_language_says_so(code: str) -> None:
    """A word of another language is marked; one of the entry's own is not."""
    found = [category for element in entries(code) for category in element.findall("a:category[@term='dala']", NS)]
    assert [(category.get("label"), category.get(LANG)) for category in found] == [
        ("Дала", None if code == "kk" else "kk")
    ]


@locales
def test_places_are_categories_and_the_first_with_coordinates_is_the_point(code: str) -> None:
    """Scheme and term together are the address of the place's page."""
    picket, *_ = entries(code)
    scheme = f"{examples.BASE}/{code}/places/"
    places = {one.get("term"): one for one in picket.findall("a:category", NS) if one.get("scheme") == scheme}
    assert list(places) == ["kz", "kz-almaty"]
    assert places["kz-almaty"].get("label") == examples.place("kz-almaty", code).name
    assert [point.text for point in picket.findall("geo:point", NS)] == ["43.25 76.95"]


@locales
def test_topics_are_categories_with_a_term_that_no_language_changes(code: str) -> None:
    """A filter on the term finds the same stories in all three feeds; the label is for people."""
    picket, *_ = entries(code)
    scheme = f"{examples.BASE}/{code}/topics/"
    topics = {
        one.get("term"): one.get("label") for one in picket.findall("a:category", NS) if one.get("scheme") == scheme
    }
    assert topics == {"protest": examples.topic("protest", code).label}


def test_updated_and_published_are_those_of_the_story() -> None:
    """Never those of the build."""
    element = root(examples.feed("en"))
    assert element.findtext("a:updated", None, NS) == "2026-11-14T03:00:00+00:00"
    assert entries("en")[1].findtext("a:updated", None, NS) == "2026-11-12T04:05:07+00:00"
    assert entries("en")[1].findtext("a:published", None, NS) == "2026-11-12T04:05:07+00:00"


def test_the_order_of_entries_is_kept() -> None:
    """Newest first, as given."""
    assert [item.id for item in feedparser.parse(atom.to_bytes(examples.feed("kk"))).entries] == [
        entry.id for entry in examples.entries("kk")
    ]


def test_a_feed_of_all_languages_marks_every_entry() -> None:
    """The combined feed is in several languages, each entry in one; its categories lead to pages in the same."""
    mixed = tuple(examples.entry(code, "picket") for code in examples.LOCALES)
    sisters = {code: examples.feed(code).links["atom"] for code in examples.LOCALES}
    made = root(replace(examples.feed("en", entries=mixed), locale="mul", sisters=sisters))
    found = made.findall("a:entry", NS)
    assert made.get(LANG) == "mul"
    assert [element.get(LANG) for element in found] == list(examples.LOCALES)
    schemes = [element.findall("a:category", NS)[0].get("scheme") for element in found]
    assert schemes == [f"{examples.BASE}/{code}/places/" for code in examples.LOCALES]
    related = {link.get("hreflang"): link.get("href") for link in made.findall("a:link[@rel='related']", NS)}
    assert related == sisters


def test_rights_are_stated_where_the_site_states_them() -> None:
    """In the feed's language; nothing is claimed where nothing is stated."""
    assert root(examples.feed("kk", rights="Сілтеме жасап қайта басуға болады")).findtext("a:rights", None, NS) == (
        "Сілтеме жасап қайта басуға болады"
    )
    assert root(examples.feed("kk")).find("a:rights", NS) is None
