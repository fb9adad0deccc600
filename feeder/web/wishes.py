"""What the headers of a request wish for: a language, an encoding, an answer only if something changed (RFC 9110)."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping
from email.utils import parsedate_to_datetime

from feeder.errors import LocaleError
from feeder.language import locales
from feeder.model import Locale

IDENTITY = "identity"
_NAMES = {
    name.encode(): name
    for name in (
        "accept-encoding", "accept-language", "if-none-match", "if-modified-since", "sec-fetch-dest",
    )
}  # fmt: skip


def headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that matter here; one that is given several times is the one list it means (5.3)."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if known := _NAMES.get(name):
            text = value.decode("latin-1")
            found[known] = f"{found[known]}, {text}" if known in found else text
    return found


def language(header: str, languages: tuple[Locale, ...]) -> Locale | None:
    """The site's language the reader likes best (12.5.4); None when no wish fits: then the reader is asked."""
    wishes: list[tuple[float, int, Locale]] = []
    for place, (code, quality) in enumerate(weighted(header).items()):
        try:
            known = locales.parse(code)
        except LocaleError:
            continue
        if quality > 0 and known in languages:
            wishes.append((-quality, place, known))
    return min(wishes)[2] if wishes else None


def encoding(header: str | None, offered: Collection[str]) -> str:
    """The encoding to send, of those there are, the smallest first (12.5.3).

    A reader that refuses all of them is sent the plain file all the same: it knows best what to do with it.
    """
    return _encoding(header, tuple(offered)) if header and offered else IDENTITY


@functools.lru_cache(maxsize=256)  # browsers and feed readers say one of a dozen things
def _encoding(header: str, offered: tuple[str, ...]) -> str:
    wishes = weighted(header)
    unnamed = wishes.get("*", 0.0)
    liked = {name: wishes.get(name, unnamed) for name in offered}
    plain = wishes.get(IDENTITY, unnamed if unnamed else 0.001)  # acceptable unless refused, and never preferred
    best = max(liked, key=lambda name: liked[name])
    return best if liked[best] > 0 and liked[best] >= plain else IDENTITY


def unchanged(asked: Mapping[str, str], tags: frozenset[str], modified: float) -> bool:
    """Whether the client's copy is ours (13.2.2): If-None-Match decides, If-Modified-Since only without it.

    `tags` are those of the file in every encoding: the bytes behind them are the same.
    """
    if (known := asked.get("if-none-match")) is not None:
        named = [part.strip().removeprefix("W/") for part in known.split(",")]
        return named == ["*"] or not tags.isdisjoint(named)
    if (since := asked.get("if-modified-since")) is None:
        return False
    try:
        return int(modified) <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return False


def weighted(header: str) -> dict[str, float]:
    """ "kk, ru;q=0.8" as {"kk": 1.0, "ru": 0.8}; a part that is not well formed counts for nothing."""
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        match = re.fullmatch(r"\s*([a-z0-9*][\w.-]*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", part, re.ASCII)
        if match:
            found.setdefault(match[1], min(float(match[2] or 1), 1.0))
    return found
