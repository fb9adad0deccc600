"""Stories taken back: put, undone, listed."""

from __future__ import annotations

import sqlalchemy as sa

from feeder.model import Retraction, StoryKey
from feeder.store.engine import insert
from feeder.store.tables import retraction as table


def put(connection: sa.Connection, one: Retraction) -> bool:
    """Remember a retraction; False when the story was retracted before: then the reason and the titles are put right."""
    values = {name: getattr(one, name) for name in Retraction.__slots__} | {"titles": dict(one.titles)}
    changed = {name: values[name] for name in ("reason", "language", "titles")}
    known = connection.execute(sa.select(table.c.story).where(table.c.story == one.story)).scalar()
    row = insert(connection, table).values(values)
    connection.execute(row.on_conflict_do_update(index_elements=["story"], set_=changed))
    return known is None


def undo(connection: sa.Connection, story: StoryKey) -> bool:
    """Forget a retraction; False when there was none."""
    return (
        connection.execute(table.delete().where(table.c.story == story).returning(table.c.story)).scalar() is not None
    )


def all_retractions(connection: sa.Connection) -> dict[StoryKey, Retraction]:
    """Every retracted story, the last retracted first."""
    rows = connection.execute(sa.select(table).order_by(table.c.at.desc(), table.c.story))
    return {row.story: Retraction(**row._mapping) for row in rows}
