"""Whether this store is the one that sent last, or a backup that was put back; and what the operator said to it.

What a store that was put back believes unsent may have been sent: it holds everything until a person decides.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from feeder.model import Week
from feeder.store import deliveries, meta
from feeder.store.engine import insert
from feeder.store.logbook import Log, Mark
from feeder.store.tables import delivery
from feeder.store.tables import meta as table

_ID, _COUNT, _RESTORED, _WORD = "ledger_id", "ledger_count", "ledger_restored", "word {}"


def mark(connection: sa.Connection) -> Mark:
    """How far this store is."""
    store, count = meta.value(connection, _ID) or "", meta.value(connection, _COUNT) or "0"
    return Mark(store=store, count=int(count))


def named(connection: sa.Connection, fresh: str) -> Mark:
    """The same; a store that has no id yet gets `fresh`."""
    meta.put_first(connection, _ID, fresh)
    return mark(connection)


def advance(connection: sa.Connection, fresh: str) -> Mark:
    """Count one further; a store that was never counted gets `fresh` as its id."""
    store = meta.put_first(connection, _ID, fresh)
    row = insert(connection, table).values(name=_COUNT, value="1")
    more = sa.cast(sa.cast(table.c.value, sa.BigInteger) + 1, sa.Text)
    row = row.on_conflict_do_update(index_elements=["name"], set_={"value": more}).returning(table.c.value)
    return Mark(store=store, count=int(connection.execute(row).scalar_one()))


def older(connection: sa.Connection, known: Mark | None) -> bool:
    """Whether the store is older than a mark beside it, or another one.

    A SQLite store that has sent and has no mark beside it was brought here from elsewhere. A PostgreSQL store may be used
    from a machine that has never sent.
    """
    own = mark(connection)
    if known is None:
        return own.count > 0 and connection.dialect.name == "sqlite"
    return known.store != own.store or own.count < known.count


def forgotten(connection: sa.Connection, log: Log) -> bool:
    """Whether the store calls a delivery queued that its owner, killed since, noted as being sent."""
    c = delivery.c
    mine = sa.select(c.id, c.owner).where(c.state == "queued", c.owner.startswith(f"{log.token}-", autoescape=True))
    return any((row.id, row.owner) in log.noted for row in connection.execute(mine))


def set_restored(connection: sa.Connection, now: datetime) -> int:
    """From now on everything is held; returns how much was open."""
    meta.put_first(connection, _RESTORED, now.isoformat())
    return deliveries.hold(connection, "restored", now)


def restored(connection: sa.Connection) -> datetime | None:
    """Since when everything is held because the store was put back; None when it is not."""
    found = meta.value(connection, _RESTORED)
    return datetime.fromisoformat(found) if found else None


def trust(connection: sa.Connection, known: Mark | None, fresh: str) -> Mark:
    """The operator's word: this store is the one to go by, and counts on from the highest number that was seen."""
    connection.execute(table.delete().where(table.c.name == _RESTORED))
    own = advance(connection, fresh)
    count = max(own.count, known.count + 1 if known else 0)
    meta.put(connection, _COUNT, str(count))
    return Mark(store=own.store, count=count)


def give_word(connection: sa.Connection, week: Week, now: datetime) -> None:
    """The operator wants the issue of a week sent, however late it is: its time counts from now."""
    meta.put(connection, _WORD.format(week), now.isoformat())


def word(connection: sa.Connection, week: Week) -> datetime | None:
    found = meta.value(connection, _WORD.format(week))
    return datetime.fromisoformat(found) if found else None
