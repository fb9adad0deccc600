"""Connections that send what the ledger has: what each answer of a server leads to, pauses, rates, stops. On both engines."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import crowd
import pytest
import sqlalchemy as sa
from crowd import HURRY, states
from doors import environment, line, run, sample, until
from sink import Sink
from test_queueing import issue, made, queued, reader
from walk import NOW, newsroom

from feeder.cli import sending
from feeder.errors import AddressError, ConfigError, Never, NotNow, Unknown, Unreachable
from feeder.jobs.sending.crew import Crew, Delivered, Means
from feeder.jobs.sending.messages import Envelope
from feeder.jobs.sending.pace import Rate, Weather
from feeder.jobs.sending.post import Patience, Rules, backoff
from feeder.store import Store, open_store, subscribers
from feeder.store.deliveries import Standing
from feeder.store.ledger import Claimed, Ledger
from feeder.store.logbook import Logbook
from feeder.store.tables import delivery

Act = Callable[[str, int], None]  #: called before the end of a message with its address and how often it was tried


class Tape:
    """A way out that remembers what went, and answers as a test wants. One for all connections."""

    def __init__(self, before: Act = lambda to, tries: None, after: Act = lambda to, tries: None) -> None:
        self.before, self.after = before, after
        self.tried: Counter[str] = Counter()
        self.sent: list[str] = []
        self.moments: list[float] = []
        self.lock = threading.Lock()

    def send(self, sender: str, to: str, message: bytes, *, name: str, before_end: Callable[[], None]) -> None:
        with self.lock:
            self.tried[to] += 1
            tries = self.tried[to]
        self.before(to, tries)
        before_end()
        self.after(to, tries)
        with self.lock:
            self.sent.append(to)
            self.moments.append(time.monotonic())

    def close(self) -> None:
        """There is no connection."""


Send = Callable[..., Delivered]


@pytest.fixture
def send(store: Store, tmp_path: Path) -> Send:
    """A whole run over a tape."""
    numbers = iter(range(100))

    def run_it(
        tape: Tape,
        rules: Rules = Rules(patience=HURRY),  # noqa: B008  it is a value
        connections: int = 1,
        stop: threading.Event | None = None,
        envelope: Callable[[Claimed], Envelope] | None = None,
    ) -> Delivered:
        book = Logbook(tmp_path / "sending", f"t{next(numbers)}")
        book.open()
        with closing(Ledger(store, book)) as ledger:
            ledger.begin(NOW, retry=False)
            means = Means(
                envelope=envelope or _envelope,
                open_transport=lambda: tape,
                clock=lambda: datetime.now(UTC),
                stop=stop or threading.Event(),
            )
            delivered = Crew(ledger, rules, means).run(connections)
        book.close()
        return delivered

    return run_it


def _envelope(row: Claimed) -> Envelope:
    return Envelope(sender="", to=row.reader.name, body=b"", name=row.reader.name)


def waiting(store: Store, number: int) -> None:
    for n in range(number):
        reader(store, f"r{n}")
    queued(store, made(store, issue()))


def whys(store: Store) -> list[tuple[str, str, int]]:
    rows = sa.select(delivery.c.state, delivery.c.why, delivery.c.attempts).order_by(delivery.c.id)
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(rows)]


def raising(error: Exception, times: int = 1000, of: str = "") -> Act:
    def act(to: str, tries: int) -> None:
        if tries <= times and of in ("", to):
            raise error

    return act


# --- what a server may answer ---------------------------------------------------------------------


def test_everybody_gets_it_once_over_several_connections(store: Store, send: Send) -> None:
    waiting(store, 60)
    tape = Tape()
    assert send(tape, connections=4).states == {"sent": 60}
    assert Counter(tape.sent) == dict.fromkeys((f"r{n}" for n in range(60)), 1)
    assert states(store) == {"sent": 60}


def test_refused_for_now_is_tried_again_later(store: Store, send: Send) -> None:
    """Before the end of the message or after it."""
    waiting(store, 3)
    tape = Tape(before=raising(NotNow("450 later"), 2, "r0"), after=raising(NotNow("451 later"), 1, "r1"))
    send(tape)
    assert states(store) == {"sent": 3}
    assert tape.tried == {"r0": 3, "r1": 2, "r2": 1}


def test_refused_for_now_too_often_has_failed(store: Store, send: Send) -> None:
    """With the server's last words."""
    waiting(store, 1)
    send(Tape(before=raising(NotNow("450 try later"))), Rules(attempts=3, patience=HURRY))
    assert whys(store) == [("failed", "450 try later", 3)]


