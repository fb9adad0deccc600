"""Sending: what was left is put in order, then the ledger's rows go out over the site's mail server, or into files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from feeder.jobs.newsroom import Newsroom
from feeder.jobs.outgoing import transport_of
from feeder.jobs.sending.crew import Crew, Delivered, Means, Progress
from feeder.jobs.sending.messages import Messages
from feeder.jobs.sending.post import Clock, Patience, Rules
from feeder.jobs.sending.queueing import hold_late
from feeder.keys import Keys
from feeder.model import Week
from feeder.store import Store
from feeder.store.ledger import Ledger
from feeder.store.logbook import Logbook

_USUAL = Patience()
_LATENESS = timedelta(seconds=30)  #: between two looks for what has become too late


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What sending needs from the door: the clock, the week's time, a name for this process that nobody else ever has."""

    clock: Clock  #: to the microsecond
    due: Callable[[Week], datetime]  #: when a week's issue is to be sent
    token: str
    stop: Event
    progress: Progress = lambda what, done, total: None


def deliver(
    store: Store,
    room: Newsroom,
    keys: Keys,
    desk: Desk,
    *,
    issues: Collection[str] | None = None,
    patience: Patience = _USUAL,
) -> Delivered:
    """Send what is due, of these issues or of all. Raises ConfigError and StoreError; what stops a run later is told."""
    rules = rules_of(room, patience)
    envelope = Messages(store, room, keys).envelope
    logbook = Logbook(room.sending, desk.token)
    with closing(Ledger(store, logbook)) as ledger:
        logbook.open()
        try:
            ledger.begin(desk.clock(), retry=rules.retry)
            means = Means(
                envelope=envelope,
                open_transport=lambda: transport_of(room),
                clock=desk.clock,
                stop=desk.stop,
                progress=desk.progress,
                tidy=_tidying(ledger, store, room, desk),
            )
            crew = Crew(ledger, rules, means, issues)
            delivered = crew.run(room.config.mail.connections)
            if crew.stock.idle:  # else a message is still in hand, and our log has to tell
                if crew.stock.claimed:
                    ledger.finish()
                logbook.close()
        finally:
            logbook.let_go()
        return delivered


def _tidying(ledger: Ledger, store: Store, room: Newsroom, desk: Desk) -> Callable[[], None]:
    """What is done before each claim: what the killed left is put in order; now and then, what became too late is held."""
    retry, hold_after = room.config.mail.on_doubt == "retry", timedelta(hours=room.config.digest.hold_after)
    again: datetime | None = None

    def tidy() -> None:
        nonlocal again
        now = desk.clock()
        ledger.recover(now, retry=retry)
        if again is None or now >= again:
            hold_late(store, desk.due, hold_after, now)
            again = now + _LATENESS

    return tidy


def rules_of(room: Newsroom, patience: Patience) -> Rules:
    mail = room.config.mail
    return Rules(attempts=mail.attempts, retry=mail.on_doubt == "retry", rate=mail.rate, patience=patience)
