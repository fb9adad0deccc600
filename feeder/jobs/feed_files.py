"""Edition -> the feeds of a site, their archives and their lists: by language, by place, by topic, of all languages, OPML."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feeder.articles.stories import minting
from feeder.feeds import archive, atom, json_feed, opml, rss
from feeder.feeds.opml import Outline
from feeder.jobs.edition import Edition, inputs_hash
from feeder.jobs.output import Output
from feeder.language import locales
from feeder.model import Entry, EntryHead, Feed, Locale, PlaceId, Retraction, Site, StoryKey, Tombstone, TopicKey
from feeder.pages import links

_NEVER = datetime(
    2000, 1, 1, tzinfo=UTC
)  #: `updated` of a feed without entries: Atom wants one, and no clock may give it
_SEVERAL = "mul"  #: the language of what has several (ISO 639-2, RFC 5646, 4.1)
_FORMATS = {"atom": atom.to_bytes, "rss": rss.to_bytes, "json": json_feed.to_bytes}


def feeds(edition: Edition) -> Iterator[Output]:
    """Every feed: archives and those of places and topics before those of languages, that of all languages last."""
    for locale in edition.newsroom.site.locales:
        if edition.newsroom.config.feeds.archive:
            yield from _archives(edition, locale)
        if edition.newsroom.config.feeds.places:
            yield from _by_place(edition, locale)
        if edition.newsroom.config.feeds.topics:
            yield from _by_topic(edition, locale)
        yield from _by_language(edition, locale)
    yield _combined(edition)


def lists(edition: Edition) -> Iterator[Output]:
    """The lists of feeds that a reader imports in one go."""
    site = edition.newsroom.site
    own = {locale: _outlines(edition, locale) for locale in site.locales}
    for locale, outlines in own.items():
        yield _opml(edition, links.opml(locale), site.titles[locale], locale, outlines)
    yield _opml(edition, links.WHOLE_OPML, _joined(site.titles, site), None, _all_outlines(edition, own))


def _feed(edition: Edition, locale: Locale, heads: Sequence[EntryHead], gone: Sequence[Tombstone]) -> Feed:
    """The feed of a language with these entries; those of a part of it have another id, title and address."""
    site = edition.newsroom.site
    return Feed(
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
        rights=site.rights.get(locale, ""),
        hub=site.hub,
    )


def _by_language(edition: Edition, locale: Locale) -> Iterator[Output]:
    heads, gone = edition.in_feed(edition.by_locale[locale]), _gone(edition, locale)
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
    feed = _feed(edition, locale, heads, gone)
    return to_bytes(replace(feed, previous="".join(_last_archive(edition, locale))))


# --- parts of a language's feed -------------------------------------------------------------------


def _by_place(edition: Edition, locale: Locale) -> Iterator[Output]:
    for place in edition.places(locale):
        heads = edition.in_feed(edition.by_place[locale, place])
        gone = _gone(edition, locale, functools.partial(edition.had_place, place))
        make = functools.partial(_place_feed, edition, locale, place, heads, gone)
        inputs = edition.inputs("feed", heads, place, *map(repr, gone))
        yield Output(path=links.place_feed(locale, place), inputs=inputs, make=make)


def _place_feed(
    edition: Edition, locale: Locale, place: PlaceId, heads: Sequence[EntryHead], gone: Sequence[Tombstone]
) -> bytes:
    site, name = edition.newsroom.site, edition.newsroom.gazetteer.name(place, locale)
    feed = replace(
        _feed(edition, locale, heads, gone),
        id=minting.tag_uri(edition.authority, "feeds", locale, "places", place),
        title=locales.text(locale, "News: {place}", place=name),
        home=links.address(site, links.place(locale, place) if site.story_pages else links.home(locale)),
        links={"atom": links.address(site, links.place_feed(locale, place))},
    )
    return atom.to_bytes(feed)


def _by_topic(edition: Edition, locale: Locale) -> Iterator[Output]:
    for topic in edition.topics(locale):
        heads = edition.in_feed(edition.by_topic[locale, topic])
        gone = _gone(edition, locale, functools.partial(edition.had_topic, topic))
        make = functools.partial(_topic_feed, edition, locale, topic, heads, gone)
        inputs = edition.inputs("feed", heads, edition.named(topic, locale), *map(repr, gone))
        yield Output(path=links.topic_feed(locale, topic), inputs=inputs, make=make)


def _topic_feed(
    edition: Edition, locale: Locale, topic: TopicKey, heads: Sequence[EntryHead], gone: Sequence[Tombstone]
) -> bytes:
    site, label = edition.newsroom.site, edition.named(topic, locale).label
    feed = replace(
        _feed(edition, locale, heads, gone),
        id=minting.tag_uri(edition.authority, "feeds", locale, "topics", topic),
        title=locales.text(locale, "News: {topic}", topic=label),
        home=links.address(site, links.topic(locale, topic) if site.story_pages else links.home(locale)),
        links={"atom": links.address(site, links.topic_feed(locale, topic))},
    )
    return atom.to_bytes(feed)


# --- all languages --------------------------------------------------------------------------------


def _combined(edition: Edition) -> Output:
    """Every language version once; a story so has as many entries as languages, with the ids of their own feeds."""
    heads = edition.in_feed(edition.own)
    retracted = [
        (one, head)
        for one in edition.retracted.values()
        for locale in edition.newsroom.site.locales
        if (head := edition.known.get((one.story, locale))) and head.language == locale
    ]
    gone = [tombstone(edition, one, head) for one, head in retracted[: edition.window]]
    apart = [edition.apart[head.story, head.locale] for head in heads]
    make = functools.partial(_combined_feed, edition, heads, gone)
    return Output(path=links.COMBINED, inputs=edition.inputs("feed", heads, *apart, *map(repr, gone)), make=make)


def _combined_feed(edition: Edition, heads: Sequence[EntryHead], gone: Sequence[Tombstone]) -> bytes:
    site = edition.newsroom.site
    apart = [edition.apart[head.story, head.locale] for head in heads]
    title = _joined(site.titles, site)
    feed = Feed(
        id=minting.tag_uri(edition.authority, "feeds", "all"),
        locale=_SEVERAL,
        title=title,
        subtitle=_joined(site.descriptions, site),
        author=title,
        base_url=site.base_url,
        home=links.address(site, links.CHOOSER if site.story_pages else links.home(site.locales[0])),
        links={"atom": links.address(site, links.COMBINED)},
        updated=max((*apart, *(one.when for one in gone)), default=_NEVER),
        entries=tuple(
            replace(entry, updated=moment, authors=_credited(entry, site))
            for entry, moment in zip(edition.feed_entries(heads), apart, strict=True)
        ),
        gone=tuple(gone),
        rights=_joined(site.rights, site),
        hub=site.hub,
        sisters={code: links.address(site, links.feed(code, "atom")) for code in site.locales},
    )
    return atom.to_bytes(feed)


def _credited(entry: Entry, site: Site) -> tuple[str, ...]:
    """Whom an entry of this feed is by: what nobody signed is the newsroom's, by its name in the entry's language."""
    return entry.authors or (() if entry.publisher else (site.titles[entry.locale],))


def _joined(texts: Mapping[Locale, str], site: Site) -> str:
    """The texts of all languages in the order of the site, each once."""
    return " · ".join(filter(None, dict.fromkeys(texts.get(locale, "") for locale in site.locales)))


# --- history --------------------------------------------------------------------------------------


def _archives(edition: Edition, locale: Locale) -> Iterator[Output]:
    """The archive documents (RFC 5005). A full one is made once: only what is retracted changes it."""
    for number, heads in enumerate(edition.archives[locale], start=1):
        gone = tuple(
            tombstone(edition, one, head)
            for one, head in edition.gone(locale)
            if archive.document(head.number) == number
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
    feed = replace(
        _feed(edition, locale, tuple(reversed(heads)), gone),
        links={"atom": links.address(site, links.archive(locale, number))},
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


def _gone(
    edition: Edition, locale: Locale, belongs: Callable[[StoryKey], bool] = lambda story: True
) -> list[Tombstone]:
    """What a feed tells of retracted entries, the last first."""
    found = [(one, head) for one, head in edition.gone(locale) if belongs(one.story)]
    return [tombstone(edition, one, head) for one, head in found[: edition.window]]


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
    """The feeds of a language: its own, those of its places, those of its topics."""
    config, gazetteer = edition.newsroom.config.feeds, edition.newsroom.gazetteer
    titles = edition.newsroom.site.titles
    places = edition.places(locale) if config.places else []
    topics = [edition.named(topic, locale) for topic in edition.topics(locale)] if config.topics else []
    outline = functools.partial(_outline, edition, locale)
    return [
        outline(titles[locale], links.feed(locale, "atom"), links.home(locale)),
        *(
            outline(gazetteer.name(one, locale), links.place_feed(locale, one), links.place(locale, one))
            for one in places
        ),
        *(outline(one.label, links.topic_feed(locale, one.key), links.topic(locale, one.key)) for one in topics),
    ]


def _outline(edition: Edition, locale: Locale, text: str, feed: str, page: str) -> Outline:
    site = edition.newsroom.site
    home = page if site.story_pages else links.home(locale)
    return Outline(text=text, xml_url=links.address(site, feed), html_url=links.address(site, home))


def _all_outlines(edition: Edition, own: Mapping[Locale, Sequence[Outline]]) -> list[Outline]:
    """The feed of all languages, then a folder for each language."""
    site = edition.newsroom.site
    folders = (
        Outline(text=locales.autonym(locale), language=locale, outlines=tuple(outlines))
        for locale, outlines in own.items()
    )
    return [_outline(edition, site.locales[0], _joined(site.titles, site), links.COMBINED, links.CHOOSER), *folders]


def _opml(edition: Edition, path: str, title: str, language: Locale | None, outlines: Sequence[Outline]) -> Output:
    make = functools.partial(opml.to_bytes, title=title, language=language, outlines=outlines)
    return Output(path=path, inputs=inputs_hash("opml", edition.fingerprint, *map(repr, outlines)), make=make)


def _updated(heads: Iterable[EntryHead], gone: Iterable[Tombstone]) -> datetime:
    """When the newest entry was updated, or the last retracted."""
    return max((*(head.updated for head in heads), *(one.when for one in gone)), default=_NEVER)
