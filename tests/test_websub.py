"""WebSub from end to end: real builds, a real server, and a real hub as a process of its own on loopback."""

from __future__ import annotations

import functools
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from doors import LOCALES, Server, environment, fetch, free_port, line, run, until
from lxml import etree
from walk import article, newsroom, write

from feeder.cli import telling
from feeder.errors import HubError
from feeder.hub import pinging
from feeder.store import open_store

FORMS = ("atom", "rss", "json")


class Hub:
    """tests/hub.py, running."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}/hub"
        folder.mkdir()
        self.behave("ok")

    def __enter__(self) -> Self:
        program = Path(__file__).with_name("hub.py")
        self.process = subprocess.Popen([sys.executable, program, self.folder, str(self.port)], env=environment())
        until(self._listens, "the hub")
        return self

    def _listens(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def behave(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode, encoding="utf-8")

    def seen(self, kind: str) -> list[dict[str, Any]]:
        log = self.folder / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [one for text in lines if (one := json.loads(text))["saw"] == kind]

    def forget(self) -> None:
        (self.folder / "log").unlink(missing_ok=True)

    @property
    def told(self) -> list[str]:
        """The topics it was told of, in order."""
        return [form["hub.url"] for form in self.seen("form") if form["hub.mode"] == "publish"]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path / "hub") as running:
        yield running


@contextmanager
def listening(handler: Any) -> Iterator[str]:
    """A web server in a thread of this process; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody asked."""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A site with two stories, one of them in English only."""
    articles = {
        "picket.en.md": article("Picket", published="2026-11-11", places="Almaty"),
        "picket.kk.md": article("Пикет", published="2026-11-11", places="Almaty"),
        "vigil.en.md": article("Vigil", published="2026-11-12", places="Astana"),
    }
    return newsroom(tmp_path / "desk", articles).folder


@pytest.fixture
def host(desk: Path) -> Iterator[str]:
    """A host of static files that shows the site; its address."""
    (desk / "data" / "public").mkdir(parents=True)
    with listening(functools.partial(_Quiet, directory=str(desk / "data" / "public"))) as url:
        yield url


@pytest.fixture
def env(hub: Hub, host: str) -> dict[str, str]:
    return {"FEEDER_FEEDS_HUB": hub.url, "FEEDER_BASE_URL": host}


def retitle(desk: Path, title: str) -> None:
    write(desk / "articles" / "vigil.en.md", article(title, published="2026-11-12", places="Astana"))


def topics(desk: Path, host: str) -> set[str]:
    """The addresses of all published feeds, without archives."""
    public = desk / "data" / "public"
    return {f"{host}/{path.relative_to(public).as_posix()}" for form in FORMS for path in public.rglob(f"feed.{form}")}


def waiting(desk: Path) -> str:
    """What `feeder ping` says when there is nothing to tell."""
    return run("ping", site=desk, env={"FEEDER_FEEDS_HUB": "http://127.0.0.1:9/"}).stderr


def again(env: dict[str, str], desk: Path) -> subprocess.CompletedProcess[str]:
    return run("build", site=desk, env=env)


# --- feeder build --------------------------------------------------------------------------------


def test_every_feed_that_changed_is_told_once_and_nothing_when_nothing_did(
    desk: Path, host: str, hub: Hub, env: dict[str, str]
) -> None:
    """The first build tells of all, the second of none, a changed story of the feeds that show it. On stderr, in one line."""
    first = run("build", "--json", site=desk, env=env)
    assert (first.returncode, json.loads(first.stdout)["articles"]["added"]) == (0, 3)
    assert sorted(hub.told) == sorted(topics(desk, host))
    assert first.stderr == f"Told the hub of {len(hub.told)} feeds that changed.\n"
    form = hub.seen("form")[0]
    assert form["type"] == "application/x-www-form-urlencoded"
    assert (form["hub.mode"], form["hub.topic"]) == ("publish", form["hub.url"])
    hub.forget()
    assert again(env, desk).stderr == ""
    assert hub.told == []
    write(desk / "articles" / "picket.kk.md", article("Жаңа", published="2026-11-11", places="Almaty"))
    again(env, desk)
    changed = ("feed.atom", "kk/feed.atom", "kk/feed.json", "kk/feed.rss", "kk/places/kz-almaty/feed.atom")
    assert sorted(hub.told) == [f"{host}/{name}" for name in changed]


