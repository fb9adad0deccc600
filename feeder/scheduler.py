"""The clock of `feeder serve`: APScheduler 3.11 rings, the jobs do the rest and may be rung twice."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.config import schedule
from feeder.model import Week

CATCH_UP = timedelta(hours=36)  #: a digest due while nothing ran is still made this long after its time

#: A job that is late is late, not dropped (the library's own patience is one second); several missed ones are one.
_PATIENT = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def weekly(when: str, zone: ZoneInfo) -> CronTrigger:
    """ "mon 08:00" as a trigger. By day name: crontab's numbers mean other days to this library."""
    day, hour, minute = schedule(when)
    return CronTrigger(day_of_week=day, hour=hour, minute=minute, timezone=zone)


def start(
    build: Callable[[], None], digest: Callable[[], None], *, every: int, when: str, zone: ZoneInfo
) -> BackgroundScheduler:
    """A running scheduler: `build` every so many seconds, `digest` once a week. Stop it with `.shutdown(wait=True)`."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    clock = BackgroundScheduler(timezone=zone, job_defaults=_PATIENT)
    clock.add_job(build, IntervalTrigger(seconds=every, timezone=zone), id="build")
    clock.add_job(digest, weekly(when, zone), id="digest")
    clock.start()
    return clock


def last_due(when: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest moment, not after `now`, at which the digest was due."""
    trigger = weekly(when, zone)
    due: datetime = trigger.get_next_fire_time(None, now - timedelta(days=8))
    while (later := trigger.get_next_fire_time(due, due + timedelta(microseconds=1))) and later <= now:
        due = later
    return due


def missed(when: str, zone: ZoneInfo, now: datetime) -> Week | None:
    """The week whose digest should have been made in the last 36 hours, for a start after a pause."""
    due = last_due(when, zone, now)
    return week_for(due, zone) if now - due <= CATCH_UP else None


def week_for(moment: datetime, zone: ZoneInfo) -> Week:
    """The week a digest made at `moment` tells of: the last one that was over."""
    return Week.of(moment.astimezone(zone).date()).previous()