def test_refused_for_good_has_failed_at_once(store: Store, send: Send) -> None:
    waiting(store, 2)
    send(Tape(after=raising(Never("550 no such user"), of="r0")))
    assert whys(store) == [("failed", "550 no such user", 1), ("sent", "", 0)]


@pytest.mark.parametrize("retry", [False, True])
def test_what_nobody_knows_is_held_or_sent_again(store: Store, send: Send, retry: bool) -> None:
    """As [mail] on_doubt has it."""
    waiting(store, 1)
    tape = Tape(after=raising(Unknown("lost"), 1))
    send(tape, Rules(retry=retry, patience=HURRY))
    assert states(store) == ({"sent": 1} if retry else {"uncertain": 1})
    assert tape.tried == {"r0": 2 if retry else 1}


def test_an_address_that_is_none_fails_alone(store: Store, send: Send) -> None:
    waiting(store, 2)

    def envelope(row: Claimed) -> Envelope:
        if row.reader.name == "r0":
            raise AddressError("no address")
        return _envelope(row)

    send(Tape(), envelope=envelope)
    assert whys(store) == [("failed", "no address", 1), ("sent", "", 0)]


def test_a_defect_of_ours_costs_its_own_message_time_and_no_other(store: Store, send: Send) -> None:
    """Before the end it is tried again like a refusal; after it nobody knows."""
    waiting(store, 3)
    tape = Tape(before=raising(RuntimeError("oh"), of="r0"), after=raising(RuntimeError("oh"), of="r1"))
    send(tape, Rules(attempts=2, patience=HURRY))
    assert whys(store) == [("failed", "feeder failed: RuntimeError", 2), ("held", "uncertain", 1), ("sent", "", 0)]


def test_a_mistake_in_the_configuration_stops_the_run_and_spends_nothing(store: Store, send: Send) -> None:
    waiting(store, 3)

    def envelope(row: Claimed) -> Envelope:
        raise ConfigError("mail.sender is wrong")

    assert send(Tape(), envelope=envelope).trouble == "mail.sender is wrong"
    assert whys(store) == [("queued", "", 0)] * 3


def test_who_leaves_while_the_run_goes_on_gets_nothing(store: Store, send: Send) -> None:
    waiting(store, 2)

    def leave(to: str, tries: int) -> None:
        with store.write() as connection:
            found = subscribers.by_name(connection, to)
            assert found is not None
            subscribers.change(connection, found.row, state="left")

    tape = Tape(before=lambda to, tries: leave(to, tries) if to == "r1" else None)
    send(tape)
    assert tape.sent == ["r0"]
    assert states(store) == {"sent": 1}


# --- a server that is not there -------------------------------------------------------------------


def test_an_unreachable_server_is_waited_for_and_then_given_up(store: Store, send: Send) -> None:
    """Nothing of any row is spent."""
    waiting(store, 5)
    tape = Tape(before=raising(Unreachable("mail server gone")))
    delivered = send(tape, Rules(patience=replace(HURRY, failures=4)), connections=2)
    assert delivered.trouble == "mail server gone"
    assert tape.tried.total() <= 4 * 2
    assert whys(store) == [("queued", "", 0)] * 5
    with store.read() as connection:
        assert set(connection.execute(sa.select(delivery.c.owner)).scalars()) == {None}


def test_a_server_that_comes_back_gets_everything(store: Store, send: Send) -> None:
    waiting(store, 5)
    tape = Tape(before=raising(Unreachable("away"), 2))
    assert send(tape).trouble == ""
    assert states(store) == {"sent": 5}


def test_a_connection_too_many_goes_home_and_the_others_do_its_work(store: Store, send: Send) -> None:
    """A server that takes one connection at a time is no server that is gone."""
    waiting(store, 30)
    busy = threading.Lock()

    def one_at_a_time(to: str, tries: int) -> None:
        if not busy.acquire(blocking=False):
            time.sleep(0.03)  # the other one is answered meanwhile
            raise Unreachable("421 too many connections")
        try:
            time.sleep(0.01)
        finally:
            busy.release()

    delivered = send(Tape(before=one_at_a_time), Rules(patience=replace(HURRY, failures=3)), connections=3)
    assert delivered.trouble == ""
    assert states(store) == {"sent": 30}