def test_what_the_hub_fetches_when_told_is_already_the_new_version(desk: Path, hub: Hub, env: dict[str, str]) -> None:
    """A ping before the file is live would have it hand the old one to everybody."""
    again(env, desk)
    hub.forget()
    retitle(desk, "Night vigil")
    again(env, desk)
    fetched = hub.seen("topic")
    assert {one["topic"].rpartition(".")[2] for one in fetched} == set(FORMS)
    assert all("Night vigil" in one["body"] for one in fetched)


def test_a_changed_story_that_goes_back_is_told_as_well(desk: Path, hub: Hub, env: dict[str, str]) -> None:
    """Readers have the version in between."""
    again(env, desk)
    retitle(desk, "Mistake")
    again(env, desk)
    hub.forget()
    retitle(desk, "Vigil")
    again(env, desk)
    assert hub.told
    assert not any("Mistake" in one["body"] for one in hub.seen("topic"))


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("500", "answered 500"),
        ("close", "no answer"),
        ("302", "answered 302"),
    ],
)
def test_a_hub_that_fails_fails_no_build_and_is_told_later(
    mode: str, says: str, desk: Path, host: str, hub: Hub, env: dict[str, str]
) -> None:
    """Exit code and output stay, one line says it; at once nobody tries again; when it works, nothing was lost."""
    hub.behave(mode)
    done = again(env, desk)
    assert (done.returncode, done.stdout.startswith("3 articles (3 added)")) == (0, True)
    assert done.stderr.startswith(f"feeder: the hub {hub.url} {says}")
    assert f"{len(topics(desk, host))} feeds will be told later" in done.stderr
    asked = hub.told
    assert len(asked) == (3 if mode == "500" else 1)  # it is left in peace then
    assert all(form["at"] == "/hub" for form in hub.seen("form"))  # a redirect is not followed
    again(env, desk)
    assert hub.told == asked
    hub.behave("ok")
    hub.forget()
    run("ping", site=desk, env=env)
    assert sorted(hub.told) == sorted(topics(desk, host))
    assert waiting(desk) == "The hub knows of every change.\n"


def test_a_hub_that_is_not_there_fails_no_build(desk: Path, hub: Hub, env: dict[str, str]) -> None:
    hub.__exit__()
    done = again(env, desk)
    assert done.returncode == 0
    assert done.stderr.startswith(f"feeder: the hub {hub.url} cannot be reached: Connection refused; ")
    assert done.stderr.count("\n") == 1


def test_a_change_while_one_waits_is_one_ping(desk: Path, hub: Hub, env: dict[str, str]) -> None:
    """With the newest version."""
    hub.behave("503")
    for title in ("Vigil 1", "Vigil 2"):
        retitle(desk, title)
        again(env, desk)
    hub.behave("ok")
    hub.forget()
    assert run("ping", site=desk, env=env).returncode == 0
    assert len(hub.told) == len(set(hub.told))
    assert all("Vigil 1" not in one["body"] for one in hub.seen("topic"))


def test_a_build_killed_before_the_hub_answers_tells_it_at_the_next_run(
    desk: Path, host: str, hub: Hub, env: dict[str, str]
) -> None:
    """kill -9 between publishing and telling; then a build that has nothing to do but that."""
    hub.behave("slow")
    with subprocess.Popen(line("build", site=desk), env=environment(**env), stdout=subprocess.DEVNULL) as process:
        until(lambda: hub.told, "the first ping")
        process.kill()
    assert process.returncode == -signal.SIGKILL
    hub.behave("ok")
    hub.forget()
    assert again(env, desk).stdout.startswith("Nothing changed")
    assert sorted(hub.told) == sorted(topics(desk, host))


