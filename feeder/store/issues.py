"""Issues of the digest: made at most once for a week and a locale, by a constraint and not by care."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
import sqlalchemy as sa

from feeder.model import Issue, Locale, StoryKey, Week
from feeder.store.engine import insert
from feeder.store.tables import issue as table
from feeder.store.tables import issue_story


def put(connection: sa.Connection, issue: Issue, now: datetime) -> bool:
    """Store an issue; False when its week and locale already have one, which stays as it is."""
    row = insert(connection, table).values(
        id=issue.id, week=str(issue.week), locale=issue.locale, compiled_at=now, body=msgspec.json.encode(issue)
    )
    if connection.execute(row.on_conflict_do_nothing().returning(table.c.id)).scalar() is None:
        return False
    lines = [(story, "story", "") for story in issue.stories]
    lines += [(one.story, one.kind, one.key) for one in issue.amendments]
    told = [
        {"issue": issue.id, "position": n, "story": story, "told": what, "amendment": key}
        for n, (story, what, key) in enumerate(lines)
    ]
    if told:
        connection.execute(issue_story.insert(), told)
    return True


def told_elsewhere(connection: sa.Connection, week: Week) -> set[StoryKey]:
    """Stories in issues of other weeks: also a week that is compiled late does not repeat what a later one told."""
    issue_of = table.c.id == issue_story.c.issue
    rows = sa.select(issue_story.c.story).join(table, issue_of).where(table.c.week != str(week))
    return set(connection.execute(rows.where(issue_story.c.told == "story")).scalars())


def retracted_elsewhere(connection: sa.Connection, week: Week, locale: Locale) -> tuple[set[StoryKey], set[StoryKey]]:
    """Of a locale's issues of other weeks: the stories of earlier ones, and those whose retraction one has told."""
    rows = sa.select(table.c.week, issue_story.c.story, issue_story.c.told)
    rows = rows.join(table, table.c.id == issue_story.c.issue).where(table.c.locale == locale)
    found = connection.execute(rows.where(table.c.week != str(week))).all()
    told = {row.story for row in found if row.told == "story" and row.week < str(week)}
    return told, {row.story for row in found if row.told == "retraction"}


def of_week(connection: sa.Connection, week: Week) -> dict[Locale, Issue]:
    rows = connection.execute(sa.select(table.c.locale, table.c.body).where(table.c.week == str(week)))
    return {row.locale: msgspec.json.decode(row.body, type=Issue) for row in rows}


def by_id(connection: sa.Connection, name: str) -> Issue | None:
    """An issue as it was made."""
    body = connection.execute(sa.select(table.c.body).where(table.c.id == name)).scalar()
    return msgspec.json.decode(body, type=Issue) if body is not None else None


def all_issues(connection: sa.Connection) -> list[Issue]:
    """Every issue, the newest week first."""
    rows = connection.execute(sa.select(table.c.body).order_by(table.c.week.desc(), table.c.locale))
    return [msgspec.json.decode(body, type=Issue) for body in rows.scalars()]


def telling(connection: sa.Connection, stories: Collection[StoryKey]) -> list[str]:
    """Ids of the issues that told a story, under any of the keys it had."""
    told = sa.select(issue_story.c.issue).distinct()
    told = told.where(issue_story.c.story.in_(stories), issue_story.c.told == "story")
    return list(connection.execute(told.order_by(issue_story.c.issue)).scalars())


def telling_amendment(connection: sa.Connection, key: str) -> list[str]:
    """Ids of the issues whose readers know an amendment: it was among them, or the story was told corrected."""
    told = sa.select(issue_story.c.issue).distinct().where(issue_story.c.amendment == key)
    return list(connection.execute(told.order_by(issue_story.c.issue)).scalars())
