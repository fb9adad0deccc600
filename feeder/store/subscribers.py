"""Subscribers: who asked for the digest, in which language, and what they said since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeder.model import Locale, SubscriberState
from feeder.store.tables import subscriber as table

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row as it is kept; `feeder.keys` opens the address."""

    row: int  #: its number, in the ledger
    name: str  #: opaque; elsewhere it is the subscriber's id
    email_hash: str
    email: bytes | None  #: sealed; None: erased
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
    wanted, found = sorted(rows), {}
    for start in range(0, len(wanted), _BATCH):
        batch = sa.select(table).where(table.c.id.in_(wanted[start : start + _BATCH]))
        found |= {row.id: _kept(row) for row in connection.execute(batch)}
    return found


def _kept(row: sa.Row[Any]) -> Kept:
    values = dict(row._mapping)
    return Kept(row=values.pop("id"), **values)
