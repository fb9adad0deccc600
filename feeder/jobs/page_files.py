"""Edition -> the pages of a site, and the pictures they show."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from feeder import image_metadata
from feeder.jobs import privacy as privacy_job
from feeder.jobs.edition import Edition, inputs_hash
from feeder.jobs.feed_files import tombstone
from feeder.jobs.output import Output
from feeder.language import dates
from feeder.language.places import Gazetteer
from feeder.model import EntryHead, Locale, NamedPlace, PlaceId, Story, TopicKey
from feeder.pages import front, links, privacy, render
from feeder.pages.render import Layout

_AREAS = {"country", "region", "prefecture", "area", "water"}  #: kinds of places that a dot would make a point of


def media(edition: Edition) -> Iterator[Output]:
    """The pictures; a path holds the hash of the bytes."""
    for path, origin in sorted(_pictures(edition).items()):
        yield Output(path=path, inputs=inputs_hash(path), make=functools.partial(_image, path, origin))


def picture(edition: Edition, path: str) -> bytes | None:
    """The bytes of a published picture, without its metadata; None when its file is gone or has changed."""
    origin = _pictures(edition).get(path)
    return _image(path, origin) if origin else None


def _pictures(edition: Edition) -> dict[str, Path]:
    """Each path of a picture, and the file it is made from."""
    return {
        path: edition.folders[version.source] / origin
        for story in edition.stories.values()
        for version in story.versions.values()
        if version.source in edition.folders
        for path, origin in version.media
    }


def inner(edition: Edition) -> Iterator[Output]:
    """What front pages and feeds lead to: stories, places, topics, issues, addresses that stories left."""
    for locale in edition.newsroom.site.locales:
        yield from _stories(edition, locale)
        yield from _places(edition, locale)
        yield from _topics(edition, locale)
        yield from _retracted(edition, locale)
    yield from _moved(edition)
    yield from _issues(edition)


def fronts(edition: Edition) -> Iterator[Output]:
    """Style and front pages: what leads to everything else, last."""
    room, common = edition.newsroom, edition.fingerprint
    style = functools.partial(render.stylesheet, room.environment(room.site.locales[0]))
    yield Output(path=links.STYLE, inputs=inputs_hash("style", common), make=style)
    script = functools.partial(render.script, room.environment(room.site.locales[0]))
    yield Output(path=links.COPY, inputs=inputs_hash("script", common), make=script)
    for locale in room.site.locales:
        yield from _fronts(edition, locale)
    environments = {locale: room.environment(locale) for locale in room.site.locales}
    chooser = functools.partial(render.chooser, room.site, environments)
    yield Output(path=links.CHOOSER, inputs=inputs_hash("chooser", common), make=chooser)
    combined = functools.partial(render.combined_preview, room.site, environments)
    yield Output(path=links.COMBINED_PREVIEW, inputs=inputs_hash("combined", common), make=combined)


def _image(path: str, origin: Path) -> bytes | None:
    """The bytes that `path` names by their hash; None when the file went or changed since its article was read."""
    try:
        data = image_metadata.strip(origin.read_bytes())
    except (OSError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest()[:16] in path else None


def _stories(edition: Edition, locale: Locale) -> Iterator[Output]:
    layout = edition.newsroom.layout(locale)
    for head in edition.by_locale[locale]:
        work = _work(edition, edition.stories[head.story])
        make = functools.partial(_story, edition, layout, head, work)
        yield Output(path=links.story(locale, head.slug), inputs=edition.inputs("story", [head], work), make=make)


def _story(edition: Edition, layout: Layout, head: EntryHead, work: Locale | None) -> bytes:
    return render.story(layout, edition.entry(head), work=work)


def _work(edition: Edition, story: Story) -> Locale | None:
    """The language in which a story appeared first, where its versions say so; of several that of the site's order."""
    stated = {code: version.published for code, version in story.versions.items() if version.published}
    first = [code for code in edition.newsroom.site.locales if code in stated and stated[code] == min(stated.values())]
    return first[0] if first and len(stated) == len(story.versions) else None


def _places(edition: Edition, locale: Locale) -> Iterator[Output]:
    for place in edition.places(locale):
        newest = edition.by_place[locale, place][: edition.window]
        country = _country(edition, locale, place)
        inputs = edition.inputs("place", newest, place, *_languages_of(edition, place), repr(country))
        make = functools.partial(_place, edition, locale, place, newest, country)
        yield Output(path=links.place(locale, place), inputs=inputs, make=make)


def _place(
    edition: Edition, locale: Locale, place: PlaceId, heads: Sequence[EntryHead], country: NamedPlace | None
) -> bytes:
    room = edition.newsroom
    return render.place(
        room.layout(locale),
        room.gazetteer.named(place, locale, None),
        edition.entries(heads),
        _former(room.gazetteer, place, locale),
        _languages_of(edition, place),
        country=country,
        area=_is_area(edition, place) if room.config.pages.map else None,
    )


def _country(edition: Edition, locale: Locale, place: PlaceId) -> NamedPlace | None:
    """The country a place lies in, where that has a page."""
    country = edition.newsroom.gazetteer.get(place).country.lower()
    listed = country != place and (locale, country) in edition.by_place
    return edition.newsroom.gazetteer.named(country, locale, None) if listed else None


def _former(gazetteer: Gazetteer, place: PlaceId, locale: Locale) -> list[str]:
    """Names that are official no more, with their years: "Nur-Sultan, 2019–2022"."""
    return [
        f"{name.text}, {dates.years(name.since, name.until, locale)}"
        for name in gazetteer.get(place).names[locale]
        if name.until and name.text != gazetteer.name(place, locale)
    ]


