"""The store promises the same on SQLite and PostgreSQL: every test here runs on both."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeder.articles.stories.traces import trace
from feeder.errors import NotFound, StoreError
from feeder.jobs import twins
from feeder.model import (
    Article,
    Correction,
    Dateline,
    Dropped,
    Edtf,
    Enclosure,
    EntryHead,
    Issue,
    Notice,
    PlaceId,
    Related,
    SourceError,
    Week,
)
from feeder.store import Store, articles, artifacts, entries, issues, open_store
from feeder.store.articles import Read, Weights, content_hash
from feeder.store.artifacts import Artifact
from feeder.store.tables import Instant

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
ALMATY = timezone(timedelta(hours=5))

FULL = Article(
    source="articles",
    key="picket.kk.md",
    story="picket",
    language="kk",
    title="Пикет",
    deck="Қысқаша",
    body="Бірінші абзац.\n\nЕкінші абзац.",
    markup="markdown",
    dateline=Dateline(text="АЛМАТЫ – ", place="kz-almaty", country="kz", agency="Sample"),
    authors=("Sample Desk",),
    caption="Сурет",
    publisher="Sample",
    url="https://source.example.net/1",
    slug="piket",
    published=datetime(2026, 11, 11, 8, 30, 0, 123456, tzinfo=ALMATY),
    updated=datetime(2026, 11, 12, 8, 30, tzinfo=ALMATY),
    event_date=Edtf("XXXX-02-03"),
    places=("Алматы",),
    tags=("пикет",),
    enclosures=(Enclosure(path="media/1f2e.png", type="image/png", length=10, alt="Сурет", origin="images/a.png"),),
    notices=(Notice(text="Ескерту", language="kk", kind="safety"),),
    related=(Related(title="Бұрын", url="https://source.example.net/0", published=NOW),),
    dropped=(Dropped(line=3, text="Бөлісу", reason="navigation of the site"),),
    problems=("the place 'Нигде' is not in the gazetteer",),
)


def article(key: str = "picket.en.md", **changes: Any) -> Article:
    story, language = key.rsplit("/", 1)[-1].removesuffix(".md").rsplit(".", 1)
    plain = Article(source="articles", key=key, story=story, language=language, title=story, body=story, markup="text")
    return replace(plain, **changes)


def read(one: Article, stamp: str = "1", places: Weights = ()) -> Read:
    return Read(article=one, stamp=stamp, places=places, trace=trace(one))


def put(store: Store, *found: Article, stamp: str = "1", now: datetime = NOW) -> dict[str, int]:
    with store.write() as connection:
        return dict(articles.put(connection, [read(one, stamp) for one in found], now))


def refuse(store: Store, key: str, stamp: str = "1", source: str = "articles") -> None:
    error = SourceError(source=source, key=key, line=3, field="published", reason="is not a date")
    with store.write() as connection:
        articles.put_quarantined(connection, error, stamp)


def heaviest(weights: list[Weights]) -> tuple[PlaceId, ...]:
    return tuple(sorted({place for version in weights for place, _ in version}))


def keys_of_stories(store: Store) -> list[str]:
    with store.read() as connection:
        return [story.key for story in articles.stories(connection, heaviest)]


def version_of(store: Store, story: str = "picket", language: str = "en") -> Any:
    with store.read() as connection:
        found = {one.key: one for one in articles.stories(connection, heaviest)}
    return found[story].versions[language]


# --- articles ---


def test_put_tells_what_is_new_changed_and_the_same(store: Store) -> None:
    """The counts of a build are those of the store."""
    assert put(store, article("a.en.md"), article("b.en.md")) == {"added": 2, "changed": 0, "same": 0}
    mixed = put(store, article("a.en.md"), article("b.en.md", body="more"), article("c.en.md"), stamp="2")
    assert mixed == {"added": 1, "changed": 1, "same": 1}


def test_many_articles_are_put_at_once(store: Store) -> None:
    """More than fit into one statement are stored all the same."""
    many = [article(f"s{number:04}.en.md") for number in range(1201)]
    assert put(store, *many)["added"] == 1201
    assert put(store, *many, article("one-more.en.md"))["same"] == 1201
    with store.write() as connection:
        assert articles.forget(connection, "articles", [one.key for one in many]) == 1201
    assert keys_of_stories(store) == ["one-more"]


def test_an_article_comes_back_as_it_was_put(store: Store) -> None:
    """Every field, also the offset of its own clock and the microseconds."""
    put(store, FULL)
    with store.read() as connection:
        loaded = articles.load(connection, "articles", "picket.kk.md")
    assert loaded == FULL
    assert loaded.published is not None
    assert loaded.published.utcoffset() == timedelta(hours=5)


def test_an_article_that_is_not_there_is_said_so(store: Store) -> None:
    with store.read() as connection, pytest.raises(NotFound, match="there is no article"):
        articles.load(connection, "articles", "nowhere.en.md")


def test_a_change_of_the_content_is_dated_and_first_seen_is_kept(store: Store) -> None:
    """`changed_at` is when the change was seen; another stamp, slug or date of the same content is none."""
    put(store, article())
    assert (version_of(store).first_seen, version_of(store).changed_at) == (NOW, None)
    put(store, article(slug="other", updated=LATER, problems=("a new problem",)), stamp="2", now=LATER)
    assert (version_of(store).first_seen, version_of(store).changed_at) == (NOW, None)
    put(store, article(body="new words"), stamp="3", now=LATER)
    assert (version_of(store).first_seen, version_of(store).changed_at) == (NOW, LATER)
    put(store, article(body="new words"), stamp="4", now=LATER + timedelta(days=1))
    assert version_of(store).changed_at == LATER


_OTHER: dict[str, Any] = {
    "source": "elsewhere", "key": "moved.kk.md", "slug": "basqa", "draft": True, "published": NOW, "updated": None,
    "dropped": (), "problems": (),
    "story": "other", "language": "ru", "title": "Жаңа", "deck": "", "body": "Басқа.", "markup": "text", "dateline": None,
    "authors": (), "caption": "", "publisher": "", "url": "", "event_date": None, "places": (), "tags": (),
    "story_stated": True, "alternates": (("ru", "https://source.example.net/ru/1"),),
    "enclosures": (), "notices": (), "related": (), "event_inferred": Edtf("2019-02-03"), "event_evidence": "a weekday",
    "corrections": (Correction(text="Eight, not nine."),), "pinned": True,
}  # fmt: skip
_UNSEEN = {
    "source",
    "key",
    "slug",
    "draft",
    "published",
    "updated",
    "dropped",
    "problems",
    "event_evidence",
    "alternates",
}
_UNSEEN |= {"story_stated", "pinned"}


@pytest.mark.parametrize("name", [field.name for field in fields(Article)])
def test_the_content_hash_moves_with_what_a_reader_sees_and_with_nothing_else(name: str) -> None:
    moved = replace(FULL, **{name: _OTHER[name]})
    assert moved != FULL
    assert (content_hash(moved) == content_hash(FULL)) == (name in _UNSEEN)


def test_an_image_that_only_changed_its_file_name_is_no_change() -> None:
    """Readers see its bytes, and those are in the published path."""
    renamed = replace(FULL, enclosures=(replace(FULL.enclosures[0], origin="images/b.png"),))
    assert content_hash(renamed) == content_hash(FULL)


def test_what_is_gone_is_forgotten_and_its_ids_are_not(store: Store) -> None:
    put(store, article("a.en.md"), article("b.en.md"))
    refuse(store, "bad.en.md")
    with store.write() as connection:
        entries.put(connection, {("a", "en"): head("a")}, {})
        assert articles.forget(connection, "articles", ["a.en.md", "bad.en.md", "never-was.en.md"]) == 1
    with store.read() as connection:
        assert articles.stamps(connection, "articles") == {"b.en.md": "1"}
        assert articles.quarantined(connection) == []
        assert ("a", "en") in entries.heads(connection)


def test_forgetting_one_source_leaves_the_others(store: Store) -> None:
    """Two folders may hold files of the same name."""
    put(store, article("a.en.md"), article("a.en.md", source="more", story="more"))
    refuse(store, "bad.en.md", source="more")
    with store.write() as connection:
        assert articles.sources(connection) == {"articles", "more"}
        articles.forget(connection, "articles", ["a.en.md", "bad.en.md"])
        assert articles.sources(connection) == {"more"}
    assert keys_of_stories(store) == ["more"]


def test_a_file_that_turns_bad_keeps_its_good_version_and_is_known_as_bad(store: Store) -> None:
    """Until it changes again: its stamp is the new one, so it is not read a second time."""
    put(store, article())
    refuse(store, "picket.en.md", stamp="2")
    refuse(store, "picket.en.md", stamp="3")
    with store.read() as connection:
        assert articles.stamps(connection, "articles") == {"picket.en.md": "3"}
        assert articles.refused(connection, "articles") == {"picket.en.md"}
        (error,) = articles.quarantined(connection)
    assert (error.key, error.line, error.field, error.reason) == ("picket.en.md", 3, "published", "is not a date")
    assert keys_of_stories(store) == ["picket"]
    assert put(store, article(), stamp="4")["same"] == 1
    with store.read() as connection:
        assert articles.quarantined(connection) == []


def test_of_two_files_for_one_story_and_language_the_first_by_path_is_published(store: Store) -> None:
    """In the order of code points, whatever the server's language makes of capitals: "B" comes before "a"."""
    put(store, article("a.en.md", story="picket", title="a"), article("B.en.md", story="picket", title="B"))
    assert version_of(store).key == "B.en.md"
    with store.read() as connection:
        (error,) = twins.duplicates(connection, ())
    assert (error.key, error.field) == ("a.en.md", "story")
    assert "so is B.en.md" in error.reason


