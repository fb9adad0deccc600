"""Which kept bytes each entry of a feed was made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from feeder.model import Original
from feeder.store.engine import insert
from feeder.store.tables import meta
from feeder.store.tables import original as table

_PRUNED = "raw pruned"


def put(connection: sa.Connection, found: Sequence[Original]) -> None:
    """Remember what entries were made from. One without a page keeps the page that it had."""
    for one in found:
        values = {name: getattr(one, name) for name in Original.__slots__}
        moved = {name: value for name, value in values.items() if name not in ("source", "key")}
        if not one.page:
            del moved["page"]
        row = insert(connection, table).values(**values)
        connection.execute(row.on_conflict_do_update(index_elements=["source", "key"], set_=moved))


def of_source(connection: sa.Connection, source: str) -> list[Original]:
    """Those of all entries of a feed, in the order of their keys."""
    rows = connection.execute(sa.select(table).where(table.c.source == source).order_by(table.c.key))
    return [Original(**row._mapping) for row in rows]


def latest(connection: sa.Connection, source: str) -> str:
    """The name of the document that a feed sent last; "" when none is kept."""
    last = sa.select(table.c.document).where(table.c.source == source).order_by(table.c.fetched.desc()).limit(1)
    return str(connection.execute(last).scalar() or "")


def forget(connection: sa.Connection, kept: Collection[str]) -> None:
    """Forget sources that are no longer configured."""
    connection.execute(table.delete().where(table.c.source.not_in(kept)))


def pruned(connection: sa.Connection) -> str:
    """The day on which what is too old was removed the last time; "" for never."""
    return str(connection.execute(sa.select(meta.c.value).where(meta.c.name == _PRUNED)).scalar() or "")


def put_pruned(connection: sa.Connection, now: datetime) -> None:
    row = insert(connection, meta).values(name=_PRUNED, value=now.date().isoformat())
    day = {"value": now.date().isoformat()}
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=day))
