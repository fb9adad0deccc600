"""Sums over deliveries, subscribers and bounces, for a page that tells how it all runs. Nobody's address, nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from feeder.model import DeliveryState, Locale, SubscriberState
from feeder.store.tables import bounce, delivery, issue, run, subscriber

LEFT = ("left", "bounced", "complained")  #: states of those who get nothing any more


def weeks(connection: sa.Connection, last: int) -> dict[str, dict[Locale, Counter[DeliveryState]]]:
    """For the last weeks that have an issue, the newest first: the deliveries of each locale's issue by state."""
    newest = sa.select(issue.c.week).distinct().order_by(issue.c.week.desc()).limit(last)
    made = sa.select(issue.c.week, issue.c.locale).where(issue.c.week.in_(newest))
    found: dict[str, dict[Locale, Counter[DeliveryState]]] = {}
    for row in connection.execute(made.order_by(issue.c.week.desc(), issue.c.locale)):
        found.setdefault(row.week, {})[row.locale] = Counter()
    columns = (issue.c.week, issue.c.locale, delivery.c.state)
    rows = sa.select(*columns, sa.func.count().label("number")).join_from(
        delivery, issue, issue.c.id == delivery.c.issue
    )
    for row in connection.execute(rows.where(issue.c.week.in_(newest)).group_by(*columns)):
        found[row.week][row.locale][row.state] = row.number
    return found


def held(connection: sa.Connection) -> Counter[str]:
    """Deliveries that wait for a person's decision, by what they wait for."""
    rows = sa.select(delivery.c.why, sa.func.count().label("number")).where(delivery.c.state == "held")
    return Counter({row.why: row.number for row in connection.execute(rows.group_by(delivery.c.why))})


def readers(connection: sa.Connection) -> dict[Locale, Counter[SubscriberState]]:
    """Subscribers by language and state."""
    columns = (subscriber.c.locale, subscriber.c.state)
    found: dict[Locale, Counter[SubscriberState]] = {}
    rows = sa.select(*columns, sa.func.count().label("number")).group_by(*columns).order_by(*columns)
    for row in connection.execute(rows):
        found.setdefault(row.locale, Counter())[row.state] = row.number
    return found


def moves(connection: sa.Connection, edges: Sequence[datetime]) -> list[Mapping[str, int]]:
    """Between each two of these moments: who confirmed ("came"), who left ("left"), reports of bounces ("bounces")."""
    c = subscriber.c
    counted: Mapping[str, tuple[sa.ColumnElement[Any], sa.ColumnElement[bool]]] = {
        "came": (c.confirmed, sa.true()),
        "left": (c.changed, c.state.in_(LEFT)),
        "bounces": (bounce.c.at, bounce.c.kind != "unread"),
    }
    every = {name: _per_stretch(connection, at, where, edges) for name, (at, where) in counted.items()}
    return [{name: numbers[place] for name, numbers in every.items()} for place in range(len(edges) - 1)]


def _per_stretch(
    connection: sa.Connection, at: sa.ColumnElement[Any], where: sa.ColumnElement[bool], edges: Sequence[datetime]
) -> list[int]:
    pairs = list(pairwise(edges))
    sums = [sa.func.sum(sa.case((sa.and_(at >= start, at < end), 1), else_=0)) for start, end in pairs]
    row = connection.execute(sa.select(*sums).where(where, at >= edges[0])).one()
    return [int(number or 0) for number in row]


def runs(connection: sa.Connection, last: int) -> list[Mapping[str, Any]]:
    """The records of scheduled work, the last started first."""
    rows = sa.select(run.c.job, run.c.slot, run.c.state, run.c.started, run.c.why)
    return [dict(row._mapping) for row in connection.execute(rows.order_by(run.c.started.desc()).limit(last))]
