"""What the hub is told of, when again, and when no more; on both engines, with the store that remembers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from walk import NOW, article, build, bytes_of, newsroom, silent, write

from feeder.errors import HubError
from feeder.jobs import build as job
from feeder.jobs import notify
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.notify import PATIENCE, Told
from feeder.pages import links
from feeder.store import Store, pings
from feeder.store.pings import Waiting

BASE = "https://news.example.org"
MINUTE = timedelta(minutes=1)


class Hub:
    """Keeps what it is told; `fails` says how it takes a topic."""

    def __init__(self, fails: Callable[[str], HubError | None] = lambda topic: None) -> None:
        self.asked: list[str] = []
        self.fails = fails

    def __call__(self, topic: str) -> None:
        self.asked.append(topic.removeprefix(f"{BASE}/"))
        if error := self.fails(topic):
            raise error


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    stories = {"vigil.en.md": article("Vigil", published="2026-11-12", places="Astana")}
    return newsroom(tmp_path_factory.mktemp("desk"), stories, feeds_hub="https://hub.example.org/")


def wait_for(store: Store, *paths: str, now: datetime = NOW) -> None:
    with store.write() as connection:
        pings.add(connection, paths, now)


def waiting(store: Store) -> dict[str, Waiting]:
    with store.read() as connection:
        return {one.path: one for one in pings.waiting(connection)}


def tell(store: Store, room: Newsroom, hub: Hub, now: datetime = NOW, *, early: bool = False) -> Told:
    return notify.tell(store, room.site, hub, now=now, enough=lambda: False, early=early)


def down(topic: str) -> HubError:
    return HubError("cannot be reached", general=True)


def topics(room: Newsroom) -> set[str]:
    return {path for path in bytes_of(room.output) if links.is_topic(path)}


# --- what is told --------------------------------------------------------------------------------


def test_every_changed_feed_waits_until_it_is_told(store: Store, room: Newsroom) -> None:
    build(store, room)
    assert waiting(store).keys() == topics(room)
    hub = Hub()
    assert tell(store, room, hub) == Told(told=len(topics(room)))
    assert set(hub.asked) == topics(room)
    assert waiting(store) == {}
    build(store, room, later=1)
    assert waiting(store) == {}


def test_without_a_hub_nothing_waits(store: Store, room: Newsroom) -> None:
    build(store, newsroom(room.folder))
    assert waiting(store) == {}


def test_a_new_hub_is_told_of_every_feed(store: Store, room: Newsroom) -> None:
    """All of them name it from then on; archive documents do not change for it."""
    build(store, newsroom(room.folder))
    before = bytes_of(room.output)
    build(store, room, later=1)
    now = bytes_of(room.output)
    assert {path for path in now if now[path] != before[path]} == waiting(store).keys() == topics(room)


def test_a_build_stopped_at_any_file_forgets_no_change(store: Store, room: Newsroom) -> None:
    """As an exception at every step, in turn, with the builds that finish it: every feed that changed is told."""
    build(store, room)
    tell(store, room, Hub())
    changed = {path for path in topics(room) if "kk/places" not in path}
    for step in range(0, len(bytes_of(room.output)), 3):
        title = f"Vigil {step}"
        write(room.folder / "articles" / "vigil.en.md", article(title, published="2026-11-12", places="Astana"))

        def stop(what: str, done: int, total: int, step: int = step) -> None:
            if what == "publishing" and done == step:
                raise KeyboardInterrupt

        hub = Hub()
        try:
            job.build(store, room, now=NOW, progress=stop)
        except KeyboardInterrupt:
            tell(store, room, hub)
        job.build(store, room, now=NOW, progress=silent)
        tell(store, room, hub)
        assert changed <= set(hub.asked)


def test_a_crash_between_the_files_and_the_store_forgets_no_change(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new files are live and nothing is put down yet; the next build writes them again and comes by."""

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(pings, "add", crash)
        with pytest.raises(KeyboardInterrupt):
            build(store, room)
    assert topics(room)
    assert waiting(store) == {}
    build(store, room, later=1)
    assert waiting(store).keys() == topics(room)


def test_a_change_while_the_hub_is_being_told_is_told_again(store: Store, room: Newsroom) -> None:
    """It may have fetched the version before."""

    def meanwhile(topic: str) -> None:
        wait_for(store, "kk/feed.atom", now=NOW + MINUTE)

    wait_for(store, "kk/feed.atom")
    told = tell(store, room, Hub(meanwhile))
    assert (told.told, waiting(store)["kk/feed.atom"].changes) == (1, 2)
    assert tell(store, room, Hub()).told == 1
    assert waiting(store) == {}


# --- when it fails -------------------------------------------------------------------------------


