"""The thread of `feeder serve` that sends what the ledger has, so that no build and no reader waits for it."""

from __future__ import annotations

import logging
import secrets
from threading import Event, Thread
from typing import TYPE_CHECKING

from feeder.cli import sending
from feeder.cli.health import Health
from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.sending.crew import Delivered
    from feeder.store import Store

_log = logging.getLogger("feeder")
_EVERY = 20.0  #: seconds between two looks at what has become due


class Postman:
    """Begins with what an earlier run left; wakes for what is queued, and every now and then."""

    def __init__(self, room: Newsroom, store: Store, stop: Event, health: Health) -> None:
        self.room, self.store, self.stop, self.health = room, store, stop, health
        self.news = Event()
        self.news.set()
        self.thread = Thread(target=self._work, name="post", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def wake(self) -> None:
        """Something was queued."""
        self.news.set()

    def join(self) -> None:
        """Wait, after `stop`, for the messages in hand; that takes some seconds at most."""
        self.news.set()
        if self.thread.ident:
            self.thread.join()

    def _work(self) -> None:
        while not self.stop.is_set():
            self.news.wait(_EVERY)
            self.news.clear()
            if not self.stop.is_set():
                self.round()

    def round(self) -> None:
        """Send what is due. What goes wrong is told once, and tried again at the next round."""
        try:
            delivered = self._deliver() if self._open() else None
            held = self._held()
        except FeederError as error:
            self.health.failed("mail", str(error))
        except Exception as error:  # a defect of ours
            self.health.failed("mail", f"{type(error).__name__}: {error}", trace=True)
        else:
            self._tell(delivered, held)

    def _open(self) -> bool:
        """Whether there is anything to do, which is seldom: one look at the store."""
        from feeder.store import deliveries

        with self.store.read() as connection:
            return deliveries.any_open(connection)

    def _held(self) -> list[str]:
        """Issues that wait for the operator as a whole, with the reason."""
        from feeder.store import deliveries

        with self.store.read() as connection:
            return [f"{name} is held as {why}" for name, why in deliveries.held_whole(connection)]

    def _deliver(self) -> Delivered:
        from feeder.jobs.keys import site_keys
        from feeder.jobs.sending import mailing

        keys = site_keys(self.store, self.room.config, secrets.token_bytes)
        return mailing.deliver(self.store, self.room, keys, sending.desk(self.room, self.stop))

    def _tell(self, delivered: Delivered | None, held: list[str]) -> None:
        if delivered and delivered.states:
            words = ", ".join(f"{number} {state}" for state, number in sorted(delivered.states.items()))
            _log.info("digest: %s", words)
        if delivered and delivered.trouble:
            self.health.failed("mail", delivered.trouble)
        elif held:
            self.health.failed("mail", f"{'; '.join(held)}; feeder status says what to do")
        else:
            self.health.well("mail")
