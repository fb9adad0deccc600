"""How often a source has something new, and whether it has been silent for longer than that. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

_ENOUGH = 6  #: dates that make a habit
_LATEST = 60  #: of which the last count: habits change
_PATIENCE = 3  #: usual pauses that are no silence yet
_LEAST = timedelta(days=2)  #: a weekend is no silence


def usual(dates: Sequence[datetime]) -> timedelta | None:
    """The pause between two of its dates that nine of ten pauses do not exceed; None when it has too few to tell."""
    moments = sorted(set(dates))[-_LATEST:]
    if len(moments) < _ENOUGH:
        return None
    pauses = sorted(later - earlier for earlier, later in pairwise(moments))
    return pauses[len(pauses) * 9 // 10]


def silence(dates: Sequence[datetime], now: datetime) -> timedelta | None:
    """How long a source has been silent, when that is much longer than its habit; else None."""
    pause = usual(dates)
    if pause is None:
        return None
    silent = now - max(dates)
    return silent if silent > max(pause * _PATIENCE, _LEAST) else None
