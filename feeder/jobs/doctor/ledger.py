"""Digests that wait for a person: held deliveries, a store that was put back, a week that was not made."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding, HeldFor
from feeder.store import deliveries, lineage
from feeder.store.logbook import Logbook

_STATUS = "run: feeder status, which says what is known and which command decides"
_HELD: dict[HeldFor, str] = {
    "uncertain": "nobody knows whether the server took them",
    "late": "they are later than [digest] hold_after allows",
    "restored": "the store was put back from a backup",
}


def restored(patient: Patient) -> Iterator[Finding]:
    """A store that is older than what was sent sends nothing more."""
    if patient.store is None:
        return
    with patient.store.read() as connection:
        since = lineage.restored(connection)
        older = lineage.older(connection, Logbook(patient.room.sending, "").mark())
    if since or older:
        yield Finding(
            level="blocker",
            subject="ledger",
            what="the store is a backup that was put back, or comes from another machine",
            why="everything is held: what it takes for unsent may have been sent",
            todo=_STATUS,
        )


def held(patient: Patient) -> Iterator[Finding]:
    """Deliveries that are not sent before somebody decides."""
    if patient.store is None:
        return
    with patient.store.read() as connection:
        standings = deliveries.standings(connection)
    counts = {why: sum(one.held.get(why, 0) for one in standings) for why in _HELD}
    for why, number in counts.items():
        if number:
            yield Finding(
                level="warning",
                subject="ledger",
                what=f"{number} {'delivery is' if number == 1 else 'deliveries are'} held: {_HELD[why]}",
                why="their readers wait, and nothing decides by itself",
                todo=_STATUS,
            )
    if not any(counts.values()):
        yield Finding(level="fine", subject="ledger", what="nothing is held")
