"""Which entries a site has, and their ids, addresses and dates. Pure: the store's memory comes in, the new one goes out.

An id is minted once per story and locale. A translation that arrives later takes the place of the labelled entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from feeder import markup
from feeder.model import EntryHead, Language, Locale, Site, Story, StoryKey, Version

#: The "date" of RFC 4151: on its first day the authority must have been the newsroom's. A constant, so that stores agree.
TAG_DATE = "2026"

Heads = dict[tuple[StoryKey, Locale], EntryHead]


def tag_uri(authority: str, *parts: str) -> str:
    """tag:AUTHORITY,2026:part/part (RFC 4151); what is not ASCII is percent-encoded."""
    return f"tag:{authority},{TAG_DATE}:" + "/".join(quote(part, safe="/-._~") for part in parts)


def mint(
    stories: Iterable[Story], known: Mapping[tuple[StoryKey, Locale], EntryHead], site: Site, authority: str
) -> Heads:
    """The heads of all entries the site has now, from its stories and the heads it had."""
    taken = {(head.locale, head.slug): head.story for head in known.values()}
    made: Heads = {}
    for story in stories:
        for locale in site.locales:
            language = shown(story, site.fallback[locale])
            if language:
                head = _head(story, locale, language, known.get((story.key, locale)), authority, taken)
                taken[locale, head.slug] = story.key
                made[story.key, locale] = head
    return made


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
    published = version.published or story.published
    return EntryHead(
        story=story.key,
        locale=locale,
        language=language,
        uid=old.uid if old else tag_uri(authority, "stories", story.key, locale),
        slug=_slug(story, version, locale, old, taken),
        content_hash=version.content_hash,
        published=published,
        updated=_updated(version, published, old),
    )


def _slug(
    story: Story, version: Version, locale: Locale, old: EntryHead | None, taken: Mapping[tuple[Locale, str], StoryKey]
) -> str:
    """What the editor wishes, else the story key: a title may change, an address should not."""
    mark = hashlib.sha256(story.key.encode()).hexdigest()[:8]
    wanted = markup.slug(version.slug) or markup.slug(story.key) or mark
    if taken.get((locale, wanted), story.key) == story.key:
        return wanted
    return f"{wanted}-{mark}"


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
