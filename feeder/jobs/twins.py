"""Store -> what is one story: the decision of `feeder.articles.joining` about the articles that are stored now."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from feeder.articles.joining import Joined, join
from feeder.model import Source, SourceError
from feeder.store import traces


def decide(connection: sa.Connection, sources: Sequence[Source]) -> Joined:
    """Which stories are one; `sources` in the order of the configuration."""
    order = {source.key: number for number, source in enumerate(sources)}
    return join(traces.suspects(connection), order, traces.memory(connection))


def duplicates(joined: Joined) -> list[SourceError]:
    """Articles that claim a story and language another one already has, and are not the same report."""
    found = []
    for name, story, language, first in joined.duplicates:
        other = first.key if first.source == name.source else str(first)
        reason = f"is {story!r} in {language}, and so is {other}; remove one, or give it another story or language"
        found.append(SourceError(source=name.source, key=name.key, line=0, field="story", reason=reason))
    return found
