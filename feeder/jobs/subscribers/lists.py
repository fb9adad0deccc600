"""The operator's side of the list: adding, importing, exporting, erasing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feeder.errors import AddressError
from feeder.keys import Keys
from feeder.model import Locale
from feeder.store import Store, subscribers

REASONS: Mapping[str, str] = {
    "erased": "was erased",
    "left": "has left",
    "bounced": "does not take mail",
    "complained": "called the digest spam",
}


def add_confirmed(
    store: Store, keys: Keys, email: str, locale: Locale, *, name: str, now: datetime, evidence: Mapping[str, Any]
) -> bool:
    """Add somebody whose consent the operator has. False when the address is in the list and confirmed already.

    Raises AddressError for an address that only its owner may put back.
    """
    email_hash = keys.hash(email)
    with store.write() as connection:
        if why := subscribers.suppression(connection, email_hash):
            raise AddressError(suppressed(why))
        known = subscribers.by_hash(connection, email_hash)
        if known and known.state in ("active", "paused"):
            return False
        if known is None:
            sealed = keys.seal(email, name)
            subscribers.put(
                connection,
                name=name,
                email_hash=email_hash,
                email=sealed,
                locale=locale,
                state="active",
                now=now,
                confirmed=now,
                evidence=evidence,
            )
            return True
        values = {"locale": locale, "state": "active", "confirmed": now, "changed": now, "evidence": dict(evidence)}
        subscribers.change(connection, known.row, **values)
        return True


def suppressed(why: str) -> str:
    """Why an operator cannot put an address back, and who can."""
    return f"this address {REASONS[why]}; its owner alone can come back, through the site's page to subscribe"
