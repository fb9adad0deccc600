"""Feeds as sources: on the web, or a document saved on disk.

    Errand -> visit: fetch, read the document, fetch the pages of new entries where that is asked for -> Visit

Visits run side by side, a few hosts at once and one feed of a host after another, so that a slow, dead or hostile one
delays no other. They touch no store: who sent them keeps what they bring, by one hand.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from feeder.articles import feed_document
from feeder.articles.feed_document import Desk
from feeder.articles.feed_items import Document, Item, digest
from feeder.articles.html_pages import html_page
from feeder.articles.html_pages.html_page import Page
from feeder.errors import ArticleError, FeederError, FetchError
from feeder.model import Article, Source, SourceError, SourceState
from feeder.sources import patience, remote
from feeder.sources.guard import target
from feeder.sources.look import Found, Look
from feeder.sources.remote import PAGES, Limits

PAUSE = 1.0  #: seconds between two questions to one host
_AT_ONCE = 8  #: hosts asked at the same time
_FOR_PAGES = 60.0  #: seconds for the pages of one feed; the rest waits for the next visit
_LIMITS = Limits()
_log = logging.getLogger("feeder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A feed that is due, and what is known of it."""

    source: Source
    state: SourceState
    known: Mapping[str, str]  #: key -> stamp of what it gave
    place: str  #: see Look
    salt: str  #: of the program: another one reads everything again
    zone: ZoneInfo
    now: datetime

    @property
    def host(self) -> str:
        """Whom it asks; a document on disk asks nobody."""
        try:
            place = target(self.address, self.source.allow_hosts)
        except FetchError:
            return self.source.key
        return f"{place.host}:{place.port}"

    @property
    def address(self) -> str:
        return self.state.permanent_url or self.source.url or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How an errand went."""

    source: Source
    state: SourceState  #: to be remembered
    look: Look | None = None  #: None: nothing new, or a failure
    notes: tuple[str, ...] = ()  #: what is odd about the document


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A document with where it was found; `data` is what an archive would keep."""

    url: str
    data: bytes
    content_type: str
    place: str


# --- side by side ---------------------------------------------------------------------------------


def send(errands: Sequence[Errand]) -> Callable[[], Iterator[Visit | None]]:
    """Set out on all errands; call what is returned for the visits as they end. None stands for a moment without one."""
    waiting: queue.SimpleQueue[list[Errand]] = queue.SimpleQueue()
    done: queue.SimpleQueue[Visit] = queue.SimpleQueue()
    rounds = _by_host(errands)
    for one in rounds:
        waiting.put(one)
    for _ in range(min(_AT_ONCE, len(rounds))):
        # a program that is told to stop does not wait for them
        threading.Thread(target=_work, args=(waiting, done), daemon=True).start()
    return lambda: _arriving(done, len(errands))


def _by_host(errands: Sequence[Errand]) -> list[list[Errand]]:
    found: dict[str, list[Errand]] = defaultdict(list)
    for errand in errands:
        found[errand.host].append(errand)
    return list(found.values())


def _arriving(done: queue.SimpleQueue[Visit], number: int) -> Iterator[Visit | None]:
    while number:
        try:
            yield done.get(timeout=0.1)
            number -= 1
        except queue.Empty:
            yield None


def _work(waiting: queue.SimpleQueue[list[Errand]], done: queue.SimpleQueue[Visit]) -> None:
    while True:
        try:
            one = waiting.get_nowait()
        except queue.Empty:
            return
        for made in _round(one):
            done.put(made)


def _round(errands: Sequence[Errand]) -> Iterator[Visit]:
    """The feeds of one host, one after another; when it cannot be reached, the others are not tried in vain."""
    dead: FetchError | None = None
    for number, errand in enumerate(errands):
        if number and not dead:
            time.sleep(PAUSE)
        try:
            if dead:
                raise dead
            yield visit(errand)
        except FetchError as error:
            dead = None if error.reached else error
            yield _failed(errand, error)
        except Exception as error:  # a defect of ours must not take the other feeds along
            _log.exception("%s", errand.source.key)
            what = f"feeder failed on it ({type(error).__name__}: {error}); please report it with the address"
            yield _failed(errand, FetchError(what, reached=True))


def _failed(errand: Errand, error: FetchError) -> Visit:
    state = patience.after_failure(errand.state, errand.source, error, errand.now)
    return Visit(source=errand.source, state=state)


# --- one feed -------------------------------------------------------------------------------------


