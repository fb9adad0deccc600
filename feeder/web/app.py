"""The web application: one route each for health, for leaving, and for everything published."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeder.model import Locale
from feeder.web.files import SAFE, TYPES, Files

Health = Callable[[], tuple[bool, Mapping[str, object]]]  #: is all well, and what may be told of it
Leave = Callable[[Locale, bool], bytes]  #: the page on which a subscriber leaves; True: it is done
Links = Callable[[str], str | None]  #: the Link header of a published path


def application(
    root: Path, languages: tuple[Locale, ...], health: Health, leave: Leave, links: Links = lambda path: None
) -> Starlette:
    """The application over the files in `root`."""
    files = Files(root, languages, links)

    def healthz(request: Request) -> Response:
        well, facts = health()
        body = json.dumps({"status": "ok" if well else "failing", **facts}, ensure_ascii=False) + "\n"
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **SAFE}
        return Response(body, 200 if well else 503, headers)

    def unsubscribe(request: Request) -> Response:
        """GET shows a button, POST acts (RFC 8058). Every token gets the same answer, so that none can be guessed."""
        locale = request.path_params["locale"]
        if locale not in languages:
            return files.missing(request)
        headers = {"Content-Type": TYPES[".html"], "Cache-Control": "no-store", **SAFE}
        return Response(leave(locale, request.method == "POST"), headers=headers)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/{locale}/unsubscribe/{token}", unsubscribe, methods=["GET", "POST"]),
            Route("/{path:path}", files.answer),
        ]
    )
