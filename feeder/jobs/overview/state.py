"""How the program does: health, runs, sources, issues of the last weeks, readers in numbers, disk."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeder.config import sqlite_path
from feeder.editors.facts import Moves, Pulse, RunLine, Status, WeekLine
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.overview import troubles
from feeder.model import Week
from feeder.store import deliveries, figures, surveys

WEEKS = 12  #: that the charts look back on
_RUNS = 10


def look(
    connection: sa.Connection,
    room: Newsroom,
    pulse: Pulse,
    *,
    now: datetime,
    next_digest: datetime,
    digest_week: Week,
) -> Status:
    """The state at `now`. What will happen next is the clock's to say, and comes from the door."""
    every = timedelta(seconds=room.config.schedule.build_every)
    free, total = _disk(room)
    moves = _moves(connection, room, now)
    return Status(
        pulse=pulse,
        now=now,
        next_build=pulse.last_success + every if pulse.last_success else None,
        next_digest=next_digest,
        digest_week=digest_week,
        runs=tuple(RunLine(**one) for one in figures.runs(connection, _RUNS)),
        sources=troubles.of_sources(connection, room, now),
        counts=surveys.counts(connection),
        weeks=_weeks(connection, moves),
        held=figures.held(connection),
        pace=deliveries.pace(connection, now),
        readers=figures.readers(connection),
        moves=tuple(Moves(monday=week.monday, came=one["came"], left=one["left"]) for week, one in moves.items()),
        disk_free=free,
        disk_total=total,
        store_size=_store_size(room),
    )


def _moves(connection: sa.Connection, room: Newsroom, now: datetime) -> dict[Week, Mapping[str, int]]:
    """What happened to subscribers in each of the last weeks, the newest first; the running one counts."""
    week, weeks = Week.of(now.astimezone(room.site.zone).date()), []
    for _ in range(WEEKS):
        weeks.append(week)
        week = week.previous()
    ordered = weeks[::-1]
    edges = [one.span(room.site.zone)[0] for one in ordered] + [ordered[-1].span(room.site.zone)[1]]
    found = dict(zip(ordered, figures.moves(connection, edges), strict=True))
    return {one: found[one] for one in weeks}


def _weeks(connection: sa.Connection, moves: Mapping[Week, Mapping[str, int]]) -> tuple[WeekLine, ...]:
    found = figures.weeks(connection, WEEKS)
    none: Mapping[str, int] = {}
    return tuple(
        WeekLine(week=week, issues=issues, bounces=moves.get(week, none).get("bounces", 0))
        for week, issues in ((Week.parse(text), issues) for text, issues in found.items())
    )


def _disk(room: Newsroom) -> tuple[int, int]:
    """Free and all bytes of the disk that feeder writes to."""
    try:
        usage = shutil.disk_usage(room.data)
    except OSError:
        return 0, 0
    return usage.free, usage.total


def _store_size(room: Newsroom) -> int | None:
    path = sqlite_path(room.database_url)
    try:
        return path.stat().st_size if path else None
    except OSError:
        return None
