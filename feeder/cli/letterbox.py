"""The thread of `feeder serve` that answers requests for the digest with letters, so that no reader waits and no answer tells.

What the mail server does not take now is tried again, as some servers want of strangers (greylisting); a stop or a crash
forgets what waits, and whoever asked can ask again.
"""

from __future__ import annotations

import contextlib
import heapq
import logging
from datetime import datetime, timedelta
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING

from feeder.cli.health import Health
from feeder.errors import AddressError, FeederError, NotNow, TransportError, Unreachable

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.subscribers.consent import Request
    from feeder.jobs.subscribers.letters import Envelope
    from feeder.keys import Keys
    from feeder.store import Store
    from feeder.transports import Transport

_log = logging.getLogger("feeder")
_WHAT = "letters"  #: to those who subscribe, in the log and in the health
_WAITING = 1000  #: requests and letters at once; more than that is an attack
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120))  #: between attempts
_LOOK = 1.0  #: seconds between two looks at what is due


def send(room: Newsroom, envelope: Envelope) -> None:
    """Send one letter now. Raises TransportError, ConfigError."""
    from feeder.jobs import outgoing

    with contextlib.closing(outgoing.transport_of(room)) as transport:
        _hand_over(transport, envelope)


def _hand_over(transport: Transport, envelope: Envelope) -> None:
    transport.send(envelope.sender, envelope.to, envelope.body, name=envelope.name, before_end=lambda: None)


class Letterbox:
    """See above."""

    def __init__(self, room: Newsroom, store: Store, keys: Keys, stop: Event, health: Health) -> None:
        self.room, self.store, self.keys, self.stop = room, store, keys, stop
        self.health, self.clock = health, health.clock
        self.requests: Queue[Request | None] = Queue(_WAITING)
        self.later: list[tuple[datetime, int, int, Envelope]] = []  #: when, a number, attempts so far
        self.number = 0
        self.thread = Thread(target=self._work, name="letters", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def post(self, request: Request) -> bool:
        """Answer a request, soon. False when there are too many."""
        try:
            self.requests.put_nowait(request)
        except Full:
            return False
        return True

    def join(self) -> None:
        """Wait, after `stop`, until what was asked for before is answered."""
        with contextlib.suppress(Full):
            self.requests.put_nowait(None)  # wakes it
        if self.thread.ident:
            self.thread.join()

    def _work(self) -> None:
        while not (self.stop.is_set() and self.requests.empty()):
            try:
                request = self.requests.get(timeout=_LOOK if self.later else None)
            except Empty:
                request = None
            if request:
                self._answer(request)
            self._again()

    def _answer(self, request: Request) -> None:
        from feeder.jobs.subscribers import consent, letters

        try:
            letter = consent.ask(self.store, self.keys, request, self.clock())
            if letter:
                self._send(letters.envelope(self.room, self.keys, letter, self.clock()), 0)
        except AddressError:  # one that no mail can go to; it is told nowhere
            pass
        except FeederError as error:
            self.health.failed(_WHAT, str(error))
        except Exception as error:  # a defect of ours: the next letter may go
            self.health.failed(_WHAT, type(error).__name__)

    def _again(self) -> None:
        while self.later and self.later[0][0] <= self.clock() and not self.stop.is_set():
            _, _, attempts, envelope = heapq.heappop(self.later)
            self._send(envelope, attempts)

    def _send(self, envelope: Envelope, attempts: int) -> None:
        """A server that cannot be used is a failure of the site; one that refuses a letter is well, and a typo usual."""
        try:
            send(self.room, envelope)
        except Unreachable as error:
            self.health.failed(_WHAT, str(error))
            self._put_by(envelope, attempts)
        except TransportError as error:
            self.health.well(_WHAT)
            _log.info("%s: one was not taken: %s", _WHAT, error)
            if isinstance(error, NotNow):
                self._put_by(envelope, attempts)
        else:
            self.health.well(_WHAT)

    def _put_by(self, envelope: Envelope, attempts: int) -> None:
        """For another attempt, if there is one left."""
        if attempts < len(_PAUSES) and len(self.later) < _WAITING:
            self.number += 1
            heapq.heappush(self.later, (self.clock() + _PAUSES[attempts], self.number, attempts + 1, envelope))
