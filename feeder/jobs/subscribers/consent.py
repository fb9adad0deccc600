"""What a person says about the digest: asks for it, confirms, changes something, leaves.

Whoever calls learns as little as can be: an unknown token and one that was used before are answered like a good one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from feeder.keys import Keys, Purpose, name_of
from feeder.model import Locale, Subscriber
from feeder.store import Store, rates, subscribers
from feeder.store.subscribers import Kept

MAIL_LIMITS = ((1, timedelta(hours=1)), (3, timedelta(days=1)))  #: letters to one address
_MAIL = "mail:"  #: buckets of letters, by the hash of the address
_ASK = "ask:"  #: buckets of questions, by the hash of the network; "ask:" alone is everybody
_LIVES = ("active", "paused")  #: states of who has confirmed and stayed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody, perhaps its owner, asks for the digest at an address."""

    email: str = field(repr=False)  #: as `feeder.addresses.parse` gives it
    locale: Locale
    name: str  #: opaque, of the subscriber if it is a new one
    evidence: Mapping[str, Any]  #: of the consent, when it is given: {"how": "page", "form": "2026-1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What an address is to be told: how to confirm, or that it has the digest already."""

    kind: Literal["confirm", "known"]
    to: Subscriber


def ask(store: Store, keys: Keys, request: Request, now: datetime) -> Letter | None:
    """Note the request; the letter it is answered with, or None when the address got enough of them.

    Nothing of it shows to who asked: the letter goes to the address.
    """
    email_hash = keys.hash(request.email)
    with store.write() as connection:
        if not rates.take(connection, _MAIL + email_hash, MAIL_LIMITS, now):
            return None
        known = subscribers.by_hash(connection, email_hash) or _first(connection, keys, request, now)
        if known.state in _LIVES:
            return Letter(kind="known", to=opened(keys, known))
        return Letter(kind="confirm", to=_asked_again(connection, keys, known, request, now))


def _first(connection: sa.Connection, keys: Keys, request: Request, now: datetime) -> Kept:
    email_hash = keys.hash(request.email)
    subscribers.put(
        connection,
        name=request.name,
        email_hash=email_hash,
        email=keys.seal(request.email, request.name),
        locale=request.locale,
        state="pending",
        now=now,
        evidence=request.evidence,
    )
    found = subscribers.by_hash(connection, email_hash)  # of ours, or of who was faster by a moment
    assert found is not None
    return found


def _asked_again(connection: sa.Connection, keys: Keys, known: Kept, request: Request, now: datetime) -> Subscriber:
    """Who asks again gets the language asked for last; who had been here before, a new link to confirm."""
    epoch = known.epoch + (known.state != "pending")
    email = keys.seal(request.email, known.name)
    values = {"locale": request.locale, "state": "pending", "asked": now, "changed": now, "epoch": epoch}
    subscribers.change(
        connection, known.row, email=email, confirmed=None, evidence=dict(request.evidence), soft_bounces=0, **values
    )
    return Subscriber(
        id=known.name, email=request.email, locale=request.locale, state="pending", asked=now, epoch=epoch
    )


def confirm(store: Store, keys: Keys, token: str, now: datetime) -> bool:
    """The owner of an address confirms. Whether the link was one of ours; asked twice, the first time counts."""
    with store.write() as connection:
        known = _by_token(connection, keys, token, "confirm")
        if known and known.state == "pending":
            subscribers.change(connection, known.row, state="active", confirmed=now, changed=now)
            subscribers.lift(connection, known.email_hash)
        return known is not None


def leave(store: Store, keys: Keys, token: str, now: datetime, purpose: Purpose = "unsubscribe") -> bool:
    """The owner leaves: the address is erased at once, its hash stays. Whether the link was one of ours."""
    with store.write() as connection:
        known = _by_token(connection, keys, token, purpose)
        if known and known.state != "left":
            stop(connection, known, "left", now)
        return known is not None


def stop(connection: sa.Connection, known: Kept, why: Literal["left", "bounced", "complained"], now: datetime) -> None:
    """From now on nothing is sent; only who left is erased, for an operator may have to look into the others."""
    if why == "left":
        subscribers.wipe(connection)
    values: dict[str, Any] = {"email": None} if why == "left" else {}
    subscribers.change(connection, known.row, state=why, changed=now, **values)
    subscribers.suppress(connection, known.email_hash, why, now)


def look(store: Store, keys: Keys, token: str) -> Subscriber | None:
    """The subscriber whose preferences a link leads to; None when it leads to nobody."""
    with store.read() as connection:
        known = _by_token(connection, keys, token, "preferences")
        return opened(keys, known) if known and known.state in _LIVES else None


def prefer(store: Store, keys: Keys, token: str, now: datetime, *, locale: Locale, paused: bool) -> bool:
    """The owner wants another language, a pause or no pause. Whether the link was one of ours."""
    with store.write() as connection:
        known = _by_token(connection, keys, token, "preferences")
        if known and known.state in _LIVES:
            state = "paused" if paused else "active"
            changed = now if state != known.state else known.changed
            subscribers.change(connection, known.row, locale=locale, state=state, changed=changed)
        return known is not None


def _by_token(connection: sa.Connection, keys: Keys, token: str, purpose: Purpose) -> Kept | None:
    """Whose token it is. Links to leave and to preferences stay good for ever, of every generation: they stand in mail."""
    known = subscribers.by_name(connection, name_of(token) or "")
    if known is None:
        keys.valid(token, purpose, "a" * 16, 0)  # takes as long
        return None
    first = known.epoch if purpose == "confirm" else 0
    return known if any(keys.valid(token, purpose, known.name, n) for n in range(known.epoch, first - 1, -1)) else None


def opened(keys: Keys, known: Kept) -> Subscriber:
    """A subscriber with its address. Raises StoreError when that was sealed with another key."""
    return Subscriber(
        id=known.name,
        email=keys.unseal(known.email, known.name) if known.email is not None else "",
        locale=known.locale,
        state=known.state,
        asked=known.asked,
        confirmed=known.confirmed,
        epoch=known.epoch,
    )


def tidy(store: Store, now: datetime, *, keep_pending: timedelta) -> int:
    """Erase who did not confirm in time, and what was counted longer ago than it counts; how many were erased."""
    with store.write() as connection:
        rates.forget(connection, now - max(span for _, span in MAIL_LIMITS), _MAIL)
        rates.forget(connection, now - ASK_SPAN, _ASK)
        erased = subscribers.forget_pending(connection, now - keep_pending)
    store.settle()
    return erased


# --- how often ------------------------------------------------------------------------------------

ASK_SPAN = timedelta(hours=1)
ASK_LIMIT = 5  #: from one network in that time
ASK_LIMIT_OF_ALL = 200  #: from all networks


def may_ask(store: Store, keys: Keys, network: str, now: datetime) -> bool:
    """Whether a network has not asked too often yet; counted if so. `network`: an IPv4 address or an IPv6 /64."""
    with store.write() as connection:
        own = rates.take(connection, _ASK + keys.of_network(network), [(ASK_LIMIT, ASK_SPAN)], now)
        return own and rates.take(connection, _ASK, [(ASK_LIMIT_OF_ALL, ASK_SPAN)], now)