def test_the_pauses_grow_to_an_hour() -> None:
    minutes = [notify.pause(attempts) / MINUTE for attempts in range(1, 9)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert notify.pause(10_000) / MINUTE == 60


def test_a_hub_that_is_down_is_asked_once_and_everything_waits(store: Store, room: Newsroom) -> None:
    """Also what changes meanwhile keeps the pause of its feed; each pause is longer than the last."""
    wait_for(store, "en/feed.atom", "kk/feed.atom", "ru/feed.atom")
    hub, now = Hub(down), NOW
    for attempts in (1, 2, 3):
        assert tell(store, room, hub, now) == Told(waiting=3, why="cannot be reached")
        assert len(hub.asked) == attempts
        assert {one.attempts for one in waiting(store).values()} == {attempts}
        wait_for(store, "kk/feed.atom", now=now)
        early = now + notify.pause(attempts) - timedelta(seconds=1)
        assert tell(store, room, hub, early) == Told(waiting=3)
        now += notify.pause(attempts)
    assert waiting(store)["kk/feed.atom"].since == NOW
    assert tell(store, room, Hub(), now).told == 3


def test_an_early_round_does_not_wait_for_the_pause(store: Store, room: Newsroom) -> None:
    wait_for(store, "kk/feed.atom")
    tell(store, room, Hub(down))
    assert tell(store, room, Hub(), early=True).told == 1


def test_what_cannot_be_told_for_three_days_is_given_up(store: Store, room: Newsroom) -> None:
    """But never without one more attempt: a site may be built once a week. The next change is told anew."""
    wait_for(store, "kk/feed.atom")
    tell(store, room, Hub(down))
    assert tell(store, room, Hub(down), NOW + PATIENCE - MINUTE).waiting == 1
    told = tell(store, room, Hub(down), NOW + PATIENCE + timedelta(hours=1))
    assert told == Told(given_up=("kk/feed.atom",), why="cannot be reached")
    assert waiting(store) == {}
    wait_for(store, "kk/feed.atom", now=NOW + 2 * PATIENCE)
    assert tell(store, room, Hub(), NOW + 2 * PATIENCE).told == 1


def test_a_late_success_counts(store: Store, room: Newsroom) -> None:
    wait_for(store, "kk/feed.atom")
    assert tell(store, room, Hub(), NOW + 3 * PATIENCE) == Told(told=1)


def test_feeds_the_hub_cannot_stand_hold_up_no_other(store: Store, room: Newsroom) -> None:
    """After three failures in a row it is left in peace; the next time those come first that were not tried."""
    bad = {f"{BASE}/en/feed.{form}" for form in ("atom", "json", "rss")}
    wait_for(store, "en/feed.atom", "en/feed.json", "en/feed.rss", "kk/feed.atom", "ru/feed.atom")
    hub = Hub(lambda topic: HubError("answered 500") if topic in bad else None)
    assert tell(store, room, hub) == Told(waiting=5, why="answered 500")
    assert tell(store, room, hub).told == 0
    later = tell(store, room, hub, NOW + MINUTE)
    assert (later.told, hub.asked[3:5]) == (2, ["kk/feed.atom", "ru/feed.atom"])
    assert waiting(store).keys() == {"en/feed.atom", "en/feed.json", "en/feed.rss"}


def test_feeds_of_languages_are_told_before_those_of_places(store: Store, room: Newsroom) -> None:
    """They have more readers, and a round may end before it is through; what is left is due at once."""
    wait_for(store, "en/places/kz/feed.atom", "ru/feed.rss", "kk/feed.atom", "feed.atom")
    hub = Hub()
    told = notify.tell(store, room.site, hub, now=NOW, enough=lambda: len(hub.asked) == 3)
    assert hub.asked == ["feed.atom", "kk/feed.atom", "ru/feed.rss"]
    assert told == Told(told=3, waiting=1)
    assert tell(store, room, hub).told == 1


def test_the_address_is_that_of_today(store: Store, room: Newsroom) -> None:
    """A site that moved while a feed waited."""
    wait_for(store, "kk/feed.atom")
    hub = Hub()
    tell(store, newsroom(room.folder, base_url="http://moved.example.net/news"), hub)
    assert hub.asked == ["http://moved.example.net/news/kk/feed.atom"]


# --- which files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("kk/feed.atom", True),
        ("feed.atom", True),
        ("en/feed.json", True),
        ("ru/places/kz-almaty/feed.atom", True),
        ("en/archive/000001.atom", False),
        ("en/feed.atom.gz", False),
        ("en/stories/feed.atom/index.html", False),
        ("en/myfeed.atom", False),
        ("opml.xml", False),
    ],
)
def test_topics_are_feeds(path: str, topic: bool) -> None:
    """Not archives, not packed copies, not pages that are called so."""
    assert links.is_topic(path) is topic
