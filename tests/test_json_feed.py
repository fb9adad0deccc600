"""JSON Feed 1.1."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import examples
import pytest

from feeder.feeds import content, json_feed

locales = pytest.mark.parametrize("code", examples.LOCALES)


def document(code: str, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json_feed.to_bytes(examples.feed(code, **changes)))
    return made


@locales
def test_the_feed_says_what_and_whose_it_is(code: str) -> None:
    """The version's exact address, its own address, its page, its language."""
    feed, made = examples.feed(code), document(code)
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert (made["feed_url"], made["home_page_url"]) == (feed.links["json"], feed.home)
    assert (made["title"], made["description"], made["language"]) == (feed.title, feed.subtitle, code)
    assert made["authors"] == [{"name": feed.title}]


@locales
def test_an_item_reads_back_as_the_entry(code: str) -> None:
    """Ids are strings, authors a list, dates RFC 3339, texts as they are."""
    feed = examples.feed(code)
    for entry, item in zip(feed.entries, document(code)["items"], strict=True):
        assert (item["id"], item["url"], item["title"]) == (entry.id, entry.url, entry.title)
        assert (item["summary"], item["content_html"]) == (entry.summary, content.html(entry, feed))
        assert item["language"] == entry.language
        assert item.get("external_url", "") == entry.original
        assert [author["name"] for author in item["authors"]] == list(entry.authors or (entry.publisher,))
        assert datetime.fromisoformat(item["date_published"]) == entry.published
        assert datetime.fromisoformat(item["date_modified"]) == entry.updated


@locales
def test_the_image_is_shown_and_attached(code: str) -> None:
    """With its type and its size in bytes."""
    poster = document(code)["items"][1]
    assert poster["image"] == f"{examples.BASE}/media/1f2e3d4c5b6a7988-poster.png"
    assert [(file["url"], file["mime_type"], file["size_in_bytes"]) for file in poster["attachments"]] == [
        (poster["image"], "image/png", 48213)
    ]


@locales
def test_what_is_not_there_is_left_out(code: str) -> None:
    """The format knows no null, no empty image and no empty list."""

    def empty(value: object) -> bool:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return value in (None, "", [], {}) or any(empty(part) for part in inside)

    assert not empty(document(code))
    assert "external_url" not in document(code)["items"][2]


def test_our_own_member_tells_what_the_format_cannot() -> None:
    """The pages in other languages, the places' ids and the day of the event as it was stated."""
    vigil = document("kk")["items"][3]
    assert vigil["_feeder"] == {
        "translations": {"en": examples.url("vigil", "en"), "ru": examples.url("vigil", "ru")},
        "places": ["cn-ghulja", "cn-xinjiang"],
        "topics": ["dala"],
        "event_date": "XXXX-02-03",
    }
    assert [key for key in vigil if key.startswith("_")] == ["_feeder"]


def test_tags_are_places_and_topics_in_words() -> None:
    """In the readers' language, as readers show them."""
    assert document("ru")["items"][0]["tags"] == ["Казахстан", "Алматы", "Протест"]


def test_rights_are_a_member_of_our_own() -> None:
    """The format has no word for them."""
    assert document("en", rights="Reprints with a link")["_feeder"] == {"rights": "Reprints with a link"}
    assert "_feeder" not in document("en")


def test_the_hub_is_named() -> None:
    """As the format has it; without one there is no such member."""
    feed = examples.feed("kk", hub="https://hub.example.org/?a=b&c")
    assert json.loads(json_feed.to_bytes(feed))["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/?a=b&c"}]
    assert "hubs" not in document("kk")


def test_letters_are_letters() -> None:
    """Kazakh is written in UTF-8, not in escapes; the file ends with a line end."""
    made = json_feed.to_bytes(examples.feed("kk"))
    assert "Шыңжаң".encode() in made
    assert b"\\u04" not in made
    assert made.endswith(b"}\n")
