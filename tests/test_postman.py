"""The post of `feeder serve`: it sends what is due, tells once what is wrong, and begins with what an earlier run left."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import crowd
import pytest
from crowd import states
from doors import Server, sample, until
from sink import Sink
from walk import newsroom

from feeder.cli import site
from feeder.cli.health import Health, health_of
from feeder.cli.postman import Postman
from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.store import Store, deliveries, lineage, open_store


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return crowd.site(tmp_path / "site")


@pytest.fixture
def store(room: Newsroom) -> Iterator[Store]:
    opened = open_store(room.database_url)
    crowd.subscribe(opened, room, 3)
    yield opened
    opened.close()


@pytest.fixture
def health(room: Newsroom, store: Store) -> Health:
    return health_of(room, store, site.now)


@pytest.fixture
def postman(room: Newsroom, store: Store, health: Health) -> Postman:
    return Postman(room, store, threading.Event(), health)


def queue(store: Store, room: Newsroom, week: Week = crowd.WEEK) -> None:
    """For a week that the real clock does not find late."""
    made = crowd.copies(store, crowd.make(store, room), Week.of(site.now().date()))
    crowd.put_in_queue(store, made, site.now(), site.now())


def test_a_round_sends_what_is_due(postman: Postman, store: Store, room: Newsroom, health: Health) -> None:
    queue(store, room)
    postman.round()
    assert states(store) == {"sent": 3}
    assert "mail" not in health.failures


def test_a_round_with_nothing_to_send_touches_nothing(postman: Postman, room: Newsroom) -> None:
    """It comes every twenty seconds, all week."""
    postman.round()
    assert not room.sending.exists()


def test_an_issue_that_is_held_as_a_whole_turns_the_health_red(
    postman: Postman, store: Store, room: Newsroom, health: Health
) -> None:
    """Until the operator has decided."""
    queue(store, room)
    with store.write() as connection:
        lineage.set_restored(connection, site.now())
    postman.round()
    assert "is held as restored" in health.failures["mail"]
    with store.write() as connection:
        names = [one.issue for one in deliveries.standings(connection)]
        deliveries.release(connection, ["restored"], names, site.now(), as_sent=True)
    postman.round()
    assert "mail" not in health.failures


def test_a_defect_of_ours_is_a_failure_and_not_the_end(
    postman: Postman, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "_open", lambda: 1 / 0)
    postman.round()
    assert "ZeroDivisionError" in health.failures["mail"]
    monkeypatch.undo()
    postman.round()
    assert "mail" not in health.failures


def test_a_run_that_cannot_begin_leaves_nothing_behind(
    postman: Postman, store: Store, room: Newsroom, health: Health
) -> None:
    """It is tried every twenty seconds; a key that is missing for a week must not fill the folder."""
    queue(store, room)
    wrong = newsroom(room.folder, None, mail_dkim_key_file="missing.pem")
    for _ in range(3):
        Postman(wrong, store, threading.Event(), health).round()
    assert "mail.dkim_key_file" in health.failures["mail"]
    assert not room.sending.exists()
    assert states(store) == {"queued": 3}


def _prepared(tmp_path: Path, number: int) -> Newsroom:
    """The sample site with readers and an issue of this week, queued."""
    room = newsroom(sample(tmp_path))
    store = open_store(room.database_url)
    crowd.subscribe(store, room, number)
    queue(store, room)
    store.close()
    return room


def test_serve_sends_at_its_start_what_an_earlier_run_left(tmp_path: Path) -> None:
    """And answers readers meanwhile."""
    room = _prepared(tmp_path, 40)
    with Sink(tmp_path / "sink", delay=0.1) as sink, Server(room.folder, FEEDER_MAIL_SMTP_URL=sink.url) as server:
        until(sink.taken, "the first message")
        assert server.get("/kk/feed.atom").status == 200
        assert len(sink.taken()) < 40, "the site is served while the post is under way"
        until(lambda: len(sink.taken()) == 40, "all of them")
        assert server.stop() == 0
    assert Counter(to for _, to in sink.taken()) == {crowd.address(n): 1 for n in range(40)}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_serve_stopped_in_the_middle_goes_on_at_the_next_start(tmp_path: Path, number: int) -> None:
    """Told to stop it stops within seconds, and nothing is uncertain; killed, one message a connection is at most."""
    room = _prepared(tmp_path, 60)
    with Sink(tmp_path / "sink", delay=0.1) as sink:
        with Server(room.folder, FEEDER_MAIL_SMTP_URL=sink.url) as server:
            until(lambda: len(sink.taken()) > 6, "some messages")
            began = time.monotonic()
            os.kill(server.process.pid, number)
            server.process.wait(30)
            assert time.monotonic() - began < 10
        store = open_store(room.database_url)
        if number == signal.SIGTERM:
            assert states(store).keys() <= {"sent", "queued"}
            assert not list(room.sending.glob("*.log"))
        with Server(room.folder, FEEDER_MAIL_SMTP_URL=sink.url):
            until(lambda: not states(store)["queued"] and not states(store)["sending"], "the rest")
        found = states(store)
        assert found["sent"] + found["uncertain"] == 60
        assert found["uncertain"] <= (0 if number == signal.SIGTERM else 2)
        assert max(Counter(to for _, to in sink.taken()).values()) == 1
        store.close()


def test_a_server_that_stalls_does_not_keep_serve_from_stopping(tmp_path: Path) -> None:
    """Its message is uncertain if its end was out, and free else."""
    room = _prepared(tmp_path, 5)
    with (
        Sink(tmp_path / "sink", faults={"RCPT": {"stall": 1.0}}) as sink,
        Server(room.folder, FEEDER_MAIL_SMTP_URL=sink.url, FEEDER_MAIL_CONNECTIONS="1") as server,
    ):
        until(lambda: list(room.sending.glob("*.log")), "the post")
        time.sleep(0.5)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 15
    store = open_store(room.database_url)
    assert states(store) == {"queued": 5}
    store.close()
