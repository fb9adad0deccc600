"""Opening a database: SQLite by default, PostgreSQL by URL, the same tables and statements on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from feeder.errors import StoreError


class Store:
    """A database with feeder's tables. Reading and writing happen inside `read()` and `write()`, each one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with self.engine.connect().execution_options(feeder_read=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str) -> Store:
    """A store at `sqlite:///path` or `postgresql://…`; the tables are not looked at. Raises StoreError for a wrong URL."""
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError(
            f"storage.database_url {url!r} is not a database address; use sqlite:///… or postgresql://…"
        ) from None
    kind = address.get_backend_name()
    if kind == "postgresql":
        return Store(_postgresql(address.set(drivername="postgresql+psycopg")))
    if kind != "sqlite":
        raise StoreError(f"storage.database_url: feeder stores in SQLite or PostgreSQL, not in {kind}")
    return Store(_sqlite(address))


def _postgresql(address: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(address)
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs one more package: pip install 'feeder[postgres]'") from None


def _sqlite(address: sa.URL) -> sa.Engine:
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # A writer takes the lock at once: upgrading a reader later fails without waiting. A reader must not take it.
    reading = connection.get_execution_options().get("feeder_read")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """INSERT with ON CONFLICT, which SQLAlchemy spells per dialect. Ask .returning(), never .rowcount: psycopg says -1."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
