"""What feeds sent is kept as it came, so that a better reader can read it again, and removed when it is old."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feeder.model import Original, Source
from feeder.resources import fingerprint
from feeder.sources.raw import Raw
from feeder.store import Store, articles, originals

if TYPE_CHECKING:  # they load the fetcher, which a site of folders does without
    from feeder.sources.again import Again
    from feeder.sources.feed import Fetch


class Cellar:
    """The kept bytes of a site, with the store that knows whose they are."""

    def __init__(self, store: Store, raw: Raw, days: int) -> None:
        self.store, self.raw, self.days = store, raw, days

    def keep(self, source: Source, fetch: Fetch, now: datetime) -> str:
        """Keep the bytes of a visit. What cannot be kept stops nothing: the reason is returned, "" for none."""
        if not self.days:
            return ""
        try:
            document = self.raw.put(fetch.document.data)
            pages = {key: self.raw.put(body) for key, body in fetch.pages.items()}
        except OSError as error:
            return f"{source.key}: what it sent could not be kept: {error.strerror}; feeder build --renormalise will miss it"
        came = fetch.document
        first = Original(
            source=source.key, key="", document=document, url=came.url, content_type=came.content_type, fetched=now
        )
        found = [replace(first, key=key, page=pages.get(key, "")) for key in fetch.keys]
        with self.store.write() as connection:
            originals.put(connection, found)
        return ""

    def still_there(self, source: Source) -> None:
        """A feed said that its document is the same as before: that is in use, and not old."""
        with self.store.read() as connection:
            name = originals.latest(connection, source.key)
        if name:
            self.raw.touch(name)

    def again(self, source: Source, zone: ZoneInfo) -> Again:
        """The entries of a feed as far as they can be read again."""
        from feeder.sources import again

        with self.store.read() as connection:
            found = originals.of_source(connection, source.key)
            known = articles.stamps(connection, source.key)
            place = articles.place(connection, source.key)
        return again.look(source, found, self.raw.get, known=known, place=place, salt=fingerprint(), zone=zone)

    def prune(self, now: datetime) -> None:
        """Once a day, remove what is older than the site keeps."""
        if not self.raw.root.is_dir():
            return
        with self.store.read() as connection:
            if originals.pruned(connection) == now.date().isoformat() and self.days:
                return
        self.raw.prune(now - timedelta(days=self.days) if self.days else datetime.max.replace(tzinfo=UTC))
        with self.store.write() as connection:
            originals.put_pruned(connection, now)