def _is_area(edition: Edition, place: PlaceId) -> bool:
    return edition.newsroom.gazetteer.get(place).kind in _AREAS


def _languages_of(edition: Edition, place: PlaceId) -> tuple[Locale, ...]:
    return tuple(locale for locale in edition.newsroom.site.locales if (locale, place) in edition.by_place)


def _topics(edition: Edition, locale: Locale) -> Iterator[Output]:
    for topic in edition.topics(locale):
        newest = edition.by_topic[locale, topic][: edition.window]
        there = [code for code in edition.newsroom.site.locales if (code, topic) in edition.by_topic]
        inputs = edition.inputs("topic", newest, topic, edition.named(topic, locale), *there)
        make = functools.partial(_topic, edition, locale, topic, newest, there)
        yield Output(path=links.topic(locale, topic), inputs=inputs, make=make)


def _topic(
    edition: Edition, locale: Locale, topic: TopicKey, heads: Sequence[EntryHead], there: Sequence[Locale]
) -> bytes:
    room = edition.newsroom
    entries, named = edition.entries(heads), edition.named(topic, locale)
    return render.topic(room.layout(locale), named, entries, there, feed=room.config.feeds.topics)


def _moved(edition: Edition) -> Iterator[Output]:
    taken = {(head.locale, head.slug) for head in edition.heads.values()}
    for locale, slug, story in edition.former:
        head = edition.heads.get((edition.shown_as(story), locale))
        if head and (locale, slug) not in taken:
            url = links.address(edition.newsroom.site, links.story(locale, head.slug))
            make = functools.partial(render.moved, edition.newsroom.layout(locale), url)
            inputs = inputs_hash("moved", edition.fingerprint, url)
            yield Output(path=links.story(locale, slug), inputs=inputs, make=make)


def _retracted(edition: Edition, locale: Locale) -> Iterator[Output]:
    """At every address that a retracted story had: a page for readers, and the mark that tells a server to answer 410."""
    site, layout = edition.newsroom.site, edition.newsroom.layout(locale)
    for one, head in edition.gone(locale):
        sisters = {code: edition.known[one.story, code] for code in site.locales if (one.story, code) in edition.known}
        urls = {code: links.address(site, links.story(code, sister.slug)) for code, sister in sisters.items()}
        gone = tombstone(edition, one, head)
        make = functools.partial(render.retracted, layout, urls[locale], gone, urls)
        inputs = inputs_hash("retracted", edition.fingerprint, repr(gone), repr(urls))
        left = (slug for code, slug, story in edition.redirects if (code, story) == (locale, one.story))
        for slug in dict.fromkeys((head.slug, *left)):
            for path in (links.gone(locale, slug), links.story(locale, slug)):
                yield Output(path=path, inputs=inputs, make=make)


def _issues(edition: Edition) -> Iterator[Output]:
    for issue in edition.issues:
        if issue.locale in edition.newsroom.site.locales:
            inputs = inputs_hash("issue", issue.page)
            yield Output(path=links.digest(issue.locale, issue.week), inputs=inputs, make=issue.page.encode)


def _fronts(edition: Edition, locale: Locale) -> Iterator[Output]:
    layout, common = edition.newsroom.layout(locale), edition.fingerprint
    places = edition.places(locale)
    topics = edition.topics(locale) if edition.newsroom.config.feeds.topics else []
    named = [edition.named(topic, locale) for topic in topics]
    issues = [(issue.week, issue.subject) for issue in edition.issues if issue.locale == locale]
    feeds, digests, missing = links.feeds(locale), links.digests(locale), links.not_found(locale)
    yield Output(
        path=feeds,
        inputs=inputs_hash("feeds", common, *places, *named),
        make=lambda: render.feeds_page(layout, _named(edition, locale, places), named),
    )
    yield Output(
        path=digests,
        inputs=inputs_hash("digests", common, repr(issues)),
        make=lambda: render.digest_archive(layout, issues),
    )
    yield Output(path=missing, inputs=inputs_hash("404", common), make=lambda: render.not_found(layout))
    practice = privacy_job.practice(edition.newsroom)
    yield Output(
        path=links.privacy(locale),
        inputs=inputs_hash("privacy", common, repr(practice)),
        make=lambda: privacy.privacy(layout, practice),
    )
    newest = edition.by_locale[locale][: edition.window]
    yield Output(
        path=links.feed_preview(locale),
        inputs=edition.inputs("preview", newest[: render.PREVIEWED]),
        make=lambda: render.feed_preview(layout, edition.entries(newest[: render.PREVIEWED])),
    )
    months = front.months(head.published.astimezone(layout.site.zone).date() for head in edition.by_locale[locale])
    yield Output(
        path=links.home(locale),
        inputs=edition.inputs("index", newest, *places, repr(months)),
        make=lambda: _index(edition, locale, newest, months),
    )


def _index(edition: Edition, locale: Locale, heads: Sequence[EntryHead], months: Sequence[tuple[date, int]]) -> bytes:
    places = edition.places(locale)
    areas = {place for place in places if _is_area(edition, place)} if edition.newsroom.config.pages.map else None
    named = _named(edition, locale, places)
    return render.index(edition.newsroom.layout(locale), edition.entries(heads), named, areas=areas, months=months)


def _named(edition: Edition, locale: Locale, places: Sequence[PlaceId]) -> list[NamedPlace]:
    return [edition.newsroom.gazetteer.named(place, locale, None) for place in places]
