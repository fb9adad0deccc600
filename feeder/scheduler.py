"""The clock of `feeder serve`: APScheduler 3.11 rings, the jobs do the rest and may be rung twice.

When the digest is due is computed here and not by the library's cron trigger, which takes the numbers of crontab for
other days, rings twice in the hour that a clock turned back repeats, and there never gets past that hour when it is
asked for the moment after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.config import DAYS, schedule
from feeder.model import Week

CATCH_UP = timedelta(hours=36)  #: a digest due while nothing ran is still made this long after its time
_WEEK = timedelta(days=7)

#: A job that is late is late, not dropped (the library's own patience is one second); several missed ones are one.
_PATIENT = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class Weekly(BaseTrigger):  # type: ignore[misc]  # the library ships no types
    """ "mon 08:00" on the clocks of a zone, as APScheduler wants it; rings are in UTC."""

    def __init__(self, when: str, zone: ZoneInfo) -> None:
        self.when, self.zone = when, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first ring after the previous one; before there was any, the first that is not over."""
        after = previous_fire_time or now - timedelta(microseconds=1)
        return next_due(self.when, self.zone, after)


def start(
    build: Callable[[], Any], digest: Callable[[], Any], *, every: int, when: str, zone: ZoneInfo
) -> BackgroundScheduler:
    """A running scheduler: `build` every so many seconds, `digest` once a week. Stop it with `.shutdown(wait=True)`."""
    # a build that takes longer than the interval is no news: the next ring does the rest
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    clock = BackgroundScheduler(timezone=UTC, job_defaults=_PATIENT)
    clock.add_job(build, IntervalTrigger(seconds=every, timezone=UTC), id="build")
    clock.add_job(digest, Weekly(when, zone), id="digest")
    clock.start()
    return clock


def next_due(when: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment after `after` at which the digest is due, in UTC."""
    return next(due for due in _around(when, zone, after) if due > after)


def next_dues(when: str, zone: ZoneInfo, after: datetime, number: int) -> list[datetime]:
    """The next so many moments after `after` at which the digest is due, in UTC."""
    found: list[datetime] = []
    while len(found) < number:
        found.append(next_due(when, zone, found[-1] if found else after))
    return found


def last_due(when: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest moment, not after `now`, at which the digest was due, in UTC."""
    return max(due for due in _around(when, zone, now) if due <= now)


def _around(when: str, zone: ZoneInfo, moment: datetime) -> Iterator[datetime]:
    """The ring of the week before `moment`, of its own week, and of the two after, in UTC.

    A time that the clocks show twice counts the first time; one that they jump over is as long after the jump.
    """
    day, hour, minute = schedule(when)
    monday = _monday(moment.astimezone(zone).date())
    for weeks in (-1, 0, 1, 2):
        at = datetime.combine(monday + weeks * _WEEK + timedelta(days=DAYS.index(day)), time(hour, minute), zone)
        yield at.astimezone(UTC)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def missed(when: str, zone: ZoneInfo, now: datetime) -> Week | None:
    """The week whose digest should have been made in the last 36 hours, for a start after a pause."""
    due = last_due(when, zone, now)
    return week_for(due, zone) if now - due <= CATCH_UP else None


def week_for(moment: datetime, zone: ZoneInfo) -> Week:
    """The week a digest made at `moment` tells of: the last one that was over."""
    return Week.of(moment.astimezone(zone).date()).previous()
