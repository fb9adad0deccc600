"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from feeder import markup
from feeder.feeds import content, fields
from feeder.model import Entry, Feed, Tombstone

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def to_bytes(feed: Feed) -> bytes:
    """The feed as a JSON document in UTF-8. `feed.links` must have "json"."""
    document = {
        "version": VERSION,
        "title": fields.feed_title(feed),
        "home_page_url": fields.uri(feed.home),
        "feed_url": fields.uri(feed.links["json"]),
        "description": markup.line(feed.subtitle),
        "language": feed.locale,
        "authors": [{"name": fields.author(feed)}],
        **({"_feeder": {"rights": rights}} if (rights := markup.line(feed.rights)) else {}),
        **({"hubs": [{"type": "WebSub", "url": markup.line(feed.hub)}]} if feed.hub else {}),
        "items": [_present(_item(entry, feed)) for entry in feed.entries] + [_gone(one, feed) for one in feed.gone],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: Entry, feed: Feed) -> dict[str, Any]:
    images = [fields.media(feed, file) for file in entry.enclosures if file.type.startswith("image/")]
    return {
        "id": markup.line(entry.id),
        "url": fields.uri(entry.url),
        "external_url": fields.original(entry),
        "title": fields.title(entry),
        "content_html": content.html(entry, feed),
        "summary": markup.line(entry.summary),
        "image": images[0] if images else "",
        "date_published": fields.rfc3339(entry.published),
        "date_modified": fields.rfc3339(entry.updated),
        "authors": [{"name": name} for name in fields.credits_of(entry, feed)],
        "tags": list(dict.fromkeys([*(markup.line(place.name) for place in entry.places), *fields.tags(entry)])),
        "language": entry.language,
        "attachments": _attachments(entry, feed),
        "_feeder": _extension(entry),
    }


def _gone(gone: Tombstone, feed: Feed) -> dict[str, Any]:
    """An item with the same id takes the place of the text in readers that have it."""
    return {
        "id": markup.line(gone.id),
        "url": fields.uri(gone.url),
        "title": markup.line(gone.title),
        "content_text": markup.line(gone.reason),
        "date_published": fields.rfc3339(gone.published),
        "date_modified": fields.rfc3339(gone.when),
        "authors": [{"name": fields.author(feed)}],
        "language": gone.language,
        "_feeder": {"retracted": True},
    }


def _attachments(entry: Entry, feed: Feed) -> list[dict[str, Any]]:
    return [
        _present(
            {
                "url": fields.media(feed, file),
                "mime_type": file.type,
                "title": markup.line(file.alt),
                "size_in_bytes": file.length,
            }
        )
        for file in entry.enclosures
    ]


def _extension(entry: Entry) -> dict[str, Any]:
    """What JSON Feed has no word for: the pages in other languages, places and topics by id, the day of the event in EDTF.

    And all sources where there are several: `external_url` has room for one.
    """
    sources = fields.sources(entry) if entry.credits else []
    return _present(
        {
            "translations": {code: fields.uri(url) for code, url in sorted(entry.sisters.items())},
            "places": [place.id for place in entry.places],
            "topics": [topic.key for topic in entry.topics],
            "event_date": entry.event_date or "",
            "sources": [_present({"name": name, "url": url}) for name, url in sources],
        }
    )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: the format has no null."""
    return {key: value for key, value in values.items() if value not in ("", [], {})}
