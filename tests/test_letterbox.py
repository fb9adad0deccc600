"""The thread that answers requests with letters: over a real mail server, and one that is not well."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from doors import until
from mail_servers import Faulty, Real
from people import EMAIL, KEYS, add, request, state
from walk import NOW, newsroom

from feeder.cli.health import Health
from feeder.cli.letterbox import Letterbox
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.vitals import Vitals
from feeder.store import Store, open_store


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def health(clock: Clock) -> Health:
    """Of a process whose store is not asked."""

    def look(now: datetime) -> Vitals:
        raise AssertionError(now)

    return Health(clock, look)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'feeder.db'}")
    yield opened
    opened.close()


@pytest.fixture
def postman(tmp_path: Path, store: Store) -> Iterator[Callable[[str], tuple[Letterbox, Clock]]]:
    """Makes a letterbox whose letters go to a server; stopped at the end."""
    started: list[Letterbox] = []

    def start(address: str) -> tuple[Letterbox, Clock]:
        room: Newsroom = newsroom(tmp_path / "site", mail_smtp_url=f"smtp://{address}")
        clock = Clock()
        started.append(Letterbox(room, store, KEYS, threading.Event(), health(clock)))
        started[-1].start()
        return started[-1], clock

    yield start
    for one in started:
        one.stop.set()
        one.join()
        assert not one.thread.is_alive()


Start = Callable[[str], tuple[Letterbox, Clock]]


def test_a_request_becomes_a_letter(postman: Start, store: Store) -> None:
    """To the address, and to nobody else; who is subscribed already is told so."""
    add(store, "known@example.net")
    with Real() as server:
        worker, _ = postman(server.address)
        assert worker.post(request())
        assert worker.post(request("known@example.net"))
        until(lambda: len(server.letters) == 2, "two letters")
    assert [letter.to for letter in server.letters] == [EMAIL, "known@example.net"]
    assert state(store) == "pending"


def test_what_was_asked_for_is_answered_before_the_end(postman: Start, store: Store) -> None:
    """A stop waits for the letters of those who asked; the thread then ends."""
    with Real() as server:
        worker, _ = postman(server.address)
        for number in range(20):
            worker.post(request(f"reader-{number}@example.org"))
        worker.stop.set()
        worker.join()
        assert len(server.letters) == 20


def test_a_server_that_wants_to_be_asked_again_is_asked_again(postman: Start) -> None:
    """Greylisting: the same letter, a minute later, once."""
    with Faulty("RCPT", "450 4.2.1 try again later") as server:
        worker, clock = postman(server.address)
        worker.post(request())
        until(lambda: worker.later, "the first attempt")
        assert server.letters == []
        clock.now += timedelta(minutes=2)
        until(lambda: server.letters, "the second attempt")
        worker.stop.set()
        worker.join()
    assert len(server.letters) == 1


@pytest.mark.parametrize("fault", ["550 5.1.1 <reader@example.org> no such user", "drop"])
def test_a_refused_letter_stops_no_other(fault: str, postman: Start, caplog: pytest.LogCaptureFixture) -> None:
    """The log says why, without the address; a typo of somebody is no failure of the site."""
    caplog.set_level("INFO", "feeder")
    with Faulty("RCPT" if fault != "drop" else "end", fault) as server:
        worker, _ = postman(server.address)
        worker.post(request())
        until(lambda: "was not taken" in caplog.text, "the refusal")
        assert worker.health.failures == {}
        worker.post(request("other@example.net"))
        until(lambda: [one for one in server.letters if one.to == "other@example.net"], "the next letter")
    assert "reader@" not in caplog.text
    assert "other@" not in caplog.text


def test_a_server_that_is_gone_turns_the_health_red(postman: Start) -> None:
    """And green again with the first letter that it takes."""
    with Faulty() as server:
        address = server.address
    worker, clock = postman(address)
    worker.post(request())
    until(lambda: worker.health.failures, "the failure")
    assert list(worker.health.failures) == ["letters"]
    assert len(worker.later) == 1
    clock.now += timedelta(hours=5)
    worker.post(request("other@example.net"))
    until(lambda: len(worker.later) == 2, "the second attempts")


def test_too_many_requests_are_not_kept(tmp_path: Path, store: Store) -> None:
    """A queue without end would be a way to fill the memory."""
    worker = Letterbox(newsroom(tmp_path / "site"), store, KEYS, threading.Event(), health(Clock()))
    taken = [worker.post(request(f"a{number}@example.org")) for number in range(1100)]
    assert taken.count(True) == 1000
