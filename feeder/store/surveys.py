"""What editors ask of the whole store: which articles there are, and which stories lack a language. A page at a time.

Nothing here opens more articles than it returns, so that thirty thousand stories are as quick to look at as thirty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from feeder.model import Language, StoryKey
from feeder.store.tables import article, joined, quarantine, retraction

Kind = Literal["", "drafts", "retracted", "doubled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles are asked for; an empty text asks for all."""

    kind: Kind = ""  #: "doubled": those of a story that has two for one language
    language: Language = ""
    source: str = ""
    words: str = ""  #: part of the name of a file, or of a story's key
    story: StoryKey = ""  #: as it is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article in a list."""

    source: str
    key: str
    story: StoryKey  #: as the article says; joined stories are shown as another one
    shown_as: StoryKey
    language: Language
    draft: bool
    published: datetime | None
    first_seen: datetime
    title: str


class _Title(msgspec.Struct):
    """All that a list needs of an article's body."""

    title: str


_A = article.c
_SHOWN = sa.func.coalesce(joined.c.shown_as, _A.story)  # the last step of a chain: `keep_memory` writes no longer ones
_MOMENT = sa.func.coalesce(_A.published, _A.first_seen)
_PINNED = sa.func.max(sa.cast(_A.pinned, sa.Integer))
_FROM = article.outerjoin(joined, joined.c.story == _A.story)


def listed(connection: sa.Connection, wanted: Wanted, *, skip: int, limit: int) -> tuple[list[Listed], int]:
    """Some articles, newest first, and how many there are in all."""
    where = _where(wanted)
    total = connection.execute(sa.select(sa.func.count()).select_from(_FROM).where(*where)).scalar_one()
    columns = (_A.id, _A.source, _A.key, _A.story, _SHOWN.label("shown_as"), _A.language, _A.draft)
    rows = sa.select(*columns, _A.published, _A.first_seen).select_from(_FROM).where(*where)
    found = connection.execute(rows.order_by(_MOMENT.desc(), _A.source, _A.key).offset(skip).limit(limit)).all()
    titles = _titles(connection, [row.id for row in found])
    return [Listed(**_values(row._mapping), title=titles.get(row.id, "")) for row in found], total


