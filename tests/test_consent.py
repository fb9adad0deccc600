"""Asking, confirming, choosing, leaving: what the store then has, in SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from people import EMAIL, KEYS, add, kept, request, state, suppression
from walk import NOW

from feeder.jobs.subscribers import consent, lists
from feeder.jobs.subscribers.consent import Letter
from feeder.model import Subscriber
from feeder.store import Store, open_store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def ask(store: Store, email: str = EMAIL, locale: str = "kk", at: datetime = NOW) -> Letter | None:
    return consent.ask(store, KEYS, request(email, locale), at)


def asked(store: Store, email: str = EMAIL, locale: str = "kk", at: datetime = NOW) -> Subscriber:
    """Who asked, and gets a letter about it."""
    letter = ask(store, email, locale, at)
    assert letter is not None
    return letter.to


def token(one: Subscriber, purpose: str = "confirm") -> str:
    return KEYS.token(purpose, one.id, one.epoch)  # type: ignore[arg-type]  # one of the three


def test_who_asks_and_confirms_is_subscribed(store: Store) -> None:
    """Pending until then; the consent is kept with its time and its way, and with no network address."""
    letter = ask(store)
    assert letter is not None
    assert (letter.kind, letter.to.email, letter.to.locale, state(store)) == ("confirm", EMAIL, "kk", "pending")
    assert consent.confirm(store, KEYS, token(letter.to), NOW + HOUR)
    found = kept(store)
    assert found is not None
    assert (found.state, found.confirmed, found.asked) == ("active", NOW + HOUR, NOW)
    assert found.evidence == {"how": "page"}


def test_confirming_twice_is_confirming_once(store: Store) -> None:
    """The first time counts; and who left since is not put back by an old letter."""
    one = asked(store)
    for later in (1, 2):
        consent.confirm(store, KEYS, token(one), NOW + later * HOUR)
    found = kept(store)
    assert found is not None
    assert found.confirmed == NOW + HOUR
    consent.leave(store, KEYS, token(one, "unsubscribe"), NOW + DAY)
    consent.confirm(store, KEYS, token(one), NOW + DAY)
    assert state(store) == "left"


def test_leaving_erases_the_address_at_once(store: Store) -> None:
    """The row stays with its hash; nobody but the owner can put the address back."""
    add(store)
    one = kept(store)
    assert one is not None
    assert consent.leave(store, KEYS, KEYS.token("unsubscribe", one.name, 0), NOW + HOUR)
    found = kept(store)
    assert found is not None
    assert (found.state, found.email, found.changed) == ("left", None, NOW + HOUR)
    assert suppression(store) == "left"
    with pytest.raises(lists.Suppressed, match="has left"):
        add(store)


def test_who_left_comes_back_by_a_new_consent(store: Store) -> None:
    """The old letter's link is void, the new one's works; links in old digests go on leaving."""
    first = asked(store)
    consent.confirm(store, KEYS, token(first), NOW)
    old_digest = token(first, "unsubscribe")
    consent.leave(store, KEYS, old_digest, NOW + HOUR)
    second = asked(store, locale="ru", at=NOW + 2 * HOUR)
    assert not consent.confirm(store, KEYS, token(first), NOW + 3 * HOUR)
    assert (state(store), suppression(store)) == ("pending", "left")
    assert consent.confirm(store, KEYS, token(second), NOW + 3 * HOUR)
    found = kept(store)
    assert found is not None
    assert (found.state, found.locale, suppression(store)) == ("active", "ru", None)
    assert consent.leave(store, KEYS, old_digest, NOW + 4 * HOUR)
    assert state(store) == "left"


def test_who_is_subscribed_and_asks_again_is_told_so(store: Store) -> None:
    """In their own language; nothing changes."""
    add(store, locale="ru")
    letter = ask(store, locale="en", at=NOW + HOUR)
    assert letter is not None
    assert (letter.kind, letter.to.locale, state(store)) == ("known", "ru", "active")


def test_an_address_gets_one_letter_an_hour_and_three_a_day(store: Store) -> None:
    """However it is written; other addresses are not held up. No window begins anew on the hour."""
    moments = [NOW + timedelta(minutes=minutes) for minutes in (0, 20, 59, 61, 125, 200, 24 * 60 + 1)]
    got = [ask(store, ("Reader@example.org", EMAIL)[n % 2], at=moment) is not None for n, moment in enumerate(moments)]
    assert got == [True, False, False, True, True, False, True]
    assert ask(store, "other@example.net") is not None


def test_a_network_asks_five_times_an_hour(store: Store) -> None:
    """Two hundred times all together; an hour later again."""
    assert [consent.may_ask(store, KEYS, "192.0.2.1", NOW) for _ in range(7)] == [True] * 5 + [False] * 2
    others = [consent.may_ask(store, KEYS, f"198.51.100.{n}", NOW) for n in range(210)]
    assert others.count(True) == 195
    assert consent.may_ask(store, KEYS, "192.0.2.1", NOW + HOUR)


def test_many_who_ask_at_once_are_one(store: Store) -> None:
    """Two processes, ten requests for one address: one row, one letter, no error."""
    with ThreadPoolExecutor(5) as pool:
        letters = list(pool.map(lambda _: ask(store), range(10)))
    assert [letter is not None for letter in letters].count(True) == 1
    assert state(store) == "pending"


def test_who_does_not_confirm_is_erased(store: Store) -> None:
    """After the days the site allows, and not before; the one who did stays; counters go when they count no more."""
    ask(store)
    add(store, "other@example.net")
    consent.may_ask(store, KEYS, "192.0.2.1", NOW)
    assert consent.tidy(store, NOW + 7 * DAY, keep_pending=7 * DAY) == 0
    assert consent.tidy(store, NOW + 7 * DAY + HOUR, keep_pending=7 * DAY) == 1
    assert (state(store), state(store, "other@example.net"), suppression(store)) == (None, "active", None)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM rate").scalar() == 0


def test_an_expired_request_does_not_forget_who_left(store: Store) -> None:
    """Somebody asked for an address whose owner had left: the owner's word stays."""
    add(store)
    one = kept(store)
    assert one is not None
    consent.leave(store, KEYS, KEYS.token("unsubscribe", one.name, 0), NOW)
    ask(store, at=NOW + HOUR)
    consent.tidy(store, NOW + 9 * DAY, keep_pending=7 * DAY)
    assert (state(store), suppression(store)) == (None, "left")