def test_stories_come_in_the_order_of_their_keys(store: Store) -> None:
    """Both engines sort by code point, so slugs are given alike."""
    names = ["ә", "б", "Z", "a-b", "a", "ab", "а", "_", "É", "e"]
    put(store, *(article(f"{name}.en.md", story=name) for name in names))
    assert keys_of_stories(store) == sorted(names)


def test_a_story_is_its_versions_without_drafts(store: Store) -> None:
    put(store, article("a.en.md"), article("a.kk.md", draft=True), article("b.en.md", draft=True))
    with store.write() as connection:
        articles.put(connection, [read(article("a.ru.md"), places=(("kz-almaty", 3), ("cn", 1)))], NOW)
    with store.read() as connection:
        (story,) = articles.stories(connection, heaviest)
    assert (story.key, list(story.versions), story.places) == ("a", ["en", "ru"], ("cn", "kz-almaty"))


def test_a_source_remembers_which_folder_it_was(store: Store) -> None:
    with store.write() as connection:
        assert articles.place(connection, "articles") == ""
        articles.put_place(connection, "articles", "1:2")
        articles.put_place(connection, "articles", "3:4")
        assert (articles.place(connection, "articles"), articles.place(connection, "more")) == ("3:4", "")


# --- instants ---


_moments = st.datetimes(timezones=st.timezones() | st.just(UTC)).filter(lambda one: 1 < one.year < 9999)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(moments=st.lists(_moments, min_size=2, max_size=2))
def test_an_instant_comes_back_to_the_microsecond_and_sorts(store: Store, moments: list[datetime]) -> None:
    """Whatever its zone; SQLite's own datetimes would lose the offset."""
    values = [sa.literal(one, Instant()) for one in moments]
    with store.read() as connection:
        row = connection.execute(sa.select(*values, values[0] < values[1])).one()
    assert [one.astimezone(UTC) for one in moments] == list(row[:2])
    assert all(one.tzinfo is UTC for one in row[:2])
    assert bool(row[2]) == (moments[0] < moments[1])


