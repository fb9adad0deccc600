"""The published files over HTTP: right types, ETag from the bytes, 304, gzip, one language negotiated at the root."""

from __future__ import annotations

import functools
import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from feeder.errors import LocaleError
from feeder.language import locales
from feeder.model import Locale

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".xml": "text/x-opml; charset=utf-8",  # the only .xml we publish
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".svg": "image/svg+xml",
}
SAFE = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TEXT = {".html", ".css", ".atom", ".rss", ".json", ".xml", ".svg"}  #: gzip makes these smaller
_SMALL = 500  #: bytes that fit into one packet anyway
_FRESH = "public, max-age=60"
_FOREVER = "public, max-age=31536000, immutable"  # media/ carries the hash of the bytes in its name
_INDEX = "index.html"
_ICON = "favicon.ico"  # browsers ask for it by themselves; a site without one has no wrong address


class Files:
    """Answers for the files below `root`, and for nothing else. `links` gives the Link header of a path, or None."""

    def __init__(
        self, root: Path, languages: tuple[Locale, ...], links: Callable[[str], str | None] = lambda path: None
    ) -> None:
        self.root, self.languages, self.links = root.resolve(), languages, links

    def answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        vary = "Accept-Language" if path == "" else ""
        chosen = negotiate(_header(request, "accept-language"), self.languages) if path == "" else None
        if chosen and self.find(f"{chosen}/"):
            return _redirect(302, f"{chosen}/", request, {"Cache-Control": "no-cache", "Vary": vary})
        found = self.find(path)
        if found is None and path == _ICON:
            return Response(status_code=204, headers={"Cache-Control": "public, max-age=86400", **SAFE})
        if found is None:
            return self.missing(request)
        if found.is_dir():  # relative, so that it holds below any prefix of a proxy; "./" lest a colon means a scheme
            return _redirect(308, f"./{path.rpartition('/')[2]}/", request, {"Cache-Control": _FRESH})
        return self._answer(request, found, vary)

    def find(self, path: str) -> Path | None:
        """The file a path means: "kk/" is its index.html. None when there is none, or when it would lead out."""
        if "\0" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        target = self.root / path / _INDEX if path == "" or path.endswith("/") else self.root / path
        try:
            inside = target.resolve().is_relative_to(self.root)
            known = inside and (target.is_file() or (target.is_dir() and (target / _INDEX).is_file()))
        except (OSError, ValueError):  # a name longer than the disk allows
            return None
        return target if known else None

    def _answer(self, request: Request, path: Path, vary: str) -> Response:
        """The file, or 304. Read anew for each answer: it may be replaced at any moment."""
        try:
            stat = path.stat()
            tag = _hash(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)
            headers = self._headers(path, stat.st_mtime, vary)
            if unchanged(request, tag, stat.st_mtime):
                return Response(status_code=304, headers={**headers, "ETag": f'"{tag}"'})
            body = path.read_bytes()
        except OSError:  # removed a moment ago
            return self.missing(request)
        return _sent(request, body, path.suffix, headers)

    def _headers(self, path: Path, modified: float, vary: str) -> dict[str, str]:
        encoded = "Accept-Encoding" if path.suffix in _TEXT else ""
        varies = ", ".join(filter(None, (encoded, vary)))
        link = self.links(path.relative_to(self.root).as_posix())
        return {
            "Last-Modified": formatdate(modified, usegmt=True),
            "Cache-Control": _FOREVER if path.parent == self.root / "media" else _FRESH,
            **({"Vary": varies} if varies else {}),
            **({"Link": link} if link else {}),
            **SAFE,
        }

    def missing(self, request: Request) -> Response:
        """The page for a wrong address, in the language of the address; of one without, in the reader's."""
        language = request.url.path.lstrip("/").split("/")[0]
        if language not in self.languages:
            language = negotiate(_header(request, "accept-language"), self.languages) or self.languages[0]
        page = self.root / language / "404.html"
        body = page.read_bytes() if page.is_file() else b"Not found\n"
        kind = TYPES[".html"] if page.is_file() else "text/plain; charset=utf-8"
        headers = {"Content-Type": kind, "Cache-Control": "no-cache", "Vary": "Accept-Language", **SAFE}
        return Response(body, 404, headers=headers)


def _redirect(status: int, where: str, request: Request, headers: Mapping[str, str]) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return Response(status_code=status, headers={"Location": quote(where) + query, **headers, **SAFE})


def _sent(request: Request, body: bytes, suffix: str, headers: dict[str, str]) -> Response:
    """The whole file. Its gzipped form is another representation and has a tag of its own (RFC 9110, 8.8.3.3)."""
    tag = _digest(body)
    headers = {**headers, "Content-Type": TYPES.get(suffix, "application/octet-stream"), "ETag": f'"{tag}"'}
    if suffix in _TEXT and len(body) >= _SMALL and _takes_gzip(_header(request, "accept-encoding")):
        headers |= {"Content-Encoding": "gzip", "ETag": f'"{tag}-gzip"'}
        body = _gzipped(body)
    return Response(body, headers=headers)


@functools.lru_cache(maxsize=4096)
def _hash(path: Path, _modified: int, _size: int, _inode: int) -> str:
    """Of the bytes, so that replicas agree and a file written again unchanged keeps it; remembered until the file changes."""
    return _digest(path.read_bytes())


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


@functools.lru_cache(maxsize=32)
def _gzipped(body: bytes) -> bytes:
    """The same bytes for the same bytes: no time is written into them."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def _header(request: Request, name: str) -> str:
    """A header that may be given several times, as the one list it means."""
    return ", ".join(request.headers.getlist(name))


def _takes_gzip(header: str) -> bool:
    wishes = _weighted(header)
    return wishes.get("gzip", wishes.get("*", 0.0)) > 0


def unchanged(request: Request, tag: str, modified: float) -> bool:
    """Whether the client's copy is ours (RFC 9110, 13.2.2): If-None-Match decides, If-Modified-Since only without it."""
    if "if-none-match" in request.headers:
        tags = [part.strip().removeprefix("W/") for part in _header(request, "if-none-match").split(",")]
        return tags == ["*"] or f'"{tag}"' in tags or f'"{tag}-gzip"' in tags
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return int(modified) <= since.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return False


def negotiate(header: str, languages: tuple[Locale, ...]) -> Locale | None:
    """The site's language the reader likes best (RFC 9110, 12.5.4); None when no wish fits: then the reader is asked."""
    wishes: list[tuple[float, int, Locale]] = []
    for place, (code, quality) in enumerate(_weighted(header).items()):
        try:
            language = locales.parse(code)
        except LocaleError:
            continue
        if quality > 0 and language in languages:
            wishes.append((-quality, place, language))
    return min(wishes)[2] if wishes else None


def _weighted(header: str) -> dict[str, float]:
    """ "kk, ru;q=0.8" as {"kk": 1.0, "ru": 0.8}; a part that is not well formed counts for nothing."""
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        match = re.fullmatch(r"\s*([a-z0-9*][\w.-]*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", part, re.ASCII)
        if match:
            found.setdefault(match[1], min(float(match[2] or 1), 1.0))
    return found
