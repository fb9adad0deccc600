"""When the next digests are due."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding


def next_runs(patient: Patient) -> Iterator[Finding]:
    """The next three, on the site's clock and in UTC."""
    runs = ", ".join(map(patient.when, patient.digests))
    config = patient.room.config
    what = f"the digest ({config.digest.schedule}, {config.timezone}) is due {runs}"
    yield Finding(level="fine", subject="schedule", what=what)
