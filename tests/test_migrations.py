"""A store is brought forward safely: SQLite by itself after a backup, PostgreSQL when the operator says so."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import postgres
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from test_store import NOW, article, head, issue, put, refuse

from feeder.errors import StoreError
from feeder.model import Retraction, SourceState
from feeder.store import (
    Store,
    articles,
    artifacts,
    entries,
    issues,
    open_store,
    pings,
    retractions,
    source_states,
    traces,
    upgrade,
)
from feeder.store.artifacts import Artifact
from feeder.store.engine import connect
from feeder.store.tables import metadata

LAST = upgrade.HEAD  #: of this feeder
NEXT = f"{int(LAST) + 1:04d}"  #: of the one after it

_SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{last}"


def upgrade() -> None:
    op.create_table("second", sa.Column("name", sa.Text))
    op.execute("UPDATE meta SET value = 'moved'")
    {more}
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Call it to become the next feeder, which has one more migration."""

    def become(more: str = "pass") -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(upgrade.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = _SECOND.format(more=more, next=NEXT, last=LAST)
        (folder / "versions" / f"v{NEXT}_second.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(upgrade, "MIGRATIONS", folder)
        monkeypatch.setattr(upgrade, "HEAD", NEXT)

    return become


def fill(store: Store) -> None:
    """Something in every table."""
    put(store, article("a.en.md"), article("a.kk.md"))
    refuse(store, "bad.en.md")
    with store.write() as connection:
        entries.keep_tag_authority(connection, "news.example.org")
        entries.put(connection, {("a", "en"): head("a")}, {})
        entries.put_redirects(connection, [("en", "old", "a")])
        artifacts.put(connection, [Artifact(path="en/index.html", inputs="i", sha256="s", size=1)])
        issues.put(connection, issue("2026-W46"), NOW)
        retractions.put(connection, Retraction(story="b", at=NOW, reason="Wrong.", language="en"))
        traces.keep_memory(connection, {"b": "a"})
        pings.add(connection, ["en/feed.atom"], NOW)
        source_states.put(connection, SourceState(key="feed", url="https://example.org/feed", next_try=NOW))


def at_version(store: Store, revision: str) -> None:
    """An empty store as an earlier feeder made it."""
    config = Config()
    config.set_main_option("script_location", str(upgrade.MIGRATIONS))
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def rows(store: Store) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
    with store.read() as connection:
        return {
            table.name: list(connection.execute(sa.select(table).order_by(*table.primary_key)))
            for table in metadata.sorted_tables
        }


def authority(store: Store) -> str | None:
    with store.read() as connection:
        return entries.tag_authority(connection)


def test_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    """Columns, types, keys, indexes: alembic would find nothing to generate."""
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_names_are_compared_by_their_bytes_on_both_engines(store: Store) -> None:
    """Whatever the locale of the server: a unique key or an ORDER BY means the same."""
    with store.read() as connection:
        found = connection.execute(sa.text("SELECT 'B' < 'a'")).scalar()
        columns = [column for table in metadata.sorted_tables for column in table.primary_key]
        types = {column.type.compile(connection.dialect) for column in columns if isinstance(column.type, sa.Text)}
    if store.engine.dialect.name == "postgresql":
        assert types == {'TEXT COLLATE "C"'}
        if not found:
            return  # this server really sorts otherwise by itself
    assert found


def test_the_newest_migration_is_the_version_the_code_asks_for() -> None:
    names = [path.name for path in (upgrade.MIGRATIONS / "versions").glob("v*.py")]
    numbers = [match[1] for name in names if (match := re.fullmatch(r"v(\d{4})_\w+\.py", name))]
    assert len(numbers) == len(names)
    assert max(numbers) == upgrade.HEAD


def test_an_older_sqlite_store_is_brought_forward_after_a_backup(
    tmp_path: Path, next_version: Callable[..., None]
) -> None:
    path = tmp_path / "feeder.db"
    store = open_store(f"sqlite:///{path}")
    fill(store)
    before = rows(store)
    store.close()
    next_version()
    store = open_store(f"sqlite:///{path}")
    assert (upgrade.version(store), authority(store)) == (NEXT, "moved")
    store.close()
    (backup,) = tmp_path.glob("feeder.before-*.db")
    assert backup.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
    old = connect(f"sqlite:///{backup}")
    assert (upgrade.version(old), rows(old)) == (LAST, before)
    old.close()


def test_an_older_postgresql_store_waits_for_the_operator(
    server: postgres.Server, next_version: Callable[..., None]
) -> None:
    """Several programs may still be running on it."""
    with server.migrated() as url:
        store = open_store(url)
        fill(store)
        next_version()
        with pytest.raises(StoreError, match="run: feeder migrate"):
            open_store(url)
        assert authority(store) == "news.example.org"
        assert upgrade.bring_up_to_date(url) == NEXT
        assert authority(store) == "moved"
        store.close()
        open_store(url).close()


def test_a_database_without_tables_gets_them(empty_url: str, engine: str) -> None:
    """A new PostgreSQL database too waits for `feeder migrate`."""
    if engine == "postgresql":
        with pytest.raises(StoreError, match="run: feeder migrate"):
            open_store(empty_url)
        upgrade.bring_up_to_date(empty_url)
    store = open_store(empty_url)
    assert upgrade.version(store) == upgrade.HEAD
    store.close()
    assert upgrade.bring_up_to_date(empty_url) == upgrade.HEAD


def test_programs_that_open_a_new_store_at_once_do_no_harm(empty_url: str, engine: str) -> None:
    gate = threading.Barrier(6)

    def start(_: int) -> str:
        gate.wait(10)
        if engine == "postgresql":
            return upgrade.bring_up_to_date(empty_url)
        store = open_store(empty_url)
        try:
            return upgrade.version(store)
        finally:
            store.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(start, range(6))) == [upgrade.HEAD] * 6


def test_a_store_of_a_newer_feeder_is_refused(store: Store, url: str) -> None:
    """By everything that could open it; nothing in it is touched."""
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
    for open_it in (open_store, upgrade.bring_up_to_date, upgrade.copy_in_memory):
        with pytest.raises(StoreError, match="at version 0099, this feeder knows"):
            open_it(url)
    assert upgrade.version(store) == "0099"


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    store: Store, url: str, next_version: Callable[..., None]
) -> None:
    """Tables and data: one transaction on both engines."""
    fill(store)
    before = rows(store)
    next_version(more="raise ArithmeticError")
    with pytest.raises(ArithmeticError):
        upgrade.bring_up_to_date(url)
    assert upgrade.version(store) == LAST
    assert rows(store) == before
    with store.read() as connection:
        assert not sa.inspect(connection).has_table("second")


