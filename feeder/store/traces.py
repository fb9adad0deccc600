"""What articles are compared by, and which stories were joined: put, forgotten, and asked for those that may be one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from feeder.articles.stories.joining import Head, Memory, Name
from feeder.articles.stories.traces import Trace
from feeder.model import Article, StoryKey
from feeder.store.engine import insert
from feeder.store.tables import alternate, joined
from feeder.store.tables import article as article_table
from feeder.store.tables import trace as table

_BATCH = 500


def put(connection: sa.Connection, found: Sequence[tuple[Article, Trace]]) -> None:
    """Store what articles are compared by, in the place of what was there; of drafts nothing, they are compared with none."""
    for source in dict.fromkeys(article.source for article, _ in found):
        forget(connection, source, [article.key for article, _ in found if article.source == source])
    shown = [(article, trace) for article, trace in found if not article.draft]
    links = [link for article, trace in shown for link in _links(article, trace)]
    if shown:
        connection.execute(table.insert(), [_row(article, trace) for article, trace in shown])
    if links:
        connection.execute(alternate.insert(), links)


def _row(article: Article, trace: Trace) -> dict[str, Any]:
    return {
        "source": article.source,
        "key": article.key,
        "story": article.story,
        "stated": article.story_stated,
        "language": article.language,
        "publisher": article.publisher,
        "page": trace.page,
        "title": trace.title,
        "sketch": trace.sketch,
    }


def _links(article: Article, trace: Trace) -> Iterator[dict[str, str]]:
    own = {"source": article.source, "key": article.key, "story": article.story}
    yield from ({**own, "language": language, "page": page} for language, page in trace.alternates)


def forget(connection: sa.Connection, source: str, keys: Sequence[str]) -> None:
    """Remove what is known of articles."""
    for one in (table, alternate):
        for start in range(0, len(keys), _BATCH):
            part = keys[start : start + _BATCH]
            connection.execute(one.delete().where(one.c.source == source, one.c.key.in_(part)))


def suspects(connection: sa.Connection) -> list[Head]:
    """The articles of all stories that may be one with another story, or are claimed twice.

    Asked of indexes alone: a store without any answers at once, however large it is.
    """
    found = _claimed_twice(connection) | _suspected(connection) | _linked(connection) | _remembered(connection)
    return list(_heads(connection, sorted(found)))


def heads(connection: sa.Connection, stories: Collection[StoryKey]) -> list[Head]:
    """The articles of some stories."""
    return list(_heads(connection, sorted(stories)))


def claimed_twice(connection: sa.Connection) -> list[Head]:
    """The articles of stories that have two for one language."""
    return list(_heads(connection, sorted(_claimed_twice(connection))))


def _claimed_twice(connection: sa.Connection) -> set[StoryKey]:
    c = table.c
    several = sa.select(c.story).group_by(c.story, c.language).having(sa.func.count() > 1)
    return set(connection.execute(several).scalars())


def _suspected(connection: sa.Connection) -> set[StoryKey]:
    """Stories that share a page or a title. Smallest and largest differ: quicker than to count."""
    c, other = table.c, table.alias()
    found: set[StoryKey] = set()
    for shared in (c.page, c.title):
        groups = sa.select(c.language, shared).where(shared != "").group_by(c.language, shared)
        several = groups.having(sa.func.min(c.story) != sa.func.max(c.story)).subquery()
        same = (other.c.language == several.c.language) & (other.c[shared.name] == several.c[shared.name])
        found.update(connection.execute(sa.select(other.c.story).join(several, same)).scalars())
    return found


def _linked(connection: sa.Connection) -> set[StoryKey]:
    """Stories of which one links to the other as its translation."""
    c, own = table.c, alternate.c
    same = (own.language == c.language) & (own.page == c.page) & (own.story != c.story)
    pairs = connection.execute(sa.select(own.story, c.story).join_from(alternate, table, same))
    return {story for pair in pairs for story in pair}


def _remembered(connection: sa.Connection) -> set[StoryKey]:
    return {story for pair in memory(connection).items() for story in pair}


def _heads(connection: sa.Connection, stories: Sequence[StoryKey]) -> Iterator[Head]:
    links: dict[Name, list[tuple[str, str]]] = {}
    for row in _of(connection, sa.select(alternate), alternate.c.story, stories):
        links.setdefault(Name(row.source, row.key), []).append((row.language, row.page))
    for row in _of(connection, _ARTICLES, article_table.c.story, stories):
        name = Name(row.source, row.key)
        yield Head(
            name=name,
            story=row.story,
            stated=bool(row.stated),
            language=row.language,
            publisher=row.publisher or "",
            page=row.page or "",
            title=row.title or "",
            sketch=row.sketch or b"",
            alternates=tuple(sorted(links.get(name, ()))),
            published=row.published,
            first_seen=row.first_seen,
        )


def _articles() -> sa.Select[Any]:
    """An article that was never read with its trace, because its file went bad, still counts for its story."""
    a, t = article_table.c, table.c
    columns = (
        a.source, a.key, a.story, a.language, a.published, a.first_seen, t.stated, t.publisher, t.page, t.title, t.sketch,
    )  # fmt: skip
    same = (a.source == t.source) & (a.key == t.key)
    return sa.select(*columns).outerjoin_from(article_table, table, same).where(a.draft.is_(sa.false()))


_ARTICLES = _articles()


def _of(
    connection: sa.Connection, select: sa.Select[Any], column: sa.ColumnElement[str], stories: Sequence[StoryKey]
) -> Iterator[Any]:
    for start in range(0, len(stories), _BATCH):
        yield from connection.execute(select.where(column.in_(stories[start : start + _BATCH])))


def memory(connection: sa.Connection) -> dict[StoryKey, StoryKey]:
    """Every story that was joined, and the one it is shown as."""
    return {row.story: row.shown_as for row in connection.execute(sa.select(joined).order_by(joined.c.story))}


def with_absorbed(connection: sa.Connection, stories: Collection[StoryKey]) -> set[StoryKey]:
    """These stories, and those that were joined into them."""
    into: dict[StoryKey, list[StoryKey]] = {}
    for story, shown_as in memory(connection).items():
        into.setdefault(shown_as, []).append(story)
    found, fresh = set(stories), list(stories)
    while fresh:
        fresh = [one for story in fresh for one in into.get(story, ()) if one not in found]
        found.update(fresh)
    return found


def keep_memory(connection: sa.Connection, new: Memory) -> None:
    """Store which stories are joined now; a story that is not among them stands for itself again."""
    old = memory(connection)
    gone = sorted(old.keys() - new.keys())
    for start in range(0, len(gone), _BATCH):
        connection.execute(joined.delete().where(joined.c.story.in_(gone[start : start + _BATCH])))
    moved = [{"story": story, "shown_as": into} for story, into in new.items() if old.get(story) != into]
    if moved:
        row = insert(connection, joined)
        upsert = row.on_conflict_do_update(index_elements=["story"], set_={"shown_as": row.excluded.shown_as})
        connection.execute(upsert, moved)
