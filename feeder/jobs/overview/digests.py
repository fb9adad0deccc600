"""The digest of a week to be looked at: as it was made, or as it would be made now. Nothing is kept of it.

An issue that is not made yet is drafted from an edition of its own stories alone, inside a transaction that only reads:
looking at an issue can never be what makes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeder.articles.stories.joining import Joined
from feeder.digest.select import Candidate, Selection, choose
from feeder.editors.facts import Choice, Preview, Sheet
from feeder.errors import ArticleError
from feeder.jobs import amended, proof
from feeder.jobs import compile as digests
from feeder.jobs.edition import open_edition
from feeder.jobs.newsroom import Newsroom
from feeder.model import Issue, Locale, StoryKey, Week
from feeder.store import issues, retractions, surveys, traces

_ASKED = 200  #: stories left out that are named


def of_week(connection: sa.Connection, room: Newsroom, week: Week, due: datetime | None, locale: Locale) -> Preview:
    """The issues of a week in every language, the stories in them and those left out. Raises TemplateError.

    `due`: when it is made, where that lies ahead; `locale`: in which stories are named, where they have it.
    """
    made = issues.of_week(connection, week)
    selection, older = selected(connection, room, week)
    found = list(made.values()) if made else _drafted(connection, room, selection)
    told = next((one.stories for one in found), selection.chosen)
    left_out = {story: why for story, why in selection.left_out.items() if story not in told}
    asked = list(left_out)[:_ASKED]
    reasons = Counter(left_out[story] for story in list(left_out)[_ASKED:])
    return Preview(
        week=week,
        made=bool(made),
        due=due,
        sheets=tuple(_sheet(room, one) for one in sorted(found, key=lambda one: room.site.locales.index(one.locale))),
        chosen=_choices(connection, [(story, "") for story in told], locale),
        left_out=_choices(connection, [(story, left_out[story]) for story in asked], locale),
        others={**reasons, **({too_old(room, week): older} if older else {})},
    )


def selected(connection: sa.Connection, room: Newsroom, week: Week) -> tuple[Selection, int]:
    """The choice for a week among the stories of its window and later; and how many stories are older than that."""
    window = room.config.digest.window
    since = _first(week, window).span(room.site.zone)[0]
    standing, older = surveys.standing(connection, since=since)
    shown_as = Joined(memory=traces.memory(connection)).shown_as
    told = {shown_as(story) for story in issues.told_elsewhere(connection, week)}
    return choose(_candidates(standing), told, week, room.site.zone, window=window), older


def _candidates(standing: Iterable[surveys.Standing]) -> list[Candidate]:
    return [
        Candidate(story=one.story, published=one.published, languages=one.languages, pinned=one.pinned)
        for one in standing
    ]


def _first(week: Week, window: int) -> Week:
    for _ in range(window - 1):
        week = week.previous()
    return week


def too_old(room: Newsroom, week: Week) -> str:
    window = room.config.digest.window
    return f"was published before {_first(week, window).monday}, earlier than the window of {window} weeks"


def _drafted(connection: sa.Connection, room: Newsroom, selection: Selection) -> list[Issue]:
    """What an issue may say of earlier ones needs their stories too, those that changed in the time it looks back on."""
    since = selection.week.span(room.site.zone)[1] - amended.OLDEST - timedelta(weeks=amended.CARRIED)
    past = {line.story for line in issues.lines_before(connection, selection.week)}
    past &= surveys.changed(connection, since) if past else set()
    edition = open_edition(connection, room, {*selection.chosen, *past, *retractions.all_retractions(connection)})
    try:
        return [issue for issue, _ in digests.draft(connection, edition, selection)]
    except proof.Unshown as one:  # the build withholds them; here nothing is written
        first = one.articles[0]
        raise ArticleError(f"{first.key} cannot be shown, and waits for the next build: {first.reason}") from None


def _sheet(room: Newsroom, issue: Issue) -> Sheet:
    files = digests.to_files(room, issue)
    return Sheet(issue=issue, html=files["html"].decode(), text=files["txt"].decode(), message=files["eml"])


def _choices(
    connection: sa.Connection, stories: Collection[tuple[StoryKey, str]], locale: Locale
) -> tuple[Choice, ...]:
    titles = surveys.titles(connection, [story for story, _ in stories])
    return tuple(_choice(story, why, titles.get(story, {}), locale) for story, why in stories)


def _choice(story: StoryKey, why: str, titles: dict[str, str], locale: Locale) -> Choice:
    """A story that is gone since is named by its key."""
    language = locale if locale in titles else next(iter(sorted(titles)), "en")
    return Choice(
        story=story,
        title=titles.get(language, story),
        language=language,
        languages=tuple(sorted(titles)),
        reason=why,
    )
