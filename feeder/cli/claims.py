"""One process does a scheduled job, however many there are, and another takes it over when that one is killed.

    with claimed(store, "digest", "2026-W46", due=due, clock=clock) as ours:
        if ours: ...

The claim is a row in the store with a lease, which a thread extends as long as the work goes on. Work that was stopped
is handed back at once; work that failed is free for the next ring.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.store import Store

LEASE = timedelta(minutes=5)  #: after which a process that says nothing counts as dead
BEAT = 30.0  #: seconds between two signs of life
_log = logging.getLogger("feeder")


@dataclass(kw_only=True)
class Claims:
    """The claims of one process, named by chance."""

    store: Store
    clock: Callable[[], datetime]
    lease: timedelta = LEASE
    beat: float = BEAT
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    @contextmanager
    def claimed(self, job: str, slot: str, due: datetime) -> Iterator[bool]:
        """Whether the job is ours. What is raised inside is raised on, when the job is nobody's again."""
        if not self._take(job, slot, due):
            yield False
            return
        done = Event()
        alive = Thread(target=self._live, args=(job, slot, done), name=f"claim of {job}", daemon=True)
        alive.start()
        try:
            yield True
        except BaseException:
            done.set()
            alive.join()
            self._give_back(job, slot)
            raise
        done.set()
        alive.join()

    def _take(self, job: str, slot: str, due: datetime) -> bool:
        from feeder.store import runs

        now = self.clock()
        with self.store.write() as connection:
            return runs.claim(connection, job, slot, owner=self.owner, now=now, until=now + self.lease, due=due)

    def _live(self, job: str, slot: str, done: Event) -> None:
        from feeder.store import runs

        while not done.wait(self.beat):
            try:
                with self.store.write() as connection:
                    runs.extend(connection, job, slot, self.owner, self.clock() + self.lease)
            except FeederError as error:  # the next beat is soon enough
                _log.warning("%s of %s goes on, and could not say so: %s", job, slot, error)

    def _give_back(self, job: str, slot: str) -> None:
        from feeder.store import runs

        try:
            with self.store.write() as connection:
                runs.hand_back(connection, job, slot, self.owner)
        except FeederError as error:
            _log.warning("%s of %s is to be done again, when its claim is over: %s", job, slot, error)
