"""Processes that send are killed, servers misbehave, backups are put back: nobody gets an issue twice, nobody is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import crowd
import pytest
import sqlalchemy as sa
from doors import run, until
from sink import Faults, Sink
from walk import NOW, newsroom

from feeder.jobs.sending.releasing import release
from feeder.model import Issue, Week
from feeder.store import Store, open_store
from feeder.store.ledger import Ledger
from feeder.store.logbook import Logbook
from feeder.store.tables import delivery, metadata, subscriber
from feeder.transports.smtp import Smtp

CONNECTIONS = 2
READERS = 200  #: 500 with --long


# --- processes ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Where a process that sends starts within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "feeder.jobs.build",
            "feeder.jobs.sending.mailing",
            "feeder.transports.smtp",
            "sqlalchemy.dialects.sqlite",
            "brotli",
            "secrets",
        ]
    )
    return context


def send_apart(site: Path, settings: dict[str, str], step: str = "", nth: int = 1) -> None:
    """A whole run as a process of its own does it; it kills itself the nth time it comes to `step`."""
    room = newsroom(site, None, **settings)
    store = open_store(room.database_url)
    if step:
        owner, name, replacement = STEPS[step](nth)
        setattr(owner, name, replacement)
    try:
        crowd.send(store, room)
    finally:
        store.close()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


Step = Callable[[int], tuple[type, str, Any]]


def _before(owner: type, name: str) -> Step:
    return lambda nth: (owner, name, _dying(getattr(owner, name), nth, early=True))


def _after(owner: type, name: str) -> Step:
    return lambda nth: (owner, name, _dying(getattr(owner, name), nth, early=False))


def _dying(plain: Callable[..., Any], nth: int, *, early: bool) -> Callable[..., Any]:
    calls = iter(range(1, 1_000_000))

    def called(*args: Any, **named: Any) -> Any:
        number = next(calls)
        if early and number == nth:
            die()
        found = plain(*args, **named)
        if number == nth:
            die()
        return found

    return called


def _without_an_answer(nth: int) -> tuple[type, str, Any]:
    plain = Smtp._end
    calls = iter(range(1, 1_000_000))

    def ended(self: Smtp, link: Any, letter: Any) -> None:
        if next(calls) == nth:
            link.sock.sendall(b"\r\n.\r\n")
            time.sleep(0.05)  # for the server to write it down
            die()
        plain(self, link, letter)

    return Smtp, "_end", ended


#: Each step of a delivery, in its order. From the mark to the commit of the answer one message is uncertain.
STEPS: dict[str, Step] = {
    "before anything is put in order": _before(Ledger, "recover"),
    "all is in order": _after(Ledger, "recover"),
    "before the claim": _before(Ledger, "claim"),
    "the claim is committed, the mark is not written": _before(Logbook, "advance"),
    "the mark is written": _after(Logbook, "advance"),
    "the message is out but for its end": _before(Ledger, "mark"),
    "marked, not noted": _before(Logbook, "note"),
    "marked and noted": _after(Ledger, "mark"),
    "the end is out, no answer came": _without_an_answer,
    "the answer is here, not committed": _before(Ledger, "settle"),
    "settled": _after(Ledger, "settle"),
    "before the last count": _before(Ledger, "finish"),
    "after the last count": _after(Ledger, "finish"),
    "before the log goes": _before(Logbook, "close"),
}
UNCERTAIN = {
    "marked, not noted",
    "marked and noted",
    "the end is out, no answer came",
    "the answer is here, not committed",
}


# --- the scene ------------------------------------------------------------------------------------


class Scene:
    """A site with subscribers, a mail server, and issues one after the other."""

    def __init__(self, folder: Path, url: str, sink: Sink, context: ForkServerContext, **settings: str) -> None:
        self.settings = {"storage_database_url": url, "mail_smtp_url": sink.url, **settings}
        self.settings.setdefault("mail_connections", str(CONNECTIONS))
        self.room = crowd.site(folder / "site", **self.settings)
        self.store, self.sink, self.context = open_store(url), sink, context
        self.weeks = iter(Week(2027, number) for number in range(1, 53))
        self.made: list[Issue] = []

    def subscribe(self, number: int) -> None:
        crowd.subscribe(self.store, self.room, number)
        self.made = crowd.make(self.store, self.room)

    def next_issue(self) -> None:
        """A week's issues for everybody, queued."""
        week = next(self.weeks)
        crowd.put_in_queue(self.store, crowd.copies(self.store, self.made, week))

    def start(self, step: str = "", nth: int = 1) -> ForkServerProcess:
        process = self.context.Process(target=send_apart, args=(self.room.folder, self.settings, step, nth))
        process.start()
        return process

    def finish(self) -> None:
        """A run that nobody disturbs."""
        delivered = crowd.send(self.store, newsroom(self.room.folder, None, **self.settings))
        assert delivered.trouble == ""

    def kill(self, process: ForkServerProcess) -> bool:
        """Whether it was still at work."""
        alive = process.is_alive()
        process.kill()
        process.join()
        return alive

    # what became of it

    def rows(self) -> dict[str, str]:
        """Message-ID -> the state of its delivery, or why it is held."""
        keys = crowd.keys(self.store, self.room)
        columns = (delivery.c.issue, subscriber.c.name, delivery.c.state, delivery.c.why)
        with self.store.read() as connection:
            found = connection.execute(
                sa.select(*columns).join(subscriber, subscriber.c.id == delivery.c.subscriber)
            ).all()
        return {
            f"<{keys.message_id(row.issue, row.name, self.room.config.host)}>": row.why
            if row.state == "held"
            else row.state
            for row in found
        }

    def taken(self) -> Counter[str]:
        return Counter(name for name, _ in self.sink.taken())

    def status(self) -> dict[str, Any]:
        env = {f"FEEDER_{name.upper()}": value for name, value in self.settings.items()}
        done = run("status", "--json", site=self.room.folder, env=env)
        assert done.returncode == 0, done.stderr
        assert "@example.org" not in done.stdout
        return dict(json.loads(done.stdout))


