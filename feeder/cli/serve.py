"""feeder serve: the scheduler and the web server in one process."""

from __future__ import annotations

import functools
import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import click

from feeder.cli import build as build_command
from feeder.cli import site
from feeder.cli.posting import Postman
from feeder.cli.telling import Teller
from feeder.errors import FeederError

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn

    from feeder.editors.facts import Pulse
    from feeder.jobs.build import Built
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.subscribers.desk import Desk
    from feeder.keys import Keys
    from feeder.model import Week
    from feeder.store import Store
    from feeder.web.live import Live

_log = logging.getLogger("feeder")


@click.command("serve")
@site.options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any free one.")
@click.option(
    "--reload/--no-reload", default=True, help="Open pages show themselves again after a change; on this machine only."
)
def command(host: str, port: int, reload: bool) -> None:
    """Build, keep building when something is saved and on the schedule, compile the digest weekly, and serve the site."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S", level=logging.WARNING)
    _log.setLevel(logging.INFO)
    room = site.newsroom()
    with stopping() as stop, closing(_listen(host, port)) as listener, site.opened(room) as store:
        run(room, store, listener, stop, reload=reload)


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket, so that a port in use is told before the first build and not after."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except socket.gaierror as error:
        raise FeederError(f"cannot listen on {host!r}: {error.strerror}; name an address with --host") from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise FeederError(f"cannot listen on {host}:{port}: {why}; choose another port with --port") from None
    except UnicodeError:
        raise FeederError(f"{host!r} is not the name of a host; name an address with --host") from None


class Stop(Event):
    """Set by SIGTERM and Ctrl+C. Work looks at it between two articles and two files; `then` wakes who cannot look."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], None] = lambda: None

    def ask(self, *_: object) -> None:
        if self.is_set():
            raise KeyboardInterrupt  # asked twice: at once
        self.set()
        self.then()


@contextmanager
def stopping() -> Iterator[Stop]:
    """Turn SIGTERM and SIGINT into a `Stop`; without it Python as the first process of a container ignores SIGTERM."""
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(room: Newsroom, store: Store, listener: socket.socket, stop: Stop, *, reload: bool) -> None:
    """Serve until `stop`. Work under way then stops at the next whole file; what is left is done at the next start."""
    from feeder import scheduler, watching
    from feeder.jobs.keys import site_keys
    from feeder.jobs.subscribers.desk import Desk
    from feeder.web.live import Live

    live = Live() if reload and _is_loopback(listener) else None
    keys = site_keys(store, room.config, secrets.token_bytes)
    work, teller, postman = Work(room, store, keys, stop), Teller(room, store, stop), Postman(room, store, keys, stop)
    work.published = functools.partial(_published, live, teller)
    desk = Desk(store=store, room=room, keys=keys, clock=site.now, chance=secrets.token_bytes, post=postman.post)
    server = _server(room, store, work, desk, live)
    stop.then = functools.partial(setattr, server, "should_exit", True)
    work.build(first=True)
    if week := scheduler.missed(room.config.digest.schedule, room.site.zone, site.now()):
        work.digest(week)
    if stop.is_set():
        return
    every, when = room.config.schedule.build_every, room.config.digest.schedule
    clock = scheduler.start(work.build, work.digest, every=every, when=when, zone=room.site.zone)
    site.note(f"Serving {room.site.titles[room.site.locales[0]]} on {_address(listener)} - stop with Ctrl+C.")
    watcher = watching.start(_watched(room), room.data, work.changed, stop)
    teller.start()
    postman.start()
    try:
        server.run(sockets=[listener])
    finally:
        stop.set()
        watcher.join()
        clock.shutdown(wait=True)
        teller.join()
        postman.join()


def _published(live: Live | None, teller: Teller) -> None:
    """Open pages and the hub are told that the site has changed."""
    if live:
        live.tell()
    teller.wake()


def _is_loopback(listener: socket.socket) -> bool:
    return ip_address(listener.getsockname()[0]).is_loopback


def _watched(room: Newsroom) -> list[Path]:
    """Articles, the site's own templates, and in a checkout feeder's own and its catalogs."""
    from feeder.resources import PACKAGE, folder

    own = [folder("templates"), folder("translations")]
    checkout = [path for path in own if PACKAGE not in path.parents]
    return [*(source.path for source in room.sources if source.path), *filter(None, [room.templates]), *checkout]


