"""What the clock asked for: each job has one record for its slot, with a state and a reason.

A job whose slot is a day (a build) runs many times in it; its record is that of the last time. One whose slot is a week (a
digest) is done once by whoever claims it first:

    claim      the slot is ours, unless another has it or it is over; a dead process's is free when its lease is over
    extend     we are alive
    record     what became of it
    hand_back  somebody else may do it, or we at the next start
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import run as table

_c = table.c
WELL = ("done", "empty")  #: states in which a job did what it was to do
OVER = (*WELL, "held", "skipped")  #: nobody has to do it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A job and how far it came."""

    job: str  #: "digest", "build"
    slot: str  #: a local date, or an ISO week
    state: str  #: "taken", "done", "empty", "held", "skipped", "failed"
    started: datetime
    ended: datetime | None  #: None: not over yet
    why: str  #: one English sentence; "" when there is nothing to explain
    owner: str | None = None  #: of "taken": the process that does it, named by chance
    lease: datetime | None = None  #: until when the owner is believed alive; None: nobody is
    succeeded: datetime | None = None  #: when it last went well, whatever came after
    seconds: float | None = None  #: how long that took


def record(
    connection: sa.Connection,
    job: str,
    slot: str,
    state: str,
    why: str,
    now: datetime,
    *,
    seconds: float | None = None,
) -> None:
    """Remember what became of a job; what it had become before in the same slot is written over, but not its start."""
    values: dict[str, Any] = {"state": state, "why": why, "ended": None if state == "taken" else now}
    values |= {"owner": None, "lease": None}
    if state in WELL:
        values |= {"succeeded": now}
        values |= {"seconds": seconds} if seconds is not None else {}
    row = insert(connection, table).values(job=job, slot=slot, started=now, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["job", "slot"], set_=values))


def claim(
    connection: sa.Connection, job: str, slot: str, *, owner: str, now: datetime, until: datetime, due: datetime
) -> bool:
    """Whether the job is ours to do now. What was found empty before it was due may be done again."""
    mine: Mapping[str, Any] = {"state": "taken", "why": "", "ended": None, "owner": owner, "lease": until}
    row = insert(connection, table).values(job=job, slot=slot, started=now, **mine).on_conflict_do_nothing()
    if connection.execute(row.returning(_c.slot)).first():
        return True
    nobodys = sa.and_(_c.state == "taken", sa.or_(_c.lease.is_(None), _c.lease < now))
    early = sa.and_(_c.state == "empty", _c.ended < due)
    free = table.update().where(_c.job == job, _c.slot == slot, sa.or_(nobodys, early, _c.state == "failed"))
    return connection.execute(free.values(started=now, **mine).returning(_c.slot)).first() is not None


def extend(connection: sa.Connection, job: str, slot: str, owner: str, until: datetime) -> bool:
    """Whether it was still ours."""
    return _change(connection, job, slot, owner, lease=until)


def hand_back(connection: sa.Connection, job: str, slot: str, owner: str) -> bool:
    """Nobody has it any more, and it is not done."""
    return _change(connection, job, slot, owner, owner=None, lease=None)


def _change(connection: sa.Connection, job: str, slot: str, mine: str, **values: Any) -> bool:
    row = table.update().where(_c.job == job, _c.slot == slot, _c.owner == mine, _c.state == "taken")
    return connection.execute(row.values(**values).returning(_c.slot)).first() is not None


def of(connection: sa.Connection, job: str) -> list[Run]:
    """The records of a job, the last slot first."""
    rows = connection.execute(sa.select(table).where(_c.job == job).order_by(_c.slot.desc()))
    return [Run(**row._mapping) for row in rows]


def forget(connection: sa.Connection, job: str, before: str) -> None:
    """Drop the records of slots before this one."""
    connection.execute(table.delete().where(_c.job == job, _c.slot < before))


def last_success(connection: sa.Connection) -> dict[str, tuple[datetime, float | None]]:
    """When each job last went well, and how many seconds that took."""
    rows = connection.execute(sa.select(_c.job, _c.succeeded, _c.seconds).where(_c.succeeded.is_not(None)))
    found: dict[str, tuple[datetime, float | None]] = {}
    for row in rows:
        if row.job not in found or row.succeeded > found[row.job][0]:
            found[row.job] = (row.succeeded, row.seconds)
    return found


def since(connection: sa.Connection) -> datetime | None:
    """The first start of anything that is remembered."""
    rows = connection.execute(sa.select(_c.started).order_by(_c.started).limit(1))
    return rows.scalar()


def newest(connection: sa.Connection) -> datetime | None:
    """The latest time in any record."""
    rows = connection.execute(sa.select(sa.func.max(_c.started), sa.func.max(_c.ended), sa.func.max(_c.succeeded)))
    return max(filter(None, rows.one()), default=None)
