"""Articles with what became of them, and stories with the languages they lack; a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median_low

import sqlalchemy as sa

from feeder.editors.facts import PAGE, ArticleLine, ArticleState, LanguageSum, Listing, StoryLine
from feeder.jobs.edition import Edition, open_edition
from feeder.jobs.newsroom import Newsroom
from feeder.model import Locale, Version
from feeder.store import articles, surveys
from feeder.store.surveys import Listed, Told, Wanted

LATELY = timedelta(days=90)  #: of which the sums of the languages tell


def of_articles(connection: sa.Connection, room: Newsroom, wanted: Wanted, number: int) -> Listing[ArticleLine]:
    """The articles that are asked for, newest first, page `number` (from 1)."""
    rows, total = surveys.listed(connection, wanted, skip=(number - 1) * PAGE, limit=PAGE)
    edition = open_edition(connection, room, {row.shown_as for row in rows})
    refused = {source: articles.refused(connection, source) for source in {row.source for row in rows}}
    lines = [_line(row, edition, refused=row.key in refused[row.source]) for row in rows]
    return Listing(rows=lines, number=number, total=total)


def _line(row: Listed, edition: Edition, *, refused: bool) -> ArticleLine:
    story = edition.shown_as(row.story)
    item = edition.stories.get(story)
    version = item.versions.get(row.language) if item else None
    own = version is not None and (version.source, version.key) == (row.source, row.key)
    return ArticleLine(
        source=row.source,
        key=row.key,
        story=story,
        language=row.language,
        title=row.title,
        state=_state(row, edition, version, own=own),
        locales=_locales(edition, story, row.language) if own else (),
        other=version.key if version and not own and not row.draft else "",
        published=row.published or row.first_seen,
        refused=refused,
    )


def _state(row: Listed, edition: Edition, version: Version | None, *, own: bool) -> ArticleState:
    story = edition.shown_as(row.story)
    if row.draft:
        return "draft"
    if story in edition.retracted:
        return "retracted"
    if (row.source, row.key) in edition.withheld:
        return "withheld"
    if version and not own:
        twin = any((one.source, one.key) == (row.source, row.key) for one in version.twins)
        return "credited" if twin else "doubled"
    shown = _locales(edition, story, row.language)
    if not shown:
        return "unshown"
    return "published" if any((story, locale) in edition.known for locale in shown) else "waiting"


def _locales(edition: Edition, story: str, language: str) -> tuple[Locale, ...]:
    """The locales whose readers are shown this language of the story."""
    heads = ((locale, edition.heads.get((story, locale))) for locale in edition.newsroom.site.locales)
    return tuple(locale for locale, head in heads if head and head.language == language)


def of_languages(connection: sa.Connection, room: Newsroom, lacking: Locale, number: int) -> Listing[StoryLine]:
    """Stories, newest first, with the delay of each language; `lacking`: only those without this one."""
    told, total = surveys.told(connection, room.site.locales, lacking=lacking, skip=(number - 1) * PAGE, limit=PAGE)
    stories = [one.story for one in told]
    titles, drafts = surveys.titles(connection, stories), surveys.drafts(connection, stories)
    rows = [_story_line(one, titles.get(one.story, {}), drafts) for one in told]
    return Listing(rows=rows, number=number, total=total)


def _story_line(one: Told, titles: Mapping[str, str], drafts: set[tuple[str, str]]) -> StoryLine:
    language = min(one.languages, key=lambda code: one.languages[code], default=next(iter(titles), "en"))
    return StoryLine(
        story=one.story,
        title=titles.get(language, one.story),
        language=language,
        first=one.first,
        delays={code: at - one.first for code, at in one.languages.items()},
        drafts=frozenset(code for story, code in drafts if story == one.story and code not in one.languages),
    )


def sums(connection: sa.Connection, room: Newsroom, now: datetime) -> tuple[LanguageSum, ...]:
    """How complete each language is among the stories of the last ninety days."""
    told, _ = surveys.told(connection, room.site.locales, since=now - LATELY)
    return tuple(_sum(code, told) for code in room.site.locales)


def _sum(code: Locale, told: list[Told]) -> LanguageSum:
    written = [one for one in told if code in one.languages]
    later = [delay for one in written if (delay := one.languages[code] - one.first)]
    return LanguageSum(
        locale=code, stories=len(told), written=len(written), typical=median_low(later) if later else None
    )
