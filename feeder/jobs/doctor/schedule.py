"""When the next digests are due."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding
from feeder.store import runs


def next_runs(patient: Patient) -> Iterator[Finding]:
    """The next three, on the site's clock and in UTC."""
    runs = ", ".join(map(patient.when, patient.digests))
    config = patient.room.config
    what = f"the digest ({config.digest.schedule}, {config.timezone}) is due {runs}"
    yield Finding(level="fine", subject="schedule", what=what)


_TOLD = {
    ("digest", "late"): "the last digest was due and is not made",
    ("digest", "failed"): "the last digest could not be made",
    ("digest", "held"): "the last digest was not made in its time, and is held",
    ("mail", "late"): "messages are due, and none was sent for an hour",
}


def last_runs(patient: Patient) -> Iterator[Finding]:
    """What should have been done by now. Builds are left out: whoever builds by hand or by cron has a schedule of his own."""
    reasons = patient.vitals.reasons if patient.vitals else {}
    for job, reason in reasons.items():
        if what := _TOLD.get((job, reason)):
            yield Finding(
                level="warning",
                subject="schedule",
                what=f"{what}{_why(patient) if job == 'digest' else ''}",
                why="subscribers wait for it",
                todo="see that feeder serve runs, and what its log says; or run: feeder digest --send",
            )


def _why(patient: Patient) -> str:
    if patient.store is None:
        return ""
    with patient.store.read() as connection:
        last = next(iter(runs.of(connection, "digest")), None)
    return f": {last.why}" if last and last.why else ""
