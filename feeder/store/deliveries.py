"""Deliveries: who is to get an issue, and what became of it. Sending itself is `feeder.store.ledger`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeder.model import DeliveryState, HeldFor, Locale, Pace, Week
from feeder.store.engine import insert
from feeder.store.tables import delivery as table
from feeder.store.tables import issue, subscriber

_Row = Any  # of a SELECT of several columns
OPEN: tuple[DeliveryState, ...] = ("queued", "sending")
_BATCH = 500


def queue(connection: sa.Connection, issue_id: str, now: datetime, held: HeldFor | None = None) -> int:
    """A delivery for every active subscriber of the issue's locale who confirmed before it was made; how many are new.

    Who has a delivery of an issue of the same week, in whatever language, gets no second one.
    """
    one = connection.execute(sa.select(issue).where(issue.c.id == issue_id)).one()
    of_week = sa.select(table.c.id).join(issue, issue.c.id == table.c.issue)
    of_week = of_week.where(table.c.subscriber == subscriber.c.id, issue.c.week == one.week)
    due: sa.BindParameter[datetime] = sa.bindparam("due", now, table.c.due.type)
    values: list[Any] = [sa.literal(issue_id), subscriber.c.id, sa.literal("held" if held else "queued")]
    values += [sa.literal(held or ""), sa.bindparam("amendments", [], sa.JSON), sa.literal(0), due]
    whom = sa.select(*values).where(
        subscriber.c.state == "active",
        subscriber.c.locale == one.locale,
        subscriber.c.confirmed <= one.compiled_at,
        ~of_week.exists(),
    )
    names = ["issue", "subscriber", "state", "why", "amendments", "attempts", "due"]
    rows = insert(connection, table).from_select(names, whom).on_conflict_do_nothing().returning(table.c.id)
    return len(connection.execute(rows).all())


# --- amendments: who is told what -------------------------------------------------------------------


def readers(connection: sa.Connection, issues: Collection[str]) -> dict[int, list[tuple[str, tuple[int, ...]]]]:
    """Subscribers who got, or may have got, one of these issues: each with its id and the amendments they were told."""
    got = sa.or_(table.c.state == "sent", sa.and_(table.c.state == "held", table.c.why == "uncertain"))
    rows = sa.select(table.c.subscriber, table.c.issue, table.c.amendments)
    found: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    for row in connection.execute(rows.where(table.c.issue.in_(issues), table.c.subscriber.is_not(None), got)):
        found.setdefault(row.subscriber, []).append((row.issue, tuple(row.amendments)))
    return found


def tell(connection: sa.Connection, issue_id: str, places: Mapping[int, Sequence[int]]) -> None:
    """Put down which amendments of an issue its subscribers are told; only where nothing of it has left us."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for who, what in places.items():
        groups.setdefault(tuple(what), []).append(who)
    for what, whom in groups.items():
        for batch in _batches(whom):
            rows = table.update().where(table.c.issue == issue_id, table.c.subscriber.in_(batch))
            connection.execute(rows.where(table.c.state.in_(("queued", "held"))).values(amendments=list(what)))


def drop_untold(connection: sa.Connection, issue_id: str) -> int:
    """Take out the deliveries of an issue without stories whose subscribers have no amendment to be told."""
    rows = sa.select(table.c.id, table.c.amendments).where(table.c.issue == issue_id, table.c.state != "sent")
    untold = [row.id for row in connection.execute(rows) if not row.amendments]
    for batch in _batches(untold):
        connection.execute(table.delete().where(table.c.id.in_(batch)))
    return len(untold)


# --- holding and letting go --------------------------------------------------------------------------


def hold(connection: sa.Connection, why: HeldFor, now: datetime, issues: Collection[str] | None = None) -> int:
    """Hold what is queued, of these issues or of all; `restored` also what somebody has in hand."""
    rows = table.update().where(table.c.state.in_(OPEN))
    if why != "restored":  # what somebody has claimed is as good as sent
        rows = rows.where(table.c.state == "queued", sa.or_(table.c.owner.is_(None), table.c.lease < now))
    if issues is not None:
        rows = rows.where(table.c.issue.in_(issues))
    rows = rows.values(state="held", why=why, owner=None, lease=None)
    return len(connection.execute(rows.returning(table.c.id)).all())


def release(
    connection: sa.Connection,
    whys: Collection[HeldFor],
    issues: Collection[str],
    now: datetime,
    *,
    as_sent: bool = False,
) -> int:
    """What is held for one of these reasons is queued, or taken for sent."""
    rows = table.update().where(table.c.state == "held", table.c.why.in_(whys), table.c.issue.in_(issues))
    values: dict[str, Any] = (
        {"state": "sent", "sent": now} if as_sent else {"state": "queued", "due": now, "attempts": 0}
    )
    rows = rows.values(why="", owner=None, lease=None, **values)
    return len(connection.execute(rows.returning(table.c.id)).all())


