"""Edition -> the feeds of a site, their archives and their lists: by language, by place, OPML."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from feeder.articles import minting
from feeder.feeds import archive, atom, json_feed, opml, rss
from feeder.feeds.opml import Outline
from feeder.jobs.edition import Edition, inputs_hash
from feeder.jobs.output import Output
from feeder.language import locales
from feeder.model import EntryHead, Feed, Locale, PlaceId, Retraction, Tombstone
from feeder.pages import links

_NEVER = datetime(
    2000, 1, 1, tzinfo=UTC
)  #: `updated` of a feed without entries: Atom wants one, and no clock may give it
_FORMATS = {"atom": atom.to_bytes, "rss": rss.to_bytes, "json": json_feed.to_bytes}


def feeds(edition: Edition) -> Iterator[Output]:
    """Every feed: archives and those of places before those of languages."""
    for locale in edition.newsroom.site.locales:
        if edition.newsroom.config.feeds.archive:
            yield from _archives(edition, locale)
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
    heads, gone = edition.in_feed(edition.by_locale[locale]), _gone(edition, locale)[: edition.window]
    for kind in edition.newsroom.formats:
        make = functools.partial(_language_feed, edition, locale, heads, gone, _FORMATS[kind])
        inputs = edition.inputs(kind, heads, *map(repr, gone), *_last_archive(edition, locale))
        yield Output(path=links.feed(locale, kind), inputs=inputs, make=make)


def _language_feed(
    edition: Edition,
    locale: Locale,
    heads: Sequence[EntryHead],
    gone: Sequence[Tombstone],
    to_bytes: Callable[[Feed], bytes],
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
        updated=_updated(heads, gone),
        entries=edition.feed_entries(heads),
        gone=tuple(gone),
        previous="".join(_last_archive(edition, locale)),
        hub=site.hub,
    )
    return to_bytes(feed)


def _by_place(edition: Edition, locale: Locale) -> Iterator[Output]:
    for place in edition.places(locale):
        heads = edition.in_feed(edition.by_place[locale, place])
        gone = [
            tombstone(edition, one, head)
            for one, head in edition.gone(locale)
            if place in edition.places_taken_back(one.story)
        ][: edition.window]
        make = functools.partial(_place_feed, edition, locale, place, heads, gone)
        inputs = edition.inputs("feed", heads, place, *map(repr, gone))
        yield Output(path=links.place_feed(locale, place), inputs=inputs, make=make)


def _place_feed(
    edition: Edition, locale: Locale, place: PlaceId, heads: Sequence[EntryHead], gone: Sequence[Tombstone]
) -> bytes:
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
        updated=_updated(heads, gone),
        entries=edition.feed_entries(heads),
        gone=tuple(gone),
        hub=site.hub,
    )
    return atom.to_bytes(feed)


# --- history --------------------------------------------------------------------------------------


def _archives(edition: Edition, locale: Locale) -> Iterator[Output]:
    """The archive documents (RFC 5005). A full one is made once: only what is retracted changes it."""
    for number, heads in enumerate(edition.archives[locale], start=1):
        gone = tuple(
            tombstone(edition, one, head)
            for one, head in edition.gone(locale)
            if (head.number - 1) // archive.SIZE == number - 1
        )
        path, ids = links.archive(locale, number), [head.uid for head in heads]
        make = functools.partial(_archive, edition, locale, number, heads, gone)
        if edition.is_full(locale, number):
            inputs = inputs_hash("archive", edition.newsroom.site.base_url, *ids, *map(repr, gone))
            revise = functools.partial(archive.revised, kept=frozenset(ids), gone=gone)
            yield Output(path=path, inputs=inputs, make=make, revise=revise)
        else:
            yield Output(path=path, inputs=edition.inputs("archive", heads, *map(repr, gone)), make=make)


def _archive(
    edition: Edition, locale: Locale, number: int, heads: Sequence[EntryHead], gone: Sequence[Tombstone]
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
        links={"atom": links.address(site, links.archive(locale, number))},
        updated=_updated(heads, gone),
        entries=edition.feed_entries(reversed(heads)),
        gone=tuple(gone),
        archive=True,
        current=links.address(site, links.feed(locale, "atom")),
        previous=links.address(site, links.archive(locale, number - 1)) if number > 1 else "",
        next=links.address(site, links.archive(locale, number + 1)) if edition.is_full(locale, number) else "",
    )
    return atom.to_bytes(feed)


def _last_archive(edition: Edition, locale: Locale) -> list[str]:
    """The address of the newest archive document, where the site has archives."""
    count = len(edition.archives[locale]) if edition.newsroom.config.feeds.archive else 0
    return [links.address(edition.newsroom.site, links.archive(locale, count))] if count else []


def _gone(edition: Edition, locale: Locale) -> list[Tombstone]:
    return [tombstone(edition, one, head) for one, head in edition.gone(locale)]


def tombstone(edition: Edition, one: Retraction, head: EntryHead) -> Tombstone:
    """What readers of a locale are told of a retracted entry."""
    title = one.titles.get(head.locale)
    site, words = edition.newsroom.site, locales.catalog(head.locale)
    return Tombstone(
        id=head.uid,
        when=max(one.at, head.updated + timedelta(seconds=1)),
        url=links.address(site, links.story(head.locale, head.slug) if site.story_pages else links.home(head.locale)),
        title=locales.text(head.locale, "Retracted: {title}", title=title)
        if title
        else words.gettext("Retracted story"),
        reason=one.reason,
        language=one.language,
        published=head.published,
    )


# --- lists ----------------------------------------------------------------------------------------


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


def _updated(heads: Iterable[EntryHead], gone: Iterable[Tombstone]) -> datetime:
    """When the newest entry was updated, or the last retracted."""
    return max((*(head.updated for head in heads), *(one.when for one in gone)), default=_NEVER)
