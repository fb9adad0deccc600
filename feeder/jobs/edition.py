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

import sqlalchemy as sa

from feeder import image_metadata
from feeder.articles import crediting, minting, normalise
from feeder.articles.joining import Joined, Memory
from feeder.articles.minting import Heads, Redirect
from feeder.articles.normalise import Identity
from feeder.feeds import atom, json_feed, opml, rss
from feeder.feeds.opml import Outline
from feeder.jobs import twins
from feeder.jobs.newsroom import Newsroom
from feeder.language import locales
from feeder.model import Entry, EntryHead, Feed, Issue, Locale, PlaceId, Story, StoryKey
from feeder.pages import links, render
from feeder.pages.render import Layout
from feeder.store import articles, entries, issues, traces

_NEVER = datetime(
    2000, 1, 1, tzinfo=UTC
)  #: `updated` of a feed without entries: Atom wants one, and no clock may give it
_OPEN = 2048  #: entries kept open of those that stand in a list and are so needed again; some 15 kB each
FORMATS = {"atom": atom.to_bytes, "rss": rss.to_bytes, "json": json_feed.to_bytes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One file to publish."""

    path: str  #: relative to the output
    inputs: str  #: hash of everything it is made from
    make: Callable[[], bytes | None]  #: None: what it is made from went away meanwhile; the next build knows more


@dataclass(frozen=True, kw_only=True)
class Edition:
    """All that a site has to say now, and how to open an entry when its text is needed."""

    newsroom: Newsroom
    fingerprint: str  #: of all that shapes every file
    authority: str  #: of the tag: URIs
    authority_is_kept: bool  #: by the store; else this is the first edition
    stories: Mapping[StoryKey, Story]
    joined: Joined  #: which stories are one
    memory: Memory  #: the same as the store has it
    heads: Heads
    known: Heads  #: as the store has them, also of stories that are gone
    redirects: Sequence[Redirect]  #: those that this edition leaves included
    issues: Sequence[Issue]
    folders: Mapping[str, Path]  #: of each source, for its images
    opened: Callable[[EntryHead], Entry]  #: reads the text

    @property
    def left(self) -> Sequence[Redirect]:
        """Addresses that stories leave with this edition."""
        return tuple(minting.left(self.known, self.heads))

    @property
    def news(self) -> bool:
        """Whether there are ids, addresses, dates or joined stories that the store does not have yet."""
        moved = any(self.known.get(key) != head for key, head in self.heads.items())
        return moved or not self.authority_is_kept or self.joined.memory != self.memory

    def outputs(self) -> Iterator[Output]:
        """Every file, in the order in which to write: what is linked to before what links to it."""
        yield from self._media()
        for locale in self.newsroom.site.locales:
            if self.newsroom.config.pages.stories:
                yield from self._story_pages(locale)
            yield from self._place_outputs(locale)
            yield from self._feeds(locale)
        if self.newsroom.config.pages.stories:
            yield from self._moved()
            yield from self._issue_pages()
        yield from self._fronts()

    # --- what is in them ---

    def shown_as(self, story: StoryKey) -> StoryKey:
        """The key under which a story is shown: its own, or that of the one it was joined into."""
        return self.joined.shown_as(story)

    def entry(self, head: EntryHead) -> Entry:
        """The entry with its text; those that stand in a list stay open for a while."""
        return self._again(head) if head in self._listed else self.opened(head)

    @functools.cached_property
    def _again(self) -> Callable[[EntryHead], Entry]:
        return functools.lru_cache(_OPEN)(self.opened)

    @functools.cached_property
    def _listed(self) -> frozenset[EntryHead]:
        """The entries of front pages, feeds and places."""
        window = self.newsroom.config.feeds.window
        lists = (*self.by_locale.values(), *self.by_place.values())
        return frozenset(head for heads in lists for head in heads[:window])

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
        story, version = self.stories[head.story], self.stories[head.story].versions[head.language]
        sisters = [self.heads[story.key, locale].slug for locale in story.versions if (story.key, locale) in self.heads]
        return inputs_hash(
            repr((head, version.row_hash, version.twins, sorted(story.versions), sisters, story.places)),
            self.fingerprint,
        )

    def _inputs(self, kind: str, heads: Iterable[EntryHead], *more: object) -> str:
        return inputs_hash(
            kind, self.fingerprint, *(self.head_hashes[head.story, head.locale] for head in heads), *more
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
        for path, origin in sorted(files.items()):  # a path holds the hash of the bytes
            yield Output(path=path, inputs=inputs_hash(path), make=functools.partial(_image, path, origin))

    def _story_pages(self, locale: Locale) -> Iterator[Output]:
        layout = self.newsroom.layout(locale)
        for head in self.by_locale[locale]:
            make = functools.partial(self._story, layout, head)
            yield Output(path=links.story(locale, head.slug), inputs=self._inputs("story", [head]), make=make)

    def _story(self, layout: Layout, head: EntryHead) -> bytes:
        return render.story(layout, self.entry(head))

    def _moved(self) -> Iterator[Output]:
        taken = {(head.locale, head.slug) for head in self.heads.values()}
        for locale, slug, story in self._former():
            head = self.heads.get((self.shown_as(story), locale))
            if head and (locale, slug) not in taken:
                url = links.address(self.newsroom.site, links.story(locale, head.slug))
                make = functools.partial(render.moved, self.newsroom.layout(locale), url)
                inputs = inputs_hash("moved", self.fingerprint, url)
                yield Output(path=links.story(locale, slug), inputs=inputs, make=make)

    def _former(self) -> list[Redirect]:
        """Addresses that stories left, and those of stories that are shown as another one now."""
        known = (head for head in self.known.values() if head.story in self.joined.memory)
        return sorted({*self.redirects, *((head.locale, head.slug, head.story) for head in known)})

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
                inputs = self._inputs("place", newest, place, *self._languages_of(place))
                yield Output(path=links.place(locale, place), inputs=inputs, make=page)
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
        for kind in self.newsroom.formats:
            make = functools.partial(self._feed, locale, heads, FORMATS[kind])
            yield Output(path=links.feed(locale, kind), inputs=self._inputs(kind, heads), make=make)

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
            links={kind: links.address(site, links.feed(locale, kind)) for kind in self.newsroom.formats},
            updated=_newest_update(heads),
            entries=self._feed_entries(heads),
        )
        return to_bytes(feed)

    def _fronts(self) -> Iterator[Output]:
        """Style, lists, front pages: what leads to everything else, last."""
        room, common = self.newsroom, (self.fingerprint,)
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
        layout, common = self.newsroom.layout(locale), self.fingerprint
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


def open_edition(connection: sa.Connection, newsroom: Newsroom) -> Edition:
    """The edition as the store has it now; for a look that changes nothing. Entries are read while the connection lasts."""
    kept = entries.tag_authority(connection)
    authority = kept or newsroom.config.tag_authority or newsroom.config.host
    choose = functools.partial(normalise.select_places, gazetteer=newsroom.gazetteer)
    joined = twins.decide(connection, newsroom.sources)
    stories = {story.key: story for story in articles.stories(connection, choose, joined)}
    known, redirects = entries.heads(connection), entries.redirects(connection)
    heads = minting.mint(stories.values(), known, newsroom.site, authority, redirects)
    return Edition(
        newsroom=newsroom,
        fingerprint=newsroom.fingerprint(),
        authority=authority,
        authority_is_kept=kept is not None,
        stories=stories,
        joined=joined,
        memory=traces.memory(connection),
        heads=heads,
        known=known,
        redirects=sorted({*redirects, *minting.left(known, heads)}),
        issues=issues.all_issues(connection),
        folders={source.key: source.path for source in newsroom.sources if source.path},
        opened=functools.partial(_open, connection, newsroom, stories, heads),
    )


def _open(
    connection: sa.Connection, newsroom: Newsroom, stories: Mapping[StoryKey, Story], heads: Heads, head: EntryHead
) -> Entry:
    story = stories[head.story]
    version = story.versions[head.language]
    own = [language for language in story.versions if (story.key, language) in heads]
    others = [articles.load(connection, twin.source, twin.key) for twin in version.twins]
    article = crediting.completed(articles.load(connection, version.source, version.key), others)
    made = normalise.to_entry(
        article,
        head.locale,
        newsroom.site,
        newsroom.gazetteer,
        identity=Identity(id=head.uid, slug=head.slug, published=head.published, updated=head.updated),
        places=story.places,
        slugs={language: heads[story.key, language].slug for language in own},
    )
    return replace(made, story=head.story, credits=crediting.credits_of(article, others))


def _image(path: str, origin: Path) -> bytes | None:
    """The bytes that `path` names by their hash; None when the file went or changed since its article was read."""
    try:
        data = image_metadata.strip(origin.read_bytes())
    except (OSError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest()[:16] in path else None


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
