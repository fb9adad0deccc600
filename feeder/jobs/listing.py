"""Edition -> every file a site publishes. Nothing is made here: `publish` asks for the bytes of what moved."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.jobs import feed_files, page_files
from feeder.jobs.edition import Edition
from feeder.jobs.output import Output


def outputs(edition: Edition) -> Iterator[Output]:
    """Every file, in the order in which to write: what is linked to before what links to it."""
    yield from page_files.media(edition)
    if edition.newsroom.site.story_pages:
        yield from page_files.inner(edition)
    yield from feed_files.feeds(edition)
    yield from feed_files.lists(edition)
    if edition.newsroom.site.story_pages:
        yield from page_files.fronts(edition)
