"""The published files over HTTP: right types, ETag from the bytes, 304, one language negotiated at the root."""

from __future__ import annotations

import functools
import hashlib
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

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
}
SAFE = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FRESH = "public, max-age=60"
_FOREVER = "public, max-age=31536000, immutable"  # media/ carries the hash of the bytes in its name


class Files:
    """Answers for the files below `root`, and for nothing else."""

    def __init__(self, root: Path, languages: tuple[Locale, ...]) -> None:
        self.root, self.languages = root.resolve(), languages

    def answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        if path == "" and (chosen := negotiate(request.headers.get("accept-language", ""), self.languages)):
            return RedirectResponse(
                f"{chosen}/", 302, headers={"Vary": "Accept-Language", "Cache-Control": "no-cache", **SAFE}
            )
        found = self.find(path)
        if found is None:
            return self.missing(path)
        if found.is_dir():
            return RedirectResponse(f"{request.url.path.rsplit('/', 1)[-1]}/", 308, headers=SAFE)
        return self._answer(request, found)

    def find(self, path: str) -> Path | None:
        """The file a path means: "kk/" is its index.html. None when there is none, or when it would lead out."""
        if "\0" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        target = self.root / path / "index.html" if path == "" or path.endswith("/") else self.root / path
        if not target.resolve().is_relative_to(self.root):
            return None
        return target if target.is_file() or (target.is_dir() and (target / "index.html").is_file()) else None

    def _answer(self, request: Request, path: Path) -> Response:
        try:
            stat = path.stat()
            etag = _etag(path, stat.st_mtime_ns, stat.st_size)
        except OSError:  # removed a moment ago
            return self.missing(path.name)
        headers = {
            "ETag": etag,
            "Last-Modified": formatdate(stat.st_mtime, usegmt=True),
            "Cache-Control": _FOREVER if path.parent == self.root / "media" else _FRESH,
            **SAFE,
        }
        if unchanged(request, etag, stat.st_mtime):
            return Response(status_code=304, headers=headers)
        media_type = TYPES.get(path.suffix, "application/octet-stream")
        return Response(path.read_bytes(), headers={**headers, "Content-Type": media_type})

    def missing(self, path: str) -> Response:
        """The page for a wrong address, in the language of the address."""
        language = path.split("/")[0]
        page = self.root / (language if language in self.languages else self.languages[0]) / "404.html"
        body = page.read_bytes() if page.is_file() else b"Not found\n"
        kind = TYPES[".html"] if page.is_file() else "text/plain; charset=utf-8"
        return Response(body, 404, headers={"Content-Type": kind, "Cache-Control": "no-cache", **SAFE})


@functools.lru_cache(maxsize=4096)
def _etag(path: Path, _modified: int, _size: int) -> str:
    """Of the bytes, so that replicas agree and a file written again unchanged keeps it; remembered until the file changes."""
    return f'"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}"'


def unchanged(request: Request, etag: str, modified: float) -> bool:
    """Whether the client's copy is ours (RFC 9110, 13.2.2): If-None-Match decides, If-Modified-Since only without it."""
    if (tags := request.headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    try:
        since = parsedate_to_datetime(request.headers["if-modified-since"])
        return int(modified) <= since.timestamp()
    except (KeyError, ValueError, TypeError):
        return False


def negotiate(header: str, languages: tuple[Locale, ...]) -> Locale | None:
    """The site's language the reader likes best (RFC 9110, 12.5.4); None when no wish fits: then the reader is asked."""
    wishes = []
    for place, part in enumerate(header.split(",")):
        code, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
            language = locales.parse(code)
        except (LocaleError, ValueError):
            continue
        if quality > 0 and language in languages:
            wishes.append((-quality, place, language))
    return min(wishes)[2] if wishes else None
