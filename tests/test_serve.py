"""`feeder serve`: one process that builds, keeps building, rings for the digest, serves, and stops when it is told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from doors import LOCALES, PATIENCE, Server, environment, fetch, free_port, line, run, sample, tree, until

from feeder import watching
from feeder.cli import serve
from feeder.cli.health import health_of
from feeder.cli.stopping import Stop, stopping
from feeder.cli.work import Work
from feeder.config import parse
from feeder.jobs.newsroom import Newsroom
from feeder.store import Store, open_store, runs

MONDAY = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)  #: 08:00 in Almaty, after the week of the sample stories
NEWS = """---
lang: {locale}
title: {title}
published: 2026-11-13T12:00:00+05:00
---

{title}.
"""


def write(site: Path, name: str, title: str) -> None:
    """Put an article into a site the way editors' programs do: whole, or not at all."""
    part = site / "articles" / f".{name}.part"
    part.write_text(NEWS.format(locale=name.split(".")[1], title=title), encoding="utf-8")
    part.rename(site / "articles" / name)


def eventually(server: Server, path: str, text: str) -> None:
    until(lambda: text.encode() in server.get(path).body, f"{text!r} on {path}")


# --- the real process ----------------------------------------------------------------------------


def test_what_an_editor_saves_is_published_while_it_serves(tmp_path: Path) -> None:
    """New, changed, removed: each is seen at the next look, and what is broken is told once, in one line."""
    site = sample(tmp_path)
    with Server(site, FEEDER_SCHEDULE_BUILD_EVERY="1") as server:
        first = server.get("/kk/feed.atom").headers["etag"]
        write(site, "fresh.kk.md", "Жаңа хабар")
        eventually(server, "/kk/feed.atom", "Жаңа хабар")
        eventually(server, "/ru/", "Жаңа хабар")  # labelled: there is no Russian version
        assert server.get("/kk/feed.atom", if_none_match=first).status == 200
        (site / "articles" / "broken.en.md").write_text("---\npublished: someday\n---\n", encoding="utf-8")
        until(lambda: any("broken.en.md" in line for line in server.log), "word of the broken article")
        (site / "articles" / "fresh.kk.md").unlink()
        until(lambda: "Жаңа хабар".encode() not in server.get("/kk/feed.atom").body, "the end of the article")
        told = [text for text in server.log if "broken.en.md" in text]
        time.sleep(2.2)  # two more looks
        assert [text for text in server.log if "broken.en.md" in text] == told
        assert len(told) == 1
        assert server.get("/healthz").status == 200
        assert server.stop() == 0


def test_a_source_that_is_gone_turns_the_health_red_until_it_is_back(tmp_path: Path) -> None:
    """What was published stays; the log says it once, and says when it works again."""
    site = sample(tmp_path)
    with Server(site, FEEDER_SCHEDULE_BUILD_EVERY="1") as server:
        assert server.get("/healthz").status == 200
        (site / "articles").rename(site / "away")
        until(lambda: server.get("/healthz").status == 503, "a red health")
        answer = server.get("/healthz")
        assert b"build" in answer.body
        assert str(site).encode() not in answer.body  # anyone may ask
        assert server.get("/kk/stories/qulja-commemoration/").status == 200
        (site / "away").rename(site / "articles")
        until(lambda: server.get("/healthz").status == 200, "a green health")
        assert any("works again" in line for line in server.log)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_clean(number: int, tmp_path: Path) -> None:
    """0 soon after SIGTERM or Ctrl+C, also while a reader's connection is open; nothing half-written stays behind."""
    site = sample(tmp_path)
    with Server(site) as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as idle:
            idle.sendall(b"GET /kk/ HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(15) == b"HTTP/1.1 200 OK"
            start = time.monotonic()
            assert server.stop(number) == 0
            assert time.monotonic() - start < 10
    assert not any("Traceback" in line for line in server.log)
    assert not list((site / "data").rglob(".tmp-*"))
    assert not list((site / "data").glob("*-wal"))


def test_a_stop_does_not_wait_for_a_long_build(tmp_path: Path) -> None:
    """In the middle of hundreds of new articles SIGTERM is obeyed within seconds; the next start does the rest."""
    site = sample(tmp_path)
    with Server(site, FEEDER_SCHEDULE_BUILD_EVERY="1") as server:
        body = "\n\n".join(f"Алматыда {n} адам жиналды." for n in range(200))
        for number in range(1500):
            text = NEWS.format(locale="kk", title=f"Хабар {number}") + body
            (site / "articles" / f"{number}.kk.md").write_text(text, encoding="utf-8")
        time.sleep(1.5)  # the build has begun
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 10
    assert not any("Traceback" in line for line in server.log)


def test_a_port_in_use_is_told_in_one_line_before_anything_is_built(tmp_path: Path) -> None:
    """With what to do, and exit code 1."""
    site = sample(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port), site=site)
    assert done.returncode == 1
    assert done.stderr == (
        f"feeder: cannot listen on 127.0.0.1:{port}: Address already in use; choose another port with --port\n"
    )
    assert not (site / "data").exists()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.256.256.256", "a" * 70])
