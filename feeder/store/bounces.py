"""Reports of messages that came back: each is remembered, so that none counts twice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import bounce as table
from feeder.store.tables import delivery


def put(connection: sa.Connection, report: str, *, at: datetime, subscriber: int | None, kind: str) -> bool:
    """Remember a report by its hash; False when it had been read before."""
    row = insert(connection, table).values(id=report, at=at, subscriber=subscriber, kind=kind)
    return connection.execute(row.on_conflict_do_nothing().returning(table.c.id)).scalar() is not None


def is_known(connection: sa.Connection, report: str) -> bool:
    """Whether a report had been read before."""
    return connection.execute(sa.select(table.c.id).where(table.c.id == report)).scalar() is not None


def last_soft(connection: sa.Connection, subscriber: int) -> datetime | None:
    """When the last soft bounce of a subscriber was read."""
    mine = sa.and_(table.c.subscriber == subscriber, table.c.kind == "soft")
    found: datetime | None = connection.execute(sa.select(sa.func.max(table.c.at)).where(mine)).scalar()
    return found


def issues_of(connection: sa.Connection, subscriber: int) -> list[str]:
    """The issues that a subscriber has a delivery of, the newest first."""
    wanted = sa.select(delivery.c.issue).where(delivery.c.subscriber == subscriber).order_by(delivery.c.id.desc())
    return [str(issue) for issue in connection.execute(wanted).scalars()]


def sent_since(connection: sa.Connection, subscriber: int, since: datetime) -> int:
    """How many issues a mail server took for a subscriber since then."""
    mine = sa.and_(delivery.c.subscriber == subscriber, delivery.c.state == "sent", delivery.c.sent > since)
    return int(connection.execute(sa.select(sa.func.count()).select_from(delivery).where(mine)).scalar_one())
