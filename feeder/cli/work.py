"""What the clock of `feeder serve` rings for: a look at the sources, and once a week the digest."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

from feeder.cli import build as build_command
from feeder.cli import memory, sending, site
from feeder.cli.claims import Claims
from feeder.cli.health import Health
from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.jobs.build import Built
    from feeder.jobs.compile import Compiled
    from feeder.jobs.newsroom import Newsroom
    from feeder.model import Week
    from feeder.scheduler import Outstanding
    from feeder.store import Store

BUILD, DIGEST = "build", "digest"  #: by which runs and failures are known
_MANY = 50  #: articles in one build, after which memory is worth a search
_KEPT = timedelta(days=90)  #: for which the records of builds are kept
_log = logging.getLogger("feeder")


class Stopped(Exception):  # noqa: N818  no error: the work was asked to stop
    """Raised between two files when the program is to stop."""


class Work:
    """What the clock rings for, one thing at a time, and how it went."""

    def __init__(self, room: Newsroom, store: Store, stop: Event, health: Health) -> None:
        self.room, self.store, self.stop, self.health, self.clock = room, store, stop, health, health.clock
        self.claims = Claims(store=store, clock=self.clock)
        self.busy = Lock()
        self.begun = 0.0  #: when the digest in hand was begun, on the machine's own clock
        self.told: list[str] = []  #: what was wrong with sources and articles at the last build
        self.moved: set[Path] = set()  #: templates and catalogs that changed and are not in use yet
        self.published: Callable[[], object] = lambda: None  #: called when the site has changed
        self.queued: Callable[[], object] = lambda: None  #: called when there is something to send
        #: what is done about subscribers before each look
        self.keep_up: Callable[[datetime], object] = lambda now: None

    def build(self, first: bool = False) -> None:
        """One look at the sources, and at what the schedule wanted by now."""
        with self.busy:
            self._guarded("subscribers", lambda: self.keep_up(self.clock()))
            self._guarded(BUILD, lambda: self._build(first))
        self.digest()

    def changed(self, paths: Collection[Path]) -> None:
        """Something was saved."""
        with self.busy:
            self.moved |= {path for path in paths if path.suffix in (".po", ".j2", ".css")}
        self.build()

    def digest(self) -> None:
        """The digest that is due and not done, in this process or another; what was missed for good is put down.

        Rung at its time, and after every build: what failed or was handed back is tried again, what was due while nothing
        ran is found at the start.
        """
        with self.busy:
            self._guarded(DIGEST, self._digests)

    def _guarded(self, what: str, work: Callable[[], object]) -> None:
        """A failure is told once in the log and turns the health red; what is published stays, the next ring tries again."""
        if self.stop.is_set() and what == DIGEST:
            return
        try:
            work()
        except Stopped:
            return
        except FeederError as error:
            self.health.failed(what, str(error))
        except OSError as error:
            self.health.failed(what, site.reason(error))
        except Exception as error:  # a defect of ours
            self.health.failed(what, f"{type(error).__name__}: {error}", trace=True)
        else:
            self.health.well(what)

    # --- a build ---

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
        with self._recorded() as failed, site.progress() as bar:
            built = build(
                self.store, self.room, now=self.clock(), progress=self._until_stopped(bar if first else site.silent)
            )
            failed.extend(built.articles.failed)
        self._tell(built, first)
        return built

    def _tell(self, built: Built, first: bool) -> None:
        troubles = build_command.troubles(built)
        for line in troubles:
            if line not in self.told:
                site.note(line)
        self.told = troubles
        if built.files.written or built.files.removed:
            self.published()
        if first or not built.quiet:
            site.note(build_command.sentence(built, str(self.room.output)))
        if not built.quiet:
            memory.give_back(all_of_it=built.articles.added + built.articles.changed > _MANY)

    @contextmanager
    def _recorded(self) -> Iterator[list[str]]:
        """A record for the day: when a build last went well, and how long that took. Yields what failed all the same."""
        day = str(self.clock().astimezone(self.room.site.zone).date())
        start, failed = time.monotonic(), list[str]()
        try:
            yield failed
        except Stopped:
            raise
        except Exception as error:
            with suppress(FeederError):
                self._record(BUILD, day, "failed", _reason(error))
            raise
        state, why = ("failed", failed[0]) if failed else ("done", "")
        self._record(BUILD, day, state, why, seconds=time.monotonic() - start)

    def _until_stopped(self, show: site.Progress) -> site.Progress:
        def step(what: str, done: int, total: int) -> None:
            if self.stop.is_set():
                raise Stopped
            show(what, done, total)

        return step

    # --- the digest ---

    def _digests(self) -> None:
        """Whatever the schedule wants by now; mostly nothing, which costs one look at the store."""
        from feeder import scheduler
        from feeder.store import runs

        config = self.room.config.digest
        with self.store.read() as connection:
            known = {run.slot: run for run in runs.of(connection, DIGEST)}
        wait = timedelta(hours=config.hold_after)
        for one in scheduler.outstanding(config.schedule, self.room.site.zone, self.clock(), wait, known):
            if one.verdict == "make":
                self._once(one, again=str(one.week) in known)
            else:
                self._record(DIGEST, str(one.week), one.verdict, one.why)
                _log.warning("digest of week %s is %s: %s", one.week, one.verdict, one.why)

    def _once(self, one: Outstanding, *, again: bool) -> None:
        """Made by one process only. What fails is put down, and free to be tried again."""
        with self.claims.claimed(DIGEST, str(one.week), one.due) as ours:
            if not ours:
                return
            self.begun = time.monotonic()
            try:
                self._digest(one.week, again)
            except Stopped:
                raise
            except Exception as error:
                with suppress(FeederError):
                    self._record(DIGEST, str(one.week), "failed", _reason(error))
                raise

    def _digest(self, week: Week, again: bool) -> None:
        """Made, published, queued; sending is the postman's. Each step may be repeated, and does nothing the second time."""
        from feeder.jobs import compile as digests

        self._look()  # a source that fails keeps what it gave before, and no issue back
        compiled = digests.compile_week(self.store, self.room, week, self.clock())
        if not compiled.issues:
            _log.info("no digest for week %s: %s", week, compiled.selection.why_empty)
            self._record(DIGEST, str(week), "empty", compiled.selection.why_empty)
            return
        if compiled.new or again:
            _log.info("digest of week %s: %s", week, ", ".join(digests.fill_outbox(self.room, compiled)))
            self._look()
        self._queue(compiled)

    def _queue(self, compiled: Compiled) -> None:
        found = sending.put_in_queue(self.room, self.store, compiled, self.clock())
        why = sending.WHY[found.held] if found.held else ""
        if found.new:
            _log.info("digest of week %s: %d queued%s", compiled.week, found.new, f", held: {why}" if why else "")
        seconds = time.monotonic() - self.begun
        self._record(DIGEST, str(compiled.week), "held" if found.held else "done", why, seconds=seconds)
        self.queued()

    def _record(self, job: str, slot: str, state: str, why: str, seconds: float | None = None) -> None:
        from feeder.store import runs

        with self.store.write() as connection:
            runs.record(connection, job, slot, state, why, self.clock(), seconds=seconds)
            if job == BUILD:
                runs.forget(connection, job, str(self.clock().date() - _KEPT))


def _reason(error: Exception) -> str:
    return site.reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__
