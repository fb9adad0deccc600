"""feeder backup and restore: a copy that can be relied on, and a store put back that sends nothing on its own."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import crowd
import postgres
import pytest
import sqlalchemy as sa
from doors import Server, run, tree
from test_migrations import LAST, at_version, fill, rows

from feeder.errors import StoreError
from feeder.jobs.newsroom import Newsroom
from feeder.store import Store, backup, lineage, open_store, upgrade
from feeder.store.engine import connect, file_turn
from feeder.store.tables import metadata

NOW = datetime(2026, 11, 29, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with something in every table, closed."""
    path = tmp_path / "data" / "feeder.db"
    filled = open_store(f"sqlite:///{path}")
    fill(filled)
    filled.close()
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes."""
    (tmp_path / "safe").mkdir()
    return tmp_path / "safe" / "feeder-backup.db"


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    """A small site of which a digest can be made."""
    return crowd.site(tmp_path / "news")


def content(path: Path) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
    """Every row but that which says that it was put back."""
    store = connect(f"sqlite:///{path}")
    try:
        return {
            name: [row for row in found if not str(row[0]).startswith("ledger_restored")]
            for name, found in rows(store).items()
        }
    finally:
        store.close()


def refused(store: Path, file: Path) -> str:
    with pytest.raises(StoreError) as caught:
        backup.put_back(store, file, NOW)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- backup ---


def test_a_backup_is_one_file_of_the_owner_with_everything_in_it(path: Path, file: Path) -> None:
    """Nothing lies beside it, and whoever opens it needs nothing else."""
    saved = backup.save(path, file, replace=False)
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600
    assert (saved.version, saved.size) == (LAST, file.stat().st_size)
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as alone:
        assert alone.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert content(file) == content(path)


def test_a_backup_is_of_one_moment_while_others_write(path: Path, file: Path) -> None:
    """Two facts that change in one transaction are equal in every backup."""
    store, over = connect(f"sqlite:///{path}"), threading.Event()
    meta = metadata.tables["meta"]

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with store.write() as connection:
                for name in ("one", "other"):
                    connection.execute(meta.delete().where(meta.c.name == name))
                    connection.execute(meta.insert().values(name=name, value=str(number) * 500))

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[str | None] = set()
    try:
        while len(seen) < 5:
            backup.save(path, file, replace=True)
            with closing(sqlite3.connect(file)) as copy:
                facts = dict(copy.execute("SELECT name, value FROM meta"))
            assert facts.get("one") == facts.get("other")
            seen.add(facts.get("one"))
    finally:
        over.set()
        writer.join()
        store.close()


def test_a_backup_overwrites_only_when_told_to(path: Path, file: Path) -> None:
    backup.save(path, file, replace=False)
    before = tree(file.parent)
    with pytest.raises(StoreError, match="is there already; choose another name, or say --force"):
        backup.save(path, file, replace=False)
    assert tree(file.parent) == before
    backup.save(path, file, replace=True)
    assert content(file) == content(path)
    with pytest.raises(StoreError, match=r"is there already; choose another name$"):
        backup.save(path, path, replace=True)


def damage(path: Path) -> None:
    """Overwrite pages in the middle, as a bad disk would."""
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xa5" * 4096 * 12)


def test_a_damaged_store_makes_no_backup(path: Path, file: Path) -> None:
    """And an earlier one stays."""
    backup.save(path, file, replace=False)
    before = tree(file.parent)
    damage(path)
    with pytest.raises(StoreError, match=r"feeder.db is damaged: |cannot be copied: "):
        backup.save(path, file, replace=True)
    assert tree(file.parent) == before


def test_what_cannot_be_saved_is_one_line(path: Path, file: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no store at .* yet"):
        backup.save(tmp_path / "none.db", file, replace=False)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE a (b)")
    with pytest.raises(StoreError, match="is a database, but not of feeder"):
        backup.save(tmp_path / "other.db", file, replace=False)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written to"):
        backup.save(path, tmp_path / "file" / "x.db", replace=False)
    assert list(file.parent.iterdir()) == []


# --- restore ---


def test_a_backup_put_back_is_the_store_and_the_one_before_is_kept(path: Path, file: Path) -> None:
    backup.save(path, file, replace=False)
    saved = content(path)
    with closing(sqlite3.connect(path)) as changed, changed:
        changed.execute("DELETE FROM retraction")
    later = content(path)
    assert later != saved
    aside = backup.put_back(path, file, NOW)
    assert aside == path.with_name("feeder.replaced-20261129T120005.db")
    assert (content(path), content(aside)) == (saved, later)
    assert path.stat().st_mode & 0o777 == aside.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in path.parent.iterdir()) == ["feeder.db", "feeder.db-turn", aside.name]
    open_store(f"sqlite:///{path}").close()


def test_a_backup_can_be_brought_to_a_place_without_a_store(path: Path, file: Path, tmp_path: Path) -> None:
    backup.save(path, file, replace=False)
    new = tmp_path / "elsewhere" / "feeder.db"
    assert backup.put_back(new, file, NOW) is None
    assert content(new) == content(path)
    assert new.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("revision", [f"{number:04d}" for number in range(1, int(LAST) + 1)])
def test_a_backup_of_every_earlier_feeder_can_be_put_back(revision: str, tmp_path: Path, file: Path) -> None:
    """Saved by it or by this one, then upgraded, then put back: the store is brought forward, the backup is not touched."""
    path = tmp_path / "data" / "feeder.db"
    store = connect(f"sqlite:///{path}")
    at_version(store, revision)
    with store.write() as connection:
        connection.execute(metadata.tables["meta"].insert().values(name="tag_authority", value="old.example"))
    store.close()
    assert backup.save(path, file, replace=False).version == revision
    bytes_before = file.read_bytes()
    open_store(f"sqlite:///{path}").close()
    backup.put_back(path, file, NOW)
    store = connect(f"sqlite:///{path}")
    assert upgrade.version(store) == LAST
    with store.read() as connection:
        assert lineage.restored(connection) == NOW
        assert (
            connection.execute(sa.text("SELECT value FROM meta WHERE name = 'tag_authority'")).scalar() == "old.example"
        )
    store.close()
    assert file.read_bytes() == bytes_before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_nothing_is_sent_from_a_store_that_was_put_back(room: Newsroom, tmp_path: Path) -> None:
    """Also where nothing else remembers what was sent. The operator's word lets it go on."""
    store = open_store(room.database_url)
    crowd.subscribe(store, room, 6)
    crowd.put_in_queue(store, crowd.make(store, room))
    path, file = room.data / "feeder.db", tmp_path / "queued.db"
    backup.save(path, file, replace=False)
    crowd.send(store, room)
    assert crowd.states(store) == {"sent": 6}
    store.close()
    for marked in (True, False):
        if not marked:
            shutil.rmtree(room.sending)
        backup.put_back(path, file, NOW + timedelta(seconds=marked))
        store = open_store(room.database_url)
        assert crowd.states(store) == {"restored": 6}
        crowd.put_in_queue(store, [])
        crowd.send(store, room)
        assert crowd.states(store) == {"restored": 6}
        store.close()


