"""Sending from the command line and while serving: who we are, when issues are due, and what is said of it."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING

import click

from feeder.cli import site
from feeder.errors import FeederError
from feeder.model import HeldFor, Week

if TYPE_CHECKING:
    from feeder.jobs.compile import Compiled
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.sending.crew import Delivered
    from feeder.jobs.sending.mailing import Desk
    from feeder.jobs.sending.queueing import Queued
    from feeder.store import Store
    from feeder.store.deliveries import Standing

_PATIENCE = timedelta(
    minutes=15
)  #: that a command waits for, without anything taken, before the rest is left to others
WHY: dict[HeldFor, str] = {
    "uncertain": "the program or the connection ended before the server's answer: perhaps sent",
    "late": "later than [digest] hold_after allows",
    "restored": "the store is an older copy than what was sent last: perhaps sent",
}


def due(room: Newsroom, week: Week) -> datetime:
    """When the issue of a week is to be sent: at the first time of the schedule after the week."""
    from feeder import scheduler

    _, end = week.span(room.site.zone)
    return scheduler.next_due(room.config.digest.schedule, room.site.zone, end - timedelta(microseconds=1))


def desk(room: Newsroom, stop: Event, progress: site.Progress = site.silent) -> Desk:
    """What this process sends with; its name is by chance and no other's."""
    from feeder.jobs.sending.mailing import Desk

    return Desk(
        clock=site.moment,
        due=functools.partial(due, room),
        token=secrets.token_hex(8),
        stop=stop,
        progress=progress,
    )


def put_in_queue(room: Newsroom, store: Store, compiled: Compiled, now: datetime) -> Queued:
    """A delivery for everybody who is to get the issues of a week."""
    from feeder.jobs.sending.queueing import queue

    hold_after = timedelta(hours=room.config.digest.hold_after)
    made = list(compiled.issues.values())
    return queue(store, made, due=due(room, compiled.week), hold_after=hold_after, now=now)


def send_week(room: Newsroom, store: Store, compiled: Compiled, stop: Event, *, ordered: bool) -> None:
    """Queue and send the issues of a week, and say how far they are. `ordered`: the operator named the week.

    Raises FeederError when something is left over.
    """
    from feeder.jobs.keys import site_keys
    from feeder.jobs.sending import mailing
    from feeder.jobs.sending.post import Patience
    from feeder.jobs.sending.queueing import order
    from feeder.store import deliveries, lineage

    keys = site_keys(store, room.config, secrets.token_bytes)
    if ordered:
        order(store, compiled.week, site.now())
    found = put_in_queue(room, store, compiled, site.now())
    _put_down(store, compiled.week, WHY[found.held] if found.held else "")
    names = [issue.id for issue in compiled.issues.values()]
    with site.progress() as bar:
        patience = Patience(wait=_PATIENCE)
        delivered = mailing.deliver(store, room, keys, desk(room, stop, bar), issues=names, patience=patience)
    with store.read() as connection:
        standings = deliveries.standings(connection, compiled.week)
        restored = lineage.restored(connection)
    if restored:
        site.note("A backup was put back, so nothing is sent until you have decided; feeder status says what to do.")
    click.echo(f"Week {compiled.week}: {sentence(standings, delivered.states['sent'])}.")
    if left := leftover(compiled.week, standings, delivered, stopped=stop.is_set()):
        raise FeederError(left)


def _put_down(store: Store, week: Week, held: str) -> None:
    """The digest of the week was made: no schedule has to make it any more."""
    from feeder.store import runs

    with store.write() as connection:
        runs.record(connection, "digest", str(week), "held" if held else "done", held, site.now())


def sentence(standings: Sequence[Standing], now: int | None = None) -> str:
    """How far issues are: "500 sent (20 of them now), 2 refused for good, 1 held as uncertain". `now`: None: it is no matter."""
    total = {
        state: sum(one.states.get(state, 0) for one in standings) for state in ("sent", "failed", "sending", "queued")
    }
    part = f" ({now or 'none'} of them now)" if now is not None and now < total["sent"] else ""
    parts = [f"{total['sent']} sent{part}"] if total["sent"] else []
    words = {"failed": "refused for good", "sending": "being sent", "queued": "to be sent"}
    parts += [f"{total[state]} {word}" for state, word in words.items() if total[state]]
    held = {why: sum(one.held.get(why, 0) for one in standings) for why in WHY}
    parts += [f"{number} held as {why}" for why, number in held.items() if number]
    return ", ".join(parts) or "nobody to send to; no subscriber was confirmed when the issue was made"


def leftover(week: Week, standings: Sequence[Standing], delivered: Delivered, *, stopped: bool) -> str:
    """What is not done, and what to do about it, in one line; "" when all is."""
    still = sum(one.open for one in standings)
    again = f"go on with: feeder digest --send --week {week}"
    if still and delivered.trouble:
        return f"{delivered.trouble}; {_messages(still)} to be sent, {again}"
    if still:
        why = "stopped" if stopped else "the mail server refuses some for now"
        return f"{why}; {_messages(still)} to be sent, {again}"
    if held := sum(one.states.get("held", 0) for one in standings):
        return f"{_messages(held)} held for you to decide; feeder status says why and what to do"
    return delivered.trouble


def _messages(number: int) -> str:
    return f"{number} message is" if number == 1 else f"{number} messages are"