def test_a_feed_that_is_gone_is_not_told_of(desk: Path, hub: Hub, env: dict[str, str]) -> None:
    hub.behave("503")
    again(env, desk)
    (desk / "articles" / "vigil.en.md").unlink()
    again(env, desk)
    hub.behave("ok")
    hub.forget()
    run("ping", site=desk, env=env)
    assert hub.told
    assert not any("kz-astana" in topic for topic in hub.told)
    assert hub.seen("trouble") == []


def test_a_site_that_is_uploaded_later_tells_the_hub_when_it_is_there(
    desk: Path, hub: Hub, env: dict[str, str]
) -> None:
    """ping = false: the build is silent, `feeder ping` tells of everything; its exit code says whether it could."""
    later = {**env, "FEEDER_FEEDS_PING": "false"}
    done = again(later, desk)
    assert (done.stderr, hub.told) == ("", [])
    hub.behave("500")
    assert run("ping", site=desk, env=later).returncode == 1
    hub.behave("ok")
    done = run("ping", site=desk, env=later)
    assert (done.returncode, done.stderr.startswith("Told the hub of ")) == (0, True)


def test_a_store_that_cannot_be_used_then_is_one_line_and_no_failure(desk: Path) -> None:
    """What is published is published."""
    room = newsroom(desk, feeds_hub="http://127.0.0.1:9/")
    with closing(open_store(room.database_url)) as store:
        with store.write() as connection:
            connection.execute(sa.text("DROP TABLE ping"))
        (said,) = telling.tell(room, store, lambda: False)
    assert said.startswith("feeder: the hub could not be told: the store cannot be used: no such table")


def test_ping_without_a_hub_says_how_to_name_one(desk: Path) -> None:
    done = run("ping", site=desk)
    assert done.returncode == 1
    assert done.stderr.startswith("feeder: there is no hub to tell; ")
    assert not (desk / "data").exists()


def test_a_retraction_is_told_at_once(desk: Path, hub: Hub, env: dict[str, str]) -> None:
    again(env, desk)
    hub.forget()
    assert run("retract", "vigil", "--reason", "It was another day.", site=desk, env=env).returncode == 0
    assert any(topic.endswith("/en/feed.atom") for topic in hub.told)


# --- the request ---------------------------------------------------------------------------------


def test_a_ping_never_takes_longer_than_its_limit(hub: Hub) -> None:
    """Also when the hub takes the request and stays silent."""
    hub.behave("slow")
    start = time.monotonic()
    with pytest.raises(HubError, match=r"no answer") as raised:
        pinging(hub.url, limit=0.3)("https://news.example.org/kk/feed.atom")
    assert time.monotonic() - start < 5
    assert raised.value.general


