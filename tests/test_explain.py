"""`feeder explain` answers for any file, good, bad or foreign, and changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from doors import run
from walk import NOW, article, build, bytes_of, newsroom, write

from feeder.errors import NotFound, StoreError
from feeder.jobs import compile as digests
from feeder.jobs import explain, retract
from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.store import Store, open_store, open_to_look

#: The object of the contract, field by field.
FIELDS = {
    "path", "story", "language", "title", "deck", "publisher", "authors", "dateline", "published", "first_seen", "updated",
    "event_date", "event_date_inferred", "caption", "paragraphs", "notices", "related", "dropped", "places", "problems", "tags",
    "entries", "feeds", "issues", "quarantined", "same_story",
}  # fmt: skip
ENTRY = {"title", "language", "label", "dateline", "date", "places", "topics", "url"}


@pytest.fixture
def opened(room: Newsroom) -> Iterator[Store]:
    """The store of the sample site, built."""
    store = open_store(room.database_url)
    build(store, room)
    yield store
    store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Newsroom:
    return newsroom(
        tmp_path / "desk",
        {"vigil.en.md": article("Vigil", "One. Two.", published="2026-11-12T10:00:00+02:00", places="Almaty")},
    )


def of(room: Newsroom, store: Store | None, name: str) -> dict[str, Any]:
    found = explain.of_file(room.folder / "articles" / name, room, store)
    assert json.loads(json.dumps(found)) == found  # what --json prints
    assert found.keys() == FIELDS
    return found


def test_a_saved_page_is_explained_field_by_field(room: Newsroom, opened: Store) -> None:
    found = of(room, opened, "2022-06-500th-day.en.txt")
    assert (found["story"], found["language"], found["publisher"]) == ("2022-06-500th-day", "en", "AsiaNews")
    assert (found["authors"], found["event_date"]) == (["Sample Desk"], "2022-06")
    assert found["published"] == "2026-11-14T10:00:00+05:00"
    assert found["dateline"]["place"] == "kz-almaty"
    assert found["caption"]
    assert len(found["paragraphs"]) > 5
    assert found["notices"]
    assert found["related"]
    assert all(one.keys() == {"title", "date", "url"} for one in found["related"])
    assert all(one.keys() == {"line", "text", "reason"} and one["reason"] for one in found["dropped"])
    almaty = next(one for one in found["places"] if one["id"] == "kz-almaty")
    assert almaty["mentions"] > 1
    assert almaty["names"] == {"en": "Almaty", "kk": "Алматы", "ru": "Алматы"}
    assert found["quarantined"] is False


def test_every_entry_of_the_story_is_shown_as_its_readers_see_it(room: Newsroom, opened: Store) -> None:
    """Also those in other languages; a fallback carries its label."""
    entries = of(room, opened, "2022-06-500th-day.en.txt")["entries"]
    assert entries.keys() == {"en", "kk", "ru"}
    assert all(one.keys() == ENTRY for one in entries.values())
    assert (entries["en"]["language"], entries["en"]["label"]) == ("en", None)
    assert (entries["kk"]["language"], entries["kk"]["label"]) == ("ru", "Орыс тілінде")
    assert entries["kk"]["date"] == "2022 жылғы маусым"
    assert entries["ru"]["url"] == "https://news.example.org/ru/stories/2022-06-500th-day/"
    assert all(1 <= len(one["places"]) <= 5 for one in entries.values())


def test_explaining_changes_nothing(room: Newsroom, opened: Store, site: Path) -> None:
    """Not one byte of the site, its store or its output; nor does it make a store."""
    opened.close()
    before = bytes_of(site)
    database = hashlib.sha256((room.data / "feeder.db").read_bytes()).digest()
    for name in ("articles/2022-06-500th-day.en.txt", "feeder.toml"):
        done = run("explain", "--json", site / name, site=site)
        assert done.returncode == 0, done.stderr
    done = run("explain", "2022-06-500th-day", site=site)
    assert done.returncode == 0, done.stderr
    assert bytes_of(site) == before
    assert hashlib.sha256((room.data / "feeder.db").read_bytes()).digest() == database


def test_an_older_store_stays_as_it_is(room: Newsroom, opened: Store, site: Path) -> None:
    """It is not brought forward, and the file is explained without it."""
    with opened.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    opened.close()
    before = {path.name: path.read_bytes() for path in room.data.glob("feeder*")}
    done = run("explain", "--json", site / "articles" / "2022-06-500th-day.en.txt", site=site)
    assert done.returncode == 0
    assert done.stderr.startswith("The store is of an older feeder and stays so; feeder build brings it up to date.")
    assert json.loads(done.stdout)["feeds"][0]["in"] is False
    assert {path.name: path.read_bytes() for path in room.data.glob("feeder*")} == before


def test_nothing_can_be_written_while_looking(room: Newsroom, opened: Store) -> None:
    """Whoever explains cannot change the store even by mistake, and leaves no side files."""
    opened.close()
    before = sorted(path.name for path in room.data.iterdir())
    look = open_to_look(room.database_url)
    assert look is not None
    with pytest.raises(StoreError, match="readonly"), look.write() as connection:
        connection.execute(sa.text("DELETE FROM article"))
    look.close()
    assert sorted(path.name for path in room.data.iterdir()) == before


def test_a_file_of_no_site_is_explained_too(tmp_path: Path) -> None:
    """Without a store, and none is made."""
    write(tmp_path / "note.en.md", article("Note", "It rained in Almaty."))
    done = run("explain", "--json", "note.en.md", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == FIELDS
    assert [one["id"] for one in found["places"]] == ["kz-almaty"]
    assert list(tmp_path.iterdir()) == [tmp_path / "note.en.md"]


def test_a_file_that_cannot_be_read_gives_the_same_object_with_its_problem(desk: Newsroom) -> None:
    write(desk.folder / "articles" / "bad.en.md", article("Bad", published="yesterday"))
    found = of(desk, None, "bad.en.md")
    assert found["quarantined"] is True
    (problem,) = found["problems"]
    assert problem.startswith("line 3: published: ")
    assert (found["title"], found["entries"], found["paragraphs"]) == (None, {}, [])


def test_a_file_that_is_no_article_says_what_is_one(desk: Newsroom) -> None:
    write(desk.folder / "articles" / "photo.svg", "<svg/>")
    assert ".md" in of(desk, None, "photo.svg")["problems"][0]


def test_the_clock_of_the_page_is_kept(store: Store, desk: Newsroom) -> None:
    """`published` is as stated, `first_seen` is the store's; neither is invented."""
    write(desk.folder / "articles" / "undated.en.md", article("Undated"))
    assert of(desk, None, "undated.en.md")["first_seen"] is None
    build(store, desk)
    assert of(desk, store, "vigil.en.md")["published"] == "2026-11-12T10:00:00+02:00"
    undated = of(desk, store, "undated.en.md")
    assert (undated["published"], undated["first_seen"]) == (None, NOW.isoformat())