@pytest.fixture
def scene(
    tmp_path: Path, url: str, processes: ForkServerContext, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Scene]]:
    opened: list[Scene] = []
    with Sink(tmp_path / "sink") as sink:

        def make(readers: int, **settings: str) -> Scene:
            made = Scene(tmp_path, url, sink, processes, **settings)
            opened.append(made)
            made.subscribe(readers)
            return made

        yield make
        for one in opened:
            one.store.close()


Make = Callable[..., Scene]


# --- killed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_a_process_leaves_at_most_one_message_uncertain(step: str, scene: Make, long: bool) -> None:
    """And none at all where the server has not been given the end, or its answer is committed."""
    one = scene(9, mail_connections="1")
    once = not long or step in ("before the last count", "after the last count", "before the log goes")
    for nth in (1,) if once else (1, 2, 5):
        one.next_issue()
        process = one.start(step, nth)
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        one.finish()
    rows, taken = one.rows(), one.taken()
    assert max(taken.values()) == 1, "nobody gets an issue twice"
    kills = 1 if once else 3
    expected = {"uncertain": kills} if step in UNCERTAIN else {}
    assert Counter(rows.values()) == {"sent": len(rows) - expected.get("uncertain", 0), **expected}
    assert {name for name, state in rows.items() if state == "sent"} <= taken.keys() <= rows.keys()


@pytest.mark.parametrize("at_once", [1, 3])
def test_killed_at_any_moment_nobody_gets_two_and_nobody_is_lost(scene: Make, long: bool, at_once: int) -> None:
    """kill -9 over and over, of one process or of all. What nobody can know is held, and named by `feeder status`."""
    one = scene(500 if long else READERS)
    kills = _massacre(one, 100 if long else 6, at_once)
    rows, taken = one.rows(), one.taken()
    assert max(taken.values()) == 1
    assert set(rows.values()) <= {"sent", "uncertain"}
    assert {name for name, state in rows.items() if state == "sent"} <= taken.keys() <= rows.keys()
    uncertain = {name for name, state in rows.items() if state == "uncertain"}
    assert len(uncertain) <= kills * CONNECTIONS
    told = one.status()
    assert {f"<{held['message_id']}>" for held in told["held"]} == uncertain
    assert {held["why"] for held in told["held"]} <= {"uncertain"}
    assert sum(issue["deliveries"]["sent"] for issue in told["issues"]) == len(rows) - len(uncertain)


