"""The feeds among the sources: which are due, what their visits brought, what to remember of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from feeder.jobs.originals import Cellar
from feeder.model import Source, SourceState
from feeder.resources import fingerprint
from feeder.sources import habit, patience
from feeder.sources.look import Look
from feeder.store import Store, articles, source_states

if TYPE_CHECKING:  # a tenth of a second to import, which a site of folders keeps
    from feeder.sources.feed import Visit

Progress = Callable[[str, int, int], None]


class Round:
    """A round of visits. It sets out when it is made; `looks` gives what comes back, and keeps the states.

    `again` asks nobody on the web: feeds are read from what is kept of them in the `cellar`.
    """

    def __init__(
        self,
        store: Store,
        sources: Sequence[Source],
        zone: ZoneInfo,
        now: datetime,
        cellar: Cellar | None,
        *,
        again: bool,
    ) -> None:
        self.store, self.now, self.zone, self._cellar, self._again = store, now, zone, cellar, again
        self.notes: tuple[str, ...] = ()
        self.unvisited = 0  #: articles of feeds that gave nothing new, or were not asked
        self._feeds = [source for source in sources if source.kind == "feed"]
        self._errors: dict[str, str] = {}  #: of documents on disk, which have no state
        if not self._feeds:
            self._arriving: Callable[[], Iterator[Visit | None]] = lambda: iter(())
            return
        from feeder.sources import feed

        with store.read() as connection:
            self._states = source_states.states(connection)
            due = [one for one in self._feeds if not one.url or (not again and self._is_due(one))]
            self._errands = [
                feed.Errand(
                    source=source,
                    state=self._states.get(source.key) or SourceState(key=source.key, url=source.url or ""),
                    known=articles.stamps(connection, source.key),
                    place=articles.place(connection, source.key),
                    salt=fingerprint(),
                    zone=zone,
                    now=now,
                )
                for source in due
            ]
        self._arriving = feed.send(self._errands)

    def _is_due(self, source: Source) -> bool:
        return patience.is_due(self._states.get(source.key), self.now)

    def looks(self, progress: Progress) -> Iterator[tuple[Source, Look]]:
        """What is new, feed by feed as it comes. A feed's state is kept after its articles: a killed build asks again."""
        if not self._feeds:
            return
        quiet = {source.key for source in self._feeds}
        done = 0
        if self._cellar and self._again:
            for source in self._feeds:
                quiet.discard(source.key)
                yield source, self._kept(source, self._cellar)
        for visit in self._arriving():
            progress("fetching", done, len(self._errands))
            if visit is None:
                continue
            done += 1
            self.notes += visit.notes
            if visit.look:
                quiet.discard(visit.source.key)
                yield visit.source, visit.look
            self._keep(visit)
            if self._cellar:
                self._store_away(visit, self._cellar)
        with self.store.read() as connection:
            for key in quiet:
                self.unvisited += len(articles.stamps(connection, key).keys() - articles.refused(connection, key))

    def _kept(self, source: Source, cellar: Cellar) -> Look:
        found = cellar.again(source, self.zone)
        if found.lost:
            what = "1 article is" if found.lost == 1 else f"{found.lost} articles are"
            self.notes += (f"{source.key}: {what} not kept as the feed sent them; nothing changes there",)
        return found.look

    def _store_away(self, visit: Visit, cellar: Cellar) -> None:
        """Keep the bytes of what was stored just now."""
        if visit.fetch and (trouble := cellar.keep(visit.source, visit.fetch, self.now)):
            self.notes += (trouble,)
        elif not visit.fetch and not visit.state.last_error:
            cellar.still_there(visit.source)

    def away(self) -> tuple[str, ...]:
        """The feeds that failed at their last visit, now or earlier, in the order of the configuration."""
        found = []
        for source in self._feeds:
            state = self._states.get(source.key)
            error = state.last_error if state else self._errors.get(source.key, "")
            found += [f"{source.key}: {error}; what it gave before stays"] if error else []
        return tuple(found)

    def _keep(self, visit: Visit) -> None:
        if not visit.source.url:
            self._errors[visit.source.key] = visit.state.last_error
            return
        with self.store.read() as connection:
            dates = articles.dates(connection, visit.source.key)
        state = replace(visit.state, interval=habit.usual(dates))
        silent = habit.silence(dates, self.now)
        if silent and state.silence_told != max(dates):
            state = replace(state, silence_told=max(dates))
            self.notes += (f"{visit.source.key}: has had nothing new for {silent.days} days, much longer than usual",)
        self._states[visit.source.key] = state
        with self.store.write() as connection:
            source_states.put(connection, state)
