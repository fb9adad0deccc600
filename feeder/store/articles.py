"""Articles and what could not be read: put, forgotten, listed, grouped into stories."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa

from feeder.articles.stories.joining import Joined
from feeder.articles.stories.traces import Trace
from feeder.errors import NotFound
from feeder.model import Article, Language, PlaceId, SourceError, Story, StoryKey, Twin, Version
from feeder.store import traces
from feeder.store.engine import insert
from feeder.store.tables import article as table
from feeder.store.tables import meta, quarantine, withheld

Weights = tuple[tuple[PlaceId, int], ...]
_NOT_CONTENT = {
    "source",
    "key",
    "slug",
    "draft",
    "pinned",
    "published",
    "updated",
    "dropped",
    "problems",
    "event_evidence",
    "alternates",
    "story_stated",
}
_BATCH = 500
_NOTHING = Joined()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article just read, with the stamp of its input, the places found in it and what it is compared by."""

    article: Article
    stamp: str
    places: Weights
    trace: Trace


def stamps(connection: sa.Connection, source: str) -> dict[str, str]:
    """Key -> stamp of everything a source gave the last time, also of what is in quarantine."""
    good = connection.execute(sa.select(table.c.key, table.c.stamp).where(table.c.source == source))
    bad = connection.execute(sa.select(quarantine.c.key, quarantine.c.stamp).where(quarantine.c.source == source))
    return {key: stamp for rows in (good, bad) for key, stamp in rows}


def refused(connection: sa.Connection, source: str) -> set[str]:
    """Keys of what is in quarantine."""
    return set(connection.execute(sa.select(quarantine.c.key).where(quarantine.c.source == source)).scalars())


def place(connection: sa.Connection, source: str) -> str:
    """Which folder the source was when it was read the last time; "" when it never was."""
    return str(connection.execute(sa.select(meta.c.value).where(meta.c.name == _place(source))).scalar() or "")


def put_place(connection: sa.Connection, source: str, value: str) -> None:
    """Remember which folder the source is."""
    row = insert(connection, meta).values(name=_place(source), value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def _place(source: str) -> str:
    return f"place {_hash(source.encode())}"


def put(connection: sa.Connection, found: Iterable[Read], now: datetime) -> Counter[str]:
    """Store articles; counts "added", "changed" and "same". A change of the content sets changed_at, never first_seen."""
    last = {(one.article.source, one.article.key): one for one in found}
    rows = {name: _row(one) for name, one in last.items()}
    counts: Counter[str] = Counter()
    for source in dict.fromkeys(source for source, _ in rows):
        keys = [key for owner, key in rows if owner == source]
        for start in range(0, len(keys), _BATCH):
            counts.update(
                _put(connection, source, {key: rows[source, key] for key in keys[start : start + _BATCH]}, now)
            )
    traces.put(connection, [(one.article, one.trace) for one in last.values()])
    return counts


def _put(connection: sa.Connection, source: str, rows: Mapping[str, dict[str, Any]], now: datetime) -> Counter[str]:
    """The same for some articles of one source: a few statements for all of them."""
    known = _known(connection, source, rows.keys())
    new = [{**row, "changed_at": None, "first_seen": now} for key, row in rows.items() if key not in known]
    old = [{**row, **_moved(row, known[key], now)} for key, row in rows.items() if key in known]
    if new:
        connection.execute(table.insert(), new)
    if old:
        connection.execute(_UPDATE, old)
    connection.execute(_unquarantined(source, rows.keys()))
    same = sum(row["row_hash"] == known[key].row_hash for key, row in rows.items() if key in known)
    return Counter(added=len(new), changed=len(old) - same, same=same)


def _known(connection: sa.Connection, source: str, keys: Collection[str]) -> dict[str, Any]:
    columns = (table.c.id, table.c.key, table.c.content_hash, table.c.row_hash, table.c.changed_at)
    where = (table.c.source == source, table.c.key.in_(keys))
    return {row.key: row for row in connection.execute(sa.select(*columns).where(*where))}


def _moved(row: Mapping[str, Any], old: Any, now: datetime) -> dict[str, Any]:
    same = row["content_hash"] == old.content_hash
    return {"which": old.id, "changed_at": old.changed_at if same else now}


_UPDATE = table.update().where(table.c.id == sa.bindparam("which"))  # sets every column that the row has


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
        "pinned": article.pinned,
        "content_hash": content_hash(article),
        "row_hash": _hash(body + places),
        "published": article.published,
        "updated": article.updated,
        "places": [list(pair) for pair in one.places],
        "media": [[one.path, one.origin] for one in article.enclosures],
        "tags": list(article.tags),
        "body": body,
    }


def content_hash(article: Article) -> str:
    """Of what a reader sees: equal hashes are no update."""
    shown = replace(article, enclosures=tuple(replace(one, origin="") for one in article.enclosures))
    seen = {name: getattr(shown, name) for name in Article.__slots__ if name not in _NOT_CONTENT}
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


def _unquarantined(source: str, keys: Collection[str]) -> sa.Delete:
    return quarantine.delete().where(quarantine.c.source == source, quarantine.c.key.in_(keys))


