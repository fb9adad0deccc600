"""What is done about subscribers every minute: who did not confirm is erased, what came back is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeder.jobs import bounces
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers import consent
from feeder.keys import Keys
from feeder.store import Store
from feeder.transports import folder

_LETTERS = ("confirm-*.eml", "known-*.eml")  #: of a site without a mail server


def keep_up(store: Store, room: Newsroom, keys: Keys, now: datetime) -> None:
    """Erase, forget and read what is due. Raises FeederError when the mailbox for bounces cannot be read."""
    patience = timedelta(days=room.config.subscribers.keep_pending)
    consent.tidy(store, now, keep_pending=patience)
    for pattern in _LETTERS:
        folder.forget_before(room.outbox, pattern, (now - patience).timestamp())
    bounces.read_mailbox(store, room, keys, now)
