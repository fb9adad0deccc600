"""The site's secret: made once, locked when the operator has a key, and links that survive all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from people import EMAIL, add, kept, state
from walk import newsroom

from feeder.config import Config
from feeder.errors import StoreError
from feeder.jobs.keys import site_keys
from feeder.store import Store, meta

LOCK, OTHER = "k" * 40, "l" * 40


def chance() -> Callable[[int], bytes]:
    """Other bytes each time."""
    counter = iter(range(100))
    return lambda size: bytes([next(counter)] * size)


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Config]:
    return lambda **settings: newsroom(tmp_path / "site", **settings).config


def test_the_secret_is_made_once(store: Store, config: Callable[..., Config]) -> None:
    """Every later start has the same, whatever chance says."""
    random = chance()
    first, second = (site_keys(store, config(), random) for _ in range(2))
    assert first.hash(EMAIL) == second.hash(EMAIL)


def test_encryption_can_be_switched_on_and_off(store: Store, config: Callable[..., Config]) -> None:
    """Addresses that are there are sealed and opened with it; links and hashes stay what they were."""
    random = chance()
    keys = site_keys(store, config(), random)
    own = add(store, keys=keys)
    link = keys.token("unsubscribe", own, 0)
    sealed = site_keys(store, config(subscribers_key=LOCK, subscribers_encrypt="true"), random)
    row = kept(store, keys=sealed)
    assert row is not None
    assert row.email is not None
    assert EMAIL.encode() not in row.email
    assert sealed.unseal(row.email, own) == EMAIL
    assert sealed.valid(link, "unsubscribe", own, 0)
    opened = site_keys(store, config(subscribers_key=LOCK), random)
    row = kept(store, keys=opened)
    assert row is not None
    assert row.email is not None
    assert EMAIL.encode() in row.email


def test_a_locked_secret_is_not_in_the_store(store: Store, config: Callable[..., Config]) -> None:
    """Who takes the database alone can neither read addresses nor make links nor try out whose hash it is."""
    random = chance()
    site_keys(store, config(), random)
    with store.read() as connection:
        before = meta.value(connection, "subscriber_secret")
    assert before is not None
    site_keys(store, config(subscribers_key=LOCK), random)
    with store.read() as connection:
        after = meta.value(connection, "subscriber_secret")
    assert after is not None
    assert before.removeprefix("plain:") not in after


@pytest.mark.parametrize("key", ["", OTHER])
def test_without_its_key_a_store_of_subscribers_is_refused(
    key: str, store: Store, config: Callable[..., Config]
) -> None:
    """In one line that says what to do; nothing is changed by the attempt."""
    random = chance()
    keys = site_keys(store, config(subscribers_key=LOCK, subscribers_encrypt="true"), random)
    add(store, keys=keys)
    with pytest.raises(StoreError, match=r"key") as error:
        site_keys(store, config(**({"subscribers_key": key} if key else {})), random)
    assert LOCK not in str(error.value)
    again = site_keys(store, config(subscribers_key=LOCK, subscribers_encrypt="true"), random)
    assert state(store, keys=again) == "active"


def test_secrets_of_the_configuration_are_not_shown(config: Callable[..., Config]) -> None:
    """Neither the key, nor the mail server's password, nor the database's."""
    made = config(
        subscribers_key=LOCK,
        mail_smtp_url="smtps://name:hunter2@mail.example.org",
        storage_database_url="postgresql://u:hunter2@db/feeder",
    )
    assert LOCK not in repr(made)
    assert "hunter2" not in repr(made)
    assert "keep_pending=7" in repr(made)
