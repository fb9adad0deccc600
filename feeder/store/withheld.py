"""Articles that were read well and fail when they are shown: kept out of every edition until they or the program change."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from feeder.model import SourceError
from feeder.store.engine import insert
from feeder.store.tables import article
from feeder.store.tables import withheld as table


def put(connection: sa.Connection, fingerprint: str, found: Iterable[SourceError]) -> None:
    """Withhold articles as they are now, from editions of this fingerprint."""
    for one in found:
        where = (article.c.source == one.source, article.c.key == one.key)
        row_hash = connection.execute(sa.select(article.c.row_hash).where(*where)).scalar()
        values = {"row_hash": row_hash or "", "fingerprint": fingerprint, "reason": one.reason}
        row = insert(connection, table).values(source=one.source, key=one.key, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["source", "key"], set_=values))


def current(connection: sa.Connection, fingerprint: str) -> list[SourceError]:
    """What is withheld from editions of this fingerprint, by source and key. An article that changed since is not."""
    same = (article.c.source == table.c.source, article.c.key == table.c.key, article.c.row_hash == table.c.row_hash)
    rows = connection.execute(
        sa.select(table.c.source, table.c.key, table.c.reason)
        .where(*same, table.c.fingerprint == fingerprint)
        .order_by(table.c.source, table.c.key)
    )
    return [SourceError(source=row.source, key=row.key, line=0, field="", reason=row.reason) for row in rows]
