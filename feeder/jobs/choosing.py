"""Which stories the issue of a week has; and for one story, in which issues it is and why not in the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeder.digest import select
from feeder.digest.select import Candidate, Selection
from feeder.jobs.edition import Edition
from feeder.model import Issue, StoryKey, Week
from feeder.store import issues, runs

_OWED = timedelta(days=2)  #: after its end, a week without an issue is no longer waited for


def selection(connection: sa.Connection, edition: Edition, week: Week) -> Selection:
    """The choice for a week, as the store is now."""
    return select.choose(
        [_candidate(edition, story) for story in edition.stories],
        {edition.shown_as(story) for story in issues.told_elsewhere(connection, week)},
        week,
        edition.newsroom.site.zone,
        window=edition.newsroom.config.digest.window,
    )


def _candidate(edition: Edition, story: StoryKey) -> Candidate:
    one = edition.stories[story]
    pinned = any(version.pinned for version in one.versions.values())
    return Candidate(story=story, published=one.published, languages=len(one.versions), pinned=pinned)


def account(connection: sa.Connection, edition: Edition, story: StoryKey, now: datetime | None) -> list[dict[str, Any]]:
    """Every issue that told a story or might have, in the order of the weeks, then the next one, as it would be now.

    Without `now` nothing is said of the next one.
    """
    rows = list(_made(connection, edition, story))
    if now:
        week = _next(connection, edition, now)
        choice = selection(connection, edition, week)
        chosen = story in choice.chosen
        why = _promise(choice, story) if chosen else choice.left_out.get(story, "it is not published")
        rows.append({"issue": str(week), "in": chosen, "why": why})
    return rows


def _promise(choice: Selection, story: StoryKey) -> str:
    return f"would be {'its lead' if story == choice.lead else 'in it'}; this issue is not made yet"


def _next(connection: sa.Connection, edition: Edition, now: datetime) -> Week:
    """The week that is told next: the last one, as long as it is waited for, else the one that is not over."""
    zone = edition.newsroom.site.zone
    current = Week.of(now.astimezone(zone).date())
    last = current.previous()
    over = {one.slot for one in runs.of(connection, "digest") if one.state in runs.OVER}
    settled = over | {str(one.week) for one in edition.issues}
    return last if str(last) not in settled and now - last.span(zone)[1] < _OWED else current


def _made(connection: sa.Connection, edition: Edition, story: StoryKey) -> Iterator[dict[str, Any]]:
    compiled = issues.compiled(connection)
    told = {issue.id: issue.week for issue in edition.issues if _tells(edition, issue, story)}
    for issue in sorted(edition.issues, key=lambda one: one.id):
        if issue.id in told:
            yield {"issue": issue.id, "in": True, "why": None}
        elif _might(edition, issue.week, story):
            why = _why_not(edition, issue, story, compiled[issue.id], told.values())
            yield {"issue": issue.id, "in": False, "why": why}


def _tells(edition: Edition, issue: Issue, story: StoryKey) -> bool:
    return story in {edition.shown_as(one) for one in issue.stories}


def _might(edition: Edition, week: Week, story: StoryKey) -> bool:
    """Whether a story's publication lies in the window of a week."""
    one = edition.stories.get(story)
    window = edition.newsroom.config.digest.window
    return one is not None and not select.why_not(
        Candidate(story=story, published=one.published), (), week, edition.newsroom.site.zone, window
    )


def _why_not(edition: Edition, issue: Issue, story: StoryKey, compiled: datetime, told: Any) -> str:
    """Of an issue that was made and that the story's date would have allowed."""
    one = edition.stories[story]
    if (story, issue.locale) not in edition.heads:
        return "the story has no language that the configuration shows to these readers"
    if earlier := sorted(str(week) for week in told if week != issue.week):
        return f"is told in the issue of week {earlier[0]}, and a story is told once"
    if min(version.first_seen for version in one.versions.values()) > compiled:
        return f"was not here yet when the issue was made, {compiled.astimezone(edition.newsroom.site.zone):%Y-%m-%d %H:%M}"
    if len(issue.stories) >= select.ROOM:
        return f"the issue had its {select.ROOM} stories without it"
    return "was not published, or had another date, when the issue was made"
