"""Which entries a site has, and their ids, addresses and dates. Pure: the store's memory comes in, the new one goes out.

An id is minted once per story and locale. A translation that arrives later takes the place of the labelled entry. An
address that once led to a story is never given to another one. Minting what was minted changes nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import quote

from feeder import markup
from feeder.model import EntryHead, Language, Locale, Site, Story, StoryKey, Version

#: The "date" of RFC 4151: on its first day the authority must have been the newsroom's. A constant, so that stores agree.
TAG_DATE = "2026"

Heads = dict[tuple[StoryKey, Locale], EntryHead]
Redirect = tuple[Locale, str, StoryKey]  # an address that a story had: locale, slug, story


def tag_uri(authority: str, *parts: str) -> str:
    """tag:AUTHORITY,2026:part/part (RFC 4151); what is not ASCII is percent-encoded, in a host name Punycode."""
    return f"tag:{_ascii(authority)},{TAG_DATE}:" + "/".join(quote(part, safe="/-._~") for part in parts)


def _ascii(authority: str) -> str:
    with suppress(UnicodeError):  # of what is no name for DNS
        authority = authority.encode("idna").decode()
    return quote(authority, safe="@-._~")


def mint(
    stories: Iterable[Story],
    known: Mapping[tuple[StoryKey, Locale], EntryHead],
    site: Site,
    authority: str,
    redirects: Iterable[Redirect] = (),
) -> Heads:
    """The heads of all entries the site has now, from its stories, the heads it had and the addresses they left."""
    taken = {(locale, slug): story for locale, slug, story in redirects}
    taken |= {(head.locale, head.slug): head.story for head in known.values()}
    made: Heads = {}
    numbers: Counter[Locale] = Counter()
    for head in known.values():
        numbers[head.locale] = max(numbers[head.locale], head.number)
    moments = _Moments((head.locale, head.updated) for head in known.values())
    for story in stories:
        for locale in site.locales:
            language = shown(story, site.fallback[locale])
            if language:
                old = known.get((story.key, locale))
                head = _head(story, locale, language, old, authority, taken)
                taken[locale, head.slug] = story.key
                made[story.key, locale] = moments.apart(head, old)
    return _numbered(made, numbers)


def _numbered(made: Heads, numbers: Counter[Locale]) -> Heads:
    """The heads, new ones numbered in the order of their publication after those of their locale that have a number."""
    new = sorted((head for head in made.values() if not head.number), key=lambda head: (head.published, head.story))
    for head in new:
        numbers[head.locale] += 1
        made[head.story, head.locale] = replace(head, number=numbers[head.locale])
    return made


class _Moments:
    """Keeps `updated` of a locale's entries apart: articles that state only a day share one, and feeds should not.

    Who comes second is updated a second later, and keeps that.
    """

    def __init__(self, taken: Iterable[tuple[Locale, datetime]]) -> None:
        self.taken = set(taken)
        #: stated -> where to look on; thousands may state one day
        self.next: dict[tuple[Locale, datetime], datetime] = {}

    def apart(self, head: EntryHead, old: EntryHead | None) -> EntryHead:
        if old and old.updated == head.updated:
            return head
        moment = self.next.get((head.locale, head.updated), head.updated)
        while (head.locale, moment) in self.taken:
            moment += timedelta(seconds=1)
        self.taken.add((head.locale, moment))
        self.next[head.locale, head.updated] = moment
        return replace(head, updated=moment)


def left(known: Mapping[tuple[StoryKey, Locale], EntryHead], made: Heads) -> Iterator[Redirect]:
    """The addresses that entries leave when `known` becomes `made`."""
    for key, head in made.items():
        if (before := known.get(key)) and before.slug != head.slug:
            yield head.locale, before.slug, head.story


def shown(story: Story, order: Iterable[Language]) -> Language | None:
    """The first language of the order that the story has."""
    return next((language for language in order if language in story.versions), None)


def _head(
    story: Story,
    locale: Locale,
    language: Language,
    old: EntryHead | None,
    authority: str,
    taken: Mapping[tuple[Locale, str], StoryKey],
) -> EntryHead:
    version = story.versions[language]
    published = _published(story, version, old)
    return EntryHead(
        story=story.key,
        locale=locale,
        language=language,
        uid=old.uid if old else tag_uri(authority, "stories", story.key, locale),
        slug=_slug(story, version, locale, taken),
        content_hash=version.content_hash,
        published=published,
        updated=_updated(version, published, old),
        number=old.number if old else 0,  # a new one gets its number when all are known
    )


def _published(story: Story, version: Version, old: EntryHead | None) -> datetime:
    """As stated by the version, else by a sister; else as it was, so that a file moved or restored is not news again."""
    if version.published:
        return version.published
    if old and not any(one.published for one in story.versions.values()):
        return old.published
    return story.published


def _slug(story: Story, version: Version, locale: Locale, taken: Mapping[tuple[Locale, str], StoryKey]) -> str:
    """What the editor wishes, else the story key: a title may change, an address should not."""
    return next(slug for slug in _slugs(story, version) if taken.get((locale, slug), story.key) == story.key)


def _slugs(story: Story, version: Version) -> Iterator[str]:
    """The slug wished, then what tells it apart from another story's."""
    mark = hashlib.sha256(story.key.encode()).hexdigest()[:8]
    wanted = markup.slug(version.slug) or markup.slug(story.key) or mark
    yield wanted
    yield f"{wanted}-{mark}"
    yield from (f"{wanted}-{mark}-{number}" for number in count(2))


def _updated(version: Version, published: datetime, old: EntryHead | None) -> datetime:
    """Moves when the content does: to the time the editor states, else to when the change was first seen."""
    stated = max(version.updated or published, published)
    if old is None:
        return max(stated, version.changed_at) if version.changed_at and not version.updated else stated
    if old.content_hash == version.content_hash:
        return max(stated, old.updated)
    if stated > old.updated:
        return stated
    seen = version.changed_at or version.first_seen
    return max(seen, old.updated + timedelta(seconds=1))