def _server(room: Newsroom, store: Store, work: Work, desk: Desk, live: Live | None) -> uvicorn.Server:
    import uvicorn

    from feeder.pages import links
    from feeder.web.app import application
    from feeder.web.editors.room import Room

    relations = functools.partial(links.relations, room.site)
    proxies = tuple(ip_network(network) for network in room.config.subscribers.proxies)
    editors = Room(
        newsroom=room, store=store, pulse=work.pulse, clock=site.now, chance=secrets.token_bytes, proxies=proxies
    )
    app = application(room.output, room.site.locales, work.health, desk, relations, live, proxies, editors)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Open pages wait for changes; they are let go first, or the server would wait for them."""
            if live:
                live.close()
            super().handle_exit(sig, frame)

    # nobody's address is written down: no access log; who asks behind a proxy is found by `feeder.web.network`
    quiet: dict[str, Any] = {
        "log_level": "warning", "access_log": False, "server_header": False, "proxy_headers": False
    }  # fmt: skip
    return Server(uvicorn.Config(app, timeout_graceful_shutdown=5, **quiet))


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class Stopped(Exception):  # noqa: N818  no error: the work was asked to stop
    """Raised between two files when the program is to stop."""


class Work:
    """What the clock rings for, one thing at a time, and how it went."""

    def __init__(
        self, room: Newsroom, store: Store, keys: Keys, stop: Event, clock: Callable[[], datetime] = site.now
    ) -> None:
        self.room, self.store, self.keys, self.stop, self.clock = room, store, keys, stop, clock
        self.busy = Lock()
        self.last_success: datetime | None = None
        self.failures: dict[str, str] = {}  #: work -> why it failed the last time
        self.told: list[str] = []  #: what was wrong with sources and articles at the last build
        self.owed: Week | None = None  #: the week whose digest is still to be made
        self.moved: set[Path] = set()  #: templates and catalogs that changed and are not in use yet
        self.published: Callable[[], object] = lambda: None  #: called when the site has changed

    def build(self, first: bool = False) -> None:
        """One look at the sources. A digest that failed is tried again, or its week would pass without one."""
        self._guarded("subscribers", self._keep_up)
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

    def _guarded(self, what: str, work: Callable[[], None]) -> bool:
        """A failure is told once in the log and turns the health red; what is published stays, the next ring tries again."""
        with self.busy:
            try:
                work()
            except Stopped:
                return False
            except FeederError as error:
                self._failed(what, str(error))
            except OSError as error:
                self._failed(what, site.reason(error))
            except Exception as error:  # a defect of ours
                self._failed(what, f"{type(error).__name__}: {error}", trace=True)
            else:
                self.last_success = self.clock()
                if self.failures.pop(what, None):
                    _log.info("%s: works again", what)
                return True
            return False

    def _failed(self, what: str, why: str, trace: bool = False) -> None:
        if self.failures.get(what) != why:
            _log.error("%s: %s", what, why, exc_info=trace)
        self.failures[what] = why

    def _keep_up(self) -> None:
        from feeder.jobs.subscribers import upkeep

        upkeep.keep_up(self.store, self.room, self.keys, self.clock())

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

    def _digest(self, week: Week) -> None:
        from feeder.jobs import compile as digests

        self._look()  # a source that fails keeps what it gave before, and no issue back
        compiled = digests.compile_week(self.store, self.room, week, self.clock())
        if not compiled.issues:
            _log.info("no digest for week %s: %s", week, compiled.selection.why_empty)
        elif (
            compiled.new or "digest" in self.failures
        ):  # a second ring writes nothing: the messages may be on their way
            _log.info("digest of week %s: %s", week, ", ".join(digests.fill_outbox(self.room, compiled)))
            self._look()

    def pulse(self) -> Pulse:
        """The same for the operator, with the reasons."""
        from feeder.editors.facts import Pulse

        well, _ = self.health()
        return Pulse(well=well, last_success=self.last_success, failures=dict(self.failures))

    def health(self) -> tuple[bool, dict[str, str | list[str]]]:
        """Red when something failed and was not done since, or when the last success is older than the schedule allows.

        Anyone may ask, so the reasons stay in the log.
        """
        allowed = timedelta(seconds=3 * self.room.config.schedule.build_every + 60)
        fresh = self.last_success is not None and self.clock() - self.last_success <= allowed
        last = self.last_success.isoformat() if self.last_success else ""
        return fresh and not self.failures, {"last_success": last, "failing": sorted(self.failures)}
