"""The ledger while something is sent: claim, mark, settle. It alone decides who is sent what.

    claim     some queued rows are ours for a while: nobody else may touch them
    mark      before the end of a message leaves: queued -> sending, if the row is still ours and its reader still there
    settle    after the server's answer: sending -> sent, failed, queued again or held

Each is committed to the disk before it returns. A process that is killed before the mark has sent nothing: a server
throws away a message without an end. Killed between the end and the commit of the answer, it leaves one row a
connection that nobody knows about, "sending". Everything else is certain.

Threads share one ledger, and their commits (`feeder.store.commits`): ten connections wait for few more than one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from feeder.model import DeliveryState
from feeder.store import deliveries, lineage
from feeder.store.commits import Commits
from feeder.store.engine import Store, plain
from feeder.store.logbook import Log, Logbook
from feeder.store.tables import delivery, micros, subscriber

_c = delivery.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a message needs to know of a subscriber."""

    name: str  #: opaque
    email: bytes  #: sealed, see `feeder.keys`
    epoch: int  #: of the tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row that is ours until its lease is over, and whom it is for."""

    id: int
    issue: str
    owner: str  #: the claim it belongs to
    attempts: int  #: that failed
    amendments: tuple[int, ...]
    reader: Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What becomes of a row that we had."""

    state: DeliveryState
    why: str = ""
    attempts: int = 0
    due: datetime | None = None  #: of one that is queued again


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Rows that are open."""

    open: int
    taken: int  #: of them, by somebody, ourselves too
    soonest: datetime | None  #: when the first of the others is due


