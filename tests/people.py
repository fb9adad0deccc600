"""Subscribers for tests: keys, requests, and what the store has.

KEYS                                    of a test's site
add(store, "reader@example.org")        somebody who is subscribed; returns the opaque name
state(store, "reader@example.org")      how things stand, None when nobody is there
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from walk import NOW

from feeder.jobs.subscribers import lists
from feeder.jobs.subscribers.consent import Request
from feeder.jobs.subscribers.lists import Consent
from feeder.keys import Keys, new_name
from feeder.store import Store, subscribers
from feeder.store.subscribers import Kept

SECRET = "c2VjcmV0IG9mIGEgdGVzdCwgMzIgYnl0ZXMgbG9uZyE="
KEYS = Keys(SECRET)
EMAIL = "reader@example.org"
_numbers = itertools.count()


def name() -> str:
    """Another opaque name each time."""
    return new_name(f"chance {next(_numbers)}".encode())


def request(email: str = EMAIL, locale: str = "kk", evidence: Mapping[str, Any] | None = None) -> Request:
    return Request(email=email, locale=locale, name=name(), evidence=evidence or {"how": "page"})


def add(store: Store, email: str = EMAIL, locale: str = "kk", *, keys: Keys = KEYS, at: datetime = NOW) -> str:
    own = name()
    consent = Consent(email=email, locale=locale, at=at, evidence={"how": "command"})
    assert lists.add_confirmed(store, keys, consent, name=own, now=at)
    return own


def kept(store: Store, email: str = EMAIL, keys: Keys = KEYS) -> Kept | None:
    with store.read() as connection:
        return subscribers.by_hash(connection, keys.hash(email))


def state(store: Store, email: str = EMAIL, keys: Keys = KEYS) -> str | None:
    found = kept(store, email, keys)
    return found.state if found else None


def suppression(store: Store, email: str = EMAIL) -> str | None:
    with store.read() as connection:
        return subscribers.suppression(connection, KEYS.hash(email))
