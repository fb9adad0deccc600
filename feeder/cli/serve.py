"""feeder serve: the scheduler, the web server and the post in one process."""

from __future__ import annotations

import functools
import logging
import os
import secrets
import socket
import sys
from contextlib import closing
from datetime import datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feeder.cli import logs, memory, site
from feeder.cli.health import Health, health_of
from feeder.cli.letterbox import Letterbox
from feeder.cli.postman import Postman
from feeder.cli.stopping import Stop, stopping
from feeder.cli.telling import Teller
from feeder.cli.work import Work
from feeder.errors import FeederError

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn

    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.subscribers.desk import Desk
    from feeder.store import Store
    from feeder.web.live import Live
    from feeder.web.metrics import Watch

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
    memory.keep_small()
    room = site.newsroom()
    logs.start(room.config.log.format, sys.stderr, os.environ)
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


def run(room: Newsroom, store: Store, listener: socket.socket, stop: Stop, *, reload: bool) -> None:
    """Serve until `stop`. Work under way then stops at the next whole file; what is left is done at the next start."""
    from feeder import scheduler, watching
    from feeder.jobs.keys import site_keys
    from feeder.jobs.subscribers import upkeep
    from feeder.jobs.subscribers.desk import Desk
    from feeder.web.live import Live

    live = Live() if reload and _is_loopback(listener) else None
    health = health_of(room, store, site.now)
    teller, postman = Teller(room, store, stop), Postman(room, store, stop, health)
    work = Work(room, store, stop, health)
    keys = site_keys(store, room.config, secrets.token_bytes)
    letterbox = Letterbox(room, store, keys, stop, health)
    work.published, work.queued = functools.partial(_published, live, teller), postman.wake
    work.keep_up = functools.partial(upkeep.keep_up, store, room, keys)
    desk = Desk(store=store, room=room, keys=keys, clock=site.now, chance=secrets.token_bytes, post=letterbox.post)
    server = _server(room, store, health, desk, live)
    stop.then = functools.partial(setattr, server, "should_exit", True)
    work.build(first=True)
    if stop.is_set():
        return
    every, when = room.config.schedule.build_every, room.config.digest.schedule
    clock = scheduler.start(work.build, work.digest, every=every, when=when, zone=room.site.zone)
    site.note(f"Serving {room.site.titles[room.site.locales[0]]} on {_address(listener)} - stop with Ctrl+C.")
    watcher = watching.start(_watched(room), room.data, work.changed, stop)
    teller.start()
    postman.start()
    letterbox.start()
    try:
        server.run(sockets=[listener])
    finally:
        stop.set()
        watcher.join()
        clock.shutdown(wait=True)
        teller.join()
        postman.join()
        letterbox.join()


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


def _server(room: Newsroom, store: Store, health: Health, desk: Desk, live: Live | None) -> uvicorn.Server:
    import uvicorn

    from feeder import scheduler
    from feeder.pages import links
    from feeder.web import metrics
    from feeder.web.app import application, readiness
    from feeder.web.editors.room import Room

    relations = functools.partial(links.relations, room.site)
    proxies = tuple(ip_network(network) for network in room.config.subscribers.proxies)
    more = (readiness(health.ready), metrics.route(_watch(room, store, health)))
    editors = Room(
        newsroom=room,
        store=store,
        pulse=health.pulse,
        clock=site.now,
        chance=secrets.token_bytes,
        schedule=scheduler.Schedule(room.config.digest.schedule, room.site.zone),
        proxies=proxies,
    )
    app = application(room.output, room.site.locales, health.report, desk, relations, live, proxies, editors, more)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Open pages wait for changes; they are let go first, or the server would wait for them."""
            if live:
                live.close()
            super().handle_exit(sig, frame)

    # nobody's address is written down: no access log; who asks behind a proxy is found by `feeder.web.network`
    quiet: dict[str, Any] = {
        "log_config": None, "log_level": "warning", "access_log": False, "server_header": False, "proxy_headers": False
    }  # fmt: skip
    return Server(uvicorn.Config(app, timeout_graceful_shutdown=5, **quiet))


def _watch(room: Newsroom, store: Store, health: Health) -> Watch:
    """What Prometheus is told."""
    from feeder import scheduler
    from feeder.jobs import measures
    from feeder.web.metrics import Watch

    def due() -> dict[str, datetime]:
        return {"digest": scheduler.next_due(room.config.digest.schedule, room.site.zone, health.clock())}

    return Watch(
        figures=lambda: measures.look(store, room, health.clock()),
        failing=health.reasons,
        due=due,
        locales=room.site.locales,
        tokens=tuple(filter(None, [room.config.metrics.token])),
    )


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
