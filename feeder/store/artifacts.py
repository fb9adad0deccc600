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
    inputs: str  #: hash of everything it is made from; "" when it was announced and never finished
    sha256: str  #: of its bytes; ""
    size: int  #: bytes; -1


def published(connection: sa.Connection) -> dict[str, Artifact]:
    """Path -> what is there, also what was only announced."""
    columns = (table.c.path, table.c.inputs, table.c.sha256, table.c.size)
    return {row.path: Artifact(**row._mapping) for row in connection.execute(sa.select(*columns))}


def announce(connection: sa.Connection, paths: Iterable[str]) -> None:
    """Say which files are about to be written; commit it first. What is only announced is written again.

    Else a run that is killed in between could leave a file that nobody knows, or one that is taken for what it was before.
    """
    rows = [{"path": path, "inputs": "", "sha256": "", "size": -1} for path in paths]
    if rows:
        connection.execute(_upsert(connection), rows)


def put(connection: sa.Connection, artifacts: Iterable[Artifact]) -> None:
    """Remember files that are written now."""
    rows = [{name: getattr(one, name) for name in Artifact.__slots__} for one in artifacts]
    if rows:
        connection.execute(_upsert(connection), rows)


def _upsert(connection: sa.Connection) -> sa.Insert:
    row = insert(connection, table)
    moved = {name: row.excluded[name] for name in ("inputs", "sha256", "size")}
    upsert: sa.Insert = row.on_conflict_do_update(index_elements=["path"], set_=moved)
    return upsert


def remove(connection: sa.Connection, paths: Collection[str]) -> None:
    """Forget files that were deleted."""
    names = sorted(paths)
    for start in range(0, len(names), _BATCH):
        connection.execute(table.delete().where(table.c.path.in_(names[start : start + _BATCH])))