def test_a_copy_in_memory_is_equal_and_leaves_the_original_alone(store: Store, url: str) -> None:
    fill(store)
    before = rows(store)
    copy = upgrade.copy_in_memory(url)
    assert rows(copy) == before
    assert put(copy, article("new.en.md"))["added"] == 1
    with copy.write() as connection:
        entries.put(connection, {("b", "en"): head("b")}, {})
    assert rows(store) == before != rows(copy)
    copy.close()


def test_a_copy_of_an_older_sqlite_store_is_brought_forward_and_the_original_is_not(
    tmp_path: Path, next_version: Callable[..., None]
) -> None:
    """To look at something must not be what migrates a store."""
    path = tmp_path / "feeder.db"
    store = open_store(f"sqlite:///{path}")
    fill(store)
    store.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    next_version()
    copy = upgrade.copy_in_memory(f"sqlite:///{path}")
    assert (upgrade.version(copy), authority(copy)) == (NEXT, "moved")
    copy.close()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["feeder.db"]


def test_a_copy_of_a_store_that_does_not_exist_is_empty_and_makes_none(tmp_path: Path) -> None:
    copy = upgrade.copy_in_memory(f"sqlite:///{tmp_path / 'feeder.db'}")
    assert not any(rows(copy).values())
    copy.close()
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_traces_has_every_article_read_again(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second revision only makes the tables: what stands in them comes from the files. Nothing else moves."""
    first = tmp_path / "first"
    shutil.copytree(upgrade.MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__", "v000[2-9]*", "v00[1-9]*"))
    with monkeypatch.context() as older:
        older.setattr(upgrade, "MIGRATIONS", first)
        older.setattr(upgrade, "HEAD", "0001")
        assert upgrade.bring_up_to_date(empty_url) == "0001"
    store = connect(empty_url)
    values = dict.fromkeys(("slug", "content_hash", "row_hash", "places", "media"), "")
    row = {"source": "articles", "key": "a.en.md", "stamp": "1", "story": "a", "language": "en", "draft": False}
    with store.write() as connection:
        connection.execute(metadata.tables["article"].insert(), [{**values, **row, "body": b"{}", "first_seen": NOW}])
    store.close()
    assert upgrade.bring_up_to_date(empty_url) == upgrade.HEAD
    store = open_store(empty_url)
    with store.read() as connection:
        assert articles.stamps(connection, "articles") == {"a.en.md": ""}
        assert connection.execute(sa.select(metadata.tables["article"].c.first_seen)).scalars().all() == [NOW]
        assert traces.suspects(connection) == []
    store.close()


def test_entries_of_the_first_version_are_numbered_by_their_publication(tmp_path: Path) -> None:
    """Their archive documents begin with the oldest; each locale counts for itself."""
    path = tmp_path / "feeder.db"
    store = connect(f"sqlite:///{path}")
    at_version(store, "0001")
    with store.write() as connection:
        for number, (story, locale, published) in enumerate(
            [("b", "en", 20), ("a", "en", 30), ("c", "en", 20), ("b", "kk", 5)]
        ):
            row = f"({number}, '{story}', '{locale}', 'en', 'u{number}', '{story}', 'h', {published}, {published})"
            connection.execute(
                sa.text(
                    f"INSERT INTO entry (id, story, locale, language, uid, slug, content_hash, published, updated) VALUES {row}"
                )
            )
    store.close()
    store = open_store(f"sqlite:///{path}")
    with store.read() as connection:
        numbers = {key: head.number for key, head in entries.heads(connection).items()}
    store.close()
    assert numbers == {("b", "en"): 1, ("c", "en"): 2, ("a", "en"): 3, ("b", "kk"): 1}


def test_the_tags_of_an_earlier_store_are_known_at_once(tmp_path: Path) -> None:
    """Also of articles whose source is away when the new feeder comes."""
    path = tmp_path / "feeder.db"
    store = connect(f"sqlite:///{path}")
    at_version(store, "0003")
    columns = (
        "id, source, key, stamp, story, language, slug, draft, content_hash, row_hash, first_seen, places, media, body"
    )
    bodies = {"a": b'{"title": "A", "tags": ["\xd0\xb0\xd0\xb4\xd0\xb0\xd0\xbc", "b"]}', "b": b'{"title": "B"}'}
    with store.write() as connection:
        for number, (story, body) in enumerate(bodies.items()):
            values = f"{number}, 's', '{story}', 'x', '{story}', 'en', '', false, 'c', 'r', 0, '[]', '[]', :body"
            connection.execute(sa.text(f"INSERT INTO article ({columns}) VALUES ({values})"), {"body": body})
    store.close()
    store = open_store(f"sqlite:///{path}")
    with store.read() as connection:
        found = {story.key: story.versions["en"].tags for story in articles.stories(connection, lambda weights: ())}
    store.close()
    assert found == {"a": ("адам", "b"), "b": ()}
