"""Notices in the readers' words. What can put a reader in danger must be understood, whatever language the story is in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from feeder.language import locales
from feeder.model import Locale, Notice

# the Russian law's term in three languages, and the names of the one publisher whose notice we have words for
_UNDESIRABLE = re.compile(r"undesirable organi[sz]ation|нежелательн\w+[»\" ]+организац|қалаусыз ұйым", re.IGNORECASE)
_RFERL = re.compile(r"RFE/RL|РСЕ/РС|Радио Свобод|Азаттық|Азаттык")


def topic(text: str) -> str:
    """What a notice is about, when feeder has its own words for that; else ""."""
    return "rferl" if _UNDESIRABLE.search(text) and _RFERL.search(text) else ""


def for_readers(notices: Iterable[Notice], locale: Locale) -> tuple[Notice, ...]:
    """Notices with their topic; before one in a foreign language stand our own words in the readers'."""
    return tuple(_both(notices, locale))


def _both(notices: Iterable[Notice], locale: Locale) -> Iterator[Notice]:
    for notice in notices:
        about = topic(notice.text)
        known = replace(notice, topic=about, kind="legal") if about else notice
        if about and known.language != locale:
            yield Notice(text=_rferl(locale), language=locale, kind="legal", topic=about)
        yield known


def _rferl(locale: Locale) -> str:
    status = locales.text(locale, "Russia has listed RFE/RL as an “undesirable organization”.")
    risk = locales.text(
        locale,
        "Readers in Russia who hold a Russian passport, and stateless people living there, can be fined or jailed for"
        " sharing, liking, commenting on or saving this publisher's texts, or for writing to it.",
    )
    return f"{status}\n{risk}"