# --- in which feeds, and why not ---


def reasons(room: Newsroom, store: Store | None, name: str) -> dict[str | None, str | None]:
    return {one["feed"]: one["why"] for one in of(room, store, name)["feeds"]}


def test_a_published_article_names_its_feeds(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    assert reasons(desk, store, "vigil.en.md") == dict.fromkeys(
        [f"{locale}/feed.atom" for locale in ("en", "kk", "ru")]
        + [f"{locale}/places/kz-almaty/feed.atom" for locale in ("en", "kk", "ru")]
        + ["feed.atom"]
    )


def test_an_article_names_the_feeds_of_its_topics(store: Store, desk: Newsroom) -> None:
    """With the tags as written, and the topics in each language."""
    write(
        desk.folder / "articles" / "roads.en.md", article("Roads", published="2026-11-13", tags="[court, Steppe Roads]")
    )
    build(store, desk)
    found = of(desk, store, "roads.en.md")
    assert found["tags"] == ["court", "Steppe Roads"]
    assert [found["entries"][code]["topics"] for code in ("en", "kk")] == [
        ["Courts", "Steppe Roads"],
        ["Сот", "Steppe Roads"],
    ]
    inside = {one["feed"] for one in found["feeds"] if one["in"]}
    assert {
        f"{code}/topics/{key}/feed.atom" for code in ("en", "kk", "ru") for key in ("courts", "steppe-roads")
    } <= inside
    assert of(desk, None, "roads.en.md")["entries"]["ru"]["topics"] == ["Суд", "Steppe Roads"]


def test_an_article_that_is_in_no_feed_says_why(store: Store, desk: Newsroom, tmp_path: Path) -> None:
    assert "feeder build reads it" in str(reasons(desk, None, "vigil.en.md")[None])
    folder = desk.folder / "articles"
    write(folder / "draft.en.md", article("Draft", draft="true"))
    write(folder / "_hidden.en.md", article("Hidden"))
    write(folder / "a.en.md", article("Twin", story="vigil"))
    write(tmp_path / "foreign.en.md", article("Foreign"))
    build(store, desk)
    assert "draft" in str(reasons(desk, store, "draft.en.md")[None])
    assert "underscore" in str(reasons(desk, store, "_hidden.en.md")[None])
    assert "a.en.md is the same story" in str(reasons(desk, store, "vigil.en.md")[None])
    foreign = explain.of_file(tmp_path / "foreign.en.md", desk, store)
    assert "not in a source" in foreign["feeds"][0]["why"]


def test_an_old_article_says_how_many_are_before_it(store: Store, desk: Newsroom) -> None:
    """In the feeds of its places as well."""
    small = newsroom(desk.folder, feeds_window="1")
    write(desk.folder / "articles" / "newer.en.md", article("Newer", published="2026-11-13", places="Almaty"))
    build(store, small)
    found = reasons(small, store, "vigil.en.md")
    assert found["kk/feed.atom"] == "the feed has room for 1; those in it were published or corrected later"
    assert (
        found["kk/places/kz-almaty/feed.atom"]
        == "the feed has room for 1; those in it were published or corrected later"
    )


def test_readers_who_are_shown_no_other_language_have_no_entry(store: Store, desk: Newsroom) -> None:
    toml = (desk.folder / "feeder.toml").read_text(encoding="utf-8")
    write(desk.folder / "feeder.toml", f"fallback = {{kk = []}}\n{toml}")
    room = newsroom(desk.folder)
    build(store, room)
    found = of(room, store, "vigil.en.md")
    assert found["entries"].keys() == {"en", "ru"}
    assert "no language" in str(reasons(room, store, "vigil.en.md")["kk/feed.atom"])


def issues_of(room: Newsroom, store: Store, name: str, now: datetime = NOW) -> dict[str, tuple[bool, str | None]]:
    found = explain.of_file(room.folder / "articles" / name, room, store, now)["issues"]
    return {one["issue"]: (one["in"], one["why"]) for one in found}


def test_the_issues_that_told_it_are_named(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    assert of(desk, store, "vigil.en.md")["issues"] == [
        {"issue": None, "in": False, "why": "no digest has told this story yet"}
    ]
    digests.compile_week(store, desk, Week(2026, 46), NOW)
    told = of(desk, store, "vigil.en.md")["issues"]
    assert [one["issue"] for one in told] == ["2026-W46-en", "2026-W46-kk", "2026-W46-ru"]
    next_one = issues_of(desk, store, "vigil.en.md")["2026-W47"]
    assert next_one == (False, "was in an earlier issue")


def test_the_next_issue_is_told_before_it_is_made(store: Store, desk: Newsroom) -> None:
    """Until Tuesday night that of the week that is over, unless it was made or found empty; then the current one."""
    write(desk.folder / "articles/late.en.md", article("Late", published="2026-11-14", pinned="true"))
    build(store, desk)
    assert issues_of(desk, store, "late.en.md") == {"2026-W46": (True, "would be its lead; this issue is not made yet")}
    assert issues_of(desk, store, "late.en.md", NOW + timedelta(days=2)).keys() == {"2026-W47"}
    write(desk.folder / "articles/tomorrow.en.md", article("Tomorrow", published="2026-11-17"))
    build(store, desk)
    assert issues_of(desk, store, "tomorrow.en.md") == {
        "2026-W46": (False, "was published after the end of week 2026-W46")
    }
    digests.compile_week(store, desk, Week(2026, 46), NOW)
    assert issues_of(desk, store, "tomorrow.en.md")["2026-W47"][0]


def test_an_issue_that_might_have_told_a_story_says_why_it_did_not(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    digests.compile_week(store, desk, Week(2026, 46), NOW)
    write(desk.folder / "articles/late.en.md", article("Late", published="2026-11-14"))
    build(store, desk, later=24 * 7)
    found = issues_of(desk, store, "late.en.md", NOW + timedelta(days=7))
    assert found["2026-W46-kk"] == (False, "was not here yet when the issue was made, 2026-11-16 08:00")
    digests.compile_week(store, desk, Week(2026, 47), NOW + timedelta(days=7))
    found = issues_of(desk, store, "late.en.md", NOW + timedelta(days=7))
    assert found["2026-W46-kk"] == (False, "is told in the issue of week 2026-W47, and a story is told once")
    assert found["2026-W47-kk"] == (True, None)


def test_a_retracted_story_is_in_no_issue_to_come(store: Store, desk: Newsroom) -> None:
    build(store, desk)
    retract.retract(store, desk, "vigil", "Wrong.", with_titles=True, now=NOW)
    assert issues_of(desk, store, "vigil.en.md") == {None: (False, "the story is retracted")}


# --- stories ---


def test_a_story_is_found_by_its_key_and_by_any_of_its_ids(room: Newsroom, opened: Store) -> None:
    by_key = explain.of_story("2022-06-500th-day", room, opened)
    by_id = explain.of_story("tag:news.example.org,2026:stories/2022-06-500th-day/kk", room, opened)
    assert by_key == by_id
    assert [one["language"] for one in by_key["articles"]] == ["en", "ru"]
    assert all(one.keys() == FIELDS for one in by_key["articles"])
    assert all(one["feeds"][0]["in"] for one in by_key["articles"])


def test_an_unknown_story_is_said_so(room: Newsroom, opened: Store) -> None:
    with pytest.raises(NotFound, match="there is no story 'nowhere'"):
        explain.of_story("nowhere", room, opened)
