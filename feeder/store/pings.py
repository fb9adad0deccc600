"""What the hub is still to be told of: one line for each feed that changed, kept until the hub has taken it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import ping as table

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A feed of whose change the hub does not know yet."""

    path: str  #: of the feed: "kk/feed.atom"; its address is made when it is told, so that it is that of today
    changes: int  #: that are told with it
    since: datetime  #: when the first of them was published
    attempts: int
    due: datetime  #: when to try next
    last_error: str  #: ""


def add(connection: sa.Connection, paths: Iterable[str], now: datetime) -> None:
    """Remember feeds that changed. One that waits already goes on waiting as it is: a hub that is down stays down."""
    fresh = {"changes": 1, "since": now, "attempts": 0, "due": now, "last_error": ""}
    rows = [{"path": path, **fresh} for path in paths]
    if rows:
        merged = {"changes": table.c.changes + 1}
        connection.execute(insert(connection, table).on_conflict_do_update(index_elements=["path"], set_=merged), rows)


def waiting(connection: sa.Connection) -> list[Waiting]:
    """Every feed the hub is to be told of, by path."""
    return [Waiting(**row._mapping) for row in connection.execute(sa.select(table).order_by(table.c.path))]


def settle(connection: sa.Connection, one: Waiting) -> None:
    """The hub knows, or never will. A feed that changed again since `one` was read waits on."""
    connection.execute(table.delete().where(table.c.path == one.path, table.c.changes == one.changes))


def failed(connection: sa.Connection, path: str, error: str, due: datetime) -> None:
    """An attempt failed; the next is due then."""
    values = {"attempts": table.c.attempts + 1, "last_error": error, "due": due}
    connection.execute(table.update().where(table.c.path == path).values(values))


def postpone(connection: sa.Connection, paths: Iterable[str], due: datetime) -> None:
    """No attempt was made; the next is due then."""
    for path in paths:
        connection.execute(table.update().where(table.c.path == path).values(due=due))


def forget(connection: sa.Connection, paths: Collection[str]) -> None:
    """Feeds that are published no more."""
    names = sorted(paths)
    for start in range(0, len(names), _BATCH):
        connection.execute(table.delete().where(table.c.path.in_(names[start : start + _BATCH])))