# --- looking -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An issue and how many of its deliveries are in which state."""

    issue: str
    week: Week
    locale: Locale
    compiled_at: datetime
    states: Mapping[DeliveryState, int]
    held: Mapping[HeldFor, int]  #: those in the state "held"
    last_sent: datetime | None

    @property
    def open(self) -> int:
        return sum(self.states.get(state, 0) for state in OPEN)


def standings(connection: sa.Connection, week: Week | None = None) -> list[Standing]:
    """Every issue, or those of a week, the newest week first; an issue without deliveries too."""
    which = [issue.c.week == str(week)] if week else []
    issues = sa.select(issue.c.id, issue.c.week, issue.c.locale, issue.c.compiled_at).where(*which)
    numbers = sa.select(
        table.c.issue, table.c.state, sa.case((table.c.state == "held", table.c.why), else_="").label("for")
    )
    numbers = numbers.add_columns(sa.func.count().label("number"), sa.func.max(table.c.sent).label("last"))
    numbers = numbers.join(issue, issue.c.id == table.c.issue).where(*which).group_by(*numbers.selected_columns[:3])
    found: dict[str, list[_Row]] = {}
    for row in connection.execute(numbers):
        found.setdefault(row.issue, []).append(row)
    newest = issues.order_by(issue.c.week.desc(), issue.c.locale)
    return [_standing(one, found.get(one.id, [])) for one in connection.execute(newest)]


def _standing(one: _Row, rows: Sequence[_Row]) -> Standing:
    states: Counter[DeliveryState] = Counter()
    held: Counter[HeldFor] = Counter()
    for row in rows:
        states[row.state] += row.number
        if row.state == "held":
            held[row[2]] += row.number
    return Standing(
        issue=one.id,
        week=Week.parse(one.week),
        locale=one.locale,
        compiled_at=one.compiled_at,
        states=states,
        held=held,
        last_sent=max((row.last for row in rows if row.last), default=None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A delivery as a person sees it: the subscriber by the opaque name, no address."""

    issue: str
    subscriber: str  #: "" when erased since
    state: DeliveryState
    why: str
    attempts: int
    due: datetime


def listed(
    connection: sa.Connection, states: Iterable[DeliveryState], issues: Collection[str], limit: int
) -> list[Listed]:
    """The first deliveries in these states, in the order of the ledger."""
    columns = (table.c.issue, subscriber.c.name, table.c.state, table.c.why, table.c.attempts, table.c.due)
    rows = sa.select(*columns).outerjoin(subscriber, subscriber.c.id == table.c.subscriber)
    rows = rows.where(table.c.state.in_(list(states)), table.c.issue.in_(issues)).order_by(table.c.id).limit(limit)
    return [
        Listed(
            issue=one.issue, subscriber=one.name or "", state=one.state, why=one.why, attempts=one.attempts, due=one.due
        )
        for one in connection.execute(rows)
    ]


def pace(connection: sa.Connection, now: datetime, span: timedelta = timedelta(minutes=5)) -> Pace:
    """How fast deliveries went out in the last minutes, and how many wait."""
    number = sa.select(sa.func.count()).select_from(table)
    sent = connection.execute(number.where(table.c.state == "sent", table.c.sent > now - span)).scalar_one()
    waiting = connection.execute(number.where(table.c.state.in_(OPEN))).scalar_one()
    return Pace(span=span, sent=sent, waiting=waiting)


def any_open(connection: sa.Connection) -> bool:
    """Whether anything is queued or being sent."""
    return bool(connection.execute(sa.select(sa.select(table.c.id).where(table.c.state.in_(OPEN)).exists())).scalar())


def waiting_since(connection: sa.Connection) -> datetime | None:
    """When the first of what is open was due, or is; None when nothing is."""
    return connection.execute(sa.select(sa.func.min(table.c.due)).where(table.c.state.in_(OPEN))).scalar()


def waiting(connection: sa.Connection) -> dict[str, Week]:
    """The issues of which something is queued, with their weeks."""
    some = sa.select(table.c.issue).where(table.c.state == "queued").distinct().subquery()
    rows = sa.select(issue.c.id, issue.c.week).join(some, some.c.issue == issue.c.id)
    return {row.id: Week.parse(row.week) for row in connection.execute(rows)}


def held_whole(connection: sa.Connection) -> list[tuple[str, HeldFor]]:
    """The issues that wait for a person as a whole, with the reason; single uncertain messages do not count."""
    rows = sa.select(table.c.issue, table.c.why).where(table.c.state == "held", table.c.why.in_(("late", "restored")))
    return [(row.issue, row.why) for row in connection.execute(rows.distinct().order_by(table.c.issue, table.c.why))]


def _batches(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
