"""The web application: the published files first, then health, the pages of subscribers, and for an editor here its changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from feeder.model import Locale
from feeder.web import desk as desks
from feeder.web.desk import Desk
from feeder.web.editors.room import Room
from feeder.web.files import SAFE, Files
from feeder.web.live import CHANGES, SCRIPT, Live
from feeder.web.network import Network

Health = Callable[[], tuple[bool, Mapping[str, object]]]  #: is all well, and what may be told of it
Links = Callable[[str], str | None]  #: the Link header of a published path


def application(
    root: Path,
    languages: tuple[Locale, ...],
    health: Health,
    desk: Desk,
    links: Links = lambda path: None,
    live: Live | None = None,
    proxies: tuple[Network, ...] = (),
    editors: Room | None = None,
    more: Sequence[Route] = (),
) -> ASGIApp:
    """The application over the files in `root`. With `live`, pages show themselves again when they changed.

    `proxies`: networks of proxies in front of it, whose word on who asks is believed. `editors`: the pages for the newsroom.
    `more`: routes for operators.
    """
    files = Files(root, languages, links, live)

    def healthz(request: Request) -> Response:
        well, facts = health()
        body = json.dumps({"status": "ok" if well else "failing", **facts}, ensure_ascii=False) + "\n"
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **SAFE}
        return Response(body, 200 if well else 503, headers)

    rooms = editors.routes(files.other) if editors else []
    served = [
        *rooms,
        Route("/healthz", healthz),
        *more,
        *desks.routes(desk, languages, proxies),
        *(_live(live) if live else ()),
    ]
    return _first(files, Starlette(routes=served))


def readiness(ready: Callable[[], bool]) -> Route:
    """GET /readyz: 200 when there is a site to be served and the store answers; for what waits for a start."""

    def readyz(request: Request) -> Response:
        well = ready()
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **SAFE}
        return Response(json.dumps({"ready": well}) + "\n", 200 if well else 503, headers)

    return Route("/readyz", readyz)


def _live(live: Live) -> list[Route]:
    headers = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache", **SAFE}
    return [Route(SCRIPT, lambda request: Response(live.script, headers=headers)), Route(CHANGES, _Endpoint(live))]


class _Endpoint:
    """A route that answers by itself: Starlette takes an object for that, and a function for a maker of responses."""

    def __init__(self, live: Live) -> None:
        self.live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.live.changes(scope, receive, send)


def _first(files: Files, rest: Starlette) -> ASGIApp:
    """Files before routes: most requests are for files, and a walk through routes takes longer than the answer."""
    rest.router.default = files.other
    rest.router.redirect_slashes = False

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        found = await files.found(scope) if reading else None
        await (found or rest)(scope, receive, send)

    return answer