def test_pauses_grow_and_end_with_the_first_answer() -> None:
    """Two connections that fail in one pause have failed once."""
    second = timedelta(seconds=1)
    weather = Weather(Patience(failures=3))
    assert weather.storm("gone", NOW, NOW)
    assert weather.until == NOW + second
    assert weather.storm("gone", NOW, NOW + second / 2)
    assert weather.until == NOW + second
    assert weather.storm("gone", NOW + second, NOW + second)
    assert weather.until == NOW + 3 * second
    assert weather.why == ""
    weather.answered("sent", NOW + 4 * second)
    assert weather.storm("gone", NOW + 5 * second, NOW + 5 * second)
    assert weather.until == NOW + 6 * second
    for pause in (6, 8):
        weather.storm("gone for good", NOW + pause * second, NOW + pause * second)
    assert weather.why == "gone for good"


def test_a_server_that_refuses_one_after_the_other_is_left_alone_for_a_while() -> None:
    """Ten in a row, and longer after the next ten; one that it takes makes all good."""
    weather = Weather(Patience())
    for _ in range(9):
        weather.answered("queued", NOW)
    assert weather.until is None
    weather.answered("queued", NOW)
    assert weather.until == NOW + timedelta(seconds=1)
    for _ in range(10):
        weather.answered("queued", NOW)
    assert weather.until == NOW + timedelta(seconds=2)


def test_waiting_times_double_differ_and_are_always_the_same() -> None:
    patience = Patience()
    waits = [backoff(7, attempts, patience) for attempts in range(1, 9)]
    assert waits == [backoff(7, attempts, patience) for attempts in range(1, 9)]
    assert all(timedelta(seconds=24) * 2**n <= wait <= timedelta(seconds=36) * 2**n for n, wait in enumerate(waits[:6]))
    assert max(waits) <= timedelta(hours=1.2)
    assert len({backoff(row, 1, patience) for row in range(50)}) > 40


# --- rate, stops, waiting -------------------------------------------------------------------------


def test_the_rate_is_kept_over_all_connections(store: Store, send: Send) -> None:
    """1,200 a minute are 50 ms apart, whoever sends."""
    waiting(store, 8)
    tape = Tape()
    send(tape, Rules(rate=1200, patience=HURRY), connections=4)
    assert tape.moments[-1] - tape.moments[0] > 7 * 0.05 - 0.04


def test_a_rate_does_not_make_up_for_time_that_passed() -> None:
    """After a pause the next goes at once, and not ten together."""
    rate = Rate(60)
    second = timedelta(seconds=1)
    assert [rate.slot(NOW) for _ in range(3)] == [NOW, NOW + second, NOW + 2 * second]
    later = NOW + 60 * second
    assert [rate.slot(later) for _ in range(2)] == [later, later + second]
    assert Rate(0).slot(NOW) is None


def test_told_to_stop_it_finishes_what_is_in_hand_and_hands_back_the_rest(store: Store, send: Send) -> None:
    waiting(store, 50)
    stop = threading.Event()

    def after(to: str, tries: int) -> None:
        if to == "r5":
            stop.set()

    tape = Tape(after=after)
    send(tape, stop=stop)
    assert states(store) == {"sent": len(tape.sent), "queued": 50 - len(tape.sent)}
    with store.read() as connection:
        assert set(connection.execute(sa.select(delivery.c.owner).where(delivery.c.state == "queued")).scalars()) == {
            None
        }


def test_who_does_not_wait_leaves_what_is_not_due(store: Store, send: Send) -> None:
    """`feeder serve` comes back by itself."""
    waiting(store, 2)
    patience = replace(HURRY, wait=None, retry=timedelta(hours=1))
    send(Tape(before=raising(NotNow("450 later"), of="r0")), Rules(patience=patience))
    assert states(store) == {"queued": 1, "sent": 1}


def test_who_waits_does_so_only_for_what_comes_soon(store: Store, send: Send) -> None:
    waiting(store, 1)
    patience = replace(HURRY, wait=timedelta(seconds=10), retry=timedelta(minutes=10), longest_retry=timedelta(hours=1))
    start = time.monotonic()
    send(Tape(before=raising(NotNow("450 later"))), Rules(patience=patience))
    assert time.monotonic() - start < 5
    assert states(store) == {"queued": 1}


# --- the whole program ----------------------------------------------------------------------------


