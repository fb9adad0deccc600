"""How far the issues are: what is sent, open, held, and what a person should do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeder.jobs.newsroom import Newsroom
from feeder.keys import Keys
from feeder.model import Pace, Week
from feeder.store import Store, deliveries, lineage, runs
from feeder.store.deliveries import Listed, Standing
from feeder.store.logbook import Logbook
from feeder.store.runs import Run

LISTED = 200  #: deliveries that are named one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A delivery that waits for a person, without an address."""

    issue: str
    subscriber: str  #: the opaque name; "" when erased since
    message_id: str  #: by which the mail server's own log knows it
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that `feeder status` tells."""

    runs: Sequence[Run]
    issues: Sequence[Standing]
    held: Sequence[Held]  #: the first of them
    refused: Sequence[Listed]  #: refused for now, or for good; the first of them
    pace: Pace
    restored: datetime | None  #: since when everything is held, because the store is an older copy
    older: bool  #: it is an older copy, and nothing was sent since that would have noticed


def look(store: Store, room: Newsroom, keys: Callable[[], Keys], now: datetime, week: Week | None = None) -> State:
    """Nothing is changed by it. The keys are asked for only when there is something held."""
    with store.read() as connection:
        standings = deliveries.standings(connection, week)
        names = [one.issue for one in standings]
        known = Logbook(room.sending, "").mark()
        refused = deliveries.listed(connection, ("queued", "failed"), names, LISTED)
        return State(
            runs=runs.of(connection, "digest"),
            issues=standings,
            held=_all_held(deliveries.listed(connection, ("held",), names, LISTED), room, keys),
            refused=[one for one in refused if one.attempts],
            pace=deliveries.pace(connection, now),
            restored=lineage.restored(connection),
            older=lineage.older(connection, known),
        )


def _all_held(rows: Sequence[Listed], room: Newsroom, keys: Callable[[], Keys]) -> list[Held]:
    own = keys() if rows else None
    return [_held(one, room, own) for one in rows if own]


def _held(one: Listed, room: Newsroom, keys: Keys) -> Held:
    message_id = keys.message_id(one.issue, one.subscriber, room.config.host) if one.subscriber else ""
    return Held(issue=one.issue, subscriber=one.subscriber, message_id=message_id, why=one.why)


def held_for(issues: Sequence[Standing]) -> Counter[str]:
    """Over several issues, for what deliveries are held."""
    found: Counter[str] = Counter()
    for one in issues:
        found.update(one.held)
    return +found
