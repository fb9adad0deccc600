"""RSS 2.0 and the profile of the RSS Advisory Board."""

from __future__ import annotations

import email.utils
import re
from dataclasses import replace

import examples
import pytest
from lxml import etree

from feeder.feeds import rss

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "georss": "http://www.georss.org/georss",
    "media": "http://search.yahoo.com/mrss/",
    "content": "http://purl.org/rss/1.0/modules/content/",
}

locales = pytest.mark.parametrize("code", examples.LOCALES)


def channel(code: str, **changes: str) -> etree._Element:
    found = etree.fromstring(rss.to_bytes(examples.feed(code, **changes))).find("channel")
    assert found is not None
    return found


@locales
def test_the_channel_links_to_the_page_and_to_itself(code: str) -> None:
    """`link` is what a person opens, `atom:link` where this very document is."""
    feed = examples.feed(code)
    assert channel(code).findtext("link") == feed.home
    own = [dict(link.attrib) for link in channel(code).findall("atom:link", NS)]
    assert own == [{"href": feed.links["rss"], "rel": "self", "type": "application/rss+xml"}]
    assert channel(code).findtext("language") == code
    assert channel(code).findtext("description") == feed.subtitle


def test_the_hub_is_a_link_of_the_channel_before_its_items() -> None:
    """A feed reader that reads on until the first item has found it; the page stays the channel's link."""
    found = channel("kk", hub="https://hub.example.org/?a=b&c")
    links = [(link.get("rel"), link.get("href")) for link in found.findall("atom:link", NS)]
    assert links == [("self", examples.feed("kk").links["rss"]), ("hub", "https://hub.example.org/?a=b&c")]
    assert [element.tag for element in found][-4:] == ["item"] * 4
    assert found.findtext("link") == examples.feed("kk").home


@locales
def test_dates_are_in_english_with_four_digit_years(code: str) -> None:
    """Also in a Kazakh feed: they are for programs."""
    found = [element.text or "" for element in channel(code).iter("pubDate", "lastBuildDate")]
    assert len(found) == 6
    pattern = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000"
    assert all(re.fullmatch(pattern, text) and email.utils.parsedate_to_datetime(text) for text in found)
    assert channel(code).findtext("pubDate") == "Fri, 13 Nov 2026 13:30:00 +0000"
    assert channel(code).findtext("lastBuildDate") == "Sat, 14 Nov 2026 03:00:00 +0000"


@locales
def test_guids_are_ids_and_not_addresses(code: str) -> None:
    """A new address of a page makes no story new."""
    guids = [guid for item in channel(code).iter("item") for guid in item.findall("guid")]
    assert [(guid.text, guid.get("isPermaLink")) for guid in guids] == [
        (entry.id, "false") for entry in examples.entries(code)
    ]


@locales
def test_items_name_their_authors_without_addresses(code: str) -> None:
    """RSS's `author` is an e-mail address; ours are names."""
    assert not list(channel(code).iter("author"))
    assert [[c.text for c in item.findall("dc:creator", NS)] for item in channel(code).iter("item")] == [
        list(entry.authors or (entry.publisher,)) for entry in examples.entries(code)
    ]


def test_an_item_of_nobody_is_the_newsroom_s() -> None:
    """Readers show an empty author badly."""
    entry = examples.entry("kk", authors=(), publisher="")
    document = etree.fromstring(rss.to_bytes(examples.feed("kk", entries=(entry,))))
    assert document.findtext("channel/item/dc:creator", None, NS) == "Дала үлгісі"


@locales
def test_items_carry_summary_and_story(code: str) -> None:
    """The description first, the whole after it."""
    for item in channel(code).iter("item"):
        names = [child.tag for child in item]
        assert names.index("description") < names.index(f"{{{NS['content']}}}encoded")
        assert len(item.findall("enclosure")) <= 1


def test_one_enclosure_per_item() -> None:
    """The first of several; readers take no more."""
    first = examples.enclosure("en")
    entry = examples.entry("en", "poster", enclosures=(first, replace(first, path="media/second.png")))
    document = etree.fromstring(rss.to_bytes(examples.feed("en", entries=(entry,))))
    assert [file.get("url") for file in document.findall("channel/item/enclosure")] == [f"{examples.BASE}/{first.path}"]


