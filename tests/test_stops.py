"""SIGTERM, whatever is in hand: it is finished or handed back within ten seconds, and the next start does the rest."""

from __future__ import annotations

import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import crowd
from doors import Server, environment, line, sample, until
from sink import Sink

from feeder.jobs.sending.queueing import order, queue
from feeder.store import Store, open_store, runs

SECONDS = 10.0


def test_a_stop_while_it_sends_loses_nothing_and_sends_nothing_twice(tmp_path: Path) -> None:
    """To a server that takes its time for each message."""
    room = crowd.site(tmp_path / "desk")
    with Sink(tmp_path / "sink", delay=0.4) as sink:
        store = open_store(room.database_url)
        crowd.subscribe(store, room, 40)
        now = datetime.now(UTC).replace(microsecond=0)
        queue(store, crowd.make(store, room), due=now, hold_after=timedelta(hours=48), now=now)
        order(store, crowd.WEEK, now)  # it is an old week, and wanted all the same
        with Server(room.folder, FEEDER_MAIL_SMTP_URL=sink.url) as server:
            until(lambda: len(sink.taken()) >= 3, "the first messages")
            begun = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - begun < SECONDS
        taken, known = len(sink.taken()), crowd.states(store)
        assert known["sent"] == taken < 40
        assert known["queued"] == 40 - taken, known
        sink.behave()
        with Server(room.folder, FEEDER_MAIL_SMTP_URL=sink.url) as server:
            until(lambda: crowd.states(store)["sent"] == 40, "the rest")
            assert server.stop() == 0
        names = [name for name, _ in sink.taken()]
        assert (len(names), len(set(names))) == (40, 40)
        store.close()


def test_a_stop_while_the_digest_is_made_hands_it_back(tmp_path: Path) -> None:
    """SIGTERM during the look at the sources that a digest begins with: the claim is nobody's, and the next start makes it."""
    folder = sample(tmp_path)
    env = due_now()
    for number in range(150):
        text = (
            f"---\nlang: kk\ntitle: Хабар {number}\npublished: 2026-11-13\n---\n\n" + "Алматыда адам жиналды.\n\n" * 5
        )
        (folder / "articles" / f"{number}.kk.md").write_text(text, encoding="utf-8")
    with subprocess.Popen(
        line("serve", "--port", "0", site=folder), env=environment(**env), stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        until((folder / "data" / "public").exists, "the first files")
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=SECONDS)
        assert time.monotonic() - begun < SECONDS
    assert (process.returncode, "Traceback" in said) == (0, False)
    store = open_store(f"sqlite:///{folder}/data/feeder.db")
    assert not [run for run in digests(store) if run.state == "done"]
    assert all(run.owner is None for run in digests(store))
    with Server(folder, FEEDER_TIMEZONE="UTC", FEEDER_DIGEST_SCHEDULE=env["FEEDER_DIGEST_SCHEDULE"]):
        until(lambda: [run.state for run in digests(store)] in (["done"], ["empty"]), "the digest")
    store.close()


def digests(store: Store) -> list[runs.Run]:
    with store.read() as connection:
        return runs.of(connection, "digest")


def due_now() -> dict[str, str]:
    """A schedule by which a digest was due an hour ago."""
    at = datetime.now(UTC) - timedelta(hours=1)
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[at.weekday()]
    return {"FEEDER_TIMEZONE": "UTC", "FEEDER_DIGEST_SCHEDULE": f"{day} {at:%H:%M}"}


def test_two_servers_on_one_store_make_a_digest_once(tmp_path: Path) -> None:
    """Started at the same moment, with a digest that was due while neither ran."""
    folder = sample(tmp_path)
    env = due_now()
    lines = [line("serve", "--port", "0", "--no-reload", site=folder) for _ in range(2)]
    servers = [subprocess.Popen(one, env=environment(**env), stderr=subprocess.PIPE, encoding="utf-8") for one in lines]
    store = open_store(f"sqlite:///{folder}/data/feeder.db")
    until(lambda: [run.state for run in digests(store)] in (["done"], ["empty"]), "the digest")
    time.sleep(1.0)
    said = []
    for one in servers:
        one.send_signal(signal.SIGTERM)
        said.append(one.communicate(timeout=SECONDS)[1])
        assert one.returncode == 0
    store.close()
    assert sum(text.count("digest of week") + text.count("no digest for week") for text in said) == 1, said
