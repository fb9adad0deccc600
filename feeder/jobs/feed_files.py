"""Edition -> the feeds of a site and their lists: by language, by place, OPML."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from feeder.articles import minting
from feeder.feeds import atom, json_feed, opml, rss
from feeder.feeds.opml import Outline
from feeder.jobs.edition import Edition, inputs_hash
from feeder.jobs.output import Output
from feeder.language import locales
from feeder.model import EntryHead, Feed, Locale, PlaceId
from feeder.pages import links

_NEVER = datetime(
    2000, 1, 1, tzinfo=UTC
)  #: `updated` of a feed without entries: Atom wants one, and no clock may give it
_FORMATS = {"atom": atom.to_bytes, "rss": rss.to_bytes, "json": json_feed.to_bytes}


def feeds(edition: Edition) -> Iterator[Output]:
    """Every feed: those of places before those of languages."""
    for locale in edition.newsroom.site.locales:
        if edition.newsroom.config.feeds.places:
            yield from _by_place(edition, locale)
        yield from _by_language(edition, locale)


def lists(edition: Edition) -> Iterator[Output]:
    """The lists of feeds that a reader imports in one go."""
    for locale in edition.newsroom.site.locales:
        inputs = inputs_hash("opml", edition.fingerprint, *edition.places(locale))
        yield Output(path=links.opml(locale), inputs=inputs, make=functools.partial(_opml, edition, locale))
    inputs = inputs_hash("opml", edition.fingerprint, *map(str, edition.by_place))
    yield Output(path="opml.xml", inputs=inputs, make=functools.partial(_whole_opml, edition))


def _by_language(edition: Edition, locale: Locale) -> Iterator[Output]:
    heads = edition.in_feed(edition.by_locale[locale])
    for kind in edition.newsroom.formats:
        make = functools.partial(_language_feed, edition, locale, heads, _FORMATS[kind])
        yield Output(path=links.feed(locale, kind), inputs=edition.inputs(kind, heads), make=make)


def _language_feed(
    edition: Edition, locale: Locale, heads: Sequence[EntryHead], to_bytes: Callable[[Feed], bytes]
) -> bytes:
    site = edition.newsroom.site
    feed = Feed(
        id=minting.tag_uri(edition.authority, "feeds", locale),
        locale=locale,
        title=site.titles[locale],
        subtitle=site.descriptions[locale],
        author=site.titles[locale],
        base_url=site.base_url,
        home=links.address(site, links.home(locale)),
        links={kind: links.address(site, links.feed(locale, kind)) for kind in edition.newsroom.formats},
        updated=_newest_update(heads),
        entries=edition.feed_entries(heads),
    )
    return to_bytes(feed)


def _by_place(edition: Edition, locale: Locale) -> Iterator[Output]:
    for place in edition.places(locale):
        heads = edition.in_feed(edition.by_place[locale, place])
        make = functools.partial(_place_feed, edition, locale, place, heads)
        yield Output(path=links.place_feed(locale, place), inputs=edition.inputs("feed", heads, place), make=make)


def _place_feed(edition: Edition, locale: Locale, place: PlaceId, heads: Sequence[EntryHead]) -> bytes:
    site, name = edition.newsroom.site, edition.newsroom.gazetteer.name(place, locale)
    home = links.place(locale, place) if site.story_pages else links.home(locale)
    feed = Feed(
        id=minting.tag_uri(edition.authority, "feeds", locale, "places", place),
        locale=locale,
        title=locales.text(locale, "News: {place}", place=name),
        subtitle=site.descriptions[locale],
        author=site.titles[locale],
        base_url=site.base_url,
        home=links.address(site, home),
        links={"atom": links.address(site, links.place_feed(locale, place))},
        updated=_newest_update(heads),
        entries=edition.feed_entries(heads),
    )
    return atom.to_bytes(feed)


def _outlines(edition: Edition, locale: Locale) -> list[Outline]:
    site = edition.newsroom.site
    home = links.address(site, links.home(locale))
    whole = [Outline(text=site.titles[locale], xml_url=links.address(site, links.feed(locale, "atom")), html_url=home)]
    if not edition.newsroom.config.feeds.places:
        return whole
    return whole + [
        Outline(
            text=edition.newsroom.gazetteer.name(place, locale),
            xml_url=links.address(site, links.place_feed(locale, place)),
            html_url=links.address(site, links.place(locale, place)) if site.story_pages else home,
        )
        for place in edition.places(locale)
    ]


def _opml(edition: Edition, locale: Locale) -> bytes:
    title = edition.newsroom.site.titles[locale]
    return opml.to_bytes(title=title, language=locale, outlines=_outlines(edition, locale))


def _whole_opml(edition: Edition) -> bytes:
    site = edition.newsroom.site
    folders = [
        Outline(text=locales.autonym(locale), language=locale, outlines=tuple(_outlines(edition, locale)))
        for locale in site.locales
    ]
    return opml.to_bytes(title=site.titles[site.locales[0]], language=None, outlines=folders)


def _newest_update(heads: Iterable[EntryHead]) -> datetime:
    return max((head.updated for head in heads), default=_NEVER)
