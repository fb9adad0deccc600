"""Sources -> store: read what is new or changed, forget what is gone, remember what cannot be read."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from feeder.articles import limits, normalise
from feeder.articles.stories.traces import trace
from feeder.errors import FolderError
from feeder.jobs import feeds, twins
from feeder.jobs.originals import Cellar
from feeder.language.places import gazetteer
from feeder.model import Source, SourceError
from feeder.resources import fingerprint
from feeder.sources import folder
from feeder.sources.look import Found, Look
from feeder.store import Store, articles, originals, source_states
from feeder.store.articles import Read

Progress = Callable[[str, int, int], None]  #: what, done, in all

_BATCH = 100  #: articles read before they are stored; a run that is stopped has done all but the last ones
_log = logging.getLogger("feeder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What a look at the sources brought, in articles."""

    added: int
    changed: int
    same: int
    removed: int
    refused: int  #: new or changed since the last look, and not to be read; they are among the quarantined
    quarantined: tuple[SourceError, ...]
    failed: tuple[str, ...]  #: folders that could not be read at all, each in one line
    away: tuple[str, ...] = ()  #: feeds that could not be fetched or read, the same; each is tried again by itself
    notes: tuple[str, ...] = ()  #: what else an operator may want to know of the feeds visited now


def ingest(
    store: Store,
    sources: Sequence[Source],
    zone: ZoneInfo,
    *,
    now: datetime,
    progress: Progress,
    cellar: Cellar | None = None,
    renormalise: bool = False,
) -> Ingested:
    """Read every source into the store. A source that fails keeps what it gave before, and keeps no other waiting.

    What feeds send is kept in the cellar, if there is one. `renormalise` reads everything again, whether it changed or
    not: feeds from what is kept of them.
    """
    counts: Counter[str] = Counter()
    failed = []
    remote = feeds.Round(store, sources, zone, now, cellar, again=renormalise)
    for source in sources:
        if source.kind == "folder":
            try:
                look = folder.look(source, fingerprint(), zone)
                again = frozenset(one.key for one in look.found) if renormalise else look.again
                counts.update(_take(store, source, replace(look, again=again), now, progress))
            except FolderError as error:
                failed.append(str(error))
    for source, look in remote.looks(progress):
        counts.update(_take(store, source, look, now, progress))
    if cellar:
        cellar.prune(now)
    counts["same"] += remote.unvisited
    counts["removed"] += _forget_sources(store, {source.key for source in sources})
    with store.read() as connection:
        bad = (*articles.quarantined(connection), *twins.duplicates(connection, sources))
    numbers = {name: counts[name] for name in ("added", "changed", "same", "removed", "refused")}
    return Ingested(**numbers, quarantined=bad, failed=tuple(failed), away=remote.away(), notes=remote.notes)


def _take(store: Store, source: Source, look: Look, now: datetime, progress: Progress) -> Counter[str]:
    """Store what is new or changed of a source, and forget what is gone from it. Raises FolderError."""
    with store.read() as connection:
        known = articles.stamps(connection, source.key)
        bad = articles.refused(connection, source.key)
        before = articles.place(connection, source.key)
    found = {one.key for one in look.found}
    if look.whole and not found and known and look.place != before:
        raise FolderError(
            f"the folder {source.path} is empty, and not the one it was; what it gave before stays. Is a disk missing?"
        )
    fresh = [one for one in look.found if one.key in look.again or known.get(one.key) != one.stamp]
    stays = found if look.whole else found | known.keys()
    counts: Counter[str] = Counter(same=len(stays - {one.key for one in fresh} - bad))
    for start in range(0, len(fresh), _BATCH):
        read = [
            (one, _read(source, one, look, progress, start + number, len(fresh)))
            for number, one in enumerate(fresh[start : start + _BATCH])
        ]
        with store.write() as connection:
            counts.update(_keep(connection, [pair for pair in read if _still(source, pair[0])], now))
    gone = sorted(known.keys() - found)
    if gone or look.place != before:
        with store.write() as connection:
            counts["removed"] += articles.forget(connection, source.key, gone) if look.whole else 0
            articles.release(connection, source.key, gone)
            articles.put_place(connection, source.key, look.place)
    if fresh:
        progress("reading", len(fresh), len(fresh))
    return counts


def _still(source: Source, found: Found) -> bool:
    """Whether what was read is what was found: a file may change in between, and then waits for the next look."""
    return source.kind != "folder" or folder.is_as_found(source, found)


def _read(source: Source, one: Found, look: Look, progress: Progress, done: int, total: int) -> Read | SourceError:
    """One article with its places, or what is wrong with it."""
    progress("reading", done, total)
    try:
        article = look.read(one.key)
        if isinstance(article, SourceError):
            return article
        places = normalise.salience(article, gazetteer())
        return Read(article=article, stamp=one.stamp, places=places, trace=trace(article))
    except FolderError:
        raise
    except Exception as error:  # a defect of ours must not take the other articles along
        _log.exception("%s/%s", source.key, one.key)
        what = "file" if source.kind == "folder" else "entry"
        reason = limits.told(
            f"feeder failed on this {what} ({type(error).__name__}: {error}); please report it with the {what}"
        )
        return SourceError(source=source.key, key=one.key, line=0, field="", reason=reason)


def _keep(
    connection: sa.Connection, results: Sequence[tuple[Found, Read | SourceError]], now: datetime
) -> Counter[str]:
    counts = articles.put(connection, [one for _, one in results if isinstance(one, Read)], now)
    for found, one in results:
        if isinstance(one, SourceError):
            articles.put_quarantined(connection, one, found.stamp)
            counts["refused"] += 1
    return counts


def _forget_sources(store: Store, kept: set[str]) -> int:
    """Sources taken out of feeder.toml take their articles with them."""
    with store.read() as connection:
        keys = {source: sorted(articles.stamps(connection, source)) for source in articles.sources(connection) - kept}
        strange = source_states.states(connection).keys() - kept
    if not keys and not strange:
        return 0
    with store.write() as connection:
        source_states.forget(connection, kept)
        originals.forget(connection, kept)
        return sum(articles.forget(connection, source, names) for source, names in keys.items())
