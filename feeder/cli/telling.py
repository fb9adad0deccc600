"""Telling the hub after a build: briefly at the end of a command, in a thread of its own while serving; it fails nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

from feeder.cli import site

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.notify import Told
    from feeder.store import Store

_BRIEFLY = 10.0  #: seconds that a command spends on the hub; the next does the rest


def after_build(room: Newsroom, store: Store) -> None:
    """Tell the hub of the feeds that changed, and the person at the terminal what became of it."""
    if room.config.feeds.ping:
        for line in tell(room, store, _until(_BRIEFLY)):
            site.note(line)


def _until(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def tell(room: Newsroom, store: Store, enough: Callable[[], bool]) -> list[str]:
    """One round, and the lines it is worth. Whatever goes wrong is one of them: what is published is published."""
    if not room.site.hub:
        return []
    try:
        return sentences(told(room, store, enough), room.site.hub)
    except Exception as error:  # a store that is locked, a defect of ours
        return [f"feeder: the hub could not be told: {error or type(error).__name__}"]


def told(room: Newsroom, store: Store, enough: Callable[[], bool], *, early: bool = False) -> Told:
    """One round with the site's hub. Raises FeederError when the store fails."""
    from feeder.hub import pinging
    from feeder.jobs import notify

    return notify.tell(store, room.site, pinging(room.site.hub), now=site.now(), enough=enough, early=early)


def sentences(told: Told, hub: str) -> list[str]:
    """The result as a person would say it; nothing when nothing happened."""
    lines = [f"Told the hub of {_feeds(told.told)} that changed."] if told.told else []
    if told.why:
        later = f"; {_feeds(told.waiting)} will be told later" if told.waiting else ""
        lines.append(f"feeder: the hub {hub} {told.why}{later}.")
    elif told.waiting and told.told:
        lines.append(f"{_feeds(told.waiting)} will be told later.")
    if told.given_up:
        lines.append(f"feeder: gave up telling the hub of changes to {', '.join(told.given_up)}.")
    return lines


def _feeds(number: int) -> str:
    return f"{number} feed" if number == 1 else f"{number} feeds"


class Teller:
    """The thread of `feeder serve` that tells the hub, so that no build and no reader waits for it."""

    def __init__(self, room: Newsroom, store: Store, stop: Event) -> None:
        self.room, self.store, self.stop = room, store, stop
        self.news = Event()
        self.news.set()  # what an earlier run left
        self.troubles: list[str] = []  #: of the last round, not to be repeated
        self.thread = Thread(target=self._work, name="hub", daemon=True)

    def start(self) -> None:
        if self.room.site.hub and self.room.config.feeds.ping:
            self.thread.start()

    def wake(self) -> None:
        """Something was published."""
        self.news.set()

    def join(self) -> None:
        """Wait, after `stop`, for the ping under way; that takes some seconds at most."""
        self.news.set()
        if self.thread.ident:
            self.thread.join()

    def _work(self) -> None:
        while not self.stop.is_set():
            self.news.wait(self.room.config.schedule.build_every)
            self.news.clear()
            if not self.stop.is_set():
                self._round()

    def _round(self) -> None:
        lines = tell(self.room, self.store, self.stop.is_set)
        for line in lines:
            if line not in self.troubles:
                site.note(line)
        if lines:
            self.troubles = [line for line in lines if line.startswith("feeder:")]
