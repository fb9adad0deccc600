"""Subscribers: who asked for the digest, in which language, and what they said since.

An address is found by its keyed hash. `suppressed` has the hashes of those that nobody but their owners may put back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from feeder.model import Locale, SubscriberState
from feeder.store.engine import insert
from feeder.store.tables import subscriber as table
from feeder.store.tables import suppressed

_BATCH = 500

Why = Literal["erased", "left", "bounced", "complained"]  #: nothing is sent to a suppressed address


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row as it is kept; `feeder.keys` opens the address."""

    row: int  #: its number, in the ledger
    name: str  #: opaque; elsewhere it is the subscriber's id
    email_hash: str
    email: bytes | None = field(repr=False)  #: sealed; None: erased
    locale: Locale
    state: SubscriberState
    asked: datetime
    confirmed: datetime | None
    changed: datetime
    epoch: int
    evidence: Mapping[str, Any]
    soft_bounces: int


def by_rows(connection: sa.Connection, rows: Collection[int]) -> dict[int, Kept]:
    """The subscribers of these rows; one that was erased is missing."""
    wanted = sorted(rows)
    found: dict[int, Kept] = {}
    for start in range(0, len(wanted), _BATCH):
        batch = sa.select(table).where(table.c.id.in_(wanted[start : start + _BATCH]))
        found |= {row.id: _kept(row) for row in connection.execute(batch)}
    return found


def by_name(connection: sa.Connection, name: str) -> Kept | None:
    """The subscriber of an opaque name, until the end of the transaction nobody else's to change."""
    return _one(connection, table.c.name == name)


def by_hash(connection: sa.Connection, email_hash: str) -> Kept | None:
    """The subscriber with an address, likewise."""
    return _one(connection, table.c.email_hash == email_hash)


def _one(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Kept | None:
    wanted = sa.select(table).where(which)
    row = connection.execute(wanted.with_for_update() if _writing(connection) else wanted).one_or_none()
    return _kept(row) if row else None


def _writing(connection: sa.Connection) -> bool:
    return not connection.get_execution_options().get("postgresql_readonly")


def every(connection: sa.Connection) -> Iterator[Kept]:
    """All of them, in the order in which they asked first."""
    rows = connection.execute(sa.select(table).order_by(table.c.id), execution_options={"yield_per": _BATCH})
    return (_kept(row) for row in rows)


def put(
    connection: sa.Connection,
    *,
    name: str,
    email_hash: str,
    email: bytes,
    locale: Locale,
    state: SubscriberState,
    now: datetime,
    confirmed: datetime | None = None,
    evidence: Mapping[str, Any],
) -> int | None:
    """A new subscriber: the row's number, or None when there is one with that address already."""
    values = {
        "name": name,
        "email_hash": email_hash,
        "email": email,
        "locale": locale,
        "state": state,
        "asked": now,
        "confirmed": confirmed,
        "changed": now,
        "epoch": 0,
        "evidence": dict(evidence),
        "soft_bounces": 0,
    }
    row = insert(connection, table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    number: int | None = connection.execute(row).scalar()
    return number


def change(connection: sa.Connection, row: int, **values: Any) -> None:
    """Give columns of a subscriber other values."""
    connection.execute(table.update().where(table.c.id == row).values(**values))


def wipe(connection: sa.Connection) -> None:
    """What is erased in this transaction is written over in SQLite's file, and not only marked as free."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def remove(connection: sa.Connection, row: int) -> None:
    """Take a subscriber out; the ledger keeps its deliveries without a name."""
    wipe(connection)
    connection.execute(table.delete().where(table.c.id == row))


def forget_pending(connection: sa.Connection, before: datetime) -> int:
    """Take out who asked before then and never confirmed; returns how many."""
    wipe(connection)
    late = sa.and_(table.c.state == "pending", table.c.asked < before)
    return len(connection.execute(table.delete().where(late).returning(table.c.id)).all())


def counts(connection: sa.Connection) -> Counter[tuple[SubscriberState, Locale]]:
    """How many there are of each state and locale."""
    wanted = sa.select(table.c.state, table.c.locale, sa.func.count()).group_by(table.c.state, table.c.locale)
    return Counter({(state, locale): number for state, locale, number in connection.execute(wanted)})


# --- addresses that only their owners may put back -------------------------------------------------


def suppress(connection: sa.Connection, email_hash: str, why: Why, now: datetime) -> None:
    """From now on only the owner may put this address back."""
    row = insert(connection, suppressed).values(email_hash=email_hash, since=now, why=why)
    fresh = {"since": now, "why": why}
    connection.execute(row.on_conflict_do_update(index_elements=["email_hash"], set_=fresh))


def suppression(connection: sa.Connection, email_hash: str) -> Why | None:
    """Why an address may not be put back; None when it may."""
    wanted = sa.select(suppressed.c.why).where(suppressed.c.email_hash == email_hash)
    why: Why | None = connection.execute(wanted).scalar()
    return why


def lift(connection: sa.Connection, email_hash: str) -> None:
    """The owner of an address has put it back."""
    connection.execute(suppressed.delete().where(suppressed.c.email_hash == email_hash))


def _kept(row: sa.Row[Any]) -> Kept:
    values = dict(row._mapping)
    return Kept(row=values.pop("id"), **values)
