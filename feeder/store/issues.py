"""Issues of the digest: made at most once for a week and a locale, by a constraint and not by care."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa

from feeder.model import Amendment, Issue, Locale, StoryKey, Week
from feeder.store import traces
from feeder.store.engine import insert
from feeder.store.tables import issue as table
from feeder.store.tables import issue_story


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that an issue told."""

    issue: str  #: its id
    week: str  #: "2026-W46"
    compiled_at: datetime
    story: StoryKey  #: under the key it had then
    told: str  #: "story"; "retraction", "correction" of an earlier one; "included": a correction the story already had
    amendment: str  #: its key; "" for a story


def put(connection: sa.Connection, issue: Issue, now: datetime, included: Iterable[Amendment] = ()) -> bool:
    """Store an issue; False when its week and locale already have one, which stays as it is.

    `included` are the corrections that its stories had already: who got the issue need not be told.
    """
    row = insert(connection, table).values(
        id=issue.id, week=str(issue.week), locale=issue.locale, compiled_at=now, body=msgspec.json.encode(issue)
    )
    if connection.execute(row.on_conflict_do_nothing().returning(table.c.id)).scalar() is None:
        return False
    lines = [(story, "story", "") for story in issue.stories]
    lines += [(one.story, one.kind, one.key) for one in issue.amendments]
    lines += [(one.story, "included", one.key) for one in included]
    told = [
        {"issue": issue.id, "position": n, "story": story, "told": what, "amendment": key}
        for n, (story, what, key) in enumerate(lines)
    ]
    if told:
        connection.execute(issue_story.insert(), told)
    return True


def told_elsewhere(connection: sa.Connection, week: Week) -> set[StoryKey]:
    """Stories in issues of other weeks: also a week that is compiled late does not repeat what a later one told."""
    return set(told_in(connection, week))


def told_in(connection: sa.Connection, week: Week) -> dict[StoryKey, str]:
    """The same with the week in which each story was told, as "2026-W45"."""
    rows = sa.select(issue_story.c.story, table.c.week).join(table, table.c.id == issue_story.c.issue)
    rows = rows.where(table.c.week != str(week), issue_story.c.told == "story")
    return {row.story: row.week for row in connection.execute(rows.order_by(table.c.week.desc()))}


def lines_before(connection: sa.Connection, week: Week) -> list[Line]:
    """Everything that issues of earlier weeks told, in the order of the weeks."""
    columns = (table.c.week, table.c.compiled_at, *(issue_story.c[name] for name in _OF_LINE))
    rows = sa.select(*columns).join(table, table.c.id == issue_story.c.issue).where(table.c.week < str(week))
    return [Line(**row._mapping) for row in connection.execute(rows.order_by(table.c.week, *_PRIMARY))]


_OF_LINE = ("issue", "story", "told", "amendment")
_PRIMARY = (issue_story.c.issue, issue_story.c.position)


def compiled(connection: sa.Connection) -> dict[str, datetime]:
    """When each issue was made, by its id."""
    return {row.id: row.compiled_at for row in connection.execute(sa.select(table.c.id, table.c.compiled_at))}


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
    """Ids of the issues that told one of these stories, under any of the keys it had."""
    keys = traces.with_absorbed(connection, stories)
    told = sa.select(issue_story.c.issue).distinct()
    told = told.where(issue_story.c.story.in_(keys), issue_story.c.told == "story")
    return list(connection.execute(told.order_by(issue_story.c.issue)).scalars())


def telling_amendment(connection: sa.Connection, key: str) -> list[str]:
    """Ids of the issues whose readers know an amendment: it was among them, or the story was told corrected."""
    told = sa.select(issue_story.c.issue).distinct().where(issue_story.c.amendment == key)
    return list(connection.execute(told.order_by(issue_story.c.issue)).scalars())