def test_a_proxy_of_the_environment_is_used(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """As curl does; a closed network may have no other way out."""
    hub.behave("204")
    monkeypatch.setenv("http_proxy", hub.url)
    monkeypatch.delenv("no_proxy", raising=False)
    pinging("http://hub.example.org/")("https://news.example.org/kk/feed.atom")
    assert hub.seen("form")[0]["at"] == "http://hub.example.org/"


# --- feeder serve --------------------------------------------------------------------------------


class Subscriber:
    """A feed reader's server: says yes to the hub, and keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, bytes]] = []  #: type, links, body
        subscriber = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                subscriber.got.append((self.headers["Content-Type"], self.headers["Link"], body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nobody asked."""

        self.handler = Answers


def advertised(form: str, body: bytes) -> tuple[list[str], str]:
    """The hubs and the self that a feed itself names."""
    if form == "json":
        feed = json.loads(body)
        return [hub["url"] for hub in feed["hubs"] if hub["type"] == "WebSub"], feed["feed_url"]
    root = etree.fromstring(body)
    top = root if form == "atom" else root[0]
    found = [(link.get("rel"), str(link.get("href"))) for link in top.findall("{http://www.w3.org/2005/Atom}link")]
    (own,) = [href for rel, href in found if rel == "self"]
    return [href for rel, href in found if rel == "hub"], own


def relations(header: str) -> dict[str, str]:
    return {rel: target for target, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


def test_header_and_feed_name_the_same_hub_and_self(desk: Path, hub: Hub) -> None:
    """In every feed of every format, also on 304 and HEAD; self is the address that was asked for. Nothing else has it."""
    with Server(desk, FEEDER_FEEDS_HUB=hub.url) as server:
        paths = {topic.removeprefix(server.url) for topic in topics(desk, server.url)}
        assert {f"/{code}/feed.{form}" for code in LOCALES for form in FORMS} < paths
        for path in paths:
            answer = server.get(path)
            assert relations(answer.headers["Link"]) == {"hub": hub.url, "self": server.url + path}
            assert advertised(path.rpartition(".")[2], answer.body) == ([hub.url], server.url + path)
            same = server.get(path, if_none_match=answer.headers["ETag"])
            assert (same.status, same.headers["Link"]) == (304, answer.headers["Link"])
            assert server.get(path, "HEAD").headers["Link"] == answer.headers["Link"]
        for path in ("/en/", "/en/archive/000001.atom", "/en/opml.xml", "/style.css", "/en/feed.none"):
            assert server.get(path).headers["Link"] is None
        assert hub.url.encode() not in server.get("/en/archive/000001.atom").body


def test_without_a_hub_there_is_no_word_of_one(desk: Path) -> None:
    with Server(desk) as server:
        for form in FORMS:
            answer = server.get(f"/en/feed.{form}")
            assert answer.headers["Link"] is None
            assert b"hub" not in answer.body
        assert not any("the hub" in text for text in server.log)


def test_subscribers_have_a_new_story_at_once(desk: Path, hub: Hub) -> None:
    """Subscribed and verified, they get the feed as the server gives it: type, links, bytes; in every format."""
    reader = Subscriber()
    server = Server(desk, FEEDER_FEEDS_HUB=hub.url, FEEDER_SCHEDULE_BUILD_EVERY="1")
    with listening(reader.handler) as callback, server:
        wanted = [f"{server.url}/kk/feed.{form}" for form in FORMS]
        for topic in wanted:
            wish = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback}
            assert fetch(hub.url, "POST", urlencode(wish).encode()).status == 202
        until(lambda: set(wanted) <= set(hub.told), "word of the first build")
        write(desk / "articles" / "fresh.kk.md", article("Жаңа хабар", published="2026-11-13"))
        until(lambda: len([body for _, _, body in reader.got if "Жаңа хабар".encode() in body]) == 3, "the new story")
        for topic in wanted:
            answer = fetch(topic)
            assert (answer.headers["Content-Type"], answer.headers["Link"], answer.body) in reader.got[-3:]
        assert server.stop() == 0


def test_a_hub_that_hangs_holds_up_neither_builds_nor_readers_nor_the_end(desk: Path, hub: Hub) -> None:
    """It has a thread of its own. What it was not told is not lost."""
    hub.behave("slow")
    with Server(desk, FEEDER_FEEDS_HUB=hub.url, FEEDER_SCHEDULE_BUILD_EVERY="1") as server:
        until(lambda: hub.told, "a ping")
        write(desk / "articles" / "fresh.kk.md", article("Жаңа хабар", published="2026-11-13"))
        until(lambda: "Жаңа хабар".encode() in server.get("/kk/feed.atom").body, "the build meanwhile")
        assert server.get("/healthz").status == 200
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 10
    assert not any("Traceback" in text for text in server.log)
    assert not list((desk / "data").glob("*-wal"))
    hub.behave("204")
    hub.forget()
    run("ping", site=desk, env={"FEEDER_FEEDS_HUB": hub.url, "FEEDER_BASE_URL": server.url})
    assert set(hub.told) == topics(desk, server.url)
