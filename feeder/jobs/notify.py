"""Store -> hub: tell of the feeds that changed, each until the hub has taken it (WebSub).

Every change is told at least once. What fails is tried again later and later, an hour apart in the end, and is given up
after three days; the next change of the feed is told anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeder.errors import HubError
from feeder.hub import Ping
from feeder.model import Site
from feeder.pages import links
from feeder.store import Store, pings
from feeder.store.pings import Waiting

PATIENCE = timedelta(days=3)  #: after which a feed that could not be told is given up
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)  #: pauses between attempts
_IN_A_ROW = 3  #: failures after which a hub is left in peace


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of the feeds that waited."""

    told: int = 0
    waiting: int = 0  #: to be told later
    given_up: tuple[str, ...] = ()  #: paths of those that never will be
    why: str = ""  #: the last failure, ""


def tell(
    store: Store, site: Site, ping: Ping, *, now: datetime, enough: Callable[[], bool], early: bool = False
) -> Told:
    """Tell the hub of each feed that is due, `early` of those too that are not, until it is `enough`. Killed, it loses none."""
    with store.read() as connection:
        known = pings.waiting(connection)
    queue = order(one for one in known if early or one.due <= now)
    told, row, given_up, why = 0, 0, list[str](), ""
    for place, one in enumerate(queue):
        if enough():
            break
        error = _attempt(ping, links.address(site, one.path))
        row, why = (row + 1, str(error)) if error else (0, why)
        told += not error
        left = queue[place + 1 :]
        given_up += _remember(store, one, error, left, now, stop=row == _IN_A_ROW)
        if error and (error.general or row == _IN_A_ROW):
            break
    return Told(told=told, waiting=len(known) - told - len(given_up), given_up=tuple(given_up), why=why)


def order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Those tried least come first, so that one the hub cannot stand holds up no other; then the feeds of whole languages."""
    return sorted(waiting, key=lambda one: (one.attempts, one.path.count("/"), one.path))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, two, four, and never more than an hour."""
    return min(_FIRST * (1 << min(attempts - 1, 10)), _LONGEST)


def _attempt(ping: Ping, topic: str) -> HubError | None:
    try:
        ping(topic)
    except HubError as error:
        return error
    return None


def _remember(
    store: Store, one: Waiting, error: HubError | None, left: Sequence[Waiting], now: datetime, *, stop: bool
) -> list[str]:
    """Put down what became of one, and of those after it when it concerns them. Returns what is given up."""
    with store.write() as connection:
        if error is None:
            pings.settle(connection, one)
            return []
        given_up = []
        for other in (one, *(left if error.general else ())):
            if now - other.since >= PATIENCE:
                pings.settle(connection, other)
                given_up.append(other.path)
            else:
                pings.failed(connection, other.path, str(error), now + pause(other.attempts + 1))
        if stop and not error.general:
            pings.postpone(connection, [other.path for other in left], now + pause(one.attempts + 1))
        return given_up
