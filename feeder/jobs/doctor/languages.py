"""Words and clocks: the catalogs of every language, and the time zones of the system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from feeder.errors import FeederError
from feeder.jobs.doctor.patient import Patient
from feeder.language import locales
from feeder.model import Finding

_DOMAINS = ("messages", "places")


def catalogs(patient: Patient) -> Iterator[Finding]:
    """Every catalog is there, can be read and lacks nothing that another language has."""
    bad = [one for locale in patient.room.site.locales for domain in _DOMAINS if (one := _catalog(locale, domain))]
    yield from bad
    if not bad:
        languages = ", ".join(patient.room.site.locales)
        yield Finding(level="fine", subject="catalogs", what=f"the catalogs of {languages} are complete")


def _catalog(locale: str, domain: str) -> Finding | None:
    try:
        lost = locales.untranslated(locale, domain)
    except (FeederError, OSError) as error:
        return Finding(
            level="blocker",
            subject="catalogs",
            what=f"the catalog {domain} of {locale!r} cannot be read: {error}",
            why="nothing can be written in this language without its words",
            todo="correct the catalog, or install feeder again",
        )
    if not lost:
        return None
    return Finding(
        level="warning",
        subject="catalogs",
        what=f"the catalog {domain} of {locale!r} lacks {len(lost)} of the messages, such as {lost[0]!r}",
        why="readers would see these words in English",
        todo="translate them, see docs/translators.md",
    )


def time_zones(patient: Patient) -> Iterator[Finding]:
    """Kazakhstan has had one time since 2024-03-01; data from before 2024a does not know."""
    almaty = datetime(2024, 3, 1, tzinfo=ZoneInfo("Asia/Almaty")).utcoffset()
    if almaty != timedelta(hours=5):
        yield Finding(
            level="blocker",
            subject="time zones",
            what="the time zone data of this machine is older than 2024a",
            why="times in Kazakhstan since 2024-03-01 would be an hour off, and so would the digest",
            todo="update the system's package tzdata",
        )
        return
    zone = patient.room.config.timezone
    local = patient.now.astimezone(patient.room.site.zone)
    offset = f"{local:%z}"
    what = f"time zone data is of 2024a or newer; in {zone} it is {local:%H:%M}, UTC{offset[:3]}:{offset[3:]}"
    yield Finding(level="fine", subject="time zones", what=what)
    if patient.now.astimezone(UTC).year < 2024:
        yield Finding(
            level="warning",
            subject="time zones",
            what=f"the clock of this machine says {local:%Y-%m-%d}",
            why="dates of publication, schedules and certificates go wrong with a wrong clock",
            todo="set the clock, best by NTP",
        )