def test_a_store_that_feeder_serves_is_not_replaced(site: Path, file: Path) -> None:
    """Not between two builds either, when nobody is in it. When it has stopped, it is."""
    with Server(site) as web:
        assert run("backup", file, site=site).returncode == 0
        done = run("restore", file, site=site)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("feeder: the store is in use; stop every feeder that works on ")
        assert done.stderr.count("\n") == 1
        assert web.get("/healthz").status == 200
        assert not list((site / "data").glob("*replaced*"))
        web.stop()
    done = run("restore", file, site=site)
    assert done.returncode == 0, done.stderr
    assert "The one before is in " in done.stdout
    assert "feeder release --restored" in done.stderr
    done = run("build", site=site, env={"FEEDER_BASE_URL": web.url})
    assert done.stdout.startswith("Nothing changed: ")


def test_a_store_is_not_replaced_under_a_build(path: Path, file: Path) -> None:
    backup.save(path, file, replace=False)
    before = content(path)
    with file_turn(path.with_name("feeder.db-turn")):
        assert "the store is in use" in refused(path, file)
    assert content(path) == before


def newer(file: Path) -> str:
    with closing(sqlite3.connect(file)) as changed, changed:
        changed.execute("UPDATE alembic_version SET version_num = '0099'")
    return "the store is at version 0099, this feeder knows"


