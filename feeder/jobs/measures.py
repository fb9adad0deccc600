"""Everything that /metrics tells, looked up in one reading of the store; see `feeder.web.metrics` for its form."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feeder.jobs.newsroom import Newsroom
from feeder.model import Pace, Source, SourceState
from feeder.sources import habit
from feeder.store import Store, articles, deliveries, measures, runs, source_states, withheld
from feeder.store.measures import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """How a source does."""

    name: str  #: its key, without what stands behind "?" in an address
    kind: str
    last_success: datetime | None  #: of a feed on the web
    failures: int  #: in a row
    newest: datetime | None  #: article
    silent: bool  #: it has had nothing new for longer than is usual with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A site in numbers."""

    counts: Counts
    pace: Pace  #: of deliveries
    withheld: int  #: articles that cannot be shown
    sources: tuple[SourceFigures, ...]
    jobs: Mapping[str, tuple[datetime, float | None]]  #: when each went well last, and how many seconds that took
    store_size: int  #: bytes
    disk_free: int  #: bytes, where feeder writes


def look(store: Store, room: Newsroom, now: datetime) -> Figures:
    """Raises StoreError."""
    with store.read() as connection:
        states, newest = source_states.states(connection), measures.newest(connection)
        return Figures(
            counts=measures.count(connection),
            pace=deliveries.pace(connection, now),
            withheld=len(withheld.current(connection, room.fingerprint())),
            sources=tuple(
                _source(one, states.get(one.key), newest.get(one.key), articles.dates(connection, one.key), now)
                for one in room.sources
            ),
            jobs=runs.last_success(connection),
            store_size=measures.size(connection),
            disk_free=_free(room),
        )


def _source(
    source: Source, state: SourceState | None, newest: datetime | None, dates: list[datetime], now: datetime
) -> SourceFigures:
    return SourceFigures(
        name=re.sub(r"\?.*", "?…", source.key, flags=re.DOTALL) if source.url else source.key,
        kind=source.kind,
        last_success=state.last_success if state else None,
        failures=state.failures if state else 0,
        newest=newest,
        silent=bool(source.url and habit.silence(dates, now)),
    )


def _free(room: Newsroom) -> int:
    try:
        return shutil.disk_usage(room.data).free
    except OSError:
        return 0
