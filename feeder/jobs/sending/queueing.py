"""Issue -> deliveries: a row for each subscriber before anything is sent; and what is held for a person to decide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeder.model import HeldFor, Issue, Week
from feeder.store import Store, deliveries, issues, lineage


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What became of a week's issues."""

    new: int  #: deliveries that were not there before
    held: HeldFor | None  #: why they are held, those that were there too


def queue(store: Store, made: Collection[Issue], *, due: datetime, hold_after: timedelta, now: datetime) -> Queued:
    """Queue the issues of one week, once for each subscriber; repeated, it adds nobody twice."""
    with store.turn(), store.write() as connection:
        held = _reason(connection, made, due, hold_after, now)
        new = sum(_queue(connection, issue, now, held) for issue in made)
    return Queued(new=new, held=held)


def order(store: Store, week: Week, now: datetime) -> None:
    """The operator wants the issue of a week sent, however late it is."""
    with store.turn(), store.write() as connection:
        lineage.give_word(connection, week, now)
        names = [one.issue for one in deliveries.standings(connection, week)]
        deliveries.release(connection, ["late"], names, now)


def _reason(
    connection: sa.Connection, made: Collection[Issue], due: datetime, hold_after: timedelta, now: datetime
) -> HeldFor | None:
    if lineage.restored(connection):
        return "restored"
    late = any(now > deadline(connection, issue.week, due, hold_after) for issue in made)
    return "late" if late else None


def deadline(connection: sa.Connection, week: Week, due: datetime, hold_after: timedelta) -> datetime:
    """After which a week's issue is too late: counted from its time, or from the operator's word, if that was given."""
    return max(due, lineage.word(connection, week) or due) + hold_after


def _queue(connection: sa.Connection, issue: Issue, now: datetime, held: HeldFor | None) -> int:
    new = deliveries.queue(connection, issue.id, now, held)
    if new and issue.amendments:
        deliveries.tell(connection, issue.id, _told(connection, issue))
    if new and not issue.stories:
        new -= deliveries.drop_untold(connection, issue.id)
    return new


def _told(connection: sa.Connection, issue: Issue) -> dict[int, list[int]]:
    """Subscriber -> places of the amendments they are told: of stories that they got, and that they were not told before."""
    earlier = {one.id: one for one in issues.all_issues(connection) if str(one.week) < str(issue.week)}
    told: dict[int, list[int]] = {}
    for place, amendment in enumerate(issue.amendments):
        with_story = set(issues.telling(connection, [amendment.story])) & earlier.keys()
        knowing = set(issues.telling_amendment(connection, amendment.key)) & earlier.keys()
        know = _who_know(connection, amendment.key, {name: earlier[name] for name in knowing})
        for who in deliveries.readers(connection, with_story).keys() - know:
            told.setdefault(who, []).append(place)
    return told


def _who_know(connection: sa.Connection, key: str, knowing: Mapping[str, Issue]) -> set[int]:
    """Who was told an amendment in one of these issues, or got the story with it."""
    places = {name: [n for n, one in enumerate(issue.amendments) if one.key == key] for name, issue in knowing.items()}
    return {
        who
        for who, got in deliveries.readers(connection, places.keys()).items()
        if any(not places[name] or set(places[name]) & set(told) for name, told in got)
    }


def hold_late(store: Store, due: Callable[[Week], datetime], hold_after: timedelta, now: datetime) -> int:
    """Hold what is still queued and has become too late; returns how much that is."""
    with store.read() as connection:
        found = deliveries.waiting(connection)
        late = [name for name, week in found.items() if now > deadline(connection, week, due(week), hold_after)]
    if not late:
        return 0
    with store.write() as connection:
        return deliveries.hold(connection, "late", now, late)
