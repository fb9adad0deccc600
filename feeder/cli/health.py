"""How the work of `feeder serve` goes: what failed last in this process, and what the store's records say.

Who restarts a program that fails has a program that fails: a job that is late stays late after a restart, because its last
success is read from the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from feeder.errors import FeederError

if TYPE_CHECKING:
    from feeder.editors.facts import Pulse
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.vitals import Vitals
    from feeder.store import Store

#: The words of `report` for those who may know more (`feeder.editors.reasons`).
_SAID = {
    "late": "is later than the schedule allows",
    "failed": "failed the last time",
    "held": "waits for a person to decide",
    "never": "was never done",
    "unreachable": "cannot be reached",
}
_log = logging.getLogger("feeder")


class Health:
    """Of all that runs; each kind of work has a name. `look` asks the store."""

    def __init__(self, clock: Callable[[], datetime], look: Callable[[datetime], Vitals]) -> None:
        self.clock, self.look = clock, look
        self.failures: dict[str, str] = {}  #: work -> why it failed the last time

    def well(self, what: str) -> None:
        if self.failures.pop(what, None):
            _log.info("%s: works again", what)

    def failed(self, what: str, why: str, trace: bool = False) -> None:
        """Told once in the log, until it works again or fails for another reason."""
        if self.failures.get(what) != why:
            _log.error("%s: %s", what, why, exc_info=trace)
        self.failures[what] = why

    def report(self) -> tuple[bool, Mapping[str, object]]:
        """Red when something failed and was not done since, or was last done longer ago than the schedule allows.

        Anyone may ask, so each reason is one word; what is behind it stays in the log.
        """
        reasons, last = self._judged()
        told = last.isoformat() if last else ""
        return not reasons, {"last_success": told, "failing": sorted(reasons), "reasons": reasons}

    def reasons(self) -> Mapping[str, str]:
        """What is not well, and why, in a word each; none: all is."""
        return self._judged()[0]

    def _judged(self) -> tuple[dict[str, str], datetime | None]:
        reasons = dict.fromkeys(self.failures, "failed")
        try:
            vitals = self.look(self.clock())
        except FeederError:
            return {**reasons, "store": "unreachable"}, None
        return {**reasons, **vitals.reasons}, vitals.last_success

    def pulse(self) -> Pulse:
        """The same for the people of the newsroom, with what is behind it."""
        from feeder.editors.facts import Pulse

        well, facts = self.report()
        reasons, last = facts["reasons"], str(facts["last_success"])
        assert isinstance(reasons, dict)  # as `report` has it
        said = {str(work): _SAID.get(word, str(word)) for work, word in reasons.items()}
        return Pulse(
            well=well,
            last_success=datetime.fromisoformat(last) if last else None,
            failures={**said, **self.failures},
        )

    def ready(self) -> bool:
        """Whether there is a site to be served: it was built once, and the store answers."""
        try:
            return self.look(self.clock()).built
        except FeederError:
            return False


def health_of(room: Newsroom, store: Store, clock: Callable[[], datetime]) -> Health:
    """Of the site in this room."""
    return Health(clock, lambda now: look(room, store, now))


def look(room: Newsroom, store: Store, now: datetime) -> Vitals:
    """What the store's records say of a site, by its own schedule. Raises FeederError."""
    from feeder import scheduler
    from feeder.jobs import vitals

    due = scheduler.last_due(room.config.digest.schedule, room.site.zone, now)
    return vitals.look(store, room, now=now, due=due, week=scheduler.week_for(due, room.site.zone))
