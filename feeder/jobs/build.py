"""The whole walk once: read the sources, publish what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from feeder.jobs.ingest import Ingested, Progress, ingest
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.originals import Cellar
from feeder.jobs.publish import Published, publish
from feeder.outputs.disk import Disk
from feeder.sources.raw import Raw
from feeder.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did."""

    articles: Ingested
    files: Published

    @property
    def quiet(self) -> bool:
        """Nothing was new."""
        articles, files = self.articles, self.files
        return not (
            articles.added or articles.changed or articles.removed or articles.refused or files.written or files.removed
        )


def build(store: Store, newsroom: Newsroom, *, now: datetime, progress: Progress, renormalise: bool = False) -> Built:
    """Safe to repeat, and to kill: what is done stays done, the rest is done the next time. A second build waits.

    `renormalise` reads every article again, whether its file changed or not; those of feeds from what they once sent.
    """
    output = Disk(newsroom.output, compress=newsroom.config.storage.compress)
    with store.turn():
        ingested = ingest(
            store,
            newsroom.sources,
            newsroom.site.zone,
            now=now,
            progress=progress,
            cellar=Cellar(store, Raw(newsroom.data / "raw"), newsroom.config.storage.keep_raw),
            renormalise=renormalise,
        )
        published = publish(store, newsroom, output, now=now, progress=progress)
    bad = (*ingested.quarantined, *published.withheld)
    return Built(articles=replace(ingested, quarantined=bad), files=published)