def forget(connection: sa.Connection, source: str, keys: Sequence[str]) -> int:
    """Remove what its source no longer has; returns how many articles that were. The ids of their entries stay minted."""
    removed = 0
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        where = (table.c.source == source, table.c.key.in_(part))
        removed += len(connection.execute(table.delete().where(*where).returning(table.c.id)).all())
        connection.execute(_unquarantined(source, part))
        connection.execute(withheld.delete().where(withheld.c.source == source, withheld.c.key.in_(part)))
    traces.forget(connection, source, keys)
    return removed


def release(connection: sa.Connection, source: str, keys: Sequence[str]) -> None:
    """Take out of quarantine what its source no longer has; an article of the same name stays."""
    for start in range(0, len(keys), _BATCH):
        connection.execute(_unquarantined(source, keys[start : start + _BATCH]))


def dates(connection: sa.Connection, source: str) -> list[datetime]:
    """When each article of a source was published, as stated, else when it was first seen; in no order."""
    rows = connection.execute(sa.select(table.c.published, table.c.first_seen).where(table.c.source == source))
    return [row.published or row.first_seen for row in rows]


def newest(connection: sa.Connection, source: str, most: int) -> tuple[int, list[datetime]]:
    """How many articles of a source there are, and the dates of the newest, as in `dates`."""
    moment = sa.type_coerce(sa.func.coalesce(table.c.published, table.c.first_seen), table.c.published.type)
    total = connection.execute(sa.select(sa.func.count()).where(table.c.source == source)).scalar_one()
    rows = sa.select(moment).where(table.c.source == source).order_by(moment.desc()).limit(most)
    return total, list(connection.execute(rows).scalars())


def sources(connection: sa.Connection) -> set[str]:
    return set(connection.execute(sa.select(table.c.source).union(sa.select(quarantine.c.source))).scalars())


def quarantined(connection: sa.Connection) -> list[SourceError]:
    """What could not be read, in the order of its path."""
    columns = (quarantine.c.source, quarantine.c.key, quarantine.c.line, quarantine.c.field, quarantine.c.reason)
    rows = connection.execute(sa.select(*columns).order_by(quarantine.c.source, quarantine.c.key))
    return [SourceError(**row._mapping) for row in rows]


_C = table.c
_VERSION = (
    _C.story, _C.language, _C.source, _C.key, _C.slug, _C.content_hash, _C.row_hash, _C.published, _C.updated,
    _C.first_seen, _C.changed_at, _C.places, _C.media, _C.tags, _C.pinned,
)  # fmt: skip


def _heads(*columns: sa.Column[Any]) -> sa.Select[Any]:
    """The articles that may be published, by story and language; of several for one language the first is."""
    c = table.c
    return sa.select(*columns).where(c.draft.is_(sa.false())).order_by(c.story, c.language, c.source, c.key)


def stories(
    connection: sa.Connection,
    select_places: Callable[[list[Weights]], tuple[PlaceId, ...]],
    joined: Joined = _NOTHING,
    without: Collection[tuple[str, str]] = (),
    only: Collection[StoryKey] | None = None,
) -> Iterator[Story]:
    """Every story that is not a draft, ordered by key; those that `joined` knows as it has them.

    `without` are articles, by source and key, that are not shown: another one of their story is, if there is one.
    `only`: stories that are looked at; the others are not read.
    """
    aside: dict[tuple[str, str], Any] = {}
    made = []
    asked = _heads(*_VERSION) if only is None else _heads(*_VERSION).where(table.c.story.in_(only))
    rows_shown = (row for row in connection.execute(asked) if (row.source, row.key) not in without)
    for key, group in groupby(rows_shown, key=lambda row: row.story):
        if key in joined.into:
            aside.update(((row.source, row.key), row) for row in group)
        else:
            rows: dict[Language, list[Any]] = {}
            for row in group:
                rows.setdefault(row.language, [row])
            made.append(_story(key, rows, select_places))
    for key, versions in joined.stories.items():
        found = {language: [aside[name] for name in names if name in aside] for language, names in versions.items()}
        if shown := {language: rows for language, rows in found.items() if rows}:
            made.append(_story(key, shown, select_places))
    yield from sorted(made, key=lambda story: story.key)


def _story(
    key: StoryKey,
    rows: Mapping[Language, Sequence[Any]],
    select: Callable[[list[Weights]], tuple[PlaceId, ...]],
) -> Story:
    """Of each language the article shown comes first, then those that are credited."""
    versions = {language: _version(*found) for language, found in rows.items()}
    weights = [tuple((place, weight) for place, weight in row.places) for row, *_ in rows.values()]
    return Story(key=key, versions=versions, places=select(weights))


def _version(row: Any, *others: Any) -> Version:
    values = {name: getattr(row, name) for name in Version.__slots__ if name != "twins"}
    twins = tuple(Twin(source=one.source, key=one.key, row_hash=one.row_hash) for one in others)
    media = tuple((path, origin) for path, origin in row.media)
    return Version(**{**values, "media": media, "tags": tuple(row.tags), "twins": twins})


_BODY = sa.select(table.c.body).where(
    table.c.source == sa.bindparam("source"), table.c.key == sa.bindparam("key")
)  # built once: it is asked for every entry


def load(connection: sa.Connection, source: str, key: str) -> Article:
    """One article as it was read. Raises NotFound."""
    body = connection.execute(_BODY, {"source": source, "key": key}).scalar()
    if body is None:
        raise NotFound(f"there is no article {key!r}")
    return msgspec.json.decode(body, type=Article)