def test_language_and_pause_are_the_owners(store: Store) -> None:
    """As often as wanted, with the link that stands in every digest."""
    own = add(store)
    link = KEYS.token("preferences", own, 0)
    assert consent.prefer(store, KEYS, link, NOW + HOUR, locale="ru", paused=True)
    seen = consent.look(store, KEYS, link)
    assert seen is not None
    assert (seen.locale, seen.state, seen.email) == ("ru", "paused", EMAIL)
    consent.prefer(store, KEYS, link, NOW + HOUR, locale="ru", paused=False)
    assert state(store) == "active"
    assert consent.leave(store, KEYS, link, NOW + HOUR, "preferences")
    assert consent.look(store, KEYS, link) is None
    consent.prefer(store, KEYS, link, NOW + HOUR, locale="en", paused=False)
    assert state(store) == "left"


@pytest.mark.parametrize("link", ["", "x", "a" * 32, "ә" * 32, KEYS.token("confirm", "a" * 16, 0)])
def test_a_link_to_nobody_does_nothing(link: str, store: Store) -> None:
    """And raises nothing; a link for one purpose is none for another."""
    own = add(store)
    for other in (link, KEYS.token("confirm", own, 0), KEYS.token("preferences", own, 0)):
        assert not consent.leave(store, KEYS, other, NOW)
    assert not consent.confirm(store, KEYS, link, NOW)
    assert consent.look(store, KEYS, link) is None
    assert not consent.prefer(store, KEYS, link, NOW, locale="en", paused=True)
    assert state(store) == "active"


def test_addresses_are_not_shown(store: Store) -> None:
    """In what a log or a traceback would print."""
    letter = ask(store)
    add(store, "other@example.net")
    for shown in (repr(letter), repr(request()), repr(kept(store)), repr(kept(store, "other@example.net"))):
        assert "reader@" not in shown
        assert "other@" not in shown


def test_an_erased_address_is_in_no_file_any_more(tmp_path: Path) -> None:
    """SQLite writes over what is erased, and its journal is emptied: no letter of the address is left on the disk."""
    path = tmp_path / "feeder.db"
    store = open_store(f"sqlite:///{path}")
    for number in range(50):
        add(store, f"somebody-{number}@example.net")
    add(store, "very-own-reader@example.org")
    one = kept(store, "very-own-reader@example.org")
    assert one is not None
    assert b"very-own-reader" in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    consent.leave(store, KEYS, KEYS.token("unsubscribe", one.name, 0), NOW)
    lists.erase(store, KEYS, "somebody-7@example.net", NOW)
    on_disk = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    store.close()
    assert b"very-own-reader" not in on_disk
    assert b"somebody-7@" not in on_disk
    assert b"somebody-8@" in on_disk
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
