"""Atom 1.0 (RFC 4287), with the point of a story's first place in GeoRSS Simple.

An entry has one `alternate`, its own page: readers that meet several disagree on which to open. The pages in other
languages are `related` with `hreflang`, the publisher's original is `via`; where several sources have the story, each has one.
"""

from __future__ import annotations

from feeder import markup
from feeder.feeds import content, fields
from feeder.feeds.repairs import RepairedEntry, start, where
from feeder.language import locales
from feeder.model import Entry, Feed, Language

MEDIA_TYPE = "application/atom+xml"


def to_bytes(feed: Feed) -> bytes:
    """The feed as an Atom document in UTF-8. `feed.links` must have "atom"."""
    made = start(feed, "atom", MEDIA_TYPE)
    for entry in feed.entries:
        made.add_entry(_entry(entry, feed), order="append")
    document: bytes = made.atom_str(pretty=True)
    return document


def _entry(entry: Entry, feed: Feed) -> RepairedEntry:
    foreign = entry.language != feed.locale
    made = RepairedEntry(
        language=entry.language if foreign else None,
        labels=_label_languages(entry, foreign),
        extras=where(entry),
    )
    made.id(markup.line(entry.id))
    made.title(fields.title(entry))
    made.published(fields.moment(entry.published))
    made.updated(fields.moment(entry.updated))
    made.author([{"name": name} for name in fields.credits_of(entry, feed)])
    made.link(_links(entry, feed))
    made.category(_categories(entry, feed))
    if summary := markup.line(entry.summary):
        made.summary(summary, type="text")
    made.content(content.html(entry, feed), type="html")
    return made


def _links(entry: Entry, feed: Feed) -> list[dict[str, str]]:
    page = _page("alternate", entry.url) | {"hreflang": entry.language}
    sisters = [
        _page("related", url) | {"hreflang": code, "title": locales.autonym(code)}
        for code, url in sorted(entry.sisters.items())
    ]
    via = [_page("via", original) for original in fields.originals(entry)]
    files = [
        {"href": fields.media(feed, item), "rel": "enclosure", "type": item.type, "length": str(item.length)}
        for item in entry.enclosures
    ]
    return [page, *sisters, *via, *files]


def _page(rel: str, address: str) -> dict[str, str]:
    return {"href": fields.uri(address), "rel": rel, "type": "text/html"}


def _categories(entry: Entry, feed: Feed) -> list[dict[str, str]]:
    """Scheme and term of a place or topic together are the address of its page."""
    scheme = fields.places_scheme(entry, feed)
    places = [{"term": place.id, "scheme": scheme, "label": markup.line(place.name)} for place in entry.places]
    scheme = fields.topics_scheme(entry, feed)
    topics = [{"term": topic.key, "scheme": scheme, "label": markup.line(topic.label)} for topic in entry.topics]
    return [*places, *topics]


def _label_languages(entry: Entry, foreign: bool) -> list[Language | None]:
    """For each category the language of its label, where the entry around it is in another one."""
    labels = [*(entry.locale for _ in entry.places), *(topic.language for topic in entry.topics)]
    around = entry.language if foreign else entry.locale
    return [language if language != around else None for language in labels]
