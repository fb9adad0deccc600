"""feeder.toml, as far as it can be right and still not what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from feeder.config.origins import DEFAULT
from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding

_SUBJECT = "configuration"
_HERE = ("localhost", "127.0.0.1", "::1")


def wrong(reason: str) -> Finding:
    """The finding when there is no configuration to examine anything by."""
    return Finding(
        level="blocker",
        subject=_SUBJECT,
        what=reason,
        why="feeder does nothing before this is right",
        todo="correct what the line names; docs/configuration.md has every key",
    )


def understood(patient: Patient) -> Iterator[Finding]:
    """It was read, or there would be no patient."""
    config = patient.room.config
    number = len(config.sources)
    what = (
        f"feeder.toml is understood: {number} {'source' if number == 1 else 'sources'}, {', '.join(config.languages)}"
    )
    yield Finding(level="fine", subject=_SUBJECT, what=what)
    if config.title == "feeder":
        yield Finding(
            level="note",
            subject=_SUBJECT,
            what="the newsroom has no name",
            why='readers see "feeder" as the title of feeds, pages and mail',
            todo="write title in feeder.toml, one for each language",
        )


def address(patient: Patient) -> Iterator[Finding]:
    """Where readers are told that the site is."""
    url = urlsplit(patient.room.config.base_url)
    if url.hostname in _HERE:
        yield Finding(
            level="note",
            subject=_SUBJECT,
            what=f"base_url is {url.scheme}://{url.netloc}, this machine",
            why="every link in feeds and mail leads there, and nobody else can follow it",
            todo="write the address at which readers find the site before you publish it",
        )
    elif url.scheme == "http":
        yield Finding(
            level="warning",
            subject=_SUBJECT,
            what="base_url begins with http://",
            why="whoever carries a reader's traffic sees which stories are read, and can change them",
            todo="serve the site over https and write https:// in base_url; ids of entries stay as they are",
        )


def origins(patient: Patient) -> Iterator[Finding]:
    """Where what is not a default comes from; each key with its value is in the JSON."""
    groups: dict[str, list[str]] = {}
    for one in patient.origins:
        if one.where != DEFAULT:
            groups.setdefault(one.where, []).append(one.key)
    if not groups:
        return
    told = (
        ", ".join(keys) + (" is" if len(keys) == 1 else " are") + f" from {where}" for where, keys in groups.items()
    )
    number = sum(one.where == DEFAULT for one in patient.origins)
    yield Finding(level="fine", subject=_SUBJECT, what=f"{'; '.join(told)}; {number} keys have their defaults")