def test_a_host_that_is_none_is_told_in_one_line(host: str, tmp_path: Path) -> None:
    """A name nobody knows, an address that cannot be."""
    done = run("serve", "--host", host, "--port", str(free_port()), site=sample(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("feeder: ")
    assert done.stderr.count("\n") == 1


def test_a_stop_during_the_first_build_is_clean_too(tmp_path: Path) -> None:
    """The first process of a container gets no help from the system: it has to listen to SIGTERM from the start."""
    site = sample(tmp_path)
    for number in range(1500):
        (site / "articles" / f"{number}.kk.md").write_text(
            NEWS.format(locale="kk", title=f"Хабар {number}"), encoding="utf-8"
        )
    with subprocess.Popen(
        line("serve", "--port", "0", site=site), env=environment(), stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        until((site / "data" / "feeder.db").exists, "the first build")
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "Serving" not in said


# --- an editor at work ---------------------------------------------------------------------------


class Events:
    """What an open page hears."""

    def __init__(self, server: Server) -> None:
        self.stream = urllib.request.urlopen(server.url + "/-/changes", timeout=PATIENCE)

    def next(self) -> str:
        """The next event, waited for."""
        while not (text := self.stream.readline()).startswith(b"data: "):
            assert text, "the stream is over"
        return str(text.decode())


def test_what_is_saved_is_published_at_once_and_open_pages_are_told(tmp_path: Path) -> None:
    """Long before the schedule rings: articles, templates of the site, its style."""
    site = sample(tmp_path)
    own = site / "own" / "pages"
    own.mkdir(parents=True)
    with Server(site, options=(), FEEDER_SCHEDULE_BUILD_EVERY="3600", FEEDER_PAGES_TEMPLATES="own") as server:
        events = Events(server)
        first = events.next()
        write(site, "fresh.kk.md", "Жаңа хабар")
        assert events.next() != first
        assert "Жаңа хабар".encode() in server.get("/kk/").body
        (own / "style.css").write_text("body { color: green }", encoding="utf-8")
        events.next()
        assert server.get("/style.css").body == b"body { color: green }"
        (own / "style.css").unlink()
        events.next()
        assert server.get("/style.css").body != b"body { color: green }"
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 4, "an open page holds nothing up"
        assert not any("Traceback" in line for line in server.log)


def test_only_served_pages_have_the_script_and_only_they_may_run_it(tmp_path: Path) -> None:
    """Nothing of it in published files, feeds and styles; the answer tells caches to ask again."""
    site = sample(tmp_path)
    with Server(site, options=()) as server:
        page = server.get("/kk/", accept_encoding="br")
        assert page.body.count(b"<script src=") == 1
        assert {"script-src 'self'", "connect-src 'self'"} <= set(page.headers["content-security-policy"].split("; "))
        assert page.headers["cache-control"] == "no-cache"
        assert server.get("/kk/", if_none_match=page.headers["etag"]).status == 304
        assert server.get("/-/reload.js").headers["content-type"] == "text/javascript; charset=utf-8"
        assert b"reload" in server.get("/kk/nothing").body
        for path in ("/kk/feed.atom", "/style.css"):
            assert "connect-src" not in server.get(path).headers["content-security-policy"]
            assert server.get(path).body == (site / "data" / "public" / path[1:]).read_bytes()
    assert not [path for path in (site / "data" / "public").rglob("*.html") if b"reload.js" in path.read_bytes()]


@pytest.mark.parametrize("options", [("--no-reload",), ("--host", "0.0.0.0")])
def test_readers_get_no_script(options: tuple[str, ...], tmp_path: Path) -> None:
    """Unless the server is for this machine alone, or when it is not wished for."""
    with Server(sample(tmp_path), options=options) as server:
        url = server.url.replace("0.0.0.0", "127.0.0.1")
        assert b"<script src=" not in fetch(url + "/kk/").body
        assert fetch(url + "/-/changes").status == fetch(url + "/-/reload.js").status == 404


def test_a_template_that_is_broken_for_a_while_costs_nothing(tmp_path: Path) -> None:
    """One line with file and line; the last good page stays; the corrected template is used at once."""
    site = sample(tmp_path)
    own = site / "own" / "pages"
    own.mkdir(parents=True)
    style = own / "story.html.j2"
    with Server(site, FEEDER_SCHEDULE_BUILD_EVERY="3600", FEEDER_PAGES_TEMPLATES="own") as server:
        before = server.get("/kk/stories/qulja-commemoration/").body
        for number, broken in enumerate(("{% if %}", "\n{{ nothing }}", "{% include 'no.j2' %}"), start=1):
            style.write_text(broken, encoding="utf-8")
            until(lambda: sum("story.html.j2:" in line for line in server.log) == number, f"word of {broken!r}")  # noqa: B023
        assert server.get("/kk/stories/qulja-commemoration/").body == before
        assert server.get("/healthz").status == 503
        style.write_text("good {{ entry.title }}", encoding="utf-8")
        until(lambda: server.get("/kk/stories/qulja-commemoration/").body.startswith(b"good "), "the new page")
        until(lambda: server.get("/healthz").status == 200, "health")  # the page is there before the build is done
        assert not any("Traceback" in line for line in server.log)
        assert any("story.html.j2:2: 'nothing' is undefined" in line for line in server.log), server.log


def test_where_folders_cannot_be_watched_the_schedule_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A limit of the system, told once."""

    def full(*_: object, **__: object) -> None:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(watching, "watch", full)
    watching.start([tmp_path], tmp_path / "data", lambda paths: None, threading.Event()).join(PATIENCE)
    assert caplog.text.count("OS file watch limit reached") == 1
    assert "Traceback" not in caplog.text


def test_what_feeder_writes_itself_wakes_nobody(tmp_path: Path) -> None:
    """Else a site whose articles lie around its data folder would be built for ever."""
    (tmp_path / "data").mkdir()
    seen: list[Path] = []
    stop = threading.Event()
    thread = watching.start([tmp_path], tmp_path / "data", seen.extend, stop)

    def saved() -> bool:
        (tmp_path / "data" / "own.html").write_text("x", encoding="utf-8")
        (tmp_path / "a.md").write_text("x", encoding="utf-8")
        return bool(seen)

    until(saved, "the change")
    stop.set()
    thread.join(PATIENCE)
    assert {path.name for path in seen} == {"a.md"}


# --- what the clock rings for --------------------------------------------------------------------


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    site = sample(tmp_path)
    config = parse((site / "feeder.toml").read_text(encoding="utf-8"), {}, lambda path: "")
    return Newsroom(config=config, folder=site, data=site / "data")


@pytest.fixture
def store(room: Newsroom) -> Iterator[Store]:
    opened = open_store(room.database_url)
    yield opened
    opened.close()


@pytest.fixture
def work(room: Newsroom, store: Store, clock: Clock) -> Work:
    return Work(room, store, threading.Event(), health_of(room, store, clock))


def well(work: Work) -> bool:
    return work.health.report()[0]


def became(work: Work, week: str = "2026-W46") -> str | None:
    """The state of a week's digest by its record."""
    with work.store.read() as connection:
        return next((run.state for run in runs.of(connection, "digest") if run.slot == week), None)


def test_the_weekly_ring_writes_one_message_for_each_language(work: Work, room: Newsroom) -> None:
    """For the last week that is over; to be read by their owner only; and the issue has its page."""
    work.digest()
    assert sorted(path.name for path in room.outbox.iterdir()) == [f"2026-W46-{locale}.eml" for locale in LOCALES]
    for locale in LOCALES:
        path = room.outbox / f"2026-W46-{locale}.eml"
        assert path.stat().st_mode & 0o777 == 0o600
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert message["Content-Language"] == locale
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert (room.output / locale / "digest" / "2026-W46" / "index.html").is_file()
    assert well(work)


def test_a_second_ring_changes_nothing(work: Work, room: Newsroom, clock: Clock) -> None:
    """Also when the messages were taken out of the outbox meanwhile: they are on their way, and must not go twice."""
    work.digest()
    (room.outbox / "2026-W46-kk.eml").unlink()
    before = {path: mark for path, mark in tree(room.data).items() if not path.startswith("feeder.db")}
    clock.now += timedelta(minutes=5)
    work.digest()
    assert {path: mark for path, mark in tree(room.data).items() if not path.startswith("feeder.db")} == before


def test_a_week_without_stories_makes_no_issue_and_says_why(
    work: Work, room: Newsroom, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is sent, and nobody has to wonder whether the program runs."""
    clock.now = MONDAY + timedelta(weeks=9)
    with caplog.at_level("INFO", "feeder"):
        work.digest()
    assert not room.outbox.exists()
    assert "no digest for week 2027-W02: " in caplog.text
    assert well(work)
    assert became(work, "2027-W02") == "empty"


def test_a_digest_that_failed_is_tried_again_at_the_next_build(work: Work, room: Newsroom) -> None:
    """A disk that was full on Monday at eight does not cost a week its digest; until it is made the health is red."""
    room.data.joinpath("outbox").write_text("in the way", encoding="utf-8")
    work.digest()
    assert became(work) == "failed"
    assert not well(work)
    work.build()
    assert not well(work), "a build that went well says nothing of the digest"
    room.outbox.unlink()
    work.build()
    assert became(work) == "done"
    assert len(list(room.outbox.iterdir())) == 3
    assert well(work)


def test_a_source_that_fails_does_not_hold_the_digest_back(work: Work, room: Newsroom) -> None:
    """It keeps what it gave before."""
    work.build()
    (room.folder / "articles").rename(room.folder / "away")
    work.build()
    assert not well(work)
    work.digest()
    assert len(list(room.outbox.iterdir())) == 3


def test_health_is_red_before_the_first_success_and_when_the_last_is_too_old(work: Work, clock: Clock) -> None:
    """Three intervals and a minute: a build that hangs is seen, one that is a little late is not."""
    assert not well(work)
    work.build()
    assert work.health.report() == (True, {"last_success": MONDAY.isoformat(), "failing": [], "reasons": {}})
    clock.now += timedelta(seconds=3 * 60 + 60)
    assert well(work)
    clock.now += timedelta(seconds=1)
    assert not well(work)


def test_a_defect_of_ours_is_logged_and_the_site_stays_up(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason goes into the log, once, and not to everyone who asks for the health."""
    work.build()

    def broken(first: bool) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(work, "_build", broken)
    work.build()
    work.build()
    assert not well(work)
    _, facts = work.health.report()
    assert "hunter2" not in str(facts)
    assert caplog.text.count("RuntimeError: the password") == 2  # the line, and the end of its traceback


def test_work_asked_to_stop_stops_between_two_files(room: Newsroom, store: Store, clock: Clock) -> None:
    """Nothing is lost: the next build writes what this one did not."""
    stop = Stop()
    work = Work(room, store, stop, health_of(room, store, clock))
    stop.ask()
    work.build()
    assert not work.health.ready()
    assert work.health.failures == {}
    work.stop = threading.Event()
    work.build()
    assert (room.output / "kk" / "feed.atom").is_file()


def test_asked_twice_it_stops_at_once() -> None:
    """Ctrl+C again is for those who cannot wait."""
    with stopping() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(1)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_address_in_the_banner_can_be_followed() -> None:
    """An IPv6 address needs its brackets."""
    with serve._listen("127.0.0.1", 0) as listener:
        assert serve._address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"
    if socket.has_dualstack_ipv6():
        with serve._listen("::1", 0) as listener:
            assert serve._address(listener) == f"http://[::1]:{listener.getsockname()[1]}/"
