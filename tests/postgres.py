"""A PostgreSQL server of our own for the tests: made from the installed binaries in a temporary folder, thrown away at the end.

It sorts by the rules of a language (ICU), as many real servers do: who leaves the order to the server is found out.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from doors import missing

from feeder.store.tables import metadata
from feeder.store.upgrade import HEAD, bring_up_to_date

_FAST = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses='' "
    "-c wal_level=minimal -c max_wal_senders=0"
)
_ICU = ("--locale-provider=icu", "--icu-locale=en-US")


class Server:
    """A running server that speaks over a socket in its own folder; each test has a database to itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count()
        self._migrated = ""
        self._free: list[str] = []
        self._admin = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def empty(self) -> str:
        """The address of a new database without tables."""
        return self._create("template0")

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The address of a database with feeder's tables, all empty; used again by a later test, if it can be."""
        made = self._free.pop() if self._free else self._copy()
        yield made
        if _emptied(made):
            self._free.append(made)

    def _copy(self) -> str:
        if not self._migrated:
            made = self.empty()
            bring_up_to_date(made)
            self._migrated = str(sa.make_url(made).database)
        return self._create(self._migrated)

    def _create(self, template: str) -> str:
        name = f"t{next(self._numbers)}"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def close(self) -> None:
        self._admin.dispose()


def _emptied(url: str) -> bool:
    """Empty the tables; False when the test left others, or something that still holds them."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            names = {*metadata.tables, "alembic_version"}
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            if set(sa.inspect(connection).get_table_names()) != names or found != HEAD:
                return False
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            connection.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
            return True
    except sa.exc.DBAPIError:
        return False
    finally:
        engine.dispose()


@contextmanager
def server() -> Iterator[Server]:
    """Start and stop a server; without PostgreSQL the tests that ask for it are skipped."""
    binaries = _binaries() or missing("PostgreSQL is not installed: no initdb in PATH or in /usr/lib/postgresql")
    # a short path: a socket's address has room for 107 bytes
    folder = Path(tempfile.mkdtemp(prefix="feeder-pg-", dir="/tmp"))
    try:
        who = _give_away(folder)
        _make(binaries, folder, who)
        control: list[str | Path] = [*who, binaries / "pg_ctl", "-D", folder / "data"]
        _run(folder, *control, "-w", "-l", folder / "log", "-o", f"-k {folder} {_FAST}", "start")
        running = Server(folder)
        try:
            yield running
        finally:
            running.close()
            _run(folder, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    versions = [Path(found).resolve().parent] if found else Path("/usr/lib/postgresql").glob("*/bin")
    return max(versions, key=lambda path: float(path.parent.name) if path.parent.name.isdigit() else 0, default=None)


def _give_away(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then another user gets the folder, and what to put before a command is returned."""
    if os.getuid() != 0:
        return []
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _make(binaries: Path, folder: Path, who: list[str]) -> None:
    line: list[str | Path] = [
        *who,
        binaries / "initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    try:
        _run(folder, *line, "--locale=C.UTF-8", *_ICU)
    except subprocess.CalledProcessError:  # a build without ICU
        shutil.rmtree(folder / "data", ignore_errors=True)
        _run(folder, *line, "--locale=C")


def _run(folder: Path, *line: str | Path) -> None:
    environ = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [str(part) for part in line],
        check=True,
        cwd=folder,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
