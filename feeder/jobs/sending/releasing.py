"""The operator decides about what is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from feeder.jobs.newsroom import Newsroom
from feeder.model import HeldFor, Week
from feeder.store import Store, deliveries, lineage
from feeder.store.logbook import Logbook


def release(
    store: Store,
    room: Newsroom,
    whys: Collection[HeldFor],
    *,
    week: Week | None,
    as_sent: bool,
    now: datetime,
    token: str,
) -> Counter[str]:
    """Queue what is held for these reasons, or take it for sent; how many by issue.

    `restored` also says that this store is the one to go by from now on. `token`: a name nobody else has.
    """
    logbook = Logbook(room.sending, token)
    with store.turn(), store.write() as connection:
        known = logbook.mark()
        if lineage.older(connection, known):  # nobody has noticed yet
            lineage.set_restored(connection, now)
        mark = lineage.trust(connection, known, token) if "restored" in whys else None
        released: Counter[str] = Counter()
        for one in deliveries.standings(connection, week):
            if "late" in whys and one.held.get("late"):
                lineage.give_word(connection, one.week, now)
            released[one.issue] = deliveries.release(connection, whys, [one.issue], now, as_sent=as_sent)
    if mark:
        logbook.advance(mark, anew=True)
    return +released
