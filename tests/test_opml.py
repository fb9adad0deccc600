"""OPML 2.0, the list of feeds that a reader imports."""

from __future__ import annotations

import os
from pathlib import Path

from lxml import etree

from feeder.feeds import opml
from feeder.feeds.opml import Outline

GOLDEN = Path(__file__).parent / "data" / "feeds" / "kk.opml"


def outlines() -> tuple[Outline, ...]:
    base = "https://news.example.org"
    feeds = [("Дала үлгісі", "kk", None), ("Степной пример", "ru", "ru"), ("Steppe Example", "en", "en")]
    own = tuple(
        Outline(text=text, xml_url=f"{base}/{code}/feed.atom", html_url=f"{base}/{code}/", language=language)
        for text, code, language in feeds
    )
    almaty = Outline(
        text="Жаңалықтар: Алматы",
        xml_url=f"{base}/kk/places/kz-almaty/feed.atom",
        html_url=f"{base}/kk/places/kz-almaty/",
    )
    return (*own, Outline(text="Оқиға орындары", outlines=(almaty,)))


def made() -> bytes:
    return opml.to_bytes(title="Дала үлгісі", language="kk", outlines=outlines())


def test_the_whole_list_is_as_it_was() -> None:
    """A change of one byte is a change that somebody has read (GOLDEN=write writes it anew)."""
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_bytes(made())
    assert made() == GOLDEN.read_bytes()


def test_every_feed_has_what_readers_need() -> None:
    """Type, text and address; the page and the language besides. A folder has a text only."""
    found = [dict(element.attrib) for element in etree.fromstring(made()).iter("outline")]
    assert found[0] == {
        "text": "Дала үлгісі",
        "title": "Дала үлгісі",
        "type": "rss",
        "xmlUrl": "https://news.example.org/kk/feed.atom",
        "htmlUrl": "https://news.example.org/kk/",
        "language": "kk",
    }
    assert [values.get("language") for values in found] == ["kk", "ru", "en", None, "kk"]
    assert found[3] == {"text": "Оқиға орындары"}


def test_folders_hold_their_feeds() -> None:
    """Nesting is kept, and the order."""
    root = etree.fromstring(made())
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "Дала үлгісі"
    assert [len(element) for element in root.findall("body/outline")] == [0, 0, 0, 1]


def test_bad_characters_cost_only_themselves() -> None:
    """A title with a control character, "&" and quotes still makes a list."""
    document = opml.to_bytes(title="A\x00 & \ud800B", language=None, outlines=[Outline(text='"<\x0b>"')])
    root = etree.fromstring(document)
    assert root.findtext("head/title") == "A & B"
    assert [element.get("text") for element in root.iter("outline")] == ['"< >"']


def test_a_list_without_a_language_states_none() -> None:
    """An empty attribute would be a wrong one."""
    document = opml.to_bytes(title="T", language=None, outlines=[Outline(text="F", xml_url="https://f.example.org/")])
    assert b"language" not in document
    assert b"htmlUrl" not in document