def test_a_naive_datetime_is_refused(store: Store) -> None:
    with store.read() as connection, pytest.raises(sa.exc.StatementError, match="has no time zone"):
        connection.execute(sa.select(sa.literal(datetime(2026, 1, 1), Instant())))  # noqa: DTZ001  the point of the test


# --- entries ---


def head(story: str, locale: str = "en", **changes: Any) -> EntryHead:
    made = EntryHead(
        story=story, locale=locale, language="en", uid=f"tag:x,2026:{story}/{locale}", slug=story, content_hash="1",
        published=NOW, updated=NOW, number=int.from_bytes(story.encode()[:3]),
    )  # fmt: skip
    return replace(made, **changes)


def test_the_first_authority_is_the_one_that_is_kept(store: Store) -> None:
    with store.write() as connection:
        assert entries.tag_authority(connection) is None
        entries.keep_tag_authority(connection, "news.example.org")
        entries.keep_tag_authority(connection, "moved.example.net")
        assert entries.tag_authority(connection) == "news.example.org"


def test_an_entry_changes_in_all_but_its_id(store: Store) -> None:
    old = {("a", "en"): head("a"), ("b", "en"): head("b")}
    new = {
        ("a", "en"): head("a", language="kk", slug="z", uid="tag:y,2026:forged", updated=LATER),
        ("b", "en"): head("b"),
    }
    with store.write() as connection:
        entries.put(connection, old, {})
        entries.put(connection, new, old)
        kept = entries.heads(connection)
    assert kept["a", "en"] == replace(new["a", "en"], uid=old["a", "en"].uid)
    assert kept["b", "en"] == old["b", "en"]


