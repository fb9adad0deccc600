"""The clock of `feeder serve`: APScheduler 3.11 rings, the jobs do the rest and may be rung twice.

    outstanding(...) -> [Outstanding, ...]     what the schedule wanted by now and nobody did: to be made, or put down as
                                               held (its time is over) or skipped (a later week is due)

The library keeps nothing: what is due is computed from the calendar and the records in the store, at every ring and at the
start, so that a ring that nobody heard is missed by nobody.

When the digest is due is computed here and not by the library's cron trigger, which takes the numbers of crontab for
other days, rings twice in the hour that a clock turned back repeats, and there never gets past that hour when it is
asked for the moment after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feeder.config import DAYS, schedule
from feeder.model import Week
from feeder.store.runs import OVER, Run

_WEEK = timedelta(days=7)
_LOOK_BACK = 26  #: weeks

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """The digest of a week that was due and is neither done nor put down."""

    week: Week
    due: datetime  #: UTC
    verdict: Literal["make", "held", "skipped"]
    why: str  #: of "held" and "skipped": one English sentence


def outstanding(
    when: str, zone: ZoneInfo, now: datetime, hold_after: timedelta, known: Mapping[str, Run]
) -> list[Outstanding]:
    """What was due by `now`, the oldest first. `known`: the records of digests by their slots.

    The last one that was due is made until `hold_after` is over, and then held; those before it are skipped: the window of
    the later one takes their stories in. A site that has no record was never meant to make the earlier ones.
    """
    last = last_due(when, zone, now)
    due = _due(when, zone, last, now, hold_after, known.get(str(week_for(last, zone))))
    if due and due.verdict == "held" and not known:
        return []
    return [*_skipped(when, zone, last, known), *([due] if due else [])]


def _due(
    when: str, zone: ZoneInfo, last: datetime, now: datetime, hold_after: timedelta, record: Run | None
) -> Outstanding | None:
    """The digest that was due last."""
    if record and record.state in OVER and not (record.state == "empty" and record.ended and record.ended < last):
        return None
    week, verdict, why = week_for(last, zone), "make", ""
    if now - last > hold_after:
        verdict = "held"
        what = f"it could not be made ({record.why})" if record and record.why else "nothing ran when it was due"
        why = f"{what}, and its time is over; to send it all the same: feeder digest --week {week} --send"
    return Outstanding(week=week, due=last, verdict=cast(Any, verdict), why=why)


def _skipped(when: str, zone: ZoneInfo, last: datetime, known: Mapping[str, Run]) -> list[Outstanding]:
    """The digests before the last that was due and after the newest that there is a record of; half a year of them at most."""
    latest = str(week_for(last, zone))
    newest = max((slot for slot in known if slot < latest), default=latest)
    found: list[Outstanding] = []
    for _ in range(_LOOK_BACK):
        last = last_due(when, zone, last - timedelta(microseconds=1))
        week = week_for(last, zone)
        if str(week) <= newest or newest == latest:
            break
        why = "nothing ran when it was due, nor until the next one was; what it would have told is the next one's"
        found.insert(0, Outstanding(week=week, due=last, verdict="skipped", why=why))
    return found


def week_for(moment: datetime, zone: ZoneInfo) -> Week:
    """The week a digest made at `moment` tells of: the last one that was over."""
    return Week.of(moment.astimezone(zone).date()).previous()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the digests of one site are made."""

    when: str  #: "mon 08:00"
    zone: ZoneInfo

    def next_due(self, after: datetime) -> datetime:
        """The first moment after this one at which a digest is due, in UTC."""
        return next_due(self.when, self.zone, after)

    def week_for(self, due: datetime) -> Week:
        """The week that the digest of that moment tells of."""
        return week_for(due, self.zone)
