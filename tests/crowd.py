"""Subscribers in numbers, an issue for them, and a process that sends it, for tests of the ledger.

room, store = ...                         a site that was built, see `walk`
subscribe(store, room, 500)               reader-0000@example.org, ... in turn in the site's languages
made = issue(store, room)                 this week's issues, queued
send(store, room)                         in this process
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from walk import NOW as NOW
from walk import article, build, newsroom

from feeder.jobs.compile import compile_week
from feeder.jobs.keys import site_keys
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.sending import mailing
from feeder.jobs.sending.crew import Delivered
from feeder.jobs.sending.mailing import Desk
from feeder.jobs.sending.post import Patience
from feeder.jobs.sending.queueing import Queued, queue
from feeder.keys import Keys, new_name
from feeder.model import Issue, Week
from feeder.store import Store, deliveries, issues, subscribers

WEEK = Week(2026, 46)
DUE = NOW  #: when that week's issue is due
#: Everything sooner than in earnest.
HURRY = Patience(
    lease=timedelta(seconds=60),
    batch=20,
    retry=timedelta(milliseconds=40),
    longest_retry=timedelta(milliseconds=400),
    pause=timedelta(milliseconds=10),
    longest_pause=timedelta(milliseconds=100),
    failures=12,
    poll=timedelta(milliseconds=20),
    wait=timedelta(seconds=20),
)


def site(folder: Path, **environ: str) -> Newsroom:
    """A small site with a story in every language."""
    articles = {
        f"picket.{locale}.md": article(title, published="2026-11-12")
        for locale, title in (("en", "Picket in Almaty"), ("kk", "Алматыдағы пикет"), ("ru", "Пикет в Алматы"))
    }
    return newsroom(folder, articles, **environ)


def keys(store: Store, room: Newsroom) -> Keys:
    return site_keys(store, room.config, secrets.token_bytes)


def subscribe(
    store: Store, room: Newsroom, number: int, *, locales: Collection[str] = ("en", "kk", "ru"), start: int = 0
) -> None:
    """So many active ones, confirmed the day before the issue is due."""
    own = keys(store, room)
    languages = itertools.cycle(locales)
    with store.write() as connection:
        for n in range(start, start + number):
            email, name = address(n), new_name(hashlib.sha256(str(n).encode()).digest())
            subscribers.put(
                connection,
                name=name,
                email_hash=own.hash(email),
                email=own.seal(email, name),
                locale=next(languages),
                state="active",
                now=NOW - timedelta(days=1),
                confirmed=NOW - timedelta(days=1),
                evidence={},
            )


def address(number: int) -> str:
    return f"reader-{number:04}@example.org"


def make(store: Store, room: Newsroom, week: Week = WEEK, at: datetime = NOW) -> list[Issue]:
    """The issues of a week."""
    build(store, room)
    return list(compile_week(store, room, week, at).issues.values())


def copies(store: Store, made: list[Issue], week: Week) -> list[Issue]:
    """The same issues as those of another week, so that a test has many of them."""
    other = [replace(one, id=f"{week}-{one.locale}", week=week) for one in made]
    with store.write() as connection:
        for one in other:
            issues.put(connection, one, NOW)
    return other


def grown(one: Issue, size: int) -> Issue:
    """The issue with so many octets of html, as a real week has."""
    paragraph = "<p>Алматы қаласындағы пикет туралы хабар.</p>\n"
    more = paragraph * ((size - len(one.html.encode())) // len(paragraph.encode()))
    return replace(one, html=one.html.replace("</body>", f"{more}</body>"))


def put_in_queue(store: Store, made: Collection[Issue], now: datetime = NOW, due: datetime = DUE) -> Queued:
    return queue(store, made, due=due, hold_after=timedelta(hours=48), now=now)


def desk(
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    due: Callable[[Week], datetime] = lambda week: datetime.now(UTC),
    stop: threading.Event | None = None,
) -> Desk:
    return Desk(clock=clock, due=due, token=secrets.token_hex(8), stop=stop or threading.Event())


def send(store: Store, room: Newsroom, at: Desk | None = None, patience: Patience = HURRY) -> Delivered:
    """Send what is queued, as a process of its own would."""
    return mailing.deliver(store, room, keys(store, room), at or desk(), patience=patience)


def states(store: Store) -> Counter[str]:
    """How many deliveries are in which state; those that are held by their reasons."""
    found: Counter[str] = Counter()
    with store.read() as connection:
        for one in deliveries.standings(connection):
            found.update({state: number for state, number in one.states.items() if state != "held"})
            found.update(one.held)
    return +found