def test_an_address_that_was_left_leads_to_the_story(store: Store) -> None:
    with store.write() as connection:
        entries.put_redirects(connection, [("kk", "eski", "a"), ("en", "old", "a")])
        entries.put_redirects(connection, [("kk", "eski", "a")])
        assert entries.redirects(connection) == [("en", "old", "a"), ("kk", "eski", "a")]


# --- artifacts ---


def test_a_file_is_announced_then_published_then_forgotten(store: Store) -> None:
    """What is announced is not what it was, until it is published."""
    made = [Artifact(path=f"en/{number}", inputs="i", sha256="s", size=number) for number in range(1100)]
    with store.write() as connection:
        artifacts.announce(connection, [one.path for one in made[:5]])
        artifacts.put(connection, made)
        assert artifacts.published(connection) == {one.path: one for one in made}
        artifacts.announce(connection, ["en/1", "en/new"])
        found = artifacts.published(connection)
        assert [(found[path].inputs, found[path].sha256, found[path].size) for path in ("en/1", "en/new")] == [
            ("", "", -1)
        ] * 2
        artifacts.remove(connection, [one.path for one in made])
        assert list(artifacts.published(connection)) == ["en/new"]


# --- issues ---


def issue(week: str, locale: str = "kk", stories: tuple[str, ...] = ("a", "b"), subject: str = "Апта") -> Issue:
    return Issue(
        id=f"{week}-{locale}", week=Week.parse(week), locale=locale, subject=subject, html="<p>ә</p>", text="ә",
        stories=stories, url=f"https://news.example.org/{locale}/digest/{week}/", dated=NOW, page="<p>ә</p>",
    )  # fmt: skip


def test_an_issue_is_made_once_and_stays_as_it_was(store: Store) -> None:
    with store.write() as connection:
        assert issues.put(connection, issue("2026-W46"), NOW) is True
        assert issues.put(connection, issue("2026-W46", subject="Басқа", stories=("c",)), LATER) is False
        assert issues.of_week(connection, Week(2026, 46)) == {"kk": issue("2026-W46")}
        assert issues.telling(connection, ["c"]) == []
        assert issues.telling(connection, ["a"]) == ["2026-W46-kk"]


def test_a_story_counts_as_told_in_every_other_week(store: Store) -> None:
    """Also in a later one: a week that is compiled late must not repeat it. Its own week's issues do not count."""
    with store.write() as connection:
        for week, story in (("2025-W52", "old"), ("2026-W01", "new"), ("2026-W46", "own"), ("2026-W47", "later")):
            issues.put(connection, issue(week, stories=(story,)), NOW)
        assert issues.told_elsewhere(connection, Week(2026, 46)) == {"old", "new", "later"}
        assert [str(one.week) for one in issues.all_issues(connection)] == [
            "2026-W47",
            "2026-W46",
            "2026-W01",
            "2025-W52",
        ]


def test_of_two_that_make_an_issue_at_once_one_succeeds(store: Store) -> None:
    """By a constraint, not by care: each week has one winner, and the issue is the winner's."""
    weeks = [str(Week.of(date(2025, 1, 6) + timedelta(weeks=number))) for number in range(20)]
    gate = threading.Barrier(2)

    def make(subject: str) -> list[bool]:
        won = []
        for week in weeks:
            gate.wait(10)
            with store.write() as connection:
                won.append(issues.put(connection, issue(week, subject=subject), NOW))
        return won

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(make, ["first", "second"])
    assert [a + b for a, b in zip(first, second, strict=True)] == [1] * len(weeks)
    with store.read() as connection:
        for week, won in zip(weeks, first, strict=True):
            (kept,) = issues.of_week(connection, Week.parse(week)).values()
            assert kept.subject == ("first" if won else "second")
            assert issues.telling(connection, ["a"]).count(kept.id) == 1