class Ledger:
    """The ledger of a store, for the threads of one process. `token` names the process and nothing else ever."""

    def __init__(self, store: Store, logbook: Logbook) -> None:
        self.store, self.logbook = store, logbook
        self._numbers = count(1)
        self._connection = _own_connection(store)
        self._commits = Commits(self._connection)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is on the disk when it is over."""
        with self._commits.turn, plain(), self._connection.begin():
            yield self._connection

    # --- claim ---

    def claim(self, *, now: datetime, lease: timedelta, limit: int, issues: Collection[str] | None) -> list[Claimed]:
        """Up to `limit` rows that are due, of these issues or of all; the mark says so before they are returned."""
        known = self.logbook.mark()  # before the store's own count is read, which may only be higher
        owner = f"{self.logbook.token}-{next(self._numbers)}"
        with self.write() as connection:
            if lineage.older(connection, known):
                lineage.set_restored(connection, now)
                return []
            rows = self._take(connection, owner, now, lease, limit, issues)
            mark = lineage.advance(connection, self.logbook.token) if rows else None
        if mark:
            self.logbook.advance(mark)
        return rows

    def _take(
        self,
        connection: sa.Connection,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        issues: Collection[str] | None,
    ) -> list[Claimed]:
        free = sa.select(_c.id).where(*_free(now, issues)).order_by(_c.due).limit(limit)
        ids = connection.execute(free.with_for_update(skip_locked=True)).scalars().all()
        if not ids:
            return []
        connection.execute(delivery.update().where(_c.id.in_(ids)).values(owner=owner, lease=now + lease))
        rows = connection.execute(_FOR_SENDING.where(_c.id.in_(ids)).order_by(_c.id)).all()
        gone = [row.id for row in rows if row.state != "active" or row.email is None]
        if gone:
            connection.execute(delivery.delete().where(_c.id.in_(gone)))
        if len(gone) == len(ids):  # all have left; there may be others
            return self._take(connection, owner, now, lease, limit, issues)
        return [_claimed(row, owner) for row in rows if row.state == "active" and row.email is not None]

    def left(self, issues: Collection[str] | None) -> Left:
        """What is open, of these issues or of all."""
        which = [_c.state.in_(deliveries.OPEN), *([_c.issue.in_(issues)] if issues is not None else [])]
        numbers = (sa.func.count(), sa.func.count(_c.owner), sa.func.min(sa.case((_c.owner.is_(None), _c.due))))
        with self.store.read() as connection:
            open_, taken, soonest = connection.execute(sa.select(*numbers).where(*which)).one()
        return Left(open=open_, taken=taken, soonest=soonest)

    # --- mark and settle ---

    def mark(self, row: Claimed, now: datetime, lease: timedelta) -> bool:
        """Whether its message may end now; False when it is not ours any more, or its reader left."""
        values = {"row": row.id, "owner": row.owner, "now": micros(now), "until": micros(now + lease)}
        if not self._commits.commit("mark", values):
            return False
        self.logbook.note(row.id, row.owner)
        return True

    def settle(self, row: Claimed, ending: Ending, now: datetime) -> bool:
        """Put down what became of it. Also late, when it was given up as uncertain meanwhile; False when another has it."""
        values = {"row": row.id, "owner": row.owner}
        if ending.state == "sent":
            return self._commits.commit("sent", {**values, "now": micros(now)})
        more = {"state": ending.state, "why": ending.why, "attempts": ending.attempts}
        return self._commits.commit("other", {**values, **more, "due": micros(ending.due or now)})

    def drop_if_left(self, row: Claimed) -> bool:
        """Take out a row whose reader left after it was claimed; False when that was not it."""
        return self._commits.commit("left", {"row": row.id, "owner": row.owner})

    def hand_back(self, owners: Collection[str], except_for: Collection[int] = ()) -> None:
        """Rows that were claimed and not begun are free again."""
        with self.write() as connection:
            rows = delivery.update().where(_c.owner.in_(owners), _c.state == "queued", _c.id.not_in(except_for))
            connection.execute(rows.values(owner=None, lease=None))

    # --- after a crash ---

    def begin(self, now: datetime, *, retry: bool) -> int:
        """Before anything is claimed: the mark is there, and what a crash left is put in order, as `recover` says."""
        with self.write() as connection:
            own = lineage.named(connection, self.logbook.token)
        if own.count == 0 and self.logbook.mark() is None:
            self.logbook.advance(own)
        return self.recover(now, retry=retry)

    def recover(self, now: datetime, *, retry: bool) -> int:
        """Free what killed processes of this data folder had in hand, and what nobody settled in time.

        Nobody knows of a row that was being sent: it is held, or queued to be sent perhaps twice (`retry`). Its owner
        stays, so that an answer which comes after all settles it. Returns how many are uncertain.
        """
        known = self.logbook.mark()
        with self.logbook.dead() as logs:
            with self.write() as connection:
                if lineage.older(connection, known) or any(lineage.forgotten(connection, log) for log in logs):
                    lineage.set_restored(connection, now)
                uncertain = self._give_up(connection, logs, now, retry=retry)
                mark = lineage.advance(connection, self.logbook.token) if logs else None
            if mark:
                self.logbook.advance(mark)
        return uncertain

    def _give_up(self, connection: sa.Connection, logs: Sequence[Log], now: datetime, *, retry: bool) -> int:
        over = [_c.lease < now, *(_c.owner.startswith(f"{log.token}-", autoescape=True) for log in logs)]
        lost = delivery.update().where(_c.state == "sending", sa.or_(*over))
        fate: dict[str, Any] = {"state": "held", "why": "uncertain"}
        if retry:
            fate = {"state": "queued", "why": "uncertain", "attempts": _c.attempts + 1, "due": now}
        uncertain = connection.execute(lost.values(lease=None, **fate).returning(_c.id)).all()
        if logs:  # one whose lease is over can be claimed as it is
            theirs = over[1:]
            free = delivery.update().where(_c.state == "queued", sa.or_(*theirs))
            connection.execute(free.values(owner=None, lease=None))
        return len(uncertain)

    def finish(self) -> None:
        """Count one further, so that a copy of the store made while something was sent is older than the mark."""
        with self.write() as connection:
            mark = lineage.advance(connection, self.logbook.token)
        self.logbook.advance(mark)


def _own_connection(store: Store) -> sa.Connection:
    """A connection of our own on which a commit of SQLite is on the disk, so that a power cut takes none back."""
    with plain():
        connection = store.engine.connect()
        connection.detach()
        if connection.dialect.name == "sqlite":
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA synchronous=FULL")
        connection.rollback()
    return connection


def _free(now: datetime, issues: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    nobodys = sa.or_(_c.owner.is_(None), _c.lease.is_(None), _c.lease < now)
    return [_c.state == "queued", _c.due <= now, nobodys, *([_c.issue.in_(issues)] if issues is not None else [])]


_FOR_SENDING = sa.select(
    _c.id,
    _c.issue,
    _c.attempts,
    _c.amendments,
    subscriber.c.name,
    subscriber.c.email,
    subscriber.c.epoch,
    subscriber.c.state,
).outerjoin(subscriber, subscriber.c.id == _c.subscriber)


def _claimed(row: Any, owner: str) -> Claimed:
    return Claimed(
        id=row.id,
        issue=row.issue,
        owner=owner,
        attempts=row.attempts,
        amendments=tuple(row.amendments),
        reader=Reader(name=row.name, email=row.email, epoch=row.epoch),
    )
