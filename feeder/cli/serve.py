"""feeder serve: the scheduler and the web server in one process."""

from __future__ import annotations

import functools
import logging
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from feeder.cli import build as build_command
from feeder.cli import site
from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.store import Store

_log = logging.getLogger("feeder")


@click.command("serve")
@site.options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any free one.")
def command(host: str, port: int) -> None:
    """Build, keep building on the schedule, compile the digest weekly, and serve the site."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S", level=logging.INFO)
    room = site.newsroom()
    listener = _listen(host, port)
    with site.opened(room) as store:
        run(room, store, listener)


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is told before the first build and not after."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=256
        )
    except OSError as error:
        raise FeederError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another port with --port"
        ) from None


def run(room: Newsroom, store: Store, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; what is being built then is finished first."""
    import uvicorn

    from feeder import scheduler
    from feeder.web.app import application

    work = Work(room, store)
    work.build(first=True)
    if week := scheduler.missed(room.config.digest.schedule, room.site.zone, site.now()):
        work.digest(str(week))
    leave = functools.partial(_leave, room)
    app = application(room.output, room.site.locales, work.health, leave)
    clock = scheduler.start(
        work.build,
        work.digest,
        every=room.config.schedule.build_every,
        when=room.config.digest.schedule,
        zone=room.site.zone,
    )
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    site.note(f"Serving {room.site.titles[room.site.locales[0]]} on http://{name}:{port}/ - stop with Ctrl+C.")
    try:
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5
        )
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn repeats the signal after a clean shutdown
    finally:
        clock.shutdown(wait=True)


def _leave(room: Newsroom, locale: str, done: bool) -> bytes:
    from feeder.pages import render

    return render.unsubscribe(room.layout(locale), done)


class Work:
    """What the clock rings for, one thing at a time, and how it went."""

    def __init__(self, room: Newsroom, store: Store) -> None:
        self.room, self.store = room, store
        self.busy = threading.Lock()
        self.last_success: datetime | None = None
        self.last_failure = ""

    def build(self, first: bool = False) -> None:
        self._guarded(lambda: self._build(first))

    def digest(self, week: str = "") -> None:
        self._guarded(lambda: self._digest(week))

    def _guarded(self, work: Callable[[], None]) -> None:
        """A failure is one line in the log and turns the health red; the next ring tries again."""
        with self.busy:
            try:
                work()
                self.last_success, self.last_failure = site.now(), ""
            except FeederError as error:
                self.last_failure = str(error)
                _log.error("%s", error)
            except Exception as error:  # a defect of ours: keep serving what is published, and say so
                self.last_failure = f"{type(error).__name__}: {error}"
                _log.exception("the build failed; what was published before stays")

    def _build(self, first: bool = False) -> None:
        from feeder.jobs.build import build

        with site.progress() as progress:
            built = build(self.store, self.room, now=site.now(), progress=progress if first else _silent)
        if first or not built.quiet:
            build_command.report(built)
            site.note(build_command.sentence(built, str(self.room.output)))

    def _digest(self, week: str) -> None:
        from feeder.jobs import compile as digests
        from feeder.model import Week
        from feeder.scheduler import week_for

        wanted = Week.parse(week) if week else week_for(site.now(), self.room.site.zone)
        self._build()
        compiled = digests.compile_week(self.store, self.room, wanted, site.now())
        names = digests.fill_outbox(self.room, compiled)
        _log.info("digest of week %s: %s", wanted, ", ".join(names) or "no stories, so nothing was made")
        self._build()

    def health(self) -> tuple[bool, dict[str, str]]:
        """Red when the last success is older than the schedule allows, or when there was none."""
        allowed = timedelta(seconds=3 * self.room.config.schedule.build_every + 60)
        fresh = self.last_success is not None and site.now() - self.last_success <= allowed
        facts = {
            "last_success": self.last_success.isoformat() if self.last_success else "",
            "last_failure": self.last_failure,
        }
        return fresh and not self.last_failure, facts


def _silent(what: str, done: int, total: int) -> None:
    """Scheduled builds draw no bar."""
