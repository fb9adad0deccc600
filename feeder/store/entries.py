"""Entries and their ids: minted once per story and locale, kept whatever happens to title, address or domain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from feeder.model import EntryHead, Locale, StoryKey
from feeder.store.engine import insert
from feeder.store.tables import entry as table
from feeder.store.tables import meta, redirect


def tag_authority(connection: sa.Connection) -> str | None:
    """The authority of all ids, stored at the first build."""
    return connection.execute(sa.select(meta.c.value).where(meta.c.name == "tag_authority")).scalar()


def keep_tag_authority(connection: sa.Connection, authority: str) -> None:
    """Store the authority, unless there is one: ids outlive a change of the domain."""
    row = insert(connection, meta).values(name="tag_authority", value=authority).on_conflict_do_nothing()
    connection.execute(row)


def heads(
    connection: sa.Connection, only: Collection[StoryKey] | None = None
) -> dict[tuple[StoryKey, Locale], EntryHead]:
    """Every entry ever minted, also of stories that are gone; `only` those of some stories."""
    columns = [table.c[name] for name in EntryHead.__slots__]
    asked = sa.select(*columns).order_by(table.c.story, table.c.locale)
    rows = connection.execute(asked if only is None else asked.where(table.c.story.in_(only)))
    return {(row.story, row.locale): EntryHead(**row._mapping) for row in rows}


def put(
    connection: sa.Connection,
    new: Mapping[tuple[StoryKey, Locale], EntryHead],
    old: Mapping[tuple[StoryKey, Locale], EntryHead],
) -> None:
    """Store what is new or changed. The uid of an existing entry never changes."""
    fresh = [_values(minted) for key, minted in new.items() if key not in old]
    changed = [_changes(old[key], minted) for key, minted in new.items() if key in old and old[key] != minted]
    if fresh:
        connection.execute(table.insert(), fresh)
    if changed:
        connection.execute(_UPDATE, changed)


def _values(minted: EntryHead) -> dict[str, object]:
    return {name: getattr(minted, name) for name in EntryHead.__slots__}


def _changes(before: EntryHead, minted: EntryHead) -> dict[str, object]:
    # SQLAlchemy sets every column it is given a value for, whatever the statement says
    return {name: value for name, value in _values(minted).items() if name != "uid"} | {"which": before.uid}


_UPDATE = table.update().where(table.c.uid == sa.bindparam("which"))


def put_redirects(connection: sa.Connection, left: Iterable[tuple[Locale, str, StoryKey]]) -> None:
    """Keep addresses that stories have left."""
    rows = [{"locale": locale, "slug": slug, "story": story} for locale, slug, story in left]
    if rows:
        row = insert(connection, redirect)
        moved = row.on_conflict_do_update(index_elements=["locale", "slug"], set_={"story": row.excluded.story})
        connection.execute(moved, rows)


def redirects(connection: sa.Connection) -> list[tuple[Locale, str, StoryKey]]:
    """Old addresses of stories: locale, slug, story."""
    c = redirect.c
    rows = connection.execute(sa.select(c.locale, c.slug, c.story).order_by(c.locale, c.slug))
    return [(row.locale, row.slug, row.story) for row in rows]


def story_of(connection: sa.Connection, uid: str) -> StoryKey | None:
    """The story of the entry with a tag: URI."""
    return connection.execute(sa.select(table.c.story).where(table.c.uid == uid)).scalar()
