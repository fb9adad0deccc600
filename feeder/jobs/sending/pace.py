"""What the connections of a run share: the rows in stock, how fast they may go, and whether the server is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from threading import Lock

from feeder.jobs.sending.post import Clock, Patience
from feeder.model import DeliveryState
from feeder.store.ledger import Claimed, Ledger

_REFUSED = 10  #: messages refused "for now" in a row, after which everything pauses


class Stock:
    """Rows that this process has claimed, handed to its connections one by one."""

    def __init__(
        self,
        ledger: Ledger,
        patience: Patience,
        clock: Clock,
        tidy: Callable[[], object],
        issues: Collection[str] | None,
    ) -> None:
        self.ledger, self.patience, self.clock, self.tidy, self.issues = ledger, patience, clock, tidy, issues
        self._lock = Lock()
        self._rows: deque[Claimed] = deque()
        self._stale: datetime | None = None  #: when too little of their lease is left
        self._in_hand: dict[int, str] = {}
        self._owners: set[str] = set()
        self.claimed = False  #: anything at all

    def next(self) -> Claimed | None:
        """A row that is ours; None when there is none that is due."""
        with self._lock:
            now = self.clock()
            if self._rows and self._stale and now > self._stale:
                self._hand_back()
            if not self._rows:
                self._claim(now)
            if not self._rows:
                return None
            row = self._rows.popleft()
            self._in_hand[row.id] = row.owner
            return row

    def _claim(self, now: datetime) -> None:
        self.tidy()
        patience = self.patience
        self._rows.extend(self.ledger.claim(now=now, lease=patience.lease, limit=patience.batch, issues=self.issues))
        self._owners.update(row.owner for row in self._rows)
        self.claimed = self.claimed or bool(self._rows)
        self._stale = now + patience.lease / 2

    def done(self, row: Claimed) -> None:
        """A connection has let go of it, whatever became of it."""
        with self._lock:
            self._in_hand.pop(row.id, None)

    @property
    def idle(self) -> bool:
        """Whether no connection has anything in hand."""
        with self._lock:
            return not self._in_hand

    def close(self) -> None:
        """Hand back what nobody has in hand."""
        with self._lock:
            self._hand_back()

    def _hand_back(self) -> None:
        self._rows.clear()
        if self._owners:
            self.ledger.hand_back(self._owners, self._in_hand.keys())
        self._owners = set(self._in_hand.values())


class Rate:
    """So many messages a minute, evenly, over all connections of this process."""

    def __init__(self, per_minute: int) -> None:
        self._gap = timedelta(minutes=1) / per_minute if per_minute else None
        self._next: datetime | None = None
        self._lock = Lock()

    def slot(self, now: datetime) -> datetime | None:
        """When the next message may go; None: at once."""
        if self._gap is None:
            return None
        with self._lock:
            slot = max(now, self._next or now)
            self._next = slot + self._gap
            return slot


class Weather:
    """Whether the server can be used. While it cannot, all pause, longer each time, and give up in the end."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.until: datetime | None = None  #: all pause until then
        self.why = ""  #: why it was given up
        self._failures = self._refused = 0
        self._fair: datetime | None = None  #: when a server last answered
        self._lock = Lock()

    def storm(self, why: str, began: datetime, now: datetime) -> bool:
        """A connection that began then could not use the server; False when others meanwhile could."""
        with self._lock:
            if self._fair and self._fair >= began:
                return False
            if self.until is None or now >= self.until:  # else another connection has just said so
                self._failures += 1
                self._pause(now)
            if self._failures >= self.patience.failures:
                self.why = self.why or why
            return True

    def answered(self, state: DeliveryState, now: datetime) -> None:
        """The server answered. When it refuses one message after another "for now", it wants to be left alone."""
        with self._lock:
            self._fair = now
            if state != "queued":
                self._failures = self._refused = 0
                return
            self._refused += 1
            if self._refused % _REFUSED == 0:
                self._failures = self._refused // _REFUSED
                self._pause(now)

    def _pause(self, now: datetime) -> None:
        pause = self.patience.pause * (1 << min(self._failures - 1, 16))
        self.until = now + min(pause, self.patience.longest_pause)
