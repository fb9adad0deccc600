"""Feeds as sources of a site: what they bring is stored and published, what they break stays their own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from doors import run
from feed_server import FeedServer, served
from walk import NOW, article, bytes_of, newsroom, silent, write

from feeder.jobs import build as building
from feeder.jobs import ingest as job
from feeder.jobs.ingest import Ingested
from feeder.jobs.newsroom import Newsroom
from feeder.model import SourceState
from feeder.sources import feed
from feeder.sources.remote import Limits
from feeder.store import Store, articles, source_states

TEXT = "The council of the town has found no money for the repair of the bridge."


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    """Without the manners that would make a test long."""
    monkeypatch.setattr(feed, "PAUSE", 0.0)
    monkeypatch.setattr(feed, "_LIMITS", Limits(seconds=2, step=1))
    with served() as running:
        yield running


def rss(*items: str, language: str = "en") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>Wire</title><language>{language}</language>{inside}</channel></rss>'.encode()


def item(name: str, title: str = "", text: str = TEXT, day: int = 10) -> str:
    return (
        f'<title>{title or f"Story {name}"}</title><guid isPermaLink="false">tag:wire.example.org,2026:{name}</guid>'
        f"<link>https://wire.example.org/{name}</link><pubDate>{day} Nov 2026 09:00:00 +0500</pubDate>"
        f"<description>{text}</description>"
    )


def site(tmp_path: Path, *sources: str, files: dict[str, str] | None = None) -> Newsroom:
    """A site with a folder and feeds."""
    room = newsroom(tmp_path / "desk", files or {})
    toml = (room.folder / "feeder.toml").read_text(encoding="utf-8")
    write(room.folder / "feeder.toml", toml + "".join(sources))
    return newsroom(room.folder)


def source(web: FeedServer, path: str, more: str = "") -> str:
    return f'[[sources]]\nkind = "feed"\nurl = "{web.url}{path}"\nallow_hosts = ["{web.host}"]\n{more}\n'


def ingest(store: Store, room: Newsroom, minutes: int = 0) -> Ingested:
    return job.ingest(store, room.sources, room.site.zone, now=NOW + timedelta(minutes=minutes), progress=silent)


def numbers(found: Ingested) -> tuple[int, int, int, int, int]:
    """Added, changed, same, removed, refused."""
    return found.added, found.changed, found.same, found.removed, found.refused


def titles(store: Store) -> list[str]:
    with store.read() as connection:
        versions = [one for story in articles.stories(connection, lambda _: ()) for one in story.versions.values()]
        return sorted(articles.load(connection, one.source, one.key).title for one in versions)


def state(store: Store, web: FeedServer, path: str) -> SourceState:
    with store.read() as connection:
        return source_states.states(connection)[web.url + path]


# --- what it brings ---


def test_a_feed_is_a_window_and_what_leaves_it_stays(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a"), item("b")))
    assert numbers(ingest(store, room)) == (2, 0, 0, 0, 0)
    web.put("/feed", rss(item("b", "Story b, corrected"), item("c")))
    assert numbers(ingest(store, room, 60)) == (1, 1, 1, 0, 0)
    assert titles(store) == ["Story a", "Story b, corrected", "Story c"]
    web.put("/feed", rss())
    assert numbers(ingest(store, room, 120)) == (0, 0, 3, 0, 0)


def test_a_feed_is_not_asked_before_it_is_due(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """A build right after another asks nobody; one that is due asks only what is new."""
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a")), ETag='"one"')
    ingest(store, room)
    assert numbers(ingest(store, room, 14)) == (0, 0, 1, 0, 0)
    assert len(web.asked) == 1
    assert numbers(ingest(store, room, 17)) == (0, 0, 1, 0, 0)
    assert web.asked[1].headers["if-none-match"] == '"one"'
    assert len(web.asked) == 2


def test_a_feed_is_asked_as_seldom_as_the_operator_or_its_server_wants(
    store: Store, tmp_path: Path, web: FeedServer
) -> None:
    room = site(tmp_path, source(web, "/slow", "every = 7200"), source(web, "/fresh"))
    web.put("/slow", rss(item("a")))
    web.put("/fresh", rss(item("b")), Cache_Control="max-age=36000")
    ingest(store, room)
    for path, hours in (("/slow", 2), ("/fresh", 10)):
        wait = (state(store, web, path).next_try or NOW) - NOW
        assert timedelta(hours=hours) <= wait <= timedelta(hours=hours * 1.1)


def test_another_program_reads_the_whole_feed_again(
    store: Store, tmp_path: Path, web: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it would make of the entries may differ, so it must not be told that nothing is new."""
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a")), ETag='"one"')
    ingest(store, room)
    monkeypatch.setattr("feeder.jobs.feeds.fingerprint", lambda: "another")
    assert numbers(ingest(store, room, 60)) == (0, 0, 1, 0, 0)
    assert "if-none-match" not in web.asked[-1].headers


