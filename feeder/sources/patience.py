"""When a remote feed is visited again. Pure: what was remembered and what happened come in, what to remember goes out."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from feeder.errors import FetchError
from feeder.model import Source, SourceState

if TYPE_CHECKING:
    from feeder.sources.remote import Fetched

_LONGEST = timedelta(days=1)  #: between two tries of a feed that fails
_FORGET = 3  #: failures after which an address that a redirect gave is no longer believed


def is_due(state: SourceState | None, now: datetime) -> bool:
    """Whether to visit now. A feed whose publisher said that it is gone is never due."""
    return state is None or (state.next_try is not None and state.next_try <= now)


def after_success(state: SourceState, source: Source, fetched: Fetched, now: datetime) -> SourceState:
    """It answered, with news or without; a visit sooner than it asks for would be in vain."""
    wait = max(source.every, timedelta(seconds=fetched.max_age))
    seen = fetched.headers if fetched.changed else {}
    return replace(
        state,
        etag=seen.get("etag", "" if fetched.changed else state.etag),
        last_modified=seen.get("last-modified", "" if fetched.changed else state.last_modified),
        permanent_url=fetched.permanent_url or state.permanent_url,
        last_success=now,
        last_error="",
        failures=0,
        next_try=now + wait + jitter(state.key, now, wait),
    )


def after_failure(state: SourceState, source: Source, error: FetchError, now: datetime) -> SourceState:
    """It failed: wait twice as long each time, a day at most, or as long as it asks for; when it is gone, for ever."""
    failures = state.failures + 1
    wait = min(source.every * 2 ** min(failures, 12), max(_LONGEST, source.every))
    wait = max(wait, timedelta(seconds=error.wait))
    return replace(
        state,
        permanent_url=state.permanent_url if failures < _FORGET else "",
        last_error=str(error),
        failures=failures,
        next_try=None if error.gone else now + wait + jitter(state.key, now, wait),
    )


def jitter(key: str, now: datetime, wait: timedelta) -> timedelta:
    """Up to a tenth of the wait, so that feeds do not all come due at once; from the key and the time, not from chance."""
    number = int.from_bytes(hashlib.sha256(f"{key} {now.isoformat()}".encode()).digest()[:4], "big")
    return timedelta(seconds=int(wait.total_seconds() / 10 * number / 2**32))
