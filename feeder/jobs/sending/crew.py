"""Several connections that send what the ledger has, until there is nothing more, the server is gone, or we are stopped.

They share what is claimed, the rate and the weather. Whatever ends a run, nothing is lost by it: what was not begun stays
queued.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from feeder.errors import FeederError, StoreError, Unreachable
from feeder.jobs.sending.messages import Envelope
from feeder.jobs.sending.pace import Rate, Stock, Weather
from feeder.jobs.sending.post import Clock, Post, Rules
from feeder.model import DeliveryState
from feeder.store.ledger import Claimed, Ending, Ledger
from feeder.transports import Transport

_log = logging.getLogger("feeder")
_GRACE = timedelta(seconds=5)  #: that a message in hand is given when we are to stop

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was done, and why no more."""

    states: Counter[DeliveryState]  #: in which deliveries ended, "queued" for those refused for now
    trouble: str = ""  #: with the server, or the store; "" when there was none


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a crew works with."""

    envelope: Callable[[Claimed], Envelope]
    open_transport: Callable[[], Transport]  #: called for each connection in its own thread
    clock: Clock
    stop: Event
    progress: Progress = lambda what, done, total: None
    tidy: Callable[[], object] = lambda: None  #: called before rows are claimed


class Crew:
    """A run of sending, by one process."""

    def __init__(self, ledger: Ledger, rules: Rules, means: Means, issues: Collection[str] | None = None) -> None:
        self.ledger, self.rules, self.means, self.issues = ledger, rules, means, issues
        self.stock = Stock(ledger, rules.patience, means.clock, means.tidy, issues)
        self.weather, self.rate = Weather(rules.patience), Rate(rules.rate)
        self._over = Event()
        self._lock = Lock()
        self._states: Counter[DeliveryState] = Counter()
        self._done = self._total = 0
        self._last_news = means.clock()

    def run(self, connections: int) -> Delivered:
        """Send until there is nothing to send. When we are to stop, a message in hand is finished if that takes seconds."""
        self._total = self.ledger.left(self.issues).open
        self.means.progress("sending", 0, self._total)
        hands = [Thread(target=self._work, name=f"mail-{n}", daemon=True) for n in range(max(1, connections))]
        for hand in hands:
            hand.start()
        for hand in hands:
            while hand.is_alive() and not self._ending():
                hand.join(0.1)
        end = self.means.clock() + _GRACE
        for hand in hands:
            hand.join(max((end - self.means.clock()).total_seconds(), 0))
        with suppress(StoreError):  # then their lease will be over, or our log found
            self.stock.close()
        return Delivered(states=self._states, trouble=self.weather.why)

    def _ending(self) -> bool:
        return self._over.is_set() or self.means.stop.is_set()

    # --- a connection's own thread ---

    def _work(self) -> None:
        try:
            transport = self.means.open_transport()
            try:
                self._send_all(Post(self.ledger, transport, self.rules, self.means.clock))
            finally:
                with suppress(FeederError, OSError):
                    transport.close()
        except FeederError as error:
            self._give_up(str(error))
        except Exception as error:  # a defect of ours must not look like an end
            _log.exception("sending")
            self._give_up(f"feeder failed: {type(error).__name__}: {error}")

    def _give_up(self, why: str) -> None:
        self.weather.why = self.weather.why or why
        self._over.set()

    def _send_all(self, post: Post) -> None:
        while row := self._take():
            began = self.means.clock()
            try:
                self._settled(post.deliver(row, self.means.envelope))
            except Unreachable as error:
                if not self.weather.storm(str(error), began, self.means.clock()):
                    return  # the others do well: the server takes fewer connections than we have
                if self.weather.why:
                    self._over.set()
            finally:
                self.stock.done(row)

    def _settled(self, ending: Ending | None) -> None:
        """Count it. None: its reader left, or somebody else has it."""
        now = self.means.clock()
        with self._lock:
            if ending:
                self._states[ending.state] += 1
                self.weather.answered(ending.state, now)
            if ending is None or ending.state != "queued":
                self._done, self._last_news = self._done + 1, now
            self.means.progress("sending", min(self._done, self._total), self._total)

    # --- what to do next ---

    def _take(self) -> Claimed | None:
        """The next row, when it may be sent; None when there is none, or we are to stop."""
        while not self._ending():
            self._sleep_until(self.weather.until)
            if self._ending():
                break
            row = self.stock.next()
            if row is None:
                if not self._wait():
                    return None
                continue
            self._sleep_until(self.rate.slot(self.means.clock()))
            if not self._ending():
                return row
            self.stock.done(row)
        return None

    def _sleep_until(self, moment: datetime | None) -> None:
        while moment and not self._ending() and (left := (moment - self.means.clock()).total_seconds()) > 0:
            self.means.stop.wait(min(left, 0.2))

    def _wait(self) -> bool:
        """Whether to look again, after a while: for rows that are not due yet, or that somebody has who may be killed."""
        patience, left = self.rules.patience, self.ledger.left(self.issues)
        if patience.wait is None or not left.open:
            return False
        now = self.means.clock()
        near = left.taken or (left.soonest is not None and left.soonest - now <= patience.wait)
        if not near or now - self._last_news > patience.wait:
            return False
        self._sleep_until(now + patience.poll)
        return True
