"""A request to the editors' room as plain values, and its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from feeder.model import Locale
from feeder.web import network, wishes
from feeder.web.editors.access import Caller
from feeder.web.files import SAFE, TYPES
from feeder.web.network import Network

TONGUE = "feeder-editors-language"  #: name of the cookie with the language that was chosen
_MOST = 8192  #: octets of a form
_YEAR = 366 * 24 * 3600  #: seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, by whom."""

    caller: Caller
    method: str
    path: str  #: without a slash at the front
    query: Mapping[str, str]  #: of each key the last
    raw_query: str
    form: Sequence[tuple[str, str]]  #: () for GET, and for a form that is too long
    params: Mapping[str, str] = field(default_factory=dict)  #: parts of the path

    def field(self, name: str) -> str:
        """The last field of that name; "" for none."""
        return next((value for key, value in reversed(self.form) if key == name), "")

    def fields(self, name: str) -> list[str]:
        return [value for key, value in self.form if key == name]

    def number(self, name: str) -> int:
        """A number from 1 in the query; 1 for what is none."""
        text = self.query.get(name, "")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1

    def locale(self, languages: tuple[Locale, ...]) -> Locale:
        """The language of the page: chosen now, chosen before, wished for by the browser, the site's first."""
        for chosen in (self.query.get("lang", ""), _cookies(self.caller).get(TONGUE, "")):
            if chosen in languages:
                return chosen
        return wishes.language(self.caller.headers.get("accept-language", ""), languages) or languages[0]


async def asked(request: Request, proxies: Sequence[Network]) -> Asked:
    """A request, with its form read."""
    client = request.scope.get("client")
    caller = Caller(
        address=client[0] if client else "",
        network=network.of(request.scope, proxies),
        version=request.scope.get("http_version", ""),
        secure=request.url.scheme == "https",
        headers={name.lower(): value for name, value in request.headers.items()},
    )
    form = await _form(request) if request.method == "POST" else ()
    query = dict(parse_qsl(request.url.query, max_num_fields=50)) if request.url.query.count("&") < 50 else {}
    return Asked(
        caller=caller,
        method=request.method,
        path=request.url.path.lstrip("/"),
        query=query,
        raw_query=request.url.query,
        form=form,
    )


async def _form(request: Request) -> Sequence[tuple[str, str]]:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST:
                return ()
    except ClientDisconnect:
        return ()
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=30)
    except ValueError:
        return ()


def _cookies(caller: Caller) -> dict[str, str]:
    pairs = (part.partition("=") for part in caller.headers.get("cookie", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


# --- answers --------------------------------------------------------------------------------------

_KEPT_BY_NOBODY = {"Cache-Control": "no-store", **SAFE}


def page(body: bytes, status: int = 200) -> Response:
    return Response(body, status, {"Content-Type": TYPES[".html"], **_KEPT_BY_NOBODY})


def remember(answer: Response, locale: Locale, *, secure: bool) -> None:
    """Have the browser remember the language that was chosen."""
    answer.set_cookie(TONGUE, locale, max_age=_YEAR, httponly=True, samesite="strict", secure=secure)


def text(words: str, status: int) -> Response:
    """One line for an editor, where no page can be made."""
    return Response(words + "\n", status, {"Content-Type": TYPES[".txt"], **_KEPT_BY_NOBODY})


def file(body: bytes, kind: str, name: str) -> Response:
    """Something to be saved."""
    how = {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, 200, {**how, **_KEPT_BY_NOBODY})


def style(body: bytes) -> Response:
    return Response(body, 200, {"Content-Type": TYPES[".css"], **_KEPT_BY_NOBODY})


def redirect(where: str) -> Response:
    """To another page, by GET. `where` is relative, so that it holds behind any prefix of a proxy."""
    return Response(b"", 303, {"Location": where, **_KEPT_BY_NOBODY})


def not_allowed(methods: str) -> Response:
    return Response(b"", 405, {"Allow": methods, **_KEPT_BY_NOBODY})
