"""Articles and what could not be read: put, forgotten, listed, grouped into stories."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa

from feeder.errors import NotFound
from feeder.model import Article, Language, PlaceId, SourceError, Story, StoryKey, Version
from feeder.store.engine import insert
from feeder.store.tables import article as table
from feeder.store.tables import quarantine

Weights = tuple[tuple[PlaceId, int], ...]
_NOT_CONTENT = {"source", "key", "slug", "draft", "published", "updated", "dropped", "problems"}
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article just read, with the stamp of its input and the places found in it."""

    article: Article
    stamp: str
    places: Weights


def stamps(connection: sa.Connection, source: str) -> dict[str, str]:
    """Key -> stamp of everything a source gave the last time, also of what is in quarantine."""
    good = connection.execute(sa.select(table.c.key, table.c.stamp).where(table.c.source == source))
    bad = connection.execute(sa.select(quarantine.c.key, quarantine.c.stamp).where(quarantine.c.source == source))
    return {key: stamp for rows in (good, bad) for key, stamp in rows}


def put(connection: sa.Connection, found: Iterable[Read], now: datetime) -> Counter[str]:
    """Store articles; counts "added", "changed" and "same". A change of the content sets changed_at, never first_seen."""
    counts: Counter[str] = Counter()
    for one in found:
        row = _row(one)
        where = (table.c.source == one.article.source) & (table.c.key == one.article.key)
        old = connection.execute(sa.select(table.c.id, table.c.content_hash, table.c.row_hash).where(where)).first()
        counts[_put(connection, row, old, now)] += 1
        connection.execute(_unquarantined(one.article.source, [one.article.key]))
    return counts


def _put(connection: sa.Connection, row: dict[str, Any], old: Any, now: datetime) -> str:
    if old is None:
        connection.execute(table.insert().values(**row, first_seen=now))
        return "added"
    moved = {"changed_at": now} if old.content_hash != row["content_hash"] else {}
    connection.execute(table.update().where(table.c.id == old.id).values(**row, **moved))
    return "same" if old.row_hash == row["row_hash"] else "changed"


def _row(one: Read) -> dict[str, Any]:
    article, body = one.article, msgspec.json.encode(one.article)
    places = msgspec.json.encode(one.places)
    return {
        "source": article.source,
        "key": article.key,
        "stamp": one.stamp,
        "story": article.story,
        "language": article.language,
        "slug": article.slug,
        "draft": article.draft,
        "content_hash": content_hash(article),
        "row_hash": _hash(body + places),
        "published": article.published,
        "updated": article.updated,
        "places": [list(pair) for pair in one.places],
        "media": [[one.path, one.origin] for one in article.enclosures],
        "body": body,
    }


def content_hash(article: Article) -> str:
    """Of what a reader sees: equal hashes are no update."""
    seen = {name: getattr(article, name) for name in Article.__slots__ if name not in _NOT_CONTENT}
    return _hash(msgspec.json.encode(seen))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def put_quarantined(connection: sa.Connection, error: SourceError, stamp: str) -> None:
    """Remember what is wrong with a file until it changes. A good version stored before stays published."""
    values = {"stamp": stamp, "line": error.line, "field": error.field, "reason": error.reason}
    row = insert(connection, quarantine).values(source=error.source, key=error.key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["source", "key"], set_=values))
    where = (table.c.source == error.source) & (table.c.key == error.key)
    connection.execute(table.update().where(where).values(stamp=stamp))


def _unquarantined(source: str, keys: Sequence[str]) -> sa.Delete:
    return quarantine.delete().where(quarantine.c.source == source, quarantine.c.key.in_(keys))


def forget(connection: sa.Connection, source: str, keys: Sequence[str]) -> None:
    """Remove what its source no longer has. The ids of its entries stay minted."""
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        connection.execute(table.delete().where(table.c.source == source, table.c.key.in_(part)))
        connection.execute(_unquarantined(source, part))


def sources(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.select(table.c.source).union(sa.select(quarantine.c.source))).scalars())


def quarantined(connection: sa.Connection) -> list[SourceError]:
    """What could not be read, in the order of its path."""
    columns = (quarantine.c.source, quarantine.c.key, quarantine.c.line, quarantine.c.field, quarantine.c.reason)
    rows = connection.execute(sa.select(*columns).order_by(quarantine.c.source, quarantine.c.key))
    return [SourceError(**row._mapping) for row in rows]


def duplicates(connection: sa.Connection) -> list[SourceError]:
    """Articles that claim a story and language another file already has; the first by path is published."""
    rows = connection.execute(_heads()).all()
    found = []
    for (story, language), group in groupby(rows, key=lambda row: (row.story, row.language)):
        first, *rest = group
        reason = f"is {story!r} in {language}, and so is {first.key}; remove one, or give it another story or language"
        found += [SourceError(source=row.source, key=row.key, line=0, field="story", reason=reason) for row in rest]
    return found


def _heads() -> sa.Select[Any]:
    c = table.c
    columns = (
        c.story, c.language, c.source, c.key, c.slug, c.content_hash, c.row_hash, c.published, c.updated, c.first_seen,
        c.changed_at, c.places, c.media,
    )  # fmt: skip
    return sa.select(*columns).where(c.draft.is_(sa.false())).order_by(c.story, c.language, c.source, c.key)


def stories(
    connection: sa.Connection, select_places: Callable[[list[Weights]], tuple[PlaceId, ...]]
) -> Iterator[Story]:
    """Every story that is not a draft, ordered by key."""
    for key, group in groupby(connection.execute(_heads()), key=lambda row: row.story):
        rows: dict[Language, Any] = {}
        for row in group:
            rows.setdefault(row.language, row)
        yield _story(key, rows, select_places)


def _story(
    key: StoryKey, rows: Mapping[Language, Any], select: Callable[[list[Weights]], tuple[PlaceId, ...]]
) -> Story:
    versions = {language: _version(row) for language, row in rows.items()}
    weights = [tuple((place, weight) for place, weight in row.places) for row in rows.values()]
    return Story(key=key, versions=versions, places=select(weights))


def _version(row: Any) -> Version:
    values = {name: getattr(row, name) for name in Version.__slots__}
    return Version(**{**values, "media": tuple((path, origin) for path, origin in row.media)})


def load(connection: sa.Connection, source: str, key: str) -> Article:
    """One article as it was read. Raises NotFound."""
    body = connection.execute(sa.select(table.c.body).where(table.c.source == source, table.c.key == key)).scalar()
    if body is None:
        raise NotFound(f"there is no article {key!r}")
    return msgspec.json.decode(body, type=Article)