def test_a_document_on_disk_is_read_when_it_changes(store: Store, tmp_path: Path) -> None:
    room = site(tmp_path, '[[sources]]\nkind = "feed"\npath = "saved.rss"\nname = "Saved Wire"\n')
    path = room.folder / "saved.rss"
    assert "saved.rss: cannot be read: No such file" in ingest(store, room).away[0]
    path.write_bytes(rss(item("a")))
    assert numbers(ingest(store, room)) == (1, 0, 0, 0, 0)
    assert numbers(ingest(store, room)) == (0, 0, 1, 0, 0)
    path.write_bytes(rss(item("a", "Changed now"), item("b")))
    assert numbers(ingest(store, room)) == (1, 1, 0, 0, 0)
    with store.read() as connection:
        assert articles.load(connection, "saved.rss", "tag:wire.example.org,2026:a").publisher == "Saved Wire"


def test_a_feed_that_is_taken_out_takes_its_stories_along(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """As a folder does; what is remembered of it goes, too."""
    room = site(tmp_path, source(web, "/feed"), files={"own.en.md": article("Own")})
    web.put("/feed", rss(item("a")))
    ingest(store, room)
    toml = room.folder / "feeder.toml"
    write(toml, toml.read_text(encoding="utf-8").replace(source(web, "/feed"), ""))
    assert numbers(ingest(store, newsroom(room.folder), 1)) == (0, 0, 1, 1, 0)
    assert titles(store) == ["Own"]
    with store.read() as connection:
        assert source_states.states(connection) == {}


# --- what is broken ---


def test_a_bad_entry_is_told_until_it_is_mended_or_gone(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a"), item("bad", text=""), item("b")))
    found = ingest(store, room)
    assert numbers(found) == (2, 0, 0, 0, 1)
    assert [(one.key, one.field) for one in found.quarantined] == [("tag:wire.example.org,2026:bad", "body")]
    assert len(ingest(store, room, 1).quarantined) == 1
    web.put("/feed", rss(item("bad"), item("b", text="")))
    found = ingest(store, room, 60)
    assert [one.key for one in found.quarantined] == ["tag:wire.example.org,2026:b"]
    assert titles(store) == ["Story a", "Story b", "Story bad"]  # a good version stays
    web.put("/feed", rss(item("c")))
    assert ingest(store, room, 120).quarantined == ()
    assert titles(store) == ["Story a", "Story b", "Story bad", "Story c"]


def test_one_bad_feed_stops_no_other(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """Slow, dead, hostile or no feed at all: each is one line, and the rest is there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dead = f"127.0.0.1:{listener.getsockname()[1]}"
    web.raw("/slow", web.drip(b"<", 0.05, first=b"HTTP/1.1 200 OK\r\n\r\n"))
    web.put("/page", b"<!DOCTYPE html><html><body>Hello</body></html>")
    web.put("/inside", status=302, Location="http://169.254.169.254/latest/")
    web.put("/good", rss(item("a")))
    room = site(
        tmp_path,
        f'[[sources]]\nkind = "feed"\nurl = "http://{dead}/x"\nallow_hosts = ["{dead}"]\n',
        *(source(web, path) for path in ("/page", "/inside", "/slow", "/good", "/none")),
        files={"own.en.md": article("Own")},
    )
    found = ingest(store, room)
    assert numbers(found)[:1] == (2,)
    assert (titles(store), found.failed) == (["Own", "Story a"], ())
    told = dict(line.split(": ", 1) for line in found.away)
    assert list(told) == [f"http://{dead}/x", *(web.url + path for path in ("/page", "/inside", "/slow", "/none"))]
    for (_, line), says in zip(
        told.items(),
        ("cannot be reached", "is a web page", "not on the open web", "longer than 2 seconds", "404"),
        strict=True,
    ):
        assert says in line
    assert all("\n" not in line for line in found.away)


def test_a_feed_that_fails_keeps_what_it_gave_and_is_asked_more_and_more_seldom(
    store: Store, tmp_path: Path, web: FeedServer
) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a")))
    ingest(store, room)
    web.put("/feed", status=500)
    minutes, waits = 60, []
    for failures in range(1, 9):
        found = ingest(store, room, minutes)
        assert (titles(store), len(found.away)) == (["Story a"], 1)
        known = state(store, web, "/feed")
        assert known.failures == failures
        assert known.next_try is not None
        waits.append(known.next_try - (NOW + timedelta(minutes=minutes)))
        assert len(ingest(store, room, minutes + 1).away) == 1  # told, though not asked
        minutes = int((known.next_try - NOW).total_seconds() // 60) + 1
    assert len(web.asked) == 9
    assert timedelta(minutes=30) <= waits[0] <= timedelta(minutes=33)
    assert timedelta(hours=24) <= waits[-1] <= timedelta(hours=26.4)
    web.put("/feed", rss(item("b")))
    assert ingest(store, room, minutes).away == ()
    assert state(store, web, "/feed").failures == 0


def test_a_server_that_wants_to_be_left_alone_is(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", status=429, Retry_After="172800")
    ingest(store, room)
    assert (state(store, web, "/feed").next_try or NOW) >= NOW + timedelta(days=2)


def test_a_feed_that_is_gone_is_never_asked_again(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a")))
    ingest(store, room)
    web.put("/feed", status=410)
    assert "gone for good" in ingest(store, room, 60).away[0]
    assert "gone for good" in ingest(store, room, 10_000_00).away[0]
    assert (len(web.asked), titles(store)) == (2, ["Story a"])


def test_a_move_for_good_is_remembered_and_doubted_when_it_fails(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """The stories are the same there."""
    room = site(tmp_path, source(web, "/old"))
    web.put("/old", status=301, Location="/new")
    web.put("/new", rss(item("a")))
    ingest(store, room)
    assert numbers(ingest(store, room, 60)) == (0, 0, 1, 0, 0)
    assert [one.path for one in web.asked] == ["/old", "/new", "/new"]
    web.put("/new", status=404)
    web.put("/old", rss(item("a"), item("b")))
    for hours in (24, 48, 72, 120):
        last = ingest(store, room, hours * 60)
    assert [one.path for one in web.asked[3:]] == ["/new", "/new", "/new", "/old"]
    assert (last.away, titles(store)) == ((), ["Story a", "Story b"])


def test_feeds_of_a_host_that_is_dead_are_not_tried_one_by_one(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """Each would cost its whole time."""
    web.raw("/a", web.drip(b"", 0.05))
    web.put("/b", rss(item("b")))
    room = site(tmp_path, source(web, "/a"), source(web, "/b"))
    assert len(ingest(store, room).away) == 2
    assert [one.path for one in web.asked] == ["/a"]


def test_an_entry_cut_off_by_the_transfer_waits_for_the_next(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    whole = rss(item("a"), item("b"))
    web.put("/feed", whole[: whole.rindex(b"repair")])
    found = ingest(store, room)
    assert titles(store) == ["Story a"]
    assert "middle of an entry" in found.notes[0]
    web.put("/feed", whole)
    ingest(store, room, 60)
    assert titles(store) == ["Story a", "Story b"]


def test_a_silence_longer_than_its_habit_is_told_once(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(*(item(str(day), day=day) for day in range(1, 15))))
    assert ingest(store, room).notes == ()
    known = state(store, web, "/feed")
    assert known.interval == timedelta(days=1)
    days = 24 * 60
    assert "nothing new for" in ingest(store, room, 30 * days).notes[0]
    assert ingest(store, room, 31 * days).notes == ()
    web.put("/feed", rss(item("new", day=15)))
    assert ingest(store, room, 32 * days).added == 1
    assert len(ingest(store, room, 33 * days).notes) <= 1


# --- whole pages ---


def page(text: str) -> bytes:
    line = "<p>{} It is paragraph {} of the page, and it is long enough to be a story.</p>"
    head = "<html lang='en'><head><title>A</title></head><body><nav><a href='/'>Home</a></nav>"
    return f"{head}<article><h1>A</h1>{''.join(line.format(text, n) for n in '123')}</article></body></html>".encode()


def test_the_page_of_an_entry_is_read_when_that_is_asked_for(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """Once for each entry that is new or changed; where the page cannot be had, the feed's own text is taken."""
    room = site(tmp_path, source(web, "/feed", "full_text = true"))
    links = (f"{web.url}/a", f"{web.url}/b", "http://169.254.169.254/latest/", "javascript:x")
    items = [item(str(n)).replace(f"https://wire.example.org/{n}", link) for n, link in enumerate(links)]
    web.put("/feed", rss(*items))
    web.put("/a", page("What only the page says."))
    assert numbers(ingest(store, room)) == (4, 0, 0, 0, 0)
    assert [one.path for one in web.asked] == ["/feed", "/a", "/b"]
    with store.read() as connection:
        made = [articles.load(connection, web.url + "/feed", f"tag:wire.example.org,2026:{n}") for n in range(4)]
    assert "What only the page says." in made[0].body
    assert "Home" not in made[0].body
    assert [TEXT in one.body for one in made] == [False, True, True, True]
    assert ["its page was not read" in "".join(one.problems) for one in made] == [False, True, True, False]
    web.put("/b", page("What came later."))
    assert numbers(ingest(store, room, 60)) == (0, 1, 3, 0, 0)
    assert [one.path for one in web.asked[3:]] == ["/feed", "/b"]


def test_pages_there_was_no_time_for_come_with_the_next_visit(
    store: Store, tmp_path: Path, web: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the feed itself did not change."""
    room = site(tmp_path, source(web, "/feed", "full_text = true"))
    web.put("/feed", rss(item("a").replace("https://wire.example.org", web.url)), ETag='"one"')
    web.put("/a", page("What only the page says."))
    monkeypatch.setattr(feed, "_FOR_PAGES", -1.0)
    assert numbers(ingest(store, room)) == (0, 0, 0, 0, 0)
    monkeypatch.setattr(feed, "_FOR_PAGES", 60.0)
    assert numbers(ingest(store, room, 60)) == (1, 0, 0, 0, 0)


# --- the whole walk ---


def test_a_site_of_a_folder_and_two_feeds_is_built(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """In three languages; the same report from two feeds is one story that credits both."""
    kazakh = "Әкімдік көпірді жөндеуге қаржы таппады, сондықтан көпір жабық тұр, деді тұрғындар."
    long = " ".join(
        [TEXT, "People cross by boat now, said one of those who live on the other side of the river.", "They wait."]
    )
    web.put("/one", rss(item("a", text=long), item("kk", "Көпір жабық", kazakh)))
    web.put("/two", rss(item("a", text=long), item("b", "&lt;script&gt;x()&lt;/script&gt;Title {{ 7 * 7 }}")))
    room = site(
        tmp_path,
        source(web, "/one", 'name = "First Wire"'),
        source(web, "/two", 'name = "Second Wire"'),
        files={"own.ru.md": article("Своя новость")},
    )
    built = building.build(store, room, now=NOW, progress=silent)
    assert (built.articles.added, built.articles.quarantined, built.articles.away) == (5, (), ())
    files = bytes_of(room.output)
    pages = {path: body.decode() for path, body in files.items() if path.startswith("en/stories/")}
    (both,) = [body for body in pages.values() if "<h1>Story a</h1>" in body or ">Story a</h1>" in body]
    assert "First Wire" in both
    assert "Second Wire" in both
    assert any("Көпір жабық" in body.decode() for path, body in files.items() if path.startswith("kk/stories/"))
    assert b"Title {{ 7 * 7 }}" in files["en/feed.atom"]
    assert b"<script" not in files["en/feed.atom"]
    again = building.build(store, room, now=NOW + timedelta(minutes=1), progress=silent)
    assert again.quiet


def test_the_command_tells_what_failed(tmp_path: Path, web: FeedServer) -> None:
    """In one line, and with --strict by its exit code; the rest is published."""
    room = site(tmp_path, source(web, "/none"), files={"own.en.md": article("Own")})
    done = run("build", "--json", site=room.folder)
    assert done.returncode == 0
    assert f"feeder: {web.url}/none: answers 404" in done.stderr
    assert json.loads(done.stdout)["failed"] == [
        f"{web.url}/none: answers 404; is the address right?; what it gave before stays"
    ]
    assert run("build", "--strict", site=room.folder).returncode == 1


def test_jitter_is_small_and_not_the_same_for_all(tmp_path: Path) -> None:
    from feeder.sources.patience import jitter

    found = {jitter(f"https://example.org/{n}", NOW, timedelta(hours=1)) for n in range(50)}
    assert len(found) > 40
    assert all(timedelta() <= one <= timedelta(minutes=6) for one in found)
    assert jitter("a", NOW, timedelta(hours=1)) == jitter("a", NOW, timedelta(hours=1))


def test_a_habit_needs_dates_to_be_one() -> None:
    from feeder.sources import habit

    days = [datetime(2026, 11, day, tzinfo=NOW.tzinfo) for day in range(1, 11)]
    assert habit.usual(days[:5]) is None
    assert habit.usual(days) == timedelta(days=1)
    assert habit.usual([days[0]] * 20) is None
    assert habit.silence(days, days[-1] + timedelta(days=3)) is None
    assert habit.silence(days, days[-1] + timedelta(days=4)) == timedelta(days=4)
    assert habit.silence([], NOW) is None
    hours = [days[0] + timedelta(hours=number) for number in range(20)]
    assert habit.silence(hours, hours[-1] + timedelta(days=1)) is None  # a night and a day off are no silence
