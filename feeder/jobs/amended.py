"""Which retractions and corrections of earlier issues an issue carries.

Who of its readers is told which of them is decided when deliveries are made; an issue carries whatever may concern any:

- of a story that an issue of an earlier week told, in any language, for readers may have changed theirs since;
- made since then and not more than half a year ago;
- in each issue until it was carried for eight weeks, for those who had paused.

A story that is retracted has no corrections any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeder.digest import amendments
from feeder.digest.amendments import Told
from feeder.jobs.edition import Edition
from feeder.jobs.feed_files import tombstone
from feeder.model import Amendment, Entry, Locale, StoryKey, Week
from feeder.store import issues
from feeder.store.issues import Line

OLDEST = timedelta(weeks=26)  #: before the end of the week
CARRIED = 8  #: weeks
_LAST = OLDEST + timedelta(weeks=CARRIED)  #: what changed before concerns no issue any more
ROOM = 20  #: amendments in one issue; what has no room waits for the next


@dataclass(frozen=True, kw_only=True)
class _Past:
    """What earlier issues told."""

    stories: Mapping[StoryKey, datetime]  #: when it was told first, by the key under which it is shown now
    carried: Mapping[str, Week]  #: key of an amendment -> the week of the issue that told it first
    included: frozenset[str]  #: keys of the corrections that stories had when they were told


def of_week(connection: sa.Connection, edition: Edition, week: Week) -> Mapping[Locale, tuple[Told, ...]]:
    """The amendments for the readers of each locale, retractions first, each the last made first."""
    past = _past(edition, issues.lines_before(connection, week))
    return {locale: _of_locale(edition, locale, past, week) for locale in edition.newsroom.site.locales}


def included(entries: Iterable[Entry]) -> Iterator[Amendment]:
    """The corrections that stories have already when they are told."""
    return (amendments.correction(entry.story, one.text) for entry in entries for one in entry.corrections)


def _past(edition: Edition, lines: Iterable[Line]) -> _Past:
    stories: dict[StoryKey, datetime] = {}
    carried: dict[str, Week] = {}
    known = set()
    for line in lines:
        if line.told == "story":
            stories.setdefault(edition.shown_as(line.story), line.compiled_at)
        elif line.told == "included":
            known.add(line.amendment)
        else:
            carried.setdefault(line.amendment, Week.parse(line.week))
    return _Past(stories=stories, carried=carried, included=frozenset(known))


def _of_locale(edition: Edition, locale: Locale, past: _Past, week: Week) -> tuple[Told, ...]:
    end = week.span(edition.newsroom.site.zone)[1]
    made = [*_retractions(edition, locale, past), *_corrections(edition, locale, past, end - _LAST)]
    found = [one for at, one in made if _due(one.amendment.key, end - at, past, week)]
    fresh_first = sorted(found, key=lambda one: one.amendment.key in past.carried)[:ROOM]
    return tuple(one for one in found if one in fresh_first)


def _due(key: str, age: timedelta, past: _Past, week: Week) -> bool:
    if key in past.carried:
        return week.monday - past.carried[key].monday < timedelta(weeks=CARRIED)
    return key not in past.included and age <= OLDEST


def _retractions(edition: Edition, locale: Locale, past: _Past) -> Iterator[tuple[datetime, Told]]:
    """Each with when it was made."""
    for one, head in edition.gone(locale):
        if one.story in past.stories:
            stone = tombstone(edition, one, head)
            yield (
                one.at,
                Told(
                    amendment=amendments.retraction(one.story),
                    title=stone.title,
                    title_language=locale,
                    url=stone.url,
                    text=stone.reason,
                    language=stone.language,
                    made=one.at.astimezone(edition.newsroom.site.zone).date(),
                ),
            )


def _corrections(edition: Edition, locale: Locale, past: _Past, since: datetime) -> Iterator[tuple[datetime, Told]]:
    """Likewise. Only versions that were changed since their story was told, and lately, are opened."""
    for changed, story in sorted(_changed(edition, past, locale, since), reverse=True):
        entry = edition.entry(edition.heads[story, locale])
        for one in reversed(entry.corrections):
            yield (
                changed,
                Told(
                    amendment=amendments.correction(story, one.text),
                    title=entry.title,
                    title_language=entry.language,
                    url=entry.url,
                    text=one.text,
                    language=entry.language,
                    made=one.made,
                ),
            )


def _changed(edition: Edition, past: _Past, locale: Locale, since: datetime) -> Iterator[tuple[datetime, StoryKey]]:
    for story, told in past.stories.items():
        if head := edition.heads.get((story, locale)):
            version = edition.stories[story].versions[head.language]
            changed = version.changed_at or version.first_seen
            if changed >= max(told, since):
                yield changed, story
