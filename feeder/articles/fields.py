"""The keys an editor may write in front matter or in a side file, checked and given their types.

The names of Hugo, Jekyll, Nikola and Pelican mean the same as ours: `date`, `lastmod`, `author`, `description` ... A key
is known in capitals too, and with a hyphen for the underscore.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feeder import markup
from feeder.articles import pictures
from feeder.errors import ArticleError, DateError, LocaleError
from feeder.language import dates, locales
from feeder.model import Correction, Edtf, Enclosure, Language, Notice

#: Other names of our keys. Where an article has several names of one key, ours wins, then the order of this list.
ALIASES = {
    "language": "lang",
    "translationkey": "story",
    "id": "story",
    "date": "published",
    "publishdate": "published",
    "lastmod": "updated",
    "last_modified_at": "updated",
    "modified": "updated",
    "author": "authors",
    "description": "deck",
    "summary": "deck",
    "excerpt": "deck",
    "keywords": "tags",
    "category": "categories",
    "link": "url",
    "cover": "image",
    "featured_image": "image",
    "thumbnail": "image",
    "previewimage": "image",
    "images": "image",
    "correction": "corrections",
}
KNOWN = frozenset(
    (
        "title", "lang", "story", "published", "updated", "event_date", "authors", "places", "tags", "categories", "deck",
        "source", "url", "image", "image_alt", "caption", "notice", "corrections", "slug", "draft", "status", "pinned",
    )
)  # fmt: skip
#: Other generators' own keys; no news to an editor.
_QUIET = frozenset(
    ("layout", "type", "weight", "comments", "aliases", "permalink", "toc", "template", "resources", "translation", "save_as",
     "hidetitle", "has_math", "mathjax", "menu")
)  # fmt: skip
#: What Nikola and Pelican call an article that nobody is to find yet.
_UNPUBLISHED = frozenset(("draft", "private", "hidden", "skip"))
YEARS = range(1925, 2200)  #: of a publication; before, time zones were not whole minutes and RFC 3339 cannot write them


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
    corrections: tuple[Correction, ...] = ()
    slug: str = ""
    draft: bool = False
    pinned: bool = False
    problems: tuple[str, ...] = ()

    def notices(self, language: Language) -> tuple[Notice, ...]:
        return (Notice(text=self.notice, language=language),) if self.notice else ()


def read(raw: Mapping[str, Any], zone: ZoneInfo, lines: Mapping[str, int] | None = None) -> Fields:
    """Fields from the values of a YAML or TOML mapping. `lines` tells where each key, under our name, stands.

    Raises ArticleError naming the field, and its line where known.
    """
    values, problems = _named(raw)
    made: dict[str, Any] = {}
    for key, value in sorted(values.items(), key=lambda item: item[0] == "url"):  # `url` says more than `source` does
        try:
            made.update(_field(key, value, zone))
        except (DateError, LocaleError, ValueError) as error:
            raise ArticleError(str(error), field=key, line=(lines or {}).get(key, 0)) from None
    problems += made.pop("problems", ())
    made["tags"] = tuple(dict.fromkeys((*made.get("tags", ()), *made.pop("categories", ()))))
    made["draft"] = made.pop("status", False) or made.get("draft", False)
    return Fields(**_pictured(made), problems=problems)


def key_lines(text: str, mark: str, first: int) -> dict[str, int]:
    """Our name of each key that stands at the margin of YAML (mark ":") or TOML ("=") with its line; `first` is line one's."""
    found: dict[str, int] = {}
    for number, row in enumerate(text.split("\n"), start=first):
        key, sign, _ = row.partition(mark)
        if sign and key[:1].strip():
            found.setdefault(named(key), number)
    return found


def is_known(name: str) -> bool:
    """Whether an editor may write a key, under our name for it, without being told."""
    return name in KNOWN or name in _QUIET


def named(key: str) -> str:
    """Our name for a key: "lastmod" is "updated"."""
    plain = key.strip().strip("\"'").casefold().replace("-", "_")
    return ALIASES.get(plain, plain)


