"""Sources -> store: read what is new or changed, forget what is gone, remember what cannot be read."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from feeder.articles import limits, normalise
from feeder.articles.stories.traces import trace
from feeder.errors import FolderError
from feeder.jobs import twins
from feeder.language.places import gazetteer
from feeder.model import Source, SourceError
from feeder.resources import fingerprint
from feeder.sources import folder
from feeder.sources.folder import Found
from feeder.store import Store, articles
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
    failed: tuple[str, ...]  #: sources that could not be read at all, each in one line


def ingest(
    store: Store,
    sources: Sequence[Source],
    zone: ZoneInfo,
    *,
    now: datetime,
    progress: Progress,
    renormalise: bool = False,
) -> Ingested:
    """Read every source into the store. A source that fails keeps what it gave before.

    `renormalise` reads everything again, whether it changed or not.
    """
    counts: Counter[str] = Counter()
    failed = []
    for source in sources:
        try:
            counts.update(_source(store, source, zone, now, progress, renormalise=renormalise))
        except FolderError as error:
            failed.append(str(error))
    counts["removed"] += _forget_sources(store, {source.key for source in sources})
    with store.read() as connection:
        bad = (*articles.quarantined(connection), *twins.duplicates(connection, sources))
    numbers = {name: counts[name] for name in ("added", "changed", "same", "removed", "refused")}
    return Ingested(**numbers, quarantined=bad, failed=tuple(failed))


def _source(
    store: Store, source: Source, zone: ZoneInfo, now: datetime, progress: Progress, *, renormalise: bool
) -> Counter[str]:
    found, place = _scan(source)
    with store.read() as connection:
        known = articles.stamps(connection, source.key)
        bad = articles.refused(connection, source.key)
        before = articles.place(connection, source.key)
    if not found and known and place != before:
        raise FolderError(
            f"the folder {source.path} is empty, and not the one it was; what it gave before stays. Is a disk missing?"
        )
    fresh = [one for one in found if renormalise or known.get(one.key) != one.stamp]
    counts: Counter[str] = Counter(same=len({one.key for one in found} - {one.key for one in fresh} - bad))
    for start in range(0, len(fresh), _BATCH):
        read = [
            (one, _read(source, one, zone, progress, start + number, len(fresh)))
            for number, one in enumerate(fresh[start : start + _BATCH])
        ]
        with store.write() as connection:
            counts.update(_keep(connection, [pair for pair in read if folder.is_as_found(source, pair[0])], now))
    gone = sorted(known.keys() - {one.key for one in found})
    if gone or place != before:
        with store.write() as connection:
            counts["removed"] += articles.forget(connection, source.key, gone)
            articles.put_place(connection, source.key, place)
    if fresh:
        progress("reading", len(fresh), len(fresh))
    return counts


def _scan(source: Source) -> tuple[list[Found], str]:
    """What the folder holds now, and which folder it is: where a disk was not mounted there is another, empty one."""
    assert source.path is not None  # who has no folder is no source yet
    try:
        found = list(folder.scan(source, fingerprint()))
        it = source.path.stat()
    except OSError as error:
        raise FolderError(f"the source {source.key!r} cannot be read: {error.strerror}") from None
    return found, f"{it.st_dev}:{it.st_ino}"


def _read(source: Source, one: Found, zone: ZoneInfo, progress: Progress, done: int, total: int) -> Read | SourceError:
    """One article with its places, or what is wrong with it."""
    progress("reading", done, total)
    try:
        article = folder.read(source, one.key, zone)
        if isinstance(article, SourceError):
            return article
        places = normalise.salience(article, gazetteer())
        return Read(article=article, stamp=one.stamp, places=places, trace=trace(article))
    except FolderError:
        raise
    except Exception as error:  # a defect of ours must not take the other articles along
        _log.exception("%s/%s", source.key, one.key)
        reason = limits.told(
            f"feeder failed on this file ({type(error).__name__}: {error}); please report it with the file"
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
    if not keys:
        return 0
    with store.write() as connection:
        return sum(articles.forget(connection, source, names) for source, names in keys.items())
