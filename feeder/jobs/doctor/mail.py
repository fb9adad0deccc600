"""Whether the digest can leave the house."""

from __future__ import annotations

from collections.abc import Iterator

from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding


def server(patient: Patient) -> Iterator[Finding]:
    """Where messages go."""
    if patient.room.config.mail.smtp_url:
        yield Finding(level="fine", subject="mail", what="mail.smtp_url is set")
        return
    yield Finding(
        level="note",
        subject="mail",
        what="no mail server is configured",
        why="the digest is written to files in the outbox, and to nobody",
        todo="to send it, set FEEDER_MAIL_SMTP_URL",
    )