def text(file: Path) -> str:
    file.write_text("notes", encoding="utf-8")
    return "is not a backup that feeder made"


def gone(file: Path) -> str:
    file.unlink()
    return "cannot be read: No such file"


def broken(file: Path) -> str:
    damage(file)
    return "use an earlier backup"


def short(file: Path) -> str:
    with file.open("r+b") as cut:
        cut.truncate(5000)
    return ""


def foreign(file: Path) -> str:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE meta (b)")
    return "is a database, but not of feeder"


@pytest.mark.parametrize("spoil", [newer, text, gone, broken, short, foreign])
def test_what_is_no_good_backup_is_refused_and_nothing_is_touched(spoil: object, path: Path, file: Path) -> None:
    backup.save(path, file, replace=False)
    assert callable(spoil)
    says = spoil(file)
    before = tree(path.parent)
    assert says in refused(path, file)
    assert tree(path.parent) == before
    assert "is the store itself" in refused(path, path)


def test_a_damaged_store_is_what_a_backup_is_for(path: Path, file: Path) -> None:
    """It is kept, too: somebody may get something out of it."""
    backup.save(path, file, replace=False)
    saved = content(path)
    damage(path)
    remains = path.read_bytes()[4096:]  # the first page says how it is written
    aside = backup.put_back(path, file, NOW)
    assert content(path) == saved
    assert aside is not None
    assert aside.read_bytes()[4096:] == remains


def test_a_file_that_is_no_database_is_replaced_as_well(path: Path, file: Path) -> None:
    backup.save(path, file, replace=False)
    saved = content(path)
    path.write_bytes(b"\0" * 5000)
    aside = backup.put_back(path, file, NOW)
    assert content(path) == saved
    assert aside is not None
    assert aside.read_bytes() == b"\0" * 5000


def test_two_restores_in_one_second_lose_nothing(path: Path, file: Path) -> None:
    backup.save(path, file, replace=False)
    backup.put_back(path, file, NOW)
    before = tree(path.parent)
    assert "is there already" in refused(path, file)
    assert tree(path.parent) == before


# --- an older program, another engine ---


@pytest.fixture
def tomorrow(path: Path) -> Iterator[Store]:
    """A store that a newer feeder wrote."""
    newer(path)
    store = connect(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.mark.parametrize("command", [["build"], ["digest"], ["migrate"], ["status"], ["serve", "--port", "0"]])
def test_an_older_program_refuses_a_newer_store_in_one_line(command: list[str], site: Path, path: Path) -> None:
    newer(path)
    done = run(*command, "--data", path.parent, site=site)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("feeder: the store is at version 0099, this feeder knows ")
    assert done.stderr.count("\n") == 1


def test_an_older_program_can_save_a_newer_store(tomorrow: Store, path: Path, file: Path) -> None:
    """So that the way back is open before anything else."""
    assert backup.save(path, file, replace=False).version == "0099"


def test_postgresql_is_named_its_own_tools(server: postgres.Server, site: Path, file: Path) -> None:
    """With no password in the line."""
    with server.migrated() as url:
        for command, tool in (("backup", "pg_dump"), ("restore", "pg_restore")):
            done = run(command, file, site=site, env={"FEEDER_STORAGE_DATABASE_URL": url})
            assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
            assert tool in done.stderr
            assert "postgresql://" not in done.stderr