def _values(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _where(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.kind == "drafts":
        found.append(_A.draft.is_(sa.true()))
    elif wanted.kind == "retracted":
        found.append(_SHOWN.in_(sa.select(retraction.c.story)))
    elif wanted.kind == "doubled":
        found.append(sa.tuple_(_SHOWN, _A.language).in_(_doubled()))
    if wanted.language:
        found.append(_A.language == wanted.language)
    if wanted.source:
        found.append(_A.source == wanted.source)
    if wanted.story:
        found.append(_SHOWN.in_([wanted.story]))
    if wanted.words:
        found.append(
            sa.or_(_A.key.icontains(wanted.words, autoescape=True), _A.story.icontains(wanted.words, autoescape=True))
        )
    return found


def _doubled() -> sa.Select[Any]:
    """Story and language of what is claimed twice, or told by several sources."""
    shown = sa.func.coalesce(joined.c.shown_as, _A.story)
    pairs = sa.select(shown, _A.language).select_from(_FROM).where(_A.draft.is_(sa.false()))
    return pairs.group_by(shown, _A.language).having(sa.func.count() > 1)


def _titles(connection: sa.Connection, ids: Collection[int]) -> dict[int, str]:
    rows = connection.execute(sa.select(_A.id, _A.body).where(_A.id.in_(ids)))
    return {row.id: msgspec.json.decode(row.body, type=_Title).title for row in rows}


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many articles and stories there are, how many drafts, how many in quarantine."""
    articles = sa.select(
        sa.func.count(), sa.func.count(sa.distinct(_SHOWN)), sa.func.sum(sa.cast(_A.draft, sa.Integer))
    )
    total, stories, drafts = connection.execute(articles.select_from(_FROM)).one()
    refused = connection.execute(sa.select(sa.func.count()).select_from(quarantine)).scalar_one()
    return {"articles": total, "stories": stories, "drafts": int(drafts or 0), "quarantined": refused}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the choice for a digest needs to know of a story (`feeder.digest.select.Candidate`)."""

    story: StoryKey
    published: datetime  #: of the earliest version that states it; else when the story was first seen
    languages: int
    pinned: bool


def standing(connection: sa.Connection, *, since: datetime) -> tuple[list[Standing], int]:
    """Stories published at `since` or later, and how many others there are. Drafts and retracted stories do not count."""
    moment = sa.func.coalesce(sa.func.min(_A.published), sa.func.min(_A.first_seen))
    rows = sa.select(_SHOWN.label("story"), sa.type_coerce(moment, _A.published.type).label("published"))
    rows = rows.add_columns(sa.func.count(sa.distinct(_A.language)).label("languages"), _PINNED.label("pinned"))
    rows = rows.select_from(_FROM).where(_A.draft.is_(sa.false()), _SHOWN.not_in(sa.select(retraction.c.story)))
    every = rows.group_by(_SHOWN).subquery()
    total = connection.execute(sa.select(sa.func.count()).select_from(every)).scalar_one()
    found = connection.execute(sa.select(every).where(every.c.published >= since).order_by(every.c.story)).all()
    return [Standing(**{**row._mapping, "pinned": bool(row.pinned)}) for row in found], total - len(found)


# --- the ledger of languages ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When a story was published, by language."""

    story: StoryKey
    first: datetime  #: the earliest of them
    languages: Mapping[Language, datetime]


def told(
    connection: sa.Connection,
    languages: Sequence[Language],
    *,
    lacking: Language = "",
    since: datetime | None = None,
    skip: int = 0,
    limit: int | None = None,
) -> tuple[list[Told], int]:
    """Stories, newest first, with the first publication of each language, and how many there are in all.

    Drafts and retracted stories do not count. `lacking`: only those without this language; `since`: those published
    then or later.
    """
    grouped = _grouped(languages)
    asked = sa.select(grouped, sa.func.count().over().label("total"))
    if lacking:
        asked = asked.where(grouped.c[f"in_{lacking}"].is_(None))
    if since is not None:
        asked = asked.where(grouped.c.first >= since)
    rows = connection.execute(asked.order_by(grouped.c.first.desc(), grouped.c.story).offset(skip).limit(limit)).all()
    return [_told(row, languages) for row in rows], rows[0].total if rows else 0


def _grouped(languages: Sequence[Language]) -> sa.Subquery:
    moments = [
        sa.type_coerce(sa.func.min(sa.case((_A.language == code, _MOMENT))), _A.published.type).label(f"in_{code}")
        for code in languages
    ]
    first = sa.type_coerce(sa.func.min(_MOMENT), _A.published.type).label("first")
    rows = sa.select(_SHOWN.label("story"), first, *moments).select_from(_FROM).where(_A.draft.is_(sa.false()))
    return rows.where(_SHOWN.not_in(sa.select(retraction.c.story))).group_by(_SHOWN).subquery()


def _told(row: sa.Row[Any], languages: Sequence[Language]) -> Told:
    moments = {code: row._mapping[f"in_{code}"] for code in languages}
    return Told(story=row.story, first=row.first, languages={code: at for code, at in moments.items() if at})


def titles(connection: sa.Connection, stories: Collection[StoryKey]) -> dict[StoryKey, dict[Language, str]]:
    """Titles of some stories by language, those of drafts too, where nothing else is there."""
    rows = sa.select(_SHOWN.label("story"), _A.language, _A.body).select_from(_FROM).where(_SHOWN.in_(stories))
    found: dict[StoryKey, dict[Language, str]] = {}
    for row in connection.execute(rows.order_by(_A.draft, _A.source, _A.key)):
        title = msgspec.json.decode(row.body, type=_Title).title
        found.setdefault(row.story, {}).setdefault(row.language, title)
    return found


def drafts(connection: sa.Connection, stories: Collection[StoryKey]) -> set[tuple[StoryKey, Language]]:
    """Story and language of the drafts of some stories."""
    rows = sa.select(_SHOWN.label("story"), _A.language).select_from(_FROM)
    return {(row.story, row.language) for row in connection.execute(rows.where(_SHOWN.in_(stories), _A.draft))}


def kept(connection: sa.Connection, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these articles, by source and key, those of which the store has a version that could be read."""
    rows = sa.select(_A.source, _A.key).where(_A.key.in_([key for _, key in pairs]))
    return {(row.source, row.key) for row in connection.execute(rows)} & set(pairs)


def changed(connection: sa.Connection, since: datetime) -> set[StoryKey]:
    """Stories of which a version came or changed since then."""
    moment = sa.func.coalesce(_A.changed_at, _A.first_seen)
    return set(connection.execute(sa.select(_SHOWN).select_from(_FROM).where(moment >= since)).scalars())
