"""What the site's secret is good for: finding, sealing, and links that nobody else can make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import StoreError
from feeder.keys import NAME, TOKEN, Keys, Purpose, locked, name_of, new_name, unlocked

SECRET = "c2VjcmV0IG9mIGEgdGVzdCwgMzIgYnl0ZXMgbG9uZyE="
KEYS, SEALING = Keys(SECRET), Keys(SECRET, encrypt=True)
PURPOSES: tuple[Purpose, ...] = ("confirm", "unsubscribe", "preferences")
names = st.binary(min_size=10, max_size=40).map(new_name)
emails = st.text(min_size=1, max_size=80, alphabet=st.characters(codec="utf-8"))


def test_an_address_is_found_however_it_is_written() -> None:
    """Capital letters and the two ways to write й are one address; another address, or another site's key, is another."""
    assert KEYS.hash("Reader@example.org") == KEYS.hash("reader@example.org")
    assert KEYS.hash("ай@example.org") == KEYS.hash("аи\u0306@example.org")
    assert KEYS.hash("reader@example.org") != KEYS.hash("reader@example.net")
    assert KEYS.hash("reader@example.org") != Keys(SECRET[::-1]).hash("reader@example.org")
    assert len(KEYS.hash("reader@example.org")) == 32


@given(names, st.sampled_from(PURPOSES), st.integers(0, 1000))
def test_a_token_opens_one_thing_only(name: str, purpose: Purpose, epoch: int) -> None:
    """The subscriber, the purpose and the generation it was made for."""
    token = KEYS.token(purpose, name, epoch)
    assert (len(token), len(name), name_of(token)) == (TOKEN, NAME, name)
    assert KEYS.valid(token, purpose, name, epoch)
    assert not KEYS.valid(token, purpose, name, epoch + 1)
    assert not any(KEYS.valid(token, other, name, epoch) for other in PURPOSES if other != purpose)
    assert not Keys(SECRET[::-1]).valid(token, purpose, name, epoch)


@given(st.text())
def test_no_text_from_outside_is_trouble(text: str) -> None:
    """Whatever somebody types behind a slash, also letters that are half a character."""
    name_of(text)
    assert not KEYS.valid(text, "confirm", new_name(b"0123456789"), 0)
    assert KEYS.stamped(text) is None


@given(names, st.integers(0, TOKEN - 1))
def test_a_token_with_one_other_letter_is_none(name: str, place: int) -> None:
    """Also where base64 has letters to spare."""
    token = KEYS.token("unsubscribe", name, 0)
    other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    assert not KEYS.valid(other, "unsubscribe", name_of(other) or name, 0)


@given(emails, names)
def test_what_is_sealed_can_be_opened_and_is_not_legible(email: str, name: str) -> None:
    """With the same secret, whether or not it seals now."""
    sealed = SEALING.seal(email, name)
    assert KEYS.unseal(sealed, name) == SEALING.unseal(sealed, name) == email
    assert KEYS.unseal(KEYS.seal(email, name), name) == email
    assert len(email) < 4 or email.encode() not in sealed
    assert sealed == SEALING.seal(email, name)
    assert (SEALING.as_kept(sealed), KEYS.as_kept(sealed), KEYS.as_kept(KEYS.seal(email, name))) == (True, False, True)


def test_a_sealed_address_belongs_to_its_subscriber() -> None:
    """Moved to another row, or opened with another key, it is refused in one line."""
    name, other = new_name(b"0" * 10), new_name(b"1" * 10)
    sealed = SEALING.seal("reader@example.org", name)
    for keys, whose in ((SEALING, other), (Keys(SECRET[::-1]), name)):
        with pytest.raises(StoreError, match=r"subscribers\.key"):
            keys.unseal(sealed, whose)


def test_a_stamp_tells_when_a_form_was_given_out() -> None:
    """To the second; nobody else can make or move one."""
    moment = datetime(2026, 11, 16, 3, 0, 7, tzinfo=UTC)
    stamp = KEYS.stamp(moment)
    assert KEYS.stamped(stamp) == moment
    assert Keys(SECRET[::-1]).stamped(stamp) is None
    assert KEYS.stamped(KEYS.stamp(moment + timedelta(seconds=1))[:8] + stamp[8:]) is None
    assert KEYS.stamped("_" * 32) is None


def test_the_secret_can_be_locked_with_a_key() -> None:
    """And opened with no other."""
    kept = locked(SECRET, "k" * 32)
    assert SECRET not in kept
    assert unlocked(kept, "k" * 32) == SECRET
    with pytest.raises(StoreError, match="another key"):
        unlocked(kept, "l" * 32)


def test_keys_are_not_shown() -> None:
    """In a log or a traceback there is nothing of the secret."""
    assert SECRET not in repr(KEYS)
    assert "Keys" in repr(KEYS)


def test_a_message_id_says_nothing_and_stays() -> None:
    """The same for a retry, another for another subscriber or issue."""
    ids = [KEYS.message_id(issue, name, "example.org") for issue in ("a", "b") for name in ("c" * 16, "d" * 16)]
    assert len(set(ids)) == 4
    assert ids[0] == KEYS.message_id("a", "c" * 16, "example.org")
    assert all(one.endswith("@example.org") and "cccc" not in one for one in ids)
