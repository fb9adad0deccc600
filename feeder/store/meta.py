"""What a store knows of itself: a name and a text for each fact."""

from __future__ import annotations

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import meta as table


def value(connection: sa.Connection, name: str) -> str | None:
    """A fact, or None."""
    return connection.execute(sa.select(table.c.value).where(table.c.name == name)).scalar()


def put(connection: sa.Connection, name: str, text: str) -> None:
    """Keep a fact in place of the one before."""
    row = insert(connection, table).values(name=name, value=text)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": text}))


def put_first(connection: sa.Connection, name: str, text: str) -> str:
    """Keep a fact unless there is one; returns what is kept."""
    row = insert(connection, table).values(name=name, value=text).on_conflict_do_nothing()
    connection.execute(row)
    return str(connection.execute(sa.select(table.c.value).where(table.c.name == name)).scalar_one())
