"""Sources -> store: read what is new or changed, forget what is gone, remember what cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feeder.articles import normalise
from feeder.language.places import gazetteer
from feeder.model import Article, Source, SourceError
from feeder.resources import fingerprint
from feeder.sources import folder
from feeder.store import Store, articles
from feeder.store.articles import Read

Progress = Callable[[str, int, int], None]  #: what, done, in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What a look at the sources brought."""

    added: int
    changed: int
    same: int
    removed: int
    quarantined: tuple[SourceError, ...]
    failed: tuple[str, ...]  #: sources that could not be read at all, each in one line


def ingest(store: Store, sources: Sequence[Source], zone: ZoneInfo, *, now: datetime, progress: Progress) -> Ingested:
    """Read every source into the store, each in one transaction. A source that fails keeps what it gave before."""
    counts: Counter[str] = Counter()
    failed = []
    for source in sources:
        try:
            counts.update(_source(store, source, zone, now, progress))
        except folder.FolderError as error:
            failed.append(str(error))
    counts["removed"] += _forget_sources(store, {source.key for source in sources})
    with store.read() as connection:
        bad = (*articles.quarantined(connection), *articles.duplicates(connection))
    numbers = {name: counts[name] for name in ("added", "changed", "same", "removed")}
    return Ingested(**numbers, quarantined=bad, failed=tuple(failed))


def _source(store: Store, source: Source, zone: ZoneInfo, now: datetime, progress: Progress) -> Counter[str]:
    found = list(folder.scan(source, fingerprint()))
    with store.read() as connection:
        known = articles.stamps(connection, source.key)
    fresh = [one for one in found if known.get(one.key) != one.stamp]
    gone = sorted(set(known) - {one.key for one in found})
    counts: Counter[str] = Counter(same=len(found) - len(fresh), removed=len(gone))
    if not fresh and not gone:
        return counts
    with store.write() as connection:
        for done, one in enumerate(fresh):
            progress("reading", done, len(fresh))
            result = folder.read(source, one.key, zone)
            if isinstance(result, SourceError):
                articles.put_quarantined(connection, result, one.stamp)
            else:
                counts.update(articles.put(connection, [_with_places(result, one.stamp)], now))
        articles.forget(connection, source.key, gone)
    progress("reading", len(fresh), len(fresh))
    return counts


def _with_places(article: Article, stamp: str) -> Read:
    return Read(article=article, stamp=stamp, places=normalise.salience(article, gazetteer()))


def _forget_sources(store: Store, kept: set[str]) -> int:
    """Sources taken out of feeder.toml take their articles with them."""
    with store.read() as connection:
        keys = {source: sorted(articles.stamps(connection, source)) for source in articles.sources(connection) - kept}
    if keys:
        with store.write() as connection:
            for source, names in keys.items():
                articles.forget(connection, source, names)
    return sum(len(names) for names in keys.values())
