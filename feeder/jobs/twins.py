"""Store -> what is one story: the decision of `feeder.articles.joining` about the articles that are stored now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from feeder.articles.stories import joining
from feeder.articles.stories.joining import Head, Joined
from feeder.model import Source, SourceError, StoryKey
from feeder.store import traces


def decide(connection: sa.Connection, sources: Sequence[Source], only: Collection[StoryKey] | None = None) -> Joined:
    """Which stories are one; `sources` in the order of the configuration. `only`: as it was decided, of these stories."""
    heads = traces.suspects(connection) if only is None else traces.heads(connection, only)
    return joining.join(heads, _order(sources), traces.memory(connection))


def duplicates(connection: sa.Connection, sources: Sequence[Source]) -> list[SourceError]:
    """Articles that claim a story and language another one already has, and are not the same report."""
    return [_error(*pair) for pair in joining.duplicates(traces.claimed_twice(connection), _order(sources))]


def _order(sources: Sequence[Source]) -> dict[str, int]:
    return {source.key: number for number, source in enumerate(sources)}


def _error(head: Head, first: Head) -> SourceError:
    other = first.name.key if first.name.source == head.name.source else str(first.name)
    what = f"is {head.story!r} in {head.language}, and so is {other}"
    reason = f"{what}; remove one, or give it another story or language"
    return SourceError(source=head.name.source, key=head.name.key, line=0, field="story", reason=reason)
