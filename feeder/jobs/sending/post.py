"""One message of the ledger: sent, and what is known of it afterwards put down."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeder.errors import AddressError, FeederError, Never, NotNow, StoreError, Unknown
from feeder.jobs.sending.messages import Envelope
from feeder.store.ledger import Claimed, Ending, Ledger
from feeder.transports import Transport

_log = logging.getLogger("feeder")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited for what."""

    #: a claim, and from the mark on a row, is ours for so long; longer than any transport waits for an answer
    lease: timedelta = timedelta(minutes=30)
    batch: int = 100  #: rows claimed at once
    retry: timedelta = timedelta(seconds=30)  #: before a message that was refused for now is tried again, then doubled
    longest_retry: timedelta = timedelta(hours=1)
    pause: timedelta = timedelta(seconds=1)  #: of everything when the server cannot be reached, then doubled
    longest_pause: timedelta = timedelta(seconds=30)
    failures: int = 7  #: in a row, after which a server is given up for now
    poll: timedelta = timedelta(milliseconds=500)  #: between two looks at what others have in hand
    #: without anything settled, after which who waits for rows that are not due gives up; None: does not wait
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the site wants to become of messages."""

    attempts: int = 8
    retry: bool = False  #: what nobody knows to be sent or not is sent again, and not held
    rate: int = 0  #: messages a minute; 0: no limit
    patience: Patience = field(default_factory=Patience)


class Lost(Exception):  # noqa: N818  no error
    """The row is not ours any more: its lease is over, or its reader left. The message must not end."""


class Post:
    """One connection's way of sending; not to be shared by threads."""

    def __init__(self, ledger: Ledger, transport: Transport, rules: Rules, clock: Clock) -> None:
        self.ledger, self.transport, self.rules, self.clock = ledger, transport, rules, clock

    def deliver(self, row: Claimed, envelope: Callable[[Claimed], Envelope]) -> Ending | None:
        """Send one message and settle its row; None when it was no longer ours to send.

        Raises Unreachable, StoreError and ConfigError; then nothing of the row is spent.
        """
        try:
            ending = self._ending(row, envelope)
        except Lost:
            self.ledger.drop_if_left(row)
            return None
        except FeederError:
            with suppress(StoreError):  # should the row say "sending" after all: the message had no end
                self.ledger.settle(row, Ending(state="queued", attempts=row.attempts), self.clock())
            raise
        self._settle(row, ending)
        return ending

    def _settle(self, row: Claimed, ending: Ending) -> None:
        try:
            self.ledger.settle(row, ending, self.clock())
        except StoreError:  # what the server said is worth a second try
            self.ledger.settle(row, ending, self.clock())

    def _ending(self, row: Claimed, envelope: Callable[[Claimed], Envelope]) -> Ending:
        marked = False

        def mark() -> None:
            nonlocal marked
            if not self.ledger.mark(row, self.clock(), self.rules.patience.lease):
                raise Lost
            marked = True

        try:
            one = envelope(row)
            self.transport.send(one.sender, one.to, one.body, name=one.name, before_end=mark)
        except NotNow as error:
            return self._again(row, str(error))
        except (Never, AddressError) as error:
            return Ending(state="failed", why=str(error), attempts=row.attempts + 1)
        except Unknown:
            return self._doubtful(row)
        except (Lost, FeederError):  # the store, the server, the configuration: others would fare the same
            raise
        except Exception as error:  # a defect of ours: this message waits, the others go on
            _log.exception("delivery %s of issue %s", row.id, row.issue)
            return self._doubtful(row) if marked else self._again(row, f"feeder failed: {type(error).__name__}")
        return Ending(state="sent")

    def _again(self, row: Claimed, why: str) -> Ending:
        attempts = row.attempts + 1
        if attempts >= self.rules.attempts:
            return Ending(state="failed", why=why, attempts=attempts)
        due = self.clock() + backoff(row.id, attempts, self.rules.patience)
        return Ending(state="queued", why=why, attempts=attempts, due=due)

    def _doubtful(self, row: Claimed) -> Ending:
        if self.rules.retry:
            return self._again(row, "uncertain")
        return Ending(state="held", why="uncertain", attempts=row.attempts + 1)


def backoff(row: int, attempts: int, patience: Patience) -> timedelta:
    """How long after so many attempts: doubled each time, up to a fifth more or less, always the same for a row."""
    plain = min(patience.retry * (1 << min(attempts - 1, 16)), patience.longest_retry)
    digest = hashlib.sha256(f"{row} {attempts}".encode()).digest()
    return plain * (0.8 + 0.4 * int.from_bytes(digest[:2], "big") / 0xFFFF)
