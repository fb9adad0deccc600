"""What would keep a site from its next run, told before it happens. Nothing is changed; of the net only
the mail server is asked, and sent nothing.

    examine(Patient(...)) -> [Finding, ...]       every check of CHECKS in its order; a check yields what it finds

A check is a function `Patient -> Iterator[Finding]` in the module of its subject; to add one, write it there and name it in
CHECKS. It says what is so, why that matters and what to do, and leaves out passwords and mail addresses (those that
slip in with an error are struck out here). Only what stops the next run is a blocker.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from feeder.jobs.doctor import (
    clocks,
    configuration,
    languages,
    ledger,
    mail,
    overrides,
    permissions,
    schedule,
    sources,
    storage,
)
from feeder.jobs.doctor.patient import Patient as Patient
from feeder.model import Finding

Check = Callable[[Patient], Iterator[Finding]]

CHECKS: Sequence[Check] = (
    configuration.understood,
    configuration.address,
    configuration.origins,
    languages.catalogs,
    languages.time_zones,
    storage.data_folder,
    storage.output_folder,
    storage.disk_space,
    storage.store_version,
    sources.folders,
    sources.saved_feeds,
    sources.feeds,
    sources.quarantine,
    schedule.next_runs,
    schedule.last_runs,
    clocks.skew,
    overrides.templates,
    permissions.secrets_files,
    ledger.restored,
    ledger.held,
    mail.server,
    mail.identity,
    mail.records,
    mail.bounces,
    mail.patch_level,
)

_SECRET = re.compile(r"(?<=://)[^/\s@]*@|(?<=[?&;])[^\s'\"&;=]+=[^\s'\"&;]*|[^\s@<>\"'()]+@[^\s@<>\"'(),;]+\.\w+")
_log = logging.getLogger("feeder")


def examine(patient: Patient) -> list[Finding]:
    """Everything that was found, in the order of the checks."""
    return [_discreet(finding) for check in CHECKS for finding in _found(check, patient)]


def _found(check: Check, patient: Patient) -> Iterator[Finding]:
    """What one check finds. One that fails is a finding, too, and stops no other."""
    try:
        yield from list(check(patient))
    except Exception as error:
        _log.debug("%s", check.__name__, exc_info=True)
        yield Finding(
            level="warning",
            subject=check.__name__.replace("_", " "),
            what=f"this could not be checked: {type(error).__name__}: {error}",
            why="what is wrong here may be found too late",
            todo="see whether the other findings explain it; if not, please report it",
        )


def discreet(text: str) -> str:
    """Without passwords, keys in addresses of the web, and mail addresses."""
    return _SECRET.sub("…", text)


def _discreet(finding: Finding) -> Finding:
    """Without passwords and keys in addresses, and without mail addresses: people paste this into tickets."""
    subject, what, why, todo = map(discreet, (finding.subject, finding.what, finding.why, finding.todo))
    return replace(finding, subject=subject, what=what, why=why, todo=todo)
