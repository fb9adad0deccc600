"""The pages of subscribers: what comes over HTTP becomes plain texts for the desk, and its pages become answers.

Addresses stand in bodies only, never in an address of a page; nothing is written down, no cookie is set.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from feeder.model import Locale
from feeder.web import network
from feeder.web.files import SAFE, TYPES
from feeder.web.network import Network

Fields = Mapping[str, str]
Page = tuple[int, bytes]  #: status and HTML

_MOST = 8192  #: octets of a form
_BUSY = 429
_WAIT = "3600"  #: seconds after which to ask again


class Desk(Protocol):
    """What happens at the pages of subscribers; asked from several threads. Every token gets the same answers."""

    @property
    def open(self) -> bool:
        """Whether people can subscribe by themselves."""

    def form(self, locale: Locale) -> Page:
        """The page to subscribe."""

    def ask(self, locale: Locale, fields: Fields, network: str) -> Page:
        """Somebody sent it; `network`: an IPv4 address or an IPv6 /64, to count by."""

    def confirm(self, locale: Locale, token: str, *, act: bool) -> Page:
        """The link of a letter was opened; `act`: its button was pressed."""

    def leave(self, locale: Locale, token: str, *, act: bool) -> Page:
        """The link to leave was opened; `act`: its button was pressed, or a mail provider did so (RFC 8058)."""

    def preferences(self, locale: Locale, token: str, fields: Fields | None) -> Page:
        """The link to preferences was opened (None), or its form was sent."""


def routes(desk: Desk, languages: tuple[Locale, ...], proxies: tuple[Network, ...]) -> list[Route]:
    """The addresses of the desk in every language."""
    pages = _Pages(desk, proxies)
    kinds = {"confirm": pages.confirm, "unsubscribe": pages.leave, "preferences": pages.preferences}
    found = [
        Route(f"/{locale}/{kind}/{{token}}", functools.partial(page, locale), methods=["GET", "POST"])
        for locale in languages
        for kind, page in kinds.items()
    ]
    if desk.open:
        found += [
            Route(f"/{locale}/subscribe", functools.partial(pages.subscribe, locale), methods=["GET", "POST"])
            for locale in languages
        ]
    return found


class _Pages:
    """GET shows, POST acts: programs that guard mailboxes open every link."""

    def __init__(self, desk: Desk, proxies: tuple[Network, ...]) -> None:
        self.desk, self.proxies = desk, proxies

    async def subscribe(self, locale: Locale, request: Request) -> Response:
        if request.method != "POST":
            return await _answer(self.desk.form, locale)
        fields = await _fields(request)
        if fields is None:
            return _too_much()
        if _from_elsewhere(request):
            fields = {name: value for name, value in fields.items() if name != "stamp"}
        return await _answer(self.desk.ask, locale, fields, network.of(request.scope, self.proxies))

    async def confirm(self, locale: Locale, request: Request) -> Response:
        return await _answer(self.desk.confirm, locale, _token(request), act=request.method == "POST")

    async def leave(self, locale: Locale, request: Request) -> Response:
        """RFC 8058: no cookie, no question, no redirect; whatever the body says."""
        return await _answer(self.desk.leave, locale, _token(request), act=request.method == "POST")

    async def preferences(self, locale: Locale, request: Request) -> Response:
        fields = await _fields(request) if request.method == "POST" else None
        if request.method == "POST" and fields is None:
            return _too_much()
        return await _answer(self.desk.preferences, locale, _token(request), fields)


async def _answer(page: Callable[..., Page], *args: object, **named: object) -> Response:
    status, body = await run_in_threadpool(page, *args, **named)
    waiting = {"Retry-After": _WAIT} if status == _BUSY else {}
    return Response(body, status, {"Content-Type": TYPES[".html"], "Cache-Control": "no-store", **waiting, **SAFE})


def _token(request: Request) -> str:
    return str(request.path_params["token"])


async def _fields(request: Request) -> Fields | None:
    """What a form says, of each field the last; None for more than a form of ours can hold."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                return None
    except ClientDisconnect:
        return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return None


def _too_much() -> Response:
    return Response(b"", 413, dict(SAFE))


def _from_elsewhere(request: Request) -> bool:
    """Whether a page of another site sent the form. Our pages tell no referrer, so the browser may say "null"."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site is not None:
        return site != "same-origin"
    return origin != "null" and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
