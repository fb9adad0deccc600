"""One address on the web -> bytes: checked at every hop, and limited in size, time and redirects.

What goes out says as little as it can: no cookies, no referrer, no proxy that the environment names, the same few headers
for everybody, and a User-Agent that names feeder and nobody else.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpcore2

import feeder
from feeder import markup
from feeder.errors import FetchError
from feeder.sources.guard import Backend, Deadline, Target, target
from feeder.sources.inflate import ACCEPTED, inflate

USER_AGENT = f"feeder/{feeder.__version__}"
FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8,"
    " text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
PAGES = "text/html, application/xhtml+xml, */*;q=0.1"
_MOVED = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_BUSY = (429, 503)
_LONGEST_WAIT = 7 * 86_400  #: seconds that a server may ask to be left alone
_LONGEST_AGE = 86_400  #: seconds for which a document may be called fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one address may cost."""

    size: int = 8 * 2**20  #: bytes, packed and unpacked
    seconds: float = 30  #: for all of it, redirects included
    step: float = 10  #: seconds of silence
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address answered."""

    url: str  #: after redirects
    permanent_url: str  #: where it said that it has moved for good; "" when it did not
    changed: bool  #: False: it is what was seen the last time
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in small letters

    @property
    def max_age(self) -> int:
        """Seconds for which it calls itself fresh (RFC 9111, 5.2.2.1), a day at most."""
        for part in self.headers.get("cache-control", "").split(","):
            name, _, value = part.strip().partition("=")
            digits = value.strip('" ')
            if name.casefold() == "max-age" and digits.isascii() and digits.isdigit():
                return min(int(digits[:9]), _LONGEST_AGE)
        return 0


def fetch(
    url: str,
    *,
    now: datetime,
    accept: str = FEEDS,
    etag: str = "",
    last_modified: str = "",
    allow_hosts: tuple[str, ...] = (),
    limits: Limits = Limits(),
) -> Fetched:
    """What is at an address now; `etag` and `last_modified` are those of what is known. Raises FetchError."""
    deadline = Deadline(limits.seconds)
    headers = {"user-agent": USER_AGENT, "accept": accept, "accept-encoding": ACCEPTED}
    headers |= {"if-none-match": etag} if etag else {}
    headers |= {"if-modified-since": last_modified} if last_modified else {}
    place, moved, for_good = target(url, allow_hosts), "", True
    for hop in range(limits.redirects + 1):
        with _asked(place, headers, allow_hosts, limits, deadline, reached=hop > 0) as answer:
            if answer.status not in _MOVED:
                return _taken(answer, place, moved, limits, now)
            after = _next(answer, place, allow_hosts)
        for_good = for_good and answer.status in _FOR_GOOD
        place, moved = after, after.url if for_good else moved
    raise FetchError(f"leads on and on: more than {limits.redirects} redirects", reached=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]


@contextmanager
def _asked(
    place: Target,
    headers: Mapping[str, str],
    allow_hosts: tuple[str, ...],
    limits: Limits,
    deadline: Deadline,
    *,
    reached: bool,
) -> Iterator[_Answer]:
    """One question and its answer, on a connection of its own; `reached`: who was asked first has answered."""
    timeout = {"connect": limits.step, "read": limits.step, "write": limits.step, "pool": limits.step}
    backend = Backend(allow_hosts, deadline)
    try:
        with (
            httpcore2.ConnectionPool(ssl_context=_trust(), network_backend=backend, http2=True) as pool,
            pool.stream("GET", place.url, headers=list(headers.items()), extensions={"timeout": timeout}) as answer,
        ):
            reached = True
            yield _Answer(status=answer.status, headers=_headers(answer.headers), pieces=answer.iter_stream())
    except FetchError as error:
        error.reached = error.reached or reached
        raise
    except httpcore2.TimeoutException:
        if deadline.is_over:
            raise FetchError(deadline.told, reached=reached) from None
        raise FetchError(f"{place.host} did not answer in time", reached=reached) from None
    except (
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.UnsupportedProtocol,
        ssl.SSLError,
        OSError,
    ) as error:
        what = markup.line(str(error))[:200] or type(error).__name__
        # somebody was there and spoke, however wrongly: other feeds of the host may be well
        reached = reached or isinstance(error, (httpcore2.ProtocolError, httpcore2.ReadError, httpcore2.WriteError))
        raise FetchError(f"{place.host} cannot be reached: {what}", reached=reached) from None


@functools.cache
def _trust() -> ssl.SSLContext:
    """The system's authorities, whatever the environment says."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in small letters; the first of several counts."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name.decode("latin-1").casefold(), value.decode("utf-8", "replace"))
    return found


def _next(answer: _Answer, place: Target, allow_hosts: tuple[str, ...]) -> Target:
    """Where a redirect leads. One from https to http would show to everybody on the way what is read."""
    location = answer.headers.get("location", "")
    if not location:
        raise FetchError(f"answers {answer.status} and does not say where it went", reached=True)
    try:
        found = target(urljoin(place.url, location), allow_hosts)
    except ValueError:
        raise FetchError(f"leads to {location[:100]!r}, which is no address", reached=True) from None
    if place.secure and not found.secure:
        raise FetchError(f"leads from https to {found.url[:100]}; if that is right, write that address", reached=True)
    return found


def _taken(answer: _Answer, place: Target, moved: str, limits: Limits, now: datetime) -> Fetched:
    if answer.status == 304:
        return Fetched(url=place.url, permanent_url=moved, changed=False, headers=answer.headers)
    if answer.status == 410:
        raise FetchError("is gone for good (410): remove the source, or correct its address", gone=True, reached=True)
    if answer.status in _BUSY:
        wait = _wait(answer.headers.get("retry-after", ""), now)
        raise FetchError(f"wants to be left alone ({answer.status})", wait=wait, reached=True)
    if answer.status != 200:
        raise FetchError(f"answers {answer.status}; is the address right?", reached=True)
    body = inflate(answer.pieces, answer.headers.get("content-encoding", ""), limits.size)
    if body.startswith(b"\x1f\x8b"):  # a file that is packed itself: feed.xml.gz
        body = inflate([body], "gzip", limits.size)
    return Fetched(url=place.url, permanent_url=moved, changed=True, body=body, headers=answer.headers)


def _wait(text: str, now: datetime) -> int:
    """Seconds of a Retry-After (RFC 9110, 10.2.3), a week at most; 0 when it says none."""
    if text.isascii() and text.strip().isdigit():
        return min(int(text.strip()[:9]), _LONGEST_WAIT)
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return 0
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return max(0, min(int((aware - now).total_seconds()), _LONGEST_WAIT))
