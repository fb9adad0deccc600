"""The keys an editor may write in front matter or in a side file, checked and given their types.

The names of Hugo, Jekyll, Nikola and Pelican mean the same as ours: `date`, `lastmod`, `author`, `description` ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from feeder import markup
from feeder.errors import ArticleError, DateError, LocaleError
from feeder.language import dates, locales
from feeder.model import Edtf, Enclosure, Language, Notice

ALIASES = {
    "language": "lang",
    "translationKey": "story",
    "id": "story",
    "date": "published",
    "lastmod": "updated",
    "modified": "updated",
    "author": "authors",
    "description": "deck",
    "summary": "deck",
    "keywords": "tags",
}
KNOWN = frozenset(
    (
        "title", "lang", "story", "published", "updated", "event_date", "authors", "places", "tags", "deck", "source", "url",
        "image", "image_alt", "caption", "notice", "slug", "draft",
    )
)  # fmt: skip
_QUIET = frozenset(
    {"layout", "type", "weight", "comments", "aliases", "permalink"}
)  #: other generators' own; no news to an editor


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What an editor stated about one article; None or empty where nothing was stated."""

    title: str = ""
    lang: Language | None = None
    story: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    event_date: Edtf | None = None
    authors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    deck: str = ""
    publisher: str = ""
    url: str = ""
    image: Enclosure | None = None
    caption: str = ""
    notice: str = ""
    slug: str = ""
    draft: bool = False
    problems: tuple[str, ...] = ()

    def notices(self, language: Language) -> tuple[Notice, ...]:
        return (Notice(text=self.notice, language=language),) if self.notice else ()


def read(raw: Mapping[str, Any], zone: ZoneInfo, lines: Mapping[str, int] | None = None) -> Fields:
    """Fields from the values of a YAML or TOML mapping. `lines` tells where each key stands.

    Raises ArticleError naming the field, and its line where known.
    """
    values, problems = _named(raw)
    made: dict[str, Any] = {"problems": problems}
    for key, value in values.items():
        try:
            made.update(_field(key, value, zone))
        except (DateError, LocaleError, ValueError) as error:
            raise ArticleError(str(error), field=key, line=(lines or {}).get(key, 0)) from None
    if made.get("image"):
        made["image"] = _image(values)
    return Fields(**{key: value for key, value in made.items() if key not in ("image_alt", "source")})


def _named(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values under our names; of two names for one key ours wins. Keys nobody knows become problems."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in raw.items():
        name = ALIASES.get(key, key)
        if name not in KNOWN:
            problems += [] if key in _QUIET else [f"the key {key!r} is not used by feeder; check its spelling"]
        elif value not in (None, "", [], "null", "~") and (key == name or name not in raw):
            values.setdefault(name, value)
    return values, tuple(problems)


def _field(key: str, value: Any, zone: ZoneInfo) -> dict[str, Any]:
    if key in ("published", "updated"):
        return {key: moment(value, zone)}
    if key == "event_date":
        return {key: dates.parse(_text(value))}
    if key in ("authors", "places", "tags"):
        return {key: _texts(value)}
    if key == "notice":
        return {key: _paragraphs(value)}
    if key == "lang":
        return {key: locales.parse(_text(value))}
    if key == "source":
        return _source(value)
    if key == "draft":
        return {key: _yes(value)}
    if key == "image" and isinstance(value, Mapping):
        return {key: value.get("url") or value.get("path") or ""}
    return {key: _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise ValueError("is a list or a mapping where one line of text is expected")
    return markup.line(str(value))


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = value.get("name", "")
    items = value if isinstance(value, (list, tuple)) else str(value).split(",")
    texts = (markup.line(str(item.get("name", "") if isinstance(item, Mapping) else item)) for item in items)
    return tuple(dict.fromkeys(text for text in texts if text))


def _paragraphs(value: Any) -> str:
    """Text or a list of texts; its lines are paragraphs."""
    items = value if isinstance(value, (list, tuple)) else str(value).split("\n")
    return "\n".join(text for item in items if (text := markup.line(str(item))))


def _source(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {"publisher": _text(value)}
    found = {"publisher": _text(value.get("name", "")), "url": web_address(_text(value.get("url", "")))}
    return {key: text for key, text in found.items() if text}


def web_address(text: str) -> str:
    """The address, when it is one of the web; else ValueError."""
    if text and not re.match(r"https?://[^\s/]+", text):
        raise ValueError(f"{text!r} is not a web address; write it whole, with https://")
    return text


def _image(values: Mapping[str, Any]) -> Enclosure:
    image = values["image"]
    nested = image if isinstance(image, Mapping) else {}
    origin = str(nested.get("url") or nested.get("path") or image)
    alt = _text(values.get("image_alt") or nested.get("alt") or "")
    return Enclosure(path="", type="", length=0, alt=alt, caption=_text(values.get("caption", "")), origin=origin)


def _yes(value: Any) -> bool:
    if str(value).lower() not in ("true", "false", "yes", "no"):
        raise ValueError(f"is {str(value)!r}; write true or false")
    return str(value).lower() in ("true", "yes")


_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$", re.IGNORECASE
)


def moment(value: Any, zone: ZoneInfo) -> datetime:
    """RFC 3339, or a date, or a date and time as Jekyll writes it; what lacks an offset is in the site's zone.

    Raises DateError.
    """
    text = value.isoformat() if isinstance(value, (date, datetime)) else _text(value)
    match = _MOMENT.match(text)
    if not match:
        raise DateError(f"{text!r} is not a date; write 2026-11-14 or 2026-11-14T09:00:00+05:00")
    day, hour, minute, second, offset = match.groups()
    try:
        clock = time(int(hour or 0), int(minute or 0), int(second or 0))
        return datetime.combine(date.fromisoformat(day), clock, _offset(offset) if offset else zone)
    except ValueError:
        raise DateError(f"{text!r} is not a day and time that exists") from None


def _offset(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if text[0] == "-" else away)
