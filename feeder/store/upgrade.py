"""Bringing a store forward. SQLite does so by itself when it is opened, after a backup; PostgreSQL only by `feeder migrate`."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from feeder.config import sqlite_path
from feeder.errors import StoreError
from feeder.store.engine import IN_MEMORY, Store, connect
from feeder.store.tables import metadata

HEAD = "0010"  #: newest revision in migrations/versions; asking alembic for it would cost half a second at each start
MIGRATIONS = Path(__file__).parent / "migrations"
_BATCH = 500
_alembic = threading.Lock()  # it keeps what it is doing in module variables


def open_store(url: str) -> Store:
    """A store ready for use. Raises StoreError when it is newer than this program, or a PostgreSQL one is older."""
    store = connect(url)
    try:
        found = version(store)
        refuse_newer(found)
        if found != HEAD and _database(store) is None:
            raise StoreError("the PostgreSQL store is not up to date; run: feeder migrate")
        if found != HEAD:
            migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def open_to_look(url: str) -> Store | None:
    """A store that stays as it is: nothing can be written. None for one of an older feeder. Raises StoreError for a newer."""
    store = connect(url, look=True)
    try:
        found = version(store)
        refuse_newer(found)
    except BaseException:
        store.close()
        raise
    if found == HEAD:
        return store
    store.close()
    return None


def bring_up_to_date(url: str) -> str:
    """Migrate any store, PostgreSQL too; returns the version it has now. Raises StoreError."""
    store = connect(url)
    try:
        refuse_newer(version(store))
        return migrate(store)
    finally:
        store.close()


def copy_in_memory(url: str) -> Store:
    """A copy of a store to try things in; of a SQLite store that does not exist yet an empty one. Raises StoreError.

    The original is only read, an older one too: it is the copy that is brought forward. For one thread.
    """
    copy = connect(IN_MEMORY)
    path = sqlite_path(url)
    if path is None:
        migrate(copy)
        _copy_rows(url, copy)
    else:
        if path.is_file():
            _fill_from(path, copy)
        refuse_newer(version(copy))
        migrate(copy)
    return copy


def _copy_rows(url: str, copy: Store) -> None:
    original = open_store(url)
    try:
        with original.read() as old, copy.write() as new:
            for table in metadata.sorted_tables:
                for rows in old.execution_options(yield_per=_BATCH).execute(sa.select(table)).partitions():
                    new.execute(table.insert(), [dict(row._mapping) for row in rows])
    finally:
        original.close()


def _fill_from(path: Path, copy: Store) -> None:
    with copy.engine.connect() as connection:
        target = connection.connection.driver_connection
        connection.rollback()  # the copy must not stand inside a transaction of its own
        assert isinstance(target, sqlite3.Connection)
        copy_file(path, target)


def copy_file(path: Path, target: sqlite3.Connection) -> None:
    """A SQLite store as it is at one moment, into an empty one; who writes to it goes on. Raises StoreError."""
    try:
        with closing(sqlite3.connect(path)) as original:
            original.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"the store {path} cannot be copied: {error}") from None


def refuse_newer(found: str) -> None:
    """Raise StoreError for a store that a newer feeder wrote."""
    if found > HEAD:
        raise StoreError(
            f"the store is at version {found}, this feeder knows {HEAD}; run the newer feeder that wrote it"
        )


def _back_up(path: Path, found: str) -> None:
    copy = path.with_suffix(f".before-{HEAD}-was-{found}.db")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(copy)) as target:
        copy_file(path, target)
    shutil.copymode(path, copy)


def version(store: Store) -> str:
    """The revision the store is at; "" for an empty one. Raises StoreError when it cannot be opened."""
    with store.read() as connection:
        return _version(connection)


def _version(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")


def migrate(store: Store, *, backup: bool = True) -> str:
    """Run every migration that is missing, in one transaction, of a SQLite file after a backup; returns the revision reached."""
    from alembic import command  # half a second to import, needed once in a store's life
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _alembic, store.write() as connection:
        found = _version(connection)
        if found == HEAD:  # another program was faster
            return HEAD
        if backup and found and (database := _database(store)):
            _back_up(Path(database), found)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return HEAD


def _database(store: Store) -> str | None:
    """The file of a SQLite store, "" when it is in memory; None for PostgreSQL."""
    return (store.engine.url.database or "") if store.engine.dialect.name == "sqlite" else None
