"""Numbers for whoever watches the program: how many of what there are. Nobody's name, nobody's address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeder.store.tables import article, artifact, bounce, delivery, issue, ping, quarantine, retraction, subscriber

_ARTICLE = article.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """All at one moment. A key of two or more is a tuple, in the order of its name here."""

    articles: Mapping[tuple[str, bool], int]  #: by language and whether it is a draft
    stories: int
    quarantined: Mapping[str, int]  #: articles that could not be read, by source
    retracted: int
    files: int  #: published
    bytes: int  #: of them
    issues: Mapping[str, int]  #: by locale
    deliveries: Mapping[str, int]  #: by state
    held: Mapping[str, int]  #: of them, by what they wait for
    subscribers: Mapping[tuple[str, str], int]  #: by locale and state
    bounces: Mapping[str, int]  #: reports by kind
    pings: int  #: feeds of whose change the hub is still to be told


def count(connection: sa.Connection) -> Counts:
    files = connection.execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(artifact.c.size), 0))).one()
    held = delivery.c.state == "held"
    return Counts(
        articles=_by(connection, _ARTICLE.language, _ARTICLE.draft),
        stories=_number(connection, sa.select(sa.func.count(sa.distinct(_ARTICLE.story)))),
        quarantined=_by(connection, quarantine.c.source),
        retracted=_number(connection, sa.select(sa.func.count()).select_from(retraction)),
        files=int(files[0]),
        bytes=int(files[1]),
        issues=_by(connection, issue.c.locale),
        deliveries=_by(connection, delivery.c.state),
        held=_by(connection, delivery.c.why, where=held),
        subscribers=_by(connection, subscriber.c.locale, subscriber.c.state),
        bounces=_by(connection, bounce.c.kind),
        pings=_number(connection, sa.select(sa.func.count()).select_from(ping)),
    )


def newest(connection: sa.Connection) -> dict[str, datetime]:
    """When the newest article of each source was published, as stated, else first seen."""
    at = sa.func.max(sa.func.coalesce(_ARTICLE.published, _ARTICLE.first_seen))
    rows = sa.select(_ARTICLE.source, sa.type_coerce(at, _ARTICLE.first_seen.type).label("at")).group_by(
        _ARTICLE.source
    )
    return {row.source: row.at for row in connection.execute(rows)}


def size(connection: sa.Connection) -> int:
    """Bytes of the store, without what SQLite has in its journal."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(connection.execute(sa.select(sa.func.pg_database_size(sa.func.current_database()))).scalar_one())


def _number(connection: sa.Connection, rows: sa.Select[Any]) -> int:
    return int(connection.execute(rows).scalar_one())


def _by(connection: sa.Connection, *columns: sa.Column[Any], where: Any = None) -> dict[Any, int]:
    rows: sa.Select[Any] = sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns)
    rows = rows if where is None else rows.where(where)
    found: dict[Any, int] = {}
    for row in connection.execute(rows):
        *names, number = row
        found[tuple(names) if len(names) > 1 else names[0]] = int(number)
    return found
