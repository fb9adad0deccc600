"""What the checks look at."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeder.config.origins import Origin
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.vitals import Vitals
from feeder.model import SourceState
from feeder.store import Store, source_states


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A site as it is now."""

    room: Newsroom
    store: Store | None  #: open for looking only; None: there is none, or it is another feeder's, see `store_trouble`
    store_trouble: str = ""  #: why the store cannot be looked at; "" when it can, or when there is none yet
    store_version: str = ""  #: "" when there is none
    now: datetime
    digests: Sequence[datetime] = ()  #: the next moments at which the digest is due
    vitals: Vitals | None = None  #: what the store's records say of the last ones; None: there is no store
    origins: Sequence[Origin] = ()  #: where each key of the configuration is from
    secret_files: Sequence[Path] = ()  #: named by variables that end in _FILE

    @functools.cached_property
    def states(self) -> Mapping[str, SourceState]:
        """What is remembered of remote feeds, by key of the source."""
        if self.store is None:
            return {}
        with self.store.read() as connection:
            return source_states.states(connection)

    def when(self, moment: datetime) -> str:
        """A moment on the site's clock and in UTC: "Mon 2026-11-30 08:00 +05 (03:00 UTC)"."""
        local = moment.astimezone(self.room.site.zone)
        day = f"{_DAYS[local.weekday()]} {local:%Y-%m-%d %H:%M}"
        return f"{day} {local:%z}".removesuffix("00") + f" ({moment:%H:%M} UTC)"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # strftime would ask the system's language