def visit(errand: Errand) -> Visit:
    """Fetch and read a feed. Raises FetchError."""
    source = errand.source
    state, found = _fetched(errand) if source.url else (errand.state, _saved(errand))
    if found is None:
        return Visit(source=source, state=state)
    try:
        document = feed_document.open_(found.data, found.url, found.content_type)
    except ArticleError as error:
        raise FetchError(error.reason, reached=True) from None
    look, whole = _looked(errand, document, found)
    if not whole:  # the entries left over are asked for at the next visit, so it must not be told "nothing new"
        state = replace(state, etag="", last_modified="")
    notes = tuple(f"{source.key}: {problem}" for problem in document.problems)
    return Visit(source=source, state=state, look=look, notes=notes)


def _fetched(errand: Errand) -> tuple[SourceState, _Document | None]:
    """The document and what to remember; None when it is the one that is known, to this very program."""
    state, source = errand.state, errand.source
    known = errand.place == errand.salt
    fetched = remote.fetch(
        errand.address,
        now=errand.now,
        etag=state.etag if known else "",
        last_modified=state.last_modified if known else "",
        allow_hosts=source.allow_hosts,
        limits=_LIMITS,
    )
    after = patience.after_success(state, source, fetched, errand.now)
    if not fetched.changed:
        return after, None
    content_type = fetched.headers.get("content-type", "")
    return after, _Document(url=fetched.url, data=fetched.body, content_type=content_type, place=errand.salt)


def _saved(errand: Errand) -> _Document | None:
    """A document on disk; None when it is the one that was read."""
    path = errand.source.path
    assert path is not None  # a feed has an address or a path
    try:
        found = path.stat()
        place = digest(f"{found.st_mtime_ns}:{found.st_size}:{found.st_ino}", errand.salt)
        if place == errand.place:
            return None
        if found.st_size > _LIMITS.size:
            raise FetchError("is larger than 8 MB, the most that feeder reads", reached=True)
        return _Document(url="", data=path.read_bytes(), content_type="", place=place)
    except OSError as error:
        raise FetchError(f"cannot be read: {error.strerror}", reached=True) from None


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The entries of a document, ready to be read one by one."""

    document: Document
    desk: Desk
    items: dict[str, Item] = field(default_factory=dict)
    errors: dict[str, SourceError] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)  #: entries whose page could not be had, and why

    def read(self, key: str) -> Article | SourceError:
        if key in self.errors:
            return replace(self.errors[key], source=self.desk.source)
        page, why = self._page(key)
        made = feed_document.article(self.items[key], self.document, self.desk, page)
        if isinstance(made, SourceError) or not why:
            return made
        return replace(made, problems=(*made.problems, f"its page was not read: {why}; this is the feed's own text"))

    def _page(self, key: str) -> tuple[Page | None, str]:
        if key not in self.pages:
            return None, self.missing.get(key, "")
        try:
            return html_page.read(self.pages[key], self.desk.zone, publisher=self.desk.name), ""
        except FeederError as error:
            return None, str(error)


def _looked(errand: Errand, document: Document, found: _Document) -> tuple[Look, bool]:
    """The entries as a look at the source, and whether the pages of all were asked for."""
    source = errand.source
    desk = Desk(source=source.key, name=source.name, url=found.url, zone=errand.zone, now=errand.now)
    reading = _Reading(document=document, desk=desk)
    stamps: dict[str, str] = {}
    around = (document.title, document.link, document.language, source.name, str(source.full_text), errand.salt)
    for item in document.items:
        if isinstance(item, SourceError):
            reading.errors[item.key], stamps[item.key] = item, digest(item.reason, *around)
        else:
            reading.items[item.id], stamps[item.id] = item, digest(item.stamp, *around)
    fresh = [item for key, item in reading.items.items() if errand.known.get(key) != stamps[key]]
    left = _fetch_pages(errand, fresh, reading) if source.full_text else set()
    stamps |= {key: f"{stamps[key][:-1]}?" for key in reading.missing}  # tried again when the feed has news
    seen = [Found(key=key, stamp=stamp) for key, stamp in stamps.items() if key not in left]
    return Look(found=seen, read=reading.read, place=found.place, whole=False), not left


def _fetch_pages(errand: Errand, fresh: Sequence[Item], reading: _Reading) -> set[str]:
    """Fetch the pages of new entries; gives the keys of those there was no time for."""
    end = time.monotonic() + _FOR_PAGES
    linked = [item for item in fresh if item.link]
    for number, item in enumerate(linked):
        if time.monotonic() > end:
            return {one.id for one in linked[number:]}
        time.sleep(PAUSE)
        try:
            fetched = remote.fetch(
                item.link, now=errand.now, accept=PAGES, allow_hosts=errand.source.allow_hosts, limits=_LIMITS
            )
            reading.pages[item.id] = fetched.body
        except FetchError as error:
            reading.missing[item.id] = str(error)
    return set()
