"""Entries and their ids: minted once per story and locale, kept whatever happens to title, address or domain."""

from __future__ import annotations

from collections.abc import Mapping

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


def heads(connection: sa.Connection) -> dict[tuple[StoryKey, Locale], EntryHead]:
    columns = [table.c[name] for name in EntryHead.__slots__]
    rows = connection.execute(sa.select(*columns).order_by(table.c.story, table.c.locale))
    return {(row.story, row.locale): EntryHead(**row._mapping) for row in rows}


def put(
    connection: sa.Connection,
    new: Mapping[tuple[StoryKey, Locale], EntryHead],
    old: Mapping[tuple[StoryKey, Locale], EntryHead],
) -> None:
    """Store what is new or changed. A changed slug leaves a redirect behind; the uid of an existing entry never changes."""
    fresh = [minted for key, minted in new.items() if key not in old]
    changed = [(old[key], minted) for key, minted in new.items() if key in old and old[key] != minted]
    if fresh:
        connection.execute(table.insert(), [_values(minted) for minted in fresh])
    for before, after in changed:
        values = {name: value for name, value in _values(after).items() if name != "uid"}
        connection.execute(table.update().where(table.c.uid == before.uid).values(**values))
        if before.slug != after.slug:
            _leave_redirect(connection, before)


def _values(minted: EntryHead) -> dict[str, object]:
    return {name: getattr(minted, name) for name in EntryHead.__slots__}


def _leave_redirect(connection: sa.Connection, before: EntryHead) -> None:
    row = insert(connection, redirect).values(locale=before.locale, slug=before.slug, story=before.story)
    connection.execute(row.on_conflict_do_update(index_elements=["locale", "slug"], set_={"story": before.story}))


def redirects(connection: sa.Connection) -> list[tuple[Locale, str, StoryKey]]:
    """Old addresses of stories: locale, slug, story."""
    rows = connection.execute(
        sa.select(redirect.c.locale, redirect.c.slug, redirect.c.story).order_by(redirect.c.locale, redirect.c.slug)
    )
    return [(row.locale, row.slug, row.story) for row in rows]