# --- transactions ---


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_of_its_work(store: Store) -> None:
    """And goes on seeing what it saw, however long it looks."""
    put(store, article("a.en.md"))
    with store.write() as writing:
        articles.put(writing, [read(article("b.en.md"))], NOW)
        assert keys_of_stories(store) == ["a"]
    with store.read() as reading:
        before = articles.stamps(reading, "articles")
        put(store, article("c.en.md"))
        assert articles.stamps(reading, "articles") == before == {"a.en.md": "1", "b.en.md": "1"}
    assert keys_of_stories(store) == ["a", "b", "c"]


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.write() as connection:
            articles.put(connection, [read(article("a.en.md"))], NOW)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        half()
    assert keys_of_stories(store) == []


def test_writers_at_once_wait_for_one_another(store: Store) -> None:
    def add(number: int) -> dict[str, int]:
        return put(store, article(f"s{number}.en.md"))

    with ThreadPoolExecutor(8) as pool:
        assert [one["added"] for one in pool.map(add, range(40))] == [1] * 40
    assert len(keys_of_stories(store)) == 40


def test_one_job_at_a_time_has_its_turn(store: Store, url: str) -> None:
    """Whether the jobs share a store or each opened its own; reading and writing go on meanwhile."""
    other = open_store(url)
    busy, most = 0, 0

    def work(which: Store) -> None:
        nonlocal busy, most
        with which.turn():
            busy += 1
            most = max(most, busy)
            put(which, article())
            threading.Event().wait(0.01)
            busy -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, [store, other] * 6))
    other.close()
    assert most == 1


_HOLD = """
import sys, time
from feeder.store import open_store
with open_store(sys.argv[1]).turn():
    print("mine", flush=True)
    time.sleep(60)
"""


def test_the_turn_of_a_killed_process_is_free_again(store: Store, url: str) -> None:
    """A crash in the night must not stop the builds of the morning."""
    with subprocess.Popen([sys.executable, "-c", _HOLD, url], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mine\n"
        waiting = threading.Event()
        had: list[bool] = []

        def wait() -> None:
            waiting.set()
            with store.turn():
                had.append(True)

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        waiting.wait(10)
        thread.join(0.2)
        assert had == []
        holder.send_signal(signal.SIGKILL)
    thread.join(20)
    assert had == [True]


# --- opening ---


def test_a_store_that_is_locked_for_long_says_so_in_one_line(tmp_path: Path) -> None:
    """Only SQLite locks the whole store, and only writers against one another."""
    url = f"sqlite:///{tmp_path / 'feeder.db'}"
    first, second = open_store(url), open_store(url)
    with second.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=20")
    with first.write(), pytest.raises(StoreError, match="locked by another program"), second.write():
        pass
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_bytes(b"These are the poems of my youth. " * 500), "not a database"),
        (lambda path: path.mkdir(), "unable to open"),
        (lambda path: path.parent.rmdir() or path.parent.write_text("a file", encoding="utf-8"), "cannot be used"),
    ],
)
def test_what_is_no_store_is_one_clear_line(tmp_path: Path, make: Callable[[Path], object], says: str) -> None:
    path = tmp_path / "data" / "feeder.db"
    path.parent.mkdir()
    make(path)
    with pytest.raises(StoreError, match=says) as caught:
        open_store(f"sqlite:///{path}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://feeder:hunter2@127.0.0.1:1/feeder",
        "postgresql://feeder:hunter2@host:port/x",
        "mysql://a:hunter2@b/c",
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line_without_the_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    """A "?" or "%" in a path is no query and no escape."""
    path = tmp_path / "100% жаңа?mode=ro#1" / "feeder.db"
    store = open_store(f"sqlite:///{path}")
    assert put(store, article())["added"] == 1
    store.close()
    assert path.is_file()


def test_a_store_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "feeder.db"
    open_store(f"sqlite:///{path}").close()
    assert path.stat().st_mode & 0o077 == 0
