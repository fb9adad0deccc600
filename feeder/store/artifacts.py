"""What is published now: for each file the hash of its inputs and of its bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import artifact as table

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A published file."""

    path: str  #: relative to the output: "kk/feed.atom"
    inputs: str  #: hash of everything it is made from
    sha256: str  #: of its bytes
    size: int  #: bytes


def published(connection: sa.Connection) -> dict[str, Artifact]:
    columns = (table.c.path, table.c.inputs, table.c.sha256, table.c.size)
    return {row.path: Artifact(**row._mapping) for row in connection.execute(sa.select(*columns))}


def put(connection: sa.Connection, artifacts: Iterable[Artifact]) -> None:
    for one in artifacts:
        values = {"inputs": one.inputs, "sha256": one.sha256, "size": one.size}
        row = insert(connection, table).values(path=one.path, **values)
        connection.execute(row.on_conflict_do_update(index_elements=["path"], set_=values))


def remove(connection: sa.Connection, paths: Collection[str]) -> None:
    names = sorted(paths)
    for start in range(0, len(names), _BATCH):
        connection.execute(table.delete().where(table.c.path.in_(names[start : start + _BATCH])))
