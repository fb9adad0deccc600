"""Claim, mark, settle: each row is one process's at a time, and what was committed is true. On both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from crowd import states
from test_queueing import issue, made, queued, reader
from walk import NOW

from feeder.errors import StoreError
from feeder.store import Store, lineage, subscribers
from feeder.store.ledger import Claimed, Ending, Ledger
from feeder.store.logbook import Logbook, Mark
from feeder.store.tables import delivery

LEASE = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
SENT = Ending(state="sent")

Open = Callable[[str], Ledger]


@pytest.fixture
def ledger(store: Store, tmp_path: Path) -> Iterator[Open]:
    """Ledgers of processes by their names; all work on one store and one data folder."""
    opened: list[Ledger] = []

    def of(token: str) -> Ledger:
        book = Logbook(tmp_path / "sending", token)
        book.open()
        opened.append(Ledger(store, book))
        opened[-1].begin(NOW, retry=False)
        return opened[-1]

    yield of
    for one in opened:
        one.close()
        one.logbook.close()


def waiting(store: Store, number: int = 1) -> list[int]:
    """So many readers with a delivery each."""
    rows = [reader(store, f"r{n:03}") for n in range(number)]
    queued(store, made(store, issue()))
    return rows


def claim(ledger: Ledger, limit: int = 100, later: timedelta = timedelta()) -> list[Claimed]:
    return ledger.claim(now=NOW + later, lease=LEASE, limit=limit, issues=None)


def column(store: Store, name: str) -> list[object]:
    with store.read() as connection:
        return list(connection.execute(sa.select(delivery.c[name]).order_by(delivery.c.id)).scalars())


# --- claim ----------------------------------------------------------------------------------------


def test_a_row_is_claimed_by_one(store: Store, ledger: Open) -> None:
    """And by nobody else until its lease is over; an earlier owner can then do nothing with it."""
    waiting(store, 5)
    one, other = ledger("one"), ledger("other")
    first = claim(one, 3)
    assert len(first) == 3
    assert len(claim(other)) == 2
    assert claim(other) == []
    again = claim(other, later=LEASE + SECOND)
    assert {row.id for row in first} <= {row.id for row in again}
    assert not one.mark(first[0], NOW + LEASE, LEASE)
    assert not one.settle(first[0], SENT, NOW)


def test_claims_of_many_at_once_share_no_row(store: Store, ledger: Open) -> None:
    """Threads with a connection each, all at the same moment."""
    waiting(store, 120)
    ledgers = [ledger(f"p{n}") for n in range(6)]
    start = threading.Barrier(len(ledgers))

    def all_of_it(one: Ledger) -> list[int]:
        start.wait()
        mine: list[int] = []
        while rows := claim(one, 7):
            mine += [row.id for row in rows]
        return mine

    with ThreadPoolExecutor(len(ledgers)) as pool:
        found = [row for mine in pool.map(all_of_it, ledgers) for row in mine]
    # who finds others' rows locked may go home early on PostgreSQL; what it left is still there
    found += [row.id for row in claim(ledgers[0], 200)]
    assert len(found) == len(set(found)) == 120


def test_a_row_that_is_not_due_yet_is_left(store: Store, ledger: Open) -> None:
    waiting(store, 2)
    one = ledger("one")
    first, second = claim(one)
    one.settle(first, Ending(state="queued", why="450 later", attempts=1, due=NOW + 60 * SECOND), NOW)
    one.hand_back({second.owner})
    assert [row.id for row in claim(one, later=59 * SECOND)] == [second.id]
    (again,) = claim(one, later=60 * SECOND)
    assert (again.id, again.attempts) == (first.id, 1)
    left = one.left(None)
    assert (left.open, left.taken, left.soonest) == (2, 2, None)


def test_who_left_before_the_claim_has_no_delivery_any_more(store: Store, ledger: Open) -> None:
    rows = waiting(store, 3)
    with store.write() as connection:
        subscribers.change(connection, rows[0], state="left", email=None)
        subscribers.remove(connection, rows[1])
    assert [row.reader.name for row in claim(ledger("one"))] == ["r002"]
    assert states(store) == {"queued": 1}


def test_a_claim_of_nothing_but_leavers_goes_on_to_the_next(store: Store, ledger: Open) -> None:
    """An empty claim means that there is nothing to do."""
    rows = waiting(store, 5)
    with store.write() as connection:
        for row in rows[:4]:
            subscribers.change(connection, row, state="left")
    assert [row.reader.name for row in claim(ledger("one"), 2)] == ["r004"]


# --- mark and settle ------------------------------------------------------------------------------


def test_a_message_may_end_only_while_its_lease_lasts(store: Store, ledger: Open) -> None:
    waiting(store)
    one = ledger("one")
    (row,) = claim(one)
    assert not one.mark(row, NOW + LEASE, LEASE)
    assert states(store) == {"queued": 1}
    assert one.mark(row, NOW + LEASE - SECOND, LEASE)
    assert states(store) == {"sending": 1}
    assert not one.mark(row, NOW, LEASE), "once"


@pytest.mark.parametrize("state", ["left", "paused", "bounced"])
def test_who_leaves_while_the_message_is_on_its_way_gets_it_not(store: Store, ledger: Open, state: str) -> None:
    """Up to its very end."""
    (number,) = waiting(store)
    one = ledger("one")
    (row,) = claim(one)
    with store.write() as connection:
        subscribers.change(connection, number, state=state)
    assert not one.mark(row, NOW, LEASE)
    assert one.drop_if_left(row)
    assert states(store) == {}


def test_a_row_of_somebody_who_is_there_is_not_dropped(store: Store, ledger: Open) -> None:
    waiting(store)
    one = ledger("one")
    (row,) = claim(one)
    assert not one.drop_if_left(row)
    assert states(store) == {"queued": 1}


def test_an_answer_that_comes_late_settles_what_was_given_up(store: Store, ledger: Open) -> None:
    """The server took ten minutes, another process called the row uncertain meanwhile."""
    waiting(store, 2)
    one, other = ledger("one"), ledger("other")
    first, second = claim(one)
    for row in (first, second):
        assert one.mark(row, NOW, LEASE)
    assert other.recover(NOW + LEASE + SECOND, retry=False) == 2
    assert states(store) == {"uncertain": 2}
    assert one.settle(first, SENT, NOW)
    assert one.settle(second, Ending(state="failed", why="550 no"), NOW)
    assert states(store) == {"sent": 1, "failed": 1}


def test_what_was_sent_stays_sent(store: Store, ledger: Open) -> None:
    """Whoever says otherwise afterwards."""
    waiting(store)
    one = ledger("one")
    (row,) = claim(one)
    one.mark(row, NOW, LEASE)
    one.settle(row, SENT, NOW)
    assert not one.settle(row, Ending(state="queued"), NOW)
    assert states(store) == {"sent": 1}
    assert column(store, "sent") == [NOW]


def test_threads_that_settle_at_once_each_learn_of_their_own_row(store: Store, ledger: Open) -> None:
    """What goes to the disk together is not mixed up."""
    waiting(store, 40)
    one = ledger("one")
    rows = claim(one)
    stolen = {row.id for row in rows[::2]}
    with store.write() as connection:
        connection.execute(delivery.update().where(delivery.c.id.in_(stolen)).values(owner="thief"))
    with ThreadPoolExecutor(8) as pool:
        marked = list(pool.map(lambda row: one.mark(row, NOW, LEASE), rows))
    assert marked == [row.id not in stolen for row in rows]


def test_a_store_that_is_gone_fails_every_thread_in_one_line(store: Store, ledger: Open) -> None:
    waiting(store, 3)
    one = ledger("one")
    rows = claim(one)
    one._connection.connection.dbapi_connection.close()  # type: ignore[union-attr]  # as when the server goes

    def told(row: Claimed) -> str:
        with pytest.raises(StoreError) as error:
            one.mark(row, NOW, LEASE)
        return str(error.value)

    with ThreadPoolExecutor(3) as pool:
        for text in pool.map(told, rows):
            assert text.startswith("the store cannot be used: ")
            assert "\n" not in text


def test_commits_of_the_ledger_are_on_the_disk(store: Store, ledger: Open, engine: str) -> None:
    """SQLite's usual way here could lose the last ones in a power cut; the connection is the ledger's own."""
    if engine != "sqlite":
        return
    one = ledger("one")
    with one.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1


# --- recovery -------------------------------------------------------------------------------------


def test_rows_of_a_living_process_are_left_alone(store: Store, ledger: Open) -> None:
    """Its log is locked, its lease lasts."""
    waiting(store, 2)
    one, other = ledger("one"), ledger("other")
    first, _ = claim(one)
    one.mark(first, NOW, LEASE)
    assert other.recover(NOW + LEASE - SECOND, retry=False) == 0
    assert claim(other) == []
    assert states(store) == {"queued": 1, "sending": 1}


def test_with_retry_what_is_uncertain_is_queued_again(store: Store, ledger: Open) -> None:
    """And counts as an attempt, or a server that always hangs up would get it for ever."""
    waiting(store)
    one, other = ledger("one"), ledger("other")
    (row,) = claim(one)
    one.mark(row, NOW, LEASE)
    assert other.recover(NOW + LEASE + SECOND, retry=True) == 1
    (again,) = claim(other, later=LEASE + 2 * SECOND)
    assert again.attempts == 1


def test_handed_back_rows_are_anybodys_but_for_those_in_hand(store: Store, ledger: Open) -> None:
    waiting(store, 3)
    one, other = ledger("one"), ledger("other")
    rows = claim(one)
    one.hand_back({rows[0].owner}, except_for=[rows[1].id])
    assert {row.id for row in claim(other)} == {rows[0].id, rows[2].id}


# --- which store it is ----------------------------------------------------------------------------


def test_the_count_grows_with_every_claim_and_is_beside_the_store(store: Store, ledger: Open) -> None:
    waiting(store, 4)
    one = ledger("one")
    counts = []
    for _ in range(3):
        claim(one, 1)
        known = one.logbook.mark()
        assert known is not None
        counts.append(known.count)
        with store.read() as connection:
            assert lineage.mark(connection) == known
            assert not lineage.older(connection, known)
    assert counts == sorted(set(counts))


def test_a_claim_that_finds_the_store_put_back_takes_nothing(store: Store, ledger: Open) -> None:
    """Also while it runs, as when PostgreSQL was restored below it; from then on everything is held."""
    waiting(store, 2)
    one = ledger("one")
    (row,) = claim(one, 1)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '0' WHERE name = 'ledger_count'")
    assert claim(one) == []
    assert states(store) == {"restored": 2}
    assert not one.mark(row, NOW, LEASE)


def test_the_operators_word_makes_a_restored_store_count_on(store: Store, ledger: Open) -> None:
    """From the highest number that was seen."""
    one = ledger("one")
    one.logbook.advance(Mark(store="other", count=70), anew=True)
    with one.write() as connection:
        assert lineage.older(connection, one.logbook.mark())
        lineage.set_restored(connection, NOW)
        mark = lineage.trust(connection, one.logbook.mark(), "x")
    one.logbook.advance(mark, anew=True)
    with store.read() as connection:
        assert mark.count == 71
        assert lineage.mark(connection) == mark
        assert not lineage.older(connection, one.logbook.mark())
        assert lineage.restored(connection) is None