def test_titles_have_hexadecimal_references() -> None:
    """As the profile asks; a description is HTML, so its text is escaped once more."""
    entry = examples.entry(title="Q&A: is 2 < 3?", summary="Q&A: is 2 < 3?")
    made = rss.to_bytes(examples.feed(entries=(entry,), title="A&B")).decode()
    assert "<title>A&#x26;B</title>" in made
    assert "<title>Q&#x26;A: is 2 &#x3C; 3?</title>" in made
    assert "<description>Q&amp;amp;A: is 2 &amp;lt; 3?</description>" in made


def test_a_title_brings_no_markup_into_readers_that_take_it_for_html() -> None:
    """Atom can say that a title is text; RSS cannot."""
    entry = examples.entry(title="<img src=x onerror=alert(1)> 2 < 3 </b>")
    document = etree.fromstring(rss.to_bytes(examples.feed(entries=(entry,))))
    assert document.findtext("channel/item/title") == "‹img src=x onerror=alert(1)> 2 < 3 ‹/b>"


def test_only_titles_are_rewritten() -> None:
    """A body that speaks of <title> elements stays as it is."""
    entry = examples.entry(html="<p>&lt;title&gt;A &amp;amp; B&lt;/title&gt;</p>")
    document = etree.fromstring(rss.to_bytes(examples.feed(entries=(entry,))))
    assert "&lt;title&gt;A &amp;amp; B&lt;/title&gt;" in (document.findtext(".//content:encoded", None, NS) or "")


@locales
def test_places_and_tags_are_categories(code: str) -> None:
    """In the readers' language."""
    first = next(channel(code).iter("item"))
    places, topics = f"{examples.BASE}/{code}/places/", f"{examples.BASE}/{code}/topics/"
    assert [(category.text, category.get("domain")) for category in first.findall("category")] == [
        (examples.place("kz", code).name, places),
        (examples.place("kz-almaty", code).name, places),
        (examples.topic("protest", code).label, topics),
    ]


@locales
def test_pictures_are_described(code: str) -> None:
    """Media RSS: where and how large it is, what it shows, its caption; nothing that is not known."""
    (found,) = channel(code).findall("item/media:content", NS)
    entry = examples.entry(code, "poster")
    assert {str(name): value for name, value in found.attrib.items()} == {
        "url": f"{examples.BASE}/media/1f2e3d4c5b6a7988-poster.png",
        "type": "image/png",
        "medium": "image",
        "fileSize": "48213",
        "width": "1200",
        "height": "800",
    }
    assert found.findtext("media:title", None, NS) == entry.enclosures[0].alt
    assert found.findtext("media:description", None, NS) == entry.enclosures[0].caption


def test_what_is_not_known_of_a_picture_is_not_said() -> None:
    """No width of nothing, no empty caption."""
    bare = replace(examples.enclosure(), alt="", caption="", width=0, height=0)
    entry = examples.entry("en", "poster", enclosures=(bare,))
    document = etree.fromstring(rss.to_bytes(examples.feed("en", entries=(entry,))))
    (found,) = document.findall("channel/item/media:content", NS)
    assert set(found.attrib) == {"url", "type", "medium", "fileSize"}
    assert len(found) == 0


@locales
def test_an_item_has_the_point_of_its_first_place_that_has_one(code: str) -> None:
    """GeoRSS Simple: latitude, a space, longitude; at most one."""
    points = [[point.text for point in item.findall("georss:point", NS)] for item in channel(code).iter("item")]
    assert points == [["43.25 76.95"], ["43.25 76.95"], ["51.18 71.45"], ["43.91 81.32"]]


@locales
def test_every_item_says_its_language(code: str) -> None:
    """Also one that is shown for want of a translation."""
    assert [item.findtext("dc:language", None, NS) for item in channel(code).iter("item")] == [
        entry.language for entry in examples.entries(code)
    ]


def test_rights_are_the_channel_s_copyright() -> None:
    """Where the site states them."""
    document = etree.fromstring(rss.to_bytes(examples.feed("ru", rights="Перепечатка со ссылкой")))
    assert document.findtext("channel/copyright") == "Перепечатка со ссылкой"
    assert channel("ru").find("copyright") is None
