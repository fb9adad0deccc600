"""Everything a site publishes, as a list: each file with the hash of what it is made from, and how to make it.

Nothing is made here. `publish` asks for the bytes only of those files whose inputs moved.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from feeder.articles import minting
from feeder.articles.minting import Heads
from feeder.feeds import atom, json_feed, opml, rss
from feeder.feeds.opml import Outline
from feeder.jobs.newsroom import Newsroom
from feeder.language import locales
from feeder.model import Entry, EntryHead, Feed, Issue, Locale, PlaceId, Story, StoryKey
from feeder.pages import links, render
from feeder.pages.render import Layout

_NEVER = datetime(
    2000, 1, 1, tzinfo=UTC
)  #: `updated` of a feed without entries: Atom wants one, and no clock may give it
FORMATS = {"atom": atom.to_bytes, "rss": rss.to_bytes, "json": json_feed.to_bytes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One file to publish."""

    path: str  #: relative to the output
    inputs: str  #: hash of everything it is made from
    make: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class Edition:
    """All that a site has to say now, and how to open an entry when its text is needed."""

    newsroom: Newsroom
    authority: str  #: of the tag: URIs
    stories: Mapping[StoryKey, Story]
    heads: Heads
    redirects: Sequence[tuple[Locale, str, StoryKey]]
    issues: Sequence[Issue]
    folders: Mapping[str, Path]  #: of each source, for its images
    entry: Callable[[EntryHead], Entry]

    def outputs(self) -> Iterator[Output]:
        """Every file, in the order in which to write: what is linked to before what links to it."""
        yield from self._media()
        if self.newsroom.config.pages.stories:
            yield from self._story_pages()
            yield from self._issue_pages()
        for locale in self.newsroom.site.locales:
            yield from self._place_outputs(locale)
            yield from self._feeds(locale)
        yield from self._fronts()

    # --- what is in them ---

    @functools.cached_property
    def by_locale(self) -> Mapping[Locale, tuple[EntryHead, ...]]:
        """The entries of each locale, newest publication first."""
        found: dict[Locale, list[EntryHead]] = {locale: [] for locale in self.newsroom.site.locales}
        for head in self.heads.values():
            found[head.locale].append(head)
        return {locale: tuple(sorted(heads, key=_newest_first)) for locale, heads in found.items()}

    @functools.cached_property
    def by_place(self) -> Mapping[tuple[Locale, PlaceId], tuple[EntryHead, ...]]:
        """The entries of each place and locale, newest publication first; places in the order of their ids."""
        found: dict[tuple[Locale, PlaceId], list[EntryHead]] = {}
        for locale, heads in self.by_locale.items():
            for head in heads:
                for place in self.stories[head.story].places:
                    found.setdefault((locale, place), []).append(head)
        return {key: tuple(found[key]) for key in sorted(found)}

    def places(self, locale: Locale) -> list[PlaceId]:
        """The places of a locale's stories, those with most stories first."""
        here = [place for language, place in self.by_place if language == locale]
        return sorted(here, key=lambda place: (-len(self.by_place[locale, place]), place))

    @functools.cached_property
    def head_hashes(self) -> Mapping[tuple[StoryKey, Locale], str]:
        """For each entry the hash of all it is made from: the text, its identity, its sisters, its places."""
        return {key: self._hash_of(head) for key, head in self.heads.items()}

    def _hash_of(self, head: EntryHead) -> str:
        story = self.stories[head.story]
        sisters = [self.heads[story.key, locale].slug for locale in story.versions if (story.key, locale) in self.heads]
        return inputs_hash(
            repr((head, story.versions[head.language].row_hash, sorted(story.versions), sisters, story.places)),
            self.newsroom.fingerprint,
        )

    def _inputs(self, kind: str, heads: Iterable[EntryHead], *more: object) -> str:
        return inputs_hash(
            kind, self.newsroom.fingerprint, *(self.head_hashes[head.story, head.locale] for head in heads), *more
        )

    def _entries(self, heads: Iterable[EntryHead]) -> tuple[Entry, ...]:
        return tuple(self.entry(head) for head in heads)

    def _feed_entries(self, heads: Iterable[EntryHead]) -> tuple[Entry, ...]:
        entries = self._entries(heads)
        return entries if self.newsroom.site.full_text else tuple(replace(entry, html="") for entry in entries)

    # --- the files ---

    def _media(self) -> Iterator[Output]:
        files = {
            path: self.folders[version.source] / origin
            for story in self.stories.values()
            for version in story.versions.values()
            if version.source in self.folders
            for path, origin in version.media
        }
        for path, origin in sorted(files.items()):
            yield Output(
                path=path, inputs=inputs_hash(path), make=origin.read_bytes
            )  # the path holds the hash of the bytes

    def _story_pages(self) -> Iterator[Output]:
        for locale, heads in self.by_locale.items():
            layout = self.newsroom.layout(locale)
            for head in heads:
                path = links.story(locale, head.slug)
                yield Output(
                    path=path, inputs=self._inputs("story", [head]), make=functools.partial(self._story, layout, head)
                )
        yield from self._moved()

    def _story(self, layout: Layout, head: EntryHead) -> bytes:
        return render.story(layout, self.entry(head))

    def _moved(self) -> Iterator[Output]:
        taken = {(head.locale, head.slug) for head in self.heads.values()}
        for locale, slug, story in self.redirects:
            head = self.heads.get((story, locale))
            if head and (locale, slug) not in taken:
                url = links.address(self.newsroom.site, links.story(locale, head.slug))
                make = functools.partial(render.moved, self.newsroom.layout(locale), url)
                yield Output(
                    path=links.story(locale, slug),
                    inputs=inputs_hash("moved", self.newsroom.fingerprint, url),
                    make=make,
                )

    def _issue_pages(self) -> Iterator[Output]:
        for issue in self.issues:
            if issue.locale in self.newsroom.site.locales:
                inputs = inputs_hash("issue", issue.page)
                yield Output(path=links.digest(issue.locale, issue.week), inputs=inputs, make=issue.page.encode)

    def _place_outputs(self, locale: Locale) -> Iterator[Output]:
        for place in self.places(locale):
            heads = self.by_place[locale, place]
            newest = heads[: self.newsroom.config.feeds.window]
            if self.newsroom.config.pages.stories:
                page = functools.partial(self._place_page, locale, place, newest)
                yield Output(path=links.place(locale, place), inputs=self._inputs("place", newest, place), make=page)
            if self.newsroom.config.feeds.places:
                feed = functools.partial(self._place_feed, locale, place, newest)
                yield Output(
                    path=links.place_feed(locale, place), inputs=self._inputs("feed", newest, place), make=feed
                )

    def _place_page(self, locale: Locale, place: PlaceId, heads: Sequence[EntryHead]) -> bytes:
        named = self.newsroom.gazetteer.named(place, locale, None)
        former = [name.text for name in self.newsroom.gazetteer.get(place).names[locale] if name.until]
        return render.place(
            self.newsroom.layout(locale), named, self._entries(heads), former, self._languages_of(place)
        )

    def _languages_of(self, place: PlaceId) -> tuple[Locale, ...]:
        return tuple(locale for locale in self.newsroom.site.locales if (locale, place) in self.by_place)

    def _place_feed(self, locale: Locale, place: PlaceId, heads: Sequence[EntryHead]) -> bytes:
        site, name = self.newsroom.site, self.newsroom.gazetteer.name(place, locale)
        feed = Feed(
            id=minting.tag_uri(self.authority, "feeds", locale, "places", place),
            locale=locale,
            title=locales.text(locale, "News: {place}", place=name),
            subtitle=site.descriptions[locale],
            author=site.titles[locale],
            base_url=site.base_url,
            home=links.address(site, links.place(locale, place))
            if site.story_pages
            else links.address(site, links.home(locale)),
            links={"atom": links.address(site, links.place_feed(locale, place))},
            updated=_newest_update(heads),
            entries=self._feed_entries(heads),
        )
        return atom.to_bytes(feed)

    def _feeds(self, locale: Locale) -> Iterator[Output]:
        heads = self.by_locale[locale][: self.newsroom.config.feeds.window]
        for kind, to_bytes in FORMATS.items():
            make = functools.partial(self._feed, locale, heads, to_bytes)
            yield Output(path=links.feed(locale, kind), inputs=self._inputs(kind, heads), make=make)  # type: ignore[arg-type]

    def _feed(self, locale: Locale, heads: Sequence[EntryHead], to_bytes: Callable[[Feed], bytes]) -> bytes:
        site = self.newsroom.site
        feed = Feed(
            id=minting.tag_uri(self.authority, "feeds", locale),
            locale=locale,
            title=site.titles[locale],
            subtitle=site.descriptions[locale],
            author=site.titles[locale],
            base_url=site.base_url,
            home=links.address(site, links.home(locale)),
            links={kind: links.address(site, links.feed(locale, kind)) for kind in links.FORMATS},
            updated=_newest_update(heads),
            entries=self._feed_entries(heads),
        )
        return to_bytes(feed)

    def _fronts(self) -> Iterator[Output]:
        """Style, lists, front pages: what leads to everything else, last."""
        room, common = self.newsroom, (self.newsroom.fingerprint,)
        if room.config.pages.stories:
            style = functools.partial(render.stylesheet, room.environment(room.site.locales[0]))
            yield Output(path=links.STYLE, inputs=inputs_hash("style", *common), make=style)
        for locale in room.site.locales:
            places = self.places(locale)
            list_ = functools.partial(self._opml, locale)
            yield Output(path=links.opml(locale), inputs=inputs_hash("opml", *common, *places), make=list_)
            if room.config.pages.stories:
                yield from self._front_pages(locale, places)
        yield Output(
            path="opml.xml", inputs=inputs_hash("opml", *common, *map(str, self.by_place)), make=self._whole_opml
        )
        if room.config.pages.stories:
            environments = {locale: room.environment(locale) for locale in room.site.locales}
            chooser = functools.partial(render.chooser, room.site, environments)
            yield Output(path=links.CHOOSER, inputs=inputs_hash("chooser", *common), make=chooser)

    def _front_pages(self, locale: Locale, places: Sequence[PlaceId]) -> Iterator[Output]:
        layout, common = self.newsroom.layout(locale), self.newsroom.fingerprint
        newest = self.by_locale[locale][: self.newsroom.config.feeds.window]
        issues = [(issue.week, issue.subject) for issue in self.issues if issue.locale == locale]
        yield Output(
            path=links.feeds(locale),
            inputs=inputs_hash("feeds", common, *places),
            make=lambda: render.feeds_page(
                layout, [self.newsroom.gazetteer.named(place, locale, None) for place in places]
            ),
        )
        yield Output(
            path=links.digests(locale),
            inputs=inputs_hash("digests", common, repr(issues)),
            make=lambda: render.digest_archive(layout, issues),
        )
        missing = functools.partial(render.not_found, layout)
        yield Output(path=links.not_found(locale), inputs=inputs_hash("404", common), make=missing)
        yield Output(
            path=links.home(locale),
            inputs=self._inputs("index", newest, *places),
            make=lambda: render.index(
                layout, self._entries(newest), [self.newsroom.gazetteer.named(place, locale, None) for place in places]
            ),
        )

    def _outlines(self, locale: Locale) -> list[Outline]:
        site = self.newsroom.site
        home = links.address(site, links.home(locale))
        whole = [
            Outline(text=site.titles[locale], xml_url=links.address(site, links.feed(locale, "atom")), html_url=home)
        ]
        if not self.newsroom.config.feeds.places:
            return whole
        return whole + [
            Outline(
                text=self.newsroom.gazetteer.name(place, locale),
                xml_url=links.address(site, links.place_feed(locale, place)),
                html_url=links.address(site, links.place(locale, place)) if site.story_pages else home,
            )
            for place in self.places(locale)
        ]

    def _opml(self, locale: Locale) -> bytes:
        return opml.to_bytes(title=self.newsroom.site.titles[locale], language=locale, outlines=self._outlines(locale))

    def _whole_opml(self) -> bytes:
        site = self.newsroom.site
        folders = [
            Outline(text=locales.autonym(locale), language=locale, outlines=tuple(self._outlines(locale)))
            for locale in site.locales
        ]
        return opml.to_bytes(title=site.titles[site.locales[0]], language=None, outlines=folders)


def inputs_hash(*parts: object) -> str:
    """One hash of several texts, whose borders count."""
    found = hashlib.sha256()
    for part in parts:
        text = str(part).encode()
        found.update(len(text).to_bytes(8, "big") + text)
    return found.hexdigest()[:32]


def _newest_first(head: EntryHead) -> tuple[float, StoryKey]:
    return -head.published.timestamp(), head.story


def _newest_update(heads: Iterable[EntryHead]) -> datetime:
    return max((head.updated for head in heads), default=_NEVER)
