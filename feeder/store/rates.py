"""How often something was asked for, by whom a keyed hash tells and nothing else. Exact: no window begins anew on the hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import rate as table

Limit = tuple[int, timedelta]  #: so often at most in such a time


def take(connection: sa.Connection, bucket: str, limits: Sequence[Limit], now: datetime) -> bool:
    """Count one more in a bucket if none of its limits is reached; else False, and nothing is counted."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(bucket))))
    if any(_count(connection, bucket, now - span) >= most for most, span in limits):
        return False
    row = insert(connection, table).values(bucket=bucket, window=now, count=1)
    more = {"count": table.c.count + 1}
    connection.execute(row.on_conflict_do_update(index_elements=["bucket", "window"], set_=more))
    return True


def _count(connection: sa.Connection, bucket: str, since: datetime) -> int:
    wanted = sa.select(sa.func.coalesce(sa.func.sum(table.c.count), 0))
    return int(connection.execute(wanted.where(table.c.bucket == bucket, table.c.window > since)).scalar_one())


def forget(connection: sa.Connection, before: datetime, prefix: str) -> None:
    """Take out what was counted before then in the buckets whose names begin so."""
    old = sa.and_(table.c.window <= before, table.c.bucket.startswith(prefix, autoescape=True))
    connection.execute(table.delete().where(old))