def test_the_command_sends_each_reader_one_message_in_their_language(tmp_path: Path) -> None:
    """Twice it sends once. Each message names its reader's own address to leave, and nobody else's."""
    site = sample(tmp_path)
    for n, locale in enumerate(("en", "kk", "ru", "kk")):
        assert (
            run("subscribers", "add", f"r{n}@example.org", "--lang", locale, "--confirmed", site=site).returncode == 0
        )
    with Sink(tmp_path / "sink") as sink:
        env = {"FEEDER_MAIL_SMTP_URL": sink.url}
        first = run("digest", "--send", "--week", "2026-W46", site=site, env=env)
        assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "Week 2026-W46: 4 sent."), first.stderr
        second = run("digest", "--send", "--week", "2026-W46", site=site, env=env)
        assert (second.returncode, second.stdout.splitlines()[-1]) == (0, "Week 2026-W46: 4 sent (none of them now).")
        assert Counter(to for _, to in sink.taken()) == {f"r{n}@example.org": 1 for n in range(4)}


def test_without_a_server_messages_go_into_the_outbox(tmp_path: Path) -> None:
    """One file for each reader, by the opaque name, for the owner's eyes only."""
    site = sample(tmp_path)
    run("subscribers", "add", "a@example.org", "--lang", "kk", "--confirmed", site=site)
    done = run("digest", "--send", "--week", "2026-W46", site=site)
    assert done.returncode == 0, done.stderr
    (path,) = (site / "data" / "outbox" / "2026-W46-kk").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "a@example.org"
    assert message["Content-Language"] == "kk"
    assert path.stem not in ("a", "a@example.org")


def test_processes_that_start_at_the_same_time_send_once(tmp_path: Path) -> None:
    """The whole command, three times at once: compiled, queued and sent by whoever comes first; all wait for the end."""
    site = sample(tmp_path)
    room = newsroom(site)
    store = open_store(room.database_url)
    crowd.subscribe(store, room, 60)
    with Sink(tmp_path / "sink", delay=0.01) as sink:
        env = environment(FEEDER_MAIL_SMTP_URL=sink.url)
        racing = [
            subprocess.Popen(
                line("digest", "--send", "--week", "2026-W46", site=site),
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            for _ in range(3)
        ]
        for process in racing:
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            assert "60 sent" in out
        assert Counter(to for _, to in sink.taken()) == {crowd.address(n): 1 for n in range(60)}
    store.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_command_between_two_messages(tmp_path: Path, number: int) -> None:
    """Nothing is uncertain, and it says how to go on."""
    site = sample(tmp_path)
    room = newsroom(site)
    store = open_store(room.database_url)
    crowd.subscribe(store, room, 60)
    with Sink(tmp_path / "sink", delay=0.05) as sink:
        env = environment(FEEDER_MAIL_SMTP_URL=sink.url)
        process = subprocess.Popen(
            line("digest", "--send", "--week", "2026-W46", site=site), env=env, stderr=subprocess.PIPE, encoding="utf-8"
        )
        until(lambda: len(sink.taken()) > 4, "some messages")
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 1
        left = 60 - len(sink.taken())
        assert (
            f"feeder: stopped; {left} messages are to be sent, go on with: feeder digest --send --week 2026-W46" in err
        )
    assert states(store) == {"sent": 60 - left, "queued": left}
    store.close()


def test_a_server_that_is_gone_is_one_line_with_what_to_do() -> None:
    """And so is what it refuses for now, and what is held; when all is sent there is nothing to say."""

    def left(trouble: str = "", stopped: bool = False, **numbers: int) -> str:
        standing = Standing(
            issue="2026-W46-kk",
            week=crowd.WEEK,
            locale="kk",
            compiled_at=NOW,
            states=numbers,  # type: ignore[arg-type]  # names of states
            held={},
            last_sent=None,
        )
        return sending.leftover(crowd.WEEK, [standing], Delivered(states=Counter(), trouble=trouble), stopped=stopped)

    again = "go on with: feeder digest --send --week 2026-W46"
    assert left("mail server gone", queued=1, sent=5) == f"mail server gone; 1 message is to be sent, {again}"
    assert left(queued=2) == f"the mail server refuses some for now; 2 messages are to be sent, {again}"
    assert left(stopped=True, queued=2) == f"stopped; 2 messages are to be sent, {again}"
    assert left(held=2) == "2 messages are held for you to decide; feeder status says why and what to do"
    assert left(sent=5, failed=1) == ""
