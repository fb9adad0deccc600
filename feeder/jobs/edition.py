"""All that a site has to say now: its stories and entries, in the lists that feeds and pages show."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from feeder.articles import normalise
from feeder.articles.normalise import Identity
from feeder.articles.stories import crediting, minting
from feeder.articles.stories.joining import Joined, Memory
from feeder.articles.stories.minting import Heads, Redirect
from feeder.feeds import archive
from feeder.jobs import twins
from feeder.jobs.newsroom import Newsroom
from feeder.language.locales import LOCALES
from feeder.language.topics import Topics
from feeder.model import (
    Entry,
    EntryHead,
    Issue,
    Locale,
    NamedTopic,
    PlaceId,
    Retraction,
    Story,
    StoryKey,
    TopicKey,
)
from feeder.store import articles, entries, issues, retractions, traces, withheld

_OPEN = 2048  #: entries kept open of those that stand in a list and are so needed again; some 15 kB each


@dataclass(frozen=True, kw_only=True)
class Edition:
    """All that a site has to say now, and how to open an entry when its text is needed."""

    newsroom: Newsroom
    fingerprint: str  #: of all that shapes every file
    authority: str  #: of the tag: URIs
    authority_is_kept: bool  #: by the store; else this is the first edition
    stories: Mapping[StoryKey, Story]  #: without those that were retracted
    retracted: Mapping[StoryKey, Retraction]  #: the last retracted first
    taken_back: Mapping[StoryKey, Story]  #: of them those that their source still has
    joined: Joined  #: which stories are one
    memory: Memory  #: the same as the store has it
    heads: Heads
    known: Heads  #: as the store has them, also of stories that are gone
    redirects: Sequence[Redirect]  #: those that this edition leaves included
    issues: Sequence[Issue]
    folders: Mapping[str, Path]  #: of each source, for its images
    withheld: Mapping[tuple[str, str], str]  #: source and key of each article that fails when it is shown, and why
    opened: Callable[[EntryHead], Entry]  #: reads the text; its topics are not named yet
    asked: list[EntryHead] = field(
        default_factory=list
    )  #: the entries a file or an issue was made of, while it is made

    @property
    def left(self) -> Sequence[Redirect]:
        """Addresses that stories leave with this edition."""
        return tuple(minting.left(self.known, self.heads))

    @property
    def news(self) -> bool:
        """Whether there are ids, addresses, dates or joined stories that the store does not have yet."""
        moved = any(self.known.get(key) != head for key, head in self.heads.items())
        return moved or not self.authority_is_kept or self.joined.memory != self.memory

    @property
    def former(self) -> list[Redirect]:
        """Addresses that stories left, and those of stories that are shown as another one now."""
        known = (head for head in self.known.values() if head.story in self.joined.memory)
        return sorted({*self.redirects, *((head.locale, head.slug, head.story) for head in known)})

    def shown_as(self, story: StoryKey) -> StoryKey:
        """The key under which a story is shown: its own, or that of the one it was joined into."""
        return self.joined.shown_as(story)

    def entry(self, head: EntryHead) -> Entry:
        """The entry with its text; those that stand in a list stay open for a while."""
        self.asked.append(head)
        return self._again(head) if head in self._listed else self._opened(head)

    @functools.cached_property
    def _again(self) -> Callable[[EntryHead], Entry]:
        return functools.lru_cache(_OPEN)(self._opened)

    def _opened(self, head: EntryHead) -> Entry:
        return replace(self.opened(head), topics=self.topics_named(head.story, head.locale))

    @functools.cached_property
    def _listed(self) -> frozenset[EntryHead]:
        """The entries of front pages, feeds, places and topics."""
        lists = (*self.by_locale.values(), *self.by_place.values(), *self.by_topic.values(), self.own)
        return frozenset(head for heads in lists for head in (*heads[: self.window], *self.in_feed(heads)))

    @property
    def window(self) -> int:
        """Entries that a feed has room for."""
        return self.newsroom.config.feeds.window

    def in_feed(self, heads: Sequence[EntryHead]) -> tuple[EntryHead, ...]:
        """Those that a feed has room for, of entries in the order of their publication: the last published or corrected.

        A correction of an old story so reaches those who follow the feed.
        """
        if len(heads) <= self.window:
            return tuple(heads)
        last = sorted(heads, key=_last_changed)[: self.window]
        return tuple(sorted(last, key=_newest_first))

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
        return self._sorted(lambda story: self.stories[story].places)

    def _sorted(self, parts: Callable[[StoryKey], Iterable[str]]) -> Mapping[tuple[Locale, str], tuple[EntryHead, ...]]:
        """The entries of each locale and part, in the order of the parts; `parts` are those that a story belongs to."""
        found: dict[tuple[Locale, str], list[EntryHead]] = {}
        for locale, heads in self.by_locale.items():
            for head in heads:
                for part in parts(head.story):
                    found.setdefault((locale, part), []).append(head)
        return {key: tuple(found[key]) for key in sorted(found)}

    @functools.cached_property
    def _topics(self) -> tuple[Topics, Mapping[StoryKey, tuple[TopicKey, ...]]]:
        """What topics are called, and those of each story: of all its versions together, also of one taken back."""
        known, found = Topics(self.newsroom.vocabulary, self.newsroom.gazetteer), {}
        for story in (*self.stories.values(), *self.taken_back.values()):
            spoken = [story.versions[code] for code in LOCALES if code in story.versions]
            tags = ((version.language, tag) for version in spoken for tag in version.tags)
            found[story.key] = known.add(tags, story.places)
        return known, found

    def topics_of(self, story: StoryKey) -> tuple[TopicKey, ...]:
        """The topics of a story, also of a retracted one as long as its source has it."""
        return self._topics[1].get(story, ())

    def named(self, topic: TopicKey, locale: Locale) -> NamedTopic:
        """A topic as the readers of a locale know it."""
        return self._names(topic, locale)

    @functools.cached_property
    def _names(self) -> Callable[[TopicKey, Locale], NamedTopic]:
        known, orders = self._topics[0], self.newsroom.site.fallback
        return functools.cache(lambda topic, locale: known.named(topic, orders[locale]))

    def topics_named(self, story: StoryKey, locale: Locale) -> tuple[NamedTopic, ...]:
        """The topics of a story as the readers of a locale know them."""
        return tuple(self.named(topic, locale) for topic in self.topics_of(story))

    @functools.cached_property
    def by_topic(self) -> Mapping[tuple[Locale, TopicKey], tuple[EntryHead, ...]]:
        """The entries of each topic and locale, newest publication first; topics in the order of their keys."""
        return self._sorted(self.topics_of)

    def topics(self, locale: Locale) -> list[TopicKey]:
        """The topics of a locale's stories, those with most stories first."""
        return _most_first(self.by_topic, locale)

    @functools.cached_property
    def own(self) -> tuple[EntryHead, ...]:
        """Every language version once: the entries of all locales that are no fallbacks, newest publication first."""
        every = [head for heads in self.by_locale.values() for head in heads if head.language == head.locale]
        return tuple(sorted(every, key=lambda head: (*_newest_first(head), self._rank[head.locale])))

    @property
    def _rank(self) -> Mapping[Locale, int]:
        return {locale: rank for rank, locale in enumerate(self.newsroom.site.locales)}

    @functools.cached_property
    def apart(self) -> Mapping[tuple[StoryKey, Locale], datetime]:
        """`updated` of each version where all languages stand together: no two alike, each a second after the one before.

        Within one locale they are apart already; the versions of a story often state one moment.
        """
        rank, taken, found = self._rank, set[datetime](), {}
        for head in sorted(self.own, key=lambda head: (head.updated, rank[head.locale], head.story)):
            moment = head.updated
            while moment in taken:
                moment += timedelta(seconds=1)
            taken.add(moment)
            found[head.story, head.locale] = moment
        return found

    @functools.cached_property
    def archives(self) -> Mapping[Locale, tuple[tuple[EntryHead, ...], ...]]:
        """The entries of each locale by archive document, in the order of their first publication.

        Every document but the last is full: it has had its entries, also where some are gone. The last may be empty.
        """
        found: dict[Locale, tuple[tuple[EntryHead, ...], ...]] = {}
        for locale, heads in self.by_locale.items():
            shelves: list[list[EntryHead]] = [[] for _ in range(self._last_number[locale] // archive.SIZE + 1)]
            for head in sorted(heads, key=lambda head: head.number):
                shelves[archive.document(head.number) - 1].append(head)
            found[locale] = tuple(map(tuple, shelves))
        return found

    @functools.cached_property
    def _last_number(self) -> Mapping[Locale, int]:
        last = Counter[Locale]()
        for head in (*self.known.values(), *self.heads.values()):
            last[head.locale] = max(last[head.locale], head.number)
        return last

    def is_full(self, locale: Locale, number: int) -> bool:
        """Whether an archive document has had all its entries."""
        return self._last_number[locale] >= number * archive.SIZE

    def gone(self, locale: Locale) -> tuple[tuple[Retraction, EntryHead], ...]:
        """What was retracted of a locale's entries, the last first."""
        heads = ((one, self.known.get((one.story, locale))) for one in self.retracted.values())
        return tuple((one, head) for one, head in heads if head)

    def had_place(self, place: PlaceId, story: StoryKey) -> bool:
        """Whether a retracted story is about a place; its source must still have it."""
        return story in self.taken_back and place in self.taken_back[story].places

    def had_topic(self, topic: TopicKey, story: StoryKey) -> bool:
        """Likewise about a topic."""
        return story in self.taken_back and topic in self.topics_of(story)

    def places(self, locale: Locale) -> list[PlaceId]:
        """The places of a locale's stories, those with most stories first."""
        return _most_first(self.by_place, locale)

    @functools.cached_property
    def head_hashes(self) -> Mapping[tuple[StoryKey, Locale], str]:
        """For each entry the hash of all it is made from: the text, its identity, its sisters, its places."""
        return {key: self._hash_of(head) for key, head in self.heads.items()}

    def _hash_of(self, head: EntryHead) -> str:
        story, version = self.stories[head.story], self.stories[head.story].versions[head.language]
        sisters = [self.heads[story.key, locale].slug for locale in story.versions if (story.key, locale) in self.heads]
        return inputs_hash(
            repr((head, version.row_hash, version.twins, sorted(story.versions), sisters, story.places)),
            repr(self.topics_named(head.story, head.locale)),
            self.fingerprint,
        )

    def inputs(self, kind: str, heads: Iterable[EntryHead], *more: object) -> str:
        """The hash of a file made from these entries."""
        return inputs_hash(
            kind, self.fingerprint, *(self.head_hashes[head.story, head.locale] for head in heads), *more
        )

    def entries(self, heads: Iterable[EntryHead]) -> tuple[Entry, ...]:
        """The entries with their texts."""
        return tuple(self.entry(head) for head in heads)

    def feed_entries(self, heads: Iterable[EntryHead]) -> tuple[Entry, ...]:
        """The same as feeds carry them: without a body where the site wants summaries only."""
        entries = self.entries(heads)
        return entries if self.newsroom.site.full_text else tuple(replace(entry, html="") for entry in entries)


def open_edition(connection: sa.Connection, newsroom: Newsroom, only: Collection[StoryKey] | None = None) -> Edition:
    """The edition as the store has it now; for a look that changes nothing. Entries are read while the connection lasts.

    `only`: an edition of these stories alone, and of those joined with them, as the last build left them. It costs what
    they cost, however many others there are; its feeds and issues are nobody's.
    """
    only = only if only is None else _kin(traces.memory(connection), only)
    fingerprint, kept = newsroom.fingerprint(), entries.tag_authority(connection)
    bad = {(one.source, one.key): one.reason for one in withheld.current(connection, fingerprint)}
    authority = kept or newsroom.config.tag_authority or newsroom.config.host
    choose = functools.partial(normalise.select_places, gazetteer=newsroom.gazetteer)
    joined, retracted = twins.decide(connection, newsroom.sources, only), retractions.all_retractions(connection)
    every = {story.key: story for story in articles.stories(connection, choose, joined, bad, only)}
    stories = {key: story for key, story in every.items() if key not in retracted}
    known = entries.heads(connection, only)
    redirects = entries.redirects(connection) if only is None else []
    heads = minting.mint(stories.values(), known, newsroom.site, authority, redirects)
    return Edition(
        newsroom=newsroom,
        fingerprint=fingerprint,
        authority=authority,
        authority_is_kept=kept is not None,
        stories=stories,
        retracted=retracted,
        taken_back={key: every[key] for key in retracted if key in every},
        joined=joined,
        memory=traces.memory(connection),
        heads=heads,
        known=known,
        redirects=sorted({*redirects, *minting.left(known, heads)}),
        issues=issues.all_issues(connection) if only is None else (),
        folders={source.key: source.path for source in newsroom.sources if source.path},
        withheld=bad,
        opened=functools.partial(_open, connection, newsroom, stories, heads),
    )


def _kin(memory: Memory, stories: Collection[StoryKey]) -> set[StoryKey]:
    """Some stories with all that they were joined with."""
    root = Joined(memory=memory).shown_as
    roots = set(map(root, stories))
    return roots | {story for story in memory if root(story) in roots}


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


def inputs_hash(*parts: object) -> str:
    """One hash of several texts, whose borders count."""
    found = hashlib.sha256()
    for part in parts:
        text = str(part).encode()
        found.update(len(text).to_bytes(8, "big") + text)
    return found.hexdigest()[:32]


def _most_first(parts: Mapping[tuple[Locale, str], Sequence[EntryHead]], locale: Locale) -> list[str]:
    here = [part for language, part in parts if language == locale]
    return sorted(here, key=lambda part: (-len(parts[locale, part]), part))


def _newest_first(head: EntryHead) -> tuple[float, StoryKey]:
    return -head.published.timestamp(), head.story


def _last_changed(head: EntryHead) -> tuple[float, StoryKey]:
    return -max(head.updated, head.published).timestamp(), head.story
