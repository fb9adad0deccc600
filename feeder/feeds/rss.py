"""RSS 2.0 as the RSS Advisory Board's profile wants it (rssboard.org/rss-profile).

With Dublin Core (who, which language), content:encoded (the whole story), Media RSS (every picture) and GeoRSS (where).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from feeder import markup
from feeder.feeds import content, fields
from feeder.feeds.repairs import DC, MEDIA, Extra, RepairedEntry, start, where
from feeder.model import Enclosure, Entry, Feed, Language, Tombstone

MEDIA_TYPE = "application/rss+xml"


def to_bytes(feed: Feed) -> bytes:
    """The feed as an RSS document in UTF-8. `feed.links` must have "rss"."""
    made = start(feed, "rss", MEDIA_TYPE)
    if feed.entries:
        made.pubDate(fields.moment(max(entry.published for entry in feed.entries)))
    for entry in feed.entries:
        made.add_entry(_item(entry, feed), order="append")
    for gone in feed.gone:
        made.add_entry(_gone(gone, feed), order="append")
    return _character_data(made.rss_str(pretty=True))


def _item(entry: Entry, feed: Feed) -> RepairedEntry:
    made = RepairedEntry(extras=(*_dublin_core(entry, feed), *_pictures(entry, feed), *where(entry)))
    made.guid(markup.line(entry.id), permalink=False)
    made.title(title(entry))
    made.link(href=fields.uri(entry.url), rel="alternate")
    made.published(fields.moment(entry.published))
    made.category(_categories(entry, feed))
    summary = markup.line(entry.summary) or fields.title(entry)
    made.description(escape(summary, quote=False), isSummary=True)  # a description is HTML
    made.content(content.html(entry, feed), type="html")
    for file in entry.enclosures[:1]:
        made.enclosure(fields.media(feed, file), file.length, file.type)
    return made


def _gone(gone: Tombstone, feed: Feed) -> RepairedEntry:
    """RSS has no tombstones: an item with the same guid takes the place of the text in readers that have it."""
    made = RepairedEntry(extras=_said_by([fields.author(feed)], gone.language))
    made.guid(markup.line(gone.id), permalink=False)
    made.title(fields.tagless(markup.line(gone.title)))
    made.link(href=fields.uri(gone.url), rel="alternate")
    made.published(fields.moment(gone.published))
    made.description(escape(markup.line(gone.reason), quote=False), isSummary=True)
    return made


def title(entry: Entry) -> str:
    """Its title without anything that looks like a tag: many readers take an RSS title for HTML."""
    return fields.tagless(fields.title(entry))


def _categories(entry: Entry, feed: Feed) -> list[dict[str, str]]:
    places, topics = fields.places_scheme(entry, feed), fields.topics_scheme(entry, feed)
    return [
        *({"term": markup.line(place.name), "scheme": places} for place in entry.places),
        *({"term": label, "scheme": topics} for label in fields.tags(entry)),
    ]


def _dublin_core(entry: Entry, feed: Feed) -> tuple[Extra, ...]:
    """RSS's own author is an e-mail address, and those are not published."""
    return _said_by(fields.credits_of(entry, feed), entry.language)


def _said_by(names: Sequence[str], language: Language) -> tuple[Extra, ...]:
    creators = (Extra(name=f"{{{DC}}}creator", text=name) for name in names)
    return (*creators, Extra(name=f"{{{DC}}}language", text=language))


def _pictures(entry: Entry, feed: Feed) -> Iterator[Extra]:
    """Media RSS 1.5.1: the title says what a picture shows, the description is its caption."""
    for file in entry.enclosures:
        if file.type.startswith("image/"):
            words = {"title": markup.line(file.alt), "description": markup.line(file.caption)}
            inner = (
                Extra(name=f"{{{MEDIA}}}{name}", text=text, attributes=_PLAIN) for name, text in words.items() if text
            )
            yield Extra(name=f"{{{MEDIA}}}content", attributes=_measures(file, feed), inner=tuple(inner))


_PLAIN = {"type": "plain"}


def _measures(file: Enclosure, feed: Feed) -> dict[str, str]:
    known = {"fileSize": file.length, "width": file.width, "height": file.height}
    return {
        "url": fields.media(feed, file),
        "type": file.type,
        "medium": "image",
        **{name: str(value) for name, value in known.items() if value},
    }


def _character_data(document: bytes) -> bytes:
    """Titles and captions with "&" and "<" as hexadecimal references.

    To XML that is the same, to the many readers that take them for HTML not.
    """
    return re.sub(rb"<(title|media:title|media:description)( [^<>]*)?>[^<]*</", _hexadecimal, document)


def _hexadecimal(title: re.Match[bytes]) -> bytes:
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
