"""The keys of a site: its secret is made once and kept in the store, plain or locked with the operator's key.

The secret itself never changes: hashes of addresses cannot be made anew once the addresses are erased, and the links
in every message that was ever sent depend on it. So `subscribers.key` is the key to the secret and not the secret: a
site that begins without one can lock its secret later, and all links go on working.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

import sqlalchemy as sa

from feeder.config import Config
from feeder.errors import StoreError
from feeder.keys import Keys, locked, unlocked
from feeder.store import Store, meta, subscribers

Chance = Callable[[int], bytes]  #: so many bytes that nobody can guess; a door's to give

_SECRET, _ENCRYPTED = "subscriber_secret", "subscriber_encrypted"
_PLAIN, _LOCKED = "plain:", "locked:"


def site_keys(store: Store, config: Config, chance: Chance) -> Keys:
    """The keys of the site; addresses are kept as the configuration says from now on, those that were there too.

    Raises StoreError when the secret is locked with another key, or with one that is not configured any more.
    """
    wanted = config.subscribers
    with store.read() as connection:
        kept, encrypted = meta.value(connection, _SECRET), meta.value(connection, _ENCRYPTED)
    settled = kept is not None and kept.startswith(_LOCKED if wanted.key else _PLAIN)
    if not settled or (encrypted == "yes") is not wanted.encrypt:
        kept = _settle(store, config, chance)
    assert kept is not None
    return Keys(_secret(kept, wanted.key), encrypt=wanted.encrypt)


def _settle(store: Store, config: Config, chance: Chance) -> str:
    """Make the secret if there is none, lock it if there is a key, and keep every address as configured."""
    wanted = config.subscribers
    fresh = base64.b64encode(chance(32)).decode("ascii")
    with store.write() as connection:
        subscribers.wipe(connection)  # what was kept plainly until now
        secret = _secret(meta.put_first(connection, _SECRET, _as_kept(fresh, wanted.key)), wanted.key)
        kept = _as_kept(secret, wanted.key)
        meta.put(connection, _SECRET, kept)
        _reseal(connection, Keys(secret, encrypt=wanted.encrypt))
        meta.put(connection, _ENCRYPTED, "yes" if wanted.encrypt else "no")
    store.settle()
    return kept


def _as_kept(secret: str, key: str) -> str:
    return _LOCKED + locked(secret, key) if key else _PLAIN + secret


def _secret(kept: str, key: str) -> str:
    if kept.startswith(_PLAIN):
        return kept.removeprefix(_PLAIN)
    if not key:
        raise StoreError(
            "the subscribers of this store are locked with a key that is not configured; "
            "set FEEDER_SUBSCRIBERS_KEY_FILE to the file that holds it"
        )
    return unlocked(kept.removeprefix(_LOCKED), key)


def _reseal(connection: sa.Connection, keys: Keys) -> None:
    """Keep every address as the configuration says now."""
    other = [one for one in subscribers.every(connection) if one.email is not None and not keys.as_kept(one.email)]
    for one in other:
        assert one.email is not None
        subscribers.change(connection, one.row, email=keys.seal(keys.unseal(one.email, one.name), one.name))
