"""Taking a story back: its text goes, its ids and addresses stay, and those who read it are told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import datetime

from feeder import markup
from feeder.errors import NotFound
from feeder.jobs.edition import Edition, open_edition
from feeder.jobs.newsroom import Newsroom
from feeder.language import detect
from feeder.model import EntryHead, Retraction, StoryKey
from feeder.store import Store, entries, retractions


def retract(
    store: Store, newsroom: Newsroom, name: str, reason: str, *, with_titles: bool, now: datetime
) -> tuple[Retraction, bool]:
    """Retract the story of a key or a tag URI; False with a story that was retracted before, whose reason is put right.

    What is published changes with the next build. Raises NotFound.
    """
    with store.turn(), store.write() as connection:
        edition = open_edition(connection, newsroom)
        story = edition.shown_as(_story(edition.known.values(), name))
        text = markup.line(reason)
        made = Retraction(
            story=story,
            at=now,
            reason=text,
            language=detect.language_of(text) or newsroom.site.locales[0],
            titles=_titles(edition, story) if with_titles else {},
        )
        return made, retractions.put(connection, made)


def undo(store: Store, name: str) -> StoryKey:
    """Give a retracted story back to readers. Raises NotFound."""
    with store.turn(), store.write() as connection:
        known = retractions.all_retractions(connection)
        story = name if name in known else _story(entries.heads(connection).values(), name)
        if not retractions.undo(connection, story):
            raise NotFound(f"the story {story!r} is not retracted")
        return story


def _story(heads: Iterable[EntryHead], name: str) -> StoryKey:
    every = list(heads)
    for head in every:
        if name in (head.story, head.uid):
            return head.story
    keys = sorted({head.story for head in every})
    near = difflib.get_close_matches(name, keys, n=1)
    hint = f"; is {near[0]!r} meant?" if near else "; feeder explain FILE shows the key of an article"
    raise NotFound(f"no story {name!r} was ever published here{hint}")


def _titles(edition: Edition, story: StoryKey) -> dict[str, str]:
    """The titles under which readers of each locale know it."""
    if story in edition.retracted:
        return dict(edition.retracted[story].titles)
    heads = (edition.heads.get((story, locale)) for locale in edition.newsroom.site.locales)
    return {head.locale: edition.entry(head).title for head in heads if head}