def _named(raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values under our names, empty ones left out. Keys nobody knows become problems."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key in sorted(raw, key=_rank):
        name = named(key)
        if name not in KNOWN:
            problems += [] if name in _QUIET else [_unknown(key, name)]
        elif name == "published" and _is_choice(raw[key]):  # Jekyll's: not a day, but whether at all
            values |= {} if _yes(raw[key]) else {"draft": True}
        elif not _empty(raw[key]):
            values.setdefault(name, _in_words(key, raw[key]))
    return values, tuple(problems)


def _in_words(key: str, value: Any) -> Any:
    """Jekyll's `categories: courts picket` are two; in every other key a name may have a space."""
    one_text = isinstance(value, str) and not re.search("[,;]", value)
    return value.split() if one_text and key.strip().casefold() == "categories" else value


def _rank(key: str) -> int:
    """Our own name before the others."""
    order = list(ALIASES)
    plain = key.strip().casefold()
    return order.index(plain) + 1 if plain in order else 0


def _unknown(key: str, name: str) -> str:
    near = difflib.get_close_matches(name, sorted(KNOWN | set(ALIASES)), n=1, cutoff=0.75)
    hint = f"; is {near[0]!r} meant?" if near else "; check its spelling"
    return f"the key {key!r} is not used by feeder{hint}"


def _empty(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and value.strip() in ("", "null", "~"))


def _field(key: str, value: Any, zone: ZoneInfo) -> dict[str, Any]:
    if key in ("published", "updated"):
        return {key: moment(value, zone)}
    if key == "event_date":
        return {key: dates.parse(_text(value.date() if isinstance(value, datetime) else value))}
    if key in ("authors", "places", "tags", "categories"):
        return {key: _texts(value)}
    if key == "status":
        return {key: _text(value).casefold() in _UNPUBLISHED}
    if key == "notice":
        return {key: _paragraphs(value)}
    if key == "corrections":
        return {key: _corrections(value)}
    if key == "lang":
        return {key: locales.parse(_text(value))}
    if key == "source":
        return _source(value)
    if key == "url":
        return _url(_text(value))
    if key in ("draft", "pinned"):
        return {key: _yes(value)}
    if key == "image":
        return _image(value)
    return {key: _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, (Mapping, list, tuple)):
        raise ValueError("is a list or a mapping where one line of text is expected")
    return markup.line(str(value))


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts, or of mappings with a name, or one text with commas (or semicolons, where a name has a comma)."""
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, (list, tuple)):
        value = re.split(";" if ";" in str(value) else ",", str(value))
    texts = (_text(item.get("name", "") if isinstance(item, Mapping) else item) for item in value)
    return tuple(dict.fromkeys(text for text in texts if text))


def _paragraphs(value: Any) -> str:
    """Text or a list of texts; its lines are paragraphs."""
    items = (
        value if isinstance(value, (list, tuple)) else [value] if isinstance(value, Mapping) else str(value).split("\n")
    )
    return "\n".join(text for item in items if (text := _text(item)))


def _corrections(value: Any) -> tuple[Correction, ...]:
    """A text, or a mapping of text and date, or a list of such, the newest last."""
    items = value if isinstance(value, (list, tuple)) else [value]
    made = tuple(_correction(item) for item in items)
    return tuple(sorted(made, key=lambda one: one.made or date.min))


def _correction(value: Any) -> Correction:
    if not isinstance(value, Mapping):
        return Correction(text=_text(value))
    text, day = _text(value.get("text") or ""), value.get("date")
    if not text:
        raise ValueError(
            'has an item without text; write {date: 2026-11-14, text: "What was wrong, and what is right."}'
        )
    return Correction(text=text, made=_day(day) if day else None)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        raise DateError(f"{_text(value)!r} is not a date; write 2026-11-14") from None


def _source(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        text = _text(value)
        return (
            {"url": web_address(text)} if text.casefold().startswith(("http://", "https://")) else {"publisher": text}
        )
    found = {"publisher": _text(value.get("name") or ""), "url": web_address(_text(value.get("url") or ""))}
    return {key: text for key, text in found.items() if text}


def _url(text: str) -> dict[str, Any]:
    """The address of the original; where other generators keep a page's own path, it is only told."""
    if text.startswith("/") and not text.startswith("//"):
        return {"problems": (f"the url {text!r} is a path, not the address of the original page; it was left out",)}
    return {"url": web_address(text)}


def web_address(text: str) -> str:
    """The address, when it is one of the web; else ValueError."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"[\s<>\"]", text)
        right = right and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise ValueError(f"{text!r} is not a web address; write it whole, with https://")
    return text


_PATHS = ("path", "url", "src", "image")


def _image(value: Any) -> dict[str, Any]:
    """Where the picture is, as {"image": text}, with what a mapping says of it. Of several the first counts."""
    if isinstance(value, (list, tuple)):
        value = value[0]
    if not isinstance(value, Mapping):
        return {"image": _text(value)}
    found = {
        "image": _text(next((value[name] for name in _PATHS if value.get(name)), "")),
        "image_alt": _text(value.get("alt") or ""),
        "caption": _text(value.get("caption") or ""),
    }
    if not found["image"] and any(name in value for name in _PATHS):
        return {}  # a theme's own template, not filled in
    if not found["image"]:
        raise ValueError("names no file; write image: photo.jpg, or path: photo.jpg below it")
    return {key: text for key, text in found.items() if text}


def _pictured(made: dict[str, Any]) -> dict[str, Any]:
    """`image` and `image_alt` put together into one enclosure, its type and size yet unknown."""
    origin, alt = made.pop("image", ""), made.pop("image_alt", "")
    if not origin:
        return made
    caption = made.get("caption", "")
    file = pictures.without_prefix(origin)
    return {**made, "image": Enclosure(path="", type="", length=0, alt=alt, caption=caption, origin=file)}


def _is_choice(value: Any) -> bool:
    return isinstance(value, (str, bool)) and str(value).strip().casefold() in ("true", "false", "yes", "no")


def _yes(value: Any) -> bool:
    text = _text(value).casefold()
    if text not in ("true", "false", "yes", "no"):
        raise ValueError(f"is {_text(value)!r}; write true or false")
    return text in ("true", "yes")


_ZONE = r"Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|[A-Za-z]+/[\w/+-]+"
_MOMENT = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:(?:T| +)(\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:[.,]\d+)?)?\s*({_ZONE})?)?",
    re.IGNORECASE | re.ASCII,
)


def moment(value: Any, zone: ZoneInfo) -> datetime:
    """RFC 3339, or a date, or a date and time as Jekyll and Nikola write it; what lacks an offset is in the site's zone.

    Raises DateError.
    """
    text = value.isoformat() if isinstance(value, (date, datetime)) else _text(value)
    match = _MOMENT.fullmatch(text)
    if not match:
        raise DateError(f"{text!r} is not a date; write 2026-11-14 or 2026-11-14T09:00:00+05:00")
    day, hour, minute, second, offset = match.groups()
    try:
        clock = time(int(hour or 0), int(minute or 0), int(second or 0))
        made = datetime.combine(date.fromisoformat(day), clock, _offset(offset) if offset else zone)
    except ZoneInfoNotFoundError:
        raise DateError(f"{text!r} is in a time zone that is not known; write its offset, as in +05:00") from None
    except ValueError:
        raise DateError(f"{text!r} is not a day and time that exists") from None
    if made.year not in YEARS:
        raise DateError(f"{text!r} is no likely day of publication; correct the year (event_date takes any year)")
    return made


def _zone(name: str) -> tzinfo:
    """The offset there at that moment is what counts: zones are named, offsets are published."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):  # a folder of zones, or a name no file can have
        raise ZoneInfoNotFoundError(name) from None


def _offset(text: str) -> tzinfo:
    if "/" in text:  # "Asia/Almaty"
        return _zone(text)
    digits = text.upper().removeprefix("UTC").removeprefix("GMT")
    if digits in ("", "Z"):
        return UTC
    away = timedelta(hours=int(digits[1:3]), minutes=int(digits[-2:]))
    return timezone(-away if digits[0] == "-" else away)
