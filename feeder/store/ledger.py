"""The ledger while something is sent: claim, mark, settle. It alone decides who is sent what.

    claim     some queued rows are ours for a while: nobody else may touch them
    mark      before the end of a message leaves: queued -> sending, if the row is still ours and its reader still there
    settle    after the server's answer: sending -> sent, failed, queued again or held

Each is committed to the disk before it returns. A process that is killed before the mark has sent nothing: a server
throws away a message without an end. Killed between the end and the commit of the answer, it leaves one row a
connection that nobody knows about, "sending". Everything else is certain.

Threads share one ledger. What they ask for while another one's commit is on its way to the disk goes there together:
ten connections wait for few more commits than one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any, cast

import sqlalchemy as sa

from feeder.errors import StoreError
from feeder.model import DeliveryState
from feeder.store import deliveries, lineage, subscribers
from feeder.store.engine import Store, plain
from feeder.store.logbook import Log, Logbook
from feeder.store.subscribers import Kept
from feeder.store.tables import delivery, micros

_c = delivery.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row that is ours until its lease is over, and whom it is for."""

    id: int
    issue: str
    owner: str  #: the claim it belongs to
    attempts: int  #: that failed
    amendments: tuple[int, ...]
    reader: Kept


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


@dataclass(slots=True)
class _Wish:
    """A statement that a thread wants committed, and whether it touched a row."""

    statement: str
    values: Mapping[str, Any]
    done: bool = False
    touched: bool = False
    error: Exception | None = field(default=None)


class Ledger:
    """The ledger of a store, for the threads of one process. `token` names the process and nothing else ever."""

    def __init__(self, store: Store, logbook: Logbook) -> None:
        self.store, self.logbook = store, logbook
        self._numbers = count(1)
        self._connection = _own_connection(store)
        self._hot = {name: _compiled(statement, store.engine.dialect) for name, statement in _HOT.items()}
        self._waiting: list[_Wish] = []
        self._list, self._turn = Lock(), Lock()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is on the disk when it is over."""
        with self._turn, plain(), self._connection.begin():
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
        taken = delivery.update().where(_c.id.in_(ids)).values(owner=owner, lease=now + lease)
        rows = connection.execute(taken.returning(_c.id, _c.issue, _c.subscriber, _c.attempts, _c.amendments)).all()
        readers = subscribers.by_rows(connection, {row.subscriber for row in rows if row.subscriber is not None})
        gone = [row.id for row in rows if not _reads(readers.get(row.subscriber))]
        if gone:
            connection.execute(delivery.delete().where(_c.id.in_(gone)))
        return [
            Claimed(
                id=row.id,
                issue=row.issue,
                owner=owner,
                attempts=row.attempts,
                amendments=tuple(row.amendments),
                reader=readers[row.subscriber],
            )
            for row in sorted(rows, key=lambda row: row.id)
            if row.id not in gone
        ]

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
        if not self._commit("mark", values):
            return False
        self.logbook.note(row.id, row.owner)
        return True

    def settle(self, row: Claimed, ending: Ending, now: datetime) -> bool:
        """Put down what became of it. Also late, when it was given up as uncertain meanwhile; False when another has it."""
        values = {"row": row.id, "owner": row.owner}
        if ending.state == "sent":
            return self._commit("sent", {**values, "now": micros(now)})
        more = {"state": ending.state, "why": ending.why, "attempts": ending.attempts}
        return self._commit("other", {**values, **more, "due": micros(ending.due or now)})

    def drop_if_left(self, row: Claimed) -> bool:
        """Take out a row whose reader left after it was claimed; False when that was not it."""
        return self._commit("left", {"row": row.id, "owner": row.owner})

    def hand_back(self, owners: Collection[str], except_for: Collection[int] = ()) -> None:
        """Rows that were claimed and not begun are free again."""
        with self.write() as connection:
            rows = delivery.update().where(_c.owner.in_(owners), _c.state == "queued", _c.id.not_in(except_for))
            connection.execute(rows.values(owner=None, lease=None))

    def _commit(self, name: str, values: Mapping[str, Any]) -> bool:
        """Run a statement for one row, in one transaction with whatever else waits by the time it is our turn."""
        wish = _Wish(self._hot[name], values)
        with self._list:
            self._waiting.append(wish)
        with self._turn:
            if not wish.done:
                with self._list:
                    wishes, self._waiting = self._waiting, []
                self._grant(wishes)
        if wish.error:
            raise wish.error
        return wish.touched

    def _grant(self, wishes: Sequence[_Wish]) -> None:
        raw = self._connection.connection.dbapi_connection
        refused: type[Exception] = self.store.engine.dialect.loaded_dbapi.Error
        try:
            _run(raw, wishes)
        except refused as error:
            with suppress(refused):
                cast(Any, raw).rollback()
            what = StoreError(f"the store cannot be used: {str(error).strip().splitlines()[0]}")
            for wish in wishes:
                wish.error = what
        for wish in wishes:
            wish.done = True

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
        free = delivery.update().where(_c.state == "queued", _c.owner.is_not(None), sa.or_(*over))
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


def _reads(reader: Kept | None) -> bool:
    return reader is not None and reader.state == "active" and reader.email is not None


# --- statements that run for every message, once or twice: compiled once, run by the driver itself ---------------

_HOT = {
    "mark": """
        UPDATE delivery SET state = 'sending', lease = :until
        WHERE id = :row AND owner = :owner AND state = 'queued' AND lease > :now AND EXISTS (
            SELECT 1 FROM subscriber AS s WHERE s.id = delivery.subscriber AND s.state = 'active' AND s.email IS NOT NULL)""",
    "sent": """
        UPDATE delivery SET state = 'sent', why = '', sent = :now, lease = NULL WHERE id = :row AND owner = :owner""",
    "other": """
        UPDATE delivery
        SET state = :state, why = :why, attempts = :attempts, due = :due, owner = NULL, lease = NULL
        WHERE id = :row AND owner = :owner AND state <> 'sent'""",
    "left": """
        DELETE FROM delivery WHERE id = :row AND owner = :owner AND state = 'queued' AND NOT EXISTS (
            SELECT 1 FROM subscriber AS s WHERE s.id = delivery.subscriber AND s.state = 'active' AND s.email IS NOT NULL)""",
}


def _compiled(statement: str, dialect: sa.Dialect) -> str:
    """The statement with its values named as the driver wants them."""
    kind: Callable[..., sa.Dialect] = type(dialect)
    named = kind(paramstyle="named" if dialect.name == "sqlite" else "pyformat")
    return str(sa.text(statement).compile(dialect=named))


def _run(raw: Any, wishes: Sequence[_Wish]) -> None:
    """One transaction; over the net in one round trip."""
    pipeline = getattr(raw, "pipeline", None)
    if pipeline is None:
        raw.execute("BEGIN IMMEDIATE")
    with pipeline() if pipeline else nullcontext():
        cursors = [raw.execute(wish.statement, wish.values) for wish in wishes]
        if pipeline is None:
            raw.execute("COMMIT")
        else:
            raw.commit()
    for wish, cursor in zip(wishes, cursors, strict=True):
        wish.touched = cursor.rowcount == 1
