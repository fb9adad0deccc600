"""Whether each job was done as lately as the schedule allows, judged by what the store has of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.store import Store, deliveries, runs

DIGEST_TIME = timedelta(hours=1)  #: that a digest may take from the moment it is due
MAIL_TIME = timedelta(hours=1)  #: in which something of what is to be sent must have been sent
BUILDS = 3  #: intervals, and a minute, in which one build must have gone well


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How a site does. A reason is one word that anyone may read: "late", "failed", "held", "never"."""

    reasons: Mapping[str, str]  #: by job: "build", "digest", "mail"; none: all is well
    last_success: datetime | None  #: of a build
    built: bool  #: it was, once


def look(store: Store, room: Newsroom, *, now: datetime, due: datetime, week: Week) -> Vitals:
    """`due`: when a digest was due last; `week`: of which week. Raises StoreError."""
    with store.read() as connection:
        last, _ = runs.last_success(connection).get("build", (None, None))
        reasons = [
            *_build(connection, last, now, timedelta(seconds=BUILDS * room.config.schedule.build_every + 60)),
            *_digest(connection, now, due, week),
            *_mail(connection, now),
        ]
        return Vitals(reasons=dict(reasons), last_success=last, built=last is not None)


def _build(
    connection: sa.Connection, last: datetime | None, now: datetime, allowed: timedelta
) -> Iterator[tuple[str, str]]:
    records = runs.of(connection, "build")
    if last is None:
        yield "build", "failed" if records else "never"
    elif now - last > allowed:
        yield "build", "late"
    elif records[0].state == "failed":
        yield "build", "failed"


def _digest(connection: sa.Connection, now: datetime, due: datetime, week: Week) -> Iterator[tuple[str, str]]:
    """One that was due before anything ran here was nobody's to make."""
    record = next((run for run in runs.of(connection, "digest") if run.slot == str(week)), None)
    since = runs.since(connection)
    begun = record.started if record else due
    if record is None and (since is None or due < since):
        return
    if record is None or record.state == "taken":
        if now - begun > DIGEST_TIME:
            yield "digest", "late"
    elif record.state == "failed":
        yield "digest", "failed"
    elif record.state == "held" and not deliveries.standings(connection, week):
        yield "digest", "held"


def _mail(connection: sa.Connection, now: datetime) -> Iterator[tuple[str, str]]:
    """What a person has to decide is held; what is due and does not move is late."""
    standings = deliveries.standings(connection)
    if any(one.held.get(why) for one in standings for why in ("late", "restored")):
        yield "mail", "held"
        return
    waiting = deliveries.waiting_since(connection)
    sent = max((one.last_sent for one in standings if one.last_sent), default=None)
    if waiting and now - max(filter(None, (waiting, sent))) > MAIL_TIME:
        yield "mail", "late"
