"""The published files over HTTP: right types, ETag from the bytes, 304, packed copies, one language negotiated at the root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from feeder.model import Locale
from feeder.outputs import copies
from feeder.web import wishes
from feeder.web.kept import ENCODINGS, Headers, Kept, Shelf, raw, read
from feeder.web.live import Live

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".xml": "text/x-opml; charset=utf-8",  # the only .xml we publish
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".svg": "image/svg+xml",
}
_CSP = (
    "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Of every answer. Pictures may be shown elsewhere: web-based feed readers do, so there is no Cross-Origin-Resource-Policy.
SAFE = {
    "Content-Security-Policy": _CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FRESH = "public, max-age=60"
_FOREVER = "public, max-age=31536000, immutable"  # media/ carries the hash of the bytes in its name
_INDEX = "index.html"
_GONE = "410.html"  # beside the page of a story that was retracted
_ICON = "favicon.ico"  # browsers ask for it by themselves; a site without one has no wrong address
_FEEDS = ("feed.atom", "feed.rss", "feed.json")
_LONGEST = 2000  #: characters of a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, ready to be sent; the body of a HEAD stays behind."""

    status: int
    headers: Headers
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


class Files:
    """Answers for the files below `root`, and for nothing else.

    `links` gives the Link header of a path, or None; `live` has browsers show a page again when it changed.
    """

    def __init__(
        self,
        root: Path,
        languages: tuple[Locale, ...],
        links: Callable[[str], str | None] = lambda path: None,
        live: Live | None = None,
    ) -> None:
        self.root, self.languages, self.links, self.live = root.resolve(), languages, links, live
        self.shelf = Shelf()

    async def found(self, scope: Scope) -> Answer | None:
        """The answer to GET or HEAD, or None when there is no such file."""
        path, asked = scope["path"][1:], wishes.headers(scope["headers"])
        liked = wishes.language(asked.get("accept-language", ""), self.languages) if path == "" else None
        if liked and await self._kept(f"{liked}/"):
            return _redirect(302, f"{liked}/", scope, {"Cache-Control": "no-cache", "Vary": "Accept-Language"})
        kept = await self._kept(path, preview=True) if asked.get("sec-fetch-dest") == "document" else None
        kept = kept or await self._kept(path)
        if kept:
            return _sent(kept, asked)
        if await run_in_threadpool(self._is_folder, path):
            # relative, so that it holds below any prefix of a proxy; "./" lest a colon means a scheme
            return _redirect(308, f"./{path.rpartition('/')[2]}/", scope, {"Cache-Control": _FRESH})
        return None

    async def _kept(self, path: str, *, preview: bool = False) -> Kept | None:
        if preview and not _preview(path):
            return None
        if kept := self.shelf.get((path, preview)):
            return kept
        if kept := await run_in_threadpool(self._read, path, preview):
            self.shelf.put((path, preview), kept)
        return kept

    def _read(self, path: str, preview: bool) -> Kept | None:
        wanted = (_preview(path) or "") if preview else path
        wanted = f"{wanted}{_INDEX}" if wanted == "" or wanted.endswith("/") else wanted
        target = self.find(wanted)
        if target is None:
            return None
        page = target.name == _INDEX
        gone = self.find(wanted.removesuffix(_INDEX) + _GONE) if page else None
        try:
            return read(
                gone or target,
                status=410 if gone else 200,
                common=self._headers(path, gone or target, preview),
                lacks=(str(target.with_name(_GONE)),) if page and not gone else (),
                change=self.live.add if self.live and target.suffix == ".html" else None,
            )
        except OSError:  # removed a moment ago
            return None

    def find(self, path: str) -> Path | None:
        """The file a path names; None when there is none, when it would lead out, or is only the packed copy of another."""
        if not _is_plain(path):
            return None
        target = self.root / path
        try:
            return target if target.is_file() and target.resolve().is_relative_to(self.root) else None
        except (OSError, ValueError):  # a name longer than the disk allows
            return None

    def _is_folder(self, path: str) -> bool:
        return path != "" and not path.endswith("/") and self.find(f"{path}/{_INDEX}") is not None

    def _headers(self, path: str, target: Path, preview: bool) -> dict[str, str]:
        text, feed = target.suffix in copies.TEXT, _preview(path) is not None
        varies = ["Accept-Language"] * (path == "") + ["Sec-Fetch-Dest"] * feed + ["Accept-Encoding"] * text
        link = None if preview else self.links(path)
        live = self.live is not None and target.suffix == ".html"
        return {
            "Content-Type": TYPES.get(target.suffix, "application/octet-stream"),
            "Cache-Control": "no-cache" if live else _FOREVER if path.startswith("media/") else _FRESH,
            "Accept-Ranges": "none",
            **({"Vary": ", ".join(varies)} if varies else {}),
            **({"Link": link} if link else {}),
            **SAFE,
            **({"Content-Security-Policy": _CSP + self.live.allowed} if live and self.live else {}),
        }

    async def other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The answer where there is nothing: 405 for other methods than GET and HEAD, else 404."""
        if scope["method"] not in ("GET", "HEAD"):
            answer = Answer(status=405, headers=_plain({"Allow": "GET, HEAD"}, b""))
        elif scope["path"] == f"/{_ICON}":
            answer = Answer(status=204, headers=raw({"Cache-Control": "public, max-age=86400", **SAFE}))
        else:
            answer = await self.missing(scope)
        await answer(scope, receive, send)

    async def missing(self, scope: Scope) -> Answer:
        """The page for a wrong address, in the language of the address; of one without, in the reader's."""
        asked = wishes.headers(scope["headers"])
        language = scope["path"].lstrip("/").split("/")[0]
        if language not in self.languages:
            language = wishes.language(asked.get("accept-language", ""), self.languages) or self.languages[0]
        kept = await self._kept(f"{language}/404.html")
        if kept is None:
            body = b"Not found\n"
            return Answer(status=404, headers=_plain({"Cache-Control": "no-cache"}, body), body=body)
        encoding, body = _body(kept, asked)
        headers = [pair for pair in kept.headers[encoding] if pair[0] not in _NOT_OF_404]
        varies = raw({"Cache-Control": "no-cache", "Vary": "Accept-Language, Accept-Encoding"})
        return Answer(status=404, headers=headers + varies, body=body)


