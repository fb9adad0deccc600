"""What the clock of `feeder serve` rings for: a look at the sources, and once a week the digest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from feeder.cli import build as build_command
from feeder.cli import sending, site
from feeder.cli.health import Health
from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.jobs.build import Built
    from feeder.jobs.compile import Compiled
    from feeder.jobs.newsroom import Newsroom
    from feeder.model import Week
    from feeder.store import Store

_log = logging.getLogger("feeder")


class Stopped(Exception):  # noqa: N818  no error: the work was asked to stop
    """Raised between two files when the program is to stop."""


class Work:
    """What the clock rings for, one thing at a time, and how it went."""

    def __init__(self, room: Newsroom, store: Store, stop: Event, health: Health) -> None:
        self.room, self.store, self.stop, self.health, self.clock = room, store, stop, health, health.clock
        self.busy = Lock()
        self.told: list[str] = []  #: what was wrong with sources and articles at the last build
        self.owed: Week | None = None  #: the week whose digest is still to be made
        self.moved: set[Path] = set()  #: templates and catalogs that changed and are not in use yet
        self.published: Callable[[], object] = lambda: None  #: called when the site has changed
        self.queued: Callable[[], object] = lambda: None  #: called when there is something to send
        self.keep_up: Callable[[datetime], object] = lambda now: (
            None
        )  #: what is done about subscribers before each look

    def build(self, first: bool = False) -> None:
        """One look at the sources. A digest that failed is tried again, or its week would pass without one."""
        self._guarded("subscribers", lambda: self.keep_up(self.clock()), self.health.well)
        if self._guarded("build", lambda: self._build(first)) and self.owed:
            self.digest(self.owed)

    def changed(self, paths: Collection[Path]) -> None:
        """Something was saved."""
        with self.busy:
            self.moved |= {path for path in paths if path.suffix in (".po", ".j2", ".css")}
        self.build()

    def digest(self, week: Week | None = None) -> None:
        """The digest of a week; by default of the last that is over."""
        from feeder.scheduler import week_for

        wanted = self.owed = week or week_for(self.clock(), self.room.site.zone)
        if self._guarded("digest", lambda: self._digest(wanted)):
            self.owed = None

    def catch_up(self) -> None:
        """The digest that was due while nothing ran; one that is too old is left out, and its stories are the next one's."""
        from feeder import scheduler

        when, zone, now = self.room.config.digest.schedule, self.room.site.zone, self.clock()
        if week := scheduler.missed(when, zone, now):
            self.digest(week)
        else:
            self._guarded("digest", lambda: self._skip(scheduler.week_for(scheduler.last_due(when, zone, now), zone)))

    def _guarded(self, what: str, work: Callable[[], object], done: Callable[[str], None] | None = None) -> bool:
        """A failure is told once in the log and turns the health red; what is published stays, the next ring tries again.

        `done`: what its success means, if it is no sign that the site is up to date.
        """
        with self.busy:
            try:
                work()
            except Stopped:
                return False
            except FeederError as error:
                self.health.failed(what, str(error))
            except OSError as error:
                self.health.failed(what, site.reason(error))
            except Exception as error:  # a defect of ours
                self.health.failed(what, f"{type(error).__name__}: {error}", trace=True)
            else:
                (done or self.health.done)(what)
                return True
            return False

    def _build(self, first: bool) -> None:
        failed = self._look(first).articles.failed
        if failed:
            raise FeederError(failed[0])

    def _look(self, first: bool = False) -> Built:
        """One build, and a line for the log when there is news."""
        from feeder.jobs.build import build
        from feeder.language import templates

        if self.moved:
            templates.refresh(self.moved)
            self.moved.clear()
        with site.progress() as bar:
            built = build(
                self.store, self.room, now=self.clock(), progress=self._until_stopped(bar if first else site.silent)
            )
        troubles = build_command.troubles(built)
        for line in troubles:
            if line not in self.told:
                site.note(line)
        self.told = troubles
        if built.files.written or built.files.removed:
            self.published()
        if first or not built.quiet:
            site.note(build_command.sentence(built, str(self.room.output)))
        return built

    def _until_stopped(self, show: site.Progress) -> site.Progress:
        def step(what: str, done: int, total: int) -> None:
            if self.stop.is_set():
                raise Stopped
            show(what, done, total)

        return step

    # --- the digest ---

    def _digest(self, week: Week) -> None:
        """Made, published, queued; sending is the postman's. Each step may be repeated, and does nothing the second time."""
        from feeder.jobs import compile as digests

        self._look()  # a source that fails keeps what it gave before, and no issue back
        compiled = digests.compile_week(self.store, self.room, week, self.clock())
        if not compiled.issues:
            _log.info("no digest for week %s: %s", week, compiled.selection.why_empty)
            return
        if compiled.new or "digest" in self.health.failures:  # a second ring writes nothing
            _log.info("digest of week %s: %s", week, ", ".join(digests.fill_outbox(self.room, compiled)))
            self._look()
        self._queue(compiled)

    def _queue(self, compiled: Compiled) -> None:
        found = sending.put_in_queue(self.room, self.store, compiled, self.clock())
        why = sending.WHY[found.held] if found.held else ""
        if found.new:
            _log.info("digest of week %s: %d queued%s", compiled.week, found.new, f", held: {why}" if why else "")
        self._record(compiled.week, "held" if found.held else "done", why)
        self.queued()

    def _skip(self, week: Week) -> None:
        """Put down that a digest was left out, unless it was made or put down before."""
        from feeder.store import deliveries, runs

        with self.store.write() as connection:
            known = {run.slot for run in runs.of(connection, "digest")}
            if known and str(week) not in known and not deliveries.standings(connection, week):
                why = "nothing ran when it was due, nor in the hours after"
                runs.record(connection, "digest", str(week), "skipped", why, self.clock())
                _log.info("no digest for week %s: %s", week, why)

    def _record(self, week: Week, state: str, why: str) -> None:
        from feeder.store import runs

        with self.store.write() as connection:
            runs.record(connection, "digest", str(week), state, why, self.clock())


def health_of(room: Newsroom, clock: Callable[[], datetime]) -> Health:
    """Red after three intervals and a minute without a look at the sources."""
    return Health(clock, timedelta(seconds=3 * room.config.schedule.build_every + 60))
