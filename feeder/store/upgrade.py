"""Bringing a store forward. SQLite does so by itself when it is opened, after a backup; PostgreSQL only by `feeder migrate`."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from feeder.errors import StoreError
from feeder.store.engine import Store, connect
from feeder.store.tables import metadata

HEAD = "0001"  #: newest revision in migrations/versions; asking alembic for it would cost half a second at each start


def open_store(url: str) -> Store:
    """A store ready for use. Raises StoreError when it is newer than this program, or a PostgreSQL one is older."""
    store = connect(url)
    try:
        found = version(store)
        if found != HEAD:
            _bring_forward(store, found)
    except sa.exc.OperationalError as error:
        raise StoreError(f"cannot open the store: {str(error.orig).strip().splitlines()[0]}") from None
    return store


def bring_up_to_date(url: str) -> str:
    """Migrate any store, PostgreSQL too; returns the version it has now. Raises StoreError."""
    store = connect(url)
    try:
        if version(store) != HEAD:
            _bring_forward(store, version(store), by_hand=True)
        return version(store)
    except sa.exc.OperationalError as error:
        raise StoreError(f"cannot open the store: {str(error.orig).strip().splitlines()[0]}") from None
    finally:
        store.close()


def copy_in_memory(url: str) -> Store:
    """A copy of a store to try things in; of a SQLite store that does not exist yet an empty one. Raises StoreError."""
    copy = connect("sqlite://")
    migrate(copy)
    path = sa.make_url(url).database if url.startswith("sqlite") else None
    if path is None or Path(path).is_file():
        original = open_store(url)
        with original.read() as old, copy.write() as new:
            for table in metadata.sorted_tables:
                if rows := [dict(row._mapping) for row in old.execute(sa.select(table))]:
                    new.execute(table.insert(), rows)
        original.close()
    return copy


def _bring_forward(store: Store, found: str, *, by_hand: bool = False) -> None:
    if found > HEAD:
        raise StoreError(
            f"the store is at version {found}, this feeder knows {HEAD}; run the newer feeder that wrote it"
        )
    if store.engine.dialect.name != "sqlite" and not by_hand:
        raise StoreError("the PostgreSQL store is not up to date; run: feeder migrate")
    if found and store.engine.dialect.name == "sqlite":
        _back_up(Path(str(store.engine.url.database)), found)
    migrate(store)


def _back_up(path: Path, found: str) -> None:
    copy = path.with_suffix(f".before-{HEAD}-was-{found}.db")
    with sqlite3.connect(path) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    shutil.copymode(path, copy)


def version(store: Store) -> str:
    """The revision the store is at; "" for an empty one."""
    with store.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")


def migrate(store: Store) -> str:
    """Run every migration that is missing, in one transaction; returns the revision reached."""
    from alembic import command  # half a second to import, needed once in a store's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return HEAD
