"""The operator's list: what goes out comes in again, what cannot be used is named, nobody is put back who left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import EMAIL, KEYS, add, kept, name, request, state, suppression
from walk import NOW

from feeder.errors import FeederError
from feeder.jobs.subscribers import consent, lists
from feeder.jobs.subscribers.lists import Imported, Terms
from feeder.store import Store
from feeder.store.engine import IN_MEMORY, connect
from feeder.store.upgrade import migrate

TERMS = Terms(locales=("en", "kk", "ru"), zone=ZoneInfo("Asia/Almaty"), refused_domains=("example.com",), now=NOW)
HEAD = "email,language,confirmed_at,evidence\n"


def put(store: Store, text: str, terms: Terms = TERMS) -> Imported:
    return lists.import_csv(store, KEYS, text, terms, name)


def test_an_export_can_be_imported_elsewhere(store: Store) -> None:
    """Address, language, time and way of the consent, and who pauses; those who have not confirmed stay behind."""
    add(store)
    paused = add(store, "рысбек@пошта.қаз", "ru")
    consent.prefer(store, KEYS, KEYS.token("preferences", paused, 0), NOW, locale="ru", paused=True)
    add(store, "gone@example.net")
    lists.erase(store, KEYS, "gone@example.net", NOW)
    consent.ask(store, KEYS, request("pending@example.net"), NOW)
    text = lists.to_csv(lists.confirmed(lists.rows(store, KEYS, masked=False)))
    assert text.splitlines()[0] == HEAD.strip()
    assert len(text.splitlines()) == 3
    other = connect(IN_MEMORY)
    migrate(other)
    assert put(other, text, replace(TERMS, now=NOW + timedelta(days=1))).added == 2
    again = lists.to_csv(lists.rows(other, KEYS, masked=False))
    assert again == text
    assert state(other, "рысбек@пошта.қаз") == "paused"
    other.close()


def test_good_lines_are_taken_and_the_others_named(store: Store) -> None:
    """With their numbers and what is wrong; a line break within quotes does not mislead the count."""
    add(store, "there@example.net")
    gone = add(store, "left@example.net")
    consent.leave(store, KEYS, KEYS.token("unsubscribe", gone, 0), NOW)
    text = HEAD + "\n".join([
        'a@example.org,kz,2026-10-01T10:00:00+05:00,"a paper\nlist, signed"',
        "nonsense,kk,2026-10-01,",
        "b@example.org,de,2026-10-01,",
        "c@example.org,kk,,",
        "d@example.org,kk,yesterday,",
        "e@example.org,kk,2030-01-01,",
        "f@example.com,kk,2026-10-01,",
        "there@example.net,kk,2026-10-01,",
        "left@example.net,kk,2026-10-01,",
        ",,,",
        "g@example.org,KAZ,2026-10-01,",
        "h@example.org",
    ])  # fmt: skip
    done = put(store, text)
    assert (done.added, done.known) == (2, 1)
    assert [line for line, _ in done.suppressed] == [11]
    assert [line for line, _ in done.refused] == [4, 5, 6, 7, 8, 9, 14]
    assert not any("nonsense" in why or "@example.com" in why for _, why in done.refused)
    found = kept(store, "a@example.org")
    assert found is not None
    assert (found.locale, found.evidence) == ("kk", {"how": "import", "said": "a paper\nlist, signed"})
    assert found.confirmed is not None
    assert found.confirmed.isoformat() == "2026-10-01T05:00:00+00:00"
    assert suppression(store, "left@example.net") == "left"


def test_an_import_can_be_repeated(store: Store) -> None:
    """Nothing is there twice, and a choice made since stays."""
    text = HEAD + f"{EMAIL},kk,2026-10-01,\n"
    put(store, text)
    one = kept(store)
    assert one is not None
    consent.prefer(store, KEYS, KEYS.token("preferences", one.name, 0), NOW, locale="ru", paused=True)
    assert put(store, text).known == 1
    found = kept(store)
    assert found is not None
    assert (found.locale, found.state) == ("ru", "paused")


@pytest.mark.parametrize(
    "text",
    ["\ufeff" + HEAD + f"{EMAIL},kk,2026-10-01,\r\n", f"Language; Confirmed_at ;EMAIL\nkk;2026-10-01;{EMAIL}\n"],
)
def test_spreadsheets_write_csv_in_their_own_ways(text: str, store: Store) -> None:
    """With a mark in front, with semicolons, with other columns, in another order."""
    assert put(store, text).added == 1


@pytest.mark.parametrize("text", ["", "name,address\n", f"{EMAIL},kk,2026-10-01,\n", HEAD + '"open'])
def test_a_file_that_is_none_is_refused_whole(text: str, store: Store) -> None:
    """With its line; or nothing is in it."""
    try:
        assert put(store, text).added == 0
    except FeederError as error:
        assert "line 1" in str(error)  # noqa: PT017  either is right


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_imported_or_refused(text: str) -> None:
    """Whatever is in the file: no error but ours."""
    store = connect(IN_MEMORY)
    migrate_once(store)
    try:
        put(store, HEAD + text)
    except FeederError:
        pass
    finally:
        store.close()


def migrate_once(store: Store) -> None:
    from feeder.store.tables import metadata

    with store.write() as connection:
        metadata.create_all(connection)


def test_erasing_leaves_the_hash_alone(store: Store) -> None:
    """No row, no address; an import does not put it back, its owner can."""
    add(store)
    assert lists.erase(store, KEYS, EMAIL, NOW)
    assert (state(store), suppression(store)) == (None, "erased")
    assert put(store, HEAD + f"{EMAIL},kk,2026-10-01,\n").suppressed
    assert lists.erase(store, KEYS, EMAIL, NOW) is None
    letter = consent.ask(store, KEYS, request(), NOW)
    assert letter is not None
    consent.confirm(store, KEYS, KEYS.token("confirm", letter.to.id, 0), NOW)
    assert (state(store), suppression(store)) == ("active", None)


def test_lists_are_masked(store: Store) -> None:
    """What is shown on a screen is not what somebody behind it could use."""
    add(store)
    rows = lists.rows(store, KEYS, masked=True)
    shown = lists.to_csv(rows) + json.dumps([row.record() for row in rows]) + repr(rows)
    assert EMAIL not in shown
    assert "r…@e….org" in lists.to_csv(rows)


@pytest.mark.parametrize("why", [lambda s, n: consent.leave(s, KEYS, KEYS.token("unsubscribe", n, 0), NOW)])
def test_the_operator_cannot_put_back_who_left(why: Callable[[Store, str], object], store: Store) -> None:
    """Neither with a consent on paper nor by a letter; the reason says who can."""
    own = add(store)
    why(store, own)
    with pytest.raises(lists.Suppressed, match="only its owner can come back"):
        add(store)
    with pytest.raises(lists.Suppressed):
        lists.may_ask(store, KEYS, EMAIL)
    lists.may_ask(store, KEYS, "other@example.net")