_NOT_OF_404 = (b"cache-control", b"vary", b"etag", b"last-modified")


def _is_plain(path: str) -> bool:
    """Whether a path can name a published file: no way up, no hidden name, no copy of another file by itself."""
    name, _, kind = path.rpartition(".")
    if f".{kind}" in ENCODINGS and f".{name.rpartition('.')[2]}" in copies.TEXT:
        return False
    hidden = any(part.startswith(".") for part in path.split("/"))
    return not hidden and len(path) <= _LONGEST and "\0" not in path and "\\" not in path


def _preview(path: str) -> str | None:
    """The page that shows a person what a feed has; by the address alone, so that any web server can do the same."""
    match path.split("/"):
        case ["feed.atom"]:
            return "feed.html"
        case [locale, name] if name in _FEEDS:
            return f"{locale}/feed.html"
        case [locale, "archive", _]:
            return f"{locale}/feed.html"
        case [locale, ("places" | "topics") as kind, name, "feed.atom"]:
            return f"{locale}/{kind}/{name}/{_INDEX}"
    return None


def _sent(kept: Kept, asked: Mapping[str, str]) -> Answer:
    if kept.status == 200 and wishes.unchanged(asked, kept.tags, kept.modified):
        return Answer(status=304, headers=kept.unchanged)
    encoding, body = _body(kept, asked)
    return Answer(status=kept.status, headers=kept.headers[encoding], body=body)


def _body(kept: Kept, asked: Mapping[str, str]) -> tuple[str, bytes]:
    encoding = wishes.encoding(asked.get("accept-encoding"), kept.offered)
    return encoding, kept.bodies[encoding]


def _redirect(status: int, where: str, scope: Scope, headers: Mapping[str, str]) -> Answer:
    query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
    return Answer(status=status, headers=_plain({"Location": quote(where) + query, **headers}, b""))


def _plain(headers: Mapping[str, str], body: bytes) -> Headers:
    kind = {"Content-Type": TYPES[".txt"]} if body else {}
    return raw({**kind, **headers, "Content-Length": str(len(body)), **SAFE})