def test_with_on_doubt_retry_a_kill_costs_at_most_one_repeat(scene: Make, long: bool) -> None:
    """Under the same Message-ID, and everybody is sure to get it."""
    one = scene(500 if long else READERS, mail_on_doubt="retry")
    kills = _massacre(one, 60 if long else 6, 2)
    rows, taken = one.rows(), one.taken()
    assert set(rows.values()) == {"sent"}
    assert taken.keys() == rows.keys()
    assert sum(taken.values()) - len(taken) <= kills * CONNECTIONS
    assert len({(name, to) for name, to in one.sink.taken()}) == len(rows), "one reader, one Message-ID"


def _massacre(one: Scene, wanted: int, at_once: int) -> int:
    """Send issue after issue; kill until `wanted` processes were killed at work. The last issue is finished in peace."""
    chance = random.Random(46)
    kills = 0
    while kills < wanted:
        one.next_issue()
        while kills < wanted and crowd.states(one.store)["queued"]:
            running = [one.start() for _ in range(at_once)]
            time.sleep(chance.uniform(0.15, 0.6))
            for process in running[: chance.randint(1, at_once)]:
                kills += one.kill(process)
            for process in running:
                process.join(60)
        one.finish()
    return kills


# --- servers that misbehave ------------------------------------------------------------------------


