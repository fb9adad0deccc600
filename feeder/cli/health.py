"""How the work of `feeder serve` goes: what failed last, and since when nothing went well."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

_log = logging.getLogger("feeder")


class Health:
    """Of all that runs in one process; each kind of work has a name."""

    def __init__(self, clock: Callable[[], datetime], allowed: timedelta) -> None:
        self.clock, self.allowed = clock, allowed
        self.last_success: datetime | None = None
        self.failures: dict[str, str] = {}  #: work -> why it failed the last time

    def well(self, what: str) -> None:
        if self.failures.pop(what, None):
            _log.info("%s: works again", what)

    def done(self, what: str) -> None:
        """It went well, and that counts as a sign of life."""
        self.last_success = self.clock()
        self.well(what)

    def failed(self, what: str, why: str, trace: bool = False) -> None:
        """Told once in the log, until it works again or fails for another reason."""
        if self.failures.get(what) != why:
            _log.error("%s: %s", what, why, exc_info=trace)
        self.failures[what] = why

    def report(self) -> tuple[bool, dict[str, str | list[str]]]:
        """Red when something failed and was not done since, or when the last success is older than the schedule allows.

        Anyone may ask, so the reasons stay in the log.
        """
        fresh = self.last_success is not None and self.clock() - self.last_success <= self.allowed
        last = self.last_success.isoformat() if self.last_success else ""
        return fresh and not self.failures, {"last_success": last, "failing": sorted(self.failures)}
