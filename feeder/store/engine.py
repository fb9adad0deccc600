"""Opening a database: SQLite by default, PostgreSQL by URL, the same tables and statements on both."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import sqlite

from feeder.config import sqlite_path
from feeder.errors import StoreError

#: A reader sees one state of the store however long it looks; SQLite's readers always do.
_READING: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"feeder_read": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
IN_MEMORY = "sqlite://"
_TURN = 7093517  #: any number that no other user of the same PostgreSQL database takes


class Store:
    """A database with feeder's tables. Reading and writing happen inside `read()` and `write()`, each one transaction.

    What the database refuses (locked, full, gone, damaged) is raised as a StoreError of one line.
    """

    def __init__(self, engine: sa.Engine, turn: Callable[[], AbstractContextManager[None]]) -> None:
        self.engine = engine
        self._turn = turn
        self._reading = _READING[engine.dialect.name]

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        with plain(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One unchanging state of the store, which writers may meanwhile move on from."""
        with (
            plain(),
            self.engine.connect().execution_options(**self._reading) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One job at a time, in this process or another; the next waits here. Readers and short writes go on meanwhile.

        What it guards is longer than a transaction: a build that publishes what it read. Held by a process that was
        killed, it is free again. Not to be taken twice by one thread.
        """
        with plain(), self._turn():
            yield

    def settle(self) -> None:
        """Take what was erased out of SQLite's journal too, where it would stay until that is written over."""
        if self.engine.dialect.name == "sqlite":
            with plain(), self.engine.connect() as connection:
                raw = connection.connection.driver_connection
                connection.rollback()  # not inside a transaction
                assert raw is not None
                raw.execute("PRAGMA busy_timeout=0")  # who reads just now is not waited for; there is a next time
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                raw.execute("PRAGMA busy_timeout=30000")

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def plain() -> Iterator[None]:
    """Failures of the database in one line; mistakes in our statements stay what they are."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        if _is_ours(error):
            raise
        what = str(error.orig).strip().splitlines()[0]
        if "locked" in what:
            raise StoreError("the store is locked by another program; wait until that is done, or stop it") from None
        raise StoreError(f"the store cannot be used: {what}") from None


def _is_ours(error: sa.exc.DatabaseError) -> bool:
    mistakes = (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError, sa.exc.NotSupportedError)
    denied = (
        getattr(error.orig, "sqlstate", None) == "42501"
    )  # insufficient_privilege, which psycopg files under mistakes
    return isinstance(error, mistakes) and not denied


def connect(url: str, *, look: bool = False) -> Store:
    """A store at `sqlite:///path` or `postgresql://…`; the tables are not looked at. Raises StoreError for a wrong URL.

    `look`: no file is made, and nothing can be written.
    """
    if path := sqlite_path(url):
        return _sqlite_look(path) if look else _sqlite(path)
    if url == IN_MEMORY:
        return Store(_sqlite_engine(None), nullcontext)
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # the address is not repeated: it may hold a password
        raise StoreError("storage.database_url is not a database address; use sqlite:///… or postgresql://…") from None
    if address.get_backend_name() != "postgresql":
        raise StoreError(
            f"storage.database_url: feeder stores in SQLite or PostgreSQL, not in {address.get_backend_name()}"
        )
    return _postgresql(address.set(drivername="postgresql+psycopg"))


def _postgresql(address: sa.URL) -> Store:
    try:
        engine = sa.create_engine(address, hide_parameters=True)  # they may be addresses, and errors end up in logs
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs one more package: pip install 'feeder[postgres]'") from None

    @contextmanager
    def turn() -> Iterator[None]:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock(_TURN)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_TURN)))

    return Store(engine, turn)


def _sqlite(path: Path) -> Store:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # the owner's alone; SQLite gives its side files the same mode
    except OSError as error:
        raise StoreError(
            f"the store {path} cannot be used: {error.strerror}; choose another place with --data"
        ) from None
    return Store(_sqlite_engine(str(path)), lambda: file_turn(path.with_name(f"{path.name}-turn")))


def _sqlite_look(path: Path) -> Store:
    """Not `mode=ro`: that leaves the side files behind which it needs for looking, and the last writer would take away."""
    address = f"file:{quote(str(path))}?mode=rw"
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,
        creator=lambda: sqlite3.connect(address, uri=True, check_same_thread=False),
    )
    event.listen(engine, "connect", _prepare_look)
    event.listen(engine, "begin", _begin)
    return Store(engine, nullcontext)


def _prepare_look(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=30000", "query_only=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_engine(database: str | None) -> sa.Engine:
    address = sa.URL.create("sqlite", database=database)
    engine = sa.create_engine(address, json_deserializer=msgspec.json.decode, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def file_turn(path: Path, *, wait: bool = True, busy: str = "") -> Iterator[None]:
    """A lock the kernel holds on a file, never on the database itself: closing that would drop SQLite's own locks.

    Not to `wait` for another program raises StoreError with the text `busy`.
    """
    try:
        file = path.open("ab")
    except OSError as error:
        raise StoreError(f"the store cannot be used: {path}: {error.strerror}") from None
    with file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise StoreError(busy) from None
        yield


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    connection.execute("PRAGMA busy_timeout=30000")
    _write_ahead(connection)
    for pragma in (
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):  # a container may have no place for temporary files
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Switch a new store's journal. Two programs that do so at once are told "locked" without waiting, so we wait."""
    for pause in (0.05,) * 100:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(pause)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: sa.Connection) -> None:
    # A writer takes the lock at once: upgrading a reader later fails without waiting. A reader must not take it.
    reading = connection.get_execution_options().get("feeder_read")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """INSERT with ON CONFLICT, which SQLAlchemy spells per dialect. Ask .returning(), never .rowcount: psycopg says -1."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 20 ms, which a site on SQLite keeps

    return postgresql.insert(table)
