"""What the clock asked for: each job has one record for its slot, with a state and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeder.store.engine import insert
from feeder.store.tables import run as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A job and how far it came."""

    job: str  #: "digest"
    slot: str  #: a local date, or an ISO week
    state: str  #: "taken", "done", "empty", "held", "skipped", "failed"
    started: datetime
    ended: datetime | None  #: None: not over yet
    why: str  #: one English sentence; "" when there is nothing to explain


def record(connection: sa.Connection, job: str, slot: str, state: str, why: str, now: datetime) -> None:
    """Remember what became of a job; what it had become before in the same slot is written over, but not its start."""
    values = {"state": state, "why": why, "ended": None if state == "taken" else now}
    row = insert(connection, table).values(job=job, slot=slot, started=now, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["job", "slot"], set_=values))


def of(connection: sa.Connection, job: str) -> list[Run]:
    """The records of a job, the last slot first."""
    rows = connection.execute(sa.select(table).where(table.c.job == job).order_by(table.c.slot.desc()))
    return [Run(**row._mapping) for row in rows]
