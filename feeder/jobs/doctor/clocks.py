"""Whether the clock can be right: nothing that was written before may be from the future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeder.config import sqlite_path
from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding
from feeder.store import runs

_SLACK = timedelta(minutes=2)


def skew(patient: Patient) -> Iterator[Finding]:
    """A clock that was put back is seen offline; one that is wrong and always was is not."""
    later = [(what, at) for what, at in _traces(patient) if at - patient.now > _SLACK]
    if not later:
        yield Finding(level="fine", subject="clock", what="nothing here is from the future")
        return
    what, at = max(later, key=lambda one: one[1])
    yield Finding(
        level="warning",
        subject="clock",
        what=f"the clock says {patient.when(patient.now)}, and {what} is of {patient.when(at)}",
        why="with a wrong clock the digest comes at a wrong time, certificates are refused, and dates in feeds are wrong",
        todo="set the clock, best by NTP; where it was ahead before, wait until that time is over",
    )


def _traces(patient: Patient) -> Iterator[tuple[str, datetime]]:
    if patient.store:
        with patient.store.read() as connection:
            newest = runs.newest(connection)
        if newest:
            yield "the last record in the store", newest
    store = sqlite_path(patient.room.database_url)
    for path in (store, patient.room.output, patient.room.output / "opml.xml"):
        if path and (at := _modified(path)):
            yield str(path), at


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
