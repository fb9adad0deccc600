"""The web application: one route each for health, for leaving, and for everything published."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeder.model import Locale
from feeder.web.files import SAFE, Files

Health = Callable[[], tuple[bool, dict[str, str]]]  #: is all well, and what is known
Leave = Callable[[Locale, bool], bytes]  #: the page on which a subscriber leaves; True: it is done


def application(root: Path, languages: tuple[Locale, ...], health: Health, leave: Leave) -> Starlette:
    """The application over the files in `root`."""
    files = Files(root, languages)

    def healthz(request: Request) -> Response:
        well, facts = health()
        body = json.dumps({"status": "ok" if well else "failing", **facts}, ensure_ascii=False) + "\n"
        return Response(body, 200 if well else 503, {"Cache-Control": "no-store"}, "application/json")

    def unsubscribe(request: Request) -> Response:
        """GET shows a button, POST acts (RFC 8058). Every token gets the same answer, so that none can be guessed."""
        locale = request.path_params["locale"]
        if locale not in languages:
            return files.missing(locale)
        page = leave(locale, request.method == "POST")
        return Response(page, headers={"Cache-Control": "no-store", **SAFE}, media_type="text/html")

    routes = [
        Route("/healthz", healthz),
        Route("/{locale}/unsubscribe/{token}", unsubscribe, methods=["GET", "POST"]),
        Route("/{path:path}", files.answer),
    ]
    return Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=500)])
