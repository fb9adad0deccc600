"""A SQLite store saved in one file while others write to it, and put back.

What is put back may have been sent further than it knows: everything in it that is not sent is held until a person decides
(`feeder.store.lineage`). The store that was there before is kept beside it.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeder.errors import StoreError
from feeder.store import lineage, upgrade
from feeder.store.engine import connect, file_turn

_MAGIC = b"SQLite format 3\0"
_OURS = ("alembic_version", "meta", "entry")  #: tables that every version has
_BUSY = "the store is in use; stop every feeder that works on {path}, then restore again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A backup that was made."""

    version: str  #: of the store, as migrations count
    size: int  #: bytes


def save(store: Path, file: Path, *, replace: bool) -> Saved:
    """A checked copy of a store of any version, in one file that only its owner can read. Raises StoreError.

    Writers go on meanwhile; the copy is of one moment. `file` is there whole or not at all.
    """
    if not store.is_file():
        raise StoreError(f"there is no store at {store} yet; the first build makes it")
    if file.exists() and (not replace or file.samefile(store)):
        raise StoreError(f"{file} is there already; choose another name" + ("" if replace else ", or say --force"))
    with _draft(file) as draft:
        saved = _copied(store, draft)
        _sync(draft)
        if not replace:
            _reserve(file)
        draft.replace(file)
    _sync(file.parent)
    return saved


def put_back(store: Path, file: Path, now: datetime) -> Path | None:
    """Make a backup the store, brought forward and with its open deliveries held; where the one before is now, if any.

    Raises StoreError when the file is no backup, damaged or of a newer feeder, or when another program has the store open;
    then the store is as it was.
    """
    _recognise(file)
    if file.exists() and store.exists() and file.samefile(store):
        raise StoreError(f"{file} is the store itself")
    with _draft(store) as draft:
        found = _copied(file, draft).version
        upgrade.refuse_newer(found)
        _hold(draft, now)
        with file_turn(_turn(store), wait=False, busy=_BUSY.format(path=store)):
            return _swap(store, draft, now)


def _recognise(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(_MAGIC))
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror}") from None
    if magic != _MAGIC:
        raise StoreError(f"{file} is not a backup that feeder made")


def _turn(store: Path) -> Path:
    return store.with_name(f"{store.name}-turn")


@contextmanager
def _draft(beside: Path) -> Iterator[Path]:
    """A file of the owner's alone in the folder of another one; gone in the end, unless it was renamed."""
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=beside.parent, prefix=f".{beside.name}-")
    except OSError as error:
        raise StoreError(f"{beside.parent} cannot be written to: {error.strerror}") from None
    os.close(number)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)


def _copied(source: Path, draft: Path) -> Saved:
    """Copy a store into an empty file and check the copy. Raises StoreError when it is damaged, or no store of feeder's."""
    with closing(sqlite3.connect(draft, isolation_level=None)) as target:
        upgrade.copy_file(source, target)
        try:
            target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
            version = _version(source, target)
            trouble = [row[0] for row in target.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            trouble, version = [str(error)], ""
    if trouble != ["ok"]:
        raise StoreError(f"{source} is damaged: {trouble[0].splitlines()[0]}; use an earlier backup")
    return Saved(version=version, size=draft.stat().st_size)


def _version(source: Path, target: sqlite3.Connection) -> str:
    tables = {row[0] for row in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables.issuperset(_OURS):
        raise StoreError(f"{source} is a database, but not of feeder")
    (version,) = target.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    return str(version)


def _hold(draft: Path, now: datetime) -> None:
    """Bring the copy forward, and hold what is open in it."""
    store = connect(f"sqlite:///{draft}")
    try:
        upgrade.migrate(store, backup=False)
        with store.write() as connection:
            lineage.set_restored(connection, now)
    finally:
        store.close()
    with closing(sqlite3.connect(draft, isolation_level=None)) as alone:
        alone.execute("PRAGMA journal_mode=DELETE")
    _sync(draft)


def _swap(store: Path, draft: Path, now: datetime) -> Path | None:
    """The draft in the store's place. A store that can be read is written over in one transaction, so that no program
    can have the old one open without knowing."""
    if not store.exists() or store.stat().st_size == 0:
        for suffix in ("-wal", "-shm"):
            Path(f"{store}{suffix}").unlink(
                missing_ok=True
            )  # of a store that is gone; SQLite would take it for the new one's
        draft.replace(store)
        return None
    aside = store.with_name(f"{store.stem}.replaced-{now:%Y%m%dT%H%M%S}{store.suffix}")
    _reserve(aside)
    try:
        with closing(sqlite3.connect(store, timeout=1, isolation_level=None)) as live:
            _alone(live, store)
            with closing(sqlite3.connect(aside)) as kept:
                live.backup(kept)
            with closing(sqlite3.connect(draft)) as new:
                new.backup(live)
    except sqlite3.OperationalError as error:
        aside.unlink()
        raise StoreError(
            _BUSY.format(path=store) if _locked(error) else f"{store} cannot be written: {error}"
        ) from None
    except sqlite3.DatabaseError:  # damaged: that may be why it is replaced
        _move(store, aside)
        draft.replace(store)
    except BaseException:
        aside.unlink()
        raise
    return aside


def _alone(live: sqlite3.Connection, store: Path) -> None:
    """To leave the write-ahead journal needs a database that nobody else has open, not even idly."""
    mode = live.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    if mode != "delete":
        raise StoreError(_BUSY.format(path=store))


def _locked(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error)


def _move(store: Path, aside: Path) -> None:
    """Set a damaged store aside with its journal."""
    store.replace(aside)
    for suffix in ("-wal", "-shm"):
        side = Path(f"{store}{suffix}")
        if side.exists():
            side.replace(f"{aside}{suffix}")


def _reserve(file: Path) -> None:
    """An empty file of the owner's alone. Raises StoreError when there is one."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StoreError(f"{file} is there already; choose another name, or say --force") from None


def _sync(path: Path) -> None:
    """On the disk, before anyone relies on it. A folder cannot be asked for that on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)
