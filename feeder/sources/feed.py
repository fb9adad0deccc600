"""Feeds as sources: on the web, or a document saved on disk.

    Errand -> visit: fetch, read the document, fetch the pages of new entries where that is asked for -> Visit

Visits run side by side, a few hosts at once and one feed of a host after another, so that a slow, dead or hostile one
delays no other. They touch no store: who sent them keeps what they bring, by one hand.
"""

from __future__ import annotations

import functools
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from feeder.articles.feed_document import Desk
from feeder.articles.feed_items import Document, Item, digest
from feeder.errors import ArticleError, FetchError
from feeder.model import Source, SourceState
from feeder.sources import patience, remote
from feeder.sources.guard import target
from feeder.sources.look import Found, Look
from feeder.sources.reading import Bytes, Reading, Told, entries, opened, without_page
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
class Fetch:
    """What came, byte for byte, to be kept."""

    document: Bytes
    pages: Mapping[str, bytes]  #: of the entries whose page was fetched now
    keys: tuple[str, ...]  #: of all entries in the document


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How an errand went."""

    source: Source
    state: SourceState  #: to be remembered
    look: Look | None = None  #: None: nothing new, or a failure
    fetch: Fetch | None = None  #: the bytes of the look
    notes: tuple[str, ...] = ()  #: what is odd about the document


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
        document = opened(found)
    except ArticleError as error:
        raise FetchError(error.reason, reached=True) from None
    look, fetch, whole = _looked(errand, document, found)
    if not whole:  # the entries left over are asked for at the next visit, so it must not be told "nothing new"
        state = replace(state, etag="", last_modified="")
    notes = tuple(f"{source.key}: {problem}" for problem in document.problems)
    return Visit(source=source, state=state, look=look, fetch=fetch, notes=notes)


def _fetched(errand: Errand) -> tuple[SourceState, Bytes | None]:
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
    return after, Bytes(url=fetched.url, data=fetched.body, content_type=content_type, place=errand.salt)


def _saved(errand: Errand) -> Bytes | None:
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
        return Bytes(url="", data=path.read_bytes(), content_type="", place=place)
    except OSError as error:
        raise FetchError(f"cannot be read: {error.strerror}", reached=True) from None


def _looked(errand: Errand, document: Document, found: Bytes) -> tuple[Look, Fetch, bool]:
    """The entries as a look at the source, what to keep of it, and whether the pages of all were asked for."""
    source = errand.source
    desk = Desk(source=source.key, name=source.name, url=found.url, zone=errand.zone, now=errand.now)
    reading = Reading(document=document, desk=desk)
    told = {one.key: one for one in entries(document, source, errand.salt)}
    fresh = [one for one in told.values() if errand.known.get(one.key) != one.stamp]
    pages, left = _fetch_pages(errand, fresh, reading) if source.full_text else ({}, set())
    told |= {key: replace(told[key], stamp=without_page(told[key].stamp)) for key in reading.missing}
    here = {key: one for key, one in told.items() if key not in left}
    seen = [Found(key=key, stamp=one.stamp) for key, one in here.items()]
    look = Look(found=seen, read=lambda key: reading.read(told[key]), place=found.place, whole=False)
    return look, Fetch(document=found, pages=pages, keys=tuple(here)), not left


def _fetch_pages(errand: Errand, fresh: Sequence[Told], reading: Reading) -> tuple[dict[str, bytes], set[str]]:
    """Fetch the pages of new entries; gives them, and the keys of those there was no time for."""
    end, pages = time.monotonic() + _FOR_PAGES, dict[str, bytes]()
    linked = [one.item for one in fresh if isinstance(one.item, Item) and one.item.link]
    for number, item in enumerate(linked):
        if time.monotonic() > end:
            return pages, {one.id for one in linked[number:]}
        time.sleep(PAUSE)
        try:
            fetched = remote.fetch(
                item.link, now=errand.now, accept=PAGES, allow_hosts=errand.source.allow_hosts, limits=_LIMITS
            )
            pages[item.id] = fetched.body
            reading.pages[item.id] = functools.partial(pages.__getitem__, item.id)
        except FetchError as error:
            reading.missing[item.id] = str(error)
    return pages, set()
