"""The account of `feeder explain` for every article of a story, made from that story alone.

In which feeds it is, is read from the feeds as they are published: that is what readers have, and it costs the same
however many stories there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

import sqlalchemy as sa

from feeder.articles import normalise
from feeder.editors.facts import Explained, Stretch
from feeder.errors import NotFound
from feeder.jobs import explain
from feeder.jobs.edition import Edition, open_edition
from feeder.jobs.explain import Shelf
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.overview import digests
from feeder.model import Article, Issue, Locale, Mention, StoryKey, Week
from feeder.pages import links
from feeder.store import articles, entries, issues, surveys
from feeder.store.surveys import Wanted

_MOST = 20  #: articles of one story that are explained

NO_ROOM = "the feed has room for {n}; those in it were published or corrected later"
NOT_YET = "the next build puts it there"


def of_story(connection: sa.Connection, room: Newsroom, name: str, locale: Locale) -> tuple[Explained, ...]:
    """Every article of a story, drafts too, named by its key or by an entry's tag: URI. Raises NotFound."""
    story = entries.story_of(connection, name) or name
    if not story:
        raise NotFound("no story is named")
    edition = open_edition(connection, room, {story})
    kept = tuple(_issues(connection, edition, edition.shown_as(story)))
    shelf = Shelf(room, connection, replace(edition, issues=kept), story, None)
    rows, _ = surveys.listed(connection, Wanted(story=shelf.story), skip=0, limit=_MOST)
    if not rows:
        raise NotFound(f"there is no story {name!r} here")
    found = [(row.key, articles.load(connection, row.source, row.key)) for row in rows]
    return tuple(_explained(article, key, room, shelf, locale) for key, article in found)


def _issues(connection: sa.Connection, edition: Edition, story: StoryKey) -> Iterator[Issue]:
    """The issues that told a story, and those whose window its date lies in; the others have nothing to say of it."""
    weeks = {Week.parse(name[:8]) for name in issues.telling(connection, _keys(edition, story))}
    if one := edition.stories.get(story):
        week = Week.of(one.published.astimezone(edition.newsroom.site.zone).date())
        for _ in range(edition.newsroom.config.digest.window):
            weeks.add(week)
            week = Week.of(week.sunday + timedelta(days=1))
    for week in sorted(weeks):
        yield from issues.of_week(connection, week).values()


def _keys(edition: Edition, story: StoryKey) -> list[StoryKey]:
    return [story, *(key for key in edition.joined.memory if edition.shown_as(key) == story)]


def _explained(article: Article, path: str, room: Newsroom, shelf: Shelf, locale: Locale) -> Explained:
    account = explain.account(article, path, room, shelf)
    account["feeds"] = [_as_published(one, room, shelf, article) for one in account["feeds"]]
    texts = normalise.mentioned(article, room.gazetteer)
    stretches = (tuple(_stretches(text, found, room, locale)) for text, found in texts if text.strip())
    return Explained(account=account, texts=tuple(stretches))


def _as_published(one: dict[str, Any], room: Newsroom, shelf: Shelf, article: Article) -> dict[str, Any]:
    """A feed that may have the story, held against the file that is there."""
    if not one["in"]:
        return one
    path = str(one["feed"])
    head = shelf.head(article.language if path == links.COMBINED else path.partition("/")[0])
    try:
        feed = (room.output / path).read_bytes()
    except OSError:
        return {**one, "in": False, "why": NOT_YET}
    if head and f"<id>{escape(head.uid)}</id>".encode() in feed:
        return one
    full = feed.count(b"<entry") >= room.config.feeds.window
    return {**one, "in": False, "why": NO_ROOM.format(n=room.config.feeds.window) if full else NOT_YET}


def _stretches(text: str, found: tuple[Mention, ...], room: Newsroom, locale: Locale) -> Iterator[Stretch]:
    at = 0
    for one in sorted(found, key=lambda one: one.start):
        if one.start > at:
            yield Stretch(text=text[at : one.start])
        name = room.gazetteer.name(one.place, locale)
        yield Stretch(text=one.surface, place=name, adjective=one.kind == "adjective")
        at = one.end
    if at < len(text):
        yield Stretch(text=text[at:])


def in_next_issue(connection: sa.Connection, room: Newsroom, story: StoryKey, week: Week) -> str:
    """Why the digest of a week would not have the story; "" when it would."""
    selection, _ = digests.selected(connection, room, week)
    if story in selection.chosen:
        return ""
    return selection.left_out.get(story) or digests.too_old(room, week)