FAULTS: dict[str, Faults] = {
    "hangs up anywhere": {stage: {"drop": 0.08} for stage in ("connect", "MAIL", "RCPT", "DATA", "end")},
    "refuses for now": {"RCPT": {"450": 0.1}, "DATA": {"451": 0.1}, "end": {"452": 0.1}},
    "refuses for good": {"RCPT": {"550": 0.1}, "end": {"554": 0.1}},
    "takes it and says nothing": {"end": {"lose": 0.1}},
    "stalls": {"RCPT": {"stall": 0.01}, "end": {"stall": 0.01}},
    "everything": {
        "connect": {"421": 0.05, "drop": 0.05},
        "MAIL": {"421": 0.03},
        "RCPT": {"450": 0.05, "550": 0.03, "drop": 0.02},
        "DATA": {"451": 0.03, "drop": 0.02},
        "end": {"451": 0.03, "554": 0.03, "drop": 0.02, "lose": 0.03},
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_misbehaves_makes_no_message_double(fault: str, scene: Make) -> None:
    """Every delivery ends: sent once, refused for good, or held because the line went dead after its end."""
    one = scene(100, mail_smtp_url="", mail_attempts="50")
    one.sink.behave(faults=FAULTS[fault])
    one.settings["mail_smtp_url"] = f"{one.sink.url}?timeout=1"
    one.next_issue()
    one.finish()
    rows, taken = one.rows(), one.taken()
    assert max(taken.values()) == 1
    assert set(rows.values()) <= {"sent", "failed", "uncertain"}
    assert {name for name, state in rows.items() if state == "sent"} <= taken.keys()
    assert not taken.keys() & {name for name, state in rows.items() if state == "failed"}
    if fault in ("refuses for now", "refuses for good"):
        assert "uncertain" not in rows.values()
    if fault == "takes it and says nothing":
        assert taken.keys() == rows.keys()
        assert "uncertain" in rows.values()


def test_a_server_that_is_gone_costs_nothing(scene: Make) -> None:
    """The run pauses, gives up with one line, and every row is as it was; back again, it gets everything."""
    one = scene(20)
    one.next_issue()
    with one.sink.away():
        delivered = crowd.send(one.store, newsroom(one.room.folder, None, **one.settings))
    assert "mail server 127.0.0.1" in delivered.trouble
    with one.store.read() as connection:
        rows = connection.execute(sa.select(delivery.c.state, delivery.c.attempts, delivery.c.owner)).all()
    assert set(rows) == {("queued", 0, None)}
    one.finish()
    assert crowd.states(one.store) == {"sent": 20}


# --- backups --------------------------------------------------------------------------------------


class Backup:
    """A copy of a store as it is now, however much is going on, and putting it back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.path = Path(store.engine.url.database or "") if store.engine.dialect.name == "sqlite" else None
        if self.path:
            with closing(sqlite3.connect(self.path)) as now, closing(sqlite3.connect(f"{self.path}.copy")) as copy:
                now.backup(copy)
        else:
            with store.read() as connection:
                tables = metadata.sorted_tables
                self.rows = {one: [dict(row._mapping) for row in connection.execute(sa.select(one))] for one in tables}

    def put_back(self) -> None:
        self.store.close()
        if self.path:
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            Path(f"{self.path}.copy").replace(self.path)
            return
        with self.store.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
            for table in metadata.sorted_tables:
                if self.rows[table]:
                    connection.execute(table.insert(), self.rows[table])


@pytest.mark.parametrize("then", ["finished", "killed", "killed at once"])
def test_a_backup_put_back_sends_nothing_again(scene: Make, then: str) -> None:
    """A copy made while an issue was being sent, put back: all that it believes unsent is held until a person decides."""
    one = scene(60, mail_connections="1")
    one.sink.behave(delay=0.01)
    one.next_issue()
    process = one.start()
    until(lambda: len(one.sink.taken()) > 10, "some messages")
    backup = Backup(one.store)
    copied = len(one.sink.taken())
    if then != "killed at once":
        until(lambda: len(one.sink.taken()) > copied + (25 if then == "killed" else 1), "some more")
    else:
        until(lambda: len(one.sink.taken()) > copied + 1, "one more")
    if then == "finished":
        process.join(60)
    else:
        one.kill(process)
    backup.put_back()
    before = one.taken()
    one.finish()
    assert one.taken() == before
    rows = Counter(one.rows().values())
    assert rows.keys() == {"sent", "restored"}
    told = one.status()
    assert told["restored"]
    assert len(told["held"]) == rows["restored"]
    assert "backup" in told["todo"][0]
    one.next_issue()
    one.finish()
    assert one.taken() == before, "a new issue is held, too"
    assert Counter(one.rows().values()) == {**rows, "restored": rows["restored"] + 60}


@pytest.mark.parametrize("as_sent", [True, False])
def test_the_operator_decides_what_a_restored_store_sends(scene: Make, as_sent: bool) -> None:
    """Taken for sent, nothing goes out; else all that was held does. From then on the store is the one to go by."""
    one = scene(10)
    one.next_issue()
    backup = Backup(one.store)
    one.finish()
    backup.put_back()
    one.finish()
    assert Counter(one.rows().values()) == {"restored": 10}
    found = release(one.store, one.room, ["restored"], week=None, as_sent=as_sent, now=NOW, token="operator")
    assert sum(found.values()) == 10
    one.finish()
    assert Counter(one.rows().values()) == {"sent": 10}
    assert set(one.taken().values()) == {1 if as_sent else 2}
    one.next_issue()
    one.finish()
    assert Counter(one.rows().values()) == {"sent": 20}
    assert one.status()["restored"] is None


def test_a_store_brought_from_elsewhere_is_held(scene: Make, engine: str) -> None:
    """SQLite, which lies beside what was noted: without a note it comes from another place. PostgreSQL serves many machines."""
    one = scene(5)
    one.next_issue()
    one.finish()
    (one.room.sending / "mark").unlink()
    one.next_issue()
    one.finish()
    assert (
        Counter(one.rows().values()) == {"sent": 5, "restored" if engine == "sqlite" else "sent": 5}
        or engine != "sqlite"
    )
    assert len(one.sink.taken()) == (5 if engine == "sqlite" else 10)


def test_another_store_beside_the_mark_of_one_is_held(scene: Make, tmp_path: Path) -> None:
    """The newsroom began anew with an old list of readers; what they got is not known."""
    one = scene(5)
    one.next_issue()
    one.finish()
    (one.room.sending / "mark").write_text(f"other {7:020}\n", encoding="ascii")
    one.next_issue()
    one.finish()
    assert Counter(one.rows().values()) == {"sent": 5, "restored": 5}
